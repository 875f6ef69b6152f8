//! What can go wrong while a field is made.

use std::path::PathBuf;

use outcrop_kernels::KernelError;

/// An error of the demo field.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// An option outside its range.
    #[error("option {name}: expected {expected}, found {found}")]
    Option {
        /// The option.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// A file or folder could not be written.
    #[error("{}: cannot write: {source}; choose a folder you may write to", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A path could not be computed.
    #[error("well {well}: the path cannot be computed: {source}")]
    Path {
        /// The well.
        well: String,
        /// What the kernel said.
        source: KernelError,
    },
    /// A well's path does not cross a surface.
    #[error("well {well}: its path, {td} m long, does not cross {surface}")]
    NoCrossing {
        /// The well.
        well: String,
        /// The surface.
        surface: &'static str,
        /// Length of the path, metre.
        td: f64,
    },
}
