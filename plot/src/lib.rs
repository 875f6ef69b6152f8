//! Maps and log plots for reports: plain data in, SVG text, PNG or PDF bytes out.
//!
//! Nothing is read from the machine: fonts and colour maps are part of the crate, so a picture
//! is the same everywhere and needs no network. Numbers are plain slices; NaN is the null.
//!
//! * [`map::Map`]: gridded surfaces with contours, colour bar, wells and outlines;
//! * [`log::LogPlot`]: well logs in tracks against depth, with tops;
//! * [`log::Section`]: wells side by side, their tops joined;
//! * [`chart::Crossplot`], [`chart::Histogram`]: readings against each other, and how often they occur;
//! * [`contour::contours`]: the contour lines alone;
//! * [`render`]: SVG to PNG or PDF;
//! * [`color`]: Crameri's scientific colour maps;
//! * [`style`]: dash patterns and paper.

pub mod chart;
pub mod color;
pub mod contour;
pub mod error;
mod font;
pub mod log;
pub mod map;
pub mod render;
pub mod style;
mod svg;
mod ticks;

pub use error::{PlotError, Result};
