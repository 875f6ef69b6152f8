//! Properties of features as typed columns.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, FieldRef};
use outcrop_types::{Issue, field};
use serde_json::Value;

/// Integers up to this size are exact as doubles.
const EXACT: i64 = 1 << 53;

/// The columns of the values of rows, in the order in which their names first occur.
///
/// Booleans, integers, numbers and texts have their types; integers and numbers together are numbers. Where kinds are mixed
/// the column is text, and so are lists and objects, as JSON. A property that is absent or null is null. `taken` are names of
/// columns the table has besides; a property of such a name (in any case) gets a number behind it.
pub(super) fn columns<'a>(
    rows: impl Iterator<Item = &'a [(String, Value)]>,
    taken: &[&str],
    issues: &mut Vec<Issue>,
) -> Vec<(FieldRef, ArrayRef)> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<&str> = Vec::new();
    let mut cells: Vec<Vec<&Value>> = Vec::new();
    let mut repeated: HashSet<&str> = HashSet::new();
    let mut n = 0;
    for (row, properties) in rows.enumerate() {
        n = row + 1;
        for (name, value) in properties {
            let column = *at.entry(name).or_insert_with(|| {
                names.push(name);
                cells.push(Vec::new());
                names.len() - 1
            });
            let Some(cells) = cells.get_mut(column) else { continue };
            if cells.len() > row {
                repeated.insert(name);
            } else {
                cells.resize(row, &Value::Null);
                cells.push(value);
            }
        }
    }
    for name in repeated {
        issues.push(
            Issue::warning("property-repeated", "a feature has this property twice; the first value is taken")
                .about(name.to_owned()),
        );
    }
    let mut used: HashSet<String> = taken.iter().map(|t| t.to_ascii_lowercase()).collect();
    names
        .into_iter()
        .zip(cells)
        .map(|(name, mut values)| {
            values.resize(n, &Value::Null);
            let array = array(name, &values, issues);
            let unique = unique(name, &mut used);
            let mut of = Field::new(&unique, array.data_type().clone(), true);
            if unique != name {
                of = field::with(of, field::ORIGINAL_NAME, name);
                issues.push(
                    Issue::info("column-renamed", format!("another column has this name; it is `{unique}`"))
                        .about(name.to_owned()),
                );
            }
            (Arc::new(of), array)
        })
        .collect()
}

/// The name, with a number where it is taken; names that differ in case only are the same to SQL.
fn unique(name: &str, used: &mut HashSet<String>) -> String {
    let name = if name.trim().is_empty() { "property" } else { name };
    let mut unique = name.to_owned();
    let mut number = 2;
    while !used.insert(unique.to_ascii_lowercase()) {
        unique = format!("{name}_{number}");
        number += 1;
    }
    unique
}

/// The type all values fit: `Null` where there is none.
fn common(name: &str, values: &[&Value], issues: &mut Vec<Issue>) -> DataType {
    let (mut bools, mut integers, mut floats, mut texts, mut nested, mut large) = (0, 0, 0, 0, 0, 0);
    for value in values {
        match value {
            Value::Null => {}
            Value::Bool(_) => bools += 1,
            Value::Number(n) => match n.as_i64() {
                Some(i) => {
                    integers += 1;
                    large += usize::from(!(-EXACT..=EXACT).contains(&i));
                }
                // Above i64: kept as text, since a double would change it.
                None if n.is_u64() => {
                    integers += 1;
                    large += 1;
                    floats += 1;
                }
                None => floats += 1,
            },
            Value::String(_) => texts += 1,
            Value::Array(_) | Value::Object(_) => nested += 1,
        }
    }
    let kinds = [bools, integers + floats, texts, nested].iter().filter(|n| **n > 0).count();
    if kinds > 1 {
        let mut found = Vec::new();
        for (count, what) in
            [(bools, "booleans"), (integers + floats, "numbers"), (texts, "texts"), (nested, "lists or objects")]
        {
            if count > 0 {
                found.push(what);
            }
        }
        issues.push(
            Issue::warning("types-mixed", format!("its values are {}; the column is text", found.join(" and ")))
                .about(name.to_owned()),
        );
        return DataType::Utf8;
    }
    if floats > 0 && large > 0 {
        issues.push(
            Issue::warning(
                "integers-large",
                "some of its integers are no exact numbers of 64 bits; the column is text",
            )
            .about(name.to_owned()),
        );
        return DataType::Utf8;
    }
    match () {
        () if bools > 0 => DataType::Boolean,
        () if floats > 0 => DataType::Float64,
        () if integers > 0 => DataType::Int64,
        () => DataType::Utf8,
    }
}

fn array(name: &str, values: &[&Value], issues: &mut Vec<Issue>) -> ArrayRef {
    match common(name, values, issues) {
        DataType::Boolean => Arc::new(values.iter().map(|v| v.as_bool()).collect::<BooleanArray>()),
        DataType::Int64 => Arc::new(values.iter().map(|v| v.as_i64()).collect::<Int64Array>()),
        DataType::Float64 => Arc::new(values.iter().map(|v| v.as_f64()).collect::<Float64Array>()),
        _ => Arc::new(values.iter().map(|v| text(v)).collect::<StringArray>()),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
