//! The server as its clients meet it: a demo field, served on a port of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod api;
#[path = "../../../engine/session/tests/it/cells.rs"]
mod cells;
mod flight;
mod serving;
