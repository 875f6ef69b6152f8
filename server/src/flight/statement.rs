//! Statements: queries, updates.

use arrow_flight::sql::{Any, Command, TicketStatementQuery};
use arrow_flight::{FlightDescriptor, FlightInfo};
use bytes::Bytes;
use datafusion::common::ParamValues;
use outcrop_session::{Prepared, Session};
use prost::Message;
use tonic::{Request, Response, Status};

use super::asking::{Asking, Flight};
use super::binding;
use super::edge::{self, FlightStream};
use super::ticket::{Handle, ipc};
use crate::compute;
use crate::error::Refusal;
use crate::queries::{Asked, Reply};

impl Flight {
    /// Plans a query. What is no query is run at once and whole: a client may never fetch its answer, which is the number of rows.
    pub(super) async fn query(
        &self,
        asking: Asking,
        sql: &str,
        descriptor: FlightDescriptor,
    ) -> Result<FlightInfo, Status> {
        let (asking, session) = self.session_of(asking, sql).await?;
        let prepared = planned(session, sql.to_owned()).await?;
        if !prepared.parameters.is_empty() {
            return Err(Refusal::Invalid(format!(
                "the statement has parameters ({}); prepare it and bind values to them",
                prepared.parameters.len()
            ))
            .into());
        }
        let mut handle = Handle::new(asking.project.as_deref(), sql);
        match &prepared.columns {
            Some(columns) => handle.columns = ipc(&edge::outgoing(columns))?,
            None => {
                handle.done = Some(self.update(&asking, sql, None).await?);
                handle.columns = ipc(&edge::done_columns())?;
            }
        }
        Ok(handle.info(descriptor))
    }

    /// The rows of a ticket.
    pub(super) async fn redeem(
        &self,
        asking: Asking,
        ticket: &TicketStatementQuery,
    ) -> Result<Response<FlightStream>, Status> {
        let handle = Handle::of(ticket)?;
        if let Some(rows) = handle.done {
            return Ok(edge::done(rows)?);
        }
        let asking = asking.of(Some(&handle.project));
        let promised = handle.promised()?;
        let values = binding::values_of(&handle.values)?;
        let run = |id: Option<String>| {
            let asked = Asked { id, project: asking.project.clone(), values: values.clone() };
            self.app.run(&asking.caller, &handle.sql, asked)
        };
        let reply = match run(Some(handle.id.clone())).await {
            // A client that redeems a ticket a second time while the first is on its way.
            Err(Refusal::Conflict(_)) => run(None).await?,
            reply => reply?,
        };
        match reply {
            Reply::Rows(rows) => Ok(edge::rows(rows, promised)),
            Reply::Done { rows, .. } => Ok(edge::done(count(rows))?),
        }
    }

    /// The columns of the answer to a statement that changes something; none for another question.
    pub(super) async fn columns_of_change(&self, request: &Request<FlightDescriptor>) -> Result<Option<Bytes>, Status> {
        let Ok(any) = Any::decode(request.get_ref().cmd.clone()) else { return Ok(None) };
        let asking = self.asking(request)?;
        let changes = match Command::try_from(any) {
            Ok(Command::CommandStatementQuery(query)) => {
                self.session(&asking).await?.writes(&query.query).map_err(Refusal::from)?
            }
            Ok(Command::CommandPreparedStatementQuery(query)) => {
                self.statements.changes(&asking.caller.user, &query.prepared_statement_handle)?
            }
            _ => false,
        };
        Ok(if changes { Some(ipc(&edge::done_columns())?) } else { None })
    }

    /// Runs a statement that changes something; gives the number of rows it is about.
    pub(super) async fn update(&self, asking: &Asking, sql: &str, values: Option<ParamValues>) -> Result<i64, Refusal> {
        let asked = Asked { id: None, project: asking.project.clone(), values };
        match self.app.run(&asking.caller, sql, asked).await? {
            Reply::Done { rows, .. } => Ok(count(rows)),
            Reply::Rows(_) => {
                Err(Refusal::Invalid("the statement gives rows and was run as an update; run it as a query".to_owned()))
            }
        }
    }
}

/// What is known of a statement before it runs.
pub(super) async fn planned(session: Session, sql: String) -> Result<Prepared, Refusal> {
    compute::run(async move { Ok(session.prepare(&sql).await?) }).await
}

/// A number of rows as the protocol has it.
pub(super) fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
