//! SEG-Y files as volumes: samples read in place.

use std::ops::Range;

use outcrop_connectors::segy::{SegyFile, Traces};

use crate::volume::check;
use crate::{Meter, SampleAxis, SeismicError, Volume};

/// Samples between two questions whether to go on.
const BETWEEN_QUESTIONS: usize = 1 << 18;

/// A SEG-Y or Seismic Unix file: the slot of a trace is its number in the file, from 0.
#[derive(Debug, Clone)]
pub struct SegyVolume {
    file: SegyFile,
    axis: SampleAxis,
    /// By how many samples the first one of a trace lies behind that of the axis; empty where all begin there.
    shifts: Vec<i32>,
}

impl SegyVolume {
    /// A file whose traces begin `shifts[trace]` samples behind the first of the axis; all at the first where there are none.
    ///
    /// # Errors
    /// Shifts for another number of traces, or a file of more than 2^32 of them.
    pub fn new(file: SegyFile, axis: SampleAxis, shifts: Vec<i32>) -> Result<Self, SeismicError> {
        if u32::try_from(file.count()).is_err() {
            return Err(SeismicError::Request(format!(
                "the file has {} traces; at most {} are read from one file. Split it",
                file.count(),
                u32::MAX
            )));
        }
        if !shifts.is_empty() && shifts.len() as u64 != file.count() {
            return Err(SeismicError::Request(format!("{} shifts for {} traces", shifts.len(), file.count())));
        }
        Ok(SegyVolume { file, axis, shifts })
    }

    /// The file.
    pub fn file(&self) -> &SegyFile {
        &self.file
    }

    /// One trace, by its own beginning.
    fn read_trace(
        &self,
        slot: u32,
        samples: &Range<usize>,
        out: &mut [f32],
        buffer: &mut Vec<u8>,
    ) -> Result<(), SeismicError> {
        let place = self.file.layout().place(u64::from(slot))?;
        let shift = i64::from(self.shifts.get(slot as usize).copied().unwrap_or(0));
        // The trace's own samples that fall into the range, and where they go.
        let first = (samples.start as i64 - shift).max(0);
        let last = (samples.end as i64 - shift).min(i64::from(place.samples));
        if first >= last {
            out.fill(f32::NAN);
            return Ok(());
        }
        let from = usize::try_from(first + shift - samples.start as i64).unwrap_or(0);
        let (before, rest) = out.split_at_mut(from.min(out.len()));
        let (target, after) = rest.split_at_mut(((last - first) as usize).min(rest.len()));
        before.fill(f32::NAN);
        after.fill(f32::NAN);
        self.file.samples_at(place, u32::try_from(first).unwrap_or(u32::MAX), buffer, target)?;
        Ok(())
    }
}

impl Volume for SegyVolume {
    fn axis(&self) -> &SampleAxis {
        &self.axis
    }

    fn read(
        &self,
        slots: &[u32],
        samples: Range<usize>,
        out: &mut [f32],
        meter: &dyn Meter,
    ) -> Result<(), SeismicError> {
        check(&self.axis, slots, self.file.count(), &samples, out.len())?;
        if samples.is_empty() {
            return Ok(());
        }
        let layout = self.file.layout();
        let mut buffer = Vec::new();
        let group = (BETWEEN_QUESTIONS / samples.len()).max(1);
        // Where every trace has every sample, the samples of a group lie a stride apart.
        let whole = self.shifts.is_empty()
            && matches!(layout.traces, Traces::Fixed { samples: n, .. } if n as usize >= samples.end);
        for (slots, out) in slots.chunks(group).zip(out.chunks_mut(group * samples.len())) {
            if meter.cancelled() {
                return Err(SeismicError::Cancelled);
            }
            if whole && self.file.read_windows(slots, samples.start as u32, samples.len(), out)? {
                // Done in place.
            } else {
                for (slot, target) in slots.iter().zip(out.chunks_exact_mut(samples.len())) {
                    self.read_trace(*slot, &samples, target, &mut buffer)?;
                }
            }
            meter.read(0, (out.len() * layout.format.width()) as u64);
        }
        Ok(self.file.source().intact()?)
    }

    fn together(&self) -> usize {
        1
    }
}
