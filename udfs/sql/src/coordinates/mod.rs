//! Coordinate reference systems.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

crate::family!(operators { crs_operations } functions { transform_crs });

/// The unit of the axes of a coordinate reference system, such as `EPSG:23031`: `m`, `ft`, `ftUS` or `deg`; none of a system
/// that is not known, or whose axes have another unit.
pub fn axis_unit(system: &str) -> Option<&'static str> {
    // Looked up once: tables ask whenever they are opened.
    static KNOWN: Mutex<Option<HashMap<String, Option<&'static str>>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(unit) = known.get(system) {
        return *unit;
    }
    let unit = outcrop_crs::describe(system).ok().and_then(|crs| crs.unit);
    known.insert(system.to_owned(), unit);
    unit
}
