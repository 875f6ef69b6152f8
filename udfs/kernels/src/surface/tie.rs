//! Surfaces corrected to picks.

use rayon::prelude::*;

use super::{SampleMethod, Surface};
use crate::cholesky::dot;
use crate::search::Metric;
use crate::simd::{Kernel, Portable, Simd, dispatch};
use crate::variogram::Variogram;
use crate::variogram::structure::{Structure, with_structure};
use crate::{KernelError, Monitor, Result};

/// Most picks: their covariances are held at once.
const MOST: usize = 8_000;
/// Rows of nodes that one piece of work is at least.
const BAND: usize = 128;

/// What a surface should be at a place in cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// Place in cells.
    pub i: f64,
    /// Place in cells.
    pub j: f64,
    /// The value there.
    pub value: f64,
}

/// The correction that ties a surface to picks: simple kriging, with mean 0, of what is missing at
/// the picks. Far from all picks it is 0.
///
/// A pick is taken for what it is on a grid, the bilinear mean of the nodes around it. So without a
/// nugget the corrected surface, sampled bilinearly, goes through every pick.
#[derive(Debug)]
pub struct Tie {
    columns: usize,
    rows: usize,
    /// From a node to the next of its row and to that of the next row, in the variogram's metric.
    steps: [(f64, f64); 2],
    /// Row, column and weight in the correction, in this order.
    nodes: Vec<(usize, usize, f64)>,
    variogram: Variogram,
    /// What each pick misses before the correction; NaN for picks that are not used, where the surface has no value.
    pub residuals: Vec<f64>,
}

impl Tie {
    /// The correction; `place` gives x and y of a node, in the unit of the variogram's range. The grid is regular: all
    /// nodes are as far from the next as the first.
    ///
    /// O(n^3) for n picks.
    ///
    /// # Errors
    /// `TooFewPoints` where no pick is on the surface; `Singular` for picks that contradict each
    /// other without a nugget; `InvalidParameter` above 8,000 picks.
    pub fn new(
        surface: &Surface<'_>,
        place: impl Fn(usize, usize) -> (f64, f64),
        picks: &[Pick],
        variogram: &Variogram,
        monitor: &dyn Monitor,
    ) -> Result<Self> {
        variogram.check()?;
        let residual = |p: &Pick| p.value - surface.sample(p.i, p.j, SampleMethod::Bilinear);
        let residuals: Vec<f64> = picks.iter().map(residual).collect();
        let used: Vec<usize> = (0..picks.len()).filter(|&k| !residuals[k].is_nan()).collect();
        if used.is_empty() {
            return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
        }
        if used.len() > MOST {
            return Err(KernelError::parameter(
                "picks",
                format!("{} picks are more than {MOST}: average those that are near each other", used.len()),
            ));
        }
        // Each pick as nodes with their weights.
        let parts: Vec<Vec<(usize, usize, f64)>> = used
            .iter()
            .map(|&k| {
                let weights = surface.weights(picks[k].i, picks[k].j).unwrap_or_default();
                let node = |&(at, w): &(usize, f64)| (at / surface.columns, at % surface.columns, w);
                weights.iter().filter(|w| w.1 > 0.0).map(node).collect()
            })
            .collect();
        let metric = Metric::of(variogram.anisotropy);
        let origin = place(0, 0);
        let steps = [(1, 0), (0, 1)].map(|(i, j)| {
            let next = place(i, j);
            metric.apply(next.0 - origin.0, next.1 - origin.1)
        });
        let covariance = |a: &[(usize, usize, f64)], b: &[(usize, usize, f64)]| -> f64 {
            let between = |p: &(usize, usize, f64), q: &(usize, usize, f64)| {
                let d2 = squared(&steps, p.1 as f64 - q.1 as f64, p.0 as f64 - q.0 as f64);
                p.2 * q.2 * with_structure!(variogram, s => s.covariance::<Portable>(d2))
            };
            a.iter().map(|p| b.iter().map(|q| between(p, q)).sum::<f64>()).sum()
        };
        let n = used.len();
        let mut lower: Vec<Vec<f64>> = Vec::with_capacity(n);
        for row in 0..n {
            if monitor.cancelled() {
                return Err(KernelError::Cancelled);
            }
            let mut l: Vec<f64> = (0..=row).map(|column| covariance(&parts[row], &parts[column])).collect();
            l[row] += variogram.nugget;
            let whole = l[row];
            for column in 0..row {
                let known = dot(&l[..column], &lower[column][..column]);
                l[column] = (l[column] - known) / lower[column][column];
            }
            let pivot = l[row] - dot(&l[..row], &l[..row]);
            if pivot.is_nan() || pivot <= 1e-12 * whole {
                let (x, y) = parts[row].first().map_or((f64::NAN, f64::NAN), |p| place(p.1, p.0));
                return Err(KernelError::Singular { x, y });
            }
            l[row] = pivot.sqrt();
            lower.push(l);
        }
        let mut weights: Vec<f64> = used.iter().map(|&k| residuals[k]).collect();
        for row in 0..n {
            weights[row] = (weights[row] - dot(&lower[row][..row], &weights[..row])) / lower[row][row];
        }
        for row in (0..n).rev() {
            weights[row] /= lower[row][row];
            let w = weights[row];
            for column in 0..row {
                weights[column] -= lower[row][column] * w;
            }
        }
        let all = parts.iter().zip(&weights).flat_map(|(p, w)| p.iter().map(move |&(j, i, part)| (j, i, part * w)));
        let mut nodes: Vec<(usize, usize, f64)> = all.collect();
        nodes.sort_by_key(|&(j, i, _)| (j, i));
        Ok(Tie { columns: surface.columns, rows: surface.rows, steps, nodes, variogram: *variogram, residuals })
    }

