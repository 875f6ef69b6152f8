//! Fourier transforms with their plans and buffers, and convolution by them.

use std::sync::Arc;

use realfft::{ComplexToReal, FftNum, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use crate::points::same_length;
use crate::{KernelError, Result};

/// The longest trace that is transformed: 2^24 samples.
pub(crate) const MOST_SAMPLES: usize = 1 << 24;

/// The shortest length from `needed` on that transforms fast: 2^a, 3 2^a or 9 2^a, and even.
pub(crate) fn fast_length(needed: usize) -> usize {
    let of = |odd: usize| odd * needed.div_ceil(odd).next_power_of_two().max(8);
    of(1).min(of(3)).min(of(9))
}

/// Checks the number of samples of a trace that is to be transformed.
pub(crate) fn check_samples(samples: usize) -> Result<()> {
    if samples == 0 || samples > MOST_SAMPLES {
        return Err(KernelError::parameter(
            "samples",
            format!("expected 1 to {MOST_SAMPLES} samples in a trace, found {samples}"),
        ));
    }
    Ok(())
}

/// Checks a sample interval.
pub(crate) fn check_interval(interval: f64) -> Result<()> {
    if interval > 0.0 && interval.is_finite() {
        return Ok(());
    }
    Err(KernelError::parameter("interval", format!("expected an interval above 0 in seconds, found {interval}")))
}

/// A number above 0 that is not infinite.
pub(crate) fn check_positive(name: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(KernelError::parameter(name, format!("expected a number above 0, found {value}")))
}

/// What the samples of a trace are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readings {
    /// All are zero, or are no readings.
    Dead,
    /// All are readings.
    Whole,
    /// Some are no readings.
    Gaps,
}

/// Copies a trace with zeros for what is no reading, and zeros behind it.
pub(crate) fn load<T: From<f32> + Copy>(trace: &[f32], to: &mut [T]) -> Readings {
    let (mut gaps, mut live) = (false, false);
    let zero = T::from(0.0);
    for (to, v) in to.iter_mut().zip(trace) {
        let reading = v.abs() < f32::INFINITY;
        gaps |= !reading;
        live |= reading & (*v != 0.0);
        *to = if reading { T::from(*v) } else { zero };
    }
    if let Some(rest) = to.get_mut(trace.len()..) {
        rest.fill(zero);
    }
    match (live, gaps) {
        (false, _) => Readings::Dead,
        (true, true) => Readings::Gaps,
        (true, false) => Readings::Whole,
    }
}

/// Puts no reading where the trace has none.
pub(crate) fn restore_gaps(trace: &[f32], out: &mut [f32]) {
    for (out, v) in out.iter_mut().zip(trace) {
        if !v.is_finite() {
            *out = f32::NAN;
        }
    }
}

/// The output for a trace without anything in it: zeros where zeros were.
pub(crate) fn dead(trace: &[f32], out: &mut [f32]) {
    out.fill(0.0);
    restore_gaps(trace, out);
}

/// The transform of real numbers there and back, one length.
#[derive(Clone)]
pub(crate) struct RealTransform<T: FftNum> {
    forward: Arc<dyn RealToComplex<T>>,
    inverse: Arc<dyn ComplexToReal<T>>,
    scratch: Vec<Complex<T>>,
    /// Numbers in time; their order is destroyed by `forward`.
    pub real: Vec<T>,
    /// Numbers in frequency, from 0 to Nyquist; destroyed by `inverse`.
    pub spectrum: Vec<Complex<T>>,
}

impl<T: FftNum> RealTransform<T> {
    /// For `length` numbers; [`fast_length`] says which lengths are fast.
    pub fn new(length: usize) -> RealTransform<T> {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        let scratch =
            vec![Complex::new(T::zero(), T::zero()); forward.get_scratch_len().max(inverse.get_scratch_len())];
        RealTransform { real: forward.make_input_vec(), spectrum: forward.make_output_vec(), forward, inverse, scratch }
    }

    /// From `real` to `spectrum`, not scaled.
    pub fn forward(&mut self) -> Result<()> {
        self.forward
            .process_with_scratch(&mut self.real, &mut self.spectrum, &mut self.scratch)
            .map_err(|e| KernelError::parameter("samples", e.to_string()))
    }

