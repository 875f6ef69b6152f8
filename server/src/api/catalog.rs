//! Tables and columns, with units and statistics.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::{cast, concat_batches};
use arrow::datatypes::{DataType, Float64Type, UInt64Type};
use datafusion::common::{ParamValues, ScalarValue};
use outcrop_proto::v1::catalog_service_server::CatalogService;
use outcrop_proto::v1::{
    Column, ColumnStatistics, GetTableRequest, GetTableResponse, ListTablesRequest, ListTablesResponse, Table,
    TableKind,
};
use outcrop_session::{Answer, Session};
use outcrop_workflow::sql;
use tonic::{Request, Response, Status};

use super::{Service, caller, given};
use crate::error::Refusal;
use crate::queries::{Asked, Reply};

const TABLES: &str = "SELECT t.table_schema, t.table_name, t.table_type, t.description, d.row_count, d.bytes \
    FROM information_schema.tables t \
    LEFT JOIN outcrop.datasets d ON d.schema_name = t.table_schema AND d.table_name = t.table_name \
    ORDER BY 1, 2";
const COLUMNS: &str = "SELECT column_name, data_type, is_nullable, unit, crs, description FROM information_schema.columns \
    WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position";

#[tonic::async_trait]
impl CatalogService for Service {
    async fn list_tables(&self, request: Request<ListTablesRequest>) -> Result<Response<ListTablesResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let tables = tables(&session).await?.into_iter().filter(|table| {
            (asked.system || table.kind() != TableKind::System)
                && given(&asked.schema).is_none_or(|s| table.schema == s)
        });
        Ok(Response::new(ListTablesResponse { tables: tables.collect() }))
    }

    async fn get_table(&self, request: Request<GetTableRequest>) -> Result<Response<GetTableResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let session = self.app.session(&caller, given(&asked.project)).await?;
        let schema = given(&asked.schema).unwrap_or("public");
        let table = tables(&session).await?.into_iter().find(|t| t.schema == schema && t.name == asked.table);
        let Some(table) = table else {
            return Err(Refusal::Missing(format!("there is no table {schema}.{}", asked.table)).into());
        };
        let mut columns = columns(&session, schema, &asked.table).await?;
        if asked.statistics {
            // Within the caller's limits: it reads the whole table.
            let text = statistics_sql(&columns, schema, &asked.table);
            let project = given(&asked.project).map(str::to_owned);
            match self.app.run(&caller, &text, Asked { project, ..Asked::default() }).await? {
                Reply::Rows(rows) => {
                    let batches: Vec<RecordBatch> = futures::TryStreamExt::try_collect(rows).await?;
                    put_statistics(&mut columns, &batches)?;
                }
                Reply::Done { .. } => return Err(Refusal::Fault("statistics gave no rows".to_owned()).into()),
            }
        }
        Ok(Response::new(GetTableResponse { table: Some(table), columns }))
    }
}

/// All tables.
async fn tables(session: &Session) -> Result<Vec<Table>, Refusal> {
    let mut tables = Vec::new();
    let rows = rows(session, TABLES, Vec::new()).await?;
    for row in 0..rows.num_rows() {
        let text = |column| text(&rows, column, row).unwrap_or_default();
        let (schema, stored) = (text(0), text(2));
        let kind = match stored.as_str() {
            _ if schema == "outcrop" || schema == "information_schema" => TableKind::System,
            "VIEW" => TableKind::View,
            _ => TableKind::Table,
        };
        tables.push(Table {
            schema,
            name: text(1),
            kind: kind.into(),
            description: text(3),
            rows: count(&rows, 4, row)?,
            bytes: count(&rows, 5, row)?,
        });
    }
    Ok(tables)
}

async fn columns(session: &Session, schema: &str, table: &str) -> Result<Vec<Column>, Refusal> {
    let named = |name: &str| ScalarValue::Utf8(Some(name.to_owned()));
    let rows = rows(session, COLUMNS, vec![named(schema), named(table)]).await?;
    let column = |row| {
        let text = |column| text(&rows, column, row).unwrap_or_default();
        Column {
            name: text(0),
            r#type: text(1),
            nullable: text(2) == "YES",
            unit: text(3),
            crs: text(4),
            description: text(5),
            statistics: None,
        }
    };
    Ok((0..rows.num_rows()).map(column).collect())
}

