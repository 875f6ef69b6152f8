//! The coordinate reference system that x and y of `wells` are in, in the metadata of the columns:
//! what transforms or writes coordinates then knows it, and notices one that is said and is not theirs.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use arrow::datatypes::{Field, Schema, SchemaRef};
use outcrop_store::{Snapshot, TableSnapshot};
use outcrop_types::{Crs, field};

/// The one system of all wells: the one their rows state, the project's where a row states none. None where there are
/// several, as then a column is in no one system; and where x is in another unit than the axes of the system.
pub(super) fn of_wells(snapshot: &Snapshot, wells: &TableSnapshot) -> Option<Crs> {
    let mut only: Option<Crs> = None;
    for file in &wells.files {
        let statistics = file.statistics.get("crs");
        // A file that was written before the column was has nulls there.
        let nulls = statistics.map_or(Some(file.rows), |s| s.null_count)?;
        let unstated = (nulls > 0).then(|| snapshot.project().settings().crs.clone());
        let stated = (nulls < file.rows).then(|| {
            let (low, high) = (text(statistics?.min.as_ref())?, text(statistics?.max.as_ref())?);
            if low == high { low.parse::<Crs>().ok() } else { None }
        });
        for found in [unstated, stated].into_iter().flatten() {
            let found = found?;
            if only.as_ref().is_some_and(|only| *only != found) {
                return None;
            }
            only = Some(found);
        }
    }
    let x = wells.schema.field_with_name("x").ok()?;
    only.filter(|crs| fits(crs, x))
}

fn text(bound: Option<&ArrayRef>) -> Option<&str> {
    let texts = bound?.as_string_opt::<i32>()?;
    texts.iter().next().flatten()
}

/// Whether a column is in the unit of the axes of a system.
fn fits(crs: &Crs, x: &Field) -> bool {
    match (field::unit(x), outcrop_sql::coordinates::axis_unit(crs.as_str())) {
        (Some(unit), Some(axis)) => unit == axis,
        _ => true,
    }
}

/// The system of paths: the project's, as heads in others have no place on them; without one, that of all wells.
pub(super) fn of_paths(snapshot: &Snapshot, wells: &TableSnapshot) -> Option<Crs> {
    let x = wells.schema.field_with_name("x").ok()?;
    match &snapshot.project().settings().crs {
        Some(crs) => Some(crs.clone()).filter(|crs| fits(crs, x)),
        None => of_wells(snapshot, wells),
    }
}

/// A column as one of a system, in SQL.
pub(super) fn stated(column: &str, name: &str, crs: Option<&Crs>) -> String {
    match crs {
        Some(crs) => {
            format!("with_metadata({column}, '{}', '{}') AS {name}", field::CRS, crs.as_str().replace('\'', "''"))
        }
        None => format!("{column} AS {name}"),
    }
}

/// Whether a table has a value in any row of a column.
pub(super) fn has_values(table: &TableSnapshot, column: &str) -> bool {
    let nulls = |file: &outcrop_store::DataFile| file.statistics.get(column).map_or(Some(file.rows), |s| s.null_count);
    table.schema.field_with_name(column).is_ok() && table.files.iter().any(|file| nulls(file) != Some(file.rows))
}

/// The columns with the system in the metadata of x and y.
pub(super) fn on(schema: &SchemaRef, crs: &Crs) -> SchemaRef {
    let fields = schema.fields().iter().map(|f| match f.name().as_str() {
        "x" | "y" => Arc::new(field::with(f.as_ref().clone(), field::CRS, crs.as_str())),
        _ => Arc::clone(f),
    });
    Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()))
}
