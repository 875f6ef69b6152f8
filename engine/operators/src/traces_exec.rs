//! The plan node that reads samples: rows of traces in, the same rows with their samples out.
//!
//! Below it is any plan of rows that say which traces are wanted; predicates on inline, crossline, offset and all else that a trace
//! is known by are applied there, so that samples of other traces are never read. An operator that takes a volume looks for this node
//! and reads what it needs of the volume itself.

use std::cmp::Ordering::{Equal, Greater, Less};
use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Float32Array, ListArray, RecordBatch, UInt32Array};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef, UInt32Type};
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result, exec_err, plan_err};
use datafusion::execution::memory_pool::MemoryConsumer;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr, PhysicalSortExpr};
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, MetricsSet};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use futures::StreamExt;
use outcrop_seismic::{Meter, SeismicError, Volume};
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::Sender;

/// The column of the rows below that says where a trace is in the volume.
pub const SLOT: &str = "outcrop slot";
/// The column of samples.
pub const SAMPLES: &str = "samples";

/// Bytes of samples read at a time.
const GROUP: usize = 32 << 20;
/// Bytes of samples in a batch that is handed on.
const BATCH: usize = 4 << 20;

/// Where a volume is, for another program that runs the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VolumeSource {
    /// A volume of a project, at a commit.
    Project {
        /// The project's folder.
        project: String,
        /// Name of the volume.
        volume: String,
        /// Number of the commit.
        commit: u64,
    },
    /// A SEG-Y file, with the options of `read_segy` as JSON.
    File {
        /// Its path.
        path: String,
        /// How it is read.
        options: String,
    },
}

/// Adds samples to rows of traces.
#[derive(Debug)]
pub struct TracesExec {
    input: Arc<dyn ExecutionPlan>,
    volume: Arc<dyn Volume>,
    source: VolumeSource,
    /// The field of the samples; where it goes among the columns.
    samples: FieldRef,
    place: usize,
    slot: usize,
    properties: Arc<PlanProperties>,
    metrics: ExecutionPlanMetricsSet,
}

impl TracesExec {
    /// Samples of `volume` at `place` among the columns of `input` without its column [`SLOT`].
    ///
    /// # Errors
    /// An input without that column.
    pub fn try_new(
        input: Arc<dyn ExecutionPlan>,
        volume: Arc<dyn Volume>,
        source: VolumeSource,
        samples: FieldRef,
        place: usize,
    ) -> Result<Self> {
        let schema = input.schema();
        let Some((slot, field)) = schema.column_with_name(SLOT) else {
            return plan_err!("samples are read by the place of a trace, which the rows do not have");
        };
        if field.data_type() != &DataType::UInt32 {
            return plan_err!("the place of a trace must be UInt32, found {}", field.data_type());
        }
        let mut fields: Vec<FieldRef> = schema.fields().iter().filter(|f| f.name() != SLOT).map(Arc::clone).collect();
        if place > fields.len() {
            return plan_err!("samples at place {place} of {} columns", fields.len());
        }
        fields.insert(place, Arc::clone(&samples));
        let output = Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()));
        // Where a column of the input is in the output.
        let moved = |column: usize| match column.cmp(&slot) {
            Less => Some(column),
            Equal => None,
            Greater => Some(column - 1),
        };
        let moved = |column: usize| moved(column).map(|c| if c < place { c } else { c + 1 });
        let properties = PlanProperties::new(
            in_order(&input, output, &moved),
            partitioned(input.output_partitioning(), &moved),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        let metrics = ExecutionPlanMetricsSet::new();
        Ok(TracesExec { input, volume, source, samples, place, slot, properties: Arc::new(properties), metrics })
    }

    /// The rows of traces, with [`SLOT`].
    pub fn input(&self) -> &Arc<dyn ExecutionPlan> {
        &self.input
    }

    /// The volume.
    pub fn volume(&self) -> &Arc<dyn Volume> {
        &self.volume
    }

    /// Where the volume is.
    pub fn source(&self) -> &VolumeSource {
        &self.source
    }

    /// The field of the samples.
    pub fn samples(&self) -> &FieldRef {
        &self.samples
    }

    /// Where samples are among the columns.
    pub fn place(&self) -> usize {
        self.place
    }
}

