//! The program as people use it, and rules that hold for the whole workspace.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod changes;
mod charts;
mod delta;
mod dependencies;
mod ends;
mod export;
mod faults;
mod field;
mod mannville;
mod maps;
mod program;
mod prompt;
mod queries;
mod sections;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the program in a folder.
fn outcrop(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_outcrop"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("OUTCROP_PROJECT")
        .output()
        .unwrap()
}

/// Runs it, expects success, and gives what it printed.
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = outcrop(folder, arguments);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "outcrop {arguments:?} ({})\n{shown}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    shown
}

/// Runs it, expects failure, and gives what it complained.
fn fails(folder: &Path, arguments: &[&str]) -> String {
    let output = outcrop(folder, arguments);
    assert!(!output.status.success(), "outcrop {arguments:?} should have failed");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The one value that a query gives.
fn value(folder: &Path, sql: &str) -> String {
    let csv = ok(folder, &["sql", "-c", sql, "--format", "csv"]);
    csv.lines().nth(1).unwrap_or_default().to_owned()
}

/// The folder of real files; `None` where it is not there.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    if folder.is_dir() {
        return Some(folder.canonicalize().unwrap());
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}
