//! Coordinate reference systems.

crate::family!(operators { crs_operations } functions { transform_crs });
