//! Finding the names of the columns and their units.

use outcrop_types::Issue;

use super::error::TableError;
use super::heading::{is_units_row, split_heading};
use super::layout::{Delimiter, TableOptions};
use super::records::LineKind;
use super::role::roles_of_name;
use super::sample::{Sampled, is_number, sample};

/// The names found, and where the rows begin.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) names: Vec<String>,
    pub(crate) line: Option<u64>,
    pub(crate) units: Vec<String>,
    pub(crate) units_line: Option<u64>,
    /// Places of the records that are names and units.
    pub(crate) used: Vec<usize>,
    /// Place of the first row; the number of records when there is none.
    pub(crate) first_row: usize,
}

/// Finds the row (or rows) of names and the row of units among the first records.
pub(crate) fn find_header(
    records: &[Sampled],
    columns: usize,
    delimiter: Delimiter,
    options: &TableOptions,
    issues: &mut Vec<Issue>,
) -> Result<Found, TableError> {
    let numeric = numeric_columns(records, columns);
    let is_row = |r: &Sampled| {
        let filled = numeric.iter().filter_map(|c| r.fields.get(*c)).filter(|f| !f.trim().is_empty());
        let numbers = filled.clone().filter(|f| is_number(f)).count();
        r.fits(columns) && numbers > 0 && numbers * 2 >= filled.count()
    };
    let first_fitting = records.iter().position(|r| r.fits(columns) && !r.is_blank()).unwrap_or(records.len());
    let first_row = records.iter().position(is_row);
    if options.header == Some(false) {
        return Ok(Found { first_row: first_row.unwrap_or(first_fitting), ..Found::default() });
    }
    // Names that are recognised are names, wherever they stand.
    let strong = records
        .iter()
        .take(200)
        .take_while(|r| !is_row(r))
        .position(|r| r.fits(columns) && r.is_header_like(columns) && r.recognised() >= 2);
    let weak = match first_row {
        Some(row) => above(records, row, columns, delimiter),
        None if options.header.is_none() && first_fitting < records.len() => {
            if let Some(r) = records.get(first_fitting) {
                issues.push(
                    Issue::warning(
                        "header-assumed",
                        "no column holds numbers; the first row is taken for the names; state header off if it is not",
                    )
                    .at_line(r.line),
                );
            }
            Some(first_fitting)
        }
        None => None,
    };
    let forced = (options.header == Some(true)).then_some(first_fitting);
    let header = strong.or(weak).or(forced.filter(|f| *f < records.len()));
    let Some(header) = header else {
        return without_header(records, columns, delimiter, first_row.unwrap_or(first_fitting), &numeric, issues);
    };
    let mut found = Found { first_row: header + 1, used: vec![header], ..Found::default() };
    if let Some(record) = records.get(header) {
        found.names = names_of(record, delimiter, columns);
        found.names.truncate(columns);
        found.line = Some(record.line);
    }
    if let Some(over) = header.checked_sub(1).and_then(|i| records.get(i))
        && is_part_of_names(over, columns)
    {
        for (name, prefix) in found.names.iter_mut().zip(&over.fields) {
            *name = format!("{} {}", prefix.trim(), name.trim()).trim().to_owned();
        }
        found.line = Some(over.line);
        found.used.push(header - 1);
    }
    if let (Some(under), Some(next)) = (records.get(found.first_row), records.get(found.first_row + 1))
        && is_part_of_names(under, columns)
        && next.fits(columns)
        && is_units_row(&next.fields)
    {
        for (name, rest) in found.names.iter_mut().zip(&under.fields) {
            *name = format!("{} {}", name.trim(), rest.trim()).trim().to_owned();
        }
        found.used.push(found.first_row);
        found.first_row += 1;
    }
    while let Some(record) = records.get(found.first_row) {
        let units = found.units.is_empty()
            && record.fits(columns)
            && !record.fields.iter().any(|f| is_number(f))
            && is_units_row(&record.fields);
        if units {
            found.units.clone_from(&record.fields);
            found.units_line = Some(record.line);
        } else if !(record.fits(columns) && record.is_blank()) && record.kind != LineKind::Comment {
            break;
        }
        if units || record.is_blank() && record.kind != LineKind::Comment {
            found.used.push(found.first_row);
        }
        found.first_row += 1;
    }
    Ok(found)
}

