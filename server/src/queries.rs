//! Queries that run just now: how many a user has, how they are cancelled, when they have run too long.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::common::ParamValues;
use futures::{FutureExt, Stream};
use outcrop_session::{Answer, Rows, Session};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::app::{App, Limits};
use crate::caller::Caller;
use crate::compute;
use crate::error::Refusal;

/// The queries that run, by their ids.
#[derive(Debug)]
pub struct Queries {
    most: usize,
    running: Arc<Mutex<HashMap<String, Running>>>,
}

/// One that runs.
#[derive(Debug, Clone)]
pub struct Running {
    /// Whose it is.
    pub user: String,
    token: CancellationToken,
}

/// A place among the queries that run; given back when it is dropped.
#[derive(Debug)]
pub struct Place {
    id: String,
    running: Arc<Mutex<HashMap<String, Running>>>,
    token: CancellationToken,
    begun: Instant,
    app: Arc<App>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
        self.app.metrics.query_ended(self.begun.elapsed());
    }
}

impl Queries {
    pub(crate) fn new(most: usize) -> Self {
        Queries { most, running: Arc::default() }
    }

    /// Takes a place for a query.
    ///
    /// # Errors
    /// When the user has as many as they may, or a query of this id runs.
    pub fn enter(&self, app: &Arc<App>, caller: &Caller, id: Option<String>) -> Result<Place, Refusal> {
        if app.ending.is_cancelled() {
            return Err(Refusal::Ending);
        }
        let id = id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        let token = CancellationToken::new();
        let begun = Instant::now();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = running.values().filter(|r| r.user == caller.user).count();
        if of_user >= self.most {
            return Err(Refusal::Limit(format!(
                "{} has {of_user} queries running, as many as this server allows one user; wait for one or cancel it",
                caller.user
            )));
        }
        if running.contains_key(&id) {
            return Err(Refusal::Conflict(format!("a query with the id {id} is running")));
        }
        running.insert(id.clone(), Running { user: caller.user.clone(), token: token.clone() });
        app.metrics.query_began();
        Ok(Place { id, running: Arc::clone(&self.running), token, begun, app: Arc::clone(app) })
    }

    /// Cancels a query; false where none of that id runs for this user (an owner of all may cancel anybody's).
    pub fn cancel(&self, user: Option<&str>, id: &str) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.get(id) {
            Some(query) if user.is_none_or(|user| user == query.user) => {
                query.token.cancel();
                true
            }
            _ => false,
        }
    }
}

/// What a statement gave.
#[allow(clippy::large_enum_variant)]
pub enum Reply {
    /// Rows, streamed; dropping them ends the query.
    Rows(Guarded),
    /// Something was done.
    Done {
        /// In a line.
        message: String,
        /// Rows it was about.
        rows: u64,
        /// The project commit that holds it.
        commit: Option<u64>,
    },
}

/// How a statement is run.
#[derive(Debug, Default, Clone)]
pub struct Asked {
    /// The id by which it can be cancelled.
    pub id: Option<String>,
    /// The project; the first where none is named.
    pub project: Option<String>,
    /// Values of its parameters.
    pub values: Option<ParamValues>,
}

impl App {
    /// Runs a statement for a caller, within their limits; what changes something is written into the audit log.
    ///
    /// # Errors
    /// Refusals, and what is wrong with the statement.
    pub async fn run(self: &Arc<Self>, caller: &Caller, sql: &str, asked: Asked) -> Result<Reply, Refusal> {
        let session = self.session(caller, asked.project.as_deref()).await?;
        let place = self.queries.enter(self, caller, asked.id)?;
        let writes = session.writes(sql)?;
        let answer = within(&place, &self.limits, answer(&session, sql, asked.values)).await;
        if writes {
            let outcome = answer.as_ref().err().map_or_else(|| "ok".to_owned(), ToString::to_string);
            self.audit(caller, asked.project.as_deref().or(Some(&self.first)), "statement", sql, &outcome).await;
        }
        Ok(match answer? {
            Answer::Rows(rows) => Reply::Rows(Guarded::new(rows, place, &self.limits)),
            Answer::Done { message, rows, commit } => Reply::Done { message, rows, commit },
        })
    }
}

