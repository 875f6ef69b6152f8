//! Golden Software's Surfer (`.grd`): 6 text (DSAA), 6 binary (DSBB) and 7 binary (DSRB).
//!
//! All have rows from south to north with x fastest, and bounds of the nodes. Layouts as Golden Software's file format reference
//! states them; values from 1.70141e38 (Surfer 6) or the blank value (Surfer 7) are undefined.

use outcrop_types::GridGeometry;

use super::Surface;
use super::text::{Words, decode};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// From here on values of Surfer 6 are blank.
const BLANK: f64 = 1.701_41e38;

/// Surfer, every version.
pub const FORMAT: Format = Format {
    name: "surfer",
    title: "Surfer grids: 6 text, 6 binary and 7",
    endings: &["grd"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

fn recognise(prefix: &[u8]) -> bool {
    [b"DSAA", b"DSBB", b"DSRB"].iter().any(|magic| prefix.starts_with(*magic))
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, a value is no number, or there are too few or too many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    match bytes.get(..4) {
        Some(b"DSAA") => text(bytes),
        Some(b"DSBB") => six(bytes),
        Some(b"DSRB") => seven(bytes),
        _ => Err(DatasetError::new("expected DSAA, DSBB or DSRB, with which Surfer grids begin")),
    }
}

fn geometry(columns: usize, rows: usize, [xlo, xhi, ylo, yhi]: [f64; 4]) -> Result<GridGeometry, DatasetError> {
    if columns < 2 || rows < 2 {
        return Err(DatasetError::new(format!("{columns} columns and {rows} rows; expected two or more of each")));
    }
    let (dx, dy) = ((xhi - xlo) / (columns - 1) as f64, (yhi - ylo) / (rows - 1) as f64);
    GridGeometry { columns, rows, x0: xlo, y0: ylo, dx, dy, rotation: 0.0, flipped: false }
        .checked()
        .map_err(DatasetError::new)
}

fn text(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut words = Words::new(&text, 1);
    words.next();
    let (columns, rows) = (words.count("the number of columns")?, words.count("the number of rows")?);
    let bounds = [words.number("xlo")?, words.number("xhi")?, words.number("ylo")?, words.number("yhi")?];
    words.number("zlo")?;
    words.number("zhi")?;
    let geometry = geometry(columns, rows, bounds)?;
    Surface::new(geometry, words.values(columns, rows, |v| v >= BLANK)?)
}

/// Little-endian numbers, one after the other.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], DatasetError> {
        let taken = self.bytes.get(self.at..).and_then(|rest| rest.get(..N)).and_then(|b| b.try_into().ok());
        self.at += N;
        taken.ok_or_else(|| {
            DatasetError::new(format!("the file ends at byte {} before {what}; it is cut short", self.bytes.len()))
        })
    }

    fn double(&mut self, what: &str) -> Result<f64, DatasetError> {
        let value = f64::from_le_bytes(self.take(what)?);
        if value.is_finite() { Ok(value) } else { Err(DatasetError::new(format!("{what} is not a finite number"))) }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

fn positive(value: i64, what: &str) -> Result<usize, DatasetError> {
    usize::try_from(value)
        .ok()
        .filter(|v| *v > 0)
        .ok_or_else(|| DatasetError::new(format!("{what} is {value}, expected 1 or more")))
}

/// The values behind a header; as many bytes as they need and no more.
fn values<const N: usize>(
    rest: &[u8],
    geometry: &GridGeometry,
    value: impl Fn([u8; N]) -> f64,
    is_blank: impl Fn(f64) -> bool,
) -> Result<Vec<f64>, DatasetError> {
    if rest.len() != geometry.nodes().saturating_mul(N) {
        return Err(DatasetError::new(format!(
            "expected {} bytes of values for {} columns and {} rows, found {}; the file is cut short or its header is wrong",
            geometry.nodes().saturating_mul(N),
            geometry.columns,
            geometry.rows,
            rest.len()
        )));
    }
    let values = rest.chunks_exact(N).filter_map(|b| b.try_into().ok()).map(value);
    let values: Vec<f64> = values.map(|v| if is_blank(v) { f64::NAN } else { v }).collect();
    match values.iter().position(|v| v.is_infinite()) {
        Some(place) => Err(DatasetError::new(format!("value {} is not finite; the file is damaged", place + 1))),
        None => Ok(values),
    }
}

fn six(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let mut cursor = Cursor { bytes, at: 4 };
    let columns = positive(i16::from_le_bytes(cursor.take("the number of columns")?).into(), "the number of columns")?;
    let rows = positive(i16::from_le_bytes(cursor.take("the number of rows")?).into(), "the number of rows")?;
    let bounds = [cursor.double("xlo")?, cursor.double("xhi")?, cursor.double("ylo")?, cursor.double("yhi")?];
    let geometry = geometry(columns, rows, bounds)?;
    cursor.take::<16>("zlo and zhi")?;
    let values =
        values(cursor.rest(), &geometry, |b| f64::from(f32::from_le_bytes(b)), |v| v >= f64::from(BLANK as f32))?;
    Surface::new(geometry, values)
}

fn seven(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let mut cursor = Cursor { bytes, at: 0 };
    let mut grid: Option<(GridGeometry, f64)> = None;
    while cursor.at < bytes.len() {
        let begin = cursor.at;
        let tag: [u8; 4] = cursor.take("the tag of a section")?;
        let length = u32::from_le_bytes(cursor.take("the length of a section")?);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(content) = cursor.rest().get(..length) else {
            return Err(DatasetError::new(format!(
                "section {} at byte {begin} has {length} bytes, but the file ends at byte {}; it is cut short",
                String::from_utf8_lossy(&tag),
                bytes.len()
            )));
        };
        match (&tag, grid) {
            (b"GRID", _) => grid = Some(header(content)?),
            (b"DATA", Some((geometry, blank))) => {
                let values = values(content, &geometry, f64::from_le_bytes, |v| v >= blank)?;
                return Surface::new(geometry, values);
            }
            (b"DATA", None) => return Err(DatasetError::new("section DATA stands before section GRID")),
            _ => {}
        }
        cursor.at += length;
    }
    Err(DatasetError::new("there is no section DATA; the file is cut short"))
}

/// Section GRID: rows, columns, x and y of the lower left node, distances, z range, rotation (not used), blank value.
fn header(content: &[u8]) -> Result<(GridGeometry, f64), DatasetError> {
    let mut cursor = Cursor { bytes: content, at: 0 };
    let rows = positive(i32::from_le_bytes(cursor.take("the number of rows")?).into(), "the number of rows")?;
    let columns = positive(i32::from_le_bytes(cursor.take("the number of columns")?).into(), "the number of columns")?;
    let (x0, y0) = (cursor.double("x of the first node")?, cursor.double("y of the first node")?);
    let (dx, dy) = (cursor.double("the distance in x")?, cursor.double("the distance in y")?);
    cursor.take::<16>("the range of z")?;
    let rotation = cursor.double("the rotation")?;
    if rotation != 0.0 {
        return Err(DatasetError::new(format!("the rotation is {rotation}; expected 0, since Surfer turns no grids")));
    }
    let blank = cursor.double("the blank value")?;
    let geometry = GridGeometry { columns, rows, x0, y0, dx, dy, rotation: 0.0, flipped: false };
    Ok((geometry.checked().map_err(DatasetError::new)?, blank))
}
