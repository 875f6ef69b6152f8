//! `outcrop gc`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;

use crate::arguments::{Gc, Global};
use crate::context::{project, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Gc) -> Result<ExitCode> {
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let unused = project.unused_files(arguments.keep).await?;
    for file in &unused {
        say!("  {:<80} {:>12} bytes  {} old", file.path, file.size, shown(file.age))?;
    }
    let bytes: u64 = unused.iter().map(|f| f.size).sum();
    let files = if unused.len() == 1 { "1 file".to_owned() } else { format!("{} files", unused.len()) };
    if unused.is_empty() {
        say!("every file older than {} belongs to a commit", shown(arguments.keep))?;
    } else if arguments.dry_run {
        say!("{files}, {bytes} bytes, would be removed; nothing was")?;
    } else {
        project.remove_unused(&unused).await?;
        say!("{files}, {bytes} bytes, removed")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A time in the largest unit of which there are two or more: `90 minutes`, `36 hours`.
fn shown(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = [(86_400, "day"), (3600, "hour"), (60, "minute")]
        .into_iter()
        .find(|(size, _)| seconds >= 2 * size || (seconds >= *size && seconds.is_multiple_of(*size)))
        .map_or((seconds, "second"), |(size, unit)| (seconds / size, unit));
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_a_unit_that_says_something() {
        for (seconds, text) in [
            (60, "1 minute"),
            (5400, "90 minutes"),
            (3600, "1 hour"),
            (7200, "2 hours"),
            (129_600, "36 hours"),
            (172_800, "2 days"),
            (1, "1 second"),
            (0, "0 seconds"),
        ] {
            assert_eq!(shown(Duration::from_secs(seconds)), text);
        }
    }
}
