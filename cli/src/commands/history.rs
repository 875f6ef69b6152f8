//! `outcrop history`.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Global, History};
use crate::context::{project, roots};
use crate::print::say;

/// Schemas of tables that are part of others: of the project itself, and of volumes, whose traces are shown.
const PARTS: [&str; 3] = ["outcrop.", "seismic_bricks.", "seismic_headers."];

pub(crate) async fn run(global: &Global, arguments: History) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let history = project.history().await?;
    for (i, commit) in history.iter().take(arguments.number).enumerate() {
        // What changed against the commit before.
        let before = history.get(i + 1).map(|c| &c.tables);
        let mut changed: Vec<String> = commit
            .tables
            .iter()
            .filter(|(name, _)| shown(name))
            .filter_map(|(name, now)| {
                let rows_before = before.and_then(|b| b.get(name)).map_or(0, |s| s.rows);
                let difference = i128::from(now.rows) - i128::from(rows_before);
                let same = before.and_then(|b| b.get(name)).is_some_and(|s| s.version == now.version);
                // Rows that are changed where they are.
                let text = if difference == 0 { format!("{name} changed") } else { format!("{name} {difference:+}") };
                (!same).then_some(text)
            })
            .collect();
        let gone =
            before.iter().flat_map(|b| b.keys()).filter(|name| shown(name) && !commit.tables.contains_key(*name));
        changed.extend(gone.map(|name| format!("{name} dropped")));
        say!("{:>5}  {}  {:<10} {}", commit.number, commit.at, commit.author, commit.operation)?;
        if !commit.message.is_empty() {
            say!("       {}", commit.message.lines().next().unwrap_or_default())?;
        }
        if !changed.is_empty() {
            say!("       {}", changed.join(", "))?;
        }
    }
    if history.len() > arguments.number {
        say!("… {} older; -n shows more", history.len() - arguments.number)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(name: &str) -> bool {
    !PARTS.iter().any(|part| name.starts_with(part))
}
