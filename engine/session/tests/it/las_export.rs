//! Logs out of a project as LAS, and in again: values, units and headers are the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use outcrop_import::{ImportOptions, NoWatch, Status};
use outcrop_session::{Answer, ExportedLog, LogExport, Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;

use crate::field;

/// The folder of real LAS files; `None` where it is not there.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    if folder.join("las").is_dir() {
        return Some(folder.join("las").canonicalize().unwrap());
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

/// A new project with the files of a folder in it.
async fn imported(folder: &Path, source: &Path, unit: LengthUnit) -> Session {
    let roots = Roots::folders(vec![Root::writable(folder), Root::read_only(source)]).unwrap();
    let settings = ProjectSettings::new("p", unit);
    let project = Project::init(&roots, folder.join("p.outcrop"), settings, "tester").await.unwrap();
    let pattern = [source.to_string_lossy().into_owned()];
    let options = ImportOptions { author: "tester".to_owned(), ..Default::default() };
    let report = outcrop_import::import(&project, &roots, folder, &pattern, &options, Arc::new(NoWatch)).await.unwrap();
    assert!(report.count(Status::Imported) > 0);
    SessionBuilder::new(roots, folder).project(project).build().unwrap()
}

async fn collect(session: &Session, sql: &str) -> Vec<RecordBatch> {
    match session.sql(sql).await.unwrap_or_else(|e| panic!("{sql}: {e}")) {
        Answer::Rows(rows) => rows.collect().await.unwrap(),
        Answer::Done { message, .. } => panic!("{message}"),
    }
}

/// Rows as text: numbers in the shortest digits that read back, so equal text is equal to the last bit.
async fn rows(session: &Session, sql: &str) -> Vec<String> {
    let mut all = Vec::new();
    for batch in collect(session, sql).await {
        let options = FormatOptions::new().with_null("∅");
        let columns: Vec<ArrayFormatter> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let schema = batch.schema();
            let cells = columns.iter().zip(schema.fields()).map(|(c, f)| (f.name().clone(), c.value(row).to_string()));
            // Columns that other files of the project have are null here.
            let mut cells: Vec<String> = cells.filter(|(_, v)| v != "∅").map(|(n, v)| format!("{n}={v}")).collect();
            cells.sort();
            all.push(cells.join(" | "));
        }
    }
    all.sort();
    all
}

/// What a project says of a log set.
async fn contents(session: &Session, well: &str, log_set: &str) -> BTreeMap<&'static str, Vec<String>> {
    let of = |sql: &str| {
        format!("{sql} WHERE well = '{}' AND log_set = '{}'", well.replace('\'', "''"), log_set.replace('\'', "''"))
    };
    let mut found = BTreeMap::new();
    let curves = "SELECT mnemonic, standard, unit, stored_in, index_type, index_unit, \"top\", base, round(step, 9) AS step, samples, nulls, min, max, description FROM curves";
    found.insert("curves", rows(session, &of(curves)).await);
    let logs = rows(session, &of("SELECT * EXCLUDE (well, log_set) FROM outcrop.stored_logs")).await;
    found.insert("logs", logs);
    let values = "SELECT curve, \"index\", value, text FROM outcrop.other_curve_values";
    found.insert("values", rows(session, &of(values)).await);
    // A file without a name of its well gets the one the project has.
    let headers = "SELECT section || mnemonic, CASE section WHEN 'well' THEN 0 ELSE item END, replace(value, chr(13), ''), description, association \
                   FROM (SELECT * FROM outcrop.log_headers WHERE mnemonic IS DISTINCT FROM 'WELL')";
    let headers = rows(session, &of(headers)).await;
    let own = |row: &String| !["STRT", "STOP", "STEP", "NULL"].iter().any(|n| row.contains(&format!("=well{n}")));
    found.insert("headers", headers.into_iter().filter(own).collect());
    found
}

async fn export(session: &Session, output: &str) -> Vec<ExportedLog> {
    session.export_logs(&LogExport { output: output.to_owned(), ..LogExport::default() }).await.unwrap()
}

