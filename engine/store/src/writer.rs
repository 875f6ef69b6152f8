//! Data files: record batches in, Parquet files out.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, SchemaRef};
use outcrop_types::tables::TableName;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::conform::conform;
use crate::project::lock;
use crate::snapshot::DataFile;
use crate::storage::Storage;
use crate::{StoreError, statistics};

/// How data files are cut and encoded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WriteOptions {
    /// Rows of a row group at most; [`TableWriter::end_row_group`] ends one earlier.
    pub row_group_rows: usize,
    /// A file is closed and another begun when it reaches this size, in bytes.
    pub file_bytes: usize,
    /// Compression of columns that are not floating point.
    pub compression: Compression,
    /// Compression of floating-point columns.
    pub float_compression: Compression,
    /// Whole numbers as differences, floating-point ones byte by byte, before they are compressed.
    pub regular: bool,
}

impl Default for WriteOptions {
    /// 262,144 rows a row group, 256 MiB a file, LZ4 but for floating-point columns, which are written
    /// as they are: measured on 15 curves of a million samples rounded to two decimals, LZ4 makes
    /// writing and reading them 2.7 times slower for files little over half the size.
    fn default() -> Self {
        WriteOptions {
            row_group_rows: 1 << 18,
            file_bytes: 256 << 20,
            compression: Compression::LZ4_RAW,
            float_compression: Compression::UNCOMPRESSED,
            regular: false,
        }
    }
}

impl WriteOptions {
    /// For columns that repeat or count up, such as headers of traces: next to nothing is left of them.
    pub fn packed() -> Self {
        let zstd = Compression::ZSTD(ZstdLevel::default());
        WriteOptions { compression: zstd, float_compression: zstd, regular: true, ..WriteOptions::default() }
    }
}

/// Files written and not yet part of a commit. They are removed when the transaction ends without one.
#[derive(Debug, Default)]
pub(crate) struct CreatedFiles {
    files: Mutex<Vec<Created>>,
}

#[derive(Debug, Clone)]
struct Created {
    path: PathBuf,
    synced: bool,
}

impl CreatedFiles {
    pub(crate) fn add(&self, path: PathBuf) {
        lock(&self.files).push(Created { path, synced: false });
    }

    /// Brings the files' content to disk, several at a time.
    pub(crate) fn sync(&self) -> Result<(), StoreError> {
        let open: Vec<PathBuf> = lock(&self.files).iter().filter(|f| !f.synced).map(|f| f.path.clone()).collect();
        let share = open.len().div_ceil(8).max(1);
        std::thread::scope(|scope| {
            let tasks: Vec<_> = open
                .chunks(share)
                .map(|paths| {
                    scope.spawn(move || {
                        paths.iter().try_for_each(|path| match File::open(path).and_then(|f| f.sync_all()) {
                            // A writer that was dropped has removed its file.
                            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path, e)),
                            _ => Ok(()),
                        })
                    })
                })
                .collect();
            tasks.into_iter().try_for_each(|task| {
                task.join().unwrap_or_else(|_| Err(StoreError::Task("flushing data files".to_owned())))
            })
        })?;
        let folders: HashSet<_> = open.iter().filter_map(|p| p.parent()).collect();
        for folder in folders {
            if let Ok(folder) = File::open(folder) {
                let _ = folder.sync_all();
            }
        }
        let synced: HashSet<&PathBuf> = open.iter().collect();
        for file in lock(&self.files).iter_mut().filter(|f| synced.contains(&f.path)) {
            file.synced = true;
        }
        Ok(())
    }

    /// Takes the files out, so that nothing removes them while it is open whether they are committed.
    pub(crate) fn hold(&self) -> CreatedFiles {
        CreatedFiles { files: Mutex::new(std::mem::take(&mut *lock(&self.files))) }
    }

    /// Takes held files back.
    pub(crate) fn take_back(&self, held: CreatedFiles) {
        lock(&self.files).append(&mut *lock(&held.files));
    }

    /// Removes the files but those that `keep` names, and forgets all.
    pub(crate) fn remove_except(&self, keep: impl Fn(&std::path::Path) -> bool) {
        for file in std::mem::take(&mut *lock(&self.files)) {
            if !keep(&file.path) {
                let _ = std::fs::remove_file(&file.path);
            }
        }
    }
}

/// Data files that are written and wait to be part of a transaction:
/// see [`crate::Transaction::append`], [`crate::Transaction::replace`], [`crate::Transaction::rewrite`].
#[derive(Debug, Clone)]
pub struct NewFiles {
    pub(crate) table: TableName,
    pub(crate) schema: SchemaRef,
    pub(crate) files: Vec<DataFile>,
}

impl NewFiles {
    /// The table they were written for.
    pub fn table(&self) -> &TableName {
        &self.table
    }

    /// Columns of the files.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows of all files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|f| f.size).sum()
    }

    /// Takes in what another writer wrote for the same table. The schemas may differ as
    /// [`crate::union_schema`] allows.
    pub fn merge(&mut self, other: NewFiles) -> Result<(), StoreError> {
        self.schema = crate::union_schema(&self.table, &self.schema, &other.schema)?;
        self.files.extend(other.files);
        Ok(())
    }
}

