//! Wells: what sources state about them, which source means which well, and their rows.

mod angle;
mod facts;
mod header;
mod registry;
mod rows;

pub(crate) use facts::Facts;
pub(crate) use header::{Lengths, from_header, identity};
pub(crate) use registry::{Found, Registry};
pub(crate) use rows::{load, upsert_batch};
