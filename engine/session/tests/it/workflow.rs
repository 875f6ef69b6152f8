//! Workflows in a session: every node type, problems, runs, what is kept of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Float64Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field};
use arrow::util::display::array_value_to_string;
use datafusion::common::Result;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows};
use outcrop_session::{RunEvent, RunOptions, RunWatch, Session};
use outcrop_workflow::{Compilation, Document, State, Value, Values};
use serde_json::{Value as Json, json};

use crate::field::{builder, copy, rows, run, session, texts, workspace};

/// A document of nodes `[id, type, params]` and edges `[from, to, port]`.
fn document(parameters: Json, nodes: Json, edges: Json) -> Document {
    let nodes: Vec<Json> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|n| {
            let mut node = json!({"id": n[0], "type": n[1], "type_version": 1, "params": n[2]});
            if !n[3].is_null() {
                node["cached"] = n[3].clone();
            }
            node
        })
        .collect();
    let edges: Vec<Json> =
        edges.as_array().unwrap().iter().map(|e| json!({"from": e[0], "to": e[1], "port": e[2]})).collect();
    let text = json!({"schema": "outcrop.workflow", "schema_version": 1, "id": "test", "name": "Test",
        "parameters": parameters, "nodes": nodes, "edges": edges});
    Document::parse(&text.to_string()).unwrap()
}

/// Rows as text, a line each, null empty.
fn lines(batch: &RecordBatch) -> Vec<String> {
    let value = |column: &arrow::array::ArrayRef, row| array_value_to_string(column, row).unwrap();
    (0..batch.num_rows())
        .map(|row| batch.columns().iter().map(|c| value(c, row)).collect::<Vec<_>>().join("|"))
        .collect()
}

async fn compiled(session: &Session, document: &Document) -> Compilation {
    session.compile_workflow(document, &Values::new()).await
}

async fn of_node(session: &Session, compilation: &Compilation, node: &str) -> RecordBatch {
    let rows = session.node_rows(compilation, node, None).await.unwrap_or_else(|e| panic!("{node}: {e}"));
    let schema = Arc::clone(rows.schema());
    concat_batches(&schema, &rows.collect().await.unwrap()).unwrap()
}

fn problems(compilation: &Compilation) -> Vec<String> {
    compilation.problems.iter().map(ToString::to_string).collect()
}

const SAMPLES: &str = "SELECT * FROM (VALUES ('B', 3, 5.0, 1.0), ('A', 1, 10.0, NULL), ('A', 2, 20.0, 4.0), ('C', 1, NULL, 2.0)) AS t(well, n, v, w)";
const WELLS: &str = "SELECT * FROM (VALUES ('A', 'one'), ('B', 'two'), ('D', 'four')) AS t(well, name)";

/// Type, parameters, inputs, the rows in order (sorted where the node has no order of its own).
type Case = (&'static str, Json, Vec<(&'static str, &'static str)>, Vec<&'static str>);

