//! Fitting a model to an experimental variogram.
//!
//! For a given range the model is linear in nugget and partial sill, so the weighted least-squares
//! pair with both at least 0 is known in closed form. What remains is a search over one number, the
//! range, which a scan and a golden section do without starting values.

use super::structure::with_structure;
use super::{LagBin, Model, Variogram, structure::Structure};
use crate::simd::Portable;
use crate::{KernelError, Result};

/// How much each distance class counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FitWeights {
    /// Number of pairs, `N`.
    Pairs,
    /// `N / h^2`: near classes count most, which kriging depends on (gstat's default).
    #[default]
    PairsOverSquaredDistance,
    /// `N / gamma(h)^2` with the fitted model's gamma (Cressie 1985), by iterated reweighting.
    Cressie,
}

/// Bounds of a fit.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FitOptions {
    /// The weights.
    pub weights: FitWeights,
    /// Holds the nugget at this value; `None` fits it.
    pub nugget: Option<f64>,
    /// Holds the range at this value; `None` fits it.
    pub range: Option<f64>,
}

/// A fitted variogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// The model that fits best of those asked for.
    pub model: Model,
    /// Nugget, at least 0.
    pub nugget: f64,
    /// Partial sill, at least 0.
    pub psill: f64,
    /// Practical range, above 0 and at most three times the largest distance of the classes. A
    /// range at that bound says that the classes do not show a sill.
    pub range: f64,
    /// The weighted sum of squares that was minimised.
    pub wss: f64,
    /// Number of classes used.
    pub classes: usize,
}

impl Fit {
    /// The fitted variogram, the same in every direction.
    pub fn variogram(&self) -> Variogram {
        Variogram { model: self.model, nugget: self.nugget, psill: self.psill, range: self.range, anisotropy: None }
    }
}

/// Fits nugget, partial sill and range by weighted least squares, and picks the model with the
/// smallest weighted sum of squares (the first of equals).
///
/// Classes without pairs or at distance 0 are left out. The range is searched between a tenth of
/// the smallest and three times the largest mean distance; nugget and partial sill are at least 0.
///
/// # Errors
/// `TooFewPoints` with fewer than 3 usable classes, `InvalidParameter` without a model, for a held
/// value outside its bounds, or when every class has gamma 0 (all values equal).
pub fn fit(bins: &[LagBin], models: &[Model], options: &FitOptions) -> Result<Fit> {
    let used: Vec<&LagBin> = bins
        .iter()
        .filter(|b| b.pairs > 0 && b.gamma.is_finite() && b.mean_distance.is_finite() && b.mean_distance > 0.0)
        .collect();
    if used.len() < 3 {
        return Err(KernelError::TooFewPoints { needed: 3, found: used.len() });
    }
    if let Some(n) = options.nugget
        && !(n.is_finite() && n >= 0.0)
    {
        return Err(KernelError::parameter("nugget", format!("expected a number of at least 0, found {n}")));
    }
    if let Some(r) = options.range
        && !(r.is_finite() && r > 0.0)
    {
        return Err(KernelError::parameter("range", format!("expected a range above 0, found {r}")));
    }
    if used.iter().all(|b| b.gamma == 0.0) {
        return Err(KernelError::parameter(
            "gamma",
            "every class has gamma 0: the values do not vary, so there is nothing to fit",
        ));
    }
    let least = used.iter().map(|b| b.mean_distance).fold(f64::INFINITY, f64::min);
    let most = used.iter().map(|b| b.mean_distance).fold(0.0, f64::max);
    let mut best: Option<Fit> = None;
    for &model in models {
        let at = |range: f64| linear(&used, model, range, options);
        let found = match options.range {
            Some(range) => at(range),
            None => search(0.1 * least, 3.0 * most, &at),
        };
        if best.is_none_or(|b| found.wss < b.wss) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| KernelError::parameter("models", "expected at least one model, found none"))
}

/// Smallest sum of squares over the range: a scan in equal ratios, then a golden section around
/// each of the three lowest local minima (structures with a support make the curve bend).
fn search(low: f64, high: f64, at: &dyn Fn(f64) -> Fit) -> Fit {
    const STEPS: usize = 240;
    let ratio = (high / low).powf(1.0 / STEPS as f64);
    let scan: Vec<Fit> = (0..=STEPS).map(|k| at((low * ratio.powi(k as i32)).min(high))).collect();
    let wss = |k: usize| scan.get(k).map_or(f64::INFINITY, |f| f.wss);
    let mut minima: Vec<usize> =
        (0..=STEPS).filter(|&k| (k == 0 || wss(k) <= wss(k - 1)) && (k == STEPS || wss(k) <= wss(k + 1))).collect();
    minima.sort_by(|a, b| wss(*a).total_cmp(&wss(*b)));
    let mut best = at(high);
    for &k in minima.iter().take(3) {
        let middle = low * ratio.powi(k as i32);
        let refined = golden((middle / ratio).max(low), (middle * ratio).min(high), at);
        for candidate in [refined, scan.get(k).copied().unwrap_or(refined)] {
            if candidate.wss < best.wss {
                best = candidate;
            }
        }
    }
    best
}

