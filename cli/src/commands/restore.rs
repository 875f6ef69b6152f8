//! `outcrop restore`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Result, bail};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;

use crate::arguments::{Global, Restore};
use crate::context::{author, project, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Restore) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let then = project.snapshot_at(arguments.commit).await?;
    let message = match arguments.table.as_slice() {
        [] => format!("as in commit {}", arguments.commit),
        tables => format!("{} as in commit {}", tables.join(", "), arguments.commit),
    };
    let transaction = project.begin(&author(), "restore", &message).await?;
    let mut changed = Vec::new();
    for name in names(&then, transaction.base(), &arguments.table)? {
        if transaction.restore(&then, &name).await? {
            changed.push(name.to_string());
        }
    }
    if changed.is_empty() {
        say!("nothing to restore: it is as in commit {}", arguments.commit)?;
        return Ok(ExitCode::SUCCESS);
    }
    let commit = transaction.commit().await?;
    say!("{} as in commit {} (commit {})", changed.join(", "), arguments.commit, commit.number)?;
    Ok(ExitCode::SUCCESS)
}

/// What is restored: the tables that were asked for, or all. Lineage stays, as it tells how things came about.
fn names(then: &Snapshot, now: &Snapshot, wanted: &[String]) -> Result<Vec<TableName>> {
    let of = |s: &Snapshot| s.tables().into_iter().chain(s.views().map(|(name, _)| name)).collect::<Vec<_>>();
    let all: BTreeSet<TableName> = of(then).into_iter().chain(of(now)).collect();
    if wanted.is_empty() {
        return Ok(all.into_iter().filter(|t| *t != TableName::outcrop("lineage")).collect());
    }
    let wanted: Vec<TableName> = wanted.iter().map(|t| TableName::from_key(t)).collect();
    let there: BTreeSet<TableName> = of(then).into_iter().collect();
    match wanted.iter().find(|t| !there.contains(t)) {
        Some(missing) => bail!(
            "commit {} has no table or view `{missing}`; it has {}",
            then.commit().number,
            there.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        ),
        None => Ok(wanted),
    }
}
