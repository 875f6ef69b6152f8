//! Statements made at random, run here and in another database on the same rows; the tables must be equal after each.
//!
//! The other database is the SQLite of `python3`; with `OUTCROP_PEERS` (a Python environment that has `duckdb`) it is
//! DuckDB, which knows MERGE too. `GENERATED_SEED` (a number) makes other statements.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use serde_json::{Value, json};

use crate::field;

/// Runs the statements that come in, a JSON text a line, and prints the rows of `t` after each.
const OTHER: &str = r#"
import sys, json
if sys.argv[1] == "duckdb":
    import duckdb
    con = duckdb.connect()
else:
    import sqlite3
    con = sqlite3.connect(":memory:", isolation_level=None)
for line in sys.stdin:
    con.execute(json.loads(line))
    rows = con.execute("SELECT id, a, b, c FROM t ORDER BY id").fetchall()
    print(json.dumps([list(r) for r in rows]))
"#;

/// Kinds of conditions without AND, OR and NOT.
const ATOMS: usize = 27;

/// A small generator of numbers (xorshift), so that every run makes the same statements.
struct Random {
    state: u64,
    /// Kinds of conditions that are still to come, and how often each has come. They are dealt like cards, so that all of
    /// them come about equally often however few statements there are.
    deck: Vec<usize>,
    dealt: [usize; ATOMS],
}

impl Random {
    fn new(seed: u64) -> Self {
        Random { state: seed, deck: Vec::new(), dealt: [0; ATOMS] }
    }

    fn below(&mut self, n: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state % n
    }

    fn deal(&mut self) -> usize {
        if self.deck.is_empty() {
            self.deck = (0..ATOMS).collect();
        }
        let place = self.below(self.deck.len() as u64) as usize;
        let kind = self.deck.swap_remove(place);
        self.dealt[kind] += 1;
        kind
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    fn integer(&mut self) -> String {
        self.below(6).to_string()
    }

    fn text(&mut self) -> &'static str {
        self.one(&["'x'", "'y'", "'zz'", "'xy'"])
    }

