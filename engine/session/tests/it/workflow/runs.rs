//! Runs: what is computed once, written and kept; progress and failures; the library.

use super::*;

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
    assert!(files.len() >= 7);
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
