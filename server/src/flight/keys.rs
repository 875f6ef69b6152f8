//! Primary and foreign keys: there are none, and some clients ask all the same.

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema};

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

/// No primary keys.
pub(super) fn primary() -> RecordBatch {
    RecordBatch::new_empty(Arc::new(Schema::new(vec![
        text("catalog_name", true),
        text("db_schema_name", true),
        text("table_name", false),
        text("column_name", false),
        text("key_name", true),
        Field::new("key_sequence", DataType::Int32, false),
    ])))
}

/// No foreign keys: exported, imported or between two tables.
pub(super) fn foreign() -> RecordBatch {
    let number = |name: &str, data_type: DataType| Field::new(name, data_type, false);
    RecordBatch::new_empty(Arc::new(Schema::new(vec![
        text("pk_catalog_name", true),
        text("pk_db_schema_name", true),
        text("pk_table_name", false),
        text("pk_column_name", false),
        text("fk_catalog_name", true),
        text("fk_db_schema_name", true),
        text("fk_table_name", false),
        text("fk_column_name", false),
        number("key_sequence", DataType::Int32),
        text("fk_key_name", true),
        text("pk_key_name", true),
        number("update_rule", DataType::UInt8),
        number("delete_rule", DataType::UInt8),
    ])))
}
