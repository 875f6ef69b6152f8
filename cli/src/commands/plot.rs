//! `outcrop plot`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use arrow::array::{Array, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Float64Type};
use outcrop_types::field;

use super::{plot_chart, plot_log, plot_map, plot_section};
use crate::arguments::{Global, Plot, PlotWhat};

pub(crate) async fn run(global: &Global, arguments: Plot) -> Result<ExitCode> {
    match arguments.what {
        PlotWhat::Map(a) => plot_map::run(global, a).await,
        PlotWhat::Log(a) => plot_log::run(global, a).await,
        PlotWhat::Section(a) => plot_section::run(global, a).await,
        PlotWhat::Crossplot(a) => plot_chart::crossplot(global, a).await,
        PlotWhat::Histogram(a) => plot_chart::histogram(global, a).await,
    }
}

/// All rows of a query in one batch; none when there are no rows.
pub(super) fn one(batches: &[RecordBatch]) -> Result<Option<RecordBatch>> {
    match batches.first() {
        Some(first) => Ok(Some(concat_batches(&first.schema(), batches)?).filter(|b| b.num_rows() > 0)),
        None => Ok(None),
    }
}

/// A column as numbers, null as NaN, with the unit it states.
pub(super) fn numbers(batch: &RecordBatch, name: &str) -> Result<(Vec<f64>, Option<String>)> {
    let schema = batch.schema();
    let unit = schema.fields().iter().find(|f| f.name().eq_ignore_ascii_case(name)).and_then(|f| field::unit(f));
    Ok((column(batch, name)?, unit.map(str::to_owned)))
}

/// A column as numbers, null as NaN.
pub(super) fn column(batch: &RecordBatch, name: &str) -> Result<Vec<f64>> {
    use arrow::array::AsArray;
    let schema = batch.schema();
    let Some((i, f)) = schema.fields().iter().enumerate().find(|(_, f)| f.name().eq_ignore_ascii_case(name)) else {
        let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        bail!("the query has no column `{name}`; it has: {}", names.join(", "));
    };
    if !f.data_type().is_numeric() {
        bail!("column `{name}` is {}, expected a number", f.data_type());
    }
    let array = cast(batch.column(i), &DataType::Float64)?;
    Ok(array.as_primitive::<Float64Type>().iter().map(|v| v.unwrap_or(f64::NAN)).collect())
}

/// A column as text, where there is one of that name.
pub(super) fn texts(batch: &RecordBatch, name: &str) -> Result<Option<Vec<Option<String>>>> {
    use arrow::array::AsArray;
    let schema = batch.schema();
    let Some(i) = schema.fields().iter().position(|f| f.name().eq_ignore_ascii_case(name)) else { return Ok(None) };
    let array = cast(batch.column(i), &DataType::Utf8)?;
    let array = array.as_string::<i32>();
    Ok(Some((0..array.len()).map(|r| array.is_valid(r).then(|| array.value(r).to_owned())).collect()))
}
