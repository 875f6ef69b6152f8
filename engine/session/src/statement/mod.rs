//! Statements: parsed, prepared in one async pass, planned, run.

mod change;
mod comment;
mod copy;
mod describe;
pub(crate) mod dialect;
mod geojson;
mod merge;
mod modifiers;
mod near;
mod origin;
mod parameters;
mod pass;
mod permit;
mod relations;
mod rewrite;
mod segy;
mod sink;
mod surface;
mod tables;
mod volume;

use std::sync::Arc;

use datafusion::catalog::{CatalogProviderList, TableProvider};
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DataFusionError, ParamValues, plan_err};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{DdlStatement, LogicalPlan, Statement as PlanStatement};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use outcrop_operators::{Notices, OperatorRelationPlanner, name_inputs, with_units};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;

use crate::answer::{Answer, Rows};
use crate::catalog::ProjectCatalogs;
use crate::error::SessionError;
use crate::session::Session;
use crate::workflow::{Origins, Step};
pub(crate) use copy::{writable_file, writable_path};
pub(crate) use origin::{lineage_of, shown_origins};
pub(crate) use parameters::{count as count_parameters, number as number_parameters, with_columns_for_parameters};
pub(crate) use permit::{keyword, writing as permit_writing};
pub use sink::{Written, written, written_endings};
pub use tables::rows_of;
pub(crate) use tables::{author, begin, project, writable_table};

/// A statement ready to run.
pub(crate) struct Planned {
    pub(crate) state: SessionState,
    pub(crate) plan: LogicalPlan,
    pub(crate) notices: Arc<Notices>,
    /// The step of a workflow's run that it belongs to.
    pub(crate) step: Option<Arc<Step>>,
}

/// Runs any statement.
pub(crate) async fn run(session: &Session, statement: Statement) -> Result<Answer, SessionError> {
    permit::statement(session, &statement)?;
    match statement {
        Statement::CopyTo(copy) => copy::run(session, copy).await,
        Statement::CreateExternalTable(_) => Err(DataFusionError::Plan(
            "CREATE EXTERNAL TABLE is not used here: query a file by its path in quotes, or import it with `outcrop import`".to_owned(),
        )
        .into()),
        Statement::Statement(sql) => match *sql {
            SqlStatement::ExplainTable { table_name, .. } => describe::run(session, table_name).await,
            SqlStatement::CreateTable(create) => tables::create(session, create).await,
            SqlStatement::CreateView(create) => tables::create_view(session, create).await,
            SqlStatement::Drop {
                object_type,
                if_exists,
                names,
                cascade: false,
                restrict: false,
                purge: false,
                temporary: false,
                table: None,
            } => tables::drop(session, object_type, if_exists, names).await,
            SqlStatement::Drop { .. } => {
                plan_err!("DROP takes TABLE or VIEW, IF EXISTS and names; CASCADE, RESTRICT, PURGE and TEMPORARY are not supported")
                    .map_err(Into::into)
            }
            SqlStatement::Insert(insert) => tables::insert(session, insert).await,
            SqlStatement::Update(update) => change::update(session, update).await,
            SqlStatement::Delete(delete) => change::delete(session, delete).await,
            SqlStatement::Merge(merge) => merge::run(session, merge).await,
            SqlStatement::Comment { object_type, object_name, comment, if_exists } => {
                comment::run(session, object_type, object_name, comment, if_exists).await
            }
            SqlStatement::Truncate(truncate) => change::truncate(session, truncate).await,
            other => query(session, Statement::Statement(Box::new(other))).await,
        },
        other => query(session, other).await,
    }
}

async fn query(session: &Session, statement: Statement) -> Result<Answer, SessionError> {
    let planned = plan(session, statement, None).await?;
    if let LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) = &planned.plan
        && planned.plan.exists(|p| Ok(matches!(p, LogicalPlan::Ddl(_) | LogicalPlan::Dml(_) | LogicalPlan::Copy(_))))?
    {
        return plan_err!("EXPLAIN takes a query; for a statement that writes, explain the query inside it")
            .map_err(Into::into);
    }
    match &planned.plan {
        // Settings and prepared statements would be lost with the statement's own state.
        LogicalPlan::Statement(PlanStatement::SetVariable(_) | PlanStatement::ResetVariable(_)) => {
            plan_err!("SET is not supported: settings are options of the program").map_err(Into::into)
        }
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(_) | DdlStatement::CreateView(_))
        | LogicalPlan::Dml(_)
        | LogicalPlan::Copy(_) => {
            plan_err!("this statement would write in a way that is not supported inside EXPLAIN or a script")
                .map_err(Into::into)
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
            plan_err!("this statement is not supported").map_err(Into::into)
        }
        _ => {
            let optimised = planned.state.optimize(&planned.plan)?;
            Ok(Answer::Rows(session.start(&planned.state, &optimised, planned.notices).await?))
        }
    }
}

