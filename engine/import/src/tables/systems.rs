//! Tables of wells whose rows state the system of their coordinates: a code, or a datum and a zone of UTM. It need not be
//! that of the project.

use std::collections::BTreeMap;

use outcrop_connectors::geometry::{StatedCrs, is_geographic, stated_crs};
use outcrop_connectors::table::{Detection, Role, Table, WellRow};
use outcrop_types::{Crs, Issue};

/// A datum whose systems of transverse Mercator zones are numbered in the EPSG registry: zone `z` is `base + z`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Family {
    datum: &'static str,
    /// Spellings, in lower case without blanks and signs.
    names: &'static [&'static str],
    base: u32,
    first: u32,
    last: u32,
    south: bool,
}

const fn family(datum: &'static str, names: &'static [&'static str], base: u32, first: u32, last: u32) -> Family {
    Family { datum, names, base, first, last, south: false }
}

const WGS84_SOUTH: Family =
    Family { datum: "WGS 84", names: &["wgs84", "wgs1984"], base: 32_700, first: 1, last: 60, south: true };

const FAMILIES: [Family; 8] = [
    family("ED50", &["ed50", "europeandatum1950", "european1950"], 23_000, 28, 38),
    family("ETRS89", &["etrs89", "euref89", "etrf89"], 25_800, 28, 38),
    family("NAD27", &["nad27", "nad1927"], 26_700, 1, 22),
    family("NAD83", &["nad83", "nad1983"], 26_900, 1, 23),
    family("WGS 84", &["wgs84", "wgs1984"], 32_600, 1, 60),
    WGS84_SOUTH,
    Family { datum: "GDA94", names: &["gda94"], base: 28_300, first: 48, last: 58, south: true },
    Family { datum: "GDA2020", names: &["gda2020"], base: 7_800, first: 46, last: 59, south: true },
];

impl Family {
    /// The family and zone of a system; none for others than those of UTM.
    fn of(crs: &Crs) -> Option<(Family, u32)> {
        let code: u32 = crs.as_str().strip_prefix("EPSG:")?.parse().ok()?;
        let within = |f: &Family| (f.base + f.first..=f.base + f.last).contains(&code);
        FAMILIES.into_iter().find(within).map(|f| (f, code - f.base))
    }

    fn crs(&self, zone: u32) -> Option<String> {
        (self.first..=self.last).contains(&zone).then(|| format!("EPSG:{}", self.base + zone))
    }
}

/// What a row says of its system.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// Nothing, or the same as was taken.
    Nothing,
    /// A system, and how it is stated.
    System(String, String),
    /// Another than was taken, and not which.
    Other(String),
}

/// The columns that state systems, and the system that x and y are taken to be in.
pub(super) struct Systems {
    datum: Option<String>,
    zone: Option<String>,
    taken: Option<Crs>,
    /// What rows with coordinates say, with how many there are.
    said: BTreeMap<(Option<String>, String), usize>,
    silent: usize,
}

impl Systems {
    pub(super) fn of(table: &Table, detection: &Detection, taken: Option<&Crs>) -> Self {
        let column = |role| detection.column(role).and_then(|c| table.columns.get(c)).map(|c| c.name.clone());
        Systems {
            datum: column(Role::Crs),
            zone: column(Role::UtmZone),
            taken: taken.cloned(),
            said: BTreeMap::new(),
            silent: 0,
        }
    }

    /// As [`Systems::of`] for a system stated in a text under a name of its own.
    pub(super) fn of_lines(name: &str, taken: Option<&Crs>) -> Self {
        Systems { datum: Some(name.to_owned()), zone: None, taken: taken.cloned(), said: BTreeMap::new(), silent: 0 }
    }

    /// The system of a row's coordinates; none where it is not known.
    pub(super) fn system(&mut self, row: &WellRow) -> Option<String> {
        match self.row(row) {
            Said::Nothing => {
                self.silent += 1;
                self.taken.as_ref().map(ToString::to_string)
            }
            Said::System(crs, how) => {
                *self.said.entry((Some(crs.clone()), how)).or_insert(0) += 1;
                Some(crs)
            }
            Said::Other(how) => {
                *self.said.entry((None, how)).or_insert(0) += 1;
                None
            }
        }
    }

