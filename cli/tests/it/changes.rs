//! Changes, their history, and the way back.

use std::path::Path;

use super::{fails, ok, outcrop, value};

fn sql(folder: &Path, text: &str) -> String {
    let output = outcrop(folder, &["sql", "-c", text]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}\n{told}");
    told
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "p.outcrop"]);
    sql(
        folder.path(),
        "CREATE TABLE picks AS SELECT * FROM (VALUES ('A', 'Top', 100.0), ('A', 'Base', 200.0), ('B', 'Top', 110.0)) AS v(well, surface, md)",
    );
    folder
}

#[test]
fn rows_are_counted() {
    let folder = project();
    let at = folder.path();
    assert_eq!(sql(at, "UPDATE picks SET md = md + 1 WHERE well = 'A'").trim(), "2 rows updated in `picks` (commit 2)");
    assert_eq!(sql(at, "DELETE FROM picks WHERE md IS NULL").trim(), "0 rows deleted in `picks`; nothing changed");
    let merge = "MERGE INTO picks p USING (SELECT 'B' AS well, 120.0 AS md UNION ALL SELECT 'C', 130.0) s ON p.well = s.well \
                 WHEN MATCHED THEN UPDATE SET md = s.md WHEN NOT MATCHED THEN INSERT (well, md) VALUES (s.well, s.md)";
    assert_eq!(sql(at, merge).trim(), "1 row inserted, 1 row updated, 0 rows deleted in `picks` (commit 3)");
    assert_eq!(sql(at, "TRUNCATE picks").trim(), "4 rows deleted (commit 4)");
    assert_eq!(value(at, "SELECT count(*) FROM picks"), "0");
    assert_eq!(sql(at, "INSERT INTO picks VALUES ('D', 'Top', 1)").trim(), "1 row into `picks` (commit 5)");
    assert_eq!(sql(at, "TRUNCATE picks").trim(), "1 row deleted (commit 6)");
}

#[test]
fn history_tells_each_change() {
    let folder = project();
    let at = folder.path();
    sql(at, "INSERT INTO picks VALUES ('C', 'Top', 300)");
    sql(at, "UPDATE picks SET md = 301 WHERE well = 'C'");
    sql(at, "DELETE FROM picks WHERE well = 'A'");
    sql(at, "DROP TABLE picks");
    let told = ok(at, &["history"]);
    let changes: Vec<&str> = told.lines().map(str::trim).filter(|l| l.starts_with("picks ")).collect();
    // The newest first: rows more or less; rows that stayed and were changed where they are.
    assert_eq!(changes, ["picks dropped", "picks -2", "picks changed", "picks +1", "picks +3"], "{told}");
    assert!(told.contains("UPDATE picks SET md = 301 WHERE well = 'C'"), "{told}");
    let two = ok(at, &["history", "-n", "2"]);
    assert!(two.ends_with("… 4 older; -n shows more\n"), "{two}");
}

#[test]
fn a_difference_is_told_and_taken_back() {
    let folder = project();
    let at = folder.path();
    sql(at, "UPDATE picks SET md = 101 WHERE md = 100");
    sql(at, "DELETE FROM picks WHERE well = 'B'");
    sql(at, "INSERT INTO picks VALUES ('C', 'Top', 300), ('C', 'Top', 300)");
    sql(at, "CREATE TABLE \"Other\" AS SELECT 1 AS a");
    sql(at, "CREATE VIEW seen AS SELECT * FROM picks");

    let all = ok(at, &["diff", "1"]);
    assert!(all.contains("commit 1 → 6"), "{all}");
    assert!(all.contains("table added, 1 row") && !all.contains("1 rows") && all.contains("view added"), "{all}");
    assert!(all.contains("3 rows added, 2 removed, 0 changed"), "{all}");
    let keyed = ["diff", "1", "4", "--table", "picks", "--key", "well,surface"];
    assert!(ok(at, &keyed).contains("2 rows added, 1 removed, 1 changed"));
    let rows = ok(at, &[&keyed[..], &["--rows", "--format", "csv"]].concat());
    let rows: Vec<&str> = rows.lines().skip(2).collect();
    assert_eq!(
        rows,
        ["change,times,well,surface,md", "-,1,A,Top,100.0", "+,1,A,Top,101.0", "-,1,B,Top,110.0", "+,2,C,Top,300.0"]
    );
    assert!(ok(at, &["diff", "6"]).contains("no difference"));
    assert!(fails(at, &["diff", "1", "--table", "pick"]).contains("picks"));
    assert!(fails(at, &["diff", "99"]).contains("99"));

    let told = ok(at, &["restore", "1", "--table", "picks"]);
    assert_eq!(told.trim(), "picks as in commit 1 (commit 7)");
    assert_eq!(value(at, "SELECT sum(md) FROM picks"), "410.0");
    assert_eq!(value(at, "SELECT count(*) FROM \"Other\""), "1");
    assert!(ok(at, &["diff", "1", "--table", "picks"]).contains("no difference"));
    // The whole project, and forth again.
    ok(at, &["restore", "1"]);
    assert!(!ok(at, &["info"]).contains("Other"));
    ok(at, &["restore", "6"]);
    assert_eq!(value(at, "SELECT sum(md) FROM seen"), "901.0");
    assert!(ok(at, &["restore", "6"]).contains("nothing to restore"));
    assert!(fails(at, &["restore", "1", "--table", "seen"]).contains("has no table or view `seen`"));
    // Nothing of the history went.
    for number in 1..=9 {
        assert!(ok(at, &["diff", "0", &number.to_string()]).contains("picks"));
    }
    assert_eq!(value(at, "SELECT count(*) FROM picks VERSION AS OF 4"), "4");
}

#[test]
fn files_that_no_commit_names_go() {
    let folder = project();
    let at = folder.path();
    sql(at, "DELETE FROM picks WHERE well = 'A'");
    let orphan = at.join("p.outcrop/tables/public/picks/1234.parquet");
    std::fs::write(&orphan, "left behind").unwrap();
    assert!(ok(at, &["gc"]).contains("belongs to a commit"));
    assert!(orphan.exists());
    let shown = ok(at, &["gc", "--keep", "0h", "--dry-run"]);
    assert!(shown.contains("1234.parquet") && shown.contains("1 file, 11 bytes, would be removed"), "{shown}");
    assert!(orphan.exists());
    assert!(ok(at, &["gc", "--keep", "0h"]).contains("1 file, 11 bytes, removed"));
    assert!(!orphan.exists());
    assert_eq!(value(at, "SELECT count(*) FROM picks VERSION AS OF 1"), "3");
    assert!(fails(at, &["gc", "--keep", "soon"]).contains("12h"));
}
