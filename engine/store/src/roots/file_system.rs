//! The object store of a session: the local file system, every operation kept to the folders.
//!
//! Paths are real paths without the leading `/`, nothing percent-encoded, so that names with blanks,
//! brackets, `%` and `#` are what they are. Puts are durable: content is on disk before the name is.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{
    Attributes, CopyOptions, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use super::{RootSet, resolve, writer::sync_folder};
use crate::StoreError;

/// Runs blocking work off the async threads where there is a runtime, and in place where there is none.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    match tokio::runtime::Handle::try_current() {
        Ok(runtime) => runtime.spawn_blocking(work).await.map_err(|e| StoreError::Task(e.to_string())),
        Err(_) => Ok(work()),
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct RootedFileSystem {
    set: Arc<RootSet>,
    inner: LocalFileSystem,
}

impl std::fmt::Display for RootedFileSystem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the folders of the session")
    }
}

impl RootedFileSystem {
    /// The one place that may: every operation below is checked against the roots.
    #[allow(clippy::disallowed_methods)]
    pub(super) fn new(set: Arc<RootSet>) -> Self {
        RootedFileSystem { set, inner: LocalFileSystem::new() }
    }

    fn checked(&self, location: &ObjectPath, write: bool) -> Result<PathBuf> {
        checked(&self.set, location, write)
    }
}

/// The file system path of a store path; writes check their place now, reads after opening.
fn checked(set: &RootSet, location: &ObjectPath, write: bool) -> Result<PathBuf> {
    let path = local_path(location);
    if !set.is_whole() {
        let shown = path.display().to_string();
        let real = resolve::real_path(&path, &shown).map_err(|e| refused(location, e))?;
        set.check(&real, &shown, write).map_err(|e| refused(location, e))?;
    }
    Ok(path)
}

fn local_path(location: &ObjectPath) -> PathBuf {
    if cfg!(windows) { PathBuf::from(location.as_ref()) } else { PathBuf::from(format!("/{location}")) }
}

fn refused(location: &ObjectPath, error: StoreError) -> object_store::Error {
    match error {
        StoreError::Io { source, .. } => failed(location, source),
        other => object_store::Error::PermissionDenied { path: location.to_string(), source: Box::new(other) },
    }
}

fn failed(location: &ObjectPath, source: std::io::Error) -> object_store::Error {
    let path = location.to_string();
    match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
            object_store::Error::NotFound { path, source: Box::new(source) }
        }
        std::io::ErrorKind::AlreadyExists => object_store::Error::AlreadyExists { path, source: Box::new(source) },
        _ => object_store::Error::Generic { store: "file system", source: Box::new(source) },
    }
}

fn open(set: &RootSet, location: &ObjectPath) -> Result<(File, PathBuf)> {
    let path = local_path(location);
    let file = File::open(&path).map_err(|e| failed(location, e))?;
    resolve::check_open(set, &file, &path, &path.display().to_string(), false).map_err(|e| refused(location, e))?;
    Ok((file, path))
}

fn meta(location: ObjectPath, metadata: &std::fs::Metadata) -> ObjectMeta {
    let modified = metadata.modified().map(Into::into).unwrap_or_default();
    ObjectMeta { location, last_modified: modified, size: metadata.len(), e_tag: None, version: None }
}

fn put(path: &Path, location: &ObjectPath, payload: &PutPayload, create: bool) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    let temporary = parent.join(format!(".{}.tmp", uuid::Uuid::new_v4().simple()));
    let written = (|| {
        let mut options = File::options();
        options.write(true).create_new(true);
        let mut file = match options.open(&temporary) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(parent)?;
                options.open(&temporary)?
            }
            opened => opened?,
        };
        for part in payload {
            file.write_all(part)?;
        }
        file.sync_data()?;
        drop(file);
        if create {
            // A hard link fails when the name is taken, which makes this "put if absent".
            std::fs::hard_link(&temporary, path).map_err(explain_link)?;
            std::fs::remove_file(&temporary)
        } else {
            std::fs::rename(&temporary, path)
        }
    })();
    match written {
        Ok(()) => {
            sync_folder(parent);
            Ok(())
        }
        Err(e) => {
            let _ = std::fs::remove_file(&temporary);
            Err(failed(location, e))
        }
    }
}

