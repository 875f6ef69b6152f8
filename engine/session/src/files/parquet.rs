//! Parquet files by path.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result, plan_err};
use outcrop_store::{Location, Roots};
use parquet::arrow::parquet_to_arrow_schema;
use parquet::file::metadata::ParquetMetaDataReader;

use super::blocking;
use crate::catalog::{ParquetFiles, StoredFile};
use crate::error::{SessionError, external};
use crate::session::Session;

/// One table from files of the same columns.
pub(super) async fn open(session: &Session, files: Vec<Location>) -> Result<Arc<dyn TableProvider>, SessionError> {
    let roots = session.roots().clone();
    let (schema, stored) = blocking(move || footers(&roots, &files)).await?;
    Ok(Arc::new(ParquetFiles::new(session, schema, stored)))
}

/// The columns that all the files have together, and where the files are.
fn footers(roots: &Roots, files: &[Location]) -> Result<(SchemaRef, Vec<StoredFile>)> {
    let mut all: Option<(&str, Schema)> = None;
    let mut stored = Vec::with_capacity(files.len());
    for file in files {
        let unreadable = |e: parquet::errors::ParquetError| {
            DataFusionError::Plan(format!("{}: not a readable Parquet file: {e}", file.display))
        };
        let opened = roots.open_blocking(file).map_err(external)?;
        let metadata = opened.metadata().map_err(external)?;
        let modified = metadata.modified().map_err(external)?.into();
        let footer = ParquetMetaDataReader::new().parse_and_finish(&opened).map_err(unreadable)?;
        let description = footer.file_metadata();
        let found = parquet_to_arrow_schema(description.schema_descr(), description.key_value_metadata())
            .map_err(unreadable)?;
        all = Some(match all {
            None => (&file.display, found),
            Some((first, known)) => match Schema::try_merge([known, found]) {
                Ok(both) => (first, both),
                Err(e) => {
                    return plan_err!(
                        "{} and {first} do not go together in one table: {e}; query them apart",
                        file.display
                    );
                }
            },
        });
        stored.push(StoredFile { path: file.path.clone(), size: metadata.len(), modified, statistics: None });
    }
    Ok((Arc::new(all.map_or_else(Schema::empty, |(_, schema)| schema)), stored))
}
