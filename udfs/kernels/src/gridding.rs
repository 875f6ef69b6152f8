//! Gridding of scattered data without a variogram: nearest datum, inverse distance, and linear
//! interpolation in Delaunay triangles. Each method works at scattered targets and, with
//! `_regular`, at every node of a grid.

mod inverse_distance;
mod nearest;
mod neighbourhood;
mod tin;

use rayon::prelude::*;

pub use inverse_distance::{InverseDistance, inverse_distance, inverse_distance_regular};
pub use nearest::{nearest, nearest_regular};
pub use tin::{Tin, tin, tin_regular};

use crate::monitor::check;
use crate::points::check_pair;
use crate::search::{Neighbour, SearchIndex};
use crate::{Monitor, Result};

/// Values made by a gridding method, one per target, in the targets' order (grids row by row).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gridded {
    /// The value; NaN where the method has none.
    pub value: Vec<f64>,
    /// How many data the value was made from; 0 without a value.
    pub n_used: Vec<u32>,
    /// Distance to the nearest datum, wherever it is; NaN if a search radius leaves none.
    pub dist_nearest: Vec<f64>,
}

impl Gridded {
    pub(crate) fn with_len(n: usize) -> Self {
        Self { value: vec![f64::NAN; n], n_used: vec![0; n], dist_nearest: vec![f64::NAN; n] }
    }
}

/// Value, number of data and distance to the nearest datum at one target.
pub(crate) type Cell = (f64, u32, f64);

/// Evaluates `at` at scattered targets, in parallel.
pub(crate) fn at_targets(
    x: &[f64],
    y: &[f64],
    monitor: &dyn Monitor,
    at: impl Fn(f64, f64, &mut Vec<Neighbour>) -> Cell + Sync,
) -> Result<Gridded> {
    check_pair(x, y, "target x", "target y")?;
    monitor.set_total(x.len() as u64);
    // Close targets one after the other: the same part of the index stays in cache.
    let order = SearchIndex::with_leaf_size(x, y, crate::search::Metric::ISOTROPIC, 32)?;
    let (xs, ys) = order.coordinates();
    let parts: Vec<Vec<Cell>> = xs
        .par_chunks(1024)
        .zip(ys.par_chunks(1024))
        .map_init(Vec::new, |found, (xs, ys)| {
            check(monitor)?;
            let part = xs.iter().zip(ys).map(|(&x, &y)| at(x, y, found)).collect();
            monitor.advance(xs.len() as u64);
            Ok(part)
        })
        .collect::<Result<_>>()?;
    let mut out = Gridded::with_len(x.len());
    for (cell, &row) in parts.iter().flatten().zip(order.rows()) {
        let row = row as usize;
        if let (Some(v), Some(n), Some(d)) =
            (out.value.get_mut(row), out.n_used.get_mut(row), out.dist_nearest.get_mut(row))
        {
            (*v, *n, *d) = *cell;
        }
    }
    Ok(out)
}
