//! `DESCRIBE table`: columns with their types, units, descriptions and coordinate reference systems; what COMMENT ON said of
//! the table comes as a notice.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::MemTable;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::ObjectName;
use outcrop_types::field;

use super::plan;
use super::tables::table_name;
use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;

/// A row per column of a table or a file.
pub(super) async fn run(session: &Session, name: ObjectName) -> Result<Answer, SessionError> {
    let mut statements = session.parse(&format!("SELECT * FROM {name}"))?;
    let Some(statement @ Statement::Statement(_)) = statements.pop() else { return Err(SessionError::Empty) };
    let planned = plan(session, statement, None).await?;
    let fields = planned.plan.schema().fields();
    let text = |of: &dyn Fn(&Field) -> Option<String>| -> ArrayRef {
        Arc::new(fields.iter().map(|f| of(f)).collect::<StringArray>())
    };
    let column = |name: &str, t: DataType| Field::new(name, t, true);
    let schema = Schema::new(vec![
        column("column_name", DataType::Utf8),
        column("data_type", DataType::Utf8),
        column("is_nullable", DataType::Boolean),
        column("unit", DataType::Utf8),
        column("description", DataType::Utf8),
        column("crs", DataType::Utf8),
    ]);
    let batch = RecordBatch::try_new(
        Arc::new(schema),
        vec![
            text(&|f| Some(f.name().clone())),
            text(&|f| Some(f.data_type().to_string())),
            Arc::new(fields.iter().map(|f| Some(f.is_nullable())).collect::<BooleanArray>()),
            text(&|f| field::unit(f).map(str::to_owned)),
            text(&|f| field::description(f).map(str::to_owned)),
            text(&|f| field::crs(f).map(str::to_owned)),
        ],
    )
    .map_err(datafusion::error::DataFusionError::from)?;
    if let Some(said) = comment(session, &name).await? {
        planned.notices.add(format!("{name}: {said}"));
    }
    let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
    let plan = LogicalPlanBuilder::scan("describe", provider_as_source(Arc::new(table)), None)?.build()?;
    Ok(Answer::Rows(session.start(&planned.state, &plan, planned.notices).await?))
}

/// What COMMENT ON said of a table or view; files have none.
async fn comment(session: &Session, name: &ObjectName) -> Result<Option<String>, SessionError> {
    let (Some(project), Ok(table)) = (session.project(), table_name(name)) else { return Ok(None) };
    let snapshot = project.snapshot().await?;
    let of_view = || snapshot.view(&table)?.description.as_deref();
    Ok(snapshot.description(&table).or_else(of_view).map(str::to_owned))
}
