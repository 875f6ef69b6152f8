//! Exact search for neighbours among scattered points.
//!
//! A k-d tree with small leaves and tight boxes. Unlike a grid of equal cells it stays fast where
//! data are clustered (wells in fields, lines of a survey) or have one far outlier.

use crate::Result;
mod sectors;

use crate::points::check_pair;
use crate::variogram::Anisotropy;

/// The metric distances are measured in: plain, or that of a variogram with geometric anisotropy,
/// where distances across the longest direction are divided by the ratio, so that an ellipse of
/// equal correlation becomes a circle whose radius is measured along the longest direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric(Option<[f64; 3]>);

impl Metric {
    /// The plain Euclidean metric.
    pub const ISOTROPIC: Metric = Metric(None);

    /// The metric of a variogram's anisotropy.
    pub fn of(anisotropy: Option<Anisotropy>) -> Metric {
        Metric(anisotropy.filter(|a| a.ratio != 1.0).map(|a| {
            let (sin, cos) = a.azimuth_degrees.to_radians().sin_cos();
            [sin, cos, 1.0 / a.ratio]
        }))
    }

    /// A place (or a difference of places) in this metric: first along the longest direction,
    /// then across it.
    #[inline]
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        match self.0 {
            None => (x, y),
            Some([sin, cos, stretch]) => (x * sin + y * cos, (x * cos - y * sin) * stretch),
        }
    }
}

/// A datum found by a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its row in the caller's slices.
    pub row: u32,
    /// Its place in the index's own order.
    pub(crate) position: u32,
    /// Squared distance in the metric of the index.
    pub distance_squared: f64,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// At most this many.
    pub neighbours: usize,
    /// None farther than this.
    pub radius: Option<f64>,
    /// Equal angles around the target, counted clockwise from north (from the longest direction
    /// in an anisotropic metric); each gives at most `neighbours / sectors` data, rounded up.
    pub sectors: Option<u32>,
    /// Groups by row, and the group that is left out.
    pub exclude: Option<(&'a [u32], u32)>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// min x, max x, min y, max y of the points below.
    pub bounds: [f64; 4],
    pub start: u32,
    pub end: u32,
    /// The second child; the first one follows its parent. 0 in a leaf.
    second: u32,
}

impl Node {
    #[inline]
    fn distance_squared(&self, x: f64, y: f64) -> f64 {
        let dx = (self.bounds[0] - x).max(x - self.bounds[1]).max(0.0);
        let dy = (self.bounds[2] - y).max(y - self.bounds[3]).max(0.0);
        dx * dx + dy * dy
    }

    #[inline]
    fn box_distance_squared(&self, b: &[f64; 4]) -> f64 {
        let dx = (self.bounds[0] - b[1]).max(b[0] - self.bounds[1]).max(0.0);
        let dy = (self.bounds[2] - b[3]).max(b[2] - self.bounds[3]).max(0.0);
        dx * dx + dy * dy
    }
}

/// An index over scattered points. Build: O(n log n); memory: 20 bytes a point and about 50 bytes
/// a leaf.
#[derive(Debug, Clone)]
pub struct SearchIndex {
    metric: Metric,
    x: Vec<f64>,
    y: Vec<f64>,
    rows: Vec<u32>,
    nodes: Vec<Node>,
}

