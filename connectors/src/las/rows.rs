//! Reading the rows of log data into columns.
//!
//! Regular lines take a fast way: eight bytes at a time, values gathered row by row in a block that fits the cache and then turned
//! into columns. A line that does not fit it (text, null words, run-on numbers, comments, too few values …) is read alone by the
//! slow way, and the next line is fast again.

use outcrop_types::Severity;

use super::encoding::Decoder;
use super::fixed::Fixed;
use super::layout::{Layout, decimals_of, fields_of, is_row, split_run_on};
use super::number::{Value, parse, short_decimal, word};
use super::report::Report;
use super::section::line_end;
use super::{Delimiter, LasError};

/// Values in a block: 32 kB.
const BLOCK: usize = 4096;

/// The columns read.
pub(super) struct Table {
    /// Empty for text columns.
    pub numeric: Vec<Vec<f64>>,
    /// Empty for numeric columns.
    pub text: Vec<Vec<Option<String>>>,
    pub rows: usize,
    /// Texts met in numeric columns, one count a column; they became null.
    pub odd: Vec<u64>,
    pub report: Report,
}

/// What is to be read, and how.
pub(super) struct Input<'a> {
    pub data: &'a [u8],
    pub first_line: u64,
    pub layout: &'a Layout,
    /// Numbers that mean null; NaN where there is none.
    pub nulls: [f64; 2],
    pub decoder: Decoder,
}

/// Reads all rows.
pub(super) fn read(input: &Input<'_>) -> Result<Table, LasError> {
    let mut reader = RowReader::new(input);
    if input.layout.wrapped {
        super::wrapped::read(&mut reader)?;
    } else {
        reader.read()?;
    }
    reader.flush();
    Ok(reader.table)
}

pub(super) struct RowReader<'a> {
    pub(super) input: &'a Input<'a>,
    pub(super) line: u64,
    block: Vec<f64>,
    capacity: usize,
    filled: usize,
    /// The pattern of lines of fixed width, as long as most lines have it.
    fixed: Option<Fixed>,
    misses: usize,
    pub(super) table: Table,
}