/// Begins a query, and says what it reads.
pub(crate) async fn rows_with_origins(session: &Session, sql: &str) -> Result<(Rows, Origins), SessionError> {
    let planned = plan(session, session.one(sql)?, None).await?;
    let origins = origin::origins(&planned.plan)?;
    let optimised = planned.state.optimize(&planned.plan)?;
    Ok((session.start(&planned.state, &optimised, planned.notices).await?, origins))
}

/// What a query reads.
pub(crate) async fn origins_of(session: &Session, sql: &str) -> Result<Origins, SessionError> {
    Ok(origin::origins(&plan(session, session.one(sql)?, None).await?.plan)?)
}

/// Runs a statement with values for its parameters.
pub(crate) async fn run_with(
    session: &Session,
    mut statement: Statement,
    values: &ParamValues,
) -> Result<Answer, SessionError> {
    parameters::number(&mut statement);
    if !is_query(&statement) {
        // These are not one plan; the values go where the parameters stand.
        parameters::fill(&mut statement, values)?;
        return run(session, statement).await;
    }
    let planned = plan(session, statement, None).await?;
    let bound = planned.plan.with_param_values(values.clone())?;
    let optimised = planned.state.optimize(&bound)?;
    Ok(Answer::Rows(session.start(&planned.state, &optimised, planned.notices).await?))
}

/// Whether a statement is a query, with one plan.
pub(crate) fn is_query(statement: &Statement) -> bool {
    matches!(statement, Statement::Statement(sql) if matches!(**sql, SqlStatement::Query(_)))
}

/// Whether a statement is DESCRIBE, whose rows are no plan's.
pub(crate) fn is_description(statement: &Statement) -> bool {
    matches!(statement, Statement::Statement(sql) if matches!(**sql, SqlStatement::ExplainTable { .. }))
}

/// Plans a query: the pass, then the planner, on a state of its own.
pub(crate) async fn plan(
    session: &Session,
    statement: Statement,
    snapshot: Option<Snapshot>,
) -> Result<Planned, SessionError> {
    plan_within(session, statement, snapshot, Vec::new()).await
}

/// The same for a query that names the table a statement changes as [`pass::TARGET`].
async fn plan_on(
    session: &Session,
    statement: Statement,
    snapshot: Snapshot,
    target: Arc<dyn TableProvider>,
) -> Result<Planned, SessionError> {
    plan_given(session, statement, Some(snapshot), Vec::new(), Some(target)).await
}

/// The same, inside the views that are being opened.
pub(crate) async fn plan_within(
    session: &Session,
    statement: Statement,
    snapshot: Option<Snapshot>,
    opening: Vec<TableName>,
) -> Result<Planned, SessionError> {
    plan_given(session, statement, snapshot, opening, None).await
}

async fn plan_given(
    session: &Session,
    mut statement: Statement,
    snapshot: Option<Snapshot>,
    opening: Vec<TableName>,
    target: Option<Arc<dyn TableProvider>>,
) -> Result<Planned, SessionError> {
    let inner = session.inner();
    let snapshot = match (snapshot, &inner.project) {
        (Some(snapshot), _) => Some(snapshot),
        (None, Some(project)) => match inner.step.as_ref().and_then(|step| step.snapshot.clone()) {
            Some(read) => Some(read),
            None => Some(project.snapshot().await?),
        },
        (None, None) => None,
    };
    pass::each_query(&mut statement, &mut |s| name_inputs(&inner.registry, s));
    let resolved = Arc::new(pass::resolve(session, &statement, snapshot.as_ref(), target).await?);
    let notices = Arc::new(Notices::default());
    let config = inner.template.config().clone().with_extension(Arc::clone(&notices));
    let catalogs = Arc::new(ProjectCatalogs::new(session.apart(), snapshot.clone(), opening));
    let mut state = SessionStateBuilder::new_from_existing(inner.template.clone())
        .with_config(config)
        .with_catalog_list(Arc::clone(&catalogs) as Arc<dyn CatalogProviderList>)
        .with_relation_planners(vec![
            Arc::new(relations::ResolvedRelations::new(resolved)),
            Arc::new(OperatorRelationPlanner::new(Arc::clone(&inner.registry))),
            Arc::new(modifiers::RefuseModifiers { callable: near::callable(&inner.registry, &inner.template) }),
        ])
        .build();
    // The moment that now() gives.
    state.mark_start_execution();
    let plan = state.statement_to_plan(statement.clone()).await;
    let plan = with_units(plan.map_err(|e| near::with_table_meant(e, &statement, catalogs.as_ref()))?)?;
    Ok(Planned { state, plan, notices, step: inner.step.clone() })
}
