//! The one physical node that runs every operator: it orders and groups the rows, bounds their memory,
//! reports progress and stops when nobody waits any more.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::{concat_batches, partition};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{
    Distribution, EquivalenceProperties, LexOrdering, OrderingRequirements, Partitioning, PhysicalExpr,
    PhysicalSortExpr,
};
use datafusion::physical_plan::InputDistributionRequirements;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::metrics::{ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::StreamExt;
use tokio::sync::mpsc::Sender;

use crate::bind::BoundInput;
use crate::operator::{Notices, Operator, Output, Progress, Rows};
use crate::traces::{self, Traces};
use crate::value::Call;

/// Runs an operator.
#[derive(Debug)]
pub struct OperatorExec {
    pub(crate) operator: Arc<dyn Operator>,
    pub(crate) call: Call,
    inputs: Vec<Arc<dyn ExecutionPlan>>,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl OperatorExec {
    /// An operator over its physical inputs, giving `schema`.
    ///
    /// # Errors
    /// When the call does not belong to the operator.
    pub fn try_new(
        operator: Arc<dyn Operator>,
        call: Call,
        inputs: Vec<Arc<dyn ExecutionPlan>>,
        schema: SchemaRef,
    ) -> Result<Self> {
        if call.inputs.len() != inputs.len() {
            return exec_err!(
                "{}: the call has {} inputs, the plan {}",
                call.operator,
                call.inputs.len(),
                inputs.len()
            );
        }
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Ok(OperatorExec {
            operator,
            call,
            inputs,
            properties: Arc::new(properties),
            metrics: ExecutionPlanMetricsSet::new(),
        })
    }
}

impl OperatorExec {
    /// Which operator it runs.
    pub fn operator_name(&self) -> &str {
        &self.call.operator
    }
}

impl DisplayAs for OperatorExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OperatorExec: {}", self.call.operator)?;
        for (name, value) in &self.call.parameters {
            write!(f, ", {name}={value}")?;
        }
        if !self.call.by.is_empty() {
            write!(f, ", by=[{}]", self.call.by.join(", "))?;
        }
        Ok(())
    }
}

impl ExecutionPlan for OperatorExec {
    fn name(&self) -> &str {
        "OperatorExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        self.inputs.iter().collect()
    }

    fn input_distribution_requirements(&self) -> InputDistributionRequirements {
        InputDistributionRequirements::new(vec![Distribution::SinglePartition; self.inputs.len()])
    }

    /// Groups arrive together, each in the order the operator asks for.
    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        let one = |bound: &BoundInput, plan: &Arc<dyn ExecutionPlan>| {
            let schema = plan.schema();
            let columns = (0..bound.by).chain(bound.ordering.iter().copied());
            let order = columns.map(|i| {
                PhysicalSortExpr::new_default(Arc::new(Column::new(schema.field(i).name(), i)) as Arc<dyn PhysicalExpr>)
            });
            LexOrdering::new(order).map(OrderingRequirements::from)
        };
        self.call.inputs.iter().zip(&self.inputs).map(|(b, p)| one(b, p)).collect()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        Ok(Arc::new(Self::try_new(Arc::clone(&self.operator), self.call.clone(), children, schema)?))
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        if part != 0 {
            return exec_err!("{}: there is no partition {part}", self.call.operator);
        }
        let counted = |name: &'static str| MetricBuilder::new(&self.metrics).global_counter(name);
        let volumes = self.call.inputs.iter().any(|i| i.volume);
        let progress = Progress {
            read: volumes.then(|| (counted("bricks_read"), counted("bytes_read"))),
            cancelled: Arc::new(AtomicBool::new(false)),
            done: MetricBuilder::new(&self.metrics).global_counter("work_done"),
            total: MetricBuilder::new(&self.metrics).global_gauge("work_total"),
        };
        let feeds = self.call.inputs.iter().zip(&self.inputs).map(|(bound, plan)| {
            Ok(if bound.volume {
                Feed::Traces(Arc::clone(plan))
            } else {
                Feed::Rows(plan.execute(0, Arc::clone(&context))?)
            })
        });
        let feeds = feeds.collect::<Result<Vec<_>>>()?;
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.schema(), 2);
        let run = Run {
            operator: Arc::clone(&self.operator),
            call: self.call.clone(),
            schema: self.schema(),
            sender: builder.tx(),
            progress,
            batch_size: context.session_config().batch_size(),
            notices: context.session_config().get_extension::<Notices>(),
            memory: MemoryConsumer::new(format!("operator {}", self.call.operator)).register(context.memory_pool()),
            context,
        };
        builder.spawn(run.drive(feeds));
        Ok(builder.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// Where the rows of an input come from.
enum Feed {
    Rows(SendableRecordBatchStream),
    /// The plan of a volume, which is looked at before it is run.
    Traces(Arc<dyn ExecutionPlan>),
}

/// An input for one group.
enum Given {
    Rows(RecordBatch),
    Traces(Traces),
}

/// Sets the flag that kernels look at when the stream is dropped and the task with it.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Run {
    operator: Arc<dyn Operator>,
    call: Call,
    schema: SchemaRef,
    sender: Sender<Result<RecordBatch>>,
    progress: Progress,
    batch_size: usize,
    notices: Option<Arc<Notices>>,
    memory: MemoryReservation,
    context: Arc<TaskContext>,
}

