//! Reading a job from its row and writing it back. What may happen to a job is decided in Rust, on a locked row.

use serde_json::Value;
use uuid::Uuid;

use super::job::{Job, Progress};
use crate::database::{Row, Write, args, locking};
use crate::error::{MetaError, Result};

fn json(what: &'static str, text: String) -> Result<Value> {
    serde_json::from_str(&text).map_err(|_| MetaError::Unreadable { what, value: text })
}

/// The `u32` of a column of whole numbers.
fn count(row: &Row, column: &'static str) -> Result<u32> {
    let value = row.int(column)?;
    u32::try_from(value).map_err(|_| MetaError::Unreadable { what: column, value: value.to_string() })
}

/// The job of a row with all columns.
pub(super) fn read(row: &Row) -> Result<Job> {
    let id = row.text("id")?;
    let priority = row.int("priority")?;
    let nodes = row.text_or_null("progress_nodes")?;
    Ok(Job {
        id: Uuid::parse_str(&id).map_err(|_| MetaError::Unreadable { what: "id of a job", value: id })?,
        project: row.text("project")?,
        kind: row.text("kind")?,
        payload: json("payload of a job", row.text("payload")?)?,
        owner: row.text("owner")?,
        idempotency_key: row.text_or_null("idempotency_key")?,
        state: row.text("state")?.parse()?,
        priority: i32::try_from(priority)
            .map_err(|_| MetaError::Unreadable { what: "priority", value: priority.to_string() })?,
        created: row.time("created")?,
        started: row.time_or_null("started")?,
        finished: row.time_or_null("finished")?,
        attempts: count(row, "attempts")?,
        max_attempts: count(row, "max_attempts")?,
        next_attempt_at: row.time("next_attempt_at")?,
        fence: row.int("fence")?,
        lease_owner: row.text_or_null("lease_owner")?,
        lease_until: row.time_or_null("lease_until")?,
        heartbeat: row.time_or_null("heartbeat")?,
        progress: Progress {
            rows: row.int("progress_rows")?,
            percent: row.real_or_null("progress_percent")?,
            rate: row.real_or_null("progress_rate")?,
            nodes: nodes.map_or(Ok(Value::Null), |nodes| json("progress of nodes", nodes))?,
        },
        result: row.text_or_null("result")?.map(|result| json("result of a job", result)).transpose()?,
        error: row.text_or_null("error")?,
        cancel_requested: row.flag("cancel_requested")?,
        commit_key: row.text_or_null("commit_key")?,
        revision: row.int("revision")?,
    })
}

/// The job of an id, locked until the transaction ends.
pub(super) async fn lock(tx: &mut Write, id: Uuid) -> Result<Option<Job>> {
    let sql = locking!(tx, "SELECT * FROM jobs WHERE id = $1", " FOR UPDATE");
    tx.row(sql, args![id.to_string()]).await?.as_ref().map(read).transpose()
}

/// As [`lock`]; an error if there is no such job.
pub(super) async fn lock_known(tx: &mut Write, id: Uuid) -> Result<Job> {
    lock(tx, id).await?.ok_or(MetaError::NoJob { id })
}

/// The next number of a change. Its row is locked until the transaction ends, so it is the last lock that a transaction takes:
/// rows of jobs before it.
pub(super) async fn next_revision(tx: &mut Write) -> Result<i64> {
    let sql = "UPDATE counters SET value = value + 1 WHERE name = 'jobs' RETURNING value";
    tx.row(sql, vec![]).await?.map_or(Ok(0), |row| row.int("value"))
}

/// Writes what may change of a job whose row is locked, as a change that watchers see.
pub(super) async fn save(tx: &mut Write, job: &mut Job) -> Result<()> {
    job.revision = next_revision(tx).await?;
    save_quietly(tx, job).await
}

/// As [`save`], for what watchers need not see.
pub(super) async fn save_quietly(tx: &mut Write, job: &Job) -> Result<()> {
    tx.run(
        "UPDATE jobs SET state = $2, priority = $3, started = $4, finished = $5, attempts = $6, next_attempt_at = $7, fence = $8,
         lease_owner = $9, lease_until = $10, heartbeat = $11, progress_rows = $12, progress_percent = $13,
         progress_rate = $14, progress_nodes = $15, result = $16, error = $17, cancel_requested = $18, commit_key = $19,
         revision = $20 WHERE id = $1",
        args![
            job.id.to_string(),
            job.state.as_str(),
            job.priority,
            job.started,
            job.finished,
            job.attempts,
            job.next_attempt_at,
            job.fence,
            job.lease_owner.as_deref(),
            job.lease_until,
            job.heartbeat,
            job.progress.rows,
            job.progress.percent,
            job.progress.rate,
            Some(&job.progress.nodes).filter(|nodes| !nodes.is_null()).map(Value::to_string),
            job.result.as_ref().map(Value::to_string),
            job.error.as_deref(),
            job.cancel_requested,
            job.commit_key.as_deref(),
            job.revision,
        ],
    )
    .await?;
    Ok(())
}
