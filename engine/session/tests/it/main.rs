//! The SQL layer as its users meet it: a demo field, imported, and statements over it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cancel;
mod cells;
mod codec;
mod comments;
mod depths;
mod field;
mod generated;
mod geojson;
mod inversion;
mod las_export;
mod memory;
mod own_operator;
mod parameters;
mod peers;
mod picks;
mod planning;
mod pushdown;
mod reference;
mod registry;
mod sandbox;
mod seismic;
mod slt;
mod surfaces;
mod workflow;
