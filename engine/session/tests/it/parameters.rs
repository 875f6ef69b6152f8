//! Values given apart from the text of a statement: `$1`, `$name`.

use arrow::array::RecordBatch;
use datafusion::common::{ParamValues, ScalarValue};
use outcrop_session::{Answer, Session};

use crate::field::{copy, numbers, rows, session, texts};

async fn with(session: &Session, sql: &str, values: impl Into<ParamValues>) -> Result<RecordBatch, String> {
    let answer = session.sql_with_parameters(sql, values).await.map_err(|e| e.to_string())?;
    let Answer::Rows(rows) = answer else { panic!("{sql}: no rows") };
    let schema = rows.schema().clone();
    let batches = rows.collect().await.map_err(|e| e.to_string())?;
    Ok(arrow::compute::concat_batches(&schema, &batches).unwrap())
}

fn number(v: f64) -> ScalarValue {
    ScalarValue::Float64(Some(v))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_filter() {
    let session = session().await;
    let sql = "SELECT well FROM wells WHERE well = $1";
    assert_eq!(texts(&with(&session, sql, vec![ScalarValue::from("OUT-2")]).await.unwrap(), "well"), ["OUT-2"]);
    // A value is a value, never part of the statement.
    assert_eq!(with(&session, sql, vec![ScalarValue::from("x' OR '1' = '1")]).await.unwrap().num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_an_operator() {
    let session = session().await;
    let call = |size: &str, range: &str| {
        format!(
            "SELECT estimate FROM krige((SELECT x, y, td AS value FROM wells WHERE well <> $3), cell_size => {size}, psill => 900, \
             range => {range}) ORDER BY j, i"
        )
    };
    let sql = call("$1", "$2");
    let expected = rows(&session, &call("4000", "9000").replace("$3", "'OUT-1'")).await;
    let values = vec![number(4000.0), number(9000.0), ScalarValue::from("OUT-1")];
    let found = with(&session, &sql, values).await.unwrap();
    assert_eq!(numbers(&found, "estimate"), numbers(&expected, "estimate"));
    assert!(found.num_rows() > 20);
    // A whole number where a number is expected.
    let values = vec![ScalarValue::Int64(Some(4000)), number(9000.0), ScalarValue::from("OUT-1")];
    assert_eq!(with(&session, &sql, values).await.unwrap().num_rows(), found.num_rows());

    let wrong = with(&session, &sql, vec![number(-1.0), number(9000.0), ScalarValue::from("OUT-1")]).await.unwrap_err();
    assert!(wrong.contains("krige: parameter `cell_size` expects a number above 0, found -1"), "{wrong}");
    let few = with(&session, &sql, vec![number(4000.0)]).await.unwrap_err();
    assert!(few.contains("$2") || few.contains("$3"), "{few}");
    let none = session.sql(&sql).await.unwrap_err().to_string();
    assert!(none.contains('$'), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_name() {
    let session = session().await;
    let sql =
        "SELECT count(*) AS n FROM grid((SELECT x, y, td AS value FROM wells), method => $how, cell_size => $size)";
    let values = vec![("how", ScalarValue::from("nearest")), ("size", number(5000.0))];
    assert_eq!(with(&session, sql, values).await.unwrap().num_rows(), 1);
    let wrong =
        with(&session, sql, vec![("how", ScalarValue::from("best")), ("size", number(5000.0))]).await.unwrap_err();
    assert!(
        wrong.contains("grid: parameter `method` expects one of 'inverse_distance', 'nearest', 'tin', found 'best'"),
        "{wrong}"
    );
}

/// Statements that change something take them as literals: a value never becomes SQL.
#[tokio::test]
async fn statements_that_change_take_them() {
    let (_folder, session) = copy().await;
    let run = async |sql: &str, values: Vec<ScalarValue>| match session.sql_with_parameters(sql, values).await.unwrap()
    {
        Answer::Done { rows, .. } => rows,
        Answer::Rows(_) => panic!("{sql}: rows"),
    };
    let quoted = "it's; DROP TABLE wells; --";
    let create = "CREATE TABLE t AS SELECT $1 AS a, CAST($2 AS DOUBLE) AS b";
    assert_eq!(run(create, vec![ScalarValue::from(quoted), ScalarValue::from(2.5e-300)]).await, 1);
    assert_eq!(run("INSERT INTO t VALUES (?, ?)", vec![ScalarValue::from("x"), ScalarValue::Null]).await, 1);
    assert_eq!(
        run("UPDATE t SET b = $2 WHERE a = $1", vec![ScalarValue::from("x"), ScalarValue::from(-7_i64)]).await,
        1
    );
    let found = rows(&session, "SELECT a, b FROM t ORDER BY b").await;
    assert_eq!(texts(&found, "a"), ["x", quoted]);
    assert_eq!(numbers(&found, "b"), [-7.0, 2.5e-300]);
    assert_eq!(run("DELETE FROM t WHERE a = ?", vec![ScalarValue::from(quoted)]).await, 1);
    let missing = session.sql_with_parameters("DELETE FROM t WHERE a = $2", vec![ScalarValue::from("x")]).await;
    assert!(missing.unwrap_err().to_string().contains("$2"));
}
