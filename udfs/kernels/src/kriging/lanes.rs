//! The systems of a group of targets, eight at a time.

use super::LEAST_PIVOT;
use super::batch::Batch;
use super::moving::{Moving, Scratch};
use crate::select::smallest;
use crate::simd::{Kernel, LANES, Lanes, Simd};
use crate::variogram::structure::Structure;

struct Outputs<'a> {
    estimate: &'a mut [f64],
    variance: &'a mut [f64],
    n_used: &'a mut [u32],
    singular: &'a mut Option<usize>,
}

/// One lane of a batch: how many data, and the value of the only datum at the target, if any.
#[derive(Clone, Copy, Default)]
struct Lane {
    used: usize,
    datum: Option<f64>,
}

impl Moving {
    /// Puts the results of a batch where they belong.
    #[inline(always)]
    fn finish<S: Simd>(&self, batch: &mut Batch, scratch: &mut Outputs<'_>, first: usize, lanes: &[Lane; LANES]) {
        let solved = batch.solve::<S>();
        let sill = self.variogram.sill();
        for (l, lane) in lanes.iter().enumerate() {
            let at = first + l;
            if at >= scratch.estimate.len() {
                break;
            }
            scratch.n_used[at] = lane.used as u32;
            if lane.used < self.min_neighbours {
                continue;
            }
            if let Some(z) = lane.datum {
                scratch.estimate[at] = z + self.origin;
                scratch.variance[at] = 0.0;
                continue;
            }
            if solved.pivot.0[l] <= LEAST_PIVOT * sill || solved.pivot.0[l].is_nan() {
                scratch.singular.get_or_insert(at);
            }
            scratch.estimate[at] = solved.estimate.0[l] + self.origin;
            scratch.variance[at] = (sill + solved.variance.0[l]).max(0.0);
        }
    }
}

/// All targets of a group that shares its candidates.
pub(super) struct Group<'a, T> {
    pub moving: &'a Moving,
    pub structure: T,
    pub scratch: &'a mut Scratch,
    pub exact: bool,
}

impl<T: Structure> Kernel for Group<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        match self.moving.neighbours {
            0..=4 => self.solve::<S, 4>(),
            5..=8 => self.solve::<S, 8>(),
            9..=16 => self.solve::<S, 16>(),
            17..=32 => self.solve::<S, 32>(),
            _ => self.solve::<S, 64>(),
        }
    }
}

impl<T: Structure> Group<'_, T> {
    #[inline(always)]
    fn solve<S: Simd, const K: usize>(self) {
        let (moving, structure) = (self.moving, self.structure);
        let s = self.scratch;
        let positions = &s.candidates.positions;
        let count = positions.len();
        let stride = count.next_multiple_of(LANES);
        // Lower triangle of the covariances among candidates.
        s.table.resize(stride * count, 0.0);
        let (cx, cy) = (&s.candidates.x[..count], &s.candidates.y[..count]);
        for i in 0..count {
            let (x, y) = (cx[i], cy[i]);
            let row = &mut s.table[i * stride..i * stride + i];
            for ((c, xj), yj) in row.iter_mut().zip(cx).zip(cy) {
                let (dx, dy) = (x - xj, y - yj);
                *c = structure.covariance::<S>(dx * dx + dy * dy);
            }
        }
        let sill = moving.variogram.sill();
        let limit = moving.radius.map_or(f64::INFINITY, |r| r * r);
        let k = moving.neighbours;
        s.distances.resize(count, Lanes::ZERO);
        s.chosen.resize(LANES * (count + 1), 0);
        let mut outputs = Outputs {
            estimate: &mut s.estimate,
            variance: &mut s.variance,
            n_used: &mut s.n_used,
            singular: &mut s.singular,
        };
        let m = s.x.len();
        for first in (0..m).step_by(LANES) {
            // Lanes past the last target repeat it.
            let (mut tx, mut ty) = (Lanes::ZERO, Lanes::ZERO);
            for l in 0..LANES {
                (tx.0[l], ty.0[l]) = (s.x[(first + l).min(m - 1)], s.y[(first + l).min(m - 1)]);
            }
            for ((d, x), y) in s.distances.iter_mut().zip(cx).zip(cy) {
                for l in 0..LANES {
                    let (dx, dy) = (x - tx.0[l], y - ty.0[l]);
                    d.0[l] = dx * dx + dy * dy;
                }
            }
            let mut last = smallest::<K>(&s.distances, k);
            for l in 0..LANES {
                last.0[l] = if last.0[l] < limit { last.0[l] } else { limit };
            }
            let mut lanes = [Lane::default(); LANES];
            let mut most = 0;
            for (l, lane) in lanes.iter_mut().enumerate() {
                let chosen = &mut s.chosen[l * (count + 1)..(l + 1) * (count + 1)];
                let mut used = 0;
                for (c, d) in s.distances.iter().enumerate() {
                    chosen[used] = c as u32;
                    used += usize::from(d.0[l] <= last.0[l]);
                }
                if used > k {
                    used = drop_ties(&mut chosen[..used], k, |c| {
                        let farthest = s.distances[c as usize].0[l] == last.0[l];
                        (farthest, moving.index.rows()[positions[c as usize] as usize])
                    });
                }
                lane.used = used;
                most = most.max(used);
            }
            if most == 0 {
                continue;
            }
            s.batch.resize(most);
            for (l, lane) in lanes.iter_mut().enumerate() {
                let chosen = &s.chosen[l * (count + 1)..l * (count + 1) + lane.used];
                let mut hits = 0;
                for (i, &c) in chosen.iter().enumerate() {
                    let from = &s.table[c as usize * stride..c as usize * stride + c as usize];
                    let to = s.batch.matrix_row(i);
                    for (t, &o) in to.iter_mut().zip(&chosen[..i]) {
                        t.0[l] = from[o as usize];
                    }
                    to[i].0[l] = sill;
                    let d2 = s.distances[c as usize].0[l];
                    s.batch.target()[i].0[l] = d2;
                    let z = moving.z[positions[c as usize] as usize];
                    s.batch.values()[i].0[l] = z;
                    s.batch.ones()[i].0[l] = 1.0;
                    if d2 == 0.0 {
                        hits += 1;
                        lane.datum = Some(z);
                    }
                }
                if hits != 1 || !self.exact {
                    lane.datum = None;
                }
            }
            to_covariances::<S, T>(structure, &mut s.batch);
            for (l, lane) in lanes.iter().enumerate() {
                if lane.used < s.batch.len() {
                    s.batch.pad(l, lane.used, sill);
                }
            }
            moving.finish::<S>(&mut s.batch, &mut outputs, first, &lanes);
        }
    }
}

