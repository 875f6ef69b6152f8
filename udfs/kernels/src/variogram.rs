//! Variograms: models, the experimental variogram, and fitting one to the other.

mod experimental;
mod fit;
mod model;
pub(crate) mod structure;

pub use experimental::{Estimator, ExperimentalOptions, LagBin, experimental};
pub use fit::{Fit, FitOptions, FitWeights, fit};
pub use model::{Anisotropy, Model, Variogram};
