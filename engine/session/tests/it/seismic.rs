//! Volumes of the project and SEG-Y files: the same traces and samples by every way, and no more read than is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float32Type, Float64Type, Int32Type};
use outcrop_connectors::segy::{FileBytes, OpenOptions, SegyFile, TraceField};

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
        let all = field::rows(
            &session,
            &format!("SELECT inline, crossline, samples FROM {table} ORDER BY inline, crossline"),
        )
        .await;
        assert_eq!(traces(&all), truth.traces, "{table}");
        let one = field::rows(
            &session,
            &format!(
                "SELECT inline, crossline, samples FROM {table} WHERE inline = 1007 AND crossline BETWEEN 2010 AND 2012"
            ),
        )
        .await;
        let expected: Vec<_> =
            truth.traces.iter().filter(|t| t.0 == 1007 && (2010..=2012).contains(&t.1)).cloned().collect();
        assert_eq!(traces(&one), expected, "{table}");
        // A condition on samples is applied to samples.
        let loud =
            field::rows(&session, &format!("SELECT count(*) AS n FROM {table} WHERE array_max(samples) > 1500")).await;
        let expected = truth.traces.iter().filter(|t| t.2.iter().any(|v| *v > 1500.0)).count();
        assert_eq!(field::texts(&loud, "n"), [expected.to_string()], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slices_of_every_direction() {
    let (session, truth) = (field::session().await, truth().await);
    for table in BOTH {
        for (slice, keep) in [
            (
                "inline => 1010",
                Box::new(|t: &&(i32, i32, Vec<f32>)| t.0 == 1010) as Box<dyn Fn(&&(i32, i32, Vec<f32>)) -> bool>,
            ),
            ("crossline => 2033, \"from\" => 400, \"to\" => 800", Box::new(|t: &&(i32, i32, Vec<f32>)| t.1 == 2033)),
        ] {
            let sql = format!(
                "SELECT inline, crossline, time, amplitude FROM seismic_slice({table}, {slice}) ORDER BY inline, crossline, time"
            );
            let found = field::rows(&session, &sql).await;
            let (first, last) = if slice.contains("from") { (100, 201) } else { (0, 451) };
            let expected: Vec<f32> = truth.traces.iter().filter(keep).flat_map(|t| t.2[first..last].to_vec()).collect();
            assert_eq!(column::<Float32Type>(&found, "amplitude"), expected, "{sql}");
            assert_eq!(column::<Float64Type>(&found, "time")[..2], [4.0 * first as f64, 4.0 * (first + 1) as f64]);
        }
        // The sample nearest to a time.
        let sql = format!(
            "SELECT inline, crossline, time, amplitude FROM seismic_slice({table}, time => 1601.5) ORDER BY inline, crossline"
        );
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
    let file =
        analysed(&session, "SELECT inline, crossline, samples FROM 'seismic/cube.sgy' WHERE inline = 1003").await;
    // The 61 traces of 451 samples of four bytes, and no more.
    assert!(file.contains("bytes_read=110.0 K"), "{file}");
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
    let bytes = session.physical_plan_to_bytes(Arc::clone(&physical)).unwrap();
    let back = session.physical_plan_from_bytes(&bytes, &state.task_ctx()).unwrap();
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
    let project =
        outcrop_store::Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    let options = outcrop_import::ImportOptions { author: "tester".to_owned(), ..Default::default() };
    let patterns = [data.to_string_lossy().into_owned()];
    let report = outcrop_import::import(
        &project,
        &roots,
        Path::new("/"),
        &patterns,
        &options,
        Arc::new(outcrop_import::NoWatch),
    )
    .await
    .unwrap();
    let session = outcrop_session::SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    let volumes = field::rows(&session, "SELECT name, file FROM outcrop.seismic_volumes ORDER BY name").await;
    let (names, files) = (field::texts(&volumes, "name"), field::texts(&volumes, "file"));
    let mut wrong = Vec::new();
    for (name, file) in names.iter().zip(&files) {
        match session.export_segy(name, "out.sgy").await {
            Ok(written) if written.identical == Some(true) => {
                assert!(
                    std::fs::read(folder.path().join("out.sgy")).unwrap() == std::fs::read(file).unwrap(),
                    "{file}"
                );
            }
            Ok(_) => wrong.push(format!("{file}: differs")),
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    for file in report.files.iter().filter(|f| f.status == outcrop_import::Status::Failed) {
        println!("{}: {}", file.path, file.message);
    }
    // A query over a file, written: coordinates, shotpoints and numbers are what they were, in the scale they were in.
    for (name, columns) in [
        (
            "segyio/f3.sgy",
            "inline, crossline, x, y, coordinate_scalar, source_x, source_y, coordinate_units, cdp, shotpoint",
        ),
        ("real/viking_small.segy", "cdp, x, y, coordinate_scalar, source_x, coordinate_units, offset"),
    ] {
        let path = data.join(name).to_string_lossy().into_owned();
        let all = |table: &str| {
            format!("SELECT {} FROM {table} ORDER BY trace LIMIT 500", columns.replace("offset", "\"offset\""))
        };
        if let Err(error) = field::run(&session, &format!("COPY (SELECT * FROM '{path}') TO 'query.sgy'")).await {
            wrong.push(format!("{name}: {error}"));
            continue;
        }
        let (was, is) =
            (field::rows(&session, &all(&format!("'{path}'"))).await, field::rows(&session, &all("'query.sgy'")).await);
        for (column, (was, is)) in columns.split(", ").zip(was.columns().iter().zip(is.columns())) {
            if was != is {
                wrong.push(format!("{name}: {column} was {was:?}, is {is:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(names.len() >= 50, "{} volumes", names.len());
}

/// A file that is imported anew makes its volume anew, with what is stated now.
#[tokio::test(flavor = "multi_thread")]
async fn a_volume_is_imported_anew() {
    let (folder, session) = field::copy().await;
    let import = async |options: outcrop_import::ImportOptions| {
        let options = outcrop_import::ImportOptions { author: "tester".to_owned(), ..options };
        let patterns = ["seismic".to_owned()];
        let watch = Arc::new(outcrop_import::NoWatch);
        let project = session.project().unwrap();
        outcrop_import::import(project, session.roots(), folder.path(), &patterns, &options, watch).await.unwrap()
    };
    let total = async |table: &str| {
        let sql = format!("SELECT count(*) AS n, sum(amplitude) AS s FROM seismic_samples({table}) WHERE time < 400");
        let rows = field::rows(&session, &sql).await;
        format!("{rows:?}")
    };
    let before = total("seismic.cube").await;
    let report = import(outcrop_import::ImportOptions::default()).await;
    assert!(report.commit.is_none() && report.files[0].message.contains("--again imports it anew"), "{report:?}");
    // In place, and then under another name.
    let again = outcrop_import::ImportOptions { again: true, ..Default::default() };
    let report = import(again.clone()).await;
    assert_eq!(report.count(outcrop_import::Status::Imported), 1, "{report:?}");
    assert_eq!(total("seismic.cube").await, before);
    import(outcrop_import::ImportOptions { name: Some("other".to_owned()), ..again }).await;
    assert_eq!(total("seismic.other").await, before);
    let all = field::rows(&session, "SELECT name FROM outcrop.seismic_volumes").await;
    assert_eq!(field::texts(&all, "name"), ["other"]);
    let tables = session.project().unwrap().snapshot().await.unwrap().tables();
    assert!(tables.iter().all(|t| t.name != "cube"), "{tables:?}");
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
    let left =
        field::rows(&session, "SELECT schema_name, table_name FROM outcrop.datasets WHERE table_name = 'cube'").await;
    assert_eq!(left.num_rows(), 0);
    let lists = field::rows(&session, "SELECT name, kind FROM outcrop.seismic_volumes").await;
    assert_eq!(field::texts(&lists, "name"), ["line"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_stored_as_a_volume() {
    let (_folder, session) = field::copy().await;
    let envelope =
        "SELECT * FROM seismic_attribute(seismic.cube, 'envelope') WHERE NOT (inline = 1003 AND crossline < 2010)";
    // The order of the query is not that of the volume.
    let sql = format!("CREATE TABLE seismic.envelope AS {envelope} ORDER BY crossline DESC, inline");
    field::run(&session, &sql).await.unwrap();
    for slice in ["time => 800", "inline => 1003", "crossline => 2020, \"from\" => 300, \"to\" => 900"] {
        let of = |table: &str| {
            format!(
                "SELECT inline, crossline, time, amplitude FROM seismic_slice({table}, {slice}) ORDER BY inline, crossline, time"
            )
        };
        let (stored, computed) = (
            field::rows(&session, &of("seismic.envelope")).await,
            field::rows(&session, &of(&format!("({envelope})"))).await,
        );
        assert!(stored.num_rows() > 50);
        for name in ["inline", "crossline"] {
            assert_eq!(column::<Int32Type>(&stored, name), column::<Int32Type>(&computed, name), "{slice}");
        }
        assert_eq!(
            column::<Float32Type>(&stored, "amplitude"),
            column::<Float32Type>(&computed, "amplitude"),
            "{slice}"
        );
    }
    // It is one of the volumes, with all that is known of the one it was made of.
    let known = |name: &str| {
        format!(
            "SELECT kind, samples, start, sample_interval, axis_unit, inline_min, inline_max, crossline_min, crossline_max, crs, \
             coordinate_unit, round(inline_spacing, 3) AS di, round(crossline_spacing, 3) AS dx, round(azimuth, 3) AS azimuth, corners, levels \
             FROM outcrop.seismic_volumes WHERE name = '{name}'"
        )
    };
    let (own, of_file) = (field::rows(&session, &known("envelope")).await, field::rows(&session, &known("cube")).await);
    for (field, (own, of_file)) in own.schema().fields().iter().zip(own.columns().iter().zip(of_file.columns())) {
        assert_eq!(own, of_file, "{}", field.name());
    }
    let holes = "SELECT CAST(sum(holes) FILTER (WHERE name = 'envelope') - sum(holes) FILTER (WHERE name = 'cube') AS DOUBLE) AS more FROM outcrop.seismic_volumes";
    assert_eq!(field::numbers(&field::rows(&session, holes).await, "more"), [9.0]);
    // A time slice reads one brick in fifteen.
    let plan = analysed(&session, "SELECT * FROM seismic_slice(seismic.envelope, time => 800)").await;
    let all = analysed(&session, "SELECT * FROM seismic_samples(seismic.envelope)").await;
    assert!(
        metric(&plan, "seismic_slice", "bricks_read") * 10 < metric(&all, "seismic_samples", "bricks_read"),
        "{plan}\n{all}"
    );
    // Depths by a velocity are depths, in the unit of the call.
    let depths = "CREATE TABLE seismic.depths AS SELECT * FROM depth_convert((SELECT * FROM seismic.cube WHERE inline < 1004), velocity => 1750, gradient => 0.55, step => 10, to => 2500, unit => 'ft')";
    field::run(&session, depths).await.unwrap();
    let known =
        field::rows(&session, "SELECT domain, axis_unit FROM outcrop.seismic_volumes WHERE name = 'depths'").await;
    assert_eq!(
        (field::texts(&known, "domain"), field::texts(&known, "axis_unit")),
        (vec!["depth".to_owned()], vec!["ft".to_owned()])
    );
    let message = session.export_segy("envelope", "out.sgy").await.unwrap_err().to_string();
    assert!(message.contains("was not imported") && message.contains("COPY"), "{message}");
    field::run(
        &session,
        "CREATE OR REPLACE TABLE seismic.envelope AS SELECT inline FROM seismic.cube WHERE inline = 1001",
    )
    .await
    .unwrap();
    let left = field::rows(&session, "SELECT schema_name FROM outcrop.datasets WHERE table_name = 'envelope'").await;
    assert_eq!(field::texts(&left, "schema_name"), ["seismic"]);
}

/// Traces that begin later than others have no samples before that; those that do not fit together are refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_volume_has_one_axis() {
    let (_folder, session) = field::copy().await;
    let sql = "CREATE TABLE seismic.two AS SELECT * FROM (VALUES (1, 1, 100.0, [1.0, 2.0, 3.0]), (2, 1, 104.0, [7.0, 8.0])) AS v(inline, crossline, start, samples) CROSS JOIN (SELECT 2.0 AS sample_interval)";
    field::run(&session, sql).await.unwrap();
    let found =
        field::rows(&session, "SELECT inline, time, amplitude FROM seismic_samples(seismic.two) ORDER BY inline, time")
            .await;
    let time = field::numbers(&found, "time");
    let amplitude = found.column_by_name("amplitude").unwrap().as_primitive::<Float32Type>();
    let known: Vec<(f64, f32)> =
        time.into_iter().zip(amplitude).filter_map(|(t, a)| Some((t, a.filter(|a| a.is_finite())?))).collect();
    assert_eq!(known, [(100.0, 1.0), (102.0, 2.0), (104.0, 3.0), (104.0, 7.0), (106.0, 8.0)]);
    // The lists are all of the one axis, and so is a file of them.
    let lists = field::rows(&session, "SELECT start, samples[3] AS third FROM seismic.two ORDER BY inline").await;
    assert_eq!(field::numbers(&lists, "start"), [100.0, 100.0]);
    assert_eq!(column::<Float32Type>(&lists, "third"), [3.0, 7.0]);
    field::run(&session, "COPY (SELECT * FROM seismic.two) TO 'two.sgy'").await.unwrap();
    let sql = "SELECT time, amplitude FROM seismic_samples('two.sgy') WHERE amplitude > 0 ORDER BY amplitude";
    assert_eq!(field::numbers(&field::rows(&session, sql).await, "time"), [100.0, 102.0, 104.0, 104.0, 106.0]);
    // Of two axes the samples do not say where they are; the columns do.
    field::run(&session, "CREATE TABLE seismic.later AS SELECT 3 AS inline, 1 AS crossline, 104.0 AS start, 2.0 AS sample_interval, [9.0] AS samples").await.unwrap();
    let both = "SELECT inline, crossline, start, sample_interval, samples FROM";
    let union = format!("CREATE TABLE seismic.three AS {both} seismic.two UNION ALL {both} seismic.later");
    field::run(&session, &union).await.unwrap();
    let sql = "SELECT time, amplitude FROM seismic_samples(seismic.three) WHERE amplitude > 0 AND amplitude < 100 ORDER BY amplitude";
    assert_eq!(field::numbers(&field::rows(&session, sql).await, "time"), [100.0, 102.0, 104.0, 104.0, 106.0, 104.0]);
    // What stands twice at a place is kept as a line, and that is said.
    let twice = format!("CREATE TABLE seismic.twice AS {both} seismic.two UNION ALL {both} seismic.two");
    let outcrop_session::Answer::Done { message, .. } = session.sql(&twice).await.unwrap() else { panic!("rows") };
    assert!(message.contains("two traces at inline"), "{message}");
    for (rows, part) in [
        ("(1, 100.0, 2.0, [1.0]), (2, 4e9, 2.0, [1.0])", "row 2 begins"),
        ("(1, 100.0, 2.0, [1.0, 1e300]), (2, 100.0, 2.0, [1.0])", "row 1, sample 2: 1e300 can't be kept"),
        ("(1, 100.0, 2.0, [16777217]), (2, 100.0, 2.0, [1])", "row 1, sample 1: 16777217.0 can't be kept"),
        ("(1, 100.0, 2.0, [1.0]), (2, 101.0, 2.0, [1.0])", "row 2 begins 0.5 samples after"),
        ("(1, 100.0, 2.0, [1.0]), (2, 100.0, 4.0, [1.0])", "row 2 has a sample every 4"),
        ("(1, 100.0, 2.0, [1.0]), (2, NULL, 2.0, [1.0])", "row 2 does not say its `start`"),
        ("(1, 100.0, 2.0, [1.0]), (2, 100.0, 2.0, NULL)", "row 2 has no samples"),
    ] {
        let message = field::error(
            &session,
            &format!("CREATE TABLE seismic.bad AS SELECT * FROM (VALUES {rows}) AS v(inline, start, sample_interval, samples)"),
        )
        .await;
        assert!(message.contains(part), "{message}\nlacks {part}");
    }
    let message = field::error(&session, "CREATE TABLE seismic.bad AS SELECT [1.0] AS samples").await;
    assert!(message.contains("`start` and `sample_interval`"), "{message}");
    let message =
        field::error(&session, "CREATE TABLE seismic.bad AS SELECT * FROM seismic.cube WHERE inline = 7").await;
    assert!(message.contains("without traces"), "{message}");
}

/// Bricks are Parquet, which other programs read: all the same numbers, and the first of them those of the first trace.
#[tokio::test(flavor = "multi_thread")]
async fn bricks_are_parquet_for_others() {
    const READ: &str = r#"
import sys, json, pathlib, numpy, pyarrow.parquet, duckdb, polars
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.parquet")):
    a = pyarrow.parquet.read_table(path)["amplitude"].to_numpy()
    d = duckdb.sql(f"SELECT amplitude FROM '{path}'").fetchnumpy()["amplitude"]
    p = polars.read_parquet(path)["amplitude"].to_numpy()
    assert numpy.array_equal(a, d, equal_nan=True) and numpy.array_equal(a, p, equal_nan=True), path
    print(json.dumps({"level": pyarrow.parquet.read_metadata(path).metadata[b"outcrop.level"].decode(), "values": len(a), "first": a[:32 * 1024:1024].tolist()}))
"#;
    let Some(python) = crate::peers::python_with("pyarrow, duckdb, polars") else { return };
    let (folder, truth) = (field::demo().await, truth().await);
    let bricks = folder.join("field.outcrop/tables/seismic_bricks/cube");
    let output = std::process::Command::new(python).args(["-c", READ]).arg(bricks).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let files: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let base = files.iter().find(|f| f["level"] == "0").unwrap();
    let first: Vec<f32> = base["first"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32).collect();
    assert_eq!(first, truth.traces[0].2[..32]);
    assert!(files.len() > 1, "{text}");
}
