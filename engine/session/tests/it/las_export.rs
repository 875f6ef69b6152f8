//! Logs out of a project as LAS, and in again: values, units and headers are the same.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use outcrop_connectors::las::WriteVersion;
use outcrop_import::{ImportOptions, NoWatch, Status};
use outcrop_session::{Answer, ExportedLog, LogExport, Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use tokio::sync::OnceCell;

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
pub async fn imported(folder: &Path, source: &Path, unit: LengthUnit) -> Session {
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

/// The rows of a batch as text: numbers in the shortest digits that read back, so equal text is equal to the last bit.
/// Values that are null are left out, as columns that other files of the project have are null here.
fn row_texts(batch: &RecordBatch) -> Vec<String> {
    let schema = batch.schema();
    // Most columns of `logs` are null in most batches.
    let mut places: Vec<usize> =
        (0..batch.num_columns()).filter(|c| batch.column(*c).null_count() < batch.num_rows()).collect();
    places.sort_by_key(|c| schema.field(*c).name());
    let options = FormatOptions::new();
    let columns = places.iter().map(|c| (schema.field(*c).name(), batch.column(*c)));
    let columns: Vec<_> = columns.map(|(n, c)| (n, c, ArrayFormatter::try_new(c, &options).unwrap())).collect();
    let row = |row: usize| {
        let cells = columns.iter().filter(|(_, column, _)| column.is_valid(row));
        cells.map(|(name, _, values)| format!("{name}={}", values.value(row))).collect::<Vec<_>>().join(" | ")
    };
    (0..batch.num_rows()).map(row).collect()
}

async fn rows(session: &Session, sql: &str) -> Vec<String> {
    let mut all: Vec<String> = collect(session, sql).await.iter().flat_map(row_texts).collect();
    all.sort();
    all
}

/// By what it is: `curves`, `logs`, `values`, `headers`.
type Contents = BTreeMap<&'static str, Vec<String>>;

/// What a project says of each log set, by well and log set.
async fn contents(session: &Session) -> BTreeMap<(String, String), Contents> {
    let mut found: BTreeMap<(String, String), Contents> = BTreeMap::new();
    for (what, columns, table) in [
        (
            "curves",
            "mnemonic, standard, unit, stored_in, index_type, index_unit, \"top\", base, round(step, 9) AS step, samples, nulls, min, max, description",
            "curves",
        ),
        ("logs", "* EXCLUDE (well, log_set)", "outcrop.stored_logs"),
        ("values", "curve, \"index\", value, text", "outcrop.other_curve_values"),
        // A file without a name of its well gets the one the project has.
        (
            "headers",
            "section || mnemonic AS item, CASE section WHEN 'well' THEN 0 ELSE item END AS place, replace(value, chr(13), '') AS value, description, association",
            "(SELECT * FROM outcrop.log_headers WHERE mnemonic IS DISTINCT FROM 'WELL')",
        ),
    ] {
        for batch in collect(session, &format!("SELECT well, log_set, {columns} FROM {table}")).await {
            let keys = [0, 1].map(|c| batch.column(c).as_string::<i32>().clone());
            let rest: Vec<usize> = (2..batch.num_columns()).collect();
            for (row, text) in row_texts(&batch.project(&rest).unwrap()).into_iter().enumerate() {
                // The range of the index and the null value are those of what is written.
                if what == "headers"
                    && ["STRT", "STOP", "STEP", "NULL"].iter().any(|n| text.contains(&format!("=well{n}")))
                {
                    continue;
                }
                let key = (keys[0].value(row).to_owned(), keys[1].value(row).to_owned());
                found.entry(key).or_default().entry(what).or_default().push(text);
            }
        }
    }
    found.values_mut().flat_map(BTreeMap::values_mut).for_each(|rows| rows.sort());
    found
}

async fn export(session: &Session, output: &str) -> Vec<ExportedLog> {
    session.export_logs(&LogExport { output: output.to_owned(), ..LogExport::default() }).await.unwrap()
}

/// A folder with all real files in a project, and each of its log sets in the folder `out`; with what was written.
async fn everything_exported(folder: &Path, source: &Path, unit: LengthUnit) -> Vec<ExportedLog> {
    let session = imported(folder, source, unit).await;
    std::fs::create_dir(folder.join("out")).unwrap();
    let written = export(&session, "out/{well}_{log_set}.las").await;
    assert!(written.len() > 150, "{}", written.len());
    written
}

/// The same in metres, made once for all tests, as it takes long.
async fn in_metres(source: &Path) -> (&'static Path, &'static [ExportedLog]) {
    static MADE: OnceCell<(PathBuf, Vec<ExportedLog>)> = OnceCell::const_new();
    let make = || async {
        // Beside the demo field, where what test programs before have left is taken away.
        let folder = field::demo().await.with_extension("las-export");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        let written = everything_exported(&folder, source, LengthUnit::Metre).await;
        (folder, written)
    };
    let (folder, written) = MADE.get_or_init(make).await;
    (folder, written)
}

/// A session on a project that is there.
async fn opened(folder: &Path, source: &Path) -> Session {
    let roots = Roots::folders(vec![Root::writable(folder), Root::read_only(source)]).unwrap();
    let project = Project::open(&roots, folder.join("p.outcrop")).await.unwrap();
    SessionBuilder::new(roots, folder).project(project).build().unwrap()
}

async fn round_trip(one: &Path, written: &[ExportedLog], source: &Path, unit: LengthUnit) {
    let two = tempfile::tempdir().unwrap();
    let first = opened(one, source).await;
    let second = imported(two.path(), &one.join("out"), unit).await;
    let (all_before, all_after) = (contents(&first).await, contents(&second).await);
    let mut files: HashMap<Vec<u8>, usize> = HashMap::new();
    for log in written {
        *files.entry(std::fs::read(one.join(&log.file)).unwrap()).or_default() += 1;
    }
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for log in written {
        let stem = Path::new(&log.file).file_stem().unwrap().to_string_lossy().into_owned();
        let found: Vec<&Contents> = all_after.iter().filter(|((_, set), _)| *set == stem).map(|(_, c)| c).collect();
        if found.is_empty() {
            // The same content as another file of the export is imported once.
            if files[&std::fs::read(one.join(&log.file)).unwrap()] < 2 {
                wrong.push(format!("{stem}: not imported"));
            }
            continue;
        }
        let [after] = found.as_slice() else {
            wrong.push(format!("{stem}: in {} wells", found.len()));
            continue;
        };
        let before = &all_before[&(log.well.clone(), log.log_set.clone())];
        let none = Vec::new();
        for what in ["curves", "logs", "values", "headers"] {
            let (before, after) = (before.get(what).unwrap_or(&none), after.get(what).unwrap_or(&none));
            if before != after {
                let missing: Vec<&String> = before.iter().filter(|r| !after.contains(r)).take(2).collect();
                let new: Vec<&String> = after.iter().filter(|r| !before.contains(r)).take(2).collect();
                wrong.push(format!(
                    "{stem}: {what} ({} → {})\n   was {missing:?}\n   is  {new:?}",
                    before.len(),
                    after.len()
                ));
            }
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{} differences in {checked} log sets:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 150, "{checked}");
}

#[tokio::test]
async fn every_real_file_is_the_same_after_export_and_import_in_metres() {
    let Some(source) = data() else { return };
    let (folder, written) = in_metres(&source).await;
    round_trip(folder, written, &source, LengthUnit::Metre).await;
}

#[tokio::test]
async fn every_real_file_is_the_same_after_export_and_import_in_feet() {
    let Some(source) = data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let written = everything_exported(folder.path(), &source, LengthUnit::Foot).await;
    round_trip(folder.path(), &written, &source, LengthUnit::Foot).await;
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
    let (one, written) = in_metres(&source).await;
    let session = opened(one, &source).await;
    let sources = collect(&session, "SELECT DISTINCT c.well, c.log_set, i.file FROM curves c JOIN outcrop.imports i ON i.sha256 = c.file WHERE i.status = 'imported'").await;
    let mut pairs = String::new();
    for batch in sources {
        let text = |c: usize, row: usize| arrow::util::display::array_value_to_string(batch.column(c), row).unwrap();
        for row in 0..batch.num_rows() {
            let Some(log) = written.iter().find(|w| w.well == text(0, row) && w.log_set == text(1, row)) else {
                continue;
            };
            pairs.push_str(&format!("{}\t{}\n", text(2, row), one.join(&log.file).display()));
        }
    }
    std::fs::write(one.join("pairs.tsv"), pairs).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/las_peers.py");
    let output = Command::new(python).arg(script).arg(one.join("pairs.tsv")).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    println!("{said}");
}

/// Exports everything as LAS 3.0 and imports that into a new project.
async fn through_las3(session: &Session, folder: &Path, two: &Path) -> (Session, Vec<ExportedLog>) {
    std::fs::create_dir(folder.join("out3")).unwrap();
    let export = LogExport {
        output: "out3/{well}_{log_set}.las".to_owned(),
        version: Some(WriteVersion::V30),
        ..LogExport::default()
    };
    let written = session.export_logs(&export).await.unwrap();
    (imported(two, &folder.join("out3"), LengthUnit::Metre).await, written)
}

async fn same(first: &Session, second: &Session, sql: &str) {
    let (before, after) = (rows(first, sql).await, rows(second, sql).await);
    assert!(!before.is_empty(), "{sql}");
    assert_eq!(before, after, "{sql}");
}

/// What a file of LAS 3.0 has beside the logs comes back: picks, survey, cores, tests, perforations and all other sections.
#[tokio::test]
async fn sections_of_las_3_come_back() {
    let Some(data) = data() else { return };
    let (one, two, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for name in ["lasio/las-30a-revised-2010.las", "kgs/Wellington_KGS-1-32-wDST2_LASv3.las"] {
        std::fs::copy(data.join(name), source.path().join(Path::new(name).file_name().unwrap())).unwrap();
    }
    let first = imported(one.path(), source.path(), LengthUnit::Metre).await;
    let (second, _) = through_las3(&first, one.path(), two.path()).await;
    for sql in [
        "SELECT well, surface, md, tvd, interpreter, confidence FROM tops",
        "SELECT well, md, inclination, azimuth, north_reference FROM surveys",
        "SELECT * EXCLUDE (file) FROM core_intervals",
        "SELECT * EXCLUDE (file) FROM tests",
        "SELECT * EXCLUDE (file) FROM perforations",
        // To the blanks at the ends of values.
        "SELECT * EXCLUDE (file, value), concat('<', value, '>') AS value FROM outcrop.las_sections",
    ] {
        same(&first, &second, sql).await;
    }
}

/// Picks and surveys of tables go along with the first log set of their well.
#[tokio::test]
async fn tables_become_sections_of_las_3() {
    let (one, two, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let write = |name: &str, text: &str| std::fs::write(source.path().join(name), text).unwrap();
    let las = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.FT 1000 :\nSTOP.FT 1002 :\nSTEP.FT 1 :\nNULL. -999.25 :\nWELL. A-1 : WELL\n\
               ~C\nDEPT.FT :\nGR.GAPI :\n~A\n1000 85.2\n1001 -999.25\n1002 90.1\n";
    write("a.las", las);
    write("b.las", &las.replace("85.2", "75.2"));
    write(
        "tops.csv",
        "Well,Surface,MD (m),Interpreter,X (m),Y (m)\nA-1,\"Hugin, upper\",310.5,Ann,431000.25,6478000.5\nA-1,Base,312,,,\n",
    );
    write(
        "surveys.csv",
        "Well,MD (m),Inclination,Azimuth,North Reference,Declination,Convergence\n\
         A-1,0,0,0,magnetic,2.5,-1.25\nA-1,304.8,10.5,90.25,magnetic,2.5,-1.25\nA-1,310,10,91,magnetic,2.5,-1.25\n",
    );
    write("cores.csv", "Well,Core,Depth (m),Por\nA-1,1,305,0.2\nA-1,1,306,0.21\n");
    let first = imported(one.path(), source.path(), LengthUnit::Metre).await;
    let (second, written) = through_las3(&first, one.path(), two.path()).await;
    let issues = |w: &ExportedLog, code: &str| -> Vec<String> {
        w.issues.iter().filter(|i| i.code == code).map(|i| i.message.clone()).collect()
    };
    assert_eq!(written.len(), 2);
    assert!(issues(&written[0], "rows-left-out")[0].contains("`cores`: 2 rows"), "{:?}", written[0].issues);
    same(&first, &second, "SELECT well, surface, md, interpreter, x, y FROM tops").await;
    same(
        &first,
        &second,
        "SELECT well, md, inclination, azimuth, north_reference, declination, convergence FROM surveys",
    )
    .await;
    same(&first, &second, "SELECT well, step FROM curves WHERE step = 0.3048").await;

    // LAS 2.0 has no place for them, which is told once.
    std::fs::create_dir(one.path().join("out2")).unwrap();
    let written = export(&first, "out2/{well}_{log_set}.las").await;
    let told = issues(&written[0], "sections-left-out");
    assert!(told[0].contains("~Tops_Data (2 rows)") && told[0].contains("~Inclinometry_Data (3 rows)"), "{told:?}");
    assert!(issues(&written[1], "sections-left-out").is_empty());

    // What SQL has changed is written as it is now.
    collect_done(&first, "UPDATE tops SET md = 311 WHERE surface = 'Base'").await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::rename(one.path().join("out3"), one.path().join("before")).unwrap();
    let (third, _) = through_las3(&first, one.path(), folder.path()).await;
    same(&first, &third, "SELECT well, surface, md, interpreter, x, y FROM tops").await;
}

async fn collect_done(session: &Session, sql: &str) {
    assert!(matches!(session.sql(sql).await.unwrap(), Answer::Done { .. }));
}
