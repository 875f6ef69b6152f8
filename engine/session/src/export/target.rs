//! Names of the files that are written.

use std::collections::HashSet;
use std::path::Path;

use datafusion::common::plan_err;
use outcrop_store::{FileWriter, Location, NewFolders, StagedFile};

use crate::error::SessionError;
use crate::session::Session;

/// Where files go: one place, or a pattern with `{well}` and `{log_set}`.
#[derive(Debug)]
pub(crate) struct Targets {
    pattern: String,
    taken: HashSet<String>,
}

impl Targets {
    pub(crate) fn new(pattern: &str) -> Self {
        Targets { pattern: pattern.to_owned(), taken: HashSet::new() }
    }

    /// Whether each well has a file of its own.
    pub(crate) fn is_pattern(&self) -> bool {
        self.pattern.contains("{well}") || self.pattern.contains("{log_set}")
    }

    /// The file of a log set; a name that another well has already is numbered.
    pub(crate) fn location(
        &mut self,
        session: &Session,
        well: &str,
        log_set: Option<&str>,
    ) -> Result<Location, SessionError> {
        let path = self.pattern.replace("{well}", &file_name(well));
        let path = path.replace("{log_set}", &file_name(log_set.unwrap_or_default()));
        let (stem, ending) = match path.rsplit_once('.') {
            Some((stem, ending)) if !ending.contains('/') => (stem.to_owned(), format!(".{ending}")),
            _ => (path.clone(), String::new()),
        };
        let (mut name, mut number) = (path, 2);
        // Some file systems take `a.las` and `A.las` for one file.
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{stem}_{number}{ending}");
            number += 1;
        }
        writable(session, &name)
    }
}

/// Files that appear together: all of them, or none and no folder either where something fails before.
#[derive(Debug, Default)]
pub(crate) struct Files {
    // Dropped in this order: a folder goes when its files are gone.
    staged: Vec<StagedFile>,
    folders: NewFolders,
}

impl Files {
    /// A writer of one of them. `folder`: the folder it is in is made where it is missing, as for a pattern, which names a
    /// folder for many files.
    pub(crate) fn writer(
        &mut self,
        session: &Session,
        location: &Location,
        folder: bool,
    ) -> Result<FileWriter, SessionError> {
        if folder {
            session.roots().make_folder(location, &mut self.folders)?;
        }
        Ok(session.roots().writer(location)?)
    }

    /// Adds what was written.
    pub(crate) fn add(&mut self, file: StagedFile) {
        self.staged.push(file);
    }

    /// Puts all of them in place.
    pub(crate) fn finish(mut self) -> Result<(), SessionError> {
        for file in std::mem::take(&mut self.staged) {
            file.finish()?;
        }
        Ok(())
    }
}

/// A place outside of projects, whose files are their own.
pub(crate) fn writable(session: &Session, target: &str) -> Result<Location, SessionError> {
    let location = session.roots().resolve_for_writing(target, session.files())?;
    let inside = |folder: &Path| folder.join("project.toml").is_file() && folder.join("commits").is_dir();
    if let Some(folder) = location.local.as_deref().and_then(|p| p.ancestors().skip(1).find(|a| inside(a))) {
        return plan_err!(
            "{} lies inside the project {}, whose files are its own; write beside it",
            location.display,
            folder.display()
        )
        .map_err(Into::into);
    }
    Ok(location)
}

/// A well's name as part of a file's: `15/9-F-12` becomes `15_9-F-12`.
fn file_name(text: &str) -> String {
    let name: String =
        text.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c }).collect();
    match name.trim().trim_start_matches('.') {
        "" => "_".to_owned(),
        name => name.to_owned(),
    }
}
