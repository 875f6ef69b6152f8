//! Traces that a query computed.

use std::ops::Range;

use crate::volume::check;
use crate::{Meter, SampleAxis, SeismicError, Volume};

/// Traces in memory: the slot of a trace is its number, from 0.
#[derive(Debug, Clone)]
pub struct MemoryVolume {
    axis: SampleAxis,
    samples: Vec<f32>,
}

impl MemoryVolume {
    /// Traces of `axis.count` samples, one after another; NaN where a trace has none.
    ///
    /// # Errors
    /// Where the samples are no whole number of traces.
    pub fn new(axis: SampleAxis, samples: Vec<f32>) -> Result<Self, SeismicError> {
        if axis.count == 0 && samples.is_empty() || axis.count > 0 && samples.len().is_multiple_of(axis.count) {
            return Ok(MemoryVolume { axis, samples });
        }
        Err(SeismicError::Request(format!("{} samples are no whole number of traces of {}", samples.len(), axis.count)))
    }
}

impl Volume for MemoryVolume {
    fn axis(&self) -> &SampleAxis {
        &self.axis
    }

    fn read(&self, slots: &[u32], samples: Range<usize>, out: &mut [f32], _: &dyn Meter) -> Result<(), SeismicError> {
        let count = self.axis.count;
        let traces = self.samples.len().checked_div(count).unwrap_or(0) as u64;
        check(&self.axis, slots, traces, &samples, out.len())?;
        if samples.is_empty() {
            return Ok(());
        }
        for (slot, target) in slots.iter().zip(out.chunks_exact_mut(samples.len())) {
            let first = *slot as usize * count + samples.start;
            target.copy_from_slice(self.samples.get(first..first + samples.len()).unwrap_or_default());
        }
        Ok(())
    }

    fn together(&self) -> usize {
        1
    }
}
