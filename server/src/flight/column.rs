//! The columns of a table as clients are told them: with the names of their types, their precision and what is said of them.

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use outcrop_session::Session;
use outcrop_types::field;

use super::edge;
use super::statement::planned;
use super::types::{precision, type_name};

/// The columns of a table. One that cannot be opened, such as a view over a table that was dropped, has none.
pub(super) async fn of_table(session: &Session, project: &str, schema: &str, table: &str) -> SchemaRef {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let sql = format!("SELECT * FROM {}.{}", quoted(schema), quoted(table));
    match planned(session.clone(), sql).await.map(|prepared| prepared.columns) {
        Ok(Some(columns)) => {
            let fields = columns.fields().iter().map(|f| described(f, project, schema, table));
            SchemaRef::new(Schema::new(fields.collect::<Vec<_>>()))
        }
        Ok(None) => SchemaRef::new(Schema::empty()),
        Err(error) => {
            tracing::debug!(%error, schema, table, "the columns are not known");
            SchemaRef::new(Schema::empty())
        }
    }
}

/// A column with what Flight SQL says of one, beside its own unit and description.
fn described(column: &Field, project: &str, schema: &str, table: &str) -> Field {
    let data_type = edge::plain(column.data_type());
    let mut metadata: HashMap<String, String> = column.metadata().clone();
    let mut say = |key: &str, value: String| drop(metadata.insert(format!("ARROW:FLIGHT:SQL:{key}"), value));
    say("CATALOG_NAME", project.to_owned());
    say("SCHEMA_NAME", schema.to_owned());
    say("TABLE_NAME", table.to_owned());
    say("TYPE_NAME", type_name(&data_type).to_owned());
    if let Some((precision, scale)) = precision(&data_type) {
        say("PRECISION", precision.to_string());
        say("SCALE", scale.to_string());
    }
    say("IS_AUTO_INCREMENT", "0".to_owned());
    say("IS_CASE_SENSITIVE", if data_type == DataType::Utf8 { "1" } else { "0" }.to_owned());
    say("IS_SEARCHABLE", "1".to_owned());
    if let Some(remarks) = remarks(column) {
        say("REMARKS", remarks);
    }
    Field::new(column.name(), data_type, column.is_nullable()).with_metadata(metadata)
}

/// What is said of a column, with its unit.
fn remarks(column: &Field) -> Option<String> {
    match (field::description(column), field::unit(column)) {
        (Some(text), Some(unit)) => Some(format!("{text} [{unit}]")),
        (Some(text), None) => Some(text.to_owned()),
        (None, Some(unit)) => Some(format!("[{unit}]")),
        (None, None) => None,
    }
}
