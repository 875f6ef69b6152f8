//! Maps: surfaces sampled, and tied to wells.

mod surface_input;

pub(crate) use surface_input::{GridRows, grid_input};

crate::family!(operators { sample_grid, tie_surface });
