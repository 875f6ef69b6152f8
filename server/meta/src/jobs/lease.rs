//! What a worker says about the job it has.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::job::{Job, JobState, Lease, Progress};
use super::save::{lock, lock_known, save, save_quietly};
use crate::error::{MetaError, Result};
use crate::names::check_text;
use crate::open::Meta;
use crate::time;

/// What a worker is told when it says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HeartbeatAnswer {
    /// Go on.
    Go,
    /// Somebody wants the job to end: stop, and [finish](Meta::finish) it as [`Outcome::Cancelled`].
    Cancel,
    /// The job is not this lease's (any more): stop, and say nothing more about it.
    Lost,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Well, with this result.
    Succeeded(Value),
    /// Not.
    Failed {
        /// Why, and what to do.
        error: String,
        /// Whether another attempt may go better: a lack of memory, not a wrong parameter.
        retry: bool,
    },
    /// It was cancelled before anything was committed.
    Cancelled,
}

/// How long a job waits after its attempt of this number failed: 1 second after the first, then 2, 4, … up to 10 minutes.
pub fn backoff(attempt: u32) -> Duration {
    Duration::from_secs(2u64.saturating_pow(attempt.saturating_sub(1)).min(600))
}

impl Meta {
    /// Says that the worker still works on a job, and prolongs the lease to so long from now. To be called several times in the
    /// time of a lease. Also a lease that has run out is prolonged, unless another worker has the job.
    ///
    /// While a [commit](Meta::begin_commit) is begun a wish to cancel is not told: what may have happened cannot be cancelled.
    ///
    /// # Errors
    /// The database fails.
    pub async fn heartbeat(&self, lease: &Lease, length: Duration) -> Result<HeartbeatAnswer> {
        self.say(lease, true, |job, now| {
            job.lease_until = Some(time::after(now, length));
            Ok(())
        })
        .await
    }

