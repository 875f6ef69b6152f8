//! The one registry through which every path of every read and write goes.
//!
//! A session is given folders ([`Roots::folders`]) or the whole file system. A path is resolved to
//! where it really is, component by component as the operating system does, symbolic links and `..`
//! included, and refused when that is outside every folder. Reads check once more after opening: on
//! Linux the opened descriptor is asked for its real place, so a link swapped in between is noticed
//! before a byte is handed out. Writes go to a temporary file beside the target, whose place is
//! checked the same way, and are renamed into place; a rename replaces a link and does not follow
//! it. What is left open: a program that replaces a *parent folder* by a link in the moment between
//! that check and the rename, with rights to do so inside the folder, can redirect the new name.
//! On other systems the check runs before and after opening, which leaves the same kind of moment.

mod file_system;
mod glob;
mod mapped;
mod resolve;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use object_store::ObjectStore;
use object_store::path::Path as ObjectPath;

pub(crate) use file_system::blocking;
pub use mapped::MappedFile;
pub use writer::{FileWriter, NewFolders, StagedFile};

use crate::StoreError;
use file_system::RootedFileSystem;

/// A folder a session may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// A name for messages; the path when absent.
    pub name: Option<String>,
    /// The folder (or a single file).
    pub path: PathBuf,
    /// Whether writes are allowed below it.
    pub writable: bool,
}

impl Root {
    /// A folder for reading and writing.
    pub fn writable(path: impl Into<PathBuf>) -> Self {
        Root { name: None, path: path.into(), writable: true }
    }

    /// A folder for reading.
    pub fn read_only(path: impl Into<PathBuf>) -> Self {
        Root { name: None, path: path.into(), writable: false }
    }
}

/// The folders of a session, real paths; `None` is the whole file system.
#[derive(Debug)]
pub(crate) struct RootSet(Option<Vec<Root>>);

impl RootSet {
    /// Whether a real path may be read (or written); `shown` is what the message names.
    fn check(&self, real: &Path, shown: &str, write: bool) -> Result<(), StoreError> {
        let Some(roots) = &self.0 else { return Ok(()) };
        let mut within = roots.iter().filter(|r| real.starts_with(&r.path)).peekable();
        match within.peek() {
            None => {
                let real = real.display().to_string();
                let path = if real == shown { real } else { format!("{shown} (really {real})") };
                let names: Vec<String> = roots.iter().map(shown_root).collect();
                let roots = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
                Err(StoreError::OutsideRoots { path, roots })
            }
            Some(first) => {
                let root = shown_root(first);
                if write && !within.any(|r| r.writable) {
                    return Err(StoreError::ReadOnlyRoot { path: shown.to_owned(), root });
                }
                Ok(())
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.0.is_none()
    }
}

fn shown_root(root: &Root) -> String {
    let path = root.path.display();
    match &root.name {
        Some(name) => format!("{name}: {path}"),
        None => path.to_string(),
    }
}

/// A place that was resolved and may be used: the store, the path in it, and how to show it.
#[derive(Debug, Clone)]
pub struct Location {
    /// The store; reads through it are checked again.
    pub store: Arc<dyn ObjectStore>,
    /// The path in the store: the real path without the leading `/`, nothing encoded.
    pub path: ObjectPath,
    /// As the user wrote it, or relative to where a pattern began.
    pub display: String,
    /// The real path on the local file system.
    pub local: Option<PathBuf>,
}

/// The folders a session may use, and the store that keeps to them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Roots {
    set: Arc<RootSet>,
    store: Arc<RootedFileSystem>,
}

impl Roots {
    /// Everything the operating system allows.
    #[must_use]
    pub fn whole_file_system() -> Self {
        Self::new(RootSet(None))
    }

    /// The given folders and nothing else. Fails when a folder does not exist.
    pub fn folders(roots: Vec<Root>) -> Result<Self, StoreError> {
        let mut real = Vec::with_capacity(roots.len());
        for root in roots {
            let path = std::fs::canonicalize(&root.path).map_err(|e| StoreError::io(&root.path, e))?;
            real.push(Root { path, ..root });
        }
        Ok(Self::new(RootSet(Some(real))))
    }

    fn new(set: RootSet) -> Self {
        let set = Arc::new(set);
        Roots { store: Arc::new(RootedFileSystem::new(Arc::clone(&set))), set }
    }

    /// The store behind every location: paths in it are real paths without the leading `/`, and every
    /// operation is checked against the folders. This is the store to register for `file://`.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.store) as Arc<dyn ObjectStore>
    }

    /// The folders of the session; `None` when it is the whole file system.
    pub fn roots(&self) -> Option<&[Root]> {
        self.set.0.as_deref()
    }

    /// Resolves a path or `file://` URL against a base folder. The file need not exist (it may be
    /// about to be written); where it exists, links are followed and the real place is checked.
    /// `~` is an ordinary character.
    pub fn resolve(&self, text: &str, base: &Path) -> Result<Location, StoreError> {
        let path = resolve::path_of(text, base)?;
        self.locate(&path, text)
    }

