//! The variogram model that kriging and validation share: given, or fitted to the data and said so.

use datafusion::common::{Result, exec_err};
use outcrop_kernels::kriging::Search;
use outcrop_kernels::variogram::{Anisotropy, ExperimentalOptions, FitOptions, Model, Variogram, experimental, fit};
use outcrop_kernels::{Monitor, Points};
use outcrop_operators::{Call, Output, Parameter};

use crate::monitor::{Watched, failed};

/// Names of the models, as parameters spell them.
pub(crate) const MODELS: &[&str] = &["spherical", "exponential", "gaussian", "cubic"];

/// Distance classes of the variogram that is fitted when none is given.
pub(crate) const DEFAULT_LAGS: f64 = 15.0;

/// The parameters of the model.
pub(crate) fn model_parameters() -> Vec<Parameter> {
    vec![
        Parameter::choice(
            "model",
            MODELS,
            "Shape of the variogram; spherical when a model is given, the best fit when not",
        ),
        Parameter::at_least("psill", 0.0, "Partial sill: variance of the structure without the nugget")
            .unit("unit of value, squared"),
        Parameter::positive("range", "Practical range along the longest direction").unit("unit of x"),
        Parameter::at_least("nugget", 0.0, "Variance at no distance").unit("unit of value, squared"),
        Parameter::number("azimuth", "Direction of the longest range, clockwise from north").unit("degrees"),
        Parameter::bounded("ratio", 1e-6, 1.0, "Shortest over longest range"),
    ]
}

/// The parameters of the search.
pub(crate) fn search_parameters() -> Vec<Parameter> {
    vec![
        Parameter::integer("neighbours", 1, "At most this many of the nearest data").default(16_i64),
        Parameter::boolean("global", "Use all data for every estimate, instead of the nearest").default(false),
        Parameter::integer("min_neighbours", 1, "With fewer data an estimate is NULL").default(1_i64),
        Parameter::positive("radius", "No data farther than this, along the longest direction").unit("unit of x"),
        Parameter::integer("sectors", 1, "Search in this many equal sectors: 4 quadrants, 8 octants"),
    ]
}

/// The search of a call.
pub(crate) fn search(call: &Call) -> Result<Search> {
    if call.flag("global") && (call.number("radius").is_some() || call.count("sectors").is_some()) {
        return exec_err!("`global` uses all data; leave out `radius` and `sectors`");
    }
    Ok(Search {
        neighbours: if call.flag("global") { None } else { call.count("neighbours") },
        min_neighbours: call.count("min_neighbours").unwrap_or(1),
        radius: call.number("radius"),
        sectors: call.count("sectors").and_then(|s| u32::try_from(s).ok()),
    })
}

/// The variogram of a call: as given, or fitted, with a notice.
pub(crate) fn variogram(call: &Call, points: Points<'_>, output: &Output) -> Result<Variogram> {
    let anisotropy = match (call.number("azimuth"), call.number("ratio")) {
        (None, None) => None,
        (Some(azimuth_degrees), Some(ratio)) => Some(Anisotropy { azimuth_degrees, ratio }),
        _ => return exec_err!("anisotropy needs both `azimuth` and `ratio`"),
    };
    let model = match call.text("model") {
        Some(name) => Some(name.parse::<Model>().map_err(failed)?),
        None => None,
    };
    match (call.number("psill"), call.number("range")) {
        (Some(psill), Some(range)) => Ok(Variogram {
            model: model.unwrap_or(Model::Spherical),
            nugget: call.number_or("nugget", 0.0),
            psill,
            range,
            anisotropy,
        }),
        (None, None) => {
            let options = default_lags(points)?;
            let bins = experimental(points.x, points.y, points.z, &options, &Quiet(Watched(output.progress())))
                .map_err(failed)?;
            let models: Vec<Model> = model.map_or(Model::ALL.to_vec(), |m| vec![m]);
            let fit_options = FitOptions { nugget: call.number("nugget"), ..FitOptions::default() };
            let fitted = fit(&bins, &models, &fit_options).map_err(|e| {
                datafusion::error::DataFusionError::Execution(format!(
                    "no variogram is given and none could be fitted ({e}); give `model`, `psill` and `range`"
                ))
            })?;
            output.notice(format!(
                "{}: no variogram given; fitted {} with nugget {:.6}, psill {:.6}, range {:.6} to {} distance classes up to {:.6}",
                call.operator, fitted.model, fitted.nugget, fitted.psill, fitted.range, fitted.classes, options.max_lag
            ));
            Ok(Variogram { anisotropy, ..fitted.variogram() })
        }
        _ => exec_err!("give both `psill` and `range`, or neither (then a model is fitted to the data)"),
    }
}

/// Fifteen classes up to half the diagonal of the data's extent.
pub(crate) fn default_lags(points: Points<'_>) -> Result<ExperimentalOptions> {
    let extent = |v: &[f64]| {
        let (low, high) = v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        high - low
    };
    let max_lag = 0.5 * extent(points.x).hypot(extent(points.y));
    if !max_lag.is_finite() || max_lag <= 0.0 {
        return exec_err!(
            "the data have no extent (fewer than two places), so there is no variogram; check the input's filter"
        );
    }
    Ok(ExperimentalOptions::omnidirectional(max_lag / DEFAULT_LAGS, max_lag))
}

/// Cancels like another monitor but reports no progress: for steps before the real work.
struct Quiet<'a>(Watched<'a>);

impl Monitor for Quiet<'_> {
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
    fn set_total(&self, _: u64) {}
    fn advance(&self, _: u64) {}
}
