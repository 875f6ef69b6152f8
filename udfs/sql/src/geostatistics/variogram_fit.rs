//! `variogram_fit`: the model that fits an experimental variogram.

use std::sync::Arc;

use datafusion::arrow::array::StringArray;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use outcrop_kernels::variogram::{FitOptions, FitWeights, LagBin, Model, fit};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows};
use outcrop_types::field::described;

use crate::monitor::failed;
use crate::pieces::{count_field, counts, number_field, numbers};

#[derive(Debug)]
pub(super) struct VariogramFit(Definition);

pub(super) fn operator() -> VariogramFit {
    VariogramFit(Definition {
        name: "variogram_fit",
        group: "Geostatistics",
        summary: "Variogram model fitted to an experimental variogram by weighted least squares",
        doc: "Nugget and partial sill are at least 0; the range is searched between a tenth of the smallest and three times the largest \
            mean distance, and the model with the smallest weighted sum of squares is taken. A range at the upper bound says that the \
            classes show no sill.\n\n\
            | weights | of a class |\n|---|---|\n\
            | `pairs_over_distance` | number of pairs over squared distance: near classes count most |\n\
            | `pairs` | number of pairs |\n\
            | `cressie` | pairs over squared model value, iterated |\n\n\
            Ranges are practical ranges (GSLIB). Source: N. Cressie, *Fitting variogram models by weighted least squares*, \
            Math. Geology 17 (1985).",
        example: "SELECT * FROM variogram_fit((SELECT * FROM variogram((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'))))",
        inputs: vec![Input::new("variogram", "Rows of `variogram`", vec![
            Column::number("mean_distance", "Mean distance of the class's pairs"),
            Column::number("gamma", "Semivariance"),
            Column::number("pairs", "Number of pairs"),
        ])],
        parameters: vec![
            Parameter::choice("model", &["best", "spherical", "exponential", "gaussian", "cubic"], "Which model; best tries all").default("best"),
            Parameter::choice("weights", &["pairs_over_distance", "pairs", "cressie"], "How much a class counts").default("pairs_over_distance"),
            Parameter::at_least("nugget", 0.0, "Holds the nugget at this value").unit("unit of gamma"),
            Parameter::positive("range", "Holds the range at this value").unit("unit of mean_distance"),
        ],
        output: vec![
            OutputColumn { name: "model", unit: "", doc: "The model" },
            OutputColumn { name: "nugget", unit: "unit of gamma", doc: "Nugget" },
            OutputColumn { name: "psill", unit: "unit of gamma", doc: "Partial sill" },
            OutputColumn { name: "range", unit: "unit of mean_distance", doc: "Practical range" },
            OutputColumn { name: "weighted_sum_of_squares", unit: "", doc: "What was minimised" },
            OutputColumn { name: "classes", unit: "", doc: "Distance classes used" },
        ],
    })
}

impl Operator for VariogramFit {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let gamma = planned.unit("variogram", "gamma");
        Ok(vec![
            described("model", DataType::Utf8, false, "The model that fits best"),
            number_field("nugget", gamma, "Nugget"),
            number_field("psill", gamma, "Partial sill"),
            number_field("range", planned.unit("variogram", "mean_distance"), "Practical range"),
            number_field("weighted_sum_of_squares", "", "What was minimised"),
            count_field("classes", "Distance classes used"),
        ])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (h, gamma, pairs) = (inputs[0].numbers("mean_distance"), inputs[0].numbers("gamma"), inputs[0].numbers("pairs"));
        let bins: Vec<LagBin> = (0..h.len())
            .map(|i| LagBin { lag: h[i], mean_distance: h[i], gamma: gamma[i], pairs: pairs[i].max(0.0) as u64 })
            .collect();
        let models = match call.text("model").unwrap_or("best") {
            "best" => Model::ALL.to_vec(),
            one => vec![one.parse::<Model>().map_err(failed)?],
        };
        let weights = match call.text("weights") {
            Some("pairs") => FitWeights::Pairs,
            Some("cressie") => FitWeights::Cressie,
            _ => FitWeights::PairsOverSquaredDistance,
        };
        let options = FitOptions { weights, nugget: call.number("nugget"), range: call.number("range") };
        let f = fit(&bins, &models, &options).map_err(failed)?;
        output.emit(vec![
            Arc::new(StringArray::from(vec![f.model.name()])),
            numbers(vec![f.nugget]),
            numbers(vec![f.psill]),
            numbers(vec![f.range]),
            numbers(vec![f.wss]),
            counts([f.classes as u64]),
        ])
    }
}
