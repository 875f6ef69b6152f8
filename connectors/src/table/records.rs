//! The splitter: records and fields of delimited and blank-separated text.

use std::borrow::Cow;

use super::error::TableError;
use super::layout::Delimiter;

/// Columns that a table may have: those that a sheet of a spreadsheet has. A line of more fields is a line of another format, and
/// work on columns by their names is not for so many.
pub(crate) const MOST_COLUMNS: usize = 16_384;

/// A field: a part of the text, blanks around it left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    start: usize,
    end: usize,
    /// Written in quotes; the part is what is between them.
    pub(crate) quoted: bool,
    /// Holds doubled quotes.
    escaped: bool,
}

/// What a line of the text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// Fields.
    Record,
    /// Begins with `#`, `!`, `--` or `//`.
    Comment,
}

/// Where a record is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Line it begins on, counted from 1.
    pub(crate) line: u64,
    pub(crate) kind: LineKind,
    /// Byte offset of its line.
    pub(crate) start: usize,
    end: usize,
}

/// Walks over the records of a text. Blank lines are passed over.
#[derive(Debug, Clone)]
pub(crate) struct Records<'a> {
    text: &'a str,
    bytes: &'a [u8],
    delimiter: Delimiter,
    at: usize,
    line: u64,
}

impl<'a> Records<'a> {
    /// Begins at a byte offset, which is the start of line `line`.
    pub(crate) fn new(text: &'a str, delimiter: Delimiter, at: usize, line: u64) -> Self {
        Records { text, bytes: text.as_bytes(), delimiter, at, line }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The next record; its fields replace those in `fields` (none for comments). Of a record of more than [`MOST_COLUMNS`]
    /// fields there is one more than that.
    pub(crate) fn next(&mut self, fields: &mut Vec<Field>) -> Result<Option<Place>, TableError> {
        fields.clear();
        loop {
            // Blanks before the first field decide nothing, except tabs that separate.
            let mut at = self.at;
            while let Some(b) = self.byte(at) {
                let separates = b == b'\t' && self.delimiter == Delimiter::Tab;
                if matches!(b, b' ' | b'\t' | 0x0c) && !separates { at += 1 } else { break }
            }
            match self.byte(at) {
                None => {
                    self.at = at;
                    return Ok(None);
                }
                // The end-of-file mark of DOS ends the text only where nothing follows.
                Some(0x1a)
                    if self
                        .bytes
                        .get(at..)
                        .is_some_and(|rest| rest.iter().all(|b| matches!(b, 0x1a | b'\n' | b'\r'))) =>
                {
                    self.at = self.bytes.len();
                    return Ok(None);
                }
                Some(b'\n' | b'\r') => self.end_line(at),
                Some(_) if self.is_comment(at) => {
                    let (start, line) = (self.at, self.line);
                    let end = self.line_end(at);
                    self.end_line(end);
                    return Ok(Some(Place { line, kind: LineKind::Comment, start, end }));
                }
                Some(_) => {
                    let (start, line) = (self.at, self.line);
                    let end = match self.delimiter.byte() {
                        Some(delimiter) => self.delimited(delimiter, fields)?,
                        None => self.blank_separated(at, fields),
                    };
                    self.end_line(end);
                    return Ok(Some(Place { line, kind: LineKind::Record, start, end }));
                }
            }
        }
    }

    fn is_comment(&self, at: usize) -> bool {
        // Of lines that were cut before comments are gone, and a cell may begin like one.
        if self.delimiter == Delimiter::Positions {
            return false;
        }
        match self.byte(at) {
            Some(b'#' | b'!') => true,
            Some(b @ (b'-' | b'/')) => {
                let after = self.byte(at + 2);
                self.byte(at + 1) == Some(b)
                    && after.is_some_and(|a| a != b'"' && Some(a) != self.delimiter.byte() && !a.is_ascii_digit())
            }
            _ => false,
        }
    }

    fn line_end(&self, at: usize) -> usize {
        self.bytes.get(at..).and_then(|rest| memchr::memchr2(b'\n', b'\r', rest)).map_or(self.bytes.len(), |i| at + i)
    }

    /// Passes over the line end at `at`: line feed, carriage return, or both.
    fn end_line(&mut self, at: usize) {
        self.at = at;
        match (self.byte(at), self.byte(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => self.at += 2,
            (Some(_), _) => self.at += 1,
            (None, _) => return,
        }
        self.line += 1;
    }

    fn delimited(&mut self, delimiter: u8, fields: &mut Vec<Field>) -> Result<usize, TableError> {
        let mut at = self.at;
        loop {
            while let Some(b) = self.byte(at) {
                if b == b' ' || (b == b'\t' && delimiter != b'\t') { at += 1 } else { break }
            }
            // A cell ends at its place, whatever quotes it holds.
            let may_quote = self.delimiter != Delimiter::Positions && self.byte(at) == Some(b'"');
            let quoted = if may_quote { self.quoted(at, delimiter)? } else { None };
            let end = match quoted {
                Some((field, after, lines)) => {
                    push(fields, field);
                    self.line += lines;
                    after
                }
                None => {
                    let mut end = at;
                    while let Some(b) = self.byte(end) {
                        if b == delimiter || b == b'\n' || b == b'\r' {
                            break;
                        }
                        end += 1;
                    }
                    let mut last = end;
                    while last > at && matches!(self.byte(last - 1), Some(b' ' | b'\t')) {
                        last -= 1;
                    }
                    push(fields, Field { start: at, end: last, quoted: false, escaped: false });
                    end
                }
            };
            if self.byte(end) == Some(delimiter) { at = end + 1 } else { return Ok(end) }
        }
    }

    /// A quoted field: the field, the offset of what ends it, the line ends within. `None` when something other than a
    /// delimiter follows the closing quote: the quotes are then part of the value.
    fn quoted(&self, at: usize, delimiter: u8) -> Result<Option<(Field, usize, u64)>, TableError> {
        let mut escaped = false;
        let mut close = at + 1;
        loop {
            let Some(found) = self.bytes.get(close..).and_then(|rest| memchr::memchr(b'"', rest)) else {
                return Err(TableError::UnclosedQuote { line: self.line });
            };
            close += found;
            if self.byte(close + 1) != Some(b'"') {
                break;
            }
            escaped = true;
            close += 2;
        }
        let mut after = close + 1;
        while let Some(b) = self.byte(after) {
            if b == b' ' || (b == b'\t' && delimiter != b'\t') { after += 1 } else { break }
        }
        match self.byte(after) {
            None | Some(b'\n' | b'\r') => {}
            Some(b) if b == delimiter => {}
            Some(_) => return Ok(None),
        }
        let within = self.bytes.get(at..close).unwrap_or_default();
        let mut lines = 0;
        for (i, b) in within.iter().enumerate() {
            if *b == b'\n' || (*b == b'\r' && within.get(i + 1) != Some(&b'\n')) {
                lines += 1;
            }
        }
        Ok(Some((Field { start: at + 1, end: close, quoted: true, escaped }, after, lines)))
    }

    /// Fields between runs of blanks; quotes hold a field with blanks together, within the line.
    fn blank_separated(&self, from: usize, fields: &mut Vec<Field>) -> usize {
        let end = self.line_end(from);
        let mut at = from;
        loop {
            while at < end && matches!(self.byte(at), Some(b' ' | b'\t' | 0x0c)) {
                at += 1;
            }
            if at >= end {
                return end;
            }
            let closing = (self.byte(at) == Some(b'"'))
                .then(|| self.bytes.get(at + 1..end).and_then(|rest| memchr::memchr(b'"', rest)).map(|i| at + 1 + i))
                .flatten()
                .filter(|close| *close + 1 >= end || matches!(self.byte(close + 1), Some(b' ' | b'\t')));
            if let Some(close) = closing {
                push(fields, Field { start: at + 1, end: close, quoted: true, escaped: false });
                at = close + 1;
                continue;
            }
            let start = at;
            while at < end && !matches!(self.byte(at), Some(b' ' | b'\t')) {
                at += 1;
            }
            push(fields, Field { start, end: at, quoted: false, escaped: false });
        }
    }

    /// The field's bytes as they are in the text.
    #[inline]
    pub(crate) fn raw(&self, field: Field) -> &'a [u8] {
        self.bytes.get(field.start..field.end).unwrap_or_default()
    }

    /// The field's value, doubled quotes made single.
    pub(crate) fn value(&self, field: Field) -> Cow<'a, str> {
        let text = self.text.get(field.start..field.end).unwrap_or_default();
        if field.escaped { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
    }

    /// The record's text without the line end.
    pub(crate) fn line_text(&self, place: Place) -> &'a str {
        self.text.get(place.start..place.end).unwrap_or_default()
    }
}

