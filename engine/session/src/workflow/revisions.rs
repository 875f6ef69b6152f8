//! Workflows of the project: every saved state is a revision, which never changes.

use bytes::Bytes;
use outcrop_store::Project;
use outcrop_workflow::{Document, Problem, Problems};
use serde_json::json;

use crate::error::SessionError;
use crate::session::Session;
use crate::statement::{author, permit_writing, project};

/// A workflow as it was saved.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkflowRevision {
    /// Its number; the first is 1.
    pub revision: u64,
    /// The document.
    pub document: Document,
}

impl Session {
    /// Saves a workflow into the project, and gives the number of its revision: that of the newest one where nothing changed.
    ///
    /// # Errors
    /// A document with faults in itself, a session without project, one that may not be written.
    pub async fn save_workflow(&self, document: &Document) -> Result<u64, SessionError> {
        let project = project(self, "a workflow to save")?;
        if !document.noticed.is_empty() {
            return Err(Problems(document.noticed.clone()).into());
        }
        permit_writing(self, "saving a workflow")?;
        let plain = Document { saved: None, ..document.clone() };
        let mut revisions = project.workflow_revisions(&document.id).await?;
        if let Some(newest) = revisions.last() {
            let stored = read(project, &document.id, *newest).await?;
            if (Document { saved: None, ..stored }) == plain {
                return Ok(*newest);
            }
        }
        loop {
            let revision = revisions.last().map_or(1, |n| n + 1);
            let saved = json!({
                "at": chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
                "author": author(self),
                "engine_version": env!("CARGO_PKG_VERSION"),
            });
            let content = Document { saved: Some(saved), ..plain.clone() }.canonical();
            if project.put_workflow_revision(&document.id, revision, Bytes::from(content)).await? {
                return Ok(revision);
            }
            // Another program was first.
            revisions.push(revision);
        }
    }

    /// A workflow of the project, the newest revision where none is asked for.
    ///
    /// # Errors
    /// Where there is no such workflow or revision.
    pub async fn stored_workflow(&self, id: &str, revision: Option<u64>) -> Result<WorkflowRevision, SessionError> {
        let project = project(self, "a workflow by its id")?;
        let revisions = project.workflow_revisions(id).await?;
        let refuse = |message: String| Problems(vec![Problem::of_document(message)]);
        let Some(newest) = revisions.last() else {
            let ids = project.workflow_ids().await?;
            let has = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
            return Err(refuse(format!("the project has no workflow `{id}`; it has: {has}")).into());
        };
        let revision = revision.unwrap_or(*newest);
        if !revisions.contains(&revision) {
            let all: Vec<String> = revisions.iter().map(u64::to_string).collect();
            return Err(refuse(format!("`{id}` has no revision {revision}; it has: {}", all.join(", "))).into());
        }
        Ok(WorkflowRevision { revision, document: read(project, id, revision).await? })
    }

    /// The revision that a run is of: the newest that means the same, else a new one.
    pub(super) async fn revision_of_run(&self, document: &Document) -> Result<u64, SessionError> {
        let project = project(self, "a workflow to save")?;
        let hash = document.content_hash();
        for revision in project.workflow_revisions(&document.id).await?.into_iter().rev() {
            if read(project, &document.id, revision).await?.content_hash() == hash {
                return Ok(revision);
            }
        }
        self.save_workflow(document).await
    }
}

/// A revision that is there.
pub(super) async fn read(project: &Project, id: &str, revision: u64) -> Result<Document, SessionError> {
    let damaged = |what: String| {
        Problems(vec![Problem::of_document(format!("workflows/{id}/{revision}.json of {}: {what}", project.path()))])
    };
    let Some(content) = project.workflow_revision(id, revision).await? else {
        return Err(damaged("it is missing".to_owned()).into());
    };
    let text = std::str::from_utf8(&content).map_err(|e| damaged(format!("it is not UTF-8 text: {e}")))?;
    Document::read(text).map_err(|e| damaged(e.to_string()).into())
}
