//! Queries and updates.

use arrow::datatypes::DataType;
use arrow_flight::sql::{Any, CommandStatementQuery, ProstMessageExt, TicketStatementQuery};
use arrow_flight::{FlightDescriptor, IpcMessage};
use prost::Message;
use tonic::Code;

use super::{fetch, one, refused_as, rows, texts, update};
use crate::serving::Serving;

#[tokio::test(flavor = "multi_thread")]
async fn select_one() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    assert_eq!(one(&rows(&mut client, "select 1").await), "1");
    // No rows are rows too.
    assert_eq!(rows(&mut client, "SELECT well FROM wells WHERE false").await.num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_come_along_and_views_do_not() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let sql = "SELECT well, md, arrow_cast(well, 'Utf8View') AS v, arrow_cast(well, 'Dictionary(Int32, Utf8)') AS d, \
               [arrow_cast(well, 'Utf8View')] AS l FROM logs LIMIT 5";
    let batch = rows(&mut client, sql).await;
    let schema = batch.schema();
    assert_eq!(schema.field_with_name("md").unwrap().metadata().get("outcrop.unit").map(String::as_str), Some("m"));
    for name in ["well", "v", "d"] {
        assert_eq!(schema.field_with_name(name).unwrap().data_type(), &DataType::Utf8, "{name}");
    }
    let DataType::List(item) = schema.field_with_name("l").unwrap().data_type() else { panic!("no list") };
    assert_eq!(item.data_type(), &DataType::Utf8);
    assert_eq!(texts(&batch, "v"), texts(&batch, "well"));
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_are_no_plain_queries() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    for sql in [
        "SHOW TABLES",
        "SHOW COLUMNS FROM wells",
        "DESCRIBE wells",
        "EXPLAIN SELECT * FROM wells",
        "EXPLAIN ANALYZE SELECT * FROM wells",
        "SHOW FUNCTIONS",
        "WITH w AS (SELECT * FROM wells) SELECT * FROM w UNION ALL SELECT * FROM w",
        "SELECT * FROM krige((SELECT x, y, td AS value FROM wells), cell_size => 5000, psill => 900, range => 6000)",
        "SELECT count(*) FROM 'las/OUT-1.las'",
        "SELECT * FROM \"demo_field\".\"public\".\"wells\"",
        "SELECT * FROM information_schema.columns",
    ] {
        assert!(rows(&mut client, sql).await.num_rows() > 0, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    refused_as(client.execute("SELECT * FROM nothing".to_owned(), None).await, Code::InvalidArgument, "nothing");
    refused_as(client.execute("SELEC 1".to_owned(), None).await, Code::InvalidArgument, "SELEC");
    refused_as(client.execute(String::new(), None).await, Code::InvalidArgument, "no statement");
    refused_as(client.execute("SELECT ?".to_owned(), None).await, Code::InvalidArgument, "bind values");
    // Only a row in the middle is wrong.
    let sql =
        "SELECT CAST(CASE WHEN value = 500000 THEN 'x' ELSE '1' END AS BIGINT) AS n FROM generate_series(1, 1000000)";
    let info = client.execute(sql.to_owned(), None).await.unwrap();
    refused_as(fetch(&mut client, info).await, Code::InvalidArgument, "'x'");
}

#[tokio::test(flavor = "multi_thread")]
async fn updates_say_how_many_rows() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    assert_eq!(update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE)").await, 0);
    assert_eq!(update(&mut client, "INSERT INTO notes VALUES ('OUT-1', 1.5), ('OUT-2', NULL)").await, 2);
    assert_eq!(update(&mut client, "UPDATE notes SET depth = 2 WHERE well = 'OUT-1'").await, 1);
    assert_eq!(update(&mut client, "DELETE FROM notes WHERE well = 'OUT-2'").await, 1);
    assert_eq!(one(&rows(&mut client, "SELECT sum(depth) FROM notes").await), "2.0");
    // Every change is somebody's commit.
    let sql = "SELECT author FROM outcrop.commits ORDER BY number DESC LIMIT 1";
    assert_eq!(one(&rows(&mut client, sql).await), "tester");
    refused_as(client.execute_update("SELECT 1".to_owned(), None).await, Code::InvalidArgument, "run it as a query");
}

/// As JDBC and others do: an update that arrives as a query. It is done when it was asked for, whether its answer is fetched or not,
/// and done once, however often that is.
#[tokio::test(flavor = "multi_thread")]
async fn an_update_as_a_query() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    update(&mut client, "CREATE TABLE notes (well VARCHAR, depth DOUBLE)").await;
    let sql = "INSERT INTO notes VALUES ('OUT-1', 1.5), ('OUT-2', NULL)";
    let info = client.execute(sql.to_owned(), None).await.unwrap();
    let count = "SELECT count(*) FROM notes";
    assert_eq!(one(&rows(&mut client, count).await), "2");
    for _ in 0..2 {
        assert_eq!(one(&fetch(&mut client, info.clone()).await.unwrap()), "2");
    }
    assert_eq!(one(&rows(&mut client, count).await), "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_alone() {
    let serving = Serving::copy().await;
    let mut client = serving.client().await;
    let mut schema_of = async |sql: &str| {
        let command = CommandStatementQuery { query: sql.to_owned(), transaction_id: None };
        let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
        let result = client.inner_mut().get_schema(descriptor).await.unwrap().into_inner();
        arrow::datatypes::Schema::try_from(IpcMessage(result.schema)).unwrap()
    };
    let schema = schema_of("SELECT well, td FROM wells").await;
    assert_eq!(schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>(), ["well", "td"]);
    // It runs nothing.
    assert_eq!(schema_of("CREATE TABLE t (a BIGINT)").await.field(0).name(), "count");
    let count = "SELECT count(*) FROM information_schema.tables WHERE table_name = 't'";
    assert_eq!(one(&rows(&mut client, count).await), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn polling() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let command = CommandStatementQuery { query: "SELECT 7".to_owned(), transaction_id: None };
    let descriptor = FlightDescriptor::new_cmd(command.as_any().encode_to_vec());
    let poll = client.inner_mut().poll_flight_info(descriptor).await.unwrap().into_inner();
    assert_eq!((poll.progress, &poll.flight_descriptor), (Some(1.0), &None));
    assert_eq!(one(&fetch(&mut client, poll.info.unwrap()).await.unwrap()), "7");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_transactions() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    refused_as(client.begin_transaction().await, Code::Unimplemented, "no transactions");
    let id = Some(bytes::Bytes::from_static(b"tx"));
    refused_as(client.execute("SELECT 1".to_owned(), id.clone()).await, Code::Unimplemented, "no transactions");
    refused_as(client.execute_update("SELECT 1".to_owned(), id).await, Code::Unimplemented, "no transactions");
    // An empty id is none.
    assert!(client.execute("SELECT 1".to_owned(), Some(bytes::Bytes::new())).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn tickets_of_others_are_refused() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let ticket = |handle: &'static [u8]| {
        let ticket = TicketStatementQuery { statement_handle: handle.into() };
        arrow_flight::Ticket::new(ticket.as_any().encode_to_vec())
    };
    let status = client.do_get(ticket(b"\xff\xff nonsense")).await.map(|_| ());
    refused_as(status, Code::InvalidArgument, "not one of this server's");
    let unknown = Any { type_url: "type.googleapis.com/nothing".to_owned(), value: bytes::Bytes::new() };
    let status = client.do_get(arrow_flight::Ticket::new(unknown.encode_to_vec())).await.map(|_| ());
    refused_as(status, Code::Unimplemented, "nothing");
}
