//! Amounts of data as a field has them; prints what it took.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use outcrop_store::WriteOptions;
use outcrop_types::tables::TableName;
use parquet::basic::{Compression, ZstdLevel};

use crate::{append, depths, new_project, open, parquet_files};

/// 15 columns of something that looks like logs: smooth, with noise in the last digits.
fn logs(rows: usize) -> RecordBatch {
    let mut fields = vec![Field::new("well", DataType::Utf8, false)];
    let mut columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(vec!["15/9-F-12"; rows]))];
    for c in 0..15u32 {
        fields.push(Field::new(format!("c{c}"), DataType::Float64, true));
        let value =
            |i: usize| (i as f64 * 0.001 * f64::from(c + 1)).sin() * 100.0 + ((i * 7919) % 1000) as f64 * 0.0001;
        columns.push(Arc::new(Float64Array::from_iter_values((0..rows).map(value))));
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
}

#[tokio::test]
async fn a_million_samples_of_fifteen_curves() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let batch = logs(100_000);
    for (name, compression) in [
        ("none", Compression::UNCOMPRESSED),
        ("lz4", Compression::LZ4_RAW),
        ("zstd", Compression::ZSTD(ZstdLevel::default())),
    ] {
        let table = TableName::public(name);
        let tx = project.begin("ada", "import", "").await.unwrap();
        let options = WriteOptions { compression, float_compression: compression, ..WriteOptions::default() };
        let start = Instant::now();
        let mut writer = tx.write_with(&table, batch.schema(), options).await.unwrap();
        for _ in 0..10 {
            writer.write(&batch).unwrap();
            writer.end_row_group().unwrap();
        }
        let files = writer.finish().unwrap();
        let (bytes, encoded) = (files.bytes(), start.elapsed());
        assert_eq!(files.rows(), 1_000_000);
        tx.append(files);
        tx.commit().await.unwrap();
        println!("{name}: 15 M values in {encoded:?}, with commit {:?}, {} MB", start.elapsed(), bytes >> 20);
        let start = Instant::now();
        let cold = open(project.folder()).await.snapshot().await.unwrap();
        let first = start.elapsed();
        let opened = cold.table(&table).await.unwrap();
        println!("{name}: project opened in {first:?}, table {:?}", start.elapsed() - first);
        assert_eq!(opened.rows, 1_000_000);
    }
}

#[tokio::test]
async fn files_are_cut_at_their_size() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let tx = project.begin("ada", "import", "").await.unwrap();
    let options = WriteOptions { file_bytes: 1 << 20, ..WriteOptions::default() };
    let batch = logs(10_000);
    let mut writer = tx.write_with(&TableName::public("logs"), batch.schema(), options).await.unwrap();
    for _ in 0..10 {
        writer.write(&batch).unwrap();
    }
    let files = writer.finish().unwrap();
    assert_eq!(files.rows(), 100_000);
    let count = parquet_files(project.folder());
    assert!((5..=11).contains(&count), "{count} files");
    tx.append(files);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn commits_stay_quick() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    let start = Instant::now();
    for n in 0..100 {
        append(&project, &logs, &depths("A", &[f64::from(n)])).await.unwrap();
    }
    println!("a commit of one row: {:?}", start.elapsed() / 100);
    let cold = open(project.folder()).await;
    let start = Instant::now();
    let snapshot = cold.snapshot().await.unwrap();
    let head = start.elapsed();
    assert_eq!(snapshot.table(&logs).await.unwrap().files.len(), 100);
    println!("after 100 commits: head {head:?}, table {:?}", start.elapsed() - head);
}
