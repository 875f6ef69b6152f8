//! Sections of LAS 3.0 that are not log data: tops and surveys join those of text tables, cores, tests and perforations
//! become tables of their own, and everything is kept value by value in `outcrop.las_sections`.
//!
//! Source: CWLS LAS 3.0 (2000), chapters on ~Core, ~Inclinometry, ~Test, ~Tops and ~Perforations.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use outcrop_connectors::las::{HeaderItem, IndexType, Section, Topic};
use outcrop_connectors::table::{self, Delimiter, Kind, Property, Role, Table, TableOptions};
use outcrop_store::NewFiles;
use outcrop_types::identity::unique_column_names;
use outcrop_types::tables::{self as schemas, TableName};
use outcrop_types::{Dimension, Issue, Unit, field};

use super::join::Joined;
use super::{Reading, Stored, surveys, tops, write};
use crate::context::Context;
use crate::logs::{Done, Sectioned};
use crate::wells::Registry;
use crate::{FileOutcome, ImportError};

/// What a section holds, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Tops,
    Survey,
    /// Intervals or samples that become rows of a table of this name.
    Rows(&'static str),
    Other,
}

fn holds(section: &Section) -> Holds {
    match Topic::of(&section.name).filter(|_| !section.columns.is_empty()) {
        Some(Topic::Tops) => Holds::Tops,
        Some(Topic::Inclinometry) => Holds::Survey,
        Some(Topic::Core) => Holds::Rows("core_intervals"),
        Some(Topic::Test) => Holds::Rows("tests"),
        Some(Topic::Perforations) => Holds::Rows("perforations"),
        None => Holds::Other,
    }
}

/// The role of a column, by the mnemonics of the standard; other names are found as those of text tables are.
fn role(holds: Holds, mnemonic: &str, tvd: bool) -> Option<Role> {
    let name = mnemonic.trim().trim_start_matches('_').to_ascii_uppercase();
    match (holds, name.as_str()) {
        (Holds::Tops, "TOPN" | "TOPNAME") => Some(Role::Surface),
        (Holds::Tops, "TOPT" | "TOPDEPTH") => Some(if tvd { Role::Tvd } else { Role::Md }),
        (Holds::Tops, "TOPSRC" | "SRC" | "SOURCE" | "INTERPRETER") => Some(Role::Interpreter),
        (Holds::Tops, "LVL") => Some(Role::Confidence),
        (Holds::Survey, "MD" | "DEPT" | "DEPTH") => Some(Role::Md),
        (Holds::Survey, "AZIM" | "AZI" | "AZIMUTH") => Some(Role::Azimuth),
        (Holds::Survey, "DEVI" | "INCL" | "INC" | "DEV" | "INCLINATION") => Some(Role::Inclination),
        (Holds::Rows(_), "CORET" | "DTOP" | "PERFT" | "TOP") => Some(Role::Md),
        _ => None,
    }
}

