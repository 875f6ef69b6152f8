//! Rows of `wells`: read from the project, written for it.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Float64Array, RecordBatch, StringArray};
use outcrop_store::Snapshot;
use outcrop_types::LengthUnit;
use outcrop_types::tables::{self, TableName};

use super::registry::Entry;
use super::{Facts, Registry};
use crate::ImportError;
use crate::existing::{number, read, text};

const COLUMNS: &[&str] = &[
    "well",
    "uwi",
    "name",
    "operator",
    "field",
    "x",
    "y",
    "lon",
    "lat",
    "datum",
    "datum_elevation",
    "td",
    "crs",
    "headers",
];

/// The wells of the project.
pub(crate) async fn load(snapshot: &Snapshot) -> Result<Registry, ImportError> {
    let mut registry = Registry::default();
    for batch in read(snapshot, &TableName::public("wells"), COLUMNS).await? {
        for row in 0..batch.num_rows() {
            let own = |column| text(&batch, column, row).map(str::to_owned);
            let number = |column| number(&batch, column, row);
            let Some(well) = own("well") else { continue };
            let facts = Facts {
                uwi: own("uwi"),
                name: own("name"),
                operator: own("operator"),
                field: own("field"),
                x: number("x"),
                y: number("y"),
                lon: number("lon"),
                lat: number("lat"),
                datum: own("datum"),
                datum_elevation: number("datum_elevation"),
                td: number("td"),
                crs: own("crs"),
                headers: own("headers").and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default(),
            };
            registry.stored(&well, facts);
        }
    }
    Ok(registry)
}

/// The rows of wells that are new or know more than before; none when there are none. The project's own values stay
/// in the merge, so a row states everything known.
pub(crate) fn upsert_batch(registry: &Registry, length: LengthUnit) -> Result<Option<RecordBatch>, ImportError> {
    let changed = |e: &&Entry| e.used && e.stored.as_ref().is_none_or(|stored| completes(stored, &e.facts));
    let rows: Vec<&Entry> = registry.entries().iter().filter(changed).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let texts = |get: fn(&Facts) -> Option<&String>| -> ArrayRef {
        Arc::new(StringArray::from_iter(rows.iter().map(|e| get(&e.facts))))
    };
    let numbers = |get: fn(&Facts) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from_iter(rows.iter().map(|e| get(&e.facts))))
    };
    let points: Vec<Option<[u8; 21]>> =
        rows.iter().map(|e| e.facts.x.zip(e.facts.y).map(|(x, y)| wkb_point(x, y))).collect();
    let headers = rows
        .iter()
        .map(|e| (!e.facts.headers.is_empty()).then(|| serde_json::Value::Object(e.facts.headers.clone()).to_string()));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|e| &e.display))),
        texts(|f| f.uwi.as_ref()),
        texts(|f| f.name.as_ref()),
        texts(|f| f.operator.as_ref()),
        texts(|f| f.field.as_ref()),
        numbers(|f| f.x),
        numbers(|f| f.y),
        numbers(|f| f.lon),
        numbers(|f| f.lat),
        texts(|f| f.datum.as_ref()),
        numbers(|f| f.datum_elevation),
        numbers(|f| f.td),
        texts(|f| f.crs.as_ref()),
        Arc::new(BinaryArray::from_iter(points.iter().map(|p| p.as_ref().map(<[u8; 21]>::as_slice)))),
        Arc::new(StringArray::from_iter(headers)),
    ];
    RecordBatch::try_new(tables::wells(length), columns).map(Some).map_err(ImportError::batch("wells"))
}

/// Whether a merge would fill something the project lacks.
fn completes(stored: &Facts, now: &Facts) -> bool {
    let text = |get: fn(&Facts) -> &Option<String>| get(stored).is_none() && get(now).is_some();
    let number = |get: fn(&Facts) -> Option<f64>| get(stored).is_none() && get(now).is_some();
    text(|f| &f.uwi)
        || text(|f| &f.name)
        || text(|f| &f.operator)
        || text(|f| &f.field)
        || text(|f| &f.datum)
        || text(|f| &f.crs)
        || number(|f| f.x)
        || number(|f| f.y)
        || number(|f| f.lon)
        || number(|f| f.lat)
        || number(|f| f.datum_elevation)
        || number(|f| f.td)
        || (stored.headers.is_empty() && !now.headers.is_empty())
}

/// A point in well-known binary (OGC Simple Features, ISO 19125), little endian.
fn wkb_point(x: f64, y: f64) -> [u8; 21] {
    let mut bytes = [0u8; 21];
    let (order, rest) = bytes.split_at_mut(1);
    let (kind, rest) = rest.split_at_mut(4);
    let (first, second) = rest.split_at_mut(8);
    order.copy_from_slice(&[1]);
    kind.copy_from_slice(&1u32.to_le_bytes());
    first.copy_from_slice(&x.to_le_bytes());
    second.copy_from_slice(&y.to_le_bytes());
    bytes
}
