//! The experimental variogram.

use rayon::prelude::*;

use crate::monitor::check;
use crate::search::{Metric, SearchIndex};
use crate::simd::{Kernel, Simd, dispatch};
use crate::{KernelError, Monitor, Points, Result};

/// How pairs become a semivariance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Estimator {
    /// Half the mean squared difference (Matheron 1963).
    #[default]
    Matheron,
    /// `0.5 mean(|dz|^0.5)^4 / (0.457 + 0.494 / N + 0.045 / N^2)`, less moved by outliers
    /// (Cressie and Hawkins 1980).
    Cressie,
}

impl std::str::FromStr for Estimator {
    type Err = KernelError;

    /// Reads 'matheron' or 'cressie', in any letter case.
    fn from_str(text: &str) -> Result<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "matheron" => Ok(Estimator::Matheron),
            "cressie" => Ok(Estimator::Cressie),
            _ => Err(KernelError::parameter("estimator", format!("expected 'matheron' or 'cressie', found '{text}'"))),
        }
    }
}

/// Which pairs are used, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExperimentalOptions {
    /// Width of a distance class, above 0.
    pub lag: f64,
    /// Pairs at this distance or farther are left out; at least one lag, at most 100,000 lags.
    pub max_lag: f64,
    /// Direction in degrees clockwise from north; `None` uses every direction.
    pub azimuth: Option<f64>,
    /// Half the opening angle around the azimuth, degrees, above 0 and at most 90 (every
    /// direction); inclusive. Not used without an azimuth.
    pub tolerance: f64,
    /// Largest distance from the line through the first point along the azimuth; `None`: no limit.
    pub bandwidth: Option<f64>,
    /// How pairs become a semivariance.
    pub estimator: Estimator,
}

impl ExperimentalOptions {
    /// Every direction, Matheron's estimator.
    pub fn omnidirectional(lag: f64, max_lag: f64) -> Self {
        Self { lag, max_lag, azimuth: None, tolerance: 90.0, bandwidth: None, estimator: Estimator::Matheron }
    }

    fn check(&self) -> Result<()> {
        if !(self.lag.is_finite() && self.lag > 0.0) {
            return Err(KernelError::parameter("lag", format!("expected a width above 0, found {}", self.lag)));
        }
        if !(self.max_lag.is_finite() && self.max_lag >= self.lag) {
            let message = format!("expected a distance of at least one lag ({}), found {}", self.lag, self.max_lag);
            return Err(KernelError::parameter("max_lag", message));
        }
        if self.max_lag / self.lag > 100_000.0 {
            let message =
                format!("{} over a lag of {} makes more than 100000 classes: use a larger lag", self.max_lag, self.lag);
            return Err(KernelError::parameter("lag", message));
        }
        if let Some(azimuth) = self.azimuth
            && !azimuth.is_finite()
        {
            return Err(KernelError::parameter(
                "azimuth",
                format!("expected degrees clockwise from north, found {azimuth}"),
            ));
        }
        if !(self.tolerance > 0.0 && self.tolerance <= 90.0) {
            return Err(KernelError::parameter(
                "tolerance",
                format!("expected degrees above 0 and at most 90, found {}", self.tolerance),
            ));
        }
        match self.bandwidth {
            Some(b) if b <= 0.0 || b.is_nan() => {
                Err(KernelError::parameter("bandwidth", format!("expected a distance above 0, found {b}")))
            }
            _ => Ok(()),
        }
    }

    /// Number of classes; the last one is cut at `max_lag`.
    fn classes(&self) -> usize {
        let n = (self.max_lag / self.lag).floor();
        // The quotient may round either way, so the edges themselves decide.
        let n = if n * self.lag < self.max_lag { n + 1.0 } else { n };
        if n > 1.0 && (n - 1.0) * self.lag >= self.max_lag { n as usize - 1 } else { n as usize }
    }
}

/// One distance class of an experimental variogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagBin {
    /// Middle of the class.
    pub lag: f64,
    /// Mean distance of its pairs; NaN without pairs.
    pub mean_distance: f64,
    /// Semivariance; NaN without pairs.
    pub gamma: f64,
    /// Number of pairs.
    pub pairs: u64,
}