impl<'a> RowReader<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let layout = input.layout;
        let columns = layout.columns.max(1);
        // A value takes at least a digit and a delimiter, so this never asks for more than four times the input.
        let lines =
            if layout.wrapped { input.data.len() / (columns * 8) } else { input.data.len() / layout.line_length + 16 };
        let expected = lines.min(input.data.len() / (2 * columns) + 1);
        let numeric =
            layout.text.iter().map(|text| if *text { Vec::new() } else { Vec::with_capacity(expected) }).collect();
        let capacity = (BLOCK / columns).max(1);
        RowReader {
            input,
            line: input.first_line,
            block: vec![0.0; capacity * columns],
            capacity,
            filled: 0,
            fixed: layout.template.as_ref().and_then(Fixed::new),
            misses: 0,
            table: Table {
                numeric,
                text: vec![Vec::new(); layout.columns],
                rows: 0,
                odd: vec![0; layout.columns],
                report: Report::default(),
            },
        }
    }

    fn read(&mut self) -> Result<(), LasError> {
        let layout = self.input.layout;
        let fast = !layout.comma && !layout.text.contains(&true);
        let mut at = 0;
        while at < self.input.data.len() {
            if fast {
                at = match layout.delimiter {
                    Delimiter::Space => self.fast_rows::<b' '>(at),
                    Delimiter::Comma => self.fast_rows::<b','>(at),
                    Delimiter::Tab => self.fast_rows::<b'\t'>(at),
                    Delimiter::Semicolon => self.fast_rows::<b';'>(at),
                };
            }
            at = self.slow_line(at)?;
        }
        Ok(())
    }

    /// Reads regular rows until one is not; returns where that one begins.
    fn fast_rows<const D: u8>(&mut self, mut at: usize) -> usize {
        let data = self.input.data;
        let columns = self.input.layout.columns;
        let nulls = self.input.nulls;
        if columns == 0 {
            return at;
        }
        loop {
            if self.filled == self.capacity {
                self.flush();
            }
            let from = self.filled * columns;
            let Some(row) = self.block.get_mut(from..from + columns) else { return at };
            let next = match &self.fixed {
                Some(fixed) if D == b' ' => match fixed.row(data, at, row, nulls) {
                    Some(next) => Some(next),
                    None => {
                        self.misses += 1;
                        fast_row::<D>(data, at, row, nulls)
                    }
                },
                _ => fast_row::<D>(data, at, row, nulls),
            };
            let Some(next) = next else { return at };
            at = next;
            self.filled += 1;
            self.line += 1;
        }
    }

    /// Turns the block into columns.
    fn flush(&mut self) {
        let columns = self.input.layout.columns;
        if columns == 0 {
            return;
        }
        let block = self.block.get(..self.filled * columns).unwrap_or_default();
        for (c, (column, text)) in self.table.numeric.iter_mut().zip(&self.input.layout.text).enumerate() {
            if !text {
                column.extend(block.chunks_exact(columns).map(|row| row.get(c).copied().unwrap_or(f64::NAN)));
            }
        }
        self.table.rows += self.filled;
        self.filled = 0;
        if self.misses > 100 && self.misses > self.table.rows / 4 {
            self.fixed = None;
        }
    }

    /// Reads the line at `at`, whatever it holds; returns where the next begins.
    fn slow_line(&mut self, at: usize) -> Result<usize, LasError> {
        let data = self.input.data;
        if at >= data.len() {
            return Ok(at);
        }
        let (end, next) = line_end(data, at);
        let text = data.get(at..end).unwrap_or_default();
        let line = self.line;
        self.line += 1;
        if !is_row(text) {
            return Ok(next);
        }
        let layout = self.input.layout;
        let columns = layout.columns;
        let mut fields = Vec::with_capacity(columns + 1);
        fields_of(text, layout.delimiter, columns, &mut fields);
        let unfinished = end == data.len();
        if fields.len() == columns {
            if unfinished && self.cut_off(fields.last().copied()) {
                if columns == 1 {
                    self.note(
                        Severity::Warning,
                        "row-truncated",
                        line,
                        "the file ends inside the last row; the row is left out".to_owned(),
                    );
                    return Ok(next);
                }
                self.note(
                    Severity::Warning,
                    "row-truncated",
                    line,
                    "the file ends inside the last row; its last value is null".to_owned(),
                );
                if let Some(last) = fields.last_mut() {
                    *last = b"";
                }
            }
            self.put(&fields, line)?;
        } else {
            self.repair(text, &fields, line, unfinished)?;
        }
        Ok(next)
    }

    /// True when the last value of a file without a final line end has fewer decimals than all others of its column.
    fn cut_off(&self, last: Option<&[u8]>) -> bool {
        let (Some(template), Some(last)) = (&self.input.layout.template, last) else { return false };
        template.decimals.last().is_some_and(|d| decimals_of(last, self.input.layout.comma).0 < *d)
    }

    /// A row with too few or too many values: it is repaired only where there is one way to read it.
    fn repair(&mut self, text: &[u8], fields: &[&[u8]], line: u64, unfinished: bool) -> Result<(), LasError> {
        let columns = self.input.layout.columns;
        let found = fields.len();
        if found < columns {
            let split = split_run_on(fields);
            if split.len() == columns {
                self.note(
                    Severity::Info,
                    "run-on-values",
                    line,
                    "values run into each other; they are separated at the minus sign".to_owned(),
                );
                return self.put(&split, line);
            }
            if let Some(cut) = self.cut_by_template(text, unfinished) {
                let code = if unfinished { "row-truncated" } else { "row-by-position" };
                self.note(
                    Severity::Warning,
                    code,
                    line,
                    format!("the row has {found} values, expected {columns}; they are assigned by their position in the line and what is missing is null"),
                );
                return self.put(&cut, line);
            }
        }
        if unfinished && found < columns {
            let message = format!("the file ends inside the last row, after {found} of {columns} values");
            if found < 2 {
                // The only value may itself be cut off.
                self.note(Severity::Warning, "row-truncated", line, format!("{message}; the row is left out"));
                return Ok(());
            }
            self.note(Severity::Warning, "row-truncated", line, format!("{message}; all but the index are null"));
        } else {
            let code = if found < columns { "row-short" } else { "row-long" };
            let message = format!(
                "the row has {found} values, expected {columns}; which curve each belongs to is not certain, so all but the index are null"
            );
            self.note(Severity::Error, code, line, message);
        }
        let mut row: Vec<&[u8]> = vec![b""; columns];
        if let (Some(first), Some(index)) = (row.first_mut(), fields.first()) {
            *first = index;
        }
        self.put(&row, line)
    }

    /// Cuts a line at the fixed ends of the columns, if every piece then is a number with the column's decimals, or null.
    fn cut_by_template<'t>(&self, text: &'t [u8], unfinished: bool) -> Option<Vec<&'t [u8]>> {
        let layout = self.input.layout;
        let template = layout.template.as_ref()?;
        let text = text.trim_ascii_end();
        if text.len() > template.ends.last().copied()? {
            return None;
        }
        let mut from = 0;
        let mut row = Vec::with_capacity(layout.columns);
        for (end, decimals) in template.ends.iter().zip(&template.decimals) {
            let reached = text.len() >= *end;
            let piece = text.get(from.min(text.len())..(*end).min(text.len())).unwrap_or_default();
            let field = piece.trim_ascii();
            // A number ends where its column does and is not broken by the cut.
            let fits = match parse(field, layout.comma) {
                Value::Number(_) => {
                    reached
                        && piece.len() == piece.trim_ascii_end().len()
                        && decimals_of(field, layout.comma).0 == *decimals
                }
                Value::Null => true,
                Value::Text => false,
            };
            match (fits, unfinished && !reached) {
                (true, _) => row.push(field),
                (false, true) => row.push(b"".as_slice()),
                (false, false) => return None,
            }
            from = *end;
        }
        // The index itself must be there.
        matches!(row.first().map(|f| parse(f, layout.comma)), Some(Value::Number(_))).then_some(row)
    }

    pub(super) fn note(&mut self, severity: Severity, code: &'static str, line: u64, message: String) {
        self.table.report.note(severity, code, None, line, || message);
    }

    /// Adds a row of as many values as there are columns.
    pub(super) fn put(&mut self, fields: &[&[u8]], line: u64) -> Result<(), LasError> {
        let layout = self.input.layout;
        let columns = layout.columns;
        if self.filled == self.capacity {
            self.flush();
        }
        // Rows of nulls must not make a small file fill the memory.
        let rows = self.table.rows + self.filled + 1;
        if rows.saturating_mul(columns) > self.input.data.len().saturating_add(65_536) {
            return Err(LasError::RowsTooShort { line, rows, expected: columns });
        }
        let from = self.filled * columns;
        let Some(row) = self.block.get_mut(from..from + columns) else { return Ok(()) };
        for (c, (slot, field)) in row.iter_mut().zip(fields).enumerate() {
            *slot = f64::NAN;
            let nulls = if c == 0 { [f64::NAN; 2] } else { self.input.nulls };
            let value = parse(field, layout.comma);
            if layout.text.get(c).copied().unwrap_or(false) {
                let null = match value {
                    Value::Null => true,
                    Value::Number(v) => v == nulls[0] || v == nulls[1],
                    Value::Text => false,
                };
                let text = if null { None } else { Some(self.input.decoder.text(field).into_owned()) };
                if let Some(column) = self.table.text.get_mut(c) {
                    column.push(text);
                }
                continue;
            }
            match value {
                Value::Number(v) if v != nulls[0] && v != nulls[1] => *slot = v,
                Value::Number(_) => {}
                Value::Null if field.first() == Some(&b'*') => {
                    let message = || {
                        "the value is filled with asterisks: the number did not fit its field; it is null".to_owned()
                    };
                    self.table.report.note(Severity::Warning, "value-overflow", Some(c), line, message);
                }
                Value::Null => {}
                Value::Text => {
                    if let Some(count) = self.table.odd.get_mut(c) {
                        *count += 1;
                    }
                    let shown: String = self.input.decoder.text(field).chars().take(40).collect();
                    let message = || format!("`{shown}` is not a number; the value is null");
                    self.table.report.note(Severity::Warning, "not-a-number", Some(c), line, message);
                }
            }
        }
        self.filled += 1;
        Ok(())
    }
}

