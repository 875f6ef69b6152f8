//! How the rows of log data are laid out: found from the first hundred lines and from what the header says.

use outcrop_types::Issue;

use super::naming::name_curves;
use super::number::{Value, parse};
use super::section::{lines, split_fields};
use super::{CurveHeader, Delimiter, LasError, NumberFormat};

const SAMPLE: usize = 100;

/// The layout of rows.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub columns: usize,
    pub delimiter: Delimiter,
    /// Numbers have a decimal comma.
    pub comma: bool,
    pub wrapped: bool,
    /// Which columns hold text.
    pub text: Vec<bool>,
    pub template: Option<Template>,
    pub formats: Vec<NumberFormat>,
    /// Bytes of an average line, its end included.
    pub line_length: usize,
}

/// Columns of fixed width, aligned to the right, with as many decimals in every row.
#[derive(Debug, Clone)]
pub(super) struct Template {
    /// Where each column ends in the line.
    pub ends: Vec<usize>,
    pub decimals: Vec<usize>,
}

/// What the header says about the data.
pub(super) struct Declared<'a> {
    pub title: &'a str,
    pub delimiter: Delimiter,
    pub wrapped: bool,
    /// The first line of the data.
    pub first_line: u64,
}

/// Finds the layout; adds headers for columns the file has but does not define. `None` when there are no rows.
pub(super) fn detect(
    data: &[u8],
    declared: &Declared<'_>,
    headers: &mut Vec<CurveHeader>,
    issues: &mut Vec<Issue>,
) -> Result<Option<Layout>, LasError> {
    let sample: Vec<(u64, &[u8])> = lines(data, declared.first_line).filter(|(_, l)| is_row(l)).take(SAMPLE).collect();
    let Some((first_line, _)) = sample.first().copied() else { return Ok(None) };
    let average = sample.iter().map(|(_, l)| l.len() + 1).sum::<usize>() / sample.len().max(1);
    let mut finder = Finder { sample: &sample, columns: headers.len(), first_line, declared, issues };
    let delimiter = finder.delimiter();
    let comma = finder.decimal_comma(delimiter);
    let wrapped = finder.columns(delimiter, headers)?;
    let columns = headers.len();
    let rows = if wrapped { Vec::new() } else { finder.full_rows(delimiter, columns) };
    // A line the file ends in may be cut off: it says nothing about the layout.
    let cut = |line: &[u8]| end_in(data, line) == data.len();
    let last_cut = rows.last().and_then(|(i, _)| sample.get(*i)).is_some_and(|(_, line)| cut(line));
    let whole = rows.len() - usize::from(last_cut);
    Ok(Some(Layout {
        columns,
        delimiter,
        comma,
        wrapped,
        text: text_columns(&rows, headers, comma),
        template: template(&sample, rows.get(..whole).unwrap_or_default(), delimiter, columns, comma),
        formats: if wrapped {
            wrapped_formats(&sample, delimiter, columns, comma)
        } else {
            formats(&sample, &rows, delimiter, columns, comma)
        },
        line_length: average.max(2),
    }))
}

/// A line of data: not blank, not a comment, not the Ctrl-Z old systems end a file with.
pub(super) fn is_row(line: &[u8]) -> bool {
    !matches!(line.trim_ascii_start().first(), None | Some(b'#' | 0x1a))
}

/// Splits a line; a delimiter at its very end does not begin a further value.
pub(super) fn fields_of<'a>(line: &'a [u8], delimiter: Delimiter, columns: usize, out: &mut Vec<&'a [u8]>) {
    split_fields(line, delimiter, out);
    if delimiter != Delimiter::Space && out.len() == columns + 1 && out.last().is_some_and(|f| f.is_empty()) {
        out.pop();
    }
}

struct Finder<'s, 'd> {
    sample: &'s [(u64, &'s [u8])],
    columns: usize,
    first_line: u64,
    declared: &'s Declared<'d>,
    issues: &'s mut Vec<Issue>,
}

impl Finder<'_, '_> {
    fn counts(&self, delimiter: Delimiter) -> Vec<usize> {
        let mut fields = Vec::new();
        self.sample
            .iter()
            .map(|(_, line)| {
                fields_of(line, delimiter, self.columns, &mut fields);
                fields.len()
            })
            .collect()
    }

