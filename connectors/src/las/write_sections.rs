//! Sections of LAS 3.0 beside the log data, written so that they read back as they were.
//!
//! Source: CWLS LAS 3.0 (2000): data sections are `~Tops_Data | Tops_Definition`, their columns stand in a section
//! `~Tops_Definition` before them, and parameters in `~Tops_Parameter`.

use super::HeaderItem;
use super::section::{Kind, base_name, kind_of};

/// A section of LAS 3.0 that is not log data.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteSection {
    /// Parameters, a line each.
    Items {
        /// The title line, without `~` and `|`.
        title: String,
        /// The lines.
        items: Vec<HeaderItem>,
    },
    /// Rows; their columns are defined in a section of their own.
    Rows {
        /// The title line, without `~` and `|`.
        title: String,
        /// What the columns are; a format `S` says that values that look like numbers are text.
        columns: Vec<HeaderItem>,
        /// The values, as many in each row as there are columns; an empty text is null.
        rows: Vec<Vec<String>>,
    },
    /// Lines of which nothing says what their words are.
    Lines {
        /// The title line, without `~` and `|`.
        title: String,
        /// The lines.
        lines: Vec<String>,
    },
}

/// A value of a section: the row it stands in, and its column or item with the value in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionValue {
    /// The row, or the place of the item.
    pub row: i64,
    /// Mnemonic, unit, value and description.
    pub item: HeaderItem,
}

impl WriteSection {
    /// A section put together from its values, which are in the order of the file. Columns stand in the order that the
    /// rows have them in, empty values left out.
    ///
    /// ```
    /// use outcrop_connectors::las::{HeaderItem, SectionValue, WriteSection};
    /// let cell = |row, name: &str, value: &str| SectionValue {
    ///     row,
    ///     item: HeaderItem { mnemonic: name.into(), value: value.into(), ..HeaderItem::default() },
    /// };
    /// let cells = vec![cell(1, "TOPT", "545.5"), cell(2, "TOPT", "602"), cell(2, "TOPN", "Colony")];
    /// let WriteSection::Rows { rows, .. } = WriteSection::of_values("Tops_Data", cells) else { panic!() };
    /// assert_eq!(rows, [["545.5", ""], ["602", "Colony"]]);
    /// ```
    pub fn of_values(title: &str, values: Vec<SectionValue>) -> WriteSection {
        let title = title.to_owned();
        if matches!(kind_of(name_of(&title), None), Kind::Definition | Kind::GenericParameter) {
            return WriteSection::Items { title, items: values.into_iter().map(|v| v.item).collect() };
        }
        let undefined = |v: &SectionValue| v.item.mnemonic == "column_1" && v.item.unit.is_none();
        if values.iter().all(undefined) {
            return WriteSection::Lines { title, lines: values.into_iter().map(|v| v.item.value).collect() };
        }
        let mut columns: Vec<(HeaderItem, usize)> = Vec::new();
        let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
        // Columns get a number each as they are met, and `order` has the numbers in their order.
        let mut order: Vec<usize> = Vec::new();
        let mut last_row = None;
        let mut before = None;
        let mut in_row: Vec<usize> = Vec::new();
        for SectionValue { row, item } in values {
            if last_row != Some(row) {
                (last_row, before) = (Some(row), None);
                rows.push(Vec::new());
                in_row.clear();
            }
            let (column, value) = (HeaderItem { value: String::new(), line: 0, ..item.clone() }, item.value);
            // A mnemonic may name several columns of a row.
            let nth = in_row.iter().filter(|c| columns.get(**c).is_some_and(|(known, _)| *known == column)).count();
            let found = columns.iter().position(|(known, n)| *known == column && *n == nth);
            let number = found.unwrap_or(columns.len());
            if found.is_none() {
                columns.push((column, nth));
                let after = before.and_then(|b| order.iter().position(|o| *o == b)).map_or(0, |place| place + 1);
                order.insert(after, number);
            }
            in_row.push(number);
            before = Some(number);
            if let Some(cells) = rows.last_mut() {
                cells.push((number, value));
            }
        }
        let rows = rows.into_iter().map(|cells| {
            let cell = |wanted: &usize| cells.iter().find(|(c, _)| c == wanted).map(|(_, v)| v.clone());
            order.iter().map(|c| cell(c).unwrap_or_default()).collect::<Vec<String>>()
        });
        let rows = rows.collect();
        let columns = order.iter().filter_map(|c| columns.get(*c)).map(|(column, _)| column.clone()).collect();
        WriteSection::Rows { title, columns, rows }
    }

