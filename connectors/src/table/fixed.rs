//! Columns by their place in the line: tables of fixed width, as they are stated.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use outcrop_types::Issue;

use super::error::TableError;
use super::layout::Delimiter;

/// What separates the cells of a line once it is cut; text has no such character.
pub(super) const SEPARATOR: char = '\u{1f}';

/// Columns of characters, counted from 1, last ones included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    first: usize,
    /// None: to the end of the line.
    last: Option<usize>,
}

impl Span {
    fn overlaps(self, other: Span) -> bool {
        self.first <= other.last.unwrap_or(usize::MAX) && other.first <= self.last.unwrap_or(usize::MAX)
    }

    fn holds(self, place: usize) -> bool {
        self.first <= place && place <= self.last.unwrap_or(usize::MAX)
    }

    /// What stands there, blanks around it left out; nothing where the line is shorter.
    fn of(self, line: &[char]) -> String {
        let end = self.last.unwrap_or(usize::MAX).min(line.len());
        line.get(self.first - 1..end).unwrap_or_default().iter().collect::<String>().trim().to_owned()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            Some(last) if last == self.first => write!(f, "{}", self.first),
            Some(last) => write!(f, "{}-{last}", self.first),
            None => write!(f, "{}-", self.first),
        }
    }
}

/// A column or a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    span: Span,
    /// Only lines with this text there are rows.
    equals: Option<String>,
    name: Option<String>,
}

impl Part {
    /// A condition without a name is no column.
    fn is_column(&self) -> bool {
        self.equals.is_none() || self.name.is_some()
    }
}

/// The columns of a table by the places of their characters, and what a line must have to be a row.
///
/// Written as `1-6:log, 7=8, 15-23:surface, 24-30:md [m]`: parts between commas, each the first and the last character, counted
/// from 1 (`7` is one, `24-` goes to the end of the line), and behind a colon the name, where the table has none above the rows.
/// `7=8` is no column: only lines that have `8` there are rows, the others are passed over, as files with cards of several
/// types need; `7=8:card` is both.
///
/// ```
/// use outcrop_connectors::table::{read, TableOptions};
/// let columns = "1-4:well, 5-10:md, 11-:surface".parse().unwrap();
/// let options = TableOptions { columns: Some(columns), ..TableOptions::default() };
/// let table = read(b"A-1 1200.5Lower Brent\nA-1 1310.0\n", &options).unwrap();
/// assert_eq!(table.columns[2].data.text(0).as_deref(), Some("Lower Brent"));
/// assert_eq!((table.rows, table.columns[2].data.text(1)), (2, None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedColumns(Vec<Part>);

impl FixedColumns {
    fn columns(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(|p| p.is_column())
    }

    fn conditions(&self) -> impl Iterator<Item = (Span, &str)> {
        self.0.iter().filter_map(|p| Some((p.span, p.equals.as_deref()?)))
    }

    /// The names that are stated, a place a column.
    pub(super) fn names(&self) -> Vec<Option<String>> {
        self.columns().map(|p| p.name.clone()).collect()
    }
}

impl fmt::Display for FixedColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.0.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { "" } else { "," }, part.span)?;
            if let Some(text) = &part.equals {
                write!(f, "={text}")?;
            }
            if let Some(name) = &part.name {
                write!(f, ":{name}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for FixedColumns {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, TableError> {
        let refused = |reason: String| TableError::BadOption { option: format!("columns `{text}`"), reason };
        let mut parts: Vec<Part> = Vec::new();
        for item in text.split(',') {
            let (place, name) = match item.split_once(':') {
                Some((place, name)) if name.trim().is_empty() => {
                    return Err(refused(format!("no name behind the colon of `{}`", place.trim())));
                }
                Some((place, name)) => (place, Some(name.trim().to_owned())),
                None => (item, None),
            };
            let (place, equals) = match place.split_once('=') {
                Some((place, text)) => (place, Some(text.trim().to_owned())),
                None => (place, None),
            };
            let span = span(place.trim()).map_err(&refused)?;
            parts.push(Part { span, equals, name });
        }
        let columns: Vec<&Part> = parts.iter().filter(|p| p.is_column()).collect();
        if columns.is_empty() {
            return Err(refused("there is no column, only conditions; name one: 1-8:well".to_owned()));
        }
        for (place, one) in columns.iter().enumerate() {
            if let Some(other) = columns.iter().skip(place + 1).find(|o| o.span.overlaps(one.span)) {
                return Err(refused(format!(
                    "{} and {} overlap; a character belongs to one column",
                    one.span, other.span
                )));
            }
        }
        Ok(FixedColumns(parts))
    }
}

fn span(text: &str) -> Result<Span, String> {
    let number = |text: &str| match text.trim().parse::<usize>() {
        Ok(0) => Err("characters are counted from 1, found 0".to_owned()),
        Ok(n) => Ok(n),
        Err(_) => Err(format!(
            "expected places such as 1-8, 9 or 20-, found `{}`; an example: 1-8:well,9-16:md,17-:surface",
            text.trim()
        )),
    };
    let Some((first, last)) = text.split_once('-') else {
        let place = number(text)?;
        return Ok(Span { first: place, last: Some(place) });
    };
    let first = number(first)?;
    let last = if last.trim().is_empty() { None } else { Some(number(last)?) };
    if last.is_some_and(|last| last < first) {
        return Err(format!("{text} ends before it begins"));
    }
    Ok(Span { first, last })
}