impl Run {
    async fn drive(self, feeds: Vec<Feed>) -> Result<()> {
        let _cancel = CancelOnDrop(Arc::clone(&self.progress.cancelled));
        let mut feeds = feeds.into_iter().zip(&self.call.inputs);
        let Some((primary, bound)) = feeds.next() else { return self.run_group(vec![], vec![]).await };
        let mut shared = Vec::new();
        for (feed, bound) in feeds {
            shared.push(match feed {
                Feed::Rows(stream) => Shared::collect(stream, bound, &self.memory, &self.call.operator).await?,
                Feed::Traces(plan) => Shared::Traces(self.traces(&plan, bound).await?),
            });
        }
        let mut primary = match primary {
            Feed::Rows(stream) => stream,
            Feed::Traces(plan) => {
                let mut given = vec![Given::Traces(self.traces(&plan, bound).await?)];
                for input in &shared {
                    given.push(input.given(&[])?);
                }
                return self.run_group(given, vec![]).await;
            }
        };
        let by = self.call.by.len();
        let input_schema = primary.schema();
        let mut held: Vec<RecordBatch> = Vec::new();
        let mut held_bytes = 0;
        let mut any = false;
        while let Some(batch) = primary.next().await {
            let batch = batch?;
            for range in groups(&batch, by)? {
                let slice = batch.slice(range.start, range.len());
                if let Some(last) = held.last()
                    && by > 0
                    && keys(last, by)? != keys(&slice, by)?
                {
                    let bytes = std::mem::take(&mut held_bytes);
                    self.run_held(&input_schema, std::mem::take(&mut held), bytes, &shared).await?;
                }
                // A slice shares its batch's buffers, so count its share of them.
                let bytes = batch.get_array_memory_size() * slice.num_rows() / batch.num_rows().max(1);
                grow(&self.memory, bytes, &self.call.operator)?;
                held_bytes += bytes;
                held.push(slice);
                any = true;
            }
        }
        // Without grouping, no rows are one empty group: the operator says what that means.
        if !held.is_empty() || (by == 0 && !any) {
            self.run_held(&input_schema, held, held_bytes, &shared).await?;
        }
        Ok(())
    }

    async fn traces(&self, plan: &Arc<dyn ExecutionPlan>, bound: &BoundInput) -> Result<Traces> {
        traces::acquire(plan, bound, &self.call.operator, &self.memory, Arc::clone(&self.context)).await
    }

    /// Runs one group; `bytes` of memory are reserved for what is held, and free again afterwards.
    async fn run_held(
        &self,
        schema: &SchemaRef,
        held: Vec<RecordBatch>,
        bytes: usize,
        shared: &[Shared],
    ) -> Result<()> {
        let primary = concat(schema, held, bytes, &self.memory, &self.call.operator)?;
        let by = self.call.by.len();
        let group: Vec<ArrayRef> =
            primary.columns()[..by].iter().map(|c| c.slice(0, usize::from(!c.is_empty()))).collect();
        let key = if by > 0 { keys(&primary, by)? } else { vec![] };
        let mut given = vec![Given::Rows(primary)];
        for input in shared {
            given.push(input.given(&key)?);
        }
        self.run_group(given, group).await?;
        self.memory.try_shrink(bytes).map(drop)
    }

