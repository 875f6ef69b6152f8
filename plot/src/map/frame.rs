//! The map's frame: what part of the world is shown, where on the page, and its axes.

use super::{Map, Points, Polyline};
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::text_width;
use crate::svg::{Anchor, Svg, Text, stroke};
use crate::ticks::{self, Ticks};

/// Longest side of the drawing area in px.
const LONGEST: f64 = 640.0;
/// The drawing area is at most this many times longer than wide; the view is widened for it.
const LONGEST_ASPECT: f64 = 2.4;
/// Span shown around a single point, in the map's unit.
const SPAN_OF_A_POINT: f64 = 1000.0;

const TICK_SIZE: f64 = 10.0;
const LABEL_SIZE: f64 = 11.5;

/// The part of the world that is shown and its place on the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub x_min: f64,
    pub y_min: f64,
    /// px for one unit of length.
    pub scale: f64,
    /// Left edge in px.
    pub left: f64,
    /// Upper edge in px.
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

impl Frame {
    /// Fits the frame around all that the map shows, its upper left corner at (left, top).
    pub fn around(map: &Map, left: f64, top: f64) -> Result<Self> {
        let mut x = Extent::default();
        let mut y = Extent::default();
        if let Some(g) = &map.grid {
            for (px, py) in g.corners() {
                x.add(px);
                y.add(py);
            }
        }
        let points = map.points.iter().map(|p: &Points| (&p.x, &p.y));
        let lines = map.lines.iter().map(|l: &Polyline| (&l.x, &l.y));
        for (xs, ys) in points.chain(lines) {
            for (&px, &py) in xs.iter().zip(ys) {
                if px.is_finite() && py.is_finite() {
                    x.add(px);
                    y.add(py);
                }
            }
        }
        let ((x_low, x_high), (y_low, y_high)) = match (x.get(), y.get()) {
            (Some(x), Some(y)) => (x, y),
            _ => {
                return Err(PlotError::Empty {
                    what: format!("the map '{}'", map.title),
                    expected: "a grid, or points or lines with finite coordinates",
                });
            }
        };
        let (mut w, mut h) = (x_high - x_low, y_high - y_low);
        // Coordinates so far apart, or so large against their span, that f64 cannot tell px apart.
        let largest = [x_low, x_high, y_low, y_high].iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let longest = w.max(h);
        if !longest.is_finite() || (longest > 0.0 && longest < largest * 1e-11) {
            return Err(PlotError::InvalidRange {
                what: "the map's extent".into(),
                low: x_low.min(y_low),
                high: x_high.max(y_high),
                expected: "coordinates whose span can be drawn; look for null values such as 1e30 among them",
            });
        }
        let pad = if longest > 0.0 { 0.03 * longest } else { SPAN_OF_A_POINT / 2.0 };
        w = (w + 2.0 * pad).max((h + 2.0 * pad) / LONGEST_ASPECT);
        h = (h + 2.0 * pad).max(w / LONGEST_ASPECT);
        let scale = LONGEST / w.max(h);
        Ok(Self {
            x_min: (x_low + x_high) / 2.0 - w / 2.0,
            y_min: (y_low + y_high) / 2.0 - h / 2.0,
            scale,
            left,
            top,
            width: w * scale,
            height: h * scale,
        })
    }

    /// From the world to px.
    pub fn place(&self, x: f64, y: f64) -> (f64, f64) {
        (self.left + (x - self.x_min) * self.scale, self.bottom() - (y - self.y_min) * self.scale)
    }

    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }

    /// The border, ticks, their numbers and the axis labels.
    pub fn draw_axes(&self, svg: &mut Svg, map: &Map) {
        svg.rect(self.left, self.top, self.width, self.height, &stroke(Rgb::SLATE, 1.0, None));
        let unit = if map.length_unit.trim().is_empty() { "unit not stated" } else { map.length_unit.trim() };
        let x = spaced(self.x_min, self.width, self.scale);
        for &v in &x.values {
            let px = self.place(v, self.y_min).0;
            svg.line((px, self.bottom()), (px, self.bottom() + 5.0), Rgb::SLATE, 0.8);
            svg.line((px, self.top), (px, self.top + 4.0), Rgb::SLATE, 0.6);
            let text = x.text(v);
            svg.text(Text::new(px, self.bottom() + 16.5, TICK_SIZE, &text).anchor(Anchor::Middle));
        }
        let y = spaced(self.y_min, self.height, self.scale);
        for &v in &y.values {
            let py = self.place(self.x_min, v).1;
            svg.line((self.left - 5.0, py), (self.left, py), Rgb::SLATE, 0.8);
            svg.line((self.right() - 4.0, py), (self.right(), py), Rgb::SLATE, 0.6);
            let text = y.text(v);
            svg.text(Text::new(self.left - 9.0, py, TICK_SIZE, &text).anchor(Anchor::Middle).rotate(-90.0));
        }
        let named = |label: &str| if label.trim().is_empty() { String::new() } else { format!("{label} ({unit})") };
        let (mid_x, mid_y) = (self.left + self.width / 2.0, self.top + self.height / 2.0);
        svg.text(Text::new(mid_x, self.bottom() + 33.0, LABEL_SIZE, &named(&map.x_label)).anchor(Anchor::Middle));
        svg.text(
            Text::new(self.left - 25.0, mid_y, LABEL_SIZE, &named(&map.y_label)).anchor(Anchor::Middle).rotate(-90.0),
        );
    }
}

/// As many round ticks as have room for their numbers side by side.
fn spaced(low: f64, pixels: f64, scale: f64) -> Ticks {
    let high = low + pixels / scale;
    let mut ticks = Ticks { values: Vec::new(), step: 1.0 };
    for count in [8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        ticks = ticks::linear(low, high, count);
        let widest = ticks.values.iter().map(|&v| text_width(&ticks.text(v), TICK_SIZE, false)).fold(0.0, f64::max);
        if widest + 18.0 <= ticks.step * scale {
            break;
        }
    }
    ticks
}

/// Smallest and largest of the values added.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent(Option<(f64, f64)>);

impl Extent {
    pub fn add(&mut self, v: f64) {
        if v.is_finite() {
            self.0 = Some(self.0.map_or((v, v), |(low, high)| (low.min(v), high.max(v))));
        }
    }

    pub fn of<'a>(values: impl IntoIterator<Item = &'a f64>) -> Self {
        let mut extent = Self::default();
        values.into_iter().for_each(|&v| extent.add(v));
        extent
    }

    pub fn get(self) -> Option<(f64, f64)> {
        self.0
    }
}
