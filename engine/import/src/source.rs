//! Files to import: listed, read once, known by their checksum.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use outcrop_store::{Location, Roots};
use sha2::{Digest, Sha256};

use crate::ImportError;
use crate::replace::Before;

/// A file of this size or more is read and hashed on two threads.
const OVERLAP: usize = 4 << 20;

/// A file to import.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) location: Location,
    pub(crate) bytes: u64,
}

impl Source {
    pub(crate) fn path(&self) -> &str {
        &self.location.display
    }

    /// The file's name without folder and extension.
    pub(crate) fn stem(&self) -> String {
        let name =
            Path::new(self.path()).file_stem().map(|s| s.to_string_lossy().trim().to_owned()).unwrap_or_default();
        if name.is_empty() { "file".to_owned() } else { name }
    }
}

/// All files that the patterns name, each once, sorted by path.
/// What belongs to the project itself, in `project`, is passed over.
pub(crate) fn list(
    roots: &Roots,
    base: &Path,
    patterns: &[String],
    project: &Path,
) -> Result<Vec<Source>, ImportError> {
    if patterns.is_empty() {
        return Err(ImportError::NothingNamed);
    }
    let mut seen = HashSet::new();
    let mut sources = Vec::new();
    for pattern in patterns {
        for location in roots.list(pattern, base)? {
            let own = location.local.as_ref().is_some_and(|path| path.starts_with(project));
            if !own && seen.insert(location.path.clone()) {
                let bytes = location.local.as_ref().and_then(|p| std::fs::metadata(p).ok()).map_or(0, |m| m.len());
                sources.push(Source { location, bytes });
            }
        }
    }
    if sources.is_empty() {
        return Err(ImportError::OnlyTheProject);
    }
    sources.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(sources)
}

/// Contents that the project has, or that this import has met.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Checksum → path it was imported from.
    imported: HashMap<String, String>,
    sizes: HashSet<u64>,
    /// The same for this import.
    met: Mutex<HashMap<String, String>>,
    /// Contents that are imported once more, in place of what they gave.
    superseded: HashSet<String>,
}

impl Known {
    /// What was imported, but for the contents that are imported once more.
    pub(crate) fn new(imported: &BTreeMap<String, Before>, superseded: HashSet<String>) -> Self {
        let mut known = Known { superseded, ..Known::default() };
        for (sha256, before) in imported.iter().filter(|(sha256, _)| !known.superseded.contains(*sha256)) {
            known.imported.insert(sha256.clone(), before.path.clone());
            known.sizes.insert(before.bytes);
        }
        known
    }

    /// The contents whose earlier rows are replaced.
    pub(crate) fn superseded(&self) -> &HashSet<String> {
        &self.superseded
    }

    /// The path under which this content was imported before.
    pub(crate) fn before(&self, sha256: &str) -> Option<&str> {
        self.imported.get(sha256).map(String::as_str)
    }

    /// Whether content of this size may be there.
    pub(crate) fn may_have(&self, bytes: usize) -> bool {
        self.sizes.contains(&(bytes as u64))
    }

    /// Notes content of this import; the path of an earlier file with the same.
    pub(crate) fn meet(&self, sha256: &str, path: &str) -> Option<String> {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        match met.get(sha256) {
            Some(earlier) if earlier != path => Some(earlier.clone()),
            _ => {
                met.insert(sha256.to_owned(), path.to_owned());
                None
            }
        }
    }

    /// The message for a file whose content is there.
    pub(crate) fn unchanged(&self, sha256: &str, path: &str) -> Option<String> {
        let earlier = self.imported.get(sha256)?;
        let from = if earlier == path { String::new() } else { format!(", from {earlier}") };
        Some(format!(
            "the same content was imported before{from}; with other options, or after its rows were changed or deleted, \
             --again imports it anew, in place of what it gave"
        ))
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn checksum(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The checksum and what `parse` makes of the content; nothing is parsed when the content is known. A large file is
/// parsed while it is hashed, unless it may turn out to be known.
pub(crate) fn hash_and_parse<T: Send>(
    content: &Bytes,
    known: &Known,
    parse: impl FnOnce(&Bytes) -> T + Send,
) -> (String, Option<T>) {
    if content.len() < OVERLAP || known.may_have(content.len()) {
        let sha256 = checksum(content);
        let parsed = if known.before(&sha256).is_some() { None } else { Some(parse(content)) };
        return (sha256, parsed);
    }
    std::thread::scope(|scope| {
        let hashing = scope.spawn(|| checksum(content));
        let parsed = parse(content);
        // Hashing cannot panic; if a thread cannot be joined it is done here.
        (hashing.join().unwrap_or_else(|_| checksum(content)), Some(parsed))
    })
}
