//! The well head that a `WELL TRACE FROM PETREL` states above its stations: name, place, datum and coordinate system.

use outcrop_connectors::table::{Layout, WellRow};
use outcrop_types::{DatumName, Dimension, Issue, Unit};

use super::systems::Systems;
use crate::plane::Plane;
use crate::wells::Facts;

/// What the lines above a survey state of its well, and what was noticed; none where they state no well head.
pub(super) fn well_head(layout: &Layout, plane: Plane<'_>) -> Option<(Facts, u64, Vec<Issue>)> {
    let name = layout.property(&["well name"])?;
    let mut issues = Vec::new();
    let mut length = |names: &[&str], plain: Unit| -> Option<(f64, bool)> {
        let property = layout.property(names)?;
        let (number, unit) = number_and_unit(&property.value)?;
        if unit.is_none() {
            let text = format!("{} has no unit; taken as {plain}", property.name);
            issues.push(Issue::warning("unit-assumed", text).about(&property.name).at_line(property.line));
        }
        let unit = unit.unwrap_or(plain);
        let converted = unit.convert(number, plane.project.unit()).ok()?;
        Some((converted, unit != plane.project.unit()))
    };
    let x = length(&["well head x-coordinate", "x-coordinate", "well head x"], plane.unit());
    let y = length(&["well head y-coordinate", "y-coordinate", "well head y"], plane.unit());
    let datum = layout.properties.iter().find_map(|p| datum(&p.name).map(|datum| (p, datum)));
    let elevation = datum.and_then(|(p, _)| length(&[p.name.as_str()], plane.project.unit()));
    if x.is_none() && y.is_none() && elevation.is_none() {
        return None;
    }
    let mut facts = Facts { name: Some(name.value.clone()), ..Facts::default() };
    if let Some((_, datum)) = datum.filter(|_| elevation.is_some()) {
        facts.datum = Some(datum.to_string());
        facts.datum_elevation = elevation.map(|(v, _)| v);
    }
    if let (Some((x, x_converted)), Some((y, y_converted))) = (x, y) {
        (facts.x, facts.y) = (Some(x), Some(y));
        let mut systems = Systems::of_lines("the line of the coordinate system", plane.crs);
        let stated = layout.preamble.iter().find_map(|(_, text)| {
            let upper = text.to_ascii_uppercase();
            let place = upper.find("COORDINATE SYSTEM")?;
            text.get(place + "COORDINATE SYSTEM".len()..).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty())
        });
        let extra = stated.map(|text| ("the line of the coordinate system".to_owned(), text)).into_iter().collect();
        facts.crs = systems.system(&WellRow { extra, ..WellRow::default() });
        issues.extend(systems.issues());
        issues.extend(facts.settle_crs(plane, x_converted || y_converted));
    }
    Some((facts, name.line, issues))
}

/// The datum in a name such as `WELL DATUM (KB, Kelly bushing, from MSL)` or `WELL KB`.
fn datum(name: &str) -> Option<DatumName> {
    let name = name.trim().to_ascii_uppercase();
    let rest = name.strip_prefix("WELL ")?.trim_start_matches("DATUM").trim_start_matches([' ', '(']);
    rest.split([',', ')', ' ']).next()?.parse().ok()
}

/// `25.00000000 (m)`: the number, and the unit where it is a known one of length.
fn number_and_unit(text: &str) -> Option<(f64, Option<Unit>)> {
    let (number, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let unit = rest.trim().trim_matches(['(', ')', '[', ']']);
    let known = Unit::parse(unit).filter(|u| u.dimension() == Dimension::Length);
    if !unit.is_empty() && known.is_none() {
        return None;
    }
    number.parse::<f64>().ok().filter(|n| n.is_finite()).map(|n| (n, known))
}
