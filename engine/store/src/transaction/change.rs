//! What a transaction does to one table, and what the table is afterwards.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use outcrop_types::tables::TableName;

use super::{MergePolicy, Transaction, upsert, widened};
use crate::conform::{check_required, find};
use crate::roots::blocking;
use crate::snapshot::DataFile;
use crate::{NewFiles, StoreError, TableWriter, WriteOptions, union_schema};

/// One step.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Create { schema: SchemaRef, if_not_exists: bool },
    Widen(SchemaRef),
    Append(NewFiles),
    AppendRows { batch: RecordBatch, commit_column: Option<String> },
    Replace(NewFiles),
    Rewrite { removed: Vec<String>, added: NewFiles },
    Upsert { key: Vec<String>, batch: RecordBatch, policy: MergePolicy },
    Drop,
}

impl Change {
    /// Whether the step is wrong once another writer has changed the table in any way.
    pub(super) fn is_exclusive(&self) -> bool {
        match self {
            Change::Create { if_not_exists, .. } => !if_not_exists,
            Change::Replace(_) | Change::Drop => true,
            _ => false,
        }
    }
}

/// A table while changes are applied; None where there is none.
pub(super) type State = Option<(SchemaRef, Vec<DataFile>)>;

impl Transaction {
    /// Applies the changes of a table in order. `number` is the commit that is being made.
    pub(super) async fn apply(
        &self,
        table: &TableName,
        mut state: State,
        changes: &[Change],
        number: u64,
    ) -> Result<State, StoreError> {
        for change in changes {
            state = self.apply_one(table, state, change, number).await?;
        }
        Ok(state)
    }

    async fn apply_one(
        &self,
        table: &TableName,
        state: State,
        change: &Change,
        number: u64,
    ) -> Result<State, StoreError> {
        Ok(match change {
            Change::Drop => None,
            Change::Replace(new) => Some((Arc::clone(&new.schema), new.files.clone())),
            Change::Create { schema, if_not_exists } => match state {
                None => Some((Arc::clone(schema), Vec::new())),
                Some(state) if *if_not_exists => Some(state),
                Some(_) => return Err(StoreError::AlreadyExists { name: table.to_string() }),
            },
            Change::Widen(added) => {
                let (schema, files) = split(state);
                Some((widened(table, schema, added)?, files))
            }
            Change::Append(new) => Some(appended(table, state, new)?),
            Change::Rewrite { removed, added } => {
                let (schema, mut files) = split(state);
                let removed: HashSet<&str> = removed.iter().map(String::as_str).collect();
                files.retain(|f| !removed.contains(f.name.as_str()));
                Some(appended(table, schema.map(|s| (s, files)), added)?)
            }
            Change::AppendRows { batch, commit_column } => {
                let batch = match commit_column {
                    Some(column) => with_number(table, batch, column, number)?,
                    None => batch.clone(),
                };
                let new = self.write_batch(table, batch).await?;
                Some(appended(table, state, &new)?)
            }
            Change::Upsert { key, batch, policy } => {
                let (schema, files) = split(state);
                let target = widened(table, schema, batch.schema_ref())?;
                let old = self.read_all(table, &target, &files).await?;
                let (table_name, key, batch, policy) = (table.clone(), key.clone(), batch.clone(), *policy);
                let merged = blocking(move || upsert::merge(&table_name, &old, &batch, &key, policy)).await??;
                let new = self.write_batch(table, merged).await?;
                Some((target, new.files))
            }
        })
    }

    async fn write_batch(&self, table: &TableName, batch: RecordBatch) -> Result<NewFiles, StoreError> {
        let storage = self.base.project().storage().clone();
        let created = Arc::clone(&self.created);
        let table = table.clone();
        blocking(move || {
            let mut writer = TableWriter::new(table, batch.schema(), storage, created, WriteOptions::default())?;
            writer.write(&batch)?;
            writer.finish()
        })
        .await?
    }

    /// All rows of the files, in the columns of `schema`.
    async fn read_all(
        &self,
        table: &TableName,
        schema: &SchemaRef,
        files: &[DataFile],
    ) -> Result<RecordBatch, StoreError> {
        let mut batches = Vec::new();
        for file in files {
            let content = self.base.project().storage().read(&file.location).await?;
            let (table, schema, path) = (table.clone(), Arc::clone(schema), file.location.to_string());
            batches.extend(blocking(move || upsert::read_parquet(&table, &schema, content, &path)).await??);
        }
        arrow::compute::concat_batches(schema, &batches)
            .map_err(|source| StoreError::Arrow { table: table.to_string(), source })
    }
}

fn split(state: State) -> (Option<SchemaRef>, Vec<DataFile>) {
    match state {
        Some((schema, files)) => (Some(schema), files),
        None => (None, Vec::new()),
    }
}

fn appended(table: &TableName, state: State, new: &NewFiles) -> Result<(SchemaRef, Vec<DataFile>), StoreError> {
    let Some((schema, mut files)) = state else { return Ok((Arc::clone(&new.schema), new.files.clone())) };
    let target = union_schema(table, &schema, &new.schema)?;
    if !new.files.is_empty() {
        check_required(table, &target, &new.schema)?;
        check_nulls(table, &target, &new.files)?;
    }
    files.extend(new.files.iter().cloned());
    Ok((target, files))
}

/// Refuses files with nulls where the table requires values: the writer may have been opened before
/// another writer made the table.
fn check_nulls(table: &TableName, target: &Schema, files: &[DataFile]) -> Result<(), StoreError> {
    for field in target.fields().iter().filter(|f| !f.is_nullable()) {
        let count = |f: &DataFile| f.statistics.get(field.name()).and_then(|s| s.null_count).unwrap_or(0);
        let nulls: u64 = files.iter().map(count).sum();
        if nulls > 0 {
            return Err(StoreError::RequiredColumn {
                table: table.to_string(),
                column: field.name().clone(),
                nulls: format!("{nulls} nulls"),
            });
        }
    }
    Ok(())
}

fn with_number(table: &TableName, batch: &RecordBatch, column: &str, number: u64) -> Result<RecordBatch, StoreError> {
    let wrong = |reason: String| StoreError::BatchSchema { table: table.to_string(), reason };
    let schema = batch.schema();
    let field = find(&schema, column).ok_or_else(|| wrong(format!("there is no column `{column}` for the commit")))?;
    if field.data_type() != &DataType::Int64 {
        return Err(wrong(format!("column `{column}` for the commit is {}, not Int64", field.data_type())));
    }
    let number = i64::try_from(number).map_err(|e| wrong(e.to_string()))?;
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![number; batch.num_rows()]));
    let columns = schema.fields().iter().zip(batch.columns());
    let columns = columns.map(|(f, c)| if f == field { Arc::clone(&numbers) } else { Arc::clone(c) }).collect();
    RecordBatch::try_new(schema.clone(), columns)
        .map_err(|source| StoreError::Arrow { table: table.to_string(), source })
}
