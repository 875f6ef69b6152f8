//! Petrophysics from logs, one depth at a time. Every function is a closed form of `f64`s:
//! a NaN in any argument gives NaN, and so does input without physical meaning. Nothing is
//! clamped: what the formula gives is returned, and the caller decides about values above 1.

mod porosity;
mod saturation;
mod vshale;

pub use porosity::porosity_density;
pub use saturation::archie_sw;
pub use vshale::{VshaleMethod, vshale_gr};
