//! Runs every file of `tests/slt`, each on a copy of the demo field of its own.
//!
//! `SLT=krige` runs one file. `SLT_WRITE=1` writes the answers that are found into the files: look at every line of the
//! difference before it is kept.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use arrow::util::display::array_value_to_string;
use async_trait::async_trait;
use outcrop_session::{Answer, Session, SessionError};
use sqllogictest::{
    AsyncDB, DBOutput, DefaultColumnType, Runner, default_normalizer, default_validator, strict_column_validator,
};

use crate::field;

struct Database(Session);

#[async_trait]
impl AsyncDB for Database {
    type Error = SessionError;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, SessionError> {
        let rows = match self.0.sql(sql).await? {
            Answer::Rows(rows) => rows,
            Answer::Done { .. } => return Ok(DBOutput::StatementComplete(0)),
        };
        let types = rows.schema().fields().iter().map(|f| kind(f.data_type())).collect();
        let mut shown = Vec::new();
        for batch in rows.collect().await? {
            shown.extend((0..batch.num_rows()).map(|i| batch.columns().iter().map(|c| cell(c, i)).collect()));
        }
        Ok(DBOutput::Rows { types, rows: shown })
    }

    async fn shutdown(&mut self) {}
}

fn kind(t: &DataType) -> DefaultColumnType {
    match t {
        t if t.is_integer() => DefaultColumnType::Integer,
        t if t.is_floating() => DefaultColumnType::FloatingPoint,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DefaultColumnType::Text,
        _ => DefaultColumnType::Any,
    }
}

/// Null as NULL, no text as (empty), numbers to six digits.
fn cell(column: &ArrayRef, row: usize) -> String {
    if column.is_null(row) {
        return "NULL".to_owned();
    }
    let number = match column.data_type() {
        DataType::Float64 => Some(column.as_primitive::<Float64Type>().value(row)),
        DataType::Float32 => Some(f64::from(column.as_primitive::<Float32Type>().value(row))),
        _ => None,
    };
    if let Some(number) = number {
        let rounded: f64 = format!("{number:.5e}").parse().unwrap();
        // Zero has one sign.
        return (rounded + 0.0).to_string();
    }
    match array_value_to_string(column, row).unwrap() {
        text if text.is_empty() => "(empty)".to_owned(),
        text => text.replace('\n', "\\n"),
    }
}

#[test]
fn numbers_have_six_digits() {
    let column: ArrayRef = std::sync::Arc::new(arrow::array::Float64Array::from(vec![
        Some(1.0 / 3.0),
        Some(6_789_880.4),
        Some(-1e-17),
        Some(-0.0),
        None,
    ]));
    let shown: Vec<String> = (0..5).map(|i| cell(&column, i)).collect();
    assert_eq!(shown, ["0.333333", "6789880", "-0.00000000000000001", "0", "NULL"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file() {
    let (only, write) = (std::env::var("SLT").ok(), std::env::var_os("SLT_WRITE").is_some());
    let mut files: Vec<_> = std::fs::read_dir(field::workspace().join("tests/slt"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "slt"))
        .filter(|p| only.as_deref().is_none_or(|o| p.file_stem().is_some_and(|s| s == o)))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut failed = Vec::new();
    for file in files {
        let (_folder, session) = field::copy().await;
        let mut runner = Runner::new(|| {
            let session = session.clone();
            async move { Ok(Database(session)) }
        });
        runner.with_column_validator(strict_column_validator);
        if write {
            runner
                .update_test_file(&file, " ", default_validator, default_normalizer, strict_column_validator)
                .await
                .unwrap();
        } else if let Err(error) = runner.run_file_async(&file).await {
            failed.push(format!("{}", error.display(false)));
        }
    }
    assert!(failed.is_empty(), "{} files failed\n{}", failed.len(), failed.join("\n\n"));
}
