//! What is known about a well, and how sources are put together.

use outcrop_types::Issue;
use outcrop_types::identity::{names_differ, same_uwi, uwi_key};
use serde_json::{Map, Value};

use crate::plane::Plane;

/// What a source states about a well. Lengths are in the project's unit.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) uwi: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) operator: Option<String>,
    pub(crate) field: Option<String>,
    pub(crate) x: Option<f64>,
    pub(crate) y: Option<f64>,
    pub(crate) lon: Option<f64>,
    pub(crate) lat: Option<f64>,
    pub(crate) datum: Option<String>,
    pub(crate) datum_elevation: Option<f64>,
    pub(crate) td: Option<f64>,
    pub(crate) crs: Option<String>,
    pub(crate) headers: Map<String, Value>,
}

/// Degrees by which two positions may differ and still be the same (about 10 m).
const SAME_DEGREES: f64 = 1e-4;

impl Facts {
    /// Takes in what another source states. What is known stays; contradictions are warnings that name both values.
    /// `metre` is a metre in the project's unit: lengths that differ by no more are the same.
    pub(crate) fn absorb(&mut self, other: &Facts, metre: f64) -> Vec<Issue> {
        let mut issues = Vec::new();
        let differs = |a: Option<f64>, b: Option<f64>, most: f64| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() > most,
            _ => false,
        };
        if let (Some(known), Some(found)) = (&self.uwi, &other.uwi)
            && let (Some(a), Some(b)) = (uwi_key(known), uwi_key(found))
            && !same_uwi(&a, &b)
        {
            issues.push(contradiction("uwi", known, found));
        }
        for (name, known, found) in [
            ("name", &self.name, &other.name),
            ("operator", &self.operator, &other.operator),
            ("field", &self.field, &other.field),
        ] {
            if let (Some(known), Some(found)) = (known, found)
                && !known.eq_ignore_ascii_case(found)
            {
                if name == "name" && self.is_of_one_uwi(other) && names_differ(known, found) {
                    let text = format!(
                        "UWI {} has two names, `{known}` and `{found}` in this file: both are taken as one well and `{known}` is kept. \
                         If they are two wells, correct the UWI of one of them and import into a new project",
                        other.uwi.as_deref().unwrap_or_default()
                    );
                    issues.push(Issue::warning("well-name-differs", text).about(name));
                    continue;
                }
                let text =
                    format!("{name} is `{known}` in the project and `{found}` in this file; the project's stays");
                issues.push(Issue::info("well-text-differs", text).about(name));
            }
        }
        for (name, known, found, most) in [
            ("x", self.x, other.x, metre),
            ("y", self.y, other.y, metre),
            ("lon", self.lon, other.lon, SAME_DEGREES),
            ("lat", self.lat, other.lat, SAME_DEGREES),
            ("td", self.td, other.td, metre),
        ] {
            if differs(known, found, most) {
                issues.push(contradiction(name, show(known), show(found)));
            }
        }
        self.absorb_position(other, &mut issues);
        self.absorb_datum(other, metre, &mut issues);
        fill(&mut self.uwi, &other.uwi);
        fill(&mut self.name, &other.name);
        fill(&mut self.operator, &other.operator);
        fill(&mut self.field, &other.field);
        self.td = self.td.or(other.td);
        if self.lon.is_none() && self.lat.is_none() {
            (self.lon, self.lat) = (other.lon, other.lat);
        }
        for (key, value) in &other.headers {
            self.headers.entry(key.clone()).or_insert_with(|| value.clone());
        }
        issues
    }

    /// Leaves out the system of x and y where they are not in its unit any more; in another system than the project's they
    /// are left out with it. `converted` says that they were brought to the project's unit.
    pub(crate) fn settle_crs(&mut self, plane: Plane<'_>, converted: bool) -> Option<Issue> {
        let crs = self.crs.take_if(|crs| !plane.keeps(crs, converted))?;
        // Without a system of the project there is none to be mistaken for.
        if plane.crs.is_none_or(|c| c.as_str() == crs && !plane.other) {
            return Some(plane.dropped(&crs));
        }
        (self.x, self.y) = (None, None);
        Some(plane.refused(&crs))
    }

    /// Whether both state a UWI, and the same one.
    fn is_of_one_uwi(&self, other: &Facts) -> bool {
        let key = |facts: &Facts| facts.uwi.as_deref().and_then(uwi_key);
        key(self).zip(key(other)).is_some_and(|(a, b)| same_uwi(&a, &b))
    }

    /// Easting, northing and CRS belong together: half a position of one source does not complete another's.
    fn absorb_position(&mut self, other: &Facts, issues: &mut Vec<Issue>) {
        if self.x.is_none() && self.y.is_none() {
            if other.x.is_some() || other.y.is_some() {
                (self.x, self.y) = (other.x, other.y);
                self.crs.clone_from(&other.crs);
            }
            return;
        }
        if let (Some(known), Some(found)) = (&self.crs, &other.crs)
            && known != found
            && other.x.is_some()
        {
            issues.push(contradiction("crs", known, found));
        }
        let same = (self.x, self.y) == (other.x, other.y);
        if same {
            fill(&mut self.crs, &other.crs);
        }
    }

    /// The name of a datum and its elevation belong together.
    fn absorb_datum(&mut self, other: &Facts, metre: f64, issues: &mut Vec<Issue>) {
        let near = |a: f64, b: f64| (a - b).abs() <= metre;
        match (&self.datum, self.datum_elevation, &other.datum, other.datum_elevation) {
            (_, _, None, None) => {}
            (None, None, datum, elevation) => {
                self.datum.clone_from(datum);
                self.datum_elevation = elevation;
            }
            (known, Some(a), found, Some(b)) if !near(a, b) => {
                let shown = |name: &Option<String>, elevation: f64| {
                    format!("{} {elevation}", name.as_deref().unwrap_or("(unnamed)"))
                };
                issues.push(contradiction("datum_elevation", shown(known, a), shown(found, b)));
            }
            (Some(known), _, Some(found), _) if known != found => issues.push(contradiction("datum", known, found)),
            (None, Some(_), Some(found), Some(_)) => self.datum = Some(found.clone()),
            (Some(_), None, Some(_), Some(elevation)) => self.datum_elevation = Some(elevation),
            _ => {}
        }
    }
}

