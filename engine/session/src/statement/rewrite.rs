//! Rewrites the files of a table in which a statement changes rows, and no others.
//!
//! A statement that changes rows is turned into a query that gives, for every row it changes, where the row is (file and
//! place in it) and its new values. So which rows are meant is what a SELECT with the same predicate would give, NULLs
//! included. The rows that the query does not name are copied as they are.

use std::sync::Arc;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, interleave_record_batch, take};
use arrow::datatypes::{Field, Int64Type, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result as EngineResult, exec_err};
use datafusion::datasource::provider_as_source;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::LogicalPlanBuilder;
use outcrop_operators::Notices;
use outcrop_store::{NewFiles, TableSnapshot, TableWriter, Transaction};

use crate::answer::Rows;
use crate::catalog::{FILE, ParquetFiles, ROW};
use crate::error::SessionError;
use crate::session::Session;

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It goes.
    Delete,
    /// It has new values.
    Update,
    /// It is a new row.
    Insert,
}

/// A value that a row gets.
#[derive(Debug, Clone)]
pub(super) struct Value {
    /// Place of the column in the table.
    pub(super) column: usize,
    /// Place of the value in the query.
    pub(super) from: usize,
    /// Type and unit of the value.
    pub(super) field: Field,
}

/// An action with the values it sets. Column [`CLAUSE`] of the query says which one a row is for; NULL is none.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    pub(super) action: Action,
    pub(super) values: Vec<Value>,
}

/// Places of the columns that every query begins with: file, row in it, clause. Values follow.
const AT_FILE: usize = 0;
const AT_ROW: usize = 1;
/// Place of the clause.
pub(super) const CLAUSE: usize = 2;

/// What was done.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
}

/// Reads what a query changes and writes the files anew.
pub(super) struct Rewrite<'a> {
    pub(super) session: &'a Session,
    pub(super) state: &'a SessionState,
    pub(super) transaction: &'a Transaction,
    pub(super) table: &'a TableSnapshot,
    pub(super) clauses: Vec<Clause>,
    /// Whether a row may be named twice, as in DELETE … USING, where it goes once.
    pub(super) repeats: bool,
}

/// Files that go and files that come.
#[derive(Default)]
struct Outcome {
    counts: Counts,
    removed: Vec<String>,
    added: Option<NewFiles>,
}

impl Outcome {
    fn add(&mut self, files: NewFiles) -> Result<(), SessionError> {
        match &mut self.added {
            Some(added) => added.merge(files)?,
            None => self.added = Some(files),
        }
        Ok(())
    }
}

