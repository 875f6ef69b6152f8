//! Measures seismic: `seismic_bench cube.sgy [WORK]` imports the file and slices it, in place and as a volume of the project.
//!
//! Prints a line of JSON for each case: CPU and wall seconds, the median of some runs after one that warms; every run takes another
//! slice. `read_*` are reads of samples into a slice of floats, `sql_*` whole statements to Arrow batches in an open session. One thread
//! but for the import: run it with RAYON_NUM_THREADS=1 for the reads.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use outcrop_connectors::segy::{CheckedBytes, OpenOptions, ReadAt, SegyFile, TraceField};
use outcrop_import::{ImportOptions, NoWatch, import};
use outcrop_seismic::bricks::METADATA;
use outcrop_seismic::{BrickVolume, Description, NoMeter, SegyOptions, Survey, Volume};
use outcrop_session::{Answer, Session, SessionBuilder};
use outcrop_store::{MappedFile, Project, ProjectSettings, Roots};
use outcrop_types::LengthUnit;
use outcrop_types::tables::TableName;

const RUNS: usize = 9;

/// User and system time of all threads so far, seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn report(case: &str, mut times: Vec<f64>, cpu_s: f64) {
    times.sort_by(f64::total_cmp);
    let wall = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    println!("{{\"case\": \"{case}\", \"wall_s\": {wall:.6}, \"cpu_s\": {cpu_s:.6}}}");
}

fn measure(case: &str, mut run: impl FnMut(usize)) {
    run(0);
    let before = cpu();
    let times = (1..=RUNS)
        .map(|n| {
            let start = Instant::now();
            run(n);
            start.elapsed().as_secs_f64()
        })
        .collect();
    report(case, times, (cpu() - before) / RUNS as f64);
}

async fn measure_sql(session: &Session, case: &str, sql: impl Fn(usize) -> String) {
    let one = async |n: usize| {
        let start = Instant::now();
        match session.sql(&sql(n)).await.unwrap() {
            Answer::Rows(rows) => {
                let count: usize = rows.collect().await.unwrap().iter().map(|b| b.num_rows()).sum();
                assert!(count > 0);
            }
            Answer::Done { .. } => panic!("no query"),
        }
        start.elapsed().as_secs_f64()
    };
    one(0).await;
    let before = cpu();
    let mut times = Vec::new();
    for n in 1..=RUNS {
        times.push(one(n).await);
    }
    report(case, times, (cpu() - before) / RUNS as f64);
}

fn mapped(roots: &Roots, path: &Path) -> Arc<dyn ReadAt> {
    let location = roots.resolve(path.to_str().unwrap(), Path::new("/")).unwrap();
    Arc::new(CheckedBytes { bytes: roots.map_blocking(&location).unwrap(), intact: MappedFile::intact })
}

/// Slots of the slices of a survey: (inline n, crossline n, all).
struct Slots {
    rows: u32,
    columns: u32,
}

impl Slots {
    fn inline(&self, n: usize) -> Vec<u32> {
        let row = n as u32 % self.rows;
        (row * self.columns..(row + 1) * self.columns).collect()
    }

    fn crossline(&self, n: usize) -> Vec<u32> {
        let column = n as u32 % self.columns;
        (0..self.rows).map(|r| r * self.columns + column).collect()
    }
}