/// The experimental variogram: one row per distance class, empty ones included.
///
/// Class `k` holds the pairs with `k lag <= h < (k + 1) lag` and `h < max_lag`: edges are closed on
/// the left. Pairs at distance 0 (two data at one place) are in the first class. Only pairs of
/// leaves of a search tree that come within `max_lag` are looked at, so the cost is the number of
/// pairs inside `max_lag`; the result does not depend on the number of threads. Monitor units:
/// points.
///
/// # Errors
/// `TooFewPoints` below 2 data, `NonFinite`, `LengthMismatch`, `InvalidParameter`, `Cancelled`.
pub fn experimental(
    x: &[f64],
    y: &[f64],
    z: &[f64],
    options: &ExperimentalOptions,
    monitor: &dyn Monitor,
) -> Result<Vec<LagBin>> {
    options.check()?;
    Points { x, y, z }.check(2)?;
    monitor.set_total(x.len() as u64);
    let index = SearchIndex::with_leaf_size(x, y, Metric::ISOTROPIC, 64)?;
    let (xs, ys) = index.coordinates();
    let zs: Vec<f64> = index.rows().iter().map(|&r| z.get(r as usize).copied().unwrap_or(f64::NAN)).collect();
    let pairs = Pairs::new(xs, ys, &zs, options);

    let leaves: Vec<_> = index.leaves().copied().collect();
    // A fixed number of parts, summed in order: the same digits whatever the thread count.
    let part = leaves.len().div_ceil(256);
    let sums: Vec<Sums> = leaves
        .par_chunks(part)
        .map(|leaves| {
            let mut sums = Sums::new(pairs.classes);
            let mut runs = Vec::new();
            for leaf in leaves {
                index.runs_near(&leaf.bounds, options.max_lag, &mut runs);
                for i in leaf.start..leaf.end {
                    check(monitor)?;
                    for &(start, end) in &runs {
                        let start = start.max(i + 1);
                        if start < end {
                            dispatch(PairsOf {
                                pairs: &pairs,
                                i: i as usize,
                                start: start as usize,
                                end: end as usize,
                                sums: &mut sums,
                            });
                        }
                    }
                }
                monitor.advance(u64::from(leaf.end - leaf.start));
            }
            Ok(sums)
        })
        .collect::<Result<_>>()?;

    Ok((0..pairs.classes)
        .map(|k| {
            let (mut value, mut distance, mut count) = (0.0, 0.0, 0u64);
            for part in &sums {
                for copy in &part.copies {
                    if let Some(c) = copy.get(k) {
                        value += c.value;
                        distance += c.distance;
                        count += c.pairs;
                    }
                }
            }
            let n = count as f64;
            let mean = value / n;
            let gamma = match options.estimator {
                Estimator::Matheron => 0.5 * mean,
                Estimator::Cressie => 0.5 * mean.powi(4) / (0.457 + 0.494 / n + 0.045 / (n * n)),
            };
            let low = k as f64 * options.lag;
            let high = ((k + 1) as f64 * options.lag).min(options.max_lag);
            LagBin {
                lag: 0.5 * (low + high),
                mean_distance: if count == 0 { f64::NAN } else { distance / n },
                gamma: if count == 0 { f64::NAN } else { gamma },
                pairs: count,
            }
        })
        .collect())
}

/// What every pair needs to know.
struct Pairs<'a> {
    x: &'a [f64],
    y: &'a [f64],
    z: &'a [f64],
    lag: f64,
    inverse_lag: f64,
    max_lag: f64,
    classes: usize,
    root: bool,
    /// sin and cos of the azimuth, cos of the tolerance, bandwidth.
    direction: Option<[f64; 4]>,
}

