//! What can go wrong in a project folder, each with what to do about it.

use std::path::PathBuf;

/// An error of the store: names the file, table or column, what was found and the remedy.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A path leads out of the folders of the session, directly or through a symbolic link.
    #[error(
        "`{path}` is outside the folders this session may read ({roots}); start with --root and the folder it is in"
    )]
    OutsideRoots {
        /// The path as given, with its real place where that differs.
        path: String,
        /// The folders of the session.
        roots: String,
    },
    /// What was to be done once has been done.
    #[error("{key} has made commit {commit} already; it is not made again")]
    DoneAlready {
        /// What it was for.
        key: String,
        /// The commit that did it.
        commit: u64,
    },
    /// A write into a folder that was opened for reading.
    #[error("`{path}` is in `{root}`, which this session may only read; open that folder for writing")]
    ReadOnlyRoot {
        /// The path as given.
        path: String,
        /// The folder.
        root: String,
    },
    /// A URL of a store that is not built in.
    #[error("`{url}`: stores of scheme `{scheme}` are not built in yet; use a path or a file:// URL")]
    UnsupportedScheme {
        /// The URL as given.
        url: String,
        /// Its scheme.
        scheme: String,
    },
    /// A path that cannot name a file.
    #[error("`{path}` is not a usable path: {reason}")]
    InvalidPath {
        /// The path as given.
        path: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// No such file.
    #[error("`{path}` does not exist; check the name, relative paths start from `{base}`")]
    NotFound {
        /// The path as given.
        path: String,
        /// The folder relative paths start from.
        base: String,
    },
    /// A pattern without matches.
    #[error("`{pattern}` matches no file below `{base}`; check the pattern (`**` enters subfolders)")]
    NoMatch {
        /// The pattern as given.
        pattern: String,
        /// Where the search began.
        base: String,
    },
    /// The operating system refused.
    #[error("`{path}`: {source}; check that the file is there, the permissions and the free space")]
    Io {
        /// The file.
        path: String,
        /// What it said.
        #[source]
        source: std::io::Error,
    },
    /// The object store refused.
    #[error("`{path}`: {source}; check that the file is there and that the store can be reached")]
    ObjectStore {
        /// The object.
        path: String,
        /// What it said.
        #[source]
        source: object_store::Error,
    },
    /// No project at this place.
    #[error("`{path}` is not a project (it has no project.toml); create one with `outcrop init {path}`")]
    NotAProject {
        /// The folder.
        path: String,
    },
    /// A project or other files at the place of a new project.
    #[error("`{path}` {found}; open it, or choose an empty or new folder for a new project")]
    AlreadyThere {
        /// The folder.
        path: String,
        /// What is there.
        found: String,
    },
    /// The project was written by a newer program.
    #[error("`{path}` has format version {found}, this program reads up to {supported}; install a newer version")]
    NewerFormat {
        /// The folder.
        path: String,
        /// The version found.
        found: u32,
        /// The newest version this program knows.
        supported: u32,
    },
    /// A file of the project that cannot be read as what it should be.
    #[error("`{path}` is damaged: {reason}; restore the file from a backup or a copy of the project")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// Settings that contradict the project.
    #[error("`{path}`: {reason}")]
    Settings {
        /// The file.
        path: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A commit that does not exist.
    #[error("the project has no commit {number}; its commits are 0 to {head}")]
    NoSuchCommit {
        /// The number asked for.
        number: u64,
        /// The newest commit.
        head: u64,
    },
    /// A time before the project existed.
    #[error("the project has no commit at or before {at}; its first commit is of {first}")]
    NoCommitAt {
        /// The time asked for.
        at: String,
        /// The time of the first commit.
        first: String,
    },
    /// A table that does not exist in this commit.
    #[error("there is no table `{table}` in commit {commit}; tables: {known}")]
    NoSuchTable {
        /// The table asked for.
        table: String,
        /// The commit looked at.
        commit: u64,
        /// Tables there are.
        known: String,
    },
    /// A table or view of that name exists.
    #[error("`{name}` exists already; use another name, CREATE OR REPLACE, or IF NOT EXISTS")]
    AlreadyExists {
        /// The table or view.
        name: String,
    },
    /// A table name that cannot be stored.
    #[error("`{table}` is not a usable table name: {reason}")]
    InvalidTableName {
        /// The table.
        table: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// A column has one type in the table and another in the data.
    #[error("column `{column}` of `{table}` is {existing}, the data has {found}; cast the data, or replace the table")]
    ColumnType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Type in the table.
        existing: String,
        /// Type in the data.
        found: String,
    },
    /// A column has one unit in the table and another in the data.
    #[error(
        "column `{column}` of `{table}` is in {existing}, the data is in {found}; convert the data to {existing} first"
    )]
    ColumnUnit {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Unit in the table.
        existing: String,
        /// Unit in the data.
        found: String,
    },
    /// Two columns whose names differ only in case.
    #[error("`{table}` would have the columns `{first}` and `{second}`, which are the same name; rename one")]
    DuplicateColumn {
        /// The table.
        table: String,
        /// One column.
        first: String,
        /// The other.
        second: String,
    },
    /// A type that tables cannot hold.
    #[error("column `{column}` of `{table}` has type {data_type}, which tables do not hold: {remedy}")]
    UnsupportedType {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type.
        data_type: String,
        /// What to do.
        remedy: String,
    },
    /// A value that its column cannot hold.
    #[error(
        "row {row} of the data for `{table}`: column `{column}` is {data_type} and cannot hold {value}; correct the value or use a wider column"
    )]
    ValueDoesNotFit {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// Row within the data written, from 1.
        row: u64,
        /// The value.
        value: String,
        /// The type of the column.
        data_type: String,
    },
    /// A null, or no column at all, where the table requires values.
    #[error(
        "column `{column}` of `{table}` may not be null, and the data for it has {nulls}; give a value for every row"
    )]
    RequiredColumn {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What was found.
        nulls: String,
    },
    /// A batch that does not have the schema the writer was opened with.
    #[error("the data for `{table}` does not have the columns it was announced with: {reason}")]
    BatchSchema {
        /// The table.
        table: String,
        /// What differs.
        reason: String,
    },
    /// Another writer changed the same thing since this transaction began.
    #[error("{0}")]
    Conflict(Box<Conflict>),
    /// Other writers were faster every time.
    #[error("other writers committed {attempts} times while this one tried; nothing was written: run it again")]
    Busy {
        /// Attempts made.
        attempts: u32,
    },
    /// A check of the caller, run again on another writer's commit, refused.
    #[error("{0}")]
    Refused(String),
    /// A Delta table with a feature this program does not read correctly.
    #[error("`{table}` uses the Delta feature {feature}, which is not supported; rewrite the table without it")]
    UnsupportedFeature {
        /// The table.
        table: String,
        /// The feature.
        feature: String,
    },
    /// The commit log of a table could not be read or written.
    #[error(
        "the commit log of `{table}`: {source}; if a file of `{folder}/_delta_log` is missing, restore it from a backup"
    )]
    Delta {
        /// The table.
        table: String,
        /// The folder of the table.
        folder: String,
        /// What the log reader said.
        #[source]
        source: Box<deltalake::DeltaTableError>,
    },
    /// A data file could not be read or written.
    #[error("data file `{path}`: {source}; if the file is damaged, restore it from a backup")]
    Parquet {
        /// The file.
        path: String,
        /// What the Parquet library said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A computation on columns failed.
    #[error("`{table}`: {source}; this is about the data given, check its columns and types")]
    Arrow {
        /// The table.
        table: String,
        /// What Arrow said.
        #[source]
        source: arrow::error::ArrowError,
    },
    /// A background task of the store ended early.
    #[error("a task of the store ended early: {0}; run the statement again")]
    Task(String),
}

/// What another writer did to a table or view that a transaction changes too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` was changed meanwhile by {by} in commit {commit} of {at} ({operation}: {message}); nothing was written: look at the new state and run the statement again"
)]
pub struct Conflict {
    /// The table or view both changed.
    pub name: String,
    /// Author of the other commit.
    pub by: String,
    /// Time of the other commit.
    pub at: String,
    /// Number of the other commit.
    pub commit: u64,
    /// Its operation.
    pub operation: String,
    /// Its message.
    pub message: String,
}

impl StoreError {
    /// An [`StoreError::Io`] about a path.
    pub(crate) fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        StoreError::Io { path: path.into().display().to_string(), source }
    }

    /// What an object store said; an error of this crate that travelled through it comes out as itself.
    pub(crate) fn object(path: impl ToString, error: object_store::Error) -> Self {
        match error {
            object_store::Error::PermissionDenied { source, path: inner } => match source.downcast::<StoreError>() {
                Ok(own) => *own,
                Err(source) => StoreError::ObjectStore {
                    path: path.to_string(),
                    source: object_store::Error::PermissionDenied { source, path: inner },
                },
            },
            source => StoreError::ObjectStore { path: path.to_string(), source },
        }
    }
}