    /// How many values are numbers when split this way.
    fn score(&self, delimiter: Delimiter) -> usize {
        let mut fields = Vec::new();
        let mut score = 0;
        for (_, line) in self.sample {
            fields_of(line, delimiter, self.columns, &mut fields);
            score +=
                fields.iter().filter(|f| matches!(parse(f, delimiter != Delimiter::Comma), Value::Number(_))).count();
        }
        score
    }

    /// The delimiter told, unless the rows fit another one and not it.
    fn delimiter(&mut self) -> Delimiter {
        let told = self.declared.delimiter;
        let fits = |d: Delimiter| {
            let mode = most_common(&self.counts(d));
            if self.declared.wrapped {
                mode > 1 || d == told
            } else if self.columns == 0 {
                mode > 1
            } else {
                mode == self.columns
            }
        };
        let candidates: Vec<(Delimiter, usize)> =
            [Delimiter::Space, Delimiter::Comma, Delimiter::Tab, Delimiter::Semicolon]
                .into_iter()
                .filter(|d| *d == told || self.columns != 1)
                .filter(|d| fits(*d))
                .map(|d| (d, self.score(d)))
                .collect();
        let told_score = candidates.iter().find(|(d, _)| *d == told).map_or(0, |(_, s)| *s);
        let Some((best, score)) = candidates.iter().max_by_key(|(_, s)| *s).copied() else { return told };
        if best == told || score <= told_score * 2 && told_score > 0 {
            return told;
        }
        let message = format!(
            "~Version says the values are delimited by {told:?}, but the rows are by {best:?}; they are read so"
        );
        self.issues.push(Issue::warning("delimiter-differs", message).at_line(self.first_line));
        best
    }

    fn decimal_comma(&mut self, delimiter: Delimiter) -> bool {
        if delimiter == Delimiter::Comma {
            return false;
        }
        let (mut commas, mut points) = (0usize, 0usize);
        let mut fields = Vec::new();
        for (_, line) in self.sample {
            split_fields(line, delimiter, &mut fields);
            for field in &fields {
                if field.contains(&b',') {
                    commas += usize::from(matches!(parse(field, true), Value::Number(_)));
                } else if field.contains(&b'.') {
                    points += usize::from(matches!(parse(field, false), Value::Number(_)));
                }
            }
        }
        // Both in one file: a comma may as well separate thousands, so such values are not guessed at.
        let found = commas > 0 && points == 0;
        if found {
            self.issues.push(
                Issue::warning("decimal-comma", "numbers have a decimal comma; it is read as a decimal point")
                    .at_line(self.first_line),
            );
        }
        found
    }

    /// Matches the number of values in a row to the number of curves; true when rows are wrapped.
    fn columns(&mut self, delimiter: Delimiter, headers: &mut Vec<CurveHeader>) -> Result<bool, LasError> {
        if self.declared.wrapped && self.columns > 0 {
            return Ok(true);
        }
        let counts = self.counts(delimiter);
        let mode = most_common(&counts);
        if self.columns == 0 {
            self.name_from_title(mode, headers);
            return Ok(false);
        }
        if counts.contains(&self.columns) {
            return Ok(false);
        }
        if mode < self.columns {
            if delimiter == Delimiter::Space && self.is_wrapped(&counts) {
                let message = "~Version says WRAP NO, but each row runs over several lines; it is read as wrapped";
                self.issues.push(Issue::warning("wrap-differs", message).at_line(self.first_line));
                return Ok(true);
            }
            let mut fields = Vec::new();
            let repaired = self.sample.iter().any(|(_, line)| {
                split_fields(line, delimiter, &mut fields);
                split_run_on(&fields).len() == self.columns
            });
            if repaired {
                return Ok(false);
            }
        } else if counts.iter().all(|c| *c == mode) && self.all_numbers(delimiter) {
            let extra = mode - self.columns;
            let message = format!(
                "~Curve defines {} curves but every row has {mode} values; the last {extra} have no name or unit and are kept as UNKNOWN. Check that the curves are in the order of the columns",
                self.columns
            );
            self.issues.push(Issue::warning("columns-undefined", message).at_line(self.first_line));
            headers.resize_with(mode, CurveHeader::default);
            name_curves(headers);
            return Ok(false);
        }
        let mut names: Vec<&str> = headers.iter().take(8).map(|h| h.name.as_str()).collect();
        if headers.len() > 8 {
            names.push("…");
        }
        Err(LasError::ColumnCount {
            section: self.declared.title.trim().to_owned(),
            line: self.first_line,
            expected: self.columns,
            found: mode,
            curves: names.join(", "),
        })
    }

