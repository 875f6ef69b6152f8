//! A volume as an operator gets it: which traces, what they are known by, and where to read their samples.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{cast, concat_batches, sort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{DataType, Field, Float32Type, Int32Type, Schema, UInt32Type};
use datafusion::common::{Result, exec_err};
use datafusion::execution::TaskContext;
use datafusion::execution::memory_pool::MemoryReservation;
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::coop::CooperativeExec;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::repartition::RepartitionExec;
use datafusion::physical_plan::{ExecutionPlan, execute_stream};
use futures::TryStreamExt;
use outcrop_seismic::{MemoryVolume, SampleAxis, Volume};

use crate::bind::{BoundInput, role_name};
use crate::traces_exec::{SAMPLES, SLOT, TracesExec, of_volume};

/// Key of the vertical axis, as JSON, in the metadata of a column of samples.
pub const SAMPLE_AXIS: &str = "outcrop.sample_axis";

/// A column of samples along an axis.
pub fn samples_field(axis: &SampleAxis) -> Field {
    let text = serde_json::to_string(axis).unwrap_or_default();
    let description = format!("Samples of the trace, {} {}", axis.count, axis.domain);
    let field = outcrop_types::field::described(SAMPLES, crate::traces_exec::samples_type(), true, &description);
    outcrop_types::field::with(field, SAMPLE_AXIS, &text)
}

/// The vertical axis that a column of samples states.
pub fn axis_of(field: &Field) -> Option<SampleAxis> {
    serde_json::from_str(field.metadata().get(SAMPLE_AXIS)?).ok()
}

/// Traces of a volume.
#[derive(Debug, Clone)]
pub struct Traces {
    volume: Arc<dyn Volume>,
    slots: Vec<u32>,
    /// What the traces are known by: roles under their own names, then the other columns.
    headers: RecordBatch,
}

impl Traces {
    /// Where samples are read.
    pub fn volume(&self) -> &Arc<dyn Volume> {
        &self.volume
    }

    /// The place of each trace in the volume, ascending.
    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    /// How many traces.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// True without traces.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What the traces are known by, a row each, in the order of the slots.
    pub fn headers(&self) -> &RecordBatch {
        &self.headers
    }

    /// A header of every trace as whole numbers; `None` where there is no such column, or one of other numbers.
    pub fn integers(&self, name: &str) -> Option<Vec<Option<i32>>> {
        let column = self.headers.column_by_name(name)?;
        let cast = cast(column, &DataType::Int32).ok()?;
        Some(cast.as_primitive_opt::<Int32Type>()?.iter().collect())
    }

    /// A header of every trace as real numbers, NaN for null; `None` where there is no such column.
    pub fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        let column = self.headers.column_by_name(name)?;
        let cast = cast(column, &DataType::Float64).ok()?;
        let array = cast.as_primitive_opt::<datafusion::arrow::datatypes::Float64Type>()?;
        Some(array.iter().map(|v| v.unwrap_or(f64::NAN)).collect())
    }

    /// The traces at these places among them.
    ///
    /// # Errors
    /// A place beyond the last.
    pub fn select(&self, places: &[u32]) -> Result<Traces> {
        let headers = take_record_batch(&self.headers, &UInt32Array::from(places.to_vec()))?;
        let slots = places.iter().filter_map(|p| self.slots.get(*p as usize).copied()).collect();
        Ok(Traces { volume: Arc::clone(&self.volume), slots, headers })
    }
}

/// Gets the traces of an input. Where the plan only chooses traces of a stored volume or file, their samples are not read; else the rows
/// are taken into memory.
pub(crate) async fn acquire(
    plan: &Arc<dyn ExecutionPlan>,
    bound: &BoundInput,
    operator: &str,
    memory: &MemoryReservation,
    context: Arc<TaskContext>,
) -> Result<Traces> {
    match stored(plan) {
        Some((exec, names)) => headers_of(exec, &names, bound, context).await,
        None => in_memory(plan, bound, operator, memory, context).await,
    }
}

/// The node that reads samples below nodes that change no row, and under which name each column of it comes out.
fn stored(plan: &Arc<dyn ExecutionPlan>) -> Option<(&TracesExec, Vec<(String, String)>)> {
    if let Some(exec) = plan.downcast_ref::<TracesExec>() {
        let same = exec.schema().fields().iter().map(|f| (f.name().clone(), f.name().clone())).collect();
        return Some((exec, same));
    }
    if let Some(projection) = plan.downcast_ref::<ProjectionExec>() {
        let (exec, below) = stored(projection.input())?;
        let mut names = Vec::new();
        for part in projection.expr() {
            let column = part.expr.downcast_ref::<Column>()?;
            let (origin, _) = below.get(column.index())?;
            names.push((origin.clone(), part.alias.clone()));
        }
        return Some((exec, names));
    }
    let passes = plan.is::<CoalescePartitionsExec>() || plan.is::<CooperativeExec>() || plan.is::<RepartitionExec>();
    match plan.children().as_slice() {
        [child] if passes => stored(child),
        _ => None,
    }
}

/// The name that a column of an input has above the operator's own: that of its role, or its own.
fn shown(bound: &BoundInput, below: &str) -> String {
    let role = bound.columns.iter().find(|c| role_name(&c.role) == below).map(|c| c.role.clone());
    role.unwrap_or_else(|| below.to_owned())
}

