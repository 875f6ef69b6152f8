//! Groups of targets that lie close together and share one search.

use crate::RegularGrid;
use crate::search::{Metric, Neighbour, Query, SearchIndex};

/// Largest number of data wanted for which the shared search pays.
pub(crate) const MOST_SHARED: usize = 64;

/// Typical distance to the k-th neighbour: from the density of the median leaf, so that clusters
/// and empty corners do not decide.
pub(crate) fn typical_distance(index: &SearchIndex, neighbours: usize) -> f64 {
    let mut areas: Vec<f64> = index
        .leaves()
        .map(|n| (n.bounds[1] - n.bounds[0]) * (n.bounds[3] - n.bounds[2]) / f64::from(n.end - n.start).max(1.0))
        .filter(|a| *a > 0.0)
        .collect();
    if areas.is_empty() {
        return 0.0;
    }
    let middle = areas.len() / 2;
    let (_, area, _) = areas.select_nth_unstable_by(middle, f64::total_cmp);
    // A tight box around the 4 to 8 points of a leaf covers about half of their share of the plane.
    (2.0 * *area * neighbours as f64 / std::f64::consts::PI).sqrt()
}

/// Columns and rows of a tile of a grid, both powers of two, for work on `rows` rows of it. About
/// `reach` is half the diagonal of the tile, in the metric: larger tiles share more but have more
/// candidates.
pub(crate) fn shape(grid: &RegularGrid, rows: usize, metric: Metric, reach: f64) -> (usize, usize) {
    let side = |dx: f64, dy: f64, most: usize| {
        let (u, v) = metric.apply(dx, dy);
        let nodes = std::f64::consts::SQRT_2 * reach / u.hypot(v);
        let power = nodes.max(1.0).log2().round().clamp(0.0, 5.0) as u32;
        (1usize << power).min(most.next_power_of_two())
    };
    // Bands of tiles are the unit of parallel work; keep several of them.
    let (x, y) = (side(grid.dx, 0.0, grid.nx), side(0.0, grid.dy, rows.div_ceil(4)));
    // At least eight nodes, or lanes would go empty.
    (x.max(8usize.div_ceil(y.max(2))), if rows > 1 { y.max(2) } else { 1 })
}

/// The data that certainly contain the nearest ones of every target of a group.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    found: Vec<Neighbour>,
    stack: Vec<u32>,
    /// Positions in the index, ascending or not, and their coordinates.
    pub positions: Vec<u32>,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
}

impl Candidates {
    /// Collects the candidates for the `neighbours` nearest data within `radius` of each target,
    /// whose coordinates are in the metric of the index. False when the targets lie so far apart
    /// that each is better searched for alone.
    pub fn collect(
        &mut self,
        index: &SearchIndex,
        x: &[f64],
        y: &[f64],
        neighbours: usize,
        radius: Option<f64>,
    ) -> bool {
        let span = |v: &[f64]| v.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
        let ((x0, x1), (y0, y1)) = (span(x), span(y));
        let (cx, cy) = (0.5 * (x0 + x1), 0.5 * (y0 + y1));
        let squared = x.iter().zip(y).map(|(x, y)| (x - cx) * (x - cx) + (y - cy) * (y - cy)).fold(0.0, f64::max);
        let reach = squared.sqrt();
        let query = Query { neighbours, radius: None, sectors: None, exclude: None };
        index.nearest_in_metric(cx, cy, &query, &mut self.found);
        // Triangle inequality: a target at most `reach` from the centre has its k-th neighbour
        // within `last + reach` of itself, so within `last + 2 reach` of the centre.
        let last = self.found.last().map_or(0.0, |n| n.distance_squared.sqrt());
        let mut limit = last + 2.0 * reach;
        if let Some(r) = radius {
            limit = limit.min(r + reach);
        }
        // A hair more, so that rounding cannot lose a candidate at the edge.
        limit *= 1.0 + 1e-9;
        self.positions.clear();
        index.within(cx, cy, limit, &mut self.stack, &mut self.positions);
        if x.len() > 1 && self.positions.len() > 4 * neighbours + 64 {
            return false;
        }
        let (xs, ys) = index.coordinates();
        self.x.clear();
        self.y.clear();
        for &p in &self.positions {
            self.x.push(xs.get(p as usize).copied().unwrap_or(f64::NAN));
            self.y.push(ys.get(p as usize).copied().unwrap_or(f64::NAN));
        }
        true
    }
}
