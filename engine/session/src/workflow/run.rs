//! Running a workflow: nodes that several take rows from once, then the sinks, one after the other.
//!
//! The whole run reads one project commit. Dropping the future ends it: what was committed by then stays, the sink at work leaves
//! nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::catalog::TableProvider;
use outcrop_store::{Snapshot, StoreError};
use outcrop_types::tables::TableName;
use outcrop_workflow::{Compilation, Document, Problem, Problems, Sink, TableMode, Values, kept_name, sql};
use serde_json::{Map, Value as Json, json};

use super::kept::KeptRows;
use super::step::{Origin, Step};
use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;
use crate::statement;

/// What happens in a run.
#[derive(Debug, Clone)]
pub enum RunEvent<'a> {
    /// Work on a node begins.
    Started {
        /// The node.
        node: &'a str,
    },
    /// So far.
    Progress {
        /// The node.
        node: &'a str,
        /// Rows that it gave or wrote.
        rows: u64,
        /// The operator at work with units done and in all.
        operator: Option<(String, u64, u64)>,
    },
    /// A node is done.
    Finished(&'a NodeRun),
}

/// Who is told of it.
pub trait RunWatch: Send + Sync {
    /// Something happened.
    fn event(&self, event: &RunEvent<'_>);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl RunWatch for Silent {
    fn event(&self, _: &RunEvent<'_>) {}
}

/// How to run.
pub struct RunOptions<'a> {
    /// The sinks to run; empty for all.
    pub sinks: Vec<String>,
    /// Whether the caller draws pictures: it then finds them in the report. Else a sink of that kind is an error.
    pub draws: bool,
    /// Who is told.
    pub watch: &'a dyn RunWatch,
}

impl Default for RunOptions<'_> {
    fn default() -> Self {
        RunOptions { sinks: Vec::new(), draws: false, watch: &Silent }
    }
}

/// What became of a node.
#[derive(Debug, Clone)]
pub struct NodeRun {
    /// The node.
    pub node: String,
    /// Its type.
    pub kind: String,
    /// Rows that it gave or wrote.
    pub rows: u64,
    /// In a line.
    pub message: String,
    /// The project commit that holds its table.
    pub commit: Option<u64>,
    /// What it read: tables with their versions, files. A JSON object.
    pub inputs: Json,
    /// A picture that is still to be drawn.
    pub picture: Option<Picture>,
    /// How long it took.
    pub time: Duration,
}

/// A picture of the rows of a query.
#[derive(Debug, Clone)]
pub struct Picture {
    /// `map`, `crossplot` or `histogram`.
    pub kind: String,
    /// The file.
    pub path: String,
    /// Options as the program names them.
    pub options: Map<String, Json>,
    /// The query.
    pub sql: String,
}

/// What a run did, so that it can be repeated and compared.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// The workflow.
    pub workflow: String,
    /// Its revision in the project, where there is one that may be written.
    pub revision: Option<u64>,
    /// The content hash.
    pub hash: String,
    /// The values of the parameters.
    pub parameters: Json,
    /// The project commit that was read.
    pub read_commit: Option<u64>,
    /// Version of the program.
    pub engine_version: String,
    /// The nodes that were run.
    pub nodes: Vec<NodeRun>,
    /// What operators decided in the user's place.
    pub notices: Vec<String>,
}

impl RunReport {
    /// All of it as JSON.
    pub fn to_json(&self) -> Json {
        let node = |n: &NodeRun| {
            json!({"node": n.node, "type": n.kind, "rows": n.rows, "message": n.message, "commit": n.commit, "inputs": n.inputs,
                "seconds": n.time.as_secs_f64()})
        };
        json!({
            "workflow": self.workflow,
            "revision": self.revision,
            "content_hash": self.hash,
            "parameters": self.parameters,
            "read_commit": self.read_commit,
            "engine_version": self.engine_version,
            "nodes": self.nodes.iter().map(node).collect::<Vec<_>>(),
            "notices": self.notices,
        })
    }
}

