//! What a LAS file holds.

use outcrop_types::Issue;

use super::section::rows_of;

/// How a file is to be read. The default asks for nothing special.
///
/// ```
/// use outcrop_connectors::las::ReadOptions;
/// let options = ReadOptions { null: Some(-9999.0), ..ReadOptions::default() };
/// assert!(options.encoding.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadOptions {
    /// A further value that means null, besides the `NULL` of the ~Well section.
    pub null: Option<f64>,
    /// The text encoding (a WHATWG label such as `windows-1252`); found from the bytes when `None`.
    pub encoding: Option<String>,
}

/// The version of the standard the file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// LAS 1.2 (1989): in ~Well the description stands before the colon and the value after it.
    V12,
    /// LAS 2.0 (1992).
    V20,
    /// LAS 3.0 (2000).
    V30,
    /// The file does not say, or says something else.
    Unknown,
}

/// What separates the values of a data row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// Any run of blanks and tabs.
    Space,
    /// One tab; blanks around values are not part of them.
    Tab,
    /// One comma.
    Comma,
    /// One semicolon: not in the standard, met together with decimal commas.
    Semicolon,
}

/// What the first column of the data counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexType {
    /// Measured depth along the borehole.
    Md,
    /// True vertical depth, of whatever datum the file means.
    Tvd,
    /// Time: elapsed, of day, or two-way.
    Time,
    /// Something else, or not told.
    Other,
}

/// One `MNEM.UNIT VALUE : DESCRIPTION` line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeaderItem {
    /// The mnemonic as in the file; may be empty.
    pub mnemonic: String,
    /// The unit as in the file, without enclosing brackets; `None` where there is none.
    pub unit: Option<String>,
    /// The value (in LAS 1.2 the text after the colon, where the standard puts it); may be empty.
    pub value: String,
    /// The description, without format and association; may be empty.
    pub description: String,
    /// The format in braces at the end of the description: `F10.4`, `S`, `AF;5ms`, `DD/MM/YYYY`.
    pub format: Option<String>,
    /// What stands after `|`: the zone or run an item of LAS 3.0 belongs to.
    pub association: Option<String>,
    /// The line, counted from 1.
    pub line: u64,
}

/// One curve as the header defines it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CurveHeader {
    /// The mnemonic as in the file; may be empty.
    pub mnemonic: String,
    /// A name no other curve of this log data has, ignoring case: `GR`, or `GR:1`, `GR:2` where a mnemonic repeats, `UNKNOWN` for an empty one.
    pub name: String,
    /// The unit as in the file, without enclosing brackets; `None` where there is none.
    pub unit: Option<String>,
    /// The description without its format; may be empty.
    pub description: String,
    /// The value between unit and colon: an API code.
    pub value: String,
    /// The format in braces at the end of the description.
    pub format: Option<String>,
    /// The line, counted from 1; 0 when no line of the file defines the curve.
    pub line: u64,
}

/// A section other than ~Version, ~Well, ~Curve, ~Parameter, ~Other and log data: of LAS 3.0 (`~Core_Definition`, `~Core_Data[1] | Core_Definition`) or of a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The title line without `~`.
    pub title: String,
    /// The name: the title up to `|` or the first blank.
    pub name: String,
    /// The definition section named after `|`.
    pub association: Option<String>,
    /// The items of a `_Definition` or `_Parameter` section; empty for others.
    pub items: Vec<HeaderItem>,
    /// For a section with rows: its columns, from the matching definition section; empty when none matches.
    pub columns: Vec<HeaderItem>,
    /// The body, verbatim.
    pub text: String,
    /// How its rows are separated.
    pub delimiter: Delimiter,
    /// The line of the title, counted from 1.
    pub line: u64,
}

impl Section {
    /// The values of each row (lines that are neither blank nor comments), quotes removed. A row is as long as the file has it.
    ///
    /// Rows of sections with items are their lines split; use [`Section::items`] there.
    pub fn rows(&self) -> impl Iterator<Item = Vec<&str>> + '_ {
        rows_of(&self.text, self.delimiter)
    }
}

/// Everything a LAS file says before (and, after [`crate::las::read`], behind) its log data.
#[derive(Debug, Clone, PartialEq)]
pub struct LasHeader {
    /// The version the file is read as.
    pub version: Version,
    /// `VERS` as in the file; empty when missing.
    pub version_text: String,
    /// `WRAP`: a row of data runs over several lines.
    pub wrapped: bool,
    /// `DLM`, or what it is by default.
    pub delimiter: Delimiter,
    /// The text encoding the header was read with: `UTF-8`, `UTF-16LE`, `UTF-16BE`, `windows-1252` …
    pub encoding: &'static str,
    /// `NULL` of ~Well.
    pub null: Option<f64>,
    /// ~Well.
    pub well: Vec<HeaderItem>,
    /// ~Parameter of the first log data, `~Log_Parameter` included.
    pub parameters: Vec<HeaderItem>,
    /// The curves of the first log data, the index first.
    pub curves: Vec<CurveHeader>,
    /// ~Other, verbatim.
    pub other: String,
    /// All further sections.
    pub sections: Vec<Section>,
    /// Everything up to and including the title line of the first log data, verbatim.
    pub text: String,
    /// What the index counts.
    pub index_type: IndexType,
    /// `STRT` when it is a number, in the unit its line gives.
    pub start: Option<f64>,
    /// `STOP` when it is a number.
    pub stop: Option<f64>,
    /// `STEP` when it is a number; 0 means irregular.
    pub step: Option<f64>,
    /// False when the bytes given end before the first log data (`~A`) begins: a header-only read needs more of the file, or the file has no log data.
    pub complete: bool,
    /// What was noticed.
    pub issues: Vec<Issue>,
}

