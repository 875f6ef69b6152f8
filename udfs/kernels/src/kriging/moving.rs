//! Kriging in a moving neighbourhood: every target from its own nearest data.
//!
//! Targets are worked in groups that lie close together (tiles of a grid, leaves of a tree over
//! scattered targets). One search around a group's centre yields candidates that certainly contain
//! the nearest data of each of its targets; the covariances among them are evaluated once; each
//! target then picks its own neighbours, exactly, and eight targets' systems are solved at a time.

use std::ops::Range;

use rayon::prelude::*;

use super::batch::Batch;
use super::global::Global;
use super::lanes::{Group, Lists};
use super::{Kriged, Search, metric_of, refuse_coincident};
use crate::monitor::check;
use crate::search::{Neighbour, Query, SearchIndex};
use crate::simd::{Lanes, dispatch};
use crate::tile::{Candidates, MOST_SHARED, shape, typical_distance};
use crate::variogram::Variogram;
use crate::variogram::structure::with_structure;
use crate::{KernelError, Monitor, Points, RegularGrid, Result};

/// Half the diagonal of a tile as a fraction of the typical distance to the last neighbour; the
/// fastest of those measured with 16 and 32 neighbours.
const TILE_REACH: f64 = 0.3;

#[derive(Debug)]
pub(crate) struct Moving {
    pub(crate) index: SearchIndex,
    /// Values in the index's order, measured from `origin`.
    pub(super) z: Vec<f64>,
    /// Subtracted from the values, so that no digits are lost on a large mean.
    pub(super) origin: f64,
    pub(super) variogram: Variogram,
    pub(super) neighbours: usize,
    pub(super) min_neighbours: usize,
    pub(super) radius: Option<f64>,
    sectors: Option<u32>,
    /// Typical distance to the last neighbour.
    typical: f64,
}

/// Buffers of one worker.
#[derive(Default)]
pub(crate) struct Scratch {
    /// Targets, in the metric of the index.
    pub(super) x: Vec<f64>,
    pub(super) y: Vec<f64>,
    found: Vec<Neighbour>,
    pub(super) candidates: Candidates,
    /// Covariances among candidates, lower triangle.
    pub(super) table: Vec<f64>,
    pub(super) distances: Vec<Lanes>,
    /// Neighbours among the candidates, a list per lane.
    pub(super) chosen: Vec<u32>,
    /// Neighbours by position in the index, a list per target.
    pub(super) lists: Vec<Vec<u32>>,
    pub(super) px: Vec<Lanes>,
    pub(super) py: Vec<Lanes>,
    pub(super) batch: Batch,
    pub(super) estimate: Vec<f64>,
    pub(super) variance: Vec<f64>,
    pub(super) n_used: Vec<u32>,
    /// A target whose system broke down.
    pub(super) singular: Option<usize>,
}

impl Scratch {
    /// No results yet, for as many targets as there are.
    fn clear_results(&mut self) {
        let m = self.x.len();
        self.estimate.clear();
        self.estimate.resize(m, f64::NAN);
        self.variance.clear();
        self.variance.resize(m, f64::NAN);
        self.n_used.clear();
        self.n_used.resize(m, 0);
        self.singular = None;
    }

    fn clear_targets(&mut self) {
        self.x.clear();
        self.y.clear();
    }
}

impl Moving {
    pub fn new(points: Points<'_>, variogram: &Variogram, search: &Search) -> Result<Self> {
        refuse_coincident(points, variogram)?;
        let index = SearchIndex::new(points.x, points.y, metric_of(variogram))?;
        let origin = points.z.iter().sum::<f64>() / points.len() as f64;
        let z = index.rows().iter().map(|&r| points.z.get(r as usize).map_or(f64::NAN, |z| z - origin)).collect();
        let neighbours = search.neighbours.unwrap_or(usize::MAX).min(points.len());
        let typical = typical_distance(&index, neighbours);
        Ok(Self {
            index,
            z,
            origin,
            variogram: *variogram,
            neighbours,
            min_neighbours: search.min_neighbours.max(1),
            radius: search.radius,
            sectors: search.sectors.filter(|s| *s > 1),
            typical: search.radius.map_or(typical, |r| typical.min(r)),
        })
    }

