//! Workflows of a project: `workflows/<id>/<revision>.json`, put once and never changed.

use bytes::Bytes;
use futures::TryStreamExt;

use crate::{Project, StoreError};

impl Project {
    /// The ids of the stored workflows, in order.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn workflow_ids(&self) -> Result<Vec<String>, StoreError> {
        let mut ids: Vec<String> = self.workflow_files("workflows").await?.into_iter().map(|(id, _)| id).collect();
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// The revisions of a workflow, the oldest first; none where there is no such workflow.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn workflow_revisions(&self, id: &str) -> Result<Vec<u64>, StoreError> {
        let files = self.workflow_files(&format!("workflows/{}", checked(id)?)).await?;
        let mut revisions: Vec<u64> = files.into_iter().filter(|(of, _)| of == id).map(|(_, n)| n).collect();
        revisions.sort_unstable();
        Ok(revisions)
    }

    /// A revision of a workflow; none where there is no such.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn workflow_revision(&self, id: &str, revision: u64) -> Result<Option<Bytes>, StoreError> {
        self.storage().get(&path(checked(id)?, revision)).await
    }

    /// Stores a revision of a workflow; `false` where there is one of that number, which stays.
    ///
    /// # Errors
    /// When the project may not be written.
    pub async fn put_workflow_revision(&self, id: &str, revision: u64, content: Bytes) -> Result<bool, StoreError> {
        self.check_write()?;
        self.storage().put_if_absent(&path(checked(id)?, revision), content).await
    }

    /// Id and revision of every file below a folder that is one.
    async fn workflow_files(&self, folder: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let storage = self.storage();
        let prefix = storage.path(folder)?;
        let listed: Vec<object_store::ObjectMeta> =
            storage.store().list(Some(&prefix)).try_collect().await.map_err(|e| StoreError::object(&prefix, e))?;
        let named = |object: object_store::ObjectMeta| {
            let mut parts: Vec<String> = object.location.parts().map(|p| p.as_ref().to_owned()).collect();
            let revision = parts.pop()?.strip_suffix(".json")?.parse().ok()?;
            let id = parts.pop()?;
            (parts.last().map(String::as_str) == Some("workflows")).then_some((id, revision))
        };
        Ok(listed.into_iter().filter_map(named).collect())
    }
}

fn path(id: &str, revision: u64) -> String {
    format!("workflows/{id}/{revision}.json")
}

/// The id, which is the name of a folder.
fn checked(id: &str) -> Result<&str, StoreError> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if !id.is_empty() && id.chars().all(plain) {
        return Ok(id);
    }
    Err(StoreError::InvalidPath {
        path: format!("workflows/{id}"),
        reason: "the id of a workflow has lower-case letters, digits, `_` and `-`".to_owned(),
    })
}
