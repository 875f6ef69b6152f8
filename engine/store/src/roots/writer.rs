//! A file written beside its place and renamed into it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{RootSet, resolve};
use crate::StoreError;

/// Writes a file that appears whole or not at all.
///
/// Bytes go to a hidden temporary file in the same folder; [`FileWriter::finish`] flushes it to disk
/// and renames it. Dropped without `finish`, the temporary file is removed and an older file of that
/// name stays as it was.
#[derive(Debug)]
pub struct FileWriter {
    file: Option<BufWriter<File>>,
    temporary: PathBuf,
    target: PathBuf,
    display: String,
}

impl FileWriter {
    pub(super) fn create(set: Arc<RootSet>, target: PathBuf, display: String) -> Result<Self, StoreError> {
        set.check(&target, &display, true)?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(resolve::invalid(&display, "it names no file; add a file name"));
        };
        if target.is_dir() {
            return Err(resolve::invalid(&display, "it is a folder; add a file name"));
        }
        if !parent.is_dir() {
            // A folder that is made by a slip of the pen is not found again.
            let folder = parent.display();
            return Err(resolve::invalid(
                &display,
                &format!("there is no folder {folder}; make it first: mkdir -p {folder}"),
            ));
        }
        let unique = uuid::Uuid::new_v4().simple().to_string();
        // The name is shortened so that long names stay within the limit of file systems.
        let stem: String = name.to_string_lossy().chars().take(40).collect();
        let temporary = parent.join(format!(".{stem}.{unique}.tmp"));
        let file =
            File::options().write(true).create_new(true).open(&temporary).map_err(|e| StoreError::io(&display, e))?;
        if let Err(error) = resolve::check_open(&set, &file, &temporary, &display, true) {
            drop(file);
            let _ = std::fs::remove_file(&temporary);
            return Err(error);
        }
        Ok(FileWriter { file: Some(BufWriter::with_capacity(1 << 18, file)), temporary, target, display })
    }

    /// The name the file is shown by in messages.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Puts the file in place. Its content is on disk before its name is.
    pub fn finish(self) -> Result<(), StoreError> {
        self.stage()?.finish()
    }

    /// Completes the content and closes the file, which is not in place yet: for files that appear together.
    pub fn stage(mut self) -> Result<StagedFile, StoreError> {
        let io = |e| StoreError::io(&self.display, e);
        if let Some(buffered) = self.file.take() {
            let file = buffered.into_inner().map_err(|e| io(e.into_error()))?;
            file.sync_data().map_err(io)?;
        }
        Ok(StagedFile {
            temporary: std::mem::take(&mut self.temporary),
            target: std::mem::take(&mut self.target),
            display: std::mem::take(&mut self.display),
        })
    }
}

/// A file that is written and not in place. Dropped without `finish`, nothing of it is left.
#[derive(Debug)]
pub struct StagedFile {
    temporary: PathBuf,
    target: PathBuf,
    display: String,
}

impl StagedFile {
    /// Puts the file in place.
    pub fn finish(mut self) -> Result<(), StoreError> {
        std::fs::rename(&self.temporary, &self.target).map_err(|e| StoreError::io(&self.display, e))?;
        self.temporary.clear();
        if let Some(parent) = self.target.parent() {
            sync_folder(parent);
        }
        Ok(())
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// Folders that were made for files. When it is dropped, those that are still empty are removed.
#[derive(Debug, Default)]
pub struct NewFolders(Vec<PathBuf>);

impl NewFolders {
    /// Makes the folder of a file, and the folders that is in, where they are missing.
    pub(super) fn make(&mut self, set: &RootSet, file: &Path, display: &str) -> Result<(), StoreError> {
        set.check(file, display, true)?;
        let missing: Vec<&Path> = file.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        for folder in missing.into_iter().rev() {
            match std::fs::create_dir(folder) {
                Ok(()) => self.0.push(folder.to_path_buf()),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(StoreError::io(folder, e)),
            }
        }
        Ok(())
    }
}

impl Drop for NewFolders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}

impl Write for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(std::io::Error::other("the file is finished")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for FileWriter {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// Makes names in a folder durable, where the system can (a folder cannot be opened on every system).
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}
