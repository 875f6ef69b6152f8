//! An axis: range, direction, ticks.

use super::GRID;
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::text_width;
use crate::svg::{Anchor, Svg, Text, path_data, stroke};
use crate::ticks;

/// What an axis shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What the values are.
    pub label: String,
    /// Their unit; empty for none, `None` is written as "unit not stated".
    pub unit: Option<String>,
    /// Logarithmic; values that are not above 0 are left out.
    pub log: bool,
    /// Values at the left or lower end and at the other; NaN for round ones around the data. The first may be the larger.
    pub range: (f64, f64),
    /// Turned round, where the range comes from the data.
    pub reversed: bool,
}

impl Default for Axis {
    fn default() -> Self {
        Axis { label: String::new(), unit: None, log: false, range: (f64::NAN, f64::NAN), reversed: false }
    }
}

/// An axis with its ends, on the page.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub first: f64,
    pub last: f64,
    pub log: bool,
    /// px of the ends.
    pub from: f64,
    pub to: f64,
}

impl Axis {
    /// The label with its unit.
    pub(super) fn title(&self) -> String {
        match self.unit.as_deref().map(str::trim) {
            None => format!("{} (unit not stated)", self.label),
            Some("") => self.label.clone(),
            Some(unit) => format!("{} ({unit})", self.label),
        }
    }

    /// Whether a value can be shown at all.
    pub(super) fn takes(&self, v: f64) -> bool {
        v.is_finite() && (!self.log || v > 0.0)
    }

    /// The axis with its ends.
    pub(super) fn place<'a>(&self, values: impl Iterator<Item = &'a f64>, from: f64, to: f64) -> Result<Placed> {
        let (mut first, mut last) = self.range;
        for end in [first, last] {
            if end.is_infinite() || (self.log && end <= 0.0) {
                let expected = if self.log { "a number above 0 on a logarithmic axis" } else { "a finite number" };
                return Err(PlotError::InvalidNumber {
                    what: format!("an end of the axis {}", self.label),
                    found: end,
                    expected,
                });
            }
        }
        if first.is_nan() || last.is_nan() {
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            let mut count = 0;
            for v in values {
                count += 1;
                if self.takes(*v) {
                    (low, high) = (low.min(*v), high.max(*v));
                }
            }
            if low > high {
                return Err(PlotError::AllUndefined { what: format!("the axis {}", self.label), count });
            }
            let (a, b) = if self.log { decades(low, high) } else { round(low, high) };
            let (a, b) = if self.reversed { (b, a) } else { (a, b) };
            first = if first.is_nan() { a } else { first };
            last = if last.is_nan() { b } else { last };
        }
        if first == last {
            return Err(PlotError::InvalidRange {
                what: format!("the axis {}", self.label),
                low: first,
                high: last,
                expected: "two different ends",
            });
        }
        Ok(Placed { first, last, log: self.log, from, to })
    }
}

fn round(low: f64, high: f64) -> (f64, f64) {
    if low == high {
        let half = (low.abs() * 0.1).max(0.5);
        return (low - half, low + half);
    }
    let step = ticks::round_step(high - low, 8.0);
    ((low / step).floor() * step, (high / step).ceil() * step)
}

fn decades(low: f64, high: f64) -> (f64, f64) {
    let (a, b) = (low.log10().floor(), high.log10().ceil());
    (10f64.powf(a), 10f64.powf(if b > a { b } else { a + 1.0 }))
}

impl Placed {
    pub fn low(&self) -> f64 {
        self.first.min(self.last)
    }

    pub fn high(&self) -> f64 {
        self.first.max(self.last)
    }

    pub fn shows(&self, v: f64) -> bool {
        v >= self.low() && v <= self.high()
    }

    /// From a value to px.
    pub fn px(&self, v: f64) -> f64 {
        let share = if self.log {
            (v / self.first).ln() / (self.last / self.first).ln()
        } else {
            (v - self.first) / (self.last - self.first)
        };
        self.from + share * (self.to - self.from)
    }

    /// From px to a value.
    pub fn value(&self, px: f64) -> f64 {
        let share = (px - self.from) / (self.to - self.from);
        if self.log {
            self.first * (self.last / self.first).powf(share)
        } else {
            self.first + share * (self.last - self.first)
        }
    }

