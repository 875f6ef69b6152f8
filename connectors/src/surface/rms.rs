//! RMS binary (`.gri`), also called IRAP binary: the header and values of IRAP classic as Fortran records, big endian, 32 bits.
//!
//! Records are a length, the bytes, and the length again: 32 bytes (-996, rows, xmin, xmax, ymin, ymax, dx, dy), 16 (columns,
//! rotation, x0, y0), 28 (seven zeros), then values in records of any length, usually a row each. Layout as xtgeo reads it.

use super::Surface;
use super::irap::{MAGIC, far_corner, geometry};
use super::write::plain;
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// Stands for no value; unlike IRAP classic, whose 9999900 is a value like others here.
const UNDEFINED: f64 = 1e30;

fn is_undefined(value: f64) -> bool {
    value >= 0.99 * UNDEFINED
}

/// RMS binary.
pub const FORMAT: Format = Format {
    name: "rms_binary",
    title: "RMS (IRAP) binary surfaces",
    endings: &["gri", "irapbin"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

fn recognise(prefix: &[u8]) -> bool {
    word(prefix, 0) == Some(32u32.to_be_bytes()) && word(prefix, 4) == Some(MAGIC.to_be_bytes())
}

fn word(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok()
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// The records of a file, one after the other.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    fn next(&mut self, what: &str) -> Result<Option<&'a [u8]>, DatasetError> {
        if self.at == self.bytes.len() {
            return Ok(None);
        }
        let begin = self.at;
        let cut = || {
            DatasetError::new(format!(
                "the record of {what} at byte {begin} is cut short: the file has {} bytes",
                self.bytes.len()
            ))
        };
        let length = word(self.bytes, begin).map(u32::from_be_bytes).ok_or_else(cut)?;
        let from = begin + 4;
        let to = usize::try_from(length).ok().and_then(|l| from.checked_add(l)).ok_or_else(cut)?;
        let record = self.bytes.get(from..to).ok_or_else(cut)?;
        let again = word(self.bytes, to).map(u32::from_be_bytes).ok_or_else(cut)?;
        if again != length {
            return Err(DatasetError::new(format!(
                "the record of {what} at byte {begin} has {length} bytes by its beginning and {again} by its end (byte {to}); \
                 the file is damaged"
            )));
        }
        self.at = to + 4;
        Ok(Some(record))
    }

    fn header(&mut self, what: &str, length: usize) -> Result<&'a [u8], DatasetError> {
        let begin = self.at;
        let record = self.next(what)?.ok_or_else(|| DatasetError::new(format!("the file ends before {what}")))?;
        if record.len() != length {
            return Err(DatasetError::new(format!(
                "{what} at byte {begin} has {} bytes, expected {length}",
                record.len()
            )));
        }
        Ok(record)
    }
}

fn float(record: &[u8], place: usize, what: &str) -> Result<f64, DatasetError> {
    let value = word(record, place * 4).map(f32::from_be_bytes).filter(|v| v.is_finite());
    value.map(f64::from).ok_or_else(|| DatasetError::new(format!("{what} in the header is not a number")))
}

fn count(record: &[u8], place: usize, what: &str) -> Result<usize, DatasetError> {
    let value = word(record, place * 4).map(i32::from_be_bytes);
    value
        .and_then(|v| usize::try_from(v).ok())
        .filter(|v| *v > 0)
        .ok_or_else(|| DatasetError::new(format!("{what} in the header is {}, expected 1 or more", value.unwrap_or(0))))
}

