//! The Delta log of one table: reading a version, writing the next.
//!
//! A version is written as a complete statement of the table: the actions are the difference between
//! the files and schema it shall have and those of the log's newest version. So what a killed writer
//! left in the log is undone by the next one, and project commits alone say which version counts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use deltalake::kernel::StructType;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::TransactionError;
use deltalake::logstore::{CommitOrBytes, LogStoreRef, StorageConfig, default_logstore};
use deltalake::table::state::DeltaTableState;
use deltalake::{DeltaTable, DeltaTableError};
use object_store::prefix::PrefixStore;
use outcrop_types::tables::TableName;
use serde_json::{Value, json};

use crate::snapshot::{DataFile, TableSnapshot};
use crate::storage::Storage;
use crate::{StoreError, statistics};

/// A checkpoint is written every so many versions: opening a table reads at most so many log files.
const CHECKPOINT_INTERVAL: u64 = 20;

/// Table features that are read and written correctly here.
const KNOWN_FEATURES: [&str; 4] = ["appendOnly", "invariants", "timestampNtz", "timestampNTZ"];

/// What of a table's log is not about its rows.
#[derive(Debug, Clone)]
pub(crate) struct LogIdentity {
    id: String,
    created: i64,
    configuration: HashMap<String, String>,
    /// Whether the protocol allows timestamps without a zone.
    timestamps_without_zone: bool,
}

/// The log of a table of the project.
#[derive(Debug, Clone)]
pub(crate) struct TableLog {
    table: TableName,
    folder: String,
    storage: Storage,
    log_store: LogStoreRef,
}

impl TableLog {
    pub(crate) fn new(storage: &Storage, table: &TableName) -> Result<Self, StoreError> {
        let folder = table_folder(table)?;
        let url = url::Url::from_directory_path(storage.local(&folder)).map_err(|()| StoreError::InvalidPath {
            path: storage.display().to_owned(),
            reason: "a project folder needs an absolute path".to_owned(),
        })?;
        let root = Arc::clone(storage.store());
        let prefixed = Arc::new(PrefixStore::new(Arc::clone(&root), storage.path(&folder)?));
        let log_store = default_logstore(prefixed, root, &url, &StorageConfig::default());
        Ok(TableLog { table: table.clone(), folder, storage: storage.clone(), log_store })
    }

    /// Folder of the table within the project.
    pub(crate) fn folder(&self) -> &str {
        &self.folder
    }

    fn error(&self, source: DeltaTableError) -> StoreError {
        StoreError::Delta { table: self.table.to_string(), folder: self.folder.clone(), source: Box::new(source) }
    }

    /// A version, or the newest one. None when the table has no log at all.
    pub(crate) async fn load(&self, version: Option<u64>) -> Result<Option<TableSnapshot>, StoreError> {
        let state = match DeltaTableState::try_new(self.log_store.as_ref(), version).await {
            Ok(state) => state,
            Err(DeltaTableError::NotATable(_)) if version.is_none() => return Ok(None),
            Err(e) => return Err(self.error(e)),
        };
        let eager = state.snapshot();
        let protocol = serde_json::to_value(eager.protocol()).unwrap_or(Value::Null);
        let metadata = serde_json::to_value(eager.metadata()).unwrap_or(Value::Null);
        let timestamps_without_zone = self.check_features(&protocol, &metadata)?;
        let configuration = metadata.get("configuration").and_then(|c| serde_json::from_value(c.clone()).ok());
        let identity = LogIdentity {
            id: metadata.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            created: metadata.get("createdTime").and_then(Value::as_i64).unwrap_or_default(),
            configuration: configuration.unwrap_or_default(),
            timestamps_without_zone,
        };
        let schema = plain(&eager.arrow_schema());
        let mut files = Vec::new();
        let log_data = eager.try_log_data().map_err(|e| self.error(e))?;
        for view in log_data.iter() {
            files.push(self.data_file(&schema, view.path().as_ref(), view.size(), view.stats().as_deref())?);
        }
        files.sort_by(|a: &DataFile, b| a.name.cmp(&b.name));
        Ok(Some(self.snapshot(eager.version(), schema, files, identity)))
    }

