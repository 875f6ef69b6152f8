//! Inverse-distance weighting.

use super::neighbourhood::at_tiles;
use super::{Cell, Gridded, at_targets};
use crate::search::{Metric, Neighbour, Query, SearchIndex};
use crate::{KernelError, Monitor, Points, RegularGrid, Result};

/// How inverse-distance weights are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseDistance {
    /// Weights are distance to the power of minus this; above 0, often 2.
    pub power: f64,
    /// At most this many of the nearest data.
    pub neighbours: usize,
    /// No data farther than this.
    pub radius: Option<f64>,
}

impl Default for InverseDistance {
    fn default() -> Self {
        Self { power: 2.0, neighbours: 12, radius: None }
    }
}

impl InverseDistance {
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.power.is_finite() && self.power > 0.0) {
            return Err(KernelError::parameter("power", format!("expected a number above 0, found {}", self.power)));
        }
        if self.neighbours == 0 {
            return Err(KernelError::parameter("neighbours", "expected at least 1, found 0"));
        }
        match self.radius {
            Some(r) if !(r.is_finite() && r > 0.0) => {
                Err(KernelError::parameter("radius", format!("expected a distance above 0, found {r}")))
            }
            _ => Ok(()),
        }
    }

    /// The weighted mean of data that were found nearest first.
    pub(crate) fn estimate(&self, z: &[f64], found: &[Neighbour]) -> Cell {
        let Some(first) = found.first() else { return (f64::NAN, 0, f64::NAN) };
        let value = |n: &Neighbour| z.get(n.row as usize).copied().unwrap_or(f64::NAN);
        let least = first.distance_squared;
        if least == 0.0 {
            let here = found.iter().take_while(|n| n.distance_squared == 0.0);
            let (sum, count) = here.fold((0.0, 0u32), |(s, c), n| (s + value(n), c + 1));
            return (sum / f64::from(count), count, 0.0);
        }
        // Distances relative to the smallest: no power of them can overflow.
        let (mut sum, mut weights) = (0.0, 0.0);
        for n in found {
            let ratio = least / n.distance_squared;
            let w = if self.power == 2.0 { ratio } else { ratio.powf(0.5 * self.power) };
            sum += w * value(n);
            weights += w;
        }
        (sum / weights, found.len() as u32, least.sqrt())
    }
}

/// The mean of the nearest data, weighted by inverse distance, at scattered targets. A target on a
/// datum gets its value (the mean of all data at that place); where the radius leaves no datum the
/// value is NaN. Monitor units: targets.
///
/// Source: D. Shepard, A two-dimensional interpolation function for irregularly-spaced data,
/// Proc. 23rd ACM National Conference (1968).
///
/// # Errors
/// `InvalidParameter`, `TooFewPoints` without data, `NonFinite`, `LengthMismatch`, `Cancelled`.
pub fn inverse_distance(
    points: Points<'_>,
    x: &[f64],
    y: &[f64],
    options: &InverseDistance,
    monitor: &dyn Monitor,
) -> Result<Gridded> {
    let index = prepare(points, options)?;
    at_targets(x, y, monitor, |x, y, found| cell(&index, points.z, options, x, y, found))
}

/// As [`inverse_distance`], at the nodes of a grid.
///
/// # Errors
/// As [`inverse_distance`].
pub fn inverse_distance_regular(
    points: Points<'_>,
    grid: &RegularGrid,
    options: &InverseDistance,
    monitor: &dyn Monitor,
) -> Result<Gridded> {
    grid.check()?;
    let index = prepare(points, options)?;
    monitor.set_total(grid.len() as u64);
    at_tiles(&index, points.z, options, grid, monitor)
}

fn prepare(points: Points<'_>, options: &InverseDistance) -> Result<SearchIndex> {
    options.check()?;
    points.check(1)?;
    SearchIndex::new(points.x, points.y, Metric::ISOTROPIC)
}

pub(super) fn cell(
    index: &SearchIndex,
    z: &[f64],
    options: &InverseDistance,
    x: f64,
    y: f64,
    found: &mut Vec<Neighbour>,
) -> Cell {
    let query = Query { neighbours: options.neighbours, radius: options.radius, sectors: None, exclude: None };
    index.nearest(x, y, &query, found);
    options.estimate(z, found)
}
