//! Coordinates of traces: their units, their scalar, and which fields hold them.

use super::affine::{Point, Points};
use super::lines::word;
use crate::segy::field::{FieldKind, TraceField, scaled};
use crate::segy::headers::{Column, Headers};

/// The unit of coordinates, as bytes 89-90 of the trace headers state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoordinateUnit {
    /// Code 0, or one the standard does not define: not stated.
    Unstated,
    /// Code 1: length, in metres or feet by the measurement system.
    Length,
    /// Code 2: seconds of arc.
    ArcSeconds,
    /// Code 3: decimal degrees.
    DecimalDegrees,
    /// Code 4: degrees, minutes, seconds, as ±DDDMMSS.ss. Values are turned into decimal degrees.
    DegreesMinutesSeconds,
}

impl CoordinateUnit {
    /// The unit of a code.
    pub fn of_code(code: i32) -> Self {
        match code {
            1 => CoordinateUnit::Length,
            2 => CoordinateUnit::ArcSeconds,
            3 => CoordinateUnit::DecimalDegrees,
            4 => CoordinateUnit::DegreesMinutesSeconds,
            _ => CoordinateUnit::Unstated,
        }
    }

    /// `length`, `seconds of arc`, `decimal degrees`, `degrees, minutes, seconds` or `unstated`.
    pub fn name(self) -> &'static str {
        match self {
            CoordinateUnit::Unstated => "unstated",
            CoordinateUnit::Length => "length",
            CoordinateUnit::ArcSeconds => "seconds of arc",
            CoordinateUnit::DecimalDegrees => "decimal degrees",
            CoordinateUnit::DegreesMinutesSeconds => "degrees, minutes, seconds",
        }
    }

    /// Whether coordinates are angles.
    pub fn is_angle(self) -> bool {
        !matches!(self, CoordinateUnit::Unstated | CoordinateUnit::Length)
    }

    /// The largest magnitude of a coordinate in this unit.
    fn limit(self) -> f64 {
        match self {
            CoordinateUnit::ArcSeconds => 360.0 * 3600.0,
            CoordinateUnit::DecimalDegrees | CoordinateUnit::DegreesMinutesSeconds => 360.0,
            _ => f64::INFINITY,
        }
    }

    /// The coordinate of a header value with the scalar of bytes 71-72 applied; degrees, minutes and seconds become
    /// decimal degrees.
    pub fn value(self, raw: f64, scalar: i64) -> f64 {
        let value = scaled(raw, scalar);
        if self != CoordinateUnit::DegreesMinutesSeconds {
            return value;
        }
        let size = value.abs();
        let (degrees, minutes, seconds) = ((size / 1e4).trunc(), (size % 1e4 / 100.0).trunc(), size % 100.0);
        (degrees + minutes / 60.0 + seconds / 3600.0).copysign(value)
    }
}

/// What lengths in the headers are measured in: binary header bytes 3255-3256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeasurementSystem {
    /// Code 1.
    Metres,
    /// Code 2.
    Feet,
    /// Any other code, or no binary header.
    Unstated,
}

impl MeasurementSystem {
    /// The system that a binary header states.
    pub fn of(binary: Option<&crate::segy::BinaryHeader>) -> Self {
        match binary.map(|b| b.i16(3255)) {
            Some(1) => MeasurementSystem::Metres,
            Some(2) => MeasurementSystem::Feet,
            _ => MeasurementSystem::Unstated,
        }
    }

    /// `m`, `ft` or `unstated`.
    pub fn name(self) -> &'static str {
        match self {
            MeasurementSystem::Metres => "m",
            MeasurementSystem::Feet => "ft",
            MeasurementSystem::Unstated => "unstated",
        }
    }
}

/// What is known of the coordinates of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinates {
    /// The unit that the trace headers state.
    pub unit: CoordinateUnit,
    /// Its code in bytes 89-90 of the first trace.
    pub unit_code: i32,
    /// Metres or feet, for lengths.
    pub measurement: MeasurementSystem,
    /// The smallest and the largest scalar of the traces (bytes 71-72); 0 is read as 1. (1, 1) for fields that have
    /// none.
    pub scalar: (i32, i32),
    /// The smallest and the largest x, scalar applied, of the traces that have coordinates.
    pub x: (f64, f64),
    /// The same of y.
    pub y: (f64, f64),
    /// Traces without coordinates: both are 0, or no numbers.
    pub missing: u64,
}

