//! SEG-Y and Seismic Unix.

mod broken;
mod build;
mod expected;
mod formats;
mod geometry;
mod inspect;
mod survey;

use std::path::PathBuf;
use std::sync::Arc;

use outcrop_connectors::segy::{MemoryBytes, OpenOptions, SegyError, SegyFile};

/// The SEG-Y files of the data folder.
fn folder() -> Option<PathBuf> {
    crate::las_expected::data().map(|d| d.join("segy"))
}

fn open(bytes: Vec<u8>) -> Result<SegyFile, SegyError> {
    open_with(bytes, &OpenOptions::default())
}

fn open_with(bytes: Vec<u8>, options: &OpenOptions) -> Result<SegyFile, SegyError> {
    SegyFile::open(Arc::new(MemoryBytes(bytes)), options)
}

fn open_path(path: &str) -> Option<SegyFile> {
    let bytes = std::fs::read(folder()?.join(path)).unwrap();
    Some(open(bytes).unwrap_or_else(|e| panic!("{path}: {e}")))
}

fn has(file: &SegyFile, code: &str) -> bool {
    file.issues().iter().any(|i| i.code == code)
}
