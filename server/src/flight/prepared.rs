//! Prepared statements: kept by a handle for the user who made them, until they are closed, long unused, or too many.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow_flight::sql::ActionCreatePreparedStatementResult;
use arrow_flight::sql::server::PeekableFlightDataStream;
use arrow_flight::{FlightDescriptor, FlightInfo};
use bytes::Bytes;
use tonic::{Response, Status};

use super::asking::{Asking, Flight};
use super::edge::{self, FlightStream};
use super::statement::{count, planned};
use super::ticket::{Handle, ipc};
use super::{binding, ingest};
use crate::compute;
use crate::error::Refusal;

/// Statements that one user may have.
const MOST: usize = 1000;
/// How long one is kept that is not used.
const IDLE: Duration = Duration::from_secs(3600);

/// The prepared statements of all users.
#[derive(Debug, Default)]
pub(super) struct Statements {
    kept: Mutex<HashMap<Bytes, Kept>>,
}

/// A prepared statement.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    user: String,
    project: Option<String>,
    sql: String,
    /// The columns of a query's rows.
    columns: Option<SchemaRef>,
    /// How many parameters it has.
    parameters: usize,
    /// Rows of values.
    bound: Vec<RecordBatch>,
    used: Instant,
}

impl Statements {
    fn lock(&self) -> MutexGuard<'_, HashMap<Bytes, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps one; the user's one that was used longest ago goes if there are too many.
    fn keep(&self, statement: Kept) -> Bytes {
        let handle = Bytes::from(uuid::Uuid::new_v4().into_bytes().to_vec());
        let mut kept = self.lock();
        let now = Instant::now();
        kept.retain(|_, s| now.duration_since(s.used) < IDLE);
        let of_user = || kept.iter().filter(|(_, s)| s.user == statement.user);
        if of_user().count() >= MOST
            && let Some(oldest) = of_user().min_by_key(|(_, s)| s.used).map(|(handle, _)| handle.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(handle.clone(), statement);
        handle
    }

    /// One of a user's.
    fn with<T>(&self, user: &str, handle: &Bytes, take: impl FnOnce(&mut Kept) -> T) -> Result<T, Refusal> {
        let mut kept = self.lock();
        match kept.get_mut(handle).filter(|s| s.user == user && s.used.elapsed() < IDLE) {
            Some(statement) => {
                statement.used = Instant::now();
                Ok(take(statement))
            }
            None => Err(Refusal::Missing(format!(
                "this prepared statement is not there: it was closed, or not used for {} minutes, or {MOST} others were prepared since; \
                 prepare it again",
                IDLE.as_secs() / 60
            ))),
        }
    }

    /// Whether one of a user's changes something.
    pub(super) fn changes(&self, user: &str, handle: &Bytes) -> Result<bool, Refusal> {
        self.with(user, handle, |s| s.columns.is_none())
    }

    /// Forgets one of a user's.
    pub(super) fn close(&self, user: &str, handle: &Bytes) {
        let mut kept = self.lock();
        if kept.get(handle).is_some_and(|s| s.user == user) {
            kept.remove(handle);
        }
    }
}

impl Flight {
    /// Prepares a statement: its columns (none for what is no query) and the types of its parameters.
    pub(super) async fn prepare(
        &self,
        asking: Asking,
        sql: String,
    ) -> Result<ActionCreatePreparedStatementResult, Status> {
        let (asking, session) = self.session_of(asking, &sql).await?;
        let prepared = planned(session, sql.clone()).await?;
        let columns = prepared.columns.as_ref().map(|c| edge::outgoing(c));
        let dataset = columns.clone().unwrap_or_else(|| SchemaRef::new(Schema::empty()));
        let parameters = prepared
            .parameters
            .iter()
            .zip(1..)
            .map(|(data_type, n): (_, usize)| Field::new(format!("${n}"), binding::told(data_type), true));
        let parameters = Schema::new(parameters.collect::<Vec<_>>());
        let handle = self.statements.keep(Kept {
            user: asking.caller.user,
            project: asking.project,
            sql,
            columns,
            parameters: parameters.fields().len(),
            bound: Vec::new(),
            used: Instant::now(),
        });
        Ok(ActionCreatePreparedStatementResult {
            prepared_statement_handle: handle,
            dataset_schema: ipc(&dataset)?,
            parameter_schema: ipc(&parameters)?,
        })
    }

    /// Takes values of parameters for the next run.
    pub(super) async fn bind(
        &self,
        asking: &Asking,
        handle: &Bytes,
        messages: PeekableFlightDataStream,
    ) -> Result<(), Status> {
        let rows = binding::received(messages).await?;
        let user = &asking.caller.user;
        let wanted = self.statements.with(user, handle, |s| s.parameters)?;
        fits(&rows, wanted)?;
        self.statements.with(user, handle, |s| s.bound = rows)?;
        Ok(())
    }

    /// What a client is told before it fetches a prepared query. What is no query is run here, once for each row of values.
    pub(super) async fn prepared_query(
        &self,
        asking: Asking,
        handle: &Bytes,
        descriptor: FlightDescriptor,
    ) -> Result<FlightInfo, Status> {
        let statement = self.statements.with(&asking.caller.user, handle, |s| s.clone())?;
        Ok(self.ticket_of(asking, statement).await?.info(descriptor))
    }

    /// The rows of a prepared query, for clients that ask by its handle.
    pub(super) async fn prepared_rows(&self, asking: Asking, handle: &Bytes) -> Result<Response<FlightStream>, Status> {
        let statement = self.statements.with(&asking.caller.user, handle, |s| s.clone())?;
        let ticket = self.ticket_of(asking.clone(), statement).await?;
        self.redeem(asking, &ticket.ticket()).await
    }

