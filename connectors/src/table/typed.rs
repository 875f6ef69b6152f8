//! Columns while they are read: numbers until the values say otherwise.

use outcrop_types::Issue;

use super::layout::ColumnType;
use super::model::ColumnData;
use super::nulls::{Nulls, is_null_for_number};
use super::number::{self, Number};
use super::records::{Field, Records};

/// Texts in a numeric column that are reported one by one.
const REPORTED: usize = 5;

/// What a column's name says of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Well identifiers: text whatever they look like.
    WellIdentifier,
    /// Names: text as soon as one is not a plain whole number.
    Identifier,
    /// Depths, coordinates, angles: numbers, zeros in front or not.
    Number,
    /// Nothing.
    Free,
}

/// A column that grows by a field a row.
#[derive(Debug)]
pub(crate) struct Builder {
    data: ColumnData,
    meaning: Meaning,
    /// Numbers met.
    numbers: usize,
    /// Texts met in a numeric column.
    texts: usize,
    /// The first of them: row and text.
    first: Vec<(usize, String)>,
    /// Whether all of them are the same.
    one_word: bool,
    /// An identifier was met: zeros in front, or too many digits.
    identifier: bool,
}

impl Builder {
    pub(crate) fn new(column_type: ColumnType, meaning: Meaning) -> Self {
        let data = match (meaning, column_type) {
            (Meaning::WellIdentifier, _) | (_, ColumnType::Utf8) => ColumnData::Text(Vec::new()),
            (_, ColumnType::Int64) => ColumnData::Int(Vec::new()),
            (_, ColumnType::Float64) => ColumnData::Float(Vec::new()),
        };
        Builder { data, meaning, numbers: 0, texts: 0, first: Vec::new(), one_word: true, identifier: false }
    }

    pub(crate) fn meaning(&self) -> Meaning {
        self.meaning
    }

