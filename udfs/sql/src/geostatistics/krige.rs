//! `krige`: ordinary kriging of a grid or of places.

use datafusion::arrow::datatypes::Field;
use datafusion::common::Result;
use outcrop_kernels::kriging::OrdinaryKriging;
use outcrop_kernels::{Monitor, Points};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Planned, Rows};

use super::model::{model_parameters, search, search_parameters, variogram};
use crate::gridding::nodes::{self, Nodes, at, spread};
use crate::monitor::{Watched, failed};
use crate::pieces::{count_field, counts, number_field, numbers, squared};

/// Nodes handed over at a time.
const PART: usize = 65_536;

#[derive(Debug)]
pub(super) struct Krige {
    definition: Definition,
}

pub(super) fn operator() -> Krige {
    let mut parameters = nodes::grid_parameters();
    parameters.extend(model_parameters());
    parameters.extend(search_parameters());
    let doc: &'static str = concat!(
        "Each estimate is the weighted mean of the data around it, with the weights that minimise the variance of the error ",
        "while they sum to one. Every node has its own exact neighbourhood and system: no blocks, no steps. ",
        "A node on a datum returns the datum with variance 0; data at one place need a nugget or must be averaged first.\n\n",
        "Give `psill` and `range` of the variogram, with practical ranges (GSLIB); with neither, a model is fitted to the data ",
        "as `variogram_fit` does on the default classes of `variogram`, and a notice says which. The nugget is part of the ",
        "classical variance. `azimuth` is the direction of the longest range, clockwise from north; `ratio` the shortest over ",
        "the longest range.\n\n",
        "Without `targets` the map is a regular grid, which needs `cell_size` (or `dx` and `dy`). With `targets` every row of it ",
        "is estimated and its other columns come along; where x or y is NULL so is the estimate. ",
        "Rows of `data` whose x, y or value is NULL are left out.\n\n",
        "Source: G. Matheron, *Principles of geostatistics*, Economic Geology 58 (1963); conventions of C. V. Deutsch and ",
        "A. G. Journel, *GSLIB* (1998)."
    );
    Krige {
        definition: Definition {
            name: "krige",
            group: "Geostatistics",
            summary: "Ordinary kriging of a grid or of given places, with the kriging variance",
            doc,
            example: "SELECT * FROM krige((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500, psill => 900, range => 6000) LIMIT 5",
            inputs: vec![
                nodes::data_input("What is estimated; any name, when it is the only other number"),
                nodes::targets_input(),
            ],
            parameters,
            output: vec![
                OutputColumn { name: "i, j", unit: "", doc: "Position in the grid (without targets)" },
                OutputColumn { name: "x, y", unit: "unit of x", doc: "Place of the node" },
                OutputColumn { name: "estimate", unit: "unit of the value", doc: "The estimate; NULL with too few data" },
                OutputColumn { name: "variance", unit: "unit of the value, squared", doc: "Kriging variance, nugget included" },
                OutputColumn { name: "n_used", unit: "", doc: "How many data it used" },
            ],
        },
    }
}

impl Operator for Krige {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let unit = planned.unit("data", "value");
        let mut fields = nodes::fields(planned);
        fields.push(number_field("estimate", unit, "The estimate; null with too few data"));
        fields.push(number_field("variance", &squared(unit), "Kriging variance, nugget included"));
        fields.push(count_field("n_used", "How many data it used"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (x, y, z) = (inputs[0].numbers("x"), inputs[0].numbers("y"), inputs[0].numbers("value"));
        let points = Points { x: &x, y: &y, z: &z };
        let nodes = Nodes::of(call, inputs, &x, &y)?;
        let progress = output.progress().clone();
        let watch = Watched(&progress);
        let variogram = variogram(call, points, output)?;
        let kriging = OrdinaryKriging::new(points, &variogram, &search(call)?, &watch).map_err(failed)?;
        match &nodes {
            Nodes::Grid(grid) => {
                watch.set_total(grid.len() as u64);
                for part in nodes::parts(grid, PART) {
                    let kriged = kriging.rows(grid, part.clone(), &watch).map_err(failed)?;
                    let mut columns = nodes.columns(&part);
                    columns.push(numbers(kriged.estimate));
                    columns.push(numbers(kriged.variance));
                    columns.push(counts(kriged.n_used.into_iter().map(u64::from)));
                    output.emit(columns)?;
                }
                Ok(())
            }
            Nodes::Targets { x: tx, y: ty, placed, .. } => {
                watch.set_total(placed.len() as u64);
                let kriged = kriging.targets(&at(tx, placed), &at(ty, placed), &watch).map_err(failed)?;
                let rows = tx.len();
                let mut columns = nodes.columns(&(0..0));
                columns.push(numbers(spread(&kriged.estimate, placed, rows, f64::NAN)));
                columns.push(numbers(spread(&kriged.variance, placed, rows, f64::NAN)));
                columns.push(counts(spread(&kriged.n_used, placed, rows, 0).into_iter().map(u64::from)));
                output.emit(columns)
            }
        }
    }
}