/// The rows of all sections, as files to be committed. What is wrong with a section is an issue of its file, whose logs
/// are imported all the same.
pub(crate) fn sections(
    files: &[Sectioned],
    done: &mut [Done],
    registry: &Registry,
    joined: &mut Joined,
    context: &Context,
) -> Result<Vec<NewFiles>, ImportError> {
    let mut written = Vec::new();
    if files.is_empty() {
        return Ok(written);
    }
    let outcomes: HashMap<usize, usize> = done.iter().enumerate().map(|(place, d)| (d.file, place)).collect();
    let mut stored =
        context.runtime.block_on(Stored::load(context.transaction.base(), &[], context.known.superseded()))?;
    for file in files {
        let Some(done) = outcomes.get(&file.file).and_then(|place| done.get_mut(*place)) else { continue };
        let outcome = &mut done.outcome;
        if let Some(batch) = values(file, &outcome.sha256)? {
            keep(&TableName::outcrop("las_sections"), &batch, "sections", outcome, context, &mut written)?;
        }
        for section in &file.sections {
            let holds = holds(section);
            if holds == Holds::Other {
                continue;
            }
            let title = format!("~{} (line {})", section.name, section.line);
            let mut of_section = FileOutcome::new(&outcome.path, "las");
            of_section.sha256.clone_from(&outcome.sha256);
            let made = match read(file, section, holds, context) {
                Err(message) => Err(message),
                Ok(table) if matches!(holds, Holds::Rows(_)) => {
                    rows(file, section, &table, context, &outcome.sha256).map(Some)
                }
                Ok(table) => {
                    let detection = table::detect(&table);
                    let reading = Reading {
                        table: &table,
                        detection: &detection,
                        source: &file.source,
                        registry,
                        options: context.options,
                        plane: context.plane,
                        length: context.length,
                    };
                    if holds == Holds::Tops {
                        tops::batch(&reading, &mut stored.picks, joined, &mut of_section)?.map(Some)
                    } else {
                        surveys::batch(&reading, &mut stored.surveys, joined, &mut of_section)?.map(Some)
                    }
                }
            };
            for mut noted in std::mem::take(&mut of_section.issues) {
                // Lines of the section are counted from its own first row.
                noted.issue.line = Some(section.line);
                noted.issue.message = format!("{title}: {}", noted.issue.message);
                outcome.issues.push(noted);
            }
            let name = match holds {
                Holds::Tops => TableName::public("tops"),
                Holds::Rows(name) => TableName::public(name),
                _ => TableName::public("surveys"),
            };
            match made {
                Ok(Some(batch)) if batch.num_rows() > 0 => {
                    keep(&name, &batch, &title, outcome, context, &mut written)?;
                }
                Ok(_) => {}
                Err(message) => outcome.note(Some(&file.well), [unused(&title, section.line, &message)]),
            }
        }
        let others: HashSet<&str> = file
            .sections
            .iter()
            .filter(|s| s.items.is_empty() && holds(s) == Holds::Other)
            .map(|s| s.name.as_str())
            .collect();
        if !others.is_empty() {
            let mut others: Vec<&str> = others.into_iter().collect();
            others.sort_unstable();
            let text = format!(
                "sections that have no table of their own are kept in `outcrop.las_sections`: {}",
                others.join(", ")
            );
            outcome.note(Some(&file.well), [Issue::info("sections-kept", text)]);
        }
    }
    Ok(written)
}

fn unused(title: &str, line: u64, message: &str) -> Issue {
    let text = format!("{title} is kept in `outcrop.las_sections` only: {message}");
    Issue::warning("section-unused", text).at_line(line)
}

/// Writes a batch; what the table cannot take is an issue.
fn keep(
    name: &TableName,
    batch: &RecordBatch,
    title: &str,
    outcome: &mut FileOutcome,
    context: &Context,
    written: &mut Vec<NewFiles>,
) -> Result<(), ImportError> {
    match write(name, batch, context)? {
        Ok(files) => {
            if *name != TableName::outcrop("las_sections") {
                outcome.message.push_str(&format!("; {} rows of {name}", batch.num_rows()));
            }
            written.push(files);
        }
        Err(message) => outcome.note(None, [unused(title, 0, &message)]),
    }
    Ok(())
}

/// The mnemonics of a section's columns, filled up to the longest row.
fn columns(section: &Section) -> Vec<HeaderItem> {
    let longest = section.rows().map(|r| r.len()).max().unwrap_or(0);
    let mut columns = section.columns.clone();
    for place in columns.len()..longest {
        columns.push(HeaderItem { mnemonic: format!("column_{}", place + 1), ..HeaderItem::default() });
    }
    columns
}

/// The unit of a column: stated by an option, behind the dot, or, as the standard's own example has it (`MD.  M :`), where
/// the value stands, which a definition has no other use for.
fn unit_of(item: &HeaderItem, context: &Context) -> Option<String> {
    let stated = context.options.unit_of(&[item.mnemonic.trim()]);
    stated.or_else(|| own_unit(item)).map(str::to_owned)
}

/// The unit of a column as its file has it, behind the dot or where the value stands.
fn own_unit(item: &HeaderItem) -> Option<&str> {
    item.unit.as_deref().or_else(|| Some(item.value.trim()).filter(|v| Unit::parse(v).is_some()))
}