impl Rewrite<'_> {
    /// Takes the rows of the query, which come in the order of files and places, new rows last, and plans the change of
    /// the table in the transaction. Where nothing changes, nothing is planned.
    pub(super) async fn run(self, mut rows: Rows) -> Result<Counts, SessionError> {
        let schema = Arc::clone(rows.schema());
        let mut outcome = Outcome::default();
        let mut inserts: Option<TableWriter> = None;
        let (mut file, mut changes): (Option<i64>, Vec<RecordBatch>) = (None, Vec::new());
        while let Some(batch) = rows.next().await? {
            let batch = of_some_clause(&batch)?;
            for (number, part) in by_file(&batch)? {
                if number != file
                    && let Some(done) = file
                {
                    let changed = concat_batches(&schema, &std::mem::take(&mut changes));
                    self.file(done, changed.map_err(DataFusionError::from)?, &mut outcome).await?;
                }
                file = number;
                match number {
                    Some(_) => changes.push(part),
                    None => {
                        let writer = match inserts.take() {
                            Some(writer) => writer,
                            None => self.writer().await?,
                        };
                        inserts = Some(self.insert(writer, &part, &mut outcome).await?);
                    }
                }
            }
        }
        if let Some(done) = file {
            let changed = concat_batches(&schema, &changes).map_err(DataFusionError::from)?;
            self.file(done, changed, &mut outcome).await?;
        }
        if let Some(writer) = inserts {
            outcome.add(finish(writer).await?)?;
        }
        if !outcome.removed.is_empty() || outcome.counts.inserted > 0 {
            let added = match outcome.added {
                Some(added) => added,
                None => finish(self.writer().await?).await?,
            };
            self.transaction.rewrite(outcome.removed, added);
        }
        Ok(outcome.counts)
    }

    async fn writer(&self) -> Result<TableWriter, SessionError> {
        Ok(self.transaction.write(&self.table.name, Arc::clone(&self.table.schema)).await?)
    }

    fn clause(&self, number: i64) -> EngineResult<&Clause> {
        match usize::try_from(number).ok().and_then(|n| self.clauses.get(n)) {
            Some(clause) => Ok(clause),
            None => exec_err!("there is no clause {number}"),
        }
    }

    /// A file, without the rows that go and with the new values of those that change.
    async fn file(&self, number: i64, changes: RecordBatch, outcome: &mut Outcome) -> Result<(), SessionError> {
        let Some(file) = usize::try_from(number).ok().and_then(|n| self.table.files.get(n)) else {
            return Err(
                DataFusionError::Execution(format!("there is no file {number} of `{}`", self.table.name)).into()
            );
        };
        let changes = self.once(changes)?;
        let clauses = integers(&changes, CLAUSE)?;
        let mut deleted = 0u64;
        for i in 0..clauses.len() {
            deleted += u64::from(self.clause(clauses.value(i))?.action == Action::Delete);
        }
        outcome.removed.push(file.name.clone());
        outcome.counts.deleted += deleted;
        outcome.counts.updated += clauses.len() as u64 - deleted;
        if deleted == file.rows {
            return Ok(());
        }
        let mut only = self.table.clone();
        (only.files, only.rows) = (vec![file.clone()], file.rows);
        let provider = Arc::new(ParquetFiles::target(self.session, &only)?);
        let plan = LogicalPlanBuilder::scan("changed", provider_as_source(provider), None)?.build()?;
        // One partition reads the file from its beginning to its end.
        let config = self.state.config().clone().with_target_partitions(1);
        let state = SessionStateBuilder::new_from_existing(self.state.clone()).with_config(config).build();
        let mut rows = self.session.start(&state, &plan, Arc::new(Notices::default())).await?;
        let mut writer = self.writer().await?;
        let (mut next, mut read) = (0usize, 0u64);
        while let Some(batch) = rows.next().await? {
            read += batch.num_rows() as u64;
            let mixed = self.mixed(&batch, &changes, &mut next, &writer)?;
            writer = write(writer, mixed).await?;
        }
        // Whatever happens above, no row may be lost or kept by mistake.
        if next != changes.num_rows() || read != file.rows {
            return Err(DataFusionError::Execution(format!(
                "{}: {read} of {} rows were read and {next} of {} found that change; nothing was written",
                file.location,
                file.rows,
                changes.num_rows()
            ))
            .into());
        }
        outcome.add(finish(writer).await?)
    }

    /// Every row once; a row that two rows of the source change is an error.
    fn once(&self, changes: RecordBatch) -> EngineResult<RecordBatch> {
        let rows = integers(&changes, AT_ROW)?;
        let again = |i: usize| i > 0 && rows.value(i) == rows.value(i - 1);
        if !(0..rows.len()).any(again) {
            return Ok(changes);
        }
        if !self.repeats {
            return exec_err!(
                "a row of `{}` is matched by more than one row of the source, so it is not clear which one counts; \
                 narrow the condition, or make the source unique with SELECT DISTINCT or GROUP BY",
                self.table.name
            );
        }
        let first: UInt64Array = (0..rows.len()).filter(|i| !again(*i)).map(|i| i as u64).collect();
        taken(&changes, &first)
    }

    /// A batch of the file with its changes; `next` is the place of the next change.
    fn mixed(
        &self,
        batch: &RecordBatch,
        changes: &RecordBatch,
        next: &mut usize,
        writer: &TableWriter,
    ) -> Result<RecordBatch, SessionError> {
        let (places, clauses) = (integers(changes, AT_ROW)?, integers(changes, CLAUSE)?);
        let rows = integers(batch, batch.num_columns().saturating_sub(1))?;
        // For every clause the rows of the batch and of the changes it is for.
        let mut updates: Vec<(Vec<u64>, Vec<u64>)> = vec![Default::default(); self.clauses.len()];
        // Of what the result is made: (0, row of the batch) or (1 + clause, row of its updates).
        let mut made_of: Vec<(usize, usize)> = Vec::with_capacity(batch.num_rows());
        for i in 0..rows.len() {
            if *next >= places.len() || places.value(*next) != rows.value(i) {
                made_of.push((0, i));
                continue;
            }
            let number = clauses.value(*next);
            if self.clause(number)?.action == Action::Update
                && let Ok(number) = usize::try_from(number)
                && let Some((old, new)) = updates.get_mut(number)
            {
                made_of.push((1 + number, old.len()));
                old.push(i as u64);
                new.push(*next as u64);
            }
            *next += 1;
        }
        let columns: Vec<usize> = (0..self.table.schema.fields().len()).collect();
        let old = batch.project(&columns).map_err(DataFusionError::from)?;
        let old = writer.conformed(&old)?;
        let mut parts = vec![old.clone()];
        for ((of_batch, of_changes), clause) in updates.into_iter().zip(&self.clauses) {
            if of_batch.is_empty() {
                parts.push(RecordBatch::new_empty(old.schema()));
                continue;
            }
            let before = taken(&old, &UInt64Array::from(of_batch))?;
            let values = taken(changes, &UInt64Array::from(of_changes))?;
            parts.push(writer.conformed(&updated(&before, &values, clause)?)?);
        }
        let parts: Vec<&RecordBatch> = parts.iter().collect();
        Ok(interleave_record_batch(&parts, &made_of).map_err(DataFusionError::from)?)
    }

    /// Writes rows that are new.
    async fn insert(
        &self,
        mut writer: TableWriter,
        batch: &RecordBatch,
        outcome: &mut Outcome,
    ) -> Result<TableWriter, SessionError> {
        let clauses = integers(batch, CLAUSE)?;
        for (number, clause) in (0i64..).zip(&self.clauses) {
            let of_clause = (0..clauses.len()).filter(|&i| clauses.value(i) == number).map(|i| i as u64);
            let chosen: UInt64Array = of_clause.collect();
            if chosen.is_empty() {
                continue;
            }
            if clause.action != Action::Insert {
                return Err(DataFusionError::Execution(format!("clause {number} has no row to change")).into());
            }
            outcome.counts.inserted += chosen.len() as u64;
            let values = taken(batch, &chosen)?;
            let mut fields = Vec::with_capacity(clause.values.len());
            let mut columns = Vec::with_capacity(clause.values.len());
            for value in &clause.values {
                fields.push(named(&self.table.schema, value));
                columns.push(Arc::clone(values.column(value.from)));
            }
            let new = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(DataFusionError::from)?;
            writer = write(writer, new).await?;
        }
        Ok(writer)
    }
}

