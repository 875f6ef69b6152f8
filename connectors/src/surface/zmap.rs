//! ZMAP+ (`.zmap`, `.dat`), ASCII grids of Landmark's ZMAP Plus, as RMS, Petrel and Oasis montaj write them.
//!
//! ```text
//! ! comments
//! @name, GRID, nodes per line
//! width, null value, null text, decimals, start column
//! rows, columns, xmin, xmax, ymin, ymax
//! 0.0, 0.0, 0.0
//! @
//! + further comments
//! values: column after column from west to east, each from north to south
//! ```
//!
//! A field holds `width` characters. The grid is not turned, its bounds are those of the nodes.

use std::fmt::Write;

use outcrop_types::GridGeometry;

use super::text::{count, decode, number};
use super::write::{digits, plain};
use super::{Surface, reordered};
use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};

/// ZMAP+.
pub const FORMAT: Format = Format {
    name: "zmap",
    title: "ZMAP+ surfaces, ASCII",
    endings: &["zmap", "zmp", "dat"],
    import: "surfaces.*",
    query: "'file', read_surface, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// Comments, then `@`, with GRID as second entry.
fn recognise(prefix: &[u8]) -> bool {
    let text = decode(prefix);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('!'));
    let grid = |line: &str| line.split(',').nth(1).is_some_and(|word| word.trim().eq_ignore_ascii_case("GRID"));
    first.is_some_and(|line| line.starts_with('@') && grid(line))
}

fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    surface(bytes)?.into_dataset()
}

/// A line of the header: its entries between commas.
struct Entries<'a> {
    line: u64,
    entries: Vec<&'a str>,
}

impl<'a> Entries<'a> {
    fn get(&self, place: usize) -> &'a str {
        self.entries.get(place).copied().unwrap_or_default()
    }

    fn wrong(&self, place: usize, what: &str) -> DatasetError {
        let found = self.get(place);
        DatasetError::at_line(format!("{what} (entry {}) is `{found}`, expected a number", place + 1), self.line)
    }

    fn number(&self, place: usize, what: &str) -> Result<f64, DatasetError> {
        number(self.get(place)).ok_or_else(|| self.wrong(place, what))
    }

    fn count(&self, place: usize, what: &str) -> Result<usize, DatasetError> {
        count(self.get(place)).ok_or_else(|| self.wrong(place, what))
    }
}

/// How the values are written.
struct Layout {
    per_line: usize,
    width: usize,
    /// Column of the first field, from 0.
    start: usize,
    decimals: usize,
    null: Option<f64>,
    null_text: String,
}

/// Reads a surface.
///
/// # Errors
/// Where the header is not one, a value is no number, or there are too few or too many.
pub fn surface(bytes: &[u8]) -> Result<Surface, DatasetError> {
    let text = decode(bytes);
    let mut lines = (1u64..).zip(text.lines());
    let mut header = |what: &str| loop {
        let (line, content) =
            lines.next().ok_or_else(|| DatasetError::new(format!("the file ends before {what}; it is cut short")))?;
        let content = content.trim();
        if !(content.is_empty() || content.starts_with('!')) {
            return Ok::<_, DatasetError>(Entries { line, entries: content.split(',').map(str::trim).collect() });
        }
    };
    let first = header("the line `@name, GRID, nodes per line`")?;
    if !first.get(0).starts_with('@') || !first.get(1).eq_ignore_ascii_case("GRID") {
        return Err(DatasetError::at_line("expected `@name, GRID, nodes per line`", first.line));
    }
    let fields = header("the line of the layout")?;
    let size = header("the line of rows, columns and bounds")?;
    let layout = Layout {
        per_line: first.count(2, "the number of nodes per line")?,
        width: fields.count(0, "the width of fields")?,
        null: match fields.get(1) {
            "" => None,
            _ => Some(fields.number(1, "the null value")?),
        },
        null_text: fields.get(2).to_owned(),
        decimals: fields.get(3).parse().unwrap_or(0),
        start: fields.get(4).parse::<usize>().unwrap_or(1).saturating_sub(1),
    };
    let (rows, columns) = (size.count(0, "the number of rows")?, size.count(1, "the number of columns")?);
    let bounds = [size.number(2, "xmin")?, size.number(3, "xmax")?, size.number(4, "ymin")?, size.number(5, "ymax")?];
    let geometry = geometry(columns, rows, bounds, size.line)?;
    // One line more or none stands before the closing `@`.
    loop {
        let line = header("the closing `@`")?;
        if line.get(0).starts_with('@') {
            break;
        }
        if line.entries.iter().any(|e| number(e).is_some_and(|n| n != 0.0)) {
            return Err(DatasetError::at_line(
                "expected `0.0, 0.0, 0.0` and then `@`: the grid is transformed, which is not read",
                line.line,
            ));
        }
    }
    let values = values(lines, &layout, columns, rows)?;
    let values = reordered(&values, columns, rows, |i, j| i * rows + (rows - 1 - j));
    let mut surface = Surface::new(geometry, values)?;
    let name = first.get(0).trim_start_matches('@').trim();
    let name = name.strip_suffix("HEADER").unwrap_or(name).trim();
    surface.facts.push(("name in the file".to_owned(), name.to_owned()));
    Ok(surface)
}

