//! Well logs out of a project, as LAS files.
//!
//! | file | what |
//! |---|---|
//! | `log_set` | a log set as the tables hold it, put together again |
//! | `header` | its header, as it was imported or from `wells` |
//! | `rows` | the rows of a query as a log set |
//! | `sections` | picks, surveys and other data of the well beside the logs |
//! | `target` | names of files, one for each log set |

mod header;
mod log_set;
mod rows;
mod sections;
mod target;

use std::collections::{BTreeMap, HashSet};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use datafusion::common::plan_err;
use outcrop_connectors::las::{self, WriteError, WriteVersion};
use outcrop_types::Issue;

use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;

pub(crate) use rows::LasRows;
use sections::Sections;
pub(crate) use target::writable;
use target::{Files, Targets};

/// Which logs are exported, and how.
#[derive(Debug, Clone, Default)]
pub struct LogExport {
    /// The wells; empty takes all.
    pub wells: Vec<String>,
    /// The log set; `None` takes all.
    pub log_set: Option<String>,
    /// Where to: a file, or a pattern with `{well}` and `{log_set}` for several.
    pub output: String,
    /// The files as they were imported, byte for byte, instead of new ones from the tables.
    pub original: bool,
    /// The version of LAS; `None` takes 2.0, and 3.0 where there is text.
    pub version: Option<WriteVersion>,
    /// The number for null; `None` takes that of the file a log set came from.
    pub null: Option<f64>,
}

/// A file that was written.
#[derive(Debug, Clone)]
pub struct ExportedLog {
    /// The well.
    pub well: String,
    /// The log set.
    pub log_set: String,
    /// The file.
    pub file: String,
    /// What could not be written as it is.
    pub issues: Vec<Issue>,
}

impl Session {
    /// Writes log sets of the project as LAS files, one for each.
    ///
    /// # Errors
    /// No project; no such well or log set; several log sets for one file; a log set without an original, where originals
    /// are asked for; what cannot be written as LAS.
    pub async fn export_logs(&self, export: &LogExport) -> Result<Vec<ExportedLog>, SessionError> {
        // Rows come in the order they are stored in.
        let session = self.on_one_thread();
        let sets = log_sets(&session, export).await?;
        let mut targets = Targets::new(&export.output);
        if sets.len() > 1 && !targets.is_pattern() {
            let shown: Vec<String> = sets.keys().take(5).map(|(w, s)| format!("{w}: {s}")).collect();
            let dots = if sets.len() > shown.len() { ", …" } else { "" };
            return plan_err!(
                "{} log sets for one file ({}{dots}); name one with --well and --log-set, or write a file for each: -o 'folder/{{well}}_{{log_set}}.las'",
                sets.len(),
                shown.join(", ")
            )
            .map_err(Into::into);
        }
        let files: HashSet<(String, String)> =
            sets.iter().flat_map(|((well, _), files)| files.iter().map(|f| (well.clone(), f.clone()))).collect();
        let mut sections = Sections::load(&session, files).await?;
        let mut done = Vec::with_capacity(sets.len());
        let mut all = Files::default();
        for ((well, log_set), files) in sets {
            let location = targets.location(&session, &well, Some(&log_set))?;
            let mut writer = all.writer(&session, &location, targets.is_pattern())?;
            let mut left_out = Vec::new();
            let mut issues = if export.original {
                let content = original(&session, &well, &log_set, &files).await?;
                std::io::Write::write_all(&mut writer, &content).map_err(|e| las_error(&well, &log_set, e.into()))?;
                Vec::new()
            } else {
                let mut set = log_set::read(&session, &well, &log_set).await?;
                let of_well = sections.of(&session, &well, &files, set.by_tvd()).await?;
                set.sections = of_well.sections;
                if export.null.is_some_and(|null| set.null.is_some_and(|own| own != null)) {
                    set.blank_nulls();
                }
                (set.version, set.null) = (export.version, export.null.or(set.null));
                left_out = of_well.issues;
                let written =
                    tokio::task::spawn_blocking(move || las::write(&set, &mut writer).map(|issues| (issues, writer)));
                let written = written.await.map_err(|e| las_error(&well, &log_set, std::io::Error::other(e).into()))?;
                let (issues, back) = written.map_err(|e| las_error(&well, &log_set, e))?;
                writer = back;
                issues
            };
            issues.append(&mut left_out);
            all.add(writer.stage()?);
            done.push(ExportedLog { well, log_set, file: location.display.clone(), issues });
        }
        all.finish()?;
        Ok(done)
    }
}

