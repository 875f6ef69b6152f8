//! The database of PROJ as a file: PROJ opens it by its path.

use std::env;
use std::ffi::CString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::CrsError;

static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/proj.db"));

/// Its path, unpacked once for a user.
pub(crate) fn path() -> Result<CString, CrsError> {
    static PATH: OnceLock<Result<CString, CrsError>> = OnceLock::new();
    PATH.get_or_init(|| {
        let folder = folder();
        let path = unpacked(&folder).map_err(|e| CrsError::Database(format!("{}: {e}", folder.display())))?;
        CString::new(path.to_string_lossy().as_bytes()).map_err(|e| CrsError::Database(e.to_string()))
    })
    .clone()
}

/// Where a user's programs keep what they can make again.
fn folder() -> PathBuf {
    let set = |name: &str| env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|h| h.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|h| h.join(".cache")))
    };
    cache.unwrap_or_else(|| env::temp_dir().join(format!("outcrop-{}", std::process::id()))).join("outcrop")
}

fn unpacked(folder: &Path) -> std::io::Result<PathBuf> {
    let path = folder.join(format!("proj-{:016x}.db", checksum()));
    // Files get their name when they are whole.
    if fs::metadata(&path).is_ok_and(|m| m.len() == BYTES.len() as u64) {
        return Ok(path);
    }
    fs::create_dir_all(folder)?;
    let own = folder.join(format!("proj-{:016x}.{}.part", checksum(), std::process::id()));
    fs::write(&own, BYTES)?;
    fs::rename(&own, &path)?;
    Ok(path)
}

/// Tells one database from another (FNV-1a over a part of it, its header and size).
fn checksum() -> u64 {
    let sample = BYTES.iter().step_by(997).chain(&BYTES[..BYTES.len().min(100)]);
    sample.fold(0xcbf2_9ce4_8422_2325 ^ BYTES.len() as u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
