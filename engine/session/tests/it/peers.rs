//! The programs of others that read what is written here: Python packages, pinned in `tests/peers.txt`, which
//! `./dev test` installs and names by `OUTCROP_PEERS`.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The Python that has a module; where there is none it says so.
pub fn python_with(module: &str) -> Option<PathBuf> {
    let Some(peers) = std::env::var_os("OUTCROP_PEERS").map(PathBuf::from) else {
        println!("skipped: OUTCROP_PEERS not set; ./dev test sets it");
        return None;
    };
    let python = [peers.join("bin/python"), peers.join("Scripts/python.exe")].into_iter().find(|p| p.exists())?;
    let import = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if import.is_ok_and(|s| s.success()) {
        return Some(python);
    }
    println!("skipped: {} has no {module}", python.display());
    None
}
