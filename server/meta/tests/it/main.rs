//! Every function of the crate, on SQLite and on a Postgres server that the tests start themselves.

#![allow(clippy::unwrap_used, clippy::panic)]

mod audit;
mod claim;
mod commit;
mod grants;
mod killed;
mod lease;
mod login;
mod open;
mod postgres_server;
mod queue;
mod site;
mod tokens;
mod users;
mod watch;
