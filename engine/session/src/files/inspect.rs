//! What is in a file: `inspect_las`, `inspect_csv`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::DataFusionError;
use outcrop_connectors::{table, welllog};
use outcrop_store::Location;
use outcrop_types::field::described;

use super::{Options, blocking, text};
use crate::error::{SessionError, external};
use crate::session::Session;

fn utf8(name: &str, doc: &str) -> Field {
    described(name, DataType::Utf8, true, doc)
}

fn int(name: &str, doc: &str) -> Field {
    described(name, DataType::Int64, true, doc)
}

fn float(name: &str, doc: &str) -> Field {
    described(name, DataType::Float64, true, doc)
}

fn count(n: usize) -> Option<i64> {
    i64::try_from(n).ok()
}

/// A row of either table.
#[derive(Default)]
struct Summary {
    file: String,
    name: String,
    unit: Option<String>,
    description: Option<String>,
    data_type: Option<String>,
    role: Option<String>,
    samples: Option<i64>,
    nulls: Option<i64>,
    min: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
}

/// A field, and how its column is made from the rows.
type Made = (Field, fn(&[Summary]) -> ArrayRef);

fn table_of(rows: &[Summary], fields: Vec<Made>) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let (fields, columns): (Vec<Field>, Vec<ArrayRef>) = fields.into_iter().map(|(f, make)| (f, make(rows))).unzip();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}

macro_rules! text_column {
    ($f:ident) => {
        |rows: &[Summary]| -> ArrayRef { Arc::new(rows.iter().map(|r| r.$f.as_deref()).collect::<StringArray>()) }
    };
}

macro_rules! value_column {
    ($array:ident, $f:ident) => {
        |rows: &[Summary]| -> ArrayRef { Arc::new(rows.iter().map(|r| r.$f).collect::<$array>()) }
    };
}

fn files(rows: &[Summary]) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(r.file.as_str())).collect::<StringArray>())
}

fn names(rows: &[Summary]) -> ArrayRef {
    Arc::new(rows.iter().map(|r| Some(r.name.as_str())).collect::<StringArray>())
}

/// A row per curve of each file.
pub(super) async fn las(
    session: &Session,
    locations: Vec<Location>,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (session, options) = (session.clone(), options.las.clone());
    let rows = blocking(move || {
        let mut rows = Vec::new();
        for location in locations {
            let bytes = session.roots().read_blocking(&location).map_err(external)?;
            let file = welllog::read(&bytes, &options)
                .map_err(|e| DataFusionError::Plan(format!("{}: {e}", location.display)))?;
            let sets = std::iter::once((&file.header.curves, &file.curves))
                .chain(file.more.iter().map(|s| (&s.headers, &s.curves)));
            for (headers, curves) in sets {
                for (header, curve) in headers.iter().zip(curves) {
                    let summary = curve.summary();
                    rows.push(Summary {
                        file: location.display.clone(),
                        name: curve.name.clone(),
                        unit: header.unit.clone(),
                        description: (!header.description.is_empty()).then(|| header.description.clone()),
                        samples: count(summary.samples),
                        nulls: count(summary.nulls),
                        min: summary.min,
                        max: summary.max,
                        mean: summary.mean,
                        ..Summary::default()
                    });
                }
            }
        }
        Ok(rows)
    })
    .await?;
    Ok(table_of(
        &rows,
        vec![
            (utf8("file", "Path"), files),
            (utf8("mnemonic", "Mnemonic, numbered where it repeats"), names),
            (utf8("unit", "Unit in the file"), text_column!(unit)),
            (utf8("description", "Description in the file"), text_column!(description)),
            (int("samples", "Samples, with nulls"), value_column!(Int64Array, samples)),
            (int("nulls", "Null samples"), value_column!(Int64Array, nulls)),
            (float("min", "Smallest value"), value_column!(Float64Array, min)),
            (float("max", "Largest value"), value_column!(Float64Array, max)),
            (float("mean", "Mean value"), value_column!(Float64Array, mean)),
        ],
    )?)
}

/// A row per column of each file.
pub(super) async fn text(
    session: &Session,
    locations: Vec<Location>,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (session, options) = (session.clone(), options.clone());
    let rows = blocking(move || {
        let mut rows = Vec::new();
        for location in locations {
            let content = text::read(&session, &location, &options)?;
            let detection = table::detect(&content);
            for column in table::inspect(&content, &detection) {
                rows.push(Summary {
                    file: location.display.clone(),
                    name: column.name.clone(),
                    unit: column.unit.clone(),
                    data_type: Some(column.column_type.to_string()),
                    role: column.role.map(|r| r.to_string()),
                    samples: count(column.rows),
                    nulls: count(column.nulls),
                    min: column.min,
                    max: column.max,
                    mean: column.mean,
                    ..Summary::default()
                });
            }
        }
        Ok(rows)
    })
    .await?;
    Ok(table_of(
        &rows,
        vec![
            (utf8("file", "Path"), files),
            (utf8("column_name", "Name in the file"), names),
            (utf8("data_type", "Type"), text_column!(data_type)),
            (utf8("unit", "Unit the file states"), text_column!(unit)),
            (utf8("role", "What an import would take it for"), text_column!(role)),
            (int("samples", "Rows"), value_column!(Int64Array, samples)),
            (int("nulls", "Null values"), value_column!(Int64Array, nulls)),
            (float("min", "Smallest value"), value_column!(Float64Array, min)),
            (float("max", "Largest value"), value_column!(Float64Array, max)),
            (float("mean", "Mean value"), value_column!(Float64Array, mean)),
        ],
    )?)
}
