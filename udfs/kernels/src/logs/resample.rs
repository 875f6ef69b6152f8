//! A curve at other depths.

use std::borrow::Cow;

use super::samples::{DEFAULT_GAP, SAME, check_depths, intervals, typical_step};
use crate::points::same_length;
use crate::{KernelError, Result};

/// Most depths one run may make.
const MOST: f64 = 1e8;

/// How a value between readings is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResampleMethod {
    /// On the straight line between the readings above and below.
    #[default]
    Linear,
    /// The nearer of the two readings; the upper one where both are equally far.
    Nearest,
    /// The mean over the interval of a step around the depth, readings weighted by the part of it
    /// they stand for.
    Average,
}

impl ResampleMethod {
    /// All, in the order of [`ResampleMethod::name`]s shown to users.
    pub const ALL: [ResampleMethod; 3] = [ResampleMethod::Linear, ResampleMethod::Nearest, ResampleMethod::Average];

    /// Its name in SQL.
    pub const fn name(self) -> &'static str {
        match self {
            ResampleMethod::Linear => "linear",
            ResampleMethod::Nearest => "nearest",
            ResampleMethod::Average => "average",
        }
    }

    /// The method of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.name() == name)
    }
}

/// Depths `step` apart: the multiples of `step` from `top` to `base`, both included, or from `top`
/// itself where `from_top` is set. A bound that is a multiple but for rounding counts as one.
///
/// # Errors
/// `InvalidParameter` for a step that is not above 0, or one so small that there are over 10^8 depths.
pub fn regular_depths(top: f64, base: f64, step: f64, from_top: bool) -> Result<Vec<f64>> {
    if !(step > 0.0 && step.is_finite()) {
        return Err(KernelError::parameter("step", format!("expected a distance above 0, found {step}")));
    }
    let first = if from_top { 0.0 } else { (top / step - SAME).ceil() };
    let last = if from_top { ((base - top) / step + SAME).floor() } else { (base / step + SAME).floor() };
    if last - first >= MOST {
        return Err(KernelError::parameter(
            "step",
            format!("{step} from {top} to {base} makes over 100 million depths: use a larger step"),
        ));
    }
    let origin = if from_top { top } else { 0.0 };
    let mut depths = Vec::new();
    let mut k = first;
    while k <= last {
        // A multiple each, instead of a sum of steps, so that errors do not add up.
        depths.push(origin + k * step);
        k += 1.0;
    }
    Ok(depths)
}

/// A curve at depths `at`.
///
/// `md` increases; `values` are the readings there, NaN for none; `at` increases. Between two
/// readings farther apart than `max_gap` (`None`: 1.5 typical steps of `md`) there is no value,
/// and none above the first or below the last reading; a depth on a reading has it, whatever the
/// gaps beside it. For [`ResampleMethod::Average`] `step` is the thickness averaged over, and the
/// mean is NaN where readings stand for less than half of it.
///
/// O(readings + depths).
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `InvalidParameter` for depths that do not increase.
pub fn resample(
    md: &[f64],
    values: &[f64],
    at: &[f64],
    method: ResampleMethod,
    step: f64,
    max_gap: Option<f64>,
) -> Result<Vec<f64>> {
    check_depths(md)?;
    check_depths(at)?;
    same_length("values", md.len(), values.len())?;
    let typical = typical_step(md);
    let max_gap = match max_gap {
        Some(gap) => gap * (1.0 + SAME),
        None => DEFAULT_GAP * typical,
    };
    let whole = !values.iter().any(|v| v.is_nan());
    let (depth, value): (Cow<'_, [f64]>, Cow<'_, [f64]>) = if whole {
        (md.into(), values.into())
    } else {
        let (depth, value): (Vec<f64>, Vec<f64>) = md.iter().zip(values).filter(|(_, v)| !v.is_nan()).unzip();
        (depth.into(), value.into())
    };
    Ok(match method {
        ResampleMethod::Average => average(&intervals(&depth, typical, max_gap), &value, at, step),
        _ => between(&depth, &value, at, method, max_gap, if typical.is_finite() { typical * SAME } else { 0.0 }),
    })
}

fn between(depth: &[f64], value: &[f64], at: &[f64], method: ResampleMethod, max_gap: f64, same: f64) -> Vec<f64> {
    // The first reading below the depth at hand; it only moves down.
    let mut below = 0;
    at.iter()
        .map(|&d| {
            while below < depth.len() && depth[below] < d {
                below += 1;
            }
            if below < depth.len() && depth[below] - d <= same {
                return value[below];
            }
            if below > 0 && d - depth[below - 1] <= same {
                return value[below - 1];
            }
            if below == 0 || below == depth.len() {
                return f64::NAN;
            }
            let (a, b) = (depth[below - 1], depth[below]);
            if b - a > max_gap {
                return f64::NAN;
            }
            let share = (d - a) / (b - a);
            match method {
                ResampleMethod::Nearest if share <= 0.5 => value[below - 1],
                ResampleMethod::Nearest => value[below],
                _ => value[below - 1] + share * (value[below] - value[below - 1]),
            }
        })
        .collect()
}

fn average(spans: &[(f64, f64)], value: &[f64], at: &[f64], step: f64) -> Vec<f64> {
    let mut first = 0;
    at.iter()
        .map(|&d| {
            let (top, base) = (d - step / 2.0, d + step / 2.0);
            while first < spans.len() && spans[first].1 <= top {
                first += 1;
            }
            let (mut sum, mut covered) = (0.0, 0.0);
            for (span, v) in spans[first..].iter().zip(&value[first..]).take_while(|(s, _)| s.0 < base) {
                let part = span.1.min(base) - span.0.max(top);
                sum += v * part;
                covered += part;
            }
            // Half but for rounding: the interval at the end of a curve with the same step.
            if covered > 0.0 && covered >= step * (0.5 - SAME) { sum / covered } else { f64::NAN }
        })
        .collect()
}
