//! Nodes: what each type gives, what is said where one can't be planned, parameters.

use super::*;

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
