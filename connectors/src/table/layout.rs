//! How a text table is laid out: encoding, delimiter, header, units and column types; and the options that state them.

use std::fmt;
use std::str::FromStr;

use outcrop_types::Issue;

use super::error::TableError;
use super::fixed::FixedColumns;
use super::role::Kind;

/// What separates the fields of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// A tab.
    Tab,
    /// `;`
    Semicolon,
    /// `|`
    Pipe,
    /// Any run of blanks and tabs; a row cannot have an empty field, except quoted.
    Whitespace,
    /// Nothing: columns are at stated places of the line ([`TableOptions::columns`]), or the reader knows them.
    Positions,
}

impl Delimiter {
    /// Every delimiter that is recognised, in the order in which ties are settled.
    pub const ALL: [Delimiter; 5] =
        [Delimiter::Tab, Delimiter::Semicolon, Delimiter::Comma, Delimiter::Pipe, Delimiter::Whitespace];

    /// The separating byte; `None` for [`Delimiter::Whitespace`]. Rows of [`Delimiter::Positions`] are cut before they are read.
    pub fn byte(self) -> Option<u8> {
        match self {
            Delimiter::Comma => Some(b','),
            Delimiter::Tab => Some(b'\t'),
            Delimiter::Semicolon => Some(b';'),
            Delimiter::Pipe => Some(b'|'),
            Delimiter::Positions => Some(super::fixed::SEPARATOR as u8),
            Delimiter::Whitespace => None,
        }
    }

    /// `comma`, `tab`, `semicolon`, `pipe`, `whitespace` or `positions`.
    pub fn as_str(self) -> &'static str {
        match self {
            Delimiter::Comma => "comma",
            Delimiter::Tab => "tab",
            Delimiter::Semicolon => "semicolon",
            Delimiter::Pipe => "pipe",
            Delimiter::Whitespace => "whitespace",
            Delimiter::Positions => "positions",
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Delimiter {
    type Err = TableError;

    /// Reads the name, or the character itself.
    fn from_str(text: &str) -> Result<Self, TableError> {
        match text.to_ascii_lowercase().as_str() {
            "," | "comma" => Ok(Delimiter::Comma),
            "\t" | "\\t" | "tab" => Ok(Delimiter::Tab),
            ";" | "semicolon" => Ok(Delimiter::Semicolon),
            "|" | "pipe" => Ok(Delimiter::Pipe),
            " " | "blank" | "space" | "whitespace" => Ok(Delimiter::Whitespace),
            _ => Err(TableError::BadOption {
                option: format!("delimiter {text:?}"),
                reason: "use comma, tab, semicolon, pipe or whitespace".to_owned(),
            }),
        }
    }
}

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextEncoding {
    /// UTF-8, with or without a byte order mark; ASCII is part of it.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows code page 1252, a superset of Latin-1's printable characters.
    Windows1252,
}

impl TextEncoding {
    /// The usual label: `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    pub fn as_str(self) -> &'static str {
        match self {
            TextEncoding::Utf8 => "utf-8",
            TextEncoding::Utf16Le => "utf-16le",
            TextEncoding::Utf16Be => "utf-16be",
            TextEncoding::Windows1252 => "windows-1252",
        }
    }
}

impl fmt::Display for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TextEncoding {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, TableError> {
        let key: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        match key.as_str() {
            "utf8" | "ascii" => Ok(TextEncoding::Utf8),
            "utf16" | "utf16le" => Ok(TextEncoding::Utf16Le),
            "utf16be" => Ok(TextEncoding::Utf16Be),
            "windows1252" | "cp1252" | "latin1" | "iso88591" | "ansi" => Ok(TextEncoding::Windows1252),
            _ => Err(TableError::BadOption {
                option: format!("encoding {text:?}"),
                reason: "use utf-8, utf-16le, utf-16be or windows-1252".to_owned(),
            }),
        }
    }
}

/// What the reader is told rather than left to recognise. The default tells nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableOptions {
    /// The delimiter.
    pub delimiter: Option<Delimiter>,
    /// The columns by their places in the line, of a table of fixed width; it takes the place of a delimiter.
    pub columns: Option<FixedColumns>,
    /// The encoding.
    pub encoding: Option<TextEncoding>,
    /// Whether there is a row of names.
    pub header: Option<bool>,
    /// Lines to pass over before anything is looked at.
    pub skip_rows: u64,
    /// What the rows are.
    pub kind: Option<Kind>,
    /// Roles given to columns: `("x", "Easting")`. Columns are named as in the file (ignoring case, blanks and
    /// punctuation), or `column_1`, `column_2` … by place.
    pub map: Vec<(String, String)>,
    /// Units given to columns or roles: `("md", "ft")`, `("Depth", "m")`. They override what the file says.
    pub units: Vec<(String, String)>,
    /// Further texts that mean null; a number among them matches every spelling of its value.
    pub null: Vec<String>,
    /// Whether `1,5` is one and a half.
    pub decimal_comma: Option<bool>,
    /// Keep rows with too few fields, the last columns null; otherwise such rows are left out and reported,
    /// as nobody knows which field is the missing one.
    pub pad_short_rows: bool,
}

