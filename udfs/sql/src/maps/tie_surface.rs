//! `tie_surface`: a surface corrected to well tops.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::Monitor;
use outcrop_kernels::surface::{Pick, Tie};
use outcrop_kernels::variogram::{Anisotropy, Model, Variogram};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};

use super::surface_input::{GridRows, grid_input};
use crate::geostatistics::MODELS;
use crate::monitor::{Watched, failed};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct TieSurface(Definition);

pub(super) fn operator() -> TieSurface {
    TieSurface(Definition {
        name: "tie_surface",
        group: "Maps",
        summary: "A surface corrected so that it goes through well tops",
        doc: "At each top the surface misses by a residual. Simple kriging of the residuals with mean 0 makes the correction: at the \
            tops all of it, from the `range` on nothing. Without a nugget the corrected surface, sampled bilinearly as `sample_grid` \
            does, goes through every top that is on it; with one it comes as near as the nugget lets it. Only the ratio of `nugget` \
            to `psill` counts.\n\n\
            Tops outside the grid, or beside nodes without a value, correct nothing; a notice counts them. Nodes without a value stay \
            so. Tops and surface must be in one unit and of one sign, both depths or both elevations; where the tops are plainly the \
            surface with the other sign, that is an error.\n\n\
            Source: simple kriging as in C. V. Deutsch and A. G. Journel, *GSLIB* (1998).",
        example: "SELECT * FROM tie_surface((SELECT x, y, value FROM grid((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500, method => 'inverse_distance')), (SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), range => 3000) LIMIT 5",
        inputs: vec![
            grid_input(),
            Input::new("picks", "What the surface should be at places, such as well tops", vec![
                Column::length("x", "Easting").unit(UnitRule::SameAs("grid", "x")),
                Column::length("y", "Northing").unit(UnitRule::SameAs("grid", "x")),
                Column::number("value", "The value there; any name, when it is the only other number")
                    .unit(UnitRule::SameAs("grid", "value"))
                    .sole(),
            ]),
        ],
        parameters: vec![
            Parameter::choice("model", MODELS, "Shape of the variogram of the residuals").default("spherical"),
            Parameter::positive("range", "Practical range: how far a top corrects").unit("unit of x").required(),
            Parameter::positive("psill", "Partial sill").default(1.0),
            Parameter::at_least("nugget", 0.0, "Variance of the tops' own errors").default(0.0),
            Parameter::number("azimuth", "Direction of the longest range, clockwise from north").unit("degrees"),
            Parameter::bounded("ratio", 1e-6, 1.0, "Shortest over longest range"),
        ],
        output: vec![
            OutputColumn { name: "x, y", unit: "unit of x", doc: "The node" },
            OutputColumn { name: "the other columns of grid", unit: "as in the input", doc: "As they are, such as i and j" },
            OutputColumn { name: "value", unit: "unit of the value", doc: "The corrected surface" },
            OutputColumn { name: "correction", unit: "unit of the value", doc: "What was added" },
        ],
    })
}

impl Operator for TieSurface {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let (unit, value) = (planned.unit("grid", "x"), planned.unit("grid", "value"));
        let mut fields = vec![number_field("x", unit, "Easting"), number_field("y", unit, "Northing")];
        fields.extend(planned.rest("grid"));
        if let Some(taken) = fields.iter().find(|f| ["value", "correction"].contains(&f.name().as_str())) {
            return plan_err!("tie_surface: the grid has a column `{}` besides its value; leave it out", taken.name());
        }
        fields.push(number_field("value", value, "The corrected surface"));
        fields.push(number_field("correction", value, "What was added"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [rows, picks] = inputs else { return exec_err!("needs a grid and picks") };
        let anisotropy = match (call.number("azimuth"), call.number("ratio")) {
            (None, None) => None,
            (Some(azimuth_degrees), Some(ratio)) => Some(Anisotropy { azimuth_degrees, ratio }),
            _ => return exec_err!("anisotropy needs both `azimuth` and `ratio`"),
        };
        let variogram = Variogram {
            model: call.text("model").unwrap_or("spherical").parse::<Model>().map_err(failed)?,
            nugget: call.number_or("nugget", 0.0),
            psill: call.number_or("psill", 1.0),
            range: call.number_or("range", f64::NAN),
            anisotropy,
        };
        if rows.is_empty() || picks.is_empty() {
            let which = if rows.is_empty() { "grid" } else { "picks" };
            return exec_err!("`{which}` has no rows{}", output.group());
        }
        let grid = GridRows::of(rows)?;
        let surface = grid.surface()?;
        let (x, y, value) = (picks.numbers("x"), picks.numbers("y"), picks.numbers("value"));
        let places: Vec<Pick> = x
            .iter()
            .zip(&y)
            .zip(&value)
            .map(|((x, y), value)| {
                let (i, j) = grid.geometry.index_of(*x, *y);
                Pick { i, j, value: *value }
            })
            .collect();
        let progress = output.progress().clone();
        let watch = Watched(&progress);
        let tie = Tie::new(&surface, |i, j| grid.geometry.position(i, j), &places, &variogram, &watch).map_err(|e| match e {
            outcrop_kernels::KernelError::TooFewPoints { .. } => datafusion::error::DataFusionError::Execution(
                "no pick is on the surface; check that x and y are in one coordinate system".to_owned(),
            ),
            other => failed(other),
        })?;
        check_sign(&grid.values, &tie.residuals)?;
        let beside = tie.residuals.iter().filter(|r| r.is_nan()).count();
        if beside > 0 {
            output.notice(format!(
                "tie_surface: {beside} of {} picks are outside the grid or beside nodes without a value and correct nothing",
                places.len()
            ));
        }
        watch.set_total(grid.values.len() as u64);
        let all = tie.correction(&watch).map_err(failed)?;
        let correction: Vec<f64> = grid.node.iter().map(|&at| all[at]).collect();
        let values: Vec<f64> = grid.node.iter().map(|&at| grid.values[at]).collect();
        let mut columns = vec![numbers(grid.x.clone()), numbers(grid.y.clone())];
        columns.extend(rows.rest().iter().cloned());
        columns.push(numbers(values.iter().zip(&correction).map(|(v, c)| v + c).collect()));
        columns.push(numbers(values.iter().zip(&correction).map(|(v, c)| if v.is_nan() { f64::NAN } else { *c }).collect()));
        output.emit(columns)
    }
}

/// A surface of depths and tops as elevations would miss each other by twice the depth.
fn check_sign(values: &[f64], residuals: &[f64]) -> Result<()> {
    let known = || values.iter().filter(|v| !v.is_nan());
    let mean = known().sum::<f64>() / known().count().max(1) as f64;
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    let used: Vec<f64> = residuals.iter().copied().filter(|r| !r.is_nan()).collect();
    let off = used.iter().sum::<f64>() / used.len().max(1) as f64;
    let opposite = off != 0.0 && mean != 0.0 && (off + 2.0 * mean).abs() < 0.5 * mean.abs();
    if opposite && off.abs() > 2.0 * (high - low) {
        return exec_err!(
            "the picks have the opposite sign of the surface (mean {mean}, mean residual {off}): one is depth, the other elevation; negate one of them"
        );
    }
    Ok(())
}
