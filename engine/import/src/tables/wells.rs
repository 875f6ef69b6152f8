//! Tables of wells.

use outcrop_connectors::table::{self, Detection, Role, Table};
use outcrop_types::{DatumName, Issue};
use serde_json::{Map, json};

use super::systems::Systems;
use super::units::Scale;
use crate::FileOutcome;
use crate::plane::Plane;
use crate::wells::{Facts, Registry};

/// Contradictions that are told one by one.
const TOLD: usize = 50;

/// Joins the rows to the registry. Gives the places of the wells; an error is the message of a file that failed.
pub(crate) fn join(
    table: &Table,
    detection: &Detection,
    registry: &mut Registry,
    plane: Plane<'_>,
    datum: Option<DatumName>,
    outcome: &mut FileOutcome,
) -> Result<Vec<usize>, String> {
    let rows = table::wells(table, detection).map_err(|e| e.to_string())?;
    let mut issues = rows.issues.clone();
    let scale = Scale { table, detection, project: plane.project };
    let x = scale.coordinate(Role::X, rows.unit(Role::X), plane, &mut issues)?;
    let y = scale.coordinate(Role::Y, rows.unit(Role::Y), plane, &mut issues)?;
    let converted = !(x.is_identity() && y.is_identity());
    let mut to_project = |role| scale.length(role, rows.unit(role), &mut issues);
    let elevation = to_project(Role::DatumElevation)?;
    let td = to_project(Role::Td)?;
    let mut places = Vec::with_capacity(rows.rows.len());
    let (mut nameless, mut first_nameless) = (0usize, 0);
    let mut told = 0;
    let mut zeros: Vec<u64> = Vec::new();
    let metre = crate::wells::metre(plane.project);
    let mut systems = Systems::of(table, detection, plane.crs);
    let mut not_on_earth: Vec<u64> = Vec::new();
    let mut without_system: Vec<Issue> = Vec::new();
    for row in &rows.rows {
        if row.well.is_none() && row.uwi.is_none() {
            nameless += 1;
            first_nameless = if nameless == 1 { row.line } else { first_nameless };
            continue;
        }
        let (place, about) =
            registry.find_or_add(row.uwi.as_deref(), row.well.as_deref(), &format!("line {}", row.line));
        // Zero degrees north and east is in the Gulf of Guinea: tables write it for "not known".
        let unknown = row.lon == Some(0.0) && row.lat == Some(0.0);
        if unknown {
            zeros.push(row.line);
        }
        let on_earth = row.lon.is_none_or(|v| (-180.0..=360.0).contains(&v))
            && row.lat.is_none_or(|v| (-90.0..=90.0).contains(&v));
        if !on_earth {
            not_on_earth.push(row.line);
        }
        let (lon, lat) = if unknown || !on_earth { (None, None) } else { (row.lon, row.lat) };
        let position = row.x.zip(row.y).map(|(a, b)| (x.apply(a), y.apply(b)));
        let crs = position.and_then(|_| systems.system(row));
        let mut facts = Facts {
            uwi: row.uwi.clone(),
            name: row.well.clone(),
            operator: row.operator.clone(),
            field: row.field.clone(),
            x: position.map(|p| p.0),
            y: position.map(|p| p.1),
            lon,
            lat,
            datum: row.datum.or(datum.filter(|_| row.datum_elevation.is_some())).map(|d| d.to_string()),
            datum_elevation: row.datum_elevation.map(|v| elevation.apply(v)),
            td: row.td.map(|v| td.apply(v)),
            crs,
            headers: row
                .extra
                .iter()
                .map(|(name, value)| (name.clone(), json!({ "value": value })))
                .collect::<Map<_, _>>(),
        };
        // The same of every row, it is told once for each system.
        if let Some(issue) = facts.settle_crs(plane, converted)
            && !without_system.contains(&issue)
        {
            without_system.push(issue);
        }
        let Some(entry) = registry.get_mut(place) else { continue };
        entry.used = true;
        let found = about.into_iter().chain(entry.facts.absorb(&facts, metre));
        let shown = row.well.as_deref().or(row.uwi.as_deref());
        for issue in found {
            told += 1;
            if told <= TOLD {
                outcome.note(shown, [issue.at_line(row.line)]);
            }
        }
        if !places.contains(&place) {
            places.push(place);
        }
    }
    if let Some(first) = zeros.first() {
        let text = format!(
            "longitude and latitude of {} wells are both exactly 0, which is taken as not known; they are left empty",
            zeros.len()
        );
        issues.push(Issue::warning("position-zero", text).at_line(*first));
    }
    if let Some(first) = not_on_earth.first() {
        issues.push(super::not_degrees(not_on_earth.len()).at_line(*first));
    }
    issues.extend(systems.issues());
    issues.extend(without_system);
    // Half a position has no place, though other columns are kept in `headers`.
    for (one, other) in [(Role::X, Role::Y), (Role::Y, Role::X)] {
        if let Some(column) = detection.column(one).and_then(|c| table.columns.get(c))
            && detection.column(other).is_none()
        {
            let text = format!(
                "there is {one} but no {other}, so it is not stored; name the column of the other: --map {other}=COLUMN"
            );
            issues.push(Issue::info("columns-unused", text).about(&column.name));
        }
    }
    if told > TOLD {
        let text = format!("{} more contradictions within this file or with the project are not listed", told - TOLD);
        issues.push(Issue::warning("well-contradictions", text));
    }
    if nameless > 0 {
        let text = format!("{nameless} rows name no well and are left out, the first in line {first_nameless}");
        issues.push(Issue::warning("well-missing", text).at_line(first_nameless));
    }
    outcome.note(None, issues);
    outcome.rows = rows.rows.len().saturating_sub(nameless) as u64;
    outcome.message = format!("{} wells", places.len());
    Ok(places)
}
