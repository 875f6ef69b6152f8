//! Depths moved by control points.

use crate::points::{finite, same_length};
use crate::{KernelError, Result};

/// Depths `md` after a shift that is known at control points: at `from` a depth becomes `to`,
/// between points the shift changes linearly, and above the first and below the last it stays.
///
/// Points in the order of `from`. Depths may come in any order; NaN stays NaN.
///
/// # Errors
/// `TooFewPoints` without points, `LengthMismatch`, `NonFinite`; `InvalidParameter` where points do
/// not keep their order, since a curve would fold over.
pub fn shifted(md: &[f64], from: &[f64], to: &[f64]) -> Result<Vec<f64>> {
    same_length("to", from.len(), to.len())?;
    finite("from", from)?;
    finite("to", to)?;
    for k in 1..from.len() {
        if from[k] <= from[k - 1] || to[k] <= to[k - 1] {
            return Err(KernelError::parameter(
                "points",
                format!(
                    "{} to {} and {} to {} do not keep the order of depths; correct one of them",
                    from[k - 1],
                    to[k - 1],
                    from[k],
                    to[k]
                ),
            ));
        }
    }
    let (Some(first), Some(last)) = (from.first(), from.last()) else {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    };
    let (above, below) = (to[0] - first, to[to.len() - 1] - last);
    // Most depths are between the points that the one before them is between.
    let (mut k, mut slope) = (0, 0.0);
    Ok(md
        .iter()
        .map(|&d| {
            let same = k > 0 && from[k - 1] <= d && from.get(k).is_none_or(|next| d < *next);
            if !same {
                k = from.partition_point(|f| *f <= d);
                if k > 0 && k < from.len() {
                    slope = (to[k] - to[k - 1]) / (from[k] - from[k - 1]);
                }
            }
            if k == 0 {
                d + above
            } else if k == from.len() {
                d + below
            } else {
                to[k - 1] + slope * (d - from[k - 1])
            }
        })
        .collect())
}
