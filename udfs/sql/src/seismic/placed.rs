//! Traces by where they are: from x and y to the traces around.

use std::collections::HashMap;

use datafusion::common::{Result, exec_err};
use outcrop_operators::Traces;

/// Where a place is among traces: the trace nearest to it, and how traces around it make up its value.
pub(super) struct Around {
    /// Places among the traces, with weights that sum to 1.
    pub(super) traces: Vec<(u32, f32)>,
}

/// Traces on a grid of inlines and crosslines whose coordinates are a linear function of their numbers.
pub(super) struct Survey {
    /// x and y of inline 0, crossline 0, and their change from one inline and one crossline to the next.
    origin: (f64, f64),
    inline: (f64, f64),
    crossline: (f64, f64),
    /// Smallest step of the numbers.
    step: (f64, f64),
    first: (f64, f64),
    places: HashMap<(i64, i64), u32>,
    /// Where there is no such grid: the traces themselves.
    scattered: Option<Vec<(f64, f64)>>,
    /// How far a place may be from the nearest trace.
    reach: f64,
}

impl Survey {
    /// Finds the grid of the traces by least squares; traces without such a grid (2D lines) are looked up one by one.
    ///
    /// # Errors
    /// Traces without coordinates.
    pub(super) fn of(traces: &Traces) -> Result<Self> {
        let (Some(x), Some(y)) = (traces.numbers("x"), traces.numbers("y")) else {
            return exec_err!("the volume has no columns `x` and `y`, so that places can't be found on it");
        };
        let known: Vec<usize> = (0..x.len()).filter(|i| x[*i].is_finite() && y[*i].is_finite()).collect();
        if known.is_empty() {
            return exec_err!("no trace of the volume has coordinates, so that places can't be found on it");
        }
        let numbers = |name: &str| traces.numbers(name);
        if let (Some(il), Some(xl)) = (numbers("inline"), numbers("crossline"))
            && let Some(survey) = Self::grid(&il, &xl, &x, &y)
        {
            return Ok(survey);
        }
        let points: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
        let mut gaps: Vec<f64> = points
            .windows(2)
            .filter_map(|w| Some((w.first()?, w.last()?)))
            .map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1))
            .filter(|d| *d > 0.0)
            .collect();
        gaps.sort_by(f64::total_cmp);
        let reach = gaps.get(gaps.len() / 2).copied().unwrap_or(1.0) * 2.0;
        let zero = (0.0, 0.0);
        Ok(Survey {
            origin: zero,
            inline: zero,
            crossline: zero,
            step: (1.0, 1.0),
            first: zero,
            places: HashMap::new(),
            scattered: Some(points),
            reach,
        })
    }

    fn grid(il: &[f64], xl: &[f64], x: &[f64], y: &[f64]) -> Option<Self> {
        let finite = |i: &usize| il[*i].is_finite() && xl[*i].is_finite() && x[*i].is_finite() && y[*i].is_finite();
        let rows: Vec<usize> = (0..il.len()).filter(finite).collect();
        let n = rows.len() as f64;
        let mean = |v: &[f64]| rows.iter().map(|i| v[*i]).sum::<f64>() / n;
        let (mi, mx, cx, cy) = (mean(il), mean(xl), mean(x), mean(y));
        let sum =
            |a: &[f64], ma: f64, b: &[f64], mb: f64| rows.iter().map(|i| (a[*i] - ma) * (b[*i] - mb)).sum::<f64>();
        let (ii, ix, xx) = (sum(il, mi, il, mi), sum(il, mi, xl, mx), sum(xl, mx, xl, mx));
        let determinant = ii * xx - ix * ix;
        if rows.len() < 3 || determinant <= 1e-9 * ii * xx || determinant <= 0.0 {
            return None;
        }
        let solve = |c: &[f64], m: f64| {
            let (ic, xc) = (sum(il, mi, c, m), sum(xl, mx, c, m));
            ((xx * ic - ix * xc) / determinant, (ii * xc - ix * ic) / determinant)
        };
        let ((xi, xxl), (yi, yxl)) = (solve(x, cx), solve(y, cy));
        let origin = (cx - xi * mi - xxl * mx, cy - yi * mi - yxl * mx);
        let step = (smallest_step(il, &rows), smallest_step(xl, &rows));
        let spacing = (xi.hypot(yi) * step.0).max(xxl.hypot(yxl) * step.1);
        // Coordinates that are no function of the numbers are those of lines, or wrong.
        let off = |i: &usize| {
            let (px, py) = (origin.0 + xi * il[*i] + xxl * xl[*i], origin.1 + yi * il[*i] + yxl * xl[*i]);
            (px - x[*i]).hypot(py - y[*i])
        };
        if (xi * yxl - yi * xxl).abs() < 1e-12 || rows.iter().map(off).fold(0.0, f64::max) > 0.5 * spacing {
            return None;
        }
        let first = (min(il, &rows), min(xl, &rows));
        let key = |i: usize| (((il[i] - first.0) / step.0).round() as i64, ((xl[i] - first.1) / step.1).round() as i64);
        let mut places = HashMap::with_capacity(rows.len());
        for i in rows {
            places.entry(key(i)).or_insert(u32::try_from(i).unwrap_or(u32::MAX));
        }
        Some(Survey {
            origin,
            inline: (xi, yi),
            crossline: (xxl, yxl),
            step,
            first,
            places,
            scattered: None,
            reach: spacing,
        })
    }

    /// The distance between neighbouring traces, which a line through them is best sampled at.
    pub(super) fn spacing(&self) -> f64 {
        if self.scattered.is_some() {
            return self.reach / 2.0;
        }
        let along = |v: (f64, f64), step: f64| v.0.hypot(v.1) * step;
        along(self.inline, self.step.0).min(along(self.crossline, self.step.1))
    }

    /// The traces around a place: the nearest one alone, or the four that it is between with bilinear weights, the nearest where one of
    /// them is missing. `None` where no trace is near.
    pub(super) fn around(&self, x: f64, y: f64, bilinear: bool) -> Option<Around> {
        let one = |place: u32| Around { traces: vec![(place, 1.0)] };
        if let Some(points) = &self.scattered {
            let distance = |p: &(f64, f64)| (p.0 - x).hypot(p.1 - y);
            let (place, nearest) = points
                .iter()
                .map(distance)
                .enumerate()
                .filter(|(_, d)| d.is_finite())
                .min_by(|a, b| a.1.total_cmp(&b.1))?;
            return (nearest <= self.reach).then(|| one(u32::try_from(place).unwrap_or(u32::MAX)));
        }
        let (dx, dy) = (x - self.origin.0, y - self.origin.1);
        let determinant = self.inline.0 * self.crossline.1 - self.inline.1 * self.crossline.0;
        let il = (dx * self.crossline.1 - dy * self.crossline.0) / determinant;
        let xl = (dy * self.inline.0 - dx * self.inline.1) / determinant;
        let (i, j) = ((il - self.first.0) / self.step.0, (xl - self.first.1) / self.step.1);
        let at = |i: f64, j: f64| self.places.get(&(i as i64, j as i64)).copied();
        let nearest = || at(i.round(), j.round()).map(one);
        if !bilinear {
            return nearest();
        }
        let (i0, j0) = (i.floor(), j.floor());
        let (u, v) = (i - i0, j - j0);
        let corners = [
            (i0, j0, (1.0 - u) * (1.0 - v)),
            (i0 + 1.0, j0, u * (1.0 - v)),
            (i0, j0 + 1.0, (1.0 - u) * v),
            (i0 + 1.0, j0 + 1.0, u * v),
        ];
        // A corner without weight need not be there: on the last inline there is none beyond.
        let needed = corners.iter().filter(|(_, _, weight)| *weight > 1e-6);
        let found: Option<Vec<(u32, f32)>> = needed.map(|(i, j, w)| Some((at(*i, *j)?, *w as f32))).collect();
        found.map(|traces| Around { traces }).or_else(nearest)
    }
}

fn min(values: &[f64], rows: &[usize]) -> f64 {
    rows.iter().map(|i| values[*i]).fold(f64::INFINITY, f64::min)
}

/// The greatest number that all differences are multiples of, for whole numbers; 1 for a single value.
fn smallest_step(values: &[f64], rows: &[usize]) -> f64 {
    let first = min(values, rows);
    let mut step = 0u64;
    for i in rows {
        let (mut a, mut b) = (step, (values[*i] - first).round() as u64);
        while b > 0 {
            (a, b) = (b, a % b);
        }
        step = a;
        if step == 1 {
            break;
        }
    }
    step.max(1) as f64
}
