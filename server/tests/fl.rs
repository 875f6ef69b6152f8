#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
#[path = "../../engine/session/tests/it/cells.rs"]
mod cells;
#[path = "it/flight/mod.rs"]
mod flight;
#[path = "it/serving.rs"]
mod serving;
