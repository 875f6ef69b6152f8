//! What the project has already: the columns of its tables that an import must know.

use std::collections::{BTreeMap, HashSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use object_store::ObjectStoreExt;
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::ImportError;
use crate::replace::{self, Before};

/// The named columns of a table, those that its files have. Nothing where there is no such table.
pub(crate) async fn read(
    snapshot: &Snapshot,
    table: &TableName,
    columns: &[&str],
) -> Result<Vec<RecordBatch>, ImportError> {
    let Some(table) = snapshot.table_if_there(table).await? else { return Ok(Vec::new()) };
    let mut batches = Vec::new();
    for file in &table.files {
        let unreadable = |reason: String| ImportError::Unreadable {
            table: table.name.to_string(),
            reason: format!("{}: {reason}", file.location),
        };
        let object = table.store.get(&file.location).await.map_err(|e| unreadable(e.to_string()))?;
        let content = object.bytes().await.map_err(|e| unreadable(e.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(content).map_err(|e| unreadable(e.to_string()))?;
        let schema = builder.schema();
        let wanted = columns.iter().filter_map(|name| schema.index_of(name).ok());
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        let reader = builder.with_projection(mask).build().map_err(|e| unreadable(e.to_string()))?;
        for batch in reader {
            batches.push(batch.map_err(|e| unreadable(e.to_string()))?);
        }
    }
    Ok(batches)
}

/// A text of a row; none for null and for columns that are not there or not text.
pub(crate) fn text<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let column = batch.column_by_name(column)?.as_string_opt::<i32>()?;
    (row < column.len() && column.is_valid(row)).then(|| column.value(row))
}

/// A number of a row.
pub(crate) fn number(batch: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    let column = batch.column_by_name(column)?.as_primitive_opt::<Float64Type>()?;
    (row < column.len() && column.is_valid(row)).then(|| column.value(row))
}

/// A whole number of a row.
pub(crate) fn integer(batch: &RecordBatch, column: &str, row: usize) -> Option<i64> {
    let column = batch.column_by_name(column)?.as_primitive_opt::<Int64Type>()?;
    (row < column.len() && column.is_valid(row)).then(|| column.value(row))
}

/// As [`read`], without the rows that came from these contents, which are about to be replaced.
pub(crate) async fn read_kept(
    snapshot: &Snapshot,
    table: &TableName,
    columns: &[&str],
    superseded: &HashSet<String>,
) -> Result<Vec<RecordBatch>, ImportError> {
    if superseded.is_empty() {
        return read(snapshot, table, columns).await;
    }
    let columns: Vec<&str> = columns.iter().copied().chain(["file"]).collect();
    let batches = read(snapshot, table, &columns).await?;
    batches.iter().map(|b| replace::without(b, superseded)).collect::<Result<_, _>>().map_err(ImportError::batch(table))
}

/// Contents that were imported, by checksum; of each what its newest import says.
pub(crate) async fn imported(snapshot: &Snapshot) -> Result<BTreeMap<String, Before>, ImportError> {
    let columns = ["commit", "file", "kind", "status", "sha256", "bytes", "rows", "message"];
    let mut found: BTreeMap<String, Before> = BTreeMap::new();
    for batch in read(snapshot, &TableName::outcrop("imports"), &columns).await? {
        for row in 0..batch.num_rows() {
            if text(&batch, "status", row) != Some("imported") {
                continue;
            }
            if let (Some(sha256), Some(file)) = (text(&batch, "sha256", row), text(&batch, "file", row)) {
                let own = |column: &str| text(&batch, column, row).unwrap_or_default().to_owned();
                let before = Before {
                    path: file.to_owned(),
                    bytes: integer(&batch, "bytes", row).and_then(|b| u64::try_from(b).ok()).unwrap_or(0),
                    commit: integer(&batch, "commit", row).unwrap_or(0),
                    kind: own("kind"),
                    rows: integer(&batch, "rows", row).unwrap_or(0),
                    message: own("message"),
                };
                let newest = found.get(sha256).is_none_or(|known| known.commit < before.commit);
                if newest {
                    found.insert(sha256.to_owned(), before);
                }
            }
        }
    }
    Ok(found)
}

/// The texts of a column: the wells that have rows of other contents than these.
pub(crate) async fn texts(
    snapshot: &Snapshot,
    table: &TableName,
    column: &str,
    superseded: &HashSet<String>,
) -> Result<HashSet<String>, ImportError> {
    let mut found = HashSet::new();
    for batch in read_kept(snapshot, table, &[column], superseded).await? {
        found.extend((0..batch.num_rows()).filter_map(|row| text(&batch, column, row)).map(str::to_owned));
    }
    Ok(found)
}

/// Pairs of texts of a table: its wells with the log sets, surfaces … they have.
pub(crate) async fn pairs(
    snapshot: &Snapshot,
    table: &TableName,
    first: &str,
    second: &str,
) -> Result<HashSet<(String, String)>, ImportError> {
    let mut found = HashSet::new();
    for batch in read(snapshot, table, &[first, second]).await? {
        for row in 0..batch.num_rows() {
            if let (Some(a), Some(b)) = (text(&batch, first, row), text(&batch, second, row)) {
                found.insert((a.to_owned(), b.to_owned()));
            }
        }
    }
    Ok(found)
}