/// Writes record batches into Parquet files of a table. Works on the calling thread, without a
/// runtime; several writers, also for one table, may work on several threads at once.
///
/// Files become part of the table by handing [`TableWriter::finish`]'s result to the transaction. A
/// writer that is dropped instead removes its files.
pub struct TableWriter {
    table: TableName,
    folder: String,
    schema: SchemaRef,
    storage: Storage,
    options: WriteOptions,
    properties: WriterProperties,
    created: Arc<CreatedFiles>,
    open: Option<OpenFile>,
    closed: Vec<DataFile>,
    rows: u64,
    finished: bool,
}

struct OpenFile {
    name: String,
    path: PathBuf,
    writer: ArrowWriter<BufWriter<File>>,
}

impl TableWriter {
    /// `schema` as stored.
    pub(crate) fn new(
        table: TableName,
        schema: SchemaRef,
        storage: Storage,
        created: Arc<CreatedFiles>,
        options: WriteOptions,
    ) -> Result<Self, StoreError> {
        let folder = crate::delta::table_folder(&table)?;
        let properties = properties(&schema, &options);
        Ok(TableWriter {
            table,
            folder,
            schema,
            storage,
            options,
            properties,
            created,
            open: None,
            closed: Vec::new(),
            rows: 0,
            finished: false,
        })
    }

    /// Columns that are written: the types of the table where it has the column.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Rows written so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// A batch as [`TableWriter::write`] would store it, or the error it would give.
    pub fn conformed(&self, batch: &RecordBatch) -> Result<RecordBatch, StoreError> {
        conform(&self.table, &self.schema, batch, self.rows)
    }

    /// Writes a batch. Columns are found by name; absent ones are null; values are cast to the types
    /// of [`TableWriter::schema`] and refused where that would change them.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), StoreError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let batch = conform(&self.table, &self.schema, batch, self.rows)?;
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin_file()?,
        };
        let written = open.writer.write(&batch);
        let (path, size) = (open.path.clone(), open.writer.bytes_written() + open.writer.in_progress_size());
        self.open = Some(open);
        written.map_err(|source| parquet_error(&path, source))?;
        self.rows += batch.num_rows() as u64;
        if size >= self.options.file_bytes { self.end_file() } else { Ok(()) }
    }

    /// Ends the row group, so that a predicate on what comes next can skip what came before.
    pub fn end_row_group(&mut self) -> Result<(), StoreError> {
        match &mut self.open {
            Some(open) => open.writer.flush().map_err(|source| parquet_error(&open.path, source)),
            None => Ok(()),
        }
    }

    /// Closes the last file and hands over all of them.
    pub fn finish(mut self) -> Result<NewFiles, StoreError> {
        self.end_file()?;
        self.finished = true;
        Ok(NewFiles {
            table: self.table.clone(),
            schema: Arc::clone(&self.schema),
            files: std::mem::take(&mut self.closed),
        })
    }

    fn begin_file(&self) -> Result<OpenFile, StoreError> {
        let name = format!("{}.parquet", uuid::Uuid::new_v4());
        let (file, path) = self.storage.create_file(&format!("{}/{name}", self.folder))?;
        self.created.add(path.clone());
        let sink = BufWriter::with_capacity(1 << 18, file);
        let writer = ArrowWriter::try_new(sink, Arc::clone(&self.schema), Some(self.properties.clone()))
            .map_err(|source| parquet_error(&path, source))?;
        Ok(OpenFile { name, path, writer })
    }

    fn end_file(&mut self) -> Result<(), StoreError> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let metadata = match open.writer.close() {
            Ok(metadata) => metadata,
            Err(source) => {
                let _ = std::fs::remove_file(&open.path);
                return Err(parquet_error(&open.path, source));
            }
        };
        let rows = metadata.file_metadata().num_rows();
        self.closed.push(DataFile {
            location: self.storage.path(&format!("{}/{}", self.folder, open.name))?,
            name: open.name,
            size: std::fs::metadata(&open.path).map_err(|e| StoreError::io(&open.path, e))?.len(),
            rows: u64::try_from(rows).unwrap_or(0),
            statistics: Arc::new(statistics::of_parquet(&self.schema, &metadata)),
        });
        Ok(())
    }
}

impl Drop for TableWriter {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let closed = self.closed.iter().map(|f| self.storage.local(&format!("{}/{}", self.folder, f.name)));
        let open = self.open.take().map(|open| open.path);
        for path in closed.chain(open) {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn parquet_error(path: &std::path::Path, source: parquet::errors::ParquetError) -> StoreError {
    StoreError::Parquet { path: path.display().to_string(), source }
}

/// Statistics per page, dictionaries for text alone: numbers of logs rarely repeat, and a dictionary
/// that is built and dropped costs more than the rest of the writing.
fn properties(schema: &SchemaRef, options: &WriteOptions) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(options.compression)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_max_row_group_row_count(Some(options.row_group_rows.max(1)))
        .set_created_by(format!("outcrop {}", env!("CARGO_PKG_VERSION")));
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        match field.data_type() {
            DataType::Utf8 => builder = builder.set_column_dictionary_enabled(column, true),
            t if t.is_floating() => {
                builder = builder.set_column_compression(column.clone(), options.float_compression);
                if options.regular {
                    builder = builder.set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT);
                }
            }
            DataType::Int32 | DataType::Int64 if options.regular => {
                builder = builder.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
            }
            _ => {}
        }
    }
    builder.build()
}
