//! Text tables: wells, tops, surveys, checkshots, cores, production, points and the dictionaries they refer to.
//!
//! [`read`] turns bytes into a [`Table`] of typed columns, [`detect`] says what the table is and what its columns are,
//! and [`wells`], [`tops`], [`surveys`], [`checkshots`], [`cores`], [`production()`] and [`points`] give typed rows in the
//! file's own units. Nothing is guessed in silence: a unit that the file does not state stays `None`, and every assumption is
//! an issue that says what settles it.
//!
//! ```
//! use outcrop_connectors::table::{detect, read, tops, Kind, TableOptions};
//! let table = read(b"Well,Surface,MD (m)\nA-1,Hugin,3200.5\n", &TableOptions::default()).unwrap();
//! let detection = detect(&table);
//! assert_eq!(detection.kind, Kind::Tops);
//! let tops = tops(&table, &detection).unwrap();
//! assert_eq!(tops.rows[0].md, Some(3200.5));
//! assert_eq!(tops.unit("md".parse().unwrap()), Some("m"));
//! ```
//!
//! Tables that refer to others by number (picks by site and horizon id, with a table of wells and a dictionary of
//! horizons beside them) are completed by [`resolve`].

mod batch;
mod checkshots;
mod cores;
mod date;
mod decode;
mod detect;
mod dictionary;
mod error;
mod extract;
mod fixed;
mod flow;
mod header;
mod heading;
mod inspect;
mod layout;
mod model;
mod nulls;
mod number;
mod opendtect;
mod period;
mod preamble;
mod production;
mod quantity;
mod read;
mod records;
mod role;
mod rows;
mod sample;
mod settle;
mod sniff;
mod typed;
mod wellpath;

pub use checkshots::{Checkshots, checkshots};
pub use cores::cores;
pub use detect::{Detection, detect};
pub use dictionary::{join_dictionary, resolve};
pub use error::TableError;
pub use extract::{points, positions, surveys, tops, wells};
pub use fixed::FixedColumns;
pub use inspect::{ColumnSummary, inspect};
pub use layout::{ColumnType, Delimiter, Layout, Property, TableFormat, TableOptions, TextEncoding};
pub use model::{Column, ColumnData, Table};
pub use production::{Production, ProductionColumn, production};
pub use read::read;
pub use role::{Kind, Role};
pub use rows::{
    CheckshotRow, CoreRow, DepthSign, Points, PositionRow, ProductionRow, Rows, SurveyRow, TopRow, WellRow,
};
pub use sniff::sniff;
