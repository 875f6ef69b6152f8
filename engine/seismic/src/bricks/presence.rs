//! Which places of a grid have a trace.

use super::description::COARSER;

/// A bit for each slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    rows: u32,
    columns: u32,
    words: Vec<u64>,
}

impl Presence {
    /// A grid without traces.
    pub fn new(rows: u32, columns: u32) -> Self {
        let slots = rows as usize * columns as usize;
        Presence { rows, columns, words: vec![0; slots.div_ceil(64)] }
    }

    /// Notes a trace; nothing where the slot is outside of the grid.
    pub fn set(&mut self, slot: u32) {
        if let Some(word) = self.words.get_mut(slot as usize / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    /// Whether a trace is at a slot.
    pub fn has(&self, slot: u32) -> bool {
        self.words.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    /// The grid of the next coarser level: a place has a trace where one of those it covers has.
    pub(super) fn coarser(&self) -> Presence {
        let (rows, columns) = (self.rows.div_ceil(COARSER), self.columns.div_ceil(COARSER));
        let mut coarser = Presence::new(rows, columns);
        for row in 0..self.rows {
            for column in 0..self.columns {
                if self.has(row * self.columns + column) {
                    coarser.set(row / COARSER * columns + column / COARSER);
                }
            }
        }
        coarser
    }
}
