//! The files of `tests/slt` again, through the server. `SLT=krige` runs one.

use std::path::Path;

use arrow_flight::error::FlightError;
use async_trait::async_trait;
use futures::TryStreamExt;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner, strict_column_validator};

use crate::cells::{cell, kind};
use crate::serving::{Client, Serving, copy_folder};

struct Database(Client);

/// What a client reads of an error.
#[derive(Debug)]
struct Refused(FlightError);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            FlightError::Tonic(status) => f.write_str(status.message()),
            other => other.fmt(f),
        }
    }
}

impl std::error::Error for Refused {}

impl From<FlightError> for Refused {
    fn from(error: FlightError) -> Self {
        Refused(error)
    }
}

#[async_trait]
impl AsyncDB for Database {
    type Error = Refused;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, sql: &str) -> Result<DBOutput<DefaultColumnType>, Refused> {
        let info = self.0.execute(sql.to_owned(), None).await?;
        // What was done has one row, which is there already.
        if info.total_records == 1 {
            return Ok(DBOutput::StatementComplete(0));
        }
        let ticket = info.endpoint.into_iter().next().and_then(|e| e.ticket).unwrap();
        let mut stream = self.0.do_get(ticket).await?;
        let mut rows = Vec::new();
        while let Some(batch) = stream.try_next().await? {
            rows.extend((0..batch.num_rows()).map(|i| batch.columns().iter().map(|c| cell(c, i)).collect()));
        }
        let types = stream.schema().unwrap().fields().iter().map(|f| kind(f.data_type())).collect();
        Ok(DBOutput::Rows { types, rows })
    }

    /// What `skipif` in the files means by `flight`.
    fn engine_name(&self) -> &str {
        "flight"
    }

    async fn shutdown(&mut self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file() {
    let only = std::env::var("SLT").ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/slt");
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "slt"))
        .filter(|p| only.as_deref().is_none_or(|o| name(p) == o))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let mut failed = Vec::new();
    for file in files {
        // Relative paths of files to read and to write count from the same folder.
        let serving = Serving::copy_with(|options| {
            let files = options.data.join("files/demo_field");
            options.folders.drain(..).for_each(|folder| copy_folder(&folder, &files));
        })
        .await;
        let client = serving.client().await;
        let mut runner = Runner::new(|| {
            let client = client.clone();
            async move { Ok(Database(client)) }
        });
        runner.with_column_validator(strict_column_validator);
        if let Err(error) = runner.run_file_async(&file).await {
            failed.push(format!("{}", error.display(false)));
        }
    }
    assert!(failed.is_empty(), "{} files failed\n{}", failed.len(), failed.join("\n\n"));
}
