//! `outcrop import`

use std::path::PathBuf;

use clap::Args;
use outcrop_types::Crs;

use super::segy::Segy;
use super::values::{degrees, pair};

/// Bring files into the project: well logs, surfaces, features, and tables of wells, tops, surveys, checkshots, cores, production and points
///
/// All go into one commit, or none where the import is ended. Paths may be files, folders and patterns ('wells/**/*.las'); what each file is, is found by looking into it.
/// Whatever was assumed or could not be read is listed in outcrop.imports and outcrop.import_issues.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop import logs/ tops.csv surveys.csv -m \"the wells of 2024\"
  outcrop import picks.txt --kind tops --map x=Easting --map y=Northing --unit md=ft
  outcrop import top_reservoir.gri --z-kind depth --z-unit m
  outcrop import a1.las --unit PEF=b/e --again")]
pub(crate) struct Import {
    /// Files, folders or patterns
    #[arg(required = true)]
    pub(crate) paths: Vec<String>,
    /// What the files are: las, wells, tops, surveys, checkshots, cores, production, points, lines, polygons or faults
    #[arg(long)]
    pub(crate) kind: Option<outcrop_import::Kind>,
    /// Column that plays a role, such as x=Easting or md="Measured Depth" (may be given several times)
    #[arg(long, value_name = "ROLE=COLUMN", value_parser = pair)]
    pub(crate) map: Vec<(String, String)>,
    /// Unit of a column or role where the file does not say, such as md=ft (may be given several times)
    #[arg(long, value_name = "COLUMN=UNIT", value_parser = pair)]
    pub(crate) unit: Vec<(String, String)>,
    /// A value that means "no reading" (may be given several times)
    #[arg(long, allow_hyphen_values = true)]
    pub(crate) null: Vec<String>,
    /// Delimiter of text tables: comma, tab, semicolon, pipe or whitespace
    #[arg(long)]
    pub(crate) delimiter: Option<outcrop_connectors::table::Delimiter>,
    /// Columns of text tables by their places in the line, such as 1-8:well,9-16:md,17-:surface; 7=8 asks for an 8 there
    #[arg(long, value_name = "PLACES")]
    pub(crate) columns: Option<outcrop_connectors::table::FixedColumns>,
    /// CRS of x and y in these files, where it is not the project's
    #[arg(long)]
    pub(crate) crs: Option<Crs>,
    /// Well of surveys, checkshots, cores and tops that do not name one
    #[arg(long)]
    pub(crate) well: Option<String>,
    /// North that azimuths of surveys are from: grid, true or magnetic
    #[arg(long)]
    pub(crate) north: Option<outcrop_import::North>,
    /// Degrees from true to magnetic north at the wells of surveys, east positive
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, value_parser = degrees)]
    pub(crate) declination: Option<f64>,
    /// Degrees from true to grid north at the wells of surveys, east positive
    #[arg(long, value_name = "DEGREES", allow_hyphen_values = true, value_parser = degrees)]
    pub(crate) convergence: Option<f64>,
    /// What z of surfaces is, which hardly any format says: depth, elevation, time, thickness or property
    #[arg(long, value_name = "KIND")]
    pub(crate) z_kind: Option<outcrop_types::ZKind>,
    /// Unit of z of surfaces and features, where the file does not say; the same as --unit z=UNIT
    #[arg(long, value_name = "UNIT")]
    pub(crate) z_unit: Option<String>,
    /// Name of the table for points, surfaces, lines, polygons or faults, or of the seismic volume; left out, the file's. Several
    /// seismic files with one name become one volume
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) segy: Segy,
    /// Copy seismic files into the project; else they are known by path and checksum
    #[arg(long)]
    pub(crate) keep_original: bool,
    /// Import files anew whose content the project has, with what is stated now: the rows they gave before go, in the
    /// same commit. Tables of points, features, surfaces and seismic are made anew, from all their files together
    #[arg(long)]
    pub(crate) again: bool,
    /// A table of mnemonics that goes before the built-in one
    #[arg(long, value_name = "FILE")]
    pub(crate) mnemonics: Option<PathBuf>,
    /// Why, for the history
    #[arg(short, long, default_value = "")]
    pub(crate) message: String,
}
