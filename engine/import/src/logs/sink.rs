//! Where a thread writes: data files of its own, put together at the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use outcrop_store::{NewFiles, StoreError, TableWriter, Transaction, union_schema};
use outcrop_types::tables::TableName;
use tokio::runtime::Handle;

/// A row group is ended behind the well that makes it this long, so that a well is in one or two of them.
const GROUP_ROWS: u64 = 64 * 1024;

/// Writers of one table for one thread.
pub(crate) struct Sink<'a> {
    transaction: &'a Transaction,
    runtime: &'a Handle,
    table: TableName,
    /// What the table is expected to hold; columns that come up later open another file.
    schema: SchemaRef,
    writer: Option<TableWriter>,
    /// Rows since the row group began.
    group: u64,
    finished: Option<NewFiles>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(transaction: &'a Transaction, runtime: &'a Handle, table: TableName, schema: SchemaRef) -> Self {
        Sink { transaction, runtime, table, schema, writer: None, group: 0, finished: None }
    }

    /// Writes a batch, whose columns are found by name.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        let new =
            |schema: &Schema| batch.schema_ref().fields().iter().any(|f| schema.field_with_name(f.name()).is_err());
        if new(&self.schema) {
            self.close()?;
            self.schema = union_schema(&self.table, &self.schema, batch.schema_ref())?;
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.runtime.block_on(self.transaction.write(&self.table, Arc::clone(&self.schema)))?,
        };
        writer.write(batch)?;
        self.writer = Some(writer);
        self.group += batch.num_rows() as u64;
        Ok(())
    }

    /// Called behind the last row of a well.
    pub(crate) fn end_well(&mut self) -> Result<(), StoreError> {
        if self.group >= GROUP_ROWS {
            self.group = 0;
            if let Some(writer) = &mut self.writer {
                writer.end_row_group()?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), StoreError> {
        let Some(writer) = self.writer.take() else { return Ok(()) };
        self.group = 0;
        let files = writer.finish()?;
        match &mut self.finished {
            Some(finished) => finished.merge(files)?,
            None => self.finished = Some(files),
        }
        Ok(())
    }

    /// The files written, none when there were no rows.
    pub(crate) fn finish(mut self) -> Result<Option<NewFiles>, StoreError> {
        self.close()?;
        Ok(self.finished)
    }
}

/// Files of several threads, by table.
#[derive(Default)]
pub(crate) struct Files(BTreeMap<TableName, NewFiles>);

impl Files {
    pub(crate) fn add(&mut self, files: Option<NewFiles>) -> Result<(), StoreError> {
        let Some(files) = files else { return Ok(()) };
        match self.0.get_mut(files.table()) {
            Some(known) => known.merge(files),
            None => {
                self.0.insert(files.table().clone(), files);
                Ok(())
            }
        }
    }

    pub(crate) fn into_inner(self) -> BTreeMap<TableName, NewFiles> {
        self.0
    }
}