/// Everything a file's sections say, a row a value; none when they say nothing.
fn values(file: &Sectioned, sha256: &str) -> Result<Option<RecordBatch>, ImportError> {
    struct Value<'a> {
        section: &'a str,
        row: i64,
        column: String,
        unit: Option<&'a str>,
        value: String,
        description: &'a str,
    }
    let mut all: Vec<Value> = Vec::new();
    let number = |place: usize| i64::try_from(place + 1).unwrap_or(i64::MAX);
    let titles: Vec<String> =
        file.sections.iter().map(|s| s.title.split('|').next().unwrap_or_default().trim().to_owned()).collect();
    for (section, title) in file.sections.iter().zip(&titles) {
        // What defines the columns of other sections is said with their values.
        if !section.items.is_empty() && file.sections.iter().any(|s| s.columns == section.items) {
            continue;
        }
        for (place, item) in section.items.iter().enumerate() {
            all.push(Value {
                section: title,
                row: number(place),
                column: item.mnemonic.clone(),
                unit: item.unit.as_deref(),
                value: item.value.clone(),
                description: &item.description,
            });
        }
        if !section.items.is_empty() {
            continue;
        }
        if section.columns.is_empty() {
            // Nothing says what the words of a line are.
            let lines = section.text.lines().map(str::trim).filter(|l| !l.is_empty());
            all.extend(lines.enumerate().map(|(place, line)| Value {
                section: title,
                row: number(place),
                column: "column_1".to_owned(),
                unit: None,
                value: line.to_owned(),
                description: "",
            }));
            continue;
        }
        for (place, row) in section.rows().enumerate() {
            for (c, value) in row.into_iter().enumerate().filter(|(_, v)| !v.is_empty()) {
                let column = section.columns.get(c);
                all.push(Value {
                    section: title,
                    row: number(place),
                    column: column.map_or_else(|| format!("column_{}", c + 1), |c| c.mnemonic.clone()),
                    unit: column.and_then(own_unit),
                    value: value.to_owned(),
                    description: column.map_or("", |c| c.description.as_str()),
                });
            }
        }
    }
    if all.is_empty() {
        return Ok(None);
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::new_repeated(&file.well, all.len())),
        Arc::new(StringArray::from_iter_values(all.iter().map(|v| v.section))),
        Arc::new(Int64Array::from_iter_values(all.iter().map(|v| v.row))),
        Arc::new(StringArray::from_iter(all.iter().map(|v| some(&v.column)))),
        Arc::new(StringArray::from_iter(all.iter().map(|v| v.unit))),
        Arc::new(StringArray::from_iter(all.iter().map(|v| some(&v.value)))),
        Arc::new(StringArray::from_iter(all.iter().map(|v| some(v.description)))),
        Arc::new(StringArray::new_repeated(sha256, all.len())),
    ];
    RecordBatch::try_new(schemas::las_sections(), columns).map(Some).map_err(ImportError::batch("outcrop.las_sections"))
}

/// The section as a text table, its columns of the roles they have, the first one being the well.
fn read(file: &Sectioned, section: &Section, holds: Holds, context: &Context) -> Result<Table, String> {
    let columns = columns(section);
    let names = unique_column_names(columns.iter().map(|c| c.mnemonic.as_str()));
    let mut options = TableOptions {
        delimiter: Some(Delimiter::Tab),
        header: Some(true),
        pad_short_rows: true,
        kind: match holds {
            Holds::Tops => Some(Kind::Tops),
            Holds::Survey => Some(Kind::Surveys),
            _ => Some(Kind::Points),
        },
        ..TableOptions::default()
    };
    options.map.push(("well".to_owned(), "las_well".to_owned()));
    options.null.extend(file.null.map(|null| null.to_string()));
    let mut taken = HashSet::new();
    for (column, name) in columns.iter().zip(&names) {
        let role = role(holds, &column.mnemonic, file.index_type == IndexType::Tvd).filter(|role| taken.insert(*role));
        if let Some(role) = role {
            options.map.push((role.as_str().to_owned(), name.clone()));
        }
        let Some(text) = unit_of(column, context) else {
            // Feet taken for metres are a wrong depth, so a depth without a unit is none.
            if matches!(role, Some(Role::Md | Role::Tvd)) {
                let name = column.mnemonic.trim();
                return Err(format!("{name} is a depth without a unit; state it: --unit {name}=m or --unit {name}=ft"));
            }
            continue;
        };
        match Unit::parse(&text) {
            Some(unit) => options.units.push((name.clone(), unit.symbol().to_owned())),
            None if role.is_some() => {
                return Err(format!("{} is in `{text}`, which is not a known unit", column.mnemonic));
            }
            None => {}
        }
    }
    let cell = |text: &str| {
        let flat = text.replace(['\t', '\n', '\r'], " ");
        if flat.contains('"') { format!("\"{}\"", flat.replace('"', "\"\"")) } else { flat }
    };
    let mut text = format!("las_well\t{}\n", names.join("\t"));
    for row in section.rows() {
        text.push_str(&cell(&file.well));
        for place in 0..columns.len() {
            text.push('\t');
            text.push_str(&row.get(place).map_or_else(String::new, |v| cell(v)));
        }
        text.push('\n');
    }
    let mut table = table::read(text.as_bytes(), &options).map_err(|e| e.to_string())?;
    if holds == Holds::Survey {
        table.layout.properties.extend(norths(file));
    }
    Ok(table)
}

