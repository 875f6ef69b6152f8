//! The plan of a table of traces: rows that say which, filtered, then their samples where they are asked for.

use std::sync::Arc;

use arrow::datatypes::{DataType, FieldRef, Schema, SchemaRef};
use datafusion::catalog::Session as EngineSession;
use datafusion::common::{DFSchema, Result, plan_err};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{CastExpr, Column};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::projection::ProjectionExec;
use outcrop_operators::{SAMPLES, SLOT, TracesExec, VolumeSource};
use outcrop_seismic::Volume;

/// A column of the rows below that says where a trace is in the volume; in tables, as Delta knows no unsigned numbers, it is BIGINT.
pub(crate) const STORED_SLOT: &str = outcrop_seismic::SLOT_COLUMN;

/// What people see of rows of traces: all columns but the slot, and the samples last.
pub(crate) fn shown(rows: &Schema, samples: &FieldRef) -> SchemaRef {
    let mut fields: Vec<FieldRef> = rows.fields().iter().filter(|f| f.name() != STORED_SLOT).map(Arc::clone).collect();
    fields.push(Arc::clone(samples));
    Arc::new(Schema::new(fields))
}

/// Which columns of the rows a scan needs: those wanted, those that filters look at, and the slot where samples are wanted.
pub(crate) fn needed(rows: &Schema, shown: &Schema, wanted: &[usize], filters: &[Expr]) -> Result<Vec<usize>> {
    let mut names: Vec<&str> = Vec::new();
    for place in wanted {
        let name = shown.field(*place).name().as_str();
        names.push(if name == SAMPLES { STORED_SLOT } else { name });
    }
    let mut needed = Vec::new();
    let mut add = |name: &str| -> Result<()> {
        let place = rows.index_of(name)?;
        if !needed.contains(&place) {
            needed.push(place);
        }
        Ok(())
    };
    names.into_iter().try_for_each(&mut add)?;
    for filter in filters {
        filter.column_refs().into_iter().try_for_each(|column| add(&column.name))?;
    }
    Ok(needed)
}

/// Filters on what traces are known by are applied to the rows, exactly; others stay above.
pub(crate) fn pushdown(filters: &[&Expr]) -> Vec<TableProviderFilterPushDown> {
    let of = |f: &&Expr| match without_samples(f) {
        true => TableProviderFilterPushDown::Exact,
        false => TableProviderFilterPushDown::Unsupported,
    };
    filters.iter().map(of).collect()
}

/// Whether a filter can be applied to rows without samples.
fn without_samples(filter: &Expr) -> bool {
    !filter.is_volatile() && filter.column_refs().iter().all(|c| c.name != SAMPLES)
}

/// Rows filtered and brought into the wanted columns, with samples where they are among them.
pub(crate) fn plan(
    state: &dyn EngineSession,
    rows: Arc<dyn ExecutionPlan>,
    shown: &Schema,
    wanted: &[usize],
    filters: &[Expr],
    volume: &Arc<dyn Volume>,
    source: &VolumeSource,
) -> Result<Arc<dyn ExecutionPlan>> {
    let mut rows = rows;
    if let Some(predicate) = conjunction(filters.iter().cloned()) {
        let schema = DFSchema::try_from(Arc::clone(&rows.schema()))?;
        // Filters name the table; the rows below it have no name.
        let predicate = unqualified(predicate)?;
        rows = Arc::new(FilterExec::try_new(state.create_physical_expr(predicate, &schema)?, rows)?);
    }
    let mut columns: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::with_capacity(wanted.len());
    let mut samples: Option<(usize, FieldRef)> = None;
    for (place, index) in wanted.iter().enumerate() {
        let Some(field) = shown.fields().get(*index) else { return plan_err!("there is no column {index}") };
        if field.name() == SAMPLES {
            let slot: Arc<dyn PhysicalExpr> = Arc::new(Column::new_with_schema(STORED_SLOT, &rows.schema())?);
            let slot: Arc<dyn PhysicalExpr> = Arc::new(CastExpr::new(slot, DataType::UInt32, None));
            columns.push((slot, SLOT.to_owned()));
            samples = Some((place, Arc::clone(field)));
        } else {
            let column = Column::new_with_schema(field.name(), &rows.schema())?;
            columns.push((Arc::new(column), field.name().clone()));
        }
    }
    let rows = Arc::new(ProjectionExec::try_new(columns, rows)?);
    Ok(match samples {
        None => rows,
        Some((place, field)) => Arc::new(TracesExec::try_new(rows, Arc::clone(volume), source.clone(), field, place)?),
    })
}

fn unqualified(expr: Expr) -> Result<Expr> {
    use datafusion::common::tree_node::{Transformed, TreeNode};
    expr.transform(|e| {
        Ok(match e {
            Expr::Column(column) => {
                Transformed::yes(Expr::Column(datafusion::common::Column::new_unqualified(column.name)))
            }
            other => Transformed::no(other),
        })
    })
    .map(|t| t.data)
}
