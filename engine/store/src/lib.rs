//! The project folder: rooted file access, project commits over Delta tables, transactions.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use outcrop_store::{Project, Roots};
//! use outcrop_types::tables::TableName;
//!
//! let roots = Roots::whole_file_system();
//! let project = Project::open(&roots, "field.outcrop").await?;
//! let snapshot = project.snapshot().await?;
//! for file in &snapshot.table(&TableName::public("wells")).await?.files {
//!     println!("{} {}", file.location, file.rows);
//! }
//! # Ok(()) }
//! ```
//!
//! A project commit (`commits/<n>.json`, put only if absent) names the version of every table;
//! readers follow project commits and nothing else. See [`Transaction`] for how writers meet.

mod commit;
mod conform;
mod delta;
mod error;
mod project;
mod raw;
mod roots;
mod settings;
mod snapshot;
mod statistics;
mod storage;
mod transaction;
mod unused;
mod workflows;
mod writer;

pub use commit::{ProjectCommit, TableState, View};
pub use conform::{stored_schema, union_schema};
pub use error::{Conflict, StoreError};
pub use project::Project;
pub use raw::RawFile;
pub use roots::{FileWriter, Location, MappedFile, NewFolders, Root, Roots, StagedFile};
pub use settings::{FORMAT_VERSION, ProjectSettings};
pub use snapshot::{DataFile, Snapshot, TableSnapshot};
pub use statistics::ColumnStatistics;
pub use transaction::{MergePolicy, Transaction};
pub use unused::UnusedFile;
pub use writer::{NewFiles, TableWriter, WriteOptions};
