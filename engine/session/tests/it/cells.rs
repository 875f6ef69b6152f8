//! How values are written in `tests/slt`. The server's tests take this file too.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::array_value_to_string;
use sqllogictest::DefaultColumnType;

/// The type of a column as the files have it.
pub fn kind(t: &DataType) -> DefaultColumnType {
    match t {
        t if t.is_integer() => DefaultColumnType::Integer,
        t if t.is_floating() => DefaultColumnType::FloatingPoint,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DefaultColumnType::Text,
        _ => DefaultColumnType::Any,
    }
}

/// Null as NULL, no text as (empty), numbers to six digits.
pub fn cell(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "NULL".to_owned();
    }
    let number = match column.data_type() {
        DataType::Float64 => Some(column.as_primitive::<Float64Type>().value(row)),
        DataType::Float32 => Some(f64::from(column.as_primitive::<Float32Type>().value(row))),
        _ => None,
    };
    if let Some(number) = number {
        let rounded: f64 = format!("{number:.5e}").parse().unwrap();
        // Zero has one sign.
        return (rounded + 0.0).to_string();
    }
    match array_value_to_string(column, row).unwrap() {
        text if text.is_empty() => "(empty)".to_owned(),
        text => text.replace('\n', "\\n"),
    }
}

#[test]
fn numbers_have_six_digits() {
    let column: ArrayRef = std::sync::Arc::new(arrow::array::Float64Array::from(vec![
        Some(1.0 / 3.0),
        Some(6_789_880.4),
        Some(-1e-17),
        Some(-0.0),
        None,
    ]));
    let shown: Vec<String> = (0..5).map(|i| cell(&column, i)).collect();
    assert_eq!(shown, ["0.333333", "6789880", "-0.00000000000000001", "0", "NULL"]);
}
