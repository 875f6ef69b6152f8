//! Text tables by path.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{DataFusionError, plan_err};
use outcrop_connectors::table;
use outcrop_store::Location;

use super::{Options, blocking};
use crate::error::{SessionError, external};
use crate::session::Session;

/// One table from files of the same columns.
pub(super) async fn open(
    session: &Session,
    files: Vec<Location>,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (session, options) = (session.clone(), options.clone());
    let batches = blocking(move || {
        let mut batches: Vec<RecordBatch> = Vec::new();
        for file in files {
            let batch = read(&session, &file, &options)?
                .to_record_batch()
                .map_err(|e| DataFusionError::Execution(format!("{}: {e}", file.display)))?;
            if let Some(first) = batches.first()
                && first.schema().fields() != batch.schema().fields()
            {
                return plan_err!(
                    "{} has other columns, types or units than the first file of the pattern; query them apart",
                    file.display
                );
            }
            batches.push(batch);
        }
        Ok(batches)
    })
    .await?;
    let Some(first) = batches.first() else {
        return plan_err!("there is no file").map_err(Into::into);
    };
    let all = concat_batches(&first.schema(), &batches).map_err(DataFusionError::from)?;
    Ok(Arc::new(MemTable::try_new(all.schema(), vec![vec![all]])?))
}

/// A file as a table.
pub(super) fn read(session: &Session, file: &Location, options: &Options) -> Result<table::Table, DataFusionError> {
    let bytes = session.roots().read_blocking(file).map_err(external)?;
    table::read(&bytes, &options.table).map_err(|e| DataFusionError::Plan(format!("{}: {e}", file.display)))
}