    /// The correction at every node of the surface, `i` fastest, also where that has no value. The numbers do not depend
    /// on how many threads there are. Monitor units: nodes.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn correction(&self, monitor: &dyn Monitor) -> Result<Vec<f64>> {
        let mut out = vec![0.0; self.columns * self.rows];
        let band = BAND.max(self.rows.div_ceil(8));
        let bands = out.par_chunks_mut(band * self.columns).enumerate();
        bands.try_for_each(|(number, out)| {
            if monitor.cancelled() {
                return Err(KernelError::Cancelled);
            }
            let first = number * band;
            monitor.advance(out.len() as u64);
            with_structure!(&self.variogram, s => dispatch(Band { tie: self, structure: s, first, out }));
            Ok(())
        })?;
        Ok(out)
    }
}

/// Squared distance of nodes so many columns and rows apart, in the metric that `steps` are in.
#[inline(always)]
fn squared(steps: &[(f64, f64); 2], columns: f64, rows: f64) -> f64 {
    let u = columns * steps[0].0 + rows * steps[1].0;
    let v = columns * steps[0].1 + rows * steps[1].1;
    u * u + v * v
}

/// Some rows of the correction. Covariances between nodes depend only on how far they are apart: one row of them, for
/// nodes so many rows apart, is shared by all.
struct Band<'a, C> {
    tie: &'a Tie,
    structure: C,
    /// The row that `out` begins with.
    first: usize,
    out: &'a mut [f64],
}

impl<C: Structure> Kernel for Band<'_, C> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let Tie { columns, steps, nodes, .. } = self.tie;
        let columns = *columns;
        let (Some(top), Some(bottom)) = (nodes.first(), nodes.last()) else { return };
        let count = self.out.len() / columns;
        // So many columns to the left, up to as many to the right.
        let mut shared = vec![0.0; 2 * columns - 1];
        let from = self.first as i64 - bottom.0 as i64;
        let to = (self.first + count) as i64 - top.0 as i64;
        for apart in from..to {
            let near = |j: usize| {
                (j as i64 + apart).checked_sub(self.first as i64).filter(|row| (0..count as i64).contains(row))
            };
            if !nodes.iter().any(|node| near(node.0).is_some()) {
                continue;
            }
            for (k, c) in shared.iter_mut().enumerate() {
                let d2 = squared(steps, k as f64 - (columns as f64 - 1.0), apart as f64);
                *c = self.structure.covariance::<S>(d2);
            }
            // Beyond the range all are 0.
            let Some(low) = shared.iter().position(|c| *c != 0.0) else { continue };
            let high = shared.iter().rposition(|c| *c != 0.0).map_or(0, |k| k + 1);
            for &(j, i, weight) in nodes {
                let Some(row) = near(j) else { continue };
                let row = &mut self.out[row as usize * columns..(row as usize + 1) * columns];
                // The covariance with column `k` stands at `k + columns - 1 - i`.
                let shift = columns - 1 - i;
                let (begin, end) = (low.saturating_sub(shift), high.saturating_sub(shift).min(columns));
                if begin < end {
                    let covariances = &shared[begin + shift..end + shift];
                    for (out, c) in row[begin..end].iter_mut().zip(covariances) {
                        *out = S::mul_add(weight, *c, *out);
                    }
                }
            }
        }
    }
}
