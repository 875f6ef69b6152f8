//! Points with attributes of RMS (`.rmsattr`): a line of type and name for each attribute, then rows of x, y, z and the
//! attributes; `UNDEF` is null.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{Field, FieldRef};
use outcrop_types::{Issue, field};

use super::points::batch;
use super::{coordinates, geometry, number, rows, unstated};
use crate::dataset::{Dataset, DatasetError, DatasetKind};
use crate::format::{Format, Read};
use crate::geometry::{Geometry, Position};

/// Points with attributes of RMS.
pub const FORMAT: Format = Format {
    name: "rms_attributes",
    title: "RMS points with attributes",
    endings: &["rmsattr", "rmsattrib"],
    import: "points.*",
    query: "'file', read_features, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// Columns the points have besides their attributes.
const TAKEN: [&str; 4] = ["x", "y", "z", "geometry"];

/// A column in the making.
enum Values {
    Text(Vec<Option<String>>),
    Int(Vec<Option<i64>>),
    Float(Vec<Option<f64>>),
}

/// `String Well`: the type and the name of an attribute.
fn declaration(row: &str) -> Option<(&str, &str)> {
    let (kind, name) = row.split_once(char::is_whitespace)?;
    let known = ["string", "int", "integer", "discrete", "float"].iter().any(|k| kind.eq_ignore_ascii_case(k));
    (known && !name.trim().is_empty()).then(|| (kind, name.trim()))
}

/// Declarations, and behind them a row that begins with three numbers.
fn recognise(prefix: &[u8]) -> bool {
    let text = String::from_utf8_lossy(prefix.get(..prefix.len().min(crate::PREFIX)).unwrap_or_default());
    let mut declared = 0;
    for (_, row) in rows(&text) {
        if declaration(row).is_some() {
            declared += 1;
            continue;
        }
        let numbers = row.split_ascii_whitespace().take(3).filter(|f| number(f).is_some()).count();
        return declared > 0 && numbers == 3;
    }
    false
}

/// Reads points with attributes; texts, whole numbers and numbers have the types that the file declares.
///
/// # Errors
/// Where a row has too few or too many values, or a value is not of its declared type.
pub fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    let text = String::from_utf8_lossy(bytes);
    let mut issues = vec![unstated()];
    if matches!(text, std::borrow::Cow::Owned(_)) {
        issues.push(Issue::warning("encoding", "some letters are not UTF-8 and were replaced"));
    }
    let mut attributes: Vec<(String, Values)> = Vec::new();
    let mut positions: Vec<Position> = Vec::new();
    for (line, row) in rows(&text) {
        if positions.is_empty()
            && let Some((kind, name)) = declaration(row)
        {
            let values = match kind.to_ascii_lowercase().as_str() {
                "string" => Values::Text(Vec::new()),
                "float" => Values::Float(Vec::new()),
                _ => Values::Int(Vec::new()),
            };
            attributes.push((name.to_owned(), values));
            continue;
        }
        let fields = fields(row).map_err(|message| DatasetError::at_line(message, line))?;
        let expected = 3 + attributes.len();
        if fields.len() != expected {
            let names: Vec<&str> = attributes.iter().map(|(n, _)| n.as_str()).collect();
            return Err(DatasetError::at_line(
                format!("expected {expected} values, x y z {}, found {}", names.join(" "), fields.len()),
                line,
            ));
        }
        let [x, y, z, values @ ..] = fields.as_slice() else { continue };
        let coordinate = |name: &str, text: &str| {
            number(text).ok_or_else(|| DatasetError::at_line(format!("{name} is `{text}`, expected a number"), line))
        };
        let z = if is_null(z) { None } else { Some(coordinate("z", z)?) };
        positions.push(Position { x: coordinate("x", x)?, y: coordinate("y", y)?, z });
        for ((name, column), value) in attributes.iter_mut().zip(values) {
            push(column, value).map_err(|expected| {
                DatasetError::at_line(format!("{name} is `{value}`, declared as {expected}"), line)
            })?;
        }
    }
    if positions.is_empty() {
        return Err(DatasetError::new("no rows of points behind the declarations of attributes"));
    }
    let mut columns = coordinates(&positions);
    let mut used: Vec<String> = TAKEN.iter().map(|t| (*t).to_owned()).collect();
    for (name, values) in attributes {
        let array: ArrayRef = match values {
            Values::Text(v) => Arc::new(StringArray::from(v)),
            Values::Int(v) => Arc::new(Int64Array::from(v)),
            Values::Float(v) => Arc::new(Float64Array::from(v)),
        };
        let mut unique = name.clone();
        let mut place = 2;
        while used.iter().any(|u| u.eq_ignore_ascii_case(&unique)) {
            unique = format!("{name}_{place}");
            place += 1;
        }
        let mut of = Field::new(&unique, array.data_type().clone(), true);
        if unique != name {
            of = field::with(of, field::ORIGINAL_NAME, &name);
        }
        used.push(unique);
        columns.push((Arc::new(of) as FieldRef, array));
    }
    let geometries: Vec<Geometry> = positions.iter().map(|p| Geometry::Point(Some(*p))).collect();
    columns.push(geometry(&geometries, "Points, as WKB"));
    let facts = vec![("positions".to_owned(), positions.len().to_string())];
    Ok(vec![Dataset { kind: DatasetKind::Points, name: None, batch: batch(columns)?, facts, issues }])
}

fn is_null(text: &str) -> bool {
    text.eq_ignore_ascii_case("UNDEF")
}

/// Adds a value to its column; the error is the type that was declared.
fn push(column: &mut Values, text: &str) -> Result<(), &'static str> {
    let null = is_null(text);
    match column {
        Values::Text(values) => values.push((!null).then(|| text.to_owned())),
        Values::Int(values) if null => values.push(None),
        Values::Int(values) => values.push(Some(text.parse().map_err(|_| "a whole number")?)),
        Values::Float(values) if null => values.push(None),
        Values::Float(values) => values.push(Some(number(text).ok_or("a number")?)),
    }
    Ok(())
}

/// Values between blanks; a text in quotes may have blanks.
fn fields(row: &str) -> Result<Vec<&str>, String> {
    let mut fields = Vec::new();
    let mut rest = row.trim_start();
    while let Some(first) = rest.chars().next() {
        let (field, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quote is opened and not closed")?,
            None if first.is_whitespace() => ("", rest),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        fields.push(field);
        rest = behind.trim_start();
    }
    Ok(fields)
}
