//! Horizons and fault boundaries of IESX (GeoFrame), as Petrel and OpendTect write them too: rows of fixed columns under a
//! line `PROFILE`, ended by `EOD`.
//!
//! A `PROFILE` line names the horizon, its type (1 is a horizon, 3 a set of fault boundaries), the data format and, at its
//! end, the units of x and y and of z. Rows of a horizon have x in columns 1–16, y in 17–32, the segment in 33–35, a code in
//! 36–38, z in 39–47, the shotpoint in 48–57, the CDP in 58–67, the trace in 68–72, an amplitude in 73–86 and, from column 88
//! on, what the line is: `I` and the number of an inline, or `2` and the name of a 2D line.

mod assemble;
mod row;

use outcrop_types::{Dimension, Issue, Unit};

use crate::dataset::{Dataset, DatasetError};
use crate::format::{Format, Read};
use row::{Row, numbers};

/// Horizons and fault boundaries of IESX.
pub const FORMAT: Format = Format {
    name: "iesx",
    title: "IESX horizons and fault boundaries (GeoFrame, Petrel, OpendTect)",
    endings: &["dat", "txt", "iesx"],
    import: "points.*, faults.*",
    query: "'file', read_features, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// A line `PROFILE … TYPE n`, and behind it snapping parameters or rows.
fn recognise(prefix: &[u8]) -> bool {
    let text = String::from_utf8_lossy(prefix.get(..prefix.len().min(crate::PREFIX)).unwrap_or_default());
    let mut lines = text.lines().filter(|l| !l.trim().is_empty());
    let Some(Ok(_)) = lines.next().and_then(|l| Profile::of(l, 1)) else { return false };
    lines.next().is_none_or(|next| {
        let next = next.trim();
        next.starts_with("SNAPPING PARAMETERS")
            || next.starts_with("EOD")
            || next.split_whitespace().take(3).filter(|w| row::number(w).is_some()).count() == 3
    })
}

/// What a line `PROFILE` states.
#[derive(Debug, Clone, PartialEq)]
struct Profile {
    name: String,
    kind: ProfileKind,
    comment: String,
    /// The description of the data format, `3d_ci7m.ifdf`.
    format: Option<String>,
    /// Unit of x and y, as written.
    xy: Option<String>,
    /// Unit of z, as written.
    z: Option<String>,
    line: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProfileKind {
    /// `TYPE 1`
    Horizon,
    /// `TYPE 3`
    Boundaries,
}

impl Profile {
    /// Takes a line apart; `None` where it is no such line.
    fn of(text: &str, line: u64) -> Option<Result<Self, DatasetError>> {
        let rest = text.trim().strip_prefix("PROFILE")?;
        let (name, number, words) = at_type(rest.strip_prefix([' ', '\t'])?)?;
        let kind = match number {
            1 => ProfileKind::Horizon,
            3 => ProfileKind::Boundaries,
            other => {
                let text = format!(
                    "`{}` is of TYPE {other}; horizons (TYPE 1) and fault boundaries (TYPE 3) are read: export one of them",
                    name.trim()
                );
                return Some(Err(DatasetError::at_line(text, line)));
            }
        };
        let mut words: Vec<&str> = words.split_whitespace().collect();
        // The number behind the type is the version of the layout; the comment follows.
        if words.first().is_some_and(|w| w.parse::<u32>().is_ok()) {
            words.remove(0);
        }
        let format = words.iter().rposition(|w| w.ends_with(".ifdf") || w.ends_with(".iudf"));
        let mut units = words.split_off(format.map_or(words.len(), |at| at + 1)).into_iter();
        let format = format.and_then(|_| words.pop()).map(str::to_owned);
        if format.is_none() {
            // Two known units at the end are units without a name of a format before them.
            let known = words.iter().rev().take_while(|w| Unit::parse(w).is_some()).count();
            if known == 2 {
                units = words.split_off(words.len() - 2).into_iter();
            }
        }
        Some(Ok(Profile {
            name: name.trim().to_owned(),
            kind,
            comment: words.join(" "),
            format,
            xy: units.next().map(str::to_owned),
            z: units.next().map(str::to_owned),
            line,
        }))
    }

    /// The units of x and y and of z: symbols of those that are known and can be units of it; others are told.
    fn units(&self, issues: &mut Vec<Issue>) -> (Option<&'static str>, Option<&'static str>) {
        let mut known = |what: &str, text: &Option<String>, takes: &[Dimension]| {
            let Some(text) = text else {
                let message = format!("the PROFILE line states no unit of {what}; it stays unknown");
                issues.push(Issue::warning("unit-unknown", message).at_line(self.line));
                return None;
            };
            let unit = Unit::parse(text).filter(|u| takes.contains(&u.dimension()));
            if unit.is_none() {
                let message =
                    format!("`{text}` of the PROFILE line is not a unit that {what} can have; it stays unknown");
                issues.push(Issue::warning("unit-unknown", message).at_line(self.line));
            }
            unit.map(Unit::symbol)
        };
        let xy = known("x and y", &self.xy, &[Dimension::Length]);
        (xy, known("z", &self.z, &[Dimension::Length, Dimension::Time]))
    }
}

/// The name before the word `TYPE`, the number behind it and the rest. Names may have the letters in a word of theirs, and the
/// word without a number.
fn at_type(text: &str) -> Option<(&str, u32, &str)> {
    text.match_indices("TYPE").find_map(|(at, word)| {
        let (name, behind) = (text.get(..at)?, text.get(at + word.len()..)?);
        if !(name.is_empty() || name.ends_with(char::is_whitespace)) || !behind.starts_with(char::is_whitespace) {
            return None;
        }
        let behind = behind.trim_start();
        let (number, rest) = behind.split_at(behind.find(char::is_whitespace).unwrap_or(behind.len()));
        Some((name, number.parse().ok()?, rest))
    })
}

/// What a file holds, line by line.
#[derive(Default)]
struct Content {
    profiles: Vec<Profile>,
    snapping: Vec<String>,
    /// Rows of horizons.
    rows: Vec<Row>,
    /// Rows of fault boundaries: horizon, line, x, y, z, segment.
    boundaries: Vec<assemble::Boundary>,
    /// Rows that begin behind an `EOD`.
    behind_end: usize,
    ended: bool,
}

/// Reads horizons into points, a row each, and fault boundaries into faults, a row a segment.
///
/// * Values of 1e29 and more are undefined and null, rows with them stay.
/// * `z` is the two-way time or the depth that the unit of the PROFILE line says.
/// * Rows of numbers between the rows (OpendTect writes z and attributes with all digits there) are taken with the row above:
///   a first number that z is rounded from is z, the others are `value`, `value_2` ….
///
/// # Errors
/// Where a line is neither a row nor a known line of the format, or the horizons of one file are in different units.
pub fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    let text = String::from_utf8_lossy(bytes);
    let mut content = Content::default();
    for (line, text) in (1u64..).zip(text.lines()) {
        if !text.trim().is_empty() {
            content.line(text, line)?;
        }
    }
    let mut issues = Vec::new();
    if matches!(text, std::borrow::Cow::Owned(_)) {
        issues.push(Issue::warning("encoding", "some letters are not UTF-8 and were replaced"));
    }
    if !content.ended {
        issues.push(Issue::warning("end-missing", "the last row is not followed by EOD; the file may be cut off"));
    }
    if content.behind_end > 0 {
        let text = format!(
            "{} rows begin behind an EOD, which ends a horizon elsewhere; they are read like others",
            content.behind_end
        );
        issues.push(Issue::info("rows-behind-end", text));
    }
    assemble::datasets(content, issues)
}

impl Content {
    fn line(&mut self, text: &str, line: u64) -> Result<(), DatasetError> {
        if let Some(profile) = Profile::of(text, line) {
            self.profiles.push(profile?);
            self.ended = false;
            return Ok(());
        }
        if let Some(parameters) = text.trim().strip_prefix("SNAPPING PARAMETERS") {
            self.snapping.push(parameters.trim().to_owned());
            return Ok(());
        }
        let (text, behind_end) = match text.strip_prefix("EOD") {
            Some(rest) if rest.trim().is_empty() => {
                self.ended = true;
                return Ok(());
            }
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let Some((horizon, profile)) = self.profiles.len().checked_sub(1).zip(self.profiles.last()) else {
            return Err(DatasetError::at_line("expected a line PROFILE before the first row", line));
        };
        self.behind_end += usize::from(behind_end);
        self.ended = false;
        if profile.kind == ProfileKind::Boundaries {
            let boundary = assemble::Boundary::of(text, horizon, line).ok_or_else(|| {
                DatasetError::at_line(
                    format!("expected a row of a fault boundary, x y segment z, found `{}`", short(text)),
                    line,
                )
            })?;
            self.boundaries.push(boundary);
            return Ok(());
        }
        if let Some(row) = Row::of(text, horizon, line) {
            self.rows.push(row);
            return Ok(());
        }
        match (numbers(text), self.rows.last_mut()) {
            (Some(further), Some(row)) if row.horizon == horizon && row.further.is_empty() && !behind_end => {
                row.further = further;
                Ok(())
            }
            _ => Err(DatasetError::at_line(
                format!(
                    "expected a row of x, y, segment, code, z, shotpoint, CDP and trace in the columns of IESX, found `{}`",
                    short(text)
                ),
                line,
            )),
        }
    }
}

fn short(text: &str) -> String {
    text.trim().chars().take(80).collect()
}
