//! Wells: paths and what lies along them.

crate::family!(operators { well_path, well_path_at });
