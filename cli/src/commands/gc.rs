//! `outcrop gc`.

use std::process::ExitCode;

use anyhow::Result;

use crate::arguments::{Gc, Global};
use crate::context::{project, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Gc) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let unused = project.unused_files(arguments.keep).await?;
    for file in &unused {
        say!("  {:<80} {:>12} bytes  {} hours old", file.path, file.size, file.age.as_secs() / 3600)?;
    }
    let bytes: u64 = unused.iter().map(|f| f.size).sum();
    let files = if unused.len() == 1 { "1 file".to_owned() } else { format!("{} files", unused.len()) };
    if unused.is_empty() {
        say!("every file older than {} hours belongs to a commit", arguments.keep.as_secs() / 3600)?;
    } else if arguments.dry_run {
        say!("{files}, {bytes} bytes, would be removed; nothing was")?;
    } else {
        project.remove_unused(&unused).await?;
        say!("{files}, {bytes} bytes, removed")?;
    }
    Ok(ExitCode::SUCCESS)
}
