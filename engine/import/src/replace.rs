//! Files whose content was imported before and that are imported once more: which ones, and the rows they gave then.
//!
//! What a file gave goes when its rows come again, in the same commit, so that nothing is there twice. Points, lines,
//! surfaces and volumes have no column that tells files apart: their tables are made anew, which takes every file that gave
//! rows to them.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use object_store::ObjectStoreExt;
use outcrop_store::{NewFiles, Roots, Snapshot, StoreError, Transaction};
use outcrop_types::tables::TableName;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};

use crate::existing::{self, text};
use crate::source::{Source, hexadecimal};
use crate::{FileOutcome, ImportError, Status, seismic};

/// Tables whose rows name the file they came from.
const BY_FILE: [&str; 8] =
    ["curves", "outcrop.log_headers", "outcrop.las_sections", "tops", "surveys", "checkshots", "cores", "production"];

/// Tables whose rows name a log set.
const BY_LOG_SET: [&str; 2] = ["logs", "outcrop.other_curve_values"];

/// Schemas of tables that files make for themselves.
const OWN: [&str; 6] = ["points.", "surfaces.", "lines.", "polygons.", "faults.", "seismic."];

/// Content that was imported, as its newest row of `outcrop.imports` tells.
#[derive(Debug, Clone)]
pub(crate) struct Before {
    pub(crate) path: String,
    pub(crate) bytes: u64,
    pub(crate) commit: i64,
    pub(crate) kind: String,
    pub(crate) rows: i64,
    pub(crate) message: String,
}

impl Before {
    /// Tables of its own that its rows went to: `points.wells`, `lines.faults` …
    pub(crate) fn own_tables(&self) -> Vec<TableName> {
        let named = self.message.split('`').skip(1).step_by(2);
        named.filter(|name| OWN.iter().any(|schema| name.starts_with(schema))).map(TableName::from_key).collect()
    }

    /// The well and log set that it went to.
    fn log_set(&self) -> Option<(String, String)> {
        let (log_set, well) = self.message.strip_prefix("log set `")?.strip_suffix('`')?.split_once("` of well `")?;
        Some((well.to_owned(), log_set.to_owned()))
    }

    fn is_log(&self) -> bool {
        matches!(self.kind.as_str(), "las" | "rms_well")
    }

    /// Whether the tables it went to are there no more. `as_columns`: it gave curves that are columns of `logs`.
    fn is_gone(&self, snapshot: &Snapshot, as_columns: bool) -> bool {
        let no = |key: &str| !snapshot.has_table(&TableName::from_key(key));
        let own = self.own_tables();
        if self.rows <= 0 {
            return false;
        }
        if !own.is_empty() {
            return own.iter().all(|table| !snapshot.has_table(table));
        }
        match self.kind.as_str() {
            _ if self.is_log() => no("logs") && (as_columns || (no("curves") && no("outcrop.other_curve_values"))),
            "wells" | "tops" | "surveys" | "checkshots" | "cores" | "production" => no(&self.kind),
            _ => false,
        }
    }
}

/// The contents that are imported once more although they were imported before, by checksum.
pub(crate) async fn superseded(
    snapshot: &Snapshot,
    imported: &BTreeMap<String, Before>,
    again: bool,
    sources: &[Source],
    roots: &Roots,
) -> Result<HashSet<String>, ImportError> {
    let mut columns_of_logs: HashSet<String> = HashSet::new();
    if !again && !snapshot.has_table(&TableName::public("logs")) {
        for batch in existing::read(snapshot, &TableName::public("curves"), &["file", "stored_in"]).await? {
            let of_logs = (0..batch.num_rows()).filter(|row| text(&batch, "stored_in", *row) == Some("logs"));
            columns_of_logs.extend(of_logs.filter_map(|row| text(&batch, "file", row)).map(str::to_owned));
        }
    }
    let is_wanted =
        |sha256: &String, before: &Before| again || before.is_gone(snapshot, columns_of_logs.contains(sha256));
    let wanted: Vec<(&String, &Before)> = imported.iter().filter(|(sha256, b)| is_wanted(sha256, b)).collect();
    let sizes: HashSet<u64> = wanted.iter().map(|(_, before)| before.bytes).collect();
    let wanted: HashSet<String> = wanted.into_iter().map(|(sha256, _)| sha256.clone()).collect();
    let likely: Vec<Source> = sources.iter().filter(|s| sizes.contains(&s.bytes)).cloned().collect();
    let roots = roots.clone();
    // A file that cannot be read is reported where it is read for its rows.
    let sums = move || likely.iter().filter_map(|source| checksum_of(source, &roots).ok()).collect::<Vec<String>>();
    let sums = tokio::task::spawn_blocking(sums).await.map_err(|e| ImportError::Thread(e.to_string()))?;
    Ok(sums.into_iter().filter(|sha256| wanted.contains(sha256)).collect())
}

