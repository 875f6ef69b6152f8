//! Formats, exit codes, errors with a remedy.

use std::path::Path;

use super::{fails, ok, outcrop, value};

fn logs(folder: &Path) {
    let header = "~Version\n VERS. 2.0 : \n WRAP. NO : \n~Well\n STRT.M 100 : \n STOP.M 102 : \n STEP.M 1 : \n NULL. -999.25 : \n WELL. A-1 : \n~Curve\n DEPT.M : depth\n GR.GAPI : gamma\n RHOB.G/C3 : density\n~A\n";
    std::fs::write(folder.join("a.las"), format!("{header}100 50 2.3\n101 -999.25 2.4\n102 70 2.5\n")).unwrap();
}

#[test]
fn files_answer_without_a_project_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    logs(folder.path());
    let sql = "SELECT dept, gr, rhob FROM 'a.las' ORDER BY dept";
    assert_eq!(
        ok(folder.path(), &["sql", "-c", sql, "--format", "csv"]),
        "dept,gr,rhob\n100.0,50.0,2.3\n101.0,,2.4\n102.0,70.0,2.5\n"
    );
    let json = ok(folder.path(), &["sql", "-c", sql, "--format", "json"]);
    assert_eq!(json.lines().next().unwrap(), r#"{"dept":100.0,"gr":50.0,"rhob":2.3}"#);
    let markdown = ok(folder.path(), &["sql", "-c", sql, "--format", "markdown"]);
    assert!(markdown.starts_with("| dept [m] | gr [gAPI] | rhob [g/cm3] |\n| ---: |"), "{markdown}");
    let table = ok(folder.path(), &["sql", "-c", sql, "--rows", "2"]);
    assert!(table.contains("2 of 3 rows"), "{table}");
    assert_eq!(outcrop(folder.path(), &["sql", "-c", sql, "--format", "parquet"]).stdout[..4], *b"PAR1");
    assert!(!outcrop(folder.path(), &["sql", "-c", sql, "--format", "arrow"]).stdout.is_empty());
    ok(folder.path(), &["sql", "-c", &format!("COPY ({sql}) TO 'out.parquet'")]);
    assert_eq!(value(folder.path(), "SELECT count(gr) FROM 'out.parquet'"), "2");
    std::fs::write(folder.path().join("q.sql"), "SELECT 1 AS a; SELECT 2 AS b;").unwrap();
    assert_eq!(ok(folder.path(), &["sql", "-f", "q.sql", "--format", "csv"]), "a\n1\nb\n2\n");
}

#[test]
fn formats_hold_all_or_refuse_first() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let sql = "SELECT 1 AS a, NULL AS b, [1.5, NULL] AS l, named_struct('unit', 'm', 'note', 'x\"y') AS s";
    let json = ok(at, &["sql", "-c", sql, "--format", "json"]);
    let row: serde_json::Value = serde_json::from_str(&json).unwrap();
    // Every row has every key.
    assert_eq!(row, serde_json::json!({"a": 1, "b": null, "l": [1.5, null], "s": {"unit": "m", "note": "x\"y"}}));
    // A list or a struct is JSON text in a table of texts.
    assert_eq!(
        ok(at, &["sql", "-c", sql, "--format", "csv"]),
        "a,b,l,s\n1,,\"[1.5,null]\",\"{\"\"unit\"\":\"\"m\"\",\"\"note\"\":\"\"x\\\"\"y\"\"}\"\n"
    );
    // Two results do not fit into one file, and nothing is run before that is said.
    for format in ["parquet", "arrow"] {
        let two = "COPY (SELECT 1 AS a) TO 'a.csv'; SELECT 1 AS a; SELECT 2 AS a";
        let complaint = fails(at, &["sql", "-c", two, "--format", format]);
        assert!(complaint.contains("2 statements") && complaint.contains("COPY"), "{complaint}");
        assert!(!at.join("a.csv").exists());
    }
    let one = "COPY (SELECT 1 AS a) TO 'a.csv'; SELECT 2 AS a";
    assert_eq!(outcrop(at, &["sql", "-c", one, "--format", "parquet"]).stdout[..4], *b"PAR1");
    assert!(at.join("a.csv").exists());
}

#[test]
fn errors_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    logs(folder.path());
    let error = |sql: &str| fails(folder.path(), &["sql", "-c", sql]);
    assert!(fails(folder.path(), &["info"]).contains("outcrop init"));
    assert!(error("CREATE TABLE t AS SELECT 1").contains("outcrop init"));
    assert!(error("SELECT * FROM 'nothing/*.las'").contains("nothing/*.las"));
    assert!(error("SELECT * FROM 'a.las' TABLESAMPLE (10 PERCENT)").contains("TABLESAMPLE"));
    assert!(
        error("SELECT * FROM krige((SELECT dept AS x, gr AS y, rhob FROM 'a.las'), cel_size => 5)")
            .contains("cell_size")
    );
    assert!(error("SELECT * FORM x").to_lowercase().contains("form"));
    assert!(fails(folder.path(), &["sql", "--root", "/usr/share", "-c", "SELECT * FROM 'a.las'"]).contains("--root"));
    assert!(fails(folder.path(), &["functions", "krig"]).contains("krige"));
    let plot = |sql: &str, output: &str| fails(folder.path(), &["plot", "map", "--grid", sql, "-o", output]);
    let one = "SELECT 1 AS x, 2 AS y, 3 AS z";
    assert!(plot(one, "m.svg").contains("two columns and rows at least"));
    // Where the picture goes is looked at before the query is run.
    assert!(plot("SELECT nonsense", "m.gif").contains("gif"));
    assert!(plot("SELECT nonsense", "no/such/folder/m.svg").contains("no/such/folder"));
    assert!(!folder.path().join("no").exists());
}

#[test]
fn help_teaches() {
    let folder = tempfile::tempdir().unwrap();
    assert!(ok(folder.path(), &["--help"]).contains("outcrop import -p field.outcrop"));
    for command in ["init", "import", "sql", "inspect", "plot", "info", "history", "functions", "demo"] {
        assert!(ok(folder.path(), &[command, "--help"]).contains("Usage:"));
    }
    // What is said at length, and examples, where there is more to a command than its options.
    for (command, told) in [
        (&["sql"][..], "`\\?` lists what else can be typed"),
        (&["import"], "what each file is, is found by looking into it"),
        (&["plot", "map"], "outcrop plot map --surface"),
        (&["plot", "log"], "--scale 500 -o log.pdf"),
    ] {
        let shown = ok(folder.path(), &[command, &["--help"]].concat());
        assert!(shown.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{command:?}: {shown}");
    }
    assert!(ok(folder.path(), &["functions"]).contains("krige"));
    let page = ok(folder.path(), &["functions", "krige"]);
    assert!(page.contains("practical range") && page.contains("Matheron"), "{page}");
}

/// Every picture of the reference is there, and its page shows it.
#[test]
fn pages_have_their_pictures() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let list = std::fs::read_to_string(docs.join("images/pictures.tsv")).unwrap();
    assert!(list.lines().count() > 8);
    for name in list.lines().filter_map(|l| l.split('\t').next()) {
        let picture = std::fs::read_to_string(docs.join(format!("images/{name}.svg"))).unwrap();
        assert!(picture.starts_with("<svg"), "{name}");
        let page = std::fs::read_to_string(docs.join(format!("reference/{name}.md"))).unwrap();
        assert!(page.contains(&format!("(../images/{name}.svg)")), "{name}: ./dev doc writes the page");
    }
}
