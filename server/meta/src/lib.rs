//! What a server of Outcrop remembers: users, API tokens, grants per project, jobs and the audit log.
//!
//! It is kept in SQLite (one file, the default) or in Postgres, which several servers and workers share. Every query is
//! written once for both; see `database.rs`.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), outcrop_meta::MetaError> {
//! use outcrop_meta::{Meta, Role};
//!
//! let meta = Meta::open("sqlite::memory:").await?;
//! meta.create_user("ann", Some("a long password"), Role::Engineer).await?;
//! let (_, secret) = meta.create_token("ann", "notebook", None, Some(Role::Viewer)).await?;
//! let identity = meta.verify_token(&secret).await?;
//! assert_eq!(identity.map(|i| (i.user, i.role)), Some(("ann".to_owned(), Role::Viewer)));
//! # Ok(()) }
//! ```
//!
//! # Jobs: never lost, never done twice
//!
//! A worker [claims](Meta::claim) a job for a while and says with [heartbeats](Meta::heartbeat) that it still works on it. When
//! its lease runs out another worker gets the job. Each claim has a [`Lease`] with a number of its own: what a worker says
//! under an older lease is refused.
//!
//! A job that commits to a project writes down the key which the commit will carry *before* it commits
//! ([`Meta::begin_commit`]). Whoever gets a job that has a [`Job::commit_key`] looks first whether the project has a commit of
//! that key: if so it [finishes](Meta::finish) the job as succeeded, else it calls [`Meta::clear_commit`] and goes on. For that
//! look a job is given out once more even when it was cancelled or its attempts are used up; [`Job::settle_only`] says so.

mod audit;
mod database;
mod error;
mod filter;
mod grants;
mod jobs;
mod login;
mod migrate;
mod names;
mod open;
mod password;
mod role;
mod time;
mod tokens;
mod users;

pub use audit::{AuditEntry, AuditFilter, AuditRecord};
pub use error::{ErrorKind, MetaError, Result};
pub use grants::Grant;
pub use jobs::{
    Change, HeartbeatAnswer, Job, JobFilter, JobState, Lease, LogLine, LogRecord, NewJob, Outcome, Progress, backoff,
};
pub use open::Meta;
pub use role::Role;
pub use tokens::{Identity, TokenInfo};
pub use users::User;
