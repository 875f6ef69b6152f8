//! `outcrop import`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use outcrop_import::{FileOutcome, ImportError, ImportOptions, ImportReport, SegyImport, Status, Watch, import};
use outcrop_types::{Crs, Severity};

use crate::arguments::{Global, Import};
use crate::context::{author, base, interactive, known_system, project, roots};
use crate::interrupt;
use crate::print::{aside, say};

/// Failed files and kinds of warnings shown on screen; all are in the project.
const SHOWN: usize = 12;

pub(crate) async fn run(global: &Global, arguments: Import) -> Result<ExitCode> {
    known_system(arguments.crs.as_ref())?;
    let roots = roots(global)?;
    let project = project(global, &roots).await?;
    let base = base()?;
    let mnemonics = match &arguments.mnemonics {
        Some(path) => {
            let location = roots.resolve(path.to_str().context("the path is not valid text")?, &base)?;
            let bytes = roots.read(&location).await?;
            Some(String::from_utf8(bytes.to_vec()).with_context(|| format!("{}: not UTF-8 text", path.display()))?)
        }
        None => None,
    };
    let mut units = arguments.unit;
    units.extend(arguments.z_unit.map(|unit| ("z".to_owned(), unit)));
    let mut options = ImportOptions {
        kind: arguments.kind,
        name: arguments.name,
        map: arguments.map,
        units,
        z_kind: arguments.z_kind,
        null: arguments.null,
        crs_unit: crs_unit(arguments.crs.as_ref().or(project.settings().crs.as_ref())),
        crs: arguments.crs,
        north: arguments.north,
        declination: arguments.declination,
        convergence: arguments.convergence,
        author: author(),
        message: arguments.message,
        mnemonics,
        well: arguments.well,
        again: arguments.again,
        ..ImportOptions::default()
    };
    options.table.delimiter = arguments.delimiter;
    options.table.columns = arguments.columns;
    options.segy = SegyImport { read: arguments.segy.options()?, keep_original: arguments.keep_original };

    let bar = Arc::new(Bar::new());
    let cancel = Arc::clone(&bar);
    let mut interrupt = interrupt::begin();
    let waiter = tokio::spawn(async move {
        interrupt.wait().await;
        cancel.cancelled.store(true, Ordering::Relaxed);
        cancel.bar.suspend(|| aside!("cancelling; Ctrl-C again ends the program at once"));
    });
    let report =
        import(&project, &roots, &base, &arguments.paths, &options, Arc::clone(&bar) as Arc<dyn Watch + Send + Sync>)
            .await;
    waiter.abort();
    bar.bar.finish_and_clear();
    if matches!(report, Err(ImportError::Cancelled)) {
        aside!("cancelled; nothing was imported");
        return Ok(ExitCode::from(interrupt::EXIT_CODE));
    }
    let report = report?;
    show(&report)?;
    let all_failed = report.count(Status::Failed) == report.files.len();
    Ok(if all_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The unit of the axes of a system; none where it is not known.
fn crs_unit(crs: Option<&Crs>) -> Option<String> {
    let info = outcrop_crs::describe(crs?.as_str()).ok()?;
    info.unit.map(str::to_owned)
}

/// The report on screen.
fn show(report: &ImportReport) -> std::io::Result<()> {
    let mut failed = report.files.iter().filter(|f| f.status == Status::Failed);
    for file in failed.by_ref().take(SHOWN) {
        aside!("not read: {}: {}", file.path, file.message);
    }
    let left = failed.count();
    if left > 0 {
        aside!("… and {left} more files that were not read");
    }
    let mut unchanged = report.files.iter().filter(|f| f.status == Status::Unchanged && !f.message.is_empty());
    if let Some(file) = unchanged.next() {
        let others = unchanged.count();
        let more = if others > 0 { format!(" (and {others} more files)") } else { String::new() };
        aside!("unchanged: {}: {}{more}", file.path, file.message);
    }
    // Warnings by code, with one in full: a folder of files tends to have the same ones.
    let mut warnings: BTreeMap<(Reverse<Severity>, &str), (usize, String)> = BTreeMap::new();
    for file in report.files.iter().filter(|f| f.status != Status::Failed) {
        for noted in file.issues.iter().filter(|n| n.issue.severity >= Severity::Warning) {
            let entry = warnings
                .entry((Reverse(noted.issue.severity), &noted.issue.code))
                .or_insert_with(|| (0, format!("{}: {}", file.path, noted.issue)));
            entry.0 += 1;
        }
    }
    for ((severity, code), (count, example)) in warnings.iter().take(SHOWN) {
        aside!("{}: {code} ({count}×), such as {example}", severity.0);
    }
    if warnings.len() > SHOWN {
        aside!("… and {} more kinds of warnings", warnings.len() - SHOWN);
    }

    let count = |status| report.count(status);
    say!(
        "{} files imported, {} unchanged, {} not read",
        count(Status::Imported),
        count(Status::Unchanged),
        count(Status::Failed)
    )?;
    if report.wells_new + report.wells_matched > 0 {
        say!("{} wells new, {} matched", report.wells_new, report.wells_matched)?;
    }
    if !report.wells_unmatched.is_empty() {
        let names: Vec<&str> = report.wells_unmatched.iter().take(5).map(String::as_str).collect();
        let dots = if report.wells_unmatched.len() > names.len() { ", …" } else { "" };
        say!(
            "{} rows name {} wells that are not in the project ({}{dots}); they are kept under those names",
            report.rows_unmatched,
            report.wells_unmatched.len(),
            names.join(", ")
        )?;
    }
    for (table, rows) in report.tables.iter().filter(|(t, _)| !t.starts_with("outcrop.")) {
        // Of bricks a row is a sample, coarser levels among them.
        let of = if table.starts_with("seismic_bricks.") { "samples" } else { "rows" };
        say!("  {table:<20} {rows:>10} {of}")?;
    }
    match report.commit {
        Some(commit) => say!("commit {commit}; what was noticed: SELECT * FROM outcrop.import_issues"),
        None if count(Status::Failed) > 0 => say!("nothing was imported; no commit"),
        None => say!("nothing new; no commit"),
    }
}

/// A bar on a terminal, nothing elsewhere.
struct Bar {
    bar: ProgressBar,
    cancelled: AtomicBool,
    percent: AtomicU64,
}

impl Bar {
    fn new() -> Self {
        let bar = if interactive() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {msg}") {
            bar.set_style(style);
        }
        Bar { bar, cancelled: AtomicBool::new(false), percent: AtomicU64::new(0) }
    }
}

impl Watch for Bar {
    fn total(&self, files: usize, _bytes: u64) {
        self.bar.set_length(files as u64);
        // An import that starts over counts anew.
        self.bar.set_position(0);
    }
    fn done(&self, _file: &FileOutcome) {
        self.bar.inc(1);
    }
    fn part(&self, done: u64, total: u64) {
        // Called for every brick; a bar is drawn some times a second at most.
        let percent = done.saturating_mul(100).checked_div(total).unwrap_or(0);
        if self.percent.swap(percent, Ordering::Relaxed) != percent {
            self.bar.set_message(format!("writing samples, {percent} %"));
        }
    }
    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
    fn stage(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }
}