    pub fn rows(&self, grid: &RegularGrid, rows: Range<usize>, monitor: &dyn Monitor) -> Result<Kriged> {
        let nx = grid.nx;
        let mut out = Kriged::with_len(nx * rows.len());
        let metric = self.index.metric();
        let (tile_x, tile_y) = shape(grid, rows.len(), metric, TILE_REACH * self.typical);
        let band = tile_y * nx;
        out.estimate
            .par_chunks_mut(band)
            .zip(out.variance.par_chunks_mut(band))
            .zip(out.n_used.par_chunks_mut(band))
            .enumerate()
            .try_for_each_init(Scratch::default, |scratch, (number, ((estimate, variance), n_used))| {
                let first_row = rows.start + number * tile_y;
                let height = estimate.len() / nx;
                for i0 in (0..nx).step_by(tile_x) {
                    if i0 % 64 == 0 {
                        check(monitor)?;
                    }
                    let width = tile_x.min(nx - i0);
                    scratch.clear_targets();
                    for j in 0..height {
                        let y = grid.y(first_row + j);
                        for i in i0..i0 + width {
                            let (u, v) = metric.apply(grid.x(i), y);
                            scratch.x.push(u);
                            scratch.y.push(v);
                        }
                    }
                    self.group(scratch, true, monitor, |at| (grid.x(i0 + at % width), grid.y(first_row + at / width)))?;
                    for j in 0..height {
                        let (to, from) = (j * nx + i0..j * nx + i0 + width, j * width..(j + 1) * width);
                        estimate[to.clone()].copy_from_slice(&scratch.estimate[from.clone()]);
                        variance[to.clone()].copy_from_slice(&scratch.variance[from.clone()]);
                        n_used[to].copy_from_slice(&scratch.n_used[from]);
                    }
                }
                monitor.advance(estimate.len() as u64);
                Ok(())
            })?;
        Ok(out)
    }

    pub fn targets(&self, x: &[f64], y: &[f64], monitor: &dyn Monitor) -> Result<Kriged> {
        let targets = SearchIndex::with_leaf_size(x, y, self.index.metric(), 32)?;
        let (us, vs) = targets.coordinates();
        let leaves: Vec<_> = targets.leaves().map(|n| n.start as usize..n.end as usize).collect();
        let parts: Vec<Kriged> = leaves
            .par_iter()
            .map_init(Scratch::default, |scratch, range| {
                check(monitor)?;
                scratch.clear_targets();
                scratch.x.extend_from_slice(us.get(range.clone()).unwrap_or(&[]));
                scratch.y.extend_from_slice(vs.get(range.clone()).unwrap_or(&[]));
                self.group(scratch, true, monitor, |at| {
                    let row = targets.rows().get(range.start + at).map_or(0, |r| *r as usize);
                    (x.get(row).copied().unwrap_or(f64::NAN), y.get(row).copied().unwrap_or(f64::NAN))
                })?;
                monitor.advance(range.len() as u64);
                Ok(Kriged {
                    estimate: scratch.estimate.clone(),
                    variance: scratch.variance.clone(),
                    n_used: scratch.n_used.clone(),
                })
            })
            .collect::<Result<_>>()?;
        let mut out = Kriged::with_len(x.len());
        for (range, part) in leaves.iter().zip(&parts) {
            let rows = targets.rows().get(range.clone()).unwrap_or(&[]);
            for (((&row, e), v), n) in rows.iter().zip(&part.estimate).zip(&part.variance).zip(&part.n_used) {
                let row = row as usize;
                if let (Some(te), Some(tv), Some(tn)) =
                    (out.estimate.get_mut(row), out.variance.get_mut(row), out.n_used.get_mut(row))
                {
                    (*te, *tv, *tn) = (*e, *v, *n);
                }
            }
        }
        Ok(out)
    }

    /// Each datum of `rows` predicted from the data of other groups. A datum at the place of
    /// another one is predicted like its surroundings, not copied.
    pub fn leave_out(
        &self,
        points: Points<'_>,
        groups: &[u32],
        rows: &[u32],
        scratch: &mut Scratch,
        monitor: &dyn Monitor,
    ) -> Result<Kriged> {
        scratch.clear_targets();
        let mut lists = Vec::with_capacity(rows.len());
        let place = |at: usize| {
            let row = rows.get(at).map_or(0, |r| *r as usize);
            (points.x.get(row).copied().unwrap_or(f64::NAN), points.y.get(row).copied().unwrap_or(f64::NAN))
        };
        for (at, &row) in rows.iter().enumerate() {
            check(monitor)?;
            let (x, y) = place(at);
            let (u, v) = self.index.metric().apply(x, y);
            scratch.x.push(u);
            scratch.y.push(v);
            let exclude = groups.get(row as usize).map(|&g| (groups, g));
            lists.push(self.neighbours_of(u, v, exclude, &mut scratch.found));
        }
        scratch.lists = lists;
        self.solve_lists(scratch, false, monitor, place)?;
        Ok(Kriged {
            estimate: scratch.estimate.clone(),
            variance: scratch.variance.clone(),
            n_used: scratch.n_used.clone(),
        })
    }

