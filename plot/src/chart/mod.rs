//! Charts of readings: crossplots, histograms, spectra.

mod axis;
mod crossplot;
mod fit;
mod hexagons;
mod histogram;
mod spectrum;

pub use axis::Axis;
pub use crossplot::{Coloring, Crossplot};
pub use fit::{Fitted, Regression};
pub use histogram::{Bins, Group, Histogram, Statistics};
pub use spectrum::{Spectrum, SpectrumCurve};

use crate::color::{ColorMap, Rgb};

/// Grey of secondary text.
const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);
/// Lines of the grid.
const GRID: Rgb = Rgb(0xE3, 0xE5, 0xE7);

/// The colours of classes, far apart for any eye, as many as are asked for.
pub fn class_colors(count: usize) -> Vec<Rgb> {
    // batlowS begins with its ends, the lighter of which is hard to see on white.
    let map = ColorMap::by_name("batlowS").ok();
    let usable = |c: &Rgb| c.luminance() < 0.62;
    let all: Vec<Rgb> = map.map(|m| (0..m.len()).map(|k| m.entry(k)).filter(usable).collect()).unwrap_or_default();
    (0..count).map(|k| all.get(k % all.len().max(1)).copied().unwrap_or(Rgb::SLATE)).collect()
}
