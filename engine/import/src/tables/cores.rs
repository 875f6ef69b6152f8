//! Tables of core samples.

use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use outcrop_connectors::table::{self, Role};
use outcrop_types::identity::column_name;
use outcrop_types::{Issue, field, tables};

use super::Reading;
use super::join::{Joined, Joiner, OfFile};
use super::units::Scale;
use crate::{FileOutcome, ImportError};

/// Roles that are columns of every table of cores.
const BASE: &[Role] = &[Role::Well, Role::Uwi, Role::Md, Role::Core, Role::Sample];

/// The samples as rows of `cores`; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    joined: &mut Joined,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let rows = match table::cores(reading.table, reading.detection) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = rows.issues.clone();
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let md = match scale.length(Role::Md, rows.unit(Role::Md), &mut issues) {
        Ok(md) => md,
        Err(message) => return Ok(Err(message)),
    };
    let of_file = OfFile::new(rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let mut joiner = Joiner::new(reading.registry);
    let (mut wells, mut kept, mut nameless) = (Vec::new(), Vec::new(), 0);
    for row in &rows.rows {
        match joiner.well(row.uwi.as_deref(), row.well.as_deref().or(of_file.well.as_deref()), row.line) {
            Some(well) => {
                wells.push(well);
                kept.push(row);
            }
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        issues.push(Issue::warning("well-missing", format!("{nameless} samples name no well and are left out")));
    }
    if kept.is_empty() {
        return Ok(Err("no sample has a well and a measured depth".to_owned()));
    }
    let texts = |values: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    let mut fields = tables::cores_base(reading.length);
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(&wells)),
        Arc::new(Float64Array::from_iter_values(kept.iter().map(|r| md.apply(r.md)))),
        texts(kept.iter().map(|r| r.core.as_deref()).collect()),
        texts(kept.iter().map(|r| r.sample.as_deref()).collect()),
        texts(kept.iter().map(|_| Some(outcome.sha256.as_str())).collect()),
    ];
    let mut taken: HashSet<String> = fields.iter().map(|f| f.name().clone()).collect();
    let mut unitless = Vec::new();
    for (place, role, _) in &reading.detection.roles {
        let Some(column) = reading.table.columns.get(*place).filter(|_| !BASE.contains(role)) else { continue };
        // A column without a value says nothing, not even its type.
        if column.data.nulls() == column.data.len() {
            continue;
        }
        let base = column_name(&column.name);
        let (mut name, mut number) = (base.clone(), 2);
        while !taken.insert(name.clone()) {
            name = format!("{base}_{number}");
            number += 1;
        }
        let (data_type, array): (DataType, ArrayRef) = if column.data.is_number() {
            let values: Float64Array = kept.iter().map(|r| column.data.number(r.row)).collect();
            (DataType::Float64, Arc::new(values))
        } else {
            let values: StringArray = kept.iter().map(|r| column.data.text(r.row)).collect();
            (DataType::Utf8, Arc::new(values))
        };
        if column.unit.is_none() && column.data.is_number() {
            unitless.push(column.name.as_str());
        }
        let of = field::with(Field::new(&name, data_type, true), field::ORIGINAL_NAME, &column.name);
        fields.push(field::with_unit(of, column.unit.as_deref().unwrap_or_default()));
        columns.push(array);
    }
    if !unitless.is_empty() {
        let text = format!(
            "no units stated for {}; they stay unknown, values are as the file has them. State them: --unit {}=mD",
            unitless.join(", "),
            unitless.first().unwrap_or(&"COLUMN")
        );
        issues.push(Issue::info("unit-unknown", text));
    }
    outcome.note(None, issues);
    joiner.finish(outcome, joined);
    outcome.rows = kept.len() as u64;
    let named: HashSet<&String> = wells.iter().collect();
    outcome.message = format!("{} core samples of {} wells", kept.len(), named.len());
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map(Ok).map_err(ImportError::batch("cores"))
}
