//! The objects of a project: one store and a prefix. Everything that a project reads or writes goes
//! through here, so that another kind of store comes in at this one place.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions};

use crate::roots::{Location, blocking};
use crate::{Roots, StoreError};

/// A temporary file of this age was left by a writer that is no more.
const LEFTOVER: Duration = Duration::from_secs(24 * 60 * 60);

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Storage {
    store: Arc<dyn ObjectStore>,
    prefix: ObjectPath,
    /// The folder on the local file system.
    folder: PathBuf,
    display: String,
    roots: Roots,
}

impl Storage {
    pub(crate) fn new(roots: &Roots, location: Location) -> Result<Self, StoreError> {
        let folder = location.local.ok_or_else(|| StoreError::InvalidPath {
            path: location.display.clone(),
            reason: "projects are kept in local folders so far; give a folder".to_owned(),
        })?;
        Ok(Storage {
            store: location.store,
            prefix: location.path,
            folder,
            display: location.display,
            roots: roots.clone(),
        })
    }

    /// The store, whose root is the root of the file system.
    pub(crate) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The project's folder as the user wrote it.
    pub(crate) fn display(&self) -> &str {
        &self.display
    }

    /// The project's folder.
    pub(crate) fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Path in the store of a path in the project; `relative` uses `/` and needs no encoding.
    pub(crate) fn path(&self, relative: &str) -> Result<ObjectPath, StoreError> {
        let joined = if self.prefix.is_root() { relative.to_owned() } else { format!("{}/{relative}", self.prefix) };
        ObjectPath::parse(joined).map_err(|e| StoreError::InvalidPath {
            path: relative.to_owned(),
            reason: format!("{e}; this name cannot be stored"),
        })
    }

    /// Path on the local file system of a path in the project.
    pub(crate) fn local(&self, relative: &str) -> PathBuf {
        self.folder.join(relative)
    }

    /// An object, or none where there is none.
    pub(crate) async fn get(&self, relative: &str) -> Result<Option<Bytes>, StoreError> {
        let path = self.path(relative)?;
        let fail = |e| StoreError::object(&path, e);
        match self.store.get(&path).await {
            Ok(found) => found.bytes().await.map(Some).map_err(fail),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(fail(e)),
        }
    }

    /// Whether an object is there.
    pub(crate) async fn exists(&self, relative: &str) -> Result<bool, StoreError> {
        let path = self.path(relative)?;
        match self.store.head(&path).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(e) => Err(StoreError::object(path, e)),
        }
    }

    /// Puts an object where there is none; `false` when there is one, which stays as it is.
    pub(crate) async fn put_if_absent(&self, relative: &str, content: Bytes) -> Result<bool, StoreError> {
        let path = self.path(relative)?;
        let options = PutOptions { mode: PutMode::Create, ..Default::default() };
        match self.store.put_opts(&path, content.into(), options).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(e) => Err(StoreError::object(path, e)),
        }
    }

    /// Puts an object, replacing what was there.
    pub(crate) async fn put(&self, relative: &str, content: Bytes) -> Result<(), StoreError> {
        let path = self.path(relative)?;
        self.store.put(&path, content.into()).await.map(|_| ()).map_err(|e| StoreError::object(path, e))
    }

    /// Refuses a project that may only be read.
    pub(crate) fn check_write(&self) -> Result<(), StoreError> {
        self.roots.check_write(&Location {
            store: Arc::clone(&self.store),
            path: self.prefix.clone(),
            display: self.display.clone(),
            local: Some(self.folder.clone()),
        })
    }

    /// A new file for writing, with its folders.
    pub(crate) fn create_file(&self, relative: &str) -> Result<(File, PathBuf), StoreError> {
        let path = self.local(relative);
        Ok((self.roots.create_new_blocking(&path)?, path))
    }

    /// Removes what killed writers left half written among originals and commits. A writer that lives is done with such a
    /// file within seconds; only those older than a day go. What cannot be removed stays: it does no harm.
    pub(crate) async fn remove_leftovers(&self) {
        let (roots, folders) = (self.roots.clone(), ["objects", "commits"].map(|f| self.local(f)));
        let remove = move || {
            for folder in folders {
                // Not through a link that leads out of the project's roots.
                let Ok(location) = roots.locate(&folder, &folder.display().to_string()) else { continue };
                let Some(Ok(entries)) = location.local.map(std::fs::read_dir) else { continue };
                for entry in entries.flatten() {
                    let name = entry.file_name();
                    let leftover = name.to_str().is_some_and(|n| n.starts_with('.') && n.ends_with(".tmp"));
                    let old = || {
                        let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
                        metadata.modified().ok()?.elapsed().ok().filter(|age| *age > LEFTOVER)
                    };
                    if leftover && old().is_some() {
                        let _ = std::fs::remove_file(entry.path());
                    }
                }
            }
        };
        let _ = blocking(remove).await;
    }

    /// Waits until no other writer of this computer is committing, for ten seconds at most; the turn
    /// lasts as long as the file is kept. This only spares writers from trying again and again:
    /// without a turn (file systems without locks, other computers, a writer that hangs) commits are
    /// as safe. The system ends the turn of a process that dies.
    pub(crate) async fn wait_for_turn(&self) -> Option<File> {
        let (roots, path) = (self.roots.clone(), self.local("commits/.lock"));
        let wait = move || {
            let location = roots.locate(&path, &path.display().to_string()).ok()?;
            let file = File::options().create(true).truncate(false).write(true).open(location.local?).ok()?;
            let end = Instant::now() + Duration::from_secs(10);
            loop {
                match file.try_lock() {
                    Ok(()) => return Some(file),
                    Err(TryLockError::WouldBlock) if Instant::now() < end => {
                        std::thread::sleep(Duration::from_millis(2));
                    }
                    Err(_) => return None,
                }
            }
        };
        blocking(wait).await.ok().flatten()
    }

    /// The whole of an object, by its path in the store.
    pub(crate) async fn read(&self, path: &ObjectPath) -> Result<Bytes, StoreError> {
        let fail = |e| StoreError::object(path, e);
        self.store.get(path).await.map_err(fail)?.bytes().await.map_err(fail)
    }
}
