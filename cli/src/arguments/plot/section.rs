//! `outcrop plot section`

use std::path::PathBuf;

use clap::Args;

use crate::arguments::values::finite;

/// Wells side by side, their tops joined
///
/// Depth is measured depth unless --depth says otherwise; --flatten hangs the wells on a top. Tops that a neighbour does not
/// have end in the gap. Distances between wells are those of their heads.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot section OUT-1 OUT-2 OUT-3 --depth tvdss -o section.png
  outcrop plot section OUT-1 OUT-4 --flatten \"Top Reservoir\" --from -50 --to 150 --template triple -o flat.pdf
  outcrop plot section --volume cube --inline 1061 --well OUT-1 -o inline.png
  outcrop plot section --volume cube OUT-1 OUT-4 OUT-9 --display both -o line.png
  outcrop plot section --volume line_7.segy -o line_7.png
  outcrop plot section --volume cube --slice 1600 --color-map grayC -o slice.png")]
pub(crate) struct PlotSection {
    /// The wells from left to right, as the table wells names them; with --volume the section runs through them
    #[arg(required_unless_present = "volume")]
    pub(crate) wells: Vec<String>,
    #[command(flatten)]
    pub(crate) seismic: SeismicSectionArguments,
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// What depth is drawn against: md, tvd or tvdss
    #[arg(long, value_enum, default_value_t = Depth::Md)]
    pub(crate) depth: Depth,
    /// Hang the wells on this top; --from and --to then count from it
    #[arg(long, value_name = "TOP")]
    pub(crate) flatten: Option<String>,
    /// Only these tops
    #[arg(long, value_name = "TOPS", value_delimiter = ',')]
    pub(crate) tops: Vec<String>,
    /// Curves to draw, such as GR,RT; left out, those of --template
    #[arg(long, value_delimiter = ',')]
    pub(crate) curves: Vec<String>,
    /// Layout: standard, triple, resistivity or sonic, or a file of tracks (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = "resistivity")]
    pub(crate) template: String,
    /// First depth, in the project's unit; left out, the first sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) from: Option<f64>,
    /// Last depth, in the project's unit; left out, the last sample
    #[arg(long, value_name = "DEPTH", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) to: Option<f64>,
    /// Gaps in proportion to the distances between the wells
    #[arg(long)]
    pub(crate) to_scale: bool,
    /// Do not fill between the tops
    #[arg(long)]
    pub(crate) no_fill: bool,
    /// Title above; left out, the wells
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}

/// What is drawn of a seismic volume.
#[derive(Args)]
#[command(next_help_heading = "Seismic sections")]
pub(crate) struct SeismicSectionArguments {
    /// Draw a section of this volume of the project, or of this SEG-Y file, in place of logs; a 2D line needs no more, and
    /// stands along its CDPs, shotpoints or traces
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) volume: Option<String>,
    /// The inline
    #[arg(long, requires = "volume")]
    pub(crate) inline: Option<i64>,
    /// The crossline
    #[arg(long, requires = "volume", conflicts_with = "inline")]
    pub(crate) crossline: Option<i64>,
    /// The offset that is drawn where places have several traces; left out, the one nearest to 0
    #[arg(long, requires = "volume", allow_hyphen_values = true)]
    pub(crate) offset: Option<i64>,
    /// A map of the samples at this time or depth
    #[arg(long, value_name = "TIME|DEPTH", requires = "volume", conflicts_with_all = ["inline", "crossline"], value_parser = finite)]
    pub(crate) slice: Option<f64>,
    /// Colours, wiggles, or both
    #[arg(long, value_enum, default_value_t = SeismicDisplay::Density)]
    pub(crate) display: SeismicDisplay,
    /// A surface in the domain of the volume, drawn as a line: a table of x, y and z (or twt, time, depth, estimate, value, or
    /// one other number; may be given several times)
    #[arg(long, value_name = "TABLE", requires = "volume")]
    pub(crate) horizon: Vec<String>,
    /// A well drawn on the section, by its checkshots where the volume is in time (may be given several times)
    #[arg(long, value_name = "WELL", requires = "volume")]
    pub(crate) well: Vec<String>,
    /// How far a well may be from the section, in the unit of x
    #[arg(long, default_value_t = 200.0, value_parser = finite)]
    pub(crate) within: f64,
    /// Colour map: vik, grayC, romaO, batlow …; left out, vik, or batlow for values that are never negative
    #[arg(long, value_name = "NAME")]
    pub(crate) color_map: Option<String>,
    /// Per cent of the amplitudes that the colours hold
    #[arg(long, value_name = "PERCENT", default_value_t = 98.0, value_parser = finite)]
    pub(crate) clip: f64,
}

/// How the traces of a section are drawn.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum SeismicDisplay {
    /// Variable density
    Density,
    /// Wiggles with variable area
    Wiggle,
    /// Wiggles over colours
    Both,
}

/// A depth.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Depth {
    /// Measured depth
    Md,
    /// True vertical depth below the well's datum
    Tvd,
    /// True vertical depth below mean sea level
    Tvdss,
}
