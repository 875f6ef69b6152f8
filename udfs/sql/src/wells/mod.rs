//! Wells: paths and what lies along them.

crate::family!(operators { deviation_survey, well_path, well_path_at, well_surface_intersections });
