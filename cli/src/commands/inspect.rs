//! `outcrop inspect`.

use std::process::ExitCode;

use anyhow::Result;
use outcrop_connectors::{las, table};
use outcrop_store::Location;
use outcrop_types::Issue;

use crate::arguments::{Global, Inspect};
use crate::context::{base, roots};

pub(crate) async fn run(global: &Global, arguments: Inspect) -> Result<ExitCode> {
    let roots = roots(global)?;
    let base = base()?;
    let mut failed = 0;
    let mut seen = 0;
    for pattern in &arguments.paths {
        for location in roots.list(pattern, &base)? {
            seen += 1;
            let bytes = roots.read(&location).await?;
            if let Err(message) = inspect(&location, &bytes) {
                failed += 1;
                println!("{}: {message}", location.display);
            }
            println!();
        }
    }
    Ok(if failed == seen { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn inspect(location: &Location, bytes: &[u8]) -> Result<(), String> {
    let looks_like_las = location.display.to_lowercase().ends_with(".las");
    match las::read(bytes, &las::ReadOptions::default()) {
        Ok(file) => {
            show_las(location, &file);
            Ok(())
        }
        Err(e) if looks_like_las => Err(e.to_string()),
        Err(_) => {
            let content = table::read(bytes, &table::TableOptions::default()).map_err(|e| e.to_string())?;
            show_table(location, &content);
            Ok(())
        }
    }
}

fn show_las(location: &Location, file: &las::LasFile) {
    let header = &file.header;
    let wrapped = if header.wrapped { ", wrapped" } else { "" };
    println!("{}: Log ASCII Standard {}{wrapped}, {}", location.display, header.version_text, header.encoding);
    for (name, label) in [("WELL", "well"), ("UWI", "UWI"), ("FLD", "field"), ("COMP", "company")] {
        if let Some(value) = header.well_value(name) {
            println!("  {label:<8} {value}");
        }
    }
    println!("  {:<8} {} samples, {} curves, null {}", "data", file.rows, file.curves.len(), number(header.null));
    println!(
        "\n  {:<12} {:<10} {:>9} {:>9} {:>14} {:>14} {:>14}  description",
        "mnemonic", "unit", "samples", "nulls", "min", "max", "mean"
    );
    let sets = std::iter::once((&header.curves, &file.curves)).chain(file.more.iter().map(|s| (&s.headers, &s.curves)));
    for (headers, curves) in sets {
        for (h, c) in headers.iter().zip(curves) {
            let s = c.summary();
            println!(
                "  {:<12} {:<10} {:>9} {:>9} {:>14} {:>14} {:>14}  {}",
                c.name,
                h.unit.as_deref().unwrap_or("-"),
                s.samples,
                s.nulls,
                number(s.min),
                number(s.max),
                number(s.mean),
                h.description
            );
        }
    }
    let issues: Vec<Issue> = file.all_issues().cloned().collect();
    show_issues(&issues);
}

fn show_table(location: &Location, content: &table::Table) {
    let detection = table::detect(content);
    println!(
        "{}: table of {} rows, {} separated, {}; an import would take it for {} ({:.0} % sure)",
        location.display,
        content.rows,
        content.layout.delimiter,
        content.layout.encoding,
        detection.kind,
        detection.confidence * 100.0
    );
    println!(
        "\n  {:<24} {:<10} {:<8} {:<14} {:>9} {:>14} {:>14} {:>14}",
        "column", "type", "unit", "role", "nulls", "min", "max", "mean"
    );
    for c in table::inspect(content, &detection) {
        println!(
            "  {:<24} {:<10} {:<8} {:<14} {:>9} {:>14} {:>14} {:>14}",
            c.name,
            c.column_type.to_string(),
            c.unit.as_deref().unwrap_or("-"),
            c.role.map_or_else(|| "-".to_owned(), |r| r.to_string()),
            c.nulls,
            number(c.min),
            number(c.max),
            number(c.mean)
        );
    }
    let issues: Vec<Issue> = content.issues.iter().chain(&detection.issues).cloned().collect();
    show_issues(&issues);
}

fn show_issues(issues: &[Issue]) {
    if issues.is_empty() {
        return;
    }
    println!();
    for issue in issues {
        println!("  {}: {issue}", issue.severity);
    }
}

/// A number with the digits that matter.
fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(v) if v == 0.0 || (1e-3..1e9).contains(&v.abs()) => {
            let text = format!("{v:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
        Some(v) => format!("{v:.4e}"),
    }
}
