//! IRAP classic, ASCII (`.fgr`, `.gri`, `.irap`), also called RMS ascii.
//!
//! ```text
//! -996 rows dx dy
//! xmin xmax ymin ymax
//! columns rotation x0 y0
//! 0 0 0 0 0 0 0
//! values, i fastest, from the origin
//! ```
//!
//! The rotation is in degrees, anticlockwise, about `x0 y0`, which is the first node; 9999900 is undefined. A negative dy flips the
//! rows. Layout as read and written by RMS and xtgeo.

use std::fmt::Write;

use outcrop_types::GridGeometry;

use super::Surface;
use super::text::{Words, decode};
use super::write::{digits, plain};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// What every file begins with.
pub(super) const MAGIC: i32 = -996;
/// Stands for no value.
pub(super) const UNDEFINED: f64 = 9_999_900.0;

/// IRAP classic, ASCII.
pub const FORMAT: Format = Format {
    name: "irap_classic",
    title: "IRAP classic surfaces, ASCII",
    endings: &["fgr", "irap", "gri", "irapgrid"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

fn recognise(prefix: &[u8]) -> bool {
    let text = decode(prefix.get(..prefix.len().min(1024)).unwrap_or_default());
    let mut words = Words::new(&text, 1);
    words.next() == Some("-996") && words.count("rows").is_ok() && (0..6).all(|_| words.number("header").is_ok())
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, a value is no number, or there are too few or too many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut words = Words::new(&text, 1);
    if words.number("the first number")? != f64::from(MAGIC) {
        return Err(DatasetError::at_line("expected -996, with which IRAP classic begins", 1));
    }
    let rows = words.count("the number of rows")?;
    let (dx, dy) = (words.number("the increment in x")?, words.number("the increment in y")?);
    let [xmin, _, ymin, _] =
        [words.number("xmin")?, words.number("xmax")?, words.number("ymin")?, words.number("ymax")?];
    let columns = words.count("the number of columns")?;
    let rotation = words.number("the rotation")?;
    let centre = (words.number("x of the centre of rotation")?, words.number("y of the centre of rotation")?);
    let geometry = geometry(columns, rows, [xmin, ymin], [dx, dy], rotation, centre)?;
    for place in 1..=7 {
        words.number(&format!("number {place} of the fourth line"))?;
    }
    let values = words.values(columns, rows, is_undefined)?;
    Surface::new(geometry, values)
}

pub(super) fn is_undefined(value: f64) -> bool {
    // Writers round it, and binary files have 32 bits of it.
    value >= UNDEFINED - 1.0
}

/// The grid of a header, ASCII or binary.
pub(super) fn geometry(
    columns: usize,
    rows: usize,
    [x0, y0]: [f64; 2],
    [dx, dy]: [f64; 2],
    rotation: f64,
    centre: (f64, f64),
) -> Result<GridGeometry, DatasetError> {
    let far = |a: f64, b: f64, step: f64| (a - b).abs() > 0.01 * step.abs();
    if rotation != 0.0 && (far(centre.0, x0, dx) || far(centre.1, y0, dy)) {
        return Err(DatasetError::new(format!(
            "the grid is turned about {} {}, which is not its first node {x0} {y0}; programs disagree where such nodes lie. \
             Write the file anew with its origin as the centre of rotation",
            centre.0, centre.1
        )));
    }
    GridGeometry { columns, rows, x0, y0, dx, dy: dy.abs(), rotation, flipped: dy < 0.0 }
        .checked()
        .map_err(DatasetError::new)
}

/// The last easting and northing of the unturned grid, as headers have them.
pub(super) fn far_corner(g: &GridGeometry) -> (f64, f64) {
    let span = |n: usize, step: f64| n.saturating_sub(1) as f64 * step;
    (g.x0 + span(g.columns, g.dx), g.y0 + span(g.rows, if g.flipped { -g.dy } else { g.dy }))
}

/// Writes a surface, with every digit of its numbers.
pub(super) fn write(surface: &Surface, _: &mut Vec<String>) -> Result<Vec<u8>, DatasetError> {
    let g = &surface.geometry;
    let (xmax, ymax) = far_corner(g);
    let dy = if g.flipped { -g.dy } else { g.dy };
    let mut text = format!(
        "{MAGIC} {} {} {}\n{} {} {} {}\n{} {} {} {}\n0 0 0 0 0 0 0\n",
        g.rows,
        digits(g.dx),
        digits(dy),
        digits(g.x0),
        digits(xmax),
        digits(g.y0),
        digits(ymax),
        g.columns,
        digits(g.rotation),
        digits(g.x0),
        digits(g.y0)
    );
    for six in surface.values.chunks(6) {
        for (place, value) in six.iter().enumerate() {
            let gap = if place == 0 { "" } else { " " };
            let value = if value.is_nan() { UNDEFINED } else { plain(*value, is_undefined, "IRAP classic")? };
            // Writing to a String cannot fail.
            let _ = write!(text, "{gap}{}", digits(value));
        }
        text.push('\n');
    }
    Ok(text.into_bytes())
}
