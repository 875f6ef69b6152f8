//! The trait, and what an operator's body gets to work with.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Field, Float64Type, SchemaRef};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::metrics::{Count, Gauge};
use tokio::sync::mpsc::Sender;

use crate::bind::BoundInput;
use crate::definition::Definition;
use crate::traces::Traces;
use crate::value::{Call, number};

/// A relational operator.
///
/// Adding one is a file with a type that implements this, and its name in the list of its family.
pub trait Operator: Debug + Send + Sync + 'static {
    /// What it is.
    fn definition(&self) -> &Definition;

    /// The columns it gives for a call, units in the field metadata; the engine puts grouping columns before them.
    ///
    /// # Errors
    /// A planning error where inputs and parameters do not go together.
    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>>;

    /// Whether a column of the result is one of the first input handed through, each row of the result coming from one row of it and
    /// from no other: then a condition on the column means the same in the input, and is applied there. Columns it does not have are
    /// asked for too.
    fn hands_through(&self, column: &str) -> bool {
        let _ = column;
        false
    }

    /// A column of the result whose bounds in a condition are given to the operator as parameters, both included, besides being applied
    /// to its result.
    fn bounded(&self) -> Option<Bounded> {
        None
    }

    /// Computes one group (all rows where the call does not group), emitting batches of `output`'s columns.
    ///
    /// Runs on a thread of its own; long loops ask `output.progress()` whether they are cancelled.
    ///
    /// # Errors
    /// An execution error; the engine adds the operator's name and the group.
    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()>;
}

/// See [`Operator::bounded`].
#[derive(Debug, Clone, Copy)]
pub struct Bounded {
    /// The names the column may have.
    pub columns: &'static [&'static str],
    /// The parameter of the lower bound.
    pub lower: &'static str,
    /// The parameter of the upper bound.
    pub upper: &'static str,
}

/// What is known when the result's columns are asked for.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The inputs the call has.
    pub inputs: &'a [BoundInput],
    /// Their schemas as the operator sees them: grouping columns, roles, rest.
    pub schemas: &'a [SchemaRef],
    /// The parameters that the call gives, as expressions.
    pub(crate) arguments: &'a [(String, Expr)],
}

impl Planned<'_> {
    /// The unit of a role of an input, where it is stated.
    pub fn unit(&self, input: &str, role: &str) -> &str {
        self.inputs.iter().find(|i| i.name == input).and_then(|i| i.unit(role)).unwrap_or_default()
    }

    /// Whether the call gives a parameter, NULL being "not given".
    pub fn gives(&self, parameter: &str) -> bool {
        let given = self.arguments.iter().find(|(name, _)| name == parameter);
        given.is_some_and(|(_, e)| !matches!(e, Expr::Literal(value, _) if value.is_null()))
    }

    /// The number that the text of the call gives for a parameter. What is bound later has none, before and after: the columns of a
    /// prepared query do not change when it gets its values.
    pub fn number(&self, parameter: &str) -> Option<f64> {
        match self.arguments.iter().find(|(name, _)| name == parameter) {
            Some((_, Expr::Literal(value, _))) => number(value),
            _ => None,
        }
    }

    /// The text that the call gives for a parameter, likewise.
    pub fn text(&self, parameter: &str) -> Option<&str> {
        match self.arguments.iter().find(|(name, _)| name == parameter) {
            Some((_, Expr::Literal(value, _))) => value.try_as_str().flatten(),
            _ => None,
        }
    }

    /// Whether the call has an input.
    pub fn has(&self, input: &str) -> bool {
        self.inputs.iter().any(|i| i.name == input)
    }

    /// The fields of an input's columns without a role, as the operator may hand them through.
    pub fn rest(&self, input: &str) -> Vec<Field> {
        let Some(i) = self.inputs.iter().position(|i| i.name == input) else { return Vec::new() };
        let first = self.inputs[i].by + self.inputs[i].columns.len();
        self.schemas[i].fields()[first..].iter().map(|f| f.as_ref().clone()).collect()
    }
}

/// The rows of one input for one group.
#[derive(Debug)]
pub struct Rows {
    bound: BoundInput,
    batch: RecordBatch,
    /// The traces, of an input that is a volume; its rows are what they are known by.
    traces: Option<Traces>,
    /// How many rows were left out because a value was null or not a number.
    pub left_out: usize,
}

impl Rows {
    pub(crate) fn new(bound: BoundInput, batch: RecordBatch) -> Result<Self> {
        let before = batch.num_rows();
        let batch = drop_nulls(&bound, batch)?;
        let left_out = before - batch.num_rows();
        Ok(Rows { bound, batch, traces: None, left_out })
    }

    pub(crate) fn of_traces(bound: BoundInput, traces: Traces) -> Self {
        Rows { bound, batch: traces.headers().clone(), traces: Some(traces), left_out: 0 }
    }

    /// The traces of an input that is a volume.
    ///
    /// # Errors
    /// For other inputs.
    pub fn traces(&self) -> Result<&Traces> {
        match &self.traces {
            Some(traces) => Ok(traces),
            None => exec_err!("input `{}` is no volume", self.bound.name),
        }
    }

    /// The input's name.
    pub fn name(&self) -> &str {
        &self.bound.name
    }

    /// Which column plays which role.
    pub fn bound(&self) -> &BoundInput {
        &self.bound
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.batch.num_rows() == 0
    }

    /// The column that plays a role.
    pub fn column(&self, role: &str) -> Option<&ArrayRef> {
        let i = self.bound.columns.iter().position(|c| c.role == role)?;
        Some(self.batch.column(self.bound.by + i))
    }

