//! Tables of points.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use outcrop_connectors::table::{self, Detection, Role, Table};
use outcrop_types::identity::column_name;
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Issue, Unit, field};

use crate::plane::Plane;
use crate::{FileOutcome, ImportError};

/// The points as a batch with the columns x, y and z (lon and lat where they are angles) and all others of the table; the
/// inner error is the message of a file that failed.
pub(crate) fn batch(
    table: &Table,
    detection: &Detection,
    plane: Plane<'_>,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let points = match table::points(table, detection) {
        Ok(points) => points,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = points.issues.clone();
    let given = points.batch.schema();
    let mut roles: Vec<(usize, &str, Role)> = if points.geographic {
        vec![(points.x, "lon", Role::Lon), (points.y, "lat", Role::Lat)]
    } else {
        vec![(points.x, "x", Role::X), (points.y, "y", Role::Y)]
    };
    roles.extend(points.z.map(|z| (z, "z", Role::Z)));
    let mut fields: Vec<Field> = Vec::with_capacity(given.fields().len());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(given.fields().len());
    let mut changed = false;
    for (place, name, role) in &roles {
        let (Some(field), Some(column)) = (given.fields().get(*place), points.batch.columns().get(*place)) else {
            return Ok(Err(format!("column {name} is missing; state it: --map {name}=COLUMN")));
        };
        let column = cast(column, &DataType::Float64).map_err(ImportError::batch("points"))?;
        match coordinate(field, *role, points.geographic, plane, &mut issues) {
            Ok((conversion, unit)) => {
                let original = field.metadata().get(field::ORIGINAL_NAME).unwrap_or(field.name());
                let mut made = Field::new(*name, DataType::Float64, true);
                made = field::with(made, field::ORIGINAL_NAME, original);
                made = field::with_unit(made, unit.as_deref().unwrap_or_default());
                changed |= matches!(role, Role::X | Role::Y) && !conversion.is_identity();
                fields.push(made);
                columns.push(converted(&column, conversion));
            }
            Err(message) => return Ok(Err(message)),
        }
    }
    if points.geographic {
        on_earth(table, &mut columns, &mut issues);
    } else if let Some(crs) = plane.crs {
        if plane.keeps(crs.as_str(), changed) {
            for f in fields.iter_mut().take(2) {
                *f = field::with(std::mem::replace(f, Field::new("", DataType::Null, true)), field::CRS, crs.as_str());
            }
        } else {
            issues.push(plane.dropped(crs.as_str()));
        }
    } else {
        issues.push(super::no_crs());
    }
    let mut taken: Vec<String> = fields.iter().map(|f| f.name().clone()).collect();
    for (place, (field, column)) in given.fields().iter().zip(points.batch.columns()).enumerate() {
        if roles.iter().any(|(p, _, _)| *p == place) {
            continue;
        }
        let base = column_name(field.name());
        let mut name = base.clone();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{base}_{number}");
            number += 1;
        }
        taken.push(name.clone());
        fields.push(field.as_ref().clone().with_name(name).with_nullable(true));
        columns.push(Arc::clone(column));
    }
    outcome.note(None, issues);
    outcome.rows = points.batch.num_rows() as u64;
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map(Ok).map_err(ImportError::batch("points"))
}

/// Empties places whose longitude or latitude, the first two columns, are on no globe.
fn on_earth(table: &Table, columns: &mut [ArrayRef], issues: &mut Vec<Issue>) {
    let [lon, lat, ..] = columns else { return };
    let (Some(x), Some(y)) = (lon.as_primitive_opt::<Float64Type>(), lat.as_primitive_opt::<Float64Type>()) else {
        return;
    };
    let outside = |v: Option<f64>, low: f64, high: f64| v.is_some_and(|v| !(low..=high).contains(&v));
    let wrong: Vec<bool> = x.iter().zip(y).map(|(x, y)| outside(x, -180.0, 360.0) || outside(y, -90.0, 90.0)).collect();
    let Some(first) = wrong.iter().position(|w| *w) else { return };
    let count = wrong.iter().filter(|w| **w).count();
    issues.push(super::not_degrees(count).at_line(table.line(first)));
    let kept = |values: &Float64Array| -> ArrayRef {
        Arc::new(values.iter().zip(&wrong).map(|(v, wrong)| v.filter(|_| !wrong)).collect::<Float64Array>())
    };
    let (x, y) = (kept(x), kept(y));
    (*lon, *lat) = (x, y);
}

/// How a coordinate is brought to the project's unit, and the unit it has then.
fn coordinate(
    field: &Field,
    role: Role,
    geographic: bool,
    plane: Plane<'_>,
    issues: &mut Vec<Issue>,
) -> Result<(Conversion, Option<String>), String> {
    let same = Conversion::IDENTITY;
    let length = plane.project;
    let horizontal = matches!(role, Role::X | Role::Y);
    if geographic && role != Role::Z {
        return Ok((same, Some("deg".to_owned())));
    }
    let of_axes = (horizontal && plane.is_known()).then(|| plane.unit().symbol());
    let Some(text) = field::unit(field).or(of_axes) else {
        // A third coordinate may be anything: a time, a property. Its unit stays unknown.
        let (unit, taken) = if horizontal {
            (Some(length.symbol().to_owned()), "taken as the project's unit")
        } else {
            (None, "it stays unknown")
        };
        let text = format!("no unit stated for {} ({role}); {taken}. If it is another: --unit {role}=m", field.name());
        issues.push(Issue::warning("unit-assumed", text).about(field.name()));
        return Ok((same, unit));
    };
    match Unit::parse(text) {
        Some(unit) if unit.dimension() == Dimension::Length => {
            let conversion = unit.conversion(length.unit()).map_err(|e| e.to_string())?;
            if !conversion.is_identity() {
                let text = format!("{} is converted from {unit} to the project's {length}", field.name());
                issues.push(Issue::info("unit-converted", text).about(field.name()));
            }
            Ok((conversion, Some(length.symbol().to_owned())))
        }
        _ if horizontal => Err(format!(
            "column {} ({role}) is in `{text}`, which is not a unit of length; state it: --unit {role}=m",
            field.name()
        )),
        // Times and properties keep their unit.
        _ => Ok((same, Some(text.to_owned()))),
    }
}

fn converted(column: &ArrayRef, conversion: Conversion) -> ArrayRef {
    match column.as_primitive_opt::<Float64Type>() {
        Some(values) if !conversion.is_identity() => {
            let converted: Float64Array = values.unary(|v| conversion.apply(v));
            Arc::new(converted)
        }
        _ => Arc::clone(column),
    }
}
