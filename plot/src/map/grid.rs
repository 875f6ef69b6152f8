//! Where the nodes of a grid are.

use super::Grid;
use crate::error::{PlotError, Result};

impl Grid {
    /// A grid whose directions are those of the data, for example of the inlines and crosslines of a seismic survey.
    ///
    /// `first` is the place of the first node, `along` and `across` are the steps (x, y) from a node to the next in either
    /// direction, `values` are `count.0 * count.1` values with `along` fastest. Any two directions at a right angle will do:
    /// where `across` is clockwise from `along`, the rows are put in the opposite order.
    ///
    /// ```
    /// use outcrop_plot::map::Grid;
    /// // Crosslines 25 m apart towards the south-east, inlines 50 m apart towards the north-east.
    /// let (along, across) = ((17.677670, -17.677670), (35.355339, 35.355339));
    /// let grid = Grid::from_steps((452_000.0, 6_780_000.0), along, across, (3, 2), vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
    /// assert!((grid.rotation + 45.0).abs() < 1e-5 && (grid.dx - 25.0).abs() < 1e-5 && (grid.dy - 50.0).abs() < 1e-5);
    /// # Ok::<(), outcrop_plot::PlotError>(())
    /// ```
    ///
    /// # Errors
    /// A step of no length; directions so far from a right angle that the grid's last nodes would be off by more than half a cell;
    /// a number of values other than the number of nodes.
    pub fn from_steps(
        first: (f64, f64),
        along: (f64, f64),
        across: (f64, f64),
        (nx, ny): (usize, usize),
        mut values: Vec<f64>,
    ) -> Result<Self> {
        if nx.checked_mul(ny) != Some(values.len()) {
            return Err(PlotError::LengthMismatch {
                what: "the grid".into(),
                expected: nx.saturating_mul(ny),
                found: values.len(),
                because: "nodes along times nodes across",
            });
        }
        let (dx, dy) = (along.0.hypot(along.1), across.0.hypot(across.1));
        for (what, step) in [("the step along the grid", dx), ("the step across the grid", dy)] {
            if !(step.is_finite() && step > 0.0) {
                let expected = "a step of a finite length above 0";
                return Err(PlotError::InvalidNumber { what: what.into(), found: step, expected });
            }
        }
        let turn = along.0 * across.1 - along.1 * across.0;
        let skew = (along.0 * across.0 + along.1 * across.1) / (dx * dy);
        let off = skew.abs() * (dx * nx.saturating_sub(1) as f64).max(dy * ny.saturating_sub(1) as f64);
        if turn == 0.0 || off > 0.5 * dx.min(dy) {
            return Err(PlotError::InvalidNumber {
                what: "the angle between the directions of the grid, degrees,".into(),
                found: skew.clamp(-1.0, 1.0).acos().to_degrees(),
                expected: "a right angle; resample the values to a grid that has one",
            });
        }
        let (mut x0, mut y0) = first;
        if turn < 0.0 {
            let rows = ny.saturating_sub(1) as f64;
            (x0, y0) = (x0 + rows * across.0, y0 + rows * across.1);
            values = values.chunks(nx.max(1)).rev().flatten().copied().collect();
        }
        let rotation = along.1.atan2(along.0).to_degrees();
        Ok(Self { x0, y0, dx, dy, rotation, nx, ny, values, ..Self::default() })
    }

    /// Where a place in node coordinates is: (0, 0) is the first node, (1, 0) the next along the grid's x.
    pub fn place(&self, u: f64, v: f64) -> (f64, f64) {
        let (x, y) = (u * self.dx, v * self.dy);
        if self.rotation == 0.0 {
            return (self.x0 + x, self.y0 + y);
        }
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        (self.x0 + x * cos - y * sin, self.y0 + x * sin + y * cos)
    }

    /// Whether a place is on the grid or at most `margin` beside its outer cells.
    pub fn holds(&self, x: f64, y: f64, margin: f64) -> bool {
        let (sin, cos) = self.rotation.to_radians().sin_cos();
        let (east, north) = (x - self.x0, y - self.y0);
        let within =
            |at: f64, step: f64, count: usize| at >= -0.5 * step - margin && at <= (count as f64 - 0.5) * step + margin;
        within(east * cos + north * sin, self.dx, self.nx) && within(north * cos - east * sin, self.dy, self.ny)
    }

    /// The corners of the outer cells, anticlockwise from that of the first node: an outline for a [`super::Polyline`].
    pub fn corners(&self) -> [(f64, f64); 4] {
        let (right, top) = (self.nx as f64 - 0.5, self.ny as f64 - 0.5);
        [(-0.5, -0.5), (right, -0.5), (right, top), (-0.5, top)].map(|(u, v)| self.place(u, v))
    }
}
