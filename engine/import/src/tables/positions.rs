//! Surveys that are given as positions along the hole: x, y, depth and measured depth, as well paths of ResInsight are.
//!
//! What is stored are directions, so they are computed. Between stations a hole is taken for an arc (minimum curvature), which
//! fits positions of drilled wells. Planned paths are often straight pieces whose measured depth is the sum of their lengths;
//! arcs of those lengths would end elsewhere, so each bend gets two stations there.

use outcrop_connectors::table::{self, PositionRow, Role};
use outcrop_kernels::deviation::deviation;
use outcrop_kernels::well_path::{PathOptions, TieIn, minimum_curvature};
use outcrop_types::{Issue, Severity};

use super::join::{Joiner, OfFile, Origin};
use super::stations::Station;
use super::units::Scale;
use super::{Reading, TableFile};
use crate::FileOutcome;
use crate::context::Context;
use crate::options::North;
use crate::wells::{Facts, Registry, metre};

/// Metres that a path computed from stations may be from the positions.
const NEAR: f64 = 1.0;

/// Half the distance, in metres, of the two stations of a bend.
const BEND: f64 = 0.001;

/// A position of a well; lengths in the project's unit.
#[derive(Debug, Clone, Copy)]
struct Place {
    md: f64,
    north: f64,
    east: f64,
    depth: f64,
    line: u64,
}

