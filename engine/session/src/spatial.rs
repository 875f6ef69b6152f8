//! Functions of geometries, `st_area` and others, by geodatafusion. Geometries are WKB that its field says so of, as in
//! `wells.geometry` and what `read_features` gives; coordinates are taken as they are, in the plane.

use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::prelude::SessionContext;

/// What geodatafusion registers.
pub(crate) fn functions() -> (Vec<Arc<ScalarUDF>>, Vec<Arc<AggregateUDF>>) {
    let context = SessionContext::new_with_state(SessionStateBuilder::new().build());
    geodatafusion::register(&context);
    let state = context.state();
    (state.scalar_functions().values().cloned().collect(), state.aggregate_functions().values().cloned().collect())
}

/// The family they are listed in.
pub(crate) const FAMILY: &str = "Geometry";

/// Whether a function is one of them.
pub(crate) fn is_spatial(name: &str) -> bool {
    name.starts_with("st_") || matches!(name, "box2d" | "box3d" | "geometrytype")
}
