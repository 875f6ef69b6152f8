//! A project folder: creating, opening, reading commits.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::ObjectStore;
use outcrop_types::tables::TableName;

use crate::commit::{rfc3339, time_after};
use crate::delta::TableLog;
use crate::storage::Storage;
use crate::{ProjectCommit, ProjectSettings, Roots, Snapshot, StoreError, TableSnapshot, Transaction};

const SETTINGS: &str = "project.toml";

/// Tables kept open at most; beyond it the memory of opened tables starts over.
const OPEN_TABLES: usize = 512;

/// An open project. Cheap to clone; clones share what is kept in memory.
#[derive(Debug, Clone)]
pub struct Project {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    storage: Storage,
    roots: Roots,
    settings: Mutex<ProjectSettings>,
    /// A commit known to exist; the head is this one or later.
    head_hint: AtomicU64,
    /// Temporary files of killed writers were looked for.
    tidied: AtomicBool,
    commits: Mutex<HashMap<u64, Arc<ProjectCommit>>>,
    tables: Mutex<HashMap<(TableName, u64), Arc<TableSnapshot>>>,
}

impl Project {
    /// Creates a project in a folder that is new or empty, and its commit 0.
    ///
    /// `path` is resolved through `roots` against the working directory, as in [`Project::open`].
    pub async fn init(
        roots: &Roots,
        path: impl AsRef<Path>,
        settings: ProjectSettings,
        author: &str,
    ) -> Result<Self, StoreError> {
        let storage = storage_at(roots, path.as_ref())?;
        storage.check_write()?;
        let there =
            |found: &str| Err(StoreError::AlreadyThere { path: storage.display().to_owned(), found: found.to_owned() });
        if storage.exists(SETTINGS).await? {
            return there("is a project already");
        }
        if storage.folder().is_file() {
            return there("is a file");
        }
        // A creation that was killed leaves an empty commit 0, which is taken over.
        let listed: Vec<_> = storage
            .store()
            .list(Some(&storage.path("")?))
            .try_collect()
            .await
            .map_err(|e| StoreError::object(storage.display(), e))?;
        let first = storage.path(&commit_path(0))?;
        if listed.iter().any(|object: &object_store::ObjectMeta| object.location != first) {
            return there("is not empty");
        }
        let commit = ProjectCommit {
            number: 0,
            parent: None,
            at: time_after(None),
            author: author.to_owned(),
            operation: "init".to_owned(),
            message: format!("Project {} created", settings.name),
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            key: None,
            id: uuid::Uuid::new_v4().to_string(),
            tables: BTreeMap::new(),
            views: BTreeMap::new(),
        };
        put_commit(&storage, &commit).await?;
        // The settings come last: a folder with them is a complete project.
        let text = settings.to_toml(SETTINGS)?;
        if !storage.put_if_absent(SETTINGS, text.into()).await? {
            return there("is a project already");
        }
        Ok(Self::with(storage, roots, settings))
    }

    /// Opens a project. Nothing is written; a folder below a root for reading will do.
    pub async fn open(roots: &Roots, path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let storage = storage_at(roots, path.as_ref())?;
        let Some(text) = storage.get(SETTINGS).await? else {
            return Err(StoreError::NotAProject { path: storage.display().to_owned() });
        };
        let file = format!("{}/{SETTINGS}", storage.display());
        let text = String::from_utf8(text.to_vec())
            .map_err(|e| StoreError::Damaged { path: file.clone(), reason: e.to_string() })?;
        let settings = ProjectSettings::from_toml(&text, &file, storage.display())?;
        Ok(Self::with(storage, roots, settings))
    }

    fn with(storage: Storage, roots: &Roots, settings: ProjectSettings) -> Self {
        Project {
            inner: Arc::new(Inner {
                storage,
                roots: roots.clone(),
                settings: Mutex::new(settings),
                head_hint: AtomicU64::new(0),
                tidied: AtomicBool::new(false),
                commits: Mutex::default(),
                tables: Mutex::default(),
            }),
        }
    }

    /// The settings.
    pub fn settings(&self) -> ProjectSettings {
        lock(&self.inner.settings).clone()
    }

    /// Replaces the settings. The length unit of a project that has tables cannot be changed, as the
    /// numbers in them would change their meaning.
    pub async fn set_settings(&self, settings: ProjectSettings) -> Result<(), StoreError> {
        self.check_write()?;
        let old = self.settings();
        if settings.length_unit != old.length_unit && !self.head().await?.tables.is_empty() {
            return Err(StoreError::Settings {
                path: format!("{}/{SETTINGS}", self.path()),
                reason: format!(
                    "the tables are in {}, the length unit cannot become {}; create a new project in {} and import into it",
                    old.length_unit, settings.length_unit, settings.length_unit
                ),
            });
        }
        self.inner.storage.put(SETTINGS, settings.to_toml(SETTINGS)?.into()).await?;
        *lock(&self.inner.settings) = settings;
        Ok(())
    }

