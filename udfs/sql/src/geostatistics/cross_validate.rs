//! `cross_validate`: how well a method predicts data it was not given.

use std::collections::HashMap;

use datafusion::arrow::datatypes::Field;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::Points;
use outcrop_kernels::cross_validation::{Folds, Method, cross_validate};
use outcrop_kernels::gridding::InverseDistance;
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::model::{model_parameters, search, search_parameters, variogram};
use crate::gridding::nodes;
use crate::monitor::{Watched, failed};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct CrossValidate(Definition);

pub(super) fn operator() -> CrossValidate {
    let mut parameters = vec![
        Parameter::choice("method", &["krige", "inverse_distance", "nearest", "tin"], "The method that is validated").default("krige"),
        Parameter::choice("folds", &["loo", "leave_well_out", "k_fold"], "What is left out at a time").default("loo"),
        Parameter::integer("k", 2, "k_fold: how many folds").default(10_i64),
        Parameter::integer("seed", 0, "k_fold: seed of the shuffle").default(1_i64),
        Parameter::positive("power", "inverse_distance: exponent of the distance").default(2.0),
    ];
    parameters.extend(model_parameters());
    parameters.extend(search_parameters());
    CrossValidate(Definition {
        name: "cross_validate",
        group: "Geostatistics",
        summary: "Predicts each datum from the others, to see how good a map is",
        doc: "A fold is left out as a whole and its data are predicted from the rest: each datum alone (`loo`), all data of a `well` \
            together (`leave_well_out`, which needs a column `well`), or `k` random folds (`k_fold`, the same for the same seed).\n\n\
            `residual` is actual minus predicted; `std_residual` is the residual over the kriging standard deviation, whose mean \
            should be near 0 and variance near 1. The variogram is as given, or fitted once to all data; it is not fitted again for \
            each fold. Other columns of `data` come along. A datum the method cannot predict (outside the triangles, too few \
            neighbours) has NULL.\n\n\
            Source: O. Dubrule, *Cross validation of kriging in a unique neighborhood*, Math. Geology 15 (1983).",
        example: "SELECT sqrt(avg(residual * residual)) AS rmse, avg(std_residual) AS bias FROM cross_validate((SELECT well, x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), psill => 900, range => 6000)",
        inputs: vec![
            nodes::data_input("What is predicted; any name, when it is the only other number").keep_rest(),
        ],
        parameters,
        output: vec![
            OutputColumn { name: "x, y", unit: "unit of x", doc: "Place" },
            OutputColumn { name: "actual", unit: "unit of the value", doc: "The datum" },
            OutputColumn { name: "predicted", unit: "unit of the value", doc: "Its prediction from the other folds" },
            OutputColumn { name: "residual", unit: "unit of the value", doc: "actual - predicted" },
            OutputColumn { name: "std_residual", unit: "", doc: "residual over the kriging standard deviation; NULL for other methods" },
        ],
    })
}

impl Operator for CrossValidate {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let (length, unit) = (planned.unit("data", "x"), planned.unit("data", "value"));
        let mut fields = planned.rest("data");
        fields.push(number_field("x", length, "Easting"));
        fields.push(number_field("y", length, "Northing"));
        fields.push(number_field("actual", unit, "The datum"));
        fields.push(number_field("predicted", unit, "Its prediction from the other folds"));
        fields.push(number_field("residual", unit, "actual - predicted"));
        fields.push(number_field("std_residual", "", "residual over the kriging standard deviation"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let data = &inputs[0];
        let (x, y, z) = (data.numbers("x"), data.numbers("y"), data.numbers("value"));
        let points = Points { x: &x, y: &y, z: &z };
        let method = match call.text("method").unwrap_or("krige") {
            "nearest" => Method::Nearest,
            "tin" => Method::Tin,
            "inverse_distance" => Method::InverseDistance(InverseDistance {
                power: call.number_or("power", 2.0),
                neighbours: call.count("neighbours").unwrap_or(12),
                radius: call.number("radius"),
            }),
            _ => Method::Kriging { variogram: variogram(call, points, output)?, search: search(call)? },
        };
        let groups;
        let folds = match call.text("folds").unwrap_or("loo") {
            "leave_well_out" => {
                groups = wells(call, data)?;
                Folds::Groups(&groups)
            }
            "k_fold" => Folds::KFold {
                k: call.count("k").and_then(|k| u32::try_from(k).ok()).unwrap_or(10),
                seed: call.integer("seed").unwrap_or(1).unsigned_abs(),
            },
            _ => Folds::LeaveOneOut,
        };
        let progress = output.progress().clone();
        let rows = cross_validate(points, &method, &folds, &Watched(&progress)).map_err(failed)?;
        let mut columns = data.rest().to_vec();
        columns.push(numbers(x));
        columns.push(numbers(y));
        columns.push(numbers(rows.iter().map(|r| r.actual).collect()));
        columns.push(numbers(rows.iter().map(|r| r.predicted).collect()));
        columns.push(numbers(rows.iter().map(|r| r.actual - r.predicted).collect()));
        columns.push(numbers(rows.iter().map(|r| standardised(r.actual - r.predicted, r.variance)).collect()));
        output.emit(columns)
    }
}

/// NaN where there is no variance to compare with.
fn standardised(residual: f64, variance: f64) -> f64 {
    if variance > 0.0 { residual / variance.sqrt() } else { f64::NAN }
}

/// A number for each well, from the column `well` that came along.
fn wells(call: &Call, data: &Rows) -> Result<Vec<u32>> {
    let bound = call.input("data").map(|(_, b)| b);
    let column = bound.and_then(|b| b.rest.iter().position(|c| c.source.eq_ignore_ascii_case("well")));
    let Some(array) = column.and_then(|i| data.rest().get(i)) else {
        return exec_err!("folds => 'leave_well_out' needs a column `well` in `data`; add it to the subquery");
    };
    let mut numbers: HashMap<String, u32> = HashMap::new();
    (0..data.len())
        .map(|row| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            Ok(*numbers.entry(array_value_to_string(array, row)?).or_insert(next))
        })
        .collect()
}
