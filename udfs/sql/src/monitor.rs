//! Kernels see an operator's progress as their monitor.

use datafusion::error::DataFusionError;
use outcrop_kernels::{KernelError, Monitor};
use outcrop_operators::Progress;

/// Passes a kernel's questions on.
pub(crate) struct Watched<'a>(pub &'a Progress);

impl Monitor for Watched<'_> {
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
    fn set_total(&self, units: u64) {
        self.0.set_total(units);
    }
    fn advance(&self, units: u64) {
        self.0.advance(units);
    }
}

/// A kernel's error as an execution error; the engine adds operator and group.
pub(crate) fn failed(error: KernelError) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}
