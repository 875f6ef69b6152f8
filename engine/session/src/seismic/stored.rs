//! A volume of the project.

use std::sync::Arc;

use arrow::datatypes::{FieldRef, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use outcrop_operators::{VolumeSource, samples_field};
use outcrop_seismic::Volume;
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;

use super::rows;
use crate::catalog::ParquetFiles;
use crate::error::SessionError;
use crate::session::Session;

/// `seismic.<name>` at a commit.
#[derive(Debug)]
pub(crate) struct StoredVolume {
    rows: ParquetFiles,
    schema: SchemaRef,
    volume: Arc<dyn Volume>,
    source: VolumeSource,
}

impl StoredVolume {
    /// The table of traces of a volume with its bricks; the table as it is where it has none.
    pub(crate) async fn open(
        session: &Session,
        snapshot: &Snapshot,
        table: &TableName,
    ) -> std::result::Result<Arc<dyn TableProvider>, SessionError> {
        let state = snapshot.table(table).await?;
        let rows = ParquetFiles::of_table(session, &state)?;
        let bricks = TableName::new(super::BRICKS, &table.name);
        if !snapshot.has_table(&bricks) || rows.schema().index_of(rows::STORED_SLOT).is_err() {
            return Ok(Arc::new(rows));
        }
        let volume = session.inner().volumes.stored(snapshot, &table.name).await?;
        let stored = snapshot.table(&bricks).await?;
        let unit = stored.schema.fields().first().and_then(|f| outcrop_types::field::unit(f)).unwrap_or("");
        let samples: FieldRef = Arc::new(outcrop_types::field::with_unit(samples_field(volume.axis()), unit));
        let source = VolumeSource::Project {
            project: snapshot.project().path().to_owned(),
            volume: table.name.clone(),
            commit: snapshot.commit().number,
        };
        let schema = rows::shown(&rows.schema(), &samples);
        Ok(Arc::new(StoredVolume { rows, schema, volume: Arc::new(volume), source }))
    }

    /// The rows as they are stored.
    pub(crate) fn rows(&self) -> &ParquetFiles {
        &self.rows
    }
}

#[async_trait]
impl TableProvider for StoredVolume {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(rows::pushdown(filters))
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let needed = rows::needed(&self.rows.schema(), &self.schema, wanted, filters)?;
        let limit = limit.filter(|_| filters.is_empty());
        let input = self.rows.scan(state, Some(&needed), filters, limit).await?;
        rows::plan(state, input, &self.schema, wanted, filters, &self.volume, &self.source)
    }
}