impl TableOptions {
    /// Splits `name=value` as it is given on a command line for [`TableOptions::map`] and [`TableOptions::units`].
    ///
    /// ```
    /// use outcrop_connectors::table::TableOptions;
    /// assert_eq!(TableOptions::pair("md=Measured Depth").unwrap(), ("md".to_owned(), "Measured Depth".to_owned()));
    /// ```
    pub fn pair(text: &str) -> Result<(String, String), TableError> {
        match text.split_once('=').map(|(a, b)| (a.trim(), b.trim())) {
            Some((a, b)) if !a.is_empty() && !b.is_empty() => Ok((a.to_owned(), b.to_owned())),
            _ => Err(TableError::BadOption {
                option: format!("`{text}`"),
                reason: "expected name=value, such as md=Measured Depth".to_owned(),
            }),
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Whole numbers.
    Int64,
    /// Numbers.
    Float64,
    /// Text: also dates, booleans and identifiers.
    Utf8,
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ColumnType::Int64 => "Int64",
            ColumnType::Float64 => "Float64",
            ColumnType::Utf8 => "Utf8",
        })
    }
}

/// The convention a file follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableFormat {
    /// Rows, with or without a row of names.
    Plain,
    /// Geo-EAS as GSLIB has it: a title, the number of variables, a name a line, rows
    /// (Deutsch and Journel, *GSLIB: Geostatistical Software Library and User's Guide*, 1998).
    Gslib,
    /// Names between `BEGIN HEADER` and `END HEADER`, as Petrel writes well tops.
    HeaderBlock,
    /// Names in comments above the rows, as OpendTect writes horizons: `# 1: X` or `# "X" "Y"`.
    NamesInComments,
    /// A well path of ResInsight: `name <well>`, then rows of x, y, true vertical depth against mean sea level and measured depth.
    WellPath,
}

/// A `name: value` or `name = value` line above the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The name as written.
    pub name: String,
    /// The value as written.
    pub value: String,
    /// Its line, counted from 1.
    pub line: u64,
}

/// How a table is laid out, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// Encoding of the text.
    pub encoding: TextEncoding,
    /// What separates fields.
    pub delimiter: Delimiter,
    /// Whether `1,5` is one and a half.
    pub decimal_comma: bool,
    /// The convention followed.
    pub format: TableFormat,
    /// Names of the columns as written, without their unit; `column_1` … where there are none.
    pub names: Vec<String>,
    /// Headings as written, with unit; empty where there are none.
    pub headings: Vec<String>,
    /// Units of the columns: a [`outcrop_types::Unit`] symbol where the unit is known, else as written; `None` when
    /// not stated.
    pub units: Vec<Option<String>>,
    /// Types of the columns, from the first rows; [`super::read`] settles them on all rows.
    pub types: Vec<ColumnType>,
    /// Line of the names (the first, where they take several).
    pub header_line: Option<u64>,
    /// Line of the units, where they have a row.
    pub units_line: Option<u64>,
    /// Line of the first row.
    pub first_data_line: u64,
    /// Lines above the table that are neither names nor units: line and text.
    pub preamble: Vec<(u64, String)>,
    /// What the lines above the table state.
    pub properties: Vec<Property>,
    /// Texts that mean null in this file beside the usual ones.
    pub nulls: Vec<String>,
    /// What was noticed and assumed.
    pub issues: Vec<Issue>,
}

impl Layout {
    /// The value of the first property with one of these names, ignoring case, blanks and punctuation.
    pub fn property(&self, names: &[&str]) -> Option<&Property> {
        let names: Vec<String> = names.iter().map(|n| super::role::key(n)).collect();
        self.properties.iter().find(|p| names.contains(&super::role::key(&p.name)))
    }
}
