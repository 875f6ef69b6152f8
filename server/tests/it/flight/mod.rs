//! Flight SQL, by the client of the library, and by real ones.

mod cancel;
mod clients;
mod ingest;
mod login;
mod metadata;
mod options;
mod prepared;
mod slt;
mod statements;
mod stream;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::util::display::array_value_to_string;
use arrow_flight::error::FlightError;
use arrow_flight::{FlightInfo, IpcMessage};
use futures::TryStreamExt;
use tonic::{Code, Status};

use crate::serving::Client;

/// The rows that a client is told of.
pub async fn fetch(client: &mut Client, info: FlightInfo) -> Result<RecordBatch, FlightError> {
    let told = arrow::datatypes::Schema::try_from(IpcMessage(info.schema.clone())).ok();
    let ticket = info.endpoint[0].ticket.clone().unwrap();
    let mut stream = client.do_get(ticket).await?;
    let mut batches = Vec::new();
    while let Some(batch) = stream.try_next().await? {
        batches.push(batch);
    }
    let schema = stream.schema().expect("columns come without rows too").clone();
    if let Some(told) = told {
        assert_eq!(&told, schema.as_ref(), "the columns that were promised");
    }
    Ok(concat_batches(&schema, &batches).unwrap())
}

/// The rows of a query.
pub async fn rows(client: &mut Client, sql: &str) -> RecordBatch {
    let info = client.execute(sql.to_owned(), None).await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    fetch(client, info).await.unwrap_or_else(|e| panic!("{sql}\n{e}"))
}

/// Runs an update.
pub async fn update(client: &mut Client, sql: &str) -> i64 {
    client.execute_update(sql.to_owned(), None).await.unwrap_or_else(|e| panic!("{sql}\n{e}"))
}

/// Why something was refused.
pub fn refused<T: std::fmt::Debug>(result: Result<T, FlightError>) -> Status {
    match result.expect_err("refused") {
        FlightError::Tonic(status) => *status,
        other => panic!("{other}"),
    }
}

/// What is refused with a code and words.
pub fn refused_as<T: std::fmt::Debug>(result: Result<T, FlightError>, code: Code, words: &str) {
    let status = refused(result);
    assert_eq!(status.code(), code, "{status:?}");
    assert!(status.message().contains(words), "{status:?}");
}

/// A column as texts.
pub fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name} in {}", batch.schema()));
    (0..column.len()).map(|i| array_value_to_string(column, i).unwrap()).collect()
}

/// The one value of an answer.
pub fn one(batch: &RecordBatch) -> String {
    assert_eq!((batch.num_rows(), batch.num_columns()), (1, 1));
    array_value_to_string(batch.column(0), 0).unwrap()
}