fn geometry(columns: usize, rows: usize, bounds: [f64; 4], line: u64) -> Result<GridGeometry, DatasetError> {
    let [xmin, xmax, ymin, ymax] = bounds;
    if columns < 2 || rows < 2 || xmax <= xmin || ymax <= ymin {
        return Err(DatasetError::at_line(
            format!(
                "{columns} columns from {xmin} to {xmax} and {rows} rows from {ymin} to {ymax}: expected two or more of each, and \
                 bounds that rise"
            ),
            line,
        ));
    }
    let (dx, dy) = ((xmax - xmin) / (columns - 1) as f64, (ymax - ymin) / (rows - 1) as f64);
    GridGeometry { columns, rows, x0: xmin, y0: ymin, dx, dy, rotation: 0.0, flipped: false }
        .checked()
        .map_err(|e| DatasetError::at_line(e, line))
}

fn values<'a>(
    lines: impl Iterator<Item = (u64, &'a str)>,
    layout: &Layout,
    columns: usize,
    rows: usize,
) -> Result<Vec<f64>, DatasetError> {
    let wanted = columns.saturating_mul(rows);
    let mut values: Vec<f64> = Vec::with_capacity(wanted.min(1 << 20));
    let mut last = 0;
    for (line, text) in lines {
        last = line;
        let trimmed = text.trim();
        // Comments may stand above the values; `+` begins those of RMS.
        let comment =
            trimmed.starts_with('!') || values.is_empty() && trimmed.starts_with('+') && number(trimmed).is_none();
        if comment || (trimmed.is_empty() && layout.null.is_some()) {
            continue;
        }
        let before = values.len();
        if layout.null.is_none() || !layout.null_text.is_empty() || !words(trimmed, layout, &mut values, line)? {
            // Words that are no numbers, and nulls that are blank or text, can only be told by the columns of the fields.
            values.truncate(before);
            fixed(text, layout, (wanted - before).min(rows - before % rows), &mut values, line)?;
        }
        if values.len() > wanted {
            return Err(DatasetError::at_line(
                format!("there are more values than the {wanted} of {columns} columns and {rows} rows"),
                line,
            ));
        }
    }
    if values.len() < wanted {
        return Err(DatasetError::at_line(
            format!(
                "expected {wanted} values for {columns} columns and {rows} rows, found {}; the file is cut short",
                values.len()
            ),
            last,
        ));
    }
    Ok(values)
}

