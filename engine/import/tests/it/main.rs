//! Imports as their users meet them: real files, a real project.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod concurrency;
mod features;
mod files;
mod identity;
mod killed;
mod logs;
mod mannville;
mod positions;
mod production;
mod quality;
mod sections;
mod surfaces;
mod tables;
mod units;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use outcrop_import::{FileOutcome, ImportError, ImportOptions, ImportReport, NoWatch, Status, import};
use outcrop_store::{Project, ProjectSettings, Roots, Snapshot};
use outcrop_types::LengthUnit;
use outcrop_types::tables::TableName;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

/// A folder with a project in it and room for files.
pub struct Place {
    pub dir: TempDir,
    pub project: Project,
}

impl Place {
    pub async fn new(length: LengthUnit) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = ProjectSettings::new("Test", length);
        let folder = dir.path().join("p.outcrop");
        let project = Project::init(&Roots::whole_file_system(), folder, settings, "tester").await.unwrap();
        Place { dir, project }
    }

    pub async fn metric() -> Self {
        Self::new(LengthUnit::Metre).await
    }

    /// Writes a file to import.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub async fn try_import(&self, patterns: &[&str], options: &ImportOptions) -> Result<ImportReport, ImportError> {
        let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
        let roots = Roots::whole_file_system();
        import(&self.project, &roots, self.dir.path(), &patterns, options, Arc::new(NoWatch)).await
    }

    pub async fn import(&self, patterns: &[&str]) -> ImportReport {
        self.import_with(patterns, &options()).await
    }

    pub async fn import_with(&self, patterns: &[&str], options: &ImportOptions) -> ImportReport {
        self.try_import(patterns, options).await.unwrap()
    }

    pub async fn rows(&self, table: &str) -> RecordBatch {
        rows(&self.project.snapshot().await.unwrap(), table).await
    }
}

pub fn options() -> ImportOptions {
    ImportOptions { author: "tester".to_owned(), threads: Some(2), ..ImportOptions::default() }
}

/// Every row of a table, in its columns.
pub async fn rows(snapshot: &Snapshot, table: &str) -> RecordBatch {
    let table = snapshot.table(&TableName::from_key(table)).await.unwrap();
    let mut batches = Vec::new();
    for file in &table.files {
        let path = format!("/{}", file.location);
        let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
        for batch in reader.build().unwrap() {
            let batch = batch.unwrap();
            let columns = table.schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
                Some(column) => Arc::clone(column),
                None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
            });
            batches.push(RecordBatch::try_new(Arc::clone(&table.schema), columns.collect()).unwrap());
        }
    }
    arrow::compute::concat_batches(&table.schema, &batches).unwrap()
}

/// A text column, nulls as empty texts.
pub fn texts(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).unwrap().as_string::<i32>();
    column.iter().map(|v| v.unwrap_or_default().to_owned()).collect()
}

pub fn numbers(batch: &RecordBatch, column: &str) -> Vec<Option<f64>> {
    batch.column_by_name(column).unwrap().as_primitive::<Float64Type>().iter().collect()
}

/// The row whose text column has a value.
pub fn row_of(batch: &RecordBatch, column: &str, value: &str) -> usize {
    texts(batch, column).iter().position(|t| t == value).unwrap_or_else(|| panic!("no {column} = {value}"))
}

pub fn number_at(batch: &RecordBatch, column: &str, row: usize) -> Option<f64> {
    let column = batch.column_by_name(column).unwrap().as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row))
}

pub fn outcome<'a>(report: &'a ImportReport, path: &str) -> &'a FileOutcome {
    report.files.iter().find(|f| f.path.ends_with(path)).unwrap_or_else(|| panic!("no {path} in {:?}", report.files))
}

/// The messages of a file's issues of a code.
pub fn said(outcome: &FileOutcome, code: &str) -> Vec<String> {
    outcome.issues.iter().filter(|n| n.issue.code == code).map(|n| n.issue.message.clone()).collect()
}

/// The folder of real data, where it is there.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA").map_or_else(
        || Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).to_path_buf(),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

/// A small LAS 2.0 file: header items, curves as `MNEM.UNIT`, rows.
pub fn las(well: &str, curves: &[&str], rows: &[&[f64]]) -> String {
    let mut text = format!(
        "~Version\nVERS. 2.0 :\nWRAP. NO :\n~Well\nSTRT.M {} :\nSTOP.M {} :\nSTEP.M 0 :\nNULL. -999.25 :\n{well}\n~Curve\n",
        rows.first().map_or(0.0, |r| r[0]),
        rows.last().map_or(0.0, |r| r[0])
    );
    for curve in curves {
        text.push_str(&format!("{curve} :\n"));
    }
    text.push_str("~ASCII\n");
    for row in rows {
        let row: Vec<String> = row.iter().map(f64::to_string).collect();
        text.push_str(&format!("{}\n", row.join(" ")));
    }
    text
}

pub fn statuses(report: &ImportReport) -> Vec<(String, Status)> {
    report.files.iter().map(|f| (f.path.clone(), f.status)).collect()
}

/// Options with one thing more.
pub trait ImportOptionsExt {
    fn unit(self, name: &str, unit: &str) -> Self;
}

impl ImportOptionsExt for ImportOptions {
    fn unit(mut self, name: &str, unit: &str) -> Self {
        self.units.push((name.to_owned(), unit.to_owned()));
        self
    }
}