    fn comparison(&mut self) -> &'static str {
        self.one(&["=", "<>", "<", "<=", ">", ">="])
    }

    /// A condition without AND, OR and NOT.
    fn atom(&mut self) -> String {
        let (n, m, text, op) = (self.integer(), self.integer(), self.text(), self.comparison());
        match self.deal() {
            0 => format!("t.a {op} {n}"),
            1 => format!("t.b {op} {n}.5"),
            2 => format!("t.c {op} {text}"),
            3 => "t.a = NULL".to_owned(),
            4 => "t.c IS NULL".to_owned(),
            5 => "t.b IS NOT NULL".to_owned(),
            6 => format!("t.a IN ({n}, {m})"),
            7 => format!("t.a NOT IN ({n}, {m}, NULL)"),
            8 => format!("t.c IN ({text}, NULL)"),
            9 => "t.a IN (SELECT k FROM u)".to_owned(),
            10 => "t.a NOT IN (SELECT k FROM u)".to_owned(),
            11 => format!("t.a NOT IN (SELECT k FROM u WHERE k IS NOT NULL AND k <> {n})"),
            12 => "EXISTS (SELECT 1 FROM u WHERE u.k = t.a)".to_owned(),
            13 => format!("NOT EXISTS (SELECT 1 FROM u WHERE u.k = t.a AND u.v <> {text})"),
            14 => "1 = 0".to_owned(),
            15 => "1 = 1".to_owned(),
            16 => format!("t.a BETWEEN {n} AND {m}"),
            17 => format!("t.b NOT BETWEEN {n} AND 4.5"),
            18 => format!("CASE WHEN t.a > {n} THEN t.c = {text} ELSE t.b > {m} END"),
            19 => format!("t.a {op} (SELECT max(k) FROM u WHERE v = {text})"),
            20 => "(SELECT count(*) FROM u WHERE u.k = t.a) > 1".to_owned(),
            21 => "t.c LIKE 'x%'".to_owned(),
            22 => format!("coalesce(t.a, {n}) = {m}"),
            23 => "t.a NOT IN (SELECT k FROM u WHERE u.v = t.c)".to_owned(),
            24 => format!("t.a IN (SELECT k FROM u WHERE u.v = t.c OR k = {n})"),
            25 => "t.a NOT IN (SELECT k FROM u WHERE 1 = 0)".to_owned(),
            _ => "t.id IN (SELECT o.id FROM t AS o WHERE o.a IS NULL OR o.b > 3)".to_owned(),
        }
    }

    fn condition(&mut self, depth: u32) -> String {
        match if depth == 0 { 9 } else { self.below(10) } {
            0 | 1 => format!("({} AND {})", self.condition(depth - 1), self.condition(depth - 1)),
            2 | 3 => format!("({} OR {})", self.condition(depth - 1), self.condition(depth - 1)),
            4 => format!("NOT ({})", self.condition(depth - 1)),
            _ => self.atom(),
        }
    }

    fn assignments(&mut self) -> String {
        let a = match self.below(5) {
            0 => "t.a + 1".to_owned(),
            1 => "NULL".to_owned(),
            2 => format!("CASE WHEN t.b > {} THEN {} ELSE t.a END", self.integer(), self.integer()),
            3 => self.integer(),
            _ => "t.id - t.a".to_owned(),
        };
        let b = self.one(&["t.b * 2", "t.a", "NULL", "-1.25", "coalesce(t.b, 0.5)"]);
        let c = self.one(&["t.c", "'zz'", "NULL", "coalesce(t.c, 'x')"]);
        match self.below(4) {
            0 => format!("a = {a}"),
            1 => format!("b = {b}, c = {c}"),
            2 => format!("a = {a}, b = {b}, c = {c}"),
            _ => format!("c = {c}"),
        }
    }

    /// A MERGE whose source has each key once.
    fn merge(&mut self, id: u64) -> String {
        let source = "(SELECT k, max(v) AS v FROM u WHERE k IS NOT NULL GROUP BY k)";
        let on = self.one(&["t.a = s.k", "t.id = s.k", "t.a = s.k AND t.c = s.v"]);
        let mut text = format!("MERGE INTO t USING {source} AS s ON {on}");
        let n = self.integer();
        if self.below(2) == 0 {
            text += &format!(" WHEN MATCHED AND t.b > {n} THEN DELETE");
        }
        if self.below(4) > 0 {
            text += " WHEN MATCHED THEN UPDATE SET c = s.v, b = t.a + s.k";
        }
        if self.below(2) == 0 {
            text += &format!(" WHEN NOT MATCHED AND s.k > {n} THEN INSERT (id, a, c) VALUES ({id} + s.k, s.k, s.v)");
        }
        if self.below(2) == 0 {
            text += " WHEN NOT MATCHED BY SOURCE AND t.c IS NULL THEN UPDATE SET c = 'left'";
        }
        if !text.contains("WHEN") {
            text += " WHEN MATCHED THEN UPDATE SET a = NULL";
        }
        text
    }

    fn rows(&mut self, first: u64, count: u64) -> String {
        let mut rows = Vec::new();
        for id in first..first + count {
            let a = if self.below(4) == 0 { "NULL".to_owned() } else { self.integer() };
            let b = if self.below(4) == 0 { "NULL".to_owned() } else { format!("{}.25", self.integer()) };
            let c = if self.below(4) == 0 { "NULL" } else { self.text() };
            rows.push(format!("({id}, {a}, {b}, {c})"));
        }
        format!("INSERT INTO t VALUES {}", rows.join(", "))
    }

    /// `count` statements that change rows, and those that bring new ones.
    fn statements(&mut self, count: usize, merges: bool) -> Vec<String> {
        let mut all = Vec::new();
        let mut id = 0;
        for i in 0..count {
            if i % 6 == 0 {
                // Fresh rows, in several files.
                all.push("DELETE FROM t".to_owned());
                for _ in 0..3 {
                    all.push(self.rows(id, 8));
                    id += 8;
                }
            }
            all.push(match self.below(if merges { 4 } else { 3 }) {
                0 => format!("DELETE FROM t WHERE {}", self.condition(2)),
                1 => format!("UPDATE t SET {} WHERE {}", self.assignments(), self.condition(2)),
                2 if self.below(3) == 0 => {
                    let filter = self.condition(1);
                    format!("UPDATE t SET c = s.v FROM (SELECT k, max(v) AS v FROM u GROUP BY k) AS s WHERE s.k = t.a AND {filter}")
                }
                2 => format!("UPDATE t SET {} WHERE {}", self.assignments(), self.condition(1)),
                _ => {
                    id += 8;
                    self.merge(id - 8)
                }
            });
        }
        all
    }
}

