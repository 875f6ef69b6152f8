//! Where the traces stand on the page.

use std::ops::Range;

use crate::error::{PlotError, Result};

/// Traces farther apart than so many usual distances have blank room between them.
const HOLE: f64 = 1.5;

/// The traces across the drawing area.
pub(super) struct Along {
    pub left: f64,
    pub width: f64,
    /// Positions at the left and the right edge.
    first: f64,
    last: f64,
    /// px of each trace, increasing.
    pub x: Vec<f64>,
    /// The usual distance of two traces, px.
    pub spacing: f64,
}

/// What a column of px shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// No trace is near.
    Nothing,
    /// One trace.
    One(usize),
    /// Between a trace and the next: the part of the second.
    Two(usize, f32),
    /// The mean of traces.
    Many(Range<usize>),
}

impl Along {
    pub fn new(positions: &[f64], left: f64, width: f64) -> Result<Self> {
        let (Some(&start), Some(&end)) = (positions.first(), positions.last()) else {
            return Err(PlotError::Empty { what: "the section".into(), expected: "at least one trace" });
        };
        let down = end < start;
        for (k, pair) in positions.windows(2).enumerate() {
            let &[a, b] = pair else { continue };
            if !(if down { b < a } else { b > a }) {
                return Err(PlotError::InvalidRange {
                    what: format!("the step of the positions from trace {} to {}", k + 1, k + 2),
                    low: a,
                    high: b,
                    expected: "positions that all increase or all decrease",
                });
            }
        }
        if !(start.is_finite() && end.is_finite()) {
            let found = if start.is_finite() { end } else { start };
            let what = "the position of a trace".to_owned();
            return Err(PlotError::InvalidNumber { what, found, expected: "a finite number" });
        }
        let mut steps: Vec<f64> = positions.windows(2).map(|p| (p[1] - p[0]).abs()).collect();
        let middle = steps.len() / 2;
        let usual = match steps.is_empty() {
            true => 1.0,
            false => *steps.select_nth_unstable_by(middle, f64::total_cmp).1,
        };
        let half = if down { -usual / 2.0 } else { usual / 2.0 };
        let (first, last) = (start - half, end + half);
        let mut along = Self { left, width, first, last, x: Vec::new(), spacing: usual / (last - first).abs() * width };
        along.x = positions.iter().map(|&p| along.px(p)).collect();
        Ok(along)
    }

    /// px of a position.
    pub fn px(&self, position: f64) -> f64 {
        self.left + (position - self.first) / (self.last - self.first) * self.width
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The smaller and the larger of the positions at the edges.
    pub fn ends(&self) -> (f64, f64) {
        (self.first.min(self.last), self.first.max(self.last))
    }

    /// Whether there is blank room between a trace and the next.
    pub fn parted(&self, k: usize) -> bool {
        match (self.x.get(k), self.x.get(k + 1)) {
            (Some(a), Some(b)) => b - a > HOLE * self.spacing,
            _ => false,
        }
    }

    /// What each of `columns` across the drawing area shows.
    pub fn sources(&self, columns: usize, smooth: bool) -> Vec<Source> {
        let step = self.width / columns.max(1) as f64;
        let at = |column: usize| self.left + column as f64 * step;
        (0..columns).map(|c| self.source(at(c), at(c + 1), smooth)).collect()
    }

    fn source(&self, from: f64, to: f64, smooth: bool) -> Source {
        let within = self.x.partition_point(|x| *x < from)..self.x.partition_point(|x| *x < to);
        if within.len() > 1 {
            return Source::Many(within);
        }
        let x = 0.5 * (from + to);
        let after = self.x.partition_point(|t| *t < x);
        let before = after.checked_sub(1);
        let far = |k: usize| self.x.get(k).map_or(f64::INFINITY, |t| (t - x).abs());
        let left = before.map_or(f64::INFINITY, far);
        let right = far(after);
        if let Some(k) = before.filter(|k| right.is_finite() && !self.parted(*k)) {
            return match (smooth, left <= right) {
                (true, _) => Source::Two(k, (left / (left + right)) as f32),
                (false, true) => Source::One(k),
                (false, false) => Source::One(after),
            };
        }
        // At the ends and beside a hole a trace fills half of the usual distance.
        match (left.min(right) <= 0.5001 * self.spacing, before) {
            (true, Some(k)) if left <= right => Source::One(k),
            (true, _) => Source::One(after),
            _ => Source::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_stay_blank_and_ends_have_half_a_cell() {
        let along = Along::new(&[1.0, 2.0, 3.0, 7.0, 8.0], 0.0, 80.0).unwrap();
        assert_eq!(along.spacing, 10.0);
        assert_eq!(along.x, [5.0, 15.0, 25.0, 65.0, 75.0]);
        let sources = along.sources(8, false);
        let expected = [Some(0), Some(1), Some(2), None, None, None, Some(3), Some(4)];
        let found: Vec<_> = sources.iter().map(|s| if let Source::One(k) = s { Some(*k) } else { None }).collect();
        assert_eq!(found, expected);
        assert_eq!(along.sources(80, true)[9], Source::Two(0, 0.45));
    }

    #[test]
    fn traces_closer_than_px_are_averaged() {
        let positions: Vec<f64> = (0..100).map(f64::from).rev().collect();
        let along = Along::new(&positions, 0.0, 25.0).unwrap();
        assert_eq!(along.sources(25, true)[1], Source::Many(4..8));
        assert!(Along::new(&[1.0, 2.0, 2.0], 0.0, 10.0).is_err());
        assert!(Along::new(&[1.0, f64::NAN, 2.0], 0.0, 10.0).is_err());
    }
}