async fn answer(session: &Session, sql: &str, values: Option<ParamValues>) -> Result<Answer, Refusal> {
    let (session, sql) = (session.clone(), sql.to_owned());
    let run = async move {
        Ok(match values {
            Some(values) => session.sql_with_parameters(&sql, values).await?,
            None => session.sql(&sql).await?,
        })
    };
    compute::run(run).await
}

/// Waits for some work as long as its query may run.
///
/// # Errors
/// The work's, or that it was cancelled or took too long.
pub async fn within<T>(
    place: &Place,
    limits: &Limits,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    let late = limits.time.map(|time| time.saturating_sub(place.begun.elapsed()));
    tokio::select! {
        done = work => done,
        () = place.token.cancelled() => Err(cancelled()),
        () = place.app.ending.cancelled() => Err(Refusal::Ending),
        () = sleep(late) => Err(too_late(limits)),
    }
}

async fn sleep(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

fn cancelled() -> Refusal {
    Refusal::Cancelled("the query was cancelled".to_owned())
}

fn too_late(limits: &Limits) -> Refusal {
    let seconds = limits.time.unwrap_or_default().as_secs_f64();
    Refusal::Late(format!(
        "the query ran longer than the {seconds} s that this server allows; ask for less, or run it as a job"
    ))
}

/// Rows within the limits of their query.
pub struct Guarded {
    rows: Rows,
    place: Place,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
    ending: Pin<Box<WaitForCancellationFutureOwned>>,
    late: Option<Pin<Box<tokio::time::Sleep>>>,
    limits: Limits,
    bytes: u64,
    over: bool,
}

impl Guarded {
    fn new(rows: Rows, place: Place, limits: &Limits) -> Self {
        let late = limits.time.map(|time| Box::pin(tokio::time::sleep(time.saturating_sub(place.begun.elapsed()))));
        let cancelled = Box::pin(place.token.clone().cancelled_owned());
        let ending = Box::pin(place.app.ending.clone().cancelled_owned());
        Guarded { rows, place, cancelled, ending, late, limits: limits.clone(), bytes: 0, over: false }
    }

    /// The columns, with units in the fields' metadata.
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(self.rows.schema())
    }

    /// The id by which it can be cancelled.
    pub fn id(&self) -> &str {
        &self.place.id
    }

    /// How far it is, and what operators decided.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }
}

impl Stream for Guarded {
    type Item = Result<RecordBatch, Refusal>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let refused = if self.cancelled.poll_unpin(context).is_ready() {
            Some(cancelled())
        } else if self.ending.poll_unpin(context).is_ready() {
            Some(Refusal::Ending)
        } else if self.late.as_mut().is_some_and(|late| late.poll_unpin(context).is_ready()) {
            Some(too_late(&self.limits))
        } else {
            None
        };
        if let Some(refused) = refused {
            self.over = true;
            return Poll::Ready(Some(Err(refused)));
        }
        match self.rows.poll_batch(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => {
                self.over = true;
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => {
                self.over = true;
                Poll::Ready(Some(Err(error.into())))
            }
            Poll::Ready(Some(Ok(batch))) => {
                let size = batch.get_array_memory_size() as u64;
                self.bytes += size;
                self.place.app.metrics.batch(batch.num_rows() as u64, size);
                if let Some(most) = self.limits.result.filter(|most| self.bytes > *most) {
                    self.over = true;
                    return Poll::Ready(Some(Err(Refusal::Limit(format!(
                        "the result is larger than the {most} bytes that this server allows; ask for fewer rows or columns, or write it into a table"
                    )))));
                }
                Poll::Ready(Some(Ok(batch)))
            }
        }
    }
}
