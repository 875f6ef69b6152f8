//! What formats other than well logs and text tables give: tables of surfaces, points, lines and polygons.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use outcrop_types::Issue;

/// What the rows of a dataset are, and with that the schema of the project its table goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatasetKind {
    /// Nodes of a grid or horizon: `surfaces.<name>`.
    Surface,
    /// Points with attributes: `points.<name>`.
    Points,
    /// Lines with attributes: `lines.<name>`.
    Lines,
    /// Polygons with attributes: `polygons.<name>`.
    Polygons,
    /// Fault sticks, traces and polygons: `faults.<name>`.
    Faults,
}

impl DatasetKind {
    /// The schema of the project that holds tables of this kind.
    pub fn schema(self) -> &'static str {
        match self {
            DatasetKind::Surface => "surfaces",
            DatasetKind::Points => "points",
            DatasetKind::Lines => "lines",
            DatasetKind::Polygons => "polygons",
            DatasetKind::Faults => "faults",
        }
    }
}

impl std::fmt::Display for DatasetKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.schema())
    }
}

/// A table that a file gives. Units, descriptions and what else is known of a column are in the metadata of its field
/// ([`outcrop_types::field`]); what the file does not state is absent, not guessed.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// What its rows are.
    pub kind: DatasetKind,
    /// The name the file gives it; none where the name of the file must do.
    pub name: Option<String>,
    /// Its rows, as the file has them: nothing is converted.
    pub batch: RecordBatch,
    /// What the file states of the whole, for people: origin, increments, rotation, coordinate system …
    pub facts: Vec<(String, String)>,
    /// What was assumed or is wrong, with lines.
    pub issues: Vec<Issue>,
}

/// What the values of a column are like.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Summary {
    /// Null values.
    pub nulls: usize,
    /// Smallest value; none of texts and where all are null.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// Mean value.
    pub mean: Option<f64>,
}

/// Summarises a column; only numbers have more than nulls.
pub fn summary(column: &ArrayRef) -> Summary {
    let mut summary = Summary { nulls: column.null_count(), ..Summary::default() };
    let numbers = column.data_type().is_numeric().then(|| cast(column, &DataType::Float64).ok()).flatten();
    let Some(numbers) = numbers.as_ref().and_then(|n| n.as_primitive_opt::<Float64Type>()) else { return summary };
    let (mut sum, mut count) = (0.0, 0usize);
    for value in numbers.iter().flatten().filter(|v| !v.is_nan()) {
        summary.min = Some(summary.min.map_or(value, |m: f64| m.min(value)));
        summary.max = Some(summary.max.map_or(value, |m: f64| m.max(value)));
        sum += value;
        count += 1;
    }
    summary.mean = (count > 0).then(|| sum / count as f64);
    summary
}

/// Why a file gives no dataset: what was expected, what was found, where, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", .line.map(|l| format!(" (line {l})")).unwrap_or_default())]
pub struct DatasetError {
    /// The whole message, without the file.
    pub message: String,
    /// Line, counted from 1, where there is one.
    pub line: Option<u64>,
}

impl DatasetError {
    /// An error about the whole file.
    pub fn new(message: impl Into<String>) -> Self {
        DatasetError { message: message.into(), line: None }
    }

    /// An error about a line, counted from 1.
    pub fn at_line(message: impl Into<String>, line: u64) -> Self {
        DatasetError { message: message.into(), line: Some(line).filter(|line| *line > 0) }
    }
}
