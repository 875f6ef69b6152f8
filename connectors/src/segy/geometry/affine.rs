//! The affine map from inline and crossline numbers to coordinates, by least squares.

use super::axis::Axis;

/// How numbers of lines turn into coordinates: `x = origin.x + (inline − first inline) · per_inline.x + (crossline −
/// first crossline) · per_crossline.x`, and the same for y.
#[derive(Debug, Clone, PartialEq)]
pub struct AffineMap {
    /// The inline and crossline number of the origin: the first of each axis.
    pub origin: (i64, i64),
    /// Its coordinates.
    pub origin_xy: (f64, f64),
    /// What x and y gain from one inline number to the next. `None` where there is one inline only.
    pub per_inline: Option<(f64, f64)>,
    /// What x and y gain from one crossline number to the next. `None` where there is one crossline only.
    pub per_crossline: Option<(f64, f64)>,
    /// Distance from an inline to the next one there is (the step of the axis), in units of the coordinates.
    pub inline_spacing: Option<f64>,
    /// Distance from a crossline to the next.
    pub crossline_spacing: Option<f64>,
    /// Root mean square distance of traces from where the map puts them, in units of the coordinates.
    pub residual_rms: f64,
    /// The largest such distance of the traces the map was fitted to.
    pub residual_max: f64,
    /// Traces with coordinates that lie more than a spacing from where the others put them, and were left out of the
    /// fit.
    pub outliers: u64,
    /// The first of their numbers, from 1, at most 1000.
    pub outlier_traces: Vec<u64>,
}

impl AffineMap {
    /// The coordinates of a position.
    pub fn xy(&self, inline: f64, crossline: f64) -> (f64, f64) {
        let (i, c) = (inline - self.origin.0 as f64, crossline - self.origin.1 as f64);
        let ((ix, iy), (cx, cy)) = (self.per_inline.unwrap_or_default(), self.per_crossline.unwrap_or_default());
        (self.origin_xy.0 + i * ix + c * cx, self.origin_xy.1 + i * iy + c * cy)
    }

    /// The inline and crossline numbers of coordinates; `None` where there is one inline or one crossline only.
    pub fn lines(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let ((ix, iy), (cx, cy)) = (self.per_inline?, self.per_crossline?);
        let area = ix * cy - iy * cx;
        let (dx, dy) = (x - self.origin_xy.0, y - self.origin_xy.1);
        let found = ((dx * cy - dy * cx) / area, (ix * dy - iy * dx) / area);
        (area != 0.0).then_some((found.0 + self.origin.0 as f64, found.1 + self.origin.1 as f64))
    }

    /// The direction in which crossline numbers rise along an inline, degrees clockwise from the y axis (grid north),
    /// from 0 up to 360.
    pub fn inline_azimuth(&self) -> Option<f64> {
        self.per_crossline.and_then(azimuth)
    }

    /// The direction in which inline numbers rise along a crossline, degrees clockwise from the y axis.
    pub fn crossline_azimuth(&self) -> Option<f64> {
        self.per_inline.and_then(azimuth)
    }

    /// Whether the direction of rising crossline numbers lies to the left (anticlockwise) of that of rising inline
    /// numbers, seen from above: right-handed, as x and y are. `None` where there is one inline or one crossline only.
    pub fn right_handed(&self) -> Option<bool> {
        let ((ix, iy), (cx, cy)) = (self.per_inline?, self.per_crossline?);
        Some(ix * cy - iy * cx > 0.0)
    }

    /// The angle between inlines and crosslines, degrees from 0 to 180; 90 for most surveys.
    pub fn angle(&self) -> Option<f64> {
        let ((ix, iy), (cx, cy)) = (self.per_inline?, self.per_crossline?);
        Some((ix * cy - iy * cx).abs().atan2(ix * cx + iy * cy).to_degrees())
    }

    /// The smaller of the two spacings.
    pub fn spacing(&self) -> Option<f64> {
        let known = self.inline_spacing.into_iter().chain(self.crossline_spacing).filter(|s| *s > 0.0);
        known.min_by(f64::total_cmp)
    }

    /// The root mean square residual in units of the smaller spacing.
    pub fn relative_residual(&self) -> Option<f64> {
        self.spacing().map(|s| self.residual_rms / s)
    }
}

fn azimuth((x, y): (f64, f64)) -> Option<f64> {
    // The remainder of a tiny negative angle is 360 itself.
    (x != 0.0 || y != 0.0).then(|| x.atan2(y).to_degrees().rem_euclid(360.0)).map(|a| if a >= 360.0 { 0.0 } else { a })
}

