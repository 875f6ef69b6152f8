//! Files as tables: `FROM 'wells/**/*.las'`, `read_csv('picks.txt', delimiter => ';')`, `inspect_las('a.las')`.
//!
//! A file queried directly keeps its own mnemonics and units; nothing is converted.

mod inspect;
mod las;
mod options;
mod parquet;
mod text;
mod traced;

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, plan_err};
use datafusion::sql::sqlparser::ast::FunctionArg;
use outcrop_store::Location;

pub(crate) use options::Options;
pub(crate) use traced::Traced;

use crate::error::SessionError;
use crate::session::Session;

/// A function in FROM that reads files.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    pub(crate) signature: &'static str,
    pub(crate) summary: &'static str,
}

pub(crate) const READERS: &[Reader] = &[
    Reader {
        name: "read_las",
        signature: "read_las(path, [null => …], [encoding => …])",
        summary: "Well logs (Log ASCII Standard) as rows; path may be a pattern such as 'wells/**/*.las'",
    },
    Reader {
        name: "read_csv",
        signature: "read_csv(path, [delimiter => …], [header => true], [skip_rows => 0], [encoding => …], [null => …], [decimal_comma => false])",
        summary: "A text table: comma, tab, semicolon or blank separated; what is not given is detected",
    },
    Reader { name: "read_parquet", signature: "read_parquet(path)", summary: "Parquet files" },
    Reader {
        name: "inspect_las",
        signature: "inspect_las(path)",
        summary: "A row per curve: mnemonic, unit, description, samples, nulls, min, max, mean",
    },
    Reader {
        name: "inspect_csv",
        signature: "inspect_csv(path, [the options of read_csv])",
        summary: "A row per column: type, unit, role, nulls, min, max, mean",
    },
];

/// A format, as `outcrop.formats` lists it.
pub(crate) struct Format {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) endings: &'static str,
    pub(crate) import: &'static str,
    pub(crate) query: &'static str,
}

pub(crate) const FORMATS: &[Format] = &[
    Format {
        name: "las",
        title: "Well logs, Log ASCII Standard 1.2, 2.0 and 3.0 (log data)",
        endings: ".las",
        import: "wells, curves, logs, curve_values",
        query: "'file.las', read_las, inspect_las",
    },
    Format {
        name: "rms_well",
        title: "Wells and blocked wells of RMS",
        endings: ".w .bw .rmswell",
        import: "wells, curves, logs, curve_values",
        query: "not yet",
    },
    Format {
        name: "table",
        title: "Text tables of wells, tops, surveys, checkshots, cores and points: comma, tab, semicolon or blank separated",
        endings: ".csv .tsv .txt .dat",
        import: "wells, tops, surveys, checkshots, cores, points.*",
        query: "'file.csv', read_csv, inspect_csv",
    },
    Format {
        name: "parquet",
        title: "Apache Parquet",
        endings: ".parquet",
        import: "not yet",
        query: "'file.parquet', read_parquet",
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Las,
    Text,
    Parquet,
}

impl Kind {
    fn of(location: &Location) -> Option<Kind> {
        let ending = location.display.rsplit_once('.')?.1.to_lowercase();
        match ending.as_str() {
            "las" => Some(Kind::Las),
            "csv" | "tsv" | "txt" | "dat" | "tab" => Some(Kind::Text),
            "parquet" | "pq" => Some(Kind::Parquet),
            _ => None,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Kind::Las => ".las",
            Kind::Text => "text table",
            Kind::Parquet => ".parquet",
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
    let mut kinds: Vec<(Kind, usize)> = Vec::new();
    let mut known = Vec::new();
    for file in files {
        let Some(kind) = Kind::of(&file) else { continue };
        match kinds.iter_mut().find(|(k, _)| *k == kind) {
            Some((_, n)) => *n += 1,
            None => kinds.push((kind, 1)),
        }
        known.push(file);
    }
    match kinds.as_slice() {
        [] => plan_err!(
            "'{path}' has an ending that is not known as a table; name the reader: read_las('{path}'), read_csv('{path}') or read_parquet('{path}')"
        )
        .map_err(Into::into),
        [(kind, _)] => of_kind(session, *kind, known, options).await,
        several => {
            let counted: Vec<String> = several.iter().map(|(k, n)| format!("{n} {}", k.title())).collect();
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
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DataFusionError> + Send + 'static,
) -> Result<T, DataFusionError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| DataFusionError::Execution(format!("reading stopped: {e}")))?
}
