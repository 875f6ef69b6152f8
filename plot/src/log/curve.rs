//! A curve in px: its scale, its runs between gaps, thinned to what the page can show.

use super::{Curve, LogPlot};
use crate::error::{PlotError, Result};
use crate::ticks;

/// Height of the slices that curves are thinned to, in px.
const SLICE: f64 = 1.0;
/// Positions are kept within this many track widths of the track, so that numbers stay small.
const FARTHEST: f64 = 8.0;

/// The scale of a curve, its ends resolved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub left: f64,
    pub right: f64,
    pub log: bool,
}

impl Scale {
    /// The curve's scale, taken from the values shown where the ends are not given; `None`
    /// where there is no value to take it from.
    pub fn of(curve: &Curve, shown: &[f64]) -> Result<Option<Self>> {
        let what = || format!("the scale of curve {}", curve.mnemonic);
        let log = curve.log_scale;
        for end in [curve.left, curve.right] {
            if end.is_infinite() || (log && end <= 0.0) {
                let expected = if log { "a positive number on a logarithmic scale" } else { "a finite number" };
                return Err(PlotError::InvalidNumber { what: what(), found: end, expected });
            }
        }
        if curve.left == curve.right {
            let (low, high) = (curve.left, curve.right);
            return Err(PlotError::InvalidRange { what: what(), low, high, expected: "two different ends" });
        }
        let (mut left, mut right) = (curve.left, curve.right);
        if left.is_nan() || right.is_nan() {
            let Some((low, high)) = extent(shown, log) else { return Ok(None) };
            let (low, high) = if log { round_decades(low, high) } else { round_out(low, high) };
            left = if left.is_nan() { low } else { left };
            right = if right.is_nan() { high } else { right };
            if left == right {
                right = if log { left * 10.0 } else { left + 1.0 };
            }
        }
        Ok(Some(Self { left, right, log }))
    }

    /// Place of a value across the track: 0 at the left edge, 1 at the right one, NaN for none.
    pub fn share(&self, v: f64) -> f64 {
        let share = if self.log {
            if v <= 0.0 {
                return f64::NAN;
            }
            (v / self.left).ln() / (self.right / self.left).ln()
        } else {
            (v / 2.0 - self.left / 2.0) / (self.right / 2.0 - self.left / 2.0)
        };
        if v.is_finite() { share.clamp(-FARTHEST, FARTHEST) } else { f64::NAN }
    }
}

fn extent(values: &[f64], log: bool) -> Option<(f64, f64)> {
    values
        .iter()
        .filter(|v| v.is_finite() && (!log || **v > 0.0))
        .fold(None, |e, &v| Some(e.map_or((v, v), |(low, high): (f64, f64)| (low.min(v), high.max(v)))))
}

fn round_out(low: f64, high: f64) -> (f64, f64) {
    if low == high {
        let half = (low.abs() * 0.1).max(0.5);
        return (low - half, low + half);
    }
    let step = ticks::round_step(high - low, 8.0);
    ((low / step).floor() * step, (high / step).ceil() * step)
}

fn round_decades(low: f64, high: f64) -> (f64, f64) {
    let (a, b) = (low.log10().floor(), high.log10().ceil());
    (10f64.powf(a), 10f64.powf(if b > a { b } else { a + 1.0 }))
}

/// The track's place and the depths in px, shared by its curves.
pub(super) struct Canvas<'a> {
    pub left: f64,
    pub width: f64,
    /// y of each sample in px, not decreasing; only the samples shown.
    pub y: &'a [f64],
}

/// A sample in px.
pub(super) type Point = (f64, f64);

impl Canvas<'_> {
    pub fn x(&self, scale: Scale, value: f64) -> f64 {
        self.left + self.width * scale.share(value)
    }

    /// The curve's runs between gaps, each thinned to the first, leftmost, rightmost and last
    /// sample of every px of depth (M4: Jugel et al., VLDB 2014), which draws as all samples do.
    pub fn runs(&self, scale: Scale, values: &[f64]) -> Vec<Vec<Point>> {
        let points = self.y.iter().zip(values).map(|(&y, &v)| (self.x(scale, v), y));
        let mut runs = Vec::new();
        let mut run: Vec<Point> = Vec::new();
        for point in points {
            if point.0.is_nan() {
                if !run.is_empty() {
                    runs.push(thinned(&run, |p| p.1, |p| p.0));
                    run.clear();
                }
            } else {
                run.push(point);
            }
        }
        if !run.is_empty() {
            runs.push(thinned(&run, |p| p.1, |p| p.0));
        }
        runs
    }
}

