//! Coarser levels: means of the traces and samples they cover.

use std::ops::Range;

use super::description::{COARSER, Description};
use super::writer::BrickSource;
use super::{BrickVolume, Presence};
use crate::{Meter, SeismicError, Volume};

/// A level made of the finer one before it.
pub(super) struct LevelSource<'a> {
    finer: BrickVolume,
    /// Rows, columns and samples of the finer level.
    rows: u32,
    columns: u32,
    samples: usize,
    /// Samples of this level.
    own: usize,
    presence: &'a Presence,
    meter: &'a dyn Meter,
}

/// Cancels as another meter says, and counts nothing.
struct Quiet<'a>(&'a dyn Meter);

impl Meter for Quiet<'_> {
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

impl<'a> LevelSource<'a> {
    pub(super) fn new(
        finer: BrickVolume,
        description: &Description,
        level: u32,
        presence: &'a Presence,
        meter: &'a dyn Meter,
    ) -> Self {
        let (rows, columns) = description.grid_of(level - 1);
        let samples = description.axis_of(level - 1).count;
        LevelSource { finer, rows, columns, samples, own: description.axis_of(level).count, presence, meter }
    }
}

impl BrickSource for LevelSource<'_> {
    fn fill(&self, rows: Range<u32>, columns: Range<u32>, width: usize, out: &mut [f32]) -> Result<(), SeismicError> {
        let fine_columns = columns.start * COARSER..(columns.end * COARSER).min(self.columns);
        let fine_rows = rows.start * COARSER..(rows.end * COARSER).min(self.rows);
        let slots: Vec<u32> = fine_rows
            .flat_map(|r| fine_columns.clone().map(move |c| r * self.columns + c))
            .filter(|slot| self.presence.has(*slot))
            .collect();
        let mut values = vec![0f32; slots.len() * self.samples];
        self.finer.read(&slots, 0..self.samples, &mut values, &Quiet(self.meter))?;
        let mut counts = vec![0u8; out.len()];
        for (slot, trace) in slots.iter().zip(values.chunks_exact(self.samples.max(1))) {
            let (row, column) =
                (slot / self.columns / COARSER - rows.start, slot % self.columns / COARSER - columns.start);
            let at = (row as usize * width + column as usize) * self.own;
            let (Some(sums), Some(counts)) = (out.get_mut(at..at + self.own), counts.get_mut(at..at + self.own)) else {
                continue;
            };
            for ((covered, sum), count) in trace.chunks(COARSER as usize).zip(sums).zip(counts) {
                for value in covered {
                    // A value that is no number adds nothing; written without a branch, as nearly all are numbers.
                    let number = !value.is_nan();
                    *sum += if number { *value } else { 0.0 };
                    *count += u8::from(number);
                }
            }
        }
        for (value, count) in out.iter_mut().zip(&counts) {
            *value = if *count == 0 { f32::NAN } else { *value / f32::from(*count) };
        }
        Ok(())
    }
}
