//! The axes: time or depth to the left, positions and line numbers below.

use super::SeismicSection;
use super::along::Along;
use super::draw::Frame;
use crate::color::Rgb;
use crate::font::text_width;
use crate::svg::{Anchor, Svg, Text, stroke};
use crate::ticks::{self, Ticks};

const NUMBER: f64 = 10.0;
const LABEL: f64 = 11.5;

/// A label with its unit.
fn titled(label: &str, unit: Option<&str>) -> String {
    match unit.map(str::trim) {
        None => format!("{label} (unit not stated)"),
        Some("") => label.to_owned(),
        Some(unit) => format!("{label} ({unit})"),
    }
}

/// Room that the vertical axis takes to the left of the section, px.
pub(super) fn room_left(section: &SeismicSection, from: f64, to: f64, height: f64) -> f64 {
    let marks = vertical_ticks(from, to, height);
    let widest = marks.values.iter().map(|&v| text_width(&marks.text(v), NUMBER, false)).fold(0.0, f64::max);
    let title = if section.vertical.label.trim().is_empty() { 0.0 } else { 17.0 };
    (widest + title + 20.0).max(44.0)
}

fn vertical_ticks(from: f64, to: f64, height: f64) -> Ticks {
    ticks::linear(from, to, (height / 48.0).clamp(2.0, 12.0))
}

/// Draws the frame and the axes; returns the lower edge of what stands below the section.
pub(super) fn draw(svg: &mut Svg, section: &SeismicSection, frame: &Frame) -> f64 {
    let along = &frame.along;
    let (left, right, top, bottom) = (along.left, along.right(), frame.top, frame.bottom());
    svg.rect(left, top, along.width, frame.height, &stroke(Rgb::SLATE, 1.0, None));
    let marks = vertical_ticks(frame.from, frame.to, frame.height);
    let mut widest = 0.0f64;
    for &v in &marks.values {
        let (y, text) = (frame.y(v), marks.text(v));
        svg.line((left - 5.0, y), (left, y), Rgb::SLATE, 0.8);
        svg.line((right - 4.0, y), (right, y), Rgb::SLATE, 0.6);
        svg.text(Text::new(left - 8.0, y + 3.5, NUMBER, &text).anchor(Anchor::End));
        widest = widest.max(text_width(&text, NUMBER, false));
    }
    let title = titled(&section.vertical.label, section.vertical.unit.as_deref());
    if !section.vertical.label.trim().is_empty() {
        let (x, y) = (left - widest - 16.0, 0.5 * (top + bottom));
        svg.text(Text::new(x, y, LABEL, &title).anchor(Anchor::Middle).rotate(-90.0));
    }
    for (name, x, anchor) in [(&section.ends.0, left - 2.0, Anchor::Start), (&section.ends.1, right + 2.0, Anchor::End)]
    {
        // Above the corners when no name is there, else the names give way: see `draw`.
        svg.text(Text::new(x, top - 7.0, 11.0, name.trim()).anchor(anchor).bold());
    }
    let mut y = bottom;
    let (low, high) = along.ends();
    let whole = section.positions.iter().all(|p| p.fract() == 0.0) && section.position_unit.as_deref() == Some("");
    let marks = spaced(low, high, along.width, whole);
    let places: Vec<(f64, String)> = marks.values.iter().map(|&v| (along.px(v), marks.text(v))).collect();
    y = row(svg, along, &places, y, &titled(&section.position_label, section.position_unit.as_deref()));
    if let Some(lines) = &section.line_numbers {
        let places = numbers(along, &lines.numbers);
        svg.line((left, y + 6.0), (right, y + 6.0), Rgb::SLATE, 0.8);
        y = row(svg, along, &places, y + 6.0, &lines.label);
    }
    y
}

/// Ticks, their numbers and what they are; returns the lower edge.
fn row(svg: &mut Svg, along: &Along, places: &[(f64, String)], y: f64, title: &str) -> f64 {
    for (x, text) in places {
        svg.line((*x, y), (*x, y + 5.0), Rgb::SLATE, 0.8);
        svg.text(Text::new(*x, y + 16.5, NUMBER, text).anchor(Anchor::Middle));
    }
    svg.text(Text::new(along.left + along.width / 2.0, y + 32.0, LABEL, title).anchor(Anchor::Middle));
    if title.trim().is_empty() { y + 20.0 } else { y + 36.0 }
}

/// As many round ticks as have room for their numbers side by side.
fn spaced(low: f64, high: f64, pixels: f64, whole: bool) -> Ticks {
    let mut marks = Ticks { values: Vec::new(), step: 1.0 };
    for count in [12.0, 10.0, 8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0] {
        marks = ticks::linear(low, high, count);
        if whole && marks.step < 1.0 {
            marks = Ticks { values: ticks::multiples(low, high, 1.0), step: 1.0 };
        }
        let widest = marks.values.iter().map(|&v| text_width(&marks.text(v), NUMBER, false)).fold(0.0, f64::max);
        if widest + 18.0 <= marks.step / (high - low) * pixels {
            break;
        }
    }
    marks
}

/// Places of round numbers where the numbers only grow or only fall; else numbers at every so many traces.
fn numbers(along: &Along, numbers: &[f64]) -> Vec<(f64, String)> {
    let known: Vec<(f64, f64)> =
        along.x.iter().zip(numbers).map(|(x, n)| (*x, *n)).filter(|p| p.1.is_finite()).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return Vec::new() };
    let sign = if last.1 < first.1 { -1.0 } else { 1.0 };
    let one_way = known.windows(2).all(|p| sign * (p[1].1 - p[0].1) > 0.0);
    if one_way && known.len() > 1 {
        let whole = known.iter().all(|p| p.1.fract() == 0.0);
        let marks = spaced(first.1.min(last.1), first.1.max(last.1), last.0 - first.0, whole);
        let place = |v: f64| {
            let after = known.partition_point(|p| sign * p.1 < sign * v).clamp(1, known.len() - 1);
            let ((x0, n0), (x1, n1)) = (known[after - 1], known[after]);
            x0 + (v - n0) / (n1 - n0) * (x1 - x0)
        };
        return marks.values.iter().map(|&v| (place(v), marks.text(v))).collect();
    }
    let texts: Vec<String> = known.iter().map(|p| ticks::short(p.1)).collect();
    let widest = texts.iter().map(|t| text_width(t, NUMBER, false)).fold(0.0, f64::max) + 18.0;
    let mut places: Vec<(f64, String)> = Vec::new();
    for ((x, _), text) in known.iter().zip(texts) {
        // A line that runs along a crossline has its number once.
        if places.last().is_none_or(|(last, said)| x - last >= widest && *said != text) {
            places.push((*x, text));
        }
    }
    places
}
