//! `sample_grid`: values of a surface at places.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::surface::SampleMethod;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use super::surface_input::{GridRows, grid_input};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct SampleGrid(Definition);

pub(super) fn operator() -> SampleGrid {
    SampleGrid(Definition {
        name: "sample_grid",
        group: "Maps",
        summary: "Values of a gridded surface at places, such as wells",
        doc: "| method | value at a place |\n|---|---|\n\
            | `nearest` | that of the nearest node, up to half a cell outside the grid: for codes |\n\
            | `bilinear` | linear along both axes between the four nodes around |\n\
            | `bicubic` | cubic convolution over the sixteen nodes around, smooth; where an outer node has no value, the two beside it are continued straight |\n\n\
            Outside the grid, and where one of the nodes that count (of bicubic the inner four) has no value, it is NULL: never an \
            extrapolation. On a node it is the node's. The grid may be turned; it is found from the rows, and rows that are no \
            regular grid are an error. All columns of `points` come along; a point whose x or y is NULL has NULL. With `by` each \
            group has its own points, and its own grid where the grid has the grouping columns.\n\n\
            Source of bicubic: R. G. Keys, *Cubic convolution interpolation for digital image processing*, IEEE Trans. ASSP 29 (1981).",
        example: "SELECT * FROM sample_grid((SELECT well, x, y FROM wells WHERE x IS NOT NULL), (SELECT x, y, value FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500))) LIMIT 5",
        inputs: vec![
            Input::new("points", "Places", vec![
                Column::length("x", "Easting").keep_null(),
                Column::length("y", "Northing").unit(UnitRule::SameAs("points", "x")).keep_null(),
            ])
            .keep_rest(),
            {
                let mut grid = grid_input();
                grid.columns[0] = Column::length("x", "Easting of the node").unit(UnitRule::SameAs("points", "x"));
                grid
            },
        ],
        parameters: vec![Parameter::choice("method", &SampleMethod::NAMES, "How a value between nodes is made").default("bilinear")],
        output: vec![
            OutputColumn { name: "x, y", unit: "unit of x", doc: "The place" },
            OutputColumn { name: "the other columns of points", unit: "as in the input", doc: "As they are" },
            OutputColumn { name: "value", unit: "unit of the value", doc: "The surface's; NULL outside" },
        ],
    })
}

impl Operator for SampleGrid {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let unit = planned.unit("points", "x");
        let mut fields = vec![number_field("x", unit, "Easting"), number_field("y", unit, "Northing")];
        fields.extend(planned.rest("points"));
        if fields.iter().any(|f| f.name() == "value") {
            return plan_err!("sample_grid: the points have a column `value` already; name it otherwise");
        }
        fields.push(number_field("value", planned.unit("grid", "value"), "Value of the surface"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [points, grid] = inputs else { return exec_err!("needs points and a grid") };
        let (x, y) = (points.numbers("x"), points.numbers("y"));
        let named = call.text("method").and_then(|m| SampleMethod::NAMES.iter().position(|n| *n == m));
        let method = named.and_then(|at| SampleMethod::ALL.get(at)).copied().unwrap_or_default();
        if grid.is_empty() {
            return exec_err!("`grid` has no rows{}", output.group());
        }
        let grid = GridRows::of(grid)?;
        let surface = grid.surface()?;
        let at = |(x, y): (&f64, &f64)| {
            let (i, j) = grid.geometry.index_of(*x, *y);
            surface.sample(i, j, method)
        };
        let values = x.iter().zip(&y).map(at).collect();
        let mut columns = vec![numbers(x.clone()), numbers(y.clone())];
        columns.extend(points.rest().iter().cloned());
        columns.push(numbers(values));
        output.emit(columns)
    }
}
