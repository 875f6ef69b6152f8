//! Charts of readings: crossplots, histograms, spectra.

mod axis;
mod classes;
mod crossplot;
mod fit;
mod hexagons;
mod histogram;
mod spectrum;

pub use axis::Axis;
pub use classes::class_colors;
pub use crossplot::{Coloring, Crossplot};
pub use fit::{Fitted, Regression};
pub use histogram::{Bins, Group, Histogram, Statistics};
pub use spectrum::{Spectrum, SpectrumCurve};

use crate::color::Rgb;

/// Grey of secondary text.
const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);
/// What has no value or class.
const NONE: Rgb = Rgb(0xB8, 0xBD, 0xC2);
/// Lines of the grid.
const GRID: Rgb = Rgb(0xE3, 0xE5, 0xE7);
