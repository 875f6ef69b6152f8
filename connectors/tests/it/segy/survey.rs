//! Surveys made with known geometry.

use outcrop_connectors::segy::SegyFile;

use super::build::{Build, Trace};
use super::open;

/// Header values by byte and width.
pub type Fields = Vec<(usize, usize, i64)>;

/// A 3D survey: its numbers, its place, and what is wrong with it.
#[derive(Clone)]
pub struct Survey {
    /// First number, step, count.
    pub inlines: (i64, i64, i64),
    pub crosslines: (i64, i64, i64),
    /// Bytes of inline, crossline, x and y.
    pub bytes: [usize; 4],
    /// Degrees clockwise from north in which crosslines rise.
    pub azimuth: f64,
    /// Whether inlines rise to the left of that direction, instead of to the right.
    pub left: bool,
    /// Distance between inlines and between crosslines.
    pub spacing: (f64, f64),
    pub origin: (f64, f64),
    /// Coordinate scalar of a trace, by its number.
    pub scalar: fn(usize) -> i64,
    /// Offsets of each position.
    pub offsets: Vec<i64>,
    /// Positions (places from 0) without a trace.
    pub hole: fn(i64, i64) -> bool,
    /// Traces sorted by crossline.
    pub by_crossline: bool,
    /// Numbers of traces (from 0, of those that are left) that are written twice.
    pub twice: Vec<usize>,
    /// More fields of a trace: by number, inline and crossline.
    pub more: fn(usize, i64, i64) -> Fields,
}

impl Default for Survey {
    fn default() -> Self {
        Survey {
            inlines: (100, 2, 12),
            crosslines: (1000, 4, 17),
            bytes: [189, 193, 181, 185],
            azimuth: 37.0,
            left: false,
            spacing: (25.0, 12.5),
            origin: (450_000.0, 6_780_000.0),
            scalar: |_| -100,
            offsets: vec![0],
            hole: |_, _| false,
            by_crossline: false,
            twice: Vec::new(),
            more: |_, _, _| Vec::new(),
        }
    }
}

impl Survey {
    /// The coordinates of a position.
    pub fn xy(&self, inline: i64, crossline: i64) -> (f64, f64) {
        let across = self.spacing.0 * (inline - self.inlines.0) as f64 / self.inlines.1 as f64;
        let across = if self.left { -across } else { across };
        let along = self.spacing.1 * (crossline - self.crosslines.0) as f64 / self.crosslines.1 as f64;
        let (sin, cos) = self.azimuth.to_radians().sin_cos();
        (self.origin.0 + along * sin + across * cos, self.origin.1 + along * cos - across * sin)
    }

    /// Positions in the order of the file: inline, crossline, offset.
    fn positions(&self) -> Vec<(i64, i64, i64)> {
        let mut all = Vec::new();
        let number = |(first, step, _): (i64, i64, i64), place: i64| first + step * place;
        for i in 0..self.inlines.2 {
            for c in 0..self.crosslines.2 {
                if !(self.hole)(i, c) {
                    let at = (number(self.inlines, i), number(self.crosslines, c));
                    all.extend(self.offsets.iter().map(|o| (at.0, at.1, *o)));
                }
            }
        }
        if self.by_crossline {
            all.sort_by_key(|(i, c, o)| (*c, *i, *o));
        }
        let again: Vec<(i64, i64, i64)> = self.twice.iter().map(|t| all[*t]).collect();
        all.extend(again);
        all
    }

    /// The bytes of a file of it, each trace of one sample.
    pub fn bytes(&self, build: &Build) -> Vec<u8> {
        let trace = |(number, (inline, crossline, offset)): (usize, (i64, i64, i64))| {
            let (x, y) = self.xy(inline, crossline);
            let scalar = (self.scalar)(number);
            let raw = |v: f64| match scalar {
                0 => v.round() as i64,
                s if s < 0 => (v * -s as f64).round() as i64,
                s => (v / s as f64).round() as i64,
            };
            let [i, c, bx, by] = self.bytes;
            let mut fields = vec![(i, 4, inline), (c, 4, crossline), (bx, 4, raw(x)), (by, 4, raw(y))];
            fields.extend([(71, 2, scalar), (37, 4, offset), (5, 4, number as i64 + 1), (29, 2, 1), (89, 2, 1)]);
            fields.extend((self.more)(number, inline, crossline));
            let mut samples = Vec::new();
            build.format.encode(&[number as f64 % 1000.0], build.order, &mut samples);
            Trace { fields, samples }
        };
        build.file(&self.positions().into_iter().enumerate().map(trace).collect::<Vec<_>>())
    }

    pub fn file(&self) -> SegyFile {
        open(self.bytes(&Build::default())).unwrap()
    }
}