    async fn run_group(&self, given: Vec<Given>, group: Vec<ArrayRef>) -> Result<()> {
        let which = group
            .iter()
            .zip(&self.call.by)
            .map(|(array, name)| Ok(format!("{name} = {}", array_value_to_string(array, 0)?)))
            .collect::<Result<Vec<_>>>()?
            .join(", ");
        let rows = self
            .call
            .inputs
            .iter()
            .zip(given)
            .map(|(bound, given)| match given {
                Given::Rows(batch) => Rows::new(bound.clone(), batch),
                Given::Traces(traces) => Ok(Rows::of_traces(bound.clone(), traces)),
            })
            .collect::<Result<Vec<_>>>()?;
        let mut output = Output {
            schema: Arc::clone(&self.schema),
            group,
            sender: self.sender.clone(),
            progress: self.progress.clone(),
            batch_size: self.batch_size,
            notices: self.notices.clone(),
        };
        let (operator, call) = (Arc::clone(&self.operator), self.call.clone());
        let name = call.operator.clone();
        tokio::task::spawn_blocking(move || operator.run(&call, &rows, &mut output))
            .await
            .map_err(|e| DataFusionError::Execution(format!("{name} stopped: {e}")))?
            .map_err(|e| {
                let message = match e {
                    DataFusionError::Execution(message) => message,
                    other => other.to_string(),
                };
                DataFusionError::Execution(if which.is_empty() {
                    format!("{name}: {message}")
                } else {
                    format!("{name} ({which}): {message}")
                })
            })
    }
}

/// A further input.
enum Shared {
    /// All of its rows, and where each group's are.
    Rows { batch: RecordBatch, groups: Option<HashMap<Vec<ScalarValue>, Range<usize>>> },
    /// A volume, which all groups share.
    Traces(Traces),
}

impl Shared {
    async fn collect(
        mut stream: SendableRecordBatchStream,
        bound: &BoundInput,
        memory: &MemoryReservation,
        operator: &str,
    ) -> Result<Self> {
        let schema = stream.schema();
        let mut batches = Vec::new();
        let mut bytes = 0;
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            bytes += batch.get_array_memory_size();
            grow(memory, batch.get_array_memory_size(), operator)?;
            batches.push(batch);
        }
        let batch = concat(&schema, batches, bytes, memory, operator)?;
        let groups = if bound.by == 0 {
            None
        } else {
            let found = groups(&batch, bound.by)?;
            let key = |r: &Range<usize>| keys(&batch.slice(r.start, 1), bound.by);
            Some(found.into_iter().map(|r| Ok((key(&r)?, r))).collect::<Result<_>>()?)
        };
        Ok(Shared::Rows { batch, groups })
    }

    /// What a group is given of it.
    fn given(&self, key: &[ScalarValue]) -> Result<Given> {
        Ok(match self {
            Shared::Traces(traces) => Given::Traces(traces.clone()),
            Shared::Rows { batch, groups: None } => Given::Rows(batch.clone()),
            Shared::Rows { batch, groups: Some(groups) } => Given::Rows(match groups.get(key) {
                Some(range) => batch.slice(range.start, range.len()),
                None => batch.slice(0, 0),
            }),
        })
    }
}

/// One batch of many. While they are copied both are there; a single one is not copied.
fn concat(
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    bytes: usize,
    memory: &MemoryReservation,
    operator: &str,
) -> Result<RecordBatch> {
    let copy = memory.new_empty();
    if batches.len() > 1 {
        grow(&copy, bytes, operator)?;
    }
    Ok(concat_batches(schema, &batches)?)
}

pub(crate) fn grow(memory: &MemoryReservation, bytes: usize, operator: &str) -> Result<()> {
    memory.try_grow(bytes).map_err(|e| {
        DataFusionError::ResourcesExhausted(format!(
            "{operator} needs its input in memory and the limit is reached; select fewer rows or columns, \
             group with by => […], or raise the memory limit ({e})"
        ))
    })
}

/// Runs of equal grouping values; one run where there is no grouping.
fn groups(batch: &RecordBatch, by: usize) -> Result<Vec<Range<usize>>> {
    if batch.num_rows() == 0 {
        return Ok(vec![]);
    }
    if by == 0 {
        return Ok(std::iter::once(0..batch.num_rows()).collect());
    }
    Ok(partition(&batch.columns()[..by])?.ranges())
}

/// The grouping values of a batch's first row.
fn keys(batch: &RecordBatch, by: usize) -> Result<Vec<ScalarValue>> {
    batch.columns()[..by].iter().map(|c| ScalarValue::try_from_array(c, 0)).collect()
}
