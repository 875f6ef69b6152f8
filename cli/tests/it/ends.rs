//! How the program ends: readers that go away, Ctrl-C, places that are not there, projects that are too many.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::{fails, ok, outcrop, value};

/// A project with one well and its logs.
fn project(folder: &Path) {
    let rows: String = (0..20_000).map(|k| format!("{} {}\n", 100 + k, k % 150)).collect();
    let text = format!(
        "~Version\n VERS. 2.0 : \n WRAP. NO : \n~Well\n STRT.M 100 : \n STOP.M 20099 : \n STEP.M 1 : \n NULL. -999.25 : \n \
         WELL. A-1 : \n~Curve\n DEPT.M : depth\n GR.GAPI : gamma\n~A\n{rows}"
    );
    std::fs::write(folder.join("a.las"), text).unwrap();
    ok(folder, &["init", "field.outcrop"]);
    ok(folder, &["import", "a.las"]);
}

#[test]
fn a_reader_that_has_gone_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    let calls: [&[&str]; 11] = [
        &["history"],
        &["info"],
        &["functions"],
        &["functions", "krige"],
        &["inspect", "a.las"],
        &["import", "a.las"],
        &["sql", "-c", "SELECT * FROM logs"],
        &["sql", "-c", "SELECT * FROM logs", "--format", "csv"],
        &["sql", "-c", "SELECT * FROM logs", "--format", "json"],
        &["sql", "-c", "SELECT * FROM logs", "--format", "parquet"],
        &["demo", "demo", "--wells", "8", "--bin", "200"],
    ];
    for arguments in calls {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_outcrop"))
            .args(arguments)
            .current_dir(at)
            .env_remove("OUTCROP_PROJECT")
            .stdout(writer)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("panicked") && !complaint.contains("roken pipe"), "{arguments:?}: {complaint}");
    }
    // Nobody hears an error either; it stays one.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_outcrop"))
        .args(["sql", "-c", "SELECT * FROM nothing"])
        .current_dir(at)
        .stdout(Stdio::null())
        .stderr(writer)
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(1));
}

fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

fn ended(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let begun = Instant::now();
    while begun.elapsed() < within {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

#[test]
fn a_running_query_ends_on_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let sql = "SELECT count(*) FROM krige((SELECT random() * 1000 AS x, random() * 1000 AS y, random() AS v FROM range(20000)), \
               cell_size => 0.1, psill => 1, range => 300)";
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcrop"))
        .args(["sql", "-c", sql])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(child.try_wait().unwrap().is_none(), "the query should still be at work");
    interrupt(&child);
    let Some(status) = ended(&mut child, Duration::from_secs(10)) else {
        child.kill().unwrap();
        panic!("it did not end");
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_second_ctrl_c_ends_what_the_first_cannot() {
    let folder = tempfile::tempdir().unwrap();
    project(folder.path());
    // Nobody empties the pipe, so the program waits in a write, where it cannot see the first Ctrl-C.
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcrop"))
        .args(["sql", "-c", "SELECT a.md, b.gr FROM logs a CROSS JOIN logs b", "--format", "csv"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    interrupt(&child);
    let first = ended(&mut child, Duration::from_millis(700));
    if first.is_none() {
        interrupt(&child);
    }
    let Some(status) = first.or_else(|| ended(&mut child, Duration::from_secs(5))) else {
        child.kill().unwrap();
        panic!("it did not end");
    };
    assert_eq!(status.code(), Some(130));
}

#[test]
fn folders_are_not_made_in_silence() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    let calls: [&[&str]; 4] = [
        &["plot", "log", "A-1", "-o", "nowhere/a.png"],
        &["plot", "map", "--grid", "SELECT * FROM no_such_table", "-o", "nowhere/a.png"],
        &["functions", "--markdown", "nowhere"],
        &["init", "nowhere/b.outcrop"],
    ];
    for arguments in calls {
        let complaint = fails(at, arguments);
        assert!(complaint.contains("mkdir -p") && complaint.contains("nowhere"), "{arguments:?}: {complaint}");
        assert!(!at.join("nowhere").exists(), "{arguments:?}");
    }
    let complaint = fails(at, &["plot", "map", "--grid", "SELECT * FROM no_such_table", "-o", "a.gif"]);
    assert!(complaint.contains(".svg, .png or .pdf"), "{complaint}");
}

#[test]
fn several_projects_matter_only_where_one_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    project(at);
    ok(at, &["init", "other.outcrop"]);
    assert_eq!(value(at, "SELECT 1 + 1"), "2");
    assert_eq!(value(at, "SELECT count(*) FROM 'a.las'"), "20000");
    let calls: [&[&str]; 4] = [
        &["info"],
        &["sql", "-c", "SELECT * FROM logs"],
        &["sql", "-c", "CREATE TABLE t AS SELECT 1 AS a"],
        &["plot", "log", "A-1", "-o", "a.svg"],
    ];
    for arguments in calls {
        let complaint = fails(at, arguments);
        assert!(complaint.contains("field.outcrop, other.outcrop") && complaint.contains("--project"), "{complaint}");
    }
    // An error that has nothing to do with projects does not speak of them.
    assert!(!fails(at, &["sql", "-c", "SELECT * FROM 'b.las'"]).contains("--project"));
    assert_eq!(value(&at.join("field.outcrop"), "SELECT count(*) FROM logs"), "20000");
    assert!(outcrop(at, &["info", "-p", "other.outcrop"]).status.success());
}
