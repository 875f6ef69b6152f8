//! Reading the rows of a table into typed columns.

use std::collections::HashSet;

use outcrop_types::{Issue, Unit};

use super::date::Order;
use super::decode::decode;
use super::detect::detect;
use super::error::TableError;
use super::layout::{ColumnType, Delimiter, Layout, TableOptions};
use super::model::{Column, Table, find_column};
use super::nulls::{Nulls, clear_sentinels};
use super::records::{Field, LineKind, Records};
use super::role::{Role, roles_of_name};
use super::sniff::{LaidOut, lay_out, prepare};
use super::typed::{Builder, Meaning};

/// What helps where blanks are part of a cell, or a cell is blank.
const BY_PLACES: &str =
    ". If the columns have fixed places in the line, state them: --columns 1-8:well,9-16:md,17-:surface";

/// Rows that are reported one by one; further ones are counted.
const REPORTED: usize = 20;

/// Reads a text table: every column typed on all of its rows, nothing shifted and nothing made up.
///
/// * A column is numeric when its values are; a few texts in it (at most 5 in 100; half, in a column whose name says
///   that it is a depth, a coordinate or an angle; or one word again and again) are null and reported with their line.
/// * Whole numbers with leading zeros, more digits than 64 bits hold, and columns of well identifiers stay text.
/// * Null are empty fields, `NULL`, `NaN`, `NA`, `N/A`, what [`TableOptions::null`] states, and markers such as -999.25
///   where they are clearly out of a column's range, which is reported.
/// * A row with too few or too many fields is left out and reported (see [`TableOptions::pad_short_rows`]).
///
/// # Errors
/// What [`super::sniff`] gives, a quoted field without end, and options that name columns or roles which do not exist.
pub fn read(bytes: &[u8], options: &TableOptions) -> Result<Table, TableError> {
    let mut issues = Vec::new();
    let (text, encoding) = decode(bytes, options.encoding, &mut issues)?;
    let prepared = prepare(text, options, &mut issues)?;
    let LaidOut { mut layout, at } = lay_out(&prepared, encoding, options, issues)?;
    let text = &*prepared.text;
    let stated = stated_roles(&mut layout, options)?;
    let nulls = Nulls::new(&options.null, &layout.nulls, layout.decimal_comma);
    let mut issues = layout.issues.clone();
    let (mut builders, row_lines) = {
        let mut builders: Vec<Option<Builder>> = layout
            .names
            .iter()
            .zip(&layout.types)
            .zip(&stated)
            .map(|((name, column_type), role)| Some(Builder::new(*column_type, Meaning::of(name, *role))))
            .collect();
        let row_lines = scan(text, &layout, at, options, &nulls, &mut builders, Some(&mut issues))?;
        (builders, row_lines)
    };
    // Columns that turned out to be text are read again, as text.
    let mut again: Vec<Option<Builder>> = builders
        .iter()
        .map(|b| b.as_ref().filter(|b| b.must_be_text()).map(|b| Builder::new(ColumnType::Utf8, b.meaning())))
        .collect();
    if again.iter().any(Option::is_some) {
        scan(text, &layout, at, options, &nulls, &mut again, None)?;
        for (builder, text) in builders.iter_mut().zip(again) {
            if let (Some(first), Some(mut text)) = (builder.as_mut(), text) {
                text.remember_numbers(first);
                *builder = Some(text);
            }
        }
    }
    let mut columns = Vec::with_capacity(builders.len());
    for (i, builder) in builders.into_iter().enumerate() {
        let Some(builder) = builder else { continue };
        let name = layout.names.get(i).cloned().unwrap_or_default();
        let meaning = builder.meaning();
        let data = builder.finish(&name, &row_lines, &nulls, layout.decimal_comma, &mut issues);
        let mut column =
            Column { name, data, unit: layout.units.get(i).cloned().flatten(), role: stated.get(i).copied().flatten() };
        if meaning != Meaning::Identifier {
            clear_sentinels(&mut column, &mut issues);
        }
        columns.push(column);
    }
    layout.types = columns.iter().map(|c| c.data.column_type()).collect();
    repeated_names(&columns, &layout, &mut issues);
    let rows = row_lines.len();
    if rows == 0 {
        issues.push(Issue::warning("no-rows", "the table has names but no rows").at_line(layout.first_data_line));
    }
    let mut table = Table { layout, columns, rows, row_lines, kind: options.kind, issues };
    state_units(&mut table, options)?;
    Ok(table)
}

