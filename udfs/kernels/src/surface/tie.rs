//! Surfaces corrected to picks.

use rayon::prelude::*;

use super::{SampleMethod, Surface};
use crate::cholesky::dot;
use crate::variogram::Variogram;
use crate::{KernelError, Monitor, Result};

/// Most picks: their covariances are held at once.
const MOST: usize = 8_000;

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
    /// Place on the map, weight in the correction.
    nodes: Vec<(f64, f64, f64)>,
    variogram: Variogram,
    /// What each pick misses before the correction; NaN for picks that are not used, where the surface has no value.
    pub residuals: Vec<f64>,
}

impl Tie {
    /// The correction; `place` gives x and y of a node, in the unit of the variogram's range.
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
        // Each pick as nodes on the map with their weights.
        let parts: Vec<Vec<(f64, f64, f64)>> = used
            .iter()
            .map(|&k| {
                let weights = surface.weights(picks[k].i, picks[k].j).unwrap_or_default();
                let node = |at: usize| place(at % surface.columns, at / surface.columns);
                weights.iter().filter(|w| w.1 > 0.0).map(|&(at, w)| (node(at).0, node(at).1, w)).collect()
            })
            .collect();
        let covariance = |a: &[(f64, f64, f64)], b: &[(f64, f64, f64)]| -> f64 {
            a.iter()
                .map(|p| b.iter().map(|q| p.2 * q.2 * structure(variogram, p.0 - q.0, p.1 - q.1)).sum::<f64>())
                .sum()
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
                let (x, y) = parts[row].first().map_or((f64::NAN, f64::NAN), |p| (p.0, p.1));
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
        let nodes = parts.iter().zip(&weights).flat_map(|(p, w)| p.iter().map(move |&(x, y, part)| (x, y, part * w)));
        Ok(Tie { nodes: nodes.collect(), variogram: *variogram, residuals })
    }

    /// The correction at places on the map.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn at(&self, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Vec<f64>> {
        let part = 4096;
        let parts: Vec<Result<Vec<f64>>> = x
            .par_chunks(part)
            .zip(y.par_chunks(part))
            .map(|(x, y)| {
                if monitor.cancelled() {
                    return Err(KernelError::Cancelled);
                }
                let one = |(x, y): (&f64, &f64)| {
                    self.nodes.iter().map(|n| n.2 * structure(&self.variogram, x - n.0, y - n.1)).sum::<f64>()
                };
                let out = x.iter().zip(y).map(one).collect();
                monitor.advance(x.len() as u64);
                Ok(out)
            })
            .collect();
        Ok(parts.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }
}

/// Covariance of the structure alone: the nugget is an error of the picks, and none of the surface.
fn structure(variogram: &Variogram, dx: f64, dy: f64) -> f64 {
    if dx == 0.0 && dy == 0.0 {
        return variogram.psill;
    }
    variogram.sill() - variogram.gamma_between(dx, dy)
}
