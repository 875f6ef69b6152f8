//! What a curve's values are, in numbers.

use super::{Curve, CurveData};

/// Count, range and mean of a curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveSummary {
    /// Rows.
    pub samples: usize,
    /// Rows without a value.
    pub nulls: usize,
    /// The smallest value; `None` for text and where all is null.
    pub min: Option<f64>,
    /// The largest value.
    pub max: Option<f64>,
    /// The arithmetic mean of the values.
    pub mean: Option<f64>,
}

const LANES: usize = 8;

impl CurveSummary {
    /// The summary of numbers, NaN meaning null.
    ///
    /// ```
    /// use outcrop_connectors::las::CurveSummary;
    /// let s = CurveSummary::of(&[1.0, f64::NAN, 3.0]);
    /// assert_eq!((s.samples, s.nulls, s.min, s.max, s.mean), (3, 1, Some(1.0), Some(3.0), Some(2.0)));
    /// ```
    pub fn of(values: &[f64]) -> CurveSummary {
        let mut sum = [0.0f64; LANES];
        let mut min = [f64::INFINITY; LANES];
        let mut max = [f64::NEG_INFINITY; LANES];
        let mut count = [0u64; LANES];
        let (chunks, rest) = values.as_chunks::<LANES>();
        let mut add = |lane: usize, v: f64| {
            // Comparisons with NaN are false, so nulls change nothing.
            let valid = !v.is_nan();
            if let (Some(s), Some(n), Some(a), Some(b)) =
                (sum.get_mut(lane), count.get_mut(lane), min.get_mut(lane), max.get_mut(lane))
            {
                *s += if valid { v } else { 0.0 };
                *n += u64::from(valid);
                *a = if v < *a { v } else { *a };
                *b = if v > *b { v } else { *b };
            }
        };
        for chunk in chunks {
            for (lane, v) in chunk.iter().enumerate() {
                add(lane, *v);
            }
        }
        for (lane, v) in rest.iter().enumerate() {
            add(lane, *v);
        }
        let valid = count.iter().sum::<u64>();
        let some = |v: f64| (valid > 0).then_some(v);
        CurveSummary {
            samples: values.len(),
            nulls: values.len() - valid as usize,
            min: some(min.iter().copied().fold(f64::INFINITY, f64::min)),
            max: some(max.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
            mean: some(sum.iter().sum::<f64>() / valid as f64),
        }
    }
}

impl CurveData {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            CurveData::Numeric(values) => values.len(),
            CurveData::Text(values) => values.len(),
        }
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Curve {
    /// The summary; text curves have counts only.
    pub fn summary(&self) -> CurveSummary {
        match &self.data {
            CurveData::Numeric(values) => CurveSummary::of(values),
            CurveData::Text(values) => CurveSummary {
                samples: values.len(),
                nulls: values.iter().filter(|v| v.is_none()).count(),
                min: None,
                max: None,
                mean: None,
            },
        }
    }

    /// The numbers, NaN meaning null; `None` for text.
    pub fn numbers(&self) -> Option<&[f64]> {
        match &self.data {
            CurveData::Numeric(values) => Some(values),
            CurveData::Text(_) => None,
        }
    }
}
