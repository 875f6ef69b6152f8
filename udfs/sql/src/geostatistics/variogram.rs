//! `variogram`: how the difference between two data grows with their distance.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::Points;
use outcrop_kernels::variogram::{Estimator, ExperimentalOptions, experimental};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::model::default_lags;
use crate::gridding::nodes;
use crate::monitor::{Watched, failed};
use crate::pieces::{count_field, counts, number_field, numbers, squared};

#[derive(Debug)]
pub(super) struct ExperimentalVariogram(Definition);

pub(super) fn operator() -> ExperimentalVariogram {
    ExperimentalVariogram(Definition {
        name: "variogram",
        group: "Geostatistics",
        summary: "Experimental variogram of scattered points",
        doc: "Half the mean squared difference of the pairs in each distance class (`matheron`), or the estimator of Cressie and \
            Hawkins (`cressie`), which outliers move less. Class `k` holds the pairs with `k lag <= h < (k + 1) lag` below `max_lag`: \
            edges are closed on the left; classes without pairs have NULL.\n\n\
            Left out, `max_lag` is half the diagonal of the data's extent and `lag` a fifteenth of it. With `azimuth` only pairs \
            within `tolerance` degrees of that direction (clockwise from north, either way) and within `bandwidth` of its line count. \
            Rows whose x, y or value is NULL are left out.\n\n\
            Sources: G. Matheron, Economic Geology 58 (1963); N. Cressie and D. M. Hawkins, Math. Geology 12 (1980).",
        example: "SELECT * FROM variogram((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'))",
        inputs: vec![nodes::data_input("The variable; any name, when it is the only other number")],
        parameters: vec![
            Parameter::positive("lag", "Width of a distance class").unit("unit of x"),
            Parameter::positive("max_lag", "Pairs at this distance or farther are left out").unit("unit of x"),
            Parameter::number("azimuth", "Direction of the pairs, clockwise from north; left out, every direction").unit("degrees"),
            Parameter::bounded("tolerance", 0.01, 90.0, "Half the opening angle around the azimuth").unit("degrees").default(22.5),
            Parameter::positive("bandwidth", "Largest distance from the line along the azimuth").unit("unit of x"),
            Parameter::choice("estimator", &["matheron", "cressie"], "How pairs become a semivariance").default("matheron"),
        ],
        output: vec![
            OutputColumn { name: "lag", unit: "unit of x", doc: "Middle of the class" },
            OutputColumn { name: "mean_distance", unit: "unit of x", doc: "Mean distance of its pairs" },
            OutputColumn { name: "gamma", unit: "unit of the value, squared", doc: "Semivariance" },
            OutputColumn { name: "pairs", unit: "", doc: "Number of pairs" },
        ],
    })
}

impl Operator for ExperimentalVariogram {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let length = planned.unit("data", "x");
        Ok(vec![
            number_field("lag", length, "Middle of the distance class"),
            number_field("mean_distance", length, "Mean distance of its pairs"),
            number_field("gamma", &squared(planned.unit("data", "value")), "Semivariance"),
            count_field("pairs", "Number of pairs"),
        ])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (x, y, z) = (inputs[0].numbers("x"), inputs[0].numbers("y"), inputs[0].numbers("value"));
        let points = Points { x: &x, y: &y, z: &z };
        let (lag, max_lag) = match (call.number("lag"), call.number("max_lag")) {
            (Some(lag), Some(max_lag)) => (lag, max_lag),
            (lag, max_lag) => {
                let default = default_lags(points)?;
                let max_lag = max_lag.unwrap_or(default.max_lag);
                (lag.unwrap_or(max_lag * default.lag / default.max_lag), max_lag)
            }
        };
        if call.number("bandwidth").is_some() && call.number("azimuth").is_none() {
            return exec_err!("`bandwidth` needs `azimuth`: it is the distance from the line along it");
        }
        let options = ExperimentalOptions {
            lag,
            max_lag,
            azimuth: call.number("azimuth"),
            tolerance: call.number_or("tolerance", 22.5),
            bandwidth: call.number("bandwidth"),
            estimator: call.text("estimator").unwrap_or("matheron").parse::<Estimator>().map_err(failed)?,
        };
        let progress = output.progress().clone();
        let bins = experimental(points.x, points.y, points.z, &options, &Watched(&progress)).map_err(failed)?;
        output.emit(vec![
            numbers(bins.iter().map(|b| b.lag).collect()),
            numbers(bins.iter().map(|b| b.mean_distance).collect()),
            numbers(bins.iter().map(|b| b.gamma).collect()),
            counts(bins.iter().map(|b| b.pairs)),
        ])
    }
}
