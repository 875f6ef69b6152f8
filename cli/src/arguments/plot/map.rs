//! `outcrop plot map`

use std::path::PathBuf;

use clap::Args;

use crate::arguments::values::{not_negative, positive};

/// A map: a surface with contours, wells, labels
///
/// With --surface the picks of a surface are kriged; with --grid the rows of a query are drawn; with neither, the wells.
/// All is in one CRS: the project's, or that which every layer states. Nothing is transformed in silence: a layer in another
/// CRS is an error, and so is one that states none where the map's is not the project's; a column crs in its query states it.
/// Wells that nobody asked for are left out instead, which is said. A map takes 25 million nodes at most.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop plot map --surface \"Top Reservoir\" -o map.png
  outcrop plot map --grid \"SELECT * FROM krige((SELECT x, y, phi FROM porosity), cell_size => 200)\" \\
      --label Porosity --unit v/v -o porosity.pdf
  outcrop plot map --surface \"Top Reservoir\" --faults \"SELECT geometry FROM 'faults.geojson'\" \\
      --post \"SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'\" -o top.png")]
pub(crate) struct PlotMap {
    /// File to write: .svg, .png or .pdf
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Krige the picks of this surface, at their true vertical depth below sea level, and draw the result
    #[arg(long, value_name = "NAME")]
    pub(crate) surface: Option<String>,
    /// Draw the rows of a query instead: x, y and a value on a regular grid, along the axes or turned, as krige, grid and the
    /// tables of surfaces give them
    #[arg(long, value_name = "SQL", conflicts_with = "surface")]
    pub(crate) grid: Option<String>,
    /// The column of --grid that is drawn; left out, estimate, value or z
    #[arg(long, value_name = "COLUMN", conflicts_with = "surface")]
    pub(crate) value: Option<String>,
    /// What the values are, for the colour bar, such as "Porosity"; left out, the column's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Unit of the values of --grid, where the query does not carry one
    #[arg(long, conflicts_with = "surface")]
    pub(crate) unit: Option<String>,
    /// Unit of x and y, where the queries do not carry one
    #[arg(long, value_name = "UNIT", conflicts_with = "surface")]
    pub(crate) xy_unit: Option<String>,
    /// Points to draw: a query with x, y and, if wanted, a label; left out, the picks of --surface, or the wells (with --grid
    /// those on the surface and around it)
    #[arg(long, value_name = "SQL")]
    pub(crate) points: Option<String>,
    /// Lines to draw, such as contacts and outlines: a query or table of lines with geometry, or of x, y and if wanted a part
    /// and a name (may be given several times)
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) lines: Vec<String>,
    /// Faults to draw, as --lines
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) faults: Vec<String>,
    /// Polygons to draw, filled lightly, as --lines
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) polygons: Vec<String>,
    /// Column of --polygons that gives their colours: texts have one each, numbers are put in steps of --color-map
    #[arg(long, value_name = "COLUMN", requires = "polygons")]
    pub(crate) color: Option<String>,
    /// Values to write beside their places: a query of x, y and a value
    #[arg(long, value_name = "SQL|TABLE")]
    pub(crate) post: Option<String>,
    /// Distance between the nodes of --surface, in the project's unit; left out, a hundredth of the extent
    #[arg(long, value_name = "LENGTH", conflicts_with = "grid", value_parser = positive, allow_hyphen_values = true)]
    pub(crate) cell_size: Option<f64>,
    /// Krige every node of --surface from this many of the nearest picks; left out, from all where there are 500 or
    /// fewer, else from 16
    #[arg(long, value_name = "N", conflicts_with = "grid", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) neighbours: Option<u32>,
    /// Contour interval, in the unit of the values; left out, a round one; 0 for none
    #[arg(long, value_name = "STEP", value_parser = not_negative, allow_hyphen_values = true)]
    pub(crate) contours: Option<f64>,
    /// One of Crameri's colour maps: batlow, vik, davos, lapaz, roma …; `_r` behind it turns it round
    #[arg(long, value_name = "NAME", default_value = "batlow")]
    pub(crate) color_map: String,
    /// The values of --grid are depths: deep values at the lower end of the colour bar
    #[arg(long)]
    pub(crate) depth: bool,
    /// Title above the map; left out, the surface's or the project's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
}
