//! `well_surface_intersections`: where paths cross a surface.

use datafusion::arrow::array::BooleanArray;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err};
use outcrop_kernels::surface::{PathPlace, crossings};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Planned, Rows, UnitRule};
use outcrop_types::field::described;

use crate::maps::{GridRows, grid_input};
use crate::pieces::{index_field, indices, number_field, numbers};

#[derive(Debug)]
pub(super) struct WellSurfaceIntersections(Definition);

pub(super) fn operator() -> WellSurfaceIntersections {
    WellSurfaceIntersections(Definition {
        name: "well_surface_intersections",
        group: "Wells",
        summary: "Where well paths cross a gridded surface",
        doc: "`path` has positions along a well, such as `well_path` gives with a `step`; between them it is straight, so take a step that \
            is short against the bends of the hole. `z` of the path must be what the surface holds: `tvdss` for a surface of depths \
            below sea level, its negative for one of elevations. The surface is bilinear between nodes; where it has no value, and \
            outside it, nothing is crossed.\n\n\
            A path may cross several times: `n` counts along the hole, and `from_above` says whether `z` of the path is smaller than \
            the surface's before it (with depths: it enters the surface from above). Where the path only touches it at one of its \
            positions, that is a crossing too. Two crossings less than half a cell apart along the path may be missed.\n\n\
            One run takes one path: use `by => [well]`. The surface serves all groups unless it has the grouping columns.",
        example: "SELECT * FROM well_surface_intersections((SELECT well, md, x, y, tvdss AS z FROM well_path((SELECT s.well, s.md, s.inclination, s.azimuth, w.x, w.y, w.datum_elevation FROM surveys s JOIN wells w ON s.well = w.well), by => [well], step => 10)), (SELECT x, y, value FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500)), by => [well]) LIMIT 5",
        inputs: vec![
            Input::new("path", "Positions along a well", vec![
                Column::length("md", "Measured depth"),
                Column::length("x", "Easting"),
                Column::length("y", "Northing").unit(UnitRule::SameAs("path", "x")),
                Column::length("z", "Depth or elevation, as the surface has it"),
            ])
            .ordered_by(&["md"]),
            {
                let mut grid = grid_input();
                grid.columns[0] = Column::length("x", "Easting of the node").unit(UnitRule::SameAs("path", "x"));
                grid.columns[2] = grid.columns[2].clone().unit(UnitRule::SameAs("path", "z"));
                grid
            },
        ],
        parameters: vec![],
        output: vec![
            OutputColumn { name: "n", unit: "", doc: "Which crossing, along the hole, from 1" },
            OutputColumn { name: "md", unit: "unit of md", doc: "Measured depth" },
            OutputColumn { name: "x, y", unit: "unit of x", doc: "Place" },
            OutputColumn { name: "z", unit: "unit of z", doc: "Value of the surface there" },
            OutputColumn { name: "from_above", unit: "", doc: "Whether z of the path is smaller than the surface's before it" },
        ],
    })
}

impl Operator for WellSurfaceIntersections {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let x = planned.unit("path", "x");
        Ok(vec![
            index_field("n", "Which crossing, along the hole"),
            number_field("md", planned.unit("path", "md"), "Measured depth"),
            number_field("x", x, "Easting"),
            number_field("y", x, "Northing"),
            number_field("z", planned.unit("path", "z"), "Value of the surface"),
            described("from_above", DataType::Boolean, false, "Whether the path comes from smaller z"),
        ])
    }

    fn run(&self, _: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [path, grid] = inputs else { return exec_err!("needs a path and a grid") };
        if grid.is_empty() {
            return exec_err!("`grid` has no rows{}", output.group());
        }
        let grid = GridRows::of(grid)?;
        let surface = grid.surface()?;
        let (md, x, y, z) = (path.numbers("md"), path.numbers("x"), path.numbers("y"), path.numbers("z"));
        if let Some(k) = md.windows(2).position(|w| w[1] <= w[0]) {
            return exec_err!(
                "two positions of the path are at md {}: one run takes one path; group by the well (by => [well])",
                md[k]
            );
        }
        let places: Vec<PathPlace> = (0..md.len())
            .map(|k| {
                let (i, j) = grid.geometry.index_of(x[k], y[k]);
                PathPlace { md: md[k], i, j, z: z[k] }
            })
            .collect();
        let found = crossings(&places, &surface);
        if found.is_empty() {
            return Ok(());
        }
        let (sin, cos) = grid.geometry.rotation.to_radians().sin_cos();
        let flip = if grid.geometry.flipped { -1.0 } else { 1.0 };
        let place = |i: f64, j: f64| {
            let (u, v) = (i * grid.geometry.dx, flip * j * grid.geometry.dy);
            (grid.geometry.x0 + u * cos - v * sin, grid.geometry.y0 + u * sin + v * cos)
        };
        let at: Vec<(f64, f64)> = found.iter().map(|c| place(c.place.i, c.place.j)).collect();
        output.emit(vec![
            indices(1..=found.len()),
            numbers(found.iter().map(|c| c.place.md).collect()),
            numbers(at.iter().map(|p| p.0).collect()),
            numbers(at.iter().map(|p| p.1).collect()),
            numbers(found.iter().map(|c| c.place.z).collect()),
            std::sync::Arc::new(found.iter().map(|c| Some(c.from_smaller)).collect::<BooleanArray>()),
        ])
    }
}
