//! Putting jobs in the queue, and what users do to them there.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::job::{Job, JobState, NewJob, Progress};
use super::save::{lock_known, next_revision, read, save};
use crate::database::args;
use crate::error::{MetaError, Result};
use crate::names::check_text;
use crate::open::Meta;

impl Meta {
    /// Puts a job in the queue. If the project has a job of the same idempotency key already, that one is given back and nothing
    /// is queued, whatever its state and payload are.
    ///
    /// # Errors
    /// An empty or long kind, project or key; the database fails.
    pub async fn enqueue(&self, new: NewJob) -> Result<Job> {
        check_text("kind of a job", &new.kind, 200)?;
        check_text("id of a project", &new.project, 200)?;
        if let Some(key) = &new.idempotency_key {
            check_text("idempotency key of a job", key, 500)?;
        }
        let id = Uuid::new_v4();
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let inserted = tx.run(
            "INSERT INTO jobs (id, project, kind, payload, owner, idempotency_key, state, priority, created, max_attempts, next_attempt_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             ON CONFLICT (project, idempotency_key) DO NOTHING",
            args![
                id.to_string(),
                &*new.project,
                new.kind,
                new.payload.to_string(),
                new.owner,
                new.idempotency_key.as_deref(),
                JobState::Queued.as_str(),
                new.priority,
                now,
                new.max_attempts.clamp(1, i32::MAX as u32),
                new.not_before.map_or(now, |time| time.trunc_subsecs(6)),
            ],
        );
        if inserted.await? == 0 {
            let sql = "SELECT * FROM jobs WHERE project = $1 AND idempotency_key = $2";
            let there = tx.row(sql, args![new.project, new.idempotency_key]).await?;
            // Deleted between the two statements: an old job of that key, as good as none.
            return there.as_ref().map(read).transpose()?.ok_or(MetaError::NoJob { id });
        }
        let revision = next_revision(&mut tx).await?;
        tx.run("UPDATE jobs SET revision = $2 WHERE id = $1", args![id.to_string(), revision]).await?;
        let job = lock_known(&mut tx, id).await?;
        tx.commit().await?;
        self.wake(revision);
        Ok(job)
    }

    /// Asks for the end of a job. A queued one is cancelled at once; the worker of a running one hears of it at its next
    /// heartbeat. A job that began a commit goes to a worker once more, to see whether that happened. Of a finished job nothing
    /// changes. The job afterwards.
    ///
    /// # Errors
    /// No such job.
    pub async fn request_cancel(&self, id: Uuid) -> Result<Job> {
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let mut job = lock_known(&mut tx, id).await?;
        if job.state.is_finished() || (job.cancel_requested && job.state == JobState::Running) {
            return tx.give_up(Ok(job)).await;
        }
        job.cancel_requested = true;
        if job.state == JobState::Queued {
            if job.commit_key.is_none() {
                job.state = JobState::Cancelled;
                job.finished = Some(now);
            } else {
                job.next_attempt_at = now;
            }
        }
        save(&mut tx, &mut job).await?;
        tx.commit().await?;
        self.wake(job.revision);
        Ok(job)
    }

    /// Queues a failed or cancelled job anew, with all its attempts. A commit that it began stays written down, for the next
    /// worker to look whether it happened.
    ///
    /// # Errors
    /// No such job, or it is neither failed nor cancelled.
    pub async fn retry(&self, id: Uuid) -> Result<Job> {
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let mut job = lock_known(&mut tx, id).await?;
        if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
            let remedy = "only a failed or cancelled job can be retried; queue another one instead";
            return tx.give_up(Err(MetaError::JobState { id, state: job.state.as_str(), remedy })).await;
        }
        job.state = JobState::Queued;
        job.attempts = 0;
        job.next_attempt_at = now;
        job.cancel_requested = false;
        (job.started, job.finished, job.result, job.error) = (None, None, None, None);
        job.progress = Progress::default();
        save(&mut tx, &mut job).await?;
        tx.commit().await?;
        self.wake(job.revision);
        Ok(job)
    }

    /// Gives a job another priority: higher ones are first.
    ///
    /// # Errors
    /// No such job, or it is finished.
    pub async fn set_priority(&self, id: Uuid, priority: i32) -> Result<Job> {
        let mut tx = self.pools.write().await?;
        let mut job = lock_known(&mut tx, id).await?;
        if job.state.is_finished() {
            let remedy = "the priority of a finished job has no meaning; retry it first";
            return tx.give_up(Err(MetaError::JobState { id, state: job.state.as_str(), remedy })).await;
        }
        job.priority = priority;
        save(&mut tx, &mut job).await?;
        tx.commit().await?;
        self.wake(job.revision);
        Ok(job)
    }

    /// Deletes the jobs that finished before a time, with their logs; how many. Their idempotency keys may then be used anew.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_finished(&self, before: DateTime<Utc>) -> Result<u64> {
        let mut tx = self.pools.write().await?;
        let deleted = tx.run("DELETE FROM jobs WHERE finished < $1", args![before]).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    /// A job; none if there is no such one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job(&self, id: Uuid) -> Result<Option<Job>> {
        let sql = "SELECT * FROM jobs WHERE id = $1";
        self.pools.row(sql, args![id.to_string()]).await?.as_ref().map(read).transpose()
    }
}
