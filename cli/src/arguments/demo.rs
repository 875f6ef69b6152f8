//! `outcrop demo`

use std::path::PathBuf;

use clap::Args;

use super::values::finite;

/// Make a synthetic field, import it and work it from end to end
#[derive(Args)]
pub(crate) struct Demo {
    /// Folder to make
    #[arg(default_value = "demo-field")]
    pub(crate) folder: PathBuf,
    /// How many wells; fewer than 8 make no variogram
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(8..=9999))]
    pub(crate) wells: u16,
    /// Distance between the traces of the seismic cube, m: 50 makes 59 MB, 200 makes 4 MB
    #[arg(long, default_value_t = 50.0, value_name = "METRES", value_parser = finite)]
    pub(crate) bin: f64,
}
