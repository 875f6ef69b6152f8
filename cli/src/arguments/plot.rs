//! `outcrop plot`

use clap::{Args, Subcommand};

mod chart;
mod log;
mod map;
mod section;

pub(crate) use chart::{PlotCrossplot, PlotHistogram, Regression, Samples};
pub(crate) use log::PlotLog;
pub(crate) use map::PlotMap;
pub(crate) use section::{Depth, PlotSection, SeismicDisplay};

/// Draw a map or a log plot
#[derive(Args)]
pub(crate) struct Plot {
    #[command(subcommand)]
    pub(crate) what: PlotWhat,
}

#[derive(Subcommand)]
pub(crate) enum PlotWhat {
    Map(PlotMap),
    Log(PlotLog),
    Section(PlotSection),
    Crossplot(PlotCrossplot),
    Histogram(PlotHistogram),
}
