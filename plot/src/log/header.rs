//! The boxes above the tracks: mnemonic, unit and scale of each curve.

use super::fill::Ready;
use super::{Fill, LogPlot};
use crate::color::Rgb;
use crate::font::{fit, fit_middle, text_width};
use crate::svg::{Anchor, Svg, Text, stroke};
use crate::ticks;

/// Height of a curve's entry.
const ENTRY: f64 = 32.0;
/// Height of a class in the entry of a discrete curve.
const CLASS: f64 = 12.0;

/// Height that a curve needs.
fn height_of(ready: &Ready<'_>) -> f64 {
    match &ready.curve.fill {
        Some(Fill::Discrete(classes)) => 18.0 + CLASS * classes.len() as f64,
        _ => ENTRY,
    }
}

/// Height that a track's curves need.
pub(super) fn height(track: &[Ready<'_>]) -> f64 {
    track.iter().map(height_of).sum::<f64>() + 4.0
}

/// Draws a track's box; the entries stand on its lower edge.
pub(super) fn draw(svg: &mut Svg, track: &[Ready<'_>], x: f64, width: f64, top: f64, bottom: f64) {
    svg.rect(x, top, width, bottom - top, &format!("fill=\"#FFFFFF\" stroke=\"{}\" stroke-width=\"0.8\"", Rgb::SLATE));
    let mut y = bottom - height(track) + 2.0;
    for ready in track {
        entry(svg, ready, x + 4.0, width - 8.0, y);
        y += height_of(ready);
    }
}

fn entry(svg: &mut Svg, ready: &Ready<'_>, x: f64, width: f64, y: f64) {
    let curve = ready.curve;
    let mid = x + width / 2.0;
    // Long names first get smaller letters, then lose their middle.
    let size = if text_width(&curve.mnemonic, 10.5, true) > width { 8.5 } else { 10.5 };
    let name = fit_middle(&curve.mnemonic, size, true, width);
    svg.text(Text::new(mid, y + 11.5, size, &name).anchor(Anchor::Middle).bold().color(curve.color));
    if let Some(Fill::Discrete(classes)) = &curve.fill {
        for (k, class) in classes.iter().enumerate() {
            let y = y + 16.0 + CLASS * k as f64;
            svg.rect(
                x,
                y,
                12.0,
                9.0,
                &format!("fill=\"{}\" stroke=\"{}\" stroke-width=\"0.5\"", class.color, Rgb::SLATE),
            );
            svg.text(Text::new(x + 16.0, y + 8.0, 9.0, &fit(&class.name, 9.0, false, width - 16.0)));
        }
        return;
    }
    let line = stroke(curve.color, curve.width.max(1.0), curve.dash.array(curve.width.max(1.0)));
    svg.path(&crate::svg::path_data(&[(x, y + 16.0), (x + width, y + 16.0)], false), &line);
    let unit = match curve.unit.trim() {
        "" => "unit not stated",
        unit => unit,
    };
    let Some(scale) = ready.scale else {
        svg.text(Text::new(mid, y + 27.0, 9.0, "no data").anchor(Anchor::Middle));
        return;
    };
    let (left, right) = (ticks::short(scale.left), ticks::short(scale.right));
    svg.text(Text::new(x, y + 27.0, 9.0, &left));
    svg.text(Text::new(x + width, y + 27.0, 9.0, &right).anchor(Anchor::End));
    // Centred between the two ends, which differ in width.
    let (from, to) = (x + text_width(&left, 9.0, false), x + width - text_width(&right, 9.0, false));
    let no_data = !ready.values.iter().any(|v| v.is_finite());
    let unit = if no_data { format!("{unit}, no data") } else { unit.to_owned() };
    let unit = fit(&unit, 9.0, false, to - from - 6.0);
    svg.text(Text::new((from + to) / 2.0, y + 27.0, 9.0, &unit).anchor(Anchor::Middle));
}

/// The box above the depth track.
pub(super) fn draw_depth(svg: &mut Svg, plot: &LogPlot, x: f64, width: f64, top: f64, bottom: f64) {
    svg.rect(x, top, width, bottom - top, &format!("fill=\"#FFFFFF\" stroke=\"{}\" stroke-width=\"0.8\"", Rgb::SLATE));
    let mid = x + width / 2.0;
    let label = if plot.depth_label.trim().is_empty() { "Depth" } else { plot.depth_label.trim() };
    let room = width - 6.0;
    let mut rows = vec![(fit(label, 10.5, true, room), true)];
    match plot.depth_unit.trim() {
        "" => rows.extend([("unit not".to_owned(), false), ("stated".to_owned(), false)]),
        unit => rows.push((fit(unit, 9.0, false, room), false)),
    }
    if let Some(scale) = plot.scale {
        rows.push((fit(&format!("1:{}", ticks::short(scale)), 9.0, false, room), false));
    }
    let mut y = bottom - 5.0 - 12.5 * (rows.len() - 1) as f64;
    for (row, bold) in rows {
        let text = Text::new(mid, y, if bold { 10.5 } else { 9.0 }, &row).anchor(Anchor::Middle);
        svg.text(if bold { text.bold() } else { text });
        y += 12.5;
    }
}
