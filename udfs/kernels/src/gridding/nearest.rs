//! The value of the nearest datum.

use super::neighbourhood::at_tiles;
use super::{Cell, Gridded, InverseDistance, at_targets};
use crate::search::{Metric, Neighbour, Query, SearchIndex};
use crate::{Monitor, Points, RegularGrid, Result};

/// The value of the nearest datum at scattered targets; of equally near ones that of the lowest
/// row. Monitor units: targets.
///
/// # Errors
/// `TooFewPoints` without data, `NonFinite`, `LengthMismatch`, `Cancelled`.
pub fn nearest(points: Points<'_>, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Gridded> {
    points.check(1)?;
    let index = SearchIndex::new(points.x, points.y, Metric::ISOTROPIC)?;
    at_targets(x, y, monitor, |x, y, found| cell(&index, points.z, x, y, found))
}

/// As [`nearest`], at the nodes of a grid.
///
/// # Errors
/// As [`nearest`], and `InvalidParameter` for the grid.
pub fn nearest_regular(points: Points<'_>, grid: &RegularGrid, monitor: &dyn Monitor) -> Result<Gridded> {
    grid.check()?;
    points.check(1)?;
    let index = SearchIndex::new(points.x, points.y, Metric::ISOTROPIC)?;
    monitor.set_total(grid.len() as u64);
    // The weighted mean of one datum is the datum.
    let one = InverseDistance { power: 2.0, neighbours: 1, radius: None };
    at_tiles(&index, points.z, &one, grid, monitor)
}

fn cell(index: &SearchIndex, z: &[f64], x: f64, y: f64, found: &mut Vec<Neighbour>) -> Cell {
    let query = Query { neighbours: 1, radius: None, sectors: None, exclude: None };
    index.nearest(x, y, &query, found);
    match found.first() {
        Some(n) => (z.get(n.row as usize).copied().unwrap_or(f64::NAN), 1, n.distance_squared.sqrt()),
        None => (f64::NAN, 0, f64::NAN),
    }
}
