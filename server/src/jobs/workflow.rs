//! The sinks of a workflow.

use outcrop_session::{RunOptions, Session, SessionError};
use outcrop_workflow::Document;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::board::Board;
use crate::api::workflow_values;
use crate::error::Refusal;

/// Which workflow, with what.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WorkflowWork {
    /// The document.
    pub(crate) document: String,
    /// Values of its parameters, JSON.
    pub(crate) parameters: String,
    /// Only these sinks; all where none is named.
    pub(crate) sinks: Vec<String>,
}

pub(super) async fn run(session: &Session, work: &WorkflowWork, board: &Board) -> Result<Json, Refusal> {
    let document = Document::read(&work.document).map_err(SessionError::from)?;
    let values = workflow_values(&document, &work.parameters)?;
    let compilation = session.compile_workflow(&document, &values).await.faultless().map_err(SessionError::from)?;
    let wanted: Vec<String> = match work.sinks.is_empty() {
        true => compilation.sinks().into_iter().map(str::to_owned).collect(),
        false => work.sinks.clone(),
    };
    // What an earlier attempt committed is not done again.
    let (mut sinks, mut before) = (Vec::new(), Vec::new());
    for sink in wanted {
        match committed(session, &sink).await? {
            Some(commit) => {
                board.line("info", format!("{sink}: commit {commit} was made by an earlier attempt"));
                before.push(json!({"node": sink, "commit": commit}));
            }
            None => sinks.push(sink),
        }
    }
    if sinks.is_empty() && !before.is_empty() {
        return Ok(json!({"workflow": document.id, "nodes": [], "nodes_before": before}));
    }
    let options = RunOptions { sinks, draws: false, watch: board };
    let report = session.run_workflow(&document, &values, &options).await?;
    report.notices.iter().for_each(|notice| board.line("note", notice.clone()));
    let mut result = report.to_json();
    if !before.is_empty() {
        result["nodes_before"] = before.into();
    }
    Ok(result)
}

/// The commit of a sink, where the job has made it already.
async fn committed(session: &Session, sink: &str) -> Result<Option<u64>, Refusal> {
    let actor = session.actor();
    let (Some(once), Some(project)) = (&actor.once, session.project()) else { return Ok(None) };
    let commit = project.commit_of_key(&actor.key_of_node(once, sink)).await.map_err(SessionError::from)?;
    Ok(commit.map(|c| c.number))
}