/// A trace as the fit sees it.
#[derive(Clone, Copy)]
pub struct Point {
    /// The trace, from 0.
    pub trace: usize,
    pub inline: f64,
    pub crossline: f64,
    pub x: f64,
    pub y: f64,
}

/// Traces that have coordinates. They are gone over several times and never kept: there may be millions.
pub trait Points {
    /// Goes over all of them.
    fn each(&self, to: impl FnMut(Point));
}

/// Those of the points that a map puts near where they are.
struct Near<'a, P> {
    points: &'a P,
    map: &'a AffineMap,
    limit: f64,
}

impl<P: Points> Points for Near<'_, P> {
    fn each(&self, mut to: impl FnMut(Point)) {
        self.points.each(|p| {
            if self.map.off(&p) <= self.limit {
                to(p);
            }
        });
    }
}

/// Fits the map to points. Those that turn out to be far off are left out and the rest fitted again. `None` where they
/// do not determine a map: too few, or numbers that go along together.
pub fn fit(points: &impl Points, inline: &Axis, crossline: &Axis) -> Option<AffineMap> {
    let mut map = fit_all(points, inline, crossline)?;
    if map.residual_max <= map.spacing()? {
        return Some(map);
    }
    // What is far off bends the fit itself, so that it takes some rounds until all of it is left out.
    for _ in 0..8 {
        let spacing = map.spacing()?;
        if map.residual_max <= spacing {
            break;
        }
        let limit = (3.0 * map.residual_rms).max(spacing).powi(2);
        let Some(next) = fit_all(&Near { points, map: &map, limit }, inline, crossline) else { break };
        let gained = next.residual_rms < 0.9 * map.residual_rms;
        map = next;
        if !gained {
            break;
        }
    }
    let limit = map.spacing()?.powi(2);
    let (mut outliers, mut traces) = (0, Vec::new());
    points.each(|p| {
        if map.off(&p) > limit {
            outliers += 1;
            if traces.len() < 1000 {
                traces.push(p.trace as u64 + 1);
            }
        }
    });
    (map.outliers, map.outlier_traces) = (outliers, traces);
    Some(map)
}

impl AffineMap {
    /// The squared distance of a point from where the map puts it.
    fn off(&self, p: &Point) -> f64 {
        let (x, y) = self.xy(p.inline, p.crossline);
        (x - p.x).powi(2) + (y - p.y).powi(2)
    }
}

