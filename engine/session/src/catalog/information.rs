//! `information_schema`: as the standard and the engine have it, with units, descriptions and coordinate
//! reference systems of columns, and descriptions of tables and views.
//!
//! A view that cannot be planned, such as one over a table that was dropped, is in the list of tables and of views; its
//! columns are not known, and DESCRIBE says why.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt64Array, new_null_array};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::information_schema::{
    INFORMATION_SCHEMA, INFORMATION_SCHEMA_TABLES, InformationSchemaProvider,
};
use datafusion::catalog::{CatalogProvider, SchemaProvider, Session as EngineSession, TableProvider};
use datafusion::common::{Result, plan_err};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::physical_plan::{ExecutionPlan, collect};
use futures::stream::once;
use outcrop_store::Snapshot;
use outcrop_types::field;
use outcrop_types::tables::TableName;

use super::provider::{At, ProjectCatalogs};
use super::views;
use crate::session::Session;
use crate::wire::{Source, SourceExec};

/// A view: its name, its query and what is said of it.
type View = (TableName, String, Option<String>);

/// The name of the schema.
pub(super) const NAME: &str = INFORMATION_SCHEMA;

/// See the module.
#[derive(Debug)]
pub(super) struct InformationSchema {
    at: At,
    /// Lists that are the engine's own.
    engine: InformationSchemaProvider,
}

impl InformationSchema {
    pub(super) fn new(at: At) -> Self {
        let functions = at.session.inner().template.table_functions().clone();
        let engine = InformationSchemaProvider::new(Arc::new(ProjectCatalogs::of(at.clone())));
        InformationSchema { at, engine: engine.with_table_functions(functions) }
    }
}

#[async_trait]
impl SchemaProvider for InformationSchema {
    fn table_names(&self) -> Vec<String> {
        self.engine.table_names()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(match InformationList::of(&self.at, &self.engine, name).await? {
            Some(list) => Some(Arc::new(ListTable(list))),
            None => None,
        })
    }

    fn table_exist(&self, name: &str) -> bool {
        self.engine.table_exist(name)
    }
}

#[derive(Debug, Clone)]
enum List {
    Tables,
    Columns,
    Views,
    /// One that is the engine's own.
    Engine(Arc<dyn TableProvider>),
}

/// A list that is made when it is read: tables are opened for it, and SHOW TABLES names every list.
#[derive(Debug, Clone)]
pub(crate) struct InformationList {
    at: At,
    name: String,
    of: List,
    schema: SchemaRef,
}

impl InformationList {
    /// A list by name; `None` where there is none of that name.
    async fn of(at: &At, engine: &InformationSchemaProvider, name: &str) -> Result<Option<Self>> {
        let (of, schema) = match name {
            "tables" => (List::Tables, tables_schema()),
            "columns" => (List::Columns, columns_schema()),
            "views" => (List::Views, views_schema()),
            _ => match engine.table(name).await? {
                Some(table) => {
                    let schema = table.schema();
                    (List::Engine(table), schema)
                }
                None => return Ok(None),
            },
        };
        Ok(Some(InformationList { at: at.clone(), name: name.to_owned(), of, schema }))
    }

    /// The list that a plan names.
    pub(crate) async fn open(session: &Session, snapshot: Option<Snapshot>, name: &str) -> Result<Self> {
        let at = At::new(session.clone(), snapshot, Vec::new());
        let lists = InformationSchema::new(at.clone());
        match Self::of(&at, &lists.engine, name).await? {
            Some(list) => Ok(list),
            None => plan_err!("there is no list {NAME}.{name}"),
        }
    }

    /// What another session makes the same list from.
    fn source(&self) -> Source {
        let project = self.at.snapshot.as_ref().map(|s| (s.project().path().to_owned(), s.commit().number));
        Source::List { name: self.name.clone(), project }
    }
}

