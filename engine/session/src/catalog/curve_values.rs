//! `curve_values`: every value of every curve as a row; the rows that are stored so, and each curve column of `logs`
//! turned into rows.
//!
//! As a query it would be a UNION with a join for each column of `logs`, which takes time to plan that grows with the
//! columns even where one curve is asked for. Here a scan looks up in `curves` which curves are meant, reads their columns
//! once, and one node ([`CurveRows`]) makes rows of them: the plan has the same few nodes however many columns there are.

mod rows;
mod wire;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, Result};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, TableProviderFilterPushDown, TableType, col, lit};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::physical_plan::union::UnionExec;
use outcrop_operators::Notices;
use outcrop_store::Snapshot;
use outcrop_types::field;
use outcrop_types::tables::{self, TableName};

use super::ParquetFiles;
use super::views::OTHER_VALUES;
use crate::error::external;
use crate::session::Session;
use rows::{CurveRows, Known};
pub(crate) use wire::CurveRowsWire;

/// Columns of `logs` that say where a value is.
pub(super) const KEYS: [&str; 5] = ["well", "log_set", "md", "tvd", "tvdss"];

/// The view at a commit.
#[derive(Debug)]
pub(crate) struct CurveValues {
    session: Session,
    curves: Arc<ParquetFiles>,
    /// The table `logs`, where there is one.
    logs: Option<ParquetFiles>,
    /// Values of the curves that are no columns of `logs`.
    others: Option<ParquetFiles>,
    schema: SchemaRef,
}

impl CurveValues {
    /// Opens the tables it is made of.
    pub(super) async fn open(session: &Session, snapshot: &Snapshot) -> Result<Self> {
        let curves = snapshot.table(&TableName::public("curves")).await.map_err(external)?;
        let others = stored(session, snapshot, &TableName::from_key(OTHER_VALUES)).await?;
        Ok(CurveValues {
            session: session.clone(),
            curves: Arc::new(ParquetFiles::of_table(session, &curves).map_err(external)?),
            logs: stored(session, snapshot, &TableName::public("logs")).await?,
            schema: others.as_ref().map_or_else(tables::curve_values, TableProvider::schema),
            others,
        })
    }

    /// The stored tables it is made of.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &ParquetFiles> {
        [Some(self.curves.as_ref()), self.logs.as_ref(), self.others.as_ref()].into_iter().flatten()
    }

    /// The curves that are columns of `logs`, of those that the filters leave: by well and log set the columns, each with
    /// the mnemonic of the curve.
    async fn known(&self, logs: &ParquetFiles, filters: &[Expr]) -> Result<Known> {
        let place = |standard: &str| {
            logs.schema().fields().iter().position(|f| {
                f.name().to_uppercase() == standard && !KEYS.contains(&f.name().as_str()) && field::unit(f).is_some()
            })
        };
        let source = Arc::clone(&self.curves) as Arc<dyn TableProvider>;
        let mut plan = LogicalPlanBuilder::scan("curves", provider_as_source(source), None)?
            .filter(col("stored_in").eq(lit("logs")))?;
        for filter in filters.iter().filter(|f| is_of(f, &["well", "log_set", "curve"])) {
            let of_curves = filter.clone().transform(|e| match e {
                Expr::Column(c) if c.name == "curve" => Ok(Transformed::yes(col("mnemonic"))),
                Expr::Column(c) => Ok(Transformed::yes(Expr::Column(Column::from_name(c.name)))),
                other => Ok(Transformed::no(other)),
            })?;
            plan = plan.filter(of_curves.data)?;
        }
        let plan = plan.project(["well", "log_set", "standard", "mnemonic"].map(col))?.build()?;
        let state = &self.session.inner().template;
        let rows = self.session.start(state, &state.optimize(&plan)?, Arc::new(Notices::default())).await;
        let mut known: Known = HashMap::new();
        for batch in rows.map_err(external)?.collect().await.map_err(external)? {
            let texts: Vec<_> = batch.columns().iter().filter_map(|c| c.as_string_opt::<i32>()).collect();
            let [well, log_set, standard, mnemonic] = texts.as_slice() else { continue };
            for row in (0..batch.num_rows()).filter(|row| texts.iter().all(|t| t.is_valid(*row))) {
                if let Some(place) = place(standard.value(row)) {
                    let of_well = known.entry(well.value(row).to_owned()).or_default();
                    let curve = (place, mnemonic.value(row).to_owned());
                    of_well.entry(log_set.value(row).to_owned()).or_default().push(curve);
                }
            }
        }
        Ok(known)
    }

    /// The columns of `logs` as rows; none where no curve is meant.
    async fn of_logs(
        &self,
        state: &dyn EngineSession,
        wanted: &[usize],
        filters: &[Expr],
    ) -> Result<Option<Arc<dyn ExecutionPlan>>> {
        let Some(logs) = &self.logs else { return Ok(None) };
        let schema = logs.schema();
        let known = self.known(logs, filters).await?;
        let columns: BTreeSet<usize> =
            known.values().flat_map(HashMap::values).flatten().map(|(place, _)| *place).collect();
        if columns.is_empty() {
            return Ok(None);
        }
        let mut read: Vec<usize> = KEYS.iter().filter_map(|key| schema.index_of(key).ok()).collect();
        read.extend(&columns);
        let input = logs.scan(state, Some(&read), &[], None).await?;
        let input = filtered(state, input, filters, &["well", "log_set"])?;
        // From here on a column is known by its place in what is read.
        let moved = |place: &usize| read.iter().position(|r| r == place);
        let mut moved_known: Known = HashMap::new();
        for (well, sets) in known {
            let of_well = moved_known.entry(well).or_default();
            for (log_set, curves) in sets {
                let curves = curves.into_iter().filter_map(|(place, name)| Some((moved(&place)?, name)));
                of_well.insert(log_set, curves.collect());
            }
        }
        let columns = columns.iter().filter_map(moved).collect();
        let schema = Arc::new(self.schema.project(wanted)?);
        Ok(Some(Arc::new(CurveRows::new(input, columns, Arc::new(moved_known), schema))))
    }
}

