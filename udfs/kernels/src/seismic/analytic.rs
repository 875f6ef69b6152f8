//! The analytic signal of a trace and what is read from it: envelope, phase, frequency, sweetness.
//!
//! The quadrature is the trace convolved with the ideal Hilbert transformer of sampled signals,
//! `2 / (pi n)` at odd lags and 0 at even ones, over every lag that a trace has. It is the limit of
//! a Hilbert transform by FFT with endless zeros behind the trace, so nothing wraps around.
//!
//! Because only odd lags count, even samples of the quadrature come from odd samples of the trace
//! and the reverse, both by the same operator `2 / (pi (2 j + 1))`. So one complex transform of
//! half the length carries both, and a trace costs two transforms of [`Analytic::padded`] complex
//! numbers in single precision: errors are about 1e-7 of the largest sample of the trace.
//!
//! Source: M. T. Taner, F. Koehler and R. E. Sheriff, Complex seismic trace analysis, Geophysics 44
//! (1979), 1041-1063.

mod instant;

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::moving::BoxSum;
use super::transform::{check_interval, check_positive, check_samples, dead, fast_length, restore_gaps};
use crate::Result;
use crate::points::same_length;

/// The lowest frequency that [`Analytic::sweetness`] divides by, where a caller says no other: 5 hertz.
pub const DEFAULT_SWEETNESS_FLOOR: f64 = 5.0;

/// Computes analytic signals of traces of one length.
#[derive(Clone)]
pub struct Analytic {
    samples: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    multiplier: Vec<Complex<f32>>,
    pairs: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// The trace with zeros where it has no readings, and its quadrature.
    real: Vec<f32>,
    imaginary: Vec<f32>,
    /// For averages of frequency.
    frequency: Vec<f64>,
    envelope: Vec<f64>,
    sums: Vec<f64>,
    boxes: BoxSum,
}

impl Analytic {
    /// For traces of `samples` samples.
    ///
    /// # Errors
    /// `InvalidParameter` for no sample, or more than 2^24.
    pub fn new(samples: usize) -> Result<Analytic> {
        check_samples(samples)?;
        let half = samples.div_ceil(2) + 1;
        let length = fast_length(2 * half);
        let mut planner = FftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let zero = Complex::new(0.0, 0.0);
        Ok(Analytic {
            samples,
            multiplier: multiplier(half, length),
            pairs: vec![zero; length],
            scratch: vec![zero; forward.get_inplace_scratch_len().max(inverse.get_inplace_scratch_len())],
            forward,
            inverse,
            real: vec![0.0; samples],
            imaginary: vec![0.0; samples],
            frequency: Vec::new(),
            envelope: Vec::new(),
            sums: Vec::new(),
            boxes: BoxSum::default(),
        })
    }

    /// Samples of the traces.
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Complex numbers in each transform, each of two samples: at least `samples + 2`.
    pub fn padded(&self) -> usize {
        self.pairs.len()
    }

    /// Fills `real` and `imaginary`; false for a trace in which nothing is other than zero.
    fn transform(&mut self, trace: &[f32]) -> Result<bool> {
        same_length("trace", self.samples, trace.len())?;
        let mut live = false;
        for (to, v) in self.real.iter_mut().zip(trace) {
            *to = if v.abs() < f32::INFINITY { *v } else { 0.0 };
            live |= *to != 0.0;
        }
        if !live {
            self.imaginary.fill(0.0);
            return Ok(false);
        }
        // Pair m is (x[2m], x[2m - 1]); it becomes (q[2m + 1], q[2m]).
        let mut samples = self.real.iter();
        let mut odd = 0.0;
        for pair in &mut self.pairs {
            *pair = Complex::new(samples.next().copied().unwrap_or(0.0), odd);
            odd = samples.next().copied().unwrap_or(0.0);
        }
        self.forward.process_with_scratch(&mut self.pairs, &mut self.scratch);
        for (c, m) in self.pairs.iter_mut().zip(&self.multiplier) {
            *c *= *m;
        }
        self.inverse.process_with_scratch(&mut self.pairs, &mut self.scratch);
        for (to, pair) in self.imaginary.chunks_mut(2).zip(&self.pairs) {
            for (to, v) in to.iter_mut().zip([pair.im, pair.re]) {
                *to = v;
            }
        }
        Ok(true)
    }

    /// Runs `f` over trace and quadrature into `out`; a dead trace gives `of_nothing`.
    fn with(
        &mut self,
        trace: &[f32],
        out: &mut [f32],
        of_nothing: f32,
        f: impl FnOnce(&mut Self, &mut [f32]),
    ) -> Result<()> {
        same_length("out", self.samples, out.len())?;
        if !self.transform(trace)? {
            dead(trace, out);
            if of_nothing != 0.0 {
                out.fill(of_nothing);
            }
            return Ok(());
        }
        f(self, out);
        restore_gaps(trace, out);
        Ok(())
    }

    /// The quadrature: the trace with every frequency delayed by 90 degrees, so that a cosine
    /// becomes a sine. A dead trace stays zero.
    ///
    /// # Errors
    /// `LengthMismatch` where `trace` or `out` is not of the length this was made for. The same
    /// holds for the other attributes.
    pub fn quadrature(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.with(trace, out, 0.0, |a, out| out.copy_from_slice(&a.imaginary))
    }

