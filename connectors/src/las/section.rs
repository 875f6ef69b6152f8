//! The sections of a file: where they begin, what they are, and how rows of text split into values.

use std::ops::Range;

use super::Delimiter;
use super::encoding::Decoder;

/// What a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Version,
    Well,
    /// ~Curve or ~Log_Definition.
    Curve,
    /// ~Parameter or ~Log_Parameter.
    Parameter,
    Other,
    /// ~A, ~Ascii or ~Log_Data.
    LogData,
    /// A definition of LAS 3.0 for other data than logs.
    Definition,
    /// Parameters of LAS 3.0 for other data than logs.
    GenericParameter,
    /// Rows of LAS 3.0 that are not logs.
    Data,
    Unknown,
}

/// A section as found.
#[derive(Debug, Clone)]
pub(super) struct RawSection {
    /// The title line without `~`.
    pub title: String,
    /// The title up to `|` or the first blank.
    pub name: String,
    /// What stands after `|`, up to the first blank.
    pub association: Option<String>,
    pub kind: Kind,
    /// Where the title line begins.
    pub start: usize,
    /// The lines after the title.
    pub body: Range<usize>,
    /// The line of the title, counted from 1.
    pub line: u64,
}

/// Line ends in a piece of text: LF, CR LF or CR alone.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    let feeds = memchr::memchr_iter(b'\n', bytes).count() as u64;
    let lone = memchr::memchr_iter(b'\r', bytes).filter(|&i| bytes.get(i + 1) != Some(&b'\n')).count() as u64;
    feeds + lone
}

/// The end of the line that begins at `from` (its line end not included), and where the next begins.
pub(super) fn line_end(bytes: &[u8], from: usize) -> (usize, usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    match memchr::memchr2(b'\n', b'\r', rest) {
        None => (bytes.len(), bytes.len()),
        Some(i) => {
            let end = from + i;
            let pair = bytes.get(end) == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
            (end, end + 1 + usize::from(pair))
        }
    }
}

/// Every line with its number, from a first number on.
pub(super) fn lines(bytes: &[u8], first: u64) -> impl Iterator<Item = (u64, &[u8])> {
    let (mut at, mut number) = (0usize, first);
    std::iter::from_fn(move || {
        if at >= bytes.len() {
            return None;
        }
        let (end, next) = line_end(bytes, at);
        let line = bytes.get(at..end).unwrap_or_default();
        at = next;
        number += 1;
        Some((number - 1, line))
    })
}

/// The sections, in order. With `stop` nothing behind the title of the first log data is looked at.
pub(super) fn split(bytes: &[u8], decoder: Decoder, stop: bool) -> Vec<RawSection> {
    let mut sections: Vec<RawSection> = Vec::new();
    let (mut counted, mut line) = (0usize, 1u64);
    for tilde in memchr::memchr_iter(b'~', bytes) {
        let Some(start) = line_start(bytes, tilde) else { continue };
        if let Some(last) = sections.last_mut() {
            last.body.end = start;
        }
        line += count_lines(bytes.get(counted..start).unwrap_or_default());
        counted = start;
        let (end, next) = line_end(bytes, tilde);
        let title = decoder.text(bytes.get(tilde + 1..end).unwrap_or_default()).into_owned();
        let (name, association) = name_and_association(&title);
        let kind = kind_of(&name, association.as_deref());
        sections.push(RawSection { title, name, association, kind, start, body: next..bytes.len(), line });
        if stop && kind == Kind::LogData {
            break;
        }
    }
    sections
}

/// Where the line of a `~` begins, if only blanks stand before it.
fn line_start(bytes: &[u8], tilde: usize) -> Option<usize> {
    let before = bytes.get(..tilde)?;
    let blanks = before.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = tilde - blanks;
    match start.checked_sub(1).and_then(|i| bytes.get(i)) {
        None | Some(b'\n' | b'\r') => Some(start),
        Some(_) => None,
    }
}

fn name_and_association(title: &str) -> (String, Option<String>) {
    let first_word = |s: &str| s.split_whitespace().next().unwrap_or_default().to_owned();
    // A blank right behind the tilde leaves the section without a name.
    let name = if title.starts_with([' ', '\t']) {
        String::new()
    } else {
        first_word(title.split('|').next().unwrap_or_default())
    };
    let association = title.split_once('|').map(|(_, right)| first_word(right)).filter(|s| !s.is_empty());
    (name, association)
}