/// The order of the rows, which stays, in terms of the columns of the output.
fn in_order(
    input: &Arc<dyn ExecutionPlan>,
    output: SchemaRef,
    moved: &dyn Fn(usize) -> Option<usize>,
) -> EquivalenceProperties {
    let Some(ordering) = input.output_ordering() else { return EquivalenceProperties::new(output) };
    // What is sorted by a column that is no longer there is only sorted by those before it.
    let kept: Vec<PhysicalSortExpr> =
        ordering.iter().map_while(|by| Some(PhysicalSortExpr::new(in_output(&by.expr, moved)?, by.options))).collect();
    match kept.is_empty() {
        true => EquivalenceProperties::new(output),
        false => EquivalenceProperties::new_with_orderings(output, [kept]),
    }
}

/// How rows are divided, in terms of the columns of the output.
fn partitioned(input: &Partitioning, moved: &dyn Fn(usize) -> Option<usize>) -> Partitioning {
    let count = input.partition_count();
    match input {
        Partitioning::RoundRobinBatch(_) => Partitioning::RoundRobinBatch(count),
        Partitioning::Hash(by, _) => {
            let by: Option<Vec<_>> = by.iter().map(|e| in_output(e, moved)).collect();
            by.map_or(Partitioning::UnknownPartitioning(count), |by| Partitioning::Hash(by, count))
        }
        _ => Partitioning::UnknownPartitioning(count),
    }
}

/// An expression of columns of the input, over the output; `None` where it needs a column that the output has not.
fn in_output(
    expression: &Arc<dyn PhysicalExpr>,
    moved: &dyn Fn(usize) -> Option<usize>,
) -> Option<Arc<dyn PhysicalExpr>> {
    let mut lost = false;
    let found = Arc::clone(expression).transform_up(|e| {
        let Some(column) = e.downcast_ref::<Column>() else { return Ok(Transformed::no(e)) };
        match moved(column.index()) {
            Some(index) => Ok(Transformed::yes(Arc::new(Column::new(column.name(), index)))),
            None => {
                lost = true;
                Ok(Transformed::no(e))
            }
        }
    });
    found.data().ok().filter(|_| !lost)
}

impl DisplayAs for TracesExec {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            VolumeSource::Project { volume, .. } => write!(f, "TracesExec: volume={volume}")?,
            VolumeSource::File { path, .. } => write!(f, "TracesExec: file={path}")?,
        }
        write!(f, ", samples={}", self.volume.axis().count)
    }
}

impl ExecutionPlan for TracesExec {
    fn name(&self) -> &str {
        "TracesExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    /// Traces come in the order of the volume; mixing them would have bricks read again and again.
    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = children.as_slice() else { return plan_err!("TracesExec has one input") };
        let (volume, source) = (Arc::clone(&self.volume), self.source.clone());
        Ok(Arc::new(Self::try_new(Arc::clone(input), volume, source, Arc::clone(&self.samples), self.place)?))
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(part, Arc::clone(&context))?;
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.schema(), 2);
        let counted = |name: &'static str| MetricBuilder::new(&self.metrics).counter(name, part);
        let reading = Reading {
            volume: Arc::clone(&self.volume),
            schema: self.schema(),
            place: self.place,
            slot: self.slot,
            sender: builder.tx(),
            meter: Arc::new(Metered {
                cancelled: AtomicBool::new(false),
                bricks: counted("bricks_read"),
                bytes: counted("bytes_read"),
            }),
            traces: counted("traces_read"),
            context,
        };
        builder.spawn(reading.run(input));
        Ok(builder.build())
    }

    fn metrics(&self) -> Option<MetricsSet> {
        Some(self.metrics.clone_inner())
    }
}

/// Counts into the plan's metrics.
struct Metered {
    cancelled: AtomicBool,
    bricks: Count,
    bytes: Count,
}

impl Meter for Metered {
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn read(&self, bricks: u64, bytes: u64) {
        self.bricks.add(usize::try_from(bricks).unwrap_or(usize::MAX));
        self.bytes.add(usize::try_from(bytes).unwrap_or(usize::MAX));
    }
}

/// Stops reading when the stream is dropped and the task with it.
struct CancelOnDrop(Arc<Metered>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancelled.store(true, Ordering::Relaxed);
    }
}

