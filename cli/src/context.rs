//! What every command begins with: the roots, the project, the session.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::array::RecordBatch;
use outcrop_session::{Answer, Session, SessionBuilder};
use outcrop_store::{Project, Root, Roots};

use crate::arguments::Global;

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

/// The project, if there is one.
pub(crate) async fn find_project(global: &Global, roots: &Roots) -> Result<Option<Project>> {
    let base = base()?;
    if let Some(path) = &global.project {
        return Ok(Some(Project::open(roots, base.join(path)).await?));
    }
    if let Some(inside) = base.ancestors().find(|a| is_project(a)) {
        return Ok(Some(Project::open(roots, inside).await?));
    }
    let mut here: Vec<PathBuf> = std::fs::read_dir(&base)
        .map(|entries| {
            entries
                .flatten()
                .map(|e| e.path())
                .filter(|p| p.extension().is_some_and(|e| e == "outcrop") && is_project(p))
                .collect()
        })
        .unwrap_or_default();
    match here.len() {
        0 => Ok(None),
        1 => Ok(Some(Project::open(roots, here.remove(0)).await?)),
        _ => {
            here.sort();
            let names: Vec<String> =
                here.iter().filter_map(|p| p.file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
            bail!("there are several projects here ({}); name one with --project", names.join(", "))
        }
    }
}

fn is_project(folder: &Path) -> bool {
    folder.join("project.toml").is_file() && folder.join("commits").is_dir()
}

/// The project, which the command needs.
pub(crate) async fn project(global: &Global, roots: &Roots) -> Result<Project> {
    match find_project(global, roots).await? {
        Some(project) => Ok(project),
        None => {
            bail!("there is no project here; name one with --project, or make one with `outcrop init field.outcrop`")
        }
    }
}

/// A session, with the project where there is one.
pub(crate) async fn session(global: &Global) -> Result<Session> {
    let roots = roots(global)?;
    let project = find_project(global, &roots).await?;
    build(global, roots, project)
}

/// A session with the project, which the command needs.
pub(crate) async fn project_session(global: &Global) -> Result<Session> {
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
            notices.take().into_iter().for_each(|n| eprintln!("note: {n}"));
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
