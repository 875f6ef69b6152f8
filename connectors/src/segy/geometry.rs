//! The geometry of a file: 3D, 2D or gathers, which header fields number its lines and hold its coordinates, and how
//! the traces lie.
//!
//! Writers put inline, crossline and coordinates where they like. [`detect`] tries the places that are in use, by the
//! numbers themselves: their range, the order of the file, the grid they fill, and whether the coordinates are an
//! affine function of them. What is found is a proposal with its evidence; [`GeometryOptions`] overrides any part of
//! it. Trace headers are read in two passes: some spread traces in full, then whole columns of the few fields that
//! matter.

mod affine;
mod axis;
mod choice;
mod considered;
mod coordinates;
mod detect;
mod grid;
mod line2d;
mod lines;
mod profile;
mod report;

use std::str::FromStr;

use outcrop_types::Issue;

use super::field::{FieldKind, TraceField};
use super::headers::Headers;
use super::{SegyError, SegyFile};

pub use affine::AffineMap;
pub use axis::{Axis, SortKey, SortOrder};
pub use coordinates::{CoordinateUnit, Coordinates, MeasurementSystem};
pub(super) use detect::survey;
pub use line2d::LinePath;

/// What kind of data a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GeometryKind {
    /// A trace for each inline and crossline; also a single inline or crossline of a 3D survey.
    Poststack3d,
    /// Several traces of different offsets for each inline and crossline.
    Prestack3d,
    /// Traces along a line.
    Line2d,
    /// Gathers of a line, or shot records.
    Prestack2d,
    /// One trace.
    SingleTrace,
    /// The headers do not tell.
    Unknown,
}

impl GeometryKind {
    /// All kinds.
    pub const ALL: [GeometryKind; 6] = [
        GeometryKind::Poststack3d,
        GeometryKind::Prestack3d,
        GeometryKind::Line2d,
        GeometryKind::Prestack2d,
        GeometryKind::SingleTrace,
        GeometryKind::Unknown,
    ];

    /// A word for programs: `3d`, `3d_prestack`, `2d`, `2d_prestack`, `single_trace`, `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            GeometryKind::Poststack3d => "3d",
            GeometryKind::Prestack3d => "3d_prestack",
            GeometryKind::Line2d => "2d",
            GeometryKind::Prestack2d => "2d_prestack",
            GeometryKind::SingleTrace => "single_trace",
            GeometryKind::Unknown => "unknown",
        }
    }

    /// Words for people.
    pub fn title(self) -> &'static str {
        match self {
            GeometryKind::Poststack3d => "3D post-stack",
            GeometryKind::Prestack3d => "3D prestack",
            GeometryKind::Line2d => "2D line",
            GeometryKind::Prestack2d => "2D gathers or shot records",
            GeometryKind::SingleTrace => "single trace",
            GeometryKind::Unknown => "unknown",
        }
    }

    /// Whether positions are numbered by inline and crossline.
    pub fn is_3d(self) -> bool {
        matches!(self, GeometryKind::Poststack3d | GeometryKind::Prestack3d)
    }

    /// Whether several traces belong to a position.
    pub fn is_prestack(self) -> bool {
        matches!(self, GeometryKind::Prestack3d | GeometryKind::Prestack2d)
    }
}

impl FromStr for GeometryKind {
    type Err = SegyError;

    fn from_str(text: &str) -> Result<Self, SegyError> {
        let wanted = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        GeometryKind::ALL.into_iter().find(|k| k.name() == wanted).ok_or_else(|| {
            let names: Vec<&str> = GeometryKind::ALL.iter().map(|k| k.name()).collect();
            SegyError::Request(format!("`{text}` is no kind of geometry; there are {}", names.join(", ")))
        })
    }
}

/// Where a field is in the trace headers: as text `189`, or `17:2` with its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldPlace {
    /// Its first byte, from 1.
    pub byte: u16,
    /// 2 or 4 bytes; `None` for what the standard has there, and 4 where it has nothing.
    pub width: Option<u8>,
}

impl FieldPlace {
    /// The field of the standard at a byte, of 4 bytes where it has none.
    pub fn at(byte: u16) -> Self {
        FieldPlace { byte, width: None }
    }

    /// The field to read.
    ///
    /// # Errors
    /// [`SegyError::Request`] for byte 0 and widths other than 2 and 4.
    pub fn field(self) -> Result<TraceField, SegyError> {
        let standard = TraceField::at(self.byte);
        let field = match self.width {
            _ if self.byte == 0 => None,
            None => Some(standard).filter(|f| f.kind != FieldKind::Text8),
            Some(4) => Some(lines::word(self.byte)),
            Some(2) if standard.kind == FieldKind::I16 => Some(standard),
            Some(2) => Some(TraceField::custom(self.byte, FieldKind::I16)),
            Some(_) => None,
        };
        field.ok_or_else(|| {
            SegyError::Request(format!(
                "`{self}` is no place of a number in the trace headers; give its first byte, counted from 1, and the \
                width 2 or 4: 189, 17:2"
            ))
        })
    }
}

impl std::fmt::Display for FieldPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.width {
            Some(width) => write!(f, "{}:{width}", self.byte),
            None => write!(f, "{}", self.byte),
        }
    }
}

impl FromStr for FieldPlace {
    type Err = SegyError;

