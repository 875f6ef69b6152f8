//! The mathematics of Outcrop: geostatistics, gridding, petrophysics and well paths as plain Rust
//! over slices. No Arrow, no DataFusion, no input or output: every kernel can be tested against
//! published numbers and used alone.
//!
//! Conventions, everywhere: azimuth in degrees clockwise from north (+y); variogram ranges are
//! practical ranges (GSLIB); the nugget is separate from the partial sill; depths are positive
//! down; "no value" is NaN in outputs, while a NaN or infinite *input* coordinate or value is an
//! error that names its row.

#![allow(
    clippy::needless_range_loop,
    reason = "index loops over arrays of fixed length are what the compiler turns into vector code"
)]

mod cholesky;
pub mod cross_validation;
pub mod deviation;
pub mod error;
pub mod grid;
pub mod gridding;
pub mod kriging;
pub mod logs;
pub mod monitor;
pub mod petrophysics;
pub mod points;
pub mod search;
pub mod seismic;
mod select;
mod simd;
pub mod surface;
mod tile;
pub mod variogram;
pub mod well_path;

pub use error::KernelError;
pub use grid::RegularGrid;
pub use monitor::{Monitor, Silent};
pub use points::Points;

/// The result of a kernel.
pub type Result<T> = std::result::Result<T, KernelError>;
