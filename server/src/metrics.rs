//! Figures of the server in the text format of Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of query times, seconds.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];

/// Counters; all of them only grow, but for what runs now.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: AtomicU64,
    refused: AtomicU64,
    queries: AtomicU64,
    running: AtomicU64,
    rows: AtomicU64,
    bytes: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; BOUNDS.len()],
}

impl Metrics {
    pub(crate) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn query_began(&self) {
        self.queries.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn query_ended(&self, time: Duration) {
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.micros.fetch_add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        for (class, bound) in self.classes.iter().zip(BOUNDS) {
            if time.as_secs_f64() <= bound {
                class.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn batch(&self, rows: u64, bytes: u64) {
        self.rows.fetch_add(rows, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The text of `/metrics`; `jobs` are (state, how many).
    pub fn text(&self, jobs: &[(String, u64)]) -> String {
        let mut out = String::new();
        let mut figure = |name: &str, kind: &str, help: &str, value: u64| {
            let _ = write!(out, "# HELP outcrop_{name} {help}\n# TYPE outcrop_{name} {kind}\noutcrop_{name} {value}\n");
        };
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        figure("requests_total", "counter", "Requests that came in.", load(&self.requests));
        figure("requests_refused_total", "counter", "Requests whose caller was not known.", load(&self.refused));
        figure("queries_total", "counter", "Statements that began.", load(&self.queries));
        figure("queries_running", "gauge", "Statements that run now.", load(&self.running));
        figure("rows_sent_total", "counter", "Rows of results.", load(&self.rows));
        figure("bytes_sent_total", "counter", "Bytes of results, as Arrow in memory.", load(&self.bytes));
        if let Some(bytes) = resident() {
            figure("process_resident_memory_bytes", "gauge", "Memory of the process.", bytes);
        }
        out.push_str("# HELP outcrop_query_seconds How long statements ran.\n# TYPE outcrop_query_seconds histogram\n");
        for (class, bound) in self.classes.iter().zip(BOUNDS) {
            let _ = writeln!(out, "outcrop_query_seconds_bucket{{le=\"{bound}\"}} {}", load(class));
        }
        let ended = load(&self.queries).saturating_sub(load(&self.running));
        let _ = writeln!(out, "outcrop_query_seconds_bucket{{le=\"+Inf\"}} {ended}");
        let _ = writeln!(out, "outcrop_query_seconds_sum {}", load(&self.micros) as f64 / 1e6);
        let _ = writeln!(out, "outcrop_query_seconds_count {ended}");
        out.push_str("# HELP outcrop_jobs Jobs by their state.\n# TYPE outcrop_jobs gauge\n");
        for (state, count) in jobs {
            let _ = writeln!(out, "outcrop_jobs{{state=\"{state}\"}} {count}");
        }
        out
    }
}

/// Resident memory of this process, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
