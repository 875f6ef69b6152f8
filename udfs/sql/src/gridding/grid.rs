//! `grid`: a surface from scattered points by nearest, inverse distance or linear triangles.

use std::ops::Range;

use datafusion::arrow::datatypes::Field;
use datafusion::common::Result;
use outcrop_kernels::gridding::{Gridded, Gridder, InverseDistance, Method};
use outcrop_kernels::{Monitor, Points};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::nodes::{self, Nodes, at, spread};
use crate::monitor::{Watched, failed};
use crate::pieces::{count_field, counts, number_field, numbers};

/// About how many nodes are worked at a time: large, since every part looks at all triangles once.
const PART: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Grid(Definition);

pub(super) fn operator() -> Grid {
    let mut parameters = vec![
        Parameter::choice("method", &["inverse_distance", "nearest", "tin"], "How values between the data are made").default("inverse_distance"),
    ];
    parameters.extend(nodes::grid_parameters());
    parameters.extend([
        Parameter::positive("power", "inverse_distance: exponent of the distance").default(2.0),
        Parameter::integer("neighbours", 1, "inverse_distance: how many of the nearest data").default(12_i64),
        Parameter::positive("radius", "inverse_distance: no data farther than this").unit("unit of x"),
    ]);
    Grid(Definition {
        name: "grid",
        group: "Gridding",
        summary: "A surface from scattered points: nearest, inverse distance or linear triangles",
        doc: "| method | value at a node |\n|---|---|\n\
            | `inverse_distance` | mean of the nearest `neighbours` data weighted by `1 / distance^power` (Shepard 1968); a node on a datum gets its value |\n\
            | `nearest` | the nearest datum (Voronoi) |\n\
            | `tin` | linear in the Delaunay triangle around the node; NULL outside the convex hull |\n\n\
            Rows of `data` whose x, y or value is NULL are left out. For estimates with a variance use `krige`.\n\n\
            See also the nodes: without `targets` a regular grid is made, which needs `cell_size`.",
        example: "SELECT * FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), method => 'tin', cell_size => 500) LIMIT 5",
        inputs: vec![
            nodes::data_input("What is gridded; any name, when it is the only other number"),
            nodes::targets_input(),
        ],
        parameters,
        output: vec![
            OutputColumn { name: "i, j", unit: "", doc: "Position in the grid (without targets)" },
            OutputColumn { name: "x, y", unit: "unit of x", doc: "Place of the node" },
            OutputColumn { name: "value", unit: "unit of the value", doc: "The value; NULL where the method has none" },
            OutputColumn { name: "n_used", unit: "", doc: "How many data made it" },
            OutputColumn { name: "dist_nearest", unit: "unit of x", doc: "Distance to the nearest datum" },
        ],
    })
}

impl Operator for Grid {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = nodes::fields(planned);
        fields.push(number_field("value", planned.unit("data", "value"), "The value; null where the method has none"));
        fields.push(count_field("n_used", "How many data made it"));
        fields.push(number_field("dist_nearest", planned.unit("data", "x"), "Distance to the nearest datum"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (x, y, z) = (inputs[0].numbers("x"), inputs[0].numbers("y"), inputs[0].numbers("value"));
        let points = Points { x: &x, y: &y, z: &z };
        let nodes = Nodes::of(call, inputs, &x, &y)?;
        let progress = output.progress().clone();
        let watch = Watched(&progress);
        let method = call.text("method").unwrap_or("inverse_distance");
        let weights = InverseDistance {
            power: call.number_or("power", 2.0),
            neighbours: call.count("neighbours").unwrap_or(12),
            radius: call.number("radius"),
        };
        let method = match method {
            "nearest" => Method::Nearest,
            "tin" => Method::Tin,
            _ => Method::InverseDistance(weights),
        };
        let gridder = Gridder::new(points, method).map_err(failed)?;
        let mut emit = |part: Range<usize>, made: Gridded| {
            let mut columns = nodes.columns(&part);
            columns.push(numbers(made.value));
            columns.push(counts(made.n_used.into_iter().map(u64::from)));
            columns.push(numbers(made.dist_nearest));
            output.emit(columns)
        };
        match &nodes {
            Nodes::Grid(grid) => {
                watch.set_total(grid.len() as u64);
                for part in nodes::parts(grid, PART) {
                    emit(part.clone(), gridder.rows(grid, part, &watch).map_err(failed)?)?;
                }
                Ok(())
            }
            Nodes::Targets { x: tx, y: ty, placed, .. } => {
                let some = gridder.targets(&at(tx, placed), &at(ty, placed), &watch).map_err(failed)?;
                let all = Gridded {
                    value: spread(&some.value, placed, tx.len(), f64::NAN),
                    n_used: spread(&some.n_used, placed, tx.len(), 0),
                    dist_nearest: spread(&some.dist_nearest, placed, tx.len(), f64::NAN),
                };
                emit(0..0, all)
            }
        }
    }
}