/// The value's field under the column's name; its unit stays, so that another one than the column's is noticed.
fn named(schema: &SchemaRef, value: &Value) -> Field {
    let field = value.field.clone().with_nullable(true);
    match schema.fields().get(value.column) {
        Some(column) => field.with_name(column.name()),
        None => field,
    }
}

/// Rows with the values that a clause sets.
fn updated(before: &RecordBatch, values: &RecordBatch, clause: &Clause) -> EngineResult<RecordBatch> {
    let schema = before.schema();
    let mut fields: Vec<Field> = schema.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect();
    let mut columns = before.columns().to_vec();
    for value in &clause.values {
        if let (Some(field), Some(column)) = (fields.get_mut(value.column), columns.get_mut(value.column)) {
            *field = named(&schema, value);
            *column = Arc::clone(values.column(value.from));
        }
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

/// The rows that a clause is for.
fn of_some_clause(batch: &RecordBatch) -> EngineResult<RecordBatch> {
    let clauses = integers(batch, CLAUSE)?;
    if clauses.null_count() == 0 {
        return Ok(batch.clone());
    }
    let chosen: UInt64Array = (0..clauses.len()).filter(|&i| clauses.is_valid(i)).map(|i| i as u64).collect();
    taken(batch, &chosen)
}

/// The parts of a batch that are of one file each, in order; no file is a new row.
fn by_file(batch: &RecordBatch) -> EngineResult<Vec<(Option<i64>, RecordBatch)>> {
    let files = integers(batch, AT_FILE)?;
    let file = |i: usize| files.is_valid(i).then(|| files.value(i));
    let mut parts = Vec::new();
    let mut begin = 0;
    for i in 1..=batch.num_rows() {
        if i == batch.num_rows() || file(i) != file(begin) {
            parts.push((file(begin), batch.slice(begin, i - begin)));
            begin = i;
        }
    }
    Ok(parts)
}

fn integers(batch: &RecordBatch, column: usize) -> EngineResult<Int64Array> {
    match batch.columns().get(column).and_then(|c| c.as_primitive_opt::<Int64Type>()) {
        Some(column) => Ok(column.clone()),
        None => exec_err!("column {column} of what a statement changes has no integers"),
    }
}

fn taken(batch: &RecordBatch, rows: &UInt64Array) -> EngineResult<RecordBatch> {
    let columns = batch.columns().iter().map(|c| take(c, rows, None)).collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

/// Writes off the async threads.
async fn write(mut writer: TableWriter, batch: RecordBatch) -> Result<TableWriter, SessionError> {
    let writing = tokio::task::spawn_blocking(move || writer.write(&batch).map(|()| writer)).await;
    Ok(writing.map_err(stopped)??)
}

async fn finish(writer: TableWriter) -> Result<NewFiles, SessionError> {
    Ok(tokio::task::spawn_blocking(move || writer.finish()).await.map_err(stopped)??)
}

fn stopped(error: tokio::task::JoinError) -> DataFusionError {
    DataFusionError::Execution(format!("writing stopped: {error}"))
}

/// The columns that every query begins with, of the target under its name in the query.
pub(super) fn place(target: &str) -> String {
    format!("{target}.\"{FILE}\" AS \"file\", {target}.\"{ROW}\" AS \"row\"")
}