    /// Without ~Curve the names may stand on the title line of the data.
    fn name_from_title(&mut self, count: usize, headers: &mut Vec<CurveHeader>) {
        let words: Vec<&str> = self.declared.title.split_whitespace().skip(1).collect();
        headers.resize_with(count, CurveHeader::default);
        let from = if words.len() == count {
            for (header, word) in headers.iter_mut().zip(&words) {
                (*word).clone_into(&mut header.mnemonic);
            }
            "they are named as on the title line of the data"
        } else {
            "they are named UNKNOWN"
        };
        name_curves(headers);
        let message = format!("no curves are defined for the {count} columns of the data; {from}, without units");
        self.issues.push(Issue::warning("curves-undefined", message).at_line(self.first_line));
    }

    /// True when the first lines fill whole rows one after another.
    fn is_wrapped(&self, counts: &[usize]) -> bool {
        let (mut held, mut rows) = (0usize, 0usize);
        for count in counts {
            held += count;
            if held > self.columns {
                return false;
            }
            if held == self.columns {
                rows += 1;
                held = 0;
            }
        }
        rows >= 2 || (rows == 1 && held == 0)
    }

    fn all_numbers(&self, delimiter: Delimiter) -> bool {
        let mut fields = Vec::new();
        self.sample.iter().all(|(_, line)| {
            split_fields(line, delimiter, &mut fields);
            fields.iter().all(|f| parse(f, delimiter != Delimiter::Comma) != Value::Text)
        })
    }

    /// The sample's rows that have as many values as there are columns, with their place in the sample.
    fn full_rows(&self, delimiter: Delimiter, columns: usize) -> Vec<(usize, Vec<&[u8]>)> {
        let mut rows = Vec::new();
        for (i, (_, line)) in self.sample.iter().enumerate() {
            let mut fields = Vec::new();
            fields_of(line, delimiter, columns, &mut fields);
            if fields.len() == columns {
                rows.push((i, fields));
            }
        }
        rows
    }
}

fn most_common(counts: &[usize]) -> usize {
    let best = |c: &&usize| counts.iter().filter(|o| o == c).count();
    counts.iter().max_by_key(best).copied().unwrap_or(0)
}

/// Separates numbers that run into each other at a minus sign: `-999.25-999.25`.
pub(super) fn split_run_on<'a>(fields: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let mut result = Vec::with_capacity(fields.len() + 4);
    for field in fields {
        let before = result.len();
        let mut from = 0;
        for i in 1..field.len() {
            let (last, here) = (field.get(i - 1).copied().unwrap_or(0), field.get(i).copied().unwrap_or(0));
            if here == b'-' && (last.is_ascii_digit() || last == b'.') {
                result.push(field.get(from..i).unwrap_or_default());
                from = i;
            }
        }
        result.push(field.get(from..).unwrap_or_default());
        let pieces = result.get(before..).unwrap_or_default();
        // `2020-01-02` is a date, not three numbers: each piece must look like the decimal number it is.
        let numbers = pieces.iter().all(|p| p.contains(&b'.') && matches!(parse(p, false), Value::Number(_)));
        if pieces.len() > 1 && !numbers {
            result.truncate(before);
            result.push(field);
        }
    }
    result
}

/// Columns declared as text (`{S}`), and those whose first values are mostly neither numbers nor null.
fn text_columns(rows: &[(usize, Vec<&[u8]>)], headers: &[CurveHeader], comma: bool) -> Vec<bool> {
    headers
        .iter()
        .enumerate()
        .map(|(c, h)| {
            if h.format.as_deref().is_some_and(|f| matches!(f.trim().to_ascii_uppercase().as_str(), "S" | "AS")) {
                return true;
            }
            let (mut texts, mut numbers) = (0usize, 0usize);
            for field in rows.iter().filter_map(|(_, r)| r.get(c)) {
                match parse(field, comma) {
                    Value::Text => texts += 1,
                    Value::Number(_) => numbers += 1,
                    Value::Null => {}
                }
            }
            texts > numbers
        })
        .collect()
}

