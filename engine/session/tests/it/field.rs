//! The demo field, imported once for all tests, and copies of it for tests that write.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::Float64Type;
use outcrop_demo::{DemoOptions, SeismicOptions};
use outcrop_import::{ImportOptions, NoWatch, Status};
use outcrop_session::{Answer, Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Wells of the field: a vertical one, deviated ones, and among the log files one that is wrapped, one of version 1.2,
/// one with other mnemonics and one in feet.
pub const WELLS: usize = 9;

/// The folder of the field: `las/`, `wells.csv`, `tops.csv`, `surveys.csv`, `top_reservoir_twt.csv` and the project
/// `field.outcrop`. Made once and only read.
pub async fn demo() -> &'static Path {
    static FOLDER: OnceCell<PathBuf> = OnceCell::const_new();
    FOLDER.get_or_init(make).await
}

async fn make() -> PathBuf {
    // Nothing is dropped at the end of a test program, so each takes away what those before it have left.
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("session-tests");
    std::fs::create_dir_all(&all).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    for entry in std::fs::read_dir(&all).unwrap().flatten() {
        if entry.metadata().and_then(|m| m.modified()).is_ok_and(|t| t < old) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder = all.join(std::process::id().to_string());
    let _ = std::fs::remove_dir_all(&folder);
    import(
        &folder,
        &DemoOptions { wells: WELLS, log_step: 1.0, seismic: Some(SeismicOptions::small()), ..DemoOptions::default() },
    )
    .await;
    folder
}

/// Writes a field into a folder and imports it into the project `field.outcrop` there.
pub async fn import(folder: &Path, options: &DemoOptions) {
    outcrop_demo::write(folder, options).unwrap();
    let roots = roots(folder);
    let mut settings = ProjectSettings::new("demo field", LengthUnit::Metre);
    settings.crs = Some("EPSG:23031".parse().unwrap());
    let project = Project::init(&roots, folder.join("field.outcrop"), settings, "tester").await.unwrap();
    let mut patterns = ["wells.csv", "las", "tops.csv", "surveys.csv", "checkshots.csv"].map(str::to_owned).to_vec();
    if options.seismic.is_some() {
        patterns.push("seismic".to_owned());
    }
    let import =
        ImportOptions { author: "tester".to_owned(), message: "the demo field".to_owned(), ..Default::default() };
    let report = outcrop_import::import(&project, &roots, folder, &patterns, &import, Arc::new(NoWatch)).await.unwrap();
    let cubes = usize::from(options.seismic.is_some());
    assert_eq!(report.count(Status::Imported), options.wells + 4 + cubes, "{report:?}");
}

fn roots(folder: &Path) -> Roots {
    Roots::folders(vec![Root::writable(folder)]).unwrap()
}

/// A session on a folder with the project `field.outcrop`, which reaches the folder and nothing else.
pub async fn builder(folder: &Path) -> SessionBuilder {
    let roots = roots(folder);
    let project = Project::open(&roots, folder.join("field.outcrop")).await.unwrap();
    SessionBuilder::new(roots, folder).project(project)
}

/// A session on the demo field, for tests that only read.
pub async fn session() -> Session {
    builder(demo().await).await.build().unwrap()
}

/// A copy of the demo field, for tests that write.
pub async fn copy() -> (TempDir, Session) {
    let copy = tempfile::tempdir().unwrap();
    copy_folder(demo().await, copy.path());
    let session = builder(copy.path()).await.build().unwrap();
    (copy, session)
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// All rows of a query.
pub async fn rows(session: &Session, sql: &str) -> RecordBatch {
    match session.sql(sql).await.unwrap_or_else(|e| panic!("{sql}\n{e}")) {
        Answer::Rows(rows) => {
            let schema = Arc::clone(rows.schema());
            concat_batches(&schema, &rows.collect().await.unwrap_or_else(|e| panic!("{sql}\n{e}"))).unwrap()
        }
        Answer::Done { message, .. } => panic!("{sql}\nno query: {message}"),
    }
}

/// Runs a statement to its end.
pub async fn run(session: &Session, sql: &str) -> Result<(), String> {
    match session.sql(sql).await.map_err(|e| e.to_string())? {
        Answer::Rows(rows) => rows.collect().await.map(drop).map_err(|e| e.to_string()),
        Answer::Done { .. } => Ok(()),
    }
}

/// The message of a statement that fails.
pub async fn error(session: &Session, sql: &str) -> String {
    run(session, sql).await.expect_err(sql)
}

/// A numeric column; null is NaN.
pub fn numbers(batch: &RecordBatch, name: &str) -> Vec<f64> {
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
    column.as_primitive::<Float64Type>().iter().map(|v| v.unwrap_or(f64::NAN)).collect()
}

/// A text column; null is empty.
pub fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
    (0..column.len()).map(|i| arrow::util::display::array_value_to_string(column, i).unwrap()).collect()
}

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}
