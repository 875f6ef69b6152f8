//! Regular grids as surfaces: values between the nodes, ties to wells, and where paths cross.
//!
//! Places are in cells: node (i, j) is at `i`, `j`, whatever the rotation of the grid on the map.

mod intersect;
mod sample;
mod tie;

pub use intersect::{Crossing, PathPlace, crossings};
pub use sample::SampleMethod;
pub use tie::{Pick, Tie};

use crate::{KernelError, Result};

/// Values at the nodes of a regular grid, borrowed; NaN where a node has none.
#[derive(Debug, Clone, Copy)]
pub struct Surface<'a> {
    columns: usize,
    rows: usize,
    values: &'a [f64],
}

impl<'a> Surface<'a> {
    /// A surface of `columns` by `rows` nodes, `i` fastest.
    ///
    /// # Errors
    /// `LengthMismatch` where there are not as many values as nodes; `InvalidParameter` without nodes.
    pub fn new(columns: usize, rows: usize, values: &'a [f64]) -> Result<Self> {
        if columns == 0 || rows == 0 {
            return Err(KernelError::parameter("grid", "expected at least one node"));
        }
        crate::points::same_length("grid", columns.saturating_mul(rows), values.len())?;
        Ok(Surface { columns, rows, values })
    }

    /// Value of a node; NaN outside the grid.
    fn node(&self, i: isize, j: isize) -> f64 {
        match (usize::try_from(i), usize::try_from(j)) {
            (Ok(i), Ok(j)) if i < self.columns && j < self.rows => self.values[j * self.columns + i],
            _ => f64::NAN,
        }
    }
}