fn transforms() -> Vec<Case> {
    let one = || vec![("samples", "input")];
    let two = || vec![("samples", "left"), ("wells", "right")];
    let by = json!([{"column": "well"}, {"column": "n"}]);
    vec![
        ("filter", json!({"where": "v > 5 OR v IS NULL"}), one(), vec!["A|1|10.0|", "A|2|20.0|4.0", "C|1||2.0"]),
        (
            "select",
            json!({"columns": [{"column": "v", "as": "value"}, {"column": "well"}]}),
            one(),
            vec!["10.0|A", "20.0|A", "5.0|B", "|C"],
        ),
        ("select", json!({"columns": [{"column": "well"}], "distinct": true}), one(), vec!["A", "B", "C"]),
        (
            "compute",
            json!({"columns": [{"as": "twice", "expression": "2 * v"}, {"as": "w", "expression": "coalesce(w, 0.0)", "replace": true}]}),
            one(),
            vec!["A|1|10.0|0.0|20.0", "A|2|20.0|4.0|40.0", "B|3|5.0|1.0|10.0", "C|1||2.0|"],
        ),
        (
            "sort",
            json!({"by": [{"column": "v", "descending": true}]}),
            one(),
            vec!["A|2|20.0|4.0", "A|1|10.0|", "B|3|5.0|1.0", "C|1||2.0"],
        ),
        (
            "sort",
            json!({"by": [{"column": "v", "nulls_first": true}]}),
            one(),
            vec!["C|1||2.0", "B|3|5.0|1.0", "A|1|10.0|", "A|2|20.0|4.0"],
        ),
        (
            "limit",
            json!({"count": 9, "offset": 0}),
            one(),
            vec!["A|1|10.0|", "A|2|20.0|4.0", "B|3|5.0|1.0", "C|1||2.0"],
        ),
        ("limit", json!({"count": 0}), one(), vec![]),
        ("sample", json!({"fraction": 0.5, "by": ["well", "n"]}), one(), vec!["A|2|20.0|4.0", "C|1||2.0"]),
        (
            "sample",
            json!({"count": 1, "by": ["n"], "per": ["well"]}),
            one(),
            vec!["A|2|20.0|4.0", "B|3|5.0|1.0", "C|1||2.0"],
        ),
        (
            "sample",
            json!({"count": 9, "by": ["well", "n"]}),
            one(),
            vec!["A|1|10.0|", "A|2|20.0|4.0", "B|3|5.0|1.0", "C|1||2.0"],
        ),
        (
            "join",
            json!({"on": [{"left": "well"}]}),
            two(),
            vec!["A|1|10.0||one", "A|2|20.0|4.0|one", "B|3|5.0|1.0|two"],
        ),
        (
            "join",
            json!({"how": "left", "on": [{"left": "well", "right": "well"}]}),
            two(),
            vec!["A|1|10.0||one", "A|2|20.0|4.0|one", "B|3|5.0|1.0|two", "C|1||2.0|"],
        ),
        (
            "join",
            json!({"how": "right", "on": [{"left": "well"}]}),
            two(),
            vec!["A|1|10.0||one", "A|2|20.0|4.0|one", "B|3|5.0|1.0|two", "D||||four"],
        ),
        (
            "join",
            json!({"how": "full", "on": [{"left": "well"}]}),
            two(),
            vec!["A|1|10.0||one", "A|2|20.0|4.0|one", "B|3|5.0|1.0|two", "C|1||2.0|", "D||||four"],
        ),
        (
            "join",
            json!({"how": "semi", "on": [{"left": "well"}]}),
            two(),
            vec!["A|1|10.0|", "A|2|20.0|4.0", "B|3|5.0|1.0"],
        ),
        ("join", json!({"how": "anti", "on": [{"left": "well"}]}), two(), vec!["C|1||2.0"]),
        (
            "join",
            json!({"condition": "\"left\".well < \"right\".well AND \"left\".v > 5", "columns": [{"column": "well", "as": "other"}]}),
            two(),
            vec!["A|1|10.0||B", "A|1|10.0||D", "A|2|20.0|4.0|B", "A|2|20.0|4.0|D"],
        ),
        (
            "aggregate",
            json!({"by": ["well"], "values": [{"as": "n", "expression": "count(*)"}, {"as": "mean", "expression": "avg(v)"}]}),
            one(),
            vec!["A|2|15.0", "B|1|5.0", "C|1|"],
        ),
        ("aggregate", json!({"values": [{"as": "most", "expression": "max(v)"}]}), one(), vec!["20.0"]),
        (
            "pivot",
            json!({"rows": ["well"], "column": "n", "value": "v", "values": ["1", "2"]}),
            one(),
            vec!["A|10.0|20.0", "B||", "C||"],
        ),
        (
            "pivot",
            json!({"rows": ["n"], "column": "well", "value": "w", "values": ["A", "it's"], "aggregate": "count"}),
            one(),
            vec!["1|0|0", "2|1|0", "3|0|0"],
        ),
        (
            "unpivot",
            json!({"keep": ["well"], "columns": ["v", "w"], "name": "curve"}),
            one(),
            vec!["A|v|10.0", "A|v|20.0", "A|w|4.0", "B|v|5.0", "B|w|1.0", "C|w|2.0"],
        ),
        ("unpivot", json!({"columns": ["v"], "keep_null": true}), one(), vec!["v|", "v|10.0", "v|20.0", "v|5.0"]),
        (
            "union",
            json!({"fill": true}),
            vec![("wells", "input"), ("samples", "input")],
            vec!["A|one|||", "A||1|10.0|", "A||2|20.0|4.0", "B|two|||", "B||3|5.0|1.0", "C||1||2.0", "D|four|||"],
        ),
        (
            "union",
            json!({"distinct": true}),
            vec![("wells", "input"), ("wells", "input")],
            vec!["A|one", "B|two", "D|four"],
        ),
        (
            "union",
            json!({}),
            vec![("wells", "input"), ("wells", "input")],
            vec!["A|one", "A|one", "B|two", "B|two", "D|four", "D|four"],
        ),
        (
            "sql",
            json!({"sql": "WITH first AS (SELECT well, min(n) AS n FROM samples GROUP BY well) SELECT f.well, w.name, f.n FROM first f JOIN wells w ON w.well = f.well"}),
            vec![("samples", "samples"), ("wells", "wells")],
            vec!["A|one|1", "B|two|3"],
        ),
        (
            "moving_mean",
            json!({"window": 3, "by": ["well"]}),
            vec![("depths", "data")],
            vec!["A|1.0|15.0", "A|2.0|15.0", "B|1.0|7.0"],
        ),
        ("limit", json!({"count": 2, "offset": 1}), vec![("sorted", "input")], vec!["A|1|10.0|", "B|3|5.0|1.0"]),
        ("filter", json!({"where": "n < 3"}), vec![("sorted", "input")], vec!["A|2|20.0|4.0", "A|1|10.0|", "C|1||2.0"]),
        ("sort", json!({"by": by}), one(), vec!["A|1|10.0|", "A|2|20.0|4.0", "B|3|5.0|1.0", "C|1||2.0"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_type_gives_its_rows() {
    let session = session().await;
    let mut seen = BTreeSet::new();
    for (kind, params, inputs, expected) in transforms() {
        seen.insert(kind);
        let edges: Vec<Json> = inputs
            .iter()
            .map(|(from, port)| json!([from, "node", port]))
            .chain([json!(["samples", "sorted", "input"])])
            .collect();
        let nodes = json!([
            ["samples", "sql", {"sql": SAMPLES}],
            ["wells", "sql", {"sql": WELLS}],
            ["depths", "sql", {"sql": "SELECT * FROM (VALUES ('A', 1.0, 10.0), ('A', 2.0, 20.0), ('B', 1.0, 7.0)) AS t(well, md, v)"}],
            ["sorted", "sort", {"by": [{"column": "v", "descending": true}]}],
            ["node", kind, params],
        ]);
        let compilation = compiled(&session, &document(json!([]), nodes, json!(edges))).await;
        assert_eq!(problems(&compilation), Vec::<String>::new(), "{kind} {params}");
        let batch = of_node(&session, &compilation, "node").await;
        let mut found = lines(&batch);
        let ordered = kind == "sort" || inputs[0].0 == "sorted";
        if !ordered {
            found.sort();
        }
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        if !ordered {
            expected.sort();
        }
        assert_eq!(found, expected, "{kind} {params}");
        // The columns are those that were announced, and the SQL by itself gives the same rows.
        let announced: Vec<&str> = compilation.columns("node");
        let schema = batch.schema();
        assert_eq!(announced, schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>(), "{kind}");
        let mut again = lines(&rows(&session, &compilation.sql("node", &BTreeSet::new()).unwrap()).await);
        if !ordered {
            again.sort();
        }
        assert_eq!(again, expected, "{kind} {params}");
    }
    // Sources and sinks have tests of their own.
    let all: BTreeSet<String> =
        session.node_types().iter().filter(|t| t.kind.as_str() == "transform").map(|t| t.name.clone()).collect();
    let seen: BTreeSet<String> = seen.into_iter().filter(|k| *k != "moving_mean").map(str::to_owned).collect();
    assert_eq!(seen, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_read_tables_versions_and_files() {
    let session = session().await;
    let nodes = json!([
        ["wells", "table", {"table": "wells"}],
        ["public", "table", {"table": "public.wells", "version": 1}],
        ["lists", "table", {"table": "outcrop.node_types"}],
        ["tops", "file", {"path": "tops.csv"}],
        ["las", "file", {"path": "las/OUT-1.las", "reader": "read_las", "options": {"null": -999.25}}],
        ["picks", "sql", {"sql": "SELECT count(*) AS n FROM 'tops.csv' -- the file"}],
    ]);
    let compilation = compiled(&session, &document(json!([]), nodes, json!([]))).await;
    assert_eq!(problems(&compilation), Vec::<String>::new());
    for (node, sql) in [
        ("wells", "SELECT * FROM wells"),
        ("public", "SELECT * FROM wells VERSION AS OF 1"),
        ("tops", "SELECT * FROM 'tops.csv'"),
        ("picks", "SELECT count(*) AS n FROM 'tops.csv'"),
    ] {
        let expected = rows(&session, sql).await;
        let found = of_node(&session, &compilation, node).await;
        assert_eq!(found.schema(), expected.schema(), "{node}");
        assert_eq!(lines(&found), lines(&expected), "{node}");
    }
    // Units are part of the columns before anything is run.
    let fields = &compilation.node_of("wells").unwrap().fields;
    let td = fields.iter().find(|f| f.name() == "td").unwrap();
    assert_eq!(outcrop_types::field::unit(td), Some("m"));
    // One list of types holds what a query needs and every operator.
    let listed = of_node(&session, &compilation, "lists").await;
    let names = texts(&listed, "name");
    for operator in session.operators().iter() {
        assert!(names.iter().any(|n| n == operator.definition().name));
    }
    for (kind, parameters) in texts(&listed, "kind").iter().zip(texts(&listed, "parameters")) {
        assert!(["source", "transform", "operator", "sink"].contains(&kind.as_str()), "{kind}");
        let schema: Json = serde_json::from_str(&parameters).unwrap();
        assert_eq!(schema["additionalProperties"], false);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_are_said_where_they_are_and_the_others_go_on() {
    let session = session().await;
    let parameters = json!([{"name": "cut", "type": "number"}, {"name": "size", "type": "number", "default": -5}]);
    let nodes = json!([
        ["logs", "table", {"table": "logs"}],
        ["wells", "table", {"table": "wells"}],
        ["missing", "table", {"table": "nothing"}],
        ["after", "limit", {"count": 1}],
        ["cutoff", "filter", {"where": "gr < $cut"}],
        ["words", "filter", {"where": "gr < "}],
        ["text", "filter", {"where": "well > 5 AND well + 1"}],
        ["chosen", "select", {"columns": [{"column": "well"}, {"column": "GR"}, {"column": "none"}]}],
        ["computed", "compute", {"columns": [
            {"as": "a", "expression": "gr * 2"}, {"as": "b", "expression": "nothing + 1"}, {"as": "c", "expression": "convert_unit(gr, 'm')"},
            {"as": "gr", "expression": "1"}, {"as": "d", "expression": "md", "unit": "ft"}, {"as": "e", "expression": "1.0", "unit": "parsec"}]}],
        ["stated", "compute", {"columns": [{"as": "d", "expression": "md", "unit": "ft"}]}],
        ["map", "krige", {"cell_size": "$size", "method": "best", "by": ["nobody"]}],
        ["typed", "krige", {"cell_size": "wide"}],
        ["roles", "krige", {"cell_size": 500}],
        ["alone", "filter", {"where": "true"}],
        ["spare", "table", {"table": "wells"}],
        ["double", "limit", {"count": 1}],
        ["strange", "kriging", {}],
        ["a", "limit", {"count": 1}], ["b", "limit", {"count": 1}], ["c", "limit", {"count": 1}],
        ["feet", "sql", {"sql": "SELECT well, convert_unit(md, 'ft') AS md FROM logs"}],
        ["metres", "select", {"columns": [{"column": "well"}, {"column": "md"}]}],
        ["mixed", "union", {}],
        ["joined", "join", {"on": [{"left": "md"}, {"left": "well", "right": "md"}]}],
        ["out", "write_table", {"table": "outcrop.lineage"}],
        ["out2", "write_file", {"path": "x.docx"}],
        ["out3", "write_file", {"path": "../x.csv"}],
        ["same1", "write_table", {"table": "same"}],
        ["same2", "write_table", {"table": "public.same"}],
    ]);
    let edges = json!([
        ["missing", "after", "input"],
        ["logs", "cutoff", "input"],
        ["logs", "words", "input"],
        ["logs", "text", "input"],
        ["logs", "chosen", "input"],
        ["logs", "computed", "input"],
        ["logs", "stated", "input"],
        ["wells", "map", "data"],
        ["wells", "typed", "data"],
        ["wells", "roles", "data"],
        ["b", "a", "input"],
        ["a", "b", "input"],
        ["b", "c", "input"],
        ["logs", "metres", "input"],
        ["metres", "mixed", "input"],
        ["feet", "mixed", "input"],
        ["metres", "joined", "left"],
        ["feet", "joined", "right"],
        ["wells", "out", "input"],
        ["wells", "out2", "input"],
        ["wells", "out3", "input"],
        ["wells", "same1", "input"],
        ["wells", "same2", "input"],
        ["wells", "spare", "input"],
        ["gone", "alone", "input"],
        ["same1", "alone", "input"],
        ["wells", "double", "input"],
        ["feet", "double", "input"],
    ]);
    let compilation = compiled(&session, &document(parameters, nodes, edges)).await;
    let found = problems(&compilation);
    for expected in [
        "parameter `cut`: has no value and no default; it expects a number",
        "node `missing`: ",
        "node `cutoff`, parameter `where`: `$cut` has no value",
        "node `words`, parameter `where`: `gr < ` is no expression",
        "node `text`, parameter `where`: ",
        "node `chosen`, parameter `columns[1].column`: there is no column `GR`; `logs` gives: well, log_set, md",
        "did you mean `gr`?",
        "node `chosen`, parameter `columns[2].column`: there is no column `none`",
        "node `computed`, parameter `columns[3].as`: there is a column `gr` already",
        "node `computed`, parameter `columns[5].unit`: `parsec` is not a known unit",
        "node `stated`, parameter `columns[0].unit`: the value is in m, not ft",
        "node `map`, parameter `cell_size`: is above 0, found -5",
        "node `map`, parameter `method`: there is no `method` here; there is: azimuth, by, cell_size",
        "node `typed`, parameter `cell_size`: expects a number, found \"wide\"",
        "node `roles`, input `data`: krige: input `data`: any of",
        "node `alone`, input `input`: there is no node `gone`",
        "node `alone`, input `input`: `same1` gives no rows",
        "node `alone`, input `input`: nothing leads here",
        "node `strange`: there is no node type `kriging`; did you mean krige",
        "node `a`: is part of a circle: a → b → a",
        "node `b`: is part of a circle: b → a → b",
        "node `mixed`, input `input`: of `feet`: `md` is in m and `md` is in ft; convert one of them by convert_unit",
        "node `joined`, parameter `on[0]`: `md` is in m and `md` is in ft",
        "node `joined`, parameter `on[1]`: `well` has text and `md` has numbers",
        "node `out`, parameter `table`: `outcrop.lineage` belongs to the engine",
        "node `out2`, parameter `path`: COPY writes .csv",
        "node `out3`, parameter `path`: ",
        "node `same2`: writes the table \"public\".\"same\", as `same1` does",
        "node `spare`, input `input`: `table` has no such input; it has: none",
        "node `double`, input `input`: takes the rows of one node, and several lead here",
    ] {
        assert!(found.iter().any(|f| f.contains(expected)), "{expected}\n\n{}", found.join("\n"));
    }
    // Those without fault have their columns; those behind one wait.
    let state = |id: &str| compilation.node_of(id).unwrap().state.clone();
    assert_eq!(state("wells"), State::Ready);
    assert_eq!(state("feet"), State::Ready);
    assert_eq!(compilation.columns("feet"), ["well", "md"]);
    assert_eq!(state("after"), State::Waiting(vec!["missing".to_owned()]));
    assert_eq!(state("c"), State::Waiting(vec!["b".to_owned()]));
    assert_eq!(state("same1"), State::Ready);
    assert_eq!(state("map"), State::Wrong);
    // Nothing of it is run.
    let error = session
        .run_workflow(
            &document(
                json!([]),
                json!([["w", "table", {"table": "nothing"}], ["t", "write_table", {"table": "t"}]]),
                json!([["w", "t", "input"]]),
            ),
            &Values::new(),
            &RunOptions::default(),
        )
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("node `w`"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_expressions_are_found_one_by_one() {
    let session = session().await;
    let nodes = json!([
        ["logs", "table", {"table": "logs"}],
        ["computed", "compute", {"columns": [
            {"as": "a", "expression": "gr * 2"}, {"as": "b", "expression": "nothing + 1"}, {"as": "c", "expression": "convert_unit(gr, 'm')"}]}],
        ["grouped", "aggregate", {"by": ["well"], "values": [{"as": "a", "expression": "avg(gr)"}, {"as": "b", "expression": "gr"}]}],
    ]);
    let edges = json!([["logs", "computed", "input"], ["logs", "grouped", "input"]]);
    let found = problems(&compiled(&session, &document(json!([]), nodes, edges)).await);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].contains("node `computed`, parameter `columns[1].expression`: ") && found[0].contains("nothing"),
        "{found:?}"
    );
    assert!(
        found[1].contains("node `computed`, parameter `columns[2].expression`: ") && found[1].contains("gAPI"),
        "{found:?}"
    );
    assert!(
        found[2].contains("node `grouped`, parameter `values[1].expression`: ") && found[2].contains("gr"),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_typed_and_never_become_sql() {
    let session = session().await;
    let parameters = json!([
        {"name": "well", "type": "text", "default": "OUT-1"}, {"name": "half", "type": "number", "default": 2},
        {"name": "n", "type": "integer", "default": 3}, {"name": "all", "type": "boolean", "default": false},
        {"name": "table", "type": "text", "default": "wells"},
    ]);
    let nodes = json!([
        ["wells", "table", {"table": "$table"}],
        ["one", "filter", {"where": "well = $well OR $all"}],
        ["value", "compute", {"columns": [{"as": "half", "expression": "1 / $half"}, {"as": "third", "expression": "1 / $n"}]}],
        ["only", "select", {"columns": [{"column": "well"}, {"column": "half"}, {"column": "third"}]}],
        ["few", "limit", {"count": "$n"}],
    ]);
    let edges = json!([
        ["wells", "one", "input"],
        ["one", "value", "input"],
        ["value", "only", "input"],
        ["only", "few", "input"]
    ]);
    let document = document(parameters, nodes, edges);
    let of = async |values: Vec<(&str, Value)>| {
        let values: Values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let compilation = session.compile_workflow(&document, &values).await.faultless().map_err(|e| e.to_string())?;
        Ok::<_, String>(lines(&of_node(&session, &compilation, "few").await))
    };
    // A number stays one, also where it is whole.
    assert_eq!(of(vec![]).await.unwrap(), ["OUT-1|0.5|0"]);
    assert_eq!(of(vec![("well", Value::Text("x' OR '1' = '1".to_owned()))]).await.unwrap(), Vec::<String>::new());
    assert_eq!(of(vec![("half", Value::Number(-4.0))]).await.unwrap(), ["OUT-1|-0.25|0"]);
    assert_eq!(of(vec![("all", Value::Boolean(true)), ("n", Value::Integer(2))]).await.unwrap().len(), 2);
    // It has no column `td`, but what is asked of it is there.
    assert_eq!(of(vec![("table", Value::Text("tops".to_owned()))]).await.unwrap().len(), 3);
    for (name, value, expected) in [
        ("half", Value::Text("2".to_owned()), "parameter `half`: expects a number"),
        (
            "none",
            Value::Integer(1),
            "parameter `none`: the workflow has no such parameter; it has: well, half, n, all, table",
        ),
    ] {
        let error = of(vec![(name, value)]).await.unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

/// An operator that counts how often it runs.
#[derive(Debug)]
struct Counted(Definition, Arc<AtomicUsize>);

impl Counted {
    fn new(runs: &Arc<AtomicUsize>) -> Self {
        let definition = Definition {
            name: "counted",
            group: "Test",
            summary: "The values",
            doc: "The values as they are.",
            example: "SELECT * FROM counted((SELECT td FROM wells))",
            inputs: vec![Input::new("data", "Values", vec![Column::number("value", "A value").sole()])],
            parameters: vec![Parameter::boolean("slow", "Waits until it is cancelled")],
            output: vec![OutputColumn { name: "value", unit: "", doc: "The value" }],
        };
        Counted(definition, Arc::clone(runs))
    }
}

impl Operator for Counted {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, _: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(vec![Field::new("value", DataType::Float64, true)])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        self.1.fetch_add(1, Ordering::Relaxed);
        output.progress().set_total(10);
        output.progress().advance(5);
        while call.flag("slow") && !output.progress().cancelled() {
            std::thread::sleep(Duration::from_millis(5));
        }
        output.emit(vec![Arc::new(Float64Array::from(inputs[0].numbers("value")))])
    }
}

/// A copy of the demo field and a session with the operator `counted`.
async fn counting() -> (tempfile::TempDir, Session, Arc<AtomicUsize>) {
    let (folder, _) = copy().await;
    let runs = Arc::new(AtomicUsize::new(0));
    let session = builder(folder.path()).await.operator(Arc::new(Counted::new(&runs))).build().unwrap();
    (folder, session, runs)
}

fn twice(cached: Json) -> Document {
    document(
        json!([]),
        json!([
            ["wells", "sql", {"sql": "SELECT td FROM wells"}],
            ["counted", "counted", {}, cached],
            ["low", "filter", {"where": "value < 2500"}],
            ["high", "filter", {"where": "value >= 2500"}],
            ["one", "write_table", {"table": "low"}],
            ["two", "write_table", {"table": "high"}],
        ]),
        json!([
            ["wells", "counted", "data"],
            ["counted", "low", "input"],
            ["counted", "high", "input"],
            ["low", "one", "input"],
            ["high", "two", "input"]
        ]),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_several_take_is_computed_once() {
    let (_folder, session, runs) = counting().await;
    let report = session.run_workflow(&twice(Json::Null), &Values::new(), &RunOptions::default()).await.unwrap();
    assert_eq!(runs.swap(0, Ordering::Relaxed), 1);
    assert_eq!(report.nodes.iter().map(|n| n.node.as_str()).collect::<Vec<_>>(), ["counted", "one", "two"]);
    let wells = rows(&session, "SELECT count(*) AS n FROM wells").await;
    let both = rows(&session, "SELECT (SELECT count(*) FROM low) + (SELECT count(*) FROM high) AS n").await;
    assert_eq!(lines(&both), lines(&wells));
    assert_eq!(report.nodes[0].rows.to_string(), lines(&wells)[0]);
    // Lineage knows what the kept rows were made from.
    assert_eq!(report.nodes[1].inputs, json!({"wells": 0}));
    let kept = lines(&rows(&session, "SELECT * FROM low ORDER BY value").await);

    session.run_workflow(&twice(json!(false)), &Values::new(), &RunOptions::default()).await.unwrap();
    assert_eq!(runs.swap(0, Ordering::Relaxed), 2);
    assert_eq!(lines(&rows(&session, "SELECT * FROM low ORDER BY value").await), kept);

    // A run of one sink has nothing to share, unless the node says so.
    let one = RunOptions { sinks: vec!["one".to_owned()], ..RunOptions::default() };
    let report = session.run_workflow(&twice(Json::Null), &Values::new(), &one).await.unwrap();
    assert_eq!(report.nodes.len(), 1);
    let report = session.run_workflow(&twice(json!(true)), &Values::new(), &one).await.unwrap();
    assert_eq!(report.nodes.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_rows_beyond_the_memory_go_into_a_file() {
    let (folder, session) = copy().await;
    let small = builder(folder.path()).await.memory_limit(24 << 20).build().unwrap();
    let document = document(
        json!([]),
        json!([
            ["many", "sql", {"sql": "SELECT value AS n, 'a text that takes some room ' || value AS t FROM generate_series(1, 300000) AS s(value)"}],
            ["even", "filter", {"where": "n % 2 = 0"}],
            ["odd", "filter", {"where": "n % 2 = 1"}],
            ["one", "write_table", {"table": "even"}],
            ["two", "write_table", {"table": "odd"}],
        ]),
        json!([["many", "even", "input"], ["many", "odd", "input"], ["even", "one", "input"], ["odd", "two", "input"]]),
    );
    small.run_workflow(&document, &Values::new(), &RunOptions::default()).await.unwrap();
    let sums = rows(&session, "SELECT sum(n) AS s, count(DISTINCT t) AS t, count(*) AS n FROM (SELECT * FROM even UNION ALL SELECT * FROM odd)").await;
    assert_eq!(lines(&sums), ["45000150000|300000|300000"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_written_down() {
    let (folder, session) = copy().await;
    let parameters = json!([{"name": "deep", "type": "number", "default": 2500}]);
    let nodes = json!([
        ["wells", "table", {"table": "wells"}],
        ["deep", "filter", {"where": "td > $deep"}],
        ["sorted", "sort", {"by": [{"column": "td", "descending": true}]}],
        ["columns", "select", {"columns": [{"column": "well"}, {"column": "td"}]}],
        ["table", "write_table", {"table": "deep_wells"}],
        ["file", "write_file", {"path": "deep.csv"}],
    ]);
    let edges = json!([
        ["wells", "deep", "input"],
        ["deep", "sorted", "input"],
        ["sorted", "columns", "input"],
        ["columns", "table", "input"],
        ["columns", "file", "input"]
    ]);
    let document = document(parameters, nodes, edges);
    let values: Values = [("deep".to_owned(), Value::Number(2400.0))].into();
    let report = session.run_workflow(&document, &values, &RunOptions::default()).await.unwrap();
    assert_eq!((report.revision, report.read_commit), (Some(1), Some(1)));
    assert_eq!(report.hash, document.content_hash());
    assert_eq!(report.parameters, json!({"deep": 2400.0}));
    let lineage = "SELECT table_name, workflow, workflow_revision, workflow_hash, workflow_node, workflow_parameters, inputs, engine_version FROM outcrop.lineage ORDER BY commit";
    let of = |target: &str, node: &str| {
        format!(
            "{target}|test|1|{}|{node}|{{\"deep\":2400.0}}|{{\"wells\":0}}|{}",
            document.content_hash(),
            env!("CARGO_PKG_VERSION")
        )
    };
    let found = lines(&rows(&session, lineage).await);
    assert_eq!(
        found.iter().collect::<BTreeSet<_>>(),
        [of("deep_wells", "table"), of("deep.csv", "file")].iter().collect()
    );
    // The statement that is kept makes the same table by itself.
    let made = lines(&rows(&session, "SELECT * FROM deep_wells").await);
    let statement = texts(
        &rows(&session, "SELECT statement FROM outcrop.lineage WHERE table_name = 'deep_wells'").await,
        "statement",
    )
    .remove(0);
    run(&session, &statement).await.unwrap();
    assert_eq!(lines(&rows(&session, "SELECT * FROM deep_wells").await), made);
    // The order of `sort` is that of the file.
    let text = std::fs::read_to_string(folder.path().join("deep.csv")).unwrap();
    assert_eq!(text.lines().next(), Some("well,td [m]"));
    let depths: Vec<f64> = text.lines().skip(1).map(|l| l.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert!(depths.len() > 2 && depths.windows(2).all(|d| d[0] >= d[1]), "{text}");
    assert_eq!(depths.len(), made.len());
    // The unit came along.
    let unit = rows(
        &session,
        "SELECT unit FROM information_schema.columns WHERE table_name = 'deep_wells' AND column_name = 'td'",
    )
    .await;
    assert_eq!(lines(&unit), ["m"]);
    let message = texts(&rows(&session, "SELECT message FROM outcrop.commits ORDER BY number").await, "message");
    assert!(message[2].starts_with("workflow test revision 1, node table\nCREATE OR REPLACE TABLE"), "{message:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_never_change() {
    let (folder, session) = copy().await;
    let first = twice_of("wells");
    assert_eq!(session.save_workflow(&first).await.unwrap(), 1);
    assert_eq!(session.save_workflow(&first).await.unwrap(), 1, "nothing changed");
    let moved = Document { layout: json!({"w": {"x": 5}}), ..first.clone() };
    assert_eq!(session.save_workflow(&moved).await.unwrap(), 2);
    let changed = twice_of("tops");
    assert_eq!(session.save_workflow(&changed).await.unwrap(), 3);
    // A run is of the newest revision that means the same.
    let report = session.run_workflow(&first, &Values::new(), &RunOptions::default()).await.unwrap();
    assert_eq!(report.revision, Some(2));
    let stored = session.stored_workflow("test", Some(1)).await.unwrap();
    assert_eq!(Document { saved: None, ..stored.document.clone() }, first);
    assert!(stored.document.saved.unwrap()["at"].is_string());
    assert_eq!(session.stored_workflow("test", None).await.unwrap().revision, 3);
    let listed = rows(&session, "SELECT id, revision, name, content_hash, nodes, message FROM outcrop.workflows").await;
    let line = |revision: u64, d: &Document| format!("test|{revision}|Test|{}|2|", d.content_hash());
    assert_eq!(lines(&listed), [line(1, &first), line(2, &moved), line(3, &changed)]);
    for (id, revision, expected) in [
        ("other", None, "no workflow `other`; it has: test"),
        ("test", Some(9), "no revision 9; it has: 1, 2, 3"),
        ("../x", None, "lower-case letters"),
    ] {
        let error = session.stored_workflow(id, revision).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    // A file that cannot be read is listed, and says why.
    std::fs::write(folder.path().join("field.outcrop/workflows/test/4.json"), "{").unwrap();
    let listed = rows(&session, "SELECT message FROM outcrop.workflows WHERE revision = 4").await;
    assert!(lines(&listed)[0].contains("workflows/test/4.json"), "{listed:?}");
}

fn twice_of(table: &str) -> Document {
    document(
        json!([]),
        json!([["w", "table", {"table": table}], ["t", "write_table", {"table": "copied"}]]),
        json!([["w", "t", "input"]]),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_replaced_added_to_or_left() {
    let (_folder, session) = copy().await;
    let written = |mode: &str| {
        document(
            json!([]),
            json!([["w", "sql", {"sql": "SELECT td, well FROM wells WHERE well < 'OUT-3'"}], ["t", "write_table", {"table": "some", "mode": mode}]]),
            json!([["w", "t", "input"]]),
        )
    };
    let count = async || lines(&rows(&session, "SELECT count(*) AS n FROM some").await)[0].parse::<u64>().unwrap();
    let run_it = async |mode: &str| session.run_workflow(&written(mode), &Values::new(), &RunOptions::default()).await;
    let report = run_it("append").await.unwrap();
    let n = count().await;
    assert!(n > 0);
    assert_eq!(report.nodes[0].rows, n);
    run_it("append").await.unwrap();
    assert_eq!(count().await, 2 * n);
    run_it("replace").await.unwrap();
    assert_eq!(count().await, n);
    let error = run_it("create").await.unwrap_err().to_string();
    assert!(error.contains("node `t`, parameter `table`: there is a table `some` already"), "{error}");
    // Columns are put together by name, and lineage tells of what was added.
    let text = "SELECT statement FROM outcrop.lineage WHERE statement LIKE 'INSERT%'";
    assert_eq!(lines(&rows(&session, text).await).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_reads_one_state_of_the_project() {
    let (_folder, session) = copy().await;
    run(&session, "CREATE TABLE source AS SELECT 1 AS a").await.unwrap();
    // The first sink replaces what the second reads.
    let document = document(
        json!([]),
        json!([
            ["s", "table", {"table": "source"}],
            ["more", "compute", {"columns": [{"as": "a", "expression": "a + 1", "replace": true}]}],
            ["a_first", "write_table", {"table": "source"}],
            ["b_second", "write_table", {"table": "copied"}],
        ]),
        json!([["s", "more", "input"], ["more", "a_first", "input"], ["s", "b_second", "input"]]),
    );
    session.run_workflow(&document, &Values::new(), &RunOptions::default()).await.unwrap();
    assert_eq!(lines(&rows(&session, "SELECT s.a, c.a FROM source s CROSS JOIN copied c").await), ["2|1"]);
}

/// Keeps what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl RunWatch for Told {
    fn event(&self, event: &RunEvent<'_>) {
        let line = match event {
            RunEvent::Started { node } => format!("{node} begins"),
            RunEvent::Progress { node, operator, .. } => format!("{node} {operator:?}"),
            RunEvent::Finished(done) => format!("{} {}", done.node, done.rows),
        };
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_and_a_run_can_be_left() {
    let (_folder, session, runs) = counting().await;
    let slow = |slow: bool| {
        document(
            json!([]),
            json!([["wells", "sql", {"sql": "SELECT td FROM wells"}], ["slow", "counted", {"slow": slow}], ["out", "write_table", {"table": "slowly"}]]),
            json!([["wells", "slow", "data"], ["slow", "out", "input"]]),
        )
    };
    let told = Told::default();
    let options = RunOptions { watch: &told, ..RunOptions::default() };
    session.run_workflow(&slow(false), &Values::new(), &options).await.unwrap();
    let lines = std::mem::take(&mut *told.0.lock().unwrap());
    assert_eq!(lines.first().unwrap(), "out begins");
    assert_eq!(lines.last().unwrap(), "out 9");
    run(&session, "DROP TABLE slowly").await.unwrap();

    let values = Values::new();
    let left =
        tokio::time::timeout(Duration::from_millis(900), session.run_workflow(&slow(true), &values, &options)).await;
    assert!(left.is_err());
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    let lines = told.0.lock().unwrap().clone();
    assert!(lines.iter().any(|l| l == "out Some((\"counted\", 5, 10))"), "{lines:?}");
    let error = crate::field::error(&session, "SELECT * FROM slowly").await;
    assert!(error.contains("slowly"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_names_the_node() {
    let (_folder, session) = copy().await;
    let document = document(
        json!([]),
        json!([
            ["bad", "sql", {"sql": "SELECT CAST(well AS DOUBLE) AS n FROM wells"}],
            ["a", "filter", {"where": "n > 0"}], ["b", "filter", {"where": "n < 0"}],
            ["one", "write_table", {"table": "one"}], ["two", "write_table", {"table": "two"}],
        ]),
        json!([["bad", "a", "input"], ["bad", "b", "input"], ["a", "one", "input"], ["b", "two", "input"]]),
    );
    let error = session.run_workflow(&document, &Values::new(), &RunOptions::default()).await.unwrap_err().to_string();
    assert!(error.starts_with("node `bad`: ") && error.contains("OUT-"), "{error}");
    let plot = self::document(
        json!([]),
        json!([["w", "table", {"table": "wells"}], ["p", "plot", {"kind": "histogram", "path": "x.svg", "options": {"x": "td"}}]]),
        json!([["w", "p", "input"]]),
    );
    let error = session.run_workflow(&plot, &Values::new(), &RunOptions::default()).await.unwrap_err().to_string();
    assert!(error.contains("node `p`: pictures are drawn by the program"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_has_its_nodes_marked() {
    let session = session().await;
    let nodes = json!([
        ["logs", "table", {"table": "logs"}],
        ["clean", "filter", {"where": "gr < 75"}],
        ["smooth", "moving_mean", {"window": 5, "by": ["well"]}],
        ["shape", "select", {"columns": [{"column": "well"}, {"column": "md"}, {"column": "gr"}]}],
    ]);
    let edges = json!([["logs", "clean", "input"], ["clean", "shape", "input"], ["shape", "smooth", "data"]]);
    let compilation = compiled(&session, &document(json!([]), nodes, edges)).await;
    let text = session.explain_node(&compilation, "smooth").await.unwrap();
    for expected in ["<- node smooth (moving_mean)", "<- node clean (filter)", "<- node shape (select)"] {
        assert!(text.contains(expected), "{text}");
    }
    // A part of a query that a text may mean as a table has another name: `logs` is the table.
    let sql = compilation.sql("smooth", &BTreeSet::new()).unwrap();
    assert!(sql.contains("\"logs_\" AS (\nSELECT * FROM \"public\".\"logs\"\n)"), "{sql}");
    let plan = session.plan_node(&compilation, "smooth").await.unwrap().display_indent().to_string();
    assert!(plan.contains("Operator: moving_mean") && plan.contains("TableScan: public.logs"), "{plan}");
    let preview = session.node_rows(&compilation, "smooth", Some(3)).await.unwrap().collect().await.unwrap();
    assert_eq!(preview.iter().map(RecordBatch::num_rows).sum::<usize>(), 3);
    let error = session.explain_node(&compilation, "none").await.unwrap_err().to_string();
    assert!(error.contains("there is no node `none`; the workflow has: logs, clean, shape, smooth"), "{error}");
}

/// Every step doubles what a plan holds, so that the last node has 4096 scans in its plan; its columns are known at once.
#[tokio::test(flavor = "multi_thread")]
async fn columns_of_nodes_that_are_linked_over_and_over_are_known() {
    let session = session().await;
    let mut nodes = vec![json!(["n0", "sql", {"sql": "SELECT 1 AS a"}])];
    let mut edges = Vec::new();
    for i in 1..=12 {
        let (before, id) = (format!("n{}", i - 1), format!("n{i}"));
        nodes.push(json!([id, "union", {}]));
        edges.extend([json!([before, id, "input"]), json!([before, id, "input"])]);
    }
    let begun = std::time::Instant::now();
    let compilation = compiled(&session, &document(json!([]), json!(nodes), json!(edges))).await;
    assert_eq!(compilation.columns("n12"), ["a"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_nodes_hide_no_tables() {
    let session = session().await;
    // The nodes are called as tables and inputs are.
    let nodes = json!([
        ["tops", "sql", {"sql": "SELECT 'none' AS well"}],
        ["wells", "sql", {"sql": "SELECT w.well FROM wells w WHERE w.well IN (SELECT well FROM tops) AND EXISTS (SELECT 1 FROM a)"}],
        ["a", "sql", {"sql": "SELECT 1 AS one"}],
        ["left", "select", {"columns": [{"column": "well"}]}],
    ]);
    let edges = json!([["a", "wells", "a"], ["wells", "left", "input"]]);
    let compilation = compiled(&session, &document(json!([]), nodes, edges)).await;
    assert_eq!(problems(&compilation), Vec::<String>::new());
    let found = of_node(&session, &compilation, "left").await.num_rows();
    assert_eq!(found, rows(&session, "SELECT DISTINCT well FROM tops").await.num_rows());
}

/// The library's workflows: what their tables hold is what the SQL of their nodes gives.
#[tokio::test(flavor = "multi_thread")]
async fn the_library_gives_the_same_by_runs_and_by_sql() {
    let (_folder, session) = copy().await;
    let folder = workspace().join("queries/workflows");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert_eq!(document.canonical(), text, "{} is not canonical", file.display());
        let compilation =
            compiled(&session, &document).await.faultless().unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let options = RunOptions { draws: true, ..RunOptions::default() };
        let report = session
            .run_workflow(&document, &Values::new(), &options)
            .await
            .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        assert!(report.nodes.iter().any(|n| n.kind == "write_table"));
        for node in compilation.nodes() {
            let done = report.nodes.iter().find(|n| n.node == node.id && n.picture.is_none());
            let batch = rows(&session, &compilation.sql(&node.id, &BTreeSet::new()).unwrap()).await;
            assert!(batch.num_rows() > 0, "{} {}", file.display(), node.id);
            if let Some(done) = done {
                assert_eq!(done.rows, batch.num_rows() as u64, "{} {}", file.display(), node.id);
            }
            if let Some(outcrop_workflow::Sink::Table { table, .. }) = compilation.sink(&node.id) {
                let made = rounded(&rows(&session, &format!("SELECT * FROM {table}")).await);
                assert_eq!(made, rounded(&batch), "{} {}", file.display(), node.id);
            }
        }
    }
    // What an operator decides is listed, and is no part of the line about a node.
    let fitted = document(
        json!([]),
        json!([["p", "sql", {"sql": "SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'"}], ["k", "krige", {"cell_size": 2000}],
            ["t", "write_table", {"table": "fitted"}]]),
        json!([["p", "k", "data"], ["k", "t", "input"]]),
    );
    let report = session.run_workflow(&fitted, &Values::new(), &RunOptions::default()).await.unwrap();
    assert!(report.notices.iter().any(|n| n.starts_with("krige: no variogram given")), "{:?}", report.notices);
    assert!(report.nodes.iter().all(|n| n.message.lines().count() == 1), "{:?}", report.nodes);
    // Somebody must have looked whether the numbers make sense: a tie is one.
    let tie = rows(&session, "SELECT correlation FROM well_tie_correlation").await;
    let correlation: f64 = lines(&tie)[0].parse().unwrap();
    assert!(correlation > 0.5, "{correlation}");
}

/// Rows as text, sorted, numbers to nine digits: sums depend on the order of their terms.
fn rounded(batch: &RecordBatch) -> Vec<String> {
    let field = |text: &str| text.parse::<f64>().map_or_else(|_| text.to_owned(), |v| format!("{v:.8e}"));
    let line = |line: String| line.split('|').map(field).collect::<Vec<_>>().join("|");
    let mut all: Vec<String> = lines(batch).into_iter().map(line).collect();
    all.sort();
    all
}