    /// Says how far the job is. The lease stays as it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn progress(&self, lease: &Lease, progress: Progress) -> Result<HeartbeatAnswer> {
        self.say(lease, false, |job, _| {
            job.progress = progress;
            Ok(())
        })
        .await
    }

    /// Writes down the key that the project commit of this job will carry. To be called right before the commit, which may be
    /// made only if the answer is [`HeartbeatAnswer::Go`]; on `Cancel` and `Lost` nothing was written down. Should the worker die,
    /// the next one finds the key in [`Job::commit_key`] and looks whether the commit happened. The same key again is no error.
    ///
    /// # Errors
    /// Another commit was begun and neither [cleared](Meta::clear_commit) nor finished; an empty key or one of more than 500 bytes.
    pub async fn begin_commit(&self, lease: &Lease, key: &str) -> Result<HeartbeatAnswer> {
        check_text("key of a commit", key, 500)?;
        self.say(lease, false, |job, _| match &job.commit_key {
            Some(other) if other != key => Err(MetaError::CommitBegun { id: job.id, key: other.clone() }),
            Some(_) => Ok(()),
            None => {
                // A wish to cancel that was in time is obeyed: the answer is `Cancel`, without a key.
                job.commit_key = Some(key.to_owned()).filter(|_| !job.cancel_requested);
                Ok(())
            }
        })
        .await
    }

    /// Takes back what [`Meta::begin_commit`] wrote down: the project does not have that commit, and will not get it. The worker
    /// has to be sure, also of commits under way by others who had the job before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn clear_commit(&self, lease: &Lease) -> Result<HeartbeatAnswer> {
        self.say(lease, false, |job, _| {
            job.commit_key = None;
            Ok(())
        })
        .await
    }

    /// Gives a job back that the worker cannot go on with, because its process is to end: another worker may have it at once, and the
    /// attempt does not count. Cancelled if somebody asked for that meanwhile. The job afterwards.
    ///
    /// # Errors
    /// The lease is not the one by which the job is held ([`MetaError::Lost`]): nothing changes.
    pub async fn release(&self, lease: &Lease) -> Result<Job> {
        self.end(lease, |job, now| {
            if job.cancel_requested && job.commit_key.is_none() {
                job.state = JobState::Cancelled;
                job.finished = Some(now);
            } else {
                job.state = JobState::Queued;
                job.attempts = job.attempts.saturating_sub(1);
                job.next_attempt_at = now;
            }
        })
        .await
    }

    /// Ends the attempt; the job afterwards. After a failure that may be retried the job is queued for later ([`backoff`]) while it
    /// has attempts left, and cancelled if somebody asked for that meanwhile.
    ///
    /// # Errors
    /// The lease is not the one by which the job is held ([`MetaError::Lost`]): nothing changes.
    pub async fn finish(&self, lease: &Lease, outcome: Outcome) -> Result<Job> {
        self.end(lease, |job, now| end_attempt(job, outcome, now)).await
    }

    /// Takes a job from the worker that has it by this lease.
    async fn end(&self, lease: &Lease, change: impl FnOnce(&mut Job, DateTime<Utc>) + Send) -> Result<Job> {
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let mut job = lock_known(&mut tx, lease.job).await?;
        if !lease.holds(&job) {
            return tx.give_up(Err(lost(lease, &job))).await;
        }
        (job.lease_owner, job.lease_until) = (None, None);
        change(&mut job, now);
        save(&mut tx, &mut job).await?;
        tx.commit().await?;
        self.wake(job.revision);
        Ok(job)
    }

    /// Changes a job if it is held by this lease, and gives the worker its answer.
    async fn say(
        &self,
        lease: &Lease,
        quietly: bool,
        change: impl FnOnce(&mut Job, DateTime<Utc>) -> Result<()> + Send,
    ) -> Result<HeartbeatAnswer> {
        let mut tx = self.pools.write().await?;
        let now = tx.now().await?;
        let Some(mut job) = lock(&mut tx, lease.job).await?.filter(|job| lease.holds(job)) else {
            return tx.give_up(Ok(HeartbeatAnswer::Lost)).await;
        };
        if let Err(error) = change(&mut job, now) {
            return tx.give_up(Err(error)).await;
        }
        job.heartbeat = Some(now);
        if quietly {
            save_quietly(&mut tx, &job).await?;
        } else {
            save(&mut tx, &mut job).await?;
        }
        tx.commit().await?;
        if !quietly {
            self.wake(job.revision);
        }
        let cancel = job.cancel_requested && job.commit_key.is_none();
        Ok(if cancel { HeartbeatAnswer::Cancel } else { HeartbeatAnswer::Go })
    }
}

fn end_attempt(job: &mut Job, outcome: Outcome, now: DateTime<Utc>) {
    job.finished = Some(now);
    match outcome {
        Outcome::Succeeded(result) => {
            job.state = JobState::Succeeded;
            job.result = Some(result);
            job.error = None;
        }
        Outcome::Cancelled => job.state = JobState::Cancelled,
        Outcome::Failed { error, retry } => {
            job.error = Some(error);
            let unsettled = job.commit_key.is_some();
            if job.cancel_requested && !unsettled {
                job.state = JobState::Cancelled;
            } else if retry && job.attempts < job.attempt_limit() {
                job.state = JobState::Queued;
                job.finished = None;
                job.next_attempt_at = time::after(now, backoff(job.attempts));
            } else {
                job.state = JobState::Failed;
            }
        }
    }
}

/// Says whose the job is.
fn lost(lease: &Lease, job: &Job) -> MetaError {
    let now = match &job.lease_owner {
        Some(owner) if *owner == lease.worker => format!("the same worker has it under the newer lease {}", job.fence),
        Some(owner) => format!("worker `{owner}` has it"),
        None => format!("it is {}", job.state),
    };
    MetaError::Lost { id: job.id, worker: lease.worker.clone(), now }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_their_cap() {
        assert_eq!([0, 1, 2, 3, 10, 11, u32::MAX].map(|n| backoff(n).as_secs()), [1, 1, 2, 4, 512, 600, 600]);
    }
}