struct Reading {
    volume: Arc<dyn Volume>,
    schema: SchemaRef,
    place: usize,
    slot: usize,
    sender: Sender<Result<RecordBatch>>,
    meter: Arc<Metered>,
    traces: Count,
    context: Arc<TaskContext>,
}

impl Reading {
    async fn run(self, mut input: SendableRecordBatchStream) -> Result<()> {
        let _cancel = CancelOnDrop(Arc::clone(&self.meter));
        let memory = MemoryConsumer::new("samples of traces").register(self.context.memory_pool());
        let bytes = (self.volume.axis().count * 4).max(1);
        // Traces that lie together are read together, within bounds.
        let together = self.volume.together().clamp(1, (2 * GROUP / bytes).max(1));
        let group = ((GROUP / bytes) / together).max(1) * together;
        let batch = (BATCH / bytes).clamp(1, self.context.session_config().batch_size());
        let schema = input.schema();
        let (mut held, mut rows): (Vec<RecordBatch>, usize) = (Vec::new(), 0);
        loop {
            let next = input.next().await.transpose()?;
            let ended = next.is_none();
            if let Some(next) = next {
                rows += next.num_rows();
                held.push(next);
            }
            while rows >= group || (ended && rows > 0) {
                let all = concat_batches(&schema, &held)?;
                let take = group.min(rows);
                let (now, later) = (all.slice(0, take), all.slice(take, rows - take));
                rows -= take;
                held = vec![later];
                let reserved = take * bytes;
                memory.try_grow(reserved).map_err(|e| {
                    DataFusionError::ResourcesExhausted(format!(
                        "{take} traces are read at a time, and the memory limit is reached; raise it ({e})"
                    ))
                })?;
                let with_samples = self.read(now).await?;
                for start in (0..take).step_by(batch) {
                    let slice = with_samples.slice(start, batch.min(take - start));
                    if self.sender.send(Ok(slice)).await.is_err() {
                        return Ok(());
                    }
                }
                memory.try_shrink(reserved)?;
            }
            if ended {
                return Ok(());
            }
        }
    }

    /// The rows with their samples.
    async fn read(&self, rows: RecordBatch) -> Result<RecordBatch> {
        let Some(slots) = rows.column(self.slot).as_primitive_opt::<UInt32Type>() else {
            return exec_err!("the place of a trace must be UInt32");
        };
        let (volume, slots, meter) = (Arc::clone(&self.volume), slots.clone(), Arc::clone(&self.meter));
        self.traces.add(slots.len());
        let samples = tokio::task::spawn_blocking(move || read_samples(&*volume, &slots, &*meter))
            .await
            .map_err(|e| DataFusionError::Execution(format!("reading samples stopped: {e}")))??;
        let mut columns: Vec<ArrayRef> = rows.columns().to_vec();
        columns.remove(self.slot);
        columns.insert(self.place, Arc::new(samples));
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?)
    }
}

/// All samples of some traces, a list each: those of the axis, so that all lists begin at its start; no numbers where a trace
/// begins later or ends earlier.
fn read_samples(volume: &dyn Volume, slots: &UInt32Array, meter: &dyn Meter) -> Result<ListArray> {
    let count = volume.axis().count;
    let mut values = vec![0f32; slots.len() * count];
    volume.read(slots.values(), 0..count, &mut values, meter).map_err(of_volume)?;
    samples_list(values, slots.len(), count)
}

/// Lists of `count` values each.
///
/// # Errors
/// More values than a list array holds.
pub fn samples_list(values: Vec<f32>, lists: usize, count: usize) -> Result<ListArray> {
    if i32::try_from(values.len()).is_err() {
        return exec_err!("{} samples do not go into one batch", values.len());
    }
    let offsets = OffsetBuffer::from_lengths(std::iter::repeat_n(count, lists));
    Ok(ListArray::new(item(), offsets, Arc::new(Float32Array::from(values)), None::<NullBuffer>))
}

/// The item of a list of samples.
fn item() -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Float32, true))
}

/// The type of samples.
pub fn samples_type() -> DataType {
    DataType::List(item())
}

/// An error of a volume as one of the engine.
pub fn of_volume(error: SeismicError) -> DataFusionError {
    match error {
        SeismicError::Cancelled => DataFusionError::Execution("cancelled".to_owned()),
        other => DataFusionError::Execution(other.to_string()),
    }
}