async fn round_trip(unit: LengthUnit) {
    let Some(source) = data() else { return };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = imported(one.path(), &source, unit).await;
    std::fs::create_dir(one.path().join("out")).unwrap();
    let written = export(&first, "out/{well}_{log_set}.las").await;
    assert!(written.len() > 150, "{}", written.len());
    let second = imported(two.path(), &one.path().join("out"), unit).await;
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for log in &written {
        let stem = Path::new(&log.file).file_stem().unwrap().to_string_lossy().into_owned();
        let well =
            rows(&second, &format!("SELECT DISTINCT well FROM curves WHERE log_set = '{}'", stem.replace('\'', "''")))
                .await;
        if well.is_empty() {
            // The same content as another file of the export is imported once.
            let content = std::fs::read(one.path().join(&log.file)).unwrap();
            let twin =
                |w: &&ExportedLog| w.file != log.file && std::fs::read(one.path().join(&w.file)).unwrap() == content;
            if !written.iter().any(|w| twin(&w)) {
                wrong.push(format!("{stem}: not imported"));
            }
            continue;
        }
        let [well] = well.as_slice() else {
            wrong.push(format!("{stem}: in {} wells", well.len()));
            continue;
        };
        let well = well.trim_start_matches("well=");
        let (before, after) = (contents(&first, &log.well, &log.log_set).await, contents(&second, well, &stem).await);
        for (what, before) in &before {
            if *before != after[what] {
                let missing: Vec<&String> = before.iter().filter(|r| !after[what].contains(r)).take(2).collect();
                let new: Vec<&String> = after[what].iter().filter(|r| !before.contains(r)).take(2).collect();
                wrong.push(format!(
                    "{stem}: {what} ({} → {})\n   was {missing:?}\n   is  {new:?}",
                    before.len(),
                    after[what].len()
                ));
            }
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{} differences in {checked} log sets:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_real_file_is_the_same_after_export_and_import_in_metres() {
    round_trip(LengthUnit::Metre).await;
}

#[tokio::test]
async fn every_real_file_is_the_same_after_export_and_import_in_feet() {
    round_trip(LengthUnit::Foot).await;
}

#[tokio::test]
async fn an_original_comes_back_byte_for_byte() {
    let (folder, session) = field::copy().await;
    std::fs::create_dir(folder.path().join("o")).unwrap();
    let all = LogExport { output: "o/{well}.las".to_owned(), original: true, ..LogExport::default() };
    let written = session.export_logs(&all).await.unwrap();
    assert_eq!(written.len(), field::WELLS);
    for log in written {
        let out = std::fs::read(folder.path().join(format!("o/{}.las", log.well))).unwrap();
        let original = std::fs::read(folder.path().join(format!("las/{}.las", log.log_set))).unwrap();
        assert!(out == original, "{log:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_exported_says_what_to_do() {
    let session = field::session().await;
    let error = |export: LogExport| {
        let session = session.clone();
        async move { session.export_logs(&export).await.unwrap_err().to_string() }
    };
    let several = error(LogExport { output: "x.las".to_owned(), ..LogExport::default() }).await;
    assert!(several.contains("9 log sets") && several.contains("{well}_{log_set}"), "{several}");
    let unknown =
        error(LogExport { output: "x.las".to_owned(), wells: vec!["NO-1".to_owned()], ..LogExport::default() }).await;
    assert!(unknown.contains("NO-1") && unknown.contains("SELECT DISTINCT"), "{unknown}");
    let inside = error(LogExport { output: "field.outcrop/{well}.las".to_owned(), ..LogExport::default() }).await;
    assert!(inside.contains("lies inside the project"), "{inside}");
}

/// lasio and las_rs see the same numbers in what is written as in the file it came from.
#[tokio::test]
async fn peers_read_what_is_written() {
    let Some(python) = crate::peers::python_with("lasio") else { return };
    let Some(source) = data() else { return };
    let one = tempfile::tempdir().unwrap();
    let session = imported(one.path(), &source, LengthUnit::Metre).await;
    std::fs::create_dir(one.path().join("out")).unwrap();
    let written = export(&session, "out/{well}_{log_set}.las").await;
    let sources = collect(&session, "SELECT DISTINCT c.well, c.log_set, i.file FROM curves c JOIN outcrop.imports i ON i.sha256 = c.file WHERE i.status = 'imported'").await;
    let mut pairs = String::new();
    for batch in sources {
        let text = |c: usize, row: usize| arrow::util::display::array_value_to_string(batch.column(c), row).unwrap();
        for row in 0..batch.num_rows() {
            let Some(log) = written.iter().find(|w| w.well == text(0, row) && w.log_set == text(1, row)) else {
                continue;
            };
            pairs.push_str(&format!("{}\t{}\n", text(2, row), one.path().join(&log.file).display()));
        }
    }
    std::fs::write(one.path().join("pairs.tsv"), pairs).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/las_peers.py");
    let output = Command::new(python).arg(script).arg(one.path().join("pairs.tsv")).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    println!("{said}");
}
