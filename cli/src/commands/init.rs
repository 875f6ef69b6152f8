//! `outcrop init`.

use std::process::ExitCode;

use anyhow::Result;
use outcrop_store::{Project, ProjectSettings};

use crate::arguments::{Global, Init};
use crate::context::{author, base, known_system, roots};
use crate::output::check_folder;
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Init) -> Result<ExitCode> {
    known_system(arguments.crs.as_ref())?;
    let roots = roots(global)?;
    let folder = base()?.join(&arguments.folder);
    if let Some(parent) = folder.parent() {
        check_folder(parent)?;
    }
    let stem = folder.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_else(|| "project".to_owned());
    let mut settings = ProjectSettings::new(arguments.name.unwrap_or(stem), arguments.unit);
    settings.crs = arguments.crs;
    settings.vertical_datum = arguments.datum;
    let stated = |v: Option<String>| v.unwrap_or_else(|| "not stated".to_owned());
    let made = format!(
        "{}: lengths in {}, CRS {}, vertical datum {}",
        settings.name,
        settings.length_unit,
        stated(settings.crs.as_ref().map(ToString::to_string)),
        stated(settings.vertical_datum.map(|d| d.to_string())),
    );
    Project::init(&roots, &folder, settings, &author()).await?;
    say!("{made}")?;
    say!("next: outcrop import -p {} FILES…", arguments.folder.display())?;
    Ok(ExitCode::SUCCESS)
}
