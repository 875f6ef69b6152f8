//! Writing LAS 2.0 and 3.0.
//!
//! Sources: CWLS LAS 2.0 (1992, revised 1995), LAS 3.0 (2000). Lines are not wrapped. Text is UTF-8, with a byte order
//! mark where it is not ASCII. LAS 3.0 is written with the section names
//! both versions know (`~Parameter`, `~Curve`, `~ASCII | Curve`), which other programs read too.

use std::borrow::Cow;
use std::io::{self, Write};

use outcrop_types::Issue;
use outcrop_types::unit::Conversion;

use super::item;
use super::naming::index_type;
use super::section::Kind;
use super::write_number::{NumberWriter, shortest};
use super::write_sections::{WriteSection, definition_of, is_plain};
use super::{CurveData, CurveHeader, HeaderItem, IndexType};

/// Rows that decide how wide columns are.
const SAMPLE: usize = 1000;

/// The version to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteVersion {
    /// LAS 2.0: numbers only.
    V20,
    /// LAS 3.0: text too.
    V30,
}

/// A curve to write.
#[derive(Debug, Clone)]
pub struct WriteCurve {
    /// Mnemonic, unit, value, description and format as they are to stand in ~Curve.
    pub header: CurveHeader,
    /// The values, one for each row; NaN is null.
    pub data: CurveData,
    /// Digits behind the decimal point that numbers have at least.
    pub decimals: usize,
    /// From the unit of `header` to the unit `data` is in; numbers are written in the unit of `header`.
    pub conversion: Conversion,
}

/// A log set to write.
#[derive(Debug, Clone, Default)]
pub struct WriteSet {
    /// The version; `None` takes 2.0, and 3.0 where there is text.
    pub version: Option<WriteVersion>,
    /// The number for null; where it is `None` or is the value of a sample, another one is taken.
    pub null: Option<f64>,
    /// The step of the index, in the unit of its data; `None` where it is irregular.
    pub step: Option<f64>,
    /// ~Well. STRT, STOP, STEP and NULL keep their places and descriptions and get the values of the data.
    pub well: Vec<HeaderItem>,
    /// ~Parameter.
    pub parameters: Vec<HeaderItem>,
    /// ~Other.
    pub other: String,
    /// Further sections, which only LAS 3.0 has a place for.
    pub sections: Vec<WriteSection>,
    /// The curves, the index first, all of the same length.
    pub curves: Vec<WriteCurve>,
}

impl WriteSet {
    /// Empties the values of the further sections that are [`WriteSet::null`], where another null is to be written.
    pub fn blank_nulls(&mut self) {
        let Some(null) = self.null else { return };
        for section in &mut self.sections {
            let WriteSection::Rows { rows, .. } = section else { continue };
            for cell in rows.iter_mut().flatten().filter(|cell| cell.parse() == Ok(null)) {
                cell.clear();
            }
        }
    }

    /// Whether the index is a vertical depth.
    pub fn by_tvd(&self) -> bool {
        self.curves.first().is_some_and(|c| index_type(&c.header) == IndexType::Tvd)
    }
}

/// Why a log set cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// No index.
    #[error("there are no curves to write; a LAS file needs an index and at least one curve")]
    NoCurves,
    /// Curves of different lengths.
    #[error(
        "curve {curve} has {found} values but the index has {expected}; every curve of a LAS file has one value a row"
    )]
    Length {
        /// The curve.
        curve: String,
        /// Rows of the index.
        expected: usize,
        /// Values of the curve.
        found: usize,
    },
    /// A text index in LAS 2.0.
    #[error("the index {0} is text, which LAS 2.0 has no place for; write LAS 3.0: --las-version 3.0")]
    TextIndex(String),
    /// Every usual null value is a sample.
    #[error(
        "-999.25, -9999.25 and further null values are all values of samples, so that nulls could not be told from them; state another one: --null -1e30"
    )]
    NoNull,
    /// The file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes a log set as a LAS file. Gives what could not be written as it is.
