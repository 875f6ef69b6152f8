//! Issues of the same kind, gathered: the first lines are named, the rest counted.

use outcrop_types::{Issue, Severity};

const NAMED: usize = 5;

struct Entry {
    severity: Severity,
    code: &'static str,
    curve: Option<usize>,
    message: String,
    lines: Vec<u64>,
    count: u64,
}

/// Gathers issues while rows are read.
#[derive(Default)]
pub(super) struct Report {
    entries: Vec<Entry>,
}

impl Report {
    /// Notes one occurrence. The message of the first is kept; `curve` is the column, from 0.
    pub(super) fn note(
        &mut self,
        severity: Severity,
        code: &'static str,
        curve: Option<usize>,
        line: u64,
        message: impl FnOnce() -> String,
    ) {
        if let Some(entry) = self.entries.iter_mut().find(|e| e.code == code && e.curve == curve) {
            entry.count += 1;
            if entry.lines.len() < NAMED {
                entry.lines.push(line);
            }
            return;
        }
        self.entries.push(Entry { severity, code, curve, message: message(), lines: vec![line], count: 1 });
    }

    /// The issues, each with its first lines and its count.
    pub(super) fn issues(self, names: &[String]) -> Vec<Issue> {
        self.entries
            .into_iter()
            .map(|e| {
                let mut message = e.message;
                if e.count > 1 {
                    let lines: Vec<String> = e.lines.iter().map(u64::to_string).collect();
                    let rest = if e.count > e.lines.len() as u64 { " …" } else { "" };
                    message = format!("{message} ({} times, lines {}{rest})", e.count, lines.join(", "));
                }
                let mut issue = Issue::new(e.severity, e.code, message);
                issue.line = e.lines.first().copied().filter(|l| *l > 0);
                issue.curve = e.curve.and_then(|c| names.get(c)).cloned();
                issue
            })
            .collect()
    }
}