    /// The envelope, or reflection strength: `sqrt(x^2 + q^2)` of trace and quadrature. A dead trace
    /// stays zero.
    ///
    /// # Errors
    /// As [`Analytic::quadrature`].
    pub fn envelope(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.with(trace, out, 0.0, |a, out| instant::envelope(&a.real, &a.imaginary, out))
    }

    /// The instantaneous phase in degrees, above -180 up to 180: 0 at a peak of a zero-phase
    /// wavelet, 180 at a trough, rising with time. A dead trace has none: NaN.
    ///
    /// # Errors
    /// As [`Analytic::quadrature`].
    pub fn phase(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.with(trace, out, f32::NAN, |a, out| instant::phase(&a.real, &a.imaginary, out))
    }

    /// The cosine of the instantaneous phase: the trace divided by its envelope, from -1 to 1. A
    /// dead trace has none: NaN.
    ///
    /// # Errors
    /// As [`Analytic::quadrature`].
    pub fn cosine_phase(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        self.with(trace, out, f32::NAN, |a, out| instant::cosine(&a.real, &a.imaginary, out))
    }

    /// The instantaneous frequency in hertz: the turn of the phase a sample, as the mean of the turn
    /// from the sample before and that to the sample after (at the ends the one there is). A turn is
    /// the angle of the product of one sample and the conjugate of the other, so nothing is
    /// unwrapped. Between -Nyquist and Nyquist; negative where the phase runs back. A dead trace has
    /// none, nor a trace of one sample: NaN.
    ///
    /// # Errors
    /// As [`Analytic::quadrature`]; `InvalidParameter` for an interval that is not above 0.
    pub fn frequency(&mut self, trace: &[f32], interval: f64, out: &mut [f32]) -> Result<()> {
        check_interval(interval)?;
        self.with(trace, out, f32::NAN, |a, out| {
            a.frequencies(interval, 0);
            for (out, f) in out.iter_mut().zip(&a.frequency) {
                *out = *f as f32;
            }
        })
    }

    /// The instantaneous frequency averaged over `half_window` samples either side with the envelope
    /// as weight: what Taner, Koehler and Sheriff call weighted average frequency. Spikes where the
    /// envelope is weak lose their weight. NaN as [`Analytic::frequency`].
    ///
    /// # Errors
    /// As [`Analytic::frequency`].
    pub fn average_frequency(
        &mut self,
        trace: &[f32],
        interval: f64,
        half_window: usize,
        out: &mut [f32],
    ) -> Result<()> {
        check_interval(interval)?;
        self.with(trace, out, f32::NAN, |a, out| {
            a.frequencies(interval, half_window);
            for (out, f) in out.iter_mut().zip(&a.frequency) {
                *out = *f as f32;
            }
        })
    }

    /// Sweetness: the envelope divided by the square root of the frequency in hertz. The frequency
    /// is averaged as by [`Analytic::average_frequency`] (`half_window` 0: not averaged), and one below
    /// `floor` hertz, or negative, counts as `floor`. A dead trace stays zero.
    ///
    /// Source: B. J. Radovich and R. B. Oliveros, 3-D sequence interpretation of seismic
    /// instantaneous attributes from the Gorgon field, The Leading Edge 17 (1998), 1286-1293.
    ///
    /// # Errors
    /// As [`Analytic::frequency`]; `InvalidParameter` for a floor that is not above 0.
    pub fn sweetness(
        &mut self,
        trace: &[f32],
        interval: f64,
        half_window: usize,
        floor: f64,
        out: &mut [f32],
    ) -> Result<()> {
        check_interval(interval)?;
        check_positive("floor", floor)?;
        self.with(trace, out, 0.0, |a, out| {
            instant::envelope(&a.real, &a.imaginary, out);
            a.frequencies(interval, half_window);
            for (out, f) in out.iter_mut().zip(&a.frequency) {
                // max takes the floor where there is no frequency.
                *out = (f64::from(*out) / f.max(floor).sqrt()) as f32;
            }
        })
    }

    /// Fills `frequency` from `real` and `imaginary`.
    fn frequencies(&mut self, interval: f64, half_window: usize) {
        let n = self.samples;
        self.frequency.resize(n, 0.0);
        instant::turns(&self.real, &self.imaginary, 1.0 / (std::f64::consts::TAU * interval), &mut self.frequency);
        if half_window == 0 {
            return;
        }
        self.envelope.resize(n, 0.0);
        self.sums.resize(n, 0.0);
        instant::weigh(&self.real, &self.imaginary, &mut self.envelope, &mut self.frequency);
        self.boxes.sum(&self.frequency, half_window, half_window, &mut self.sums);
        std::mem::swap(&mut self.frequency, &mut self.sums);
        self.boxes.sum(&self.envelope, half_window, half_window, &mut self.sums);
        for (f, weight) in self.frequency.iter_mut().zip(&self.sums) {
            *f /= *weight;
        }
    }
}

/// The spectrum of `2 / (pi (2 j + 1))` for `j` from `-half` to `half`, divided by the length.
fn multiplier(half: usize, length: usize) -> Vec<Complex<f32>> {
    let mut kernel = vec![Complex::new(0.0f64, 0.0); length];
    for j in -(half as i64)..half as i64 {
        if let Some(to) = kernel.get_mut(j.rem_euclid(length as i64) as usize) {
            to.re = std::f64::consts::FRAC_2_PI / (2 * j + 1) as f64 / length as f64;
        }
    }
    FftPlanner::<f64>::new().plan_fft_forward(length).process(&mut kernel);
    kernel.iter().map(|c| Complex::new(c.re as f32, c.im as f32)).collect()
}
