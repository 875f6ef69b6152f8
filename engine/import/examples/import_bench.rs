//! Imports a folder into a new project and prints the time it took, as JSON.
//!
//! `cargo run --release -p outcrop-import --example import_bench -- FOLDER [THREADS]`

#![allow(missing_docs)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use outcrop_import::{ImportOptions, Status, Watch, import};
use outcrop_store::{Project, ProjectSettings, Roots};
use outcrop_types::LengthUnit;

/// Notes when each stage begins.
struct Stages(Instant, Mutex<Vec<(String, f64)>>);

impl Watch for Stages {
    fn stage(&self, what: &str) {
        if let Ok(mut stages) = self.1.lock() {
            stages.push((what.to_owned(), self.0.elapsed().as_secs_f64()));
        }
    }
}

/// Seconds of processor time this process has used, all threads together; Linux only.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<f64>().ok();
    // utime and stime, in ticks of 1/100 s.
    Some((ticks(11)? + ticks(12)?) / 100.0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: import_bench FOLDER [THREADS]")?;
    let threads = arguments.next().map(|text| text.parse()).transpose()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let options = ImportOptions { author: "bench".to_owned(), threads, ..ImportOptions::default() };
    let roots = Roots::whole_file_system();
    let place = std::env::temp_dir().join(format!("outcrop-import-bench-{}", std::process::id()));
    let (mut walls, mut cpus) = (Vec::new(), Vec::new());
    let mut stages = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        let _ = std::fs::remove_dir_all(&place);
        let report = runtime.block_on(async {
            let settings = ProjectSettings::new("bench", LengthUnit::Metre);
            let project = Project::init(&roots, &place, settings, "bench").await?;
            let (wall, cpu) = (Instant::now(), cpu_seconds());
            let patterns = [folder.clone()];
            let watch = Arc::new(Stages(wall, Mutex::default()));
            let report = import(&project, &roots, Path::new("."), &patterns, &options, watch.clone()).await?;
            stages = watch.1.lock().map(|s| s.clone()).unwrap_or_default();
            walls.push(wall.elapsed().as_secs_f64());
            cpus.extend(cpu_seconds().zip(cpu).map(|(after, before)| after - before));
            Ok::<_, Box<dyn std::error::Error>>(report)
        })?;
        last = Some(report);
    }
    let _ = std::fs::remove_dir_all(&place);
    let Some(report) = last else { return Ok(()) };
    walls.sort_by(f64::total_cmp);
    cpus.sort_by(f64::total_cmp);
    let median = |times: &[f64]| times.get(times.len() / 2).copied();
    let bytes: u64 = report.files.iter().map(|f| f.bytes).sum();
    println!(
        "{}",
        serde_json::json!({
            "case": "import",
            "files": report.files.len(),
            "imported": report.count(Status::Imported),
            "bytes": bytes,
            "rows": report.tables,
            "wall": median(&walls),
            "cpu": median(&cpus),
            "fastest": walls.first(),
            "stages_of_last": stages.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        })
    );
    Ok(())
}
