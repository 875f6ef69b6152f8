//! Projects as catalogues, their schemas and tables.

use std::collections::BTreeSet;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::Schema;
use arrow::util::display::array_value_to_string;
use arrow_flight::error::FlightError;
use arrow_flight::sql::metadata::{GetCatalogsBuilder, GetDbSchemasBuilder, GetTablesBuilder};
use arrow_flight::sql::{CommandGetDbSchemas, CommandGetTables};
use outcrop_session::{Answer, Session};
use tonic::Status;

use super::asking::Flight;
use super::column;
use crate::caller::Caller;
use crate::compute;
use crate::error::Refusal;

/// Types of tables, as clients know them.
pub(super) const TABLE_TYPES: [&str; 3] = ["SYSTEM TABLE", "TABLE", "VIEW"];

/// A table's name and type.
struct Table {
    schema: String,
    name: String,
    kind: &'static str,
}

impl Flight {
    /// The projects that a caller may see.
    async fn projects(&self, caller: &Caller) -> Result<Vec<&str>, Refusal> {
        let mut seen = Vec::new();
        for name in self.app.projects.keys() {
            if self.app.role(caller, name).await?.is_some() {
                seen.push(name.as_str());
            }
        }
        Ok(seen)
    }

    /// Those of them that a filter lets through.
    async fn of_filter(&self, caller: &Caller, filter: Option<&str>) -> Result<Vec<&str>, Refusal> {
        let mut seen = self.projects(caller).await?;
        seen.retain(|name| filter.is_none_or(|f| f == *name));
        Ok(seen)
    }

    /// GetCatalogs.
    pub(super) async fn catalogs(&self, caller: &Caller) -> Result<RecordBatch, Status> {
        let mut builder = GetCatalogsBuilder::new();
        self.projects(caller).await?.into_iter().for_each(|name| builder.append(name));
        Ok(builder.build()?)
    }

    /// GetDbSchemas.
    pub(super) async fn schemas(&self, caller: &Caller, wanted: CommandGetDbSchemas) -> Result<RecordBatch, Status> {
        let mut builder: GetDbSchemasBuilder = wanted.clone().into_builder();
        for project in self.of_filter(caller, wanted.catalog.as_deref()).await? {
            let session = self.app.session(caller, Some(project)).await?;
            let mut names: BTreeSet<String> = tables(&session).await?.into_iter().map(|t| t.schema).collect();
            names.insert("public".to_owned());
            names.iter().for_each(|name| builder.append(project, name));
        }
        Ok(builder.build()?)
    }

    /// GetTables.
    pub(super) async fn tables(&self, caller: &Caller, wanted: CommandGetTables) -> Result<RecordBatch, Status> {
        let names = CommandGetTables { include_schema: false, ..wanted.clone() };
        let mut builder: GetTablesBuilder = names.into_builder();
        for project in self.of_filter(caller, wanted.catalog.as_deref()).await? {
            let session = self.app.session(caller, Some(project)).await?;
            for table in tables(&session).await? {
                builder.append(project, &table.schema, &table.name, table.kind, &Schema::empty())?;
            }
        }
        let found = builder.build()?;
        if !wanted.include_schema {
            return Ok(found);
        }
        // The columns of those only that are asked for: to know them, a table is opened.
        let mut builder = GetTablesBuilder::new(None::<String>, None::<String>, None::<String>, None::<String>, true);
        let mut sessions: Option<(String, Session)> = None;
        for row in 0..found.num_rows() {
            let [project, schema, name, kind] =
                [text(&found, 0, row)?, text(&found, 1, row)?, text(&found, 2, row)?, text(&found, 3, row)?];
            let session = match &sessions {
                Some((of, session)) if *of == project => session.clone(),
                _ => {
                    let session = self.app.session(caller, Some(&project)).await?;
                    sessions = Some((project.clone(), session.clone()));
                    session
                }
            };
            let columns = column::of_table(&session, &project, &schema, &name).await;
            builder.append(&project, &schema, &name, &kind, &columns)?;
        }
        Ok(builder.build()?)
    }
}

/// The tables and views of a project.
async fn tables(session: &Session) -> Result<Vec<Table>, Status> {
    let session = session.clone();
    let list = async move {
        let sql = "SELECT table_schema, table_name, table_type FROM information_schema.tables";
        match session.sql(sql).await? {
            Answer::Rows(rows) => Ok(rows.collect().await?),
            Answer::Done { .. } => Err(Refusal::Fault("the tables could not be listed".to_owned())),
        }
    };
    let mut tables = Vec::new();
    for batch in compute::run(list).await? {
        for row in 0..batch.num_rows() {
            let (schema, name, kind) = (text(&batch, 0, row)?, text(&batch, 1, row)?, text(&batch, 2, row)?);
            let kind = kind_of(&schema, &kind);
            tables.push(Table { schema, name, kind });
        }
    }
    Ok(tables)
}

/// The type of a table as clients know it. (Many look for `TABLE` and do not know `BASE TABLE`.)
fn kind_of(schema: &str, kind: &str) -> &'static str {
    match (schema, kind) {
        ("information_schema", _) => "SYSTEM TABLE",
        (_, "VIEW") => "VIEW",
        ("outcrop", _) => "SYSTEM TABLE",
        _ => "TABLE",
    }
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Result<String, FlightError> {
    let column = batch.column(column);
    Ok(if column.is_null(row) { String::new() } else { array_value_to_string(column, row)? })
}
