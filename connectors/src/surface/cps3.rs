//! CPS-3 (`.cps3`, `.cps`, `.dat`), ASCII grids of Schlumberger's CPS-3, as Petrel and RMS write them.
//!
//! ```text
//! ! comments
//! FSASCI 0 1 "Computed" 0 null
//! FSATTR 0 0
//! FSLIMI xmin xmax ymin ymax zmin zmax
//! FSNROW rows columns
//! FSXINC dx dy
//! ->name
//! values: column after column from west to east, each from north to south
//! ```
//!
//! Bounds are those of the nodes; the grid is not turned.

use std::fmt::Write;

use outcrop_types::grid::MAX_NODES;
use outcrop_types::{GridGeometry, Issue};

use super::text::{Words, count, decode, number};
use super::write::{digits, plain};
use super::{Surface, reordered};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// CPS-3.
pub const FORMAT: Format = Format {
    name: "cps3",
    title: "CPS-3 surfaces, ASCII",
    endings: &["cps3", "cps", "dat"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// Comments, then FSASCI.
fn recognise(prefix: &[u8]) -> bool {
    let text = decode(prefix);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('!'));
    first.is_some_and(|line| line.split_ascii_whitespace().next() == Some("FSASCI"))
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// Nulls where the header states none: CPS-3's own.
const NULL: f64 = 1e30;

/// Whether a value is the null as far as its digits go: writers round it.
fn is_null(null: f64, value: f64) -> bool {
    (null - value).abs() <= 1e-6 * null.abs()
}

/// The numbers behind a keyword; quoted words are one.
fn entries(content: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, part) in content.split('"').enumerate() {
        if at % 2 == 1 {
            found.push(part);
        } else {
            found.extend(part.split_ascii_whitespace());
        }
    }
    found
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, its bounds, counts and increments contradict each other, a value is no number, or there are too few
/// or too many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut name = None;
    let (mut null, mut limits, mut size, mut steps) = (NULL, None, None, None);
    let mut body = text.len();
    let mut first_line = 1;
    let mut offset = 0;
    for (line, whole) in (1u64..).zip(text.split_inclusive('\n')) {
        let content = whole.trim();
        let words = entries(content);
        let numbers = |from: usize, wanted: usize, what: &str| -> Result<Vec<f64>, DatasetError> {
            let parsed: Option<Vec<f64>> =
                words.get(from..from + wanted).unwrap_or_default().iter().map(|w| number(w)).collect();
            parsed
                .filter(|n| n.len() == wanted)
                .ok_or_else(|| DatasetError::at_line(format!("`{content}`: expected {what}, {wanted} numbers"), line))
        };
        match words.first().copied() {
            None => {}
            Some(word) if word.starts_with('!') => {}
            Some("FSASCI") => {
                if let Some(stated) = words.get(5) {
                    null = number(stated).ok_or_else(|| {
                        DatasetError::at_line(format!("the null value is `{stated}`, expected a number"), line)
                    })?;
                }
            }
            Some("FSLIMI") => limits = Some(numbers(1, 4, "xmin, xmax, ymin and ymax")?),
            Some("FSNROW") => {
                let counts = |place: usize| words.get(place).and_then(|w| count(w));
                let (Some(rows), Some(columns)) = (counts(1), counts(2)) else {
                    let what = format!("`{content}`: expected rows and columns, whole numbers from 1 to {MAX_NODES}");
                    return Err(DatasetError::at_line(what, line));
                };
                size = Some((rows, columns));
            }
            Some("FSXINC") => steps = Some((numbers(1, 2, "dx and dy")?, line)),
            Some(word) if word.starts_with("FS") && word.len() == 6 => {}
            Some(word) if word.starts_with("->") => {
                name = Some(content.trim_start_matches("->").trim().to_owned()).filter(|n| !n.is_empty());
            }
            // The first line of values.
            Some(_) => {
                (body, first_line) = (offset, line);
                break;
            }
        }
        offset += whole.len();
    }
    let missing =
        |what: &str| DatasetError::new(format!("the header has no {what}; it is no CPS-3 grid or is cut short"));
    let limits = limits.ok_or_else(|| missing("FSLIMI (bounds)"))?;
    let (rows, columns) = size.ok_or_else(|| missing("FSNROW (rows and columns)"))?;
    let [xmin, xmax, ymin, ymax] = limits.as_slice() else { return Err(missing("FSLIMI (bounds)")) };
    if columns < 2 || rows < 2 {
        return Err(DatasetError::new(format!("{columns} columns and {rows} rows; expected two or more of each")));
    }
    let (dx, dy) = ((xmax - xmin) / (columns - 1) as f64, (ymax - ymin) / (rows - 1) as f64);
    let geometry = GridGeometry { columns, rows, x0: *xmin, y0: *ymin, dx, dy, rotation: 0.0, flipped: false }
        .checked()
        .map_err(DatasetError::new)?;
    let mut issues: Vec<Issue> = Vec::new();
    if let Some((stated, line)) = steps {
        let [sx, sy] = stated.as_slice() else { return Err(missing("FSXINC (increments)")) };
        // Bounds are written with a few digits; a whole cell off is another grid.
        let off = |stated: f64, found: f64, n: usize| (stated - found).abs() * (n - 1) as f64 > 0.1 * found.abs();
        if off(*sx, dx, columns) || off(*sy, dy, rows) {
            return Err(DatasetError::at_line(
                format!(
                    "the increments {sx} {sy} do not fit {columns} columns and {rows} rows between the bounds, which make {dx} {dy}; \
                     correct FSXINC, FSNROW or FSLIMI"
                ),
                line,
            ));
        }
    }
    let values =
        Words::new(text.get(body..).unwrap_or_default(), first_line).values(columns, rows, |v| is_null(null, v))?;
    let values = reordered(&values, columns, rows, |i, j| i * rows + (rows - 1 - j));
    let mut surface = Surface::new(geometry, values)?;
    surface.name = name;
    surface.issues.append(&mut issues);
    Ok(surface)
}

/// Writes a surface that is not turned, with every digit of its numbers.
pub(super) fn write(surface: &Surface, _: &mut Vec<String>) -> Result<Vec<u8>, DatasetError> {
    let g = &surface.geometry;
    if g.rotation.rem_euclid(360.0) != 0.0 || g.flipped {
        return Err(DatasetError::new(format!(
            "CPS-3 holds no grid that is turned (by {}°) or flipped; write IRAP classic (.fgr) or RMS binary (.gri)",
            g.rotation
        )));
    }
    if g.columns < 2 || g.rows < 2 {
        return Err(DatasetError::new("CPS-3 needs two columns and rows at least; write IRAP classic (.fgr)"));
    }
    let known = || surface.values.iter().copied().filter(|v| !v.is_nan());
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
    let last = |from: f64, n: usize, step: f64| digits(from + (n - 1) as f64 * step);
    let name = surface.name.as_deref().unwrap_or("surface").replace(['\n', '\r'], " ");
    let mut text = format!(
        "! Written by Outcrop\nFSASCI 0 1 \"Computed\" 0 {}\nFSATTR 0 0\nFSLIMI {} {} {} {} {} {}\nFSNROW {} {}\nFSXINC {} {}\n->{name}\n",
        digits(NULL),
        digits(g.x0),
        last(g.x0, g.columns, g.dx),
        digits(g.y0),
        last(g.y0, g.rows, g.dy),
        digits(low),
        digits(high),
        g.rows,
        g.columns,
        digits(g.dx),
        digits(g.dy)
    );
    for i in 0..g.columns {
        for (place, j) in (0..g.rows).rev().enumerate() {
            let value = surface.value(i, j);
            let value = if value.is_nan() { NULL } else { plain(value, |v| is_null(NULL, v), "CPS-3")? };
            // Writing to a String cannot fail.
            let _ = write!(text, "{}{}", digits(value), if place % 5 == 4 || j == 0 { "\n" } else { " " });
        }
    }
    Ok(text.into_bytes())
}
