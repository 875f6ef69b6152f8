//! Which positions of an inline and crossline grid have traces.

use super::axis::Axis;
use super::profile::Profile;
use crate::segy::headers::Column;

/// Positions without traces and numbers of duplicates that are listed one by one.
const LISTED: usize = 1000;

/// Numbers of lines and what they look like.
#[derive(Clone, Copy)]
pub struct Numbers<'a> {
    /// A number for each trace.
    pub column: &'a Column,
    /// Their shape.
    pub profile: Profile,
}

impl Numbers<'_> {
    fn index(&self, trace: usize) -> u64 {
        self.profile.index(self.column.number(trace))
    }
}

/// Traces on a grid.
#[derive(Debug, Clone)]
pub struct Occupancy {
    /// Positions that have a trace.
    pub positions: u64,
    /// Positions of the grid.
    pub cells: u64,
    /// The first positions without a trace: inline, crossline.
    pub holes: Vec<(i64, i64)>,
    /// Traces at a position (and offset) that an earlier trace has.
    pub duplicates: u64,
    /// The first of their numbers, from 1.
    pub duplicate_traces: Vec<u64>,
    /// The fewest and the most traces of a position that has any.
    pub fold: (u32, u32),
    /// Inlines.
    pub inline: Axis,
    /// Crosslines.
    pub crossline: Axis,
}

impl Occupancy {
    /// Puts the traces of a file on the grid of their numbers. Memory goes with the traces, not with the range of the
    /// numbers.
    pub fn of(count: usize, inline: Numbers<'_>, crossline: Numbers<'_>, offset: Option<Numbers<'_>>) -> Self {
        let across = crossline.profile.lattice();
        let cells = inline.profile.lattice().saturating_mul(across);
        let dense = cells <= (count as u64).saturating_mul(4).saturating_add(1 << 16);
        let cell = |trace: usize| inline.index(trace) * across + crossline.index(trace);
        let mut grid = if dense {
            Self::dense(count, inline, crossline, cells)
        } else {
            Self::sparse(count, inline, crossline, cells)
        };
        if grid.fold.1 > 1 {
            let offsets = offset.map_or(1, |o| o.profile.lattice());
            let keys = cells.checked_mul(offsets).filter(|_| dense);
            let key = |trace| cell(trace) * offsets + offset.map_or(0, |o| o.index(trace));
            match keys.filter(|k| *k <= (count as u64).saturating_mul(64).saturating_add(1 << 20)) {
                Some(keys) => grid.duplicates_by_bits(count, keys, key),
                None => grid.duplicates_by_sorting(count, |trace| {
                    let lines = inline.index(trace) << 32 | crossline.index(trace);
                    (lines, offset.map_or(0, |o| o.index(trace) as u32))
                }),
            }
        }
        grid
    }

    fn dense(count: usize, inline: Numbers<'_>, crossline: Numbers<'_>, cells: u64) -> Self {
        let across = crossline.profile.lattice();
        let mut fold = vec![0u32; usize::try_from(cells).unwrap_or(0)];
        for trace in 0..count {
            let cell = inline.index(trace) * across + crossline.index(trace);
            if let Some(fold) = fold.get_mut(cell as usize) {
                *fold = fold.saturating_add(1);
            }
        }
        let mut lines = vec![false; usize::try_from(inline.profile.lattice()).unwrap_or(0)];
        let mut crosslines = vec![false; usize::try_from(across).unwrap_or(0)];
        let (mut positions, mut least, mut most, mut holes) = (0, u32::MAX, 0, Vec::new());
        for ((line, row), number) in lines.iter_mut().zip(fold.chunks(crosslines.len().max(1))).zip(0..) {
            for ((crossed, fold), across) in crosslines.iter_mut().zip(row).zip(0..) {
                if *fold > 0 {
                    positions += 1;
                    (*line, *crossed) = (true, true);
                    (least, most) = (least.min(*fold), most.max(*fold));
                } else if holes.len() < LISTED {
                    holes.push((inline.profile.number(number), crossline.profile.number(across)));
                }
            }
        }
        Occupancy {
            positions,
            cells,
            holes,
            duplicates: 0,
            duplicate_traces: Vec::new(),
            fold: (least.min(most), most),
            inline: Axis::new(&inline.profile, &lines),
            crossline: Axis::new(&crossline.profile, &crosslines),
        }
    }

