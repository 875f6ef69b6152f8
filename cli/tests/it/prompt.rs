//! What can be typed at the prompt, piped into the program; help and completions.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{fails, ok};

/// What the program answers to a text on standard input: whether it went well, output, errors.
fn piped(folder: &Path, text: &str) -> (bool, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outcrop"))
        .arg("sql")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn commands_stand_among_statements() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8"]);
    let at = folder.path().join("field");
    std::fs::write(at.join("two.sql"), "SELECT 'from a file' AS a;\n\\l\n").unwrap();
    let script = "CREATE VIEW mine AS SELECT 1 AS one;\nCOMMENT ON VIEW mine IS 'One and only';\n\\d\n\\d mine\n\\timing on\nSELECT\n 'a;b' AS t\n;\n\\i two.sql\n\\x\nSELECT 1 AS x, 2 AS y;\n\\df krige\n\\q\nSELECT nonsense";
    let (went, out, err) = piped(&at, script);
    assert!(went, "{err}");
    let logs = out.lines().find(|l| l.trim_start().starts_with("logs ")).unwrap();
    assert!(logs.ends_with("rows"), "{out}");
    // Views of the project and those it always has, each once.
    for view in ["mine", "tops_xyz", "zones"] {
        let shown = out.lines().filter(|l| l.trim_start().starts_with(&format!("{view} ")) && l.ends_with("view"));
        assert_eq!(shown.count(), 1, "{view}: {out}");
    }
    assert!(out.contains("a;b") && out.contains("from a file") && out.contains("field.outcrop"), "{out}");
    assert!(out.contains("─── row 1 ───") && out.contains("# krige"), "{out}");
    assert!(err.contains("note: mine: One and only"), "{err}");
    assert!(err.contains("timing is on") && err.contains(" s\n"), "{err}");
    let (went, out, err) = piped(&at, "SELECT 1 AS first;\n\\nope\nSELECT 2 AS second;");
    assert!(!went && out.contains("first") && !out.contains("second") && err.contains("no command `\\nope`"), "{err}");
    // A text in double quotes.
    let text = fails(&at, &["sql", "-c", "SELECT * FROM logs WHERE well = \"OUT-1\""]);
    assert!(text.contains("single quotes: 'OUT-1'"), "{text}");
    let text = fails(&at, &["plot", "log", "out 1", "-o", "x.svg"]);
    assert!(text.contains("did you mean OUT-1?"), "{text}");
}

#[test]
fn help_knows_commands_and_functions() {
    let here = tempfile::tempdir().unwrap();
    let page = ok(here.path(), &["help", "krige"]);
    assert!(page.starts_with("# krige") && page.contains("## Example"), "{page}");
    assert!(ok(here.path(), &["help", "plot", "map"]).contains("--surface"));
    assert!(ok(here.path(), &["help"]).contains("SQL for the subsurface"));
    assert!(fails(here.path(), &["help", "kriging2"]).contains("neither a command"));
    assert!(fails(here.path(), &["help", "plot", "pie"]).contains("`plot` has no command `pie`"));
    for shell in ["bash", "zsh", "fish"] {
        let script = ok(here.path(), &["completions", shell]);
        assert!(script.contains("outcrop") && script.contains("crossplot"), "{shell}");
    }
}