impl PartitionStream for InformationList {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let list = self.clone();
        let rows = async move {
            match &list.of {
                List::Tables => tables(&list.at).await,
                List::Columns => columns(&list.at).await,
                List::Views => definitions(&list.at).await,
                List::Engine(table) => {
                    let plan = table.scan(&list.at.session.inner().template, None, &[], None).await?;
                    let batches = collect(plan, context).await?;
                    Ok(concat_batches(&list.schema, &batches)?)
                }
            }
        };
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), once(rows)))
    }
}

/// A list as a table.
#[derive(Debug)]
struct ListTable(InformationList);

#[async_trait]
impl TableProvider for ListTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.0.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        _: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (schema, rows) = (Arc::clone(&self.0.schema), Arc::new(self.0.clone()));
        Ok(Arc::new(SourceExec::try_new(self.0.source(), schema, vec![rows], projection.cloned(), limit)?))
    }
}

fn text(name: &str, nullable: bool) -> Field {
    Field::new(name, DataType::Utf8, nullable)
}

fn tables_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        text("table_catalog", false),
        text("table_schema", false),
        text("table_name", false),
        text("table_type", false),
        text("description", true),
    ]))
}

/// Every table and view, without opening it; the lists of this schema last, as the engine has them.
async fn tables(at: &At) -> Result<RecordBatch> {
    let mut rows: Vec<(String, String, &'static str, Option<String>)> = Vec::new();
    for schema in at.schema_names() {
        let Some(tables) = at.schema(&schema) else { continue };
        for table in tables.table_names() {
            let name = TableName::new(&schema, &table);
            let of_view = |s: &Snapshot| s.view(&name).and_then(|view| view.description.clone());
            let described = |s: &Snapshot| s.description(&name).map(str::to_owned).or_else(|| of_view(s));
            let description = at.snapshot.as_ref().and_then(described);
            let kind = if at.is_view(&name) { "VIEW" } else { "BASE TABLE" };
            rows.push((schema.clone(), table, kind, description));
        }
    }
    rows.extend(INFORMATION_SCHEMA_TABLES.iter().map(|list| (NAME.to_owned(), (*list).to_owned(), "VIEW", None)));
    let catalog = at.session.catalog().to_owned();
    let column = |values: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(values)) };
    Ok(RecordBatch::try_new(
        tables_schema(),
        vec![
            column(rows.iter().map(|_| Some(catalog.as_str())).collect()),
            column(rows.iter().map(|(schema, ..)| Some(schema.as_str())).collect()),
            column(rows.iter().map(|(_, table, ..)| Some(table.as_str())).collect()),
            column(rows.iter().map(|(_, _, kind, _)| Some(*kind)).collect()),
            column(rows.iter().map(|(.., description)| description.as_deref()).collect()),
        ],
    )?)
}

fn columns_schema() -> SchemaRef {
    let count = |name: &str, nullable: bool| Field::new(name, DataType::UInt64, nullable);
    Arc::new(Schema::new(vec![
        text("table_catalog", false),
        text("table_schema", false),
        text("table_name", false),
        text("column_name", false),
        count("ordinal_position", false),
        text("column_default", true),
        text("is_nullable", false),
        text("data_type", false),
        count("character_maximum_length", true),
        count("character_octet_length", true),
        count("numeric_precision", true),
        count("numeric_precision_radix", true),
        count("numeric_scale", true),
        count("datetime_precision", true),
        text("interval_type", true),
        text("unit", true),
        text("description", true),
        text("crs", true),
    ]))
}

/// A column with where it is.
struct Column {
    schema: String,
    table: String,
    position: u64,
    field: FieldRef,
}

/// Precision, the base it is counted in, and scale of a type of numbers.
fn numeric(data_type: &DataType) -> [Option<u64>; 3] {
    let bits = |n: u64| [Some(n), Some(2), None];
    match data_type {
        DataType::Int8 | DataType::UInt8 => bits(8),
        DataType::Int16 | DataType::UInt16 => bits(16),
        DataType::Int32 | DataType::UInt32 => bits(32),
        DataType::Int64 | DataType::UInt64 => bits(64),
        DataType::Float16 => bits(11),
        DataType::Float32 => bits(24),
        DataType::Float64 => bits(53),
        DataType::Decimal32(digits, scale)
        | DataType::Decimal64(digits, scale)
        | DataType::Decimal128(digits, scale)
        | DataType::Decimal256(digits, scale) => [Some(u64::from(*digits)), Some(10), u64::try_from(*scale).ok()],
        _ => [None; 3],
    }
}