    /// Values of the ticks with their texts, and of the lines between.
    fn ticks(&self) -> (Vec<(f64, String)>, Vec<f64>) {
        if !self.log {
            let pixels = (self.to - self.from).abs();
            let mut marks = ticks::linear(self.low(), self.high(), 8.0);
            for count in [8.0, 6.0, 5.0, 4.0, 3.0, 2.0] {
                marks = ticks::linear(self.low(), self.high(), count);
                let widest = marks.values.iter().map(|&v| text_width(&marks.text(v), 10.0, false)).fold(0.0, f64::max);
                if widest + 16.0 <= marks.step / (self.high() - self.low()) * pixels {
                    break;
                }
            }
            return (marks.values.iter().map(|&v| (v, marks.text(v))).collect(), Vec::new());
        }
        let (from, to) = (self.low().log10().floor() as i32, self.high().log10().ceil() as i32);
        let (mut major, mut minor) = (Vec::new(), Vec::new());
        for decade in from..=to {
            for k in 1..10 {
                let v = f64::from(k) * 10f64.powi(decade);
                if v < self.low() * (1.0 - 1e-9) || v > self.high() * (1.0 + 1e-9) {
                    continue;
                }
                // Where there is hardly a decade, its 2 and 5 have numbers too.
                if k == 1 || (to - from <= 1 && (k == 2 || k == 5)) {
                    major.push((v, ticks::short(v)));
                } else {
                    minor.push(v);
                }
            }
        }
        (major, minor)
    }
}

/// The plotting area with both axes.
pub(super) struct Area {
    pub x: Placed,
    pub y: Placed,
}

impl Area {
    /// White ground and the lines of the grid.
    pub fn ground(&self, svg: &mut Svg, horizontal_only: bool) {
        let (left, top) = (self.x.from.min(self.x.to), self.y.from.min(self.y.to));
        let (width, height) = ((self.x.to - self.x.from).abs(), (self.y.to - self.y.from).abs());
        svg.rect(left, top, width, height, "fill=\"#FFFFFF\"");
        let mut lines = String::new();
        let (x, between_x) = self.x.ticks();
        let (y, between_y) = self.y.ticks();
        if !horizontal_only {
            for v in x.iter().map(|t| t.0).chain(between_x) {
                let px = self.x.px(v);
                lines += &path_data(&[(px, top), (px, top + height)], false);
            }
        }
        for v in y.iter().map(|t| t.0).chain(between_y) {
            let py = self.y.px(v);
            lines += &path_data(&[(left, py), (left + width, py)], false);
        }
        svg.path(&lines, &stroke(GRID, 0.7, None));
    }

    /// Frame, ticks and titles.
    pub fn frame(&self, svg: &mut Svg, x_title: &str, y_title: &str) {
        let (left, top) = (self.x.from.min(self.x.to), self.y.from.min(self.y.to));
        let (right, bottom) = (self.x.from.max(self.x.to), self.y.from.max(self.y.to));
        svg.rect(left, top, right - left, bottom - top, &stroke(Rgb::SLATE, 1.0, None));
        for (v, text) in self.x.ticks().0 {
            let px = self.x.px(v);
            svg.line((px, bottom), (px, bottom + 5.0), Rgb::SLATE, 0.8);
            svg.text(Text::new(px, bottom + 17.0, 10.0, &text).anchor(Anchor::Middle));
        }
        let mut widest = 0.0f64;
        for (v, text) in self.y.ticks().0 {
            let py = self.y.px(v);
            svg.line((left - 5.0, py), (left, py), Rgb::SLATE, 0.8);
            svg.text(Text::new(left - 8.0, py + 3.5, 10.0, &text).anchor(Anchor::End));
            widest = widest.max(text_width(&text, 10.0, false));
        }
        let (mid_x, mid_y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        svg.text(Text::new(mid_x, bottom + 36.0, 11.5, x_title).anchor(Anchor::Middle));
        svg.text(Text::new(left - 18.0 - widest, mid_y, 11.5, y_title).anchor(Anchor::Middle).rotate(-90.0));
    }
}
