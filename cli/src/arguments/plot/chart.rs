//! `outcrop plot crossplot` and `outcrop plot histogram`

use std::path::PathBuf;

use clap::Args;

use crate::arguments::values::{positive, range};

/// Where a chart's samples come from
#[derive(Args)]
pub(crate) struct Samples {
    /// Take the rows of this query; left out, those of logs
    #[arg(long, value_name = "SQL", conflicts_with_all = ["well", "condition"])]
    pub(crate) sql: Option<String>,
    /// Only these wells, such as OUT-1,OUT-2
    #[arg(long, value_name = "WELLS", value_delimiter = ',')]
    pub(crate) well: Vec<String>,
    /// Only samples that meet a condition in SQL, such as "gr < 75 AND md > 1900"
    #[arg(long = "where", value_name = "CONDITION")]
    pub(crate) condition: Option<String>,
    /// Zones of the project instead of samples alone: adds the column `zone`, by measured depth
    #[arg(long, conflicts_with = "sql")]
    pub(crate) zones: bool,
}

/// Readings of one kind against those of another
///
/// Samples come from logs or a query. Colours show a column: numbers along a colour bar, texts such as well or zone as
/// classes. The usual directions of density and resistivity are taken where the ends are not given: give --y-range from
/// the lower to the upper end for others.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot crossplot --x nphi --y rhob --color gr -o nd.png
  outcrop plot crossplot --x gr --y rt --log-y --density --where \"md > 1900\" -o gr_rt.svg
  outcrop plot crossplot --x phi --y k --log-y --regression exponential --sql \"SELECT * FROM cores\" -o k_phi.pdf")]
pub(crate) struct PlotCrossplot {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Column or expression to the right
    #[arg(long, value_name = "COLUMN")]
    pub(crate) x: String,
    /// Column or expression upwards
    #[arg(long, value_name = "COLUMN")]
    pub(crate) y: String,
    /// Unit of x, where its column carries none
    #[arg(long, value_name = "UNIT")]
    pub(crate) x_unit: Option<String>,
    /// Unit of y, where its column carries none
    #[arg(long, value_name = "UNIT")]
    pub(crate) y_unit: Option<String>,
    /// Column that gives the colours
    #[arg(long, value_name = "COLUMN", conflicts_with = "density")]
    pub(crate) color: Option<String>,
    /// Count the samples in hexagons instead of drawing each
    #[arg(long)]
    pub(crate) density: bool,
    /// A regression line with its equation: linear, logarithmic (of x), exponential (of log y) or power
    #[arg(long, value_enum)]
    pub(crate) regression: Option<Regression>,
    /// Ends of the x axis, left and right, such as -0.05,0.45
    #[arg(long, value_name = "LEFT,RIGHT", value_parser = range, allow_hyphen_values = true)]
    pub(crate) x_range: Option<(f64, f64)>,
    /// Ends of the y axis, lower and upper, such as 3,2
    #[arg(long, value_name = "LOWER,UPPER", value_parser = range, allow_hyphen_values = true)]
    pub(crate) y_range: Option<(f64, f64)>,
    /// Ends of the colour bar
    #[arg(long, value_name = "LOW,HIGH", value_parser = range, allow_hyphen_values = true, requires = "color")]
    pub(crate) color_range: Option<(f64, f64)>,
    /// A logarithmic x axis
    #[arg(long)]
    pub(crate) log_x: bool,
    /// A logarithmic y axis
    #[arg(long)]
    pub(crate) log_y: bool,
    /// One of Crameri's colour maps: batlow, vik, davos, lapaz, roma …; `_r` behind it turns it round
    #[arg(long, value_name = "NAME", default_value = "batlow")]
    pub(crate) color_map: String,
    /// Title above; left out, what is drawn
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) samples: Samples,
}

/// The form of a regression.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Regression {
    /// y = a + b x
    Linear,
    /// y = a + b log10 x
    Logarithmic,
    /// log10 y = a + b x
    Exponential,
    /// log10 y = a + b log10 x
    Power,
}

/// How often readings occur, with their statistics
///
/// P10, P50 and P90 are by exceedance: P90 is the value that 90 % of the samples exceed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot histogram --x gr -o gr.png
  outcrop plot histogram --x rt --log --by well --cumulative -o rt.svg
  outcrop plot histogram --x porosity --width 0.01 --by zone --zones --percent -o phi.pdf")]
pub(crate) struct PlotHistogram {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Column or expression
    #[arg(long, value_name = "COLUMN")]
    pub(crate) x: String,
    /// Unit of x, where its column carries none
    #[arg(long)]
    pub(crate) unit: Option<String>,
    /// Column whose values have a colour each, such as well or zone
    #[arg(long, value_name = "COLUMN")]
    pub(crate) by: Option<String>,
    /// How many bins
    #[arg(long, value_name = "N", conflicts_with = "width", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) bins: Option<u32>,
    /// Width of the bins, at its multiples; with --log, how many in a decade
    #[arg(long, value_name = "WIDTH", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) width: Option<f64>,
    /// Ends of the axis
    #[arg(long, value_name = "LEFT,RIGHT", value_parser = range, allow_hyphen_values = true)]
    pub(crate) range: Option<(f64, f64)>,
    /// A logarithmic axis
    #[arg(long)]
    pub(crate) log: bool,
    /// Per cent of the samples instead of how many
    #[arg(long)]
    pub(crate) percent: bool,
    /// The part of the samples up to a value, as a line
    #[arg(long)]
    pub(crate) cumulative: bool,
    /// Title above; left out, what is drawn
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    #[command(flatten)]
    pub(crate) samples: Samples,
}
