//! The query library: every file runs on the demo field.

use std::path::{Path, PathBuf};

use super::{fails, ok, value};

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../queries")
}

/// The files of an ending, in folders too.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    // A view must be there before those that use it.
    found.sort_by_key(|p| std::cmp::Reverse(p.clone()));
    found
}

/// A demo field with its project, the seismic coarse.
fn field() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "12", "--bin", "200"]);
    let field = folder.path().join("field");
    (folder, field)
}

#[test]
fn every_query_of_the_library_runs() {
    let (_folder, field) = field();
    let all = files(&library(), "sql");
    assert!(all.len() >= 12, "{}", all.len());
    for file in &all {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.starts_with("-- "), "{}: a query says first what it is for", file.display());
        let shown = ok(&field, &["sql", "-f", file.to_str().unwrap(), "--format", "csv"]);
        // Lineage and the views of another field are empty here.
        let empty = text.contains("CREATE OR REPLACE VIEW") || file.ends_with("project/lineage.sql");
        assert!(empty || shown.lines().count() > 1, "{} gives no rows", file.display());
    }
}

#[test]
fn every_workflow_of_the_library_runs() {
    let (_folder, field) = field();
    let all = files(&library().join("workflows"), "json");
    assert!(all.len() >= 7, "{}", all.len());
    for file in &all {
        let file = file.to_str().unwrap();
        let checked = ok(&field, &["run", file, "--check"]);
        assert!(checked.contains("no problems"), "{checked}");
        ok(&field, &["run", file]);
    }
    for (table, least) in [
        ("log_qc", 12),
        ("net_pay_by_zone", 24),
        ("zone_summary", 2),
        ("porosity_by_well", 12),
        ("porosity_map", 100),
        ("amplitude_map", 100),
        ("amplitude_statistics", 1),
        ("well_tie", 50),
        ("impedance_map", 100),
        ("structure", 100),
        ("structure_residuals", 12),
    ] {
        let rows: u64 = value(&field, &format!("SELECT count(*) FROM {table}")).parse().unwrap();
        assert!(rows >= least, "{table} has {rows} rows");
    }
    for picture in ["porosity.svg", "residuals.svg"] {
        assert!(std::fs::read_to_string(field.join(picture)).unwrap().contains("<svg"), "{picture}");
    }
    let workflows: u64 = value(&field, "SELECT count(DISTINCT id) FROM outcrop.workflows").parse().unwrap();
    assert_eq!(workflows, all.len() as u64);
}

#[test]
fn run_takes_parameters_and_shows_nodes() {
    let (folder, field) = field();
    let file = library().join("workflows/net_pay.json");
    let file = file.to_str().unwrap();

    // A stricter cut-off leaves less, and the project says which it was.
    ok(&field, &["run", file, "--sink", "table"]);
    let loose: f64 = value(&field, "SELECT sum(net) FROM net_pay_by_zone").parse().unwrap();
    let said = ok(&field, &["run", file, "--param", "phi_min=0.2", "--param", "sw_max=0.4", "--sink", "table"]);
    assert!(said.contains("workflow net-pay revision 1") && said.contains("into `net_pay_by_zone`"), "{said}");
    let strict: f64 = value(&field, "SELECT sum(net) FROM net_pay_by_zone").parse().unwrap();
    assert!(strict < loose, "{strict} {loose}");
    let kept = value(&field, "SELECT workflow_parameters FROM outcrop.lineage ORDER BY commit DESC LIMIT 1");
    assert!(kept.contains("phi_min\"\":0.2"), "{kept}");
    assert!(!field.join("net_pay_by_zone.csv").exists(), "another sink than the one asked for has run");

    // By its id, without the file; JSON for programs.
    let report = ok(&field, &["run", "net-pay", "--revision", "1", "--sink", "file", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["revision"], 1);
    assert_eq!(report["parameters"]["phi_min"], 0.1);
    assert!(field.join("net_pay_by_zone.csv").exists());

    // The rows of a node, its SQL, its plan.
    let rows = ok(&field, &["run", file, "--node", "pay", "--rows", "3", "--format", "csv"]);
    assert_eq!(rows.lines().count(), 4, "{rows}");
    let sql = ok(&field, &["run", file, "--node", "sorted", "--sql"]);
    let by_sql = ok(&field, &["sql", "-c", &sql, "--format", "csv"]);
    assert_eq!(by_sql, ok(&field, &["run", file, "--node", "sorted", "--rows", "100000", "--format", "csv"]));
    let plan = ok(&field, &["run", file, "--node", "sorted", "--explain"]);
    assert!(plan.contains("<- node pay (net_pay)"), "{plan}");

    // What is wrong is said of the parameter, and nothing is written.
    let before = value(&field, "SELECT max(number) FROM outcrop.commits");
    for (arguments, expected) in [
        (vec!["--param", "phi_min=2"], "parameter `phi_min` is at most 1, found 2"),
        (vec!["--param", "phi=2"], "parameter `phi`: the workflow has no such parameter; it has: gr_clean"),
        (vec!["--param", "rw=much"], "parameter `rw` expects a number, found `much`"),
        (vec!["--sink", "pay"], "`pay` is no node that writes; there are:"),
        (vec!["--node", "none"], "there is no node `none`"),
        (vec!["--revision", "2"], "--revision is for workflows of the project"),
    ] {
        let error = fails(&field, &[["run", file].as_slice(), &arguments].concat());
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(before, value(&field, "SELECT max(number) FROM outcrop.commits"));
    let error = fails(&field, &["run", "nothing"]);
    assert!(error.contains("the project has no workflow `nothing`; it has: net-pay"), "{error}");

    // A document with faults: all of them, and the columns of what is in order.
    let broken = folder.path().join("broken.json");
    let text = std::fs::read_to_string(file).unwrap().replace("\"phi_min\": \"$phi_min\"", "\"phi_min\": \"$phi\"");
    std::fs::write(&broken, text.replace("\"table\": \"zones\"", "\"table\": \"zone\"")).unwrap();
    let output = super::outcrop(&field, &["run", broken.to_str().unwrap(), "--check"]);
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success());
    for expected in [
        "node `pay`, parameter `phi_min`: `$phi` has no value",
        "node `zones`: ",
        "waits for zones",
        "evaluated        compute          well, log_set, md [m]",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
}
