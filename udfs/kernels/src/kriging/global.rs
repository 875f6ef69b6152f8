//! Kriging from all data: one factor, then one triangular solve per target, many at a time.

use std::ops::Range;

use rayon::prelude::*;

use super::{Kriged, LEAST_PIVOT, metric_of, refuse_coincident};
use crate::cholesky::{Factor, Stripe, WIDTH, dot};
use crate::monitor::check;
use crate::simd::{Kernel, LANES, Lanes, Simd, dispatch};
use crate::variogram::Variogram;
use crate::variogram::structure::{Structure, with_structure};
use crate::{KernelError, Monitor, Points, RegularGrid, Result};

/// Most data in one system: 1.6 GB of factor.
const MOST_DATA: usize = 20_000;

/// The factored system of all data.
#[derive(Debug)]
pub(crate) struct Global {
    /// Places in the metric of the variogram, and the values measured from `origin`.
    x: Vec<f64>,
    y: Vec<f64>,
    pub(crate) z: Vec<f64>,
    pub(crate) origin: f64,
    variogram: Variogram,
    min_neighbours: usize,
    pub(crate) factor: Factor,
    /// `L^-1 z` and `L^-1 1`, and their products.
    pub(crate) u: Vec<f64>,
    pub(crate) v: Vec<f64>,
    pub(crate) mean: f64,
    pub(crate) vv: f64,
}

impl Global {
    pub fn new(
        points: Points<'_>,
        variogram: &Variogram,
        min_neighbours: usize,
        monitor: &dyn Monitor,
    ) -> Result<Self> {
        let n = points.len();
        if n > MOST_DATA {
            let message = format!(
                "kriging {n} points in one system needs {:.0} GB: give a number of neighbours (16 to 64 are usual) or a radius",
                4e-9 * (n as f64).powi(2)
            );
            return Err(KernelError::parameter("neighbours", message));
        }
        refuse_coincident(points, variogram)?;
        let metric = metric_of(variogram);
        let (x, y) = points.x.iter().zip(points.y).map(|(&x, &y)| metric.apply(x, y)).unzip();
        let origin = points.z.iter().sum::<f64>() / n as f64;
        let z = points.z.iter().map(|z| z - origin).collect();
        let mut global = Self::in_metric(x, y, z, variogram, monitor).map_err(|e| match e {
            // The factor knows places in its own metric only; report the caller's.
            KernelError::Singular { x: u, y: v } => {
                let at = points.x.iter().zip(points.y).find(|(x, y)| metric.apply(**x, **y) == (u, v));
                at.map_or(KernelError::Singular { x: u, y: v }, |(&x, &y)| KernelError::Singular { x, y })
            }
            other => other,
        })?;
        global.origin = origin;
        global.min_neighbours = min_neighbours;
        Ok(global)
    }

    /// From places in the metric and values measured from an origin the caller keeps.
    pub fn in_metric(
        x: Vec<f64>,
        y: Vec<f64>,
        z: Vec<f64>,
        variogram: &Variogram,
        monitor: &dyn Monitor,
    ) -> Result<Self> {
        let n = x.len();
        let sill = variogram.sill();
        let factor = Factor::new(
            n,
            LEAST_PIVOT * sill,
            |column, stripe| {
                fill(variogram, &x, &y, |c| place(&x, &y, column + c), stripe);
                for c in 0..WIDTH {
                    if let Some(row) = stripe.get_mut(column + c) {
                        row.set(c, sill);
                    }
                }
            },
            monitor,
        )
        .map_err(|e| match e {
            crate::cholesky::Failure::Cancelled => KernelError::Cancelled,
            crate::cholesky::Failure::Pivot(row) => {
                let (x, y) = place(&x, &y, row);
                KernelError::Singular { x, y }
            }
        })?;
        let mut stripe = factor.stripe();
        for (row, z) in stripe.iter_mut().zip(&z) {
            row.set(0, *z);
            row.set(1, 1.0);
        }
        factor.forward(0, &mut stripe, monitor)?;
        let u: Vec<f64> = stripe.iter().map(|r| r.get(0)).collect();
        let v: Vec<f64> = stripe.iter().map(|r| r.get(1)).collect();
        let vv: f64 = v.iter().map(|v| v * v).sum();
        let mean = u.iter().zip(&v).map(|(u, v)| u * v).sum::<f64>() / vv;
        Ok(Self { x, y, z, origin: 0.0, variogram: *variogram, min_neighbours: 1, factor, u, v, mean, vv })
    }

