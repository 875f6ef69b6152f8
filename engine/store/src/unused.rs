//! Files that no commit names: what killed writers left behind.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use arrow::array::{Array, AsArray};
use object_store::ObjectStoreExt;
use outcrop_types::tables::TableName;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::delta::{TableLog, table_folder};
use crate::roots::blocking;
use crate::{Project, StoreError};

/// A file in the project's folder that no commit names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedFile {
    /// Path within the project's folder.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Time since it was written.
    pub age: Duration,
}

impl Project {
    /// The data files of tables, originals and half written files that no commit names, by path.
    ///
    /// Every commit counts, the oldest too, so history stays whole. Only files written longer than `older_than` ago are
    /// listed: a writer that is at work names its files when it is done, so give it more than the longest import takes.
    ///
    /// # Errors
    /// When a commit, a table of one or the list of imports cannot be read: then nothing is known to be unused.
    pub async fn unused_files(&self, older_than: Duration) -> Result<Vec<UnusedFile>, StoreError> {
        self.check_write()?;
        // The files are listed before the commits are read: what is committed in between is then named by one.
        let found = self.files_older_than(older_than).await?;
        let (files, originals) = self.named().await?;
        let is_named = |path: &str| match path.strip_prefix("objects/") {
            Some(original) => originals.contains(original),
            None => files.contains(path),
        };
        Ok(found.into_iter().filter(|f| f.path.ends_with(".tmp") || !is_named(&f.path)).collect())
    }

    /// Removes files that [`Project::unused_files`] gave; one that is gone already is no error.
    pub async fn remove_unused(&self, files: &[UnusedFile]) -> Result<(), StoreError> {
        self.check_write()?;
        for file in files {
            let path = self.storage().path(&file.path)?;
            match self.object_store().delete(&path).await {
                Err(object_store::Error::NotFound { .. }) | Ok(()) => {}
                Err(e) => return Err(StoreError::object(path, e)),
            }
        }
        Ok(())
    }

    /// Data files, originals and temporary files of an age. Logs of tables and commits are none of these.
    async fn files_older_than(&self, age: Duration) -> Result<Vec<UnusedFile>, StoreError> {
        let root = self.folder().to_path_buf();
        blocking(move || {
            let now = SystemTime::now();
            let mut found = Vec::new();
            let mut folders: Vec<String> = ["tables", "objects", "commits"].map(str::to_owned).into();
            while let Some(folder) = folders.pop() {
                let path = root.join(&folder);
                let entries = match std::fs::read_dir(&path) {
                    Ok(entries) => entries,
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                    Err(e) => return Err(StoreError::io(&path, e)),
                };
                for entry in entries {
                    let entry = entry.map_err(|e| StoreError::io(&path, e))?;
                    // Of the entry itself: a link is neither followed nor taken for a file.
                    let metadata = entry.metadata().map_err(|e| StoreError::io(entry.path(), e))?;
                    let name = entry.file_name();
                    let Some(name) = name.to_str() else { continue };
                    let path = format!("{folder}/{name}");
                    if metadata.is_dir() {
                        folders.push(path);
                        continue;
                    }
                    let temporary = name.starts_with('.') && name.ends_with(".tmp");
                    let data =
                        folder.starts_with("tables/") && !folder.ends_with("_delta_log") && name.ends_with(".parquet");
                    let original = folder == "objects" && name.len() == 64;
                    let written = metadata.modified().map_err(|e| StoreError::io(entry.path(), e))?;
                    // A time in the future is no age.
                    let since = now.duration_since(written).unwrap_or_default();
                    if metadata.is_file() && (temporary || data || original) && since >= age {
                        found.push(UnusedFile { path, size: metadata.len(), age: since });
                    }
                }
            }
            found.sort_by(|a, b| a.path.cmp(&b.path));
            Ok(found)
        })
        .await?
    }

    /// The data files that any commit names, by path within the project, and the originals, by checksum.
    async fn named(&self) -> Result<(HashSet<String>, HashSet<String>), StoreError> {
        let mut versions: HashMap<TableName, HashSet<u64>> = HashMap::new();
        for commit in self.history().await? {
            for (key, state) in &commit.tables {
                versions.entry(TableName::from_key(key)).or_default().insert(state.version);
            }
        }
        let (mut files, mut originals) = (HashSet::new(), HashSet::new());
        for (table, versions) in versions {
            let log = TableLog::new(self.storage(), &table)?;
            let folder = table_folder(&table)?;
            let of_imports = table == TableName::outcrop("imports");
            for version in versions {
                let snapshot = log.load(Some(version)).await?.ok_or_else(|| StoreError::Damaged {
                    path: format!("{}/{folder}", self.path()),
                    reason: format!("version {version} of the table is missing"),
                })?;
                for file in snapshot.files {
                    let path = format!("{folder}/{}", file.name);
                    if files.insert(path.clone()) && of_imports {
                        let content = self.storage().read(&file.location).await?;
                        originals.extend(blocking(move || checksums(content, &path)).await??);
                    }
                }
            }
        }
        Ok((files, originals))
    }
}

/// The checksums in a file of `outcrop.imports`.
fn checksums(content: bytes::Bytes, path: &str) -> Result<Vec<String>, StoreError> {
    let fail = |source| StoreError::Parquet { path: path.to_owned(), source };
    let builder = ParquetRecordBatchReaderBuilder::try_new(content).map_err(fail)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["sha256", "object"]);
    let reader = builder.with_projection(mask).build().map_err(fail)?;
    let mut all = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|source| StoreError::Arrow { table: "outcrop.imports".to_owned(), source })?;
        for column in batch.columns() {
            let Some(texts) = column.as_string_opt::<i32>() else {
                return Err(StoreError::Damaged {
                    path: path.to_owned(),
                    reason: format!("checksums are {}, not text", column.data_type()),
                });
            };
            all.extend(texts.iter().flatten().map(|t| t.trim_start_matches("objects/").to_owned()));
        }
    }
    Ok(all)
}
