//! What a stored volume is like.

use serde::{Deserialize, Serialize};

use crate::{SampleAxis, SeismicError};

/// Key of the description, as JSON, in the metadata of the column `amplitude` of a volume's table of bricks.
pub const METADATA: &str = "outcrop.volume";

/// Bricks of a survey on a grid.
const CUBE: [u32; 3] = [32, 32, 32];
/// Bricks of traces in one row.
const ROW: [u32; 3] = [1, 1024, 32];

/// The layout of a stored volume.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The vertical axis.
    pub axis: SampleAxis,
    /// Rows of the grid of traces.
    pub rows: u32,
    /// Columns of the grid of traces; the slot of a trace is `row * columns + column`.
    pub columns: u32,
    /// Rows, columns and samples of a brick, powers of two.
    pub brick: [u32; 3],
    /// Coarser levels there are besides the volume itself.
    pub levels: u32,
}

/// Rows, columns and samples of a level that one of the next coarser level covers. Levels of a half would take an eighth of the volume's
/// own room, for what reading the volume itself gives nearly as fast.
pub(super) const COARSER: u32 = 4;

/// Bytes of a column of bricks at most.
const COLUMN_BYTES: u64 = 64 << 20;

/// The size of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) rows: u32,
    pub(super) columns: u32,
    pub(super) samples: u32,
}

impl Description {
    /// A volume of `rows` times `columns` traces.
    ///
    /// # Errors
    /// A volume without traces or samples, or of more slots than a `u32` counts.
    pub fn new(axis: SampleAxis, rows: u32, columns: u32) -> Result<Self, SeismicError> {
        let samples = u32::try_from(axis.count).unwrap_or(u32::MAX);
        if rows == 0 || columns == 0 || samples == 0 || rows.checked_mul(columns).is_none() || samples == u32::MAX {
            return Err(SeismicError::Request(format!(
                "a volume of {rows} x {columns} traces of {} samples can't be stored: it needs at least one of each, and at most {} places \
                 for traces",
                axis.count,
                u32::MAX
            )));
        }
        // A column of bricks is made in memory: of long traces it has fewer.
        let mut brick = if rows == 1 { ROW } else { CUBE };
        while u64::from(brick[0]) * u64::from(brick[1]) * u64::from(samples) * 4 > COLUMN_BYTES && brick[1] > 1 {
            brick = [(brick[0] / 2).max(1), brick[1] / 2, brick[2]];
        }
        let mut description = Description { axis, rows, columns, brick, levels: 0 };
        // A level that is a single brick is coarse enough.
        while description.levels < 2 && description.count(description.levels) > 1 {
            description.levels += 1;
        }
        Ok(description)
    }

    /// That a description which was read is one that can be worked with.
    pub(super) fn check(&self) -> Result<(), String> {
        let powers = self.brick.iter().all(|n| n.is_power_of_two() && *n <= 1 << 12);
        let values = self.brick.iter().try_fold(1u32, |n, side| n.checked_mul(*side)).unwrap_or(u32::MAX);
        if !powers || values > 1 << 24 {
            return Err(format!("bricks of {:?} values", self.brick));
        }
        if self.rows == 0 || self.columns == 0 || self.axis.count == 0 || self.rows.checked_mul(self.columns).is_none()
        {
            return Err(format!("{} x {} traces of {} samples", self.rows, self.columns, self.axis.count));
        }
        if !(self.axis.interval.is_finite() && self.axis.interval > 0.0 && self.axis.start.is_finite()) {
            return Err(format!("samples every {} from {}", self.axis.interval, self.axis.start));
        }
        if self.levels > 15 {
            return Err(format!("{} coarser levels", self.levels));
        }
        Ok(())
    }

    /// Reads a description.
    ///
    /// # Errors
    /// A text that is none.
    pub fn from_json(text: &str) -> Result<Self, SeismicError> {
        let wrong =
            |reason: String| SeismicError::Request(format!("the description of the volume is not readable: {reason}"));
        let description: Description = serde_json::from_str(text).map_err(|e| wrong(e.to_string()))?;
        description.check().map_err(wrong)?;
        Ok(description)
    }

    /// The description as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Slots of the volume.
    pub fn slots(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// Rows, columns and samples of a level; 0 is the volume itself.
    pub(super) fn size(&self, level: u32) -> Size {
        let step = COARSER.saturating_pow(level);
        let coarser = |n: u32| n.div_ceil(step).max(1);
        let samples = u32::try_from(self.axis.count).unwrap_or(u32::MAX);
        Size { rows: coarser(self.rows), columns: coarser(self.columns), samples: coarser(samples) }
    }

    /// The vertical axis of a level: a sample is the mean of those it covers, and lies in their middle.
    pub fn axis_of(&self, level: u32) -> SampleAxis {
        let step = f64::from(COARSER.saturating_pow(level));
        SampleAxis {
            start: self.axis.start + self.axis.interval * (step - 1.0) / 2.0,
            interval: self.axis.interval * step,
            count: self.size(level).samples as usize,
            ..self.axis.clone()
        }
    }

    /// Rows and columns of a level.
    pub fn grid_of(&self, level: u32) -> (u32, u32) {
        let size = self.size(level);
        (size.rows, size.columns)
    }

    /// Bricks along rows, columns and samples of a level.
    pub(super) fn bricks(&self, level: u32) -> [u32; 3] {
        let size = self.size(level);
        let [r, c, s] = self.brick;
        [size.rows.div_ceil(r), size.columns.div_ceil(c), size.samples.div_ceil(s)]
    }

    /// Bricks of a level.
    pub(super) fn count(&self, level: u32) -> u64 {
        self.bricks(level).iter().map(|n| u64::from(*n)).product()
    }

    /// Values of a brick.
    pub(super) fn values(&self) -> usize {
        self.brick.iter().map(|n| *n as usize).product()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Domain;

    #[test]
    fn levels_are_quarters() {
        let axis = SampleAxis { start: 0.0, interval: 4.0, count: 501, domain: Domain::Time, unit: "ms".to_owned() };
        let d = Description::new(axis.clone(), 400, 401).unwrap();
        assert_eq!((d.levels, d.brick, d.bricks(0)), (2, [32, 32, 32], [13, 13, 16]));
        assert_eq!((d.grid_of(1), d.grid_of(2)), ((100, 101), (25, 26)));
        assert_eq!((d.axis_of(1).start, d.axis_of(1).interval, d.axis_of(1).count), (6.0, 16.0, 126));
        assert_eq!(Description::from_json(&d.to_json()).unwrap(), d);
        let line = Description::new(axis.clone(), 1, 50).unwrap();
        assert_eq!((line.brick, line.bricks(0)), ([1, 1024, 32], [1, 1, 16]));
        let long = SampleAxis { count: 1 << 20, ..axis.clone() };
        assert_eq!(Description::new(long.clone(), 400, 400).unwrap().brick, [4, 4, 32]);
        assert_eq!(Description::new(long, 1, 400).unwrap().brick, [1, 16, 32]);
        assert!(Description::new(axis, 1 << 20, 1 << 20).is_err());
        assert!(Description::from_json(&d.to_json().replace("[32,32,32]", "[0,32,32]")).is_err());
    }
}
