//! Points and polygons of IRAP and RMS (`.poi`, `.pol`): rows of x, y and z; a row of three times 999 ends a set.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, FieldRef, Schema};
use outcrop_types::{Issue, field};

use super::{coordinates, geometry, number, rows, unstated};
use crate::dataset::{Dataset, DatasetError, DatasetKind};
use crate::format::{Format, Read};
use crate::geometry::{Geometry, Position};

/// The value that, three times in a row, ends a set.
const END: f64 = 999.0;

/// Points and polygons of IRAP and RMS.
pub const FORMAT: Format = Format {
    name: "irap_points",
    title: "IRAP and RMS points and polygons: x, y and z, sets ended by 999 999 999",
    endings: &["poi", "pol", "xyz", "irap"],
    import: "points.*, lines.*, polygons.*, faults.*",
    query: "'file', read_features, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// Rows of three numbers with one that ends a set; without such a row it is any table of x, y and z.
fn recognise(prefix: &[u8]) -> bool {
    let Some(text) = prefix.get(..prefix.len().min(crate::PREFIX)) else { return false };
    let text = String::from_utf8_lossy(text);
    let mut ended = false;
    let mut count = 0;
    let mut rows = rows(&text).peekable();
    while let Some((_, row)) = rows.next() {
        match position(row) {
            Some(p) => ended |= is_end(&p),
            // The prefix may end within a row.
            None if rows.peek().is_none() && count > 0 && prefix.len() >= crate::PREFIX => {}
            None => return false,
        }
        count += 1;
    }
    ended && count > 1
}

fn position(row: &str) -> Option<Position> {
    let mut fields = row.split_ascii_whitespace();
    let (x, y, z) = (number(fields.next()?)?, number(fields.next()?)?, number(fields.next()?)?);
    fields.next().is_none().then_some(Position { x, y, z: Some(z) })
}

fn is_end(p: &Position) -> bool {
    p.x == END && p.y == END && p.z == Some(END)
}

/// A set of positions and the line of its first one.
type Set = (u64, Vec<Position>);

/// Reads points or polygons.
///
/// * One set that does not close: points, with the columns x, y, z.
/// * Sets that all close (the last position repeats the first): polygons, a row each.
/// * Several sets of which some do not close: lines, a row each.
///
/// The format itself does not say which of them it holds; an issue says what was taken. z is kept in the geometries.
///
/// # Errors
/// Where a row is not three numbers, or there is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    let text = String::from_utf8_lossy(bytes);
    let mut sets: Vec<Set> = Vec::new();
    let mut open: Set = (0, Vec::new());
    for (line, row) in rows(&text) {
        let Some(p) = position(row) else {
            return Err(DatasetError::at_line(
                format!("expected three numbers, x y z, found `{}`", row.chars().take(80).collect::<String>()),
                line,
            ));
        };
        if is_end(&p) {
            if !open.1.is_empty() {
                sets.push(std::mem::take(&mut open));
            }
            continue;
        }
        if open.1.is_empty() {
            open.0 = line;
        }
        open.1.push(p);
    }
    let mut issues = vec![unstated()];
    if !open.1.is_empty() {
        let message = "the last set is not ended by 999 999 999; the file may be cut off";
        issues.push(Issue::warning("end-missing", message).at_line(open.0));
        sets.push(open);
    }
    let [first, others @ ..] = sets.as_slice() else {
        return Err(DatasetError::new("no rows of x, y and z"));
    };
    let closed = sets.iter().filter(|(_, set)| is_ring(set)).count();
    let facts = vec![
        ("positions".to_owned(), sets.iter().map(|(_, s)| s.len()).sum::<usize>().to_string()),
        ("sets".to_owned(), sets.len().to_string()),
    ];
    let (kind, batch, taken) = if others.is_empty() && closed == 0 {
        (DatasetKind::Points, points(&first.1)?, "one set that does not close is taken as points")
    } else if closed == sets.len() {
        (DatasetKind::Polygons, features(&sets, true)?, "sets that all close are taken as polygons")
    } else {
        for (line, _) in sets.iter().filter(|(_, s)| s.len() == 1) {
            issues.push(Issue::warning("line-short", "a line of one position").at_line(*line));
        }
        (DatasetKind::Lines, features(&sets, false)?, "sets of which some do not close are taken as lines")
    };
    issues.push(Issue::info("kind-by-content", taken));
    Ok(vec![Dataset { kind, name: None, batch, facts, issues }])
}

fn is_ring(set: &[Position]) -> bool {
    set.len() >= 4 && set.first() == set.last()
}

fn points(set: &[Position]) -> Result<RecordBatch, DatasetError> {
    let mut columns = coordinates(set);
    let geometries: Vec<Geometry> = set.iter().map(|p| Geometry::Point(Some(*p))).collect();
    columns.push(geometry(&geometries, "Points, as WKB"));
    batch(columns)
}

fn features(sets: &[Set], polygons: bool) -> Result<RecordBatch, DatasetError> {
    let geometries: Vec<Geometry> = sets
        .iter()
        .map(|(_, set)| if polygons { Geometry::Polygon(vec![set.clone()]) } else { Geometry::LineString(set.clone()) })
        .collect();
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let id = field::described("poly_id", DataType::Int64, true, "Place of the set in the file, counted from 0");
    let positions = field::described("positions", DataType::Int64, true, "Positions of the set");
    let mut columns: Vec<(FieldRef, ArrayRef)> = vec![
        (Arc::new(id), Arc::new(Int64Array::from_iter_values((0..sets.len()).map(whole)))),
        (Arc::new(positions), Arc::new(Int64Array::from_iter_values(sets.iter().map(|(_, s)| whole(s.len()))))),
    ];
    if !polygons {
        let closed = field::described("closed", DataType::Boolean, true, "Whether the last position repeats the first");
        columns.push((
            Arc::new(closed),
            Arc::new(BooleanArray::from(sets.iter().map(|(_, s)| is_ring(s)).collect::<Vec<_>>())),
        ));
    }
    columns.push(geometry(&geometries, if polygons { "Polygons, as WKB" } else { "Lines, as WKB" }));
    batch(columns)
}

pub(super) fn batch(columns: Vec<(FieldRef, ArrayRef)>) -> Result<RecordBatch, DatasetError> {
    let (fields, arrays): (Vec<FieldRef>, Vec<ArrayRef>) = columns.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| DatasetError::new(format!("the rows give no table: {e}")))
}