async fn headers_of(
    exec: &TracesExec,
    names: &[(String, String)],
    bound: &BoundInput,
    context: Arc<TaskContext>,
) -> Result<Traces> {
    let input = exec.input();
    let batches: Vec<RecordBatch> = execute_stream(Arc::clone(input), context)?.try_collect().await?;
    let mut rows = concat_batches(&input.schema(), &batches)?;
    let slots = |rows: &RecordBatch| {
        let column = rows.column_by_name(SLOT);
        column.and_then(|c| c.as_primitive_opt::<UInt32Type>().map(|a| a.values().to_vec()))
    };
    let Some(mut places) = slots(&rows) else { return exec_err!("rows of traces without their place in the volume") };
    if !places.is_sorted() {
        // Partitions arrive in any order.
        let order = sort_to_indices(&UInt32Array::from(places), None, None)?;
        rows = take_record_batch(&rows, &order)?;
        places = slots(&rows).unwrap_or_default();
    }
    let mut fields = Vec::new();
    let mut columns: Vec<ArrayRef> = Vec::new();
    for (origin, name) in names {
        if let Ok(i) = input.schema().index_of(origin) {
            fields.push(input.schema().field(i).clone().with_name(shown(bound, name)));
            columns.push(Arc::clone(rows.column(i)));
        }
    }
    let headers = batch(fields, columns, places.len())?;
    Ok(Traces { volume: Arc::clone(exec.volume()), slots: places, headers })
}

fn batch(fields: Vec<Field>, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = datafusion::arrow::record_batch::RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}

async fn in_memory(
    plan: &Arc<dyn ExecutionPlan>,
    bound: &BoundInput,
    operator: &str,
    memory: &MemoryReservation,
    context: Arc<TaskContext>,
) -> Result<Traces> {
    let schema = plan.schema();
    let name = bound.name.as_str();
    let Some((place, field)) = schema.column_with_name(&role_name(SAMPLES)) else {
        return exec_err!("input `{name}` has no column `{SAMPLES}`");
    };
    let mut axis = axis_of(field);
    let (mut samples, mut batches) = (Vec::new(), Vec::new());
    let mut stream = execute_stream(Arc::clone(plan), context)?;
    let others: Vec<usize> = (0..schema.fields().len()).filter(|i| *i != place).collect();
    while let Some(rows) = stream.try_next().await? {
        crate::exec::grow(memory, rows.get_array_memory_size(), operator)?;
        let lists = cast(rows.column(place), &crate::traces_exec::samples_type())?;
        let lists = lists.as_list::<i32>();
        for row in 0..lists.len() {
            let list = lists.value(row);
            let Some(values) = list.as_primitive_opt::<Float32Type>() else { continue };
            let count = axis.as_ref().map(|a| a.count);
            match count {
                Some(count) if count == values.len() => {}
                Some(count) => {
                    return exec_err!(
                        "input `{name}`: a trace has {} samples where {count} were expected; all traces of a volume have the same",
                        values.len()
                    );
                }
                None => axis = Some(stated_axis(&rows, row, values.len(), name)?),
            }
            samples.extend(values.iter().map(|v| v.unwrap_or(f32::NAN)));
        }
        batches.push(rows.project(&others)?);
    }
    let fields: Vec<Field> = others.iter().map(|i| schema.field(*i).clone()).collect();
    let rows = concat_batches(&Arc::new(Schema::new(fields.clone())), &batches)?;
    let Some(axis) = axis else {
        return exec_err!("input `{name}` has no traces, and does not say where samples would be");
    };
    let volume: Arc<dyn Volume> = Arc::new(MemoryVolume::new(axis, samples).map_err(of_volume)?);
    let count = rows.num_rows();
    let slots = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
    let fields = fields.into_iter().map(|f| f.clone().with_name(shown(bound, f.name()))).collect();
    let headers = batch(fields, rows.columns().to_vec(), count)?;
    Ok(Traces { volume, slots, headers })
}

/// The axis by the columns `start` and `sample_interval` of a row.
fn stated_axis(rows: &RecordBatch, row: usize, count: usize, name: &str) -> Result<SampleAxis> {
    let number = |role: &str| {
        let column = cast(rows.column_by_name(&role_name(role))?, &DataType::Float64).ok()?;
        let array = column.as_primitive_opt::<datafusion::arrow::datatypes::Float64Type>()?.clone();
        array.is_valid(row).then(|| array.value(row))
    };
    let (Some(start), Some(interval)) = (number("start"), number("sample_interval").filter(|i| *i > 0.0)) else {
        return exec_err!(
            "input `{name}` does not say where its samples are; it needs columns `start` and `sample_interval` besides `{SAMPLES}`"
        );
    };
    let schema = rows.schema();
    let unit =
        schema.field_with_name(&role_name("sample_interval")).ok().and_then(outcrop_types::field::unit).unwrap_or("");
    Ok(SampleAxis { start, interval, count, domain: domain_of(unit), unit: unit.to_owned() })
}

/// What an axis in a unit is along; time, where the unit does not tell.
pub fn domain_of(unit: &str) -> outcrop_seismic::Domain {
    match outcrop_types::Unit::parse(unit).map(|u| u.dimension()) {
        Some(outcrop_types::Dimension::Length) => outcrop_seismic::Domain::Depth,
        _ if unit == "Hz" => outcrop_seismic::Domain::Frequency,
        _ => outcrop_seismic::Domain::Time,
    }
}