fn reads(name: &str, volume: &dyn Volume, slots: &Slots) {
    let samples = volume.axis().count;
    let mut out = Vec::new();
    let mut read = |slots: &[u32], range: std::ops::Range<usize>| {
        out.resize(slots.len() * range.len(), 0f32);
        volume.read(slots, range, &mut out, &NoMeter).unwrap();
        std::hint::black_box(&out);
    };
    measure(&format!("read_inline_{name}"), |n| read(&slots.inline(37 * n), 0..samples));
    measure(&format!("read_crossline_{name}"), |n| read(&slots.crossline(37 * n), 0..samples));
    let all: Vec<u32> = (0..slots.rows * slots.columns).collect();
    measure(&format!("read_time_{name}"), |n| {
        let k = 37 * n % samples;
        read(&all, k..k + 1);
    });
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let cube = PathBuf::from(arguments.next().expect("a SEG-Y file")).canonicalize().unwrap();
    let work = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("seismic-bench");
    let _ = std::fs::remove_dir_all(&work);
    std::fs::create_dir_all(&work).unwrap();
    let roots = Roots::whole_file_system();

    let source = mapped(&roots, &cube);
    let file = SegyFile::open(Arc::clone(&source), &OpenOptions::default()).unwrap();
    let fields = [TraceField::at(189), TraceField::at(193)];
    measure("header_scan", |_| drop(std::hint::black_box(file.scan(&fields).unwrap())));
    let survey = Survey::new(file.clone(), &SegyOptions::default().inspect(), &|_| true).unwrap();
    measure("open_file", |_| {
        let file = SegyFile::open(Arc::clone(&source), &OpenOptions::default()).unwrap();
        drop(std::hint::black_box(Survey::new(file, &SegyOptions::default().inspect(), &|_| true).unwrap()));
    });
    let in_place = survey.volume().unwrap();
    let (description, _) = survey.bricks().unwrap();
    let slots = Slots { rows: description.rows, columns: description.columns };
    reads("file", &in_place, &slots);

    // What an import can't do without: decoding every sample, and writing as many bytes.
    let all: Vec<u32> = (0..slots.rows * slots.columns).collect();
    let mut samples = vec![0f32; all.len() * survey.axis().count];
    measure("decode", |_| in_place.read(&all, 0..survey.axis().count, &mut samples, &NoMeter).unwrap());
    let bytes: Vec<u8> = samples.iter().flat_map(|v| v.to_le_bytes()).collect();
    measure("write_bytes", |_| std::fs::write(work.join("bytes"), &bytes).unwrap());
    drop((samples, bytes));
    let _ = std::fs::remove_file(work.join("bytes"));

    let settings = ProjectSettings::new("bench", LengthUnit::Metre);
    let (mut times, before) = (Vec::new(), cpu());
    let mut project = None;
    for n in 0..3 {
        let opened = Project::init(&roots, work.join(format!("{n}.outcrop")), settings.clone(), "bench").await.unwrap();
        let options = ImportOptions { name: Some("cube".to_owned()), author: "bench".to_owned(), ..Default::default() };
        let start = Instant::now();
        let paths = [cube.to_string_lossy().into_owned()];
        import(&opened, &roots, Path::new("/"), &paths, &options, Arc::new(NoWatch)).await.unwrap();
        times.push(start.elapsed().as_secs_f64());
        project = Some(opened);
    }
    report("import", times, (cpu() - before) / 3.0);

    let project = project.unwrap();
    let snapshot = project.snapshot().await.unwrap();
    let mut total = 0;
    for table in snapshot.tables() {
        let bytes: u64 = snapshot.table(&table).await.unwrap().files.iter().map(|f| f.size).sum();
        total += bytes;
        println!("{{\"case\": \"size {table}\", \"bytes\": {bytes}}}");
    }
    let raw = description.slots() * description.axis.count as u64 * 4;
    println!("{{\"case\": \"size\", \"bytes\": {total}, \"raw\": {raw}, \"ratio\": {:.4}}}", total as f64 / raw as f64);

    let state = snapshot.table(&TableName::new("seismic_bricks", "cube")).await.unwrap();
    let text = state.schema.field(0).metadata().get(METADATA).unwrap();
    let files = state
        .files
        .iter()
        .map(|f| {
            let bytes = CheckedBytes { bytes: project.map_data_file(f).unwrap(), intact: MappedFile::intact };
            (f.name.clone(), Arc::new(bytes) as Arc<dyn ReadAt>)
        })
        .collect();
    let bricks = BrickVolume::open(Description::from_json(text).unwrap(), files).unwrap();
    reads("volume", &bricks, &slots);

    let session = SessionBuilder::new(roots, &work).project(project).threads(1).build().unwrap();
    let (il, xl) =
        (survey.inspection().geometry.inline.clone().unwrap(), survey.inspection().geometry.crossline.clone().unwrap());
    let place =
        |axis: &outcrop_connectors::segy::geometry::Axis, n: usize| axis.number(37 * n as u64 % axis.count).unwrap();
    let time = |n: usize| survey.axis().at(37 * n % survey.axis().count);
    let path = cube.display().to_string();
    measure_sql(&session, "sql_1", |_| "SELECT 1".to_owned()).await;
    for (name, table) in [("file", format!("'{path}'")), ("volume", "seismic.cube".to_owned())] {
        measure_sql(&session, &format!("sql_inline_{name}"), |n| {
            format!("SELECT crossline, samples FROM {table} WHERE inline = {}", place(&il, n))
        })
        .await;
        measure_sql(&session, &format!("sql_crossline_{name}"), |n| {
            format!("SELECT inline, samples FROM {table} WHERE crossline = {}", place(&xl, n))
        })
        .await;
        measure_sql(&session, &format!("sql_time_{name}"), |n| {
            format!("SELECT inline, crossline, amplitude FROM seismic_slice({table}, time => {})", time(n))
        })
        .await;
        measure_sql(&session, &format!("sql_rms_{name}"), |_| {
            format!(
                "SELECT inline, crossline, amplitude FROM horizon_amplitude({table}, from => {}, to => {}, method => 'rms')",
                survey.axis().start,
                survey.axis().end()
            )
        })
        .await;
        measure_sql(&session, &format!("sql_rms_window_{name}"), |_| {
            format!("SELECT inline, crossline, amplitude FROM horizon_amplitude({table}, from => {}, to => {}, method => 'rms')", time(10), time(10) + 400.0)
        })
        .await;
    }
    let _ = std::fs::remove_dir_all(&work);
}