impl Session {
    /// Runs the sinks of a workflow.
    ///
    /// # Errors
    /// Everything that is wrong with the workflow, before anything is written; later, what went wrong with a node, by its id.
    pub async fn run_workflow(
        &self,
        document: &Document,
        values: &Values,
        options: &RunOptions<'_>,
    ) -> Result<RunReport, SessionError> {
        let compilation = self.compile_workflow(document, values).await.faultless()?;
        let sinks = sinks(&compilation, options)?;
        let snapshot = match self.project() {
            Some(project) => Some(project.snapshot().await?),
            None => None,
        };
        let writes_tables = sinks.iter().any(|s| matches!(compilation.sink(s), Some(Sink::Table { .. })));
        let revision = match (&snapshot, writes_tables) {
            (None, _) => None,
            (Some(_), true) => Some(self.revision_of_run(document).await?),
            // Files can be written from a project that may only be read.
            (Some(_), false) => match self.revision_of_run(document).await {
                Ok(revision) => Some(revision),
                Err(SessionError::Store(StoreError::ReadOnlyRoot { .. })) => None,
                Err(other) => return Err(other),
            },
        };
        let mut run = Run {
            session: self,
            compilation: &compilation,
            watch: options.watch,
            revision,
            snapshot,
            kept: HashMap::new(),
            held: 0,
            shared: BTreeSet::new(),
            notices: Vec::new(),
        };
        let sinks: Vec<&str> = sinks.iter().map(String::as_str).collect();
        let mut nodes = Vec::new();
        for id in compilation.shared(&sinks) {
            nodes.push(run.keep(id).await.map_err(|e| at(id, &e))?);
        }
        for id in sinks {
            nodes.push(run.write(id).await.map_err(|e| at(id, &e))?);
        }
        run.record_files(&nodes).await?;
        Ok(RunReport {
            workflow: compilation.id.clone(),
            revision,
            hash: compilation.hash.clone(),
            parameters: compilation.values_json(),
            read_commit: run.snapshot.as_ref().map(|s| s.commit().number),
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            nodes,
            notices: run.notices,
        })
    }
}

/// The sinks that are asked for.
fn sinks(compilation: &Compilation, options: &RunOptions<'_>) -> Result<Vec<String>, SessionError> {
    let all = compilation.sinks();
    let refuse = |message: String| SessionError::from(Problems(vec![Problem::of_document(message)]));
    if all.is_empty() {
        return Err(refuse(
            "the workflow writes nothing: it has no node of type write_table, write_file or plot".to_owned(),
        ));
    }
    if let Some(none) = options.sinks.iter().find(|s| !all.contains(&s.as_str())) {
        return Err(refuse(format!("`{none}` is no node that writes; there are: {}", all.join(", "))));
    }
    let asked = |id: &&&str| options.sinks.is_empty() || options.sinks.iter().any(|s| s == **id);
    let chosen: Vec<String> = all.iter().filter(asked).map(|id| (*id).to_owned()).collect();
    if !options.draws
        && let Some(plot) = chosen.iter().find(|id| matches!(compilation.sink(id), Some(Sink::Plot { .. })))
    {
        let message = "pictures are drawn by the program: outcrop run";
        return Err(Problems(vec![Problem::of_node(plot, message)]).into());
    }
    Ok(chosen)
}

/// An error with the node it is about.
fn at(node: &str, error: &SessionError) -> SessionError {
    Problems(vec![Problem::of_node(node, error.to_string())]).into()
}

struct Run<'a> {
    session: &'a Session,
    compilation: &'a Compilation,
    watch: &'a dyn RunWatch,
    revision: Option<u64>,
    snapshot: Option<Snapshot>,
    /// Kept rows, by the text of the relation that means them.
    kept: HashMap<String, Arc<dyn TableProvider>>,
    /// Bytes that they hold in memory.
    held: usize,
    shared: BTreeSet<String>,
    notices: Vec<String>,
}

