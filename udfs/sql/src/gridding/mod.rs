//! Gridding: surfaces from scattered points.

crate::family!(operators { grid });

pub(crate) mod nodes;