///
/// # Errors
/// [`WriteError`].
///
/// ```
/// use outcrop_connectors::las::{self, CurveData, CurveHeader, ReadOptions, WriteCurve, WriteSet};
/// use outcrop_types::unit::Conversion;
/// let curve = |mnemonic: &str, unit: &str, values: &[f64]| WriteCurve {
///     header: CurveHeader { mnemonic: mnemonic.into(), unit: Some(unit.into()), ..CurveHeader::default() },
///     data: CurveData::Numeric(values.to_vec()),
///     decimals: 1,
///     conversion: Conversion::IDENTITY,
/// };
/// let curves = vec![curve("DEPT", "M", &[1.0, 1.5]), curve("GR", "GAPI", &[85.2, f64::NAN])];
/// let mut text = Vec::new();
/// las::write(&WriteSet { step: Some(0.5), curves, ..WriteSet::default() }, &mut text).unwrap();
/// let file = las::read(&text, &ReadOptions::default()).unwrap();
/// assert_eq!((file.header.stop, file.header.step), (Some(1.5), Some(0.5)));
/// assert_eq!(file.curve("GR").unwrap().summary().nulls, 1);
/// ```
pub fn write(set: &WriteSet, out: &mut impl Write) -> Result<Vec<Issue>, WriteError> {
    let mut notes = Vec::new();
    let is_text = |c: &&WriteCurve| matches!(c.data, CurveData::Text(_));
    let first = set.curves.first().ok_or(WriteError::NoCurves)?;
    let any_text = set.curves.iter().any(|c| is_text(&c));
    let version = set.version.unwrap_or(if any_text { WriteVersion::V30 } else { WriteVersion::V20 });
    let mut curves: Vec<&WriteCurve> = set.curves.iter().collect();
    if version == WriteVersion::V20 && any_text {
        if is_text(&first) {
            return Err(WriteError::TextIndex(first.header.mnemonic.clone()));
        }
        let left: Vec<&str> = curves.iter().filter(|c| is_text(c)).map(|c| c.header.mnemonic.as_str()).collect();
        let text = format!("LAS 2.0 holds numbers only: {} is left out; write LAS 3.0 to keep text", left.join(", "));
        notes.push(Issue::warning("text-left-out", text));
        curves.retain(|c| !is_text(c));
    }
    let rows = first.data.len();
    if let Some(curve) = curves.iter().find(|c| c.data.len() != rows) {
        let (curve, found) = (curve.header.mnemonic.clone(), curve.data.len());
        return Err(WriteError::Length { curve, expected: rows, found });
    }
    let null = null_value(set.null, &curves)?;
    let sections = if version == WriteVersion::V30 { set.sections.as_slice() } else { &[] };
    if sections.len() < set.sections.len() {
        let left: Vec<String> = set.sections.iter().map(|s| format!("~{} ({} rows)", s.title(), s.count())).collect();
        let text = format!("LAS 2.0 holds logs only: {} left out; write LAS 3.0 to keep them", left.join(", "));
        notes.push(Issue::warning("sections-left-out", text));
    }
    let mut body = Body::new(version, &curves, sections, null, &mut notes);
    let mut text = String::new();
    version_section(version, body.delimiter, &mut text);
    let ends = Ends {
        null: shortest(null),
        start: body.cell(0, 0),
        stop: body.cell(0, rows.wrapping_sub(1)),
        step: step(set, first),
    };
    let well = well_items(set, &ends, first.header.unit.as_deref());
    section("~Well", Kind::Well, &well, &mut text, &mut notes);
    let headers: Vec<HeaderItem> = curves.iter().map(|c| curve_item(c)).collect();
    section("~Curve", Kind::Curve, &headers, &mut text, &mut notes);
    if !set.parameters.is_empty() {
        section("~Parameter", Kind::Parameter, &set.parameters, &mut text, &mut notes);
    }
    if !set.other.trim().is_empty() {
        text.push_str("~Other\n");
        for line in set.other.lines() {
            text.push_str(if line.trim_start().starts_with('~') { " " } else { "" });
            text.push_str(line);
            text.push('\n');
        }
    }
    further(sections, &body, &mut text, &mut notes);
    text.push_str(if version == WriteVersion::V30 { "~ASCII | Curve\n" } else { "~ASCII\n" });
    // Without a mark at the beginning many programs take text for Latin-1, and µ for two letters.
    if !text.is_ascii() || body.has_other_letters() {
        out.write_all("\u{feff}".as_bytes())?;
    }
    out.write_all(text.as_bytes())?;
    body.write(rows, out)?;
    Ok(notes)
}

