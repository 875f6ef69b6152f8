//! Values of a trace between its samples.

use std::sync::LazyLock;

use super::wavelet::sinc;
use crate::points::same_length;
use crate::simd::{Kernel, Simd, dispatch};
use crate::{KernelError, Result};

/// Positions nearer to a sample than this share of the interval are on it.
pub(crate) const SAME: f64 = 1e-6;

/// Taps of the sinc operator, half of them on either side.
const TAPS: usize = 16;
/// Fractions of a sample in the table of operators; between them it is linear (error 4e-7).
const FRACTIONS: usize = 1024;
/// Shape of the Kaiser window: errors are below 3e-4 of the amplitude up to 0.7 of Nyquist.
const KAISER: f64 = 7.5;

/// How a value between samples is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// On the straight line between two samples: up to 8 % too low at a quarter of the Nyquist
    /// frequency, 29 % at half of it.
    Linear,
    /// Cubic convolution of four samples (R. G. Keys, 1981, a = -1/2): up to 1 % too low at a quarter,
    /// 12 % at half.
    Cubic,
    /// Sixteen samples under a Kaiser-windowed sinc: within 3e-4 of the amplitude up to 0.7 of the Nyquist
    /// frequency, 1 % at 0.75. The default.
    #[default]
    Sinc,
}

impl Interpolation {
    /// All methods.
    pub const ALL: [Interpolation; 3] = [Interpolation::Linear, Interpolation::Cubic, Interpolation::Sinc];
    /// Their names, in the order of [`Interpolation::ALL`].
    pub const NAMES: [&'static str; 3] = ["linear", "cubic", "sinc"];
}

static OPERATORS: LazyLock<Vec<[f32; TAPS]>> = LazyLock::new(|| {
    (0..=FRACTIONS)
        .map(|k| {
            let fraction = k as f64 / FRACTIONS as f64;
            let half = (TAPS / 2) as f64;
            let mut taps = [0.0; TAPS];
            for (i, tap) in taps.iter_mut().enumerate() {
                // Tap i is the sample i - 7 after the one before the position.
                let x = i as f64 - (half - 1.0) - fraction;
                let inside = (1.0 - (x / half) * (x / half)).max(0.0);
                *tap = sinc(x) * bessel(KAISER * inside.sqrt()) / bessel(KAISER);
            }
            // A constant stays one.
            let sum: f64 = taps.iter().sum();
            taps.map(|t| (t / sum) as f32)
        })
        .collect()
});

/// The modified Bessel function of order 0, by its series.
fn bessel(x: f64) -> f64 {
    let quarter = 0.25 * x * x;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-17 * sum {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

/// The value of a trace at `position` samples from its first; NaN before the first sample, behind the
/// last, at a position that is NaN, and next to a sample that is no reading.
///
/// On a sample it is that sample. Where a method would reach beyond the ends or to a sample that is
/// no reading, the next simpler one is taken (sinc, cubic, linear), so that gaps do not grow.
pub fn value_at(trace: &[f32], position: f64, method: Interpolation) -> f32 {
    value(trace, position, method, &OPERATORS)
}

#[inline(always)]
fn value(trace: &[f32], position: f64, method: Interpolation, operators: &[[f32; TAPS]]) -> f32 {
    let last = trace.len() as f64 - 1.0;
    if !(position >= -SAME && position <= last + SAME) {
        return f32::NAN;
    }
    let floor = position.floor().clamp(0.0, last);
    let (at, fraction) = (floor as usize, position - floor);
    let sample = |k: usize| match trace.get(k) {
        Some(v) if v.is_finite() => *v,
        _ => f32::NAN,
    };
    if fraction <= SAME {
        return sample(at);
    }
    if fraction >= 1.0 - SAME {
        return sample(at + 1);
    }
    let found = match method {
        Interpolation::Linear => f32::NAN,
        Interpolation::Cubic => cubic(trace, at, fraction),
        Interpolation::Sinc => {
            let v = windowed_sinc(trace, at, fraction, operators);
            if v.is_finite() { v } else { cubic(trace, at, fraction) }
        }
    };
    if found.is_finite() {
        return found;
    }
    let (a, b) = (f64::from(sample(at)), f64::from(sample(at + 1)));
    (a + fraction * (b - a)) as f32
}

/// Cubic convolution; not finite where a sample is missing.
#[inline]
fn cubic(trace: &[f32], at: usize, t: f64) -> f32 {
    let Some([a, b, c, d]) = at.checked_sub(1).and_then(|k| trace.get(k..k + 4)) else {
        return f32::NAN;
    };
    let (a, b, c, d) = (f64::from(*a), f64::from(*b), f64::from(*c), f64::from(*d));
    (b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))) as f32
}

/// The windowed sinc; not finite where a sample is missing.
#[inline(always)]
fn windowed_sinc(trace: &[f32], at: usize, fraction: f64, operators: &[[f32; TAPS]]) -> f32 {
    let samples = at.checked_sub(TAPS / 2 - 1).and_then(|k| trace.get(k..)).and_then(|t| t.first_chunk::<TAPS>());
    let place = fraction * FRACTIONS as f64;
    let k = place as usize;
    let (Some(samples), Some(near), Some(far)) = (samples, operators.get(k), operators.get(k + 1)) else {
        return f32::NAN;
    };
    let share = (place - k as f64) as f32;
    let mut sums = [0.0f32; TAPS];
    for i in 0..TAPS {
        sums[i] = samples[i] * (near[i] + share * (far[i] - near[i]));
    }
    // Halves onto halves: one after the other would wait for each sum.
    let mut width = TAPS / 2;
    while width > 0 {
        for i in 0..width {
            sums[i] += sums[i + width];
        }
        width /= 2;
    }
    sums[0]
}

/// A whole trace moved up by `shift` samples: `out[k]` is the value at `k + shift` by a windowed sinc, as
/// [`value_at`] gives it but for rounding.
pub(crate) fn shifted(trace: &[f32], shift: f64, out: &mut [f32]) {
    let whole = shift.floor();
    let fraction = shift - whole;
    let place = fraction * FRACTIONS as f64;
    let (k, share) = (place as usize, place.fract() as f32);
    out.fill(f32::NAN);
    if let (Some(near), Some(far)) = (OPERATORS.get(k), OPERATORS.get((k + 1).min(FRACTIONS)))
        && fraction > SAME
        && fraction < 1.0 - SAME
    {
        let mut taps = [0.0f32; TAPS];
        for i in 0..TAPS {
            taps[i] = near[i] + share * (far[i] - near[i]);
        }
        // The first of the samples under the operator at out[0], and at out[from] it is on the trace.
        let first = whole as i64 - (TAPS / 2 - 1) as i64;
        let (from, skip) = ((-first).max(0) as usize, first.max(0) as usize);
        if let (Some(to), Some(samples)) = (out.get_mut(from..), trace.get(skip..)) {
            dispatch(Filter { samples, taps: &taps, out: to });
        }
    }
    // What the operator did not reach.
    for (k, v) in out.iter_mut().enumerate() {
        if !v.is_finite() {
            *v = value_at(trace, k as f64 + shift, Interpolation::Sinc);
        }
    }
}

struct Filter<'a> {
    samples: &'a [f32],
    taps: &'a [f32; TAPS],
    out: &'a mut [f32],
}

