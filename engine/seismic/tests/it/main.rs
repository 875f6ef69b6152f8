//! Tests of volumes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bricks;