/// The tables that these contents made for themselves and that are there still: they are made anew.
///
/// # Errors
/// A table that has rows of another file too, which would be lost.
pub(crate) fn own_tables(
    snapshot: &Snapshot,
    imported: &BTreeMap<String, Before>,
    superseded: &HashSet<String>,
) -> Result<BTreeSet<TableName>, ImportError> {
    let of = |sha256: &String| imported.get(sha256).map(Before::own_tables).unwrap_or_default();
    let tables: BTreeSet<TableName> = superseded.iter().flat_map(of).filter(|t| snapshot.has_table(t)).collect();
    for table in &tables {
        let others =
            imported.iter().filter(|(sha256, b)| !superseded.contains(*sha256) && b.own_tables().contains(table));
        let others: Vec<&str> = others.map(|(_, before)| before.path.as_str()).collect();
        if !others.is_empty() {
            return Err(ImportError::Shared { table: table.to_string(), others: others.join(", ") });
        }
    }
    Ok(tables)
}

/// Drops such a table; of a volume also its bricks and headers.
pub(crate) async fn drop_own(transaction: &Transaction, tables: &BTreeSet<TableName>) -> Result<(), ImportError> {
    for table in tables {
        transaction.drop_table(table).await?;
        if let Some((_, parts)) = seismic::SCHEMAS.split_first().filter(|(traces, _)| **traces == table.schema) {
            for part in parts.iter().map(|schema| TableName::new(*schema, &table.name)) {
                if transaction.base().has_table(&part) {
                    transaction.drop_table(&part).await?;
                }
            }
        }
    }
    Ok(())
}

fn checksum_of(source: &Source, roots: &Roots) -> Result<String, ImportError> {
    let mut file = roots.open_blocking(&source.location)?;
    let (mut hash, mut block) = (Sha256::new(), vec![0u8; 1 << 20]);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hexadecimal(&hash.finalize())),
            Ok(read) => hash.update(block.get(..read).unwrap_or_default()),
            Err(error) => {
                return Err(StoreError::Io { path: source.path().to_owned(), source: error }.into());
            }
        }
    }
}

/// The wells and log sets that these contents gave.
pub(crate) async fn log_sets(
    snapshot: &Snapshot,
    imported: &BTreeMap<String, Before>,
    superseded: &HashSet<String>,
) -> Result<HashSet<(String, String)>, ImportError> {
    let mut sets: HashSet<(String, String)> =
        superseded.iter().filter_map(|sha256| imported.get(sha256)?.log_set()).collect();
    for table in ["curves", "outcrop.log_headers"] {
        for batch in existing::read(snapshot, &TableName::from_key(table), &["well", "log_set", "file"]).await? {
            for row in 0..batch.num_rows() {
                let of = text(&batch, "file", row).is_some_and(|file| superseded.contains(file));
                if let (true, Some(well), Some(set)) = (of, text(&batch, "well", row), text(&batch, "log_set", row)) {
                    sets.insert((well.to_owned(), set.to_owned()));
                }
            }
        }
    }
    Ok(sets)
}

