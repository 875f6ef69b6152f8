//! `logs` as people see it: the stored table, its `tvd` and `tvdss` filled from the surveys of the wells.
//!
//! Positions are looked up only when one of the two columns is asked for; all other queries read the stored table as it is,
//! with everything that is pruned there.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::common::{DataFusionError, Result, ScalarValue, Statistics};
use datafusion::logical_expr::{Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::expressions::{Column, lit};
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::projection::ProjectionExec;
use outcrop_sql::{VerticalDepth, WellPaths, vertical_depth};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;
use serde::{Deserialize, Serialize};

use super::{ParquetFiles, views};
use crate::error::external;
use crate::session::Session;
use crate::statement;

/// Columns that a depth is computed from.
const INPUTS: [&str; 4] = ["well", "md", "tvd", "tvdss"];

/// The table `logs` at a commit.
#[derive(Debug)]
pub(crate) struct Logs {
    stored: ParquetFiles,
    session: Session,
    snapshot: Snapshot,
}

impl Logs {
    /// The stored table with depths; the stored one itself where there is nothing to compute them from.
    pub(super) fn new(
        session: &Session,
        snapshot: &Snapshot,
        stored: ParquetFiles,
    ) -> std::result::Result<Self, Box<ParquetFiles>> {
        let wells = snapshot.has_table(&TableName::public("wells"));
        let schema = stored.schema();
        let columns = INPUTS.iter().all(|name| {
            let right = |t: &arrow::datatypes::DataType| match *name {
                "well" => *t == arrow::datatypes::DataType::Utf8,
                _ => *t == arrow::datatypes::DataType::Float64,
            };
            schema.field_with_name(name).is_ok_and(|f| right(f.data_type()))
        });
        if wells && columns {
            return Ok(Logs { stored, session: session.clone(), snapshot: snapshot.clone() });
        }
        Err(Box::new(stored))
    }

    /// The table as it is stored.
    pub(crate) fn stored(&self) -> &ParquetFiles {
        &self.stored
    }
}

/// Paths of wells, for whoever computes them anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Paths {
    /// The project's folder.
    pub(crate) project: String,
    /// Number of the commit.
    pub(crate) commit: u64,
    /// Whose paths; all wells' where it is not said.
    pub(crate) wells: Option<Vec<String>>,
}

impl Paths {
    /// The same as a text.
    pub(crate) fn origin(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|e| DataFusionError::External(Box::new(e)))
    }
}

/// The paths of some wells, or of all, at a commit.
pub(crate) async fn paths(session: &Session, snapshot: &Snapshot, wanted: Option<Vec<String>>) -> Result<WellPaths> {
    let only = |column: &str| match &wanted {
        Some(names) if names.is_empty() => " WHERE false".to_owned(),
        Some(names) => {
            let names: Vec<String> = names.iter().map(|n| format!("'{}'", n.replace('\'', "''"))).collect();
            format!(" WHERE {column} IN ({})", names.join(", "))
        }
        None => String::new(),
    };
    let of = Paths {
        project: snapshot.project().path().to_owned(),
        commit: snapshot.commit().number,
        wells: wanted.clone(),
    };
    let mut paths = WellPaths::of(of.origin()?);
    let elevations = format!("SELECT well, datum_elevation FROM ({}){}", views::ELEVATIONS, only("well"));
    for batch in rows(session, snapshot, &elevations).await? {
        for row in 0..batch.num_rows() {
            if let (Some(well), Some(elevation)) = (text(&batch, 0, row), number(&batch, 1, row)) {
                paths.datum_elevation(well, elevation);
            }
        }
    }
    if !views::has_paths(snapshot) {
        return Ok(paths);
    }
    let mut stations: Vec<[f64; 3]> = Vec::new();
    let mut current: Option<String> = None;
    let found = views::stations(snapshot).await?;
    let sql = format!("SELECT well, md, inclination, azimuth FROM ({found}){} ORDER BY well", only("well"));
    for batch in rows(session, snapshot, &sql).await? {
        for row in 0..batch.num_rows() {
            let station = [1, 2, 3].map(|column| number(&batch, column, row));
            let (Some(well), [Some(md), Some(inclination), Some(azimuth)]) = (text(&batch, 0, row), station) else {
                // As the views over paths do, which leave rows with a NULL out.
                continue;
            };
            if let Some(last) = current.as_deref().filter(|last| *last != well) {
                paths.survey(last, &mut stations)?;
                stations.clear();
            }
            if current.as_deref() != Some(well) {
                current = Some(well.to_owned());
            }
            stations.push([md, inclination, azimuth]);
        }
    }
    if let Some(last) = &current {
        paths.survey(last, &mut stations)?;
    }
    Ok(paths)
}