/// How the numbers of a column are written, for an export that is faithful to the source. Taken from the first hundred rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberFormat {
    /// The width of the field with its leading blanks, where the columns are of fixed width and aligned to the right.
    pub width: Option<usize>,
    /// The largest number of digits after the decimal point.
    pub decimals: usize,
    /// Numbers have an exponent.
    pub exponent: bool,
}

/// The values of a curve, one for each row.
#[derive(Debug, Clone, PartialEq)]
pub enum CurveData {
    /// Numbers; null is NaN, and no value is infinite.
    Numeric(Vec<f64>),
    /// Text: lithologies, dates, times, as in the file without quotes and outer blanks.
    Text(Vec<Option<String>>),
}

/// One column of log data.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The unique name, as in [`CurveHeader::name`].
    pub name: String,
    /// The values.
    pub data: CurveData,
    /// How the numbers are written.
    pub format: NumberFormat,
}

/// A further set of log data: LAS 3.0 files may have several, each with its own curves and parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct LogSet {
    /// The title line of its data without `~`.
    pub title: String,
    /// The parameters before it.
    pub parameters: Vec<HeaderItem>,
    /// The curves as defined.
    pub headers: Vec<CurveHeader>,
    /// What the index counts.
    pub index_type: IndexType,
    /// The curves' values, the index first.
    pub curves: Vec<Curve>,
    /// How many rows.
    pub rows: usize,
    /// The line of the title, counted from 1.
    pub line: u64,
}

/// A LAS file.
#[derive(Debug, Clone, PartialEq)]
pub struct LasFile {
    /// The header, and the sections behind the data.
    pub header: LasHeader,
    /// The first log data, the index first. Empty when the file defines no curves.
    pub curves: Vec<Curve>,
    /// How many rows the first log data has.
    pub rows: usize,
    /// Further log data of a LAS 3.0 file.
    pub more: Vec<LogSet>,
    /// What was noticed in the data; the header has its own list.
    pub issues: Vec<Issue>,
}

/// Mnemonics that mean the same in ~Well, the standard's own first.
static WELL_ALIASES: &[&[&str]] = &[
    &["WELL", "WN", "WELLNAME", "WELL_NAME", "WELLID"],
    &["UWI", "UWID", "UNIQUE_WELL_ID", "UNIQUEWELLID"],
    &["API", "APIN", "API_NO", "APINUM"],
    &["COMP", "CN", "OPERATOR", "OPER"],
    &["FLD", "FN", "FIELD"],
    &["LOC", "FL", "LOCATION"],
    &["CNTY", "COUN", "COUNTY"],
    &["STAT", "STATE"],
    &["CTRY", "COUNTRY"],
    &["PROV", "PROVINCE"],
    &["LATI", "LAT", "LATITUDE"],
    &["LONG", "LON", "LONGITUDE"],
    &["SRVC", "SERVICE"],
];

impl LasHeader {
    /// The value of a ~Well item: the first that is not empty under this mnemonic or one that means the same (case does not matter).
    ///
    /// ```
    /// use outcrop_connectors::las::{read_header, ReadOptions};
    /// let text = b"~V\nVERS. 1.2 :\nWRAP. NO :\n~W\nUWI . UNIQUE WELL ID : 100123\n~C\nDEPT.M :\n~A\n";
    /// let header = read_header(text, &ReadOptions::default()).unwrap();
    /// assert_eq!(header.well_value("uwi"), Some("100123"));
    /// ```
    pub fn well_value(&self, mnemonic: &str) -> Option<&str> {
        let find = |name: &str| {
            self.well
                .iter()
                .find(|i| i.mnemonic.eq_ignore_ascii_case(name) && !i.value.is_empty())
                .map(|i| i.value.as_str())
        };
        find(mnemonic).or_else(|| {
            WELL_ALIASES
                .iter()
                .find(|group| group.iter().any(|n| n.eq_ignore_ascii_case(mnemonic)))
                .and_then(|group| group.iter().find_map(|n| find(n)))
        })
    }

    /// The ~Well item of exactly this mnemonic (case does not matter).
    pub fn well_item(&self, mnemonic: &str) -> Option<&HeaderItem> {
        self.well.iter().find(|i| i.mnemonic.eq_ignore_ascii_case(mnemonic))
    }

    /// The first ~Parameter item of this mnemonic (case does not matter).
    pub fn parameter(&self, mnemonic: &str) -> Option<&HeaderItem> {
        self.parameters.iter().find(|i| i.mnemonic.eq_ignore_ascii_case(mnemonic))
    }

    /// The unit of the index curve as in the file.
    pub fn index_unit(&self) -> Option<&str> {
        self.curves.first().and_then(|c| c.unit.as_deref())
    }
}

impl LasFile {
    /// The curve of this unique name (case does not matter).
    pub fn curve(&self, name: &str) -> Option<&Curve> {
        self.curves.iter().find(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// What was noticed in header and data, the header's first.
    pub fn all_issues(&self) -> impl Iterator<Item = &Issue> {
        self.header.issues.iter().chain(&self.issues)
    }
}
