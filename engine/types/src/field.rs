//! Field metadata: a column's unit, description and kind travel with its Arrow field.

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field};

/// Key of the unit symbol, as [`crate::Unit::symbol`] writes it.
pub const UNIT: &str = "outcrop.unit";
/// Key of the one-line description.
pub const DESCRIPTION: &str = "outcrop.description";
/// Key of the name a file gave the column, where the column name is another.
pub const ORIGINAL_NAME: &str = "outcrop.original_name";
/// Key of the unit a file gave, where values were converted.
pub const ORIGINAL_UNIT: &str = "outcrop.original_unit";
/// Key of the coordinate reference system of an easting or northing, as an authority code.
pub const CRS: &str = "outcrop.crs";
/// Metadata key of a coordinate that a reader took out of the geometry beside it: `true`.
pub const OF_GEOMETRY: &str = "outcrop.of_geometry";
/// Key of the grid whose nodes the rows are, as [`crate::GridGeometry`] writes it; on `i`, `x`, `y` and `z` of surfaces, so that it
/// comes along with whichever of them a query keeps.
pub const GRID: &str = "outcrop.grid";
/// Key of what the values of a surface are, a [`crate::ZKind`]; absent where nobody stated it.
pub const Z_KIND: &str = "outcrop.z_kind";

/// A field with a description, and a unit where it has one.
#[must_use]
pub fn described(name: &str, data_type: DataType, nullable: bool, description: &str) -> Field {
    with(Field::new(name, data_type, nullable), DESCRIPTION, description)
}

/// The field with one more entry of metadata; an empty value adds nothing.
#[must_use]
pub fn with(field: Field, key: &str, value: &str) -> Field {
    if value.is_empty() {
        return field;
    }
    let mut metadata: HashMap<String, String> = field.metadata().clone();
    metadata.insert(key.to_owned(), value.to_owned());
    field.with_metadata(metadata)
}

/// The field with a unit.
#[must_use]
pub fn with_unit(field: Field, unit: &str) -> Field {
    with(field, UNIT, unit)
}

/// The unit symbol a field carries; an empty one is none.
pub fn unit(field: &Field) -> Option<&str> {
    field.metadata().get(UNIT).map(String::as_str).filter(|unit| !unit.is_empty())
}

/// The coordinate reference system a field carries; an empty one is none.
pub fn crs(field: &Field) -> Option<&str> {
    field.metadata().get(CRS).map(String::as_str).filter(|crs| !crs.is_empty())
}

/// The description a field carries; an empty one is none.
pub fn description(field: &Field) -> Option<&str> {
    field.metadata().get(DESCRIPTION).map(String::as_str).filter(|text| !text.is_empty())
}

/// The grid whose nodes the rows of a field are.
pub fn grid(field: &Field) -> Option<crate::GridGeometry> {
    field.metadata().get(GRID).and_then(|text| text.parse().ok())
}
