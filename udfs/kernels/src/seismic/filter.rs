//! Filters that keep the phase, and the integration of traces.
//!
//! A filter is the sum in time over every lag that a trace has, so its result is that of a trace with
//! endless zeros around it; computed by transforms of at least twice the trace, in single precision.

use rustfft::num_complex::Complex;

use super::transform::{
    Convolver, MOST_SAMPLES, RealTransform, check_interval, check_positive, check_samples, fast_length,
};
use super::wavelet::{Wavelet, check_corners, ormsby_operator};
use crate::{KernelError, Result};

/// A band-pass filter after Ormsby: nothing below the first corner and above the fourth, everything
/// between the second and the third, straight slopes between; no change of phase.
#[derive(Clone)]
pub struct Bandpass(Convolver);

impl Bandpass {
    /// For traces of `samples` samples at `interval` seconds, with four corners in hertz.
    ///
    /// Corners may coincide (a vertical slope). The first two at 0 make a high-cut filter; the last
    /// two at the Nyquist frequency make a low-cut filter.
    ///
    /// # Errors
    /// `InvalidParameter` for corners that are negative, descend, or lie above the Nyquist
    /// frequency, where the second and third leave nothing, for an interval not above 0, or no sample.
    pub fn new(samples: usize, interval: f64, corners: [f64; 4]) -> Result<Bandpass> {
        check_interval(interval)?;
        check_corners(corners)?;
        let nyquist = 0.5 / interval;
        if corners[3] > nyquist * (1.0 + 1e-9) {
            return Err(KernelError::parameter(
                "corners",
                format!(
                    "expected corners up to the Nyquist frequency of {nyquist} Hz, found {}: traces at {interval} s hold no more",
                    corners[3]
                ),
            ));
        }
        let at = |lag: i64| ormsby_operator(lag as f64 * interval, corners) * interval;
        Ok(Bandpass(Convolver::new(samples, samples, at)?))
    }

    /// The filtered trace. A dead trace stays zero; a sample that is no reading counts as zero and
    /// stays none.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn apply(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.0.apply(trace, out)
    }
}

/// A wavelet, or any other operator, applied to many traces: [`super::synthetic::convolve`] by
/// transforms, in single precision.
#[derive(Clone)]
pub struct WaveletFilter(Convolver);

impl WaveletFilter {
    /// For traces of `samples` samples at the wavelet's interval.
    ///
    /// # Errors
    /// `InvalidParameter` for no sample, or more than 2^24.
    pub fn new(samples: usize, wavelet: &Wavelet) -> Result<WaveletFilter> {
        let half = wavelet.half() as i64;
        let at = |lag: i64| wavelet.samples().get((lag + half) as usize).copied().unwrap_or(0.0);
        Ok(WaveletFilter(Convolver::new(samples, wavelet.half(), at)?))
    }

    /// The convolved trace, the wavelet's middle sample on the sample itself. A dead trace stays zero;
    /// a sample that is no reading counts as zero and stays none.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn apply(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.0.apply(trace, out)
    }
}

/// Relative acoustic impedance: the trace integrated over time, without what lies below a low cut,
/// where a trace knows nothing.
///
/// The integral is the trapezoidal running sum of the samples (not multiplied by the interval). Of a
/// trace of reflection coefficients it is half the natural logarithm of the impedance relative to
/// its trend, at every frequency that is passed. The low cut changes no phase: nothing below half of
/// `low_cut`, everything above it, half a cosine between.
#[derive(Clone)]
pub struct RelativeImpedance(Convolver);

impl RelativeImpedance {
    /// For traces of `samples` samples at `interval` seconds.
    ///
    /// # Errors
    /// `InvalidParameter` for a low cut that is not above 0, reaches the Nyquist frequency, or has a
    /// period of more than 16 times the trace or 2^18 samples; for an interval not above 0, or no sample.
    pub fn new(samples: usize, interval: f64, low_cut: f64) -> Result<RelativeImpedance> {
        check_samples(samples)?;
        check_interval(interval)?;
        check_positive("low_cut", low_cut)?;
        let (lowest, nyquist) = (1.0 / (16.0 * samples as f64 * interval), 0.5 / interval);
        if low_cut < lowest || low_cut >= nyquist {
            return Err(KernelError::parameter(
                "low_cut",
                format!(
                    "expected {lowest} Hz, below which the trace has no part of a period, up to less than the Nyquist frequency of {nyquist} Hz, found {low_cut}"
                ),
            ));
        }
        // The operator in time, from a spectrum so fine that its periods do not overlap.
        let fine = (16.0 * samples as f64).max(64.0 / (low_cut * interval)).ceil();
        if fine > MOST_SAMPLES as f64 {
            return Err(KernelError::parameter(
                "low_cut",
                format!(
                    "{low_cut} Hz on {samples} samples at {interval} s takes an operator of more than 2^24 samples: raise it, or cut the trace"
                ),
            ));
        }
        let mut operator = RealTransform::<f64>::new(fast_length(fine as usize));
        let length = operator.real.len();
        for (k, c) in operator.spectrum.iter_mut().enumerate() {
            let share = k as f64 / length as f64;
            let frequency = share / interval;
            let passed = if frequency <= 0.5 * low_cut {
                0.0
            } else if frequency >= low_cut {
                1.0
            } else {
                0.5 - 0.5 * (std::f64::consts::PI * (2.0 * frequency / low_cut - 1.0)).cos()
            };
            // The trapezoidal sum is 1 / (2 i tan(omega / 2)) of the frequency omega a sample.
            let sum = if passed > 0.0 { passed * 0.5 / (std::f64::consts::PI * share).tan() } else { 0.0 };
            *c = Complex::new(0.0, -sum / length as f64);
        }
        operator.inverse()?;
        let at = |lag: i64| operator.real.get(lag.rem_euclid(length as i64) as usize).copied().unwrap_or(0.0);
        Ok(RelativeImpedance(Convolver::new(samples, samples, at)?))
    }

    /// The relative impedance of a trace. A dead trace stays zero; a sample that is no reading
    /// counts as zero and stays none.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn apply(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.0.apply(trace, out)
    }
}