/// Keeps `k` of `chosen`: of those at the farthest distance the ones with the lowest rows.
#[cold]
#[inline(never)]
fn drop_ties(chosen: &mut [u32], k: usize, key: impl Fn(u32) -> (bool, u32)) -> usize {
    chosen.sort_by_key(|&c| key(c));
    let kept = k.min(chosen.len());
    if let Some(kept) = chosen.get_mut(..kept) {
        // The table holds the lower triangle: back to ascending candidates.
        kept.sort_unstable();
    }
    kept
}

#[inline(always)]
fn to_covariances<S: Simd, T: Structure>(structure: T, batch: &mut Batch) {
    for d in batch.target() {
        for l in 0..LANES {
            d.0[l] = structure.covariance::<S>(d.0[l]);
        }
    }
}

/// Targets with a list of neighbours each.
pub(super) struct Lists<'a, T> {
    pub moving: &'a Moving,
    pub structure: T,
    pub scratch: &'a mut Scratch,
    pub exact: bool,
}

impl<T: Structure> Kernel for Lists<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let (moving, structure) = (self.moving, self.structure);
        let s = self.scratch;
        let (xs, ys) = moving.index.coordinates();
        let sill = moving.variogram.sill();
        let mut outputs = Outputs {
            estimate: &mut s.estimate,
            variance: &mut s.variance,
            n_used: &mut s.n_used,
            singular: &mut s.singular,
        };
        let m = s.x.len();
        for first in (0..m).step_by(LANES) {
            let lists = &s.lists[first..m.min(first + LANES)];
            let most = lists.iter().map(Vec::len).max().unwrap_or(0);
            if most == 0 {
                continue;
            }
            s.batch.resize(most);
            let n = s.batch.len();
            s.px.clear();
            s.px.resize(n, Lanes::ZERO);
            s.py.clear();
            s.py.resize(n, Lanes::ZERO);
            let mut lanes = [Lane::default(); LANES];
            for (l, list) in lists.iter().enumerate() {
                let (tx, ty) = (s.x[first + l], s.y[first + l]);
                let mut hits = 0;
                for (i, &p) in list.iter().enumerate() {
                    let (x, y, z) = (xs[p as usize], ys[p as usize], moving.z[p as usize]);
                    s.px[i].0[l] = x;
                    s.py[i].0[l] = y;
                    let (dx, dy) = (x - tx, y - ty);
                    let d2 = dx * dx + dy * dy;
                    s.batch.target()[i].0[l] = d2;
                    s.batch.values()[i].0[l] = z;
                    s.batch.ones()[i].0[l] = 1.0;
                    if d2 == 0.0 {
                        hits += 1;
                        lanes[l].datum = Some(z);
                    }
                }
                lanes[l].used = list.len();
                if hits != 1 || !self.exact {
                    lanes[l].datum = None;
                }
            }
            for i in 0..n {
                let (x, y) = (s.px[i], s.py[i]);
                let row = s.batch.matrix_row(i);
                for (c, (px, py)) in row.iter_mut().zip(s.px.iter().zip(&s.py)) {
                    for l in 0..LANES {
                        let (dx, dy) = (x.0[l] - px.0[l], y.0[l] - py.0[l]);
                        c.0[l] = structure.covariance::<S>(dx * dx + dy * dy);
                    }
                }
                row[i] = Lanes::splat(sill);
            }
            to_covariances::<S, T>(structure, &mut s.batch);
            for (l, lane) in lanes.iter().enumerate() {
                s.batch.pad(l, lane.used, sill);
            }
            moving.finish::<S>(&mut s.batch, &mut outputs, first, &lanes);
        }
    }
}
