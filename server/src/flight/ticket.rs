//! Tickets: all that a query needs to run, so that the server keeps nothing between a question and its answer.

use arrow::datatypes::{Schema, SchemaRef};
use arrow::ipc::writer::IpcWriteOptions;
use arrow_flight::sql::{Any, ProstMessageExt, TicketStatementQuery};
use arrow_flight::{FlightDescriptor, FlightEndpoint, FlightInfo, IpcMessage, SchemaAsIpc, Ticket};
use bytes::Bytes;
use prost::Message;
use tonic::Status;

use crate::error::Refusal;

/// What the ticket of a statement holds.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Handle {
    /// The id by which the query can be cancelled.
    #[prost(string, tag = "1")]
    pub(super) id: String,
    /// The project; empty for the first.
    #[prost(string, tag = "2")]
    pub(super) project: String,
    /// The statement.
    #[prost(string, tag = "3")]
    pub(super) sql: String,
    /// The columns that were promised, as IPC; empty where none were.
    #[prost(bytes = "bytes", tag = "4")]
    pub(super) columns: Bytes,
    /// Values of parameters: a row, as an IPC stream; empty where there are none.
    #[prost(bytes = "bytes", tag = "5")]
    pub(super) values: Bytes,
    /// The rows that a statement was about which has been run already.
    #[prost(int64, optional, tag = "6")]
    pub(super) done: Option<i64>,
}

impl Handle {
    /// A new one.
    pub(super) fn new(project: Option<&str>, sql: &str) -> Self {
        let id = uuid::Uuid::new_v4().to_string();
        Handle { id, project: project.unwrap_or_default().to_owned(), sql: sql.to_owned(), ..Handle::default() }
    }

    /// That of a ticket's statement.
    pub(super) fn of(ticket: &TicketStatementQuery) -> Result<Self, Refusal> {
        Handle::decode(ticket.statement_handle.clone())
            .map_err(|_| Refusal::Invalid("the ticket is not one of this server's".to_owned()))
    }

    /// That of an endpoint, where it is of a statement.
    pub(super) fn of_endpoint(endpoint: &FlightEndpoint) -> Option<Self> {
        let any = Any::decode(endpoint.ticket.as_ref()?.ticket.clone()).ok()?;
        Handle::of(&any.unpack::<TicketStatementQuery>().ok()??).ok()
    }

    /// The columns that were promised.
    pub(super) fn promised(&self) -> Result<Option<SchemaRef>, Refusal> {
        if self.columns.is_empty() {
            return Ok(None);
        }
        let schema = Schema::try_from(IpcMessage(self.columns.clone()));
        let wrong = |e| Refusal::Invalid(format!("the ticket is not one of this server's: {e}"));
        schema.map(|s| Some(SchemaRef::new(s))).map_err(wrong)
    }

    /// The ticket.
    pub(super) fn ticket(&self) -> TicketStatementQuery {
        TicketStatementQuery { statement_handle: self.encode_to_vec().into() }
    }

    /// What a client is told of the statement.
    pub(super) fn info(self, descriptor: FlightDescriptor) -> FlightInfo {
        let (columns, id) = (self.columns.clone(), Bytes::from(self.id.clone().into_bytes()));
        let records = if self.done.is_some() { 1 } else { -1 };
        let ticket = self.ticket();
        FlightInfo {
            schema: columns,
            total_records: records,
            app_metadata: id,
            ..answer(ticket.as_any().encode_to_vec(), descriptor)
        }
    }
}

/// What a client is told of a list: its columns, and the question again as the ticket.
pub(super) fn list<M: ProstMessageExt>(
    question: &M,
    columns: &Schema,
    descriptor: FlightDescriptor,
) -> Result<FlightInfo, Status> {
    let schema = ipc(columns)?;
    Ok(FlightInfo { schema, ..answer(question.as_any().encode_to_vec(), descriptor) })
}

/// One endpoint, without a place: it is asked where the question was.
fn answer(ticket: Vec<u8>, descriptor: FlightDescriptor) -> FlightInfo {
    FlightInfo {
        endpoint: vec![FlightEndpoint { ticket: Some(Ticket::new(ticket)), ..FlightEndpoint::default() }],
        flight_descriptor: Some(descriptor),
        total_records: -1,
        total_bytes: -1,
        ordered: true,
        ..FlightInfo::default()
    }
}

/// Columns as an IPC message.
pub(super) fn ipc(columns: &Schema) -> Result<Bytes, Refusal> {
    let options = IpcWriteOptions::default();
    let message: Result<IpcMessage, _> = SchemaAsIpc::new(columns, &options).try_into();
    message.map(|IpcMessage(bytes)| bytes).map_err(|e| Refusal::Fault(format!("the columns could not be told: {e}")))
}