fn version_section(version: WriteVersion, delimiter: char, text: &mut String) {
    text.push_str("~Version\n");
    text.push_str(match version {
        WriteVersion::V20 => " VERS.  2.0 : CWLS LOG ASCII STANDARD - VERSION 2.0\n",
        WriteVersion::V30 => " VERS.  3.0 : CWLS LOG ASCII STANDARD - VERSION 3.0\n",
    });
    text.push_str(" WRAP.   NO : ONE LINE PER DEPTH STEP\n");
    if version == WriteVersion::V30 {
        let word = if delimiter == ',' { "COMMA" } else { "TAB" };
        text.push_str(&format!(" DLM.   {word} : DELIMITING CHARACTER\n"));
    }
}

/// What the data say of themselves in ~Well.
struct Ends {
    null: String,
    start: String,
    stop: String,
    step: String,
}

/// The step in the unit that is written; 0 says that it is irregular.
fn step(set: &WriteSet, index: &WriteCurve) -> String {
    let mut text = String::new();
    match set.step.filter(|s| s.is_finite()) {
        Some(step) => {
            NumberWriter::new(Conversion { offset: 0.0, ..index.conversion }, index.decimals).push(step, &mut text)
        }
        None => text.push('0'),
    }
    text
}

/// ~Well with the range of the data in it.
fn well_items(set: &WriteSet, ends: &Ends, unit: Option<&str>) -> Vec<HeaderItem> {
    let mut items = set.well.clone();
    let own = [
        ("STRT", &ends.start, unit, "START"),
        ("STOP", &ends.stop, unit, "STOP"),
        ("STEP", &ends.step, unit, "STEP (0 WHERE IRREGULAR)"),
        ("NULL", &ends.null, None, "NULL VALUE"),
    ];
    for (place, (name, value, unit, description)) in own.into_iter().enumerate() {
        let unit = unit.map(str::to_owned);
        match items.iter_mut().find(|i| i.mnemonic.eq_ignore_ascii_case(name)) {
            Some(item) => (item.value, item.unit) = (value.clone(), unit),
            None => items.insert(
                place.min(items.len()),
                HeaderItem {
                    mnemonic: name.to_owned(),
                    unit,
                    value: value.clone(),
                    description: description.to_owned(),
                    ..HeaderItem::default()
                },
            ),
        }
    }
    items
}

fn curve_item(curve: &WriteCurve) -> HeaderItem {
    let header = &curve.header;
    let told = header.format.as_deref().map(|f| f.trim().to_ascii_uppercase());
    let says_text = matches!(told.as_deref(), Some("S" | "AS"));
    let format = match &curve.data {
        // A column that says it is text is read as such, whatever stands in it; others are so by their values only.
        CurveData::Text(_) if !says_text => Some("S".to_owned()),
        CurveData::Numeric(_) if says_text => None,
        _ => header.format.clone(),
    };
    HeaderItem {
        mnemonic: header.mnemonic.clone(),
        unit: header.unit.clone(),
        value: header.value.clone(),
        description: header.description.clone(),
        format,
        ..HeaderItem::default()
    }
}

/// Sections of LAS 3.0 beside the log data.
fn further(sections: &[WriteSection], body: &Body<'_>, text: &mut String, notes: &mut Vec<Issue>) {
    let mut defined: Vec<(String, Vec<HeaderItem>)> = Vec::new();
    for written in sections {
        match written {
            WriteSection::Items { title, items } => {
                section(&format!("~{title}"), Kind::GenericParameter, items, text, notes);
            }
            WriteSection::Rows { title, columns, rows } => {
                let definition = definition_of(title, columns, &defined);
                if !defined.iter().any(|(name, _)| name.eq_ignore_ascii_case(&definition)) {
                    section(&format!("~{definition}"), Kind::Definition, columns, text, notes);
                    defined.push((definition.clone(), columns.clone()));
                }
                text.push_str(&format!("~{title} | {definition}\n"));
                for row in rows {
                    for (place, cell) in row.iter().enumerate() {
                        if place > 0 {
                            text.push(body.delimiter);
                        }
                        text.push_str(&body.text(cell));
                    }
                    text.push('\n');
                }
            }
            WriteSection::Lines { title, lines } => {
                let association = if is_plain(title) { "" } else { " | Text_Definition" };
                text.push_str(&format!("~{title}{association}\n"));
                for line in lines {
                    text.push_str(&line.replace(['\n', '\r'], " "));
                    text.push('\n');
                }
            }
        }
    }
}

