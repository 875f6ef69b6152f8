//! Volumes that are open: their indexes are read once in a session.

use std::sync::{Arc, Mutex, PoisonError};

use outcrop_connectors::segy::{CheckedBytes, ReadAt};
use outcrop_seismic::bricks::METADATA;
use outcrop_seismic::{BrickVolume, Description};
use outcrop_store::{MappedFile, Snapshot, TableSnapshot};
use outcrop_types::tables::TableName;

use super::file::{FileKey, OpenFile};
use crate::error::{SessionError, external};

/// Volumes kept open at most.
const OPEN: usize = 16;

/// The open volumes of a session, those used last at the end.
#[derive(Debug, Default)]
pub(crate) struct Volumes {
    stored: Mutex<Vec<(Key, BrickVolume)>>,
    files: Mutex<Vec<(FileKey, Arc<OpenFile>)>>,
}

/// Which bricks: a volume's files never change under a version of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    table: TableName,
    version: u64,
    files: Vec<String>,
}

impl Volumes {
    /// The bricks of a volume at a commit.
    pub(crate) async fn stored(&self, snapshot: &Snapshot, name: &str) -> Result<BrickVolume, SessionError> {
        let table = TableName::new(super::BRICKS, name);
        let state = snapshot.table(&table).await?;
        let key = Key { table, version: state.version, files: state.files.iter().map(|f| f.name.clone()).collect() };
        if let Some(volume) = found(&self.stored, &key) {
            return Ok(volume);
        }
        let project = snapshot.project().clone();
        let volume =
            crate::files::blocking(move || open(&state, |f| project.map_data_file(f).map_err(external))).await?;
        keep(&self.stored, key, volume.clone());
        Ok(volume)
    }

    /// Files that are open.
    pub(super) fn file(&self, key: &FileKey) -> Option<Arc<OpenFile>> {
        found(&self.files, key)
    }

    /// Keeps files open.
    pub(super) fn keep_file(&self, key: FileKey, open: Arc<OpenFile>) {
        keep(&self.files, key, open);
    }
}

type List<K, V> = Mutex<Vec<(K, V)>>;

/// What is open under a key, which is now the one used last.
fn found<K: PartialEq, V: Clone>(list: &List<K, V>, key: &K) -> Option<V> {
    let mut open = list.lock().unwrap_or_else(PoisonError::into_inner);
    let place = open.iter().position(|(k, _)| k == key)?;
    let entry = open.remove(place);
    let value = entry.1.clone();
    open.push(entry);
    Some(value)
}

/// Keeps something open; what was not used for longest is let go.
fn keep<K, V>(list: &List<K, V>, key: K, value: V) {
    let mut open = list.lock().unwrap_or_else(PoisonError::into_inner);
    if open.len() >= OPEN {
        open.remove(0);
    }
    open.push((key, value));
}

fn open(
    state: &TableSnapshot,
    map: impl Fn(&outcrop_store::DataFile) -> datafusion::common::Result<MappedFile>,
) -> datafusion::common::Result<BrickVolume> {
    let text = state.schema.fields().first().and_then(|f| f.metadata().get(METADATA)).cloned().unwrap_or_default();
    let description = Description::from_json(&text).map_err(external)?;
    let mut files: Vec<(String, Arc<dyn ReadAt>)> = Vec::with_capacity(state.files.len());
    for file in &state.files {
        let bytes = CheckedBytes { bytes: map(file)?, intact: MappedFile::intact };
        files.push((format!("/{}", file.location), Arc::new(bytes)));
    }
    BrickVolume::open(description, files).map_err(external)
}
