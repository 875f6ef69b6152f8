//! Horizons and markers over the section.

use super::draw::Frame;
use super::{Horizon, SeismicSection};
use crate::color::Rgb;
use crate::font::{fit, text_width};
use crate::spread::spread;
use crate::style::Dash;
use crate::svg::{Anchor, Svg, Text, path_data, stroke};

/// Colours of horizons that have none of their own: they read on blue and red, on grey and on white.
const COLORS: [Rgb; 6] = [
    Rgb(0x0E, 0x8A, 0x5F),
    Rgb(0xE0, 0x9F, 0x00),
    Rgb(0x9C, 0x27, 0xB0),
    Rgb(0x00, 0x9F, 0xC2),
    Rgb(0xE4, 0x57, 0x2E),
    Rgb(0x5D, 0x6B, 0x2F),
];
const SIZE: f64 = 9.5;
/// Least distance of two names, px.
const ROW: f64 = 12.0;
/// Widest name, px.
const WIDEST: f64 = 120.0;
/// A horizon that ends so far from the edge has its name where it ends, px.
const SHORT: f64 = 14.0;

pub(super) fn color(horizon: &Horizon, number: usize) -> Rgb {
    horizon.color.unwrap_or_else(|| COLORS.get(number % COLORS.len()).copied().unwrap_or(Rgb::SLATE))
}

/// The parts of a horizon between gaps, px.
fn parts(horizon: &Horizon, frame: &Frame) -> Vec<Vec<(f64, f64)>> {
    let along = &frame.along;
    let mut parts = Vec::new();
    let mut part: Vec<(f64, f64)> = Vec::new();
    for (k, (&x, &v)) in along.x.iter().zip(&horizon.values).enumerate() {
        if v.is_finite() {
            // Far outside is as good as just outside.
            part.push((x, frame.y(v).clamp(frame.top - 1e4, frame.bottom() + 1e4)));
        }
        if !v.is_finite() || along.parted(k) {
            parts.push(std::mem::take(&mut part));
        }
    }
    parts.push(part);
    // A single trace is a line of half a distance to either side.
    let half = along.spacing / 2.0;
    parts
        .into_iter()
        .filter(|p| !p.is_empty())
        .map(|p| match p.as_slice() {
            [(x, y)] => vec![(x - half, *y), (x + half, *y)],
            _ => p,
        })
        .collect()
}

/// Draws the lines of the horizons; their names come later.
pub(super) fn horizons(svg: &mut Svg, section: &SeismicSection, frame: &Frame) {
    for (number, horizon) in section.horizons.iter().enumerate() {
        let data: String = parts(horizon, frame).iter().map(|p| path_data(p, false)).collect();
        let width = if horizon.width.is_finite() { horizon.width.clamp(0.3, 12.0) } else { 1.8 };
        let joined = "stroke-linejoin=\"round\" stroke-linecap=\"round\"";
        let rim = stroke(Rgb::WHITE, width + 1.8, None);
        svg.path(&data, &format!("{rim} stroke-opacity=\"0.75\" {joined}"));
        let line = stroke(color(horizon, number), width, horizon.dash.array(width));
        svg.path(&data, &format!("{line} {joined}"));
    }
}

/// A name beside the section.
struct Beside {
    y: f64,
    text: String,
    color: Rgb,
}

/// Names of horizons: beside the section where they reach its edge, else where they end.
pub(super) struct HorizonNames {
    beside: Vec<Beside>,
    within: Vec<(f64, f64, String, Rgb)>,
}

impl HorizonNames {
    pub fn of(section: &SeismicSection, frame: &Frame) -> Self {
        let (mut beside, mut within) = (Vec::new(), Vec::new());
        for (number, horizon) in section.horizons.iter().enumerate() {
            let text = fit(horizon.name.trim(), SIZE, false, WIDEST);
            let shown = |p: &&(f64, f64)| p.1 >= frame.top && p.1 <= frame.bottom();
            let parts = parts(horizon, frame);
            let Some(&(x, y)) = parts.iter().flatten().rfind(shown) else { continue };
            if text.is_empty() {
                continue;
            }
            let color = color(horizon, number);
            match frame.along.right() - x < SHORT.max(1.5 * frame.along.spacing) {
                true => beside.push(Beside { y, text, color }),
                false => within.push((x, y, text, color)),
            }
        }
        beside.sort_by(|a, b| a.y.total_cmp(&b.y));
        beside.truncate((frame.height / ROW) as usize);
        Self { beside, within }
    }

    /// Room that they take to the right of the section, px.
    pub fn room(&self) -> f64 {
        let widest = self.beside.iter().map(|b| text_width(&b.text, SIZE, false)).fold(0.0, f64::max);
        if self.beside.is_empty() { 0.0 } else { 22.0 + widest }
    }

    pub fn draw(&self, svg: &mut Svg, frame: &Frame) {
        let right = frame.along.right();
        let wanted: Vec<f64> = self.beside.iter().map(|b| b.y).collect();
        let places = spread(&wanted, ROW, frame.top + 5.0, frame.bottom() - 5.0);
        for (name, to) in self.beside.iter().zip(places) {
            let points = [(right, name.y), (right + 4.0, name.y), (right + 13.0, to), (right + 17.0, to)];
            svg.path(&path_data(&points, false), &stroke(name.color, 1.2, None));
            let ink = name.color.mix(Rgb::SLATE, 0.45);
            svg.text(Text::new(right + 20.0, to + 3.3, SIZE, &name.text).color(ink));
        }
        for (x, y, text, color) in &self.within {
            let width = text_width(text, SIZE, false);
            // To the right of its end; where that is beyond the edge, above the end.
            let (x, y, anchor) = match x + 6.0 + width < right {
                true => (x + 5.0, y + 3.3, Anchor::Start),
                false => (x - 2.0, (y - 6.0).max(frame.top + 10.0), Anchor::End),
            };
            let ink = color.mix(Rgb::SLATE, 0.45);
            svg.text(Text::new(x, y, SIZE, text).anchor(anchor).color(ink).halo(Rgb::WHITE, 2.6));
        }
    }
}

/// Markers: dashed lines from top to bottom.
pub(super) fn markers(svg: &mut Svg, section: &SeismicSection, frame: &Frame) {
    for marker in &section.markers {
        let x = frame.along.px(marker.position);
        if !(x >= frame.along.left && x <= frame.along.right()) {
            continue;
        }
        let data = path_data(&[(x, frame.top), (x, frame.bottom())], false);
        svg.path(&data, &format!("{} stroke-opacity=\"0.7\"", stroke(Rgb::WHITE, 2.6, None)));
        svg.path(&data, &stroke(Rgb::SLATE, 1.0, Dash::Dashed.array(1.0)));
    }
}
