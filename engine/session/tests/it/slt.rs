//! Runs every file of `tests/slt`, each on a copy of the demo field of its own.
//!
//! `SLT=krige` runs one file. `SLT_WRITE=1` writes the answers that are found into the files: look at every line of the
//! difference before it is kept.

use async_trait::async_trait;
use outcrop_session::{Answer, Session, SessionError};
use sqllogictest::{
    AsyncDB, DBOutput, DefaultColumnType, Runner, default_normalizer, default_validator, strict_column_validator,
};

use crate::cells::{cell, kind};
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