    /// The folder, as it was given.
    pub fn path(&self) -> &str {
        self.inner.storage.display()
    }

    /// The folder on the local file system.
    pub fn folder(&self) -> &Path {
        self.inner.storage.folder()
    }

    /// The folders of the session the project was opened in.
    pub fn roots(&self) -> &Roots {
        &self.inner.roots
    }

    /// The store that paths of data files belong to.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(self.inner.storage.store())
    }

    /// A data file mapped into memory; data files of a project never change.
    ///
    /// # Errors
    /// A file that is not there or can't be mapped.
    pub fn map_data_file(&self, file: &crate::DataFile) -> Result<crate::MappedFile, StoreError> {
        let path = std::path::PathBuf::from(format!("/{}", file.location));
        let location = self.inner.roots.locate(&path, &path.display().to_string())?;
        self.inner.roots.map_blocking(&location)
    }

    pub(crate) fn storage(&self) -> &Storage {
        &self.inner.storage
    }

    pub(crate) fn check_write(&self) -> Result<(), StoreError> {
        self.inner.storage.check_write()
    }

    /// The newest commit.
    pub async fn head(&self) -> Result<Arc<ProjectCommit>, StoreError> {
        let hint = self.inner.head_hint.load(Ordering::Relaxed);
        // The hint may come from a folder that was replaced by an older copy.
        let hint = if self.is_commit(hint).await? { hint } else { 0 };
        let mut known = self.last_commit_from(hint).await?;
        if hint == 0 {
            known = self.check_no_gap(known).await?;
        }
        self.inner.head_hint.store(known, Ordering::Relaxed);
        match self.read_commit(known).await? {
            Some(commit) => Ok(commit),
            None => Err(self.missing(known)),
        }
    }

    /// The last of the commits that follow one another from `known` on: by steps that double, then
    /// halve, as numbers have no gaps.
    async fn last_commit_from(&self, mut known: u64) -> Result<u64, StoreError> {
        let mut step = 1u64;
        while self.is_commit(known.saturating_add(step)).await? {
            known += step;
            step *= 2;
        }
        while step > 1 {
            step /= 2;
            if self.is_commit(known.saturating_add(step)).await? {
                known += step;
            }
        }
        Ok(known)
    }

    /// Refuses a folder that has later commits but lacks the next one: a copy in progress, or damaged.
    /// An older state must not pass for the newest.
    async fn check_no_gap(&self, mut known: u64) -> Result<u64, StoreError> {
        let storage = &self.inner.storage;
        loop {
            let (folder, last) = (storage.path("commits")?, storage.path(&commit_path(known))?);
            let later: Vec<object_store::ObjectMeta> = storage
                .store()
                .list_with_offset(Some(&folder), &last)
                .try_collect()
                .await
                .map_err(|e| StoreError::object(&folder, e))?;
            // Other files of the folder (copies made by synchronising programs) are no commits.
            let number =
                |o: &object_store::ObjectMeta| o.location.filename()?.strip_suffix(".json")?.parse::<u64>().ok();
            if !later.iter().filter_map(number).any(|n| n > known) {
                return Ok(known);
            }
            let next = self.last_commit_from(known).await?;
            if next == known {
                return Err(self.missing(known + 1));
            }
            known = next;
        }
    }

    fn missing(&self, number: u64) -> StoreError {
        StoreError::Damaged {
            path: format!("{}/{}", self.path(), commit_path(number)),
            reason: "it is missing".to_owned(),
        }
    }

    async fn is_commit(&self, number: u64) -> Result<bool, StoreError> {
        self.inner.storage.exists(&commit_path(number)).await
    }

    /// A commit by its number.
    pub async fn commit(&self, number: u64) -> Result<Arc<ProjectCommit>, StoreError> {
        match self.read_commit(number).await? {
            Some(commit) => Ok(commit),
            None => Err(StoreError::NoSuchCommit { number, head: self.head().await?.number }),
        }
    }

    /// Every commit, the newest first.
    pub async fn history(&self) -> Result<Vec<Arc<ProjectCommit>>, StoreError> {
        let head = self.head().await?;
        let mut commits = Vec::new();
        let mut next = head.parent;
        commits.push(head);
        while let Some(number) = next {
            let commit = self.commit(number).await?;
            next = commit.parent;
            commits.push(commit);
        }
        Ok(commits)
    }

    /// The commit of a key, where there is one.
    pub async fn commit_of_key(&self, key: &str) -> Result<Option<Arc<ProjectCommit>>, StoreError> {
        Ok(self.history().await?.into_iter().find(|c| c.key.as_deref() == Some(key)))
    }

    /// The project as the newest commit states it. Reads that commit and nothing else.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.clone(), self.head().await?))
    }

    /// The project as commit `number` states it (`VERSION AS OF`).
    pub async fn snapshot_at(&self, number: u64) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.clone(), self.commit(number).await?))
    }

    /// The project as it was at a time (`TIMESTAMP AS OF`): the last commit at or before it, by the
    /// times recorded in the commits, not those of files.
    pub async fn snapshot_at_time(&self, time: DateTime<Utc>) -> Result<Snapshot, StoreError> {
        let (mut low, mut high) = (0, self.head().await?.number);
        let first = self.commit(0).await?;
        if first.time().is_none_or(|t| t > time) {
            return Err(StoreError::NoCommitAt { at: rfc3339(time), first: first.at.clone() });
        }
        // Recorded times never go back, so the commit is found by halving.
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if self.commit(middle).await?.time().is_some_and(|t| t <= time) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        self.snapshot_at(low).await
    }

    /// Begins a transaction on the newest commit. The first one removes temporary files, older than a day, of writers that
    /// were killed. `author` is who commits, `operation` what kind of
    /// change it is (`import`, `insert` …), `message` why, or the statement.
    pub async fn begin(&self, author: &str, operation: &str, message: &str) -> Result<Transaction, StoreError> {
        self.check_write()?;
        if !self.inner.tidied.swap(true, Ordering::Relaxed) {
            self.inner.storage.remove_leftovers().await;
        }
        Ok(Transaction::new(self.snapshot().await?, author, operation, message))
    }

    async fn read_commit(&self, number: u64) -> Result<Option<Arc<ProjectCommit>>, StoreError> {
        if let Some(commit) = lock(&self.inner.commits).get(&number) {
            return Ok(Some(Arc::clone(commit)));
        }
        let path = commit_path(number);
        let Some(content) = self.inner.storage.get(&path).await? else { return Ok(None) };
        let damaged = |reason: String| StoreError::Damaged { path: format!("{}/{path}", self.path()), reason };
        let commit: ProjectCommit = serde_json::from_slice(&content).map_err(|e| damaged(e.to_string()))?;
        if commit.number != number {
            return Err(damaged(format!("it holds commit {}", commit.number)));
        }
        let commit = Arc::new(commit);
        lock(&self.inner.commits).insert(number, Arc::clone(&commit));
        Ok(Some(commit))
    }

    /// Puts a commit; `false` when another writer put one of that number.
    pub(crate) async fn put_commit(&self, commit: &ProjectCommit) -> Result<bool, StoreError> {
        match put_commit(&self.inner.storage, commit).await {
            Ok(true) => {
                self.inner.head_hint.fetch_max(commit.number, Ordering::Relaxed);
                lock(&self.inner.commits).insert(commit.number, Arc::new(commit.clone()));
                Ok(true)
            }
            Ok(false) => Ok(false),
            // The store failed, but the file may be there: then the commit is made.
            Err(error) => match self.read_commit(commit.number).await {
                Ok(Some(found)) if found.id == commit.id => Ok(true),
                Ok(Some(_)) => Ok(false),
                _ => Err(error),
            },
        }
    }

    /// A version of a table, from memory where it was opened before.
    pub(crate) async fn table_version(
        &self,
        table: &TableName,
        version: u64,
    ) -> Result<Arc<TableSnapshot>, StoreError> {
        let key = (table.clone(), version);
        if let Some(found) = lock(&self.inner.tables).get(&key) {
            return Ok(Arc::clone(found));
        }
        let log = TableLog::new(&self.inner.storage, table)?;
        let opened = log.load(Some(version)).await?.ok_or_else(|| StoreError::Damaged {
            path: format!("{}/{}", self.path(), log.folder()),
            reason: format!("version {version} of the table is missing"),
        })?;
        Ok(self.keep(opened))
    }

    /// Keeps an opened table in memory.
    pub(crate) fn keep(&self, table: TableSnapshot) -> Arc<TableSnapshot> {
        let table = Arc::new(table);
        let mut tables = lock(&self.inner.tables);
        if tables.len() >= OPEN_TABLES {
            tables.clear();
        }
        tables.insert((table.name.clone(), table.version), Arc::clone(&table));
        table
    }
}

/// A lock whose holder cannot leave anything half changed, so poisoning means nothing.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn storage_at(roots: &Roots, path: &Path) -> Result<Storage, StoreError> {
    let shown = path.to_str().ok_or_else(|| StoreError::InvalidPath {
        path: path.display().to_string(),
        reason: "its name is not valid UTF-8; rename the folder".to_owned(),
    })?;
    let base = std::env::current_dir().map_err(|e| StoreError::io(".", e))?;
    Storage::new(roots, roots.resolve(shown, &base)?)
}

fn commit_path(number: u64) -> String {
    format!("commits/{number:010}.json")
}

async fn put_commit(storage: &Storage, commit: &ProjectCommit) -> Result<bool, StoreError> {
    let path = commit_path(commit.number);
    let content = serde_json::to_vec_pretty(commit)
        .map_err(|e| StoreError::Damaged { path: path.clone(), reason: e.to_string() })?;
    storage.put_if_absent(&path, content.into()).await
}
