//! Integration tests of the readers, one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod geojson;
mod iesx;
mod las_expected;
mod las_generated;
mod las_quirks;
mod las_write;
mod rms;
mod rms_wells;
mod segy;
mod surfaces;
mod table_expected;
mod table_fixed;
mod table_generated;
mod table_options;
mod table_petrel;
mod table_production;