/// Values between blanks; false where a word is no number, as where fields touch.
fn words(text: &str, layout: &Layout, values: &mut Vec<f64>, line: u64) -> Result<bool, DatasetError> {
    for (place, word) in text.split_ascii_whitespace().enumerate() {
        if place >= layout.per_line {
            return Err(DatasetError::at_line(
                format!("there are more than the {} values a line that the header states", layout.per_line),
                line,
            ));
        }
        match value(word, layout, line)? {
            Some(value) => values.push(value),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Values by the columns of their fields; at most `left` of them, with which a column of the grid ends.
fn fixed(text: &str, layout: &Layout, left: usize, values: &mut Vec<f64>, line: u64) -> Result<(), DatasetError> {
    let characters: Vec<char> = text.chars().collect();
    let fields = characters.get(layout.start..).unwrap_or_default();
    for place in 0..layout.per_line.min(left) {
        let from = place.saturating_mul(layout.width);
        let to = from.saturating_add(layout.width).min(fields.len());
        let field: String = fields.get(from..to).unwrap_or_default().iter().collect();
        let field = field.trim();
        if field.eq_ignore_ascii_case(&layout.null_text) {
            // Blank, where the file has no other null, or the null text.
            values.push(f64::NAN);
            continue;
        }
        match value(field, layout, line)? {
            Some(value) => values.push(value),
            None => {
                return Err(DatasetError::at_line(
                    format!("field {} is `{field}`, expected a number of {} characters", place + 1, layout.width),
                    line,
                ));
            }
        }
    }
    Ok(())
}

/// A value, NaN where it is the null; none where the word is no number.
fn value(word: &str, layout: &Layout, line: u64) -> Result<Option<f64>, DatasetError> {
    let Some(value) = number(word) else { return Ok(None) };
    if layout.null.is_some_and(|null| same(null, value)) {
        return Ok(Some(f64::NAN));
    }
    if layout.decimals > 0 && value != 0.0 && !word.contains(['.', 'e', 'E', 'd', 'D']) {
        return Err(DatasetError::at_line(
            format!(
                "`{word}` has no decimal point, and the header states {} decimals: by the format its last digits are decimals, but \
                 programs disagree. Write the values with a decimal point, or state 0 decimals",
                layout.decimals
            ),
            line,
        ));
    }
    Ok(Some(value))
}

/// Whether a value is the null as far as its digits go: writers round it.
fn same(null: f64, value: f64) -> bool {
    (null - value).abs() <= 1e-6 * null.abs()
}

/// Null of the files that are written. It has 32 bits exactly, since some readers keep no more and would miss it.
const NULL: f64 = -99_999.0;

/// Writes a surface that is not turned, with every digit of its numbers.
pub(super) fn write(surface: &Surface, _: &mut Vec<String>) -> Result<Vec<u8>, DatasetError> {
    let g = &surface.geometry;
    if g.rotation.rem_euclid(360.0) != 0.0 || g.flipped {
        return Err(DatasetError::new(format!(
            "ZMAP+ holds no grid that is turned (by {}°) or flipped; write IRAP classic (.fgr) or RMS binary (.gri)",
            g.rotation
        )));
    }
    if g.columns < 2 || g.rows < 2 {
        return Err(DatasetError::new("ZMAP+ needs two columns and rows at least; write IRAP classic (.fgr)"));
    }
    let name = surface.name.as_deref().unwrap_or("surface").replace([',', '@', '\n', '\r'], "_");
    let last = |from: f64, n: usize, step: f64| digits(from + (n - 1) as f64 * step);
    let mut text = format!(
        "! Written by Outcrop\n@{name} HEADER, GRID, 4\n25, {}, , 7, 1\n{}, {}, {}, {}, {}, {}\n0.0, 0.0, 0.0\n@\n",
        digits(NULL),
        g.rows,
        g.columns,
        digits(g.x0),
        last(g.x0, g.columns, g.dx),
        digits(g.y0),
        last(g.y0, g.rows, g.dy)
    );
    for i in 0..g.columns {
        for (place, j) in (0..g.rows).rev().enumerate() {
            let value = surface.value(i, j);
            let value = if value.is_nan() { NULL } else { plain(value, |v| same(NULL, v), "ZMAP+")? };
            // Writing to a String cannot fail.
            let _ = write!(text, "{:>25}", digits(value));
            if place % 4 == 3 || j == 0 {
                text.push('\n');
            }
        }
    }
    Ok(text.into_bytes())
}
