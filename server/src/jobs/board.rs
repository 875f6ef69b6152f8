//! How far a job is: written by what works, read by what tells the store.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use chrono::Utc;
use outcrop_import::{FileOutcome, Watch};
use outcrop_meta::{LogLine, Progress};
use outcrop_session::{RunEvent, RunWatch};
use serde_json::{Value as Json, json};

/// A board.
#[derive(Debug)]
pub(super) struct Board {
    begun: Instant,
    state: Mutex<State>,
    cancelled: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    nodes: BTreeMap<String, Json>,
    rows: BTreeMap<String, u64>,
    percent: Option<f64>,
    lines: Vec<LogLine>,
    files: usize,
    files_done: usize,
    bytes: u64,
    bytes_done: u64,
}

impl Board {
    pub(super) fn new() -> Self {
        Board { begun: Instant::now(), state: Mutex::default(), cancelled: AtomicBool::new(false) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A line of the job's log.
    pub(super) fn line(&self, level: &str, text: impl Into<String>) {
        self.state().lines.push(LogLine { time: Utc::now(), level: level.to_owned(), text: text.into() });
    }

    /// The lines since this was last asked.
    pub(super) fn take_lines(&self) -> Vec<LogLine> {
        std::mem::take(&mut self.state().lines)
    }

    /// Tells what works to stop.
    pub(super) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// How far it is.
    pub(super) fn progress(&self) -> Progress {
        let state = self.state();
        let rows: u64 = state.rows.values().sum();
        let seconds = self.begun.elapsed().as_secs_f64();
        let percent = match state.percent {
            None if state.bytes > 0 => Some(100.0 * state.bytes_done.min(state.bytes) as f64 / state.bytes as f64),
            percent => percent,
        };
        Progress {
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
            percent,
            rate: (rows > 0 && seconds > 0.0).then(|| rows as f64 / seconds),
            nodes: state
                .nodes
                .iter()
                .map(|(node, progress)| (node.clone(), progress.clone()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

impl RunWatch for Board {
    fn event(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started { node } => {
                self.state().nodes.insert((*node).to_owned(), json!({"state": "running", "rows": 0}));
                self.line("info", format!("{node}: begun"));
            }
            RunEvent::Progress { node, rows, operator } => {
                let mut state = self.state();
                let mut progress = json!({"state": "running", "rows": rows});
                state.percent = None;
                if let Some((operator, done, total)) = operator {
                    progress["operator"] = json!({"name": operator, "done": done, "total": total});
                    state.percent = Some(100.0 * *done as f64 / (*total).max(1) as f64);
                }
                state.nodes.insert((*node).to_owned(), progress);
                state.rows.insert((*node).to_owned(), *rows);
            }
            RunEvent::Finished(done) => {
                let mut state = self.state();
                let progress = json!({"state": "done", "rows": done.rows, "seconds": done.time.as_secs_f64()});
                state.nodes.insert(done.node.clone(), progress);
                state.rows.insert(done.node.clone(), done.rows);
                state.percent = None;
                drop(state);
                self.line("info", format!("{}: {}", done.node, done.message));
            }
        }
    }
}

impl Watch for Board {
    fn total(&self, files: usize, bytes: u64) {
        let mut state = self.state();
        (state.files, state.bytes, state.files_done, state.bytes_done) = (files, bytes, 0, 0);
    }

    fn done(&self, file: &FileOutcome) {
        let mut state = self.state();
        state.files_done += 1;
        state.bytes_done += file.bytes;
        state.rows.insert(file.path.clone(), file.rows);
        let progress = json!({"state": "running", "files": state.files_done, "of": state.files});
        state.nodes.insert("import".to_owned(), progress);
        drop(state);
        let said = if file.message.is_empty() { String::new() } else { format!(": {}", file.message) };
        self.line("info", format!("{} {}, {} rows{said}", file.path, file.status.as_str(), file.rows));
    }

    fn part(&self, done: u64, total: u64) {
        let mut state = self.state();
        if state.files == 1 && total > 0 {
            state.percent = Some(100.0 * done as f64 / total as f64);
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn stage(&self, what: &str) {
        self.line("info", what);
    }
}
