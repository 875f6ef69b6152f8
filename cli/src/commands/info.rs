//! `outcrop info`.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Global, Info};
use crate::context::{project, roots};

pub(crate) async fn run(global: &Global, _: Info) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let settings = project.settings();
    let stated = |v: Option<String>| v.unwrap_or_else(|| "not stated".to_owned());
    println!("{}  ({})", settings.name, project.path());
    println!("  lengths and depths  {}", settings.length_unit);
    println!("  CRS                 {}", stated(settings.crs.map(|c| c.to_string())));
    println!("  vertical datum      {}", stated(settings.vertical_datum.map(|d| d.to_string())));
    let snapshot = project.snapshot().await?;
    let commit = snapshot.commit();
    println!(
        "  commit              {} of {} by {}: {} {}",
        commit.number, commit.at, commit.author, commit.operation, commit.message
    );
    println!();
    for (name, state) in &commit.tables {
        println!("  {name:<28} {:>12} rows", state.rows);
    }
    for name in commit.views.keys() {
        println!("  {name:<28} {:>12}", "view");
    }
    if commit.tables.is_empty() {
        println!("  no tables yet: outcrop import -p {} FILES…", project.path());
    }
    Ok(ExitCode::SUCCESS)
}
