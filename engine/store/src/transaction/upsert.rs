//! Merging rows into a keyed table.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::interleave;
use arrow::datatypes::SchemaRef;
use arrow::row::{OwnedRow, RowConverter, SortField};
use bytes::Bytes;
use outcrop_types::tables::TableName;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::StoreError;
use crate::conform::{conform, find};

/// What happens to a row that the table has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergePolicy {
    /// New values fill nulls; what the table states stays.
    Fill,
    /// New values replace old ones; a new null leaves the old value.
    Override,
    /// The new row takes the place of the old one, nulls and all. Columns the new rows lack become null.
    ReplaceRow,
}

/// Refuses keys that are absent or null: such rows would never match again.
pub(super) fn check_keys(table: &TableName, key: &[&str], batch: &RecordBatch) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreError::BatchSchema { table: table.to_string(), reason: "no key column is named".to_owned() });
    }
    for name in key {
        let column = column(table, batch, name)?;
        if column.logical_null_count() > 0 {
            return Err(StoreError::RequiredColumn {
                table: table.to_string(),
                column: (*name).to_owned(),
                nulls: format!("{} nulls, but rows are matched by it", column.logical_null_count()),
            });
        }
    }
    Ok(())
}

fn column<'a>(table: &TableName, batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, StoreError> {
    find(batch.schema_ref(), name).and_then(|field| batch.column_by_name(field.name())).ok_or_else(|| {
        StoreError::BatchSchema { table: table.to_string(), reason: format!("key column `{name}` is missing") }
    })
}

/// The rows of a Parquet file in the columns of `schema`.
pub(super) fn read_parquet(
    table: &TableName,
    schema: &SchemaRef,
    content: Bytes,
    path: &str,
) -> Result<Vec<RecordBatch>, StoreError> {
    let fail = |source| StoreError::Parquet { path: path.to_owned(), source };
    let reader = ParquetRecordBatchReaderBuilder::try_new(content).and_then(|b| b.build()).map_err(fail)?;
    let mut batches = Vec::new();
    let mut rows = 0u64;
    for batch in reader {
        let batch = batch.map_err(|source| StoreError::Arrow { table: table.to_string(), source })?;
        batches.push(conform(table, schema, &batch, rows)?);
        rows += batch.num_rows() as u64;
    }
    Ok(batches)
}

/// `old` with the rows of `new` merged in: old rows in their order, then new ones. `old` has the
/// columns of the result; `new` may lack some.
pub(super) fn merge(
    table: &TableName,
    old: &RecordBatch,
    new: &RecordBatch,
    key: &[String],
    policy: MergePolicy,
) -> Result<RecordBatch, StoreError> {
    let arrow = |source| StoreError::Arrow { table: table.to_string(), source };
    // Columns in the table's order and types, absent ones null, without the table's own demands:
    // a row that only adds to an old one need not state every required column.
    let relaxed: SchemaRef = std::sync::Arc::new(arrow::datatypes::Schema::new(
        old.schema_ref().fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect::<Vec<_>>(),
    ));
    let new = conform(table, &relaxed, new, 0)?;
    let key_columns = |batch: &RecordBatch| -> Result<Vec<ArrayRef>, StoreError> {
        key.iter().map(|name| column(table, batch, name).cloned()).collect()
    };
    let (old_keys, new_keys) = (key_columns(old)?, key_columns(&new)?);
    let fields = old_keys.iter().map(|k| SortField::new(k.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(arrow)?;
    let old_rows = converter.convert_columns(&old_keys).map_err(arrow)?;
    let new_rows = converter.convert_columns(&new_keys).map_err(arrow)?;

    // For every row of the result, the rows it is made of: (0, row of old) or (1, row of new), in order.
    let mut sources: Vec<Vec<(usize, usize)>> = (0..old.num_rows()).map(|row| vec![(0, row)]).collect();
    let mut place: HashMap<OwnedRow, usize> = HashMap::with_capacity(old.num_rows() + new.num_rows());
    for (row, key) in old_rows.iter().enumerate() {
        place.entry(key.owned()).or_insert(row);
    }
    for (row, key) in new_rows.iter().enumerate() {
        let at = *place.entry(key.owned()).or_insert_with(|| {
            sources.push(Vec::new());
            sources.len() - 1
        });
        if let Some(made_of) = sources.get_mut(at) {
            made_of.push((1, row));
        }
    }

    let mut columns = Vec::with_capacity(old.num_columns());
    for (before, after) in old.columns().iter().zip(new.columns()) {
        let nulls = [before.logical_nulls(), after.logical_nulls()];
        let stated = |(batch, row): &(usize, usize)| {
            nulls.get(*batch).is_some_and(|n| n.as_ref().is_none_or(|n| n.is_valid(*row)))
        };
        let chosen: Vec<(usize, usize)> = sources
            .iter()
            .filter_map(|made_of| {
                let last = made_of.last();
                match policy {
                    MergePolicy::Fill => made_of.iter().find(|s| stated(s)).or(last),
                    MergePolicy::Override => made_of.iter().rev().find(|s| stated(s)).or(last),
                    MergePolicy::ReplaceRow => last,
                }
                .copied()
            })
            .collect();
        columns.push(interleave(&[before.as_ref(), after.as_ref()], &chosen).map_err(arrow)?);
    }
    let merged = RecordBatch::try_new(relaxed, columns).map_err(arrow)?;
    // Now every row must state what the table requires.
    conform(table, old.schema_ref(), &merged, 0)
}
