//! A summary of a table, a row per column.

use std::collections::HashMap;

use super::detect::Detection;
use super::layout::ColumnType;
use super::model::Table;
use super::role::Role;

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnSummary {
    /// Name in the file.
    pub name: String,
    /// Type of the values.
    pub column_type: ColumnType,
    /// Unit, where stated.
    pub unit: Option<String>,
    /// Role, where it has one.
    pub role: Option<Role>,
    /// Rows, nulls included.
    pub rows: usize,
    /// Null values.
    pub nulls: usize,
    /// Smallest number; `None` for text and where every value is null.
    pub min: Option<f64>,
    /// Largest number.
    pub max: Option<f64>,
    /// Arithmetic mean of the numbers.
    pub mean: Option<f64>,
}

/// A summary of every column, in the table's order.
pub fn inspect(table: &Table, detection: &Detection) -> Vec<ColumnSummary> {
    let mut roles: HashMap<usize, Role> = HashMap::new();
    for (column, role, _) in &detection.roles {
        roles.entry(*column).or_insert(*role);
    }
    table
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let numbers = column.data.numbers();
            let range = column.data.range();
            let mean = (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64);
            ColumnSummary {
                name: column.name.clone(),
                column_type: column.data.column_type(),
                unit: column.unit.clone(),
                role: roles.get(&i).copied(),
                rows: column.data.len(),
                nulls: column.data.nulls(),
                min: range.map(|r| r.0),
                max: range.map(|r| r.1),
                mean,
            }
        })
        .collect()
}
