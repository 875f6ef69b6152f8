//! Volumes of the project and SEG-Y files: the same traces and samples by every way, and no more read than is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, Int32Type};
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::physical_plan::DefaultPhysicalExtensionCodec;
use outcrop_connectors::segy::{FileBytes, OpenOptions, SegyFile, TraceField};
use outcrop_operators::codec::OperatorPhysicalCodec;
use outcrop_session::TracesPhysicalCodec;

use crate::field;

/// The cube of the demo field, read by the file reader alone: inline, crossline and samples of each trace.
struct Truth {
    traces: Vec<(i32, i32, Vec<f32>)>,
}

async fn truth() -> &'static Truth {
    static TRUTH: tokio::sync::OnceCell<Truth> = tokio::sync::OnceCell::const_new();
    TRUTH
        .get_or_init(|| async {
            let file = std::fs::File::open(field::demo().await.join("seismic/cube.sgy")).unwrap();
            let file = SegyFile::open(Arc::new(FileBytes::new(file).unwrap()), &OpenOptions::default()).unwrap();
            let lines = file.scan(&[TraceField::at(189), TraceField::at(193)]).unwrap();
            let (il, xl) = (lines[0].integers(), lines[1].integers());
            let traces = (0..il.len()).map(|t| (il[t] as i32, xl[t] as i32, file.trace(t as u64).unwrap())).collect();
            Truth { traces }
        })
        .await
}

fn column<T: arrow::datatypes::ArrowPrimitiveType>(batch: &RecordBatch, name: &str) -> Vec<T::Native> {
    batch.column_by_name(name).unwrap_or_else(|| panic!("no {name}")).as_primitive::<T>().values().to_vec()
}

/// Rows of inline, crossline, samples.
fn traces(batch: &RecordBatch) -> Vec<(i32, i32, Vec<f32>)> {
    let (il, xl) = (column::<Int32Type>(batch, "inline"), column::<Int32Type>(batch, "crossline"));
    let lists = batch.column_by_name("samples").unwrap().as_list::<i32>();
    (0..batch.num_rows())
        .map(|row| (il[row], xl[row], lists.value(row).as_primitive::<Float32Type>().values().to_vec()))
        .collect()
}

