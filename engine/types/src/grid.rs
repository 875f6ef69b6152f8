//! Where the nodes of a regular grid lie.

use std::fmt;
use std::str::FromStr;

/// Most nodes a grid may have: what a surface of the field needs, and no more than memory takes.
pub const MAX_NODES: usize = 200_000_000;

/// A regular grid of nodes, turned about its first node.
///
/// Node `i`, `j` (both from 0) lies at `x0 + i·dx·cos r − f·j·dy·sin r`, `y0 + i·dx·sin r + f·j·dy·cos r`, with the rotation `r` and
/// `f` = 1, or −1 where the rows are flipped. In metadata of fields ([`crate::field::GRID`]) it is the text that
/// [`fmt::Display`] writes.
///
/// ```
/// use outcrop_types::GridGeometry;
/// let grid = GridGeometry { columns: 3, rows: 2, x0: 100.0, y0: 200.0, dx: 10.0, dy: 20.0, rotation: 0.0, flipped: false };
/// assert_eq!(grid.position(2, 1), (120.0, 220.0));
/// assert_eq!(grid.to_string().parse(), Ok(grid));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridGeometry {
    /// Nodes along the first axis, `i`.
    pub columns: usize,
    /// Nodes along the second axis, `j`.
    pub rows: usize,
    /// Easting of the first node.
    pub x0: f64,
    /// Northing of the first node.
    pub y0: f64,
    /// Distance between the nodes of a row, above 0.
    pub dx: f64,
    /// Distance between the rows, above 0.
    pub dy: f64,
    /// Degrees from the x axis to the first axis, anticlockwise.
    pub rotation: f64,
    /// Whether the second axis lies to the right of the first, clockwise.
    pub flipped: bool,
}

impl GridGeometry {
    /// The grid, if it can be one.
    ///
    /// # Errors
    /// What is wrong: no nodes, more than [`MAX_NODES`], distances that are not above 0, or numbers that are not finite.
    pub fn checked(self) -> Result<Self, String> {
        let nodes = self.columns.checked_mul(self.rows).filter(|n| *n <= MAX_NODES);
        if nodes.is_none_or(|n| n == 0) {
            return Err(format!(
                "the grid has {} columns and {} rows; expected at least one of each and at most {MAX_NODES} nodes",
                self.columns, self.rows
            ));
        }
        if !(self.dx > 0.0 && self.dy > 0.0 && self.dx.is_finite() && self.dy.is_finite()) {
            return Err(format!(
                "the nodes are {} and {} apart in x and y; expected distances above 0",
                self.dx, self.dy
            ));
        }
        if ![self.x0, self.y0, self.rotation].iter().all(|v| v.is_finite()) {
            return Err(format!(
                "origin {} {} and rotation {} must be finite numbers",
                self.x0, self.y0, self.rotation
            ));
        }
        Ok(self)
    }

    /// Columns times rows.
    pub fn nodes(&self) -> usize {
        self.columns.saturating_mul(self.rows)
    }

    /// Easting and northing of a node, `i` and `j` from 0.
    pub fn position(&self, i: usize, j: usize) -> (f64, f64) {
        let (u, v) = (i as f64 * self.dx, j as f64 * self.dy * if self.flipped { -1.0 } else { 1.0 });
        let (sin, cos) = self.direction();
        (self.x0 + u * cos - v * sin, self.y0 + u * sin + v * cos)
    }

    /// The node nearest to a place, `i` and `j` from 0; none where it is further from it than this part of a cell, in either
    /// direction.
    pub fn node_at(&self, x: f64, y: f64, tolerance: f64) -> Option<(usize, usize)> {
        let (i, j) = self.index_of(x, y);
        let near = |v: f64, count: usize| {
            let node = v.round();
            ((v - node).abs() <= tolerance && node >= 0.0 && node < count as f64).then_some(node as usize)
        };
        Some((near(i, self.columns)?, near(j, self.rows)?))
    }

    /// Place of a point in cells: node (i, j) is at `i`, `j`.
    pub fn index_of(&self, x: f64, y: f64) -> (f64, f64) {
        let (sin, cos) = self.direction();
        let (east, north) = (x - self.x0, y - self.y0);
        let i = (east * cos + north * sin) / self.dx;
        let j = (north * cos - east * sin) / self.dy * if self.flipped { -1.0 } else { 1.0 };
        (i, j)
    }

    /// Sine and cosine of the rotation, exact for quarter turns.
    fn direction(&self) -> (f64, f64) {
        match self.rotation.rem_euclid(360.0) {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            _ => self.rotation.to_radians().sin_cos(),
        }
    }

    /// The same grid in another unit of length.
    #[must_use]
    pub fn scaled(self, x: f64, y: f64) -> Option<Self> {
        // Unequal factors would shear a rotated grid.
        (x == y && x > 0.0).then_some(GridGeometry {
            x0: self.x0 * x,
            y0: self.y0 * y,
            dx: self.dx * x,
            dy: self.dy * y,
            ..self
        })
    }
}

impl fmt::Display for GridGeometry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GridGeometry { columns, rows, x0, y0, dx, dy, rotation, flipped } = self;
        write!(f, "columns={columns} rows={rows} x0={x0} y0={y0} dx={dx} dy={dy} rotation={rotation} flipped={flipped}")
    }
}

impl FromStr for GridGeometry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let value = |key: &str| {
            let found = text.split_whitespace().find_map(|p| p.strip_prefix(key)?.strip_prefix('='));
            found.ok_or_else(|| format!("`{text}` is not a grid: it has no {key}"))
        };
        fn parsed<T: FromStr>(key: &str, text: Result<&str, String>) -> Result<T, String> {
            let text = text?;
            text.parse().map_err(|_| format!("{key}={text} is not a value of a grid"))
        }
        GridGeometry {
            columns: parsed("columns", value("columns"))?,
            rows: parsed("rows", value("rows"))?,
            x0: parsed("x0", value("x0"))?,
            y0: parsed("y0", value("y0"))?,
            dx: parsed("dx", value("dx"))?,
            dy: parsed("dy", value("dy"))?,
            rotation: parsed("rotation", value("rotation"))?,
            flipped: parsed("flipped", value("flipped"))?,
        }
        .checked()
    }
}
