//! Files as tables: `FROM 'wells/**/*.las'`, `read_csv('picks.txt', delimiter => ';')`, `inspect_las('a.las')`.
//!
//! A file queried directly keeps its own mnemonics and units; nothing is converted.

mod datasets;
mod inspect;
mod las;
mod options;
mod parquet;
mod readers;
mod text;
mod traced;

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, plan_err};
use datafusion::sql::sqlparser::ast::FunctionArg;
use outcrop_connectors::formats::{self, Recognised, recognise};
use outcrop_connectors::{Format, PREFIX, Read, ReadDatasets};
use outcrop_store::Location;

pub(crate) use las::LogFiles;
pub(crate) use options::Options;
pub(crate) use readers::{READERS, Reader};
pub(crate) use traced::Traced;

use crate::error::{SessionError, external};
use crate::seismic;
use crate::session::Session;

/// How a file is read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Las,
    Text,
    Parquet,
    /// As datasets, of a format.
    Datasets(&'static Format, ReadDatasets),
    /// As traces.
    Seismic,
}

impl Kind {
    /// By the ending where that leaves no doubt, else by the first bytes. Text of an ending that nobody knows may be anything.
    fn of(session: &Session, location: &Location) -> Result<Option<Kind>, DataFusionError> {
        let ending = location.display.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
        match ending.as_str() {
            "las" => return Ok(Some(Kind::Las)),
            "csv" | "tsv" => return Ok(Some(Kind::Text)),
            "parquet" | "pq" => return Ok(Some(Kind::Parquet)),
            "sgy" | "segy" | "su" => return Ok(Some(Kind::Seismic)),
            _ => {}
        }
        let prefix = session.roots().read_prefix_blocking(location, PREFIX).map_err(external)?;
        Ok(match recognise(&prefix) {
            Recognised::As(format) => match format.read {
                Read::Datasets(read) => Some(Kind::Datasets(format, read)),
                Read::Las => Some(Kind::Las),
                Read::Parquet => Some(Kind::Parquet),
                Read::Seismic => Some(Kind::Seismic),
                Read::Text if formats::TABLE.endings.contains(&ending.as_str()) => Some(Kind::Text),
                Read::Text => None,
            },
            Recognised::Other(_) => None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Las => ".las",
            Kind::Text => "text table",
            Kind::Parquet => ".parquet",
            Kind::Seismic => "SEG-Y",
            Kind::Datasets(format, _) => format.name,
        }
    }
}

/// A path, folder or pattern in quotes.
pub(crate) async fn open(
    session: &Session,
    path: &str,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let files = list(session, path).await?;
    let of = session.clone();
    let (kinds, known) = blocking(move || {
        let mut kinds: Vec<(Kind, usize)> = Vec::new();
        let mut known = Vec::new();
        for file in files {
            let Some(kind) = Kind::of(&of, &file)? else { continue };
            match kinds.iter_mut().find(|(k, _)| k.name() == kind.name()) {
                Some((_, n)) => *n += 1,
                None => kinds.push((kind, 1)),
            }
            known.push(file);
        }
        Ok((kinds, known))
    })
    .await?;
    match kinds.as_slice() {
        [] => plan_err!(
            "'{path}' is not known as a table, by its content or its ending; name the reader: read_las('{path}'), read_csv('{path}') or read_parquet('{path}')"
        )
        .map_err(Into::into),
        [(kind, _)] => of_kind(session, *kind, known, options).await,
        several => {
            let counted: Vec<String> = several.iter().map(|(k, n)| format!("{n} {}", k.name())).collect();
            plan_err!("'{path}' names files of several kinds ({}); narrow the pattern to one, such as '…/*.las'", counted.join(", "))
                .map_err(Into::into)
        }
    }
}

async fn of_kind(
    session: &Session,
    kind: Kind,
    files: Vec<Location>,
    options: &Options,
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let named = files.clone();
    let table = match kind {
        Kind::Las => las::open(session, files, options).await,
        Kind::Text => text::open(session, files, options).await,
        Kind::Parquet => parquet::open(session, files).await,
        Kind::Datasets(_, read) => datasets::open(session, files, options, &datasets::by(read)).await,
        Kind::Seismic => seismic::file::open(session, files, &options.segy).await,
    }?;
    Ok(Arc::new(Traced::new(table, &named)))
}

/// A call of a reader.
pub(crate) async fn read_call(
    session: &Session,
    reader: &str,
    args: &[FunctionArg],
) -> Result<Arc<dyn TableProvider>, SessionError> {
    let (path, options) = options::of_call(reader, args)?;
    match reader {
        "read_las" => of_kind(session, Kind::Las, list(session, &path).await?, &options).await,
        "read_csv" => of_kind(session, Kind::Text, list(session, &path).await?, &options).await,
        "read_parquet" => of_kind(session, Kind::Parquet, list(session, &path).await?, &options).await,
        "read_segy" => of_kind(session, Kind::Seismic, list(session, &path).await?, &options).await,
        "inspect_segy" => {
            let files = list(session, &path).await?;
            let table = seismic::inspect::table(session, files.clone(), &options.segy).await?;
            Ok(Arc::new(Traced::new(table, &files)))
        }
        "read_surface" | "read_features" | "inspect_surface" => {
            let files = list(session, &path).await?;
            let table = match reader {
                "read_surface" => datasets::open(session, files.clone(), &options, &datasets::SURFACE).await?,
                "read_features" => datasets::open(session, files.clone(), &options, &datasets::FEATURES).await?,
                _ => datasets::inspect(session, files.clone()).await?,
            };
            Ok(Arc::new(Traced::new(table, &files)))
        }
        "inspect_las" => {
            let files = list(session, &path).await?;
            Ok(Arc::new(Traced::new(inspect::las(session, files.clone(), &options).await?, &files)))
        }
        "inspect_csv" => {
            let files = list(session, &path).await?;
            Ok(Arc::new(Traced::new(inspect::text(session, files.clone(), &options).await?, &files)))
        }
        other => plan_err!("`{other}` is not a reader").map_err(Into::into),
    }
}

/// Lists off the async threads: a pattern may walk a large folder.
async fn list(session: &Session, pattern: &str) -> Result<Vec<Location>, SessionError> {
    let (session, pattern) = (session.clone(), pattern.to_owned());
    let listed = blocking(move || Ok(session.roots().list(&pattern, session.base()))).await?;
    Ok(listed?)
}

/// Runs work that blocks, such as parsing, on a thread for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DataFusionError> + Send + 'static,
) -> Result<T, DataFusionError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| DataFusionError::Execution(format!("reading stopped: {e}")))?
}
