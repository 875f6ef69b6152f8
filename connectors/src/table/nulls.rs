//! Texts and numbers that stand for a missing value.

use outcrop_types::Issue;

use super::model::{Column, ColumnData};
use super::number;

/// What is null in a file, beside an empty field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nulls {
    /// Texts stated by the user or the file's format, matched as they are.
    texts: Vec<String>,
    /// Numbers among the user's: every spelling of the value matches.
    numbers: Vec<f64>,
}

impl Nulls {
    /// From the user's list and what the format of the file states.
    pub(crate) fn new(stated: &[String], of_format: &[String], decimal_comma: bool) -> Self {
        let numbers = stated
            .iter()
            .filter_map(|t| {
                let t = t.trim().as_bytes();
                number::parse(t, decimal_comma).or_else(|| number::parse(t, false)).map(number::Number::as_f64)
            })
            .collect();
        Nulls { texts: stated.iter().chain(of_format).map(|t| t.trim().to_owned()).collect(), numbers }
    }

    /// A field that is null whatever its column holds: empty, `NULL`, `NaN`, `NA`, `N/A`, or as stated.
    #[inline]
    pub(crate) fn is_null(&self, field: &[u8]) -> bool {
        field.is_empty() || usual(field) || self.texts.iter().any(|t| t.as_bytes() == field)
    }

    /// True when a text was stated that may look like a number.
    pub(crate) fn any_text(&self) -> bool {
        !self.texts.is_empty()
    }

    /// A number that was stated to be null.
    #[inline]
    pub(crate) fn is_null_number(&self, value: f64) -> bool {
        self.numbers.contains(&value)
    }
}

/// The spellings every spreadsheet and statistics program uses, ignoring case.
fn usual(field: &[u8]) -> bool {
    if field.len() > 5 {
        return field.iter().all(|b| b.is_ascii_whitespace());
    }
    const USUAL: [&[u8]; 8] = [b"null", b"nan", b"-nan", b"na", b"n/a", b"#n/a", b"<na>", b"#na"];
    USUAL.iter().any(|u| field.eq_ignore_ascii_case(u)) || field.iter().all(|b| b.is_ascii_whitespace())
}

/// Fields that are null in a column of numbers, where as a text they may mean something.
pub(crate) fn is_null_for_number(field: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [b"-", b"--", b"none", b"nil", b"undef", b"undefined", b"missing"];
    WORDS.iter().any(|w| field.eq_ignore_ascii_case(w))
}

/// Values that programs of the field write for a missing one.
const LOW: [f64; 10] =
    [-999.0, -999.25, -9999.0, -9999.25, -99999.0, -99999.25, -999999.0, -999999.25, -32768.0, -1e30];
/// The same above every value: RMS writes 1e33, Petrel and IRAP 1e30 and 9999900, Surfer 1.70141e38.
const HIGH: [f64; 4] = [1e30, 1e33, 1.701_41e38, 9_999_900.0];

/// Makes null what is clearly a marker of a missing value, and says so; says what might be one.
///
/// A marker is clear when it is far from all other values: below a column that is never negative or by more than its
/// range, or above its largest value by a factor of a million.
pub(crate) fn clear_sentinels(column: &mut Column, issues: &mut Vec<Issue>) {
    for marker in LOW.into_iter().chain(HIGH) {
        let (mut count, mut low, mut high) = (0usize, f64::INFINITY, f64::NEG_INFINITY);
        let mut look = |value: f64| {
            if value == marker {
                count += 1;
            } else if !LOW.contains(&value) && !HIGH.contains(&value) {
                low = low.min(value);
                high = high.max(value);
            }
        };
        match &column.data {
            ColumnData::Float(v) => v.iter().copied().filter(|x| !x.is_nan()).for_each(&mut look),
            ColumnData::Int(v) => v.iter().flatten().for_each(|x| look(*x as f64)),
            ColumnData::Text(_) => return,
        }
        if count == 0 {
            continue;
        }
        let alone = low > high;
        let clear = if marker < 0.0 {
            alone || low >= 0.0 || marker < low - (high - low)
        } else {
            !alone && marker > 1e6 * high.abs().max(low.abs()).max(1.0)
        };
        let name = column.name.clone();
        if clear {
            match &mut column.data {
                ColumnData::Float(v) => v.iter_mut().filter(|x| **x == marker).for_each(|x| *x = f64::NAN),
                ColumnData::Int(v) => {
                    v.iter_mut().filter(|x| x.is_some_and(|i| i as f64 == marker)).for_each(|x| *x = None);
                }
                ColumnData::Text(_) => {}
            }
            let others = if alone {
                "the column has no other value".to_owned()
            } else {
                format!("the other values are {low} to {high}")
            };
            issues.push(
                Issue::warning(
                    "null-assumed",
                    format!("{count} values of {marker} are taken as null: {others}; the file does not say so"),
                )
                .about(name),
            );
        } else if marker < 0.0 {
            issues.push(
                Issue::warning(
                    "null-suspected",
                    format!(
                        "{count} values of {marker} are kept: they may mean null, but the other values are {low} to {high}; \
                         state null={marker} if they do"
                    ),
                )
                .about(name),
            );
        }
    }
}