    /// The title line, without `~` and `|`.
    pub fn title(&self) -> &str {
        match self {
            WriteSection::Items { title, .. }
            | WriteSection::Rows { title, .. }
            | WriteSection::Lines { title, .. } => title,
        }
    }

    /// How many rows, items or lines it has.
    pub fn count(&self) -> usize {
        match self {
            WriteSection::Items { items, .. } => items.len(),
            WriteSection::Rows { rows, .. } => rows.len(),
            WriteSection::Lines { lines, .. } => lines.len(),
        }
    }

    /// The cells, which the delimiter must not be part of.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        let rows: &[Vec<String>] = if let WriteSection::Rows { rows, .. } = self { rows } else { &[] };
        rows.iter().flatten().map(String::as_str)
    }
}

/// What a data section of LAS 3.0 is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Picks: ~Tops.
    Tops,
    /// Survey stations: ~Inclinometry.
    Inclinometry,
    /// Cored intervals: ~Core.
    Core,
    /// Drill stem tests: ~Test.
    Test,
    /// Perforated intervals: ~Perforations.
    Perforations,
}

impl Topic {
    /// What a section of this name is about; none for other sections, definitions and parameters.
    ///
    /// ```
    /// use outcrop_connectors::las::Topic;
    /// assert_eq!(Topic::of("Core_Data[2]"), Some(Topic::Core));
    /// assert_eq!(Topic::of("Core_Definition"), None);
    /// ```
    pub fn of(name: &str) -> Option<Topic> {
        let name = base_name(name_of(name));
        if name.contains("definition") || name.contains("parameter") {
            return None;
        }
        match name.split('_').next() {
            Some("tops" | "top") => Some(Topic::Tops),
            Some("inclinometry" | "survey" | "deviation") => Some(Topic::Inclinometry),
            Some("core") => Some(Topic::Core),
            Some("test") => Some(Topic::Test),
            Some("perforations" | "perforation") => Some(Topic::Perforations),
            _ => None,
        }
    }
}

/// The name of a section by its title: up to the first blank or bar.
fn name_of(title: &str) -> &str {
    if title.starts_with([' ', '\t']) {
        return "";
    }
    title.split('|').next().unwrap_or_default().split_whitespace().next().unwrap_or_default()
}

/// The name of the section that defines the columns of another: `Core_Definition[1]` of `Core_Data[1]`. `taken` has those
/// that are written already.
pub(super) fn definition_of(title: &str, columns: &[HeaderItem], taken: &[(String, Vec<HeaderItem>)]) -> String {
    let name = name_of(title);
    let (stem, index) = name.split_at(name.find('[').unwrap_or(name.len()));
    let lower = stem.to_ascii_lowercase();
    let stem = match lower.find("_data") {
        Some(at) => [stem.get(..at), stem.get(at + "_data".len()..)].into_iter().flatten().collect(),
        None => stem.to_owned(),
    };
    let mut wanted = format!("{stem}_Definition{index}");
    let mut number = 1;
    while taken.iter().any(|(known, of)| known.eq_ignore_ascii_case(&wanted) && of != columns) {
        wanted = format!("{stem}_Definition[{number}]");
        number += 1;
    }
    wanted
}

/// Whether a section of this title is read as rows or text, without a word behind `|`.
pub(super) fn is_plain(title: &str) -> bool {
    matches!(kind_of(name_of(title), None), Kind::Data | Kind::Unknown)
}