/// The stations of every well, each in order of depth. Azimuths are from grid north, as x and y are.
///
/// # Errors
/// The message of a file that cannot be used.
pub(super) fn stations(
    reading: &Reading,
    joiner: &mut Joiner,
    issues: &mut Vec<Issue>,
    outcome: &mut FileOutcome,
) -> Result<Vec<Station>, String> {
    let (rows, depth) = table::positions(reading.table, reading.detection).map_err(|e| e.to_string())?;
    issues.extend(rows.issues.iter().cloned());
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let md = scale.length(Role::Md, rows.unit(Role::Md), issues)?;
    let vertical = scale.length(depth, rows.unit(depth), issues)?;
    let x = scale.coordinate(Role::X, rows.unit(Role::X), reading.plane, issues)?;
    let y = scale.coordinate(Role::Y, rows.unit(Role::Y), reading.plane, issues)?;
    if let Some(north) = reading.options.north.filter(|n| *n != North::Grid) {
        let text = format!(
            "the file has positions, whose directions are from grid north whatever is stated; --north {north} is not used"
        );
        issues.push(Issue::warning("north-unused", text));
    }
    let of_file = OfFile::new(rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let mut wells: Vec<(String, Vec<Place>)> = Vec::new();
    let joined =
        joiner.rows(&rows.rows, &of_file, |r| (r.uwi.as_deref(), r.well.as_deref(), r.line), "positions", issues);
    for (well, row) in joined {
        let place = Place {
            md: md.apply(row.md),
            north: y.apply(row.y),
            east: x.apply(row.x),
            depth: vertical.apply(row.depth),
            line: row.line,
        };
        match wells.iter_mut().find(|(name, _)| *name == well) {
            Some((_, places)) => places.push(place),
            None => wells.push((well, vec![place])),
        }
    }
    let mut stations = Vec::new();
    for (well, mut places) in wells {
        let mut noticed = Vec::new();
        tidy(&well, &mut places, &mut noticed);
        match directions(&well, &places, metre(reading.length), &mut noticed) {
            Ok(of_well) => stations.extend(of_well),
            Err(message) => {
                let text = format!("well `{well}`: {message}; its positions are not stored");
                noticed.push(Issue::error("survey-positions", text).at_line(places.first().map_or(0, |p| p.line)));
            }
        }
        outcome.note(Some(&well), noticed);
    }
    Ok(stations)
}

/// Puts positions in order of measured depth and leaves out those that repeat another's.
fn tidy(well: &str, places: &mut Vec<Place>, issues: &mut Vec<Issue>) {
    if let Some(pair) = places.windows(2).find(|w| matches!(w, [a, b] if b.md < a.md)) {
        let (a, b) = (pair.first().map_or(0.0, |p| p.md), pair.last().map_or(0.0, |p| p.md));
        let text =
            format!("well `{well}`: measured depth goes back from {a} to {b}; the positions are put in order of depth");
        issues.push(Issue::warning("survey-order", text).at_line(pair.last().map_or(0, |p| p.line)));
    }
    places.sort_by(|a, b| a.md.total_cmp(&b.md));
    let mut kept: Vec<Place> = Vec::with_capacity(places.len());
    for place in places.drain(..) {
        let Some(last) = kept.last() else {
            kept.push(place);
            continue;
        };
        let same = (place.north, place.east, place.depth) == (last.north, last.east, last.depth);
        if place.md > last.md && !same {
            kept.push(place);
            continue;
        }
        let (severity, what) = match (place.md == last.md, same) {
            (true, true) => (Severity::Info, "repeats"),
            (true, false) => (Severity::Warning, "is at the measured depth of, and elsewhere than,"),
            _ => (Severity::Warning, "is deeper along the hole but at the place of"),
        };
        let text =
            format!("well `{well}`: the position at md {} {what} that of line {}; it is left out", place.md, last.line);
        issues.push(Issue::new(severity, "survey-repeated", text).at_line(place.line));
    }
    *places = kept;
}

/// The stations whose path goes through the positions.
fn directions(well: &str, places: &[Place], metre: f64, issues: &mut Vec<Issue>) -> Result<Vec<Station>, String> {
    let column = |of: fn(&Place) -> f64| places.iter().map(of).collect::<Vec<f64>>();
    let first = places.first().ok_or("there is no position")?;
    let of_arcs = deviation(&column(|p| p.north), &column(|p| p.east), &column(|p| p.depth), first.md);
    let arcs: Vec<Station> = of_arcs
        .map_err(|e| e.to_string())?
        .iter()
        .zip(places)
        .map(|(s, p)| station(well, p.md, [s.inclination, s.azimuth], p.line))
        .collect();
    let told = |count: usize, how: &str, off: f64| {
        let text = format!(
            "well `{well}`: {} positions give {count} stations, {how}; the path computed from them is at most {off:.2} from the positions",
            places.len()
        );
        Issue::info("survey-from-positions", text).at_line(first.line)
    };
    let off_arcs = off(&arcs, places);
    if off_arcs <= NEAR * metre {
        issues.push(told(arcs.len(), "with arcs between them", off_arcs));
        return Ok(arcs);
    }
    let longest = places
        .windows(2)
        .filter_map(|w| w.first().zip(w.last()))
        .map(|(a, b)| ((b.md - a.md) - distance(a, b)).abs() / (b.md - a.md))
        .fold(0.0, f64::max);
    if longest <= 1e-3 {
        let pieces = straight(well, places, BEND * metre);
        let off_pieces = off(&pieces, places);
        if off_pieces <= NEAR * metre {
            let how = "as measured depth is the length of straight pieces between the positions: one at each end and two at each bend";
            issues.push(told(pieces.len(), how, off_pieces));
            return Ok(pieces);
        }
    }
    let text = format!(
        "well `{well}`: the path computed from the positions is up to {off_arcs:.1} off them, as their distances do not agree with the \
         measured depths; check the columns, or keep the positions as they are: --kind points"
    );
    issues.push(Issue::warning("survey-off-positions", text).at_line(first.line));
    Ok(arcs)
}

fn station(well: &str, md: f64, [inclination, azimuth]: [f64; 2], line: u64) -> Station {
    Station { well: well.to_owned(), md, inclination, azimuth, line }
}

fn distance(a: &Place, b: &Place) -> f64 {
    [b.north - a.north, b.east - a.east, b.depth - a.depth].iter().map(|d| d * d).sum::<f64>().sqrt()
}

/// Stations of straight pieces: the direction changes within twice `bend` at each position, or less where pieces are short.
fn straight(well: &str, places: &[Place], bend: f64) -> Vec<Station> {
    let piece = |a: &Place, b: &Place| {
        let (n, e, d) = (b.north - a.north, b.east - a.east, b.depth - a.depth);
        let flat = n.hypot(e);
        let azimuth = if flat < 1e-9 { 0.0 } else { e.atan2(n).to_degrees().rem_euclid(360.0) };
        [flat.atan2(d).to_degrees(), azimuth]
    };
    let mut stations = Vec::with_capacity(2 * places.len());
    for pair in places.windows(2) {
        let [a, b] = pair else { continue };
        let direction = piece(a, b);
        let bend = bend.min(0.1 * (b.md - a.md));
        let inner = |first: bool| if first { 0.0 } else { bend };
        let (is_first, is_last) = (stations.is_empty(), places.last().is_some_and(|l| l.md == b.md));
        stations.push(station(well, a.md + inner(is_first), direction, a.line));
        stations.push(station(well, b.md - inner(is_last), direction, b.line));
    }
    stations
}

/// How far the path of the stations is from the positions, at most; infinite where there is no path.
fn off(stations: &[Station], places: &[Place]) -> f64 {
    let Some(first) = places.first() else { return f64::INFINITY };
    let column = |of: fn(&Station) -> f64| stations.iter().map(of).collect::<Vec<f64>>();
    let options = PathOptions {
        tie_in: Some(TieIn { tvd: first.depth, north: first.north, east: first.east }),
        ..PathOptions::default()
    };
    let path = minimum_curvature(&column(|s| s.md), &column(|s| s.inclination), &column(|s| s.azimuth), &options);
    let Ok(path) = path else { return f64::INFINITY };
    let depths: Vec<f64> = places.iter().map(|p| p.md).collect();
    let Ok(at) = outcrop_kernels::well_path::path_at(&path, &depths, outcrop_kernels::well_path::Beyond::Extend) else {
        return f64::INFINITY;
    };
    at.iter()
        .zip(places)
        .map(|(p, q)| [p.north - q.north, p.east - q.east, p.tvd - q.depth].iter().map(|d| d * d).sum::<f64>().sqrt())
        .fold(0.0, f64::max)
}

/// When the heads of a file's wells are joined to the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// With the tables of wells: wells that the rows name, or that is stated for the file.
    Stated,
    /// When all wells are known: the well that the file's name is that of.
    FileName,
}