    fn row(&self, row: &WellRow) -> Said {
        let value = |column: &Option<String>| {
            let name = column.as_ref()?;
            row.extra.iter().find(|(n, _)| n == name).map(|(_, text)| text.trim())
        };
        let (text, zone_text) = (value(&self.datum), value(&self.zone));
        let same = |crs: &str| self.taken.as_ref().is_some_and(|t| t.as_str() == crs);
        if let Some(code) = text.and_then(code) {
            return if same(&code) { Said::Nothing } else { Said::System(code.clone(), code) };
        }
        let taken = self.taken.as_ref().and_then(Family::of);
        let Some(zone) = zone_text.and_then(leading).or_else(|| text.and_then(named_zone)) else {
            // A datum alone says what the system is not.
            return match (text.and_then(|t| datum(t, false)), taken) {
                (Some(stated), Some((taken, _))) if stated.datum != taken.datum => Said::Other(stated.datum.to_owned()),
                _ => Said::Nothing,
            };
        };
        let letter = zone_text.or(text).and_then(|t| t.trim().chars().last()).filter(char::is_ascii_alphabetic);
        let south = match (row.lat, letter.map(|l| l.to_ascii_uppercase()), taken) {
            (Some(lat), ..) => Some(lat < 0.0),
            (None, Some('N'), _) => Some(false),
            // S is the south, and also the letter of a band in the north.
            (None, Some('S'), _) | (None, None, None) => None,
            (None, Some(band), _) => Some(band < 'N'),
            (None, None, Some((taken, _))) => Some(taken.south),
        };
        let family = match text.and_then(|t| datum(t, south == Some(true))) {
            Some(stated) if stated.names == WGS84_SOUTH.names && south.is_none() => match taken {
                Some((taken, _)) if taken.datum == stated.datum => Some(taken),
                _ => return Said::Other(format!("{}, zone {zone}, north or south", stated.datum)),
            },
            Some(stated) => Some(stated),
            None => taken.map(|(taken, _)| taken),
        };
        let Some(family) = family else { return Said::Nothing };
        let how = if taken.is_some_and(|(t, _)| t.datum == family.datum) {
            format!("zone {zone}")
        } else {
            format!("{}, zone {zone}", family.datum)
        };
        match family.crs(zone) {
            Some(crs) if same(&crs) => Said::Nothing,
            Some(crs) => Said::System(crs, how),
            None => Said::Other(how),
        }
    }

    /// What is said of the systems of all rows with coordinates.
    pub(super) fn issues(&self) -> Vec<Issue> {
        let mut issues = Vec::new();
        let columns: Vec<&str> = self.datum.iter().chain(&self.zone).map(String::as_str).collect();
        let columns = columns.join(", ");
        let stated: Vec<String> = self
            .said
            .iter()
            .map(|((crs, how), n)| match (&self.taken, crs) {
                (None, Some(crs)) => format!("{how} is {crs} ({n} rows)"),
                _ => format!("{how} ({n} rows)"),
            })
            .collect();
        let stated = stated.join(", ");
        match &self.taken {
            Some(taken) if !self.said.is_empty() => {
                let own = Family::of(taken).map_or_else(String::new, |(_, zone)| format!(", zone {zone}"));
                let text = format!(
                    "{columns} states {stated}, but x and y were taken to be in {taken}{own}; `crs` of these wells is the system \
                     that their row states, null where it is not a known one, and they have no place on the project's maps. \
                     Choose wells by `crs` before x and y are compared"
                );
                issues.push(Issue::warning("crs-zone", text).about(&columns));
            }
            None if !self.said.is_empty() => {
                let text = format!("x and y are in the systems that {columns} states: {stated}");
                issues.push(Issue::info("crs-stated", text).about(&columns));
                if self.said.len() > 1 {
                    let text = format!(
                        "x and y of the wells are in {} systems ({columns} states {stated}): they have no place on one map. Choose \
                         wells by `crs` before x and y are compared, or state the project's system: outcrop init --crs",
                        self.said.len()
                    );
                    issues.push(Issue::warning("crs-zone", text).about(&columns));
                }
            }
            _ => {}
        }
        if self.taken.is_none() && self.silent > 0 {
            issues.push(super::no_crs());
        }
        issues
    }
}

