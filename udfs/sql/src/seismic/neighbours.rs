//! Traces on the grid of their inlines and crosslines, for what looks at neighbours.

use datafusion::common::{Result, exec_err};
use outcrop_operators::Traces;

/// Traces by row and column.
pub(super) struct Grid {
    columns: usize,
    /// The traces of each row: column, and place among the traces; ascending.
    rows: Vec<Vec<(u32, u32)>>,
}

impl Grid {
    /// The grid of the traces; the first of several at one place counts.
    ///
    /// # Errors
    /// Traces without inline and crossline numbers.
    pub(super) fn of(traces: &Traces) -> Result<Self> {
        let (Some(il), Some(xl)) = (traces.integers("inline"), traces.integers("crossline")) else {
            return exec_err!("coherence compares neighbours, and the volume has no columns `inline` and `crossline`");
        };
        let distinct = |values: &[Option<i32>]| {
            let mut all: Vec<i32> = values.iter().flatten().copied().collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (lines, across) = (axis(distinct(&il)), axis(distinct(&xl)));
        if lines.1 == 0 || across.1 == 0 {
            return exec_err!("coherence compares neighbours, and no trace has inline and crossline numbers");
        }
        if lines.1.saturating_mul(across.1) > 1 << 28 {
            return exec_err!(
                "inlines and crosslines span {} x {} places, too many to compare neighbours on",
                lines.1,
                across.1
            );
        }
        let mut rows: Vec<Vec<(u32, u32)>> = vec![Vec::new(); lines.1];
        for ((il, xl), trace) in il.iter().zip(&xl).zip(0u32..) {
            let (Some(il), Some(xl)) = (il, xl) else { continue };
            let (row, column) = (place(*il, &lines.0), place(*xl, &across.0));
            if let Some(row) = rows.get_mut(row) {
                row.push((u32::try_from(column).unwrap_or(u32::MAX), trace));
            }
        }
        for row in &mut rows {
            row.sort_unstable();
            row.dedup_by_key(|(column, _)| *column);
            // Ascending by trace, in which order they are read.
        }
        Ok(Grid { columns: across.1, rows })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// The traces of a row: column, and place among the traces.
    pub(super) fn row(&self, row: usize) -> &[(u32, u32)] {
        self.rows.get(row).map(Vec::as_slice).unwrap_or_default()
    }
}

/// First number and step of numbers in order, and how many places they span.
fn axis(numbers: Vec<i32>) -> ((i64, i64), usize) {
    let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else { return ((0, 1), 0) };
    let step = numbers.windows(2).map(|w| i64::from(w[1]) - i64::from(w[0])).min().unwrap_or(1).max(1);
    let span = (i64::from(*last) - i64::from(*first)) / step + 1;
    ((i64::from(*first), step), usize::try_from(span).unwrap_or(usize::MAX))
}

fn place(number: i32, (first, step): &(i64, i64)) -> usize {
    usize::try_from((i64::from(number) - first) / step).unwrap_or(usize::MAX)
}
