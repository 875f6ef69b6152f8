//! Fills beside curves.

use super::curve::{Canvas, Point, Scale, thinned};
use super::{Class, Curve, Fill};
use crate::color::Rgb;
use crate::svg::{Svg, path_data};

/// A curve ready to draw: its scale and the values shown.
pub(super) struct Ready<'a> {
    pub curve: &'a Curve,
    pub scale: Option<Scale>,
    pub values: Vec<f64>,
}

pub(super) fn draw(svg: &mut Svg, canvas: &Canvas<'_>, ready: &Ready<'_>, track: &[Ready<'_>]) {
    let Some(scale) = ready.scale else { return };
    match &ready.curve.fill {
        None => {}
        Some(Fill::ToLeft(color)) => to_base(svg, canvas, scale, &ready.values, canvas.left, *color),
        Some(Fill::ToRight(color)) => {
            to_base(svg, canvas, scale, &ready.values, canvas.left + canvas.width, *color);
        }
        Some(Fill::ToValue(value, color)) => {
            let base = canvas.x(scale, *value);
            if base.is_finite() {
                to_base(svg, canvas, scale, &ready.values, base, *color);
            }
        }
        Some(Fill::Crossover { other, color_positive, color_negative }) => {
            if let Some((other, Some(other_scale))) = track.get(*other).map(|o| (o, o.scale)) {
                let pairs = pairs(canvas, (scale, &ready.values), (other_scale, &other.values));
                crossover(svg, &pairs, *color_positive, *color_negative);
            }
        }
        Some(Fill::Discrete(classes)) => discrete(svg, canvas, &ready.values, classes),
    }
}

fn to_base(svg: &mut Svg, canvas: &Canvas<'_>, scale: Scale, values: &[f64], base: f64, color: Rgb) {
    let mut data = String::new();
    for mut run in canvas.runs(scale, values) {
        if let (Some(first), Some(last)) = (run.first().copied(), run.last().copied()) {
            run.push((base, last.1));
            run.push((base, first.1));
            data.push_str(&path_data(&run, true));
        }
    }
    svg.path(&data, &format!("fill=\"{color}\""));
}

/// x of the curve, x of the other curve, y.
type Pair = (f64, f64, f64);

/// Runs in which both curves are defined.
fn pairs(canvas: &Canvas<'_>, one: (Scale, &[f64]), two: (Scale, &[f64])) -> Vec<Vec<Pair>> {
    let all: Vec<Pair> = canvas
        .y
        .iter()
        .zip(one.1.iter().zip(two.1))
        .map(|(&y, (&a, &b))| (canvas.x(one.0, a), canvas.x(two.0, b), y))
        .collect();
    all.split(|p| p.0.is_nan() || p.1.is_nan())
        .filter(|run| run.len() > 1)
        .map(|run| thinned(run, |p| p.2, |p| p.0 - p.1))
        .collect()
}

fn crossover(svg: &mut Svg, runs: &[Vec<Pair>], positive: Option<Rgb>, negative: Option<Rgb>) {
    let (mut left, mut right) = (String::new(), String::new());
    for run in runs {
        // Split where the curves cross; the crossing belongs to both parts.
        let mut part: Vec<Pair> = Vec::new();
        for &(a, b, y) in run {
            if let Some(&(pa, pb, py)) = part.last() {
                let (before, now) = (pa - pb, a - b);
                if before * now < 0.0 {
                    let t = before / (before - now);
                    let x = pa + (a - pa) * t;
                    let cross = (x, x, py + (y - py) * t);
                    part.push(cross);
                    outline(&part, &mut left, &mut right);
                    part = vec![cross];
                }
            }
            part.push((a, b, y));
            // Curves that meet exactly at a sample may cross there.
            if a == b {
                outline(&part, &mut left, &mut right);
                part = vec![(a, b, y)];
            }
        }
        outline(&part, &mut left, &mut right);
    }
    for (data, color) in [(left, positive), (right, negative)] {
        if let Some(color) = color {
            svg.path(&data, &format!("fill=\"{color}\""));
        }
    }
}

/// Adds the area between the curves to that of its side.
fn outline(part: &[Pair], left: &mut String, right: &mut String) {
    let side: f64 = part.iter().map(|p| p.0 - p.1).sum();
    if part.len() < 2 || side == 0.0 {
        return;
    }
    let down = part.iter().map(|p| (p.0, p.2));
    let up = part.iter().rev().map(|p| (p.1, p.2));
    let area: Vec<Point> = down.chain(up).collect();
    (if side < 0.0 { left } else { right }).push_str(&path_data(&area, true));
}

/// Blocks from half way to the sample above to half way to the sample below.
fn discrete(svg: &mut Svg, canvas: &Canvas<'_>, values: &[f64], classes: &[Class]) {
    let y = canvas.y;
    let edge = |k: usize| match (k.checked_sub(1).and_then(|b| y.get(b)), y.get(k)) {
        (Some(above), Some(below)) => (above + below) / 2.0,
        (None, Some(first)) => *first,
        (Some(last), None) => *last,
        (None, None) => 0.0,
    };
    let samples: Vec<(usize, f64)> = values.iter().copied().enumerate().collect();
    for block in samples.chunk_by(|a, b| a.1 == b.1) {
        let (Some(&(first, code)), Some(&(last, _))) = (block.first(), block.last()) else { continue };
        if let Some(class) = classes.iter().find(|c| c.code == code) {
            let (top, bottom) = (edge(first), edge(last + 1));
            let fill = format!("fill=\"{}\"", class.color);
            svg.rect(canvas.left, top, canvas.width, (bottom - top).max(0.1), &fill);
        }
    }
}
