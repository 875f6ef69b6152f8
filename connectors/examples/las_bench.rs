//! Times the LAS reader: `las_bench BIG.las FOLDER` prints a JSON line for each case (wall and CPU milliseconds, median of five, one thread).
//!
//! The folder's files are read one after another. Values are counted to show that all were read.

use std::path::PathBuf;
use std::time::Instant;

use outcrop_connectors::las::{self, CurveSummary, ReadOptions};

/// CPU time of this process in milliseconds, from `/proc`; wall time where there is none.
fn cpu_ms(start: Instant) -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/schedstat")
        .ok()
        .and_then(|s| s.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()));
    ticks.map_or_else(|| start.elapsed().as_secs_f64() * 1e3, |ns| ns / 1e6)
}

fn measure(case: &str, mut run: impl FnMut() -> Result<usize, String>) -> Result<(), String> {
    let mut values = run()?;
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let start = Instant::now();
        let before = cpu_ms(start);
        values = run()?;
        cpu.push(cpu_ms(start) - before);
        wall.push(start.elapsed().as_secs_f64() * 1e3);
    }
    wall.sort_by(f64::total_cmp);
    cpu.sort_by(f64::total_cmp);
    println!("{{\"case\":\"{case}\",\"wall_ms\":{:.2},\"cpu_ms\":{:.2},\"values\":{values}}}", wall[2], cpu[2]);
    Ok(())
}

fn read(path: &PathBuf) -> Result<las::LasFile, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    las::read(&bytes, &ReadOptions::default()).map_err(|e| format!("{}: {e}", path.display()))
}

fn main() -> Result<(), String> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(big), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: las_bench BIG.las FOLDER".to_owned());
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .map_err(|e| format!("{}: {e}", folder.display()))?
        .flatten()
        .map(|e| e.path())
        .collect();
    files.sort();
    let count = |f: &las::LasFile| f.rows * f.curves.len();
    measure("las file", || read(&big).map(|f| count(&f)))?;
    measure("las folder", || files.iter().try_fold(0, |n, p| Ok(n + count(&read(p)?))))?;
    let bytes = std::fs::read(&big).map_err(|e| e.to_string())?;
    measure("las file, bytes in memory", || {
        las::read(&bytes, &ReadOptions::default()).map(|f| count(&f)).map_err(|e| e.to_string())
    })?;
    measure("las header", || {
        las::read_header(&bytes, &ReadOptions::default()).map(|h| h.curves.len()).map_err(|e| e.to_string())
    })?;
    let file = read(&big)?;
    measure("las summaries", || {
        let summaries: Vec<CurveSummary> = file.curves.iter().map(las::Curve::summary).collect();
        Ok(summaries.iter().map(|s| s.samples).sum())
    })
}
