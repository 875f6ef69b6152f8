//! Regular grids: horizons and maps of properties, a module for each format.
//!
//! A surface is nodes `i`, `j` at `x`, `y` with a value `z`; a node without a value has a null. None of the formats but GXF
//! states units, and none what its values are: those stay unknown until someone says them.

pub mod cps3;
pub mod esri;
pub mod gxf;
pub mod irap;
mod lattice;
pub mod rms;
pub mod storm;
pub mod surfer;
mod text;
mod write;
pub mod zmap;

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use outcrop_types::{GridGeometry, Issue, field};

pub use lattice::{of_batches, value_column};
pub use write::{SurfaceWriter, WRITERS};

use crate::dataset::{Dataset, DatasetError, DatasetKind};

/// A regular grid with its values.
#[derive(Debug, Clone)]
pub struct Surface {
    /// Where its nodes lie.
    pub geometry: GridGeometry,
    /// Values, row after row: `i` runs fastest, row 0 is first. NaN where a node has no value.
    pub values: Vec<f64>,
    /// The name the file gives it.
    pub name: Option<String>,
    /// Unit of x and y, where the file states it.
    pub xy_unit: Option<String>,
    /// Further facts that the file states, for people.
    pub facts: Vec<(String, String)>,
    /// What was assumed or is odd.
    pub issues: Vec<Issue>,
}

impl Surface {
    /// A surface of these nodes.
    ///
    /// # Errors
    /// Where the grid cannot be one, or there are too few or too many values for it.
    pub fn new(geometry: GridGeometry, values: Vec<f64>) -> Result<Self, DatasetError> {
        let geometry = geometry.checked().map_err(DatasetError::new)?;
        if geometry.nodes() != values.len() {
            return Err(DatasetError::new(format!(
                "expected {} values for {} columns and {} rows, found {}; the file is cut short or its header is wrong",
                geometry.nodes(),
                geometry.columns,
                geometry.rows,
                values.len()
            )));
        }
        Ok(Surface { geometry, values, name: None, xy_unit: None, facts: Vec::new(), issues: Vec::new() })
    }

    /// Value of a node, `i` and `j` from 0; NaN where it has none.
    pub fn value(&self, i: usize, j: usize) -> f64 {
        if i >= self.geometry.columns {
            return f64::NAN;
        }
        self.values.get(j * self.geometry.columns + i).copied().unwrap_or(f64::NAN)
    }

    /// Nodes that have a value.
    pub fn defined(&self) -> usize {
        self.values.iter().filter(|v| !v.is_nan()).count()
    }

    /// The surface as a dataset of the columns i, j, x, y and z.
    pub(crate) fn into_dataset(self) -> Result<Vec<Dataset>, DatasetError> {
        let defined = self.defined();
        let Surface { geometry, values, name, xy_unit, facts: more, mut issues } = self;
        let stated = if xy_unit.is_some() { "" } else { " nor the unit of x and y" };
        issues.push(Issue::warning(
            "z-unknown",
            format!(
                "the file states neither what z is nor its unit{stated}; they are unknown, values are as the file has them. \
                 State them at import: --z-kind depth --z-unit m --unit x=m --unit y=m"
            ),
        ));
        let mut facts = vec![
            ("columns".to_owned(), geometry.columns.to_string()),
            ("rows".to_owned(), geometry.rows.to_string()),
            ("origin".to_owned(), format!("{} {}", geometry.x0, geometry.y0)),
            ("increments".to_owned(), format!("{} {}", geometry.dx, geometry.dy)),
            ("rotation".to_owned(), format!("{}° anticlockwise from x", geometry.rotation)),
            ("undefined".to_owned(), (values.len() - defined).to_string()),
        ];
        if geometry.flipped {
            facts.push(("handedness".to_owned(), "j runs clockwise from i".to_owned()));
        }
        facts.extend(more);
        let batch = batch(&geometry, values, xy_unit.as_deref())
            .map_err(|e| DatasetError::new(format!("the values make no table: {e}")))?;
        Ok(vec![Dataset { kind: DatasetKind::Surface, name, batch, facts, issues }])
    }
}

fn batch(
    geometry: &GridGeometry,
    values: Vec<f64>,
    xy_unit: Option<&str>,
) -> Result<RecordBatch, arrow::error::ArrowError> {
    let on_grid = |of: Field| field::with(of, field::GRID, &geometry.to_string());
    let length = |name: &str, description: &str| {
        let of = field::described(name, DataType::Float64, false, description);
        on_grid(field::with_unit(of, xy_unit.unwrap_or_default()))
    };
    let fields = vec![
        on_grid(field::described("i", DataType::Int64, false, "Node along the first axis, from 1")),
        field::described("j", DataType::Int64, false, "Node along the second axis, from 1"),
        length("x", "Easting, as the file has it"),
        length("y", "Northing, as the file has it"),
        on_grid(field::described(
            "z",
            DataType::Float64,
            true,
            "Value at the node, as the file has it; null where undefined",
        )),
    ];
    let nodes = || (0..geometry.rows).flat_map(|j| (0..geometry.columns).map(move |i| (i, j)));
    let (mut x, mut y) = (Vec::with_capacity(values.len()), Vec::with_capacity(values.len()));
    for (i, j) in nodes() {
        let (east, north) = geometry.position(i, j);
        x.push(east);
        y.push(north);
    }
    let number = |n: usize| i64::try_from(n + 1).unwrap_or(i64::MAX);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_iter_values(nodes().map(|(i, _)| number(i)))),
        Arc::new(Int64Array::from_iter_values(nodes().map(|(_, j)| number(j)))),
        Arc::new(Float64Array::from(x)),
        Arc::new(Float64Array::from(y)),
        Arc::new(values.into_iter().map(|v| (!v.is_nan()).then_some(v)).collect::<Float64Array>()),
    ];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Values in another order brought to that of [`Surface::values`]; `at` gives the place in the file of node `i`, `j`.
pub(crate) fn reordered(values: &[f64], columns: usize, rows: usize, at: impl Fn(usize, usize) -> usize) -> Vec<f64> {
    (0..rows)
        .flat_map(|j| (0..columns).map(move |i| (i, j)))
        .map(|(i, j)| values.get(at(i, j)).copied().unwrap_or(f64::NAN))
        .collect()
}
