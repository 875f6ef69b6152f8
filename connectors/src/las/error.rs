//! Why a file could not be read as LAS.

use thiserror::Error;

/// A file, or a part of it, that is not readable as LAS. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LasError {
    /// No bytes, or only blank lines.
    #[error("the file is empty; expected LAS sections such as ~Version, ~Well, ~Curve and ~A. Export or copy it again")]
    Empty,
    /// The signature `LASF` of the ASPRS format of the same suffix.
    #[error(
        "this is an ASPRS LiDAR point cloud (it begins with `LASF`), not a well log: \
         `.las` names both formats. LiDAR is not a format that is read; give the Log ASCII Standard file"
    )]
    Lidar,
    /// No section of the Log ASCII Standard in it.
    #[error(
        "this is not a Log ASCII Standard file: no line begins a ~Version, ~Well, ~Curve or ~A section; line {line} is `{found}`. \
         If it is a table of columns, import it as text (csv, whitespace separated) instead"
    )]
    NotLas {
        /// The first line that is not blank.
        line: u64,
        /// Its beginning.
        found: String,
    },
    /// Bytes that are not text.
    #[error(
        "this is not a Log ASCII Standard file but binary data (byte {offset} is 0x{byte:02X}); expected text. {hint}"
    )]
    Binary {
        /// Where the first such byte is, from 0.
        offset: usize,
        /// The byte.
        byte: u8,
        /// What it may be, and what to do.
        hint: &'static str,
    },
    /// The caller asked for an encoding that does not exist.
    #[error(
        "`{label}` is not a known text encoding; use for example utf-8, utf-16le, utf-16be or windows-1252, or leave it out"
    )]
    UnknownEncoding {
        /// What was asked for.
        label: String,
    },
    /// Rows and curve definitions do not fit, so that no column can be named with certainty.
    #[error(
        "line {line}: the rows of ~{section} have {found} values but {expected} curves are defined ({curves}), so the columns cannot be \
         matched to curves with certainty. Correct the ~Curve section (or WRAP and DLM in ~Version) to describe the data"
    )]
    ColumnCount {
        /// The section's title.
        section: String,
        /// The first data line.
        line: u64,
        /// How many curves are defined.
        expected: usize,
        /// How many values the rows have.
        found: usize,
        /// The names of the curves, shortened.
        curves: String,
    },
    /// A well of RMS that is not as its format has it.
    #[error("line {line}: {message}; the file is no whole RMS well. Export it again")]
    RmsWell {
        /// The line; the last one where the file ends too early.
        line: u64,
        /// What was expected and found.
        message: String,
    },
    /// Almost all rows hold far fewer values than there are curves.
    #[error(
        "line {line}: {rows} rows of the data hold far fewer values than the {expected} curves defined; \
         the file is damaged or its ~Curve section belongs to another one. Export it again"
    )]
    RowsTooShort {
        /// The line where reading stopped.
        line: u64,
        /// How many rows were read until there.
        rows: usize,
        /// How many curves are defined.
        expected: usize,
    },
}
