//! Times the reading of a text table: `table_bench [file]`; without a file, of 1,000,000 rows × 6 columns made here.
//! Prints a JSON line with the median of five, and with a file also what was found.
#![allow(clippy::print_stdout)]

use std::fmt::Write as _;
use std::time::Instant;

use outcrop_connectors::table::{TableOptions, detect, inspect, read};

fn made() -> Vec<u8> {
    let mut text = String::from("x,y,z,porosity,well,facies\n");
    let mut state = 1u64;
    for i in 0..1_000_000u64 {
        // A linear congruential generator (Knuth's MMIX constants): the values only have to look like data.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let r = (state >> 33) as f64 / f64::from(1u32 << 31);
        let _ = writeln!(
            text,
            "{:.3},{:.3},{:.2},{:.5},W-{},{}",
            430_000.0 + 5000.0 * r,
            6_470_000.0 + i as f64 * 0.01,
            2500.0 + 100.0 * r,
            0.3 * r,
            i % 100,
            i % 5
        );
    }
    text.into_bytes()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1);
    let bytes = match &file {
        Some(path) => std::fs::read(path)?,
        None => made(),
    };
    let options = TableOptions::default();
    let mut times = Vec::new();
    let mut table = read(&bytes, &options)?;
    for _ in 0..5 {
        let start = Instant::now();
        table = read(&bytes, &options)?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(2).copied().unwrap_or_default();
    println!(
        "{{\"case\":\"table\",\"bytes\":{},\"rows\":{},\"columns\":{},\"wall_s\":{median:.4}}}",
        bytes.len(),
        table.rows,
        table.columns.len()
    );
    if file.is_some() {
        let found = detect(&table);
        println!("{} ({:.2}), {} by {}", found.kind, found.confidence, table.layout.encoding, table.layout.delimiter);
        for column in inspect(&table, &found) {
            println!(
                "  {} {} unit {:?} role {} nulls {} min {:?} max {:?} mean {:?}",
                column.name,
                column.column_type,
                column.unit,
                column.role.map_or("-", |r| r.as_str()),
                column.nulls,
                column.min,
                column.max,
                column.mean
            );
        }
        for issue in table.issues.iter().chain(&found.issues) {
            println!("  {} [{}] {issue}", issue.severity, issue.code);
        }
    }
    Ok(())
}
