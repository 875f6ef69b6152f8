//! A leaf of a plan whose rows the session makes itself: samples of log files, and lists of `information_schema`. It is the
//! engine's node for such rows, with a description from which another session makes them.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, internal_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::metrics::MetricsSet;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use outcrop_operators::{Wire, schema_from_bytes, schema_to_bytes};
use serde::{Deserialize, Serialize};

use super::{bad, snapshot, waited};
use crate::catalog::InformationList;
use crate::files::LogFiles;
use crate::session::Session;

/// What the rows are made from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Source {
    /// Files of well logs.
    Logs(LogFiles),
    /// A list of `information_schema`, at a commit of a project where there is one.
    List { name: String, project: Option<(String, u64)> },
}

/// See the module.
#[derive(Debug)]
pub(crate) struct SourceExec {
    source: Source,
    rows: Arc<StreamingTableExec>,
    projection: Option<Vec<usize>>,
}

impl SourceExec {
    /// The rows of `streams`, which have the columns of `schema`; of them those of `projection`.
    pub(crate) fn try_new(
        source: Source,
        schema: SchemaRef,
        streams: Vec<Arc<dyn PartitionStream>>,
        projection: Option<Vec<usize>>,
        limit: Option<usize>,
    ) -> Result<Self> {
        let rows = StreamingTableExec::try_new(schema, streams, projection.as_ref(), vec![], false, limit)?;
        Ok(SourceExec { source, rows: Arc::new(rows), projection })
    }
}

impl DisplayAs for SourceExec {
    fn fmt_as(&self, t: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rows.fmt_as(t, f)
    }
}

impl ExecutionPlan for SourceExec {
    fn name(&self) -> &str {
        "SourceExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.rows.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        if children.is_empty() { Ok(self) } else { internal_err!("a source has no inputs") }
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.rows.execute(part, context)
    }

    fn metrics(&self) -> Option<MetricsSet> {
        self.rows.metrics()
    }

    fn fetch(&self) -> Option<usize> {
        self.rows.fetch()
    }

    fn with_fetch(&self, limit: Option<usize>) -> Option<Arc<dyn ExecutionPlan>> {
        let schema = Arc::clone(self.rows.partition_schema());
        let streams = self.rows.partitions().clone();
        let limited = Self::try_new(self.source.clone(), schema, streams, self.projection.clone(), limit);
        limited.ok().map(|exec| Arc::new(exec) as Arc<dyn ExecutionPlan>)
    }
}

#[derive(Serialize, Deserialize)]
struct WireSource {
    source: Source,
    /// The columns before the projection, in the engine's own bytes.
    schema: Vec<u8>,
    projection: Option<Vec<usize>>,
    limit: Option<usize>,
}

#[derive(Debug)]
pub(super) struct SourceWire {
    session: Session,
}

impl SourceWire {
    pub(super) fn new(session: Session) -> Self {
        SourceWire { session }
    }
}

impl Wire for SourceWire {
    fn mark(&self) -> &'static [u8] {
        b"outcrop-source/1\0"
    }

    fn encode(&self, node: &dyn ExecutionPlan) -> Result<Option<Vec<u8>>> {
        let Some(exec) = node.downcast_ref::<SourceExec>() else { return Ok(None) };
        let wire = WireSource {
            source: exec.source.clone(),
            schema: schema_to_bytes(exec.rows.partition_schema())?,
            projection: exec.projection.clone(),
            limit: exec.rows.limit(),
        };
        serde_json::to_vec(&wire).map(Some).map_err(bad)
    }

    fn decode(&self, body: &[u8], _: &[Arc<dyn ExecutionPlan>]) -> Result<Arc<dyn ExecutionPlan>> {
        let wire: WireSource = serde_json::from_slice(body).map_err(bad)?;
        let schema = schema_from_bytes(&wire.schema)?;
        let streams = match &wire.source {
            Source::Logs(files) => files.streams(&self.session, &schema)?,
            Source::List { name, project } => {
                let (session, name, project) = (self.session.clone(), name.clone(), project.clone());
                let list = waited(move || async move {
                    let at = match project {
                        Some((project, commit)) => Some(snapshot(&session, &project, commit).await?),
                        None => None,
                    };
                    InformationList::open(&session, at, &name).await
                })?;
                vec![Arc::new(list) as Arc<dyn PartitionStream>]
            }
        };
        Ok(Arc::new(SourceExec::try_new(wire.source, schema, streams, wire.projection, wire.limit)?))
    }
}