    pub(crate) fn push_null(&mut self) {
        match &mut self.data {
            ColumnData::Int(v) => v.push(None),
            ColumnData::Float(v) => v.push(f64::NAN),
            ColumnData::Text(v) => v.push(None),
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, records: &Records<'_>, field: Field, nulls: &Nulls, decimal_comma: bool) {
        let raw = records.raw(field);
        if raw.is_empty() {
            return self.push_null();
        }
        if let ColumnData::Text(values) = &mut self.data {
            let null = nulls.is_null(raw) || stated_number(raw, nulls, decimal_comma);
            values.push((!null).then(|| records.value(field).into_owned()));
            return;
        }
        if nulls.any_text() && nulls.is_null(raw) {
            return self.push_null();
        }
        let raw = if field.quoted { raw.trim_ascii() } else { raw };
        match number::parse(raw, decimal_comma) {
            Some(n) if nulls.is_null_number(n.as_f64()) => self.push_null(),
            Some(n) => self.push_number(n),
            None if nulls.is_null(raw) || is_null_for_number(raw) => self.push_null(),
            None => {
                self.texts += 1;
                let text = records.value(field);
                self.one_word &= self.first.first().is_none_or(|(_, t)| *t == text);
                if self.first.len() < REPORTED {
                    self.first.push((self.data.len(), text.into_owned()));
                }
                self.push_null();
            }
        }
    }

    #[inline]
    fn push_number(&mut self, n: Number) {
        self.numbers += 1;
        self.identifier |= matches!(n, Number::ZeroLed(_) | Number::Long(_));
        match (&mut self.data, n) {
            (ColumnData::Int(v), Number::Int(i) | Number::ZeroLed(i)) => v.push(Some(i)),
            (ColumnData::Int(v), Number::Float(x) | Number::Long(x)) => {
                // Rounding a whole number to double precision gives what reading its digits as one does.
                let mut floats: Vec<f64> = v.iter().map(|i| i.map_or(f64::NAN, |i| i as f64)).collect();
                floats.reserve(v.capacity().saturating_sub(floats.len()));
                floats.push(x);
                self.data = ColumnData::Float(floats);
            }
            (ColumnData::Float(v), n) => v.push(n.as_f64()),
            (ColumnData::Text(v), _) => v.push(None),
        }
    }

    /// True for a column begun as numbers whose values are texts or identifiers.
    pub(crate) fn must_be_text(&self) -> bool {
        self.data.is_number() && !numeric(self.meaning, self.numbers, self.texts, self.one_word, self.identifier)
    }

    /// Keeps what the reading as numbers found, for the report.
    pub(crate) fn remember_numbers(&mut self, other: &Builder) {
        self.numbers = other.numbers;
        self.texts = other.texts;
        self.first.clone_from(&other.first);
        self.identifier = other.identifier;
    }

    /// The values; texts that are null in a numeric column, and numbers in a column of text, are reported.
    pub(crate) fn finish(
        self,
        name: &str,
        lines: &[u64],
        nulls: &Nulls,
        decimal_comma: bool,
        issues: &mut Vec<Issue>,
    ) -> ColumnData {
        let begun_as_text = !self.data.is_number() && self.numbers == 0 && self.texts == 0;
        let this = if begun_as_text { self.numbers_after_all(nulls, decimal_comma) } else { self };
        let line = |row: usize| lines.get(row).copied().unwrap_or(0);
        if this.data.is_number() {
            if this.texts > 0 && this.one_word && this.texts > 1 {
                if let Some((row, text)) = this.first.first() {
                    issues.push(
                        Issue::warning(
                            "text-in-numbers",
                            format!("`{text}` stands {} times among numbers; taken as null", this.texts),
                        )
                        .at_line(line(*row))
                        .about(name),
                    );
                }
            } else {
                for (row, text) in &this.first {
                    issues.push(
                        Issue::warning("text-in-numbers", format!("`{text}` is not a number; taken as null"))
                            .at_line(line(*row))
                            .about(name),
                    );
                }
                if this.texts > this.first.len() {
                    issues.push(
                        Issue::warning(
                            "text-in-numbers",
                            format!(
                                "{} values are not numbers and taken as null; the first {} are listed",
                                this.texts,
                                this.first.len()
                            ),
                        )
                        .about(name),
                    );
                }
            }
        } else if this.numbers > 0 && this.meaning != Meaning::WellIdentifier {
            let why =
                if this.identifier { "zeros in front or more digits than a number holds" } else { "texts among them" };
            if this.meaning != Meaning::Identifier || this.identifier {
                let mut issue =
                    Issue::info("kept-as-text", format!("{} numbers are kept as text: {why}", this.numbers))
                        .about(name);
                if let Some((row, text)) = this.first.first() {
                    issue.message = format!("{}; the first is `{text}`", issue.message);
                    issue = issue.at_line(line(*row));
                }
                issues.push(issue);
            }
        }
        this.data
    }

    /// A column begun as text, by its first rows, as numbers where all its rows say so.
    fn numbers_after_all(self, nulls: &Nulls, decimal_comma: bool) -> Builder {
        let ColumnData::Text(values) = &self.data else { return self };
        if self.meaning == Meaning::WellIdentifier {
            return self;
        }
        let mut as_numbers = Builder::new(ColumnType::Int64, self.meaning);
        for (row, value) in values.iter().enumerate() {
            let Some(text) = value else {
                as_numbers.push_null();
                continue;
            };
            let raw = text.trim().as_bytes();
            match number::parse(raw, decimal_comma) {
                Some(n) if nulls.is_null_number(n.as_f64()) => as_numbers.push_null(),
                Some(n) => as_numbers.push_number(n),
                None if is_null_for_number(raw) => as_numbers.push_null(),
                None => {
                    as_numbers.texts += 1;
                    as_numbers.one_word &= as_numbers.first.first().is_none_or(|(_, t)| t == text);
                    if as_numbers.first.len() < REPORTED {
                        as_numbers.first.push((row, text.clone()));
                    }
                    as_numbers.push_null();
                }
            }
        }
        let filled = as_numbers.numbers > 0;
        if filled && !as_numbers.must_be_text() {
            return as_numbers;
        }
        let mut text = self;
        // A few numbers among names are names; most of a column is worth a word.
        if as_numbers.numbers > as_numbers.texts {
            text.remember_numbers(&as_numbers);
        }
        text
    }
}

/// Whether a column of so many numbers and texts is one of numbers.
fn numeric(meaning: Meaning, numbers: usize, texts: usize, one_word: bool, identifier: bool) -> bool {
    if identifier && meaning != Meaning::Number {
        return false;
    }
    let tolerated = match meaning {
        Meaning::WellIdentifier => return false,
        Meaning::Identifier => 0,
        Meaning::Number => numbers,
        Meaning::Free if one_word && texts > 1 => numbers,
        Meaning::Free => (numbers + texts) / 20,
    };
    texts <= tolerated
}

fn stated_number(raw: &[u8], nulls: &Nulls, decimal_comma: bool) -> bool {
    nulls.any_text() && number::parse(raw, decimal_comma).is_some_and(|n| nulls.is_null_number(n.as_f64()))
}