/// Joins the heads of the wells to the registry: the position at measured depth 0 is where the hole begins.
pub(super) fn well_heads(file: &mut TableFile, registry: &mut Registry, context: &Context, turn: Turn) {
    let Some((table, detection)) = file.table.as_ref().zip(file.detection.as_ref()) else { return };
    let Ok((rows, depth)) = table::positions(table, detection) else { return };
    let named = rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some());
    let of_file = OfFile::find(named, detection, &file.source, registry, context.options);
    if (turn == Turn::Stated) != matches!(of_file.origin, Origin::Rows | Origin::Stated) {
        return;
    }
    if let (Origin::Unknown, Some(row)) = (of_file.origin, rows.rows.first()) {
        let text = "the file names no well, and its own name is none of the project's, so no well head is stored and its path has no \
                    x and y; state the well: --well NAME";
        file.outcome.note(None, [Issue::warning("well-head-unknown", text).at_line(row.line)]);
        return;
    }
    let scale = Scale { table, detection, project: context.length };
    // The stations tell the same of the units.
    let mut quiet = Vec::new();
    let mut conversion = |role: Role| match role {
        Role::X | Role::Y => scale.coordinate(role, rows.unit(role), context.plane, &mut quiet),
        _ => scale.length(role, rows.unit(role), &mut quiet),
    };
    let (Ok(x), Ok(y), Ok(vertical)) = (conversion(Role::X), conversion(Role::Y), conversion(depth)) else { return };
    // The first position of each well, and how many it has: one alone is no path, and its well is not taken.
    let mut highest: Vec<(&PositionRow, usize)> = Vec::new();
    for row in &rows.rows {
        if row.well.is_none() && row.uwi.is_none() && of_file.well.is_none() {
            continue;
        }
        match highest.iter_mut().find(|(r, _)| (&r.well, &r.uwi) == (&row.well, &row.uwi)) {
            Some((first, count)) => {
                *count += 1;
                if first.md > row.md {
                    *first = row;
                }
            }
            None => highest.push((row, 1)),
        }
    }
    let mut noted = Vec::new();
    for (row, _) in highest.into_iter().filter(|(_, count)| *count > 1) {
        let (uwi, name) = (row.uwi.as_deref(), row.well.as_deref().or(of_file.well.as_deref()));
        let shown = name.or(uwi).unwrap_or_default();
        let well = name.map(str::to_owned);
        if row.md != 0.0 {
            let text = format!(
                "well `{shown}`: the first position is at md {}, and where the hole begins is not stated, so no well head is stored and its \
                 path has no x and y; import a table of wells with x, y and the elevation of the datum",
                row.md
            );
            noted.push((well, Issue::warning("well-head-unknown", text).at_line(row.line)));
            continue;
        }
        let mut facts = Facts {
            uwi: row.uwi.clone(),
            name: well.clone().filter(|_| !matches!(of_file.origin, Origin::FileName(_))),
            x: Some(x.apply(row.x)),
            y: Some(y.apply(row.y)),
            crs: context.plane.crs.map(|c| c.as_str().to_owned()),
            ..Facts::default()
        };
        if depth == Role::Tvdss {
            let below = vertical.apply(row.depth);
            facts.datum_elevation = Some(0.0 - below);
            let text = format!(
                "well `{shown}`: measured depth 0 is {below} {} below mean sea level, so depths count from there: datum_elevation is {}",
                context.length,
                0.0 - below
            );
            noted.push((well.clone(), Issue::info("datum-from-path", text).at_line(row.line)));
        }
        let converted = !(x.is_identity() && y.is_identity());
        noted.extend(facts.settle_crs(context.plane, converted).map(|i| (well.clone(), i.at_line(row.line))));
        let (place, about) = match of_file.origin {
            Origin::FileName(place) => (place, Vec::new()),
            _ => registry.find_or_add(uwi, name, &format!("line {}", row.line)),
        };
        let Some(entry) = registry.get_mut(place) else { continue };
        entry.used = true;
        let found = about.into_iter().chain(entry.facts.absorb(&facts, metre(context.length)));
        noted.extend(found.map(|i| (well.clone(), i.at_line(row.line))));
        file.places.push(place);
    }
    for (well, issue) in noted {
        file.outcome.note(well.as_deref(), [issue]);
    }
}
