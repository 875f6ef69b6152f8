//! `outcrop inspect`.

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use outcrop_connectors::dataset::{Dataset, summary};
use outcrop_connectors::formats::{self, Recognised, recognise, recognise_file};
use outcrop_connectors::{Format, PREFIX, Read, las, table, welllog};
use outcrop_store::Location;
use outcrop_types::{Issue, field};

use super::inspect_segy;
use crate::arguments::{Global, Inspect};
use crate::context::{base, roots};
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Inspect) -> Result<ExitCode> {
    let roots = roots(global)?;
    let base = base()?;
    let segy = arguments.segy.options()?;
    let options = table::TableOptions { columns: arguments.columns, ..table::TableOptions::default() };
    let mut failed = 0;
    let mut seen = 0;
    for pattern in &arguments.paths {
        for location in roots.list(pattern, &base)? {
            seen += 1;
            let prefix = roots.read_prefix(&location, PREFIX).await?;
            let length = location.local.as_ref().and_then(|p| std::fs::metadata(p).ok()).map(|m| m.len());
            if let Recognised::As(Format { read: Read::Seismic, .. }) =
                recognise_file(&prefix, &location.display, length)
            {
                match inspect_segy::look(&roots, &location, &segy) {
                    Ok(found) => inspect_segy::show(&location, &found)?,
                    Err(error) => {
                        failed += 1;
                        say!("{}: {error:#}", location.display)?;
                    }
                }
                say!()?;
                continue;
            }
            let bytes = roots.read(&location).await?;
            match content(&location, &bytes, &options) {
                Ok(Content::Las(format, file)) => show_las(&location, format, &file)?,
                Ok(Content::Table(table)) => show_table(&location, &table)?,
                Ok(Content::Datasets(format, datasets)) => show_datasets(&location, format, &datasets)?,
                Err(message) => {
                    failed += 1;
                    say!("{}: {message}", location.display)?;
                }
            }
            say!()?;
        }
    }
    Ok(if failed == seen { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What a file holds.
enum Content {
    /// A well log, with the name of its format.
    Las(&'static str, Box<las::LasFile>),
    Table(Box<table::Table>),
    Datasets(&'static Format, Vec<Dataset>),
}

fn content(location: &Location, bytes: &[u8], options: &table::TableOptions) -> Result<Content, String> {
    match recognise(bytes.get(..PREFIX).unwrap_or(bytes)) {
        Recognised::As(format) => {
            if let Read::Datasets(read) = format.read {
                return read(bytes).map(|d| Content::Datasets(format, d)).map_err(|e| format!("{}: {e}", format.title));
            }
            if let Read::Parquet = format.read {
                return Err("a Parquet file: query it, outcrop sql -c \"SELECT * FROM 'file.parquet'\"".to_owned());
            }
        }
        Recognised::Other(message) => return Err(message),
    }
    let as_table = || table::read(bytes, options).map(|t| Content::Table(Box::new(t))).map_err(|e| e.to_string());
    if options.columns.is_some() {
        return as_table();
    }
    let named = location.display.to_lowercase().ends_with(".las");
    let is_log = named || welllog::format(bytes) == formats::RMS_WELL.name;
    match welllog::read(bytes, &las::ReadOptions::default()) {
        Ok(file) => Ok(Content::Las(welllog::format(bytes), Box::new(file))),
        Err(e) if is_log => Err(e.to_string()),
        Err(_) => as_table(),
    }
}

fn show_las(location: &Location, format: &str, file: &las::LasFile) -> io::Result<()> {
    let header = &file.header;
    let wrapped = if header.wrapped { ", wrapped" } else { "" };
    if format == formats::RMS_WELL.name {
        say!("{}: well of RMS; an import would take it for a well log", location.display)?;
    } else {
        say!("{}: Log ASCII Standard {}{wrapped}, {}", location.display, header.version_text, header.encoding)?;
    }
    for (name, label) in [("WELL", "well"), ("UWI", "UWI"), ("FLD", "field"), ("COMP", "company")] {
        if let Some(value) = header.well_value(name) {
            say!("  {label:<8} {value}")?;
        }
    }
    say!("  {:<8} {} samples, {} curves, null {}", "data", file.rows, file.curves.len(), number(header.null))?;
    say!(
        "\n  {:<12} {:<10} {:>9} {:>9} {:>14} {:>14} {:>14}  description",
        "mnemonic",
        "unit",
        "samples",
        "nulls",
        "min",
        "max",
        "mean"
    )?;
    let sets = std::iter::once((&header.curves, &file.curves)).chain(file.more.iter().map(|s| (&s.headers, &s.curves)));
    for (headers, curves) in sets {
        for (h, c) in headers.iter().zip(curves) {
            let s = c.summary();
            say!(
                "  {:<12} {:<10} {:>9} {:>9} {:>14} {:>14} {:>14}  {}",
                c.name,
                h.unit.as_deref().unwrap_or("-"),
                s.samples,
                s.nulls,
                number(s.min),
                number(s.max),
                number(s.mean),
                h.description
            )?;
        }
    }
    let issues: Vec<Issue> = file.all_issues().cloned().collect();
    show_issues(&issues)
}

fn show_table(location: &Location, content: &table::Table) -> io::Result<()> {
    let detection = table::detect(content);
    let cut = match (content.layout.format, content.layout.delimiter) {
        (table::TableFormat::WellPath, _) => "a well path".to_owned(),
        (_, table::Delimiter::Positions) => "columns of fixed width".to_owned(),
        (_, delimiter) => format!("{delimiter} separated"),
    };
    say!(
        "{}: table of {} rows, {cut}, {}; an import would take it for {} ({:.0} % sure)",
        location.display,
        content.rows,
        content.layout.encoding,
        detection.kind,
        detection.confidence * 100.0
    )?;
    say!(
        "\n  {:<24} {:<10} {:<8} {:<14} {:>9} {:>14} {:>14} {:>14}",
        "column",
        "type",
        "unit",
        "role",
        "nulls",
        "min",
        "max",
        "mean"
    )?;
    for c in table::inspect(content, &detection) {
        say!(
            "  {:<24} {:<10} {:<8} {:<14} {:>9} {:>14} {:>14} {:>14}",
            c.name,
            c.column_type.to_string(),
            c.unit.as_deref().unwrap_or("-"),
            c.role.map_or_else(|| "-".to_owned(), |r| r.to_string()),
            c.nulls,
            number(c.min),
            number(c.max),
            number(c.mean)
        )?;
    }
    let issues: Vec<Issue> = content.issues.iter().chain(&detection.issues).cloned().collect();
    show_issues(&issues)
}

fn show_datasets(location: &Location, format: &Format, datasets: &[Dataset]) -> io::Result<()> {
    for dataset in datasets {
        let rows = dataset.batch.num_rows();
        say!("{}: {}; {rows} rows, an import would put them into {}", location.display, format.title, dataset.kind)?;
        for (name, value) in &dataset.facts {
            say!("  {name:<14} {value}")?;
        }
        say!(
            "\n  {:<24} {:<10} {:<8} {:>9} {:>14} {:>14} {:>14}  description",
            "column",
            "type",
            "unit",
            "nulls",
            "min",
            "max",
            "mean"
        )?;
        for (of, column) in dataset.batch.schema().fields().iter().zip(dataset.batch.columns()) {
            let s = summary(column);
            say!(
                "  {:<24} {:<10} {:<8} {:>9} {:>14} {:>14} {:>14}  {}",
                of.name(),
                of.data_type().to_string(),
                field::unit(of).unwrap_or("-"),
                s.nulls,
                number(s.min),
                number(s.max),
                number(s.mean),
                field::description(of).unwrap_or_default()
            )?;
        }
        show_issues(&dataset.issues)?;
    }
    Ok(())
}

pub(super) fn show_issues(issues: &[Issue]) -> io::Result<()> {
    if issues.is_empty() {
        return Ok(());
    }
    say!()?;
    for issue in issues {
        say!("  {}: {issue}", issue.severity)?;
    }
    Ok(())
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
