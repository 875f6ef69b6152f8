//! Production: what wells produced or injected in periods. What tables of it are told by, and their rows.

use std::collections::HashSet;

use outcrop_types::identity::column_name;
use outcrop_types::{Issue, tables};

use super::date;
use super::detect::Detection;
use super::error::TableError;
use super::extract::{LeftOut, column, missing, text, units};
use super::flow::Flow;
use super::model::Table;
use super::period::{self, Period};
use super::quantity::quantity;
use super::role::{Kind, Role, key};
use super::rows::{ProductionRow, Rows};

/// How sure it is that a table is one of production with periods; none where it is not.
pub(super) fn of_periods(found: &Detection, flow: &Flow) -> Option<f64> {
    let has = |role: Role| found.column(role).is_some() || flow.roles.iter().any(|(_, r, _)| *r == role);
    // What has a depth is a log, also where it counts gas by the hour.
    if [Role::Md, Role::Tvd, Role::Tvdss, Role::Inclination].iter().any(|r| found.column(*r).is_some()) {
        return None;
    }
    let dated = [Role::Date, Role::Start, Role::End, Role::Year].into_iter().any(has);
    let of_stream = has(Role::Stream) && has(Role::Volume);
    let flows = |roles: &[(usize, Role, String)]| {
        roles.iter().filter(|(_, role, _)| role.is_flow() && *role != Role::Volume).count()
    };
    // Of the roles that were found before only those that the user stated are amounts.
    let stated = flows(&found.roles);
    let amounts = stated + flows(&flow.roles) + flow.spans.len();
    if !dated || amounts == 0 && !of_stream {
        return None;
    }
    let of_well = [Role::Well, Role::Uwi, Role::WellId].into_iter().any(has) || found.well.is_some();
    match (of_well, amounts > 1 || stated + flow.certain > 0 || of_stream) {
        (true, true) => Some(1.0),
        (true, false) => Some(0.7),
        (false, true) if !has(Role::X) && !has(Role::Lon) => Some(0.7),
        (false, _) => None,
    }
}

/// How sure it is that a table is one of production without periods: cumulatives and first months of wells.
pub(super) fn of_totals(table: &Table, found: &Detection, flow: &Flow) -> Option<f64> {
    let has = |role: Role| found.column(role).is_some();
    let of_well = [Role::Well, Role::Uwi, Role::WellId].into_iter().any(has);
    // Where a well is, how deep and whose: such a table is one of wells or of points, whatever they produced.
    let placed = [
        Role::X,
        Role::Lon,
        Role::Md,
        Role::Tvd,
        Role::Tvdss,
        Role::Z,
        Role::Td,
        Role::DatumElevation,
        Role::GroundElevation,
        Role::Operator,
    ];
    let counted = |(place, role, _): &(usize, Role, String)| {
        role.is_flow()
            && table
                .columns
                .get(*place)
                .is_some_and(|c| quantity(&c.name, c.unit.as_deref()).is_some_and(|q| q.explicit))
    };
    let amounts = flow.roles.iter().filter(|r| counted(r)).count() + flow.spans.len();
    (of_well && amounts > 0 && !placed.into_iter().any(has)).then_some(0.8)
}

/// Takes the roles that names give, and says what is left open.
pub(super) fn settle(table: &Table, found: &mut Detection, flow: Flow) {
    for (place, role, why) in flow.roles {
        if found.role(place).is_none() && found.column(role).is_none() {
            found.roles.push((place, role, why));
        }
    }
    found.issues.extend(flow.issues);
    match period::periods(table, found) {
        Ok(Some(_)) => {}
        Ok(None) => {
            let spans: Vec<&str> =
                flow.spans.iter().filter_map(|p| table.columns.get(*p)).map(|c| c.name.as_str()).collect();
            let named = if spans.is_empty() {
                String::new()
            } else {
                format!("; columns of a length of time of their own keep it in their names ({})", spans.join(", "))
            };
            let text = format!(
                "the table states no dates, so its periods are unknown{named}; if a column has them: --map date=COLUMN"
            );
            found.issues.push(Issue::warning("period-unknown", text));
        }
        Err(error) => found.issues.push(Issue::warning("dates-unclear", error.to_string())),
    }
    for (place, column) in table.columns.iter().enumerate().filter(|(_, c)| c.data.is_number()) {
        let role = match key(&column.name).as_str() {
            "days" => Role::DaysOn,
            "hours" => Role::HoursOn,
            _ => continue,
        };
        if found.role(place).is_none() && found.column(role).is_none() {
            let text = format!(
                "does not say whether the well flowed for them; kept as `{}`; if it did: --map {role}={}",
                column_name(&column.name),
                column.name
            );
            found.issues.push(Issue::info("time-unclear", text).about(&column.name));
        }
    }
    if found.column(Role::WellId).is_some() && found.column(Role::Well).is_none() && found.column(Role::Uwi).is_none() {
        found.issues.push(Issue::warning(
            "id-unresolved",
            "wells are given by id; read the table together with the table of wells that has an id column of the same name",
        ));
    }
}

/// A column that comes along with the rows of a table of production.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductionColumn {
    /// Place of the column in the table.
    pub column: usize,
    /// Its name in `production`: that of its role for amounts, else the file's, in small letters, each once.
    pub name: String,
    /// The role; [`Role::Value`] for columns without one that is known.
    pub role: Role,
    /// Unit: a [`outcrop_types::Unit`] symbol where known, else as written; `None` when not stated.
    pub unit: Option<String>,
}

