//! A session: a project, the files it may read, the functions, and what runs a statement.
//!
//! ```text
//! SQL → parse (statement::dialect) → one async pass (statement::pass): files, versions, operator inputs, modifiers
//!     → logical plan (operators' relation planner, statement::relations) → optimise → physical plan → stream
//! ```
//!
//! | folder | what |
//! |---|---|
//! | `statement` | parsing, the pass, what is not a query: CREATE, INSERT, COPY, DESCRIBE |
//! | `catalog` | the project as a catalogue: stored tables, views, the engine's own lists |
//! | `export` | well logs as LAS files |
//! | `files` | files as tables: well logs, text tables, Parquet |
//! | `seismic` | seismic volumes and SEG-Y files as tables of traces |
//! | `workflow` | workflows: compiled, run, kept in the project |
//! | `wire` | physical plans as bytes, for a cluster |

mod actor;
mod answer;
mod builder;
mod catalog;
mod error;
mod export;
mod files;
mod functions;
mod ingest;
mod null_aware;
mod offset;
mod query_planner;
mod seismic;
mod session;
mod spatial;
mod statement;
mod wire;
mod workflow;
mod yielding;

pub use actor::Actor;
pub use answer::{Answer, QueryProgress, Rows};
pub use builder::SessionBuilder;
pub use error::SessionError;
pub use export::{ExportedLog, LogExport};
pub use functions::{FunctionEntry, FunctionKind};
pub use ingest::IngestMode;
pub use seismic::ExportedVolume;
pub use session::{Prepared, Session};
pub use statement::{Written as WrittenFormat, rows_of, written as written_formats, written_endings};
pub use workflow::{NodeRun, Picture, RunEvent, RunOptions, RunReport, RunWatch, Silent, WorkflowRevision};
