//! Cross validation: every datum predicted from data that do not include it.

use rayon::prelude::*;

use crate::cholesky::dot;
use crate::gridding::{InverseDistance, Tin};
use crate::kriging::global::Global;
use crate::kriging::moving::{Moving, Scratch};
use crate::kriging::{Kriged, Search};
use crate::monitor::check;
use crate::points::same_length;
use crate::search::{Metric, Query, SearchIndex};
use crate::variogram::Variogram;
use crate::{KernelError, Monitor, Points, Result};

/// The method that is validated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Method {
    /// Ordinary kriging.
    Kriging {
        /// The variogram, as given: it is not fitted again for each fold.
        variogram: Variogram,
        /// Which data an estimate uses.
        search: Search,
    },
    /// Inverse distance.
    InverseDistance(InverseDistance),
    /// Nearest datum.
    Nearest,
    /// Linear interpolation in Delaunay triangles; data outside the others' hull have no
    /// prediction. Each fold is triangulated anew.
    Tin,
}

/// How the data are divided. A fold is left out as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Folds<'a> {
    /// Every datum alone.
    LeaveOneOut,
    /// A group number per row (a well, for instance): data of one group are left out together.
    Groups(&'a [u32]),
    /// `k` random folds of equal size (within one), the same for the same seed.
    KFold {
        /// Number of folds, at least 2.
        k: u32,
        /// Seed of the shuffle.
        seed: u64,
    },
}

/// One datum and its prediction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossValidated {
    /// The datum.
    pub actual: f64,
    /// The prediction from the other folds; NaN where the method has none.
    pub predicted: f64,
    /// Kriging variance of the prediction, nugget included; NaN where the method has none.
    pub variance: f64,
}

/// Predicts every datum from the data outside its own fold, in row order.
///
/// Global kriging uses one factor for all folds: with `Q` the inverse of the ordinary-kriging
/// matrix restricted to the data, the residuals of a fold are `Q_ff^-1 (Q z)_f` and their variances
/// the diagonal of `Q_ff^-1`. A datum at the place of another one (nugget above 0) is predicted like
/// its surroundings, not copied. Its memory: 4 `n^2` bytes for `n` data, and 8 `n m` for a fold of
/// `m` data on each worker thread. Monitor units: data.
///
/// Source: O. Dubrule, Cross validation of kriging in a unique neighborhood, Math. Geology 15
/// (1983).
///
/// # Errors
/// `TooFewPoints` below 2 data, `InvalidParameter` when all data are in one fold or a parameter is
/// outside its bounds, the errors of the method, `Cancelled`.
pub fn cross_validate(
    points: Points<'_>,
    method: &Method,
    folds: &Folds<'_>,
    monitor: &dyn Monitor,
) -> Result<Vec<CrossValidated>> {
    points.check(2)?;
    let groups = groups(points.len(), folds)?;
    monitor.set_total(points.len() as u64);
    let predicted = match method {
        Method::Kriging { variogram, search } => kriging(points, variogram, search, &groups, monitor)?,
        Method::InverseDistance(options) => {
            options.check()?;
            weighted(points, options, &groups, monitor)?
        }
        Method::Nearest => {
            let one = InverseDistance { power: 2.0, neighbours: 1, radius: None };
            weighted(points, &one, &groups, monitor)?
        }
        Method::Tin => triangulated(points, &groups, monitor)?,
    };
    Ok(points
        .z
        .iter()
        .zip(&predicted.estimate)
        .zip(&predicted.variance)
        .map(|((&actual, &predicted), &variance)| CrossValidated { actual, predicted, variance })
        .collect())
}

/// Group number of each row.
fn groups(n: usize, folds: &Folds<'_>) -> Result<Vec<u32>> {
    let groups: Vec<u32> = match *folds {
        Folds::LeaveOneOut => (0..n as u32).collect(),
        Folds::Groups(groups) => {
            same_length("groups", n, groups.len())?;
            groups.to_vec()
        }
        Folds::KFold { k, seed } => {
            if k < 2 || k as usize > n {
                return Err(KernelError::parameter(
                    "folds",
                    format!("expected 2 to {n} folds (the number of data), found {k}"),
                ));
            }
            let mut order: Vec<u32> = (0..n as u32).collect();
            let mut state = seed;
            for i in (1..n).rev() {
                order.swap(i, ((u128::from(split_mix(&mut state)) * (i as u128 + 1)) >> 64) as usize);
            }
            let mut groups = vec![0; n];
            for (at, row) in order.into_iter().enumerate() {
                if let Some(g) = groups.get_mut(row as usize) {
                    *g = at as u32 % k;
                }
            }
            groups
        }
    };
    if groups.iter().all(|g| Some(g) == groups.first()) {
        return Err(KernelError::parameter(
            "folds",
            "all data are in one fold, so nothing is left to predict them from: give at least two groups",
        ));
    }
    Ok(groups)
}

