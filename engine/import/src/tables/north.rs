//! Which north azimuths are counted from, and the angles that turn them to grid north.
//!
//! What the caller states comes before a column, a column before the lines above the table and the name of the azimuths.
//! True = magnetic + declination, grid = true - convergence, both angles positive to the east.

use std::collections::HashMap;

use outcrop_connectors::table::{Detection, Role, Table};
use outcrop_types::Issue;
use outcrop_types::unit::Conversion;

use crate::options::{ImportOptions, North};

/// What is known of the north of a station.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reference {
    pub(super) north: Option<North>,
    /// Degrees from true to magnetic north.
    pub(super) declination: Option<f64>,
    /// Degrees from true to grid north.
    pub(super) convergence: Option<f64>,
}

impl Reference {
    /// Whether azimuths can be turned to grid north.
    fn turns(&self) -> bool {
        match self.north {
            None | Some(North::Grid) => true,
            Some(North::True) => self.convergence.is_some(),
            Some(North::Magnetic) => self.declination.is_some() && self.convergence.is_some(),
        }
    }
}

/// What a table and the caller say.
pub(super) struct Norths<'a> {
    table: &'a Table,
    rows: HashMap<u64, usize>,
    north: Option<usize>,
    declination: Option<(usize, Conversion)>,
    convergence: Option<(usize, Conversion)>,
    of_file: Reference,
    stated: Reference,
}

impl<'a> Norths<'a> {
    /// Looks at columns, lines above the table and options. The error is the message of a file that cannot be imported.
    pub(super) fn new(
        table: &'a Table,
        detection: &Detection,
        options: &ImportOptions,
        angle: impl Fn(Role, Option<&str>) -> Result<Conversion, String>,
    ) -> Result<Self, String> {
        let column = |role| detection.column(role).and_then(|c| table.columns.get(c).map(|of| (c, of)));
        let number = |role: Role| match column(role) {
            Some((c, of)) if of.data.is_number() => angle(role, of.unit.as_deref()).map(|a| Some((c, a))),
            _ => Ok(None),
        };
        let above = |names: &[&str]| table.layout.property(names).and_then(|p| degrees(&p.value));
        let of_file = Reference {
            north: detection.north_reference.as_deref().and_then(|n| n.parse().ok()),
            declination: above(&["declination", "magnetic declination", "mag dec", "i_dc"]),
            convergence: above(&["convergence", "grid convergence", "meridian convergence", "i_cv"]),
        };
        let stated =
            Reference { north: options.north, declination: options.declination, convergence: options.convergence };
        Ok(Norths {
            table,
            rows: (0..table.rows).map(|row| (table.line(row), row)).collect(),
            north: column(Role::NorthReference).map(|(c, _)| c),
            declination: number(Role::Declination)?,
            convergence: number(Role::Convergence)?,
            of_file,
            stated,
        })
    }

    /// What is known of the station in a line of the file.
    pub(super) fn of(&self, line: u64) -> Reference {
        let row = self.rows.get(&line).copied();
        let angle = |column: Option<(usize, Conversion)>| {
            let (column, conversion) = column?;
            Some(conversion.apply(self.table.columns.get(column)?.data.number(row?)?))
        };
        let north = || -> Option<North> { self.table.columns.get(self.north?)?.data.text(row?)?.parse().ok() };
        Reference {
            north: self.stated.north.or_else(north).or(self.of_file.north),
            declination: self.stated.declination.or_else(|| angle(self.declination)).or(self.of_file.declination),
            convergence: self.stated.convergence.or_else(|| angle(self.convergence)).or(self.of_file.convergence),
        }
    }

    /// What is said of the stations: an assumption, why there will be no x and y, what takes another's place. `inclined`
    /// says for each whether its azimuth matters.
    pub(super) fn issues(&self, stations: &[(Reference, bool)], contradicted: bool) -> Vec<Issue> {
        let mut issues = Vec::new();
        if let (Some(stated), Some(own)) = (self.stated.north, self.of_file.north)
            && stated != own
        {
            let text = format!(
                "the file says that azimuths are from {own} north; taken as from {stated} north, as was stated"
            );
            issues.push(Issue::warning("north-overridden", text));
        }
        let unread = |row: &usize| {
            let text = self.north.and_then(|c| self.table.columns.get(c)).and_then(|c| c.data.text(*row));
            text.filter(|t| t.parse::<North>().is_err()).map(|t| (t, self.table.line(*row)))
        };
        if let Some((text, line)) = (0..self.table.rows).find_map(|row| unread(&row)) {
            let text = format!("`{text}` is not a north; expected grid, true or magnetic. It is passed over");
            issues.push(Issue::warning("north-unread", text).at_line(line));
        }
        let matter = || stations.iter().filter(|(_, inclined)| *inclined).map(|(reference, _)| reference);
        if matter().any(|r| r.north.is_none()) {
            let why = if contradicted {
                "what the file says of north contradicts itself"
            } else {
                "the file does not say whether azimuths are from true, grid or magnetic north"
            };
            let text = format!(
                "{why}; `north_reference` is null, and x and y in `trajectories` and `tops_xyz` are computed as if they were from \
                 grid north. State it: --north grid, --north true --convergence DEGREES, or --north magnetic --declination \
                 DEGREES --convergence DEGREES"
            );
            issues.push(Issue::warning("north-unknown", text));
        }
        if let Some(north) = matter().find(|r| !r.turns()).and_then(|r| r.north) {
            let (missing, option) = match north {
                North::Magnetic => {
                    ("declination and convergence are not both stated", "--declination DEGREES --convergence DEGREES")
                }
                _ => ("the convergence is not stated", "--convergence DEGREES"),
            };
            let text = format!(
                "azimuths are from {north} north and {missing}, so they cannot be turned to grid north: x and y in `trajectories` \
                 and `tops_xyz` are NULL. State it: {option} (east positive), or a column of that name"
            );
            issues.push(Issue::warning("north-unturned", text));
        }
        let wrong =
            |r: &&Reference| [r.declination, r.convergence].iter().flatten().any(|a| !(-180.0..=180.0).contains(a));
        if stations.iter().map(|(r, _)| r).any(|r| wrong(&r)) {
            let text = "a declination or convergence is outside -180 to 180 degrees; it is kept, and the path turned by it is \
                        doubtful";
            issues.push(Issue::warning("north-angle", text));
        }
        issues
    }
}

/// Degrees as they are written above a table: `-1.25`, `2.3 deg`, `1.2° W`.
fn degrees(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+'))).unwrap_or(text.len());
    let value: f64 = text.get(..end)?.parse().ok()?;
    let rest = text.get(end..)?.trim_start_matches(['°', ' ', '(', '[']).to_ascii_lowercase();
    let rest = rest.trim_start_matches("degrees").trim_start_matches("deg").trim_matches([' ', '.', ')', ']', '°']);
    match rest {
        "" | "e" | "east" => Some(value),
        "w" | "west" => Some(-value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::degrees;

    #[test]
    fn degrees_have_a_sign_or_a_letter() {
        for (text, found) in [
            ("-1.25", Some(-1.25)),
            ("2.3 deg", Some(2.3)),
            ("1.2° W", Some(-1.2)),
            ("1.5 degrees East", Some(1.5)),
            ("3 (deg)", Some(3.0)),
            ("0.02 rad", None),
            ("unknown", None),
        ] {
            assert_eq!(degrees(text), found, "{text}");
        }
    }
}
