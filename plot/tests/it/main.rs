//! Pictures: contents, errors, sizes, rendering.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod chart;
mod color;
mod contour;
mod golden;
mod log;
mod map;
mod render;
mod section;
mod seismic;
mod turned;
