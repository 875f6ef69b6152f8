//! Wavelets estimated from traces: by statistics, without a well, or by least squares, with one.

use super::Wavelet;
use crate::cholesky::dot;
use crate::points::same_length;
use crate::seismic::spectrum::{SpectrumAverage, ends};
use crate::seismic::transform::{RealTransform, fast_length};
use crate::{KernelError, Result};

/// The longest wavelet that is fitted.
const MOST_SAMPLES: usize = 4001;

/// How the far lags of an autocorrelation, which know little, are faded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Taper {
    /// Cut off.
    None,
    /// `1 - lag / end`; a power spectrum stays positive.
    Bartlett,
    /// Half a cosine.
    Hann,
    /// Parzen's piecewise cubic; the smoothest, and a power spectrum stays positive.
    #[default]
    Parzen,
}

impl Taper {
    /// All tapers.
    pub const ALL: [Taper; 4] = [Taper::None, Taper::Bartlett, Taper::Hann, Taper::Parzen];
    /// Their names, in the order of [`Taper::ALL`].
    pub const NAMES: [&'static str; 4] = ["none", "bartlett", "hann", "parzen"];

    /// The weight at a share from 0 (lag 0) to 1 (the end).
    fn at(self, share: f64) -> f64 {
        let left = 1.0 - share;
        match self {
            Taper::None => 1.0,
            Taper::Bartlett => left,
            Taper::Hann => 0.5 + 0.5 * (std::f64::consts::PI * share).cos(),
            Taper::Parzen if share <= 0.5 => 1.0 - 6.0 * share * share * left,
            Taper::Parzen => 2.0 * left * left * left,
        }
    }
}

/// The zero-phase wavelet whose amplitude spectrum is that of the traces, where the reflectivity is
/// white: the root of the smoothed power spectrum, transformed back with phase 0.
///
/// The mean autocorrelation of the traces is faded by `taper` to nothing at `length` seconds, which smooths
/// the spectrum; the wavelet runs from `-length / 2` to `length / 2`, its outer tenths faded out, and is scaled
/// to 1 at its centre, since traces alone do not tell its scale.
///
/// # Errors
/// `TooFewPoints` without a live trace; `InvalidParameter` for a length of less than four samples
/// or more than the traces have.
pub fn statistical(traces: &SpectrumAverage, length: f64, taper: Taper) -> Result<Wavelet> {
    if traces.traces() == 0 {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    }
    let interval = traces.interval();
    let autocorrelation = traces.autocorrelation()?;
    let half = (0.5 * length / interval).round();
    if !(half >= 2.0 && 2.0 * half < autocorrelation.len() as f64) {
        return Err(KernelError::parameter(
            "length",
            format!(
                "expected {} s (four samples) to {} s (the length of the traces), found {length}",
                4.0 * interval,
                (autocorrelation.len() - 1) as f64 * interval
            ),
        ));
    }
    let half = half as usize;
    let end = 2 * half;
    // Eight times the lags: the root of a power spectrum has more detail than the spectrum.
    let mut transform = RealTransform::<f64>::new(fast_length(16 * end));
    let total = transform.real.len();
    transform.real.fill(0.0);
    for (lag, v) in autocorrelation.iter().take(end + 1).enumerate() {
        let faded = v * taper.at(lag as f64 / end as f64);
        for place in [lag, (total - lag) % total] {
            if let Some(to) = transform.real.get_mut(place) {
                *to = faded;
            }
        }
    }
    transform.forward()?;
    for c in &mut transform.spectrum {
        (c.re, c.im) = (c.re.max(0.0).sqrt(), 0.0);
    }
    transform.inverse()?;
    let fade = ends(end + 1, 0.1);
    let samples = fade
        .iter()
        .enumerate()
        .map(|(k, fade)| fade * transform.real.get((k + total - half) % total).copied().unwrap_or(0.0))
        .collect();
    let wavelet = Wavelet::new(samples, interval)?;
    let peak = wavelet.samples().get(half).copied().unwrap_or(1.0);
    Wavelet::new(wavelet.samples().iter().map(|v| v / peak).collect(), interval)
}

/// A wavelet fitted to a trace, and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveletFit {
    /// The wavelet, in the amplitudes of the trace.
    pub wavelet: Wavelet,
    /// The trace that it predicts from the reflectivity; NaN where that lacks a coefficient.
    pub predicted: Vec<f64>,
    /// Samples that were fitted.
    pub samples: usize,
    /// The root mean square of trace minus prediction over them.
    pub residual_rms: f64,
    /// The share of the trace's energy that is not predicted, 0 to about 1.
    pub residual_energy: f64,
    /// The correlation coefficient of trace and prediction.
    pub correlation: f64,
}

