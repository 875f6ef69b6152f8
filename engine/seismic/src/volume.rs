//! What a volume is.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{SampleAxis, SeismicError};

/// What reading tells its caller, and asks it. Asked about every megabyte of samples, by all threads that read.
pub trait Meter: Sync {
    /// Whether the caller no longer wants the answer.
    fn cancelled(&self) -> bool {
        false
    }
    /// That bricks (none for files read in place) of so many stored bytes were read.
    fn read(&self, bricks: u64, bytes: u64) {
        let _ = (bricks, bytes);
    }
}

/// A meter that never cancels and counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoMeter;

impl Meter for NoMeter {}

/// A meter that counts.
#[derive(Debug, Default)]
pub struct Counter {
    bricks: AtomicU64,
    bytes: AtomicU64,
}

impl Counter {
    /// Bricks read so far.
    pub fn bricks(&self) -> u64 {
        self.bricks.load(Ordering::Relaxed)
    }

    /// Stored bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Meter for Counter {
    fn read(&self, bricks: u64, bytes: u64) {
        self.bricks.fetch_add(bricks, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Samples of traces. Every trace has a slot, its place in the volume.
pub trait Volume: Debug + Send + Sync {
    /// The vertical axis of all traces; a trace may have no samples (NaN) at its ends.
    fn axis(&self) -> &SampleAxis;

    /// Reads the samples `samples` (by number on the axis) of the traces at `slots`, trace after trace: `out` holds
    /// `slots.len() * samples.len()` values. Slots in ascending order are read fastest. A slot without a trace has no meaning.
    ///
    /// # Errors
    /// A slot or sample outside of the volume, an `out` of another length, what can't be read, [`SeismicError::Cancelled`].
    fn read(
        &self,
        slots: &[u32],
        samples: Range<usize>,
        out: &mut [f32],
        meter: &dyn Meter,
    ) -> Result<(), SeismicError>;

    /// How many slots side by side are read about as fast as one: whoever goes over many traces takes a multiple of it at a time.
    fn together(&self) -> usize;
}

/// That a request fits a volume.
pub(crate) fn check(
    axis: &SampleAxis,
    slots: &[u32],
    limit: u64,
    samples: &Range<usize>,
    out: usize,
) -> Result<(), SeismicError> {
    if samples.start > samples.end || samples.end > axis.count {
        return Err(SeismicError::Request(format!(
            "samples {} to {} were asked for; traces have {}",
            samples.start, samples.end, axis.count
        )));
    }
    if Some(out) != slots.len().checked_mul(samples.len()) {
        return Err(SeismicError::Request(format!(
            "room for {out} values was given for {} traces of {} samples",
            slots.len(),
            samples.len()
        )));
    }
    match slots.iter().find(|s| u64::from(**s) >= limit) {
        Some(slot) => Err(SeismicError::Request(format!("there is no slot {slot}; the volume has {limit}"))),
        None => Ok(()),
    }
}