impl SearchIndex {
    /// Indexes the points of two equally long columns.
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite` with the first offending row.
    pub fn new(x: &[f64], y: &[f64], metric: Metric) -> Result<Self> {
        Self::with_leaf_size(x, y, metric, 8)
    }

    pub(crate) fn with_leaf_size(x: &[f64], y: &[f64], metric: Metric, leaf: usize) -> Result<Self> {
        check_pair(x, y, "x", "y")?;
        let mut places: Vec<(f64, f64, u32)> = x
            .iter()
            .zip(y)
            .enumerate()
            .map(|(row, (&x, &y))| {
                let (u, v) = metric.apply(x, y);
                (u, v, row as u32)
            })
            .collect();
        let mut nodes = Vec::with_capacity(4 * places.len() / leaf + 1);
        if !places.is_empty() {
            build(&mut places, 0, leaf, &mut nodes);
        }
        Ok(Self {
            metric,
            x: places.iter().map(|p| p.0).collect(),
            y: places.iter().map(|p| p.1).collect(),
            rows: places.iter().map(|p| p.2).collect(),
            nodes,
        })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is no point.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The metric the index was built in.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Coordinates in the index's own order and metric.
    pub(crate) fn coordinates(&self) -> (&[f64], &[f64]) {
        (&self.x, &self.y)
    }

    /// Rows in the index's own order.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The leaves in the index's own order.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|n| n.second == 0)
    }

    /// The nearest data to the place (x, y), exactly, nearest first; equal distances by row.
    /// `found` is emptied first.
    pub fn nearest(&self, x: f64, y: f64, query: &Query<'_>, found: &mut Vec<Neighbour>) {
        let (u, v) = self.metric.apply(x, y);
        self.nearest_in_metric(u, v, query, found);
    }

    /// As [`Self::nearest`], from coordinates that are in the metric already.
    pub(crate) fn nearest_in_metric(&self, u: f64, v: f64, query: &Query<'_>, found: &mut Vec<Neighbour>) {
        found.clear();
        if query.neighbours == 0 || self.nodes.is_empty() || !u.is_finite() || !v.is_finite() {
            return;
        }
        let limit = query.radius.map_or(f64::INFINITY, |r| r * r);
        match query.sectors {
            Some(sectors) if sectors > 1 => self.nearest_by_sector(u, v, query, sectors, limit, found),
            // Insertion into a sorted list pays while the list is short.
            _ if query.neighbours > 256 => {
                self.visit(u, v, limit, |n| {
                    if query.exclude.is_none_or(|(groups, out)| groups.get(n.row as usize) != Some(&out)) {
                        found.push(n);
                    }
                    limit
                });
                found.sort_unstable_by(order);
                found.truncate(query.neighbours);
            }
            _ => {
                let mut best = Best { capacity: query.neighbours, limit, list: std::mem::take(found) };
                self.visit(u, v, limit, |n| {
                    if query.exclude.is_none_or(|(groups, out)| groups.get(n.row as usize) != Some(&out)) {
                        best.offer(n);
                    }
                    best.bound()
                });
                *found = best.list;
            }
        }
    }

    /// Visits points, nearer boxes first, skipping boxes beyond the bound that `offer` returns.
    fn visit(&self, u: f64, v: f64, mut bound: f64, mut offer: impl FnMut(Neighbour) -> f64) {
        let mut stack: Vec<(u32, f64)> = Vec::with_capacity(64);
        if let Some(root) = self.nodes.first() {
            stack.push((0, root.distance_squared(u, v)));
        }
        while let Some((at, d)) = stack.pop() {
            if d > bound {
                continue;
            }
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if node.second == 0 {
                for position in node.start..node.end {
                    let p = position as usize;
                    let (Some(&x), Some(&y), Some(&row)) = (self.x.get(p), self.y.get(p), self.rows.get(p)) else {
                        continue;
                    };
                    let (dx, dy) = (x - u, y - v);
                    let distance_squared = dx * dx + dy * dy;
                    if distance_squared <= bound {
                        bound = offer(Neighbour { row, position, distance_squared });
                    }
                }
                continue;
            }
            let (first, second) = (at + 1, node.second);
            let (Some(a), Some(b)) = (self.nodes.get(first as usize), self.nodes.get(second as usize)) else {
                continue;
            };
            let (da, db) = (a.distance_squared(u, v), b.distance_squared(u, v));
            // The nearer one is pushed last, so it is taken first.
            if da <= db {
                stack.push((second, db));
                stack.push((first, da));
            } else {
                stack.push((first, da));
                stack.push((second, db));
            }
        }
    }

    /// Positions of all points within `radius` of a place in the metric, in the index's order.
    pub(crate) fn within(&self, u: f64, v: f64, radius: f64, stack: &mut Vec<u32>, found: &mut Vec<u32>) {
        let limit = radius * radius;
        stack.clear();
        if !self.nodes.is_empty() {
            stack.push(0);
        }
        while let Some(at) = stack.pop() {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if node.distance_squared(u, v) > limit {
                continue;
            }
            if node.second != 0 {
                stack.push(node.second);
                stack.push(at + 1);
                continue;
            }
            let range = node.start as usize..node.end as usize;
            let (Some(xs), Some(ys)) = (self.x.get(range.clone()), self.y.get(range)) else { continue };
            for (k, (x, y)) in xs.iter().zip(ys).enumerate() {
                let (dx, dy) = (x - u, y - v);
                if dx * dx + dy * dy <= limit {
                    found.push(node.start + k as u32);
                }
            }
        }
    }

    /// Ranges of positions, in order, whose leaf boxes come within `radius` of a box.
    pub(crate) fn runs_near(&self, bounds: &[f64; 4], radius: f64, runs: &mut Vec<(u32, u32)>) {
        runs.clear();
        let limit = radius * radius;
        let mut stack = vec![0u32];
        while let Some(at) = stack.pop() {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if node.box_distance_squared(bounds) > limit {
                continue;
            }
            if node.second != 0 {
                stack.push(node.second);
                stack.push(at + 1);
                continue;
            }
            match runs.last_mut() {
                Some(last) if last.1 == node.start => last.1 = node.end,
                _ => runs.push((node.start, node.end)),
            }
        }
    }
}

/// The first two rows at one and the same place, if any. O(n log n).
pub(crate) fn coincident(x: &[f64], y: &[f64]) -> Option<(usize, usize)> {
    let mut places: Vec<(f64, f64, usize)> = x.iter().zip(y).enumerate().map(|(row, (&x, &y))| (x, y, row)).collect();
    // Adding 0 makes -0 and 0 one place for the total order.
    places.sort_unstable_by(|a, b| {
        (a.0 + 0.0).total_cmp(&(b.0 + 0.0)).then((a.1 + 0.0).total_cmp(&(b.1 + 0.0))).then(a.2.cmp(&b.2))
    });
    let pairs = places.windows(2).filter_map(|pair| match *pair {
        [a, b] if a.0 == b.0 && a.1 == b.1 => Some((a.2, b.2)),
        _ => None,
    });
    pairs.min()
}

/// The nearest so far, sorted.
struct Best {
    capacity: usize,
    limit: f64,
    list: Vec<Neighbour>,
}

impl Best {
    #[inline]
    fn bound(&self) -> f64 {
        if self.list.len() < self.capacity {
            self.limit
        } else {
            self.list.last().map_or(self.limit, |n| n.distance_squared)
        }
    }

    #[inline]
    fn offer(&mut self, n: Neighbour) {
        if n.distance_squared > self.limit {
            return;
        }
        if self.list.len() >= self.capacity {
            match self.list.last() {
                Some(last) if order(&n, last).is_lt() => {
                    self.list.pop();
                }
                _ => return,
            }
        }
        let mut at = self.list.len();
        while at > 0 && self.list.get(at - 1).is_some_and(|b| order(&n, b).is_lt()) {
            at -= 1;
        }
        self.list.insert(at, n);
    }
}

#[inline]
fn order(a: &Neighbour, b: &Neighbour) -> std::cmp::Ordering {
    a.distance_squared.total_cmp(&b.distance_squared).then(a.row.cmp(&b.row))
}

/// Splits at the median of the longer side until a leaf is small or all its points coincide.
fn build(places: &mut [(f64, f64, u32)], start: u32, leaf: usize, nodes: &mut Vec<Node>) {
    let mut bounds = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
    for p in places.iter() {
        bounds = [bounds[0].min(p.0), bounds[1].max(p.0), bounds[2].min(p.1), bounds[3].max(p.1)];
    }
    let at = nodes.len();
    nodes.push(Node { bounds, start, end: start + places.len() as u32, second: 0 });
    let (width, height) = (bounds[1] - bounds[0], bounds[3] - bounds[2]);
    if places.len() <= leaf || (width == 0.0 && height == 0.0) {
        return;
    }
    let middle = places.len() / 2;
    if width >= height {
        places.select_nth_unstable_by(middle, |a, b| a.0.total_cmp(&b.0));
    } else {
        places.select_nth_unstable_by(middle, |a, b| a.1.total_cmp(&b.1));
    }
    let (low, high) = places.split_at_mut(middle);
    build(low, start, leaf, nodes);
    let second = nodes.len() as u32;
    if let Some(node) = nodes.get_mut(at) {
        node.second = second;
    }
    build(high, start + middle as u32, leaf, nodes);
}
