//! Which amplitudes the ends of the colours stand for.

use crate::error::{PlotError, Result};
use crate::ticks;

/// Values at the two ends of a colour map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AmplitudeRange {
    /// From minus to plus the value that so many per cent of the absolute amplitudes do not exceed: for amplitudes about 0.
    Symmetric(f64),
    /// From the value that so many per cent of the values do not exceed to the other: for attributes.
    Percentiles(f64, f64),
    /// These values.
    Limits(f64, f64),
}

impl Default for AmplitudeRange {
    /// Symmetric about 0, 98 per cent of the amplitudes within.
    fn default() -> Self {
        Self::Symmetric(98.0)
    }
}

impl AmplitudeRange {
    /// The two ends for these samples. NaN is left out; so are zeros where the range is symmetric, since mutes and dead traces are
    /// no amplitudes. Where nothing is left but zeros the range is -1 to 1.
    ///
    /// ```
    /// use outcrop_plot::seismic::AmplitudeRange;
    /// let samples = (-100..=100).map(|v| v as f32);
    /// assert_eq!(AmplitudeRange::Symmetric(90.0).of(samples)?, (-90.0, 90.0));
    /// # Ok::<(), outcrop_plot::PlotError>(())
    /// ```
    ///
    /// # Errors
    /// Percentages outside 0 to 100 or not in order, limits that are not finite or not in order, no sample that is a number.
    pub fn of(&self, samples: impl Iterator<Item = f32>) -> Result<(f64, f64)> {
        let (low, high) = match *self {
            Self::Limits(low, high) => {
                let expected = "a smaller and a larger finite number";
                return match low.is_finite() && high.is_finite() && low < high {
                    true => Ok((low, high)),
                    false => {
                        Err(PlotError::InvalidRange { what: "the range of amplitudes".into(), low, high, expected })
                    }
                };
            }
            Self::Symmetric(high) => (0.0, high),
            Self::Percentiles(low, high) => (low, high),
        };
        if !(0.0 <= low && low < high && high <= 100.0) {
            let expected = "percentages from 0 to 100, the smaller one first";
            return Err(PlotError::InvalidRange { what: "the percentiles of the colours".into(), low, high, expected });
        }
        let mut count = 0usize;
        let counted = samples.inspect(|_| count += 1);
        let finite = counted.filter(|v| v.is_finite());
        let ends = match self {
            Self::Symmetric(percent) => {
                let mut zeros = false;
                let mut values: Vec<f32> = finite
                    .map(f32::abs)
                    .filter(|v| {
                        *v > 0.0 || {
                            zeros = true;
                            false
                        }
                    })
                    .collect();
                let limit = percentile(&mut values, *percent).or(zeros.then_some(1.0));
                limit.map(|limit| (-limit, limit))
            }
            _ => {
                let mut values: Vec<f32> = finite.collect();
                let ends = (percentile(&mut values, low), percentile(&mut values, high));
                match ends {
                    (Some(low), Some(high)) if low < high => Some((low, high)),
                    // One value only: room on both sides so that the bar has a length.
                    (Some(low), Some(_)) => {
                        Some((low - (low.abs() * 0.01).max(0.5), low + (low.abs() * 0.01).max(0.5)))
                    }
                    _ => None,
                }
            }
        };
        ends.ok_or_else(|| PlotError::AllUndefined { what: "the section's samples".into(), count })
    }

    /// How the range was chosen, for the footer.
    pub(super) fn said(&self, (low, high): (f64, f64)) -> String {
        let width = high - low;
        match self {
            Self::Symmetric(percent) => {
                format!("colours: ±{}, {} % of amplitudes within", rounded(high, high), ticks::short(*percent))
            }
            Self::Percentiles(a, b) => format!(
                "colours: {} to {}, percentiles {} to {} of the samples shown",
                rounded(low, width),
                rounded(high, width),
                ticks::short(*a),
                ticks::short(*b)
            ),
            Self::Limits(..) => format!("colours: {} to {}", ticks::short(low), ticks::short(high)),
        }
    }
}

/// A value of a range of this width, to a five-hundredth of it: enough to tell the strength of a picture.
pub(super) fn rounded(value: f64, width: f64) -> String {
    let step = ticks::round_step(width, 500.0);
    ticks::short((value / step).round() * step)
}

/// The value at a percentage of the way from the least to the greatest, the nearest of those there are.
fn percentile(values: &mut [f32], percent: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let at = (percent / 100.0 * last as f64).round() as usize;
    let (_, value, _) = values.select_nth_unstable_by(at.min(last), f32::total_cmp);
    Some(f64::from(*value))
}