/// A table as it is stored; none where there is none.
async fn stored(session: &Session, snapshot: &Snapshot, name: &TableName) -> Result<Option<ParquetFiles>> {
    match snapshot.table_if_there(name).await.map_err(external)? {
        Some(state) => ParquetFiles::of_table(session, &state).map(Some).map_err(external),
        None => Ok(None),
    }
}

/// Whether an expression asks for these columns only, and can be evaluated anywhere.
fn is_of(filter: &Expr, columns: &[&str]) -> bool {
    let all = filter.column_refs();
    let fixed = |e: &Expr| {
        matches!(
            e,
            Expr::ScalarSubquery(_)
                | Expr::InSubquery(_)
                | Expr::Exists(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::Placeholder(_)
        )
    };
    !all.is_empty()
        && all.iter().all(|c| columns.contains(&c.name.as_str()))
        && !filter.is_volatile()
        && !filter.exists(|e| Ok(fixed(e))).unwrap_or(true)
}

/// Rows of a plan that the filters on some columns leave; a scan below takes them as conditions.
fn filtered(
    state: &dyn EngineSession,
    plan: Arc<dyn ExecutionPlan>,
    filters: &[Expr],
    columns: &[&str],
) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = DFSchema::try_from(plan.schema().as_ref().clone())?;
    let mut usable = Vec::new();
    for filter in filters.iter().filter(|f| is_of(f, columns)) {
        let bare = filter.clone().transform(|e| match e {
            Expr::Column(c) => Ok(Transformed::yes(Expr::Column(Column::from_name(c.name)))),
            other => Ok(Transformed::no(other)),
        })?;
        usable.push(bare.data);
    }
    match conjunction(usable) {
        Some(condition) => {
            let condition = state.create_physical_expr(condition, &schema)?;
            Ok(Arc::new(FilterExec::try_new(condition, plan)?))
        }
        None => Ok(plan),
    }
}

#[async_trait]
impl TableProvider for CurveValues {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    /// They choose curves and wells; the engine keeps the exact filter above.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
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
        let schema = Arc::new(self.schema.project(wanted)?);
        let mut parts = Vec::new();
        if let Some(others) = &self.others {
            parts.push(others.scan(state, Some(wanted), &[], limit).await?);
        }
        parts.extend(self.of_logs(state, wanted, filters).await?);
        Ok(match (parts.pop(), parts.pop()) {
            (Some(one), None) => one,
            (Some(second), Some(first)) => UnionExec::try_new(vec![first, second])?,
            _ => Arc::new(EmptyExec::new(schema)),
        })
    }
}
