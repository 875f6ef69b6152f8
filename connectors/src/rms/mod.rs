//! Text formats of RMS and IRAP: points, polygons, points with attributes, and wells.
//!
//! None of them states units, a coordinate system, or whether z is counted downwards: those stay unknown.

pub mod attributes;
pub mod points;
pub mod well;

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use arrow::datatypes::{DataType, FieldRef};
use outcrop_types::{Issue, field};

use crate::geometry::{Geometry, Position, geometry_array, geometry_field};

/// What there is to say of every one of these files.
fn unstated() -> Issue {
    Issue::warning(
        "crs-unknown",
        "the format states neither units, coordinate system nor the sign of z; they are unknown, values are as the file has them",
    )
}

/// A row of the file with its number, blanks around it left out; empty rows are passed over.
fn rows(text: &str) -> impl Iterator<Item = (u64, &str)> {
    (1u64..).zip(text.lines()).map(|(line, text)| (line, text.trim())).filter(|(_, text)| !text.is_empty())
}

/// A finite number.
fn number(text: &str) -> Option<f64> {
    fast_float2::parse::<f64, _>(text).ok().filter(|n| n.is_finite())
}

/// The columns x, y and z of points.
fn coordinates(points: &[Position]) -> Vec<(FieldRef, ArrayRef)> {
    let column = |name: &str, description: &str, of: fn(&Position) -> Option<f64>| {
        let field = field::described(name, DataType::Float64, true, description);
        let array: Float64Array = points.iter().map(of).collect();
        (Arc::new(field) as FieldRef, Arc::new(array) as ArrayRef)
    };
    vec![
        column("x", "Easting, as the file has it", |p| Some(p.x)),
        column("y", "Northing, as the file has it", |p| Some(p.y)),
        column("z", "Third coordinate, as the file has it", |p| p.z),
    ]
}

/// The column of geometries.
fn geometry(geometries: &[Geometry], description: &str) -> (FieldRef, ArrayRef) {
    (Arc::new(geometry_field(None, description)), geometry_array(geometries.iter().map(Some)))
}
