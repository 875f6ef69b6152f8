//! Linear interpolation in the triangles of a Delaunay triangulation.

use rayon::prelude::*;

use crate::monitor::check;
use crate::{KernelError, Monitor, Points, RegularGrid, Result};

/// A place this far outside a triangle, as a fraction of a grid step (of the triangle's height for
/// scattered targets), still belongs to it: nodes on edges must not fall between two triangles.
const TOLERANCE: f64 = 1e-9;

/// A triangulated surface. Data at one place are averaged first.
#[derive(Debug, Clone)]
pub struct Tin {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    /// Subtracted from the coordinates, so that map coordinates in the millions keep their digits.
    origin: (f64, f64),
    triangles: Vec<[u32; 3]>,
    /// For each side of each triangle (from vertex k to the next), the triangle beyond it.
    beyond: Vec<[u32; 3]>,
}

/// No triangle: outside.
const NONE: u32 = u32::MAX;

impl Tin {
    /// Triangulates. O(n log n).
    ///
    /// # Errors
    /// `TooFewPoints` below 3 distinct places, `Collinear`, `NonFinite`, `LengthMismatch`.
    pub fn new(points: Points<'_>) -> Result<Tin> {
        points.check(1)?;
        let origin = (points.x.first().copied().unwrap_or(0.0), points.y.first().copied().unwrap_or(0.0));
        let mut data: Vec<(f64, f64, f64)> =
            points.x.iter().zip(points.y).zip(points.z).map(|((x, y), z)| (x - origin.0, y - origin.1, *z)).collect();
        data.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut tin =
            Tin { x: Vec::new(), y: Vec::new(), z: Vec::new(), origin, triangles: Vec::new(), beyond: Vec::new() };
        for group in data.chunk_by(|a, b| a.0 == b.0 && a.1 == b.1) {
            if let Some(first) = group.first() {
                tin.x.push(first.0);
                tin.y.push(first.1);
                tin.z.push(group.iter().map(|p| p.2).sum::<f64>() / group.len() as f64);
            }
        }
        if tin.x.len() < 3 {
            return Err(KernelError::TooFewPoints { needed: 3, found: tin.x.len() });
        }
        let places: Vec<delaunator::Point> =
            tin.x.iter().zip(&tin.y).map(|(&x, &y)| delaunator::Point { x, y }).collect();
        let mesh = delaunator::triangulate(&places);
        tin.triangles = mesh.triangles.chunks_exact(3).map(|t| [t[0] as u32, t[1] as u32, t[2] as u32]).collect();
        let other =
            |e: usize| mesh.halfedges.get(e).filter(|h| **h != delaunator::EMPTY).map_or(NONE, |h| (h / 3) as u32);
        tin.beyond = (0..tin.triangles.len()).map(|t| [other(3 * t), other(3 * t + 1), other(3 * t + 2)]).collect();
        if tin.triangles.iter().all(|t| tin.plane(t).is_none()) {
            return Err(KernelError::Collinear { found: tin.x.len() });
        }
        Ok(tin)
    }

    /// Number of triangles.
    pub fn triangles(&self) -> usize {
        self.triangles.len()
    }

    /// The barycentric coordinates of a triangle as functions of place; `None` without area.
    fn plane(&self, t: &[u32; 3]) -> Option<Plane> {
        let corner = |k: usize| {
            let i = t[k] as usize;
            Some((*self.x.get(i)?, *self.y.get(i)?, *self.z.get(i)?))
        };
        let (a, b, c) = (corner(0)?, corner(1)?, corner(2)?);
        let det = (b.1 - c.1) * (a.0 - c.0) + (c.0 - b.0) * (a.1 - c.1);
        if det == 0.0 || !det.is_finite() {
            return None;
        }
        let g0 = ((b.1 - c.1) / det, (c.0 - b.0) / det);
        let g1 = ((c.1 - a.1) / det, (a.0 - c.0) / det);
        Some(Plane {
            from: (c.0, c.1),
            gradients: [g0, g1, (-g0.0 - g1.0, -g0.1 - g1.1)],
            z: [a.2, b.2, c.2],
            y: (a.1.min(b.1).min(c.1), a.1.max(b.1).max(c.1)),
        })
    }

