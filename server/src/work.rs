//! Workers without a port, and the log.

use std::path::PathBuf;

use crate::app::{App, AppSettings, Limits};
use crate::caller::Authentication;
use crate::error::Refusal;
use crate::jobs;

/// How workers are started.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Folders of projects.
    pub projects: Vec<PathBuf>,
    /// Further folders that jobs may read.
    pub folders: Vec<PathBuf>,
    /// Whether owners of jobs are users with roles.
    pub authentication: Authentication,
    /// The server's own folder.
    pub data: PathBuf,
    /// Users and jobs in this database instead.
    pub meta: Option<String>,
    /// Jobs at once.
    pub workers: usize,
    /// Bytes that jobs may hold in memory.
    pub memory: Option<usize>,
}

/// Runs jobs until `stop` is done.
///
/// # Errors
/// A project or store that cannot be opened.
pub async fn run_workers(options: WorkerOptions, stop: impl Future<Output = ()>) -> Result<(), Refusal> {
    let folder = &options.data;
    std::fs::create_dir_all(folder).map_err(|e| Refusal::Fault(format!("{}: {e}", folder.display())))?;
    let app = App::open(AppSettings {
        projects: options.projects,
        folders: options.folders,
        meta: options.meta.unwrap_or_else(|| folder.join("meta.db").to_string_lossy().into_owned()),
        data: options.data,
        authentication: options.authentication,
        limits: Limits { memory: options.memory, ..Limits::default() },
        draw: None,
    })
    .await?;
    let workers = jobs::start(&app, options.workers);
    stop.await;
    app.ending.cancel();
    workers.end().await;
    Ok(())
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Connections, too.
    Debug,
    /// Requests and jobs.
    Info,
    /// What went wrong.
    Warn,
}

/// Sends lines about requests and jobs to standard error, as text or JSON. The first call counts.
pub fn log(level: LogLevel, json: bool) {
    let level = match level {
        LogLevel::Debug => tracing::Level::DEBUG,
        LogLevel::Info => tracing::Level::INFO,
        LogLevel::Warn => tracing::Level::WARN,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    // A second call, as of tests, changes nothing.
    let _ = if json { builder.json().try_init() } else { builder.compact().try_init() };
}
