//! Typed rows of wells, tops, surveys, checkshots, cores, production and points, in the file's own units.

use arrow::record_batch::RecordBatch;
use outcrop_types::{DatumName, Issue};

use super::role::Role;

/// A well of a table of wells. Lengths are in the unit of their column ([`Rows::unit`]).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WellRow {
    /// Name of the well.
    pub well: Option<String>,
    /// Unique well identifier.
    pub uwi: Option<String>,
    /// Easting.
    pub x: Option<f64>,
    /// Northing.
    pub y: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// What measured depth is counted from, where the file says so (by a column, or by the name of the elevation's).
    pub datum: Option<DatumName>,
    /// Elevation of that datum above mean sea level.
    pub datum_elevation: Option<f64>,
    /// Total depth, measured.
    pub td: Option<f64>,
    /// Operating company.
    pub operator: Option<String>,
    /// Field.
    pub field: Option<String>,
    /// The other columns that are not null: name and value as text.
    pub extra: Vec<(String, String)>,
    /// Line of the file.
    pub line: u64,
}

/// Which way a depth against mean sea level is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DepthSign {
    /// Depth: positive below mean sea level.
    Down,
    /// Elevation: negative below mean sea level.
    Up,
}

/// A pick. Lengths are in the unit of their column ([`Rows::unit`]).
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TopRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// The surface picked.
    pub surface: String,
    /// Measured depth.
    pub md: Option<f64>,
    /// True vertical depth below the well's datum.
    pub tvd: Option<f64>,
    /// True vertical depth against mean sea level, positive **downwards** whatever the file's sign
    /// ([`super::Detection::tvdss_sign`] says which it was); `None` also when the file's sign could not be told.
    pub tvdss: Option<f64>,
    /// Easting.
    pub x: Option<f64>,
    /// Northing.
    pub y: Option<f64>,
    /// Who picked it.
    pub interpreter: Option<String>,
    /// Confidence or quality, as the source states it.
    pub confidence: Option<String>,
    /// Line of the file.
    pub line: u64,
}

/// A survey station. Measured depth is in the unit of its column ([`Rows::unit`]).
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// Measured depth.
    pub md: f64,
    /// Angle from the vertical, degrees unless the column's unit says otherwise.
    pub inclination: f64,
    /// Direction, degrees clockwise from north unless the column's unit says otherwise.
    pub azimuth: f64,
    /// Line of the file.
    pub line: u64,
}

/// A position along a hole. Lengths are in the unit of their column ([`Rows::unit`]).
#[derive(Debug, Clone, PartialEq)]
pub struct PositionRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// Measured depth.
    pub md: f64,
    /// Easting.
    pub x: f64,
    /// Northing.
    pub y: f64,
    /// Depth, positive downwards whatever the file's sign: true vertical depth against mean sea level where the table has it, else below
    /// the well's datum.
    pub depth: f64,
    /// Line of the file.
    pub line: u64,
}

/// A pair of depth and time. Depths are in the unit of their column, the time in that of its own ([`Rows::unit`]).
#[derive(Debug, Clone, PartialEq)]
pub struct CheckshotRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// Measured depth.
    pub md: Option<f64>,
    /// True vertical depth below the well's datum.
    pub tvd: Option<f64>,
    /// True vertical depth against mean sea level, positive downwards whatever the file's sign.
    pub tvdss: Option<f64>,
    /// Travel time as the file has it, positive downwards whatever the file's sign; one-way or two-way for the whole table.
    pub time: f64,
    /// Line of the file.
    pub line: u64,
}

/// A sample of a core. Its measurements are the columns of the table that have no other role, see [`CoreRow::row`].
#[derive(Debug, Clone, PartialEq)]
pub struct CoreRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// Measured depth, in the unit of its column ([`Rows::unit`]).
    pub md: f64,
    /// Number of the core, as the file writes it.
    pub core: Option<String>,
    /// Number or name of the sample, as the file writes it.
    pub sample: Option<String>,
    /// Place of the row in the table.
    pub row: usize,
    /// Line of the file.
    pub line: u64,
}

/// A row of a table of production. What was produced or injected stands in the columns of
/// [`super::Production::columns`], see [`ProductionRow::row`].
#[derive(Debug, Clone, PartialEq)]
pub struct ProductionRow {
    /// The well as the table names it; `None` when it has no such column.
    pub well: Option<String>,
    /// Unique well identifier, where the table has one.
    pub uwi: Option<String>,
    /// First day of the period, in days from 1970-01-01.
    pub start: Option<i32>,
    /// Last day of the period, in days from 1970-01-01.
    pub end: Option<i32>,
    /// What is produced or injected, where the table has a column of it.
    pub stream: Option<String>,
    /// Zone, reservoir, pool or completion, where the table has a column of it.
    pub zone: Option<String>,
    /// Place of the row in the table.
    pub row: usize,
    /// Line of the file.
    pub line: u64,
}

/// Typed rows with the units of the columns they came from, and what was noticed.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows<T> {
    /// The rows, in file order.
    pub rows: Vec<T>,
    /// Unit of each column that has a role; `None` when the file does not state it.
    pub units: Vec<(Role, Option<String>)>,
    /// What was noticed and left out.
    pub issues: Vec<Issue>,
}

impl<T> Rows<T> {
    /// The unit of a role's column; `None` when not stated or when there is no such column.
    pub fn unit(&self, role: Role) -> Option<&str> {
        self.units.iter().find(|(r, _)| *r == role).and_then(|(_, u)| u.as_deref())
    }
}

/// Points: the whole table with the places of the coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// Every column of the table, see [`super::Table::to_record_batch`].
    pub batch: RecordBatch,
    /// Column of easting or longitude.
    pub x: usize,
    /// Column of northing or latitude.
    pub y: usize,
    /// Column of the third coordinate.
    pub z: Option<usize>,
    /// True when x and y are longitude and latitude.
    pub geographic: bool,
    /// Rows without a coordinate, and what else was noticed.
    pub issues: Vec<Issue>,
}
