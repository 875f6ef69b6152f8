//! A small map of where the line runs.

use super::Inset;
use crate::color::Rgb;
use crate::color_scale::COLUMN;
use crate::svg::{Svg, Text, num, path_data, stroke};

const HEIGHT: f64 = 104.0;
const PAD: f64 = 10.0;

/// Draws the map with its upper left corner at (x, y); returns its lower edge. Nothing where no point is finite.
pub(super) fn draw(svg: &mut Svg, inset: &Inset, x: f64, y: f64) -> f64 {
    let finite = |p: &&(f64, f64)| p.0.is_finite() && p.1.is_finite();
    let points: Vec<&(f64, f64)> = inset.outline.iter().chain(&inset.line).filter(finite).collect();
    let low = points.iter().fold((f64::INFINITY, f64::INFINITY), |m, p| (m.0.min(p.0), m.1.min(p.1)));
    let high = points.iter().fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |m, p| (m.0.max(p.0), m.1.max(p.1)));
    if points.is_empty() {
        return y;
    }
    let (w, h) = ((high.0 - low.0).max(1e-9), (high.1 - low.1).max(1e-9));
    let scale = ((COLUMN - 2.0 * PAD) / w).min((HEIGHT - 2.0 * PAD) / h);
    // As high as the survey needs, so that a narrow one leaves no empty box.
    let height = h * scale + 2.0 * PAD;
    let (mid, middle) = (x + COLUMN / 2.0, y + height / 2.0);
    let place = |p: &(f64, f64)| {
        (mid + (p.0 - (low.0 + high.0) / 2.0) * scale, middle - (p.1 - (low.1 + high.1) / 2.0) * scale)
    };
    let placed = |points: &[(f64, f64)]| points.iter().filter(finite).map(place).collect::<Vec<_>>();
    svg.rect(x, y, COLUMN, height, "fill=\"#FFFFFF\"");
    svg.rect(x, y, COLUMN, height, &stroke(Rgb(0xC9, 0xC5, 0xBB), 0.8, None));
    let outline = stroke(Rgb(0x4A, 0x55, 0x61), 0.9, None).replacen("none", "#E9EEF0", 1);
    svg.path(&path_data(&placed(&inset.outline), true), &outline);
    for (px, py) in
        placed(&inset.wells).into_iter().filter(|p| p.0 > x && p.0 < x + COLUMN && p.1 > y && p.1 < y + height)
    {
        let circle = format!("<circle cx=\"{}\" cy=\"{}\" r=\"1.6\" fill=\"{}\"/>", num(px), num(py), Rgb::SLATE);
        svg.raw(&circle);
    }
    let line = placed(&inset.line);
    let teal = Rgb(0x1F, 0x8C, 0x80);
    svg.path(&path_data(&line, false), &format!("{} stroke-linejoin=\"round\"", stroke(teal, 2.2, None)));
    if let Some((px, py)) = line.first() {
        svg.raw(&format!("<circle cx=\"{}\" cy=\"{}\" r=\"3.2\" fill=\"{teal}\"/>", num(*px), num(*py)));
    }
    // North, in the corner that surveys leave free most often.
    let (nx, ny) = (x + COLUMN - 9.0, y + 8.0);
    let head = [(nx, ny), (nx - 3.0, ny + 9.0), (nx, ny + 7.0), (nx + 3.0, ny + 9.0)];
    svg.path(&path_data(&head, true), &format!("fill=\"{}\"", Rgb::SLATE));
    let below = y + height + 11.0;
    svg.raw(&format!("<circle cx=\"{}\" cy=\"{}\" r=\"2.6\" fill=\"{teal}\"/>", num(x + 4.0), num(below - 3.0)));
    svg.text(Text::new(x + 11.0, below, 9.0, "left end of the section").color(Rgb(0x4A, 0x55, 0x61)));
    below + 6.0
}
