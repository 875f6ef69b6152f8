//! How rows are written.

use clap::ValueEnum;

/// How rows are written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns; on a screen wide cells are cut
    Table,
    /// Comma separated, with a header; lists and structs as JSON text
    Csv,
    /// One JSON object a line, with every column; what is no number (NaN) is null
    Json,
    /// A Markdown table
    Markdown,
    /// A line for each column of each row
    Expanded,
    /// Arrow IPC stream, of one result
    Arrow,
    /// Parquet file, of one result
    Parquet,
}
