//! Workflows in a session: compiled, looked at, run, kept in the project.
//!
//! The crate `outcrop-workflow` makes SQL of a document; here a session plans it (so that a node means what its SQL means), runs the
//! sinks, and writes down what was run.
//!
//! | file | what |
//! |---|---|
//! | `step` | what statements of a run know beyond their text |
//! | `kept` | rows of a node that several take, computed once |
//! | `run` | the sinks of a workflow, one after the other |
//! | `revisions` | workflows of the project |
//! | `lists` | `outcrop.workflows`, `outcrop.node_types` |

mod kept;
mod lists;
mod revisions;
mod run;
mod step;

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::logical_expr::LogicalPlan;
use outcrop_workflow::{Catalogue, Compilation, Document, Planner, Sink, TableMode, Values, compile, sql};

use crate::answer::{Answer, Rows};
use crate::error::SessionError;
use crate::session::Session;
use crate::statement;

pub(crate) use kept::KeptRows;
pub(crate) use lists::{node_types, workflows};
pub use revisions::WorkflowRevision;
pub(crate) use run::Origins;
pub use run::{NodeRun, Picture, RunEvent, RunOptions, RunReport, RunWatch, Silent};
pub(crate) use step::{Origin, Step};

impl Session {
    /// The node types of this session: the built-in ones and its operators.
    pub fn node_types(&self) -> Catalogue {
        Catalogue::new(self.operators())
    }

    /// Compiles a workflow: of every node its SQL, plan and columns, or what is wrong with it.
    pub async fn compile_workflow(&self, document: &Document, values: &Values) -> Compilation {
        compile(document, values, &self.node_types(), &SessionPlanner(self)).await
    }

    /// The first rows of a node, or all.
    ///
    /// # Errors
    /// A node that is not ready, with its problems; what goes wrong while the query runs.
    pub async fn node_rows(
        &self,
        compilation: &Compilation,
        node: &str,
        most: Option<usize>,
    ) -> Result<Rows, SessionError> {
        let mut text = node_sql(compilation, node)?;
        if let Some(most) = most {
            // An ORDER BY at the end stays next to the LIMIT, and counts.
            text.push_str(&format!(" LIMIT {most}"));
        }
        match self.sql(&text).await? {
            Answer::Rows(rows) => Ok(rows),
            Answer::Done { .. } => Err(SessionError::Empty),
        }
    }

    /// The one logical plan of a node, not optimised; of a sink that of the rows it writes.
    ///
    /// # Errors
    /// A node that is not ready, with its problems.
    pub async fn plan_node(&self, compilation: &Compilation, node: &str) -> Result<LogicalPlan, SessionError> {
        Ok(self.plan(&node_sql(compilation, node)?).await?.1)
    }

    /// The optimised plan of a node as text; lines where a node begins name it.
    ///
    /// # Errors
    /// A node that is not ready, with its problems.
    pub async fn explain_node(&self, compilation: &Compilation, node: &str) -> Result<String, SessionError> {
        let (state, plan) = self.plan(&node_sql(compilation, node)?).await?;
        let optimised = state.optimize(&plan)?;
        let parts = compilation.parts();
        let mut text = String::new();
        for line in optimised.display_indent().to_string().lines() {
            text.push_str(line);
            let part = line.trim_start().strip_prefix("SubqueryAlias: ");
            if let Some(compiled) = part.and_then(|part| parts.get(part)) {
                text.push_str(&format!("    <- node {} ({})", compiled.id, compiled.kind));
            }
            text.push('\n');
        }
        Ok(text)
    }
}

/// The SQL of a node that is ready.
fn node_sql(compilation: &Compilation, node: &str) -> Result<String, SessionError> {
    compilation.sql(node, &std::collections::BTreeSet::new()).ok_or_else(|| not_ready(compilation, node))
}

/// Why there is no plan of a node.
fn not_ready(compilation: &Compilation, node: &str) -> SessionError {
    use outcrop_workflow::{Problem, Problems};
    if compilation.node_of(node).is_none() {
        let ids: Vec<&str> = compilation.nodes().map(|n| n.id.as_str()).collect();
        let message = format!("there is no node `{node}`; the workflow has: {}", ids.join(", "));
        return Problems(vec![Problem::of_document(message)]).into();
    }
    // What is wrong may be with the nodes before it, or the workflow's parameters.
    Problems(compilation.problems.clone()).into()
}

/// Plans the queries of a workflow.
struct SessionPlanner<'a>(&'a Session);

#[async_trait]
impl Planner for SessionPlanner<'_> {
    async fn plan(&self, sql: &str, given: &[(String, SchemaRef)]) -> Result<LogicalPlan, String> {
        let table = |(name, schema): &(String, SchemaRef)| -> (String, Arc<dyn TableProvider>) {
            (name.clone(), Arc::new(EmptyTable::new(Arc::clone(schema))))
        };
        let step = Step { kept: given.iter().map(table).collect(), ..Step::default() };
        let (state, plan) = self.0.within(Arc::new(step)).plan(sql).await.map_err(|e| e.to_string())?;
        // Types are checked by what the engine does after planning.
        state.optimize(&plan).map_err(|e| SessionError::from(e).to_string())?;
        Ok(plan)
    }

    async fn check_sink(&self, sink: &Sink) -> Result<(), String> {
        let session = self.0;
        match sink {
            Sink::Table { table, mode } => {
                let Some(project) = session.project() else {
                    return Err(SessionError::NoProject("a table to write").to_string());
                };
                let name = statement::writable_table(session, &sql::table(table)).map_err(|e| e.to_string())?;
                let snapshot = project.snapshot().await.map_err(|e| e.to_string())?;
                if *mode == TableMode::Create && (snapshot.has_table(&name) || snapshot.view(&name).is_some()) {
                    return Err(format!(
                        "there is a table `{name}` already; `mode` replace or append writes it all the same"
                    ));
                }
                Ok(())
            }
            Sink::File { path, format, .. } => {
                statement::writable_file(session, path, format.as_deref()).map_err(|e| e.to_string())
            }
            Sink::Plot { path, .. } => statement::writable_path(session, path).map_err(|e| e.to_string()),
        }
    }
}
