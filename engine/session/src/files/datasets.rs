//! Surfaces, points, lines and polygons by path.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{DataFusionError, plan_err};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::formats::{Recognised, recognise};
use outcrop_connectors::{PREFIX, Read, ReadDatasets};
use outcrop_store::Location;
use outcrop_types::field;

use super::{Options, blocking};
use crate::error::{SessionError, external};
use crate::session::Session;

/// What a reader takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// How it is read; by what the file is where that is not known.
    read: Option<ReadDatasets>,
    /// The kinds, in words.
    what: &'static str,
    takes: fn(DatasetKind) -> bool,
}

/// What `read_surface` takes.
pub(super) const SURFACE: Wanted = Wanted { read: None, what: "a surface", takes: |k| k == DatasetKind::Surface };

/// What `read_features` takes.
pub(super) const FEATURES: Wanted =
    Wanted { read: None, what: "points, lines, polygons or faults", takes: |k| k != DatasetKind::Surface };

/// Whatever a format gives.
pub(super) fn by(read: ReadDatasets) -> Wanted {
    Wanted { read: Some(read), what: "a dataset", takes: |_| true }
}

/// One table from files of the same columns.
pub(super) async fn open(
    session: &Session,
    files: Vec<Location>,
    options: &Options,
    wanted: &Wanted,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (session, kind, wanted) = (session.clone(), options.kind, *wanted);
    let all = blocking(move || {
        let mut batches: Vec<RecordBatch> = Vec::new();
        for file in files {
            let batch = one(&file, read(&session, &file, wanted.read)?, kind, &wanted)?;
            let Some(first) = batches.first() else {
                batches.push(batch);
                continue;
            };
            match together(&first.schema(), &batch.schema()) {
                Some(schema) => {
                    batches.push(batch);
                    // Not `with_schema`, which lets no metadata go.
                    let again = |b: RecordBatch| RecordBatch::try_new(Arc::clone(&schema), b.columns().to_vec());
                    batches = batches.into_iter().map(again).collect::<Result<_, _>>()?;
                }
                None => {
                    return plan_err!(
                        "{} has other columns, types or units than the first file of the pattern; query them apart",
                        file.display
                    );
                }
            }
        }
        match batches.first() {
            Some(first) => Ok(concat_batches(&first.schema(), &batches)?),
            None => plan_err!("there is no file"),
        }
    })
    .await?;
    Ok(Arc::new(MemTable::try_new(all.schema(), vec![vec![all]])?))
}

/// The datasets of a file.
fn read(session: &Session, file: &Location, how: Option<ReadDatasets>) -> Result<Vec<Dataset>, DataFusionError> {
    let bytes = session.roots().read_blocking(file).map_err(external)?;
    let how = match how {
        Some(how) => how,
        None => match recognise(bytes.get(..PREFIX).unwrap_or(&bytes)) {
            Recognised::As(format) => match format.read {
                Read::Datasets(how) => how,
                _ => {
                    return plan_err!(
                        "{}: it is of the format `{}` ({}), neither a surface nor features; query it: {}",
                        file.display,
                        format.name,
                        format.title,
                        format.query
                    );
                }
            },
            Recognised::Other(message) => return plan_err!("{}: {message}", file.display),
        },
    };
    how(&bytes).map_err(|e| DataFusionError::Plan(format!("{}: {e}", file.display)))
}

/// The one dataset of a file that is meant.
fn one(
    file: &Location,
    datasets: Vec<Dataset>,
    kind: Option<DatasetKind>,
    wanted: &Wanted,
) -> Result<RecordBatch, DataFusionError> {
    let kinds: Vec<&str> = datasets.iter().map(|d| d.kind.schema()).collect();
    let kinds = kinds.join(", ");
    let mut fitting = datasets.into_iter().filter(|d| (wanted.takes)(d.kind) && kind.is_none_or(|k| k == d.kind));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one.batch),
        (None, _) => {
            let what = kind.map_or(wanted.what, DatasetKind::schema);
            plan_err!("{}: expected {what}, found {kinds}", file.display)
        }
        (Some(_), Some(_)) => {
            plan_err!("{0} has {kinds}; say which: read_features('{0}', kind => 'points')", file.display)
        }
    }
}

