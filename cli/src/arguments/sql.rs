//! `outcrop sql`

use std::path::PathBuf;

use clap::Args;

use super::format::Format;

/// Ask in SQL: one statement, a file, or a prompt
///
/// Without -c and -f, a prompt: statements end with `;`, `\?` lists what else can be typed, Ctrl-C cancels a statement
/// that runs, Ctrl-D leaves. Where standard input is no terminal, the statements are read from it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  outcrop sql -c \"SELECT well, avg(gr) FROM logs GROUP BY well\" --format csv > gr.csv
  outcrop sql -c \"SELECT * FROM 'wells/*.las' LIMIT 10\"
  outcrop sql -f report.sql")]
pub(crate) struct Sql {
    /// The statement (or several, separated by `;`)
    #[arg(short, long)]
    pub(crate) command: Option<String>,
    /// A file of statements, separated by `;`
    #[arg(short, long, value_name = "FILE", conflicts_with = "command")]
    pub(crate) file: Option<PathBuf>,
    /// How rows are written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Rows shown by --format table, markdown and expanded; the others are counted
    #[arg(long, default_value_t = 1000)]
    pub(crate) rows: usize,
}