    /// From `spectrum` to `real`, not scaled: there and back multiplies by the length.
    pub fn inverse(&mut self) -> Result<()> {
        // What the input of a real inverse cannot have is rounding of the steps before it.
        if let Some(first) = self.spectrum.first_mut() {
            first.im = T::zero();
        }
        if self.real.len().is_multiple_of(2)
            && let Some(last) = self.spectrum.last_mut()
        {
            last.im = T::zero();
        }
        self.inverse
            .process_with_scratch(&mut self.spectrum, &mut self.real, &mut self.scratch)
            .map_err(|e| KernelError::parameter("samples", e.to_string()))
    }
}

/// Convolution of traces with one operator, by transforms. The output is as long as the trace and
/// the operator's lag 0 falls on the sample itself; what the padding holds is long enough that the
/// result is that of the sum in time, without wrap-around.
#[derive(Clone)]
pub(crate) struct Convolver {
    samples: usize,
    transform: RealTransform<f32>,
    multiplier: Vec<Complex<f32>>,
}

impl Convolver {
    /// For traces of `samples`, with the operator `at(lag)` for lags from `-reach` to `reach`
    /// samples. Lags of `samples` and more never meet the trace and are not asked for.
    pub fn new(samples: usize, reach: usize, at: impl Fn(i64) -> f64) -> Result<Convolver> {
        check_samples(samples)?;
        let reach = reach.min(samples - 1);
        let length = fast_length(samples + reach);
        let mut kernel = RealTransform::<f64>::new(length);
        for lag in -(reach as i64)..=reach as i64 {
            if let Some(to) = kernel.real.get_mut(lag.rem_euclid(length as i64) as usize) {
                *to = at(lag);
            }
        }
        kernel.forward()?;
        let scale = 1.0 / length as f64;
        let multiplier =
            kernel.spectrum.iter().map(|c| Complex::new((c.re * scale) as f32, (c.im * scale) as f32)).collect();
        Ok(Convolver { samples, transform: RealTransform::new(length), multiplier })
    }

    /// The trace convolved; a sample that is no reading counts as zero and stays none.
    pub fn apply(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        same_length("trace", self.samples, trace.len())?;
        same_length("out", self.samples, out.len())?;
        let readings = load(trace, &mut self.transform.real);
        if readings == Readings::Dead {
            dead(trace, out);
            return Ok(());
        }
        self.transform.forward()?;
        for (c, m) in self.transform.spectrum.iter_mut().zip(&self.multiplier) {
            *c *= *m;
        }
        self.transform.inverse()?;
        for (out, v) in out.iter_mut().zip(&self.transform.real) {
            *out = *v;
        }
        if readings == Readings::Gaps {
            restore_gaps(trace, out);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_lengths_are_even_and_long_enough() {
        for needed in 1..5000 {
            let n = fast_length(needed);
            let odd = n >> n.trailing_zeros();
            assert!(n >= needed && n.is_multiple_of(2) && [1, 3, 9].contains(&odd), "{needed}: {n}");
            assert!(needed < 72 || n * 3 <= needed * 4 + 4, "{needed}: {n}");
        }
    }

    #[test]
    fn a_convolver_is_the_sum_in_time() {
        let trace: Vec<f32> = (0..37).map(|i| ((i * i * 7) % 23) as f32 - 11.0).collect();
        for reach in [0, 1, 5, 36, 100] {
            let at = |lag: i64| (lag as f64 * 0.3).sin() + 0.1 * lag as f64;
            let mut convolver = Convolver::new(37, reach, at).unwrap();
            let mut out = vec![0.0; 37];
            convolver.apply(&trace, &mut out).unwrap();
            for (i, found) in out.iter().enumerate() {
                let sum: f64 = (0..37)
                    .map(|k| (i as i64 - k as i64, f64::from(trace[k])))
                    .filter(|(lag, _)| lag.unsigned_abs() as usize <= reach)
                    .map(|(lag, v)| at(lag) * v)
                    .sum();
                assert!((f64::from(*found) - sum).abs() < 1e-3, "{reach} {i}: {found} {sum}");
            }
        }
    }
}
