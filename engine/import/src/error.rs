//! What stops an import as a whole. A file that cannot be read is no such error.

use thiserror::Error;

/// Why nothing was imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// No path was given.
    #[error("nothing to import: give files, folders or patterns such as `wells/**/*.las`")]
    NothingNamed,
    /// The patterns name files of the project alone.
    #[error("nothing to import: only files of the project itself were named; name the files beside it")]
    OnlyTheProject,
    /// The project or the files could not be used.
    #[error(transparent)]
    Store(#[from] outcrop_store::StoreError),
    /// The mnemonic table that was given cannot be used.
    #[error("{0}; correct the line, the form is mnemonic,unit,low,high,description,aliases")]
    Mnemonics(#[from] outcrop_types::mnemonic::MnemonicTableError),
    /// A standard mnemonic that would hide a column every log table has.
    #[error(
        "mnemonic table: `{mnemonic}` would be the column `{column}`, which `logs` has already; use another mnemonic"
    )]
    ReservedMnemonic {
        /// The standard mnemonic.
        mnemonic: String,
        /// The column.
        column: String,
    },
    /// A unit option that names no unit.
    #[error("unit {name}={unit}: `{unit}` is not a known unit; use for example m, ft, us/ft, g/cm3, v/v, ohm.m, gAPI")]
    UnknownUnit {
        /// The curve, column or role.
        name: String,
        /// What was given.
        unit: String,
    },
    /// Values of a surface that cannot be in the unit that is stated.
    #[error("--z-kind {kind} does not go with z in `{unit}`: {}", if *.kind == outcrop_types::ZKind::Time { "a time is in s or ms" } else { "it is a length, in m or ft" })]
    ZUnit {
        /// What z was said to be.
        kind: outcrop_types::ZKind,
        /// The unit that was stated.
        unit: String,
    },
    /// A file that is imported once more and cannot be read as it is told now.
    #[error(
        "{file} was imported before and cannot be imported once more: {message}; nothing was changed. Correct what is stated, \
         or leave the file out"
    )]
    Again {
        /// The file.
        file: String,
        /// Why it cannot be read.
        message: String,
    },
    /// A table that is to be made anew has rows of files that are not part of the import.
    #[error(
        "`{table}` has rows of {others} too, which would go with those that are imported once more; nothing was changed. Name \
         these files as well, or DROP TABLE {table} first"
    )]
    Shared {
        /// The table.
        table: String,
        /// The other files.
        others: String,
    },
    /// The caller asked to stop.
    #[error("the import was cancelled; nothing was changed")]
    Cancelled,
    /// A table of the project could not be read.
    #[error("table `{table}` of the project: {reason}; restore the file from a backup if it is damaged")]
    Unreadable {
        /// The table.
        table: String,
        /// What was found.
        reason: String,
    },
    /// Columns that do not make a batch: an error of this program.
    #[error("rows for `{table}` do not fit its columns: {source}; please report this with the file that was imported")]
    Batch {
        /// The table.
        table: String,
        /// What Arrow said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A seismic file that can't be read any more, after it was looked at.
    #[error(transparent)]
    Segy(#[from] outcrop_connectors::segy::SegyError),
    /// A thread of the import ended early.
    #[error("a thread of the import ended early: {0}; nothing was changed, please report this")]
    Thread(String),
}

impl ImportError {
    pub(crate) fn batch(table: impl ToString) -> impl FnOnce(arrow::error::ArrowError) -> Self {
        let table = table.to_string();
        move |source| ImportError::Batch { table, source }
    }
}
