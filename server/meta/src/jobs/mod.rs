//! Jobs: a queue with leases, whose every change has a number.

mod changes;
mod claim;
mod job;
mod lease;
mod list;
mod log;
mod queue;
mod save;

pub use changes::Change;
pub use job::{Job, JobState, Lease, NewJob, Progress};
pub use lease::{HeartbeatAnswer, Outcome, backoff};
pub use list::JobFilter;
pub use log::{LogLine, LogRecord};
