//! The nearest data of each sector around a place.

use std::f64::consts::{PI, TAU};

use super::{Best, Metric, Neighbour, Node, Query, SearchIndex, order};

/// The sectors around one place.
struct Sectors {
    u: f64,
    v: f64,
    isotropic: bool,
    count: usize,
    best: Vec<Best>,
}

impl Sectors {
    /// Angle of a place seen from the target, clockwise from north (from the longest direction in
    /// an anisotropic metric), radians from 0 to 2 pi.
    fn angle(&self, u: f64, v: f64) -> f64 {
        // The first coordinate is east in the plain metric, "along" in an anisotropic one.
        let (east, north) = if self.isotropic { (u - self.u, v - self.v) } else { (v - self.v, u - self.u) };
        east.atan2(north).rem_euclid(TAU)
    }

    fn sector(&self, angle: f64) -> usize {
        ((angle / TAU * self.count as f64) as usize).min(self.count - 1)
    }

    /// The largest squared distance at which a point of this box could still be wanted. Without
    /// this an empty sector, at the edge of the data, would make the search visit everything.
    fn bound(&self, node: &Node) -> f64 {
        let [x0, x1, y0, y1] = node.bounds;
        let all = |best: &[Best]| best.iter().map(Best::bound).fold(0.0, f64::max);
        if (x0..=x1).contains(&self.u) && (y0..=y1).contains(&self.v) {
            return all(&self.best);
        }
        // From outside a box spans less than half a turn: its corners, relative to its middle.
        let middle = self.angle(0.5 * (x0 + x1), 0.5 * (y0 + y1));
        let (mut low, mut high) = (0.0f64, 0.0f64);
        for (x, y) in [(x0, y0), (x0, y1), (x1, y0), (x1, y1)] {
            let turn = (self.angle(x, y) - middle + PI).rem_euclid(TAU) - PI;
            (low, high) = (low.min(turn), high.max(turn));
        }
        // A little wider, against rounding at the edge of a sector.
        let first = self.sector((middle + low - 1e-9).rem_euclid(TAU));
        let last = self.sector((middle + high + 1e-9).rem_euclid(TAU));
        if high - low >= PI {
            all(&self.best)
        } else if first <= last {
            all(self.best.get(first..=last).unwrap_or(&self.best))
        } else {
            all(self.best.get(first..).unwrap_or(&self.best)).max(all(self.best.get(..=last).unwrap_or(&self.best)))
        }
    }
}

impl SearchIndex {
    /// The nearest `neighbours / sectors` (rounded up) data of each sector.
    pub(super) fn nearest_by_sector(
        &self,
        u: f64,
        v: f64,
        query: &Query<'_>,
        sectors: u32,
        limit: f64,
        found: &mut Vec<Neighbour>,
    ) {
        let capacity = query.neighbours.div_ceil(sectors as usize);
        let best =
            (0..sectors).map(|_| Best { capacity, limit, list: Vec::with_capacity(capacity.min(256)) }).collect();
        let mut around = Sectors { u, v, isotropic: self.metric == Metric::ISOTROPIC, count: sectors as usize, best };
        let mut stack: Vec<(u32, f64)> = Vec::with_capacity(64);
        if let Some(root) = self.nodes.first() {
            stack.push((0, root.distance_squared(u, v)));
        }
        while let Some((at, d)) = stack.pop() {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if d > limit || d > around.bound(node) {
                continue;
            }
            if node.second == 0 {
                for position in node.start..node.end {
                    let p = position as usize;
                    let (Some(&x), Some(&y), Some(&row)) = (self.x.get(p), self.y.get(p), self.rows.get(p)) else {
                        continue;
                    };
                    if query.exclude.is_some_and(|(groups, out)| groups.get(row as usize) == Some(&out)) {
                        continue;
                    }
                    let (dx, dy) = (x - u, y - v);
                    let sector = around.sector(around.angle(x, y));
                    if let Some(best) = around.best.get_mut(sector) {
                        best.offer(Neighbour { row, position, distance_squared: dx * dx + dy * dy });
                    }
                }
                continue;
            }
            let children =
                [at + 1, node.second].map(|c| (c, self.nodes.get(c as usize).map(|n| n.distance_squared(u, v))));
            if let [(first, Some(da)), (second, Some(db))] = children {
                // The nearer one is pushed last, so it is taken first.
                let (near, far) = if da <= db { ((first, da), (second, db)) } else { ((second, db), (first, da)) };
                stack.push(far);
                stack.push(near);
            }
        }
        found.extend(around.best.into_iter().flat_map(|b| b.list));
        found.sort_unstable_by(order);
        found.truncate(query.neighbours);
    }
}
