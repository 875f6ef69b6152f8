//! Rows of a query as a surface.

use arrow::array::{Array, AsArray, Float64Array, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Schema};
use outcrop_types::{GridGeometry, LATTICE_TOLERANCE, field};

use super::Surface;
use crate::dataset::DatasetError;

/// The surface that rows of `x`, `y` and a value are the nodes of; rows that are missing are undefined nodes.
///
/// The grid is that of the metadata ([`field::GRID`]) of any column; without one it is found from x and y, which must lie on a
/// lattice. The value is `z`, else the only other column of numbers.
///
/// # Errors
/// Where a column is missing, x and y lie on no lattice, or two rows are at one node.
pub fn of_batches(schema: &Schema, batches: &[RecordBatch]) -> Result<Surface, DatasetError> {
    let value = value_column(schema)?;
    let x = column(batches, "x")?;
    let y = column(batches, "y")?;
    let z = column(batches, &value)?;
    let geometry = match schema.fields().iter().find_map(|f| field::grid(f)) {
        Some(stated) => stated,
        None => found(&x, &y)?,
    };
    let mut values = vec![f64::NAN; geometry.nodes()];
    let mut taken = vec![false; geometry.nodes()];
    for ((x, y), z) in x.iter().zip(&y).zip(&z) {
        let (Some(x), Some(y)) = (x, y) else {
            return Err(DatasetError::new(
                "a row has no x or y; leave such rows out: WHERE x IS NOT NULL AND y IS NOT NULL",
            ));
        };
        let Some(place) = geometry.node_at(*x, *y, 10.0 * LATTICE_TOLERANCE).map(|(i, j)| j * geometry.columns + i)
        else {
            return Err(DatasetError::new(format!("{x} {y} is not a node of the grid ({geometry})")));
        };
        if let (Some(value), Some(taken)) = (values.get_mut(place), taken.get_mut(place)) {
            if std::mem::replace(taken, true) {
                return Err(DatasetError::new(format!(
                    "two rows are at {x} {y}; a surface has one value a node: choose one, or GROUP BY x, y"
                )));
            }
            *value = z.unwrap_or(f64::NAN);
        }
    }
    Surface::new(geometry, values)
}

/// The column that is the value of a surface: `z`, else the only column of numbers besides x, y, i and j.
///
/// # Errors
/// Where there is none, or several.
pub fn value_column(schema: &Schema) -> Result<String, DatasetError> {
    let others: Vec<&str> = schema
        .fields()
        .iter()
        .filter(|f| f.data_type().is_numeric() && !matches!(f.name().as_str(), "i" | "j" | "x" | "y"))
        .map(|f| f.name().as_str())
        .collect();
    match others.as_slice() {
        names if names.contains(&"z") => Ok("z".to_owned()),
        [one] => Ok((*one).to_owned()),
        names => Err(DatasetError::new(format!(
            "a surface needs the columns x, y and z; found besides x and y: {}. Name one: SELECT x, y, … AS z",
            if names.is_empty() { "no numbers".to_owned() } else { names.join(", ") }
        ))),
    }
}

/// A column as numbers.
fn column(batches: &[RecordBatch], name: &str) -> Result<Vec<Option<f64>>, DatasetError> {
    let mut all = Vec::new();
    for batch in batches {
        let column = batch
            .column_by_name(name)
            .ok_or_else(|| DatasetError::new(format!("a surface needs the columns x, y and z; there is no {name}")))?;
        let numbers = cast(column, &DataType::Float64).map_err(|e| {
            DatasetError::new(format!("column {name} is {}, expected numbers: {e}", column.data_type()))
        })?;
        let numbers: &Float64Array = numbers
            .as_primitive_opt::<Float64Type>()
            .ok_or_else(|| DatasetError::new(format!("column {name} is no column of numbers")))?;
        all.extend(numbers.iter().map(|v| v.filter(|v| v.is_finite())));
    }
    Ok(all)
}

/// The lattice that the points lie on.
fn found(x: &[Option<f64>], y: &[Option<f64>]) -> Result<GridGeometry, DatasetError> {
    let (x, y): (Vec<f64>, Vec<f64>) = x.iter().zip(y).filter_map(|(x, y)| Some(((*x)?, (*y)?))).unzip();
    GridGeometry::of_points(&x, &y).map_err(DatasetError::new)
}
