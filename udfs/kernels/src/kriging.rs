//! Ordinary kriging, exact.
//!
//! Every target is estimated from exactly the data its search asks for; nothing is shared between
//! targets that would change a number. Conventions: `gamma(0) = 0` and the nugget is part of the
//! variance (the classical convention), so the variance at an unsampled place includes the nugget
//! and a target that falls on a datum returns the datum with variance 0. Where several data share
//! one place (allowed with a nugget above 0) a target there is estimated like its surroundings.
//!
//! Source: G. Matheron, The theory of regionalized variables (1971); J.-P. Chiles and P. Delfiner,
//! Geostatistics, 2nd ed. (2012), section 3.4.

mod batch;
pub(crate) mod global;
mod lanes;
pub(crate) mod moving;

use std::ops::Range;

use crate::points::check_pair;
use crate::search::Metric;
use crate::variogram::Variogram;
use crate::{KernelError, Monitor, Points, RegularGrid, Result};

/// Which data an estimate uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// At most this many of the nearest data. `None` with no radius: all data ("global", one
    /// system of all data; at most 20,000 data). `None` with a radius: all data inside it.
    pub neighbours: Option<usize>,
    /// With fewer data than this a target has no estimate.
    pub min_neighbours: usize,
    /// No data farther than this; along the longest direction of an anisotropic variogram.
    pub radius: Option<f64>,
    /// Search in this many equal sectors (4: quadrants, 8: octants), each giving at most
    /// `neighbours / sectors` data, rounded up. Needs `neighbours`.
    pub sectors: Option<u32>,
}

impl Search {
    /// The nearest `neighbours` data.
    pub fn nearest(neighbours: usize) -> Self {
        Self { neighbours: Some(neighbours), min_neighbours: 1, radius: None, sectors: None }
    }

    /// All data for every target.
    pub fn global() -> Self {
        Self { neighbours: None, min_neighbours: 1, radius: None, sectors: None }
    }

    pub(crate) fn check(&self) -> Result<()> {
        if self.neighbours == Some(0) {
            return Err(KernelError::parameter("neighbours", "expected at least 1, found 0"));
        }
        if let Some(k) = self.neighbours
            && self.min_neighbours > k
        {
            let message =
                format!("{} is more than neighbours ({k}): no target could have an estimate", self.min_neighbours);
            return Err(KernelError::parameter("min_neighbours", message));
        }
        if let Some(r) = self.radius
            && !(r.is_finite() && r > 0.0)
        {
            return Err(KernelError::parameter("radius", format!("expected a distance above 0, found {r}")));
        }
        match self.sectors {
            Some(s) if !(1..=36).contains(&s) => Err(KernelError::parameter(
                "sectors",
                format!("expected 1 to 36, found {s}; 4 are quadrants, 8 octants"),
            )),
            Some(s) if s > 1 && self.neighbours.is_none() => {
                Err(KernelError::parameter("neighbours", "a search by sectors needs the number of neighbours"))
            }
            _ => Ok(()),
        }
    }
}

/// Estimates, one per target, in the targets' order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kriged {
    /// The estimate; NaN where the search finds fewer than `min_neighbours` data.
    pub estimate: Vec<f64>,
    /// The kriging variance, nugget included; NaN where there is no estimate.
    pub variance: Vec<f64>,
    /// How many data were used; where there is no estimate, how many were found.
    pub n_used: Vec<u32>,
}

impl Kriged {
    pub(crate) fn with_len(n: usize) -> Self {
        Self { estimate: vec![f64::NAN; n], variance: vec![f64::NAN; n], n_used: vec![0; n] }
    }
}

/// Ordinary kriging made ready: the search index, or the factor of the one global system. Use it
/// to krige a large map in pieces; [`ordinary`] and [`ordinary_regular`] do it in one call.
///
/// Memory: local, 28 bytes a datum; global, 4 `n^2` bytes for `n` data (400 MB for 10,000).
#[derive(Debug)]
pub struct OrdinaryKriging {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Moving(moving::Moving),
    Global(global::Global),
}

