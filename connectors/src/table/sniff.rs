//! Recognising how a text table is laid out.

use std::borrow::Cow;

use outcrop_types::Issue;

use super::decode::decode;
use super::error::TableError;
use super::fixed;
use super::header::{Found, find_header};
use super::heading::{Heading, split_heading, unit_of_field};
use super::layout::{ColumnType, Delimiter, Layout, TableFormat, TableOptions, TextEncoding};
use super::nulls::{Nulls, is_null_for_number};
use super::number::{self, Number};
use super::opendtect;
use super::preamble::{PetrelUnits, TraceUnits, bare, property};
use super::records::{LineKind, MOST_COLUMNS};
use super::role::key;
use super::sample::{Sampled, is_number, sample};
use super::wellpath;

/// Records looked at to recognise the layout.
const SAMPLE: usize = 1000;

/// How a text table is laid out, from its first thousand rows.
///
/// Recognised are encoding, delimiter (also of quoted fields, and with a decimal comma), lines above the table
/// (comments, titles, `name: value` lines, GSLIB's title with count and names, Petrel's header block), the names in one
/// or two rows, units in a row or in the names, and the columns' types. [`TableOptions`] overrides each.
///
/// # Errors
/// Text that cannot be decoded, files that are not tables, and headers that do not fit the rows below them.
///
/// ```
/// use outcrop_connectors::table::{sniff, Delimiter, TableOptions};
/// let layout = sniff(b"# core data\nDepth;Phi\nm;%\n1000,5;12,3\n", &TableOptions::default()).unwrap();
/// assert_eq!((layout.delimiter, layout.decimal_comma), (Delimiter::Semicolon, true));
/// assert_eq!(layout.units[0].as_deref(), Some("m"));
/// ```
pub fn sniff(bytes: &[u8], options: &TableOptions) -> Result<Layout, TableError> {
    let mut issues = Vec::new();
    let (text, encoding) = decode(bytes, options.encoding, &mut issues)?;
    let prepared = prepare(text, options, &mut issues)?;
    Ok(lay_out(&prepared, encoding, options, issues)?.layout)
}

/// A text, its lines cut into cells where it is known at which places.
pub(crate) struct Prepared<'a> {
    pub(crate) text: Cow<'a, str>,
    cut: Option<CutInto>,
}

/// What is known of lines that are cut.
struct CutInto {
    format: TableFormat,
    /// The columns, with the names that are known.
    names: Vec<Option<String>>,
    comments: Vec<(u64, String)>,
    /// Wells, with the lines that name them.
    wells: Vec<(u64, String)>,
}

/// Cuts lines at stated places, and those of a format whose rows are not complete in themselves.
pub(crate) fn prepare<'a>(
    text: Cow<'a, str>,
    options: &TableOptions,
    issues: &mut Vec<Issue>,
) -> Result<Prepared<'a>, TableError> {
    if let Some(columns) = fixed::stated(options.columns.as_ref(), options.delimiter)? {
        let cut = fixed::cut(&text, columns, options.skip_rows, issues)?;
        let into =
            CutInto { format: TableFormat::Plain, names: columns.names(), comments: cut.comments, wells: Vec::new() };
        return Ok(Prepared { text: Cow::Owned(cut.text), cut: Some(into) });
    }
    let stated = options.delimiter.is_some() || options.header.is_some() || options.skip_rows > 0;
    if !stated && let Some(paths) = wellpath::rows(&text) {
        let names = wellpath::NAMES.map(|n| Some(n.to_owned())).to_vec();
        let into = CutInto { format: TableFormat::WellPath, names, comments: Vec::new(), wells: paths.wells };
        return Ok(Prepared { text: Cow::Owned(paths.text), cut: Some(into) });
    }
    Ok(Prepared { text, cut: None })
}

/// A layout with where its rows begin.
pub(crate) struct LaidOut {
    pub(crate) layout: Layout,
    /// Byte offset of the first row in the decoded text.
    pub(crate) at: usize,
}

pub(crate) fn lay_out(
    prepared: &Prepared,
    encoding: TextEncoding,
    options: &TableOptions,
    issues: Vec<Issue>,
) -> Result<LaidOut, TableError> {
    let text = &*prepared.text;
    let (at, line) = skip_lines(text, options.skip_rows);
    if text.get(at..).is_none_or(|rest| rest.trim().is_empty()) {
        return Err(TableError::Empty);
    }
    let block = match options.header {
        _ if prepared.cut.is_some() => None,
        None | Some(true) => match header_block(text, at, line) {
            Some(block) => Some(block),
            None => gslib(text, at, line, options).or_else(|| in_comments(text, at, line, options)),
        },
        Some(false) => None,
    };
    match block {
        Some(block) => named_above(text, encoding, options, block, issues),
        None => plain(prepared, encoding, options, at, line, issues),
    }
}

