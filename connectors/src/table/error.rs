//! What stops a table from being read.

use thiserror::Error;

use super::layout::Delimiter;
use super::role::{Kind, Role};

/// Why a text table could not be read, or not as what it was asked to be.
///
/// The parser sees bytes only; the caller adds the file's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TableError {
    /// Nothing but blank lines and comments.
    #[error("no table: the file has no line but blanks and comments")]
    Empty,
    /// Bytes that no text has.
    #[error("not a text file: byte 0x{byte:02x} at offset {offset}; expected a table as text (CSV, TSV, columns)")]
    Binary {
        /// Where, from the start of the file.
        offset: usize,
        /// What was found there.
        byte: u8,
    },
    /// The bytes are not valid in the encoding that was asked for.
    #[error("offset {offset} is not valid {encoding}; leave the encoding to be recognised, or state another")]
    Encoding {
        /// The encoding stated.
        encoding: &'static str,
        /// Where, from the start of the file.
        offset: usize,
    },
    /// No delimiter gives rows of one width.
    #[error(
        "no table recognised: {found}; expected rows of the same number of fields separated by comma, tab, semicolon, \
         pipe or blanks; state the delimiter, or how many lines to skip; where columns have fixed places in the line, state those: \
         --columns 1-8:well,9-16:md,17-:surface{}", .proposed.as_ref().map(|c| format!(" (by the blanks they may be {c})")).unwrap_or_default()
    )]
    NoLayout {
        /// What was tried, and how well it went.
        found: String,
        /// Columns of fixed width that the blanks suggest.
        proposed: Option<String>,
    },
    /// More fields in a row than a table has columns.
    #[error(
        "line {line} has more than {most} fields separated by {delimiter}, more than a table has columns, so the file seems to be of \
         another format, which is not one Outcrop reads yet; `SELECT * FROM outcrop.formats` lists them. If it is a table, state the \
         delimiter"
    )]
    TooWide {
        /// The first such line.
        line: u64,
        /// The delimiter that was found or stated.
        delimiter: Delimiter,
        /// Columns that a table may have.
        most: usize,
    },
    /// A header row that does not fit the data below it.
    #[error(
        "line {line}: the header has {names} names, the rows below have {fields} fields separated by {delimiter}; \
         correct the header (quote names that hold the delimiter), or skip it (header off) and map the columns"
    )]
    HeaderMismatch {
        /// The line of the header.
        line: u64,
        /// Names in it.
        names: usize,
        /// Fields in the rows below.
        fields: usize,
        /// The delimiter used.
        delimiter: Delimiter,
    },
    /// A quoted field that does not end.
    #[error(
        "line {line}: a quoted field begins here and has no closing quote; close it, or double the quotes inside it"
    )]
    UnclosedQuote {
        /// Where it begins.
        line: u64,
    },
    /// A role that does not exist.
    #[error("`{role}` is not a role; the roles are {valid}")]
    UnknownRole {
        /// What was given.
        role: String,
        /// The roles, comma separated.
        valid: String,
    },
    /// A kind that does not exist.
    #[error("`{kind}` is not a kind of table; use one of {valid}")]
    UnknownKind {
        /// What was given.
        kind: String,
        /// The kinds, comma separated.
        valid: String,
    },
    /// An option that names a column which the table does not have.
    #[error("{option}: the table has no column `{column}`; its columns are {columns}")]
    UnknownColumn {
        /// The option as given.
        option: String,
        /// The column looked for.
        column: String,
        /// The columns, comma separated.
        columns: String,
    },
    /// An option that is not understood.
    #[error("{option}: {reason}")]
    BadOption {
        /// The option as given.
        option: String,
        /// What is wrong, and what was expected.
        reason: String,
    },
    /// The table lacks what its kind needs.
    #[error("a table of {kind} needs {needed}; found {found}; name the columns with a map such as `{example}`")]
    MissingRoles {
        /// The kind asked for.
        kind: Kind,
        /// The roles that are missing.
        needed: String,
        /// The columns and their roles.
        found: String,
        /// A map that would settle it.
        example: String,
    },
    /// A column whose role is numeric holds text.
    #[error(
        "column `{column}` is the {role}, a number, but holds text such as `{value}` (line {line}); correct it, or map another column"
    )]
    TextForNumber {
        /// The column.
        column: String,
        /// Its role.
        role: Role,
        /// The first value that is not a number.
        value: String,
        /// Its line.
        line: u64,
    },
    /// Dates of which nothing in the file says whether the day or the month comes first.
    #[error(
        "column `{column}` has dates such as `{value}` (line {line}) of which no row says whether the day or the month comes \
         first; state it: --map '{role}(dd/mm/yyyy)={column}', or '{role}(mm/dd/yyyy)={column}'"
    )]
    DatesUnclear {
        /// The column.
        column: String,
        /// Its role.
        role: Role,
        /// The first date that may be two days.
        value: String,
        /// Its line.
        line: u64,
    },
    /// Dates of which some can only have the day first and others only the month.
    #[error(
        "column `{column}` has dates with the day first, such as `{day_first}` (line {day_line}), and with the month first, such \
         as `{month_first}` (line {month_line}); write them all as YYYY-MM-DD"
    )]
    DatesContradict {
        /// The column of the first of them.
        column: String,
        /// A date whose first number is no month.
        day_first: String,
        /// Its line.
        day_line: u64,
        /// A date whose second number is no month.
        month_first: String,
        /// Its line.
        month_line: u64,
    },
    /// A column of dates most of whose values are none.
    #[error(
        "column `{column}` is the {role}, but `{value}` (line {line}) and {others} more values are no dates; expected dates such \
         as 2014-01-31, 31/01/2014, 2014-01, 01/2014 or 31-Jan-2014; correct them, or map another column: --map {role}=<column>"
    )]
    NotDates {
        /// The column.
        column: String,
        /// Its role.
        role: Role,
        /// The first value that is no date.
        value: String,
        /// Its line.
        line: u64,
        /// How many more there are.
        others: usize,
    },
    /// Arrow refused the columns.
    #[error("the table does not make a record batch: {0}")]
    Batch(String),
}
