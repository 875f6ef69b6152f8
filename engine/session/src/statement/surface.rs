//! A result as a gridded surface: IRAP classic, RMS binary, ZMAP+ …

use std::io::Write;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::DataFusionError;
use outcrop_connectors::surface::{SurfaceWriter, of_batches, value_column};
use outcrop_store::Location;
use outcrop_types::field;

use crate::error::SessionError;
use crate::session::Session;

/// The units of the numbers, which none of the formats holds.
fn units(schema: &SchemaRef) -> String {
    let of = |name: &str| schema.field_with_name(name).ok().and_then(field::unit).filter(|unit| !unit.is_empty());
    let z = value_column(schema).ok();
    let z = z.as_deref().and_then(|z| Some(format!("{z} in {}", of(z)?)));
    let xy = of("x").map(|unit| format!("x and y in {unit}"));
    z.into_iter().chain(xy).map(|text| format!(", {text}")).collect()
}

/// Writes all rows as one surface, in the units they have; gives what was done, and what the format could not hold.
pub(super) async fn write(
    session: &Session,
    writer: &'static SurfaceWriter,
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    location: &Location,
) -> Result<String, SessionError> {
    let (schema, roots, location) = (schema.clone(), session.roots().clone(), location.clone());
    let work = move || -> Result<String, SessionError> {
        let wrong = |e| DataFusionError::Execution(format!("{}: {e}", location.display));
        let mut surface = of_batches(&schema, &batches).map_err(wrong)?;
        surface.name = Path::new(&location.display).file_stem().map(|s| s.to_string_lossy().into_owned());
        let mut notes = Vec::new();
        let bytes = (writer.write)(&surface, &mut notes).map_err(wrong)?;
        let mut file = roots.writer(&location)?;
        file.write_all(&bytes).map_err(DataFusionError::from)?;
        file.finish()?;
        let (columns, rows) = (surface.geometry.columns, surface.geometry.rows);
        let mut message =
            format!("{columns} columns × {rows} rows into {} ({}){}", location.display, writer.name, units(&schema));
        for note in notes {
            message.push_str("; ");
            message.push_str(&note);
        }
        Ok(message)
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| DataFusionError::Execution(format!("writing stopped: {e}")))?
}