    /// For grids of far more positions than traces.
    fn sparse(count: usize, inline: Numbers<'_>, crossline: Numbers<'_>, cells: u64) -> Self {
        let mut keys: Vec<u64> = (0..count).map(|t| inline.index(t) << 32 | crossline.index(t)).collect();
        keys.sort_unstable();
        let (mut positions, mut least, mut most) = (0, u32::MAX, 0);
        for same in keys.chunk_by(|a, b| a == b) {
            positions += 1;
            let fold = u32::try_from(same.len()).unwrap_or(u32::MAX);
            (least, most) = (least.min(fold), most.max(fold));
        }
        let distinct = |mut places: Vec<u64>, profile: &Profile| {
            places.sort_unstable();
            places.dedup();
            places.into_iter().map(|place| profile.number(place)).collect::<Vec<i64>>()
        };
        let axis = |values: Vec<i64>, profile: &Profile| {
            let irregular = values.len() as u64 != profile.lattice();
            Axis::of_values(profile, irregular.then_some(values))
        };
        let lines = distinct(keys.iter().map(|k| k >> 32).collect(), &inline.profile);
        let crosslines = distinct(keys.iter().map(|k| k & u64::from(u32::MAX)).collect(), &crossline.profile);
        Occupancy {
            positions,
            cells,
            holes: Vec::new(),
            duplicates: 0,
            duplicate_traces: Vec::new(),
            fold: (least.min(most), most),
            inline: axis(lines, &inline.profile),
            crossline: axis(crosslines, &crossline.profile),
        }
    }

    fn duplicates_by_bits(&mut self, count: usize, keys: u64, key: impl Fn(usize) -> u64) {
        let mut seen = vec![0u64; usize::try_from(keys / 64 + 1).unwrap_or(0)];
        for trace in 0..count {
            let key = key(trace);
            let Some(word) = seen.get_mut((key / 64) as usize) else { continue };
            if *word >> (key % 64) & 1 == 1 {
                self.duplicate(trace as u64);
            }
            *word |= 1 << (key % 64);
        }
    }

    fn duplicates_by_sorting(&mut self, count: usize, key: impl Fn(usize) -> (u64, u32)) {
        let mut keys: Vec<(u64, u32, u64)> = (0..count).map(|t| (key(t).0, key(t).1, t as u64)).collect();
        keys.sort_unstable();
        let same = |a: &(u64, u32, u64), b: &(u64, u32, u64)| (a.0, a.1) == (b.0, b.1);
        let mut again: Vec<u64> = keys
            .windows(2)
            .filter_map(|w| w.first().zip(w.last()))
            .filter(|(a, b)| same(a, b))
            .map(|(_, b)| b.2)
            .collect();
        again.sort_unstable();
        again.into_iter().for_each(|trace| self.duplicate(trace));
    }

    fn duplicate(&mut self, trace: u64) {
        self.duplicates += 1;
        if self.duplicate_traces.len() < LISTED {
            self.duplicate_traces.push(trace + 1);
        }
    }

    /// Positions without a trace.
    pub fn missing(&self) -> u64 {
        self.cells.saturating_sub(self.positions)
    }

    /// The part of the positions that have a trace.
    pub fn fill(&self) -> f64 {
        self.positions as f64 / (self.cells as f64).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(il: &[i32], xl: &[i32], offset: Option<&[i32]>) -> Occupancy {
        let column = |v: &[i32]| Column::Numbers(v.to_vec());
        let (i, x, o) = (column(il), column(xl), offset.map(column));
        let numbers = |column, v: &[i32]| Numbers { column, profile: Profile::of(v) };
        let offset = o.as_ref().zip(offset).map(|(c, v)| numbers(c, v));
        Occupancy::of(il.len(), numbers(&i, il), numbers(&x, xl), offset)
    }

    #[test]
    fn holes_and_duplicates() {
        let grid = of(&[1, 1, 2, 2, 4, 4, 1], &[10, 20, 10, 20, 10, 20, 20], None);
        assert_eq!((grid.positions, grid.cells, grid.missing(), grid.fold), (6, 8, 2, (1, 2)));
        assert_eq!(grid.holes, [(3, 10), (3, 20)]);
        assert_eq!((grid.duplicates, grid.duplicate_traces.as_slice()), (1, &[7][..]));
        assert_eq!(grid.inline.values, Some(vec![1, 2, 4]));
        assert_eq!((grid.crossline.count, grid.crossline.values), (2, None));
    }

    #[test]
    fn gathers_and_far_numbers() {
        let grid = of(&[1, 1, 1, 1], &[5, 5, 6, 6], Some(&[100, 200, 100, 100]));
        assert_eq!((grid.positions, grid.fold, grid.duplicates, grid.duplicate_traces[0]), (2, (2, 2), 1, 4));
        // Numbers of any size take no more memory.
        let far = [0, i32::MAX, 1, i32::MIN, 0];
        let grid = of(&far, &[0, 5, i32::MAX, i32::MIN, 0], None);
        assert_eq!((grid.positions, grid.duplicates, grid.duplicate_traces[0]), (4, 1, 5));
        assert_eq!(grid.inline.values, Some(vec![i64::from(i32::MIN), 0, 1, i64::from(i32::MAX)]));
        let grid = of(&far, &far, Some(&[0, 1, 2, 3, 4]));
        assert_eq!((grid.positions, grid.duplicates), (4, 0));
    }
}