fn las_error(well: &str, log_set: &str, error: WriteError) -> SessionError {
    datafusion::common::DataFusionError::Execution(format!("log set `{log_set}` of well `{well}`: {error}")).into()
}

/// The log sets wanted, with the checksums of the files they came from.
async fn log_sets(
    session: &Session,
    export: &LogExport,
) -> Result<BTreeMap<(String, String), Vec<String>>, SessionError> {
    if session.project().is_none() {
        return Err(SessionError::NoProject("exporting logs"));
    }
    let mut conditions = Vec::new();
    if !export.wells.is_empty() {
        let wells: Vec<String> = export.wells.iter().map(|w| quoted(w)).collect();
        conditions.push(format!("well IN ({})", wells.join(", ")));
    }
    if let Some(log_set) = &export.log_set {
        conditions.push(format!("log_set = {}", quoted(log_set)));
    }
    let mut all = "SELECT DISTINCT well, log_set, file FROM curves".to_owned();
    if !conditions.is_empty() {
        all.push_str(&format!(" WHERE {}", conditions.join(" AND ")));
    }
    let mut sets: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for batch in collect(session, &all).await? {
        for row in 0..batch.num_rows() {
            let Some(key) = text(&batch, "well", row).zip(text(&batch, "log_set", row)) else { continue };
            sets.entry(key).or_default().extend(text(&batch, "file", row));
        }
    }
    if let Some(well) = export.wells.iter().find(|w| !sets.keys().any(|(well, _)| well == *w)) {
        let of = export.log_set.as_ref().map_or_else(String::new, |s| format!(" in a log set `{s}`"));
        return plan_err!(
            "there are no logs of a well `{well}`{of}; SELECT DISTINCT well, log_set FROM curves lists them"
        )
        .map_err(Into::into);
    }
    if sets.is_empty() {
        return plan_err!("there are no such logs; SELECT DISTINCT well, log_set FROM curves lists them")
            .map_err(Into::into);
    }
    Ok(sets)
}

/// The file a log set was imported from.
async fn original(
    session: &Session,
    well: &str,
    log_set: &str,
    files: &[String],
) -> Result<bytes::Bytes, SessionError> {
    let [file] = files else {
        return plan_err!(
            "log set `{log_set}` of well `{well}` came from {} files, so it has no original; leave out --original to write it anew",
            files.len()
        )
        .map_err(Into::into);
    };
    let query = format!("SELECT object FROM outcrop.imports WHERE sha256 = {} AND object IS NOT NULL", quoted(file));
    let object = collect(session, &query).await?.iter().find_map(|b| text(b, "object", 0));
    let (Some(object), Some(project)) = (object, session.project()) else {
        return plan_err!(
            "the original of log set `{log_set}` of well `{well}` is not kept in the project (files above 64 MiB are not); leave out --original to write it anew"
        )
        .map_err(Into::into);
    };
    let place = project.folder().join(object);
    let location = project.roots().resolve(&place.to_string_lossy(), session.base())?;
    Ok(project.roots().read(&location).await?)
}

/// All rows of a query.
async fn collect(session: &Session, sql: &str) -> Result<Vec<RecordBatch>, SessionError> {
    match Box::pin(session.sql(sql)).await? {
        Answer::Rows(rows) => rows.collect().await,
        Answer::Done { .. } => plan_err!("expected a query").map_err(Into::into),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text of a row; none for NULL and where there is no such column.
fn text(batch: &RecordBatch, column: &str, row: usize) -> Option<String> {
    let column = batch.column_by_name(column)?.as_string_opt::<i32>()?;
    (row < column.len() && column.is_valid(row)).then(|| column.value(row).to_owned())
}

/// A number of a row, likewise.
fn number(batch: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    let column = batch.column_by_name(column)?.as_primitive_opt::<Float64Type>()?;
    (row < column.len() && column.is_valid(row)).then(|| column.value(row))
}
