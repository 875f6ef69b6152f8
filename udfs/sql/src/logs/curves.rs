//! Curves of an operator: every numeric column without another role.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type};
use datafusion::common::{Result, plan_err};
use outcrop_operators::{BoundInput, Column, Input, Planned, Rows};

/// Logs by depth, with any curves beside it.
pub(super) fn logs_input() -> Input {
    Input::new(
        "data",
        "Samples by depth; every other numeric column is a curve",
        vec![Column::length("md", "Depth of the sample: measured depth, or any other depth named so")],
    )
    .keep_rest()
    .ordered_by(&["md"])
}

/// Columns that are places along the path and no readings: they are interpolated, never smoothed.
pub(super) fn is_position(name: &str) -> bool {
    ["tvd", "tvdss", "x", "y", "north", "east"].contains(&name)
}

/// The field of a curve, as a nullable double.
pub(super) fn curve_field(field: &Field) -> Field {
    field.clone().with_data_type(DataType::Float64).with_nullable(true)
}

/// The fields of an input's curves; other columns are an error, for operators that make rows anew.
pub(super) fn curve_fields(operator: &str, planned: &Planned<'_>, input: &str) -> Result<Vec<Field>> {
    let rest = planned.rest(input);
    for field in &rest {
        if !field.data_type().is_numeric() && *field.data_type() != DataType::Null {
            return plan_err!(
                "{operator}: input `{input}`: column `{0}` is no curve ({1}), and the rows of the result are not those of the input; \
                 select it not, or group by it (by => [{0}])",
                field.name(),
                field.data_type()
            );
        }
    }
    Ok(rest.iter().map(curve_field).collect())
}

/// A numeric column as numbers; null is NaN.
pub(super) fn readings(array: &ArrayRef) -> Result<Vec<f64>> {
    let array = cast(array, &DataType::Float64)?;
    let values = array.as_primitive::<Float64Type>();
    Ok(if values.null_count() == 0 {
        values.values().to_vec()
    } else {
        values.iter().map(|v| v.unwrap_or(f64::NAN)).collect()
    })
}

/// Every curve of an input: its name and its readings.
pub(super) fn curves(bound: &BoundInput, rows: &Rows) -> Result<Vec<(String, Vec<f64>)>> {
    bound.rest.iter().zip(rows.rest()).map(|(c, array)| Ok((c.source.clone(), readings(array)?))).collect()
}

/// Readings as a column; NaN becomes NULL.
pub(super) fn column(values: Vec<f64>) -> ArrayRef {
    Arc::new(values.into_iter().map(|v| (!v.is_nan()).then_some(v)).collect::<Float64Array>())
}

/// A curve that a filter may change: numbers, and no place.
pub(super) fn is_curve(field: &Field) -> bool {
    (field.data_type().is_numeric() || *field.data_type() == DataType::Null) && !is_position(field.name())
}

/// The fields of an operator that keeps its rows: `md`, then every other column, curves as nullable doubles.
pub(super) fn same_rows(planned: &Planned<'_>) -> Vec<Field> {
    let md = crate::pieces::number_field("md", planned.unit("data", "md"), "Depth");
    let rest = planned.rest("data");
    std::iter::once(md).chain(rest.iter().map(|f| if is_curve(f) { curve_field(f) } else { f.clone() })).collect()
}

/// The columns of [`same_rows`], with each curve changed by `f`.
pub(super) fn changed(
    data: &Rows,
    output: &outcrop_operators::Output,
    mut f: impl FnMut(&[f64], &str, Vec<f64>) -> Result<Vec<f64>>,
) -> Result<Vec<ArrayRef>> {
    let md = data.numbers("md");
    let mut columns = vec![crate::pieces::numbers(md.clone())];
    for (array, name) in data.rest().iter().zip(data.rest_names()) {
        let is_curve = is_curve(&Field::new(name, array.data_type().clone(), true));
        columns.push(if is_curve { column(f(&md, name, readings(array)?)?) } else { Arc::clone(array) });
        if output.progress().cancelled() {
            return datafusion::common::exec_err!("cancelled");
        }
    }
    Ok(columns)
}
