//! What a format is: by what its files are recognised, and how they are read.

use crate::dataset::{Dataset, DatasetError};

/// Bytes that decide what a file is.
pub const PREFIX: usize = 16 * 1024;

/// A format of files. Each has a module of this crate with its `FORMAT`.
pub struct Format {
    /// Short name, snake_case: `irap_classic`.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// Usual endings, lower case, without the dot. They only break ties: content decides.
    pub endings: &'static [&'static str],
    /// What an import makes of it, in words.
    pub import: &'static str,
    /// How SQL reads it in place, in words.
    pub query: &'static str,
    /// Whether a file that begins with these bytes (at most [`PREFIX`] of them) is of this format.
    pub recognise: fn(&[u8]) -> bool,
    /// How it is read.
    pub read: Read,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Reads a whole file into its datasets. Never panics, whatever the bytes.
pub type ReadDatasets = fn(&[u8]) -> Result<Vec<Dataset>, DatasetError>;

/// How a format is read.
#[derive(Debug, Clone, Copy)]
pub enum Read {
    /// As well logs: [`crate::las`].
    Las,
    /// As a text table whose columns are found out: [`crate::table`].
    Text,
    /// By the engine's own Parquet reader.
    Parquet,
    /// As datasets.
    Datasets(ReadDatasets),
    /// As seismic traces: [`crate::segy`].
    Seismic,
}