/// Some file systems (exFAT, some network shares) have no hard links and say so in unclear words.
fn explain_link(error: std::io::Error) -> std::io::Error {
    match error.kind() {
        std::io::ErrorKind::Unsupported | std::io::ErrorKind::PermissionDenied => std::io::Error::new(
            std::io::ErrorKind::Unsupported,
            format!(
                "{error}: this file system has no hard links, which safe commits need; keep the project on another"
            ),
        ),
        _ => error,
    }
}

async fn work<T: Send + 'static>(task: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    blocking(task).await.map_err(|e| object_store::Error::Generic { store: "file system", source: Box::new(e) })?
}

#[async_trait]
impl ObjectStore for RootedFileSystem {
    async fn put_opts(&self, location: &ObjectPath, payload: PutPayload, opts: PutOptions) -> Result<PutResult> {
        let create = match opts.mode {
            PutMode::Overwrite => false,
            PutMode::Create => true,
            PutMode::Update(_) => {
                return Err(object_store::Error::NotImplemented {
                    operation: "put with a version to replace".to_owned(),
                    implementer: self.to_string(),
                });
            }
        };
        let (set, location) = (Arc::clone(&self.set), location.clone());
        work(move || {
            let path = checked(&set, &location, true)?;
            put(&path, &location, &payload, create)?;
            Ok(PutResult { e_tag: None, version: None })
        })
        .await
    }

    async fn put_multipart_opts(
        &self,
        location: &ObjectPath,
        opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.checked(location, true)?;
        self.inner.put_multipart_opts(location, opts).await
    }

    async fn get_opts(&self, location: &ObjectPath, options: GetOptions) -> Result<GetResult> {
        let (set, location) = (Arc::clone(&self.set), location.clone());
        work(move || {
            let (file, path) = open(&set, &location)?;
            let metadata = file.metadata().map_err(|e| failed(&location, e))?;
            if metadata.is_dir() {
                let source = std::io::Error::from(std::io::ErrorKind::NotFound);
                return Err(failed(&location, source));
            }
            let meta = meta(location, &metadata);
            options.check_preconditions(&meta)?;
            let range = match options.range {
                Some(range) => range.as_range(meta.size).map_err(|source| object_store::Error::Generic {
                    store: "file system",
                    source: Box::new(source),
                })?,
                None => 0..meta.size,
            };
            let payload = GetResultPayload::File(file, path);
            Ok(GetResult { payload, meta, range, attributes: Attributes::default() })
        })
        .await
    }