/// What the parameters of a survey say of its north, as the lines above a text table do: `I_AT` is the north azimuths are
/// from, `I_DC` the declination and `I_CV` the convergence.
fn norths(file: &Sectioned) -> impl Iterator<Item = Property> + '_ {
    let of_survey = |s: &&Section| {
        let name = s.name.to_ascii_lowercase();
        name.contains("parameter") && ["inclinometry", "survey", "deviation"].iter().any(|w| name.starts_with(w))
    };
    file.sections.iter().filter(of_survey).flat_map(|s| &s.items).filter_map(|item| {
        let name = match item.mnemonic.to_ascii_uppercase().as_str() {
            "I_AT" => "north reference",
            "I_DC" => "declination",
            "I_CV" => "convergence",
            _ => return None,
        };
        let value = item.value.trim().to_owned();
        (!value.is_empty()).then(|| Property { name: name.to_owned(), value, line: item.line })
    })
}

/// Rows of a table with the columns of the section; lengths are in the project's unit where their unit is known.
fn rows(
    file: &Sectioned,
    section: &Section,
    table: &Table,
    context: &Context,
    sha256: &str,
) -> Result<RecordBatch, String> {
    let defined = columns(section);
    let count = table.rows;
    let mut fields = vec![
        field::described("well", DataType::Utf8, false, "Wellbore"),
        field::described("section", DataType::Utf8, true, "Title of the section in the file"),
        field::described("file", DataType::Utf8, true, "Checksum of the file it came from"),
    ];
    let title = section.title.split('|').next().unwrap_or_default().trim();
    let mut arrays: Vec<ArrayRef> = vec![
        Arc::new(StringArray::new_repeated(&file.well, count)),
        Arc::new(StringArray::new_repeated(title, count)),
        Arc::new(StringArray::new_repeated(sha256, count)),
    ];
    for (column, item) in table.columns.iter().skip(1).zip(&defined) {
        let name = match item.mnemonic.trim().to_ascii_uppercase().as_str() {
            "CORET" | "DTOP" | "PERFT" if !fields.iter().any(|f| f.name() == "top") => "top".to_owned(),
            "COREB" | "DBOT" | "PERFB" if !fields.iter().any(|f| f.name() == "base") => "base".to_owned(),
            _ if ["well", "section", "file", "top", "base"].contains(&column.name.as_str()) => {
                format!("las_{}", column.name)
            }
            _ => column.name.clone(),
        };
        let stated = unit_of(item, context).as_deref().and_then(Unit::parse);
        let length = stated.filter(|u| u.dimension() == Dimension::Length);
        let told_text = item.format.as_deref().is_some_and(|f| f.trim().eq_ignore_ascii_case("S"));
        if column.data.nulls() == count {
            continue;
        }
        let (of, array): (Field, ArrayRef) = if column.data.is_number() && !told_text {
            let conversion = match length {
                Some(unit) => Some(unit.conversion(context.length.unit()).map_err(|e| e.to_string())?),
                None => None,
            };
            let convert = |v: f64| conversion.map_or(v, |c| c.convert(v));
            let unit = length.map_or_else(
                || stated.map_or_else(|| item.unit.clone().unwrap_or_default(), |u| u.symbol().to_owned()),
                |_| context.length.symbol().to_owned(),
            );
            let array: Float64Array = (0..count).map(|row| column.data.number(row).map(convert)).collect();
            let of = field::described(&name, DataType::Float64, true, &item.description);
            (field::with_unit(of, &unit), Arc::new(array))
        } else {
            let array: StringArray = (0..count).map(|row| column.data.text(row)).collect();
            (field::described(&name, DataType::Utf8, true, &item.description), Arc::new(array))
        };
        fields.push(field::with(of, field::ORIGINAL_NAME, &item.mnemonic));
        arrays.push(array);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| e.to_string())
}
