//! Readers of the field's file formats: parsers over bytes, without I/O.

pub mod dataset;
mod format;
pub mod formats;
pub mod geojson;
pub mod geometry;
pub mod iesx;
pub mod las;
pub mod rms;
pub mod segy;
pub mod surface;
pub mod table;
pub mod welllog;

pub use format::{Format, PREFIX, Read, ReadDatasets};
