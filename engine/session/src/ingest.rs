//! Rows that a client sends, as a table of the project or at its end.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::plan_err;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{Insert, SetExpr, Statement as SqlStatement};
use futures::StreamExt;
use outcrop_workflow::{kept_name, sql};

use crate::answer::Answer;
use crate::error::SessionError;
use crate::session::Session;
use crate::statement;
use crate::workflow::{KeptRows, Step};

/// What becomes of a table that is there, or is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IngestMode {
    /// It is made; one that is there is an error.
    Create,
    /// Rows are added; a table that is not there is an error.
    Append,
    /// It is made, or rows are added.
    CreateOrAppend,
    /// It is made in the place of one that is there.
    Replace,
}

impl Session {
    /// Puts rows into a table, named as (schema, table), in one commit: all of them or, where something is wrong with one, none.
    /// Gives the number of rows. Columns go by their names; units of the fields' metadata are kept in a table that is made.
    ///
    /// The rows wait in a quarter of the memory of queries, and beyond that in a temporary file.
    ///
    /// # Errors
    /// As an INSERT or CREATE TABLE of these rows.
    pub async fn ingest(
        &self,
        (schema, table): (&str, &str),
        mode: IngestMode,
        rows: SendableRecordBatchStream,
    ) -> Result<u64, SessionError> {
        statement::permit_writing(self, "INSERT")?;
        let project = statement::project(self, "a table of rows that are sent")?;
        let name = format!("{}.{}", sql::name(schema), sql::name(table));
        let columns: Vec<String> = rows.schema().fields().iter().map(|f| sql::name(f.name())).collect();
        if columns.is_empty() {
            return plan_err!("the rows for {name} have no columns").map_err(Into::into);
        }
        let there = project.snapshot().await?.has_table(&statement::writable_table(self, &name)?);
        let relation = sql::text(&kept_name("sent"));
        let kept = KeptRows::keep(self, rows, BTreeMap::new(), "a client", &mut 0).await?;
        let count = kept.count();
        let kept = HashMap::from([(relation.clone(), Arc::new(kept) as Arc<dyn TableProvider>)]);
        let columns = columns.join(", ");
        let text = match (mode, there) {
            (IngestMode::Append, _) | (IngestMode::CreateOrAppend, true) => {
                format!("INSERT INTO {name} ({columns}) SELECT {columns} FROM {relation}")
            }
            (IngestMode::Create | IngestMode::CreateOrAppend, _) => {
                format!("CREATE TABLE {name} AS SELECT {columns} FROM {relation}")
            }
            (IngestMode::Replace, _) => format!("CREATE OR REPLACE TABLE {name} AS SELECT {columns} FROM {relation}"),
        };
        match self.within(Arc::new(Step::of_kept(kept))).sql(&text).await? {
            Answer::Done { .. } => Ok(count),
            Answer::Rows(_) => plan_err!("{name} gave rows back").map_err(Into::into),
        }
    }

    /// Runs `INSERT INTO … VALUES (…)` once for every row of values of its parameters, in one commit. Gives the number of
    /// rows; `None`, with nothing done, for a statement of another form.
    ///
    /// # Errors
    /// As the INSERT.
    pub async fn insert_each(&self, sql: &str, values: Vec<RecordBatch>) -> Result<Option<u64>, SessionError> {
        let mut statement = self.one(sql)?;
        statement::number_parameters(&mut statement);
        let Some(insert) = of_one_row(statement) else { return Ok(None) };
        let Some(first) = values.first() else { return Ok(Some(0)) };
        statement::permit_writing(self, "INSERT")?;
        let schema = numbered(&first.schema());
        let rows = values.into_iter().map({
            let schema = Arc::clone(&schema);
            move |batch: RecordBatch| Ok(RecordBatch::try_new(Arc::clone(&schema), batch.columns().to_vec())?)
        });
        let rows = RecordBatchStreamAdapter::new(schema, futures::stream::iter(rows).boxed());
        let relation = sql::text(&kept_name("sent"));
        let kept = KeptRows::keep(self, Box::pin(rows), BTreeMap::new(), "a client", &mut 0).await?;
        let count = kept.count();
        let kept = HashMap::from([(relation.clone(), Arc::new(kept) as Arc<dyn TableProvider>)]);
        let session = self.within(Arc::new(Step::of_kept(kept)));
        let Some(insert) = from_relation(&session, insert, &relation)? else { return Ok(None) };
        match session.execute(insert).await? {
            Answer::Done { .. } => Ok(Some(count)),
            Answer::Rows(_) => plan_err!("an INSERT gave rows back").map_err(Into::into),
        }
    }
}

/// An INSERT of one row of VALUES, and nothing beside.
fn of_one_row(statement: Statement) -> Option<Insert> {
    let Statement::Statement(sql) = statement else { return None };
    let SqlStatement::Insert(insert) = *sql else { return None };
    let source = insert.source.as_ref()?;
    let one = matches!(&*source.body, SetExpr::Values(values) if values.rows.len() == 1);
    let plain = source.with.is_none() && source.order_by.is_none() && source.limit_clause.is_none();
    (one && plain).then_some(insert)
}

/// The same INSERT from a relation whose columns are the parameters, by their numbers.
fn from_relation(session: &Session, mut insert: Insert, relation: &str) -> Result<Option<Statement>, SessionError> {
    let Some(source) = &insert.source else { return Ok(None) };
    let SetExpr::Values(values) = &*source.body else { return Ok(None) };
    let Some(row) = values.rows.first() else { return Ok(None) };
    let columns: Vec<String> = row.iter().map(|e| statement::with_columns_for_parameters(e).to_string()).collect();
    match session.one(&format!("SELECT {} FROM {relation}", columns.join(", ")))? {
        Statement::Statement(sql) => match *sql {
            SqlStatement::Query(query) => insert.source = Some(query),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }
    Ok(Some(Statement::Statement(Box::new(SqlStatement::Insert(insert)))))
}

/// Columns by their numbers, from 1.
fn numbered(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().zip(1..).map(|(f, n)| Field::new(format!("{n}"), f.data_type().clone(), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