    async fn get_ranges(&self, location: &ObjectPath, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let (set, location, ranges) = (Arc::clone(&self.set), location.clone(), ranges.to_vec());
        work(move || {
            let (mut file, _) = open(&set, &location)?;
            ranges.into_iter().map(|range| read_range(&mut file, range).map_err(|e| failed(&location, e))).collect()
        })
        .await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<ObjectPath>>,
    ) -> BoxStream<'static, Result<ObjectPath>> {
        let set = Arc::clone(&self.set);
        locations
            .then(move |location| {
                let set = Arc::clone(&set);
                async move {
                    let location = location?;
                    work(move || {
                        // The folder is what is checked: deleting a link deletes the link.
                        if let Some(parent) = location.parent() {
                            checked(&set, &parent, true)?;
                        }
                        std::fs::remove_file(local_path(&location)).map_err(|e| failed(&location, e))?;
                        Ok(location)
                    })
                    .await
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&ObjectPath>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_after(prefix, None)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&ObjectPath>,
        offset: &ObjectPath,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.list_after(prefix, Some(offset.clone()))
    }

    async fn list_with_delimiter(&self, prefix: Option<&ObjectPath>) -> Result<ListResult> {
        let (set, prefix) = (Arc::clone(&self.set), prefix.cloned().unwrap_or_default());
        work(move || {
            let mut found = Listing::default();
            read_folder(&set, &prefix, None, false, &mut found)?;
            found.folders.sort();
            Ok(ListResult { common_prefixes: found.folders, objects: found.objects })
        })
        .await
    }

    async fn copy_opts(&self, from: &ObjectPath, to: &ObjectPath, options: CopyOptions) -> Result<()> {
        self.checked(from, false)?;
        self.checked(to, true)?;
        self.inner.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &ObjectPath, to: &ObjectPath, options: RenameOptions) -> Result<()> {
        self.checked(from, true)?;
        self.checked(to, true)?;
        self.inner.rename_opts(from, to, options).await
    }
}

impl RootedFileSystem {
    fn list_after(
        &self,
        prefix: Option<&ObjectPath>,
        offset: Option<ObjectPath>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let (set, prefix) = (Arc::clone(&self.set), prefix.cloned().unwrap_or_default());
        stream::once(work(move || {
            let mut found = Listing::default();
            read_folder(&set, &prefix, offset.as_ref(), true, &mut found)?;
            found.objects.sort_by(|a, b| a.location.cmp(&b.location));
            Ok(found.objects)
        }))
        .flat_map(|listed| match listed {
            Ok(objects) => stream::iter(objects.into_iter().map(Ok).collect::<Vec<_>>()),
            Err(e) => stream::iter(vec![Err(e)]),
        })
        .boxed()
    }
}

fn read_range(file: &mut File, range: Range<u64>) -> std::io::Result<Bytes> {
    let length = range.end.saturating_sub(range.start);
    file.seek(SeekFrom::Start(range.start))?;
    let mut content = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    let read = file.take(length).read_to_end(&mut content)?;
    if read as u64 != length {
        return Err(std::io::Error::new(
            std::io::ErrorKind::UnexpectedEof,
            format!(
                "bytes {} to {} were expected, the file ends after {}",
                range.start,
                range.end,
                range.start + read as u64
            ),
        ));
    }
    Ok(content.into())
}

#[derive(Default)]
struct Listing {
    objects: Vec<ObjectMeta>,
    folders: Vec<ObjectPath>,
}

/// Lists a folder; temporary files are not objects, links that lead out are not followed.
fn read_folder(
    set: &RootSet,
    prefix: &ObjectPath,
    offset: Option<&ObjectPath>,
    recursive: bool,
    found: &mut Listing,
) -> Result<()> {
    let folder = checked(set, prefix, false)?;
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return Ok(()),
        Err(e) => return Err(failed(prefix, e)),
    };
    for entry in entries {
        let entry = entry.map_err(|e| failed(prefix, e))?;
        let name = entry.file_name();
        // Names that are not UTF-8 or hold control characters are no object names.
        let Some(name) = name.to_str().filter(|n| !(n.starts_with('.') && n.ends_with(".tmp"))) else { continue };
        let joined = if prefix.is_root() { name.to_owned() } else { format!("{prefix}/{name}") };
        let Ok(location) = ObjectPath::parse(joined) else { continue };
        let mut kind = entry.file_type().map_err(|e| failed(&location, e))?;
        if kind.is_symlink() {
            if checked(set, &location, false).is_err() {
                continue;
            }
            match std::fs::metadata(entry.path()) {
                // A link to a folder may lead back up: it is listed, not entered.
                Ok(target) if recursive && target.is_dir() => continue,
                Ok(target) => kind = target.file_type(),
                Err(_) => continue,
            }
        }
        if kind.is_dir() {
            if recursive {
                read_folder(set, &location, offset, true, found)?;
            } else {
                found.folders.push(location);
            }
        } else if offset.is_none_or(|offset| location > *offset) {
            match std::fs::metadata(entry.path()) {
                Ok(metadata) => found.objects.push(meta(location, &metadata)),
                // Removed by another process since the folder was read.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(failed(&location, e)),
            }
        }
    }
    Ok(())
}