    /// A numeric role as numbers; null is NaN. Empty where the role is not played.
    pub fn numbers(&self, role: &str) -> Vec<f64> {
        let Some(array) = self.column(role).and_then(|a| a.as_primitive_opt::<Float64Type>()) else {
            return Vec::new();
        };
        if array.null_count() == 0 {
            return array.values().to_vec();
        }
        array.iter().map(|v| v.unwrap_or(f64::NAN)).collect()
    }

    /// The names of the columns that play no role.
    pub fn rest_names(&self) -> impl Iterator<Item = &str> {
        self.bound.rest.iter().map(|c| c.source.as_str())
    }

    /// The columns that play no role.
    pub fn rest(&self) -> &[ArrayRef] {
        &self.batch.columns()[self.bound.by + self.bound.columns.len()..]
    }
}

/// Leaves out rows where a column that must not be null is null or NaN.
fn drop_nulls(bound: &BoundInput, batch: RecordBatch) -> Result<RecordBatch> {
    let mut keep: Option<Vec<bool>> = None;
    for (i, _) in bound.columns.iter().enumerate().filter(|(_, c)| !c.keep_null) {
        let array = batch.column(bound.by + i);
        let floats = array.as_primitive_opt::<Float64Type>();
        let bad = |row: usize| array.is_null(row) || floats.is_some_and(|f| f.value(row).is_nan());
        let any = array.null_count() > 0 || floats.is_some_and(|f| f.values().iter().any(|v| v.is_nan()));
        if any {
            let keep = keep.get_or_insert_with(|| vec![true; batch.num_rows()]);
            for (row, k) in keep.iter_mut().enumerate() {
                *k = *k && !bad(row);
            }
        }
    }
    match keep {
        Some(keep) => Ok(datafusion::arrow::compute::filter_record_batch(&batch, &keep.into())?),
        None => Ok(batch),
    }
}

/// How far a run is, and whether it should stop.
#[derive(Debug, Clone)]
pub struct Progress {
    pub(crate) cancelled: Arc<AtomicBool>,
    pub(crate) done: Count,
    pub(crate) total: Gauge,
    /// Bricks and bytes of volumes that were read, where there is one among the inputs.
    pub(crate) read: Option<(Count, Count)>,
}

impl Progress {
    /// True when nobody waits for the result any more.
    pub fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Says how many units of work there are.
    pub fn set_total(&self, units: u64) {
        self.total.add(usize::try_from(units).unwrap_or(usize::MAX));
    }

    /// Says that some are done.
    pub fn advance(&self, units: u64) {
        self.done.add(usize::try_from(units).unwrap_or(usize::MAX));
    }

    /// Says that bricks (none of a file in place) of so many stored bytes were read.
    pub fn read(&self, bricks: u64, bytes: u64) {
        if let Some((all_bricks, all_bytes)) = &self.read {
            all_bricks.add(usize::try_from(bricks).unwrap_or(usize::MAX));
            all_bytes.add(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
    }
}

/// What operators had to decide themselves, for the person who asked: collected for a statement by the session,
/// which puts one of these into its configuration's extensions.
#[derive(Debug, Default)]
pub struct Notices(Mutex<Vec<String>>);

impl Notices {
    /// Adds one; the same words are kept once.
    pub fn add(&self, notice: String) {
        let mut notices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }

    /// Takes what was collected so far.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Where an operator puts its rows.
#[derive(Debug)]
pub struct Output {
    pub(crate) schema: SchemaRef,
    pub(crate) group: Vec<ArrayRef>,
    pub(crate) sender: Sender<Result<RecordBatch>>,
    pub(crate) progress: Progress,
    pub(crate) batch_size: usize,
    pub(crate) notices: Option<Arc<Notices>>,
}

impl Output {
    /// How far the run is, and whether it should stop.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Which group the run is of, for messages: ` (OUT-1)`; empty where the call does not group.
    pub fn group(&self) -> String {
        let key =
            |array: &ArrayRef| datafusion::arrow::util::display::array_value_to_string(array, 0).unwrap_or_default();
        let keys: Vec<String> = self.group.iter().filter(|a| !a.is_empty()).map(key).collect();
        if keys.is_empty() { String::new() } else { format!(" ({})", keys.join(", ")) }
    }

    /// Tells the person who asked what the operator decided in their place.
    pub fn notice(&self, notice: String) {
        if let Some(notices) = &self.notices {
            notices.add(notice);
        }
    }

    /// Hands over rows; waits while the reader is behind.
    ///
    /// # Errors
    /// When the columns do not fit the operator's schema, or nobody reads any more.
    pub fn emit(&mut self, columns: Vec<ArrayRef>) -> Result<()> {
        let rows = columns.first().map_or(0, |c| c.len());
        let mut all = Vec::with_capacity(self.group.len() + columns.len());
        for key in &self.group {
            // A grouping column has one value, that of the group.
            let zeros = datafusion::arrow::array::UInt32Array::from(vec![0; rows]);
            all.push(datafusion::arrow::compute::take(key, &zeros, None)?);
        }
        all.extend(columns);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), all)?;
        let mut offset = 0;
        while offset < batch.num_rows() {
            let length = self.batch_size.min(batch.num_rows() - offset);
            if self.progress.cancelled() || self.sender.blocking_send(Ok(batch.slice(offset, length))).is_err() {
                return exec_err!("cancelled");
            }
            offset += length;
        }
        Ok(())
    }
}