/// Skips blanks (and tabs, unless they delimit): where the next byte is, and the byte. `None` near the end of the data.
#[inline(always)]
fn skip_blanks<const D: u8>(data: &[u8], mut at: usize) -> Option<(usize, u8)> {
    loop {
        let text = word(data, at)?;
        let others = text ^ 0x2020_2020_2020_2020;
        if others == 0 {
            at += 8;
            continue;
        }
        let blanks = others.trailing_zeros() >> 3;
        at += blanks as usize;
        let byte = (text >> (8 * blanks)) as u8;
        if D != b'\t' && byte == b'\t' {
            at += 1;
            continue;
        }
        return Some((at, byte));
    }
}

/// Reads one row of numbers; `None` when the line is anything else, or ends near the end of the data.
#[inline(always)]
fn fast_row<const D: u8>(data: &[u8], mut at: usize, row: &mut [f64], nulls: [f64; 2]) -> Option<usize> {
    for (c, slot) in row.iter_mut().enumerate() {
        let (mut from, mut byte) = skip_blanks::<D>(data, at)?;
        if D != b' ' && c > 0 {
            if byte != D {
                return None;
            }
            (from, byte) = skip_blanks::<D>(data, from + 1)?;
        }
        let negative = byte == b'-';
        from += usize::from(negative);
        let (size, end, stop) = match short_decimal(data, from) {
            Some(found) => found,
            None => long_number(data, from)?,
        };
        if !(matches!(stop, b' ' | b'\n' | b'\r' | b'\t') || stop == D) {
            return None;
        }
        let value = if negative { -size } else { size };
        // An index is not null: whether it equals NULL is looked at when the index is checked.
        *slot = if c > 0 && (value == nulls[0] || value == nulls[1]) { f64::NAN } else { value };
        at = end;
    }
    end_of_row::<D>(data, at)
}

/// Where the next line begins, if only blanks are left of this one.
#[inline(always)]
pub(super) fn end_of_row<const D: u8>(data: &[u8], at: usize) -> Option<usize> {
    let (end, byte) = skip_blanks::<D>(data, at)?;
    match byte {
        b'\n' => Some(end + 1),
        b'\r' => Some(end + 1 + usize::from(data.get(end + 1) == Some(&b'\n'))),
        _ => None,
    }
}

/// Numbers with an exponent or many digits.
#[cold]
fn long_number(data: &[u8], at: usize) -> Option<(f64, usize, u8)> {
    let rest = data.get(at..)?;
    if !matches!(rest.first(), Some(b'0'..=b'9' | b'.')) {
        return None;
    }
    let (value, length) = fast_float2::parse_partial::<f64, _>(rest).ok()?;
    let stop = *rest.get(length)?;
    value.is_finite().then_some((value, at + length, stop))
}