/// A section of items in columns. What a line cannot hold as it is, is told.
fn section(title: &str, kind: Kind, items: &[HeaderItem], text: &mut String, notes: &mut Vec<Issue>) {
    text.push_str(title);
    text.push('\n');
    let items: Vec<HeaderItem> = items.iter().map(one_line).collect();
    let heads: Vec<String> =
        items.iter().map(|i| format!("{}.{}", i.mnemonic, i.unit.as_deref().unwrap_or_default())).collect();
    let widest =
        |lengths: &mut dyn Iterator<Item = usize>, most: usize| lengths.filter(|n| *n <= most).max().unwrap_or(0);
    let head = widest(&mut heads.iter().map(|h| h.chars().count()), 24);
    let value = widest(&mut items.iter().map(|i| i.value.chars().count()), 40);
    for (start, item) in heads.iter().zip(&items) {
        let line = |item: &HeaderItem| {
            let mut line = format!(" {start:<head$}  {:>value$} : {}", item.value, item.description);
            if let Some(format) = &item.format {
                line.push_str(&format!(" {{{format}}}"));
            }
            if let Some(association) = &item.association {
                line.push_str(&format!(" | {association}"));
            }
            line.truncate(line.trim_end().len());
            line
        };
        let reads_back = |line: &str| item::parse(line, item.line, kind).is_some_and(|p| p.colon && p.item == *item);
        let mut written = line(item);
        if !reads_back(&written) {
            // Which of several colons ends the value is told by the blank before it.
            let tight = |text: &str| text.replace(" :", ":");
            let other = HeaderItem { value: tight(&item.value), description: tight(&item.description), ..item.clone() };
            written = line(&other);
            let read = item::parse(&written, item.line, kind).map(|p| p.item).unwrap_or_default();
            let message = format!(
                "{title}: {} = `{}` ({}) cannot be written as it is; it reads back as `{}` ({})",
                item.mnemonic, item.value, item.description, read.value, read.description
            );
            notes.push(Issue::warning("header-changed", message));
        }
        text.push_str(&written);
        text.push('\n');
    }
}

/// An item without line ends and outer blanks.
fn one_line(item: &HeaderItem) -> HeaderItem {
    let flat = |text: &str| text.replace(['\n', '\r'], " ").trim().to_owned();
    HeaderItem {
        mnemonic: flat(&item.mnemonic),
        unit: item.unit.as_deref().map(flat).filter(|u| !u.is_empty()),
        value: flat(&item.value),
        description: flat(&item.description),
        ..item.clone()
    }
}

/// A null value that no sample has.
fn null_value(told: Option<f64>, curves: &[&WriteCurve]) -> Result<f64, WriteError> {
    let is_free = |null: &f64| {
        null.is_finite()
            && curves.iter().all(|c| match &c.data {
                CurveData::Numeric(values) => !values.contains(&c.conversion.convert(*null)),
                CurveData::Text(values) => !values.iter().flatten().any(|t| t.parse() == Ok(*null)),
            })
    };
    told.into_iter().chain([-999.25, -9999.25, -99999.25, -1e30]).find(is_free).ok_or(WriteError::NoNull)
}

fn has_outer_blanks(text: &str) -> bool {
    text.starts_with(' ') || text.ends_with(' ')
}

/// The rows.
struct Body<'a> {
    curves: &'a [&'a WriteCurve],
    numbers: Vec<NumberWriter>,
    null: String,
    delimiter: char,
    widths: Vec<usize>,
}

