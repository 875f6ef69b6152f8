//! Giving jobs to workers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;

use super::job::{Job, JobState, Progress};
use super::save::{read, save};
use crate::database::{Pools, Write, args, locking};
use crate::error::Result;
use crate::names::check_text;
use crate::open::Meta;
use crate::time;

/// Jobs whose lease ran out ($1 is now) and that no worker may have again. A job that began a commit may be given out once more
/// than its attempts, and even when it is cancelled, so that somebody looks whether the commit happened.
macro_rules! abandoned {
    () => {
        "state = 'running' AND lease_until < $1 AND (
            attempts >= max_attempts + CASE WHEN commit_key IS NULL THEN 0 ELSE 1 END
            OR (cancel_requested = 1 AND commit_key IS NULL))"
    };
}

/// Jobs that a worker may have: queued ones whose time has come, and those whose lease ran out.
macro_rules! due {
    () => {
        concat!(
            "state IN ('queued', 'running')
             AND ((state = 'queued' AND next_attempt_at <= $1) OR (state = 'running' AND lease_until < $1))
             AND NOT (",
            abandoned!(),
            ")"
        )
    };
}

impl Meta {
    /// Gives a worker the due job of the highest priority, the oldest first, for a while: the worker sends [heartbeats] before the
    /// lease ends. None if nothing is due. `kinds` are those that the worker can do; all if there are none.
    ///
    /// Also due is a job whose lease ran out, because its worker died or hangs; it has an attempt less. If that was the last one the
    /// job fails, and says so. See [`Job::commit_key`] and [`Job::settle_only`] for what a worker looks at first.
    ///
    /// Two workers never get the same job. A job that somebody changes at this very moment is passed over, so a worker that waits for
    /// work asks every second or so, also when [`Meta::watch`] did not wake it. The name of a worker is for people to read: host, process and a random part.
    ///
    /// [heartbeats]: Meta::heartbeat
    ///
    /// # Errors
    /// An empty or long name; the database fails.
    pub async fn claim(&self, worker: &str, kinds: &[&str], lease: Duration) -> Result<Option<Job>> {
        check_text("name of a worker", worker, 200)?;
        if !self.may_have_work().await? {
            return Ok(None);
        }
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let mut revision = give_up_abandoned(&mut tx, now).await?;
        let claimed = match next_due(&mut tx, kinds, now).await? {
            Some(mut job) => {
                job.state = JobState::Running;
                job.attempts = job.attempts.saturating_add(1);
                job.fence += 1;
                job.lease_owner = Some(worker.to_owned());
                job.lease_until = Some(time::after(now, lease));
                job.heartbeat = Some(now);
                job.started = Some(now);
                job.progress = Progress::default();
                save(&mut tx, &mut job).await?;
                revision = Some(job.revision);
                Some(job)
            }
            None => None,
        };
        tx.commit().await?;
        if let Some(revision) = revision {
            self.wake(revision);
        }
        Ok(claimed)
    }

    /// A look before SQLite's only writer is kept busy by workers that wait for work.
    async fn may_have_work(&self) -> Result<bool> {
        match &self.pools {
            Pools::Postgres(_) => Ok(true),
            Pools::Sqlite { .. } => {
                let sql = concat!("SELECT 1 AS one FROM jobs WHERE (", abandoned!(), ") OR (", due!(), ") LIMIT 1");
                Ok(self.pools.row(sql, args![time::now()]).await?.is_some())
            }
        }
    }
}

/// Ends the jobs that nobody may have again; the number of the latest change.
async fn give_up_abandoned(tx: &mut Write, now: DateTime<Utc>) -> Result<Option<i64>> {
    let select = concat!("SELECT * FROM jobs WHERE ", abandoned!());
    let limit = locking!(tx, " LIMIT 100", " FOR UPDATE SKIP LOCKED");
    // Safe: literals.
    let sql = AssertSqlSafe(format!("{select}{limit}"));
    let mut revision = None;
    for row in tx.rows(sql, args![now]).await? {
        let mut job = read(&row)?;
        give_up(&mut job, now);
        save(tx, &mut job).await?;
        revision = Some(job.revision);
    }
    Ok(revision)
}

fn give_up(job: &mut Job, now: DateTime<Utc>) {
    if job.cancel_requested && job.commit_key.is_none() {
        job.state = JobState::Cancelled;
    } else {
        job.state = JobState::Failed;
        job.error = Some(lost_worker(job));
    }
    job.finished = Some(now);
    (job.lease_owner, job.lease_until) = (None, None);
}

/// What is said of a job whose last worker did not answer.
fn lost_worker(job: &Job) -> String {
    let last = job.heartbeat.map_or_else(|| "?".to_owned(), |time| time.format("%F %T UTC").to_string());
    let commit = match &job.commit_key {
        Some(key) => format!("; whether its commit `{key}` happened is not known: look at the log of the project"),
        None => String::new(),
    };
    format!(
        "worker `{}` stopped answering during attempt {} of {}, last heard of at {last}{commit}; read the worker's log, then retry the job",
        job.lease_owner.as_deref().unwrap_or("?"),
        job.attempts.min(job.max_attempts),
        job.max_attempts,
    )
}

/// The job to give out next, locked; one that another transaction has locked is passed over.
async fn next_due(tx: &mut Write, kinds: &[&str], now: DateTime<Utc>) -> Result<Option<Job>> {
    let mut args = args![now];
    let mut of_kind = String::new();
    if !kinds.is_empty() {
        let places: Vec<String> = (2..).take(kinds.len()).map(|n| format!("${n}")).collect();
        of_kind = format!(" AND kind IN ({})", places.join(", "));
        args.extend(kinds.iter().map(|kind| (*kind).into()));
    }
    let due = concat!("SELECT * FROM jobs WHERE ", due!());
    let order = locking!(tx, " ORDER BY priority DESC, created LIMIT 1", " FOR UPDATE SKIP LOCKED");
    // Safe: literals and numbers of placeholders.
    tx.row(AssertSqlSafe(format!("{due}{of_kind}{order}")), args).await?.as_ref().map(read).transpose()
}
