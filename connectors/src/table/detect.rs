//! Detection of what a table is and what its columns are.
//!
//! Names decide (see [`Role`]), values confirm: an inclination lies within 0 to 180, an azimuth within -180 to 360, a latitude within
//! 90 of the equator, and depths of a survey increase. What the values contradict is not taken, and an issue says so.

use std::collections::{HashMap, HashSet};

use outcrop_types::{DatumName, Issue};

use super::flow::{self, Flow};
use super::layout::TableFormat;
use super::model::{ColumnData, Table};
use super::production;
use super::role::{Kind, Role, key, roles_of_name};
use super::rows::DepthSign;
use super::settle;

/// What a table was found to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// What a row is.
    pub kind: Kind,
    /// 1: stated, or every column needed is named; at least 0.5: named, with an assumption that an issue states;
    /// less: a guess by the values that should be confirmed by the user.
    pub confidence: f64,
    /// Column (by place), its role, and why.
    pub roles: Vec<(usize, Role, String)>,
    /// The datum that the name of the elevation column states (`KB`, `RT` …).
    pub datum: Option<DatumName>,
    /// Sign of the `tvdss` column of tops, told by comparing it with true vertical or measured depth.
    pub tvdss_sign: Option<DepthSign>,
    /// `true`, `grid` or `magnetic`, where the lines above a survey or the name of its azimuths (`Azimuth GN`) say so; `None`
    /// when they contradict each other.
    pub north_reference: Option<String>,
    /// The well that the lines above the table name, for tables of one well without a well column.
    pub well: Option<String>,
    /// What was assumed, what is ambiguous and what settles it.
    pub issues: Vec<Issue>,
}

impl Detection {
    /// The column of a role.
    pub fn column(&self, role: Role) -> Option<usize> {
        self.roles.iter().find(|(_, r, _)| *r == role).map(|(c, _, _)| *c)
    }

    /// The role of a column.
    pub fn role(&self, column: usize) -> Option<Role> {
        self.roles.iter().find(|(c, _, _)| *c == column).map(|(_, r, _)| *r)
    }

    /// Whether a survey has positions along the hole instead of angles: [`super::positions`] reads them.
    pub fn of_positions(&self) -> bool {
        !(self.has(Role::Inclination) && self.has(Role::Azimuth))
            && [Role::Md, Role::X, Role::Y].iter().all(|r| self.has(*r))
            && self.any(&[Role::Tvdss, Role::Tvd])
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.column(role).is_some()
    }

    pub(super) fn any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|r| self.has(*r))
    }

    pub(super) fn remove(&mut self, role: Role) -> Option<usize> {
        let at = self.roles.iter().position(|(_, r, _)| *r == role)?;
        Some(self.roles.remove(at).0)
    }
}