/// The rows of a table of production.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    /// Well, period, stream and zone of each row.
    pub rows: Rows<ProductionRow>,
    /// The columns with values, amounts and whatever else there is, in the order of the table.
    pub columns: Vec<ProductionColumn>,
    /// Place of the column that has the unit of the volume of each row.
    pub volume_unit: Option<usize>,
}

/// The periods of a table of production. Rows without a date are left out and counted, where the table has dates.
///
/// Months and years are periods from their first to their last day. A date that is a day is the first of its period, and the
/// last is unknown, unless a column states it; dates that are all the last day of a month are taken as of that month.
///
/// # Errors
/// When no column is an amount, a date cannot be told, an amount is text, or several rows of a period name no well.
pub fn production(table: &Table, found: &Detection) -> Result<Production, TableError> {
    let get = |role| column(table, found, role);
    for (_, role, _) in found.roles.iter().filter(|(_, role, _)| role.is_amount()) {
        get(*role)?;
    }
    let columns = amounts(table, found);
    if !columns.iter().any(|c| table.columns.get(c.column).is_some_and(|c| c.data.is_number())) {
        let needed = "an amount: oil, gas, water, oil_rate, cum_oil, volume …";
        return Err(missing(table, found, Kind::Production, needed, "--map oil=<column>"));
    }
    let well = match get(Role::Well)? {
        Some(column) => Some(column),
        None if found.column(Role::Uwi).is_none() => get(Role::WellId)?,
        None => None,
    };
    let (uwi, stream, zone) = (get(Role::Uwi)?, get(Role::Stream)?, get(Role::Zone)?);
    let periods = period::periods(table, found)?;
    let mut issues = Vec::new();
    let mut undated = LeftOut::new("no date");
    let mut rows = Vec::with_capacity(table.rows);
    for row in 0..table.rows {
        let line = table.line(row);
        let period = match &periods {
            None => Period::default(),
            Some(periods) => match periods.of.get(row).copied().flatten() {
                Some(period) => period,
                None => {
                    undated.lines.push(line);
                    continue;
                }
            },
        };
        rows.push(ProductionRow {
            well: text(well, row).or_else(|| found.well.clone().filter(|_| well.is_none() && uwi.is_none())),
            uwi: text(uwi, row),
            start: period.start,
            end: period.end,
            stream: text(stream, row),
            zone: text(zone, row),
            row,
            line,
        });
    }
    if well.is_none() && uwi.is_none() {
        several_wells(table, found, &rows)?;
    }
    issues.extend(periods.into_iter().flat_map(|p| p.issues));
    undated.report(&mut issues);
    let volume_unit = found.column(Role::VolumeUnit).filter(|_| found.column(Role::Volume).is_some());
    Ok(Production { rows: Rows { rows, units: units(table, found), issues }, columns, volume_unit })
}

/// A table that names no well is of one, so it has about a row a period.
fn several_wells(table: &Table, found: &Detection, rows: &[ProductionRow]) -> Result<(), TableError> {
    let mut seen = HashSet::new();
    let repeated: Vec<&ProductionRow> =
        rows.iter().filter(|r| !seen.insert((r.start, r.end, r.stream.as_deref(), r.zone.as_deref()))).collect();
    match repeated.first() {
        Some(row) if repeated.len() * 4 >= rows.len() => {
            let period = row.start.map_or_else(|| "of no period".to_owned(), date::shown);
            let needed =
                format!("a well name or uwi, as it has several rows a period ({period} again in line {})", row.line);
            Err(missing(table, found, Kind::Production, &needed, "--map well=<column>"))
        }
        _ => Ok(()),
    }
}

/// The columns that come along: those with a value that are not well, period, stream or zone.
fn amounts(table: &Table, found: &Detection) -> Vec<ProductionColumn> {
    let mut taken: HashSet<String> = tables::production_base().iter().map(|f| f.name().clone()).collect();
    taken.extend(
        found.roles.iter().filter(|(_, role, _)| role.is_amount()).map(|(_, role, _)| role.as_str().to_owned()),
    );
    let with_volume = found.column(Role::Volume).is_some();
    let mut columns = Vec::new();
    for (place, column) in table.columns.iter().enumerate() {
        // A column without a value says nothing, not even its type.
        if column.data.nulls() == column.data.len() {
            continue;
        }
        let role = found.role(place).unwrap_or(Role::Value);
        let name = match role {
            Role::Well | Role::Uwi | Role::Date | Role::Start | Role::End | Role::Year | Role::Month | Role::Day => {
                continue;
            }
            Role::Stream | Role::Zone => continue,
            Role::VolumeUnit if with_volume => continue,
            role if role.is_amount() => role.as_str().to_owned(),
            _ => {
                let base = column_name(&column.name);
                let (mut name, mut number) = (base.clone(), 2);
                while !taken.insert(name.clone()) {
                    name = format!("{base}_{number}");
                    number += 1;
                }
                name
            }
        };
        let of_name = || match role {
            Role::DaysOn | Role::PeriodDays => Some("d".to_owned()),
            Role::HoursOn => Some("h".to_owned()),
            _ => quantity(&column.name, None).and_then(|q| q.unit).map(|u| u.symbol().to_owned()),
        };
        let unit = column.unit.clone().or_else(of_name).filter(|_| column.data.is_number());
        columns.push(ProductionColumn { column: place, name, role, unit });
    }
    columns
}