/// Reads a surface.
///
/// # Errors
/// Where a record is cut short or damaged, the header is not one, or there are too few or too many values.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let mut records = Records { bytes, at: 0 };
    let first = records.header("the first header", 32)?;
    if word(first, 0).map(i32::from_be_bytes) != Some(MAGIC) {
        return Err(DatasetError::new("expected -996 at byte 4, with which RMS binary begins"));
    }
    let rows = count(first, 1, "the number of rows")?;
    let origin = [float(first, 2, "xmin")?, float(first, 4, "ymin")?];
    let steps = [float(first, 6, "the increment in x")?, float(first, 7, "the increment in y")?];
    let second = records.header("the second header", 16)?;
    let columns = count(second, 0, "the number of columns")?;
    let rotation = float(second, 1, "the rotation")?;
    let centre = (float(second, 2, "x of the centre of rotation")?, float(second, 3, "y of the centre of rotation")?);
    let geometry = geometry(columns, rows, origin, steps, rotation, centre)?;
    records.header("the third header", 28)?;
    let mut values = Vec::with_capacity(geometry.nodes().min(bytes.len() / 4));
    loop {
        let begin = records.at;
        let Some(record) = records.next("values")? else { break };
        if record.len() % 4 != 0 {
            return Err(DatasetError::new(format!(
                "the record of values at byte {begin} has {} bytes, expected a multiple of 4",
                record.len()
            )));
        }
        for value in record.chunks_exact(4).filter_map(|b| b.try_into().ok()).map(f32::from_be_bytes) {
            if value.is_nan() || value.is_infinite() {
                return Err(DatasetError::new(format!(
                    "value {} is not a number; the file is damaged",
                    values.len() + 1
                )));
            }
            let value = f64::from(value);
            values.push(if is_undefined(value) { f64::NAN } else { value });
        }
    }
    Surface::new(geometry, values)
}

/// Writes a surface. What 32 bits cannot hold is noted.
pub(super) fn write(surface: &Surface, notes: &mut Vec<String>) -> Result<Vec<u8>, DatasetError> {
    let g = &surface.geometry;
    let (xmax, ymax) = far_corner(g);
    let dy = if g.flipped { -g.dy } else { g.dy };
    let whole = |n: usize, what: &str| {
        i32::try_from(n).map_err(|_| DatasetError::new(format!("{n} {what} are more than RMS binary can hold")))
    };
    for (what, value) in [
        ("x of the origin", g.x0),
        ("y of the origin", g.y0),
        ("the increment in x", g.dx),
        ("the increment in y", g.dy),
    ] {
        let held = f64::from(value as f32);
        if held != value {
            notes.push(format!("{what} {value} became {held}, since RMS binary has 32 bits; .fgr keeps all digits"));
        }
    }
    let mut bytes = Vec::with_capacity(100 + surface.values.len() * 4 + g.rows * 8);
    let mut record = |content: &[[u8; 4]]| -> Result<(), DatasetError> {
        let length =
            u32::try_from(content.len() * 4).map_err(|_| DatasetError::new("a row is too long for RMS binary"))?;
        bytes.extend(length.to_be_bytes());
        bytes.extend(content.iter().flatten());
        bytes.extend(length.to_be_bytes());
        Ok(())
    };
    let float = |v: f64| (v as f32).to_be_bytes();
    let (columns, rows) = (whole(g.columns, "columns")?, whole(g.rows, "rows")?);
    record(&[
        MAGIC.to_be_bytes(),
        rows.to_be_bytes(),
        float(g.x0),
        float(xmax),
        float(g.y0),
        float(ymax),
        float(g.dx),
        float(dy),
    ])?;
    record(&[columns.to_be_bytes(), float(g.rotation), float(g.x0), float(g.y0)])?;
    record(&[[0; 4]; 7])?;
    let mut rounded = 0;
    for row in surface.values.chunks(g.columns) {
        let mut content = Vec::with_capacity(row.len());
        for value in row {
            if value.is_nan() {
                content.push(float(UNDEFINED));
                continue;
            }
            let value = plain(*value, is_undefined, "RMS binary")?;
            rounded += usize::from(f64::from(value as f32) != value);
            content.push(float(value));
        }
        record(&content)?;
    }
    if rounded > 0 {
        notes.push(format!("{rounded} values were rounded to the 32 bits of RMS binary; .fgr keeps all digits"));
    }
    Ok(bytes)
}
