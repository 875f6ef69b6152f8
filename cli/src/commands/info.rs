//! `outcrop info`.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use outcrop_store::Snapshot;

use crate::arguments::{Global, Info};
use crate::context::{project, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, _: Info) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let settings = project.settings();
    let stated = |v: Option<String>| v.unwrap_or_else(|| "not stated".to_owned());
    say!("{}  ({})", settings.name, project.path())?;
    say!("  lengths and depths  {}", settings.length_unit)?;
    say!("  CRS                 {}", stated(settings.crs.map(|c| c.to_string())))?;
    say!("  vertical datum      {}", stated(settings.vertical_datum.map(|d| d.to_string())))?;
    let snapshot = project.snapshot().await?;
    let commit = snapshot.commit();
    say!(
        "  commit              {} of {} by {}: {} {}",
        commit.number,
        commit.at,
        commit.author,
        commit.operation,
        commit.message
    )?;
    say!()?;
    tables(&snapshot)?;
    if commit.tables.is_empty() {
        say!("  no tables yet: outcrop import -p {} FILES…", project.path())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The tables with their rows, and the views.
pub(super) fn tables(snapshot: &Snapshot) -> io::Result<()> {
    let commit = snapshot.commit();
    for (name, state) in &commit.tables {
        say!("  {name:<28} {:>12} rows", state.rows)?;
    }
    for name in commit.views.keys() {
        say!("  {name:<28} {:>12}", "view")?;
    }
    Ok(())
}