/// Every column of every table and view. A view that cannot be planned has none.
async fn columns(at: &At) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    for schema in at.schema_names() {
        let Some(tables) = at.schema(&schema) else { continue };
        for table in tables.table_names() {
            let opened = match tables.table(&table).await {
                Ok(Some(opened)) => opened,
                Ok(None) => continue,
                Err(_) if at.is_view(&TableName::new(&schema, &table)) => continue,
                Err(error) => return Err(error),
            };
            for (field, position) in opened.schema().fields().iter().zip(1..) {
                let (schema, table) = (schema.clone(), table.clone());
                rows.push(Column { schema, table, position, field: Arc::clone(field) });
            }
        }
    }
    let catalog = at.session.catalog().to_owned();
    let text =
        |of: &dyn Fn(&Column) -> Option<String>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<StringArray>()) };
    let count =
        |of: &dyn Fn(&Column) -> Option<u64>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<UInt64Array>()) };
    let none = |data_type: DataType| new_null_array(&data_type, rows.len());
    // The longest that the type of texts can hold.
    let octets = |c: &Column| match c.field.data_type() {
        DataType::Utf8 | DataType::Binary => u64::try_from(i32::MAX).ok(),
        DataType::LargeUtf8 | DataType::LargeBinary => u64::try_from(i64::MAX).ok(),
        _ => None,
    };
    let number = |place: usize| count(&|c| numeric(c.field.data_type()).get(place).copied().flatten());
    Ok(RecordBatch::try_new(
        columns_schema(),
        vec![
            text(&|_| Some(catalog.clone())),
            text(&|c| Some(c.schema.clone())),
            text(&|c| Some(c.table.clone())),
            text(&|c| Some(c.field.name().clone())),
            count(&|c| Some(c.position)),
            none(DataType::Utf8),
            text(&|c| Some(if c.field.is_nullable() { "YES" } else { "NO" }.to_owned())),
            text(&|c| Some(c.field.data_type().to_string())),
            none(DataType::UInt64),
            count(&octets),
            number(0),
            number(1),
            number(2),
            none(DataType::UInt64),
            none(DataType::Utf8),
            text(&|c| field::unit(&c.field).map(str::to_owned)),
            text(&|c| field::description(&c.field).map(str::to_owned)),
            text(&|c| field::crs(&c.field).map(str::to_owned)),
        ],
    )?)
}

fn views_schema() -> SchemaRef {
    Arc::new(Schema::new(vec![
        text("table_catalog", false),
        text("table_schema", false),
        text("table_name", false),
        text("definition", true),
        text("description", true),
    ]))
}

/// The views with their queries: the user's as they were written, and those that every project has.
async fn definitions(at: &At) -> Result<RecordBatch> {
    let mut rows: Vec<View> = Vec::new();
    if let Some(snapshot) = &at.snapshot {
        rows.extend(snapshot.views().map(|(name, view)| (name, view.sql.clone(), view.description.clone())));
        for view in views::BUILT_IN.iter().filter(|v| at.is_view(&v.name()) && snapshot.view(&v.name()).is_none()) {
            rows.push((view.name(), view.sql(snapshot).await?, None));
        }
    }
    rows.sort();
    let catalog = at.session.catalog().to_owned();
    let text =
        |of: &dyn Fn(&View) -> Option<String>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<StringArray>()) };
    Ok(RecordBatch::try_new(
        views_schema(),
        vec![
            text(&|_| Some(catalog.clone())),
            text(&|(name, ..)| Some(name.schema.clone())),
            text(&|(name, ..)| Some(name.name.clone())),
            text(&|(_, sql, _)| Some(sql.clone())),
            text(&|(.., description)| description.clone()),
        ],
    )?)
}