/// SplitMix64 (Steele, Lea and Flood 2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Rows of each group, groups in the order of their numbers.
fn members(groups: &[u32]) -> Vec<Vec<u32>> {
    let mut order: Vec<u32> = (0..groups.len() as u32).collect();
    let group = |row: &u32| groups.get(*row as usize).copied().unwrap_or(0);
    order.sort_by_key(|row| (group(row), *row));
    order.chunk_by(|a, b| group(a) == group(b)).map(<[u32]>::to_vec).collect()
}

/// Writes what was found for some rows.
fn scatter(out: &mut Kriged, rows: &[u32], estimate: &[f64], variance: &[f64]) {
    for ((&row, e), v) in rows.iter().zip(estimate).zip(variance) {
        if let (Some(te), Some(tv)) = (out.estimate.get_mut(row as usize), out.variance.get_mut(row as usize)) {
            (*te, *tv) = (*e, *v);
        }
    }
}

fn kriging(
    points: Points<'_>,
    variogram: &Variogram,
    search: &Search,
    groups: &[u32],
    monitor: &dyn Monitor,
) -> Result<Kriged> {
    variogram.check()?;
    search.check()?;
    if search.neighbours.is_none() && search.radius.is_none() {
        return global(points, variogram, search, groups, monitor);
    }
    let moving = Moving::new(points, variogram, search)?;
    // In the order of the index, so that neighbours are in cache.
    let parts: Vec<Kriged> = moving
        .index
        .rows()
        .par_chunks(64)
        .map_init(Scratch::default, |scratch, rows| {
            let part = moving.leave_out(points, groups, rows, scratch, monitor)?;
            monitor.advance(rows.len() as u64);
            Ok(part)
        })
        .collect::<Result<_>>()?;
    let mut out = Kriged::with_len(points.len());
    for (rows, part) in moving.index.rows().chunks(64).zip(&parts) {
        scatter(&mut out, rows, &part.estimate, &part.variance);
    }
    Ok(out)
}

fn global(
    points: Points<'_>,
    variogram: &Variogram,
    search: &Search,
    groups: &[u32],
    monitor: &dyn Monitor,
) -> Result<Kriged> {
    let n = points.len();
    let system = Global::new(points, variogram, search.min_neighbours, monitor)?;
    let mut out = Kriged::with_len(n);
    let (single, larger): (Vec<_>, Vec<_>) = members(groups).into_iter().partition(|g| g.len() == 1);
    let single: Vec<u32> = single.into_iter().flatten().collect();
    // Groups of one share a stripe of right-hand sides; each has only its own diagonal entry of Q.
    if n > search.min_neighbours.max(1) {
        let parts: Vec<Vec<(f64, f64)>> = single
            .par_chunks(crate::cholesky::WIDTH)
            .map(|rows| {
                let columns = system.inverse_columns(rows, monitor)?;
                monitor.advance(rows.len() as u64);
                Ok(columns.iter().map(|c| (c.qz / c.q_with(c, system.vv), 1.0 / c.q_with(c, system.vv))).collect())
            })
            .collect::<Result<_>>()?;
        for (rows, part) in single.chunks(crate::cholesky::WIDTH).zip(&parts) {
            write_residuals(&mut out, points, rows, part);
        }
    }
    let parts: Vec<Vec<(f64, f64)>> = larger
        .par_iter()
        .map(|rows| {
            if n - rows.len() < search.min_neighbours.max(1) {
                return Ok(Vec::new());
            }
            let columns = system.inverse_columns(rows, monitor)?;
            let m = rows.len();
            let mut q = vec![0.0; m * m];
            for (i, a) in columns.iter().enumerate() {
                check(monitor)?;
                for (j, b) in columns.iter().enumerate().take(i + 1) {
                    q[i * m + j] = a.q_with(b, system.vv);
                }
            }
            let qz: Vec<f64> = columns.iter().map(|c| c.qz).collect();
            monitor.advance(m as u64);
            solve_with_variances(&mut q, &qz, monitor)?.ok_or_else(|| {
                let row = rows.first().map_or(0, |r| *r as usize);
                KernelError::Singular {
                    x: points.x.get(row).copied().unwrap_or(f64::NAN),
                    y: points.y.get(row).copied().unwrap_or(f64::NAN),
                }
            })
        })
        .collect::<Result<_>>()?;
    for (rows, part) in larger.iter().zip(&parts) {
        write_residuals(&mut out, points, rows, part);
    }
    Ok(out)
}