/// The offset and number of the line behind the first `count` lines.
fn skip_lines(text: &str, count: u64) -> (usize, u64) {
    let bytes = text.as_bytes();
    let mut at = 0;
    for skipped in 0..count {
        let Some(end) = bytes.get(at..).and_then(|rest| memchr::memchr2(b'\n', b'\r', rest)) else {
            return (bytes.len(), skipped + 1);
        };
        at += end + 1;
        if bytes.get(at - 1) == Some(&b'\r') && bytes.get(at) == Some(&b'\n') {
            at += 1;
        }
    }
    (at, count + 1)
}

/// A line of the text: its number, where the next one begins, and its text.
fn lines(text: &str, at: usize, line: u64) -> impl Iterator<Item = (u64, usize, &str)> {
    let (mut at, mut line) = (at, line);
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let content = rest.get(..length)?;
        at += length;
        at += match rest.as_bytes().get(length..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([_, ..]) => 1,
            _ => 0,
        };
        line += 1;
        Some((line - 1, at, content))
    })
}

/// Names given a line each, above rows that begin at `at`.
struct Block {
    format: TableFormat,
    preamble: Vec<(u64, String)>,
    names: Vec<(u64, String)>,
    at: usize,
    line: u64,
}

fn header_block(text: &str, at: usize, line: u64) -> Option<Block> {
    let mut block = Block { format: TableFormat::HeaderBlock, preamble: Vec::new(), names: Vec::new(), at, line };
    let mut inside = false;
    for (number, next, content) in lines(text, at, line).take(600) {
        let content = content.trim();
        if content.eq_ignore_ascii_case("BEGIN HEADER") {
            inside = true;
        } else if content.eq_ignore_ascii_case("END HEADER") {
            block.at = next;
            block.line = number + 1;
            return (inside && !block.names.is_empty()).then_some(block);
        } else if inside && !content.is_empty() {
            block.names.push((number, content.to_owned()));
        } else if !content.is_empty() {
            block.preamble.push((number, content.to_owned()));
        }
    }
    None
}

/// Title, number of variables, a name a line. Names are not numbers, and the first row has as many fields as names.
fn gslib(text: &str, at: usize, line: u64, options: &TableOptions) -> Option<Block> {
    let mut all = lines(text, at, line);
    let (title_line, _, title) = all.next()?;
    let (_, _, count) = all.next()?;
    let count: usize = count.split_whitespace().next()?.parse().ok().filter(|n| (1..=512).contains(n))?;
    let mut block = Block {
        format: TableFormat::Gslib,
        preamble: vec![(title_line, title.trim().to_owned())],
        names: Vec::with_capacity(count),
        at,
        line,
    };
    for _ in 0..count {
        let (number, next, name) = all.next()?;
        if name.trim().is_empty() || is_number(name) {
            return None;
        }
        block.names.push((number, name.trim().to_owned()));
        block.at = next;
        block.line = number + 1;
    }
    row_fits(text, &block, options).then_some(block)
}

/// Whether the first row behind a block has as many fields as it has names, and a number.
fn row_fits(text: &str, block: &Block, options: &TableOptions) -> bool {
    let delimiters = options.delimiter.map_or(Delimiter::ALL.to_vec(), |d| vec![d]);
    delimiters.into_iter().any(|delimiter| {
        sample(text, delimiter, block.at, block.line, 1).is_ok_and(|rows| {
            rows.first().is_some_and(|r| r.fits(block.names.len()) && r.fields.iter().any(|f| is_number(f)))
        })
    })
}

/// Names in the comments above the rows.
fn in_comments(text: &str, at: usize, line: u64, options: &TableOptions) -> Option<Block> {
    let found = opendtect::names(lines(text, at, line).map(|(number, _, content)| (number, content)))?;
    let (number, next, _) = lines(text, at, line).nth(found.lines.checked_sub(1)?)?;
    let block = Block {
        format: TableFormat::NamesInComments,
        preamble: found.preamble,
        names: found.names,
        at: next,
        line: number + 1,
    };
    row_fits(text, &block, options).then_some(block)
}

