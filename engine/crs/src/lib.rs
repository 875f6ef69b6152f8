//! Coordinate reference systems: what one is, and coordinates in another, by PROJ.
//!
//! A crate of its own since it holds the project's one native library. PROJ and SQLite, which it reads its database with, are
//! compiled in, and so is the database: nothing has to be installed, and no network is asked.
//!
//! Axes are always east and then north (longitude and then latitude), whatever order the authority defines. Nothing is guessed:
//! a change of datum that PROJ knows only roughly ("ballpark") is refused, and one whose best way needs a grid file that is not
//! there is an error that says so.

mod database;
mod ffi;
mod unknown;

pub use ffi::{Operation, Transformer, describe, operations};

use thiserror::Error;

/// What a coordinate reference system is.
#[derive(Debug, Clone, PartialEq)]
pub struct CrsInfo {
    /// Its name, such as `ED50 / UTM zone 31N`.
    pub name: String,
    /// Whether coordinates are longitude and latitude in degrees.
    pub geographic: bool,
    /// Unit of the axes: `m`, `ft`, `ftUS`, `deg`; none where it is another.
    pub unit: Option<&'static str>,
}

/// Why there are no coordinates.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CrsError {
    /// The text is no coordinate reference system.
    #[error("`{text}` is not a coordinate reference system that is known: {reason}")]
    Unknown {
        /// What was given.
        text: String,
        /// What is wrong with it, and what to write.
        reason: String,
    },
    /// There is no way, or none that is better than a guess.
    #[error(
        "there is no transformation from {from} to {to} ({reason}); SELECT * FROM crs_operations(source => '{from}', target => '{to}') lists those that PROJ knows"
    )]
    NoOperation {
        /// The system converted from.
        from: String,
        /// The system converted to.
        to: String,
        /// What PROJ says.
        reason: String,
    },
    /// The best way needs a grid file.
    #[error(
        "the best transformation from {from} to {to} at {x} {y} cannot be used ({reason}), most likely since a grid file is missing: put it into the folder that PROJ_DATA names, or name a transformation without it: SELECT * FROM crs_operations(source => '{from}', target => '{to}')"
    )]
    NotAvailable {
        /// The system converted from.
        from: String,
        /// The system converted to.
        to: String,
        /// Where.
        x: f64,
        /// Where.
        y: f64,
        /// What PROJ says.
        reason: String,
    },
    /// No or several operations have the name that was given.
    #[error(
        "{found} transformations from {from} to {to} are called `{name}`; crs_operations lists them: give one name whole"
    )]
    Name {
        /// The system converted from.
        from: String,
        /// The system converted to.
        to: String,
        /// The name that was given.
        name: String,
        /// How many have it.
        found: usize,
    },
    /// The database of PROJ cannot be put where it can be read.
    #[error(
        "the database of coordinate systems cannot be unpacked: {0}; set XDG_CACHE_HOME to a folder that can be written"
    )]
    Database(String),
}