/// First, least, greatest and last item of every slice of y, in their order.
pub(super) fn thinned<T: Copy>(run: &[T], y: impl Fn(&T) -> f64, x: impl Fn(&T) -> f64) -> Vec<T> {
    let slice = |item: &T| (y(item) / SLICE).floor();
    let mut kept = Vec::new();
    for part in run.chunk_by(|a, b| slice(a) == slice(b)) {
        if part.len() <= 4 {
            kept.extend_from_slice(part);
            continue;
        }
        let by_x = |a: &(usize, &T), b: &(usize, &T)| x(a.1).total_cmp(&x(b.1));
        let least = part.iter().enumerate().min_by(by_x).map_or(0, |p| p.0);
        let greatest = part.iter().enumerate().max_by(by_x).map_or(0, |p| p.0);
        let mut picks = [0, least.min(greatest), least.max(greatest), part.len() - 1].to_vec();
        picks.dedup();
        kept.extend(picks.iter().filter_map(|&k| part.get(k)));
    }
    kept
}

/// The samples of the plot in drawing order: numbers of those shown, and all depths checked.
pub(super) struct Samples {
    /// Sample numbers, shallowest first.
    pub order: Vec<usize>,
    pub shallowest: f64,
    pub deepest: f64,
}

impl Samples {
    /// Checks the depths and picks those in the range, with one neighbour on either side so
    /// that lines reach the edges.
    pub fn of(plot: &LogPlot) -> Result<Self> {
        if plot.depth.is_empty() {
            return Err(PlotError::Empty {
                what: format!("the depth of the log plot '{}'", plot.title),
                expected: "at least one sample",
            });
        }
        let mut order: Vec<usize> = (0..plot.depth.len()).collect();
        let depth = |k: &usize| plot.depth.get(*k).copied().unwrap_or(f64::NAN);
        order.retain(|k| depth(k).is_finite());
        let (Some(first), Some(last)) = (order.first().map(depth), order.last().map(depth)) else {
            let what = format!("the depth of the log plot '{}'", plot.title);
            return Err(PlotError::AllUndefined { what, count: plot.depth.len() });
        };
        if last < first {
            order.reverse();
        }
        if let Some(pair) = order.windows(2).find(|w| matches!(w, [a, b] if depth(a) > depth(b))) {
            let &[a, b] = pair else { return Err(PlotError::Svg("depth order".into())) };
            return Err(PlotError::InvalidNumber {
                what: format!("depth number {} (next to {} at number {})", b + 1, depth(&a), a + 1),
                found: depth(&b),
                expected: "depths that keep increasing or keep decreasing; sort the rows by depth, one well at a time",
            });
        }
        let all = (first.min(last), first.max(last));
        let (shallowest, deepest) = match plot.range {
            None if all.0 == all.1 => (all.0 - 0.5, all.1 + 0.5),
            None => all,
            Some((a, b)) if a.is_finite() && b.is_finite() && a < b => (a, b),
            Some((low, high)) => {
                return Err(PlotError::InvalidRange {
                    what: "the depth range".into(),
                    low,
                    high,
                    expected: "a shallower and a deeper depth",
                });
            }
        };
        let from = order.partition_point(|k| depth(k) < shallowest).saturating_sub(1);
        let to = order.partition_point(|k| depth(k) <= deepest).saturating_add(1).min(order.len());
        if all.1 < shallowest || all.0 > deepest {
            return Err(PlotError::InvalidRange {
                what: format!("the depth range (samples are from {} to {})", all.0, all.1),
                low: shallowest,
                high: deepest,
                expected: "a range that overlaps the samples",
            });
        }
        let order = order.get(from..to).map(<[usize]>::to_vec).unwrap_or_default();
        Ok(Self { order, shallowest, deepest })
    }

    /// The values of a curve in drawing order.
    pub fn values(&self, values: &[f64]) -> Vec<f64> {
        self.order.iter().map(|&k| values.get(k).copied().unwrap_or(f64::NAN)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_place_values() {
        let density = Scale { left: 1.95, right: 2.95, log: false };
        assert!((density.share(2.45) - 0.5).abs() < 1e-12);
        let neutron = Scale { left: 0.45, right: -0.15, log: false };
        assert!((neutron.share(0.0) - 0.75).abs() < 1e-12);
        let resistivity = Scale { left: 0.2, right: 2000.0, log: true };
        assert!((resistivity.share(20.0) - 0.5).abs() < 1e-12);
        assert!(resistivity.share(-1.0).is_nan());
        assert!(density.share(f64::NAN).is_nan());
    }

    #[test]
    fn thinning_keeps_extremes_and_order() {
        let run: Vec<Point> = (0..10_000).map(|k| (f64::from(k % 97), f64::from(k) * 0.001)).collect();
        let kept = thinned(&run, |p| p.1, |p| p.0);
        assert!(kept.len() <= 4 * 11, "{}", kept.len());
        assert!(kept.windows(2).all(|w| w[0].1 <= w[1].1));
        assert_eq!(kept.first(), run.first());
        assert_eq!(kept.last(), run.last());
        assert_eq!(kept.iter().map(|p| p.0).fold(0.0, f64::max), 96.0);
    }
}
