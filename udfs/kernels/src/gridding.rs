//! Gridding of scattered data without a variogram: nearest datum, inverse distance, and linear
//! interpolation in Delaunay triangles, at scattered targets and at the nodes of a grid.

mod inverse_distance;
mod neighbourhood;
mod tin;

use std::ops::Range;

use rayon::prelude::*;

pub use inverse_distance::InverseDistance;
pub use tin::Tin;

use crate::monitor::check;
use crate::points::check_pair;
use crate::search::{Metric, Neighbour, SearchIndex};
use crate::{Monitor, Points, RegularGrid, Result};

/// How a value is made from the data around a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// The value of the nearest datum; of equally near ones that of the lowest row.
    Nearest,
    /// The mean of the nearest data, weighted by inverse distance. A target on a datum gets its value
    /// (the mean of all data at that place); where the radius leaves no datum the value is NaN.
    ///
    /// Source: D. Shepard, A two-dimensional interpolation function for irregularly-spaced data,
    /// Proc. 23rd ACM National Conference (1968).
    InverseDistance(InverseDistance),
    /// Linear in Delaunay triangles. Data at one place are averaged; `n_used` is 3 inside the convex
    /// hull; outside it the value is NaN.
    ///
    /// Source: the triangulation is unique but for four data on a circle (B. Delaunay, 1934).
    Tin,
}

/// Data made ready for a method: many maps, or one map part by part.
///
/// ```
/// use outcrop_kernels::{Points, Silent};
/// use outcrop_kernels::gridding::{Gridder, Method};
///
/// let data = Points { x: &[0.0, 100.0], y: &[0.0, 0.0], z: &[10.0, 20.0] };
/// let gridder = Gridder::new(data, Method::Nearest)?;
/// let made = gridder.targets(&[30.0], &[5.0], &Silent)?;
/// assert_eq!(made.value, [10.0]);
/// # Ok::<(), outcrop_kernels::KernelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Gridder<'a> {
    points: Points<'a>,
    index: SearchIndex,
    weights: InverseDistance,
    tin: Option<Tin>,
}

impl<'a> Gridder<'a> {
    /// Prepares the data: O(n log n).
    ///
    /// # Errors
    /// `InvalidParameter` for the method; `TooFewPoints`: one datum is needed, for [`Method::Tin`] three distinct
    /// places; `Collinear`, `NonFinite`, `LengthMismatch`.
    pub fn new(points: Points<'a>, method: Method) -> Result<Self> {
        // The weighted mean of one datum is the datum.
        let one = InverseDistance { power: 2.0, neighbours: 1, radius: None };
        let (weights, tin) = match method {
            Method::Nearest => (one, None),
            Method::InverseDistance(weights) => (weights, None),
            // The one nearest is for the distance.
            Method::Tin => (one, Some(Tin::new(points)?)),
        };
        weights.check()?;
        points.check(1)?;
        Ok(Gridder { points, index: SearchIndex::new(points.x, points.y, Metric::ISOTROPIC)?, weights, tin })
    }

    /// Values at all nodes of a grid, row by row. Monitor units: nodes, the total included.
    ///
    /// # Errors
    /// `InvalidParameter` for the grid; `Cancelled`.
    pub fn grid(&self, grid: &RegularGrid, monitor: &dyn Monitor) -> Result<Gridded> {
        grid.check()?;
        monitor.set_total(grid.len() as u64);
        self.rows(grid, 0..grid.ny, monitor)
    }

    /// Values at the nodes of some rows of a grid, the same as in the whole. Monitor units: nodes; the caller sets
    /// the total.
    ///
    /// # Errors
    /// As [`Gridder::grid`].
    pub fn rows(&self, grid: &RegularGrid, rows: Range<usize>, monitor: &dyn Monitor) -> Result<Gridded> {
        grid.check()?;
        let rows = rows.start.min(grid.ny)..rows.end.min(grid.ny);
        let mut out = neighbourhood::at_tiles(&self.index, self.points.z, &self.weights, grid, rows.clone(), monitor)?;
        if let Some(tin) = &self.tin {
            out.value.fill(f64::NAN);
            tin.rasterise(grid, rows.start, &mut out.value, monitor)?;
            for (n, v) in out.n_used.iter_mut().zip(&out.value) {
                *n = if v.is_nan() { 0 } else { 3 };
            }
        }
        Ok(out)
    }

    /// Values at scattered targets. Monitor units: targets, the total included.
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite` for the targets; `Cancelled`.
    pub fn targets(&self, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Gridded> {
        let weighted = |x, y, found: &mut Vec<Neighbour>| {
            inverse_distance::cell(&self.index, self.points.z, &self.weights, x, y, found)
        };
        let Some(tin) = &self.tin else { return at_targets(x, y, monitor, weighted) };
        // Neighbouring targets are close to one another, so each walk starts where the last one ended.
        let last = std::sync::atomic::AtomicU32::new(0);
        at_targets(x, y, monitor, |x, y, found| {
            use std::sync::atomic::Ordering::Relaxed;
            let (value, at) = tin.value_from(x, y, last.load(Relaxed));
            last.store(at, Relaxed);
            let (_, _, distance) = weighted(x, y, found);
            (value, if value.is_nan() { 0 } else { 3 }, distance)
        })
    }
}

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
fn at_targets(
    x: &[f64],
    y: &[f64],
    monitor: &dyn Monitor,
    at: impl Fn(f64, f64, &mut Vec<Neighbour>) -> Cell + Sync,
) -> Result<Gridded> {
    check_pair(x, y, "target x", "target y")?;
    monitor.set_total(x.len() as u64);
    // Close targets one after the other: the same part of the index stays in cache.
    let order = SearchIndex::with_leaf_size(x, y, Metric::ISOTROPIC, 32)?;
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
