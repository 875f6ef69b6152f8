//! From what a user wrote to the real path of a file.

use std::fs::File;
use std::path::{Component, Path, PathBuf};

use object_store::path::Path as ObjectPath;

use super::RootSet;
use crate::StoreError;

/// The absolute path that a text means, nothing looked up yet.
pub(super) fn path_of(text: &str, base: &Path) -> Result<PathBuf, StoreError> {
    if text.is_empty() {
        return Err(invalid(text, "it is empty; give a file or folder"));
    }
    if text.contains('\0') {
        return Err(invalid(text, "it contains a zero byte; remove it"));
    }
    let path = match text.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => {
            if !scheme.eq_ignore_ascii_case("file") {
                return Err(StoreError::UnsupportedScheme {
                    url: text.to_owned(),
                    scheme: scheme.to_ascii_lowercase(),
                });
            }
            let url = url::Url::parse(text).map_err(|e| invalid(text, &format!("{e}; write file:///folder/file")))?;
            url.to_file_path().map_err(|()| invalid(text, "a file URL names no host: write file:///folder/file"))?
        }
        _ => PathBuf::from(text),
    };
    let path = base.join(path);
    std::path::absolute(&path).map_err(|e| StoreError::io(path, e))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Where an absolute path really is: links followed and `..` taken as the operating system takes it,
/// as far as the path exists; what does not exist yet is appended.
pub(super) fn real_path(path: &Path, shown: &str) -> Result<PathBuf, StoreError> {
    // The common case, a path that exists, is one call.
    if let Ok(real) = std::fs::canonicalize(path) {
        return Ok(real);
    }
    let mut real = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                real.pop();
            }
            Component::Normal(name) => {
                real.push(name);
                match std::fs::symlink_metadata(&real) {
                    Ok(found) if found.file_type().is_symlink() => {
                        real = std::fs::canonicalize(&real).map_err(|_| {
                            invalid(
                                shown,
                                "it goes through a symbolic link that leads nowhere; remove or repair the link",
                            )
                        })?;
                    }
                    Ok(_) => {}
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                    Err(e) => return Err(StoreError::io(real, e)),
                }
            }
            Component::RootDir | Component::Prefix(_) => real.push(component),
        }
    }
    Ok(real)
}

/// The path of the rooted store for a real path.
pub(super) fn object_path(real: &Path, shown: &str) -> Result<ObjectPath, StoreError> {
    let text = real
        .to_str()
        .ok_or_else(|| invalid(shown, "its name is not valid UTF-8; rename the file or folder"))?
        .replace('\\', if cfg!(windows) { "/" } else { "\\" });
    ObjectPath::parse(&text).map_err(|e| invalid(shown, &format!("{e}; rename the file or folder")))
}

/// Opens a file for reading and checks where the opened file really is.
pub(super) fn open_checked(set: &RootSet, path: &Path, shown: &str) -> Result<File, StoreError> {
    let file = File::open(path).map_err(|e| StoreError::io(shown, e))?;
    check_open(set, &file, path, shown, false)?;
    let is_dir = file.metadata().map_err(|e| StoreError::io(shown, e))?.is_dir();
    if is_dir {
        return Err(invalid(shown, "it is a folder; name a file"));
    }
    Ok(file)
}

/// Checks where an open file really is.
pub(super) fn check_open(set: &RootSet, file: &File, path: &Path, shown: &str, write: bool) -> Result<(), StoreError> {
    if set.is_whole() {
        return Ok(());
    }
    let real = place_of(file, path).map_err(|e| StoreError::io(shown, e))?;
    set.check(&real, shown, write)
}

/// The real path of an open file, from the descriptor itself.
#[cfg(target_os = "linux")]
fn place_of(file: &File, _path: &Path) -> std::io::Result<PathBuf> {
    use std::os::fd::AsRawFd;
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// The real path of an open file, looked up again.
#[cfg(not(target_os = "linux"))]
fn place_of(_file: &File, path: &Path) -> std::io::Result<PathBuf> {
    std::fs::canonicalize(path)
}

pub(super) fn invalid(path: &str, reason: &str) -> StoreError {
    StoreError::InvalidPath { path: path.to_owned(), reason: reason.to_owned() }
}
