//! The regular grid that maps are made on.

use std::ops::Range;

use crate::{KernelError, Result};

/// A regular grid of nodes: node (i, j) is at `(x0 + i dx, y0 + j dy)`. Values on it are stored
/// row by row, x fastest: node (i, j) is at `j * nx + i`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegularGrid {
    /// x of the first node.
    pub x0: f64,
    /// y of the first node.
    pub y0: f64,
    /// Step from node to node along a row; not 0, may be negative.
    pub dx: f64,
    /// Step from row to row; not 0, may be negative (rows from north to south).
    pub dy: f64,
    /// Nodes in a row.
    pub nx: usize,
    /// Rows.
    pub ny: usize,
}

impl RegularGrid {
    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nx.saturating_mul(self.ny)
    }

    /// True for a grid without nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// x of column `i`.
    #[inline]
    pub fn x(&self, i: usize) -> f64 {
        self.x0 + i as f64 * self.dx
    }

    /// y of row `j`.
    #[inline]
    pub fn y(&self, j: usize) -> f64 {
        self.y0 + j as f64 * self.dy
    }

    /// Checks the geometry.
    ///
    /// # Errors
    /// `InvalidParameter` for a step that is 0 or not finite, an origin that is not finite, no
    /// node, or more than 2^31 nodes.
    pub fn check(&self) -> Result<()> {
        for (name, v) in [("x0", self.x0), ("y0", self.y0), ("dx", self.dx), ("dy", self.dy)] {
            if !v.is_finite() {
                return Err(KernelError::parameter(name, format!("expected a finite number, found {v}")));
            }
        }
        for (name, v) in [("dx", self.dx), ("dy", self.dy)] {
            if v == 0.0 {
                return Err(KernelError::parameter(name, "the step between nodes must not be 0"));
            }
        }
        for (name, v) in [("nx", self.nx), ("ny", self.ny)] {
            if v == 0 {
                return Err(KernelError::parameter(name, "expected at least 1 node, found 0"));
            }
        }
        if self.len() > (1 << 31) {
            return Err(KernelError::parameter(
                "nx",
                format!("{} by {} nodes are more than 2^31: use a larger step or several maps", self.nx, self.ny),
            ));
        }
        Ok(())
    }

    /// Checks that `rows` lies inside the grid.
    pub(crate) fn check_rows(&self, rows: &Range<usize>) -> Result<()> {
        self.check()?;
        if rows.start > rows.end || rows.end > self.ny {
            return Err(KernelError::parameter(
                "rows",
                format!("expected rows inside 0..{}, found {}..{}", self.ny, rows.start, rows.end),
            ));
        }
        Ok(())
    }
}
