//! What can go wrong with a volume.

use outcrop_connectors::segy::SegyError;
use parquet::errors::ParquetError;

/// An error of a volume.
#[derive(Debug, thiserror::Error)]
pub enum SeismicError {
    /// The caller no longer wants the answer.
    #[error("cancelled")]
    Cancelled,
    /// A SEG-Y file that can't be read.
    #[error(transparent)]
    Segy(#[from] SegyError),
    /// A file of bricks that can't be written or read by the Parquet library.
    #[error("{path}: {source}")]
    Parquet {
        /// The file.
        path: String,
        /// Why.
        source: ParquetError,
    },
    /// A file that can't be written or read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Bricks that are not as they were written.
    #[error("{path} is damaged: {reason}. Import the volume again, or restore the file from a copy")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that can't be asked for: what was expected, what was found, what to do.
    #[error("{0}")]
    Request(String),
}

impl SeismicError {
    /// An error of the Parquet library about a file.
    pub(crate) fn parquet(path: &str) -> impl Fn(ParquetError) -> Self + '_ {
        move |source| SeismicError::Parquet { path: path.to_owned(), source }
    }

    /// A damaged file.
    pub(crate) fn damaged(path: &str, reason: impl Into<String>) -> Self {
        SeismicError::Damaged { path: path.to_owned(), reason: reason.into() }
    }
}