/// The schema of both; none where columns, types or units differ. Surfaces of different grids keep neither.
fn together(a: &Schema, b: &Schema) -> Option<Arc<Schema>> {
    if a.fields().len() != b.fields().len() {
        return None;
    }
    let fields: Option<Vec<Field>> = a
        .fields()
        .iter()
        .zip(b.fields())
        .map(|(a, b)| {
            let same = a.name() == b.name() && a.data_type() == b.data_type() && field::unit(a) == field::unit(b);
            let mut metadata = a.metadata().clone();
            metadata.retain(|key, value| b.metadata().get(key) == Some(value));
            same.then(|| a.as_ref().clone().with_nullable(a.is_nullable() || b.is_nullable()).with_metadata(metadata))
        })
        .collect();
    Some(Arc::new(Schema::new(fields?)))
}

/// A row of the result of `inspect_surface`.
struct Row {
    file: String,
    dataset: &'static str,
    field: Field,
    samples: usize,
    summary: outcrop_connectors::dataset::Summary,
}

/// A row per column of each dataset of each file.
pub(super) async fn inspect(session: &Session, files: Vec<Location>) -> Result<Arc<dyn TableProvider>, SessionError> {
    let session = session.clone();
    let rows = blocking(move || {
        let mut rows = Vec::new();
        for file in files {
            for dataset in read(&session, &file, None)? {
                for (of, column) in dataset.batch.schema().fields().iter().zip(dataset.batch.columns()) {
                    rows.push(Row {
                        file: file.display.clone(),
                        dataset: dataset.kind.schema(),
                        field: of.as_ref().clone(),
                        samples: column.len(),
                        summary: outcrop_connectors::dataset::summary(column),
                    });
                }
            }
        }
        Ok(rows)
    })
    .await?;
    Ok(table(&rows)?)
}

fn table(rows: &[Row]) -> Result<Arc<dyn TableProvider>, DataFusionError> {
    let text =
        |of: &dyn Fn(&Row) -> Option<String>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<StringArray>()) };
    let count = |of: &dyn Fn(&Row) -> usize| -> ArrayRef {
        Arc::new(rows.iter().map(|r| i64::try_from(of(r)).ok()).collect::<Int64Array>())
    };
    let number =
        |of: &dyn Fn(&Row) -> Option<f64>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<Float64Array>()) };
    let made: Vec<(&str, DataType, &str, ArrayRef)> = vec![
        ("file", DataType::Utf8, "Path", text(&|r| Some(r.file.clone()))),
        (
            "dataset",
            DataType::Utf8,
            "surfaces, points, lines, polygons or faults",
            text(&|r| Some(r.dataset.to_owned())),
        ),
        ("column_name", DataType::Utf8, "Name of the column", text(&|r| Some(r.field.name().clone()))),
        ("data_type", DataType::Utf8, "Type", text(&|r| Some(r.field.data_type().to_string()))),
        ("unit", DataType::Utf8, "Unit the file states", text(&|r| field::unit(&r.field).map(str::to_owned))),
        ("samples", DataType::Int64, "Rows", count(&|r| r.samples)),
        ("nulls", DataType::Int64, "Null values", count(&|r| r.summary.nulls)),
        ("min", DataType::Float64, "Smallest value", number(&|r| r.summary.min)),
        ("max", DataType::Float64, "Largest value", number(&|r| r.summary.max)),
        ("mean", DataType::Float64, "Mean value", number(&|r| r.summary.mean)),
        (
            "grid",
            DataType::Utf8,
            "The grid whose nodes the rows are",
            text(&|r| field::grid(&r.field).map(|g| g.to_string())),
        ),
    ];
    let fields: Vec<Field> = made.iter().map(|(n, t, d, _)| field::described(n, t.clone(), true, d)).collect();
    let columns = made.into_iter().map(|(.., column)| column).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    Ok(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?))
}
