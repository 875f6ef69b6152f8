//! Values between the nodes.

use super::Surface;

/// A place this near to the edge, in cells, is on it.
const EDGE: f64 = 1e-6;

/// How a value between nodes is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SampleMethod {
    /// That of the nearest node, up to half a cell outside the grid.
    Nearest,
    /// Linear along both axes between the four nodes around.
    #[default]
    Bilinear,
    /// Cubic convolution over the sixteen nodes around (R. G. Keys, 1981). Where one of the outer
    /// twelve has no value, the two nodes beside it are continued straight; where one of the inner
    /// four has none, there is none.
    Bicubic,
}

impl SampleMethod {
    /// All methods, in the order of [`SampleMethod::NAMES`].
    pub const ALL: [SampleMethod; 3] = [SampleMethod::Nearest, SampleMethod::Bilinear, SampleMethod::Bicubic];
    /// Their names in SQL.
    pub const NAMES: [&'static str; 3] = ["nearest", "bilinear", "bicubic"];
}

impl Surface<'_> {
    /// The value at a place in cells; NaN outside the grid and where a node that counts has none.
    pub fn sample(&self, i: f64, j: f64, method: SampleMethod) -> f64 {
        match method {
            SampleMethod::Nearest => {
                let inside = |v: f64, n: usize| v >= -0.5 - EDGE && v <= n as f64 - 0.5 + EDGE;
                if !(inside(i, self.columns) && inside(j, self.rows)) {
                    return f64::NAN;
                }
                let near = |v: f64, n: usize| v.round().clamp(0.0, (n - 1) as f64) as isize;
                self.node(near(i, self.columns), near(j, self.rows))
            }
            SampleMethod::Bilinear => match self.weights(i, j) {
                Some(weights) => {
                    let all: f64 = weights.iter().map(|&(at, w)| w * self.values[at]).sum();
                    // A node that counts nothing may have no value.
                    if all.is_nan() {
                        weights.iter().filter(|w| w.1 > 0.0).map(|&(at, w)| w * self.values[at]).sum()
                    } else {
                        all
                    }
                }
                None => f64::NAN,
            },
            SampleMethod::Bicubic => self.bicubic(i, j),
        }
    }

    /// The four nodes around a place and what each counts in the bilinear value; none outside.
    pub(super) fn weights(&self, i: f64, j: f64) -> Option<[(usize, f64); 4]> {
        let (i0, u) = cell(i, self.columns)?;
        let (j0, v) = cell(j, self.rows)?;
        let (i1, j1) = ((i0 + 1).min(self.columns - 1), (j0 + 1).min(self.rows - 1));
        let at = |i: usize, j: usize| j * self.columns + i;
        Some([
            (at(i0, j0), (1.0 - u) * (1.0 - v)),
            (at(i1, j0), u * (1.0 - v)),
            (at(i0, j1), (1.0 - u) * v),
            (at(i1, j1), u * v),
        ])
    }

    fn bicubic(&self, i: f64, j: f64) -> f64 {
        let (Some((i0, u)), Some((j0, v))) = (cell(i, self.columns), cell(j, self.rows)) else { return f64::NAN };
        let (i0, j0) = (i0 as isize, j0 as isize);
        if u == 0.0 && v == 0.0 {
            return self.node(i0, j0);
        }
        // A row without a reading beyond its inner nodes is continued from them, then the same down the column.
        let along = |j: isize| {
            if u == 0.0 { self.node(i0, j) } else { cubic([-1, 0, 1, 2].map(|k| self.node(i0 + k, j)), u) }
        };
        if v == 0.0 {
            return along(j0);
        }
        cubic([-1, 0, 1, 2].map(|k| along(j0 + k)), v)
    }
}

/// The node before a place and the part of a cell past it.
fn cell(at: f64, count: usize) -> Option<(usize, f64)> {
    let last = (count - 1) as f64;
    if !(at >= -EDGE && at <= last + EDGE) {
        return None;
    }
    let at = at.clamp(0.0, last);
    let node = at.floor();
    let part = at - node;
    // Places of nodes come with rounding errors.
    if part < EDGE {
        Some((node as usize, 0.0))
    } else if part > 1.0 - EDGE {
        Some((node as usize + 1, 0.0))
    } else {
        Some((node as usize, part))
    }
}

/// Keys' cubic through four values, `t` of the way from the second to the third.
fn cubic(p: [f64; 4], t: f64) -> f64 {
    let [mut a, b, c, mut d] = p;
    if a.is_nan() {
        a = 2.0 * b - c;
    }
    if d.is_nan() {
        d = 2.0 * c - b;
    }
    b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
}