    pub fn rows(&self, grid: &RegularGrid, rows: Range<usize>, monitor: &dyn Monitor) -> Result<Kriged> {
        let metric = metric_of(&self.variogram);
        let nx = grid.nx;
        self.solve(nx * rows.len(), |at| metric.apply(grid.x(at % nx), grid.y(rows.start + at / nx)), monitor)
    }

    pub fn targets(&self, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Kriged> {
        let metric = metric_of(&self.variogram);
        self.solve(
            x.len(),
            |at| metric.apply(x.get(at).copied().unwrap_or(f64::NAN), y.get(at).copied().unwrap_or(f64::NAN)),
            monitor,
        )
    }

    /// Estimate (from the origin of the values) and variance at one place of the metric.
    pub fn one(&self, x: f64, y: f64, exact: bool) -> (f64, f64) {
        let mut stripe = self.factor.stripe();
        let nearest = fill(&self.variogram, &self.x, &self.y, |_| (x, y), &mut stripe);
        if exact
            && nearest[0] == 0.0
            && let Some(z) = self.only_datum(x, y)
        {
            return (z, 0.0);
        }
        // Silent cannot cancel, so this cannot fail.
        if self.factor.forward(0, &mut stripe, &crate::Silent).is_err() {
            return (f64::NAN, f64::NAN);
        }
        let sums = dispatch(Sums { stripe: &stripe, u: &self.u, v: &self.v });
        self.result(&sums, 0)
    }

    fn solve(
        &self,
        count: usize,
        target: impl Fn(usize) -> (f64, f64) + Sync,
        monitor: &dyn Monitor,
    ) -> Result<Kriged> {
        let mut out = Kriged::with_len(count);
        out.n_used.fill(self.z.len() as u32);
        if self.z.len() < self.min_neighbours {
            monitor.advance(count as u64);
            return Ok(out);
        }
        out.estimate.par_chunks_mut(WIDTH).zip(out.variance.par_chunks_mut(WIDTH)).enumerate().try_for_each_init(
            || self.factor.stripe(),
            |stripe, (number, (estimate, variance))| {
                check(monitor)?;
                let last = estimate.len() - 1;
                let at = |c: usize| target(number * WIDTH + c.min(last));
                let nearest = fill(&self.variogram, &self.x, &self.y, at, stripe);
                self.factor.forward(0, stripe, monitor)?;
                let sums = dispatch(Sums { stripe, u: &self.u, v: &self.v });
                for (c, (e, v)) in estimate.iter_mut().zip(variance.iter_mut()).enumerate() {
                    let (x, y) = at(c);
                    let (mut value, mut uncertainty) = self.result(&sums, c);
                    if nearest[c] == 0.0
                        && let Some(z) = self.only_datum(x, y)
                    {
                        (value, uncertainty) = (z, 0.0);
                    }
                    *e = value + self.origin;
                    *v = uncertainty;
                }
                monitor.advance(estimate.len() as u64);
                Ok(())
            },
        )?;
        Ok(out)
    }

    fn result(&self, [kk, ku, kv]: &[[f64; WIDTH]; 3], c: usize) -> (f64, f64) {
        let rest = 1.0 - kv[c];
        (ku[c] + rest * self.mean, (self.variogram.sill() - kk[c] + rest * rest / self.vv).max(0.0))
    }

    /// The value of the datum at a place where there is exactly one.
    fn only_datum(&self, x: f64, y: f64) -> Option<f64> {
        let mut at = self.x.iter().zip(&self.y).zip(&self.z).filter(|((dx, dy), _)| **dx == x && **dy == y);
        let first = at.next();
        if at.next().is_some() { None } else { first.map(|(_, z)| *z) }
    }
}

fn place(x: &[f64], y: &[f64], at: usize) -> (f64, f64) {
    (x.get(at).copied().unwrap_or(0.0), y.get(at).copied().unwrap_or(0.0))
}

/// Covariances between the data and up to [`WIDTH`] places; returns the smallest squared distance
/// of each place to a datum.
fn fill(
    variogram: &Variogram,
    x: &[f64],
    y: &[f64],
    at: impl Fn(usize) -> (f64, f64),
    stripe: &mut [Stripe],
) -> [f64; WIDTH] {
    let mut places = [[0.0; WIDTH]; 2];
    for c in 0..WIDTH {
        (places[0][c], places[1][c]) = at(c);
    }
    for row in stripe.iter_mut().skip(x.len()) {
        *row = Stripe::ZERO;
    }
    with_structure!(variogram, s => dispatch(Covariances { structure: s, x, y, places: &places, stripe }))
}

struct Covariances<'a, T> {
    structure: T,
    x: &'a [f64],
    y: &'a [f64],
    places: &'a [[f64; WIDTH]; 2],
    stripe: &'a mut [Stripe],
}

