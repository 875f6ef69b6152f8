//! Wavelets: formulas, sampling, rotation, and estimates from traces.

mod estimate;

use std::f64::consts::PI;

use super::transform::{check_interval, check_positive, check_samples};
use crate::points::finite;
use crate::{KernelError, Result};

pub use estimate::{Taper, WaveletFit, deterministic, statistical};

/// The Ricker wavelet at time `t` seconds with peak frequency `f` hertz:
/// `(1 - 2 (pi f t)^2) exp(-(pi f t)^2)`, 1 at its centre.
///
/// Source: N. Ricker, The form and laws of propagation of seismic wavelets, Geophysics 18 (1953).
#[inline]
pub fn ricker(t: f64, f: f64) -> f64 {
    let a = (PI * f * t) * (PI * f * t);
    (1.0 - 2.0 * a) * (-a).exp()
}

/// The Ormsby wavelet at time `t` seconds, 1 at its centre: the zero-phase wavelet whose amplitude
/// spectrum is a trapezoid with corners `f` in hertz, ascending.
///
/// Source: H. Ryan, Ricker, Ormsby, Klauder, Butterworth - a choice of wavelets, CSEG Recorder 19(7)
/// (1994).
#[inline]
pub fn ormsby(t: f64, f: [f64; 4]) -> f64 {
    ormsby_operator(t, f) / (f[3] + f[2] - f[1] - f[0])
}

/// The inverse Fourier transform of the trapezoid of height 1 with corners `f`.
pub(crate) fn ormsby_operator(t: f64, [f1, f2, f3, f4]: [f64; 4]) -> f64 {
    ramp(t, f3, f4) - ramp(t, f1, f2)
}

/// The inverse transform of 1 up to `a` falling to 0 at `b`: `(b^2 sinc^2(b t) - a^2 sinc^2(a t)) / (b - a)`,
/// written as a product so that it holds for `a = b` too.
fn ramp(t: f64, a: f64, b: f64) -> f64 {
    // sin^2 x - sin^2 y = sin(x + y) sin(x - y), over (pi t)^2 (b - a).
    (a + b) * sinc((a + b) * t) * sinc((b - a) * t)
}

/// `sin(pi x) / (pi x)`.
#[inline]
pub(crate) fn sinc(x: f64) -> f64 {
    let a = PI * x;
    if a.abs() < 1e-4 { 1.0 - a * a / 6.0 } else { a.sin() / a }
}

/// The Klauder wavelet at time `t` seconds, 1 at its centre: the autocorrelation of a linear sweep
/// of `duration` seconds from `f1` to `f2` hertz, without its (small) part at twice the frequency;
/// 0 beyond the duration.
///
/// Source: J. R. Klauder, A. C. Price, S. Darlington and W. J. Albersheim, The theory and design of
/// chirp radars, Bell System Technical Journal 39 (1960); Ryan (1994) as for [`ormsby`].
#[inline]
pub fn klauder(t: f64, duration: f64, f1: f64, f2: f64) -> f64 {
    let t = t.abs();
    if t >= duration {
        return 0.0;
    }
    // sin(pi k t (T - t)) / (pi k t T) with k = (f2 - f1) / T.
    let left = 1.0 - t / duration;
    left * sinc((f2 - f1) * t * left) * (PI * (f1 + f2) * t).cos()
}

/// Checks the corners of a trapezoid: finite, not negative, ascending, and not all at one place.
pub(crate) fn check_corners(corners: [f64; 4]) -> Result<()> {
    let rises = corners.windows(2).all(|w| matches!(w, [a, b] if a <= b));
    if corners.iter().all(|f| f.is_finite() && *f >= 0.0) && rises && corners[2] + corners[3] > corners[0] + corners[1]
    {
        return Ok(());
    }
    Err(KernelError::parameter(
        "corners",
        format!("expected four frequencies in Hz in ascending order with a band between them, found {corners:?}"),
    ))
}

/// A sampled wavelet: an odd number of samples with time 0 at the one in the middle.
#[derive(Debug, Clone, PartialEq)]
pub struct Wavelet {
    interval: f64,
    samples: Vec<f64>,
}

impl Wavelet {
    /// From samples, whose middle one is at time 0.
    ///
    /// # Errors
    /// `InvalidParameter` for an even number of samples, more than 2^24, or an interval not above 0;
    /// `NonFinite`.
    pub fn new(samples: Vec<f64>, interval: f64) -> Result<Wavelet> {
        check_interval(interval)?;
        check_samples(samples.len())?;
        finite("wavelet", &samples)?;
        if samples.len().is_multiple_of(2) {
            return Err(KernelError::parameter(
                "wavelet",
                format!(
                    "expected an odd number of samples with time 0 in the middle, found {}: add a zero at one end",
                    samples.len()
                ),
            ));
        }
        Ok(Wavelet { interval, samples })
    }