/// What the table is, and what its columns are.
///
/// * **Surveys** have measured depth, inclination and azimuth; well paths of ResInsight have positions instead.
/// * **Tops** have a surface (by name or id) and a depth, most surfaces once a well.
/// * **Dictionaries** are an id (`HorID`, `code` …), each once, and a text.
/// * **Wells** have a well name or identifier, each about once, and coordinates, elevation, total depth, operator or field.
/// * **Checkshots** have a depth and a seismic travel time, and at most two columns besides that have no role.
/// * **Cores** have a depth and the number of a core.
/// * **Production** has dates and amounts of oil, gas or water, and no depth; or a well and cumulative amounts alone.
/// * **Points** have x and y, or longitude and latitude.
///
/// Two unnamed columns, one of text and one of growing numbers, are guessed to be tops, with a confidence below 0.5.
pub fn detect(table: &Table) -> Detection {
    let mut found = Detection {
        kind: Kind::Unknown,
        confidence: 0.0,
        roles: Vec::new(),
        datum: None,
        tvdss_sign: None,
        north_reference: north_reference(table),
        well: table
            .layout
            .property(&["well", "well name", "wellname", "wellbore", "borehole", "name"])
            .map(|p| p.value.clone()),
        issues: Vec::new(),
    };
    name_roles(table, &mut found, |_| true);
    let flow = flow::named(table, &found);
    (found.kind, found.confidence) = kind(table, &found, &flow);
    if let Some(stated) = table.kind {
        (found.kind, found.confidence) = (stated, 1.0);
    }
    match found.kind {
        Kind::Tops => settle::tops(table, &mut found),
        Kind::Surveys => settle::surveys(table, &mut found),
        Kind::Checkshots => settle::checkshots(table, &mut found),
        Kind::Cores => settle::say_plain_depth(table, &mut found),
        Kind::Production => {
            // Names mean other things there: `Formation` is what flows and no pick.
            found.roles.clear();
            found.issues.clear();
            name_roles(table, &mut found, flow::keeps);
            production::settle(table, &mut found, flow);
        }
        Kind::Points => settle::points(table, &mut found),
        Kind::Wells => settle::wells(table, &mut found),
        Kind::Unknown => settle::guess_tops(table, &mut found),
        Kind::Dictionary => {}
    }
    let named: HashSet<usize> = found.roles.iter().map(|(c, _, _)| *c).collect();
    for column in 0..table.columns.len() {
        if !named.contains(&column) {
            found.roles.push((column, Role::Value, "no other role".to_owned()));
        }
    }
    found.roles.sort_by_key(|(c, _, _)| *c);
    found
}

/// Gives each role that is allowed its best named column.
fn name_roles(table: &Table, found: &mut Detection, allowed: fn(Role) -> bool) {
    for (i, column) in table.columns.iter().enumerate() {
        if let Some(role) = column.role {
            found.roles.push((i, role, "stated".to_owned()));
        }
    }
    let mut candidates: Vec<(Role, usize, usize)> = Vec::new();
    for (i, column) in table.columns.iter().enumerate() {
        if column.role.is_some()
            || column.data.nulls() == column.data.len() && column.data.is_number() && table.rows > 0
        {
            continue;
        }
        for (role, rank) in roles_of_name(&column.name).into_iter().filter(|(role, _)| allowed(*role)) {
            match contradiction(role, &column.data) {
                None => candidates.push((role, rank, i)),
                Some(why) if !why.is_empty() => found.issues.push(
                    Issue::warning("role-contradicted", format!("not taken as {role}: {why}"))
                        .about(column.name.clone()),
                ),
                Some(_) => {}
            }
        }
    }
    candidates.sort();
    let mut of_column: HashMap<usize, Vec<Role>> = HashMap::new();
    let mut ranks: HashMap<(Role, usize), usize> = HashMap::new();
    for (role, rank, column) in &candidates {
        of_column.entry(*column).or_default().push(*role);
        ranks.entry((*role, *column)).or_insert(*rank);
    }
    for (role, rank, column) in &candidates {
        if found.role(*column).is_some() {
            continue;
        }
        let name = |i: usize| table.columns.get(i).map_or("", |c| c.name.as_str());
        match found.column(*role) {
            None => found.roles.push((*column, *role, format!("its name, `{}`", name(*column)))),
            Some(taken) => {
                // Another role of the same column may still be free.
                if of_column.get(column).is_some_and(|roles| roles.iter().any(|r| found.column(*r).is_none())) {
                    continue;
                }
                let stated = table.columns.get(taken).is_some_and(|c| c.role.is_some());
                let taken_rank = ranks.get(&(*role, taken)).copied();
                if !stated && role_matters(*role) {
                    let message = format!(
                        "`{}` and `{}` may both be {role}; `{}` is taken; settle it with --map {role}={}",
                        name(taken),
                        name(*column),
                        name(taken),
                        name(*column)
                    );
                    let issue = if taken_rank == Some(*rank) || *role != Role::Well {
                        Issue::warning("role-ambiguous", message)
                    } else {
                        Issue::info("role-ambiguous", message)
                    };
                    found.issues.push(issue.about(name(*column).to_owned()));
                }
            }
        }
    }
    if let Some(column) = found.column(Role::DatumElevation).and_then(|c| table.columns.get(c)) {
        found.datum = datum_of_name(&column.name);
    }
}