/// Walks over the rows once; `issues` is given the first time only. Gives the line of each row.
fn scan(
    text: &str,
    layout: &Layout,
    at: usize,
    options: &TableOptions,
    nulls: &Nulls,
    builders: &mut [Option<Builder>],
    issues: Option<&mut Vec<Issue>>,
) -> Result<Vec<u64>, TableError> {
    let columns = layout.names.len();
    let mut records = Records::new(text, layout.delimiter, at, layout.first_data_line);
    let mut fields: Vec<Field> = Vec::with_capacity(columns);
    let mut lines = Vec::new();
    let mut ragged = Ragged::default();
    while let Some(place) = records.next(&mut fields)? {
        if place.kind == LineKind::Comment {
            if issues.is_some() {
                ragged.comment(&records, place, layout);
            }
            continue;
        }
        if fields.len() != columns {
            let further_empty =
                fields.len() > columns && fields.iter().skip(columns).all(|f| records.raw(*f).is_empty());
            let all_empty = fields.iter().all(|f| records.raw(*f).is_empty());
            let padded = fields.len() < columns && options.pad_short_rows;
            if all_empty {
                continue;
            }
            if !further_empty {
                ragged.row(place.line, fields.len(), columns, padded, layout.delimiter == Delimiter::Whitespace);
            }
            if !further_empty && !padded {
                continue;
            }
        } else if fields.iter().all(|f| records.raw(*f).is_empty()) {
            // A row of delimiters alone, as spreadsheets leave behind.
            continue;
        }
        for (i, builder) in builders.iter_mut().enumerate() {
            if let Some(builder) = builder {
                match fields.get(i) {
                    Some(field) => builder.push(&records, *field, nulls, layout.decimal_comma),
                    None => builder.push_null(),
                }
            }
        }
        lines.push(place.line);
    }
    if let Some(issues) = issues {
        ragged.report(columns, layout, issues);
    }
    Ok(lines)
}

/// Rows that do not have the table's number of fields.
#[derive(Default)]
struct Ragged {
    issues: Vec<Issue>,
    rows: usize,
    padded: usize,
}

impl Ragged {
    fn row(&mut self, line: u64, fields: usize, columns: usize, padded: bool, blanks: bool) {
        self.rows += 1;
        self.padded += usize::from(padded);
        if self.rows <= REPORTED {
            let done = if padded {
                "the last columns are null"
            } else {
                "the row is left out, as no field can be placed for certain"
            };
            let remedy = if self.rows == 1 && blanks && !padded { BY_PLACES } else { "" };
            self.issues.push(
                Issue::warning("row-ragged", format!("{fields} fields where the table has {columns}; {done}{remedy}"))
                    .at_line(line),
            );
        }
    }

    fn comment(&mut self, records: &Records<'_>, place: super::records::Place, layout: &Layout) {
        let text = records.line_text(place).trim().trim_start_matches(['#', '!', '-', '/']);
        let mut inner = Records::new(text, layout.delimiter, 0, 1);
        let mut fields = Vec::new();
        if inner.next(&mut fields).is_ok_and(|p| p.is_some())
            && fields.len() == layout.names.len()
            && fields.len() > 1
            && self.issues.len() <= REPORTED
        {
            self.issues.push(
                Issue::warning(
                    "row-commented",
                    "the line begins with a comment mark and is left out, though it has the fields of a row",
                )
                .at_line(place.line),
            );
        }
    }

    fn report(self, columns: usize, layout: &Layout, issues: &mut Vec<Issue>) {
        issues.extend(self.issues);
        if self.rows > REPORTED {
            issues.push(Issue::warning(
                "row-ragged",
                format!(
                    "{} rows do not have {columns} fields separated by {}; the first {REPORTED} are listed; {} were padded with null, the others left out{}",
                    self.rows,
                    layout.delimiter,
                    self.padded,
                    if layout.delimiter == Delimiter::Whitespace { BY_PLACES } else { "" }
                ),
            ));
        }
    }
}

