//! What an import did.

use std::collections::BTreeMap;
use std::fmt;

use outcrop_types::{Issue, Severity};

/// An issue, and the well it is about where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The well, by the name of its row in `wells` or, for wells that are not there, the name in the file.
    pub well: Option<String>,
    /// What was noticed.
    pub issue: Issue,
}

impl Noted {
    pub(crate) fn of(well: Option<&str>, issue: Issue) -> Self {
        Noted { well: well.map(str::to_owned), issue }
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its content is part of the commit.
    Imported,
    /// The same content is in the project already, or it gave nothing new; nothing was done.
    Unchanged,
    /// It could not be read; the message says why and what to do.
    Failed,
}

impl Status {
    /// `imported`, `unchanged` or `failed`, as in `outcrop.imports`.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Imported => "imported",
            Status::Unchanged => "unchanged",
            Status::Failed => "failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A file of an import: a row of `outcrop.imports`.
#[derive(Debug, Clone, PartialEq)]
pub struct FileOutcome {
    /// The path as it was given, or relative to where a pattern began.
    pub path: String,
    /// What it was read as: `las`, `wells`, `tops`, `surveys`, `points`, `faults`, `dictionary`, or `unknown`.
    pub kind: String,
    /// What became of it.
    pub status: Status,
    /// Rows it gave: depth samples, wells, picks, stations or points.
    pub rows: u64,
    /// Wells it gave or was joined to, by their rows in `wells`.
    pub wells: Vec<String>,
    /// What was noticed.
    pub issues: Vec<Noted>,
    /// Why it failed, or what was done, in a line.
    pub message: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 of the content, lower-case hexadecimal; empty when the file was not read.
    pub sha256: String,
    /// Where the original is kept within the project; none for large files, which are known by path and checksum.
    pub object: Option<String>,
}

impl FileOutcome {
    pub(crate) fn new(path: &str, kind: &str) -> Self {
        FileOutcome {
            path: path.to_owned(),
            kind: kind.to_owned(),
            status: Status::Imported,
            rows: 0,
            wells: Vec::new(),
            issues: Vec::new(),
            message: String::new(),
            bytes: 0,
            sha256: String::new(),
            object: None,
        }
    }

    /// Makes it a failure; the message is also an issue of severity error.
    pub(crate) fn fail(&mut self, code: &str, message: impl Into<String>) {
        self.status = Status::Failed;
        self.rows = 0;
        self.object = None;
        self.message = message.into();
        let issue = Issue::error(code, self.message.clone());
        self.issues.push(Noted::of(None, issue));
    }

    pub(crate) fn note(&mut self, well: Option<&str>, issues: impl IntoIterator<Item = Issue>) {
        self.issues.extend(issues.into_iter().map(|issue| Noted::of(well, issue)));
    }

    /// Issues of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.issues.iter().filter(|n| n.issue.severity == severity).count()
    }
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportReport {
    /// The project commit; none where no file gave a row or completed a well.
    pub commit: Option<u64>,
    /// The files, sorted by path.
    pub files: Vec<FileOutcome>,
    /// Wells that were in the project before and that files were joined to.
    pub wells_matched: usize,
    /// Wells that were added.
    pub wells_new: usize,
    /// Names of wells that tops or surveys refer to and that are not in `wells`.
    pub wells_unmatched: Vec<String>,
    /// Rows of tops and surveys kept under such names.
    pub rows_unmatched: u64,
    /// Rows added to each table, by its name; rows of `wells` are those added, not those completed.
    pub tables: BTreeMap<String, u64>,
}

impl ImportReport {
    /// Files of a status.
    pub fn count(&self, status: Status) -> usize {
        self.files.iter().filter(|f| f.status == status).count()
    }
}