    /// The value at a place and the triangle it was found in; NaN outside the convex hull. The
    /// search walks from triangle `start` towards the place.
    pub(super) fn value_from(&self, x: f64, y: f64, start: u32) -> (f64, u32) {
        let (x, y) = (x - self.origin.0, y - self.origin.1);
        let mut at = start;
        // A walk visits few triangles; slivers could make it circle, so it is cut and all are tried.
        for _ in 0..self.triangles.len() {
            let Some(triangle) = self.triangles.get(at as usize) else { break };
            let Some(plane) = self.plane(triangle) else { break };
            let l = plane.coordinates(x, y);
            if l.iter().all(|v| *v >= -TOLERANCE) {
                return (plane.value(l), at);
            }
            let worst = if l[0] <= l[1] && l[0] <= l[2] {
                0
            } else if l[1] <= l[2] {
                1
            } else {
                2
            };
            // The side opposite to corner k starts at the next corner.
            let next = self.beyond.get(at as usize).map_or(NONE, |b| b[(worst + 1) % 3]);
            if next == NONE {
                return (f64::NAN, at);
            }
            at = next;
        }
        for (t, triangle) in self.triangles.iter().enumerate() {
            if let Some(plane) = self.plane(triangle) {
                let l = plane.coordinates(x, y);
                if l.iter().all(|v| *v >= -TOLERANCE) {
                    return (plane.value(l), t as u32);
                }
            }
        }
        (f64::NAN, start)
    }

    /// The value at one place; NaN outside the convex hull.
    pub fn value(&self, x: f64, y: f64) -> f64 {
        self.value_from(x, y, 0).0
    }

    /// Values at the nodes of the rows of a grid from `start` on, triangle by triangle along the rows; nodes
    /// outside keep what they have.
    pub(super) fn rasterise(
        &self,
        grid: &RegularGrid,
        start: usize,
        out: &mut [f64],
        monitor: &dyn Monitor,
    ) -> Result<()> {
        let ny = out.len() / grid.nx;
        // Only the triangles that these rows can meet.
        let (a, b) = (grid.y(start) - self.origin.1, grid.y((start + ny).max(1) - 1) - self.origin.1);
        let slack = grid.dy.abs();
        let (low, high) = (a.min(b) - slack, a.max(b) + slack);
        let planes: Vec<Plane> = self
            .triangles
            .iter()
            .filter_map(|t| self.plane(t))
            .filter(|plane| plane.y.0 <= high && plane.y.1 >= low)
            .collect();
        let band = ny.div_ceil(4 * rayon::current_num_threads()).max(1);
        out.par_chunks_mut(band * grid.nx).enumerate().try_for_each(|(number, values)| {
            let first = start + number * band;
            let rows = values.len() / grid.nx;
            for (k, plane) in planes.iter().enumerate() {
                if k % 4096 == 0 {
                    check(monitor)?;
                }
                self.rasterise_plane(plane, grid, first, rows, values);
            }
            Ok(())
        })
    }

    fn rasterise_plane(&self, plane: &Plane, grid: &RegularGrid, first: usize, rows: usize, values: &mut [f64]) {
        let row_of = |y: f64| (y - (grid.y0 - self.origin.1)) / grid.dy;
        let (ja, jb) = (row_of(plane.y.0), row_of(plane.y.1));
        let low = (ja.min(jb) - TOLERANCE).ceil().max(first as f64);
        let high = (ja.max(jb) + TOLERANCE).floor().min((first + rows) as f64 - 1.0);
        if low > high {
            return;
        }
        for j in low as usize..=high as usize {
            let y = grid.y(j) - self.origin.1;
            let l = plane.coordinates(grid.x0 - self.origin.0, y);
            // Along the row each coordinate is l + slope i: the nodes where none is negative.
            let (mut from, mut to) = (0.0, grid.nx as f64 - 1.0);
            for (start, gradient) in l.iter().zip(&plane.gradients) {
                let (slope, across) = (gradient.0 * grid.dx, gradient.1 * grid.dy);
                let slack = TOLERANCE * (slope.abs() + across.abs());
                if slope > 0.0 {
                    from = f64::max(from, (-slack - start) / slope);
                } else if slope < 0.0 {
                    to = f64::min(to, (-slack - start) / slope);
                } else if *start < -slack {
                    to = -1.0;
                }
            }
            let (from, to) = (from.ceil(), to.floor());
            if from > to {
                continue;
            }
            for i in from as usize..=to as usize {
                let value = plane.value(plane.coordinates(grid.x(i) - self.origin.0, y));
                if let Some(v) = values.get_mut((j - first) * grid.nx + i) {
                    *v = value;
                }
            }
        }
    }
}

/// A triangle made ready for interpolation.
struct Plane {
    from: (f64, f64),
    gradients: [(f64, f64); 3],
    z: [f64; 3],
    y: (f64, f64),
}

impl Plane {
    #[inline]
    fn coordinates(&self, x: f64, y: f64) -> [f64; 3] {
        let (dx, dy) = (x - self.from.0, y - self.from.1);
        let l0 = dx * self.gradients[0].0 + dy * self.gradients[0].1;
        let l1 = dx * self.gradients[1].0 + dy * self.gradients[1].1;
        [l0, l1, 1.0 - l0 - l1]
    }

    /// The value; never outside the range of the three corners.
    #[inline]
    fn value(&self, l: [f64; 3]) -> f64 {
        let l = l.map(|v| v.clamp(0.0, 1.0));
        (l[0] * self.z[0] + l[1] * self.z[1] + l[2] * self.z[2]) / (l[0] + l[1] + l[2])
    }
}
