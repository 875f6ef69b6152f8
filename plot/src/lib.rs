//! Maps and log plots for reports: plain data in, SVG text, PNG or PDF bytes out.
//!
//! Nothing is read from the machine: fonts and colour maps are part of the crate, so a picture
//! is the same everywhere and needs no network. Numbers are plain slices; NaN is the null.
//!
//! * [`map::Map`]: gridded surfaces with contours, colour bar, wells and outlines;
//! * [`log::LogPlot`]: well logs in tracks against depth, with tops;
//! * [`log::Section`]: wells side by side, their tops joined;
//! * [`chart::Crossplot`], [`chart::Histogram`]: readings against each other, and how often they occur;
//! * [`chart::Spectrum`]: amplitude against frequency;
//! * [`seismic::SeismicSection`]: seismic sections with horizons and wells;
//! * [`contour::contours`]: the contour lines alone;
//! * [`render`]: SVG to PNG or PDF;
//! * [`color`]: Crameri's scientific colour maps;
//! * [`style`]: dash patterns and paper.

pub mod chart;
pub mod color;
mod color_scale;
pub mod contour;
pub mod error;
mod font;
pub mod log;
pub mod map;
mod raster;
pub mod render;
pub mod seismic;
mod spread;
pub mod style;
mod svg;
mod ticks;

pub use error::{PlotError, Result};
