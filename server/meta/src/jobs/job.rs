//! What a job is.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::error::MetaError;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// It waits for a worker, or for the time of its next attempt.
    Queued,
    /// A worker has it.
    Running,
    /// It is done.
    Succeeded,
    /// It failed, and is not tried again by itself.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
}

impl JobState {
    /// The state as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            JobState::Queued => "queued",
            JobState::Running => "running",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more happens by itself.
    pub fn is_finished(self) -> bool {
        matches!(self, JobState::Succeeded | JobState::Failed | JobState::Cancelled)
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for JobState {
    type Err = MetaError;

    fn from_str(text: &str) -> Result<Self, MetaError> {
        use JobState::*;
        [Queued, Running, Succeeded, Failed, Cancelled]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| MetaError::UnknownState { text: text.to_owned() })
    }
}

/// A job to do.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// The stable id of the project.
    pub project: String,
    /// What is to be done; workers claim by kind.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// Who wants it.
    pub owner: String,
    /// Jobs of higher priority are first; 0 is usual.
    pub priority: i32,
    /// How often it is tried; at least once.
    pub max_attempts: u32,
    /// Not before this time.
    pub not_before: Option<DateTime<Utc>>,
    /// A name of this wish: the same one for the same project gives the job there is, instead of another.
    pub idempotency_key: Option<String>,
}

impl NewJob {
    /// A job of usual priority, tried up to three times, as soon as possible.
    pub fn new(project: impl Into<String>, kind: impl Into<String>, payload: Value, owner: impl Into<String>) -> Self {
        NewJob {
            project: project.into(),
            kind: kind.into(),
            payload,
            owner: owner.into(),
            priority: 0,
            max_attempts: 3,
            not_before: None,
            idempotency_key: None,
        }
    }
}

/// How far a job is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows, traces or samples done.
    pub rows: i64,
    /// Part done, 0 to 100, where it is known.
    pub percent: Option<f64>,
    /// Rows in a second, where it is known.
    pub rate: Option<f64>,
    /// Progress of the nodes of a workflow, in the server's own form.
    pub nodes: Value,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// The stable id of the project.
    pub project: String,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// Who wanted it.
    pub owner: String,
    /// The name of the wish; see [`NewJob::idempotency_key`].
    pub idempotency_key: Option<String>,
    /// Where it stands.
    pub state: JobState,
    /// Jobs of higher priority are first.
    pub priority: i32,
    /// When it was queued.
    pub created: DateTime<Utc>,
    /// When its latest attempt began.
    pub started: Option<DateTime<Utc>>,
    /// When it finished.
    pub finished: Option<DateTime<Utc>>,
    /// Attempts begun, since it was queued or [retried](crate::Meta::retry).
    pub attempts: u32,
    /// Attempts it may have.
    pub max_attempts: u32,
    /// The earliest time of the next attempt, while it is queued.
    pub next_attempt_at: DateTime<Utc>,
    /// The number of the latest lease.
    pub fence: i64,
    /// The worker that has it.
    pub lease_owner: Option<String>,
    /// Until when the worker has it unless it says more.
    pub lease_until: Option<DateTime<Utc>>,
    /// When the worker last said something.
    pub heartbeat: Option<DateTime<Utc>>,
    /// How far it is.
    pub progress: Progress,
    /// What came out of it.
    pub result: Option<Value>,
    /// Why the latest attempt failed.
    pub error: Option<String>,
    /// Whether somebody wants it to end.
    pub cancel_requested: bool,
    /// The key of the project commit that the job began; see [`Meta::begin_commit`](crate::Meta::begin_commit).
    pub commit_key: Option<String>,
    /// The number of its latest change; see [`Meta::changes`](crate::Meta::changes).
    pub revision: i64,
}

impl Job {
    /// The right to this job of the worker that has it; none if nobody has.
    pub fn lease(&self) -> Option<Lease> {
        let worker = self.lease_owner.clone().filter(|_| self.state == JobState::Running)?;
        Some(Lease { job: self.id, worker, fence: self.fence })
    }

    /// Whether the job was given out only to look whether the commit of its [`Job::commit_key`] happened: it was cancelled, or its
    /// attempts are used up. If the commit happened the worker finishes the job as succeeded, else as cancelled or failed, and
    /// begins no work.
    pub fn settle_only(&self) -> bool {
        self.commit_key.is_some() && (self.cancel_requested || self.attempts > self.max_attempts)
    }

    /// How many attempts there are, with the one that only looks for a commit.
    pub(crate) fn attempt_limit(&self) -> u32 {
        self.max_attempts.saturating_add(self.commit_key.is_some().into())
    }
}

/// The right of a worker to a job, for one attempt. It ends when the lease runs out and another worker gets the job, when the
/// job finishes or is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Lease {
    /// The job.
    pub job: Uuid,
    /// The name of the worker.
    pub worker: String,
    /// The number of the lease: one worker may lose a job and get it again.
    pub fence: i64,
}

impl Lease {
    /// Whether this is the lease by which the job is held.
    pub(crate) fn holds(&self, job: &Job) -> bool {
        job.state == JobState::Running
            && job.fence == self.fence
            && job.lease_owner.as_deref() == Some(self.worker.as_str())
    }
}