impl<'a> Pairs<'a> {
    fn new(x: &'a [f64], y: &'a [f64], z: &'a [f64], o: &ExperimentalOptions) -> Self {
        let direction = o.azimuth.map(|a| {
            let (sin, cos) = a.to_radians().sin_cos();
            // The angle limit is inclusive, also when it is hit up to rounding (45 degrees on a grid).
            let least = if o.tolerance >= 90.0 { -1.0 } else { o.tolerance.to_radians().cos() * (1.0 - 1e-10) };
            [sin, cos, least, o.bandwidth.unwrap_or(f64::INFINITY)]
        });
        Self {
            x,
            y,
            z,
            lag: o.lag,
            inverse_lag: 1.0 / o.lag,
            max_lag: o.max_lag,
            classes: o.classes(),
            root: o.estimator == Estimator::Cressie,
            direction,
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Class {
    value: f64,
    distance: f64,
    pairs: u64,
}

/// Sums by class. Four copies taken in turn, so that an addition seldom waits for the one before
/// it; the class past the last one takes the pairs that do not count.
struct Sums {
    copies: [Vec<Class>; 4],
}

impl Sums {
    fn new(classes: usize) -> Self {
        Self { copies: std::array::from_fn(|_| vec![Class::default(); classes + 1]) }
    }
}

/// Adds the pairs of point `i` with the points `start..end`.
struct PairsOf<'a, 'b> {
    pairs: &'a Pairs<'b>,
    i: usize,
    start: usize,
    end: usize,
    sums: &'a mut Sums,
}

const BLOCK: usize = 128;

impl Kernel for PairsOf<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        match (self.pairs.root, self.pairs.direction) {
            (false, None) => self.add::<S, false, false>([0.0; 4]),
            (true, None) => self.add::<S, true, false>([0.0; 4]),
            (false, Some(d)) => self.add::<S, false, true>(d),
            (true, Some(d)) => self.add::<S, true, true>(d),
        }
    }
}

impl PairsOf<'_, '_> {
    #[inline(always)]
    fn add<S: Simd, const ROOT: bool, const DIRECTED: bool>(self, [sin, cos, least, bandwidth]: [f64; 4]) {
        let p = self.pairs;
        let (Some(&xi), Some(&yi), Some(&zi)) = (p.x.get(self.i), p.y.get(self.i), p.z.get(self.i)) else { return };
        let range = self.start..self.end;
        let (Some(xs), Some(ys), Some(zs)) = (p.x.get(range.clone()), p.y.get(range.clone()), p.z.get(range)) else {
            return;
        };
        let last = p.classes as f64;
        let mut class = [0u32; BLOCK];
        let mut value = [0.0; BLOCK];
        let mut distance = [0.0; BLOCK];
        let [a, b, c, d] = &mut self.sums.copies;
        for ((xs, ys), zs) in xs.chunks(BLOCK).zip(ys.chunks(BLOCK)).zip(zs.chunks(BLOCK)) {
            let n = xs.len().min(ys.len()).min(zs.len()).min(BLOCK);
            let (xs, ys, zs) = (&xs[..n], &ys[..n], &zs[..n]);
            for k in 0..n {
                let (dx, dy, dz) = (xs[k] - xi, ys[k] - yi, zs[k] - zi);
                let h = (dx * dx + dy * dy).sqrt();
                // The quotient may round over an edge: the edge itself decides.
                let mut q = (h * p.inverse_lag).min(last).floor();
                q -= if h < q * p.lag { 1.0 } else { 0.0 };
                q += if h >= (q + 1.0) * p.lag { 1.0 } else { 0.0 };
                let mut counts = h < p.max_lag;
                if DIRECTED {
                    let along = (dx * sin + dy * cos).abs();
                    let across = (dx * cos - dy * sin).abs();
                    counts = counts & (along >= h * least) & (across <= bandwidth);
                }
                q = if counts { q.min(last) } else { last };
                class[k] = q as i32 as u32;
                value[k] = if ROOT { dz.abs().sqrt() } else { dz * dz };
                distance[k] = h;
            }
            let add = |copy: &mut Vec<Class>, k: usize| {
                if let Some(s) = copy.get_mut(class[k] as usize) {
                    s.value += value[k];
                    s.distance += distance[k];
                    s.pairs += 1;
                }
            };
            let mut k = 0;
            while k + 4 <= n {
                add(a, k);
                add(b, k + 1);
                add(c, k + 2);
                add(d, k + 3);
                k += 4;
            }
            while k < n {
                add(a, k);
                k += 1;
            }
        }
    }
}