    fn snapshot(&self, version: u64, schema: SchemaRef, files: Vec<DataFile>, identity: LogIdentity) -> TableSnapshot {
        TableSnapshot {
            name: self.table.clone(),
            rows: files.iter().map(|f| f.rows).sum(),
            schema,
            files,
            version,
            store: Arc::clone(self.storage.store()),
            identity,
        }
    }

    fn data_file(&self, schema: &Schema, name: &str, size: i64, stats: Option<&str>) -> Result<DataFile, StoreError> {
        let damaged = |reason: String| StoreError::Damaged { path: format!("{}/_delta_log", self.folder), reason };
        if name.contains("://") || name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(damaged(format!("it names the data file `{name}`, which is not in the folder of the table")));
        }
        let (rows, statistics) = stats
            .and_then(|stats| statistics::of_delta(schema, stats))
            .ok_or_else(|| damaged(format!("it does not say how many rows `{name}` has")))?;
        let size = u64::try_from(size).map_err(|_| damaged(format!("it gives `{name}` the size {size}")))?;
        let location = self.storage.path(&format!("{}/{name}", self.folder))?;
        Ok(DataFile { name: name.to_owned(), location, size, rows, statistics: Arc::new(statistics) })
    }

    /// Refuses what would be read wrongly; says whether timestamps without a zone are allowed.
    fn check_features(&self, protocol: &Value, metadata: &Value) -> Result<bool, StoreError> {
        let refuse = |feature: &str| {
            Err(StoreError::UnsupportedFeature { table: self.table.to_string(), feature: feature.to_owned() })
        };
        let names = |key: &str| protocol.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let features: Vec<Value> = names("readerFeatures").into_iter().chain(names("writerFeatures")).collect();
        if let Some(unknown) = features.iter().filter_map(Value::as_str).find(|f| !KNOWN_FEATURES.contains(f)) {
            return refuse(unknown);
        }
        let configuration = metadata.get("configuration");
        if let Some(mode) = configuration.and_then(|c| c.get("delta.columnMapping.mode")).and_then(Value::as_str)
            && mode != "none"
        {
            return refuse("columnMapping");
        }
        if metadata.get("partitionColumns").and_then(Value::as_array).is_some_and(|p| !p.is_empty()) {
            return refuse("partitionColumns");
        }
        Ok(features.iter().any(|f| f.as_str() == Some("timestampNtz")))
    }

    /// Writes the next version after `head` (the first one when there is none) so that the table has
    /// exactly this schema and these files. None when another writer has written that version.
    pub(crate) async fn write(
        &self,
        head: Option<&TableSnapshot>,
        schema: &SchemaRef,
        files: &[DataFile],
        operation: &str,
    ) -> Result<Option<TableSnapshot>, StoreError> {
        let version = head.map_or(0, |h| h.version + 1);
        let now = chrono::Utc::now().timestamp_millis();
        let mut identity = head.map_or_else(|| new_identity(now), |h| h.identity.clone());
        let mut actions = vec![json!({ "commitInfo": {
            "timestamp": now,
            "operation": operation,
            "operationParameters": {},
            "engineInfo": format!("outcrop/{}", env!("CARGO_PKG_VERSION")),
        }})];
        let needs_zoneless = schema.fields().iter().any(|f| has_zoneless_timestamp(f.data_type()));
        if head.is_none() || (needs_zoneless && !identity.timestamps_without_zone) {
            identity.timestamps_without_zone = needs_zoneless;
            actions.push(if needs_zoneless {
                json!({ "protocol": {
                    "minReaderVersion": 3, "minWriterVersion": 7,
                    "readerFeatures": ["timestampNtz"], "writerFeatures": ["timestampNtz"],
                }})
            } else {
                json!({ "protocol": { "minReaderVersion": 1, "minWriterVersion": 2 } })
            });
        }
        if head.is_none_or(|h| h.schema != *schema) {
            actions.push(json!({ "metaData": {
                "id": identity.id,
                "name": self.table.to_string(),
                "format": { "provider": "parquet", "options": {} },
                "schemaString": self.schema_text(schema)?,
                "partitionColumns": [],
                "configuration": identity.configuration,
                "createdTime": identity.created,
            }}));
        }
        let old: &[DataFile] = head.map_or(&[], |h| &h.files);
        let (kept, wanted): (HashSet<&str>, HashSet<&str>) =
            (old.iter().map(|f| f.name.as_str()).collect(), files.iter().map(|f| f.name.as_str()).collect());
        for file in old.iter().filter(|f| !wanted.contains(f.name.as_str())) {
            actions.push(json!({ "remove": {
                "path": file.name, "deletionTimestamp": now, "dataChange": true,
                "extendedFileMetadata": true, "partitionValues": {}, "size": file.size,
            }}));
        }
        for file in files.iter().filter(|f| !kept.contains(f.name.as_str())) {
            actions.push(json!({ "add": {
                "path": file.name, "partitionValues": {}, "size": file.size, "modificationTime": now,
                "dataChange": true, "stats": statistics::to_delta(file.rows, &file.statistics),
            }}));
        }
        let lines: Vec<String> = actions.iter().map(Value::to_string).collect();
        let content = CommitOrBytes::LogBytes(lines.join("\n").into());
        match self.log_store.write_commit_entry(version, content, uuid::Uuid::new_v4()).await {
            Ok(()) => Ok(Some(self.snapshot(version, Arc::clone(schema), files.to_vec(), identity))),
            Err(TransactionError::VersionAlreadyExists(_)) => Ok(None),
            Err(TransactionError::ObjectStore { source }) => Err(StoreError::object(&self.folder, source)),
            Err(e) => Err(self.error(e.into())),
        }
    }

    /// Writes a checkpoint when it is time for one. The log is complete without it, so a failure only
    /// costs time at the next opening.
    pub(crate) async fn checkpoint(&self, version: u64) {
        if version == 0 || !version.is_multiple_of(CHECKPOINT_INTERVAL) {
            return;
        }
        let mut table = DeltaTable::new(Arc::clone(&self.log_store));
        if table.load_version(version).await.is_ok() {
            let _ = deltalake::checkpoints::create_checkpoint(&table, None).await;
        }
    }

    fn schema_text(&self, schema: &SchemaRef) -> Result<String, StoreError> {
        let arrow = |source| StoreError::Arrow { table: self.table.to_string(), source };
        let kernel: StructType = schema.as_ref().try_into_kernel().map_err(arrow)?;
        serde_json::to_string(&kernel).map_err(|e| arrow(arrow::error::ArrowError::JsonError(e.to_string())))
    }
}