/// Digits behind the decimal point, and whether there is an exponent.
pub(super) fn decimals_of(field: &[u8], comma: bool) -> (usize, bool) {
    let point = |b: &u8| *b == b'.' || (comma && *b == b',');
    let exponent = field.iter().position(|b| matches!(b, b'e' | b'E' | b'd' | b'D'));
    let mantissa = field.get(..exponent.unwrap_or(field.len())).unwrap_or_default();
    (mantissa.iter().position(point).map_or(0, |i| mantissa.len() - i - 1), exponent.is_some())
}

/// Where a field ends in its line.
fn end_in(line: &[u8], field: &[u8]) -> usize {
    (field.as_ptr() as usize).wrapping_sub(line.as_ptr() as usize).wrapping_add(field.len())
}

fn template(
    sample: &[(u64, &[u8])],
    rows: &[(usize, Vec<&[u8]>)],
    delimiter: Delimiter,
    columns: usize,
    comma: bool,
) -> Option<Template> {
    if delimiter != Delimiter::Space || rows.len() < 2 {
        return None;
    }
    let describe = |(i, row): &(usize, Vec<&[u8]>)| -> Option<Template> {
        let (_, line) = sample.get(*i)?;
        let ends = row.iter().map(|f| end_in(line, f)).collect();
        let decimals = row.iter().map(|f| decimals_of(f, comma).0).collect();
        row.iter().all(|f| matches!(parse(f, comma), Value::Number(_))).then_some(Template { ends, decimals })
    };
    let mut found = rows.iter().filter_map(describe);
    let first = found.next()?;
    let mut others = 0;
    for other in found {
        if other.ends != first.ends || other.decimals != first.decimals {
            return None;
        }
        others += 1;
    }
    // Values a single blank apart may have met by chance; wider gaps are there to align them.
    let aligned = rows.iter().any(|(i, row)| {
        let line = sample.get(*i).map_or(&b""[..], |(_, line)| line);
        let mut last = 0;
        row.iter().enumerate().any(|(c, field)| {
            let end = end_in(line, field);
            let gap = end.saturating_sub(field.len()).saturating_sub(last);
            last = end;
            gap > usize::from(c > 0)
        })
    });
    (aligned && others > 0 && first.ends.len() == columns).then_some(first)
}

/// As [`formats`], of rows that run over several lines: decimals and exponents, no widths. A sample whose lines do not fill
/// whole rows tells about its first rows only.
fn wrapped_formats(sample: &[(u64, &[u8])], delimiter: Delimiter, columns: usize, comma: bool) -> Vec<NumberFormat> {
    let mut formats = vec![NumberFormat::default(); columns];
    let (mut held, mut fields) = (0usize, Vec::new());
    for (_, line) in sample {
        fields_of(line, delimiter, columns, &mut fields);
        for (format, field) in formats.iter_mut().skip(held).zip(&fields) {
            let (decimals, exponent) = decimals_of(field, comma);
            format.decimals = format.decimals.max(decimals);
            format.exponent |= exponent && matches!(parse(field, comma), Value::Number(_));
        }
        held += fields.len();
        if held == columns {
            held = 0;
        } else if held > columns {
            break;
        }
    }
    formats
}

fn formats(
    sample: &[(u64, &[u8])],
    rows: &[(usize, Vec<&[u8]>)],
    delimiter: Delimiter,
    columns: usize,
    comma: bool,
) -> Vec<NumberFormat> {
    let mut formats = vec![NumberFormat::default(); columns];
    for (c, format) in formats.iter_mut().enumerate() {
        let mut width: Option<Option<usize>> = None;
        for (i, row) in rows {
            let (Some(field), Some((_, line))) = (row.get(c), sample.get(*i)) else { continue };
            let (decimals, exponent) = decimals_of(field, comma);
            format.decimals = format.decimals.max(decimals);
            format.exponent |= exponent && matches!(parse(field, comma), Value::Number(_));
            let from = c.checked_sub(1).and_then(|p| row.get(p)).map_or(0, |f| end_in(line, f));
            let here = end_in(line, field).checked_sub(from);
            width = match width {
                None => Some(here),
                Some(same) if same == here => Some(same),
                Some(_) => Some(None),
            };
        }
        format.width = if delimiter == Delimiter::Space && rows.len() > 1 { width.flatten() } else { None };
    }
    formats
}