    /// A formula sampled from `-half_length` to `half_length` seconds, rounded to whole samples.
    ///
    /// # Errors
    /// As [`Wavelet::new`]; `InvalidParameter` for a half length below 0.
    pub fn sampled(half_length: f64, interval: f64, at: impl Fn(f64) -> f64) -> Result<Wavelet> {
        check_interval(interval)?;
        let half = (half_length / interval).round();
        if !(half >= 0.0 && half < super::transform::MOST_SAMPLES as f64 / 2.0) {
            return Err(KernelError::parameter(
                "length",
                format!("expected a length from 0 up to 2^23 samples either side, found {half_length} s"),
            ));
        }
        let half = half as i64;
        Wavelet::new((-half..=half).map(|k| at(k as f64 * interval)).collect(), interval)
    }

    /// A Ricker wavelet of peak frequency `f` hertz, over 2.5 periods in all, where it has
    /// fallen to 6e-6 of its peak.
    ///
    /// # Errors
    /// `InvalidParameter` for a frequency that is not above 0, or reaches the Nyquist frequency.
    pub fn ricker(f: f64, interval: f64) -> Result<Wavelet> {
        check_interval(interval)?;
        check_positive("frequency", f)?;
        if f >= 0.5 / interval {
            return Err(KernelError::parameter(
                "frequency",
                format!("expected less than the Nyquist frequency of {} Hz, found {f}", 0.5 / interval),
            ));
        }
        Wavelet::sampled(1.25 / f, interval, |t| ricker(t, f))
    }

    /// Seconds from sample to sample.
    pub fn interval(&self) -> f64 {
        self.interval
    }

    /// The samples, from the earliest on.
    pub fn samples(&self) -> &[f64] {
        &self.samples
    }

    /// Samples either side of the middle.
    pub fn half(&self) -> usize {
        self.samples.len() / 2
    }

    /// The time of each sample, seconds.
    pub fn times(&self) -> Vec<f64> {
        let half = self.half() as f64;
        (0..self.samples.len()).map(|k| (k as f64 - half) * self.interval).collect()
    }

    /// The wavelet with every frequency's phase moved by `degrees`: `w cos(a) - q sin(a)` with the
    /// quadrature q. At the centre of a zero-phase wavelet the instantaneous phase becomes `degrees`;
    /// 180 changes the polarity. The length stays, so what a rotation moves beyond it is cut; the sum
    /// that makes q runs over the samples alone.
    pub fn rotated(&self, degrees: f64) -> Wavelet {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let q = quadrature(&self.samples);
        let samples = self.samples.iter().zip(q).map(|(w, q)| w * cos - q * sin).collect();
        Wavelet { interval: self.interval, samples }
    }

    /// The wavelet scaled so that its largest absolute sample is 1; unchanged if all are 0.
    pub fn normalised(mut self) -> Wavelet {
        let peak = self.samples.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        if peak > 0.0 {
            self.samples.iter_mut().for_each(|v| *v /= peak);
        }
        self
    }

    /// The amplitude spectrum, `|sum w exp(-i omega t)|`, at the frequencies from 0 to Nyquist of a
    /// transform of at least `length` samples: frequency in hertz and amplitude.
    ///
    /// # Errors
    /// `InvalidParameter` for a length above 2^24.
    pub fn spectrum(&self, length: usize) -> Result<Vec<(f64, f64)>> {
        let needed = length.max(self.samples.len());
        check_samples(needed)?;
        let length = super::transform::fast_length(needed);
        let mut transform = super::transform::RealTransform::<f64>::new(length);
        for (to, v) in transform.real.iter_mut().zip(&self.samples) {
            *to = *v;
        }
        transform.forward()?;
        let step = 1.0 / (length as f64 * self.interval);
        Ok(transform.spectrum.iter().enumerate().map(|(k, c)| (k as f64 * step, c.norm())).collect())
    }
}

/// The quadrature in double precision, by the sum in time: see [`super::analytic`]. Wavelets are short.
fn quadrature(samples: &[f64]) -> Vec<f64> {
    (0..samples.len())
        .map(|n| {
            let other = samples.iter().enumerate().skip((n + 1) % 2).step_by(2);
            other.map(|(l, w)| w * 2.0 / (PI * (n as f64 - l as f64))).sum()
        })
        .collect()
}
