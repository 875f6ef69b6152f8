//! Checkshots: pairs of depth and seismic travel time.

use outcrop_types::Issue;

use super::detect::Detection;
use super::error::TableError;
use super::extract::{LeftOut, column, missing, number, text, units};
use super::model::Table;
use super::role::{Kind, Role, key};
use super::rows::{CheckshotRow, DepthSign, Rows};

/// The pairs of a table, and what their times are.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkshots {
    /// The pairs, in file order.
    pub rows: Rows<CheckshotRow>,
    /// Role of the column of times: [`Role::Twt`] or [`Role::Owt`].
    pub time: Role,
    /// The name of that column.
    pub time_column: String,
    /// Unit of the times; `None` when the file does not state it.
    pub time_unit: Option<String>,
    /// What times are counted from, in the file's words.
    pub datum: Option<String>,
}

/// The pairs of a table of checkshots. Rows without depth or time are left out and counted.
///
/// Whether a time is one-way or two-way is told by the name of its column, a line above the table (`Time type: two-way`) or
/// `--map`; it is never guessed. Where a table has both, two-way time is taken.
///
/// # Errors
/// When there is no depth, no time, a time of which neither is said, or a depth or time is text.
pub fn checkshots(table: &Table, found: &Detection) -> Result<Checkshots, TableError> {
    let get = |role| column(table, found, role);
    let (md, tvd, tvdss) = (get(Role::Md)?, get(Role::Tvd)?, get(Role::Tvdss)?);
    if md.is_none() && tvd.is_none() && (tvdss.is_none() || found.tvdss_sign.is_none()) {
        let needed = "a depth: md, tvd or tvdss";
        return Err(missing(table, found, Kind::Checkshots, needed, "--map md=<column>"));
    }
    let (role, time) = match (get(Role::Twt)?, get(Role::Owt)?, get(Role::TravelTime)?) {
        (Some(twt), _, _) => (Role::Twt, twt),
        (None, Some(owt), _) => (Role::Owt, owt),
        (None, None, Some(time)) => match stated_way(table) {
            Some(role) => (role, time),
            None => {
                let needed = "a time that says whether it is one-way or two-way";
                return Err(missing(
                    table,
                    found,
                    Kind::Checkshots,
                    needed,
                    &format!("--map twt={0}, or --map owt={0}", time.name),
                ));
            }
        },
        (None, None, None) => {
            let needed = "a time: twt (two-way) or owt (one-way)";
            return Err(missing(table, found, Kind::Checkshots, needed, "--map twt=<column>"));
        }
    };
    let (well, uwi) = (get(Role::Well)?, get(Role::Uwi)?);
    let mut issues = Vec::new();
    let times = time.data.numbers();
    // Petrel writes times as elevations are written: negative downwards.
    let negative = !times.is_empty() && times.iter().all(|t| *t <= 0.0) && times.iter().any(|t| *t < 0.0);
    if negative {
        let message = "all times are negative; taken as counted upwards, as elevations are, and turned positive";
        issues.push(Issue::warning("time-sign", message).about(time.name.clone()));
    }
    let mut incomplete = LeftOut::new("no depth or no time");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        let (md, tvd) = (number(md, row), number(tvd, row));
        let tvdss = match found.tvdss_sign {
            Some(DepthSign::Down) => number(tvdss, row),
            Some(DepthSign::Up) => number(tvdss, row).map(|z| 0.0 - z),
            None => None,
        };
        let some_depth = md.is_some() || tvd.is_some() || tvdss.is_some();
        match time.data.number(row).filter(|_| some_depth) {
            Some(time) => rows.push(CheckshotRow {
                well: text(well, row).or_else(|| found.well.clone().filter(|_| well.is_none() && uwi.is_none())),
                uwi: text(uwi, row),
                md,
                tvd,
                tvdss,
                time: if negative { 0.0 - time } else { time },
                line,
            }),
            None => incomplete.lines.push(line),
        }
    }
    incomplete.report(&mut issues);
    let in_name = ["twtms", "owtms", "timems"].contains(&key(&time.name).as_str()).then(|| "ms".to_owned());
    Ok(Checkshots {
        rows: Rows { rows, units: units(table, found), issues },
        time: role,
        time_column: time.name.clone(),
        time_unit: time.unit.clone().or(in_name),
        datum: table
            .layout
            .property(&["seismic reference datum", "srd", "time datum", "seismic datum"])
            .map(|p| p.value.trim().to_owned())
            .filter(|d| !d.is_empty()),
    })
}

/// What the lines above the table say of its times; nothing where they say both.
fn stated_way(table: &Table) -> Option<Role> {
    let value = key(&table.layout.property(&["time type", "time", "travel time", "time reference"])?.value);
    let says = |words: [&str; 3]| words.iter().any(|w| value.contains(w));
    match (says(["twoway", "2way", "twt"]), says(["oneway", "1way", "owt"])) {
        (true, false) => Some(Role::Twt),
        (false, true) => Some(Role::Owt),
        _ => None,
    }
}
