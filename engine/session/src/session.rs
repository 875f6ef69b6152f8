//! The session: from a statement to its answer.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Schema, SchemaRef};
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

use crate::actor::Actor;
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
    pub(crate) files: PathBuf,
    pub(crate) project: Option<Project>,
    pub(crate) registry: Arc<OperatorRegistry>,
    pub(crate) functions: Vec<Function>,
    pub(crate) volumes: Arc<Volumes>,
    /// What every statement's own state is made from.
    pub(crate) template: SessionState,
    /// The step of a workflow's run that statements belong to.
    pub(crate) step: Option<Arc<Step>>,
    /// For whom statements run.
    pub(crate) actor: Arc<Actor>,
}

/// What is known of a statement before it runs.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The columns of its rows; none where it gives none.
    pub columns: Option<SchemaRef>,
    /// The types of `$1`, `$2` …; Null where any will do.
    pub parameters: Vec<DataType>,
    /// Whether it changes something.
    pub writes: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Session({})", self.inner.base.display())
    }
}

impl Session {
    pub(crate) fn new(
        roots: Roots,
        (base, files): (PathBuf, Option<PathBuf>),
        project: Option<Project>,
        registry: Arc<OperatorRegistry>,
        functions: Vec<Function>,
        template: SessionState,
    ) -> Self {
        let volumes = Arc::default();
        let (step, actor) = (None, Arc::default());
        let files = files.unwrap_or_else(|| base.clone());
        Session {
            inner: Arc::new(Inner { roots, base, files, project, registry, functions, volumes, template, step, actor }),
        }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// The same session with one thread a query, so that rows come in the order they are stored in.
    pub(crate) fn on_one_thread(&self) -> Self {
        let inner = &self.inner;
        let config = inner.template.config().clone().with_target_partitions(1);
        let template = SessionStateBuilder::new_from_existing(inner.template.clone()).with_config(config).build();
        self.made(template, inner.step.clone(), &inner.actor)
    }

    /// The same session for somebody: commits are theirs, and what they may not do is refused.
    #[must_use]
    pub fn acting_for(&self, actor: Actor) -> Self {
        self.made(self.inner.template.clone(), self.inner.step.clone(), &Arc::new(actor))
    }

    /// For whom its statements run.
    pub fn actor(&self) -> &Actor {
        &self.inner.actor
    }

    /// The same session for the statements of a step.
    pub(crate) fn within(&self, step: Arc<Step>) -> Self {
        self.made(self.inner.template.clone(), Some(step), &self.inner.actor)
    }

    /// The same session apart from any step: what the engine looks up by itself is no part of one.
    pub(crate) fn apart(&self) -> Self {
        let inner = &self.inner;
        if inner.step.is_none() { self.clone() } else { self.made(inner.template.clone(), None, &inner.actor) }
    }

    fn made(&self, template: SessionState, step: Option<Arc<Step>>, actor: &Arc<Actor>) -> Self {
        let inner = &self.inner;
        let inner = Inner {
            roots: inner.roots.clone(),
            base: inner.base.clone(),
            files: inner.files.clone(),
            project: inner.project.clone(),
            registry: Arc::clone(&inner.registry),
            functions: inner.functions.clone(),
            volumes: Arc::clone(&inner.volumes),
            template,
            step,
            actor: Arc::clone(actor),
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

    /// What relative paths of files to write count from.
    pub fn files(&self) -> &Path {
        &self.inner.files
    }

    /// Its project.
    pub fn project(&self) -> Option<&Project> {
        self.inner.project.as_ref()
    }

    /// Its project's name in SQL, as in `name.public.wells`.
    pub fn catalog(&self) -> &str {
        &self.inner.template.config_options().catalog.default_catalog
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

    /// Runs a statement with values for its parameters: `$1`, `$2` … or `?` from a list, `$name` from pairs.
    ///
    /// A parameter stands where a value may: in an expression, or as a parameter of an operator. Its value never
    /// becomes part of the text. A NULL for an operator's parameter is "not given".
    ///
    /// # Errors
    /// As [`Session::sql`]; a parameter without a value.
    pub async fn sql_with_parameters(&self, sql: &str, values: impl Into<ParamValues>) -> Result<Answer, SessionError> {
        statement::run_with(self, self.one(sql)?, &values.into()).await
    }

    /// The columns of a statement's answer and the types of its parameters, without running it. What is no query has
    /// no columns; its parameters are of the types of the columns that they go into or are compared with. Where any type
    /// will do, or none is known, it is Null.
    ///
    /// # Errors
    /// As [`Session::sql`].
    pub async fn prepare(&self, sql: &str) -> Result<Prepared, SessionError> {
        let mut statement = self.one(sql)?;
        let writes = statement::keyword(&statement).is_some();
        statement::number_parameters(&mut statement);
        let count = statement::count_parameters(&statement);
        let mut parameters = vec![DataType::Null; count];
        if writes {
            // How it will be run is another matter: this plan is for the types only, and there need not be one.
            if count > 0
                && let Ok(planned) = statement::plan(self, statement, None).await
            {
                types_of_parameters(&planned.plan, &mut parameters)?;
            }
            return Ok(Prepared { columns: None, parameters, writes });
        }
        if statement::is_description(&statement)
            && let Answer::Rows(rows) = self.execute(statement.clone()).await?
        {
            return Ok(Prepared { columns: Some(Arc::clone(rows.schema())), parameters, writes });
        }
        let planned = statement::plan(self, statement, None).await?;
        types_of_parameters(&planned.plan, &mut parameters)?;
        let columns = Arc::new(planned.plan.schema().as_arrow().clone());
        Ok(Prepared { columns: Some(columns), parameters, writes })
    }

    /// Whether a text has one statement that changes something.
    ///
    /// # Errors
    /// A syntax error.
    pub fn writes(&self, sql: &str) -> Result<bool, SessionError> {
        Ok(statement::keyword(&self.one(sql)?).is_some())
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

/// The types of parameters as far as a plan tells them.
fn types_of_parameters(plan: &LogicalPlan, types: &mut [DataType]) -> Result<(), SessionError> {
    for (name, field) in plan.get_parameter_fields()? {
        let number = name.trim_start_matches('$').parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        if let (Some(field), Some(slot)) = (field, number.and_then(|n| types.get_mut(n))) {
            *slot = field.data_type().clone();
        }
    }
    Ok(())
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
