//! Files into a project: well logs, surfaces, features, and tables of wells, tops, surveys and points, in one project commit.
//!
//! [`import`] takes paths, folders and patterns, finds out by content what each file is, reads it, matches its wells,
//! converts lengths to the project's unit and curves to their standard mnemonics, and commits everything at once:
//! readers of the project see all of an import or nothing. Every file gets a row in `outcrop.imports` and every
//! assumption a row in `outcrop.import_issues`; a file that cannot be read is such a row and stops nothing.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::path::Path;
//! use std::sync::Arc;
//! use outcrop_import::{ImportOptions, NoWatch, import};
//! use outcrop_store::{Project, Roots};
//!
//! let roots = Roots::whole_file_system();
//! let project = Project::open(&roots, "field.outcrop").await?;
//! let patterns = ["wells/**/*.las".to_owned(), "tops.csv".to_owned()];
//! let report = import(&project, &roots, Path::new("."), &patterns, &ImportOptions::default(), Arc::new(NoWatch)).await?;
//! for file in &report.files {
//!     println!("{} {} {} rows", file.path, file.status, file.rows);
//! }
//! # Ok(()) }
//! ```

mod context;
mod datasets;
mod error;
mod existing;
mod features;
mod logs;
mod options;
mod originals;
mod plane;
mod record;
mod replace;
mod report;
mod run;
mod seismic;
mod source;
mod tables;
mod watch;
mod wells;

pub use error::ImportError;
pub use options::{ImportOptions, Kind, North};
pub use report::{FileOutcome, ImportReport, Noted, Status};
pub use run::import;
pub use seismic::SegyImport;
pub use watch::{NoWatch, Watch};