/// Columns that mostly hold numbers, the first row (which may be the names) apart.
fn numeric_columns(records: &[Sampled], columns: usize) -> Vec<usize> {
    let fitting: Vec<&Sampled> = records.iter().filter(|r| r.fits(columns)).collect();
    let rows = if fitting.len() > 1 { fitting.get(1..).unwrap_or_default() } else { &fitting[..] };
    (0..columns)
        .filter(|c| {
            let filled = rows.iter().filter_map(|r| r.fields.get(*c)).filter(|f| !f.trim().is_empty());
            let numbers = filled.clone().filter(|f| is_number(f)).count();
            numbers > 0 && numbers * 2 >= filled.count()
        })
        .collect()
}

/// The record of names next above the first row: blank records and a row of units are passed over.
fn above(records: &[Sampled], row: usize, columns: usize, delimiter: Delimiter) -> Option<usize> {
    let mut candidate = None;
    for (i, record) in records.iter().enumerate().take(row).rev() {
        match record.kind {
            LineKind::Comment => {
                // `# MD(m)  TVD(m)`: names behind a comment mark, directly above the rows.
                let names = names_of(record, delimiter, columns).len() == columns;
                return candidate.or((names && columns > 1).then_some(i));
            }
            LineKind::Record if record.is_blank() => {}
            LineKind::Record if record.fits(columns) && record.is_header_like(columns) => {
                if candidate.is_some() || !is_units_row(&record.fields) {
                    return candidate.filter(|c| records.get(*c).is_some_and(|r| !is_units_row(&r.fields))).or(Some(i));
                }
                candidate = Some(i);
            }
            LineKind::Record => return candidate,
        }
    }
    candidate
}

/// The names in a record. Those of a comment are split as the rows are, or by blanks where that gives a name a column;
/// words separated by blanks are names only when one of them is a known one.
fn names_of(record: &Sampled, delimiter: Delimiter, columns: usize) -> Vec<String> {
    if record.kind == LineKind::Record {
        return record.fields.clone();
    }
    let text =
        record.text.trim().trim_start_matches(['#', '!']).trim_start_matches("--").trim_start_matches("//").trim();
    let split = |delimiter| {
        let names = sample(text, delimiter, 0, 1, 1).ok().and_then(|mut r| r.pop()).map_or_else(Vec::new, |r| r.fields);
        let known = delimiter != Delimiter::Whitespace || recognised(&names) > 0;
        if known { names } else { Vec::new() }
    };
    let names = split(delimiter);
    if names.len() == columns {
        return names;
    }
    let words = split(Delimiter::Whitespace);
    if words.len() == columns { words } else { names }
}

fn recognised(names: &[String]) -> usize {
    names.iter().filter(|n| !roles_of_name(&split_heading(n, 0, &mut Vec::new()).name).is_empty()).count()
}

/// A row next to the names that holds further words of some of them: the first above, or the last between them and the units.
fn is_part_of_names(record: &Sampled, columns: usize) -> bool {
    let filled = record.fields.iter().filter(|f| !f.trim().is_empty()).count();
    record.kind == LineKind::Record
        && record.fields.len() == columns
        && record.fields.first().is_some_and(|f| f.trim().is_empty())
        && filled > 0
        && filled * 2 <= columns
        && !record.fields.iter().any(|f| is_number(f))
}

fn without_header(
    records: &[Sampled],
    columns: usize,
    delimiter: Delimiter,
    first_row: usize,
    numeric: &[usize],
    issues: &mut Vec<Issue>,
) -> Result<Found, TableError> {
    let over = records.iter().take(first_row).rev().find(|r| !r.is_blank() || r.kind == LineKind::Comment);
    if let Some(record) = over {
        let names = names_of(record, delimiter, columns);
        let recognised = recognised(&names);
        if record.kind == LineKind::Record && names.len() != columns && recognised >= 2 && recognised * 2 >= names.len()
        {
            return Err(TableError::HeaderMismatch {
                line: record.line,
                names: names.len(),
                fields: columns,
                delimiter,
            });
        }
    }
    if let Some(record) = records.get(first_row)
        && let Some(text) =
            numeric.iter().filter_map(|c| record.fields.get(*c)).find(|f| !f.trim().is_empty() && !is_number(f))
    {
        let message = format!(
            "`{}` stands in a column of numbers: the row may hold the names; state header on if it does",
            text.trim()
        );
        issues.push(Issue::warning("header-unclear", message).at_line(record.line));
    }
    issues.push(Issue::info("no-header", format!("no row of names; the columns are column_1 to column_{columns}")));
    Ok(Found { first_row, ..Found::default() })
}
