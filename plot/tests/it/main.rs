//! Pictures: contents, errors, sizes, rendering.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod color;
mod contour;
mod golden;
mod log;
mod map;
mod render;
