//! Rows that a client sends into a table.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow_flight::error::FlightError;
use arrow_flight::sql::{CommandStatementIngest, TableDefinitionOptions, TableExistsOption, TableNotExistOption};
use futures::stream;
use tonic::Code;

use super::{one, refused_as, rows};
use crate::serving::{Client, Serving};

const CREATE: (TableNotExistOption, TableExistsOption) = (TableNotExistOption::Create, TableExistsOption::Fail);
const APPEND: (TableNotExistOption, TableExistsOption) = (TableNotExistOption::Fail, TableExistsOption::Append);
const EITHER: (TableNotExistOption, TableExistsOption) = (TableNotExistOption::Create, TableExistsOption::Append);
const REPLACE: (TableNotExistOption, TableExistsOption) = (TableNotExistOption::Create, TableExistsOption::Replace);

fn into(table: &str, (missing, there): (TableNotExistOption, TableExistsOption)) -> CommandStatementIngest {
    CommandStatementIngest {
        table: table.to_owned(),
        table_definition_options: Some(TableDefinitionOptions {
            if_not_exist: missing.into(),
            if_exists: there.into(),
        }),
        ..Default::default()
    }
}

fn batch(from: i64, count: i64) -> RecordBatch {
    let unit = [("outcrop.unit".to_owned(), "m".to_owned())].into();
    let schema = Schema::new(vec![
        Field::new("id", DataType::Int64, true),
        Field::new("depth", DataType::Float64, true).with_metadata(unit),
        Field::new("note", DataType::Utf8, true),
    ]);
    let ids = from..from + count;
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(ids.clone())),
        Arc::new(Float64Array::from_iter_values(ids.clone().map(|i| i as f64))),
        Arc::new(StringArray::from_iter_values(ids.map(|i| format!("note {i}")))),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).unwrap()
}

async fn send(
    client: &mut Client,
    command: CommandStatementIngest,
    batches: Vec<RecordBatch>,
) -> Result<i64, FlightError> {
    client.execute_ingest(command, stream::iter(batches.into_iter().map(Ok))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn modes() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    let count = "SELECT count(*) FROM notes";
    let appended = send(&mut client, into("notes", APPEND), vec![batch(0, 1)]).await;
    refused_as(appended, Code::InvalidArgument, "notes");
    let many = (0..20).map(|n| batch(n * 1000, 1000)).collect();
    assert_eq!(send(&mut client, into("notes", CREATE), many).await.unwrap(), 20_000);
    assert_eq!(one(&rows(&mut client, count).await), "20000");
    // The unit of the field is the column's.
    let sql = "SELECT unit FROM information_schema.columns WHERE table_name = 'notes' AND column_name = 'depth'";
    assert_eq!(one(&rows(&mut client, sql).await), "m");
    let created = send(&mut client, into("notes", CREATE), vec![batch(0, 1)]).await;
    refused_as(created, Code::InvalidArgument, "notes");
    assert_eq!(send(&mut client, into("notes", APPEND), vec![batch(0, 5)]).await.unwrap(), 5);
    assert_eq!(send(&mut client, into("notes", EITHER), vec![batch(0, 5)]).await.unwrap(), 5);
    assert_eq!(send(&mut client, into("others", EITHER), vec![batch(0, 5)]).await.unwrap(), 5);
    assert_eq!(one(&rows(&mut client, count).await), "20010");
    assert_eq!(send(&mut client, into("notes", REPLACE), vec![batch(0, 3)]).await.unwrap(), 3);
    assert_eq!(one(&rows(&mut client, count).await), "3");
    // Columns go by name.
    let turned = batch(7, 1).project(&[2, 0]).unwrap();
    assert_eq!(send(&mut client, into("notes", APPEND), vec![turned]).await.unwrap(), 1);
    assert_eq!(one(&rows(&mut client, "SELECT note FROM notes WHERE id = 7 AND depth IS NULL").await), "note 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn places() {
    let serving = Serving::copy_with(Serving::second).await;
    let mut client = serving.client().await;
    let elsewhere = CommandStatementIngest {
        catalog: Some("second".to_owned()),
        schema: Some("points".to_owned()),
        ..into("heads", CREATE)
    };
    assert_eq!(send(&mut client, elsewhere, vec![batch(0, 4)]).await.unwrap(), 4);
    client.set_header("x-project", "second");
    assert_eq!(one(&rows(&mut client, "SELECT count(*) FROM points.heads").await), "4");
    let temporary = CommandStatementIngest { temporary: true, ..into("heads", CREATE) };
    refused_as(send(&mut client, temporary, vec![batch(0, 1)]).await, Code::Unimplemented, "no temporary tables");
    let nowhere = CommandStatementIngest { catalog: Some("third".to_owned()), ..into("heads", CREATE) };
    refused_as(send(&mut client, nowhere, vec![batch(0, 1)]).await, Code::NotFound, "third");
    let engine = CommandStatementIngest { schema: Some("outcrop".to_owned()), ..into("commits", APPEND) };
    refused_as(send(&mut client, engine, vec![batch(0, 1)]).await, Code::InvalidArgument, "belongs to the engine");
}

/// A stream that breaks off leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn all_or_nothing() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    send(&mut client, into("notes", CREATE), vec![batch(0, 1)]).await.unwrap();
    let words = Schema::new(vec![Field::new("id", DataType::Utf8, true)]);
    let wrong: ArrayRef = Arc::new(StringArray::from(vec!["1", "no number"]));
    let wrong = RecordBatch::try_new(Arc::new(words), vec![wrong]).unwrap();
    assert!(send(&mut client, into("notes", APPEND), vec![wrong]).await.is_err());
    assert_eq!(one(&rows(&mut client, "SELECT count(*) FROM notes").await), "1");
}