fn push(fields: &mut Vec<Field>, field: Field) {
    if fields.len() <= MOST_COLUMNS {
        fields.push(field);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn split(text: &str, delimiter: Delimiter) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text, delimiter, 0, 1);
        let (mut fields, mut out) = (Vec::new(), Vec::new());
        while let Some(place) = records.next(&mut fields).unwrap() {
            out.push((place.line, fields.iter().map(|f| records.value(*f).into_owned()).collect()));
        }
        out
    }

    #[test]
    fn quotes_hold_delimiters_and_line_ends() {
        let rows = split("a,\"b,\"\"c\"\"\nd\", e \r\n,,\r1,2", Delimiter::Comma);
        assert_eq!(rows[0], (1, vec!["a".into(), "b,\"c\"\nd".into(), "e".into()]));
        assert_eq!(rows[1], (3, vec![String::new(), String::new(), String::new()]));
        assert_eq!(rows[2], (4, vec!["1".into(), "2".into()]));
    }

    #[test]
    fn a_quote_inside_a_field_is_a_character() {
        assert_eq!(split("9 5/8\" casing,\"x\"y\n", Delimiter::Comma)[0].1, ["9 5/8\" casing", "\"x\"y"]);
    }

    #[test]
    fn blanks_separate() {
        assert_eq!(split("  1 \t\"Lower Windsor\"  x\n", Delimiter::Whitespace)[0].1, ["1", "Lower Windsor", "x"]);
    }

    #[test]
    fn a_quote_without_end_names_its_line() {
        let mut records = Records::new("a,b\n1,\"x\n2,3\n", Delimiter::Comma, 0, 1);
        let mut fields = Vec::new();
        records.next(&mut fields).unwrap();
        assert_eq!(records.next(&mut fields).unwrap_err(), TableError::UnclosedQuote { line: 2 });
    }
}