impl<'a> Body<'a> {
    fn new(
        version: WriteVersion,
        curves: &'a [&'a WriteCurve],
        sections: &[WriteSection],
        null: f64,
        notes: &mut Vec<Issue>,
    ) -> Self {
        let texts = || {
            let of_curves = curves.iter().flat_map(|c| match &c.data {
                CurveData::Text(values) => values.as_slice(),
                CurveData::Numeric(_) => &[],
            });
            of_curves.flatten().map(String::as_str).chain(sections.iter().flat_map(WriteSection::cells))
        };
        let changed =
            |t: &str| t.contains(char::is_control) || t.starts_with('"') || (t.contains('"') && has_outer_blanks(t));
        if texts().any(changed) {
            let text = "line ends and tabs within text are written as blanks, a quote at its beginning as an apostrophe; blanks \
                        at its ends read back only where it has no quotes";
            notes.push(Issue::warning("text-changed", text));
        }
        let quoted = texts().any(|t| t.contains('"'));
        let delimiter = match version {
            WriteVersion::V20 => ' ',
            WriteVersion::V30 if quoted => '\t',
            WriteVersion::V30 => ',',
        };
        let numbers = curves.iter().map(|c| NumberWriter::new(c.conversion, c.decimals)).collect();
        let mut body = Body { curves, numbers, null: shortest(null), delimiter, widths: Vec::new() };
        if delimiter == ' ' {
            let rows = curves.first().map_or(0, |c| c.data.len()).min(SAMPLE);
            body.widths =
                (0..curves.len()).map(|c| (0..rows).map(|r| body.cell(c, r).len()).max().unwrap_or(0)).collect();
        }
        body
    }

    /// Whether there is text beyond ASCII.
    fn has_other_letters(&self) -> bool {
        self.curves.iter().any(|c| match &c.data {
            CurveData::Text(values) => values.iter().flatten().any(|t| !t.is_ascii()),
            CurveData::Numeric(_) => false,
        })
    }

    /// A value as it is written, without blanks around it; empty outside the data.
    fn cell(&mut self, column: usize, row: usize) -> String {
        let mut text = String::new();
        self.push(column, row, &mut text);
        text
    }

    fn push(&mut self, column: usize, row: usize, out: &mut String) {
        let Some(curve) = self.curves.get(column) else { return };
        match &curve.data {
            CurveData::Numeric(values) => match (values.get(row), self.numbers.get_mut(column)) {
                (Some(value), Some(writer)) if value.is_finite() => writer.push(*value, out),
                (Some(_), _) => out.push_str(&self.null),
                _ => {}
            },
            CurveData::Text(values) => match values.get(row) {
                Some(Some(text)) if !text.is_empty() => out.push_str(&self.text(text)),
                Some(_) => out.push_str(&self.null),
                None => {}
            },
        }
    }

    /// Text as a value: in quotes where it holds the delimiter, would begin a comment or section, or has blanks at an end,
    /// which are no part of a value without quotes.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let plain = !(text.contains(char::is_control) || text.contains(self.delimiter) || has_outer_blanks(text));
        if plain && !text.starts_with(['"', '#', '~']) {
            return Cow::Borrowed(text);
        }
        let mut clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if clean.starts_with('"') {
            clean.replace_range(..1, "'");
        }
        let needs = clean.contains(self.delimiter) || clean.starts_with(['#', '~']) || has_outer_blanks(&clean);
        let quote = needs && !clean.contains('"');
        Cow::Owned(if quote { format!("\"{clean}\"") } else { clean })
    }

    fn write(&mut self, rows: usize, out: &mut impl Write) -> io::Result<()> {
        let mut line = String::new();
        let mut cell = String::new();
        for row in 0..rows {
            line.clear();
            for column in 0..self.curves.len() {
                if self.delimiter == ' ' {
                    cell.clear();
                    self.push(column, row, &mut cell);
                    let width = self.widths.get(column).copied().unwrap_or(0);
                    line.push(' ');
                    line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.len())));
                    line.push_str(&cell);
                } else {
                    if column > 0 {
                        line.push(self.delimiter);
                    }
                    self.push(column, row, &mut line);
                }
            }
            line.push('\n');
            out.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}
