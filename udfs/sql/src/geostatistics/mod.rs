//! Geostatistics: variograms, kriging, validation.

crate::family!(operators { cross_validate, krige, variogram, variogram_fit });

mod model;

pub(crate) use model::MODELS;