fn fill(known: &mut Option<String>, found: &Option<String>) {
    if known.is_none() {
        known.clone_from(found);
    }
}

fn show(value: Option<f64>) -> String {
    value.map(|v| v.to_string()).unwrap_or_default()
}

fn contradiction(name: &str, known: impl std::fmt::Display, found: impl std::fmt::Display) -> Issue {
    let text = format!(
        "{name} is {known} in the project and {found} in this file; the project's stays. If the file is right, correct the \
         file that {known} is from, and import both into a new project"
    );
    Issue::warning("well-contradiction", text).about(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stays_and_contradictions_are_told() {
        let mut known = Facts { x: Some(100.0), y: Some(200.0), td: Some(1000.0), ..Facts::default() };
        let other = Facts {
            x: Some(100.5),
            y: Some(250.0),
            td: Some(1000.2),
            operator: Some("A".to_owned()),
            ..Facts::default()
        };
        let issues = known.absorb(&other, 1.0);
        assert_eq!(issues.len(), 1);
        assert!(issues[0].message.contains("200") && issues[0].message.contains("250"));
        assert_eq!((known.x, known.y, known.operator.as_deref()), (Some(100.0), Some(200.0), Some("A")));
    }

    #[test]
    fn a_datum_is_not_put_together_from_two_sources() {
        let mut known = Facts { datum_elevation: Some(30.0), ..Facts::default() };
        let other = Facts { datum: Some("KB".to_owned()), datum_elevation: Some(25.0), ..Facts::default() };
        assert_eq!(known.absorb(&other, 1.0).len(), 1);
        assert_eq!((known.datum, known.datum_elevation), (None, Some(30.0)));
    }
}
