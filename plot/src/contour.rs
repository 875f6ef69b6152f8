//! Contour lines of a regular grid by marching squares.
//!
//! Lorensen and Cline's marching cubes (1987) in two dimensions, with linear interpolation
//! along the cell edges; ambiguous cells (saddles) are decided by the mean of the four corners.

use std::collections::HashMap;

use crate::error::{PlotError, Result};

/// The lines of one level.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// The level, in the unit of the values.
    pub level: f64,
    /// The lines, longest chains possible.
    pub lines: Vec<ContourLine>,
}

/// One connected line of a level.
#[derive(Debug, Clone, PartialEq)]
pub struct ContourLine {
    /// Vertices in node index coordinates: (0.0, 0.0) is the first node, (1.0, 0.0) the next
    /// along x. A closed line does not repeat its first vertex.
    pub points: Vec<(f64, f64)>,
    /// Whether the line returns to its start.
    pub closed: bool,
}

/// Traces the contour lines of a grid of `nx * ny` nodes (x fastest).
///
/// Cells with an undefined corner (NaN or infinite) carry no line, so lines end at holes and at
/// the rim. A node that is exactly at a level counts as above it. Levels come back in the order
/// given; levels that are not finite have no lines.
///
/// ```
/// use outcrop_plot::contour::contours;
/// let plane = [0.0, 1.0, 2.0, 0.0, 1.0, 2.0];
/// let lines = contours(3, 2, &plane, &[0.5])?;
/// assert_eq!(lines[0].lines[0].points, vec![(0.5, 0.0), (0.5, 1.0)]);
/// # Ok::<(), outcrop_plot::PlotError>(())
/// ```
///
/// # Errors
/// A number of values other than `nx * ny`.
pub fn contours(nx: usize, ny: usize, values: &[f64], levels: &[f64]) -> Result<Vec<Contour>> {
    if nx.checked_mul(ny) != Some(values.len()) {
        return Err(PlotError::LengthMismatch {
            what: "the grid to contour".into(),
            expected: nx.saturating_mul(ny),
            found: values.len(),
            because: "nx times ny nodes",
        });
    }
    let grid = Nodes { nx, ny, values };
    Ok(levels.iter().map(|&level| Contour { level, lines: grid.trace(level) }).collect())
}

struct Nodes<'a> {
    nx: usize,
    ny: usize,
    values: &'a [f64],
}

/// A crossed edge: twice the number of its first node, plus 1 when it runs along y.
type Edge = usize;

/// The one or two crossed edges that follow an edge along its line.
#[derive(Default)]
struct Links(Option<Edge>, Option<Edge>);

impl Nodes<'_> {
    fn at(&self, i: usize, j: usize) -> f64 {
        self.values.get(j * self.nx + i).copied().unwrap_or(f64::NAN)
    }

    fn trace(&self, level: f64) -> Vec<ContourLine> {
        if !level.is_finite() || self.nx < 2 || self.ny < 2 {
            return Vec::new();
        }
        let mut links: HashMap<Edge, Links> = HashMap::new();
        // Edges in the order found, so that the result does not depend on the map's order.
        let mut order: Vec<Edge> = Vec::new();
        let mut join = |from: Edge, to: Edge| {
            for (edge, other) in [(from, to), (to, from)] {
                let link = links.entry(edge).or_insert_with(|| {
                    order.push(edge);
                    Links::default()
                });
                if link.0.is_none() {
                    link.0 = Some(other);
                } else {
                    link.1 = Some(other);
                }
            }
        };
        for j in 0..self.ny - 1 {
            for i in 0..self.nx - 1 {
                let corners = [self.at(i, j), self.at(i + 1, j), self.at(i + 1, j + 1), self.at(i, j + 1)];
                let above = corners.map(|v| v >= level);
                if above == [true; 4] || above == [false; 4] || !corners.iter().all(|v| v.is_finite()) {
                    continue;
                }
                let node = j * self.nx + i;
                let (south, west) = (2 * node, 2 * node + 1);
                let (east, north) = (2 * (node + 1) + 1, 2 * (node + self.nx));
                let [a, b, c, d] = above;
                if a == c && b == d {
                    let mean_above = corners.iter().map(|v| v / 4.0).sum::<f64>() >= level;
                    if mean_above == a {
                        join(south, east);
                        join(north, west);
                    } else {
                        join(south, west);
                        join(north, east);
                    }
                    continue;
                }
                let mut crossed =
                    [(south, a != b), (east, b != c), (north, c != d), (west, d != a)].into_iter().filter(|e| e.1);
                if let (Some((from, _)), Some((to, _))) = (crossed.next(), crossed.next()) {
                    join(from, to);
                }
            }
        }
        self.chain(level, &mut links, &order)
    }

    /// Follows the links to lines: first those with ends, then the closed ones.
    fn chain(&self, level: f64, links: &mut HashMap<Edge, Links>, order: &[Edge]) -> Vec<ContourLine> {
        let ends = order.iter().filter(|e| links.get(e).is_some_and(|l| l.1.is_none()));
        let starts: Vec<Edge> = ends.chain(order).copied().collect();
        let mut lines = Vec::new();
        for start in starts {
            let Some(first) = links.remove(&start) else { continue };
            let closed = first.1.is_some();
            let mut points = vec![self.crossing(start, level)];
            let mut next = first.0;
            while let Some(edge) = next {
                let Some(Links(one, two)) = links.remove(&edge) else { break };
                let point = self.crossing(edge, level);
                if points.last() != Some(&point) {
                    points.push(point);
                }
                next = [one, two].into_iter().flatten().find(|e| links.contains_key(e));
            }
            if closed && points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            if points.len() > if closed { 2 } else { 1 } {
                lines.push(ContourLine { points, closed });
            }
        }
        lines
    }

    /// Where the level crosses an edge, by linear interpolation.
    fn crossing(&self, edge: Edge, level: f64) -> (f64, f64) {
        let node = edge / 2;
        let (i, j) = (node % self.nx, node / self.nx);
        let along_y = edge % 2 == 1;
        let from = self.at(i, j);
        let to = if along_y { self.at(i, j + 1) } else { self.at(i + 1, j) };
        // Halves, so that the difference of two large values does not overflow.
        let t = ((level * 0.5 - from * 0.5) / (to * 0.5 - from * 0.5)).clamp(0.0, 1.0);
        let t = if t.is_nan() { 0.5 } else { t };
        if along_y { (i as f64, j as f64 + t) } else { (i as f64 + t, j as f64) }
    }
}
