//! Tables of survey stations.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use outcrop_connectors::table::{self, Role};
use outcrop_types::{Issue, tables};

use super::Reading;
use super::join::{Joiner, OfFile};
use super::units::Scale;
use crate::{FileOutcome, ImportError};

struct Station {
    well: String,
    md: f64,
    inclination: f64,
    azimuth: f64,
    line: u64,
}

/// The stations as rows of `surveys`, each well's in order of depth; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    stored: &HashSet<String>,
    unmatched: &mut BTreeMap<String, u64>,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let rows = match table::surveys(reading.table, reading.detection) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = rows.issues.clone();
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let conversions = scale.length(Role::Md, rows.unit(Role::Md), &mut issues).and_then(|md| {
        let inclination = scale.angle(Role::Inclination, rows.unit(Role::Inclination))?;
        Ok((md, inclination, scale.angle(Role::Azimuth, rows.unit(Role::Azimuth))?))
    });
    let (md, inclination, azimuth) = match conversions {
        Ok(conversions) => conversions,
        Err(message) => return Ok(Err(message)),
    };
    let of_file = if rows.rows.iter().any(|r| r.well.is_some()) || rows.rows.is_empty() {
        OfFile { well: None }
    } else {
        OfFile::new(reading.detection, reading.source, reading.registry, reading.options, outcome)
    };
    let mut joiner = Joiner::new(reading.registry);
    let mut stations = Vec::with_capacity(rows.rows.len());
    let mut nameless = 0;
    for row in &rows.rows {
        match joiner.well(None, row.well.as_deref().or(of_file.well.as_deref()), row.line) {
            Some(well) => stations.push(Station {
                well,
                md: md.apply(row.md),
                inclination: inclination.apply(row.inclination),
                azimuth: azimuth.apply(row.azimuth),
                line: row.line,
            }),
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        issues.push(Issue::warning("well-missing", format!("{nameless} stations name no well and are left out")));
    }
    if stations.is_empty() {
        return Ok(Err("no station has a well, a depth and two angles".to_owned()));
    }
    put_in_order(&mut stations, &mut issues);
    let wells: HashSet<&str> = stations.iter().map(|s| s.well.as_str()).collect();
    let mut again: Vec<&str> = wells.iter().copied().filter(|w| stored.contains(*w)).collect();
    again.sort_unstable();
    if !again.is_empty() {
        let text = format!(
            "{} had a survey in the project already; the stations are added to it. Delete one of them by its `file` before paths are computed",
            again.join(", ")
        );
        issues.push(Issue::warning("survey-again", text));
    }
    if reading.detection.north_reference.is_none() {
        let text =
            "the file does not say whether azimuths are from true, grid or magnetic north; `north_reference` is null";
        issues.push(Issue::info("north-unknown", text));
    }
    outcome.note(None, issues);
    joiner.finish(outcome, unmatched);
    outcome.rows = stations.len() as u64;
    outcome.message = format!("{} stations of {} wells", stations.len(), wells.len());
    let numbers =
        |get: fn(&Station) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(stations.iter().map(get))) };
    let north = reading.detection.north_reference.as_deref();
    let columns = vec![
        Arc::new(StringArray::from_iter_values(stations.iter().map(|s| &s.well))) as ArrayRef,
        numbers(|s| s.md),
        numbers(|s| s.inclination),
        numbers(|s| s.azimuth),
        Arc::new(StringArray::from_iter(stations.iter().map(|_| north))),
        Arc::new(StringArray::from_iter_values(stations.iter().map(|_| &outcome.sha256))),
    ];
    RecordBatch::try_new(tables::surveys(reading.length), columns).map(Ok).map_err(ImportError::batch("surveys"))
}

/// Sorts by well and depth, drops exact repeats, and tells what was out of order or contradicts itself.
fn put_in_order(stations: &mut Vec<Station>, issues: &mut Vec<Issue>) {
    let same_well = |pair: &[Station]| matches!(pair, [a, b] if a.well == b.well);
    let back = stations.windows(2).filter(|p| same_well(p)).find_map(|p| match p {
        [a, b] if b.md < a.md => Some((b.md, b.line)),
        _ => None,
    });
    if let Some((md, line)) = back {
        let text = format!(
            "depths of a survey go back, first to {md}; the stations are put in order of depth. Check the file"
        );
        issues.push(Issue::warning("survey-order", text).at_line(line));
    }
    // Wells in the order of the file, stations by depth; a stable sort keeps the rest as it is.
    let mut order: Vec<String> = Vec::new();
    for station in stations.iter() {
        if order.last() != Some(&station.well) && !order.contains(&station.well) {
            order.push(station.well.clone());
        }
    }
    let places: std::collections::HashMap<String, usize> = order.into_iter().enumerate().map(|(i, w)| (w, i)).collect();
    let place = |s: &Station| places.get(&s.well).copied().unwrap_or(usize::MAX);
    stations.sort_by(|a, b| place(a).cmp(&place(b)).then(a.md.total_cmp(&b.md)));
    let before = stations.len();
    stations
        .dedup_by(|b, a| a.well == b.well && a.md == b.md && a.inclination == b.inclination && a.azimuth == b.azimuth);
    if stations.len() < before {
        let text = format!("{} stations repeat the one before exactly; one of each is kept", before - stations.len());
        issues.push(Issue::warning("survey-repeated", text));
    }
    let twice = stations.windows(2).find_map(|p| match p {
        [a, b] if a.well == b.well && a.md == b.md => Some((b.well.clone(), b.md, b.line)),
        _ => None,
    });
    if let Some((well, md, line)) = twice {
        let text = format!(
            "well `{well}` has two stations of different angles at depth {md}; both are kept. Delete the wrong one"
        );
        issues.push(Issue::warning("survey-contradiction", text).at_line(line));
    }
}
