//! A table in memory: named columns of one length.

use outcrop_types::Issue;

use super::layout::{ColumnType, Layout};
use super::role::{Role, key};

/// The values of a column, in file order.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Numbers; NaN is null.
    Float(Vec<f64>),
    /// Whole numbers.
    Int(Vec<Option<i64>>),
    /// Text, without surrounding blanks.
    Text(Vec<Option<String>>),
}

impl ColumnData {
    /// Number of values, nulls included.
    pub fn len(&self) -> usize {
        match self {
            ColumnData::Float(v) => v.len(),
            ColumnData::Int(v) => v.len(),
            ColumnData::Text(v) => v.len(),
        }
    }

    /// True without values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The type.
    pub fn column_type(&self) -> ColumnType {
        match self {
            ColumnData::Float(_) => ColumnType::Float64,
            ColumnData::Int(_) => ColumnType::Int64,
            ColumnData::Text(_) => ColumnType::Utf8,
        }
    }

    /// True for numbers.
    pub fn is_number(&self) -> bool {
        !matches!(self, ColumnData::Text(_))
    }

    /// The number of nulls.
    pub fn nulls(&self) -> usize {
        match self {
            ColumnData::Float(v) => v.iter().filter(|x| x.is_nan()).count(),
            ColumnData::Int(v) => v.iter().filter(|x| x.is_none()).count(),
            ColumnData::Text(v) => v.iter().filter(|x| x.is_none()).count(),
        }
    }

    /// A value as a number; `None` for null, text and rows that are not there.
    pub fn number(&self, row: usize) -> Option<f64> {
        match self {
            ColumnData::Float(v) => v.get(row).copied().filter(|x| !x.is_nan()),
            ColumnData::Int(v) => v.get(row).copied().flatten().map(|x| x as f64),
            ColumnData::Text(_) => None,
        }
    }

    /// A value as text; numbers as they print shortest.
    pub fn text(&self, row: usize) -> Option<String> {
        match self {
            ColumnData::Float(v) => v.get(row).copied().filter(|x| !x.is_nan()).map(|x| x.to_string()),
            ColumnData::Int(v) => v.get(row).copied().flatten().map(|x| x.to_string()),
            ColumnData::Text(v) => v.get(row).cloned().flatten(),
        }
    }

    /// The numbers that are not null, in order; nothing for text.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            ColumnData::Float(v) => v.iter().copied().filter(|x| !x.is_nan()).collect(),
            ColumnData::Int(v) => v.iter().flatten().map(|x| *x as f64).collect(),
            ColumnData::Text(_) => Vec::new(),
        }
    }

    /// Smallest and largest number; `None` when there is none.
    pub fn range(&self) -> Option<(f64, f64)> {
        let fold = |range: Option<(f64, f64)>, x: f64| match range {
            None => Some((x, x)),
            Some((low, high)) => Some((low.min(x), high.max(x))),
        };
        match self {
            ColumnData::Float(v) => v.iter().copied().filter(|x| !x.is_nan()).fold(None, fold),
            ColumnData::Int(v) => v.iter().flatten().map(|x| *x as f64).fold(None, fold),
            ColumnData::Text(_) => None,
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Name as the file has it, without its unit; `column_<n>` where it has none.
    pub name: String,
    /// The values.
    pub data: ColumnData,
    /// Unit the values are in: a [`outcrop_types::Unit`] symbol where known, else as written; `None` when not stated.
    pub unit: Option<String>,
    /// Role that was stated (by an option or a joined dictionary); [`super::detect`] finds the others.
    pub role: Option<Role>,
}

/// A text table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// How the file is laid out.
    pub layout: Layout,
    /// The columns, all of `rows` values.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub rows: usize,
    /// Line of each row, counted from 1.
    pub row_lines: Vec<u64>,
    /// Kind that was stated by an option.
    pub kind: Option<super::role::Kind>,
    /// What was noticed, the layout's issues included.
    pub issues: Vec<Issue>,
}

impl Table {
    /// The column of a name, ignoring case, blanks and punctuation, or of a place (`column_3`).
    pub fn column_index(&self, name: &str) -> Option<usize> {
        find_column(self.columns.iter().map(|c| c.name.as_str()), &self.layout.headings, name)
    }

    /// The line of a row; 0 when there is no such row.
    pub fn line(&self, row: usize) -> u64 {
        self.row_lines.get(row).copied().unwrap_or(0)
    }
}

/// The place of a column by name (exact, then ignoring case and punctuation), heading, or `column_<n>`.
pub(crate) fn find_column<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    headings: &[String],
    wanted: &str,
) -> Option<usize> {
    let wanted = wanted.trim();
    if let Some(i) = names.clone().position(|n| n == wanted) {
        return Some(i);
    }
    if let Some(i) = headings.iter().position(|h| h.trim() == wanted) {
        return Some(i);
    }
    let wanted_key = key(wanted);
    if !wanted_key.is_empty()
        && let Some(i) = names.clone().position(|n| key(n) == wanted_key)
    {
        return Some(i);
    }
    let place: usize = wanted.to_ascii_lowercase().strip_prefix("column_")?.parse().ok()?;
    (place >= 1 && place <= names.count()).then(|| place - 1)
}