/// A text whose lines are cut into cells.
pub(super) struct Cut {
    /// As many lines as there were, those that are no rows being empty.
    pub(super) text: String,
    /// Comments, with their lines.
    pub(super) comments: Vec<(u64, String)>,
}

/// Cuts the lines behind the first `skip`.
pub(super) fn cut(text: &str, columns: &FixedColumns, skip: u64, issues: &mut Vec<Issue>) -> Result<Cut, TableError> {
    let mut made = Cut { text: String::with_capacity(text.len() + text.len() / 8), comments: Vec::new() };
    let spans: Vec<Span> = columns.columns().map(|p| p.span).collect();
    let (mut rows, mut passed, mut outside, mut tabs) = (0u64, Vec::new(), Vec::new(), Vec::new());
    for (number, line) in (1u64..).zip(Lines(text)) {
        let line_end = made.text.len();
        if number > 1 {
            made.text.insert(line_end, '\n');
        }
        if number <= skip || line.trim_matches(['\u{1a}', ' ', '\t']).is_empty() {
            continue;
        }
        if is_comment(line.trim_start()) {
            made.comments.push((number, line.trim().to_owned()));
            continue;
        }
        let characters: Vec<char> = line.chars().map(|c| if c == SEPARATOR { ' ' } else { c }).collect();
        if columns.conditions().any(|(span, text)| span.of(&characters) != text) {
            passed.push(number);
            continue;
        }
        rows += 1;
        if characters.contains(&'\t') {
            tabs.push(number);
        }
        let unread =
            |(place, c): (usize, &char)| !c.is_whitespace() && !columns.0.iter().any(|p| p.span.holds(place + 1));
        if characters.iter().enumerate().any(unread) {
            outside.push(number);
        }
        for (place, span) in spans.iter().enumerate() {
            if place > 0 {
                made.text.push(SEPARATOR);
            }
            made.text.push_str(&span.of(&characters));
        }
    }
    let told = |issue: Issue, lines: &[u64]| issue.at_line(lines.first().copied().unwrap_or(0));
    if rows == 0 && !passed.is_empty() {
        let wanted: Vec<String> = columns.conditions().map(|(span, text)| format!("`{text}` at {span}")).collect();
        return Err(TableError::BadOption {
            option: format!("columns `{columns}`"),
            reason: format!("no line has {}; the file has {} lines of other kinds", wanted.join(" and "), passed.len()),
        });
    }
    if !passed.is_empty() {
        let text = format!("{} lines do not have what the columns ask for and are passed over", passed.len());
        issues.push(told(Issue::info("lines-passed-over", text), &passed));
    }
    if !outside.is_empty() {
        let text = format!("{} lines have text outside the stated columns, which is not read", outside.len());
        issues.push(told(Issue::info("outside-columns", text), &outside));
    }
    if !tabs.is_empty() {
        let text = format!(
            "{} lines hold tabs, each of which counts as one character; where columns are aligned by tabs, state the delimiter instead",
            tabs.len()
        );
        issues.push(told(Issue::warning("tabs-in-columns", text), &tabs));
    }
    Ok(made)
}

/// A comment as it is in other text tables.
fn is_comment(line: &str) -> bool {
    line.starts_with(['#', '!'])
        || ["--", "//"].iter().any(|mark| {
            let behind = line.strip_prefix(mark).and_then(|rest| rest.chars().next());
            behind.is_some_and(|c| c != '"' && !c.is_ascii_digit())
        })
}

/// The lines of a text, whatever ends them.
struct Lines<'a>(&'a str);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr2(b'\n', b'\r', self.0.as_bytes()).unwrap_or(self.0.len());
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
        Some(line)
    }
}

/// Lines that are looked at to propose columns, and how many there must be.
const LOOKED_AT: usize = 500;
const FEWEST: usize = 4;

/// Characters that a line of columns of fixed width has at most.
const LONGEST: usize = 1000;

/// Columns to propose for a text: runs of characters between places that are blank in every line. They are no more than a
/// proposal, since a name of two words in every row has such a place too.
pub(super) fn propose(text: &str) -> Option<String> {
    let mut filled: BTreeSet<usize> = BTreeSet::new();
    let mut lines = 0;
    for line in Lines(text).filter(|l| !l.trim().is_empty() && !is_comment(l.trim_start())).take(LOOKED_AT) {
        if line.contains('\t') {
            return None;
        }
        lines += 1;
        if line.chars().nth(LONGEST).is_some() {
            return None;
        }
        filled.extend(line.chars().enumerate().filter(|(_, c)| !c.is_whitespace()).map(|(place, _)| place + 1));
    }
    if lines < FEWEST {
        return None;
    }
    let mut spans: Vec<Span> = Vec::new();
    for place in filled {
        match spans.last_mut() {
            Some(span) if span.last == Some(place - 1) => span.last = Some(place),
            _ => spans.push(Span { first: place, last: Some(place) }),
        }
    }
    let parts: Vec<String> = spans.iter().map(Span::to_string).collect();
    (2..=60).contains(&parts.len()).then(|| parts.join(","))
}

/// The columns that are stated, which exclude a delimiter.
pub(super) fn stated(
    columns: Option<&FixedColumns>,
    delimiter: Option<Delimiter>,
) -> Result<Option<&FixedColumns>, TableError> {
    match (columns, delimiter) {
        (Some(columns), Some(delimiter)) => Err(TableError::BadOption {
            option: format!("columns `{columns}`"),
            reason: format!(
                "the delimiter is stated too, {delimiter}; a row is cut by one of them: leave the other out"
            ),
        }),
        (columns, _) => Ok(columns),
    }
}