impl<T: Structure> Kernel for Covariances<'_, T> {
    type Output = [f64; WIDTH];

    #[inline(always)]
    fn run<S: Simd>(self) -> [f64; WIDTH] {
        let lanes = |v: &[f64; WIDTH], h: usize| Lanes(std::array::from_fn(|l| v[h * LANES + l]));
        let mut nearest = [f64::INFINITY; WIDTH];
        for h in 0..WIDTH / LANES {
            let (tx, ty) = (lanes(&self.places[0], h), lanes(&self.places[1], h));
            let mut least = Lanes::splat(f64::INFINITY);
            for ((row, x), y) in self.stripe.iter_mut().zip(self.x).zip(self.y) {
                for l in 0..LANES {
                    let (dx, dy) = (x - tx.0[l], y - ty.0[l]);
                    let d2 = dx * dx + dy * dy;
                    least.0[l] = if d2 < least.0[l] { d2 } else { least.0[l] };
                    row.0[h].0[l] = self.structure.covariance::<S>(d2);
                }
            }
            nearest[h * LANES..(h + 1) * LANES].copy_from_slice(&least.0);
        }
        nearest
    }
}

/// For each column `k` of a stripe: `k'k`, `k'u`, `k'v`.
struct Sums<'a> {
    stripe: &'a [Stripe],
    u: &'a [f64],
    v: &'a [f64],
}

impl Kernel for Sums<'_> {
    type Output = [[f64; WIDTH]; 3];

    #[inline(always)]
    fn run<S: Simd>(self) -> [[f64; WIDTH]; 3] {
        let mut out = [[0.0; WIDTH]; 3];
        for h in 0..WIDTH / LANES {
            let (mut kk, mut ku, mut kv) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
            for ((row, &u), &v) in self.stripe.iter().zip(self.u).zip(self.v) {
                let k = &row.0[h];
                kk = kk.plus_product::<S>(k, k);
                ku = ku.plus_product::<S>(k, &Lanes::splat(u));
                kv = kv.plus_product::<S>(k, &Lanes::splat(v));
            }
            for (to, from) in out.iter_mut().zip([kk, ku, kv]) {
                to[h * LANES..(h + 1) * LANES].copy_from_slice(&from.0);
            }
        }
        out
    }
}

/// What cross validation needs of one datum: its column of `L^-1`, and its entries of `A^-1 1` and
/// `Q z`.
pub(crate) struct InverseColumn {
    column: Vec<f64>,
    one: f64,
    pub qz: f64,
}

impl InverseColumn {
    /// The entry of `Q = A^-1 - A^-1 1 1' A^-1 / (1' A^-1 1)` for two data.
    pub fn q_with(&self, other: &InverseColumn, vv: f64) -> f64 {
        dot(&self.column, &other.column) - self.one * other.one / vv
    }
}

impl Global {
    /// Columns of `L^-1` for some rows.
    pub fn inverse_columns(&self, rows: &[u32], monitor: &dyn Monitor) -> Result<Vec<InverseColumn>> {
        let mut out = Vec::with_capacity(rows.len());
        let mut stripe = self.factor.stripe();
        for rows in rows.chunks(WIDTH) {
            stripe.fill(Stripe::ZERO);
            for (c, &row) in rows.iter().enumerate() {
                if let Some(to) = stripe.get_mut(row as usize) {
                    to.set(c, 1.0);
                }
            }
            let first = rows.iter().min().map_or(0, |r| *r as usize);
            self.factor.forward(first, &mut stripe, monitor)?;
            for c in 0..rows.len() {
                let column: Vec<f64> = stripe.iter().map(|r| r.get(c)).collect();
                let one = dot(&column, &self.v);
                let qz = dot(&column, &self.u) - one * self.mean;
                out.push(InverseColumn { column, one, qz });
            }
        }
        Ok(out)
    }
}
