//! Inverse distance on a grid, tile by tile: the nodes of a tile share one search, and eight nodes
//! are weighted at a time. The data used are exactly those a search from each node finds.

use std::ops::Range;

use rayon::prelude::*;

use super::inverse_distance::{InverseDistance, cell};
use super::{Cell, Gridded};
use crate::monitor::check;
use crate::search::{Neighbour, SearchIndex};
use crate::select::smallest;
use crate::simd::{Kernel, LANES, Lanes, Simd, dispatch};
use crate::tile::{Candidates, MOST_SHARED, shape, typical_distance};
use crate::{Monitor, RegularGrid, Result};

/// Buffers of one worker.
#[derive(Default)]
struct Scratch {
    x: Vec<f64>,
    y: Vec<f64>,
    candidates: Candidates,
    z: Vec<f64>,
    distances: Vec<Lanes>,
    cells: Vec<Option<Cell>>,
    found: Vec<Neighbour>,
}

/// The nodes of some rows of a grid; `z` by row of the data.
pub(super) fn at_tiles(
    index: &SearchIndex,
    z: &[f64],
    options: &InverseDistance,
    grid: &RegularGrid,
    rows: Range<usize>,
    monitor: &dyn Monitor,
) -> Result<Gridded> {
    let nx = grid.nx;
    let neighbours = options.neighbours.min(index.len());
    let mut typical = typical_distance(index, neighbours);
    if let Some(radius) = options.radius {
        typical = typical.min(radius);
    }
    // Without a selection a candidate costs little, so tiles for the one nearest datum are larger.
    let reach = if neighbours == 1 { 1.5 } else { 0.35 };
    let (tile_x, tile_y) = shape(grid, rows.len(), index.metric(), reach * typical);
    let band = tile_y * nx;
    let mut out = Gridded::with_len(nx * rows.len());
    out.value
        .par_chunks_mut(band)
        .zip(out.n_used.par_chunks_mut(band))
        .zip(out.dist_nearest.par_chunks_mut(band))
        .enumerate()
        .try_for_each_init(Scratch::default, |scratch, (number, ((value, n_used), dist_nearest))| {
            let first_row = rows.start + number * tile_y;
            let height = value.len() / nx;
            for i0 in (0..nx).step_by(tile_x) {
                if i0 % 64 == 0 {
                    check(monitor)?;
                }
                let width = tile_x.min(nx - i0);
                scratch.x.clear();
                scratch.y.clear();
                for j in 0..height {
                    for i in i0..i0 + width {
                        scratch.x.push(grid.x(i));
                        scratch.y.push(grid.y(first_row + j));
                    }
                }
                scratch.cells.clear();
                scratch.cells.resize(width * height, None);
                if neighbours <= MOST_SHARED
                    && scratch.candidates.collect(index, &scratch.x, &scratch.y, neighbours, options.radius)
                {
                    let row = |p: &u32| index.rows().get(*p as usize).and_then(|r| z.get(*r as usize)).copied();
                    scratch.z.clear();
                    scratch.z.extend(scratch.candidates.positions.iter().map(|p| row(p).unwrap_or(f64::NAN)));
                    dispatch(Means { options, neighbours, scratch });
                }
                for (at, made) in scratch.cells.iter().enumerate() {
                    // What the lanes left open (ties, nodes on data) is searched for alone.
                    let made = made
                        .unwrap_or_else(|| cell(index, z, options, scratch.x[at], scratch.y[at], &mut scratch.found));
                    let to = (at / width) * nx + i0 + at % width;
                    (value[to], n_used[to], dist_nearest[to]) = made;
                }
            }
            monitor.advance(value.len() as u64);
            Ok(())
        })?;
    Ok(out)
}

/// Weighted means at the nodes of one tile.
struct Means<'a> {
    options: &'a InverseDistance,
    neighbours: usize,
    scratch: &'a mut Scratch,
}

impl Kernel for Means<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        if self.options.power == 2.0 { self.any_number::<true>() } else { self.any_number::<false>() }
    }
}

impl Means<'_> {
    #[inline(always)]
    fn any_number<const SQUARE: bool>(self) {
        match self.neighbours {
            0..=1 => self.solve::<1, SQUARE>(),
            2..=4 => self.solve::<4, SQUARE>(),
            5..=8 => self.solve::<8, SQUARE>(),
            9..=16 => self.solve::<16, SQUARE>(),
            17..=32 => self.solve::<32, SQUARE>(),
            _ => self.solve::<64, SQUARE>(),
        }
    }

    #[inline(always)]
    fn solve<const K: usize, const SQUARE: bool>(self) {
        let s = self.scratch;
        let limit = self.options.radius.map_or(f64::INFINITY, |r| r * r);
        let half = 0.5 * self.options.power;
        let m = s.x.len();
        s.distances.resize(s.z.len(), Lanes::ZERO);
        for first in (0..m).step_by(LANES) {
            // Lanes past the last node repeat it.
            let (mut tx, mut ty) = (Lanes::ZERO, Lanes::ZERO);
            for l in 0..LANES {
                (tx.0[l], ty.0[l]) = (s.x[(first + l).min(m - 1)], s.y[(first + l).min(m - 1)]);
            }
            let mut least = Lanes::splat(f64::INFINITY);
            for ((d, x), y) in s.distances.iter_mut().zip(&s.candidates.x).zip(&s.candidates.y) {
                for l in 0..LANES {
                    let (dx, dy) = (x - tx.0[l], y - ty.0[l]);
                    let d2 = dx * dx + dy * dy;
                    d.0[l] = d2;
                    least.0[l] = if d2 < least.0[l] { d2 } else { least.0[l] };
                }
            }
            let mut last = if K == 1 { least } else { smallest::<K>(&s.distances, self.neighbours) };
            for l in 0..LANES {
                last.0[l] = if last.0[l] < limit { last.0[l] } else { limit };
            }
            let (mut sum, mut weights, mut count) = (Lanes::ZERO, Lanes::ZERO, Lanes::ZERO);
            for (d, &z) in s.distances.iter().zip(&s.z) {
                for l in 0..LANES {
                    let used = d.0[l] <= last.0[l];
                    let ratio = least.0[l] / d.0[l];
                    let w = if !used {
                        0.0
                    } else if SQUARE {
                        ratio
                    } else {
                        ratio.powf(half)
                    };
                    sum.0[l] += w * z;
                    weights.0[l] += w;
                    count.0[l] += if used { 1.0 } else { 0.0 };
                }
            }
            for l in 0..LANES.min(m - first) {
                if least.0[l] > 0.0 && count.0[l] > 0.0 && count.0[l] <= self.neighbours as f64 {
                    s.cells[first + l] = Some((sum.0[l] / weights.0[l], count.0[l] as u32, least.0[l].sqrt()));
                }
            }
        }
    }
}
