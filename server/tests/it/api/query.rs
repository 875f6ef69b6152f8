//! Statements over gRPC.

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use outcrop_proto::v1::query_response::Part;
use outcrop_proto::v1::query_service_client::QueryServiceClient;
use outcrop_proto::v1::{
    CancelQueryRequest, DescribeQueryRequest, QueryEnd, QueryRequest, QueryResponse, Value, value,
};
use tonic::{Code, Streaming};

use super::{Known, nobody};
use crate::serving::Serving;

/// All of an answer: the rows and the end.
pub async fn collect(mut answer: Streaming<QueryResponse>) -> (Vec<RecordBatch>, QueryEnd) {
    let (mut batches, mut end) = (Vec::new(), None);
    while let Some(message) = answer.message().await.unwrap() {
        match message.part.unwrap() {
            Part::Begin(begin) => assert!(!begin.query_id.is_empty() || begin.schema_ipc.is_empty()),
            Part::ArrowIpc(bytes) => {
                batches.extend(StreamReader::try_new(bytes.as_ref(), None).unwrap().map(Result::unwrap));
            }
            Part::End(last) => end = Some(last),
        }
    }
    (batches, end.expect("an end"))
}

fn asked(sql: &str) -> QueryRequest {
    QueryRequest { sql: sql.to_owned(), ..Default::default() }
}

async fn client(server: &Serving) -> QueryServiceClient<Known> {
    QueryServiceClient::new(nobody(server).await)
}