    fn neighbours_of(&self, u: f64, v: f64, exclude: Option<(&[u32], u32)>, found: &mut Vec<Neighbour>) -> Vec<u32> {
        let query = Query { neighbours: self.neighbours, radius: self.radius, sectors: self.sectors, exclude };
        self.index.nearest_in_metric(u, v, &query, found);
        found.iter().map(|n| n.position).collect()
    }

    fn candidates(&self, scratch: &mut Scratch) -> bool {
        let Scratch { candidates, x, y, .. } = scratch;
        candidates.collect(&self.index, x, y, self.neighbours, self.radius)
    }

    /// Kriges the targets in `scratch.x`, `scratch.y` (in the metric) into the scratch's results.
    /// With `exact`, a target on a single datum returns it. `place` gives a target's coordinates
    /// as the caller knows them, for messages.
    fn group(
        &self,
        scratch: &mut Scratch,
        exact: bool,
        monitor: &dyn Monitor,
        place: impl Fn(usize) -> (f64, f64),
    ) -> Result<()> {
        if self.sectors.is_none() && self.neighbours <= MOST_SHARED && self.candidates(scratch) {
            scratch.clear_results();
            with_structure!(&self.variogram, s => dispatch(Group { moving: self, structure: s, scratch, exact }));
            return match scratch.singular {
                Some(at) => {
                    let (x, y) = place(at);
                    Err(KernelError::Singular { x, y })
                }
                None => Ok(()),
            };
        }
        let mut found = std::mem::take(&mut scratch.found);
        scratch.lists =
            scratch.x.iter().zip(&scratch.y).map(|(&u, &v)| self.neighbours_of(u, v, None, &mut found)).collect();
        scratch.found = found;
        self.solve_lists(scratch, exact, monitor, place)
    }

    /// Solves for targets whose neighbours are listed one by one.
    fn solve_lists(
        &self,
        scratch: &mut Scratch,
        exact: bool,
        monitor: &dyn Monitor,
        place: impl Fn(usize) -> (f64, f64),
    ) -> Result<()> {
        scratch.clear_results();
        if scratch.lists.iter().any(|l| l.len() > MOST_SHARED) {
            return self.solve_large(scratch, exact, monitor, place);
        }
        with_structure!(&self.variogram, s => dispatch(Lists { moving: self, structure: s, scratch, exact }));
        match scratch.singular {
            Some(at) => {
                let (x, y) = place(at);
                Err(KernelError::Singular { x, y })
            }
            None => Ok(()),
        }
    }

    /// One system at a time, for neighbourhoods too large for lanes. Targets next to one another
    /// that have the same neighbours share the factor.
    fn solve_large(
        &self,
        scratch: &mut Scratch,
        exact: bool,
        monitor: &dyn Monitor,
        place: impl Fn(usize) -> (f64, f64),
    ) -> Result<()> {
        let (xs, ys) = self.index.coordinates();
        let mut last: Option<(Vec<u32>, Global)> = None;
        for at in 0..scratch.x.len() {
            check(monitor)?;
            let mut list = std::mem::take(&mut scratch.lists[at]);
            scratch.n_used[at] = list.len() as u32;
            if list.len() < self.min_neighbours {
                continue;
            }
            list.sort_unstable();
            let system = match last.take() {
                Some((same, system)) if same == list => system,
                _ => {
                    let pick =
                        |v: &[f64]| -> Vec<f64> { list.iter().filter_map(|&p| v.get(p as usize).copied()).collect() };
                    Global::in_metric(pick(xs), pick(ys), pick(&self.z), &self.variogram, monitor).map_err(
                        |e| match e {
                            KernelError::Singular { .. } => {
                                let (x, y) = place(at);
                                KernelError::Singular { x, y }
                            }
                            other => other,
                        },
                    )?
                }
            };
            let (estimate, variance) = system.one(scratch.x[at], scratch.y[at], exact);
            scratch.estimate[at] = estimate + self.origin;
            scratch.variance[at] = variance;
            last = Some((list, system));
        }
        Ok(())
    }
}
