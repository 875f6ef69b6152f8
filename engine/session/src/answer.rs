//! What a statement gives back.

use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::{ExecutionPlan, metrics::MetricValue};
use futures::{StreamExt, TryStreamExt};
use outcrop_operators::{Notices, OperatorExec};

use crate::error::SessionError;

/// The answer to one statement.
#[allow(clippy::large_enum_variant)]
pub enum Answer {
    /// Rows, streamed.
    Rows(Rows),
    /// Something was done.
    Done {
        /// In a line.
        message: String,
        /// How many rows it wrote, changed or removed; 0 where it is not about rows.
        rows: u64,
        /// The project commit that holds it, where there is one.
        commit: Option<u64>,
    },
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Answer::Rows(rows) => write!(f, "Rows({})", rows.schema),
            Answer::Done { message, .. } => write!(f, "Done({message})"),
        }
    }
}

/// Rows, streamed; dropping them cancels the query.
pub struct Rows {
    pub(crate) schema: SchemaRef,
    pub(crate) stream: SendableRecordBatchStream,
    pub(crate) plan: Arc<dyn ExecutionPlan>,
    pub(crate) notices: Arc<Notices>,
}

impl Rows {
    /// The columns, units in the field metadata.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The next batch; none at the end.
    ///
    /// # Errors
    /// What went wrong while the query ran.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, SessionError> {
        Ok(self.stream.next().await.transpose()?)
    }

    /// The same for a stream of one's own.
    pub fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RecordBatch, SessionError>>> {
        self.stream.poll_next_unpin(context).map(|batch| batch.map(|b| b.map_err(Into::into)))
    }

    /// All of them.
    ///
    /// # Errors
    /// What went wrong while the query ran.
    pub async fn collect(self) -> Result<Vec<RecordBatch>, SessionError> {
        Ok(self.stream.try_collect().await?)
    }

    /// Tells how far the query is, from any thread.
    pub fn progress(&self) -> QueryProgress {
        QueryProgress::of(&self.plan)
    }

    /// What operators decided in the caller's place, so far.
    pub fn notices(&self) -> Arc<Notices> {
        Arc::clone(&self.notices)
    }
}

/// How far a query is.
#[derive(Debug, Clone)]
pub struct QueryProgress {
    plan: Arc<dyn ExecutionPlan>,
}

impl QueryProgress {
    pub(crate) fn of(plan: &Arc<dyn ExecutionPlan>) -> Self {
        QueryProgress { plan: Arc::clone(plan) }
    }

    /// The operator at work with units done and in all, where one has begun.
    pub fn operator(&self) -> Option<(String, u64, u64)> {
        deepest(&self.plan)
    }
}

fn deepest(plan: &Arc<dyn ExecutionPlan>) -> Option<(String, u64, u64)> {
    if let Some(exec) = plan.downcast_ref::<OperatorExec>()
        && let Some(metrics) = exec.metrics()
    {
        let value = |name: &str| -> usize {
            let of_name = |v: &MetricValue| v.name() == name;
            metrics.iter().filter(|m| of_name(m.value())).map(|m| m.value().as_usize()).sum()
        };
        let (done, total) = (value("work_done"), value("work_total"));
        if total > 0 {
            return Some((exec.operator_name().to_owned(), done as u64, total as u64));
        }
    }
    plan.children().into_iter().find_map(deepest)
}
