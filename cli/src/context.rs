//! What every command begins with: the roots, the project, the session.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use outcrop_session::{Answer, Session, SessionBuilder, SessionError};
use outcrop_store::{Project, Root, Roots};
use outcrop_types::Crs;

use crate::arguments::Global;
use crate::print::aside;

/// The folders this run may reach.
pub(crate) fn roots(global: &Global) -> Result<Roots> {
    if global.root.is_empty() {
        return Ok(Roots::whole_file_system());
    }
    let base = base()?;
    Ok(Roots::folders(global.root.iter().map(|r| Root::writable(base.join(r))).collect())?)
}

/// What relative paths count from.
pub(crate) fn base() -> Result<PathBuf> {
    std::env::current_dir().context("the current folder cannot be read")
}

/// Whether a coordinate reference system that was stated is one that PROJ knows, so that a slip of the pen is not kept.
pub(crate) fn known_system(crs: Option<&Crs>) -> Result<()> {
    match crs.map(|crs| outcrop_crs::describe(crs.as_str())) {
        Some(Err(error)) => Err(error).context("--crs"),
        _ => Ok(()),
    }
}

/// The project, if there is one.
pub(crate) async fn find_project(global: &Global, roots: &Roots) -> Result<Option<Project>> {
    let base = base()?;
    if let Some(path) = &global.project {
        return Ok(Some(Project::open(roots, base.join(path)).await?));
    }
    if let Some(inside) = base.ancestors().find(|a| is_project(a)) {
        return Ok(Some(Project::open(roots, inside).await?));
    }
    match here(&base).as_slice() {
        [only] => Ok(Some(Project::open(roots, only).await?)),
        _ => Ok(None),
    }
}

/// The projects in a folder, by name.
fn here(base: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(base) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "outcrop") && is_project(p))
        .collect();
    found.sort();
    found
}

/// Why no project is open, and what to do.
pub(crate) fn no_project() -> String {
    let names: Vec<String> = base()
        .map(|base| here(&base))
        .unwrap_or_default()
        .iter()
        .filter_map(|p| p.file_name())
        .map(|n| n.to_string_lossy().into_owned())
        .collect();
    if names.len() > 1 {
        format!("there are several projects here ({}); name one with --project", names.join(", "))
    } else {
        "there is no project here; name one with --project, or make one with `outcrop init field.outcrop`".to_owned()
    }
}

/// What else to say about an error: that a table is not known may be for want of a project.
pub(crate) fn hint(global: &Global, error: &anyhow::Error) -> Option<String> {
    // A text in double quotes is the name of a column in SQL.
    for cause in error.chain() {
        let text = cause.to_string();
        if let Some(name) = text.split("No field named \"").nth(1).and_then(|rest| rest.split('"').next()) {
            return Some(format!("if \"{name}\" is meant as a text, write it in single quotes: '{name}'"));
        }
    }
    let base = base().ok()?;
    if global.project.is_some() || base.ancestors().any(is_project) || here(&base).len() == 1 {
        return None;
    }
    let wanted = error.chain().any(|e| match e.downcast_ref::<SessionError>() {
        Some(SessionError::NoProject(_)) => here(&base).len() > 1,
        Some(SessionError::Engine(e)) => {
            let text = e.to_string();
            text.contains("table '") && text.contains("not found")
        }
        _ => false,
    });
    wanted.then(no_project)
}

fn is_project(folder: &Path) -> bool {
    folder.join("project.toml").is_file() && folder.join("commits").is_dir()
}

/// The project, which the command needs.
pub(crate) async fn project(global: &Global, roots: &Roots) -> Result<Project> {
    match find_project(global, roots).await? {
        Some(project) => Ok(project),
        None => bail!(no_project()),
    }
}

/// A session, with the project where there is one.
pub(crate) async fn session(global: &Global) -> Result<Session> {
    if let Some(drawing) = &global.drawing {
        return Ok(drawing.session.clone());
    }
    let roots = roots(global)?;
    let project = find_project(global, &roots).await?;
    build(global, roots, project)
}

/// A session with the project, which the command needs.
pub(crate) async fn project_session(global: &Global) -> Result<Session> {
    if let Some(drawing) = &global.drawing {
        return Ok(drawing.session.clone());
    }
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    build(global, roots, Some(project))
}

fn build(global: &Global, roots: Roots, project: Option<Project>) -> Result<Session> {
    let mut builder = SessionBuilder::new(roots, base()?);
    if let Some(bytes) = global.memory {
        builder = builder.memory_limit(bytes);
    }
    if let Some(project) = project {
        builder = builder.project(project);
    }
    Ok(builder.build()?)
}

/// All rows of a query; what operators decided in the user's place is shown.
pub(crate) async fn rows(session: &Session, sql: &str) -> Result<Vec<RecordBatch>> {
    match session.sql(sql).await? {
        Answer::Rows(rows) => {
            let notices = rows.notices();
            let batches = rows.collect().await?;
            notices.take().into_iter().for_each(|n| aside!("note: {n}"));
            Ok(batches)
        }
        Answer::Done { .. } => bail!("expected a query"),
    }
}

/// Whether people watch.
pub(crate) fn interactive() -> bool {
    std::io::stderr().is_terminal()
}

/// Who commits are by.
pub(crate) fn author() -> String {
    ["USER", "USERNAME"].iter().find_map(|v| std::env::var(v).ok()).unwrap_or_else(|| "unknown".to_owned())
}

/// Text as a SQL literal.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
