//! What can go wrong, each with what to do about it.

use chrono::{DateTime, SecondsFormat, Utc};
use uuid::Uuid;

/// The result of what this crate does.
pub type Result<T, E = MetaError> = std::result::Result<T, E>;

/// An error of the server's memory: names the user, token or job, what was found and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum MetaError {
    /// An address that names no database.
    #[error(
        "`{url}` names no database: {reason}; give a path, sqlite:///path/meta.db, sqlite::memory: or postgres://user@host/database"
    )]
    Url {
        /// The address, without a password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The database cannot be opened.
    #[error("the database {place} cannot be opened: {source}; check that {check}")]
    Open {
        /// The database, without a password.
        place: String,
        /// What to look at.
        check: &'static str,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// The tables cannot be made or changed.
    #[error(
        "the tables of {place} cannot be brought to version {version}: {source}; give Outcrop a database of its own, and a user who may create tables there"
    )]
    Migration {
        /// The database, without a password.
        place: String,
        /// The version that was to be made.
        version: i64,
        /// What the database said.
        #[source]
        source: sqlx::Error,
    },
    /// The tables are of a newer program.
    #[error(
        "{place} has tables of version {found}, this program knows version {known}: start the newer program that made them"
    )]
    Newer {
        /// The database, without a password.
        place: String,
        /// Version of the tables.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database failed at a statement.
    #[error("the server's database failed: {0}; check that it is reachable, writable and not full, then try again")]
    Database(#[from] sqlx::Error),
    /// A stored value that this program did not write.
    #[error(
        "the server's database has the {what} `{value}`, which this program does not know: was it changed by hand, or by a newer program?"
    )]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What is there.
        value: String,
    },
    /// A role that there is not.
    #[error("there is no role `{text}`; roles are viewer, engineer and admin")]
    UnknownRole {
        /// The role as given.
        text: String,
    },
    /// A state of jobs that there is not.
    #[error("there is no state `{text}` of jobs; states are queued, running, succeeded, failed and cancelled")]
    UnknownState {
        /// The state as given.
        text: String,
    },
    /// A name that cannot be.
    #[error("`{name}` cannot be the {what}: {reason}")]
    InvalidName {
        /// What it would name.
        what: &'static str,
        /// The name as given.
        name: String,
        /// What is wrong and what is possible.
        reason: String,
    },
    /// A password that is too short or too long.
    #[error("the password has {found} characters; give {least} to {most}")]
    Password {
        /// Its length.
        found: usize,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}; this is a fault of the program or a lack of memory, try again")]
    Hash(String),
    /// There is a user of that name, or of one that differs in case only.
    #[error("there is a user `{name}` already (upper and lower case count as the same); choose another name")]
    UserExists {
        /// The name.
        name: String,
    },
    /// There is no such user.
    #[error("there is no user `{name}`; list the users to see their names")]
    NoUser {
        /// The name.
        name: String,
    },
    /// Nobody could manage the server any more.
    #[error(
        "`{name}` is the last enabled admin; make another user admin first, so that somebody can manage the server"
    )]
    LastAdmin {
        /// The name.
        name: String,
    },
    /// Too many wrong passwords.
    #[error("the name `{name}` is locked until {} after {failures} wrong passwords; wait until then, or use a token", shown(.until))]
    Locked {
        /// The name as given; there need not be such a user.
        name: String,
        /// Wrong passwords so far.
        failures: i64,
        /// When the next try is possible.
        until: DateTime<Utc>,
    },
    /// A token that would have expired when it is made.
    #[error("a token that expires at {} would never be valid; give a time in the future", shown(.expires))]
    TokenExpiry {
        /// The time as given.
        expires: DateTime<Utc>,
    },
    /// There is no such token.
    #[error("there is no token `{id}`; list the tokens of the user to see their ids")]
    NoToken {
        /// Its id.
        id: String,
    },
    /// There is no such job.
    #[error("there is no job {id}; it may have been deleted after it finished")]
    NoJob {
        /// Its id.
        id: Uuid,
    },
    /// A job cannot do that in its state.
    #[error("job {id} is {state}: {remedy}")]
    JobState {
        /// Its id.
        id: Uuid,
        /// Its state.
        state: &'static str,
        /// What is possible.
        remedy: &'static str,
    },
    /// The job is not the worker's (any more).
    #[error(
        "job {id} is not (or no longer) worker `{worker}`'s: {now}; drop what was done, somebody else decides about the job"
    )]
    Lost {
        /// The job.
        id: Uuid,
        /// Who said something about it.
        worker: String,
        /// Whose it is.
        now: String,
    },
    /// The fate of an earlier commit is not known yet.
    #[error(
        "job {id} already began the commit `{key}`: look whether the project has it; then finish the job, or clear that commit before another one"
    )]
    CommitBegun {
        /// The job.
        id: Uuid,
        /// Key of the earlier commit.
        key: String,
    },
}

/// What a [`MetaError`] is, for a status code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What is named does not exist.
    Missing,
    /// It exists already.
    Exists,
    /// An argument is not as it should be.
    Invalid,
    /// The state of things forbids it.
    State,
    /// Too many tries; later it may be possible.
    Locked,
    /// The job is somebody else's.
    Lost,
    /// The database cannot be reached, or failed.
    Unavailable,
    /// A fault of the program or its set-up.
    Fault,
}

impl MetaError {
    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            MetaError::NoUser { .. } | MetaError::NoToken { .. } | MetaError::NoJob { .. } => ErrorKind::Missing,
            MetaError::UserExists { .. } => ErrorKind::Exists,
            MetaError::Url { .. }
            | MetaError::UnknownRole { .. }
            | MetaError::UnknownState { .. }
            | MetaError::InvalidName { .. }
            | MetaError::Password { .. }
            | MetaError::TokenExpiry { .. } => ErrorKind::Invalid,
            MetaError::LastAdmin { .. } | MetaError::JobState { .. } | MetaError::CommitBegun { .. } => {
                ErrorKind::State
            }
            MetaError::Locked { .. } => ErrorKind::Locked,
            MetaError::Lost { .. } => ErrorKind::Lost,
            MetaError::Open { .. } | MetaError::Database(_) => ErrorKind::Unavailable,
            MetaError::Migration { .. }
            | MetaError::Newer { .. }
            | MetaError::Unreadable { .. }
            | MetaError::Hash(_) => ErrorKind::Fault,
        }
    }
}

/// A time to read: whole seconds, rounded up so that waiting until then is enough.
fn shown(time: &DateTime<Utc>) -> String {
    let up = *time + chrono::Duration::microseconds(999_999);
    up.to_rfc3339_opts(SecondsFormat::Secs, true)
}