fn new_identity(now: i64) -> LogIdentity {
    let configuration = [
        // History is kept: versions are what `VERSION AS OF` reads.
        ("delta.enableExpiredLogCleanup", "false"),
        ("delta.checkpointInterval", "20"),
        ("delta.dataSkippingNumIndexedCols", "-1"),
    ];
    LogIdentity {
        id: uuid::Uuid::new_v4().to_string(),
        created: now,
        configuration: configuration.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        timestamps_without_zone: false,
    }
}

fn has_zoneless_timestamp(data_type: &DataType) -> bool {
    match data_type {
        DataType::Timestamp(_, zone) => zone.is_none(),
        DataType::List(item) => has_zoneless_timestamp(item.data_type()),
        DataType::Struct(fields) => fields.iter().any(|f| has_zoneless_timestamp(f.data_type())),
        _ => false,
    }
}

/// The schema without what the log reader adds on its own.
fn plain(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().clone()))
}

/// Folder of a table within the project: names of lower case letters, digits, `_` and `-` as they are,
/// every other byte as `+XX`, so that names survive every file system, also those that ignore case.
pub(crate) fn table_folder(table: &TableName) -> Result<String, StoreError> {
    Ok(format!("tables/{}/{}", encoded(table, &table.schema)?, encoded(table, &table.name)?))
}

fn encoded(table: &TableName, name: &str) -> Result<String, StoreError> {
    let refuse =
        |reason: &str| Err(StoreError::InvalidTableName { table: table.to_string(), reason: reason.to_owned() });
    if name.is_empty() {
        return refuse("it is empty; give the table a name");
    }
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("+{byte:02X}"));
        }
    }
    if text.len() > 200 {
        return refuse("it is too long; use a shorter name");
    }
    Ok(text)
}
