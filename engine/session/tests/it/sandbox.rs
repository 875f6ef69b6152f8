//! A session tries to leave its folder by every statement that takes a path. Nothing outside is read, nothing written.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use tempfile::TempDir;

use crate::field::{error, run};

const CSV: &str = "x,y,value\n1,2,424242\n2,3,424243\n3,1,424244\n";
const LAS: &str = "~Version\nVERS. 2.0 :\nWRAP. NO :\n~Well\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. SECRET-WELL :\n\
    ~Curve\nDEPT.M :\nGR.GAPI :\n~Ascii\n1 424242\n2 424243\n";

/// `inside` is the folder of the session, with a project and files; `outside` has the same files; links lead out.
struct Prison {
    folder: TempDir,
    session: Session,
}

impl Prison {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (inside, outside) = (folder.path().join("inside"), folder.path().join("outside"));
        for place in [&inside, &outside] {
            fs::create_dir_all(place).unwrap();
            fs::write(place.join("data.csv"), CSV).unwrap();
            fs::write(place.join("data.las"), LAS).unwrap();
        }
        let roots = Roots::folders(vec![Root::writable(&inside)]).unwrap();
        let settings = ProjectSettings::new("prison", LengthUnit::Metre);
        let project = Project::init(&roots, inside.join("field.outcrop"), settings, "tester").await.unwrap();
        let session = SessionBuilder::new(roots, &inside).project(project).build().unwrap();
        let prison = Prison { folder, session };
        prison.ok("COPY (SELECT * FROM 'data.csv') TO 'data.parquet'").await;
        prison.ok("CREATE TABLE there AS SELECT x, y, value FROM 'data.csv'").await;
        fs::copy(inside.join("data.parquet"), outside.join("data.parquet")).unwrap();
        for ending in ["csv", "las", "parquet"] {
            symlink(outside.join(format!("data.{ending}")), inside.join(format!("link.{ending}"))).unwrap();
        }
        symlink(&outside, inside.join("linked")).unwrap();
        symlink(inside.join("linked"), inside.join("twice")).unwrap();
        prison
    }

    fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    async fn ok(&self, sql: &str) {
        run(&self.session, sql).await.unwrap_or_else(|e| panic!("{sql}\n{e}"));
    }

    /// Paths that lead to the file outside.
    fn ways_out(&self, ending: &str) -> Vec<String> {
        let outside = self.outside().join(format!("data.{ending}")).display().to_string();
        let url = url::Url::from_file_path(&outside).unwrap();
        vec![
            outside,
            url.to_string(),
            url.as_str().replace("outside", "%6futside"),
            format!("../outside/data.{ending}"),
            format!("field.outcrop/../../outside/data.{ending}"),
            format!("link.{ending}"),
            format!("linked/data.{ending}"),
            format!("twice/data.{ending}"),
            format!("linked/../outside/data.{ending}"),
            format!("linked/*.{ending}"),
            format!("link*.{ending}"),
            format!("*/data.{ending}"),
            format!("**/*.{ending}"),
            format!("../*/data.{ending}"),
            format!("../outside/{{data,other}}.{ending}"),
            "linked".to_owned(),
            "../outside".to_owned(),
        ]
    }
}

/// Every file below a folder with its content; links by where they lead.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match entry.file_type().unwrap() {
            t if t.is_symlink() => {
                drop(all.insert(path.clone(), fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()))
            }
            t if t.is_dir() => all.extend(tree(&path)),
            _ => drop(all.insert(path.clone(), fs::read(&path).unwrap())),
        }
    }
    all
}

/// Statements that read a path in quotes.
const READS: &[&str] = &[
    "SELECT * FROM '{}'",
    "SELECT * FROM '{}' AS f WHERE 1 = 0",
    "SELECT count(*) FROM '{}'",
    "SELECT * FROM (SELECT * FROM '{}') AS f",
    "WITH f AS (SELECT * FROM '{}') SELECT * FROM f",
    "SELECT (SELECT count(*) FROM '{}')",
    "SELECT 1 WHERE EXISTS (SELECT * FROM '{}')",
    "SELECT 1 WHERE 1 IN (SELECT count(*) FROM '{}')",
    "SELECT count(*) FROM there UNION ALL SELECT count(*) FROM '{}'",
    "SELECT * FROM there CROSS JOIN '{}' AS f",
    "SELECT count(*) FROM there ORDER BY (SELECT count(*) FROM '{}')",
    "DESCRIBE '{}'",
    "EXPLAIN SELECT * FROM '{}'",
    "EXPLAIN ANALYZE SELECT * FROM '{}'",
    "CREATE TABLE taken AS SELECT * FROM '{}'",
    "CREATE OR REPLACE TABLE there AS SELECT * FROM '{}'",
    "CREATE VIEW seen AS SELECT * FROM '{}'",
    "INSERT INTO there SELECT count(*), 1 AS b, 2 AS c FROM '{}'",
    "COPY (SELECT * FROM '{}') TO 'taken.csv'",
    "COPY '{}' TO 'taken.csv'",
];

