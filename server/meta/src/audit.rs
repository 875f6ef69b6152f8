//! The audit log: who did what, when and from where. Entries are added, never changed; triggers of the database see to it.

use chrono::{DateTime, SubsecRound, Utc};
use serde::Serialize;
use serde_json::Value;

use crate::database::{Row, args};
use crate::error::{MetaError, Result};
use crate::filter::Where;
use crate::open::Meta;
use crate::time;

/// What happened. [`AuditEntry::new`] fills in what is usual.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// When.
    pub time: DateTime<Utc>,
    /// Who, or the name that somebody gave in vain; empty if none was given.
    pub user: String,
    /// What, such as `user.create` or `job.cancel`.
    pub action: String,
    /// On which project.
    pub project: Option<String>,
    /// What it was done to: a user, a table, a job.
    pub target: Option<String>,
    /// What else is worth knowing; no secrets.
    pub detail: Value,
    /// How it ended: `ok`, `refused`, `failed`.
    pub outcome: String,
    /// From which address.
    pub address: Option<String>,
    /// The request, as in the server's log.
    pub request_id: Option<String>,
}

impl AuditEntry {
    /// An entry of now that ended `ok`, with nothing else said.
    pub fn new(user: impl Into<String>, action: impl Into<String>) -> Self {
        AuditEntry {
            time: time::now(),
            user: user.into(),
            action: action.into(),
            project: None,
            target: None,
            detail: Value::Null,
            outcome: "ok".to_owned(),
            address: None,
            request_id: None,
        }
    }
}

/// An entry as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRecord {
    /// Its number; later entries have greater ones.
    pub id: i64,
    /// What happened.
    #[serde(flatten)]
    pub entry: AuditEntry,
}

/// Which entries: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this user.
    pub user: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// On this project.
    pub project: Option<String>,
    /// At this time or later.
    pub since: Option<DateTime<Utc>>,
    /// Before this time.
    pub until: Option<DateTime<Utc>>,
    /// Before the entry of this number: the last one of a page, to get the next page.
    pub before_id: Option<i64>,
    /// At most so many; 0 stands for 100. Never more than 10000.
    pub limit: u32,
}

impl Meta {
    /// Adds an entry; its number.
    ///
    /// # Errors
    /// The database fails.
    pub async fn audit(&self, entry: AuditEntry) -> Result<i64> {
        let time = entry.time.trunc_subsecs(6);
        let mut tx = self.pools.write().await?;
        let added = tx.row(
            "INSERT INTO audit (time, user_name, action, project, target, detail, outcome, address, request_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            args![
                time,
                entry.user,
                entry.action,
                entry.project,
                entry.target,
                entry.detail.to_string(),
                entry.outcome,
                entry.address,
                entry.request_id
            ],
        );
        let id = added.await?.map_or(Ok(0), |row| row.int("id"))?;
        tx.commit().await?;
        Ok(id)
    }

    /// Entries, the newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn audit_log(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>> {
        let mut which = Where::default();
        which.and_if("user_name = ?", filter.user.as_deref());
        which.and_if("action = ?", filter.action.as_deref());
        which.and_if("project = ?", filter.project.as_deref());
        which.and_if("time >= ?", filter.since);
        which.and_if("time < ?", filter.until);
        which.and_if("id < ?", filter.before_id);
        let limit = if filter.limit == 0 { 100 } else { filter.limit.min(10_000) };
        let (sql, args) = which.statement("SELECT * FROM audit", &format!(" ORDER BY id DESC LIMIT {limit}"));
        self.pools.rows(sql, args).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<AuditRecord> {
    let detail = row.text("detail")?;
    let detail = serde_json::from_str(&detail)
        .map_err(|_| MetaError::Unreadable { what: "detail of an audit entry", value: detail })?;
    Ok(AuditRecord {
        id: row.int("id")?,
        entry: AuditEntry {
            time: row.time("time")?,
            user: row.text("user_name")?,
            action: row.text("action")?,
            project: row.text_or_null("project")?,
            target: row.text_or_null("target")?,
            detail,
            outcome: row.text("outcome")?,
            address: row.text_or_null("address")?,
            request_id: row.text_or_null("request_id")?,
        },
    })
}
