//! Tables of picks.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use outcrop_connectors::table::{self, Role, TopRow};
use outcrop_types::unit::Conversion;
use outcrop_types::{Issue, tables};

use super::join::{Joined, Joiner, OfFile};
use super::picks::{Comparison, Picks};
use super::units::Scale;
use super::{Reading, unused};
use crate::{FileOutcome, ImportError};

/// Roles whose columns are stored, or say what stored columns mean.
const STORED: &[Role] = &[
    Role::Well,
    Role::Uwi,
    Role::WellId,
    Role::Surface,
    Role::SurfaceId,
    Role::Md,
    Role::Tvd,
    Role::Tvdss,
    Role::X,
    Role::Y,
    Role::Interpreter,
    Role::Confidence,
];

/// The picks as rows of `tops`; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    stored: &mut Picks,
    joined: &mut Joined,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let rows = match table::tops(reading.table, reading.detection) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = rows.issues.clone();
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let mut conversions = Vec::new();
    for role in [Role::Md, Role::Tvd, Role::Tvdss, Role::X, Role::Y] {
        let conversion = match role {
            Role::X | Role::Y => scale.coordinate(role, rows.unit(role), reading.plane, &mut issues),
            _ => scale.length(role, rows.unit(role), &mut issues),
        };
        match conversion {
            Ok(conversion) => conversions.push(conversion),
            Err(message) => return Ok(Err(message)),
        }
    }
    let &[md, tvd, tvdss, x, y] = conversions.as_slice() else { return Ok(Err("units are missing".to_owned())) };
    let of_file = OfFile::new(rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let mut joiner = Joiner::new(reading.registry);
    let mut wells = Vec::with_capacity(rows.rows.len());
    let mut kept: Vec<&TopRow> = Vec::with_capacity(rows.rows.len());
    let (mut absent, mut nameless) = (0u64, 0u64);
    let mut comparison = Comparison::new(stored, &outcome.path);
    for row in &rows.rows {
        if row.md.is_none() && row.tvd.is_none() && row.tvdss.is_none() {
            absent += 1;
            continue;
        }
        let name = row.well.as_deref().or(of_file.well.as_deref());
        match joiner.well(row.uwi.as_deref(), name, row.line) {
            Some(well) => {
                let numbers = [(row.md, md), (row.tvd, tvd), (row.tvdss, tvdss), (row.x, x), (row.y, y)]
                    .map(|(number, conversion)| number.map(|v| conversion.apply(v)));
                let (interpreter, confidence) = (row.interpreter.as_deref(), row.confidence.as_deref());
                if comparison.is_new(&well, &row.surface, numbers, interpreter, confidence, row.line) {
                    wells.push(well);
                    kept.push(row);
                } else {
                    joiner.left_out(&well);
                }
            }
            None => nameless += 1,
        }
    }
    if absent > 0 {
        issues.push(Issue::info("pick-absent", format!("{absent} picks have no depth and are left out")));
    }
    if nameless > 0 {
        issues.push(Issue::warning("well-missing", format!("{nameless} picks name no well and are left out")));
    }
    issues.extend(unused::columns(reading.table, reading.detection, STORED));
    outcome.note(None, issues);
    let repeated = comparison.repeated();
    for (well, issue) in comparison.issues() {
        outcome.note(well.as_deref(), [issue]);
    }
    joiner.finish(outcome, joined);
    outcome.rows = kept.len() as u64;
    outcome.message = match (kept.len(), repeated) {
        (0, 0) => return Ok(Err("no pick has a depth and a well".to_owned())),
        (0, n) => format!("all {n} picks are there already"),
        (n, _) => {
            let named: std::collections::HashSet<&String> = wells.iter().collect();
            format!("{n} picks of {} wells", named.len())
        }
    };
    let numbers = |get: fn(&TopRow) -> Option<f64>, conversion: Conversion| -> ArrayRef {
        Arc::new(Float64Array::from_iter(kept.iter().map(|r| get(r).map(|v| conversion.apply(v)))))
    };
    let texts = |get: fn(&TopRow) -> Option<&str>| -> ArrayRef {
        Arc::new(StringArray::from_iter(kept.iter().map(|r| get(r))))
    };
    let columns = vec![
        Arc::new(StringArray::from_iter_values(&wells)) as ArrayRef,
        texts(|r| Some(&r.surface)),
        numbers(|r| r.md, md),
        numbers(|r| r.tvd, tvd),
        numbers(|r| r.tvdss, tvdss),
        numbers(|r| r.x, x),
        numbers(|r| r.y, y),
        texts(|r| r.interpreter.as_deref()),
        texts(|r| r.confidence.as_deref()),
        Arc::new(StringArray::from_iter_values(kept.iter().map(|_| &outcome.sha256))),
    ];
    RecordBatch::try_new(tables::tops(reading.length), columns).map(Ok).map_err(ImportError::batch("tops"))
}
