//! How alike two traces are, and at which shift.

use crate::points::same_length;
use crate::{KernelError, Result};

/// The correlation coefficient of pairs; NaN with fewer than two, or where one side is constant.
pub(crate) fn pearson(pairs: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let (mut n, mut a, mut b) = (0.0, 0.0, 0.0);
    for (x, y) in pairs.clone() {
        n += 1.0;
        a += x;
        b += y;
    }
    let (mean_a, mean_b) = (a / n, b / n);
    let (mut aa, mut bb, mut ab) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        aa += (x - mean_a) * (x - mean_a);
        bb += (y - mean_b) * (y - mean_b);
        ab += (x - mean_a) * (y - mean_b);
    }
    if aa > 0.0 && bb > 0.0 { (ab / (aa.sqrt() * bb.sqrt())).clamp(-1.0, 1.0) } else { f64::NAN }
}

/// The correlation coefficient of two traces, over the samples where both have readings; NaN with
/// fewer than two of those, or where one of them is constant.
///
/// # Errors
/// `LengthMismatch`.
pub fn correlation(a: &[f64], b: &[f64]) -> Result<f64> {
    same_length("trace", a.len(), b.len())?;
    Ok(pearson(a.iter().zip(b).map(|(a, b)| (*a, *b)).filter(|(a, b)| a.is_finite() && b.is_finite())))
}

/// A shift between two traces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shift {
    /// Samples, with a fraction: the second trace is this much later than the first.
    pub samples: f64,
    /// The correlation coefficient at the nearest whole shift.
    pub correlation: f64,
}

/// The shift of `second` against `first` with the highest correlation coefficient, among whole shifts
/// up to `most` samples either way, refined by a parabola through its neighbours.
///
/// Each shift is judged by the samples where both have readings; one that leaves fewer than
/// `overlap` of them (at least 2) is not considered. `None` where no shift can be judged.
///
/// # Errors
/// `LengthMismatch`; `InvalidParameter` for an overlap below 2.
pub fn best_shift(first: &[f64], second: &[f64], most: usize, overlap: usize) -> Result<Option<Shift>> {
    same_length("trace", first.len(), second.len())?;
    if overlap < 2 {
        return Err(KernelError::parameter("overlap", format!("expected at least 2 samples, found {overlap}")));
    }
    let most = most.min(first.len()) as i64;
    let at = |shift: i64| {
        let (skip_first, skip_second) = ((-shift).max(0) as usize, shift.max(0) as usize);
        let pairs = first.iter().skip(skip_first).zip(second.iter().skip(skip_second));
        let pairs = pairs.map(|(a, b)| (*a, *b)).filter(|(a, b)| a.is_finite() && b.is_finite());
        if pairs.clone().take(overlap).count() < overlap { f64::NAN } else { pearson(pairs) }
    };
    let found: Vec<f64> = (-most..=most).map(at).collect();
    let best = found.iter().enumerate().filter(|(_, r)| r.is_finite()).max_by(|(i, a), (j, b)| {
        // Of equals the smaller shift.
        let far = |k: usize| (k as i64 - most).abs();
        a.total_cmp(b).then(far(*j).cmp(&far(*i)))
    });
    Ok(best.map(|(k, r)| {
        let beside = |k: Option<usize>| k.and_then(|k| found.get(k)).copied().unwrap_or(f64::NAN);
        let offset = parabola(beside(k.checked_sub(1)), *r, beside(k.checked_add(1))).map_or(0.0, |(at, _)| at);
        Shift { samples: (k as i64 - most) as f64 + offset, correlation: *r }
    }))
}

/// The top of the parabola through three numbers at -1, 0 and 1, of which the one in the middle is not below
/// the others: where it is, -0.5 to 0.5, and its height. None where there is no such top.
pub(crate) fn parabola(before: f64, at: f64, after: f64) -> Option<(f64, f64)> {
    let bend = before - 2.0 * at + after;
    if !(bend < 0.0 && at >= before && at >= after) {
        return None;
    }
    let offset = 0.5 * (before - after) / bend;
    Some((offset, at - 0.25 * (before - after) * offset))
}
