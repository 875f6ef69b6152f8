//! Stations of which a path can be computed: in order, one at a depth, with angles that are angles.
//!
//! What is stored must be computable, as one survey that is not would spoil a query over all wells. What is left out or
//! put in order is told with its well and line.

use std::collections::HashMap;

use outcrop_types::Issue;

/// Stations of one kind of fault that are told one by one.
const TOLD: usize = 20;

/// Directions further apart than this have no arc between them: they are opposite, as the minimum curvature method sees
/// them.
const OPPOSITE: f64 = std::f64::consts::PI - 1e-6;

/// A survey station; md in the project's unit, angles in degrees.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Station {
    pub(crate) well: String,
    pub(crate) md: f64,
    pub(crate) inclination: f64,
    pub(crate) azimuth: f64,
    pub(crate) line: u64,
}

/// What was noticed, with the wells it is about.
pub(crate) type Noticed = Vec<(Option<String>, Issue)>;

/// Leaves out stations that cannot be right, sorts the others by well (in the order of the file) and depth, and keeps one
/// of several at a depth.
pub(crate) fn computable(stations: &mut Vec<Station>) -> Noticed {
    let mut noticed = Told::default();
    stations.retain(|station| match fault(station) {
        Some((code, text)) => {
            noticed.add(station, Issue::error(code, text));
            false
        }
        None => true,
    });
    put_in_order(stations, &mut noticed);
    let mut kept: Vec<Station> = Vec::with_capacity(stations.len());
    for station in stations.drain(..) {
        match kept.last().filter(|last| last.well == station.well).map(|last| compare(last, &station)) {
            Some(Some(issue)) => noticed.add(&station, issue),
            _ => kept.push(station),
        }
    }
    *stations = kept;
    noticed.finish()
}

/// Why a station cannot be right by itself.
fn fault(station: &Station) -> Option<(&'static str, String)> {
    let Station { md, inclination, azimuth, .. } = *station;
    if !(md.is_finite() && inclination.is_finite() && azimuth.is_finite()) {
        let text = "the station has a number that is not finite; it is left out. Correct the file and import it again";
        return Some(("survey-number", text.to_owned()));
    }
    if md < 0.0 {
        let text = format!(
            "measured depth {md} is above the datum; the station is left out. If it is a null value: --null {md}; else correct the file"
        );
        return Some(("survey-depth", text));
    }
    if !(0.0..=180.0).contains(&inclination) {
        let text = format!(
            "inclination {inclination} at md {md} is outside 0 (down) to 180 degrees; the station is left out. Correct the file, or \
             state the unit: --unit inclination=rad"
        );
        return Some(("survey-inclination", text));
    }
    if !(-360.0..=360.0).contains(&azimuth) {
        let text = format!(
            "azimuth {azimuth} at md {md} is outside -360 to 360 degrees; the station is left out. Correct the file, or state the \
             unit: --unit azimuth=rad"
        );
        return Some(("survey-azimuth", text));
    }
    None
}

/// What is wrong with a station behind another one of its well; none when both can be kept.
fn compare(last: &Station, station: &Station) -> Option<Issue> {
    let md = station.md;
    if md == last.md {
        if last.inclination == station.inclination && last.azimuth == station.azimuth {
            let text = format!("the station at md {md} repeats that of line {}; one of them is kept", last.line);
            return Some(Issue::info("survey-repeated", text));
        }
        let text = format!(
            "two stations at md {md} have different angles, inclination {} and azimuth {} in line {}, {} and {} here; the first is kept. \
             If the other is right, correct the file",
            last.inclination, last.azimuth, last.line, station.inclination, station.azimuth
        );
        return Some(Issue::warning("survey-contradiction", text));
    }
    if angle(last, station) > OPPOSITE {
        let text = format!(
            "the station at md {md} points the opposite way of that at md {} (line {}), so there is no path between them; it is left \
             out. Correct the file",
            last.md, last.line
        );
        return Some(Issue::error("survey-opposite", text));
    }
    None
}

/// The angle between the directions of two stations, by Kahan's formula, which is exact near 0 and 180 degrees.
fn angle(a: &Station, b: &Station) -> f64 {
    let direction = |s: &Station| {
        let (inclination, azimuth) = (s.inclination.to_radians(), s.azimuth.to_radians());
        [inclination.sin() * azimuth.cos(), inclination.sin() * azimuth.sin(), inclination.cos()]
    };
    let (a, b) = (direction(a), direction(b));
    let norm = |f: fn(f64, f64) -> f64| a.iter().zip(b).map(|(p, q)| f(*p, q).powi(2)).sum::<f64>().sqrt();
    2.0 * norm(|p, q| p - q).atan2(norm(|p, q| p + q))
}

/// Sorts by well and depth; a stable sort keeps the rest as it is. Each well whose depths go back is told once.
fn put_in_order(stations: &mut [Station], noticed: &mut Told) {
    let mut places: HashMap<String, (usize, f64, bool)> = HashMap::new();
    for station in stations.iter() {
        let next = places.len();
        let (_, deepest, told) = places.entry(station.well.clone()).or_insert((next, station.md, false));
        if station.md < *deepest && !*told {
            *told = true;
            let text = format!(
                "measured depth goes back from {deepest} to {}; the stations are put in order of depth. Check the file: a depth that \
                 is wrong bends the path",
                station.md
            );
            noticed.add(station, Issue::warning("survey-order", text));
        }
        *deepest = station.md;
    }
    let place = |s: &Station| places.get(&s.well).map_or(usize::MAX, |(place, _, _)| *place);
    stations.sort_by(|a, b| place(a).cmp(&place(b)).then(a.md.total_cmp(&b.md)));
}

/// Issues, the first of each code in full and the rest counted.
#[derive(Default)]
struct Told {
    noticed: Noticed,
    counts: HashMap<String, usize>,
}

impl Told {
    fn add(&mut self, station: &Station, issue: Issue) {
        let count = self.counts.entry(issue.code.clone()).or_insert(0);
        *count += 1;
        if *count <= TOLD {
            let mut issue = issue.at_line(station.line);
            issue.message = format!("well `{}`: {}", station.well, issue.message);
            self.noticed.push((Some(station.well.clone()), issue));
        }
    }

    fn finish(mut self) -> Noticed {
        let mut more: Vec<(String, usize)> = self.counts.into_iter().filter(|(_, count)| *count > TOLD).collect();
        more.sort();
        for (code, count) in more {
            let severity = self.noticed.iter().find(|(_, i)| i.code == code).map(|(_, i)| i.severity);
            let text = format!("{} more stations have the same fault; the first {TOLD} are listed", count - TOLD);
            let issue = Issue::new(severity.unwrap_or(outcrop_types::Severity::Warning), &code, text);
            self.noticed.push((None, issue));
        }
        self.noticed
    }
}