/// A table whose names stand in a block above it.
fn named_above(
    text: &str,
    encoding: TextEncoding,
    options: &TableOptions,
    block: Block,
    mut issues: Vec<Issue>,
) -> Result<LaidOut, TableError> {
    let columns = block.names.len();
    let (delimiter, _) = match choose(text, options, block.at, block.line, Some(columns)) {
        Ok(chosen) => chosen,
        // Names without rows are an empty table.
        Err(TableError::Empty) => (options.delimiter.unwrap_or(Delimiter::Whitespace), columns),
        Err(error) => return Err(error),
    };
    let rows = sample(text, delimiter, block.at, block.line, SAMPLE)?;
    if let Some(row) = rows.iter().find(|r| r.kind == LineKind::Record)
        && !rows.iter().any(|r| r.fits(columns))
    {
        return Err(TableError::HeaderMismatch {
            line: block.names.first().map_or(block.line, |n| n.0),
            names: columns,
            fields: row.fields.len(),
            delimiter,
        });
    }
    let properties: Vec<_> = block.preamble.iter().filter_map(|(l, t)| property(*l, t)).collect();
    let petrel = PetrelUnits::of(&properties);
    let mut nulls = Vec::new();
    if block.format == TableFormat::HeaderBlock && block.preamble.iter().any(|(_, t)| key(t).contains("petrel")) {
        nulls.push("-999".to_owned());
        issues.push(Issue::info(
            "null-of-format",
            "Petrel writes -999 (without decimals) for what is not defined; read as null",
        ));
    }
    let headings: Vec<Heading> = block
        .names
        .iter()
        .map(|(l, n)| {
            let heading = split_heading(n, *l, &mut issues);
            let unit = heading.unit.or_else(|| petrel.unit(&heading.name));
            Heading { name: heading.name, unit }
        })
        .collect();
    let decimal_comma = decimal_comma(&rows, delimiter, options, &mut issues);
    let types = types(&rows, columns, decimal_comma, options, &nulls);
    let layout = Layout {
        encoding,
        delimiter,
        decimal_comma,
        format: block.format,
        names: headings.iter().map(|h| h.name.clone()).collect(),
        headings: block.names.iter().map(|(_, n)| n.clone()).collect(),
        units: headings.into_iter().map(|h| h.unit).collect(),
        types,
        header_line: block.names.first().map(|n| n.0),
        units_line: None,
        first_data_line: rows.iter().find(|r| r.fits(columns)).map_or(block.line, |r| r.line),
        preamble: block.preamble,
        properties,
        nulls,
        issues,
    };
    Ok(LaidOut { layout, at: block.at })
}

/// The delimiter and the number of columns: the one that gives the most rows of one width and the most numbers.
fn choose(
    text: &str,
    options: &TableOptions,
    at: usize,
    line: u64,
    columns: Option<usize>,
) -> Result<(Delimiter, usize), TableError> {
    let mut best: Option<(f64, Delimiter, usize)> = None;
    let (mut tried, mut unclosed, mut records, mut single) = (Vec::new(), None, 0, true);
    let candidates = options.delimiter.map_or(Delimiter::ALL.to_vec(), |d| vec![d]);
    for delimiter in candidates {
        let rows = match sample(text, delimiter, at, line, SAMPLE) {
            Ok(rows) => rows,
            Err(error) => {
                unclosed = Some(error);
                continue;
            }
        };
        let rows: Vec<&Sampled> = rows.iter().filter(|r| r.kind == LineKind::Record && !r.is_blank()).collect();
        records = records.max(rows.len());
        let width = columns.or_else(|| usual_width(&rows)).unwrap_or(1);
        if rows.iter().any(|r| r.fields.len() > 1) && delimiter != Delimiter::Whitespace {
            single = false;
        }
        if rows.is_empty() || (width < 2 && columns.is_none()) {
            continue;
        }
        let table: Vec<&&Sampled> = rows.iter().skip_while(|r| !r.fits(width)).collect();
        let fitting = table.iter().filter(|r| r.fits(width)).count();
        if fitting == 0 {
            continue;
        }
        let share = fitting as f64 / table.len() as f64;
        let filled = || {
            // The first of several rows may hold the names.
            let rows = table.iter().filter(|r| r.fits(width)).skip(usize::from(fitting > 1));
            rows.flat_map(|r| &r.fields).filter(|f| !f.trim().is_empty())
        };
        let numeric = filled().filter(|f| is_number(f)).count() as f64 / filled().count().max(1) as f64;
        // Blanks separate words of names too: what else fits as well comes first.
        let trust = if delimiter == Delimiter::Whitespace { 0.9 } else { 1.0 };
        let within = 0.5 + 0.5 * fitting as f64 / rows.len() as f64;
        let score = share * within * (0.4 + 0.6 * numeric) * trust;
        tried.push(format!("{delimiter} gives {width} fields in {fitting} of {} rows", table.len()));
        let enough = share >= 0.6 || options.delimiter.is_some() || columns.is_some();
        if enough && best.is_none_or(|(s, _, _)| score > s) {
            best = Some((score, delimiter, width));
        }
    }
    match (best, unclosed) {
        (Some((_, delimiter, width)), _) => Ok((delimiter, width)),
        (None, Some(error)) => Err(error),
        (None, None) if records == 0 => Err(TableError::Empty),
        (None, None) if options.delimiter.is_some() || (tried.is_empty() && single) => {
            Ok((options.delimiter.unwrap_or(Delimiter::Comma), 1))
        }
        (None, None) => Err(TableError::NoLayout {
            found: if tried.is_empty() {
                "no delimiter gives rows of two fields or more".to_owned()
            } else {
                tried.join(", ")
            },
            proposed: text.get(at..).and_then(fixed::propose),
        }),
    }
}

