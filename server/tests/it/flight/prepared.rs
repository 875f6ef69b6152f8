//! Prepared statements with values for their parameters.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use tonic::Code;

use super::{fetch, one, refused_as, rows, texts, update};
use crate::serving::{Client, Serving};

fn values(columns: Vec<ArrayRef>) -> RecordBatch {
    let names: Vec<String> = (1..=columns.len()).map(|n| format!("{n}")).collect();
    RecordBatch::try_from_iter(names.iter().zip(columns)).unwrap()
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

async fn ask(client: &mut Client, sql: &str, with: RecordBatch) -> RecordBatch {
    let mut statement = client.prepare(sql.to_owned(), None).await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    statement.set_parameters(with).unwrap();
    let info = statement.execute().await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    let batch = fetch(client, info).await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    statement.close().await.unwrap();
    batch
}

#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let well = || values(vec![text(&["OUT-2"])]);
    for sql in ["SELECT well FROM wells WHERE well = ?", "SELECT well FROM wells WHERE well = $1"] {
        assert_eq!(texts(&ask(&mut client, sql, well()).await, "well"), ["OUT-2"]);
    }
    // As a parameter of an operator, and as a value whose type nothing else tells.
    let sql = "SELECT count(*) > 0 FROM logs WHERE well = ? AND md > ?";
    let both = values(vec![text(&["OUT-1"]), Arc::new(Int64Array::from(vec![100]))]);
    assert_eq!(one(&ask(&mut client, sql, both).await), "true");
    assert_eq!(one(&ask(&mut client, "SELECT ?", values(vec![Arc::new(Int64Array::from(vec![7]))])).await), "7");
    // What is bound is never SQL.
    let nasty = values(vec![text(&["x' OR '1' = '1"])]);
    assert_eq!(ask(&mut client, "SELECT well FROM wells WHERE well = ?", nasty).await.num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn schemas_are_told() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    let statement =
        client.prepare("SELECT well, td FROM wells WHERE td > ? AND well = ?".to_owned(), None).await.unwrap();
    let names: Vec<&str> = statement.dataset_schema().unwrap().fields().iter().map(|f| f.name().as_str()).collect();
    assert_eq!(names, ["well", "td"]);
    let types = |schema: &arrow::datatypes::Schema| -> Vec<DataType> {
        schema.fields().iter().map(|f| f.data_type().clone()).collect()
    };
    assert_eq!(types(statement.parameter_schema().unwrap()), [DataType::Float64, DataType::Utf8]);
    update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE, at TIMESTAMP)").await;
    // Drivers make their buffers by these types, so an INSERT has them too; that it has no columns makes it an update.
    let statement = client.prepare("INSERT INTO notes VALUES (?, ?, ?)".to_owned(), None).await.unwrap();
    assert!(statement.dataset_schema().unwrap().fields().is_empty());
    let told = types(statement.parameter_schema().unwrap());
    assert_eq!(told[..2], [DataType::Utf8, DataType::Float64]);
    assert!(matches!(told[2], DataType::Timestamp(..)), "{told:?}");
    let statement = client.prepare("UPDATE notes SET depth = ? WHERE well = ?".to_owned(), None).await.unwrap();
    assert_eq!(types(statement.parameter_schema().unwrap()), [DataType::Float64, DataType::Utf8]);
    let statement = client.prepare("DELETE FROM notes WHERE well = ?".to_owned(), None).await.unwrap();
    assert_eq!(types(statement.parameter_schema().unwrap()), [DataType::Utf8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_one_commit() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE)").await;
    let commits = "SELECT max(number) FROM outcrop.commits";
    let before: u64 = one(&rows(&mut client, commits).await).parse().unwrap();
    let many = values(vec![
        Arc::new(StringArray::from_iter_values((0..5000).map(|i| format!("W{i}")))),
        Arc::new(Float64Array::from_iter((0..5000).map(|i| (i % 2 == 0).then_some(f64::from(i))))),
    ]);
    let mut statement =
        client.prepare("INSERT INTO notes (well, depth) VALUES (?, ? + 1)".to_owned(), None).await.unwrap();
    statement.set_parameters(many).unwrap();
    assert_eq!(statement.execute_update().await.unwrap(), 5000);
    let after: u64 = one(&rows(&mut client, commits).await).parse().unwrap();
    assert_eq!(after, before + 1);
    assert_eq!(one(&rows(&mut client, "SELECT count(depth) FROM notes").await), "2500");
    assert_eq!(one(&rows(&mut client, "SELECT depth FROM notes WHERE well = 'W10'").await), "11.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_updates_run_for_each_row() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE)").await;
    update(&mut client, "INSERT INTO notes VALUES ('a', 1), ('b', 2), ('c', 3)").await;
    let mut statement = client.prepare("UPDATE notes SET depth = ? WHERE well = ?".to_owned(), None).await.unwrap();
    let both = values(vec![Arc::new(Float64Array::from(vec![10.0, 20.0])), text(&["a", "b"])]);
    statement.set_parameters(both).unwrap();
    assert_eq!(statement.execute_update().await.unwrap(), 2);
    assert_eq!(one(&rows(&mut client, "SELECT sum(depth) FROM notes").await), "33.0");
    // One that fails in the middle says what is done.
    let mut statement = client
        .prepare("UPDATE notes SET depth = 1 / CAST(? AS BIGINT) WHERE well = 'a'".to_owned(), None)
        .await
        .unwrap();
    statement.set_parameters(values(vec![Arc::new(Int64Array::from(vec![1, 0]))])).unwrap();
    refused_as(statement.execute_update().await, Code::InvalidArgument, "row 2 of 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_insert_as_a_prepared_query() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE)").await;
    let sql = "INSERT INTO notes VALUES (?, ?)";
    let row = values(vec![text(&["a"]), Arc::new(Float64Array::from(vec![1.0]))]);
    assert_eq!(one(&ask(&mut client, sql, row).await), "1");
    assert_eq!(one(&rows(&mut client, "SELECT count(*) FROM notes").await), "1");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let sql = "SELECT well FROM wells WHERE well = ?";
    let mut statement = client.prepare(sql.to_owned(), None).await.unwrap();
    refused_as(statement.execute().await, Code::InvalidArgument, "no values were bound");
    statement.set_parameters(values(vec![text(&["a"]), text(&["b"])])).unwrap();
    refused_as(statement.execute().await, Code::InvalidArgument, "1 parameters and 2 values");
    statement.set_parameters(values(vec![text(&["a", "b"])])).unwrap();
    refused_as(statement.execute().await, Code::Unimplemented, "run it once for each");
    // A statement that is closed is gone.
    let mut again = statement.clone();
    statement.close().await.unwrap();
    again.set_parameters(values(vec![text(&["a"])])).unwrap();
    refused_as(again.execute().await, Code::NotFound, "prepare it again");
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_others_are_not_there() {
    let serving = Serving::with_users().await;
    let (mut engineer, viewer) = (serving.client_of("engineer").await, serving.client_of("viewer").await);
    let mut statement = engineer.prepare("SELECT 1".to_owned(), None).await.unwrap();
    statement.execute().await.unwrap();
    let mut stolen = engineer.clone();
    stolen.set_token(viewer.token().unwrap().clone());
    let command =
        arrow_flight::sql::CommandPreparedStatementQuery { prepared_statement_handle: handle_of(&mut engineer).await };
    use arrow_flight::sql::ProstMessageExt;
    use prost::Message;
    let ticket = arrow_flight::Ticket::new(command.as_any().encode_to_vec());
    assert!(engineer.do_get(ticket.clone()).await.is_ok());
    refused_as(stolen.do_get(ticket).await.map(|_| ()), Code::NotFound, "prepare it again");
}

/// The handle of a new statement, as the wire has it.
async fn handle_of(client: &mut Client) -> bytes::Bytes {
    use arrow_flight::sql::{
        ActionCreatePreparedStatementRequest, ActionCreatePreparedStatementResult, Any, ProstMessageExt,
    };
    use prost::Message;
    let request = ActionCreatePreparedStatementRequest { query: "SELECT 1".to_owned(), transaction_id: None };
    let action = arrow_flight::Action::new("CreatePreparedStatement", request.as_any().encode_to_vec());
    let result = client.do_action(action).await.unwrap().message().await.unwrap().unwrap();
    let any = Any::decode(result.body).unwrap();
    any.unpack::<ActionCreatePreparedStatementResult>().unwrap().unwrap().prepared_statement_handle
}
