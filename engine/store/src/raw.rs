//! Data files whose bytes the caller writes: Parquet of a layout that a [`crate::TableWriter`] does not make.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::Schema;
use outcrop_types::tables::TableName;

use crate::conform::stored_schema;
use crate::snapshot::DataFile;
use crate::{NewFiles, StoreError, Transaction};

/// A new data file of a table, empty. It is part of nothing until [`Transaction::raw_files`] has it in a change that is committed; else
/// it is removed when the transaction ends.
#[derive(Debug)]
pub struct RawFile {
    /// The file, open for reading and writing.
    pub file: File,
    /// Where it is, for messages.
    pub path: PathBuf,
    name: String,
}

impl Transaction {
    /// Makes a new data file of a table.
    ///
    /// # Errors
    /// A table whose name can't be stored, a project that may only be read, a file that can't be made.
    pub fn raw_file(&self, table: &TableName) -> Result<RawFile, StoreError> {
        let folder = crate::delta::table_folder(table)?;
        let name = format!("{}.parquet", uuid::Uuid::new_v4());
        let (file, path) = self.base().project().storage().create_file(&format!("{folder}/{name}"))?;
        self.created().add(path.clone());
        Ok(RawFile { file, path, name })
    }

    /// The files of a table, each with its rows, as what an append or a replacement takes. The caller vouches that they are Parquet files
    /// with the columns of `schema`.
    ///
    /// # Errors
    /// Columns that can't be stored, a file that can't be looked at.
    pub fn raw_files(
        &self,
        table: &TableName,
        schema: &Schema,
        files: Vec<(RawFile, u64)>,
    ) -> Result<NewFiles, StoreError> {
        let folder = crate::delta::table_folder(table)?;
        let storage = self.base().project().storage();
        let mut data = Vec::with_capacity(files.len());
        for (file, rows) in files {
            data.push(DataFile {
                location: storage.path(&format!("{folder}/{}", file.name))?,
                size: file.file.metadata().map_err(|e| StoreError::io(&file.path, e))?.len(),
                name: file.name,
                rows,
                statistics: Arc::new(BTreeMap::new()),
            });
        }
        Ok(NewFiles { table: table.clone(), schema: stored_schema(table, schema)?, files: data })
    }
}