/// A code of a projected system: `EPSG:23031`, `epsg 23031`, `23031`.
fn code(text: &str) -> Option<String> {
    let digits = text.to_ascii_uppercase().replace("EPSG", "");
    let digits = digits.trim_matches([' ', ':', '#']);
    if !(4..=6).contains(&digits.len()) || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let crs = format!("EPSG:{digits}");
    match stated_crs(&crs) {
        StatedCrs::Code(known) if is_geographic(&known) => None,
        _ => Some(crs),
    }
}

fn datum(text: &str, south: bool) -> Option<Family> {
    let key: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let mut found = FAMILIES.into_iter().filter(|f| f.names.iter().any(|n| key.contains(n)));
    let first = found.next()?;
    Some(found.find(|f| f.south == south && f.datum == first.datum).filter(|_| first.south != south).unwrap_or(first))
}

/// The zone that a text begins with: `32`, `32N`, `32 V`.
fn leading(text: &str) -> Option<u32> {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The zone in a name of a system: `ED50 / UTM zone 31N`, `ED50-UTM31`.
fn named_zone(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let behind = lower.split_once("zone").or_else(|| lower.split_once("utm")).map(|(_, behind)| behind)?;
    leading(behind.trim_start_matches([' ', '-', '_', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(taken: Option<&str>, datum: &str, zone: &str, lat: Option<f64>) -> Said {
        let systems = Systems {
            datum: Some("D".to_owned()),
            zone: Some("Z".to_owned()),
            taken: taken.and_then(|t| t.parse().ok()),
            said: BTreeMap::new(),
            silent: 0,
        };
        let extra = [("D", datum), ("Z", zone)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let extra = extra.into_iter().filter(|(_, v)| !v.is_empty()).collect();
        systems.row(&WellRow { extra, lat, ..WellRow::default() })
    }

    fn is(found: Said, crs: &str) {
        assert!(matches!(&found, Said::System(code, _) if code == crs), "{found:?}");
    }

    #[test]
    fn datum_and_zone_are_a_system() {
        is(said(None, "ED50", "31", None), "EPSG:23031");
        is(said(None, "ED50 / UTM zone 32N", "", None), "EPSG:23032");
        is(said(None, "WGS84", "31", Some(57.0)), "EPSG:32631");
        is(said(None, "WGS 84", "50", Some(-20.0)), "EPSG:32750");
        is(said(None, "WGS84", "31V", None), "EPSG:32631");
        is(said(None, "GDA94", "50", None), "EPSG:28350");
        is(said(Some("EPSG:23031"), "", "34", None), "EPSG:23034");
        is(said(Some("EPSG:23031"), "ETRS89", "31", None), "EPSG:25831");
        is(said(None, "EPSG:2225", "", None), "EPSG:2225");
    }

    #[test]
    fn what_is_not_stated_is_not_made_up() {
        assert_eq!(said(Some("EPSG:23031"), "ED50", "31", None), Said::Nothing);
        assert_eq!(said(None, "", "31", None), Said::Nothing);
        assert_eq!(said(None, "ED50", "", None), Said::Nothing);
        assert!(matches!(said(None, "WGS84", "31", None), Said::Other(_)), "north or south");
        assert!(matches!(said(Some("EPSG:23031"), "WGS84", "", None), Said::Other(_)));
        assert!(matches!(said(Some("EPSG:23031"), "", "77", None), Said::Other(_)));
    }
}