/// The roles that options give to columns. A date may have the order of its numbers with it, `date(dd/mm/yyyy)`, which is kept
/// as the unit of its column, as from a heading `Date (dd/mm/yyyy)`.
fn stated_roles(layout: &mut Layout, options: &TableOptions) -> Result<Vec<Option<Role>>, TableError> {
    let mut stated: Vec<Option<Role>> = vec![None; layout.names.len()];
    for (role, column) in &options.map {
        let option = format!("map {role}={column}");
        let (role, order) = role_and_order(role, &option)?;
        let found: Role = role.parse()?;
        let index = find_column(layout.names.iter().map(String::as_str), &layout.headings, column)
            .ok_or_else(|| unknown_column(&option, column, &layout.names))?;
        if found != Role::Value && stated.contains(&Some(found)) {
            return Err(TableError::BadOption {
                option,
                reason: format!("{found} is mapped twice; map it to one column"),
            });
        }
        if let Some(slot) = stated.get_mut(index) {
            if let Some(other) = slot.filter(|r| *r != found) {
                return Err(TableError::BadOption {
                    option,
                    reason: format!("the column is already mapped to {other}; a column has one role"),
                });
            }
            *slot = Some(found);
        }
        if let Some(order) = order {
            if !matches!(found, Role::Date | Role::Start | Role::End) {
                let reason = format!("{found} is no date, so it has no order of day, month and year");
                return Err(TableError::BadOption { option, reason });
            }
            if let Some(unit) = layout.units.get_mut(index) {
                *unit = Some(order.as_str().to_owned());
            }
        }
    }
    Ok(stated)
}

/// Takes `date(dd/mm/yyyy)` apart.
fn role_and_order<'a>(text: &'a str, option: &str) -> Result<(&'a str, Option<Order>), TableError> {
    let Some((role, order)) = text.split_once('(') else { return Ok((text, None)) };
    match order.trim().strip_suffix(')').and_then(Order::parse) {
        Some(order) => Ok((role.trim(), Some(order))),
        None => Err(TableError::BadOption {
            option: option.to_owned(),
            reason: "expected the order of a date in brackets: dd/mm/yyyy, mm/dd/yyyy or yyyy-mm-dd".to_owned(),
        }),
    }
}

fn unknown_column(option: &str, column: &str, names: &[String]) -> TableError {
    TableError::UnknownColumn { option: option.to_owned(), column: column.to_owned(), columns: names.join(", ") }
}

/// Gives columns the units that options state, by column or by role.
fn state_units(table: &mut Table, options: &TableOptions) -> Result<(), TableError> {
    for (what, unit) in &options.units {
        let option = format!("unit {what}={unit}");
        let symbol = Unit::parse(unit).map(Unit::symbol).ok_or_else(|| TableError::BadOption {
            option: option.clone(),
            reason: format!(
                "`{unit}` is not a known unit; lengths are in m, ft, ftUS, cm, km; angles in deg, rad; volumes in m3, Sm3, bbl, \
                 STB, Mscf …"
            ),
        })?;
        let index = match table.column_index(what) {
            Some(index) => Some(index),
            None => match what.parse::<Role>() {
                Ok(role) => detect(table).column(role),
                Err(_) => None,
            },
        };
        let names: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
        let column =
            index.and_then(|i| table.columns.get_mut(i)).ok_or_else(|| unknown_column(&option, what, &names))?;
        if let Some(of_file) = column.unit.as_deref().filter(|u| *u != symbol) {
            table.issues.push(
                Issue::warning(
                    "unit-overridden",
                    format!("the file states {of_file}; read as {symbol} as was asked for"),
                )
                .about(column.name.clone()),
            );
        }
        column.unit = Some(symbol.to_owned());
    }
    Ok(())
}

fn repeated_names(columns: &[Column], layout: &Layout, issues: &mut Vec<Issue>) {
    let mut seen = HashSet::with_capacity(columns.len());
    for (i, column) in columns.iter().enumerate() {
        if !seen.insert(column.name.as_str()) {
            let issue = Issue::warning("name-repeated", format!("the name repeats; map this one as column_{}", i + 1));
            issues.push(issue.at_line(layout.header_line.unwrap_or(0)).about(column.name.clone()));
        }
    }
}

impl Meaning {
    /// What the name or the stated role of a column says of its values.
    fn of(name: &str, stated: Option<Role>) -> Meaning {
        let roles: Vec<Role> = match stated {
            Some(role) => vec![role],
            None => roles_of_name(name).into_iter().map(|(role, _)| role).collect(),
        };
        if roles.contains(&Role::Uwi) {
            Meaning::WellIdentifier
        } else if !roles.is_empty() && roles.iter().all(|r| r.is_identifier()) {
            Meaning::Identifier
        } else if !roles.is_empty() && roles.iter().all(|r| r.is_number()) {
            Meaning::Number
        } else {
            Meaning::Free
        }
    }
}