impl OrdinaryKriging {
    /// Checks everything, builds the index or factors the global system.
    ///
    /// # Errors
    /// `InvalidParameter`, `NonFinite`, `LengthMismatch`, `TooFewPoints` without data,
    /// `CoincidentPoints` when two data share a place and the nugget is 0, `Singular`, `Cancelled`.
    pub fn new(points: Points<'_>, variogram: &Variogram, search: &Search, monitor: &dyn Monitor) -> Result<Self> {
        variogram.check()?;
        search.check()?;
        points.check(1)?;
        let all = search.radius.is_none()
            && search.neighbours.is_none_or(|k| k >= points.len() && search.sectors.unwrap_or(1) <= 1);
        // A small "all" is cheaper as a batch of small systems than as one big one only when the
        // data are few; the answers are the same.
        let engine = if all && (search.neighbours.is_none() || points.len() > crate::tile::MOST_SHARED) {
            Engine::Global(global::Global::new(points, variogram, search.min_neighbours, monitor)?)
        } else {
            Engine::Moving(moving::Moving::new(points, variogram, search)?)
        };
        Ok(Self { engine })
    }

    /// Estimates at scattered targets. Monitor units: targets (only `advance` is called).
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite` for a target, `Singular`, `Cancelled`.
    pub fn targets(&self, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Kriged> {
        check_pair(x, y, "target x", "target y")?;
        match &self.engine {
            Engine::Moving(m) => m.targets(x, y, monitor),
            Engine::Global(g) => g.targets(x, y, monitor),
        }
    }

    /// Estimates at the nodes of some rows of a grid, row by row. Monitor units: nodes (only
    /// `advance` is called).
    ///
    /// # Errors
    /// `InvalidParameter` for the grid or rows outside it, `Singular`, `Cancelled`.
    pub fn rows(&self, grid: &RegularGrid, rows: Range<usize>, monitor: &dyn Monitor) -> Result<Kriged> {
        grid.check_rows(&rows)?;
        match &self.engine {
            Engine::Moving(m) => m.rows(grid, rows, monitor),
            Engine::Global(g) => g.rows(grid, rows, monitor),
        }
    }
}

/// Ordinary kriging at scattered targets. Monitor units: targets.
///
/// # Errors
/// See [`OrdinaryKriging::new`] and [`OrdinaryKriging::targets`].
///
/// ```
/// use outcrop_kernels::{Points, Silent, kriging::{Search, ordinary}, variogram::{Model, Variogram}};
/// let points = Points { x: &[0.0, 10.0], y: &[0.0, 0.0], z: &[1.0, 3.0] };
/// let v = Variogram { model: Model::Spherical, nugget: 0.0, psill: 1.0, range: 50.0, anisotropy: None };
/// let out = ordinary(points, &[5.0, 0.0], &[0.0, 0.0], &v, &Search::global(), &Silent)?;
/// assert!((out.estimate[0] - 2.0).abs() < 1e-12);
/// assert_eq!((out.estimate[1], out.variance[1]), (1.0, 0.0)); // on a datum
/// # Ok::<(), outcrop_kernels::KernelError>(())
/// ```
pub fn ordinary(
    points: Points<'_>,
    targets_x: &[f64],
    targets_y: &[f64],
    variogram: &Variogram,
    search: &Search,
    monitor: &dyn Monitor,
) -> Result<Kriged> {
    check_pair(targets_x, targets_y, "target x", "target y")?;
    monitor.set_total(targets_x.len() as u64);
    OrdinaryKriging::new(points, variogram, search, monitor)?.targets(targets_x, targets_y, monitor)
}

/// Ordinary kriging at every node of a grid, row by row. Monitor units: nodes.
///
/// # Errors
/// See [`OrdinaryKriging::new`] and [`OrdinaryKriging::rows`].
pub fn ordinary_regular(
    points: Points<'_>,
    grid: &RegularGrid,
    variogram: &Variogram,
    search: &Search,
    monitor: &dyn Monitor,
) -> Result<Kriged> {
    grid.check()?;
    monitor.set_total(grid.len() as u64);
    OrdinaryKriging::new(points, variogram, search, monitor)?.rows(grid, 0..grid.ny, monitor)
}

/// `CoincidentPoints` when two data share a place and the model has no nugget.
pub(crate) fn refuse_coincident(points: Points<'_>, variogram: &Variogram) -> Result<()> {
    if variogram.nugget > 0.0 {
        return Ok(());
    }
    match crate::search::coincident(points.x, points.y) {
        Some((first, second)) => Err(KernelError::CoincidentPoints {
            first,
            second,
            x: points.x.get(first).copied().unwrap_or(f64::NAN),
            y: points.y.get(first).copied().unwrap_or(f64::NAN),
        }),
        None => Ok(()),
    }
}

/// A pivot below this fraction of the sill means that the rest is rounding.
pub(crate) const LEAST_PIVOT: f64 = 1e-13;

pub(crate) fn metric_of(variogram: &Variogram) -> Metric {
    Metric::of(variogram.anisotropy)
}