fn count(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_as_arrow_with_units() {
    let server = Serving::demo().await;
    let answer = client(&server).await.query(asked("SELECT well, md, gr FROM logs")).await.unwrap().into_inner();
    let (batches, end) = collect(answer).await;
    assert_eq!(count(&batches) as u64, end.rows);
    assert!(end.rows > 1000 && !end.truncated);
    let schema = batches[0].schema();
    assert_eq!(schema.field_with_name("md").unwrap().metadata()[outcrop_types::field::UNIT], "m");
    assert_eq!(schema.field_with_name("gr").unwrap().metadata()[outcrop_types::field::UNIT], "gAPI");
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_stop_at_their_limit() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let request = QueryRequest { row_limit: 10, ..asked("SELECT * FROM logs") };
    let (batches, end) = collect(client.query(request).await.unwrap().into_inner()).await;
    assert_eq!((count(&batches), end.rows, end.truncated), (10, 10, true));
    // A limit that is not reached cuts nothing; neither does one that is met exactly.
    for limit in [9, 100] {
        let request = QueryRequest { row_limit: limit, ..asked("SELECT * FROM wells") };
        let (_, end) = collect(client.query(request).await.unwrap().into_inner()).await;
        assert_eq!((end.rows, end.truncated), (9, false));
    }
    let request = QueryRequest { byte_limit: 1000, ..asked("SELECT a.value FROM range(1000) a, range(1000) b") };
    let (_, end) = collect(client.query(request).await.unwrap().into_inner()).await;
    assert!(end.truncated && end.rows < 200_000, "{end:?}");
    server.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_values() {
    let server = Serving::demo().await;
    let text = |t: &str| Value { value: Some(value::Value::StringValue(t.to_owned())) };
    let mut client = client(&server).await;
    for (well, expected) in [("OUT-1", 1), ("'; DROP TABLE wells; --", 0)] {
        let request = QueryRequest { parameters: vec![text(well)], ..asked("SELECT * FROM wells WHERE well = ?") };
        let (batches, _) = collect(client.query(request).await.unwrap().into_inner()).await;
        assert_eq!(count(&batches), expected, "{well}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_write_say_what_they_did() {
    let server = Serving::copy().await;
    let mut client = client(&server).await;
    let create = asked("CREATE TABLE cut AS SELECT well, 1.5 AS gr FROM wells");
    let (_, end) = collect(client.query(create).await.unwrap().into_inner()).await;
    assert_eq!(end.rows, 9);
    assert!(end.commit.is_some() && end.message.contains("9 rows"), "{end:?}");
    let number = |v: f64| Value { value: Some(value::Value::DoubleValue(v)) };
    let text = Value { value: Some(value::Value::StringValue("OUT-1".to_owned())) };
    let request =
        QueryRequest { parameters: vec![number(2.25e-7), text], ..asked("UPDATE cut SET gr = $1 WHERE well = $2") };
    let (_, end) = collect(client.query(request).await.unwrap().into_inner()).await;
    assert_eq!(end.rows, 1);
    let (batches, _) =
        collect(client.query(asked("SELECT * FROM cut WHERE gr = 2.25e-7")).await.unwrap().into_inner()).await;
    assert_eq!(count(&batches), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_is_wrong() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    for (sql, code, words) in [
        ("SELECT nothing FROM wells", Code::InvalidArgument, "nothing"),
        ("SELEC 1", Code::InvalidArgument, "SELEC"),
        ("SELECT * FROM krige((SELECT x, y, td FROM wells), cell_sise => 5)", Code::InvalidArgument, "cell_size"),
        ("SELECT * FROM '/etc/passwd'", Code::InvalidArgument, "outside"),
        ("COPY wells TO '/tmp/wells.csv'", Code::InvalidArgument, "outside"),
        ("SELECT 1; SELECT 2", Code::InvalidArgument, "several"),
    ] {
        let status = client.query(asked(sql)).await.err().unwrap_or_else(|| panic!("{sql}"));
        assert_eq!(status.code(), code, "{sql}: {status:?}");
        assert!(status.message().contains(words), "{sql}: {status:?}");
    }
    let request = QueryRequest { project: "other".to_owned(), ..asked("SELECT 1") };
    assert_eq!(client.query(request).await.unwrap_err().code(), Code::NotFound);
    // What fails on the way says so at the end of its rows.
    let sql = "SELECT CAST(CASE WHEN value = 99999 THEN 'x' ELSE '1' END AS INT) FROM range(100000)";
    let mut answer = client.query(asked(sql)).await.unwrap().into_inner();
    let status = loop {
        match answer.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no error"),
            Err(status) => break status,
        }
    };
    assert!(status.message().contains("Cannot cast"), "{status:?}");
    server.running(0).await;
}

const LONG: &str = "SELECT sum(a.value * b.value) FROM range(1000000) a, range(1000000) b";

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_cancelled_by_their_id() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let request = QueryRequest { query_id: "mine".to_owned(), ..asked(LONG) };
    let mut running = client.clone();
    let answer = tokio::spawn(async move {
        let mut answer = running.query(request).await?.into_inner();
        while answer.message().await?.is_some() {}
        Ok::<_, tonic::Status>(())
    });
    server.running(1).await;
    let cancel = |id: &str| CancelQueryRequest { query_id: id.to_owned() };
    assert!(!client.cancel_query(cancel("another")).await.unwrap().into_inner().cancelled);
    assert!(client.cancel_query(cancel("mine")).await.unwrap().into_inner().cancelled);
    assert_eq!(answer.await.unwrap().unwrap_err().code(), Code::Cancelled);
    server.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_ends_its_query() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let answer = client.query(asked(LONG)).await.unwrap().into_inner();
    server.running(1).await;
    drop(answer);
    server.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_hold() {
    let server = Serving::copy_with(|options| {
        options.limits.queries = 1;
        options.limits.time = Some(std::time::Duration::from_millis(400));
        options.limits.result = Some(1_000_000);
    })
    .await;
    let mut client = client(&server).await;
    let first = client.query(asked(LONG)).await.unwrap().into_inner();
    server.running(1).await;
    let second = client.query(asked("SELECT 1")).await.unwrap_err();
    assert_eq!(second.code(), Code::ResourceExhausted);
    assert!(second.message().contains("tester has 1 queries"), "{second:?}");
    let mut first = first;
    let late = loop {
        match first.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no end of time"),
            Err(status) => break status,
        }
    };
    assert_eq!(late.code(), Code::DeadlineExceeded);
    drop(first);
    server.running(0).await;
    let mut large = client.query(asked("SELECT value, value AS b FROM range(10000000)")).await.unwrap().into_inner();
    let over = loop {
        match large.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("no end of the result"),
            Err(status) => break status,
        }
    };
    assert_eq!(over.code(), Code::ResourceExhausted);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_described_without_being_run() {
    let server = Serving::demo().await;
    let mut client = client(&server).await;
    let sql = "SELECT well, md FROM logs WHERE well = $1 AND md > $2".to_owned();
    let request = DescribeQueryRequest { sql, ..Default::default() };
    let told = client.describe_query(request).await.unwrap().into_inner();
    let schema = StreamReader::try_new(told.schema_ipc.as_ref(), None).unwrap().schema();
    assert_eq!(schema.fields().len(), 2);
    assert_eq!(told.parameter_types, ["Utf8", "Float64"]);
    let request = DescribeQueryRequest { sql: "DELETE FROM wells WHERE well = ?".to_owned(), ..Default::default() };
    let told = client.describe_query(request).await.unwrap().into_inner();
    assert!(told.writes && told.schema_ipc.is_empty() && told.parameter_types.len() == 1);
}