/// The wavelet of `2 half + 1` samples that turns a reflectivity into a trace with the least squared
/// error: a damped Wiener filter.
///
/// Solves `(R' R + damping d I) w = R' s`, where the rows of R are the reflectivity around each sample,
/// s is the trace, and d the mean of the diagonal of `R' R`, so that `damping` has no unit: 0 none, 0.01 a
/// usual value. Beyond its ends the reflectivity counts as zero. A coefficient that is NaN is unknown:
/// samples within a wavelet's half of it are not fitted, nor those where the trace is NaN.
///
/// Cost: samples times the wavelet's length, and the cube of that.
///
/// # Errors
/// `LengthMismatch`; `TooFewPoints` where fewer samples can be fitted than the wavelet has;
/// `InvalidParameter` for a damping below 0, a reflectivity of zeros, a wavelet of more than 4001 samples, or one that
/// these samples do not determine (more damping helps).
pub fn deterministic(
    reflectivity: &[f64],
    trace: &[f64],
    half: usize,
    damping: f64,
    interval: f64,
) -> Result<WaveletFit> {
    same_length("trace", reflectivity.len(), trace.len())?;
    if !(damping >= 0.0 && damping.is_finite()) {
        return Err(KernelError::parameter("damping", format!("expected 0 or more, found {damping}")));
    }
    let n = trace.len();
    if half >= n {
        return Err(KernelError::TooFewPoints { needed: half.saturating_mul(2).saturating_add(1), found: n });
    }
    let width = 2 * half + 1;
    if width > MOST_SAMPLES {
        return Err(KernelError::parameter(
            "length",
            format!("expected a wavelet of at most {MOST_SAMPLES} samples, found {width}"),
        ));
    }
    // The reflectivity with zeros around it: row i of R is padded[i .. i + width], the latest first.
    let mut padded = vec![0.0; n + 2 * half];
    for (to, r) in padded.iter_mut().skip(half).zip(reflectivity) {
        *to = *r;
    }
    let holes: Vec<bool> = padded.iter().map(|r| !r.is_finite()).collect();
    let fits: Vec<bool> =
        holes.windows(width).zip(trace).map(|(row, s)| s.is_finite() && !row.contains(&true)).collect();
    let rows = fits.iter().filter(|fits| **fits).count();
    if rows < width {
        return Err(KernelError::TooFewPoints { needed: width, found: rows });
    }
    let mut normal = vec![0.0; width * width];
    let mut right = vec![0.0; width];
    let mut from = 0;
    for run in fits.chunk_by(|a, b| a == b) {
        let to = from + run.len();
        if run.first() == Some(&true) {
            add_products(&padded, trace, from, to, &mut normal, &mut right);
        }
        from = to;
    }
    let mean = normal.iter().step_by(width + 1).sum::<f64>() / width as f64;
    if mean <= 0.0 {
        return Err(KernelError::parameter("reflectivity", "all coefficients are zero: there is nothing to fit"));
    }
    normal.iter_mut().step_by(width + 1).for_each(|d| *d += damping * mean);
    if !solve(&mut normal, &mut right) {
        return Err(KernelError::parameter(
            "damping",
            format!(
                "{damping} leaves the wavelet undetermined by these samples: give more, for example 0.01, or a shorter wavelet"
            ),
        ));
    }
    // Row i holds the coefficient of the latest lag first.
    let predicted: Vec<f64> =
        padded.windows(width).map(|row| row.iter().zip(&right).map(|(r, w)| r * w).sum()).collect();
    right.reverse();
    let fitted: Vec<(f64, f64)> =
        trace.iter().zip(&predicted).filter(|(s, p)| s.is_finite() && p.is_finite()).map(|(s, p)| (*s, *p)).collect();
    let (mut error, mut energy) = (0.0, 0.0);
    for (s, p) in &fitted {
        error += (s - p) * (s - p);
        energy += s * s;
    }
    Ok(WaveletFit {
        wavelet: Wavelet::new(right, interval)?,
        samples: fitted.len(),
        residual_rms: (error / fitted.len() as f64).sqrt(),
        residual_energy: error / energy,
        correlation: crate::seismic::tie::pearson(fitted.into_iter()),
        predicted,
    })
}

/// Adds what rows `from` to `to` of R, all without holes, are in `R' R` and `R' s`.
///
/// Row t + 1 of R is row t moved on by one, so an entry is the one above and to the left of it with the products of one row
/// less and of another more: the cost is rows times the wavelet's length.
fn add_products(padded: &[f64], trace: &[f64], from: usize, to: usize, normal: &mut [f64], right: &mut [f64]) {
    let width = right.len();
    let rows = &padded[from..to];
    let first: Vec<f64> = (0..width).map(|j| dot(rows, &padded[from + j..to + j])).collect();
    for (j, b) in right.iter_mut().enumerate() {
        *b += dot(&padded[from + j..to + j], &trace[from..to]);
    }
    let (leaves, enters) = (&padded[from..from + width], &padded[to..to + width - 1]);
    let mut line = first.clone();
    for (i, sums) in normal.chunks_exact_mut(width).enumerate() {
        if i > 0 {
            for j in (1..width).rev() {
                line[j] = line[j - 1] - leaves[i - 1] * leaves[j - 1] + enters[i - 1] * enters[j - 1];
            }
            line[0] = first[i];
        }
        sums.iter_mut().zip(&line).for_each(|(sum, v)| *sum += v);
    }
}

/// Solves a symmetric positive definite system in place by Cholesky; false where it is not definite.
fn solve(a: &mut [f64], b: &mut [f64]) -> bool {
    let n = b.len();
    // Rows of the lower factor over the matrix.
    for i in 0..n {
        for j in 0..=i {
            let (before, row) = a.split_at_mut(i * n);
            let sum = if i == j {
                row[..j].iter().map(|v| v * v).sum::<f64>()
            } else {
                row[..j].iter().zip(&before[j * n..j * n + j]).map(|(x, y)| x * y).sum()
            };
            if i == j {
                let pivot = row[i] - sum;
                // Relative to the element: what is left of it after rounding is not a number to divide by.
                if pivot.is_nan() || pivot <= row[i] * 1e-14 {
                    return false;
                }
                row[i] = pivot.sqrt();
            } else {
                row[j] = (row[j] - sum) / before[j * n + j];
            }
        }
    }
    for i in 0..n {
        let sum: f64 = (0..i).map(|j| a[i * n + j] * b[j]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|j| a[j * n + i] * b[j]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    true
}
