//! A table as an Arrow record batch.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::record_batch::{RecordBatch, RecordBatchOptions};
use outcrop_types::Unit;
use outcrop_types::field::{ORIGINAL_NAME, ORIGINAL_UNIT, with, with_unit};
use outcrop_types::identity::unique_column_names;

use super::error::TableError;
use super::model::{ColumnData, Table};

impl Table {
    /// The columns in order, named by [`unique_column_names`], with unit and original name in the field metadata; a unit
    /// that is not known is kept as the original unit only. NaN becomes null.
    ///
    /// # Errors
    /// When Arrow refuses the columns, which columns of one length do not give rise to.
    pub fn to_record_batch(&self) -> Result<RecordBatch, TableError> {
        let names = unique_column_names(self.columns.iter().map(|c| c.name.as_str()));
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        for (column, name) in self.columns.iter().zip(&names) {
            let (data_type, array): (DataType, ArrayRef) = match &column.data {
                ColumnData::Float(v) => (
                    DataType::Float64,
                    Arc::new(v.iter().map(|x| (!x.is_nan()).then_some(*x)).collect::<Float64Array>()),
                ),
                ColumnData::Int(v) => (DataType::Int64, Arc::new(v.iter().copied().collect::<Int64Array>())),
                ColumnData::Text(v) => {
                    (DataType::Utf8, Arc::new(v.iter().map(Option::as_deref).collect::<StringArray>()))
                }
            };
            let mut field = with(Field::new(name, data_type, true), ORIGINAL_NAME, &column.name);
            if let Some(unit) = &column.unit {
                field = match Unit::parse(unit) {
                    Some(unit) => with_unit(field, unit.symbol()),
                    None => with(field, ORIGINAL_UNIT, unit),
                };
            }
            fields.push(field);
            arrays.push(array);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .map_err(|e| TableError::Batch(e.to_string()))
    }
}
