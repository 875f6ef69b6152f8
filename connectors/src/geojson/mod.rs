//! GeoJSON (RFC 7946), also one object a line, and with the `crs` member of the specification of 2008.
//!
//! Points, lines and polygons become datasets of their own, each with its properties as typed columns and its geometries as
//! WKB. Points have plain columns besides: `lon` and `lat` where the coordinates are known to be degrees, `x` and `y` otherwise.

mod coordinates;
mod exact;
mod object;
mod properties;
mod write;

pub use write::write_geometry;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{FieldRef, Schema};
use outcrop_types::{Issue, field};
use serde_json::Value;

use crate::dataset::{Dataset, DatasetError, DatasetKind};
use crate::format::{Format, Read};
use crate::geometry::{Family, Geometry, geometry_array, geometry_field};
use coordinates::System;
use object::{Document, Feature};

/// GeoJSON.
pub const FORMAT: Format = Format {
    name: "geojson",
    title: "GeoJSON: points, lines and polygons with properties (RFC 7946)",
    endings: &["geojson", "json", "geojsonl", "ndjson"],
    import: "points.*, lines.*, polygons.*, faults.*",
    query: "'file', read_features, inspect_surface",
    recognise,
    read: Read::Datasets(read),
};

/// An object whose `type`, or the type of something in it, is one of GeoJSON; TopoJSON is another format.
fn recognise(prefix: &[u8]) -> bool {
    let text = prefix.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(prefix).trim_ascii_start();
    if text.first() != Some(&b'{') {
        return false;
    }
    let types: Vec<&[u8]> = memchr::memmem::find_iter(text, b"\"type\"")
        .filter_map(|at| {
            let rest = text.get(at + 6..)?.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
            let rest = rest.strip_prefix(b"\"")?;
            rest.get(..memchr::memchr(b'"', rest)?)
        })
        .collect();
    let is = |name: &[u8]| {
        name == b"FeatureCollection" || name == b"Feature" || object::GEOMETRIES.iter().any(|g| g.as_bytes() == name)
    };
    types.iter().any(|t| is(t)) && !types.contains(&b"Topology".as_slice())
}

/// Reads a file of GeoJSON into a dataset for each of points, lines and polygons that it has.
///
/// * A geometry collection stands with the part of the highest dimension, whole.
/// * A feature without geometry stands with the family that most features are of; its geometry is null.
/// * Numbers are read exactly, whatever their digits.
/// * A third number of a position is `z`, in the column of points and in the geometry; further ones are left out (RFC 7946, 3.1.1).
///
/// # Errors
/// Where the text is no JSON, or an object is not what RFC 7946 says it is: the message has the line.
pub fn read(bytes: &[u8]) -> Result<Vec<Dataset>, DatasetError> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let whole = match exact::marked(text).map(|marked| whole(&marked)) {
        Some(Ok(whole)) => whole,
        // What is wrong is said of the file as it is.
        Some(Err(_)) | None => whole(text)?,
    };
    if whole.features.is_empty() {
        return Err(DatasetError::new("the collection has no features; expected at least one"));
    }
    datasets(whole)
}

/// All objects of a text together.
fn whole(text: &[u8]) -> Result<Document, DatasetError> {
    let mut whole: Option<Document> = None;
    for document in serde_json::Deserializer::from_slice(text).into_iter::<Document>() {
        let document = document.map_err(|e| not_read(&e))?;
        match &mut whole {
            None => whole = Some(document),
            Some(whole) if whole.crs == document.crs || document.crs.is_none() => {
                whole.features.extend(document.features);
            }
            Some(_) => {
                return Err(DatasetError::new(
                    "the objects of this file state different `crs` members; expected one coordinate system in a file: \
                     split the file",
                ));
            }
        }
    }
    whole.ok_or_else(|| DatasetError::new("the file is empty; expected an object of GeoJSON"))
}

fn not_read(error: &serde_json::Error) -> DatasetError {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let line = u64::try_from(error.line()).ok().filter(|l| *l > 0);
    let place = if error.column() > 0 { format!(", column {}", error.column()) } else { String::new() };
    let hint = if error.is_data() { "" } else { "; the text is no valid JSON in UTF-8 here" };
    DatasetError { message: format!("not read as GeoJSON: {message}{hint}{place}"), line }
}

