//! Scattered data: place and value, column by column.

use crate::{KernelError, Result};

/// Scattered data, borrowed. The three slices have the same length; every number is finite.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// Easting of each datum.
    pub x: &'a [f64],
    /// Northing of each datum, in the unit of `x`.
    pub y: &'a [f64],
    /// Value of each datum.
    pub z: &'a [f64],
}

impl Points<'_> {
    /// Number of data.
    pub fn len(&self) -> usize {
        self.x.len()
    }

    /// True when there is no datum.
    pub fn is_empty(&self) -> bool {
        self.x.is_empty()
    }

    /// Checks lengths, finiteness and that there are at least `needed` data.
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite` with the first offending row, `TooFewPoints`, and
    /// `InvalidParameter` above 2^31 data.
    pub fn check(&self, needed: usize) -> Result<()> {
        check_pair(self.x, self.y, "x", "y")?;
        same_length("z", self.x.len(), self.z.len())?;
        finite("z", self.z)?;
        if self.len() < needed {
            return Err(KernelError::TooFewPoints { needed, found: self.len() });
        }
        Ok(())
    }
}

/// Checks a pair of coordinate columns.
pub(crate) fn check_pair(x: &[f64], y: &[f64], x_name: &'static str, y_name: &'static str) -> Result<()> {
    same_length(y_name, x.len(), y.len())?;
    if x.len() > (1 << 31) {
        return Err(KernelError::parameter(x_name, format!("expected at most 2^31 rows, found {}", x.len())));
    }
    finite(x_name, x)?;
    finite(y_name, y)
}

pub(crate) fn same_length(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(KernelError::LengthMismatch { what, expected, found }) }
}

pub(crate) fn finite(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(row) => Err(KernelError::NonFinite { what, row }),
        None => Ok(()),
    }
}
