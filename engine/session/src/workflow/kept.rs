//! Rows of a node that several others take: computed once, kept in memory as far as that goes, else in a temporary file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::catalog::{MemTable, Session as EngineSession, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryLimit, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, SpillFile, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, SpillMetrics};
use datafusion::physical_plan::spill::{SpillManager, get_record_batch_memory_size};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::StreamExt;

use crate::error::SessionError;
use crate::session::Session;

/// Kept rows as a table, with what they were made from.
#[derive(Debug)]
pub(crate) struct KeptRows {
    inner: Arc<dyn TableProvider>,
    origins: BTreeMap<String, BTreeSet<u64>>,
    count: u64,
    /// Memory that they hold, given back when the run is over.
    _memory: Option<MemoryReservation>,
}

impl KeptRows {
    /// Takes rows to their end and keeps them.
    ///
    /// The rows of all nodes of a run hold a quarter of the memory that queries may have; what goes beyond is written to a temporary
    /// file, which counts towards the limit of those.
    pub(crate) async fn keep(
        session: &Session,
        mut rows: SendableRecordBatchStream,
        origins: BTreeMap<String, BTreeSet<u64>>,
        name: &str,
        held: &mut usize,
    ) -> Result<Self, SessionError> {
        let runtime = Arc::clone(session.inner().template.runtime_env());
        let schema = rows.schema();
        let most = match runtime.memory_pool.memory_limit() {
            MemoryLimit::Finite(bytes) => bytes / 4,
            _ => usize::MAX,
        };
        let memory = MemoryConsumer::new(format!("rows of {name}")).register(&runtime.memory_pool);
        let mut batches: Vec<RecordBatch> = Vec::new();
        let mut over = None;
        let mut count = 0u64;
        while let Some(batch) = rows.next().await.transpose()? {
            let size = get_record_batch_memory_size(&batch);
            count += batch.num_rows() as u64;
            if held.saturating_add(size) > most || memory.try_grow(size).is_err() {
                over = Some(batch);
                break;
            }
            *held += size;
            batches.push(batch);
        }
        let Some(first) = over else {
            let inner = Arc::new(MemTable::try_new(schema, vec![batches])?);
            return Ok(KeptRows { inner, origins, count, _memory: Some(memory) });
        };
        // All of it goes into the file, so that it is read in its order.
        let metrics = ExecutionPlanMetricsSet::new();
        let manager = SpillManager::new(runtime, SpillMetrics::new(&metrics, 0), Arc::clone(&schema));
        let mut writing = manager.create_in_progress_file(&format!("rows of {name}"))?;
        for batch in batches.drain(..) {
            writing.append_batch(&batch)?;
        }
        *held -= memory.size();
        drop(memory);
        let mut next = Some(first);
        while let Some(batch) = next {
            let written = tokio::task::spawn_blocking(move || writing.append_batch(&batch).map(|_| writing)).await;
            writing = written.map_err(|e| DataFusionError::Execution(format!("writing stopped: {e}")))??;
            next = rows.next().await.transpose()?;
            count += next.as_ref().map_or(0, |batch| batch.num_rows() as u64);
        }
        let inner: Arc<dyn TableProvider> = match writing.finish()? {
            Some(file) => {
                let stored = StoredRows { manager, file };
                Arc::new(StreamingTable::try_new(schema, vec![Arc::new(stored)])?)
            }
            None => Arc::new(MemTable::try_new(schema, vec![vec![]])?),
        };
        Ok(KeptRows { inner, origins, count, _memory: None })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Tables with the versions that were read, and files.
    pub(crate) fn origins(&self) -> &BTreeMap<String, BTreeSet<u64>> {
        &self.origins
    }
}

#[async_trait]
impl TableProvider for KeptRows {
    fn schema(&self) -> SchemaRef {
        self.inner.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.inner.supports_filters_pushdown(filters)
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.inner.scan(state, projection, filters, limit).await
    }
}

/// Rows in a temporary file, which goes with the last that has it.
struct StoredRows {
    manager: SpillManager,
    file: Arc<dyn SpillFile>,
}

impl fmt::Debug for StoredRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredRows")
    }
}

impl PartitionStream for StoredRows {
    fn schema(&self) -> &SchemaRef {
        self.manager.schema()
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        match self.manager.read_spill_as_stream(Arc::clone(&self.file), None) {
            Ok(stream) => stream,
            Err(error) => {
                let schema = Arc::clone(self.manager.schema());
                Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::once(async move { Err(error) })))
            }
        }
    }
}
