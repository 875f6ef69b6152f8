//! Progress and cancellation, seen from inside a kernel.

use crate::{KernelError, Result};

/// What a running kernel tells its caller, and what it asks.
///
/// A kernel calls [`Monitor::set_total`] once with the number of units of its work (nodes,
/// points, folds; its doc says which), [`Monitor::advance`] as units are finished, and asks
/// [`Monitor::cancelled`] at least about every 20 ms on every worker thread.
pub trait Monitor: Sync {
    /// True once the caller no longer wants the answer.
    fn cancelled(&self) -> bool;
    /// Announces how many units the whole work has.
    fn set_total(&self, units: u64);
    /// Announces that `units` more are finished.
    fn advance(&self, units: u64);
}

/// A monitor that never cancels and reports nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Monitor for Silent {
    fn cancelled(&self) -> bool {
        false
    }
    fn set_total(&self, _units: u64) {}
    fn advance(&self, _units: u64) {}
}

/// [`KernelError::Cancelled`] once the caller has cancelled.
pub(crate) fn check(monitor: &dyn Monitor) -> Result<()> {
    if monitor.cancelled() { Err(KernelError::Cancelled) } else { Ok(()) }
}