fn datasets(document: Document) -> Result<Vec<Dataset>, DatasetError> {
    let Document { features, name, crs, foreign } = document;
    let mut issues = Vec::new();
    let mut facts = Vec::new();
    let system = System::of(crs.as_ref(), &features, &mut facts, &mut issues);
    for (member, value) in &foreign {
        facts.push((member.clone(), short(value)));
    }
    notice(&features, &mut facts, &mut issues);

    let mut counts: BTreeMap<Family, usize> = BTreeMap::new();
    for family in features.iter().filter_map(|f| f.geometry.as_ref()?.family()) {
        *counts.entry(family).or_default() += 1;
    }
    let main = counts.iter().rev().max_by_key(|(_, n)| **n).map_or(Family::Points, |(family, _)| *family);
    let mut by_family: BTreeMap<Family, Vec<Feature>> = BTreeMap::new();
    for feature in features {
        let family = feature.geometry.as_ref().and_then(Geometry::family).unwrap_or(main);
        by_family.entry(family).or_default().push(feature);
    }
    let several = by_family.len() > 1;
    by_family
        .into_iter()
        .map(|(family, features)| {
            let (mut facts, mut issues) = (facts.clone(), issues.clone());
            facts.push(("features".to_owned(), features.len().to_string()));
            if several {
                issues.push(Issue::info(
                    "families-split",
                    "the file has geometries of several families; points, lines and polygons are tables of their own",
                ));
            }
            let batch = batch(family, &features, &system, &mut issues)?;
            let kind = match family {
                Family::Points => DatasetKind::Points,
                Family::Lines => DatasetKind::Lines,
                Family::Polygons => DatasetKind::Polygons,
            };
            Ok(Dataset { kind, name: name.clone(), batch, facts, issues })
        })
        .collect()
}

/// What there is to say of the features as a whole.
fn notice(features: &[Feature], facts: &mut Vec<(String, String)>, issues: &mut Vec<Issue>) {
    let without = features.iter().filter(|f| f.geometry.is_none()).count();
    if without > 0 {
        issues.push(Issue::info("geometry-null", format!("{without} of {} features have no geometry", features.len())));
    }
    let long: usize = features.iter().map(|f| f.long_positions).sum();
    if long > 0 {
        issues.push(Issue::warning(
            "coordinates-left-out",
            format!("{long} positions have more than three numbers; the further ones are left out (RFC 7946, 3.1.1)"),
        ));
    }
    let mixed = features.iter().filter(|f| f.geometry.as_ref().is_some_and(Geometry::is_mixed)).count();
    if mixed > 0 {
        issues.push(Issue::warning(
            "collection-mixed",
            format!(
                "{mixed} geometry collections mix families; each stands whole with its parts of the highest dimension"
            ),
        ));
    }
    let mut foreign: BTreeMap<&str, usize> = BTreeMap::new();
    for name in features.iter().flat_map(|f| &f.foreign) {
        *foreign.entry(name).or_default() += 1;
    }
    for (name, count) in foreign {
        facts.push((format!("member `{name}` of features"), format!("in {count} of {}", features.len())));
    }
}

/// A value for people: long ones are cut.
fn short(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn batch(
    family: Family,
    features: &[Feature],
    system: &System,
    issues: &mut Vec<Issue>,
) -> Result<RecordBatch, DatasetError> {
    let mut columns: Vec<(FieldRef, ArrayRef)> = Vec::new();
    let ids: Vec<(String, Value)> =
        features.iter().map(|f| ("id".to_owned(), f.id.clone().unwrap_or(Value::Null))).collect();
    if features.iter().any(|f| f.id.is_some()) {
        let id = properties::columns(ids.iter().map(std::slice::from_ref), &[], issues);
        columns.extend(id.into_iter().map(|(of, array)| {
            (Arc::new(field::with((*of).clone(), field::DESCRIPTION, "Id of the feature")) as FieldRef, array)
        }));
    }
    if family == Family::Points {
        columns.extend(coordinates::columns(features, system));
    }
    let mut names: Vec<String> = columns.iter().map(|(of, _)| of.name().clone()).collect();
    names.push("geometry".to_owned());
    let taken: Vec<&str> = names.iter().map(String::as_str).collect();
    columns.extend(properties::columns(features.iter().map(|f| f.properties.as_slice()), &taken, issues));
    let description = match family {
        Family::Points => "Points, as WKB",
        Family::Lines => "Lines, as WKB",
        Family::Polygons => "Polygons, as WKB",
    };
    let geometry = geometry_field(system.crs.as_ref().map(crate::geometry::Crs::as_str), description);
    columns.push((Arc::new(geometry), geometry_array(features.iter().map(|f| f.geometry.as_ref()))));
    let (fields, arrays): (Vec<FieldRef>, Vec<ArrayRef>) = columns.into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
        .map_err(|e| DatasetError::new(format!("the features give no table: {e}")))
}
