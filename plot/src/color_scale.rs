//! A colour scale and its bar, shared by maps and seismic sections.

use crate::color::{ColorMap, Rgb};
use crate::error::{PlotError, Result};
use crate::font::{fit, wrap};
use crate::svg::{Svg, Text, stroke};
use crate::ticks;

/// Width of the column to the right of a picture that the bar stands in.
pub(crate) const COLUMN: f64 = 124.0;

/// Colours for values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ColorScale {
    pub map: ColorMap,
    pub low: f64,
    pub high: f64,
    /// Some values are below or above the ends.
    pub beyond: (bool, bool),
    /// Depths: the bar has its low end at the top.
    pub downwards: bool,
    pub label: String,
    pub unit: Option<String>,
}

impl ColorScale {
    pub fn new(map: ColorMap, data: (f64, f64), range: Option<(f64, f64)>, what: &str) -> Result<Self> {
        let (low, high) = match range {
            Some((low, high)) if low.is_finite() && high.is_finite() && low < high => (low, high),
            Some((low, high)) => {
                return Err(PlotError::InvalidRange {
                    what: format!("the colour range of {what}"),
                    low,
                    high,
                    expected: "a smaller and a larger number (to turn the colours round, set reverse)",
                });
            }
            // One value only: room on both sides so that the bar has a length.
            None if data.0 == data.1 => {
                let half = (data.0.abs() * 0.01).max(0.5);
                (data.0 - half, data.0 + half)
            }
            None => data,
        };
        Ok(Self {
            map,
            low,
            high,
            beyond: (data.0 < low, data.1 > high),
            downwards: false,
            label: String::new(),
            unit: None,
        })
    }

    /// Place of a value on the scale, 0 to 1 within it.
    pub fn share(&self, value: f64) -> f64 {
        (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }

    pub fn color(&self, value: f64) -> Rgb {
        self.map.at(self.share(value))
    }

    /// Black on light colours, white on dark ones.
    pub fn ink(&self, value: f64) -> Rgb {
        if self.color(value).luminance() < 0.14 { Rgb(0xF2, 0xF5, 0xF7) } else { Rgb::SLATE }
    }
}

/// The colour bar with its title above, high values at the top unless the scale runs downwards;
/// returns the lower edge.
pub(crate) fn color_bar(svg: &mut Svg, scale: &ColorScale, x: f64, y: f64, height: f64) -> f64 {
    let mut y = y + 11.0;
    for line in wrap(&scale.label, 11.0, true, COLUMN, 3) {
        svg.text(Text::new(x, y, 11.0, &line).bold());
        y += 14.0;
    }
    if let Some(unit) = unit_shown(scale) {
        svg.text(Text::new(x, y, 10.5, &fit(&format!("({unit})"), 10.5, false, COLUMN)));
        y += 14.0;
    }
    let (top, width) = (y - 2.0, 16.0);
    let slices = scale.map.len().min(128);
    let slice = height / slices as f64;
    // Slices reach a little under the next one so that no seams show.
    for k in 0..slices {
        let along = k as f64 / (slices - 1).max(1) as f64;
        let color = scale.map.at(if scale.downwards { along } else { 1.0 - along });
        let y = top + k as f64 * slice;
        let reach = (slice + 0.6).min(top + height - y);
        svg.rect(x, y, width, reach, &format!("fill=\"{color}\""));
    }
    svg.rect(x, top, width, height, &stroke(Rgb::SLATE, 0.8, None));
    let marks = ticks::linear(scale.low, scale.high, (height / 32.0).clamp(2.0, 10.0));
    for &v in &marks.values {
        let share = scale.share(v);
        let py = top + height * if scale.downwards { share } else { 1.0 - share };
        svg.line((x + width, py), (x + width + 4.0, py), Rgb::SLATE, 0.8);
        svg.text(Text::new(x + width + 8.0, py + 3.5, 10.0, &marks.text(v)));
    }
    let mut bottom = top + height + 6.0;
    if scale.beyond.0 || scale.beyond.1 {
        let what = match scale.beyond {
            (true, true) => "values beyond both ends",
            (true, false) => "some values are lower",
            _ => "some values are higher",
        };
        svg.text(Text::new(x, bottom + 9.0, 9.0, what));
        bottom += 14.0;
    }
    bottom
}

/// Height of the colour bar's title.
pub(crate) fn color_bar_title_height(scale: &ColorScale) -> f64 {
    let unit = unit_shown(scale).is_some();
    let rows = wrap(&scale.label, 11.0, true, COLUMN, 3).len() + usize::from(unit);
    9.0 + 14.0 * rows as f64
}

/// The unit under the title; none for values that have no unit, which an empty text says.
fn unit_shown(scale: &ColorScale) -> Option<&str> {
    match scale.unit.as_deref().map(str::trim) {
        None => Some("unit not stated"),
        Some("") => None,
        unit => unit,
    }
}