/// Roles for which a second candidate would give other results.
fn role_matters(role: Role) -> bool {
    !matches!(role, Role::Id | Role::Sample | Role::Value | Role::Interpreter | Role::Twt | Role::WellId)
}

/// Why a column cannot have a role: an empty text where that goes without saying.
fn contradiction(role: Role, data: &ColumnData) -> Option<String> {
    let range = data.range();
    let outside = |low: f64, high: f64, what: &str| match range {
        Some((min, max)) if min < low || max > high => {
            Some(format!("{what} lies within {low} and {high}, the values are {min} to {max}"))
        }
        _ => None,
    };
    if role.is_number() && !data.is_number() {
        return match role {
            Role::Lon | Role::Lat => Some("the values are not decimal degrees".to_owned()),
            Role::Md | Role::Z | Role::Owt | Role::TravelTime => Some(String::new()),
            _ if data.nulls() == data.len() => Some(String::new()),
            _ => Some("the values are text".to_owned()),
        };
    }
    match role {
        Role::Lat => outside(-90.0, 90.0, "a latitude"),
        Role::Lon => outside(-180.0, 360.0, "a longitude"),
        // One bad station does not make another column of it; who uses the stations looks at each.
        Role::Inclination if mostly_within(data, 0.0, 180.0) => None,
        Role::Azimuth if mostly_within(data, -180.0, 360.0) => None,
        Role::Inclination => outside(0.0, 180.0, "an inclination"),
        Role::Azimuth => outside(-180.0, 360.0, "an azimuth"),
        Role::Surface | Role::Operator | Role::Field | Role::DatumName | Role::Interpreter if data.is_number() => {
            Some(String::new())
        }
        Role::SurfaceId | Role::WellId | Role::Id => None,
        _ => None,
    }
}

/// Whether no more than one value, or a tenth of them, is outside a range.
fn mostly_within(data: &ColumnData, low: f64, high: f64) -> bool {
    let numbers = data.numbers();
    let outside = numbers.iter().filter(|v| **v < low || **v > high).count();
    outside * 10 <= numbers.len() || (outside == 1 && numbers.len() > 2)
}

fn datum_of_name(name: &str) -> Option<DatumName> {
    let name = key(name);
    let rest = name.strip_prefix("wlb").unwrap_or(&name);
    let bare = rest.trim_end_matches("elevation").trim_end_matches("elev");
    let kelly_bushing = (bare == "kellybush").then_some(DatumName::KB);
    [rest, bare].iter().find_map(|n| n.parse().ok()).or(kelly_bushing)
}

/// Depth under a name that does not say along the hole or vertical.
pub(super) fn is_plain_depth(name: &str) -> bool {
    matches!(key(name).as_str(), "depth" | "dept" | "pickdepth" | "topdepth" | "depthtop" | "pick")
}

