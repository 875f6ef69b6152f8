//! Statistics of a window that moves along a curve, and spikes found by them.

use super::samples::{SAME, check_depths, typical_step};
use crate::points::same_length;
use crate::{KernelError, Result};

/// What is computed of the readings in the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistic {
    /// Arithmetic mean.
    Mean,
    /// Median; of an even number of readings the mean of the two in the middle.
    Median,
    /// Standard deviation with `n - 1`; NaN of one reading.
    StandardDeviation,
}

/// A statistic of the readings at most half of `window` above and below each sample.
///
/// `md` increases; `values` are readings, NaN for none. A sample without a reading has none
/// afterwards; the window leaves readings out that are NaN and is shorter at the ends of the curve.
///
/// O(N) for mean and deviation, O(N log w) comparisons for the median of w readings.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `InvalidParameter` for depths that do not increase or a window
/// that is not above 0.
pub fn moving(md: &[f64], values: &[f64], window: f64, statistic: Statistic) -> Result<Vec<f64>> {
    let mut out = vec![f64::NAN; md.len()];
    match statistic {
        Statistic::Median => {
            let mut sorted = Sorted::default();
            slide(md, values, window, |i, change| match change {
                Change::Enters(v) => sorted.insert(v),
                Change::Leaves(v) => sorted.remove(v),
                Change::At => out[i] = sorted.median(),
            })?;
        }
        Statistic::Mean | Statistic::StandardDeviation => {
            // Sums about a value of the curve itself, so that squares do not lose the digits of a large mean.
            let pivot = values.iter().copied().find(|v| v.is_finite()).unwrap_or(0.0);
            let (mut first, mut second, mut n) = (Sum::default(), Sum::default(), 0.0);
            slide(md, values, window, |i, change| match change {
                Change::Enters(v) => {
                    first.add(v - pivot);
                    second.add((v - pivot) * (v - pivot));
                    n += 1.0;
                }
                Change::Leaves(v) => {
                    first.add(pivot - v);
                    second.add(-((v - pivot) * (v - pivot)));
                    n -= 1.0;
                }
                Change::At if statistic == Statistic::Mean => out[i] = pivot + first.value() / n,
                Change::At if n > 1.0 => {
                    let mean = first.value() / n;
                    out[i] = ((second.value() - n * mean * mean) / (n - 1.0)).max(0.0).sqrt();
                }
                Change::At => {}
            })?;
        }
    }
    Ok(out)
}

/// What becomes of a spike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Despiked {
    /// It becomes the median of its window.
    #[default]
    Median,
    /// It is taken out.
    Removed,
}

/// Takes spikes out: readings farther than `threshold` standard deviations from the median of their
/// window, the deviation estimated by 1.4826 times the median distance from that median (Hampel's
/// identifier). Gives the curve and how many spikes it had.
///
/// # Errors
/// As [`moving`]; `InvalidParameter` for a threshold that is not above 0.
pub fn despike(
    md: &[f64],
    values: &[f64],
    window: f64,
    threshold: f64,
    become_what: Despiked,
) -> Result<(Vec<f64>, usize)> {
    if threshold.is_nan() || threshold <= 0.0 {
        return Err(KernelError::parameter("threshold", format!("expected a number above 0, found {threshold}")));
    }
    let (mut out, mut spikes) = (values.to_vec(), 0);
    let mut sorted = Sorted::default();
    slide(md, values, window, |i, change| match change {
        Change::Enters(v) => sorted.insert(v),
        Change::Leaves(v) => sorted.remove(v),
        Change::At => {
            let median = sorted.median();
            if (values[i] - median).abs() > threshold * 1.4826 * sorted.median_distance(median) {
                spikes += 1;
                out[i] = if become_what == Despiked::Median { median } else { f64::NAN };
            }
        }
    })?;
    Ok((out, spikes))
}

enum Change {
    Enters(f64),
    Leaves(f64),
    /// The window is that of this sample.
    At,
}

fn slide(md: &[f64], values: &[f64], window: f64, mut f: impl FnMut(usize, Change)) -> Result<()> {
    check_depths(md)?;
    same_length("values", md.len(), values.len())?;
    if !(window > 0.0 && window.is_finite()) {
        return Err(KernelError::parameter("window", format!("expected a length above 0, found {window}")));
    }
    let typical = typical_step(md);
    // Readings at the edge but for rounding are in.
    let half = 0.5 * window + if typical.is_finite() { typical * SAME } else { 0.0 };
    let (mut from, mut to) = (0, 0);
    for i in 0..md.len() {
        while to < md.len() && md[to] <= md[i] + half {
            if !values[to].is_nan() {
                f(to, Change::Enters(values[to]));
            }
            to += 1;
        }
        while md[from] < md[i] - half {
            if !values[from].is_nan() {
                f(from, Change::Leaves(values[from]));
            }
            from += 1;
        }
        if !values[i].is_nan() {
            f(i, Change::At);
        }
    }
    Ok(())
}

/// A sum that readings enter and leave without a trace of what has left: the rounding errors are
/// summed too (A. Neumaier, 1974).
#[derive(Default)]
struct Sum {
    sum: f64,
    lost: f64,
}

impl Sum {
    fn add(&mut self, v: f64) {
        let sum = self.sum + v;
        self.lost += if self.sum.abs() >= v.abs() { (self.sum - sum) + v } else { (v - sum) + self.sum };
        self.sum = sum;
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

/// The readings of a window in order. Moving a few hundred numbers is cheaper than any tree.
#[derive(Default)]
struct Sorted(Vec<f64>);

impl Sorted {
    fn insert(&mut self, v: f64) {
        let at = self.0.partition_point(|x| *x < v);
        self.0.insert(at, v);
    }

    fn remove(&mut self, v: f64) {
        let at = self.0.partition_point(|x| *x < v);
        if at < self.0.len() {
            self.0.remove(at);
        }
    }

    fn median(&self) -> f64 {
        middle(self.0.len(), |i| self.0[i])
    }

    /// The median of the distances from `center`, which grow both ways from there.
    fn median_distance(&self, center: f64) -> f64 {
        let n = self.0.len();
        let mut right = self.0.partition_point(|x| *x < center);
        let mut left = right;
        let (mut last, mut before) = (0.0, 0.0);
        for _ in 0..=n / 2 {
            let down = if left > 0 { center - self.0[left - 1] } else { f64::INFINITY };
            let up = if right < n { self.0[right] - center } else { f64::INFINITY };
            before = last;
            if down <= up {
                last = down;
                left -= 1;
            } else {
                last = up;
                right += 1;
            }
        }
        if n % 2 == 1 { last } else { 0.5 * (before + last) }
    }
}

/// The median of `n` numbers in order.
pub(crate) fn middle(n: usize, at: impl Fn(usize) -> f64) -> f64 {
    match n {
        0 => f64::NAN,
        n if n % 2 == 1 => at(n / 2),
        n => 0.5 * (at(n / 2 - 1) + at(n / 2)),
    }
}
