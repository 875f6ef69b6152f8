//! `outcrop plot log`

use std::path::PathBuf;

use clap::Args;

use crate::arguments::values::{finite, positive};

/// The logs of a well in tracks
///
/// Curves go into the usual tracks by their mnemonics, with the usual scales where their unit is known; tops are drawn
/// across them.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot log OUT-1 -o log.png
  outcrop plot log OUT-1 --template triple --from 1900 --to 2100 --scale 500 -o log.pdf
  outcrop plot log OUT-1 --template tracks.toml -o log.png

A file of tracks:
  [[track]]
  width = 40                      # mm
  [[track.curve]]
  mnemonic = \"GR\"
  left = 0                        # ends of the scale; left out, from the data
  right = 150
  color = \"#2E7D32\"
  fill = \"left\"                 # left, right, or the mnemonic of another curve of the track
  fill_color = \"#E3F0E1\"
  [[track]]
  [[track.curve]]
  mnemonic = \"RT\"
  log = true
  left = 0.2
  right = 2000
  dash = \"dashed\"               # solid, dashed, dotted, dashdot")]
pub(crate) struct PlotLog {
    /// The well, as the table wells names it
    pub(crate) well: String,
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Curves to draw, such as GR,RHOB,NPHI; left out, all of the log set
    #[arg(long, value_delimiter = ',')]
    pub(crate) curves: Vec<String>,
    /// Layout: standard (every curve), triple, resistivity or sonic, or a file of tracks (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = "standard")]
    pub(crate) template: String,
    /// The log set; left out, the one with most samples
    #[arg(long)]
    pub(crate) log_set: Option<String>,
    /// First measured depth, in the project's unit; left out, the first sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Last measured depth, in the project's unit; left out, the last sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Scale of the depth axis, such as 500 for 1:500; left out, all on one page
    #[arg(long, value_name = "N", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) scale: Option<f64>,
}