fn other(statements: &[String], python: &PathBuf, kind: &str) -> Vec<Value> {
    let mut child =
        Command::new(python).args(["-c", OTHER, kind]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: String = statements.iter().map(|s| format!("{}\n", json!(s))).collect();
    let writing = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "{kind} refused a statement");
    String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

/// The rows as the other database prints them.
fn shown(batch: &RecordBatch) -> Value {
    let (id, a) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_primitive::<Int64Type>());
    let (b, c) = (batch.column(2).as_primitive::<Float64Type>(), batch.column(3).as_string::<i32>());
    let value = |there: bool, v: Value| if there { v } else { Value::Null };
    let rows = (0..batch.num_rows()).map(|i| {
        json!([
            id.value(i),
            value(a.is_valid(i), json!(a.value(i))),
            value(b.is_valid(i), json!(b.value(i))),
            value(c.is_valid(i), json!(c.value(i)))
        ])
    });
    Value::Array(rows.collect())
}

async fn empty() -> (tempfile::TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("generated", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    let session = SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    (folder, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn changed_rows_are_those_of_another_database() {
    let (python, kind) = match crate::peers::python_with("duckdb") {
        Some(python) => (python, "duckdb"),
        None => {
            let here = Command::new("python3").args(["-c", "import sqlite3"]).stderr(Stdio::null()).status();
            if !here.is_ok_and(|s| s.success()) {
                return println!("skipped: python3 with sqlite3 not found");
            }
            (PathBuf::from("python3"), "sqlite3")
        }
    };
    let mut statements = vec![
        "CREATE TABLE t (id BIGINT, a BIGINT, b DOUBLE, c VARCHAR)".to_owned(),
        "CREATE TABLE u (k BIGINT, v VARCHAR)".to_owned(),
        "INSERT INTO u VALUES (1, 'x'), (2, 'y'), (2, 'x'), (4, NULL), (NULL, 'zz')".to_owned(),
    ];
    let seed = std::env::var("GENERATED_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0x9e37_79b9_7f4a_7c15);
    let mut random = Random::new(seed);
    statements.extend(random.statements(144, kind == "duckdb"));
    assert!(random.dealt.iter().all(|n| *n >= 4), "every kind of condition comes several times: {:?}", random.dealt);
    let expected = other(&statements, &python, kind);
    assert_eq!(expected.len(), statements.len());
    let (_folder, session) = empty().await;
    let (mut wrong, mut refused) = (Vec::new(), Vec::new());
    for (statement, expected) in statements.iter().zip(&expected) {
        if let Err(error) = field::run(&session, statement).await {
            refused.push(format!("{statement}\n  {error}"));
        }
        let found = shown(&field::rows(&session, "SELECT id, a, b, c FROM t ORDER BY id").await);
        if found != *expected {
            wrong.push(format!("{statement}\n  expected {expected}\n  found    {found}"));
            break;
        }
    }
    assert!(wrong.is_empty() && refused.is_empty(), "{kind}\n{}\nrefused:\n{}", wrong.join("\n"), refused.join("\n"));
}