fn kind(table: &Table, found: &Detection, flow: &Flow) -> (Kind, f64) {
    let plain_md = found
        .column(Role::Md)
        .and_then(|c| table.columns.get(c))
        .is_some_and(|c| c.role.is_none() && is_plain_depth(&c.name));
    let coordinates = (found.has(Role::X) && found.has(Role::Y)) || (found.has(Role::Lon) && found.has(Role::Lat));
    if table.layout.format == TableFormat::WellPath {
        return (Kind::Surveys, 1.0);
    }
    if found.has(Role::Md) && found.has(Role::Inclination) && found.has(Role::Azimuth) {
        return (Kind::Surveys, if plain_md { 0.9 } else { 1.0 });
    }
    if let Some(confidence) = production::of_periods(found, flow) {
        return (Kind::Production, confidence);
    }
    let picked = found.any(&[Role::Surface, Role::SurfaceId]);
    let depth = found.any(&[Role::Md, Role::Tvd, Role::Tvdss]);
    let in_well = found.any(&[Role::Well, Role::Uwi, Role::WellId]);
    if picked && (depth || (in_well && found.has(Role::Z))) && (in_well || !coordinates) && mostly_once(table, found) {
        return (Kind::Tops, if plain_md { 0.8 } else { 1.0 });
    }
    if found.has(Role::Core) && found.has(Role::Md) && !picked {
        return (Kind::Cores, if plain_md { 0.9 } else { 1.0 });
    }
    // A log may have a column of time too, but among many others.
    let timed = found.any(&[Role::Twt, Role::Owt, Role::TravelTime]);
    let others =
        table.columns.iter().enumerate().filter(|(i, c)| c.data.is_number() && found.role(*i).is_none()).count();
    if timed && !picked && others <= 2 && (depth || (in_well && found.has(Role::Z))) {
        return (Kind::Checkshots, if plain_md || found.has(Role::TravelTime) { 0.8 } else { 1.0 });
    }
    if is_dictionary(table, found) {
        return (Kind::Dictionary, 0.8);
    }
    if let Some(confidence) = production::of_totals(table, found, flow) {
        return (Kind::Production, confidence);
    }
    let of_well = [Role::DatumElevation, Role::Td, Role::Operator, Role::GroundElevation];
    let unique = [Role::Uwi, Role::Well].iter().filter_map(|r| found.column(*r)).any(|c| unique_share(table, c) >= 0.9);
    if unique && (!depth || plain_md) {
        if found.any(&of_well) {
            return (Kind::Wells, 1.0);
        }
        if !found.has(Role::Z) && !plain_md && (coordinates || found.any(&[Role::Field, Role::Uwi])) {
            return (Kind::Wells, 0.7);
        }
    }
    if coordinates {
        return (Kind::Points, 0.9);
    }
    (Kind::Unknown, 0.0)
}

/// Share of distinct values among those that are not null.
fn unique_share(table: &Table, column: usize) -> f64 {
    let Some(column) = table.columns.get(column) else { return 0.0 };
    let values: Vec<String> = (0..table.rows).filter_map(|r| column.data.text(r)).collect();
    let distinct: HashSet<&String> = values.iter().collect();
    if values.is_empty() { 0.0 } else { distinct.len() as f64 / values.len() as f64 }
}

/// A table of log samples may name the formation of each; in tops a surface comes up about once a well.
fn mostly_once(table: &Table, found: &Detection) -> bool {
    let columns: Vec<&ColumnData> = [Role::Well, Role::Uwi, Role::WellId, Role::Surface, Role::SurfaceId]
        .iter()
        .filter_map(|r| found.column(*r).and_then(|c| table.columns.get(c)).map(|c| &c.data))
        .collect();
    let distinct: HashSet<Vec<Option<String>>> =
        (0..table.rows).map(|r| columns.iter().map(|c| c.text(r)).collect()).collect();
    distinct.len() * 3 >= table.rows
}

fn is_dictionary(table: &Table, found: &Detection) -> bool {
    (2..=3).contains(&table.columns.len())
        && !found.any(&[Role::Uwi, Role::Well, Role::X, Role::Lon, Role::Md, Role::Tvd, Role::Tvdss])
        && table
            .columns
            .iter()
            .enumerate()
            .any(|(i, c)| is_id_name(&c.name) && unique_share(table, i) == 1.0 && c.data.nulls() == 0)
        && table.columns.iter().any(|c| !c.data.is_number() && !is_id_name(&c.name))
}

/// Names of columns whose values another table explains.
pub(crate) fn is_id_name(name: &str) -> bool {
    let name = key(name);
    ["id", "code", "key", "nr"].iter().any(|end| name.ends_with(end))
}

fn north_reference(table: &Table) -> Option<String> {
    let value =
        key(&table.layout.property(&["north reference", "north ref", "azimuth reference", "azi reference"])?.value);
    ["true", "grid", "magnetic"].into_iter().find(|n| value.contains(n)).map(str::to_owned)
}