    /// As [`Roots::resolve`], and refuses what may only be read.
    pub fn resolve_for_writing(&self, text: &str, base: &Path) -> Result<Location, StoreError> {
        let location = self.resolve(text, base)?;
        self.check_write(&location)?;
        Ok(location)
    }

    /// Files that a path, folder or pattern names: an existing file is itself, also when its name has
    /// brackets; a folder is everything below it; otherwise `*`, `**` (subfolders), `?`, `[ab]` and
    /// `{a,b}` match, extensions in any case. Hidden files are skipped unless named. Sorted, each file
    /// once. Nothing found is an error. A link out of the folders of the session is an error too, as
    /// skipping it would silently leave out data.
    pub fn list(&self, pattern: &str, base: &Path) -> Result<Vec<Location>, StoreError> {
        glob::list(self, pattern, base)
    }

    /// The whole file.
    pub async fn read(&self, location: &Location) -> Result<Bytes, StoreError> {
        let (roots, location) = (self.clone(), location.clone());
        blocking(move || roots.read_blocking(&location)).await?
    }

    /// The first `n` bytes, fewer when the file is shorter.
    pub async fn read_prefix(&self, location: &Location, n: usize) -> Result<Bytes, StoreError> {
        let (roots, location) = (self.clone(), location.clone());
        blocking(move || roots.read_prefix_blocking(&location, n)).await?
    }

    /// The whole file, on the calling thread.
    pub fn read_blocking(&self, location: &Location) -> Result<Bytes, StoreError> {
        use std::io::Read;
        let mut file = self.open_blocking(location)?;
        let size = file.metadata().map(|m| m.len()).unwrap_or(0);
        let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.read_to_end(&mut content).map_err(|e| StoreError::io(&location.display, e))?;
        Ok(content.into())
    }

    /// The first `n` bytes, on the calling thread.
    pub fn read_prefix_blocking(&self, location: &Location, n: usize) -> Result<Bytes, StoreError> {
        use std::io::Read;
        let file = self.open_blocking(location)?;
        let mut content = Vec::new();
        let mut limited = file.take(u64::try_from(n).unwrap_or(u64::MAX));
        limited.read_to_end(&mut content).map_err(|e| StoreError::io(&location.display, e))?;
        Ok(content.into())
    }

    /// The file opened for reading, its real place checked after opening.
    pub fn open_blocking(&self, location: &Location) -> Result<std::fs::File, StoreError> {
        let path = self.local_path(location)?;
        resolve::open_checked(&self.set, path, &location.display)
    }

    /// The file mapped into memory; see [`MappedFile`].
    pub fn map_blocking(&self, location: &Location) -> Result<MappedFile, StoreError> {
        let file = self.open_blocking(location)?;
        MappedFile::new(&file).map_err(|e| StoreError::io(&location.display, e))
    }

    /// A writer that puts the whole file in place at once when finished; see [`FileWriter`].
    pub fn writer(&self, location: &Location) -> Result<FileWriter, StoreError> {
        let path = self.local_path(location)?.to_path_buf();
        FileWriter::create(Arc::clone(&self.set), path, location.display.clone())
    }

    /// Makes the folder that a file is to be written in, where it is missing; `made` notes what was made.
    pub fn make_folder(&self, location: &Location, made: &mut NewFolders) -> Result<(), StoreError> {
        made.make(&self.set, self.local_path(location)?, &location.display)
    }

    /// Writes a whole file at once: readers see the old content or the new.
    pub async fn write(&self, location: &Location, content: Bytes) -> Result<(), StoreError> {
        let mut writer = self.writer(location)?;
        blocking(move || {
            let shown = writer.display().to_owned();
            std::io::Write::write_all(&mut writer, &content).map_err(|e| StoreError::io(shown, e))?;
            writer.finish()
        })
        .await?
    }

    /// A new file for writing, with the folders it is in; its real place is checked.
    pub(crate) fn create_new_blocking(&self, path: &Path) -> Result<std::fs::File, StoreError> {
        let shown = path.display().to_string();
        let real = resolve::real_path(path, &shown)?;
        self.set.check(&real, &shown, true)?;
        let io = |e| StoreError::io(path, e);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        let file = std::fs::File::options().read(true).write(true).create_new(true).open(path).map_err(io)?;
        resolve::check_open(&self.set, &file, path, &shown, true)?;
        Ok(file)
    }

    /// Refuses a location that may only be read.
    pub(crate) fn check_write(&self, location: &Location) -> Result<(), StoreError> {
        let path = self.local_path(location)?;
        self.set.check(path, &location.display, true)
    }

    /// The location of an absolute path, resolved and checked for reading.
    pub(crate) fn locate(&self, path: &Path, shown: &str) -> Result<Location, StoreError> {
        let real = resolve::real_path(path, shown)?;
        self.set.check(&real, shown, false)?;
        Ok(Location {
            store: self.object_store(),
            path: resolve::object_path(&real, shown)?,
            display: shown.to_owned(),
            local: Some(real),
        })
    }

    fn local_path<'a>(&self, location: &'a Location) -> Result<&'a Path, StoreError> {
        location.local.as_deref().ok_or_else(|| StoreError::InvalidPath {
            path: location.display.clone(),
            reason: "it is not on the local file system; copy it to a local folder".to_owned(),
        })
    }
}