    async fn ticket_of(&self, asking: Asking, statement: Kept) -> Result<Handle, Refusal> {
        let asking = asking.of(statement.project.as_deref());
        let mut ticket = Handle::new(asking.project.as_deref(), &statement.sql);
        let Some(columns) = &statement.columns else {
            ticket.done = Some(self.each_row(&asking, &statement, &statement.bound).await?);
            ticket.columns = ipc(&edge::done_columns())?;
            return Ok(ticket);
        };
        bound(&statement.bound, statement.parameters)?;
        match binding::rows(&statement.bound) {
            0 | 1 => {}
            several => {
                return Err(Refusal::Unsupported(format!(
                    "{several} rows of values are bound to a query, which takes one; run it once for each"
                )));
            }
        }
        ticket.values = binding::to_ticket(&statement.bound)?;
        // The type of a column such as `SELECT $1` is the value's.
        if columns.fields().iter().all(|f| f.data_type() != &DataType::Null) {
            ticket.columns = ipc(columns)?;
        }
        Ok(ticket)
    }

    /// Runs a prepared statement that changes something. Values may come along; else those of an earlier call are taken.
    pub(super) async fn prepared_update(
        &self,
        asking: Asking,
        handle: &Bytes,
        messages: PeekableFlightDataStream,
    ) -> Result<i64, Status> {
        let sent = binding::received(messages).await?;
        let mut statement = self.statements.with(&asking.caller.user, handle, |s| s.clone())?;
        if !sent.is_empty() {
            fits(&sent, statement.parameters)?;
            statement.bound = sent;
        }
        let asking = asking.of(statement.project.as_deref());
        Ok(self.each_row(&asking, &statement, &statement.bound).await?)
    }

    /// Runs a statement for every row of values: an INSERT of VALUES in one commit, others each in one of their own.
    async fn each_row(&self, asking: &Asking, statement: &Kept, rows: &[RecordBatch]) -> Result<i64, Refusal> {
        bound(rows, statement.parameters)?;
        let several = binding::rows(rows);
        if several > 1 {
            let session = self.session(asking).await?;
            let (sql, rows) = (statement.sql.clone(), rows.to_vec());
            let work = compute::run(async move { Ok(session.insert_each(&sql, rows).await?) });
            let inserted = ingest::worked(&self.app, asking, work).await;
            if !matches!(inserted, Ok(None)) {
                ingest::written_down(&self.app, asking, &statement.sql, &inserted).await;
            }
            if let Some(inserted) = inserted? {
                return Ok(count(inserted));
            }
        }
        let mut total = 0;
        for (done, values) in binding::each(rows).enumerate() {
            let run = self.update(asking, &statement.sql, Some(values?)).await;
            total += run.map_err(|error| if done == 0 { error } else { after(done, several, error) })?;
        }
        if several == 0 {
            total = self.update(asking, &statement.sql, None).await?;
        }
        Ok(total)
    }
}

/// Refuses rows of values that have another number than the statement has parameters.
fn fits(rows: &[RecordBatch], parameters: usize) -> Result<(), Refusal> {
    match rows.iter().find(|b| b.num_columns() != parameters) {
        None => Ok(()),
        Some(batch) => Err(Refusal::Invalid(format!(
            "the statement has {parameters} parameters and {} values were given",
            batch.num_columns()
        ))),
    }
}

/// What went wrong with a row, when those before it are committed.
fn after(done: usize, several: usize, error: Refusal) -> Refusal {
    let text = format!("row {} of {several}: {error} (the {done} before it are committed)", done + 1);
    match error {
        Refusal::Cancelled(_) => Refusal::Cancelled(text),
        Refusal::Late(_) => Refusal::Late(text),
        Refusal::Limit(_) => Refusal::Limit(text),
        _ => Refusal::Invalid(text),
    }
}

/// Refuses to run what lacks its values.
fn bound(rows: &[RecordBatch], parameters: usize) -> Result<(), Refusal> {
    if parameters > 0 && rows.is_empty() {
        return Err(Refusal::Invalid(format!(
            "the statement has {parameters} parameters and no values were bound to them"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn statement(user: &str) -> Kept {
        Kept {
            user: user.to_owned(),
            project: None,
            sql: "SELECT 1".to_owned(),
            columns: None,
            parameters: 0,
            bound: Vec::new(),
            used: Instant::now(),
        }
    }

    #[test]
    fn each_user_has_their_own() {
        let statements = Statements::default();
        let handle = statements.keep(statement("ann"));
        assert!(statements.with("ann", &handle, |_| ()).is_ok());
        assert!(statements.with("bob", &handle, |_| ()).is_err());
        statements.close("bob", &handle);
        assert!(statements.with("ann", &handle, |_| ()).is_ok());
        statements.close("ann", &handle);
        assert!(statements.with("ann", &handle, |_| ()).is_err());
    }

    #[test]
    fn the_one_not_used_longest_goes() {
        let statements = Statements::default();
        let handles: Vec<Bytes> = (0..MOST).map(|_| statements.keep(statement("ann"))).collect();
        statements.with("ann", &handles[0], |_| ()).unwrap();
        statements.keep(statement("bob"));
        statements.keep(statement("ann"));
        assert!(statements.with("ann", &handles[0], |_| ()).is_ok());
        assert!(statements.with("ann", &handles[1], |_| ()).is_err());
        assert_eq!(statements.lock().len(), MOST + 1);
    }
}