/// Whether a column can be compared, and whether it is a number: by its Arrow type's name.
fn comparable(column: &Column) -> (bool, bool) {
    let number = ["Int", "UInt", "Float", "Decimal"].iter().any(|kind| column.r#type.starts_with(kind));
    let text = ["Utf8", "LargeUtf8", "Date", "Timestamp", "Boolean"].iter().any(|kind| column.r#type.starts_with(kind));
    (number || text, number)
}

/// One row: for each column nulls, distinct, min, max and mean.
fn statistics_sql(columns: &[Column], schema: &str, table: &str) -> String {
    let of_column = |column: &Column| {
        let name = sql::name(&column.name);
        let (compares, number) = comparable(column);
        let when = |known: bool, expression: String, kind: &str| {
            if known { expression } else { format!("CAST(NULL AS {kind})") }
        };
        [
            format!("count(*) - count({name})"),
            when(compares, format!("count(DISTINCT {name})"), "BIGINT"),
            when(compares, format!("CAST(min({name}) AS VARCHAR)"), "VARCHAR"),
            when(compares, format!("CAST(max({name}) AS VARCHAR)"), "VARCHAR"),
            when(number, format!("avg(CAST({name} AS DOUBLE))"), "DOUBLE"),
        ]
    };
    let expressions = columns.iter().flat_map(of_column).enumerate().map(|(i, text)| format!("{text} AS s{i}"));
    format!("SELECT {} FROM {}.{}", expressions.collect::<Vec<_>>().join(", "), sql::name(schema), sql::name(table))
}

fn put_statistics(columns: &mut [Column], batches: &[RecordBatch]) -> Result<(), Refusal> {
    let Some(row) = batches.iter().find(|b| b.num_rows() > 0) else { return Ok(()) };
    for (i, column) in columns.iter_mut().enumerate() {
        let mean = cast(row.column(i * 5 + 4), &DataType::Float64).map_err(fault)?;
        let mean = mean.as_primitive::<Float64Type>();
        column.statistics = Some(ColumnStatistics {
            nulls: count(row, i * 5, 0)?.unwrap_or(0),
            distinct: count(row, i * 5 + 1, 0)?.unwrap_or(0),
            min: text(row, i * 5 + 2, 0),
            max: text(row, i * 5 + 3, 0),
            mean: mean.is_valid(0).then(|| mean.value(0)),
        });
    }
    Ok(())
}

/// The rows of one of the server's own queries.
async fn rows(session: &Session, sql: &str, values: Vec<ScalarValue>) -> Result<RecordBatch, Refusal> {
    let answer = match values.is_empty() {
        true => session.sql(sql).await?,
        false => session.sql_with_parameters(sql, ParamValues::from(values)).await?,
    };
    match answer {
        Answer::Rows(rows) => {
            let schema = rows.schema().clone();
            concat_batches(&schema, &rows.collect().await?).map_err(fault)
        }
        Answer::Done { .. } => Err(Refusal::Fault("a list gave no rows".to_owned())),
    }
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Option<String> {
    let texts = cast(batch.columns().get(column)?, &DataType::Utf8).ok()?;
    let texts = texts.as_string::<i32>();
    texts.is_valid(row).then(|| texts.value(row).to_owned())
}

fn count(batch: &RecordBatch, column: usize, row: usize) -> Result<Option<u64>, Refusal> {
    let Some(column) = batch.columns().get(column) else { return Ok(None) };
    let counts = cast(column, &DataType::UInt64).map_err(fault)?;
    let counts = counts.as_primitive::<UInt64Type>();
    Ok(counts.is_valid(row).then(|| counts.value(row)))
}

fn fault(error: arrow::error::ArrowError) -> Refusal {
    Refusal::Fault(error.to_string())
}