/// Takes out what the contents gave when they were imported before; their new rows are appended by the caller. A content
/// whose file gave nothing now would leave less than there was, so that is an error.
pub(crate) async fn take_out(
    transaction: &Transaction,
    files: &[FileOutcome],
    superseded: &HashSet<String>,
    log_sets: &HashSet<(String, String)>,
) -> Result<(), ImportError> {
    if superseded.is_empty() {
        return Ok(());
    }
    let failed = |f: &&FileOutcome| f.status == Status::Failed && superseded.contains(&f.sha256);
    if let Some(file) = files.iter().find(failed) {
        return Err(ImportError::Again { file: file.path.clone(), message: file.message.clone() });
    }
    for key in BY_FILE {
        let of = |batch: &RecordBatch, row: usize| text(batch, "file", row).is_some_and(|f| superseded.contains(f));
        take_rows(transaction, &TableName::from_key(key), &of).await?;
    }
    let of = |batch: &RecordBatch, row: usize| match (text(batch, "well", row), text(batch, "log_set", row)) {
        (Some(well), Some(set)) => log_sets.contains(&(well.to_owned(), set.to_owned())),
        _ => false,
    };
    for key in BY_LOG_SET.into_iter().filter(|_| !log_sets.is_empty()) {
        take_rows(transaction, &TableName::from_key(key), &of).await?;
    }
    Ok(())
}

/// All tables that [`take_out`] may write anew.
pub(crate) fn tables() -> impl Iterator<Item = TableName> {
    BY_FILE.into_iter().chain(BY_LOG_SET).map(TableName::from_key)
}

async fn take_rows(
    transaction: &Transaction,
    name: &TableName,
    of: &(dyn Fn(&RecordBatch, usize) -> bool + Sync),
) -> Result<(), ImportError> {
    let Some(table) = transaction.base().table_if_there(name).await? else { return Ok(()) };
    let unreadable = |reason: String| ImportError::Unreadable { table: name.to_string(), reason };
    let (mut removed, mut writer) = (Vec::new(), None);
    for file in &table.files {
        let object = table.store.get(&file.location).await.map_err(|e| unreadable(e.to_string()))?;
        let content = object.bytes().await.map_err(|e| unreadable(e.to_string()))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(content).and_then(|builder| builder.build());
        let batches = reader.map_err(|e| unreadable(format!("{}: {e}", file.location)))?;
        let (mut kept, mut goes) = (Vec::new(), false);
        for batch in batches {
            let batch = batch.map_err(|e| unreadable(format!("{}: {e}", file.location)))?;
            let keep: BooleanArray = (0..batch.num_rows()).map(|row| Some(!of(&batch, row))).collect();
            goes |= keep.true_count() < keep.len();
            kept.push(filter_record_batch(&batch, &keep).map_err(ImportError::batch(name))?);
        }
        if !goes {
            continue;
        }
        removed.push(file.name.clone());
        for batch in kept.iter().filter(|b| b.num_rows() > 0) {
            let mut open = match writer.take() {
                Some(open) => open,
                None => transaction.write(name, std::sync::Arc::clone(&table.schema)).await?,
            };
            open.write(batch)?;
            writer = Some(open);
        }
    }
    if removed.is_empty() {
        return Ok(());
    }
    let writer = match writer {
        Some(writer) => writer,
        None => transaction.write(name, std::sync::Arc::clone(&table.schema)).await?,
    };
    let added: NewFiles = writer.finish()?;
    transaction.rewrite(removed, added);
    Ok(())
}

/// The rows of a batch that did not come from these contents.
pub(crate) fn without(
    batch: &RecordBatch,
    superseded: &HashSet<String>,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let Some(files) = batch.column_by_name("file").and_then(|c| c.as_string_opt::<i32>()) else {
        return Ok(batch.clone());
    };
    let keep: BooleanArray =
        (0..files.len()).map(|row| Some(files.is_null(row) || !superseded.contains(files.value(row)))).collect();
    filter_record_batch(batch, &keep)
}
