//! The store as its users meet it: a real folder, real files, several writers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod concurrency;
mod killed;
mod orphans;
mod project;
mod roots;
mod tables;
mod unused;
mod upsert;
mod volume;

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use outcrop_store::{Project, ProjectSettings, Roots, Snapshot, StoreError, TableSnapshot};
use outcrop_types::LengthUnit;
use outcrop_types::field::with_unit;
use outcrop_types::tables::TableName;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// A new project in a folder.
pub async fn new_project(folder: &Path) -> Project {
    let settings = ProjectSettings::new("Test", LengthUnit::Metre);
    Project::init(&Roots::whole_file_system(), folder, settings, "tester").await.unwrap()
}

pub async fn open(folder: &Path) -> Project {
    Project::open(&Roots::whole_file_system(), folder).await.unwrap()
}

/// `well` and `md` in metres.
pub fn log_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        Field::new("well", DataType::Utf8, false),
        with_unit(Field::new("md", DataType::Float64, true), "m"),
    ]))
}

/// A batch of [`log_schema`]: one well at these depths.
pub fn depths(well: &str, md: &[f64]) -> RecordBatch {
    let wells: ArrayRef = Arc::new(StringArray::from(vec![well; md.len()]));
    RecordBatch::try_new(log_schema(), vec![wells, Arc::new(Float64Array::from(md.to_vec()))]).unwrap()
}

/// Appends a batch in a commit of its own.
pub async fn append(project: &Project, table: &TableName, batch: &RecordBatch) -> Result<u64, StoreError> {
    let tx = project.begin("tester", "append", "test").await?;
    let mut writer = tx.write(table, batch.schema()).await?;
    writer.write(batch)?;
    tx.append(writer.finish()?);
    Ok(tx.commit().await?.number)
}

/// Every row of a table in the table's columns.
pub fn rows(table: &TableSnapshot) -> RecordBatch {
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

/// The values of a float column, sorted, nulls left out.
pub async fn values(snapshot: &Snapshot, table: &TableName, column: &str) -> Vec<f64> {
    let batch = rows(&snapshot.table(table).await.unwrap());
    let column = batch.column_by_name(column).unwrap().as_primitive::<Float64Type>().clone();
    let mut values: Vec<f64> = (0..column.len()).filter(|&i| column.is_valid(i)).map(|i| column.value(i)).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The Parquet files below a folder.
pub fn parquet_files(folder: &Path) -> usize {
    let mut count = 0;
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += if path.ends_with("_delta_log") { 0 } else { parquet_files(&path) };
        } else if path.extension().is_some_and(|e| e == "parquet") {
            count += 1;
        }
    }
    count
}
