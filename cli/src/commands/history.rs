//! `outcrop history`.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Global, History};
use crate::context::{project, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: History) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let history = project.history().await?;
    for (i, commit) in history.iter().take(arguments.number).enumerate() {
        // What changed against the commit before.
        let before = history.get(i + 1).map(|c| &c.tables);
        let changed: Vec<String> = commit
            .tables
            .iter()
            .filter(|(name, _)| !name.starts_with("outcrop."))
            .filter_map(|(name, now)| {
                let rows_before = before.and_then(|b| b.get(name)).map_or(0, |s| s.rows);
                let difference = i128::from(now.rows) - i128::from(rows_before);
                let same = before.and_then(|b| b.get(name)).is_some_and(|s| s.version == now.version);
                (!same).then(|| format!("{name} {difference:+}"))
            })
            .collect();
        let gone = before.map_or(0, |b| b.keys().filter(|name| !commit.tables.contains_key(*name)).count());
        say!("{:>5}  {}  {:<10} {}", commit.number, commit.at, commit.author, commit.operation)?;
        if !commit.message.is_empty() {
            say!("       {}", commit.message.lines().next().unwrap_or_default())?;
        }
        if !changed.is_empty() || gone > 0 {
            let dropped = if gone > 0 { format!("; {gone} dropped") } else { String::new() };
            say!("       {}{dropped}", changed.join(", "))?;
        }
    }
    if history.len() > arguments.number {
        say!("… {} older; -n shows more", history.len() - arguments.number)?;
    }
    Ok(ExitCode::SUCCESS)
}
