//! The plan node that turns columns of curves into rows.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, RecordBatch, RecordBatchOptions, StringArray, UInt32Array, new_null_array,
};
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::{EquivalenceProperties, Partitioning, PhysicalExpr};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, ExecutionPlanProperties, PlanProperties};
use futures::{StreamExt, TryStreamExt, stream};

/// By well and log set the curves that are columns: the place of the column in the rows below, and the curve's mnemonic.
pub(super) type Known = HashMap<String, HashMap<String, Vec<(usize, String)>>>;

/// Rows of `logs` in, a row for each value of each curve out: `well`, `log_set`, `curve`, `index`, `value` and `text`, or
/// some of them.
#[derive(Debug)]
pub(super) struct CurveRows {
    input: Arc<dyn ExecutionPlan>,
    /// Places of the columns that become rows.
    pub(super) columns: Vec<usize>,
    pub(super) known: Arc<Known>,
    properties: Arc<PlanProperties>,
}

impl CurveRows {
    /// The rows of some columns of `input`, with the columns of `schema`.
    pub(super) fn new(
        input: Arc<dyn ExecutionPlan>,
        columns: Vec<usize>,
        known: Arc<Known>,
        schema: SchemaRef,
    ) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(input.output_partitioning().partition_count()),
            input.pipeline_behavior(),
            input.boundedness(),
        );
        CurveRows { input, columns, known, properties: Arc::new(properties) }
    }
}

impl DisplayAs for CurveRows {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schema = self.input.schema();
        let names: Vec<&str> =
            self.columns.iter().filter_map(|place| schema.fields().get(*place)).map(|f| f.name().as_str()).collect();
        write!(f, "CurveRows: columns=[{}], wells={}", names.join(", "), self.known.len())
    }
}

impl ExecutionPlan for CurveRows {
    fn name(&self) -> &str {
        "CurveRows"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let [input] = children.as_slice() else { return plan_err!("CurveRows has one input") };
        Ok(Arc::new(Self::new(Arc::clone(input), self.columns.clone(), Arc::clone(&self.known), self.schema())))
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(part, context)?;
        let (columns, known, schema) = (self.columns.clone(), Arc::clone(&self.known), self.schema());
        // A batch for each column, made when it is asked for.
        let rows = input.map_ok(move |batch| {
            let (columns, known, schema) = (columns.clone(), Arc::clone(&known), Arc::clone(&schema));
            match Keys::of(&batch, &known) {
                Ok(keys) => stream::iter(columns)
                    .map(move |column| keys.rows(&batch, column, &schema))
                    .try_filter(|rows| std::future::ready(rows.num_rows() > 0))
                    .left_stream(),
                Err(error) => stream::iter([Err::<RecordBatch, _>(error)]).right_stream(),
            }
        });
        Ok(Box::pin(RecordBatchStreamAdapter::new(self.schema(), rows.try_flatten())))
    }
}

/// Curves by their column.
type Curves = Vec<(usize, String)>;

/// Where the values of a batch of `logs` are.
struct Keys {
    /// Measured depth, else true vertical depth, else that below sea level.
    index: Vec<Option<f64>>,
    /// Rows of one log set, with its curves.
    runs: Vec<(Range<usize>, Curves)>,
}

impl Keys {
    fn of(batch: &RecordBatch, known: &Known) -> Result<Self> {
        let mut index: Vec<Option<f64>> = vec![None; batch.num_rows()];
        for name in ["md", "tvd", "tvdss"] {
            if let Some(depths) = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>()) {
                for (first, depth) in index.iter_mut().zip(depths) {
                    *first = first.or(depth);
                }
            }
        }
        let texts = |name: &str| batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
        let (Some(well), Some(log_set)) = (texts("well"), texts("log_set")) else {
            return exec_err!("`logs` has no columns `well` and `log_set` of text, so its values cannot be told apart");
        };
        let at =
            |row: usize| (well.is_valid(row) && log_set.is_valid(row)).then(|| (well.value(row), log_set.value(row)));
        let mut runs = Vec::new();
        let mut first = 0;
        for row in 1..=batch.num_rows() {
            if row < batch.num_rows() && at(row) == at(first) {
                continue;
            }
            if let Some((well, log_set)) = at(first)
                && let Some(curves) = known.get(well).and_then(|sets| sets.get(log_set))
            {
                runs.push((first..row, curves.clone()));
            }
            first = row;
        }
        Ok(Keys { index, runs })
    }

    /// The values of a column, a row each.
    fn rows(&self, batch: &RecordBatch, column: usize, schema: &SchemaRef) -> Result<RecordBatch> {
        let Some(values) = batch.columns().get(column) else { return exec_err!("there is no column {column}") };
        let mut places: Vec<u32> = Vec::new();
        let mut names: Vec<&str> = Vec::new();
        for (run, curves) in &self.runs {
            for (_, name) in curves.iter().filter(|(of, _)| *of == column) {
                let there = run.clone().filter(|row| values.is_valid(*row)).filter_map(|row| u32::try_from(row).ok());
                places.extend(there);
                names.resize(places.len(), name.as_str());
            }
        }
        let count = places.len();
        let index: Float64Array = places.iter().map(|row| self.index.get(*row as usize).copied().flatten()).collect();
        let places = UInt32Array::from(places);
        let columns = schema.fields().iter().map(|f| -> Result<ArrayRef> {
            let column: ArrayRef = match f.name().as_str() {
                "curve" => Arc::new(names.iter().map(Some).collect::<StringArray>()),
                "index" => Arc::new(index.clone()),
                "value" => take(&cast(values, &DataType::Float64)?, &places, None)?,
                key @ ("well" | "log_set") => match batch.column_by_name(key) {
                    Some(keys) => take(keys, &places, None)?,
                    None => return exec_err!("there is no column {key}"),
                },
                _ => new_null_array(f.data_type(), count),
            };
            Ok(column)
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
    }
}
