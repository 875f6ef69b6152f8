//! What a sample stands for: its depth, and the interval of the hole around it.

use crate::points::finite;
use crate::{KernelError, Result};

/// Two depths nearer than this share of a step are the same: files state depths to a few digits.
pub(crate) const SAME: f64 = 1e-6;

/// A gap wider than so many typical steps is a hole in the readings, where the caller says no other.
/// One missing reading makes a gap of two.
pub const DEFAULT_GAP: f64 = 1.5;

/// Checks that depths are finite and increase from sample to sample.
///
/// # Errors
/// `NonFinite`, or `InvalidParameter` that names the two samples.
pub fn check_depths(md: &[f64]) -> Result<()> {
    // What increases between two finite ends is finite all along.
    let ends = [md.first(), md.last()].into_iter().flatten().all(|d| d.is_finite());
    if ends && md.windows(2).fold(true, |rises, w| rises & (w[1] > w[0])) {
        return Ok(());
    }
    finite("md", md)?;
    match md.windows(2).position(|w| w[1] <= w[0]) {
        None => Ok(()),
        Some(i) if md[i] == md[i + 1] => Err(KernelError::parameter(
            "md",
            format!(
                "two samples at {}: a run takes one log set of one well; group by both (by => [well, log_set]), or select one log set",
                md[i]
            ),
        )),
        Some(i) => {
            Err(KernelError::parameter("md", format!("depth must increase, found {} after {}", md[i + 1], md[i])))
        }
    }
}

/// The usual step of some depths, the median of their differences; NaN with fewer than two.
pub fn typical_step(md: &[f64]) -> f64 {
    // Most logs have one step, and finding the median of a million equal ones takes longer than what follows.
    if let (Some(first), Some(last)) = (md.first(), md.last())
        && md.len() > 1
    {
        let mean = (last - first) / (md.len() - 1) as f64;
        let off = md.windows(2).map(|w| (w[1] - w[0] - mean).abs()).fold(0.0, f64::max);
        if off <= SAME * mean.abs() {
            return mean;
        }
    }
    let mut steps: Vec<f64> = md.windows(2).map(|w| w[1] - w[0]).collect();
    if steps.is_empty() {
        return f64::NAN;
    }
    let middle = steps.len() / 2;
    *steps.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// The interval each sample stands for: halfway to the samples before and after it. At the ends,
/// and towards a sample farther than `max_gap`, it is half a typical step, so that a hole in the
/// samples belongs to none of them.
///
/// A sample without neighbours and without a typical step stands for no interval.
pub fn intervals(md: &[f64], typical: f64, max_gap: f64) -> Vec<(f64, f64)> {
    let intervals = Intervals::new(typical, max_gap);
    (0..md.len()).map(|i| intervals.of(md, i)).collect()
}

/// What [`intervals`] are made by, for one sample at a time.
pub(crate) struct Intervals {
    edge: f64,
    max_gap: f64,
}

impl Intervals {
    pub(crate) fn new(typical: f64, max_gap: f64) -> Intervals {
        Intervals { edge: if typical.is_finite() { typical / 2.0 } else { 0.0 }, max_gap }
    }

    /// The interval of sample `i`.
    #[inline]
    pub(crate) fn of(&self, md: &[f64], i: usize) -> (f64, f64) {
        let reach = |a: f64, b: f64| {
            let apart = b - a;
            if apart <= self.max_gap { apart / 2.0 } else { self.edge.min(apart / 2.0) }
        };
        let up = if i == 0 { self.edge } else { reach(md[i - 1], md[i]) };
        let down = if i + 1 == md.len() { self.edge } else { reach(md[i], md[i + 1]) };
        (md[i] - up, md[i] + down)
    }
}
