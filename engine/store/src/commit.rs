//! Project commits: which version of every table belongs together, when, by whom, why.

use std::collections::BTreeMap;

use outcrop_types::tables::TableName;
use serde::{Deserialize, Serialize};

/// The state of a table in a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableState {
    /// Version in the table's own Delta log.
    pub version: u64,
    /// Rows.
    pub rows: u64,
    /// What the table is for, where someone said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A view: SQL kept under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// The query.
    pub sql: String,
    /// What it is for, where someone said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A commit of the project, as `commits/<number>.json` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectCommit {
    /// Number; the project's creation is 0.
    pub number: u64,
    /// The commit it was made on; none for 0.
    pub parent: Option<u64>,
    /// When: RFC 3339, UTC, microseconds. Never earlier than the parent's.
    pub at: String,
    /// Who, as the caller said.
    pub author: String,
    /// What kind of change: `import`, `create table`, `insert` …
    pub operation: String,
    /// Why, or the statement.
    pub message: String,
    /// Version of the program.
    pub engine_version: String,
    /// What it was made for, where that may be done once only: a job. No two commits of a project have the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Distinguishes this commit from another writer's of the same number.
    pub id: String,
    /// Every table of the project, by the text of its [`TableName`].
    pub tables: BTreeMap<String, TableState>,
    /// Every view, likewise.
    #[serde(default)]
    pub views: BTreeMap<String, View>,
}

impl ProjectCommit {
    /// The tables by name.
    pub fn table_names(&self) -> impl Iterator<Item = TableName> + '_ {
        self.tables.keys().map(|key| TableName::from_key(key))
    }

    /// When, as a time.
    pub fn time(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        chrono::DateTime::parse_from_rfc3339(&self.at).ok().map(|t| t.to_utc())
    }
}

/// A time as commits write it.
pub(crate) fn rfc3339(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// Now; or the parent's time where the clock runs behind it, so that times never go back.
pub(crate) fn time_after(parent: Option<&ProjectCommit>) -> String {
    let now = chrono::Utc::now();
    rfc3339(parent.and_then(ProjectCommit::time).map_or(now, |earlier| earlier.max(now)))
}
