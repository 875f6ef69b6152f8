//! Words of a text, with the lines they are on.

use outcrop_types::grid::MAX_NODES;

use crate::dataset::DatasetError;

/// Words between blanks, one after the other.
pub(crate) struct Words<'a> {
    lines: std::str::Lines<'a>,
    words: std::str::SplitAsciiWhitespace<'a>,
    /// The line of the last word, from 1.
    pub(crate) line: u64,
}

impl<'a> Words<'a> {
    /// The words of a text whose first line has this number.
    pub(crate) fn new(text: &'a str, first: u64) -> Self {
        Words { lines: text.lines(), words: "".split_ascii_whitespace(), line: first.saturating_sub(1) }
    }

    pub(crate) fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(word) = self.words.next() {
                return Some(word);
            }
            self.words = self.lines.next()?.split_ascii_whitespace();
            self.line += 1;
        }
    }

    /// The next word as a finite number; `what` it is, for the message.
    pub(crate) fn number(&mut self, what: &str) -> Result<f64, DatasetError> {
        let word = self.next().ok_or_else(|| missing(what))?;
        number(word).ok_or_else(|| DatasetError::at_line(format!("{what} is `{word}`, expected a number"), self.line))
    }

    /// The next word as a count.
    pub(crate) fn count(&mut self, what: &str) -> Result<usize, DatasetError> {
        let word = self.next().ok_or_else(|| missing(what))?;
        count(word).ok_or_else(|| {
            DatasetError::at_line(
                format!("{what} is `{word}`, expected a whole number from 1 to {MAX_NODES}"),
                self.line,
            )
        })
    }

    /// The next so many numbers, and nothing behind them. Those that `is_undefined` says are NaN.
    pub(crate) fn values(
        &mut self,
        columns: usize,
        rows: usize,
        is_undefined: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>, DatasetError> {
        let wanted = columns.saturating_mul(rows);
        // A broken header must not reserve memory that its file cannot fill.
        let mut values = Vec::with_capacity(wanted.min(1 << 20));
        while let Some(word) = self.next() {
            let value = number(word).ok_or_else(|| {
                DatasetError::at_line(format!("value {} is `{word}`, expected a number", values.len() + 1), self.line)
            })?;
            if values.len() == wanted {
                return Err(DatasetError::at_line(
                    format!("there are more values than the {wanted} of {columns} columns and {rows} rows"),
                    self.line,
                ));
            }
            values.push(if is_undefined(value) { f64::NAN } else { value });
        }
        if values.len() < wanted {
            return Err(DatasetError::at_line(
                format!(
                    "expected {wanted} values for {columns} columns and {rows} rows, found {}; the file is cut short",
                    values.len()
                ),
                self.line,
            ));
        }
        Ok(values)
    }
}

fn missing(what: &str) -> DatasetError {
    DatasetError::new(format!("the file ends before {what}; it is cut short"))
}

/// A finite number; Fortran's `1.0D+30` is one too.
pub(crate) fn number(text: &str) -> Option<f64> {
    let parsed = fast_float2::parse::<f64, _>(text).ok().filter(|n| n.is_finite());
    parsed.or_else(|| {
        let changed = text.replace(['D', 'd'], "e");
        (changed != text).then(|| fast_float2::parse::<f64, _>(&changed).ok().filter(|n| n.is_finite()))?
    })
}

/// A whole number from 1 to [`MAX_NODES`].
pub(crate) fn count(text: &str) -> Option<usize> {
    text.parse::<usize>().ok().filter(|n| (1..=MAX_NODES).contains(n))
}

/// The bytes as text; letters that are not UTF-8 are replaced, which the names of formats and their numbers never need.
pub(crate) fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes))
}
