//! Tables of survey stations.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use outcrop_connectors::table::{self, Role};
use outcrop_types::{Issue, tables};

use super::join::{Joined, Joiner, OfFile};
use super::north::{Norths, Reference};
use super::stations::{Station, computable};
use super::units::Scale;
use super::{Reading, positions, unused};
use crate::options::North;
use crate::{FileOutcome, ImportError};

/// Roles whose columns are stored, or say what stored columns mean.
const STORED: &[Role] = &[
    Role::Well,
    Role::Uwi,
    Role::Md,
    Role::Inclination,
    Role::Azimuth,
    Role::NorthReference,
    Role::Declination,
    Role::Convergence,
];

/// Roles of columns that directions are computed from.
const USED: &[Role] = &[Role::Well, Role::Uwi, Role::Md, Role::X, Role::Y, Role::Tvd, Role::Tvdss];

/// Holes less inclined than this, degrees, go straight down: their azimuth is of no account.
const VERTICAL: f64 = 1e-6;

/// The stations as rows of `surveys`, each well's in order of depth; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    stored: &mut HashSet<String>,
    joined: &mut Joined,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let mut issues = Vec::new();
    let mut joiner = Joiner::new(reading.registry);
    let read = if reading.detection.of_positions() {
        positions::stations(reading, &mut joiner, &mut issues, outcome).map(|stations| (stations, None))
    } else {
        angles(reading, &mut joiner, &mut issues, outcome).map(|(stations, norths)| (stations, Some(norths)))
    };
    let (mut stations, norths) = match read {
        Ok(read) => read,
        Err(message) => return Ok(Err(message)),
    };
    if stations.is_empty() {
        let expected = if norths.is_some() {
            "no station has a well, a depth and two angles"
        } else {
            "no well has positions that a path goes through: measured depth, x, y and depth, two at least"
        };
        outcome.note(None, issues);
        return Ok(Err(expected.to_owned()));
    }
    let read = stations.len();
    let noticed = computable(&mut stations);
    for (well, issue) in noticed {
        outcome.note(well.as_deref(), [issue]);
    }
    if stations.is_empty() {
        return Ok(Err(format!("none of the {read} stations can be used; correct the file and import it again")));
    }
    let wells: HashSet<&str> = stations.iter().map(|s| s.well.as_str()).collect();
    let mut again: Vec<&str> = wells.iter().copied().filter(|w| stored.contains(*w)).collect();
    again.sort_unstable();
    if !again.is_empty() {
        let text = format!(
            "{} had a survey already, in the project or in another file of this import; both are stored, told apart by `file`. \
             `trajectories` and `tops_xyz` take the one imported last, of one import either; other queries should take one file. \
             To be rid of one, leave its file out and import into a new project",
            again.join(", ")
        );
        issues.push(Issue::warning("survey-again", text));
    }
    stored.extend(wells.iter().map(|w| (*w).to_owned()));
    let used: &[Role] = if norths.is_some() { STORED } else { USED };
    issues.extend(unused::columns(reading.table, reading.detection, used));
    // x and y are coordinates of the map, so directions between them are from its north.
    let grid = Reference { north: Some(North::Grid), declination: None, convergence: None };
    let references: Vec<Reference> = stations.iter().map(|s| norths.as_ref().map_or(grid, |n| n.of(s.line))).collect();
    let inclined = stations.iter().map(|s| s.inclination.abs() > VERTICAL);
    let contradicted = reading.detection.issues.iter().any(|i| i.code == "north-contradiction");
    if let Some(norths) = &norths {
        issues.extend(norths.issues(&references.iter().copied().zip(inclined).collect::<Vec<_>>(), contradicted));
    }
    outcome.note(None, issues);
    joiner.finish(outcome, joined);
    outcome.rows = stations.len() as u64;
    outcome.message = format!("{} stations of {} wells", stations.len(), wells.len());
    let numbers =
        |get: fn(&Station) -> f64| -> ArrayRef { Arc::new(Float64Array::from_iter_values(stations.iter().map(get))) };
    let angles = |get: fn(&Reference) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(references.iter().map(get)))
    };
    let columns = vec![
        Arc::new(StringArray::from_iter_values(stations.iter().map(|s| &s.well))) as ArrayRef,
        numbers(|s| s.md),
        numbers(|s| s.inclination),
        numbers(|s| s.azimuth),
        Arc::new(StringArray::from_iter(references.iter().map(|r| r.north.map(North::as_str)))),
        angles(|r| r.declination),
        angles(|r| r.convergence),
        Arc::new(StringArray::from_iter_values(stations.iter().map(|_| &outcome.sha256))),
    ];
    RecordBatch::try_new(tables::surveys(reading.length), columns).map(Ok).map_err(ImportError::batch("surveys"))
}

/// The stations of a table of angles, as they stand in the file, and what is known of their north.
fn angles<'a>(
    reading: &'a Reading,
    joiner: &mut Joiner,
    issues: &mut Vec<Issue>,
    outcome: &mut FileOutcome,
) -> Result<(Vec<Station>, Norths<'a>), String> {
    let rows = table::surveys(reading.table, reading.detection).map_err(|e| e.to_string())?;
    issues.extend(rows.issues.iter().cloned());
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let md = scale.length(Role::Md, rows.unit(Role::Md), issues)?;
    let inclination = scale.angle(Role::Inclination, rows.unit(Role::Inclination))?;
    let azimuth = scale.angle(Role::Azimuth, rows.unit(Role::Azimuth))?;
    let norths = Norths::new(reading.table, reading.detection, reading.options, |role, unit| scale.angle(role, unit))?;
    let of_file = OfFile::new(rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let joined =
        joiner.rows(&rows.rows, &of_file, |r| (r.uwi.as_deref(), r.well.as_deref(), r.line), "stations", issues);
    let stations = joined.into_iter().map(|(well, row)| Station {
        well,
        md: md.apply(row.md),
        inclination: inclination.apply(row.inclination),
        azimuth: azimuth.apply(row.azimuth),
        line: row.line,
    });
    Ok((stations.collect(), norths))
}