fn golden(mut a: f64, mut b: f64, at: &dyn Fn(f64) -> Fit) -> Fit {
    let shrink = (5f64.sqrt() - 1.0) / 2.0;
    let (mut c, mut d) = (b - shrink * (b - a), a + shrink * (b - a));
    let (mut fc, mut fd) = (at(c), at(d));
    for _ in 0..80 {
        if fc.wss <= fd.wss {
            (b, d, fd) = (d, c, fc);
            c = b - shrink * (b - a);
            fc = at(c);
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + shrink * (b - a);
            fd = at(d);
        }
    }
    if fc.wss <= fd.wss { fc } else { fd }
}

/// Best nugget and partial sill for one range.
fn linear(used: &[&LagBin], model: Model, range: f64, options: &FitOptions) -> Fit {
    let unit = Variogram { model, nugget: 0.0, psill: 1.0, range, anisotropy: None };
    let shape: Vec<f64> = with_structure!(&unit, s => used.iter().map(|b| 1.0 - s.covariance::<Portable>(b.mean_distance * b.mean_distance)).collect());
    let pairs = |b: &LagBin| b.pairs as f64;
    let mut weights: Vec<f64> = used
        .iter()
        .map(|b| match options.weights {
            FitWeights::Pairs => pairs(b),
            FitWeights::PairsOverSquaredDistance => pairs(b) / (b.mean_distance * b.mean_distance),
            FitWeights::Cressie => pairs(b),
        })
        .collect();
    let (mut nugget, mut psill) = bounded(used, &shape, &weights, options.nugget);
    if options.weights == FitWeights::Cressie {
        for _ in 0..50 {
            for ((w, b), s) in weights.iter_mut().zip(used).zip(&shape) {
                let gamma = nugget + psill * s;
                // A model value of 0 would make the weight infinite; the class's own value bounds it.
                let gamma = gamma.max(1e-6 * b.gamma.abs()).max(f64::MIN_POSITIVE.sqrt());
                *w = pairs(b) / (gamma * gamma);
            }
            let next = bounded(used, &shape, &weights, options.nugget);
            let moved = (next.0 - nugget).abs() + (next.1 - psill).abs();
            (nugget, psill) = next;
            if moved <= 1e-13 * (nugget + psill) {
                break;
            }
        }
    }
    let wss = used.iter().zip(&shape).zip(&weights).map(|((b, s), w)| w * (b.gamma - nugget - psill * s).powi(2)).sum();
    Fit { model, nugget, psill, range, wss, classes: used.len() }
}

/// Weighted least squares for `gamma = nugget + psill * shape`, both at least 0: the free minimum
/// if it is inside, else the better of the two edges.
fn bounded(used: &[&LagBin], shape: &[f64], weights: &[f64], held: Option<f64>) -> (f64, f64) {
    let (mut w, mut ws, mut wss, mut wg, mut wsg, mut wgg) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for ((b, &s), &k) in used.iter().zip(shape).zip(weights) {
        w += k;
        ws += k * s;
        wss += k * s * s;
        wg += k * b.gamma;
        wsg += k * s * b.gamma;
        wgg += k * b.gamma * b.gamma;
    }
    let slope_only = |nugget: f64| if wss > 0.0 { ((wsg - nugget * ws) / wss).max(0.0) } else { 0.0 };
    if let Some(nugget) = held {
        return (nugget, slope_only(nugget));
    }
    let det = w * wss - ws * ws;
    if det > 1e-12 * w * wss {
        let (nugget, psill) = ((wg * wss - ws * wsg) / det, (w * wsg - ws * wg) / det);
        if nugget >= 0.0 && psill >= 0.0 {
            return (nugget, psill);
        }
    }
    let loss = |n: f64, p: f64| wgg - 2.0 * (n * wg + p * wsg) + n * n * w + 2.0 * n * p * ws + p * p * wss;
    let (only_psill, only_nugget) = (slope_only(0.0), (wg / w).max(0.0));
    if loss(0.0, only_psill) <= loss(only_nugget, 0.0) { (0.0, only_psill) } else { (only_nugget, 0.0) }
}
