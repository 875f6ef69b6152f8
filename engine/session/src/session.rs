//! The session: from a statement to its answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::{ParamValues, plan_err};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::sql::parser::Statement;
use futures::StreamExt;
use outcrop_operators::{Notices, OperatorRegistry};
use outcrop_sql::Function;
use outcrop_store::{Project, Roots};

use crate::answer::{Answer, QueryProgress, Rows};
use crate::error::SessionError;
use crate::functions::{self, FunctionEntry};
use crate::seismic::Volumes;
use crate::statement;
use crate::workflow::Step;

/// A session. Cheap to clone; every statement sees the project's newest commit.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) roots: Roots,
    pub(crate) base: PathBuf,
    pub(crate) project: Option<Project>,
    pub(crate) registry: Arc<OperatorRegistry>,
    pub(crate) functions: Vec<Function>,
    pub(crate) volumes: Arc<Volumes>,
    /// What every statement's own state is made from.
    pub(crate) template: SessionState,
    /// The step of a workflow's run that statements belong to.
    pub(crate) step: Option<Arc<Step>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.inner.base.display())
    }
}

impl Session {
    pub(crate) fn new(
        roots: Roots,
        base: PathBuf,
        project: Option<Project>,
        registry: Arc<OperatorRegistry>,
        functions: Vec<Function>,
        template: SessionState,
    ) -> Self {
        let volumes = Arc::default();
        Session { inner: Arc::new(Inner { roots, base, project, registry, functions, volumes, template, step: None }) }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// The same session with one thread a query, so that rows come in the order they are stored in.
    pub(crate) fn on_one_thread(&self) -> Self {
        let inner = &self.inner;
        let config = inner.template.config().clone().with_target_partitions(1);
        let template = SessionStateBuilder::new_from_existing(inner.template.clone()).with_config(config).build();
        self.made(template, inner.step.clone())
    }

    /// The same session for the statements of a step.
    pub(crate) fn within(&self, step: Arc<Step>) -> Self {
        self.made(self.inner.template.clone(), Some(step))
    }

    /// The same session apart from any step: what the engine looks up by itself is no part of one.
    pub(crate) fn apart(&self) -> Self {
        if self.inner.step.is_none() { self.clone() } else { self.made(self.inner.template.clone(), None) }
    }

    fn made(&self, template: SessionState, step: Option<Arc<Step>>) -> Self {
        let inner = &self.inner;
        let inner = Inner {
            roots: inner.roots.clone(),
            base: inner.base.clone(),
            project: inner.project.clone(),
            registry: Arc::clone(&inner.registry),
            functions: inner.functions.clone(),
            volumes: Arc::clone(&inner.volumes),
            template,
            step,
        };
        Session { inner: Arc::new(inner) }
    }

    /// The files it may reach.
    pub fn roots(&self) -> &Roots {
        &self.inner.roots
    }

    /// What relative paths count from.
    pub fn base(&self) -> &Path {
        &self.inner.base
    }

    /// Its project.
    pub fn project(&self) -> Option<&Project> {
        self.inner.project.as_ref()
    }

    /// Its operators.
    pub fn operators(&self) -> &Arc<OperatorRegistry> {
        &self.inner.registry
    }

    /// Everything that can be called in SQL.
    pub fn functions(&self) -> Vec<FunctionEntry> {
        functions::list(&self.inner.registry, &self.inner.functions, &self.inner.template)
    }

    /// The statements of a text.
    ///
    /// # Errors
    /// A syntax error with its line and column.
    pub fn parse(&self, sql: &str) -> Result<Vec<Statement>, SessionError> {
        Ok(statement::dialect::parse(sql)?)
    }

    /// Runs a text with one statement.
    ///
    /// # Errors
    /// What is wrong with the statement or went wrong while it was planned.
    pub async fn sql(&self, sql: &str) -> Result<Answer, SessionError> {
        self.execute(self.one(sql)?).await
    }

    /// The one statement of a text.
    pub(crate) fn one(&self, sql: &str) -> Result<Statement, SessionError> {
        let mut statements = self.parse(sql)?;
        match (statements.pop(), statements.is_empty()) {
            (Some(statement), true) => Ok(statement),
            (None, _) => Err(SessionError::Empty),
            (Some(_), false) => plan_err!("the text has several statements; run them one by one").map_err(Into::into),
        }
    }

    /// Runs a query with values for its parameters: `$1`, `$2` … from a list, `$name` from pairs.
    ///
    /// A parameter stands where a value may: in an expression, or as a parameter of an operator. Its value never
    /// becomes part of the text. A NULL for an operator's parameter is "not given".
    ///
    /// # Errors
    /// As [`Session::sql`]; a parameter without a value; a statement that is not a query.
    pub async fn sql_with_parameters(&self, sql: &str, values: impl Into<ParamValues>) -> Result<Answer, SessionError> {
        statement::query_with(self, self.one(sql)?, &values.into()).await
    }

    /// Runs a parsed statement.
    ///
    /// # Errors
    /// As [`Session::sql`].
    pub async fn execute(&self, statement: Statement) -> Result<Answer, SessionError> {
        statement::run(self, statement).await
    }

    /// The logical plan of a query, for those who want to look at it or send it on.
    ///
    /// # Errors
    /// As [`Session::sql`].
    pub async fn plan(&self, sql: &str) -> Result<(SessionState, LogicalPlan), SessionError> {
        let planned = statement::plan(self, self.one(sql)?, None).await?;
        Ok((planned.state, planned.plan))
    }

    /// Starts a plan.
    pub(crate) async fn start(
        &self,
        state: &SessionState,
        plan: &LogicalPlan,
        notices: Arc<Notices>,
    ) -> Result<Rows, SessionError> {
        let physical = state.create_physical_plan(plan).await?;
        let mut rows = execute_stream(Arc::clone(&physical), state.task_ctx())?;
        let schema = described(&rows.schema(), plan);
        // On a task of its own: some of the engine's nodes work long between two waits, and whoever waits for the rows
        // must be free to give up meanwhile.
        let mut channel = RecordBatchReceiverStreamBuilder::new(Arc::clone(&schema), 2);
        let sender = channel.tx();
        let step = self.inner.step.clone();
        if let Some(step) = &step {
            step.begins(QueryProgress::of(&physical), Arc::clone(&notices));
        }
        channel.spawn(async move {
            while let Some(batch) = rows.next().await {
                let batch = batch.and_then(|batch| {
                    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
                    Ok(RecordBatch::try_new_with_options(Arc::clone(&schema), batch.columns().to_vec(), &options)?)
                });
                if let (Some(step), Ok(batch)) = (&step, &batch) {
                    step.add_rows(batch.num_rows());
                }
                if sender.send(batch).await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        let stream = channel.build();
        Ok(Rows { schema: stream.schema(), stream, plan: physical, notices })
    }
}

/// The schema of the rows with what the query says of its columns. The engine's nodes that run do not keep it all: a
/// UNION of columns that are in different units would have that of the last branch.
fn described(rows: &SchemaRef, plan: &LogicalPlan) -> SchemaRef {
    let said = plan.schema().fields();
    if said.len() != rows.fields().len() {
        return Arc::clone(rows);
    }
    let fields = rows.fields().iter().zip(said).map(|(f, said)| {
        let metadata = said.metadata().iter().filter(|(_, text)| !text.is_empty());
        f.as_ref().clone().with_metadata(metadata.map(|(key, text)| (key.clone(), text.clone())).collect())
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), rows.metadata().clone()))
}