/// The project's volume and the file are the same table.
const BOTH: [&str; 2] = ["seismic.cube", "'seismic/cube.sgy'"];

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_those_of_the_file() {
    let (session, truth) = (field::session().await, truth().await);
    for table in BOTH {
        let all = field::rows(&session, &format!("SELECT inline, crossline, samples FROM {table} ORDER BY inline, crossline")).await;
        assert_eq!(traces(&all), truth.traces, "{table}");
        let one = field::rows(
            &session,
            &format!("SELECT inline, crossline, samples FROM {table} WHERE inline = 1007 AND crossline BETWEEN 2010 AND 2012"),
        )
        .await;
        let expected: Vec<_> =
            truth.traces.iter().filter(|t| t.0 == 1007 && (2010..=2012).contains(&t.1)).cloned().collect();
        assert_eq!(traces(&one), expected, "{table}");
        // A condition on samples is applied to samples.
        let loud = field::rows(&session, &format!("SELECT count(*) AS n FROM {table} WHERE array_max(samples) > 1500")).await;
        let expected = truth.traces.iter().filter(|t| t.2.iter().any(|v| *v > 1500.0)).count();
        assert_eq!(field::texts(&loud, "n"), [expected.to_string()], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slices_of_every_direction() {
    let (session, truth) = (field::session().await, truth().await);
    for table in BOTH {
        for (slice, keep) in [
            ("inline => 1010", Box::new(|t: &&(i32, i32, Vec<f32>)| t.0 == 1010) as Box<dyn Fn(&&(i32, i32, Vec<f32>)) -> bool>),
            ("crossline => 2033, \"from\" => 400, \"to\" => 800", Box::new(|t: &&(i32, i32, Vec<f32>)| t.1 == 2033)),
        ] {
            let sql = format!("SELECT inline, crossline, time, amplitude FROM seismic_slice({table}, {slice}) ORDER BY inline, crossline, time");
            let found = field::rows(&session, &sql).await;
            let (first, last) = if slice.contains("from") { (100, 201) } else { (0, 451) };
            let expected: Vec<f32> =
                truth.traces.iter().filter(keep).flat_map(|t| t.2[first..last].to_vec()).collect();
            assert_eq!(column::<Float32Type>(&found, "amplitude"), expected, "{sql}");
            assert_eq!(column::<Float64Type>(&found, "time")[..2], [4.0 * first as f64, 4.0 * (first + 1) as f64]);
        }
        // The sample nearest to a time.
        let sql = format!("SELECT inline, crossline, time, amplitude FROM seismic_slice({table}, time => 1601.5) ORDER BY inline, crossline");
        let found = field::rows(&session, &sql).await;
        let expected: Vec<f32> = truth.traces.iter().map(|t| t.2[400]).collect();
        assert_eq!(column::<Float32Type>(&found, "amplitude"), expected, "{sql}");
        assert!(column::<Float64Type>(&found, "time").iter().all(|t| *t == 1600.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_along_an_inline_by_its_coordinates_is_the_inline() {
    let (session, truth) = (field::session().await, truth().await);
    let sql = "SELECT * FROM seismic_slice(seismic.cube, \
        line => (SELECT x, y, crossline AS position FROM seismic.cube WHERE inline = 1004 AND crossline IN (2001, 2061))) ORDER BY distance, time";
    let found = field::rows(&session, sql).await;
    let expected: Vec<f32> = truth.traces.iter().filter(|t| t.0 == 1004).flat_map(|t| t.2.clone()).collect();
    assert_eq!(column::<Float32Type>(&found, "amplitude"), expected);
    assert!(column::<Int32Type>(&found, "inline").iter().all(|i| *i == 1004));
    // Between two inlines a bilinear trace is the mean of theirs.
    let between = "SELECT * FROM seismic_slice(seismic.cube, method => 'bilinear', spacing => 1e6, line => (SELECT * FROM (\
        SELECT avg(x) AS x, avg(y) AS y, 0 AS position FROM seismic.cube WHERE crossline = 2005 AND inline IN (1004, 1005) \
        UNION ALL SELECT avg(x), avg(y), 1 FROM seismic.cube WHERE crossline = 2050 AND inline IN (1004, 1005)))) ORDER BY distance, time";
    let found = field::rows(&session, between).await;
    let trace = |il: i32| truth.traces.iter().find(|t| t.0 == il && t.1 == 2005).unwrap().2.clone();
    for ((found, a), b) in column::<Float32Type>(&found, "amplitude").iter().zip(trace(1004)).zip(trace(1005)) {
        assert!((found - (a + b) / 2.0).abs() < 0.05 * (a.abs() + b.abs()) + 0.5, "{found} {a} {b}");
    }
}

/// The plan with its metrics.
async fn analysed(session: &outcrop_session::Session, sql: &str) -> String {
    let plan = field::rows(session, &format!("EXPLAIN ANALYZE {sql}")).await;
    field::texts(&plan, "plan").join("\n")
}

fn metric(plan: &str, node: &str, name: &str) -> u64 {
    let line = plan.lines().find(|l| l.contains(node)).unwrap_or_else(|| panic!("no {node} in\n{plan}"));
    let value = line.split(&format!("{name}=")).nth(1).unwrap_or_else(|| panic!("no {name} in {line}"));
    let digits: String = value.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse::<f64>().unwrap() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn predicates_prune_what_is_read() {
    let session = field::session().await;
    let whole = analysed(&session, "SELECT samples FROM seismic.cube").await;
    let one = analysed(&session, "SELECT samples FROM seismic.cube WHERE inline = 1003").await;
    let (all, few) = (metric(&whole, "TracesExec", "bricks_read"), metric(&one, "TracesExec", "bricks_read"));
    // 31 inlines are one row of bricks, so it is the traces that differ here; crosslines fall into two columns.
    assert_eq!(metric(&one, "TracesExec", "traces_read"), 61, "{one}");
    assert!(few <= all && all > 0);
    let crossline = analysed(&session, "SELECT samples FROM seismic.cube WHERE crossline = 2003").await;
    assert_eq!(metric(&crossline, "TracesExec", "bricks_read"), 15, "{crossline}");
    let file = analysed(&session, "SELECT inline, crossline, samples FROM 'seismic/cube.sgy' WHERE inline = 1003").await;
    assert_eq!(metric(&file, "TracesExec", "bytes_read"), 61 * 451 * 4, "{file}");
    // Nothing is read for columns of the headers.
    let none = analysed(&session, "SELECT avg(x) FROM seismic.cube WHERE inline = 1003").await;
    assert!(!none.contains("TracesExec"), "{none}");
}

/// Conditions above `seismic_samples` reach what is below.
#[tokio::test(flavor = "multi_thread")]
async fn conditions_on_samples_go_to_traces_and_times() {
    let (session, truth) = (field::session().await, truth().await);
    let sql = "SELECT inline, crossline, time, amplitude FROM seismic_samples(seismic.cube) \
        WHERE inline = 1009 AND crossline < 2004 AND time >= 1000 AND time < 1012 AND amplitude <> 0 ORDER BY crossline, time";
    let found = field::rows(&session, sql).await;
    let expected: Vec<f32> = truth
        .traces
        .iter()
        .filter(|t| t.0 == 1009 && t.1 < 2004)
        .flat_map(|t| t.2[250..253].to_vec())
        .filter(|v| *v != 0.0)
        .collect();
    assert_eq!(column::<Float32Type>(&found, "amplitude"), expected);
    let plan = field::rows(&session, &format!("EXPLAIN {sql}")).await;
    let plan = field::texts(&plan, "plan").join("\n");
    assert!(plan.contains("from=1000") && plan.contains("to=1012"), "{plan}");
    // The conditions on headers are below the operator.
    let operator = plan.rfind("OperatorExec").unwrap();
    assert!(plan[operator..].contains("inline@") && plan[operator..].contains("1009"), "{plan}");
    let nothing = field::rows(&session, "SELECT * FROM seismic_samples(seismic.cube) WHERE time > 1e6").await;
    assert_eq!(nothing.num_rows(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_take_volumes_that_were_computed() {
    let (session, truth) = (field::session().await, truth().await);
    let sql = "SELECT inline, crossline, amplitude FROM seismic_slice((SELECT inline + 0 AS inline, crossline, samples FROM seismic.cube WHERE inline = 1002), time => 800) ORDER BY crossline";
    let found = field::rows(&session, sql).await;
    let expected: Vec<f32> = truth.traces.iter().filter(|t| t.0 == 1002).map(|t| t.2[200]).collect();
    assert_eq!(column::<Float32Type>(&found, "amplitude"), expected);
    let envelope = field::rows(
        &session,
        "SELECT e.amplitude AS e, s.amplitude AS s FROM seismic_samples((SELECT * FROM seismic_attribute((SELECT * FROM seismic.cube WHERE inline = 1002 AND crossline = 2020), 'envelope'))) e \
         JOIN seismic_samples((SELECT * FROM seismic.cube WHERE inline = 1002 AND crossline = 2020)) s ON e.time = s.time",
    )
    .await;
    let (e, s) = (column::<Float32Type>(&envelope, "e"), column::<Float32Type>(&envelope, "s"));
    assert_eq!(e.len(), 451);
    assert!(e.iter().zip(&s).all(|(e, s)| *e >= s.abs() - 1e-3), "an envelope is nowhere below its trace");
}

#[tokio::test(flavor = "multi_thread")]
async fn rms_map_is_that_of_the_samples() {
    let (session, truth) = (field::session().await, truth().await);
    for table in BOTH {
        let sql = format!(
            "SELECT inline, crossline, amplitude, samples FROM horizon_amplitude({table}, \"from\" => 1500, \"to\" => 1700, method => 'rms') ORDER BY inline, crossline"
        );
        let found = field::rows(&session, &sql).await;
        let rms = field::numbers(&found, "amplitude");
        assert_eq!(rms.len(), truth.traces.len());
        for (rms, t) in rms.iter().zip(&truth.traces) {
            let window = &t.2[375..=425];
            let expected = (window.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>() / window.len() as f64).sqrt();
            assert!((rms - expected).abs() <= 1e-6 * expected, "{rms} {expected}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_with_a_volume_travels() {
    let session = field::session().await;
    let sql = "SELECT inline, crossline, samples FROM seismic.cube WHERE inline = 1005";
    let (state, plan) = session.plan(sql).await.unwrap();
    let physical = state.create_physical_plan(&state.optimize(&plan).unwrap()).await.unwrap();
    let inner = Arc::new(DefaultPhysicalExtensionCodec {});
    let codec = TracesPhysicalCodec::new(
        session.clone(),
        Arc::new(OperatorPhysicalCodec::new(Arc::clone(session.operators()), inner)),
    );
    let bytes = physical_plan_to_bytes_with_extension_codec(Arc::clone(&physical), &codec).unwrap();
    let back = physical_plan_from_bytes_with_extension_codec(&bytes, &state.task_ctx(), &codec).unwrap();
    let rows = datafusion::physical_plan::collect(back, state.task_ctx()).await.unwrap();
    let expected = datafusion::physical_plan::collect(physical, state.task_ctx()).await.unwrap();
    let all = |batches: &[RecordBatch]| batches.iter().flat_map(traces).collect::<Vec<_>>();
    assert!(!rows.is_empty());
    assert_eq!(all(&rows), all(&expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_say_what_there_is() {
    let session = field::session().await;
    for (sql, parts) in [
        ("SELECT * FROM seismic_slice(seismic.cube, inline => 7)", &["no inline 7", "1001 to 1031"][..]),
        ("SELECT * FROM seismic_slice(seismic.cube, time => 5000)", &["5000", "outside", "0 to 1800 ms"]),
        ("SELECT * FROM seismic_slice(seismic.cube, depth => 500)", &["along time", "give `time`"]),
        ("SELECT * FROM seismic_slice(seismic.cube)", &["give one of"]),
        ("SELECT * FROM seismic_slice(seismic.cube, inline => 1002, time => 8)", &["give one of"]),
        ("SELECT * FROM seismic_slice((SELECT inline FROM seismic.cube), inline => 1002)", &["no column `samples`"]),
        ("SELECT * FROM 'wells.csv' w, seismic_samples(wells)", &["no column `samples`"]),
        ("SELECT * FROM read_segy('wells.csv')", &["no SEG-Y file", "wells.csv"]),
        ("SELECT * FROM read_segy('seismic/cube.sgy', inline_byte => 'x')", &["inline_byte", "189"]),
    ] {
        let message = field::error(&session, sql).await;
        for part in parts {
            assert!(message.contains(part), "{sql}\n{message}\nlacks {part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untouched_volume_exports_byte_for_byte() {
    let (folder, session) = field::copy().await;
    let written = session.export_segy("cube", "out.sgy").await.unwrap();
    assert_eq!(written.identical, Some(true));
    let original = std::fs::read(folder.path().join("seismic/cube.sgy")).unwrap();
    assert!(std::fs::read(folder.path().join("out.sgy")).unwrap() == original, "the bytes differ");
    let message = session.export_segy("other", "x.sgy").await.unwrap_err().to_string();
    assert!(message.contains("no volume `seismic.other`") && message.contains("cube"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_written_as_segy() {
    let (folder, session) = field::copy().await;
    field::run(&session, "COPY (SELECT * FROM seismic.cube WHERE inline = 1012) TO 'line.sgy'").await.unwrap();
    assert!(folder.path().join("line.sgy").exists());
    let sql = |t: &str| format!("SELECT inline, crossline, samples FROM {t} ORDER BY crossline");
    let (back, expected) = (
        field::rows(&session, &sql("'line.sgy'")).await,
        field::rows(&session, &sql("(SELECT * FROM seismic.cube WHERE inline = 1012)")).await,
    );
    assert_eq!(traces(&back), traces(&expected));
    let xy = |t: &str| format!("SELECT round(x, 2) AS x, round(y, 2) AS y FROM {t} ORDER BY crossline");
    assert_eq!(
        field::numbers(&field::rows(&session, &xy("'line.sgy'")).await, "x"),
        field::numbers(&field::rows(&session, &xy("(SELECT * FROM seismic.cube WHERE inline = 1012)")).await, "x")
    );
    let message = field::error(&session, "COPY (SELECT inline FROM seismic.cube) TO 'no.sgy'").await;
    assert!(message.contains("samples"), "{message}");
}

/// Every real file, imported and exported again: byte for byte, or the import says why not.
#[tokio::test(flavor = "multi_thread")]
async fn real_files_export_as_they_were() {
    let data = std::env::var_os("OUTCROP_DATA")
        .map_or_else(|| field::workspace().join("../shared/data"), PathBuf::from)
        .join("segy");
    if !data.is_dir() {
        eprintln!("skipped: there is no folder {}", data.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let roots = outcrop_store::Roots::folders(vec![
        outcrop_store::Root::writable(folder.path()),
        outcrop_store::Root::read_only(&data),
    ])
    .unwrap();
    let settings = outcrop_store::ProjectSettings::new("real", outcrop_types::LengthUnit::Metre);
    let project = outcrop_store::Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    let options = outcrop_import::ImportOptions { author: "tester".to_owned(), ..Default::default() };
    let patterns = [data.to_string_lossy().into_owned()];
    let report =
        outcrop_import::import(&project, &roots, Path::new("/"), &patterns, &options, Arc::new(outcrop_import::NoWatch))
            .await
            .unwrap();
    let session = outcrop_session::SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    let volumes = field::rows(&session, "SELECT name, file FROM outcrop.seismic_volumes ORDER BY name").await;
    let (names, files) = (field::texts(&volumes, "name"), field::texts(&volumes, "file"));
    let mut wrong = Vec::new();
    for (name, file) in names.iter().zip(&files) {
        match session.export_segy(name, "out.sgy").await {
            Ok(written) if written.identical == Some(true) => {
                assert!(std::fs::read(folder.path().join("out.sgy")).unwrap() == std::fs::read(file).unwrap(), "{file}");
            }
            Ok(_) => wrong.push(format!("{file}: differs")),
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    for file in report.files.iter().filter(|f| f.status == outcrop_import::Status::Failed) {
        println!("{}: {}", file.path, file.message);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() >= 50, "{} volumes", names.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_is_dropped_as_a_whole_and_not_changed_in_place() {
    let (_folder, session) = field::copy().await;
    for sql in [
        "UPDATE seismic.cube SET inline = 1 WHERE inline = 1001",
        "DELETE FROM seismic.cube WHERE inline = 1001",
        "INSERT INTO seismic.cube (inline) VALUES (7)",
        "DELETE FROM seismic_headers.cube",
    ] {
        let message = field::error(&session, sql).await;
        assert!(message.contains("volume") && message.contains("not changed in place"), "{sql}\n{message}");
    }
    let message = field::error(&session, "DROP TABLE seismic_bricks.cube").await;
    assert!(message.contains("belongs to the volume"), "{message}");
    field::run(&session, "CREATE TABLE seismic.line AS SELECT * FROM seismic.cube WHERE inline = 1002").await.unwrap();
    let sql = "SELECT amplitude FROM seismic_slice(seismic.{}, inline => 1002, from => 400, to => 500) ORDER BY crossline, time";
    let (copy, own) = (
        field::rows(&session, &sql.replace("{}", "line")).await,
        field::rows(&session, &sql.replace("{}", "cube")).await,
    );
    assert_eq!(column::<Float32Type>(&copy, "amplitude"), column::<Float32Type>(&own, "amplitude"));
    field::run(&session, "DROP TABLE seismic.cube").await.unwrap();
    let left = field::rows(&session, "SELECT schema_name, table_name FROM outcrop.datasets WHERE table_name = 'cube'").await;
    assert_eq!(left.num_rows(), 0);
    let lists = field::rows(&session, "SELECT name FROM outcrop.seismic_volumes").await;
    assert_eq!(lists.num_rows(), 0);
}
