//! STORM binary grids (`.grd`, `.storm`): four numbers of the lattice and its bounds as text, then 64 bits a node, big endian.
//!
//! ```text
//! STORMGRID_BINARY
//!
//! columns rows dx dy
//! xmin xmax ymin ymax
//! ```
//!
//! i runs fastest, from the lower left; -999 is undefined (nrlib's `STORM_MISSING`).

use outcrop_types::GridGeometry;

use super::Surface;
use super::text::{count, number};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

const MAGIC: &[u8] = b"STORMGRID_BINARY";
const UNDEFINED: f64 = -999.0;

/// STORM binary.
pub const FORMAT: Format = Format {
    name: "storm_binary",
    title: "STORM binary surfaces",
    endings: &["storm", "grd"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise: |prefix| prefix.starts_with(MAGIC),
    read: Read::Datasets(read),
};

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, its bounds contradict the lattice, or there are too few or too many bytes.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| DatasetError::new("expected STORMGRID_BINARY, with which the format begins"))?;
    let mut at = 0;
    let mut words = Vec::with_capacity(8);
    while words.len() < 8 {
        let blanks = rest.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_whitespace()).count();
        at += blanks;
        let word = rest.get(at..).unwrap_or_default();
        let length = word.iter().take_while(|b| !b.is_ascii_whitespace()).count();
        if length == 0 || length > 40 {
            return Err(DatasetError::new(format!(
                "expected eight numbers behind STORMGRID_BINARY, columns, rows, dx, dy and bounds, found {}",
                words.len()
            )));
        }
        words.push(String::from_utf8_lossy(word.get(..length).unwrap_or_default()).into_owned());
        at += length;
    }
    let wrong = |what: &str, word: &str| DatasetError::new(format!("{what} is `{word}`, expected a number"));
    let get = |place: usize| words.get(place).map(String::as_str).unwrap_or_default();
    let nodes = |place: usize, what: &str| count(get(place)).ok_or_else(|| wrong(what, get(place)));
    let float = |place: usize, what: &str| number(get(place)).ok_or_else(|| wrong(what, get(place)));
    let (columns, rows) = (nodes(0, "the number of columns")?, nodes(1, "the number of rows")?);
    let (dx, dy) = (float(2, "the increment in x")?, float(3, "the increment in y")?);
    let (xmin, xmax) = (float(4, "xmin")?, float(5, "xmax")?);
    let (ymin, ymax) = (float(6, "ymin")?, float(7, "ymax")?);
    let geometry = GridGeometry { columns, rows, x0: xmin, y0: ymin, dx, dy, rotation: 0.0, flipped: false }
        .checked()
        .map_err(DatasetError::new)?;
    let off = |from: f64, to: f64, n: usize, step: f64| ((to - from) - (n - 1) as f64 * step).abs() > 0.01 * step;
    if off(xmin, xmax, columns, dx) || off(ymin, ymax, rows, dy) {
        return Err(DatasetError::new(format!(
            "{columns} columns {dx} apart and {rows} rows {dy} apart do not fill the bounds {xmin} to {xmax} and {ymin} to {ymax}; \
             the header contradicts itself"
        )));
    }
    // One end of line closes the header; the first byte of a value may look like another.
    let content = rest.get(at..).unwrap_or_default();
    let content = content.strip_prefix(b"\r\n").or_else(|| content.strip_prefix(b"\n")).unwrap_or(content);
    if content.len() != geometry.nodes().saturating_mul(8) {
        return Err(DatasetError::new(format!(
            "expected {} bytes of values for {columns} columns and {rows} rows, found {}; the file is cut short or its header is \
             wrong",
            geometry.nodes().saturating_mul(8),
            content.len()
        )));
    }
    let values = content.chunks_exact(8).filter_map(|b| b.try_into().ok()).map(f64::from_be_bytes);
    let values: Vec<f64> = values.map(|v| if v == UNDEFINED { f64::NAN } else { v }).collect();
    if let Some(place) = values.iter().position(|v| v.is_infinite()) {
        return Err(DatasetError::new(format!("value {} is not finite; the file is damaged", place + 1)));
    }
    Surface::new(geometry, values)
}