/// Fields of x and y.
#[derive(Debug, Clone, PartialEq)]
pub struct CoordinateFields {
    pub x: TraceField,
    pub y: TraceField,
    /// How usual it is to find coordinates there, 0 to 1.
    pub prior: f64,
    /// Whether the caller stated them.
    pub stated: bool,
}

impl CoordinateFields {
    fn at(x: u16, y: u16, prior: f64) -> Self {
        CoordinateFields { x: TraceField::at(x), y: TraceField::at(y), prior, stated: false }
    }

    /// Whether the scalar of bytes 71-72 applies: to all but the real numbers of extension headers.
    pub fn scaled(&self) -> bool {
        self.x.kind != FieldKind::F64
    }

    /// `bytes 181 and 185`.
    pub fn places(&self) -> String {
        format!("bytes {} and {}", self.x.byte, self.y.byte)
    }
}

/// Fields where coordinates are usually found, the likeliest first.
pub fn usual(extended: bool) -> Vec<CoordinateFields> {
    let mut fields = Vec::new();
    if extended {
        // What is not 0 in the extension overrides the fields of the header.
        fields.push(CoordinateFields::at(401, 409, 1.0));
    }
    fields.extend(
        [(181, 185, 0.97), (73, 77, 0.9), (81, 85, 0.85)].map(|(x, y, prior)| CoordinateFields::at(x, y, prior)),
    );
    fields
}

/// Fields that the standard has for something else, where some writers put coordinates.
pub fn odd() -> Vec<CoordinateFields> {
    let private = |x: u16| CoordinateFields { x: word(x), y: word(x + 4), prior: 0.5, stated: false };
    (189..=233).step_by(4).map(private).collect()
}

/// Coordinates of traces, of the whole file or of its sample.
#[derive(Clone)]
pub struct Positions<'a> {
    x: std::borrow::Cow<'a, Column>,
    y: std::borrow::Cow<'a, Column>,
    scalar: Option<std::borrow::Cow<'a, Column>>,
    unit: CoordinateUnit,
}

/// The field of the scalar of coordinates.
pub fn scalar_field() -> TraceField {
    TraceField::at(71)
}

impl<'a> Positions<'a> {
    /// Those of the sampled traces.
    pub fn sampled(headers: &Headers<'_>, fields: &CoordinateFields, unit: CoordinateUnit) -> Self {
        use std::borrow::Cow::Owned;
        let column = |field: &TraceField| match field.kind {
            FieldKind::F64 => Column::Reals(headers.sampled_reals(field)),
            _ => Column::Numbers(headers.sampled(field)),
        };
        Positions {
            x: Owned(column(&fields.x)),
            y: Owned(column(&fields.y)),
            scalar: fields.scaled().then(|| Owned(column(&scalar_field()))),
            unit,
        }
    }

    /// Those of all traces; the columns must have been loaded.
    pub fn all(headers: &'a Headers<'_>, fields: &CoordinateFields, unit: CoordinateUnit) -> Self {
        use std::borrow::Cow::Borrowed;
        Positions {
            x: Borrowed(headers.column(&fields.x)),
            y: Borrowed(headers.column(&fields.y)),
            scalar: fields.scaled().then(|| Borrowed(headers.column(&scalar_field()))),
            unit,
        }
    }

    /// The coordinates of a trace; `None` where both are 0 or one is no number.
    pub fn get(&self, trace: usize) -> Option<(f64, f64)> {
        let scalar = self.scalar.as_ref().map_or(1, |s| i64::from(s.number(trace)));
        self.of(self.x.real(trace), self.y.real(trace), scalar)
    }

    fn of(&self, x: f64, y: f64, scalar: i64) -> Option<(f64, f64)> {
        let found = (self.unit.value(x, scalar), self.unit.value(y, scalar));
        let there = (x != 0.0 || y != 0.0) && found.0.is_finite() && found.1.is_finite();
        there.then_some(found)
    }

    /// The scalar of all traces, where it is one.
    fn one_scalar(&self) -> Option<i64> {
        match self.scalar.as_deref() {
            None => Some(1),
            Some(Column::Constant(scalar)) => Some(i64::from(*scalar)),
            Some(_) => None,
        }
    }