fn fit_all(points: &impl Points, inline: &Axis, crossline: &Axis) -> Option<AffineMap> {
    // Sums from the first point on, so that those of large coordinates do not lose the last digits.
    let mut first: Option<Point> = None;
    let (mut n, mut sum) = (0.0, [0.0f64; 4]);
    let (mut ii, mut cc, mut ic) = (0.0, 0.0, 0.0);
    let (mut ix, mut iy, mut cx, mut cy) = (0.0, 0.0, 0.0, 0.0);
    points.each(|p| {
        let first = first.get_or_insert(p);
        let (i, c, x, y) = (p.inline - first.inline, p.crossline - first.crossline, p.x - first.x, p.y - first.y);
        n += 1.0;
        for (sum, value) in sum.iter_mut().zip([i, c, x, y]) {
            *sum += value;
        }
        (ii, cc, ic) = (ii + i * i, cc + c * c, ic + i * c);
        (ix, iy, cx, cy) = (ix + i * x, iy + i * y, cx + c * x, cy + c * y);
    });
    let first = first?;
    let [mi, mc, mx, my] = sum.map(|s| s / n);
    let (ii, cc, ic) = (ii - n * mi * mi, cc - n * mc * mc, ic - n * mi * mc);
    let (ix, iy, cx, cy) = (ix - n * mi * mx, iy - n * mi * my, cx - n * mc * mx, cy - n * mc * my);
    // Which numbers change is known; what rounding leaves of the others is not to be divided by.
    let (per_inline, per_crossline) = match (inline.count > 1 && ii > 0.0, crossline.count > 1 && cc > 0.0) {
        (true, true) => {
            let det = ii * cc - ic * ic;
            if det <= 1e-9 * ii * cc {
                return None;
            }
            let solve = |i: f64, c: f64| ((i * cc - c * ic) / det, (c * ii - i * ic) / det);
            let ((xi, xc), (yi, yc)) = (solve(ix, cx), solve(iy, cy));
            (Some((xi, yi)), Some((xc, yc)))
        }
        (true, false) => (Some((ix / ii, iy / ii)), None),
        (false, true) => (None, Some((cx / cc, cy / cc))),
        (false, false) => return None,
    };
    let spacing = |per: Option<(f64, f64)>, axis: &Axis| per.map(|(x, y)| x.hypot(y) * axis.step as f64);
    let mut map = AffineMap {
        origin: (inline.first, crossline.first),
        origin_xy: (0.0, 0.0),
        per_inline,
        per_crossline,
        inline_spacing: spacing(per_inline, inline),
        crossline_spacing: spacing(per_crossline, crossline),
        residual_rms: 0.0,
        residual_max: 0.0,
        outliers: 0,
        outlier_traces: Vec::new(),
    };
    let (x, y) = map.xy(mi + first.inline, mc + first.crossline);
    map.origin_xy = (mx + first.x - x, my + first.y - y);
    let (mut squares, mut most) = (0.0, 0.0f64);
    points.each(|p| {
        let off = map.off(&p);
        squares += off;
        most = most.max(off);
    });
    map.residual_rms = (squares / n).sqrt();
    map.residual_max = most.sqrt();
    let finite = map.origin_xy.0.is_finite() && map.origin_xy.1.is_finite() && map.residual_rms.is_finite();
    finite.then_some(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Points for Vec<Point> {
        fn each(&self, to: impl FnMut(Point)) {
            self.iter().copied().for_each(to);
        }
    }

    fn axis(first: i64, last: i64, step: i64) -> Axis {
        Axis { first, last, step, count: ((last - first) / step + 1) as u64, values: None, descending: false }
    }

    /// 20 × 30 positions, rotated; every 50th is far off.
    fn points(bad: bool) -> Vec<Point> {
        let (azimuth, mut all) = (35f64.to_radians(), Vec::new());
        for i in 0..20 {
            for c in 0..30 {
                // Crosslines rise along azimuth 35°, inlines along 125°, to the right of it.
                let (along, across) = (12.5 * f64::from(c), 25.0 * f64::from(i));
                let x = 450_000.0 + along * azimuth.sin() + across * azimuth.cos();
                let y = 6_780_000.0 + along * azimuth.cos() - across * azimuth.sin();
                let off = if bad && all.len() % 50 == 7 { 5000.0 } else { 0.0 };
                all.push(Point {
                    trace: all.len(),
                    inline: f64::from(100 + 2 * i),
                    crossline: f64::from(900 + 3 * c),
                    x: x + off,
                    y: y - off,
                });
            }
        }
        all
    }

    #[test]
    fn a_rotated_grid_is_found() {
        for bad in [false, true] {
            let points = points(bad);
            let map = fit(&points, &axis(100, 138, 2), &axis(900, 987, 3)).unwrap();
            assert!((map.inline_spacing.unwrap() - 25.0).abs() < 1e-6, "{map:?}");
            assert!((map.crossline_spacing.unwrap() - 12.5).abs() < 1e-6);
            assert!((map.inline_azimuth().unwrap() - 35.0).abs() < 1e-6);
            assert!((map.crossline_azimuth().unwrap() - 125.0).abs() < 1e-6);
            assert!((map.angle().unwrap() - 90.0).abs() < 1e-6);
            // Inlines rise to the east-south-east, crosslines to the north-north-east, at their left.
            assert_eq!(map.right_handed(), Some(true));
            assert_eq!(
                (map.outliers, map.outlier_traces.first().copied()),
                if bad { (12, Some(8)) } else { (0, None) }
            );
            assert!(map.residual_max < 1e-6);
            let (x, y) = map.xy(120.0, 930.0);
            let (i, c) = map.lines(x, y).unwrap();
            assert!((i - 120.0).abs() < 1e-6 && (c - 930.0).abs() < 1e-6);
        }
    }

    #[test]
    fn what_does_not_determine_a_map_gives_none() {
        let line = |t: usize| Point { trace: t, inline: t as f64, crossline: t as f64, x: t as f64, y: 0.0 };
        let points: Vec<Point> = (0..10).map(line).collect();
        assert!(fit(&points, &axis(0, 9, 1), &axis(0, 9, 1)).is_none());
        assert!(fit(&Vec::new(), &axis(0, 9, 1), &axis(0, 9, 1)).is_none());
        let one = |t: usize| Point { trace: t, inline: 7.0, crossline: t as f64, x: 2.0 * t as f64, y: 1.0 };
        let points: Vec<Point> = (0..10).map(one).collect();
        let map = fit(&points, &axis(7, 7, 1), &axis(0, 9, 1)).unwrap();
        assert_eq!((map.per_inline, map.crossline_spacing, map.inline_azimuth()), (None, Some(2.0), Some(90.0)));
        assert_eq!((map.right_handed(), map.lines(0.0, 0.0)), (None, None));
    }
}
