//! What an import noticed: one issue a row in `outcrop.import_issues`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How much an issue matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something was noticed or stated; the values are as the file has them.
    Info,
    /// Something was assumed, repaired or left out; the message says what.
    Warning,
    /// The file, or the part named, could not be used.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing an import or a reader noticed about a file.
///
/// ```
/// use outcrop_types::{Issue, Severity};
/// let issue = Issue::warning("null-assumed", "no NULL in ~Well; -999.25 is taken as null").at_line(12).about("GR");
/// assert_eq!(issue.severity, Severity::Warning);
/// assert_eq!(issue.to_string(), "line 12: GR: no NULL in ~Well; -999.25 is taken as null");
/// assert_eq!(Issue::info("note", "of no line").at_line(0).line, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// A short stable word for programs: `null-assumed`, `step-irregular`, `unit-unknown` …
    pub code: String,
    /// What was found, what was expected or assumed, and what to do about it.
    pub message: String,
    /// The line of the file, counted from 1.
    pub line: Option<u64>,
    /// The curve or column it is about.
    pub curve: Option<String>,
}

impl Issue {
    /// An issue without a place.
    pub fn new(severity: Severity, code: &str, message: impl Into<String>) -> Self {
        Issue { severity, code: code.to_owned(), message: message.into(), line: None, curve: None }
    }

    /// An [`Severity::Info`] issue.
    pub fn info(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, message)
    }

    /// A [`Severity::Warning`] issue.
    pub fn warning(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// An [`Severity::Error`] issue.
    pub fn error(code: &str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// Names the line, counted from 1. Line 0 is that of what stands in no line, and names none.
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line).filter(|line| *line > 0);
        self
    }

    /// Names the curve or column.
    pub fn about(mut self, curve: impl Into<String>) -> Self {
        self.curve = Some(curve.into());
        self
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(curve) = &self.curve {
            write!(f, "{curve}: ")?;
        }
        f.write_str(&self.message)
    }
}
