//! A gridded surface as operators take it: rows of x, y and a value.

use datafusion::common::{Result, exec_err};
use outcrop_kernels::surface::Surface;
use outcrop_operators::{Column, Input, Rows, UnitRule};
use outcrop_types::GridGeometry;

use crate::monitor::failed;

/// The rows of a surface.
pub(crate) fn grid_input() -> Input {
    Input::new(
        "grid",
        "Nodes of a regular grid, along the axes or turned; nodes may be missing or NULL",
        vec![
            Column::length("x", "Easting of the node"),
            Column::length("y", "Northing of the node").unit(UnitRule::SameAs("grid", "x")),
            Column::number("value", "Value of the node; any name, when it is the only other number").sole().keep_null(),
        ],
    )
    .keep_rest()
}

/// The rows of a surface in their places.
pub(crate) struct GridRows {
    pub geometry: GridGeometry,
    /// Values of all nodes; NaN for none.
    pub values: Vec<f64>,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// The node of each row.
    pub node: Vec<usize>,
}

impl GridRows {
    /// Finds the grid that the rows are the nodes of.
    pub(crate) fn of(rows: &Rows) -> Result<Self> {
        let (x, y, value) = (rows.numbers("x"), rows.numbers("y"), rows.numbers("value"));
        let geometry = GridGeometry::of_points(&x, &y).or_else(|e| exec_err!("`grid` is no regular grid: {e}"))?;
        let mut values = vec![f64::NAN; geometry.nodes()];
        let (mut taken, mut node) = (vec![false; geometry.nodes()], Vec::with_capacity(x.len()));
        for ((x, y), value) in x.iter().zip(&y).zip(&value) {
            let Some((i, j)) = geometry.node_at(*x, *y, 0.02) else {
                return exec_err!("`grid`: {x} {y} is not a node of the grid ({geometry})");
            };
            let at = j * geometry.columns + i;
            if std::mem::replace(&mut taken[at], true) {
                return exec_err!("`grid`: two rows are at {x} {y}; give one surface, or group by its name");
            }
            values[at] = *value;
            node.push(at);
        }
        Ok(GridRows { geometry, values, x, y, node })
    }

    /// The values by their places.
    pub(crate) fn surface(&self) -> Result<Surface<'_>> {
        Surface::new(self.geometry.columns, self.geometry.rows, &self.values).map_err(failed)
    }
}
