//! `COPY table | (query) TO 'file'`: one file, whole or not at all, only where the session may write. LAS files are one a
//! well, so their name may be a pattern; the rows of a surface are one grid.

use datafusion::common::plan_err;
use datafusion::sql::parser::{CopyToSource, CopyToStatement, Statement};
use datafusion::sql::sqlparser::ast::{SetExpr, Statement as SqlStatement};

use outcrop_connectors::las::WriteVersion;

use super::sink::{Format, Sink};
use super::tables::rows_of;
use super::{plan, segy, surface};
use crate::answer::Answer;
use crate::error::SessionError;
use crate::export::{LasRows, writable};
use crate::session::Session;

/// Runs it.
pub(super) async fn run(session: &Session, copy: CopyToStatement) -> Result<Answer, SessionError> {
    let mut format = Format::choose(copy.stored_as.as_deref(), &copy.target)?;
    if !copy.partitioned_by.is_empty() {
        return plan_err!("COPY … PARTITIONED BY is not supported; COPY each part with its own WHERE")
            .map_err(Into::into);
    }
    let said = Said::options(&mut format, &copy)?;
    // The order of traces is that of the volume.
    let one = matches!(format, Format::Segy(_)).then(|| session.on_one_thread());
    let session = one.as_ref().unwrap_or(session);
    let query = match copy.source {
        CopyToSource::Query(query) if matches!(*query.body, SetExpr::Insert(_) | SetExpr::Update(_)) => {
            return plan_err!("COPY takes a query that reads").map_err(Into::into);
        }
        CopyToSource::Query(query) => query,
        CopyToSource::Relation(name) => match session.parse(&format!("SELECT * FROM {name}"))?.pop() {
            Some(Statement::Statement(sql)) => match *sql {
                SqlStatement::Query(query) => query,
                _ => return Err(SessionError::Empty),
            },
            _ => return Err(SessionError::Empty),
        },
    };
    // Where it may be written is decided before anything is read.
    let location = writable(session, &copy.target)?;
    let planned = plan(session, Statement::Statement(Box::new(SqlStatement::Query(query))), None).await?;
    let optimised = planned.state.optimize(&planned.plan)?;
    let mut rows = session.start(&planned.state, &optimised, planned.notices).await?;
    let mut count: u64 = 0;
    if matches!(format, Format::Las) {
        let mut wells = LasRows::new(&copy.target, rows.schema(), said.version, said.null)?;
        while let Some(batch) = rows.next().await? {
            count += batch.num_rows() as u64;
            wells.push(&batch)?;
        }
        return Ok(Answer::Done { message: wells.finish(session).await?, rows: count, commit: None });
    }
    if let Format::Surface(writer) = format {
        let schema = rows.schema().clone();
        let batches = rows.collect().await?;
        count = batches.iter().map(|b| b.num_rows() as u64).sum();
        let message = surface::write(session, writer, &schema, batches, &location).await?;
        return Ok(Answer::Done { message, rows: count, commit: None });
    }
    let mut sink = Sink::new(format, session.roots().writer(&location)?, rows.schema(), said.units)?;
    while let Some(batch) = rows.next().await? {
        count += batch.num_rows() as u64;
        sink = tokio::task::spawn_blocking(move || sink.write(&batch).map(|()| sink))
            .await
            .map_err(|e| datafusion::error::DataFusionError::Execution(format!("writing stopped: {e}")))??;
    }
    let note = sink.finish()?.map_or_else(String::new, |note| format!("; {note}"));
    let message = format!("{} into {}{note}", rows_of(count), location.display);
    Ok(Answer::Done { message, rows: count, commit: None })
}

/// Whether COPY would write there.
pub(crate) fn writable_file(session: &Session, path: &str, format: Option<&str>) -> Result<(), SessionError> {
    Format::choose(format, path)?;
    writable_path(session, path)
}

/// Whether a file may be written there.
pub(crate) fn writable_path(session: &Session, path: &str) -> Result<(), SessionError> {
    writable(session, path).map(drop)
}

/// What is said about the file.
struct Said {
    version: Option<WriteVersion>,
    null: Option<f64>,
    /// Whether the header of CSV states units.
    units: bool,
}

impl Said {
    fn options(format: &mut Format, copy: &CopyToStatement) -> Result<Self, SessionError> {
        let mut said = Said { version: None, null: None, units: true };
        for (name, value) in &copy.options {
            let text = value.to_string();
            let text = text.trim_matches('\'');
            match (*format, name.to_lowercase().as_str()) {
                (Format::Segy(_), "sample_format" | "format.sample_format") => {
                    *format = Format::Segy(Some(segy::format(text)?));
                }
                (Format::Las, "version" | "format.version") => {
                    said.version = Some(match text {
                        "2" | "2.0" => WriteVersion::V20,
                        "3" | "3.0" => WriteVersion::V30,
                        other => {
                            return plan_err!("`{other}` is no version of LAS that is written; use '2.0' or '3.0'")
                                .map_err(Into::into);
                        }
                    });
                }
                (Format::Las, "null" | "format.null") => match text.parse::<f64>() {
                    Ok(null) if null.is_finite() => said.null = Some(null),
                    _ => {
                        return plan_err!("`{text}` is no number for null; use one such as '-999.25'")
                            .map_err(Into::into);
                    }
                },
                (Format::Csv, "units" | "format.units") => match text.to_lowercase().as_str() {
                    "true" => said.units = true,
                    "false" => said.units = false,
                    other => {
                        return plan_err!(
                            "`units` is true or false, not `{other}`: whether the header is `md [m]` or `md`"
                        )
                        .map_err(Into::into);
                    }
                },
                (Format::Csv, other) => {
                    return plan_err!("COPY to CSV has no option `{other}`; it has `units`").map_err(Into::into);
                }
                (Format::Las, other) => {
                    return plan_err!("COPY to LAS has no option `{other}`; it has `version` and `null`")
                        .map_err(Into::into);
                }
                _ => return plan_err!("COPY has no option `{name}` here").map_err(Into::into),
            }
        }
        Ok(said)
    }
}
