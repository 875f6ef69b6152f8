//! Flight SQL.
//!
//! | file | what |
//! |---|---|
//! | `service` | which call goes where; the parts of Flight that the library's trait leaves out |
//! | `asking` | who asks, for which project |
//! | `login` | the handshake: a name and a password for a token |
//! | `ticket` | what a ticket holds |
//! | `edge` | rows as they leave: types that every client reads, messages of bounded size |
//! | `statement` | queries and updates |
//! | `prepared`, `binding` | prepared statements, values of their parameters |
//! | `ingest` | rows that a client sends |
//! | `cancel` | cancelling, in both forms |
//! | `options`, `options_wire` | options of a client's session |
//! | `catalog`, `column`, `keys` | projects, schemas, tables, their columns |
//! | `sql_info`, `types` | what the server's SQL can do |
//!
//! There are no transactions: every statement that changes something is a commit of its own, and whatever asks for one is
//! refused. A client's ticket is run with the rights of whoever redeems it, so a ticket in the wrong hands gives nothing away.

mod asking;
mod binding;
mod cancel;
mod catalog;
mod column;
mod edge;
mod ingest;
mod keys;
mod login;
mod options;
mod options_wire;
mod prepared;
mod service;
mod sql_info;
mod statement;
mod ticket;
mod types;

use std::sync::Arc;

use arrow_flight::flight_service_server::FlightServiceServer;

use crate::app::App;

pub(crate) use service::Door;

/// The service.
pub(crate) fn service(app: &Arc<App>) -> FlightServiceServer<Door> {
    FlightServiceServer::new(Door::new(app)).max_decoding_message_size(app.limits.message)
}
