//! Lists of jobs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::job::{Job, JobState};
use super::save::read;
use crate::error::Result;
use crate::filter::Where;
use crate::open::Meta;

/// Which jobs: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFilter {
    /// Of one of these projects.
    pub projects: Vec<String>,
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// In one of these states.
    pub states: Vec<JobState>,
    /// Of this user.
    pub owner: Option<String>,
    /// Queued at this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Queued before this time.
    pub until: Option<DateTime<Utc>>,
    /// After this job in the list: the last one of a page, to get the next page.
    pub after: Option<Uuid>,
    /// At most so many; 0 stands for 100. Never more than 10000.
    pub limit: u32,
}

impl Meta {
    /// Jobs, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn jobs(&self, filter: &JobFilter) -> Result<Vec<Job>> {
        let mut which = Where::default();
        which.and_among("project", filter.projects.iter().map(String::as_str));
        which.and_among("kind", filter.kinds.iter().map(String::as_str));
        which.and_among("state", filter.states.iter().map(|state| state.as_str()));
        which.and_if("owner = ?", filter.owner.as_deref());
        which.and_if("created >= ?", filter.since);
        which.and_if("created < ?", filter.until);
        let after = "(created, id) < (SELECT created, id FROM jobs WHERE id = ?)";
        which.and_if(after, filter.after.map(|id| id.to_string()));
        let limit = if filter.limit == 0 { 100 } else { filter.limit.min(10_000) };
        let order = format!(" ORDER BY created DESC, id DESC LIMIT {limit}");
        let (sql, args) = which.statement("SELECT * FROM jobs", &order);
        self.pools.rows(sql, args).await?.iter().map(read).collect()
    }

    /// How many jobs are in each state, of all states in their order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn job_counts(&self) -> Result<Vec<(String, u64)>> {
        use JobState::*;
        let rows = self.pools.rows("SELECT state, COUNT(*) AS jobs FROM jobs GROUP BY state", vec![]).await?;
        let mut counts: Vec<(String, u64)> =
            [Queued, Running, Succeeded, Failed, Cancelled].map(|state| (state.to_string(), 0)).into();
        for row in rows {
            let (state, jobs) = (row.text("state")?, row.int("jobs")?);
            if let Some((_, count)) = counts.iter_mut().find(|(name, _)| *name == state) {
                *count = u64::try_from(jobs).unwrap_or(0);
            }
        }
        Ok(counts)
    }
}