/// A section's name without `[1]`, in lower case.
pub(super) fn base_name(name: &str) -> String {
    name.split('[').next().unwrap_or_default().to_ascii_lowercase()
}

/// What a section is, by its name. LAS 1.2 and 2.0 look at the first letter only; LAS 3.0 at the whole word, so that `~Core_Data` is not a curve section.
pub(super) fn kind_of(name: &str, association: Option<&str>) -> Kind {
    let word = base_name(name);
    // `Phase_Definition_RMDATA`: the part that tells may stand inside.
    let mut parts = word.split('_');
    let is_log = matches!(parts.next(), Some("log" | "curve" | "ascii"));
    for part in parts {
        match part {
            "definition" => return if is_log { Kind::Curve } else { Kind::Definition },
            "parameter" | "parameters" => return if is_log { Kind::Parameter } else { Kind::GenericParameter },
            "data" => return if is_log { Kind::LogData } else { Kind::Data },
            _ => {}
        }
    }
    if let Some(definition) = association.map(base_name) {
        let log = matches!(definition.as_str(), "log_definition" | "curve" | "curve_definition" | "curve_information");
        return if log { Kind::LogData } else { Kind::Data };
    }
    if ["core", "drilling", "inclinometry", "test", "tops", "perforations", "perf", "analysis"].contains(&word.as_str())
    {
        return Kind::Data;
    }
    match word.bytes().next() {
        Some(b'v') => Kind::Version,
        Some(b'w') => Kind::Well,
        Some(b'c') => Kind::Curve,
        Some(b'p') => Kind::Parameter,
        Some(b'o') => Kind::Other,
        Some(b'a') => Kind::LogData,
        _ => Kind::Unknown,
    }
}

/// Splits a line into values. Quotes keep delimiters together and are removed; outer blanks are not part of a value.
pub(super) fn split_fields<'a>(line: &'a [u8], delimiter: Delimiter, out: &mut Vec<&'a [u8]>) {
    out.clear();
    match delimiter {
        Delimiter::Space => split_blanks(line, out),
        Delimiter::Tab => split_at(line, b'\t', out),
        Delimiter::Comma => split_at(line, b',', out),
        Delimiter::Semicolon => split_at(line, b';', out),
    }
}

fn split_blanks<'a>(line: &'a [u8], out: &mut Vec<&'a [u8]>) {
    let mut rest = line.trim_ascii();
    while let Some(first) = rest.first() {
        let quoted = if *first == b'"' { rest.get(1..).and_then(|r| memchr::memchr(b'"', r)) } else { None };
        let (field, next) = match quoted {
            Some(close) => (rest.get(1..=close), rest.get(close + 2..)),
            None => {
                let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
                (rest.get(..end), rest.get(end..))
            }
        };
        out.push(field.unwrap_or_default());
        rest = next.unwrap_or_default().trim_ascii_start();
    }
}

fn split_at<'a>(line: &'a [u8], delimiter: u8, out: &mut Vec<&'a [u8]>) {
    let mut rest = line;
    loop {
        let lead = rest.iter().take_while(|b| **b == b' ').count();
        let body = rest.get(lead..).unwrap_or_default();
        let close =
            if body.first() == Some(&b'"') { body.get(1..).and_then(|r| memchr::memchr(b'"', r)) } else { None };
        let from = close.map_or(0, |c| lead + c + 2);
        let end = rest.get(from..).and_then(|r| memchr::memchr(delimiter, r)).map(|i| from + i);
        let field = match close {
            Some(close) => body.get(1..=close).unwrap_or_default(),
            None => rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().trim_ascii(),
        };
        out.push(field);
        match end {
            Some(end) => rest = rest.get(end + 1..).unwrap_or_default(),
            None => break,
        }
    }
}

/// The rows of a section's text.
pub(super) fn rows_of(text: &str, delimiter: Delimiter) -> impl Iterator<Item = Vec<&str>> + '_ {
    text.split(['\n', '\r']).filter(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('#')).map(
        move |line| {
            let mut fields = Vec::new();
            split_fields(line.as_bytes(), delimiter, &mut fields);
            // Fields are cut at ASCII bytes, so each is whole text.
            fields.into_iter().map(|f| std::str::from_utf8(f).unwrap_or_default()).collect()
        },
    )
}