/// The number of fields most rows have; of equals the larger. Rows of one field count only when there are no others.
fn usual_width(rows: &[&Sampled]) -> Option<usize> {
    let mut counts = std::collections::BTreeMap::new();
    for row in rows {
        *counts.entry(row.fields.len()).or_insert(0usize) += 1;
    }
    counts.into_iter().max_by_key(|(width, count)| (*count, *width)).map(|(width, _)| width)
}

/// A table of rows, with names above or without.
fn plain(
    prepared: &Prepared,
    encoding: TextEncoding,
    options: &TableOptions,
    at: usize,
    line: u64,
    mut issues: Vec<Issue>,
) -> Result<LaidOut, TableError> {
    let (text, cut) = (&*prepared.text, prepared.cut.as_ref());
    let (delimiter, mut columns) = match cut {
        Some(cut) => (Delimiter::Positions, cut.names.len()),
        None => choose(text, options, at, line, None)?,
    };
    let records = sample(text, delimiter, at, line, SAMPLE)?;
    if columns > MOST_COLUMNS {
        let line = records.iter().find(|r| r.fields.len() >= columns).map_or(line, |r| r.line);
        return Err(TableError::TooWide { line, delimiter, most: MOST_COLUMNS });
    }
    if cut.is_some() && records.is_empty() {
        return Err(TableError::Empty);
    }
    if cut.is_none() {
        columns = without_trailing(&records, columns);
    }
    let found = match cut {
        // Where names are stated there are none above the rows, unless that is stated as well.
        Some(cut)
            if options.header == Some(false) || options.header.is_none() && cut.names.iter().any(Option::is_some) =>
        {
            Found::default()
        }
        _ => find_header(&records, columns, delimiter, options, &mut issues)?,
    };
    let rows = records.get(found.first_row..).unwrap_or_default();
    let decimal_comma = decimal_comma(rows, delimiter, options, &mut issues);
    let mut headings: Vec<Heading> = (0..columns)
        .map(|i| {
            let known = cut.and_then(|c| c.names.get(i)?.as_deref());
            let heading = known.or(found.names.get(i).map(String::as_str)).map_or("", str::trim);
            let unit = found.units.get(i).and_then(|u| unit_of_field(u));
            if heading.is_empty() {
                return Heading { name: format!("column_{}", i + 1), unit };
            }
            let heading = split_heading(heading, found.line.unwrap_or(0), &mut issues);
            Heading { name: heading.name, unit: unit.or(heading.unit) }
        })
        .collect();
    let preamble: Vec<(u64, String)> = records
        .iter()
        .enumerate()
        .take_while(|(i, _)| *i < found.first_row)
        .filter(|(i, r)| !found.used.contains(i) && !bare(&r.text).is_empty())
        .map(|(_, r)| (r.line, bare(&r.text).to_owned()))
        .collect();
    let comments = cut.into_iter().flat_map(|c| &c.comments).map(|(l, t)| (*l, bare(t).to_owned()));
    let preamble: Vec<(u64, String)> = comments.chain(preamble).filter(|(_, t)| !t.is_empty()).collect();
    let trace = TraceUnits::of(&preamble);
    for heading in headings.iter_mut().filter(|h| h.unit.is_none()) {
        heading.unit = trace.unit(&heading.name);
    }
    let mut properties: Vec<_> = preamble.iter().filter_map(|(l, t)| property(*l, t)).collect();
    if let Some([(line, well)]) = cut.map(|c| c.wells.as_slice()) {
        let (name, value) = ("name".to_owned(), well.clone());
        properties.push(super::layout::Property { name, value, line: *line });
    }
    for (line, text) in &preamble {
        // ResInsight and others name the well of a path in a line `name <well>`.
        if let Some(value) = text.strip_prefix("name ").or_else(|| text.strip_prefix("WELLNAME ")) {
            let name = if text.starts_with("name") { "name" } else { "wellname" };
            properties.push(super::layout::Property {
                name: name.to_owned(),
                value: value.trim().to_owned(),
                line: *line,
            });
        }
    }
    let layout = Layout {
        encoding,
        delimiter,
        decimal_comma,
        format: cut.map_or(TableFormat::Plain, |c| c.format),
        names: headings.iter().map(|h| h.name.clone()).collect(),
        headings: if found.names.is_empty() {
            Vec::new()
        } else {
            (0..columns).map(|i| found.names.get(i).cloned().unwrap_or_default()).collect()
        },
        units: headings.into_iter().map(|h| h.unit).collect(),
        types: types(rows, columns, decimal_comma, options, &[]),
        header_line: found.line,
        units_line: found.units_line,
        first_data_line: rows.first().map_or(line, |r| r.line),
        preamble,
        properties,
        nulls: Vec::new(),
        issues,
    };
    let at = rows.first().map_or(text.len(), |r| r.at);
    Ok(LaidOut { layout, at })
}

