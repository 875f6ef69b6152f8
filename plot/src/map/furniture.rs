//! What stands beside the map: colour bar, north arrow, scale bar, legend.

use super::frame::Frame;
use super::layers::line_attributes;
use super::symbols::{self, Drawn};
use super::{LineStyle, Map, Symbol};
use crate::color::Rgb;
use crate::color_scale::COLUMN;
use crate::font::{text_width, wrap};
use crate::svg::{Anchor, Svg, Text, num, path_data, stroke};
use crate::ticks;

/// A north arrow with its upper left corner at (x, y), 40 px high.
pub(super) fn north_arrow(svg: &mut Svg, x: f64, y: f64) {
    let (mid, tip, foot) = (x + 9.0, y + 13.0, y + 40.0);
    svg.text(Text::new(mid, y + 9.0, 11.0, "N").anchor(Anchor::Middle).bold());
    let left = [(mid, tip), (mid - 7.5, foot), (mid, foot - 6.0)];
    let right = [(mid, tip), (mid + 7.5, foot), (mid, foot - 6.0)];
    svg.path(&path_data(&left, true), &format!("fill=\"{}\"", Rgb::SLATE));
    svg.path(&path_data(&right, true), &format!("fill=\"#FFFFFF\" stroke=\"{}\" stroke-width=\"0.9\"", Rgb::SLATE));
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
                // A filled area is a patch, a line a line.
                let patch = line.closed && line.style.fill.is_some();
                let (data, most) = match patch {
                    true => (format!("M{} {}h18v10h-18z", num(x), num(mid - 5.0)), 1.2),
                    false => (format!("M{} {}h18", num(x), num(mid)), 12.0),
                };
                let style = LineStyle { width: line.style.width.min(most), ..line.style.clone() };
                svg.path(&data, &line_attributes(&style, patch));
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
