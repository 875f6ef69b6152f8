//! `outcrop diff`

use clap::Args;

use super::format::Format;

/// How the tables of two commits differ
///
/// Rows are compared with all their values. Rows of one key that are in both commits with other values are changed; the
/// key of wells, curves, logs, tops and surveys is known, that of other tables can be given with --key.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop diff 3
  outcrop diff 3 5 --table tops --rows")]
pub(crate) struct Diff {
    /// The older commit, as `outcrop history` numbers it
    pub(crate) commit: u64,
    /// The newer one; left out, the newest
    pub(crate) other: Option<u64>,
    /// Only this table or view (may be given several times)
    #[arg(long, value_name = "TABLE")]
    pub(crate) table: Vec<String>,
    /// Columns that identify a row, such as well,surface
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',', requires = "table")]
    pub(crate) key: Vec<String>,
    /// Show the rows too: `-` is how the older commit has them, `+` the newer
    #[arg(long)]
    pub(crate) rows: bool,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table, requires = "rows")]
    pub(crate) format: Format,
    /// Rows shown of a table at most; the others are counted
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) most: usize,
}
