//! The coordinate system of a file, and the plain columns of its points.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, FieldRef};
use outcrop_types::{Issue, field};
use serde_json::Value;

use super::object::Feature;
use crate::geometry::{Crs, Geometry, Position, StatedCrs, is_geographic, stated_crs};

/// What is known of the coordinates.
pub(super) struct System {
    /// The system, where it is known.
    pub crs: Option<Crs>,
    /// Whether x and y are longitude and latitude in degrees.
    pub degrees: bool,
}

impl System {
    /// What the `crs` member states; without one, RFC 7946 says that it is WGS 84, unless the coordinates contradict it.
    pub fn of(
        member: Option<&Value>,
        features: &[Feature],
        facts: &mut Vec<(String, String)>,
        issues: &mut Vec<Issue>,
    ) -> Self {
        let outside = outside_of_degrees(features);
        let system = match member {
            None if outside.is_none() => System { crs: Some(Crs::crs84()), degrees: true },
            None => System { crs: None, degrees: false },
            Some(member) => match words(member).map(|text| stated_crs(&text)) {
                Some(StatedCrs::Code(crs)) => {
                    let degrees = is_geographic(&crs) && outside.is_none();
                    System { crs: Some(crs), degrees }
                }
                _ => System { crs: None, degrees: false },
            },
        };
        let stated = match (member, &system.crs) {
            (None, Some(crs)) => format!("{crs} (longitude and latitude on WGS 84, as RFC 7946 says)"),
            (_, Some(crs)) => format!("{crs}, as the `crs` member states"),
            (Some(Value::Null), None) => "none: the `crs` member is null".to_owned(),
            (Some(member), None) => words(member).unwrap_or_else(|| member.to_string()),
            (None, None) => "not stated".to_owned(),
        };
        facts.push(("coordinate system".to_owned(), stated));
        match (&outside, member, &system.crs) {
            (Some(p), None, _) => issues.push(Issue::warning(
                "crs-contradicted",
                format!(
                    "RFC 7946 has longitude and latitude in degrees, but the file has x {} y {}; its coordinate system is \
                     unknown; state it with a `crs` member or convert the file",
                    p.x, p.y
                ),
            )),
            (Some(p), Some(_), Some(crs)) if is_geographic(crs) => issues.push(Issue::warning(
                "crs-contradicted",
                format!("the file states {crs}, which is in degrees, but has x {} y {}; check the `crs` member", p.x, p.y),
            )),
            (_, Some(_), None) => issues.push(Issue::warning(
                "crs-unknown",
                "the `crs` member names no system by a code, such as `urn:ogc:def:crs:EPSG::28350`; the coordinate system is unknown",
            )),
            _ => {}
        }
        system
    }
}

/// The name or code that a `crs` member has: `{"type": "name", "properties": {"name": …}}` or `{"type": "EPSG", …{"code": …}}`.
fn words(member: &Value) -> Option<String> {
    let of = |key: &str| member.get("properties")?.get(key);
    if let Some(Value::String(name)) = of("name") {
        return Some(name.clone());
    }
    match (member.get("type"), of("code")) {
        (Some(Value::String(kind)), Some(code)) if kind.eq_ignore_ascii_case("epsg") => {
            Some(format!("EPSG:{}", code.as_str().map_or_else(|| code.to_string(), str::to_owned)))
        }
        _ => match of("href") {
            Some(Value::String(href)) => Some(href.clone()),
            _ => None,
        },
    }
}

/// A position that cannot be longitude and latitude, if there is one. Longitudes may run to 360.
fn outside_of_degrees(features: &[Feature]) -> Option<Position> {
    let mut found = None;
    for geometry in features.iter().filter_map(|f| f.geometry.as_ref()) {
        geometry.visit(&mut |p: &Position| {
            if found.is_none() && !((-360.0..=360.0).contains(&p.x) && (-90.0..=90.0).contains(&p.y)) {
                found = Some(*p);
            }
        });
        if found.is_some() {
            break;
        }
    }
    found
}

/// Plain columns of points: null where a feature has no point or more than one; `z` where any point has it.
pub(super) fn columns(features: &[Feature], system: &System) -> Vec<(FieldRef, ArrayRef)> {
    let points: Vec<Option<Position>> = features.iter().map(|f| single(f.geometry.as_ref())).collect();
    let column = |name: &str, unit: &str, description: &str, of: fn(&Position) -> Option<f64>| {
        let array: Float64Array = points.iter().map(|p| p.as_ref().and_then(of)).collect();
        let field = field::with_unit(field::described(name, DataType::Float64, true, description), unit);
        // A writer of geometries knows by this that the column says nothing more.
        let field = field::with(field, field::OF_GEOMETRY, "true");
        (Arc::new(field) as FieldRef, Arc::new(array) as ArrayRef)
    };
    let mut columns = if system.degrees {
        vec![
            column("lon", "deg", "Longitude, east positive", |p| Some(p.x)),
            column("lat", "deg", "Latitude, north positive", |p| Some(p.y)),
        ]
    } else {
        vec![
            column("x", "", "First coordinate, as the file has it", |p| Some(p.x)),
            column("y", "", "Second coordinate, as the file has it", |p| Some(p.y)),
        ]
    };
    if points.iter().flatten().any(|p| p.z.is_some()) {
        columns.push(if system.crs == Some(Crs::crs84()) {
            column("z", "m", "Height above the ellipsoid of WGS 84 (RFC 7946, 3.1.1)", |p| p.z)
        } else {
            column("z", "", "Third coordinate, as the file has it", |p| p.z)
        });
    }
    columns
}

fn single(geometry: Option<&Geometry>) -> Option<Position> {
    match geometry? {
        Geometry::Point(point) => *point,
        Geometry::MultiPoint(points) => match points[..] {
            [point] => Some(point),
            _ => None,
        },
        _ => None,
    }
}
