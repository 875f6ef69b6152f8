//! Files into the project.

use std::path::PathBuf;
use std::sync::Arc;

use outcrop_import::{ImportError, ImportOptions, Status, Watch, import};
use outcrop_session::{Session, SessionError};
use outcrop_store::{Root, Roots};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::board::Board;
use crate::app::App;
use crate::error::Refusal;

/// Which files, and how they are read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ImportWork {
    /// The files.
    pub(crate) files: Vec<Source>,
    /// Options, by the names that `outcrop import` gives them.
    pub(crate) options: Map<String, Json>,
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Source {
    /// One that was uploaded.
    Upload(String),
    /// One in the project's folder or one that was added by an administrator; a folder or pattern, too.
    Path(String),
}

impl App {
    /// Where an uploaded file waits.
    ///
    /// # Errors
    /// No such upload, or another user's.
    pub(crate) fn upload(&self, user: &str, id: &str) -> Result<PathBuf, Refusal> {
        let missing = || {
            Refusal::Missing(format!("there is no uploaded file {id}; it waits for a day, then it must be sent again"))
        };
        let id = uuid::Uuid::parse_str(id).map_err(|_| missing())?;
        let folder = self.uploads(user).join(id.to_string());
        let file = std::fs::read_dir(&folder).ok().and_then(|mut entries| entries.next()).and_then(Result::ok);
        file.map(|f| f.path()).ok_or_else(missing)
    }

    /// The folder of a user's uploads.
    pub(crate) fn uploads(&self, user: &str) -> PathBuf {
        let plain: String = user.bytes().map(|b| format!("{b:02x}")).collect();
        self.data.join("uploads").join(plain)
    }
}

pub(super) async fn run(app: &App, session: &Session, work: &ImportWork, board: &Arc<Board>) -> Result<Json, Refusal> {
    let project = session.project().ok_or_else(|| Refusal::Fault("the session has no project".to_owned()))?;
    let actor = session.actor();
    let mut options = options(&work.options)?;
    options.author.clone_from(&actor.author);
    options.once.clone_from(&actor.once);
    let uploads = app.uploads(&actor.author);
    std::fs::create_dir_all(&uploads).map_err(|e| Refusal::Fault(format!("{}: {e}", uploads.display())))?;
    let mut paths = Vec::new();
    for file in &work.files {
        paths.push(match file {
            Source::Path(path) => path.clone(),
            Source::Upload(id) => {
                // What was sent is nowhere else: a large file, which is only linked otherwise, is kept.
                options.segy.keep_original = true;
                app.upload(&actor.author, id)?.to_string_lossy().into_owned()
            }
        });
    }
    // What the session may read, and this user's uploads.
    let mut folders = session.roots().roots().map(<[Root]>::to_vec).unwrap_or_default();
    folders.push(Root::read_only(&uploads));
    let roots = Roots::folders(folders).map_err(SessionError::from)?;
    let watch = Arc::clone(board) as Arc<dyn Watch + Send + Sync>;
    let report =
        import(project, &roots, session.base(), &paths, &options, watch).await.map_err(|error| match error {
            ImportError::Cancelled => Refusal::Cancelled("the import was cancelled; nothing was imported".to_owned()),
            ImportError::Store(error) => Refusal::Session(error.into()),
            other => Refusal::Invalid(other.to_string()),
        })?;
    if report.count(Status::Failed) == report.files.len() && !report.files.is_empty() {
        let first = report.files.first().map(|f| format!("{}: {}", f.path, f.message)).unwrap_or_default();
        return Err(Refusal::Invalid(format!("no file could be read; {first}")));
    }
    for file in &work.files {
        if let Source::Upload(id) = file
            && let Ok(path) = app.upload(&actor.author, id)
            && let Some(folder) = path.parent()
        {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
    let file = |f: &outcrop_import::FileOutcome| {
        let issues: Vec<Json> = f
            .issues
            .iter()
            .take(50)
            .map(|n| json!({"well": n.well, "severity": n.issue.severity.to_string(), "code": n.issue.code, "message": n.issue.to_string()}))
            .collect();
        json!({"path": f.path, "kind": f.kind, "status": f.status.as_str(), "rows": f.rows, "wells": f.wells.len(),
            "message": f.message, "issues": issues, "issue_count": f.issues.len()})
    };
    Ok(json!({
        "commit": report.commit,
        "files": report.files.iter().take(1000).map(file).collect::<Vec<_>>(),
        "wells_new": report.wells_new,
        "wells_matched": report.wells_matched,
        "wells_unmatched": report.wells_unmatched,
        "tables": report.tables,
    }))
}

/// Options of an import from JSON.
///
/// # Errors
/// An option that there is not, or a value that it does not take.
pub(crate) fn options(given: &Map<String, Json>) -> Result<ImportOptions, Refusal> {
    let mut options = ImportOptions::default();
    for (name, value) in given {
        let wrong = |what: &str| Refusal::Invalid(format!("the option `{name}` {what}"));
        let text = || value.as_str().map(str::to_owned).ok_or_else(|| wrong("is a text"));
        let number = || value.as_f64().ok_or_else(|| wrong("is a number"));
        let flag = || value.as_bool().ok_or_else(|| wrong("is true or false"));
        match name.as_str() {
            "kind" => options.kind = Some(text()?.parse().map_err(|e: String| wrong(&e))?),
            "name" => options.name = Some(text()?),
            "well" => options.well = Some(text()?),
            "message" => options.message = text()?,
            "again" => options.again = flag()?,
            "keep_original" => options.segy.keep_original = flag()?,
            "null" => options.null = texts(value).ok_or_else(|| wrong("is a text, a number or a list of them"))?,
            "crs" => {
                let crs = text()?.parse::<outcrop_types::Crs>().map_err(|e| wrong(&e.to_string()))?;
                options.crs = Some(crs);
            }
            "north" => options.north = Some(text()?.parse().map_err(|e: String| wrong(&e))?),
            "declination" => options.declination = Some(number()?),
            "convergence" => options.convergence = Some(number()?),
            "unit" => options.units.extend(pairs(value).ok_or_else(|| wrong("is an object of column and unit"))?),
            "map" => options.map.extend(pairs(value).ok_or_else(|| wrong("is an object of column and header"))?),
            "mnemonics" => options.mnemonics = Some(text()?),
            _ => {
                return Err(Refusal::Invalid(format!(
                    "there is no option `{name}`; there are kind, name, well, message, again, keep_original, null, crs, north, declination, convergence, unit, map, mnemonics"
                )));
            }
        }
    }
    Ok(options)
}

/// A text or number, or several.
fn texts(value: &Json) -> Option<Vec<String>> {
    match value {
        Json::String(text) => Some(vec![text.clone()]),
        Json::Number(number) => Some(vec![number.to_string()]),
        Json::Array(values) => values.iter().map(|v| texts(v)?.pop()).collect(),
        _ => None,
    }
}

fn pairs(value: &Json) -> Option<Vec<(String, String)>> {
    value.as_object()?.iter().map(|(name, v)| Some((name.clone(), v.as_str()?.to_owned()))).collect()
}