impl Run<'_> {
    /// The SQL of a node, whole and with kept rows in their places.
    fn texts(&self, id: &str) -> Result<(String, String), SessionError> {
        let whole = self.compilation.sql(id, &BTreeSet::new());
        let short = self.compilation.sql(id, &self.shared);
        whole.zip(short).ok_or_else(|| super::not_ready(self.compilation, id))
    }

    fn step(&self, origin: Option<Origin>) -> (Arc<Step>, Session) {
        let step = Step { snapshot: self.snapshot.clone(), kept: self.kept.clone(), origin, ..Step::default() };
        let step = Arc::new(step);
        (Arc::clone(&step), self.session.within(step))
    }

    fn kind(&self, id: &str) -> String {
        self.compilation.node_of(id).map(|n| n.kind.clone()).unwrap_or_default()
    }

    /// Computes the rows of a node for those that take them.
    async fn keep(&mut self, id: &str) -> Result<NodeRun, SessionError> {
        let begun = Instant::now();
        self.watch.event(&RunEvent::Started { node: id });
        let (_, text) = self.texts(id)?;
        let (step, session) = self.step(None);
        let mut held = self.held;
        let work = async {
            let (rows, origins) = statement::rows_with_origins(&session, &text).await?;
            let notices = rows.notices();
            let inputs = statement::shown_origins(&origins);
            let kept = KeptRows::keep(&session, rows.stream, origins, id, &mut held).await?;
            Ok::<_, SessionError>((kept, inputs, notices.take()))
        };
        let (kept, inputs, notices) = watched(&step, id, self.watch, work).await?;
        self.held = held;
        self.notices.extend(notices);
        self.kept.insert(sql::text(&kept_name(id)), Arc::new(kept));
        self.shared.insert(id.to_owned());
        let rows = step.rows();
        Ok(self.finished(NodeRun {
            node: id.to_owned(),
            kind: self.kind(id),
            rows,
            message: format!("{} kept", statement::rows_of(rows)),
            commit: None,
            inputs,
            picture: None,
            time: begun.elapsed(),
        }))
    }

    /// Runs a sink.
    async fn write(&mut self, id: &str) -> Result<NodeRun, SessionError> {
        let begun = Instant::now();
        self.watch.event(&RunEvent::Started { node: id });
        let (whole, text) = self.texts(id)?;
        let sink = self.compilation.sink(id).ok_or_else(|| super::not_ready(self.compilation, id))?.clone();
        let mut done = NodeRun {
            node: id.to_owned(),
            kind: self.kind(id),
            rows: 0,
            message: String::new(),
            commit: None,
            inputs: Json::Null,
            picture: None,
            time: Duration::ZERO,
        };
        let columns = self.compilation.columns(id);
        let exists = match (&sink, &self.snapshot) {
            (Sink::Table { table, mode: TableMode::Append }, Some(snapshot)) => {
                snapshot.has_table(&statement::writable_table(self.session, &sql::table(table))?)
            }
            _ => false,
        };
        let (Some(command), Some(shown)) =
            (sink.statement(&text, &columns, exists), sink.statement(&whole, &columns, exists))
        else {
            if let Sink::Plot { kind, path, options } = sink {
                done.message = format!("{kind} into {path}");
                done.picture = Some(Picture { kind, path, options, sql: whole });
            }
            return Ok(self.finished(done));
        };
        let (step, session) = self.step(Some(self.origin(id, shown)));
        let work = async {
            let origins = statement::origins_of(&session, &text).await?;
            let answer = session.sql(&command).await?;
            Ok::<_, SessionError>((statement::shown_origins(&origins), answer))
        };
        let (inputs, answer) = watched(&step, id, self.watch, work).await?;
        if let Answer::Done { message, commit, .. } = answer {
            // What operators decided is listed apart.
            let mut lines = message.lines();
            done.message = lines.next().unwrap_or_default().to_owned();
            self.notices.extend(lines.map(|line| line.trim_start_matches("note: ").to_owned()));
            done.commit = commit;
        }
        self.notices.extend(step.notices());
        (done.inputs, done.rows, done.time) = (inputs, step.rows(), begun.elapsed());
        Ok(self.finished(done))
    }

    fn finished(&self, done: NodeRun) -> NodeRun {
        self.watch.event(&RunEvent::Finished(&done));
        done
    }

    fn origin(&self, id: &str, statement: String) -> Origin {
        Origin {
            workflow: self.compilation.id.clone(),
            revision: self.revision,
            hash: self.compilation.hash.clone(),
            node: id.to_owned(),
            parameters: self.compilation.values_json().to_string(),
            statement,
        }
    }

    /// Writes down what files were made from, where the project may be written.
    async fn record_files(&self, nodes: &[NodeRun]) -> Result<(), SessionError> {
        let (Some(project), Some(_)) = (self.session.project(), self.revision) else { return Ok(()) };
        let mut rows = Vec::new();
        for node in nodes {
            let Some(Sink::File { path, .. }) = self.compilation.sink(&node.node) else { continue };
            let (whole, _) = self.texts(&node.node)?;
            let sink = self.compilation.sink(&node.node);
            let statement = sink.and_then(|s| s.statement(&whole, &[], false)).unwrap_or_default();
            let origin = self.origin(&node.node, statement);
            rows.push((path.clone(), node.inputs.to_string(), origin));
        }
        let Some((_, _, first)) = rows.first() else { return Ok(()) };
        let message = first.message();
        let transaction = statement::begin(self.session, project, "run workflow", &message).await?;
        for (path, inputs, origin) in &rows {
            let row = statement::lineage_of(path, &origin.statement, inputs.clone(), Some(origin))?;
            transaction.append_rows(&TableName::outcrop("lineage"), row, Some("commit")).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

impl Session {
    /// Runs a text with one statement, and tells now and then how far it is, as of a node called `statement`.
    ///
    /// # Errors
    /// As [`Session::sql`].
    pub async fn sql_watched(&self, sql: &str, watch: &dyn RunWatch) -> Result<Answer, SessionError> {
        let step = Arc::new(Step::default());
        let session = self.within(Arc::clone(&step));
        watched(&step, "statement", watch, session.sql(sql)).await
    }
}

/// Does some work, and tells now and then how far it is.
async fn watched<T>(step: &Step, node: &str, watch: &dyn RunWatch, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    ticks.tick().await;
    loop {
        tokio::select! {
            done = &mut work => return done,
            _ = ticks.tick() => {
                watch.event(&RunEvent::Progress { node, rows: step.rows(), operator: step.operator() });
            }
        }
    }
}

/// Tables with the versions that were read, and files without.
pub(crate) type Origins = BTreeMap<String, BTreeSet<u64>>;
