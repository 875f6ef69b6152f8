//! Columns and fields that several operators give.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use outcrop_types::field::{described, with_unit};

/// A nullable number with a unit (empty for none).
pub(crate) fn number_field(name: &str, unit: &str, description: &str) -> Field {
    with_unit(described(name, DataType::Float64, true, description), unit)
}

/// A whole number.
pub(crate) fn count_field(name: &str, description: &str) -> Field {
    described(name, DataType::Int64, false, description)
}

/// A position in a grid.
pub(crate) fn index_field(name: &str, description: &str) -> Field {
    described(name, DataType::Int32, false, description)
}

/// Numbers; NaN becomes NULL.
pub(crate) fn numbers(values: Vec<f64>) -> ArrayRef {
    if values.iter().any(|v| v.is_nan()) {
        Arc::new(values.into_iter().map(|v| (!v.is_nan()).then_some(v)).collect::<Float64Array>())
    } else {
        Arc::new(Float64Array::from(values))
    }
}

/// Counts.
pub(crate) fn counts(values: impl IntoIterator<Item = u64>) -> ArrayRef {
    Arc::new(values.into_iter().map(|v| i64::try_from(v).unwrap_or(i64::MAX)).collect::<Int64Array>())
}

/// Positions in a grid.
pub(crate) fn indices(values: impl IntoIterator<Item = usize>) -> ArrayRef {
    Arc::new(values.into_iter().map(|v| i32::try_from(v).unwrap_or(i32::MAX)).collect::<Int32Array>())
}

/// The unit of a variance of something in `unit`.
pub(crate) fn squared(unit: &str) -> String {
    match unit {
        "" => String::new(),
        plain if plain.chars().all(char::is_alphabetic) => format!("{plain}^2"),
        unit => format!("({unit})^2"),
    }
}