/// Rows that end with a delimiter have an empty last field; where the names show that it is none, it is left out.
fn without_trailing(records: &[Sampled], columns: usize) -> usize {
    if columns < 2 {
        return columns;
    }
    let rows: Vec<&Sampled> = records.iter().filter(|r| r.fits(columns)).collect();
    let empty = |r: &&Sampled| r.fields.get(columns - 1).is_none_or(|f| f.trim().is_empty());
    if !rows.is_empty() && rows.iter().all(empty) { columns - 1 } else { columns }
}

/// Whether numbers are written with a comma: stated, or every such number has one and none a point.
fn decimal_comma(rows: &[Sampled], delimiter: Delimiter, options: &TableOptions, issues: &mut Vec<Issue>) -> bool {
    if let Some(stated) = options.decimal_comma {
        return stated;
    }
    if delimiter == Delimiter::Comma {
        return false;
    }
    let (mut commas, mut points, mut plain) = (0usize, 0usize, false);
    for field in rows.iter().filter(|r| r.kind == LineKind::Record).flat_map(|r| &r.fields) {
        let field = field.trim();
        match number::parse(field.as_bytes(), false) {
            Some(Number::Float(_)) if field.contains('.') => points += 1,
            Some(_) => {}
            None if number::parse(field.as_bytes(), true).is_some() => {
                commas += 1;
                plain |= field.split_once(',').is_some_and(|(_, fraction)| fraction.len() != 3);
            }
            None => {}
        }
    }
    match (commas, points, plain) {
        (0, _, _) => false,
        (_, 0, true) => {
            issues.push(Issue::info("decimal-comma", "numbers are written with a decimal comma"));
            true
        }
        _ => {
            issues.push(Issue::warning(
                "decimal-comma-unclear",
                format!("{commas} numbers hold a comma, which may be decimal or separate thousands; they are not read as numbers; state decimal_comma"),
            ));
            false
        }
    }
}

/// Types of the columns in these rows.
fn types(
    rows: &[Sampled],
    columns: usize,
    decimal_comma: bool,
    options: &TableOptions,
    of_format: &[String],
) -> Vec<ColumnType> {
    let nulls = Nulls::new(&options.null, of_format, decimal_comma);
    let fitting: Vec<&Sampled> = rows.iter().filter(|r| r.fits(columns)).collect();
    (0..columns)
        .map(|c| {
            let (mut whole, mut fractions, mut texts) = (0usize, 0usize, 0usize);
            for field in fitting.iter().filter_map(|r| r.fields.get(c)) {
                let field = field.trim().as_bytes();
                if nulls.is_null(field) {
                    continue;
                }
                match number::parse(field, decimal_comma) {
                    Some(n) if nulls.is_null_number(n.as_f64()) => {}
                    Some(Number::Int(_)) => whole += 1,
                    Some(Number::Float(_)) => fractions += 1,
                    Some(Number::ZeroLed(_) | Number::Long(_)) => texts += 1,
                    None if is_null_for_number(field) => {}
                    None => texts += 1,
                }
            }
            if texts > whole + fractions {
                ColumnType::Utf8
            } else if fractions > 0 {
                ColumnType::Float64
            } else {
                ColumnType::Int64
            }
        })
        .collect()
}