/// The same for tables of points.
const POINT_READS: &[&str] = &[
    "SELECT * FROM grid('{}', cell_size => 1)",
    "SELECT * FROM grid((SELECT * FROM '{}'), cell_size => 1)",
    "SELECT * FROM grid(data => '{}', cell_size => 1)",
    "SELECT * FROM krige((SELECT * FROM there), targets => '{}', psill => 1, range => 9, nugget => 1)",
    "SELECT * FROM grid((SELECT * FROM there), targets => (SELECT x, y FROM '{}'))",
    "SELECT * FROM krige((SELECT x, y, value FROM grid('{}', cell_size => 1)), cell_size => 1, psill => 1, range => 9, nugget => 1)",
    "EXPLAIN SELECT * FROM grid('{}', cell_size => 1)",
    "CREATE VIEW seen AS SELECT * FROM grid('{}', cell_size => 1)",
];

fn reads(ending: &str) -> Vec<String> {
    let mut all: Vec<String> = READS.iter().map(|s| (*s).to_owned()).collect();
    let readers: &[&str] = match ending {
        "csv" => &["read_csv", "inspect_csv"],
        "las" => &["read_las", "inspect_las"],
        _ => &["read_parquet"],
    };
    for reader in readers {
        for call in [format!("{reader}('{{}}')"), format!("{reader}(path => '{{}}')")] {
            all.push(format!("SELECT * FROM {call}"));
            all.push(format!("CREATE TABLE taken AS SELECT * FROM {call}"));
            all.push(format!("EXPLAIN SELECT * FROM {call}"));
            all.push(format!("SELECT * FROM there, {call} AS f"));
        }
    }
    if ending != "las" {
        all.extend(POINT_READS.iter().map(|s| (*s).to_owned()));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn no_read_leaves() {
    for ending in ["csv", "las", "parquet"] {
        let prison = Prison::new().await;
        let before = tree(prison.folder.path());
        for template in reads(ending) {
            for path in prison.ways_out(ending) {
                let sql = template.replace("{}", &path);
                let message = error(&prison.session, &sql).await;
                assert!(!message.contains("42424") && !message.contains("SECRET-WELL"), "{sql}\nlets out: {message}");
                let known = ["is outside", "outside the folders", "leads", "no file", "ending", "--root"];
                assert!(known.iter().any(|k| message.contains(k)), "{sql}\n{message}");
            }
        }
        let after = tree(prison.folder.path());
        assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "something was written");
        assert!(before == after, "something was changed");
        // It is the path that was refused: each of the statements runs on the file inside.
        for template in reads(ending) {
            for clean in ["DROP TABLE IF EXISTS taken", "DROP VIEW IF EXISTS seen"] {
                prison.ok(clean).await;
            }
            if !template.contains("REPLACE TABLE") {
                prison.ok(&template.replace("{}", &format!("data.{ending}"))).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_write_leaves() {
    let prison = Prison::new().await;
    let before = tree(prison.folder.path());
    let outside = prison.outside().display().to_string();
    for ending in ["csv", "json", "parquet", "arrow"] {
        for target in [
            format!("{outside}/new.{ending}"),
            format!("file://{outside}/new.{ending}"),
            format!("../outside/new.{ending}"),
            format!("../new.{ending}"),
            format!("linked/new.{ending}"),
            format!("twice/new.{ending}"),
            format!("linked/../new.{ending}"),
            format!("field.outcrop/../../new.{ending}"),
            format!("linked/data.{ending}"),
        ] {
            for sql in [
                format!("COPY there TO '{target}'"),
                format!("COPY (SELECT * FROM there) TO '{target}'"),
                format!("COPY there TO '{target}' STORED AS {}", if ending == "arrow" { "parquet" } else { ending }),
                format!("EXPLAIN COPY there TO '{target}'"),
                format!("EXPLAIN ANALYZE COPY there TO '{target}'"),
                format!("INSERT INTO '{target}' SELECT * FROM there"),
                format!("CREATE TABLE '{target}' AS SELECT * FROM there"),
                format!("CREATE TABLE \"{target}\" AS SELECT * FROM there"),
                "CREATE TABLE \"../outside\".\"new\" AS SELECT * FROM there".to_owned(),
                format!("CREATE VIEW \"{target}\" AS SELECT * FROM there"),
                format!("DROP TABLE \"{target}\""),
                format!("DROP TABLE '{target}'"),
                format!("CREATE EXTERNAL TABLE taken STORED AS CSV LOCATION '{target}'"),
                format!("CREATE EXTERNAL TABLE taken (x INT) STORED AS PARQUET LOCATION '{target}'"),
                format!("CREATE TABLE taken LOCATION '{target}' AS SELECT * FROM there"),
            ] {
                let message = error(&prison.session, &sql).await;
                assert!(!message.contains("42424"), "{sql}\n{message}");
            }
        }
    }
    // A link to a file outside is not written through.
    for target in ["link.csv", "link.parquet"] {
        error(&prison.session, &format!("COPY there TO '{target}'")).await;
    }
    assert!(before == tree(prison.folder.path()), "something was written");
    prison.ok("COPY there TO 'new.csv'").await;
    assert_eq!(fs::read_to_string(prison.folder.path().join("inside/new.csv")).unwrap().lines().count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_change_the_session_are_refused() {
    let prison = Prison::new().await;
    let outside = prison.outside().display().to_string();
    for sql in [
        "SET datafusion.execution.target_partitions = 1".to_owned(),
        format!("SET datafusion.runtime.temp_directory = '{outside}'"),
        "CREATE SCHEMA other".to_owned(),
        "CREATE DATABASE other".to_owned(),
        "CREATE FUNCTION f(DOUBLE) RETURNS DOUBLE RETURN $1".to_owned(),
        format!("LOAD '{outside}/data.csv'"),
        format!("ATTACH '{outside}/data.csv'"),
        "DROP SCHEMA public".to_owned(),
        "DROP TABLE outcrop.commits".to_owned(),
        "CREATE TABLE outcrop.mine AS SELECT 1 AS a".to_owned(),
        "CREATE TABLE information_schema.mine AS SELECT 1 AS a".to_owned(),
        "INSERT INTO outcrop.lineage SELECT * FROM outcrop.lineage".to_owned(),
        "DELETE FROM outcrop.lineage".to_owned(),
        "UPDATE outcrop.imports SET message = NULL".to_owned(),
        "TRUNCATE TABLE outcrop.imports".to_owned(),
        "EXPLAIN ANALYZE INSERT INTO there SELECT * FROM there".to_owned(),
        "EXPLAIN ANALYZE DELETE FROM there".to_owned(),
        "WITH a AS (SELECT 1) DELETE FROM there".to_owned(),
        "EXPLAIN ANALYZE CREATE TABLE t AS SELECT 1".to_owned(),
    ] {
        let before = tree(prison.folder.path());
        error(&prison.session, &sql).await;
        assert!(before == tree(prison.folder.path()), "{sql} changed something");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_swapped_for_a_link_later_is_refused() {
    let prison = Prison::new().await;
    let inside = prison.folder.path().join("inside");
    let swap = |name: &str| {
        fs::remove_file(inside.join(name)).unwrap();
        symlink(prison.outside().join(name), inside.join(name)).unwrap();
    };
    // A view over a file.
    prison.ok("CREATE VIEW seen AS SELECT value FROM 'data.csv'").await;
    prison.ok("SELECT * FROM seen").await;
    swap("data.csv");
    for sql in ["SELECT * FROM seen", "DESCRIBE seen", "EXPLAIN SELECT * FROM seen", "COPY seen TO 'taken.csv'"] {
        let message = error(&prison.session, sql).await;
        assert!(message.contains("outside") && !message.contains("42424"), "{sql}\n{message}");
    }
    // A file that was planned, then swapped before it is read.
    let (state, plan) = prison.session.plan("SELECT * FROM 'data.parquet'").await.unwrap();
    let physical = state.create_physical_plan(&state.optimize(&plan).unwrap()).await.unwrap();
    let (_, las) = prison.session.plan("SELECT * FROM 'data.las'").await.unwrap();
    let las = state.create_physical_plan(&state.optimize(&las).unwrap()).await.unwrap();
    swap("data.parquet");
    swap("data.las");
    for plan in [physical, las] {
        let message = datafusion::physical_plan::collect(plan, state.task_ctx()).await.unwrap_err().to_string();
        assert!(message.contains("outside"), "{message}");
    }
    // A data file of the project itself.
    let table = inside.join("field.outcrop/tables/public/there");
    let file = fs::read_dir(&table)
        .unwrap()
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "parquet"))
        .unwrap();
    let moved = prison.outside().join("moved.parquet");
    fs::rename(&file, &moved).unwrap();
    symlink(&moved, &file).unwrap();
    let fresh = Project::open(prison.session.roots(), inside.join("field.outcrop")).await.unwrap();
    let fresh = SessionBuilder::new(prison.session.roots().clone(), &inside).project(fresh).build().unwrap();
    let message = error(&fresh, "SELECT * FROM there").await;
    assert!(message.contains("outside"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_for_reading_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.csv"), CSV).unwrap();
    let roots = Roots::folders(vec![Root::read_only(folder.path())]).unwrap();
    let session = SessionBuilder::new(roots, folder.path()).build().unwrap();
    run(&session, "SELECT * FROM 'data.csv'").await.unwrap();
    let before = tree(folder.path());
    for sql in
        ["COPY (SELECT 1 AS a) TO 'new.csv'", "COPY (SELECT 1 AS a) TO 'data.csv'", "COPY 'data.csv' TO 'sub/new.csv'"]
    {
        let message = error(&session, sql).await;
        assert!(message.contains("read"), "{sql}\n{message}");
    }
    for sql in [
        "CREATE TABLE t AS SELECT 1 AS a",
        "INSERT INTO t VALUES (1)",
        "CREATE VIEW v AS SELECT 1 AS a",
        "DROP TABLE t",
    ] {
        let message = error(&session, sql).await;
        assert!(message.contains("needs a project"), "{sql}\n{message}");
    }
    assert!(before == tree(folder.path()));
}