    /// Goes over the traces that have coordinates, as points of the numbers of lines.
    pub fn on<'b>(&'b self, inline: &'b Column, crossline: &'b Column, count: usize) -> OnLines<'b> {
        OnLines { positions: self, inline, crossline, count }
    }

    /// What is known of them; `None` where no trace has coordinates.
    pub fn summary(&self, count: usize, unit_code: i32, measurement: MeasurementSystem) -> Option<Coordinates> {
        let (mut x, mut y) = ((f64::INFINITY, f64::NEG_INFINITY), (f64::INFINITY, f64::NEG_INFINITY));
        let mut missing = count as u64;
        let mut add = |tx: f64, ty: f64| {
            missing = missing.saturating_sub(1);
            x = (x.0.min(tx), x.1.max(tx));
            y = (y.0.min(ty), y.1.max(ty));
        };
        let one = self.one_scalar();
        if let (Some(xs), Some(ys), Some(scalar)) = (self.x.varying(), self.y.varying(), one) {
            for (x, y) in xs.iter().zip(ys) {
                if let Some((x, y)) = self.of(f64::from(*x), f64::from(*y), scalar) {
                    add(x, y);
                }
            }
        } else {
            (0..count).filter_map(|trace| self.get(trace)).for_each(|(x, y)| add(x, y));
        }
        let scalar = match (self.scalar.as_deref(), one) {
            (Some(Column::Numbers(all)), None) => {
                (all.iter().copied().min().unwrap_or(1), all.iter().copied().max().unwrap_or(1))
            }
            (_, one) => (one.unwrap_or(1) as i32, one.unwrap_or(1) as i32),
        };
        let unit = self.unit;
        (missing < count as u64).then_some(Coordinates { unit, unit_code, measurement, scalar, x, y, missing })
    }
}

/// Traces with coordinates and numbers of lines.
pub struct OnLines<'a> {
    positions: &'a Positions<'a>,
    inline: &'a Column,
    crossline: &'a Column,
    count: usize,
}

impl Points for OnLines<'_> {
    fn each(&self, mut to: impl FnMut(Point)) {
        let p = self.positions;
        let plain = (p.x.varying(), p.y.varying(), self.inline.varying(), self.crossline.varying());
        if let ((Some(x), Some(y), Some(il), Some(xl)), None | Some(Column::Constant(_))) = (plain, p.scalar.as_deref())
        {
            // The usual case: four columns of whole numbers and one scalar.
            let scalar = p.scalar.as_ref().map_or(1, |s| i64::from(s.number(0)));
            for (trace, (((x, y), il), xl)) in x.iter().zip(y).zip(il).zip(xl).enumerate() {
                if let Some((x, y)) = p.of(f64::from(*x), f64::from(*y), scalar) {
                    to(Point { trace, inline: f64::from(*il), crossline: f64::from(*xl), x, y });
                }
            }
            return;
        }
        for trace in 0..self.count {
            if let Some((x, y)) = p.get(trace) {
                let (inline, crossline) = (self.inline.number(trace), self.crossline.number(trace));
                to(Point { trace, inline: f64::from(inline), crossline: f64::from(crossline), x, y });
            }
        }
    }
}

impl Coordinates {
    /// The largest magnitude of x and y.
    pub fn magnitude(&self) -> f64 {
        self.x.0.abs().max(self.x.1.abs()).max(self.y.0.abs()).max(self.y.1.abs())
    }

    /// Whether coordinates are within the range of their unit, not more than a header can hold, and scaled by no more
    /// than the standard has.
    pub(super) fn plausible(&self) -> bool {
        let scalar = self.scalar.0.unsigned_abs().max(self.scalar.1.unsigned_abs());
        self.magnitude() <= self.unit.limit() && self.magnitude() <= 2.2e9 && scalar <= 10_000
    }

    /// Whether both are the same in all traces.
    pub(super) fn constant(&self) -> bool {
        self.x.0 == self.x.1 && self.y.0 == self.y.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_and_degrees() {
        assert_eq!(CoordinateUnit::Length.value(43_641_570.0, -100), 436_415.70);
        assert_eq!(CoordinateUnit::Length.value(12.0, 10), 120.0);
        assert_eq!(CoordinateUnit::Unstated.value(12.0, 0), 12.0);
        // 58° 26′ 30.5″, in hundredths of a second.
        let value = CoordinateUnit::DegreesMinutesSeconds.value(58_263_050.0, -100);
        assert!((value - (58.0 + 26.0 / 60.0 + 30.5 / 3600.0)).abs() < 1e-12);
        let value = CoordinateUnit::DegreesMinutesSeconds.value(-15_206.0, 1);
        assert!((value + (1.0 + 52.0 / 60.0 + 6.0 / 3600.0)).abs() < 1e-12);
        assert_eq!(CoordinateUnit::of_code(7), CoordinateUnit::Unstated);
    }
}
