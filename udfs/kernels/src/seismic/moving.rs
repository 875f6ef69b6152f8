//! Windows that move along a trace: level, mean, energy, and gain by them.

use crate::points::same_length;
use crate::simd::{Kernel, Simd, dispatch};
use crate::{KernelError, Result};

/// What is computed of the readings in a moving window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moving {
    /// The root of the mean of the squares.
    Rms,
    /// The mean of the squares.
    Energy,
    /// The arithmetic mean.
    Mean,
    /// The mean of the absolute values.
    MeanAbsolute,
}

impl Moving {
    /// All kinds.
    pub const ALL: [Moving; 4] = [Moving::Rms, Moving::Energy, Moving::Mean, Moving::MeanAbsolute];
    /// Their names, in the order of [`Moving::ALL`].
    pub const NAMES: [&'static str; 4] = ["rms", "energy", "mean", "mean_absolute"];
}

/// A window of the sample at hand and `half_window` samples either side, for traces of any length.
///
/// The window is cut at the ends of the trace, and readings that are not there are left out: what is
/// computed is that of the readings inside. A sample that is no reading stays none. Sums are made
/// anew for each window in double precision, so a large sample leaves nothing behind when it has left;
/// the cost grows with the logarithm of the window.
#[derive(Debug, Clone, Default)]
pub struct MovingWindow {
    half_window: usize,
    terms: Vec<f64>,
    sums: Vec<f64>,
    counts: Vec<f64>,
    boxes: BoxSum,
}

impl MovingWindow {
    /// A window of `2 half_window + 1` samples.
    pub fn new(half_window: usize) -> MovingWindow {
        MovingWindow { half_window, ..MovingWindow::default() }
    }

    /// The statistic of each sample's window.
    ///
    /// # Errors
    /// `LengthMismatch` where `out` is not as long as the trace.
    pub fn apply(&mut self, kind: Moving, trace: &[f32], out: &mut [f32]) -> Result<()> {
        same_length("out", trace.len(), out.len())?;
        self.means(kind, trace);
        for ((out, mean), v) in out.iter_mut().zip(&self.sums).zip(trace) {
            *out = if v.is_finite() { *mean as f32 } else { f32::NAN };
        }
        Ok(())
    }

    /// Automatic gain control: each sample divided by the level of its window, so that the level
    /// becomes 1 everywhere. `kind` is the level: [`Moving::Rms`] or [`Moving::MeanAbsolute`]. A window of
    /// zeros has no gain: its samples stay zero.
    ///
    /// # Errors
    /// `LengthMismatch`; `InvalidParameter` for a kind that is no level.
    pub fn gain(&mut self, kind: Moving, trace: &[f32], out: &mut [f32]) -> Result<()> {
        same_length("out", trace.len(), out.len())?;
        if !matches!(kind, Moving::Rms | Moving::MeanAbsolute) {
            return Err(KernelError::parameter(
                "level",
                "expected rms or mean_absolute: the others do not grow with the amplitude as it does",
            ));
        }
        self.means(kind, trace);
        for ((out, level), v) in out.iter_mut().zip(&self.sums).zip(trace) {
            *out = match v.is_finite() {
                true if *level > 0.0 => (f64::from(*v) / level) as f32,
                true => 0.0,
                false => f32::NAN,
            };
        }
        Ok(())
    }

    /// Leaves the statistic of each window in `sums`.
    fn means(&mut self, kind: Moving, trace: &[f32]) {
        let n = trace.len();
        for buffer in [&mut self.terms, &mut self.sums, &mut self.counts] {
            buffer.clear();
            buffer.resize(n, 0.0);
        }
        let mut whole = true;
        for (term, v) in self.terms.iter_mut().zip(trace) {
            let reading = v.abs() < f32::INFINITY;
            whole &= reading;
            let v = f64::from(if reading { *v } else { 0.0 });
            *term = match kind {
                Moving::Rms | Moving::Energy => v * v,
                Moving::Mean => v,
                Moving::MeanAbsolute => v.abs(),
            };
        }
        let h = self.half_window;
        self.boxes.sum(&self.terms, h, h, &mut self.sums);
        if whole {
            for (i, count) in self.counts.iter_mut().enumerate() {
                *count = (i.saturating_add(h).min(n - 1) - i.saturating_sub(h) + 1) as f64;
            }
        } else {
            for (term, v) in self.terms.iter_mut().zip(trace) {
                *term = f64::from(u8::from(v.is_finite()));
            }
            self.boxes.sum(&self.terms, h, h, &mut self.counts);
        }
        for (sum, count) in self.sums.iter_mut().zip(&self.counts) {
            *sum /= count;
        }
        if kind == Moving::Rms {
            for mean in &mut self.sums {
                *mean = mean.sqrt();
            }
        }
    }
}

/// Sums over windows, without the drift of a running sum: windows of 2, 4, 8 … samples by adding
/// neighbours, and the window asked for from those.
#[derive(Debug, Clone, Default)]
pub(crate) struct BoxSum {
    /// Sums over 2^k samples from each on, with zeros before the first sample and after the last.
    powers: Vec<f64>,
    next: Vec<f64>,
}

impl BoxSum {
    /// The sum from `before` samples back to `after` samples ahead, for each sample; beyond the ends
    /// is zero. `values` and `out` have the same length.
    pub fn sum(&mut self, values: &[f64], before: usize, after: usize, out: &mut [f64]) {
        let n = values.len();
        let (before, after) = (before.min(n), after.min(n));
        let long = n + before + after;
        self.powers.clear();
        self.powers.resize(before, 0.0);
        self.powers.extend_from_slice(values);
        self.powers.resize(long, 0.0);
        self.next.resize(long, 0.0);
        out.fill(0.0);
        dispatch(Doubling { powers: &mut self.powers, next: &mut self.next, width: before + after + 1, out });
    }
}

struct Doubling<'a> {
    powers: &'a mut Vec<f64>,
    next: &'a mut Vec<f64>,
    width: usize,
    out: &'a mut [f64],
}

impl Kernel for Doubling<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let (mut step, mut start) = (1, 0);
        loop {
            if self.width & step != 0 {
                for (out, v) in self.out.iter_mut().zip(self.powers.get(start..).unwrap_or(&[])) {
                    *out += *v;
                }
                start += step;
            }
            if step > self.width / 2 {
                return;
            }
            let (near, far) = (&self.powers[..], self.powers.get(step..).unwrap_or(&[]));
            for ((next, a), b) in self.next.iter_mut().zip(near).zip(far) {
                *next = *a + *b;
            }
            std::mem::swap(self.powers, self.next);
            step *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_summed_whole() {
        let values: Vec<f64> = (0..41).map(|i| f64::from((i * 7) % 13)).collect();
        let mut boxes = BoxSum::default();
        for (before, after) in [(0, 0), (1, 0), (0, 3), (5, 5), (2, 9), (40, 40), (100, 3), (usize::MAX, usize::MAX)] {
            let mut out = vec![-1.0; 41];
            boxes.sum(&values, before, after, &mut out);
            for (i, found) in out.iter().enumerate() {
                let sum: f64 = values[i.saturating_sub(before)..=i.saturating_add(after).min(40)].iter().sum();
                assert_eq!(*found, sum, "{before} {after} {i}");
            }
        }
        boxes.sum(&[], 2, 2, &mut []);
    }
}
