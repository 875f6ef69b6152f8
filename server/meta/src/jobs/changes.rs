//! What changed: for watchers in other processes, who ask from time to time, and in this one, who are woken.

use serde::Serialize;
use tokio::sync::watch;
use uuid::Uuid;

use crate::database::args;
use crate::error::{MetaError, Result};
use crate::open::Meta;

/// The latest change of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The job.
    pub job: Uuid,
    /// The number of the change.
    pub revision: i64,
}

impl Meta {
    /// The jobs that changed after a number, by the number of their latest change, at most 1000. A watcher asks again with the
    /// greatest number it got; it misses nothing, whoever made the change. Logs count as changes, heartbeats and deletions do not.
    ///
    /// # Errors
    /// The database fails.
    pub async fn changes(&self, after: i64) -> Result<Vec<Change>> {
        let sql = "SELECT id, revision FROM jobs WHERE revision > $1 ORDER BY revision LIMIT 1000";
        let rows = self.pools.rows(sql, args![after]).await?;
        let read = rows.iter().map(|row| {
            let id = row.text("id")?;
            let job = Uuid::parse_str(&id).map_err(|_| MetaError::Unreadable { what: "id of a job", value: id })?;
            Ok(Change { job, revision: row.int("revision")? })
        });
        read.collect()
    }

    /// The number of the latest change of any job.
    ///
    /// # Errors
    /// The database fails.
    pub async fn revision(&self) -> Result<i64> {
        let row = self.pools.row("SELECT value FROM counters WHERE name = 'jobs'", vec![]).await?;
        row.map_or(Ok(0), |row| row.int("value"))
    }

    /// Wakes whoever waits on it at each change that this [`Meta`] or a clone of it makes, with the number of the change. For those
    /// of other processes ask [`Meta::revision`] from time to time.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.changed.subscribe()
    }

    /// Wakes the watchers of this process.
    pub(crate) fn wake(&self, revision: i64) {
        self.changed.send_if_modified(|latest| {
            let newer = revision > *latest;
            *latest = revision.max(*latest);
            newer
        });
    }
}
