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

use outcrop_types::{LengthUnit, Unit};

/// What a metre is in the project's unit: the most that two sources may differ by.
pub(crate) fn metre(project: LengthUnit) -> f64 {
    Unit::parse("m").and_then(|m| m.convert(1.0, project.unit()).ok()).unwrap_or(1.0)
}