/// All rows of a query at a commit.
async fn rows(session: &Session, snapshot: &Snapshot, sql: &str) -> Result<Vec<RecordBatch>> {
    let Some(query) = statement::dialect::parse(sql)?.pop() else { return Ok(Vec::new()) };
    let planned =
        Box::pin(statement::plan_within(session, query, Some(snapshot.clone()), Vec::new())).await.map_err(external)?;
    let optimised = planned.state.optimize(&planned.plan)?;
    let rows = session.start(&planned.state, &optimised, planned.notices).await.map_err(external)?;
    rows.collect().await.map_err(external)
}

#[async_trait]
impl TableProvider for Logs {
    fn schema(&self) -> SchemaRef {
        self.stored.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        self.stored.supports_filters_pushdown(filters)
    }

    /// Those of the stored table, but for the columns that are computed.
    fn statistics(&self) -> Option<Statistics> {
        let mut statistics = self.stored.statistics()?;
        for (field, column) in self.schema().fields().iter().zip(&mut statistics.column_statistics) {
            if depth_of(field.name()).is_some() {
                *column = datafusion::common::ColumnStatistics::new_unknown();
            }
        }
        Some(statistics)
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.schema();
        let all: Vec<usize> = (0..schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all);
        let name = |place: &usize| schema.fields().get(*place).map(|f| f.name().as_str()).unwrap_or_default();
        if !wanted.iter().any(|place| depth_of(name(place)).is_some()) {
            return self.stored.scan(state, projection, filters, limit).await;
        }
        // What is computed from goes first, whatever else is wanted.
        let mut read: Vec<usize> =
            INPUTS.iter().map(|name| schema.index_of(name)).collect::<std::result::Result<_, _>>()?;
        read.extend(wanted.iter().filter(|p| !INPUTS.contains(&name(p))));
        let input = self.stored.scan(state, Some(&read), &[], limit).await?;
        // Those of the wells that the filters leave.
        let wells = filters.iter().find_map(wells_of);
        let paths = Arc::new(paths(&self.session, &self.snapshot, wells).await?);
        let inputs: Vec<Arc<dyn PhysicalExpr>> =
            INPUTS.iter().enumerate().map(|(i, n)| Arc::new(Column::new(n, i)) as Arc<dyn PhysicalExpr>).collect();
        let mut columns: Vec<(Arc<dyn PhysicalExpr>, String)> = Vec::with_capacity(wanted.len());
        for place in wanted {
            let called = name(place);
            let expression: Arc<dyn PhysicalExpr> = match (depth_of(called), schema.fields().get(*place)) {
                (Some(which), Some(field)) => Arc::new(ScalarFunctionExpr::new(
                    called,
                    Arc::new(vertical_depth(Arc::clone(&paths), which)),
                    inputs.clone(),
                    // With the unit and description of the column.
                    Arc::clone(field),
                    Arc::new(state.config_options().clone()),
                )),
                _ => match read.iter().position(|r| r == place) {
                    Some(position) => Arc::new(Column::new(called, position)),
                    None => lit(ScalarValue::Null),
                },
            };
            columns.push((expression, called.to_owned()));
        }
        Ok(Arc::new(ProjectionExec::try_new(columns, input)?))
    }
}

/// The depth a column holds.
fn depth_of(column: &str) -> Option<VerticalDepth> {
    match column {
        "tvd" => Some(VerticalDepth::Tvd),
        "tvdss" => Some(VerticalDepth::Tvdss),
        _ => None,
    }
}

/// The wells that a filter leaves: `well = 'A'`, `well IN ('A', 'B')`, or several of them.
fn wells_of(filter: &Expr) -> Option<Vec<String>> {
    let is_well = |e: &Expr| matches!(e, Expr::Column(c) if c.name == "well");
    let name = |e: &Expr| match e {
        Expr::Literal(
            ScalarValue::Utf8(Some(t)) | ScalarValue::LargeUtf8(Some(t)) | ScalarValue::Utf8View(Some(t)),
            _,
        ) => Some(t.clone()),
        _ => None,
    };
    match filter {
        Expr::BinaryExpr(b) if b.op == Operator::Eq && is_well(&b.left) => name(&b.right).map(|n| vec![n]),
        Expr::BinaryExpr(b) if b.op == Operator::Eq && is_well(&b.right) => name(&b.left).map(|n| vec![n]),
        Expr::BinaryExpr(b) if b.op == Operator::And => wells_of(&b.left).or_else(|| wells_of(&b.right)),
        Expr::BinaryExpr(b) if b.op == Operator::Or => Some([wells_of(&b.left)?, wells_of(&b.right)?].concat()),
        Expr::InList(list) if !list.negated && is_well(&list.expr) => list.list.iter().map(name).collect(),
        _ => None,
    }
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Option<&str> {
    let array = batch.columns().get(column)?.as_string_opt::<i32>()?;
    array.is_valid(row).then(|| array.value(row))
}

fn number(batch: &RecordBatch, column: usize, row: usize) -> Option<f64> {
    let array = batch.columns().get(column)?.as_primitive_opt::<Float64Type>()?;
    array.is_valid(row).then(|| array.value(row))
}
