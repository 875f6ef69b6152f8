//! What stands beside the map: colour bar, north arrow, scale bar, legend.

use super::frame::Frame;
use super::layers::line_attributes;
use super::surface::ColorScale;
use super::symbols::{self, Drawn};
use super::{Map, Symbol};
use crate::color::Rgb;
use crate::font::{fit, text_width, wrap};
use crate::svg::{Anchor, Svg, Text, num, path_data, stroke};
use crate::ticks;

/// Width of the column to the right of the map.
pub(super) const COLUMN: f64 = 124.0;

/// A north arrow with its upper left corner at (x, y), 40 px high.
pub(super) fn north_arrow(svg: &mut Svg, x: f64, y: f64) {
    let (mid, tip, foot) = (x + 9.0, y + 13.0, y + 40.0);
    svg.text(Text::new(mid, y + 9.0, 11.0, "N").anchor(Anchor::Middle).bold());
    let left = [(mid, tip), (mid - 7.5, foot), (mid, foot - 6.0)];
    let right = [(mid, tip), (mid + 7.5, foot), (mid, foot - 6.0)];
    svg.path(&path_data(&left, true), &format!("fill=\"{}\"", Rgb::SLATE));
    svg.path(&path_data(&right, true), &format!("fill=\"#FFFFFF\" stroke=\"{}\" stroke-width=\"0.9\"", Rgb::SLATE));
}

/// The colour bar with its title above, high values at the top unless the scale runs downwards;
/// returns the lower edge.
pub(super) fn color_bar(svg: &mut Svg, scale: &ColorScale, x: f64, y: f64, height: f64) -> f64 {
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
pub(super) fn color_bar_title_height(scale: &ColorScale) -> f64 {
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

/// A scale bar of a round length, its left end at (x, y).
pub(super) fn scale_bar(svg: &mut Svg, map: &Map, frame: &Frame, x: f64, y: f64) {
    let unit = map.length_unit.trim();
    let span = frame.width / frame.scale;
    let length = quarterable(span * 0.36);
    let (pixels, height) = (length * frame.scale, 5.0);
    for k in 0..4 {
        let fill = if k % 2 == 0 { Rgb::SLATE } else { Rgb::WHITE };
        svg.rect(x + pixels * f64::from(k) / 4.0, y, pixels / 4.0, height, &format!("fill=\"{fill}\""));
    }
    svg.rect(x, y, pixels, height, &stroke(Rgb::SLATE, 0.8, None));
    // Only metres are turned to kilometres; any other unit stays as it is.
    let (shown, unit) = match unit {
        "m" if length >= 1000.0 => (length / 1000.0, "km"),
        "" => (length, "(unit not stated)"),
        unit => (length, unit),
    };
    for (share, anchor) in [(0.0, Anchor::Middle), (0.5, Anchor::Middle)] {
        let text = ticks::short(shown * share);
        svg.text(Text::new(x + pixels * share, y + height + 11.0, 9.5, &text).anchor(anchor));
    }
    let number = ticks::short(shown);
    let start = x + pixels - text_width(&number, 9.5, false) / 2.0;
    svg.text(Text::new(start, y + height + 11.0, 9.5, &format!("{number} {unit}")));
}

/// The largest of 1, 2, 4 times a power of ten up to `most`: its quarters are short numbers.
fn quarterable(most: f64) -> f64 {
    let power = 10f64.powf(most.log10().floor());
    let digit = if most >= 4.0 * power {
        4.0
    } else if most >= 2.0 * power {
        2.0
    } else {
        1.0
    };
    digit * power
}

/// Names of the point sets and lines with their signs; returns the lower edge.
pub(super) fn legend(svg: &mut Svg, map: &Map, x: f64, y: f64, contour_note: Option<&str>) -> f64 {
    let mut y = y;
    let row = 17.0;
    let room = COLUMN - 24.0;
    let mut entry = |svg: &mut Svg, name: &str, sign: &dyn Fn(&mut Svg, f64)| {
        let lines = wrap(name, 10.0, false, room, 2);
        sign(svg, y + 5.0);
        for line in lines {
            svg.text(Text::new(x + 24.0, y + 8.5, 10.0, &line));
            y += 12.5;
        }
        y += row - 12.5;
    };
    let radius = symbols::radius_for(map.points.iter().map(|p| p.x.len()).sum());
    for points in &map.points {
        if let Some(name) = points.name.as_deref().filter(|n| !n.trim().is_empty()) {
            let color = points.color.unwrap_or(Rgb::SLATE);
            let fill = if points.symbol == Symbol::Well { Rgb::WHITE } else { color };
            let sign = Drawn { symbol: points.symbol, x: x + 9.0, y: 0.0, radius, fill, stroke: color };
            entry(svg, name, &|svg, mid| symbols::draw(svg, &Drawn { y: mid, ..sign }));
        }
    }
    for line in &map.lines {
        if let Some(name) = line.name.as_deref().filter(|n| !n.trim().is_empty()) {
            entry(svg, name, &|svg, mid| {
                let data = format!("M{} {}h18", num(x), num(mid));
                let mut style = line.style.clone();
                style.fill = None;
                svg.path(&data, &line_attributes(&style, false));
            });
        }
    }
    if let Some(note) = contour_note {
        entry(svg, note, &|svg, mid| {
            let data = format!("M{} {}q4.5 -5 9 0t9 0", num(x), num(mid));
            svg.path(&data, &stroke(Rgb::SLATE, 1.0, None));
        });
    }
    y
}