impl Kernel for Filter<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let windows = self.samples.windows(TAPS);
        let n = windows.len().min(self.out.len());
        if n == 0 {
            return;
        }
        let out = &mut self.out[..n];
        out.fill(0.0);
        for (i, tap) in self.taps.iter().enumerate() {
            for (out, v) in out.iter_mut().zip(&self.samples[i..i + n]) {
                *out += *tap * *v;
            }
        }
    }
}

/// The values of a trace at many positions: see [`value_at`].
///
/// # Errors
/// `LengthMismatch` where `out` has not as many places as `positions`.
pub fn values_at(trace: &[f32], positions: &[f64], method: Interpolation, out: &mut [f32]) -> Result<()> {
    same_length("out", positions.len(), out.len())?;
    dispatch(Values { trace, positions, method, operators: &OPERATORS, out });
    Ok(())
}

struct Values<'a> {
    trace: &'a [f32],
    positions: &'a [f64],
    method: Interpolation,
    operators: &'a [[f32; TAPS]],
    out: &'a mut [f32],
}

impl Kernel for Values<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for (out, position) in self.out.iter_mut().zip(self.positions) {
            *out = value(self.trace, *position, self.method, self.operators);
        }
    }
}

/// The places of samples along time or depth: `start + k step` for k below `count`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Time (s) or depth of the first sample.
    pub start: f64,
    /// From sample to sample, above 0.
    pub step: f64,
    /// How many samples.
    pub count: usize,
}

impl Axis {
    /// Checks the axis.
    ///
    /// # Errors
    /// `InvalidParameter` for a step that is not above 0, a start that is not finite, or more than 2^24
    /// samples.
    pub fn check(&self) -> Result<()> {
        if !(self.start.is_finite() && self.step > 0.0 && self.step.is_finite()) {
            return Err(KernelError::parameter(
                "axis",
                format!("expected a finite start and a step above 0, found {} and {}", self.start, self.step),
            ));
        }
        if self.count > super::transform::MOST_SAMPLES {
            return Err(KernelError::parameter(
                "axis",
                format!("expected at most 2^24 samples, found {}: take a larger step", self.count),
            ));
        }
        Ok(())
    }

    /// The axis of multiples of `step` from the first not below `from` to the last not above `to`.
    ///
    /// # Errors
    /// As [`Axis::check`]; `InvalidParameter` for bounds that are not finite.
    pub fn covering(from: f64, to: f64, step: f64) -> Result<Axis> {
        if !(from.is_finite() && to.is_finite() && step > 0.0) {
            return Err(KernelError::parameter(
                "axis",
                format!("expected finite bounds and a step above 0, found {from} to {to} by {step}"),
            ));
        }
        let (first, last) = ((from / step - SAME).ceil(), (to / step + SAME).floor());
        let count = (last - first + 1.0).clamp(0.0, 1e9) as usize;
        let axis = Axis { start: first * step, step, count };
        axis.check()?;
        Ok(axis)
    }

    /// The place of sample `k`.
    #[inline]
    pub fn at(&self, k: usize) -> f64 {
        self.start + k as f64 * self.step
    }

    /// The position of a place in samples from the first: may lie outside of the axis.
    #[inline]
    pub fn position(&self, place: f64) -> f64 {
        (place - self.start) / self.step
    }
}