/// Predictions are data less residuals.
fn write_residuals(out: &mut Kriged, points: Points<'_>, rows: &[u32], part: &[(f64, f64)]) {
    for (&row, (residual, variance)) in rows.iter().zip(part) {
        let row = row as usize;
        if let (Some(e), Some(v), Some(z)) = (out.estimate.get_mut(row), out.variance.get_mut(row), points.z.get(row)) {
            (*e, *v) = (z - residual, *variance);
        }
    }
}

/// Solves `Q r = b` for a small positive definite matrix given by its lower triangle, and returns
/// with each `r` the diagonal of the inverse; `None` if it is not positive definite.
fn solve_with_variances(q: &mut [f64], b: &[f64], monitor: &dyn Monitor) -> Result<Option<Vec<(f64, f64)>>> {
    let m = b.len();
    for i in 0..m {
        check(monitor)?;
        for j in 0..=i {
            let (head, row) = q.split_at_mut(i * m);
            let s = if i == j { dot(&row[..j], &row[..j]) } else { dot(&row[..j], &head[j * m..j * m + j]) };
            if i == j {
                let d = row[i] - s;
                if d <= 0.0 || d.is_nan() {
                    return Ok(None);
                }
                row[i] = d.sqrt();
            } else {
                row[j] = (row[j] - s) / head[j * m + j];
            }
        }
    }
    // The columns of L^-1: their squared lengths are the diagonal of the inverse, and with y = L^-1 b
    // the solution is L^-T y.
    let mut y = b.to_vec();
    for i in 0..m {
        let s = dot(&q[i * m..i * m + i], &y[..i]);
        y[i] = (y[i] - s) / q[i * m + i];
    }
    let mut out = Vec::with_capacity(m);
    let mut column = vec![0.0; m];
    for c in 0..m {
        check(monitor)?;
        column[c] = 1.0 / q[c * m + c];
        for i in c + 1..m {
            let s = dot(&q[i * m + c..i * m + i], &column[c..i]);
            column[i] = -s / q[i * m + i];
        }
        let (mut r, mut v) = (0.0, 0.0);
        for (x, y) in column[c..].iter().zip(&y[c..]) {
            r += x * y;
            v += x * x;
        }
        out.push((r, v));
    }
    Ok(Some(out))
}

fn weighted(points: Points<'_>, options: &InverseDistance, groups: &[u32], monitor: &dyn Monitor) -> Result<Kriged> {
    let index = SearchIndex::new(points.x, points.y, Metric::ISOTROPIC)?;
    let mut out = Kriged::with_len(points.len());
    out.estimate.par_chunks_mut(256).enumerate().try_for_each_init(Vec::new, |found, (number, chunk)| {
        check(monitor)?;
        for (k, e) in chunk.iter_mut().enumerate() {
            let row = number * 256 + k;
            let (Some(&x), Some(&y), Some(&group)) = (points.x.get(row), points.y.get(row), groups.get(row)) else {
                continue;
            };
            let query = Query {
                neighbours: options.neighbours,
                radius: options.radius,
                sectors: None,
                exclude: Some((groups, group)),
            };
            index.nearest(x, y, &query, found);
            *e = options.estimate(points.z, found).0;
        }
        monitor.advance(chunk.len() as u64);
        Ok(())
    })?;
    Ok(out)
}

fn triangulated(points: Points<'_>, groups: &[u32], monitor: &dyn Monitor) -> Result<Kriged> {
    let members = members(groups);
    let parts: Vec<Vec<f64>> = members
        .par_iter()
        .map(|rows| {
            check(monitor)?;
            let out = rows.first().and_then(|r| groups.get(*r as usize)).copied();
            let keep = |v: &[f64]| -> Vec<f64> {
                v.iter().zip(groups).filter(|(_, g)| Some(**g) != out).map(|(v, _)| *v).collect()
            };
            let (x, y, z) = (keep(points.x), keep(points.y), keep(points.z));
            let values = match Tin::new(Points { x: &x, y: &y, z: &z }) {
                Ok(tin) => rows
                    .iter()
                    .map(|&r| {
                        let at = |v: &[f64]| v.get(r as usize).copied().unwrap_or(f64::NAN);
                        tin.value(at(points.x), at(points.y))
                    })
                    .collect(),
                // What is left spans no triangle: no prediction, as outside the hull.
                Err(KernelError::TooFewPoints { .. } | KernelError::Collinear { .. }) => vec![f64::NAN; rows.len()],
                Err(other) => return Err(other),
            };
            monitor.advance(rows.len() as u64);
            Ok(values)
        })
        .collect::<Result<_>>()?;
    let mut out = Kriged::with_len(points.len());
    for (rows, part) in members.iter().zip(&parts) {
        let none = vec![f64::NAN; part.len()];
        scatter(&mut out, rows, part, &none);
    }
    Ok(out)
}