    fn from_str(text: &str) -> Result<Self, SegyError> {
        let (byte, width) = match text.split_once(':') {
            Some((byte, width)) => (byte, Some(width.trim().parse().unwrap_or(0))),
            None => (text, None),
        };
        let place = FieldPlace { byte: byte.trim().parse().unwrap_or(0), width };
        place.field().map(|_| place)
    }
}

/// What the caller states of the geometry; it is taken as it is, and the rest is found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GeometryOptions {
    /// The kind.
    pub kind: Option<GeometryKind>,
    /// Where inline numbers are.
    pub inline: Option<FieldPlace>,
    /// Where crossline numbers are.
    pub crossline: Option<FieldPlace>,
    /// Where CDP numbers are.
    pub cdp: Option<FieldPlace>,
    /// Where shotpoint numbers are.
    pub shotpoint: Option<FieldPlace>,
    /// Where offsets are.
    pub offset: Option<FieldPlace>,
    /// Where x is; y is in the next 4 bytes unless stated.
    pub x: Option<FieldPlace>,
    /// Where y is; x is in the 4 bytes before unless stated.
    pub y: Option<FieldPlace>,
}

/// What a candidate would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Inline and crossline numbers.
    Lines,
    /// x and y.
    Coordinates,
    /// The numbering of a line or of gathers: CDP, shotpoint, shot.
    Line,
}

impl Role {
    /// `lines`, `coordinates` or `line`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Lines => "lines",
            Role::Coordinates => "coordinates",
            Role::Line => "line",
        }
    }
}

/// Header fields that were considered.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// What for.
    pub role: Role,
    /// The fields: inline and crossline; x and y; those that number a line.
    pub fields: Vec<TraceField>,
    /// How much speaks for them, 0 to 1.
    pub confidence: f64,
    /// What speaks for and against them.
    pub evidence: String,
    /// Whether they were taken.
    pub taken: bool,
}

/// The fields that were taken; `None` where there is no such field in this file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GeometryFields {
    /// Inline numbers.
    pub inline: Option<TraceField>,
    /// Crossline numbers.
    pub crossline: Option<TraceField>,
    /// CDP numbers of a line or of gathers.
    pub cdp: Option<TraceField>,
    /// Shotpoint numbers of a line.
    pub shotpoint: Option<TraceField>,
    /// Numbers of shots: field record or energy source point.
    pub shot: Option<TraceField>,
    /// Offsets, or what tells the traces of a position apart.
    pub offset: Option<TraceField>,
    /// x.
    pub x: Option<TraceField>,
    /// y.
    pub y: Option<TraceField>,
}

/// A corner of the survey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Corner {
    /// Inline number.
    pub inline: i64,
    /// Crossline number.
    pub crossline: i64,
    /// x, by the affine map.
    pub x: f64,
    /// y, by the affine map.
    pub y: f64,
}

/// The geometry of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Geometry {
    /// What kind of data.
    pub kind: GeometryKind,
    /// How sure that is with the fields that were taken, 0 to 1; 1 where the caller stated them.
    pub confidence: f64,
    /// What speaks for it.
    pub evidence: String,
    /// The fields taken.
    pub fields: GeometryFields,
    /// Traces of the file.
    pub traces: u64,
    /// Inlines of 3D data.
    pub inline: Option<Axis>,
    /// Crosslines of 3D data.
    pub crossline: Option<Axis>,
    /// CDPs of a line or of gathers.
    pub cdp: Option<Axis>,
    /// Shotpoints as they are in the headers.
    pub shotpoint: Option<Axis>,
    /// The first and the last shotpoint with the scalar of bytes 201-202 applied, smallest first.
    pub shotpoint_range: Option<(f64, f64)>,
    /// Shots of shot records.
    pub shot: Option<Axis>,
    /// Offsets of prestack data.
    pub offset: Option<Axis>,
    /// The order of the traces.
    pub order: SortOrder,
    /// Positions that have traces: inlines and crosslines, CDPs, or shots. `None` where nothing numbers them.
    pub positions: Option<u64>,
    /// Positions of the axes without a trace.
    pub holes: u64,
    /// The first of them in the order of their numbers: inline and crossline, or CDP and 0; at most 1000.
    pub hole_positions: Vec<(i64, i64)>,
    /// Traces at the position and offset of an earlier one.
    pub duplicates: u64,
    /// The first of their numbers, from 1; at most 1000.
    pub duplicate_traces: Vec<u64>,
    /// The fewest and the most traces of a position that has any.
    pub fold: (u32, u32),
    /// The coordinates; `None` where no trace has any.
    pub coordinates: Option<Coordinates>,
    /// From inline and crossline to coordinates; `None` where the coordinates do not determine it. Of 3D data.
    pub map: Option<AffineMap>,
    /// The corners: first inline and first crossline, first and last, last and first, last and last. Of 3D data with a
    /// map.
    pub corners: Option<[Corner; 4]>,
    /// The path of a 2D line along its coordinates.
    pub path: Option<LinePath>,
    /// What was considered, the best first in each role.
    pub candidates: Vec<Candidate>,
    /// What is odd or was assumed.
    pub issues: Vec<Issue>,
}

/// Finds the geometry of a file by its trace headers.
///
/// Memory is about 20 bytes a trace, and up to 50 where numbers are scattered, whatever the headers say.
/// Single-threaded.
///
/// # Errors
/// [`SegyError::Request`] for stated fields that the headers do not have, and where the file can't be read.
pub fn detect(file: &SegyFile, options: &GeometryOptions) -> Result<Geometry, SegyError> {
    survey(&mut Headers::sample(file)?, options, &[])
}
