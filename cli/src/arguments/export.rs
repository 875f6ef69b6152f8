//! `outcrop export`

use clap::{Args, ValueEnum};

use super::values::finite;

/// Write logs, a table or a query into files
///
/// `logs` with a .las file are whole log sets, one file each: with the header they were imported with, in the units of
/// their files, every digit kept. Anything else is the rows of a table or query, in the format the ending says and in the
/// units of its columns, which DESCRIBE shows: depths of imported surfaces, tops and surveys are in the project's unit,
/// whatever their files had; convert_unit in a query gives another. .las takes columns well, md (or tvd, tvdss) and curves,
/// surfaces (.irap, .gri, .cps3, .zmap) x, y and z.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop export logs --well OUT-1 -o out.las
  outcrop export logs -o 'las/{well}_{log_set}.las' --las-version 3.0
  outcrop export logs --well OUT-1 --original -o out.las
  outcrop export tops -o tops.csv
  outcrop export surfaces.top -o top.zmap
  outcrop export \"(SELECT x, y, convert_unit(z, 'ft') AS z FROM surfaces.top)\" -o top_ft.irap
  outcrop export seismic.cube -o cube.sgy
  outcrop export \"(SELECT well, md, gr FROM logs)\" -o 'gr/{well}.las'")]
pub(crate) struct Export {
    /// `logs`, the name of a table, or a query in parentheses
    pub(crate) what: String,
    #[arg(short, long, value_name = "FILE", help = output_help())]
    pub(crate) output: String,
    /// Well of the logs (may be given several times); left out, all
    #[arg(long, value_name = "NAME")]
    pub(crate) well: Vec<String>,
    /// Log set of the logs; left out, all
    #[arg(long, value_name = "NAME")]
    pub(crate) log_set: Option<String>,
    /// The file a log set was imported from, byte for byte, instead of a new one from the tables
    #[arg(long)]
    pub(crate) original: bool,
    /// Version of LAS: 2.0 or 3.0; left out, 2.0, and 3.0 where there is text
    #[arg(long, value_name = "VERSION", value_enum)]
    pub(crate) las_version: Option<LasVersion>,
    /// The number that means "no reading" in LAS files; left out, that of the file a log set came from
    #[arg(long, value_name = "NUMBER", value_parser = finite, allow_hyphen_values = true)]
    pub(crate) null: Option<f64>,
}

/// The endings are those of the formats that are written.
fn output_help() -> String {
    format!(
        "File to write; the ending says how: {}. {{well}} and {{log_set}} in it make a LAS file for each, in a folder that is \
         made where it is missing",
        outcrop_session::written_endings()
    )
}

/// A version of LAS that is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LasVersion {
    /// Numbers only
    #[value(name = "2.0", alias = "2")]
    V20,
    /// Text too
    #[value(name = "3.0", alias = "3")]
    V30,
}
