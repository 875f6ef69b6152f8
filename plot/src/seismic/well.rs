//! Wells over the section: path, tops, a curve beside it.

use super::draw::Frame;
use super::names::Name;
use super::{SeismicSection, Well, WellCurve, WellCurveKind, wiggle};
use crate::color::Rgb;
use crate::font::{fit, text_width};
use crate::spread::spread;
use crate::svg::{Anchor, Svg, Text, path_data, stroke};
use crate::ticks;

const SIZE: f64 = 9.0;
/// Least distance of two names of tops, px.
const ROW: f64 = 11.0;
/// From the path to its curve, px.
const GAP: f64 = 5.0;

/// px and value of a sample.
type Point = (f64, f64, f64);

/// A well on the page.
pub(super) struct Placed<'a> {
    well: &'a Well,
    color: Rgb,
    /// The path between gaps, px.
    parts: Vec<Vec<(f64, f64)>>,
    /// Where its name comes down: the path at the upper edge, or where it begins below it.
    start: Option<(f64, f64)>,
}

impl<'a> Placed<'a> {
    pub fn of(well: &'a Well, frame: &Frame) -> Self {
        let points: Vec<Option<(f64, f64)>> = well
            .positions
            .iter()
            .zip(&well.vertical)
            .map(|(p, v)| (p.is_finite() && v.is_finite()).then(|| (frame.along.px(*p), frame.y(*v))))
            .collect();
        let parts: Vec<Vec<(f64, f64)>> = points
            .split(Option::is_none)
            .map(|part| part.iter().copied().flatten().collect::<Vec<_>>())
            .filter(|part| !part.is_empty())
            .collect();
        let inside = |x: f64| x >= frame.along.left && x <= frame.along.right();
        // Where the path crosses the upper edge, or its first point that is shown.
        let crossing = parts.iter().flat_map(|p| p.windows(2)).find_map(|pair| {
            let &[a, b] = pair else { return None };
            let t = (frame.top - a.1) / (b.1 - a.1);
            (0.0..=1.0).contains(&t).then_some((a.0 + t * (b.0 - a.0), frame.top))
        });
        let shown = parts.iter().flatten().copied().find(|p| inside(p.0) && p.1 >= frame.top && p.1 <= frame.bottom());
        let start = crossing.filter(|p| inside(p.0)).or(shown);
        Self { well, color: well.color.unwrap_or(Rgb::SLATE), parts, start }
    }

    /// The name above the section.
    pub fn name(&self) -> Option<Name> {
        let (x, _) = self.start?;
        let text = self.well.name.trim().to_owned();
        (!text.is_empty()).then_some(Name { text, x, bold: true, color: self.color })
    }

    /// px along the section of the path at px down it.
    fn x_at(&self, y: f64) -> Option<f64> {
        self.parts.iter().flat_map(|p| p.windows(2)).find_map(|pair| {
            let &[a, b] = pair else { return None };
            let t = if a.1 == b.1 { 0.0 } else { (y - a.1) / (b.1 - a.1) };
            (y >= a.1.min(b.1) - 1e-6 && y <= a.1.max(b.1) + 1e-6).then_some(a.0 + t * (b.0 - a.0))
        })
    }

    /// Draws the well but for the names of its tops.
    pub fn draw(&self, svg: &mut Svg, frame: &Frame) {
        if let Some((x, y)) = self.start.filter(|s| s.1 > frame.top + 1.0) {
            let line = stroke(self.color, 0.9, Some("2 2.5".into()));
            svg.path(&path_data(&[(x, frame.top), (x, y)], false), &line);
        }
        if let Some(curve) = &self.well.curve {
            self.curve(svg, frame, curve);
        }
        let data: String = self.parts.iter().map(|p| path_data(p, false)).collect();
        let joined = "stroke-linejoin=\"round\"";
        svg.path(&data, &format!("{} stroke-opacity=\"0.85\" {joined}", stroke(Rgb::WHITE, 4.2, None)));
        svg.path(&data, &format!("{} {joined}", stroke(self.color, 1.9, None)));
        for top in &self.well.tops {
            let y = frame.y(top.vertical);
            if let Some(x) = self.x_at(y) {
                svg.line((x - 5.0, y), (x + 5.0, y), Rgb::WHITE, 3.4);
                svg.line((x - 5.0, y), (x + 5.0, y), self.color, 1.6);
            }
        }
    }

    /// Names of the tops, to the right of the path or, beside a curve, to its left.
    pub fn tops(&self, svg: &mut Svg, frame: &Frame) {
        let mut shown: Vec<(f64, f64, String)> = self
            .well
            .tops
            .iter()
            .filter_map(|top| {
                let y = frame.y(top.vertical);
                let x = self.x_at(y).filter(|_| y >= frame.top && y <= frame.bottom())?;
                Some((y, x, fit(top.name.trim(), SIZE, false, 110.0)))
            })
            .collect();
        shown.sort_by(|a, b| a.0.total_cmp(&b.0));
        shown.truncate((frame.height / ROW) as usize);
        let wanted: Vec<f64> = shown.iter().map(|s| s.0).collect();
        let places = spread(&wanted, ROW, frame.top + 6.0, frame.bottom() - 6.0);
        let widest = shown.iter().map(|s| text_width(&s.2, SIZE, false)).fold(0.0, f64::max) + 12.0;
        let fits_left = shown.iter().all(|s| s.1 - widest > frame.along.left);
        let fits_right = shown.iter().all(|s| s.1 + widest < frame.along.right());
        let left = if self.well.curve.is_some() { fits_left || !fits_right } else { !fits_right && fits_left };
        let (way, anchor) = if left { (-1.0, Anchor::End) } else { (1.0, Anchor::Start) };
        for ((y, x, text), to) in shown.iter().zip(places) {
            if (to - y).abs() > 1.5 {
                svg.line((x + way * 5.0, *y), (x + way * 8.5, to), self.color, 0.8);
            }
            let text = Text::new(x + way * 9.5, to + 3.1, SIZE, text).anchor(anchor);
            svg.text(text.color(self.color).halo(Rgb::WHITE, 3.0));
        }
    }

    /// The curve in a light panel that follows the path.
    fn curve(&self, svg: &mut Svg, frame: &Frame, curve: &WellCurve) {
        let width = if curve.width.is_finite() { curve.width.clamp(8.0, 200.0) } else { 34.0 };
        let points: Vec<Point> = curve
            .vertical
            .iter()
            .zip(&curve.values)
            .map(|(v, value)| (frame.y(*v), *value))
            .filter(|(y, _)| *y >= frame.top - 1.0 && *y <= frame.bottom() + 1.0)
            .filter_map(|(y, value)| Some((self.x_at(y)? + GAP, y, value)))
            .collect();
        let Some((low, high)) = scale(curve, points.iter().map(|p| p.2)) else { return };
        let edge: Vec<(f64, f64)> = points.iter().map(|p| (p.0, p.1)).collect();
        let back = edge.iter().rev().map(|p| (p.0 + width, p.1));
        let panel: Vec<(f64, f64)> = edge.iter().copied().chain(back).collect();
        svg.path(&path_data(&panel, true), "fill=\"#FFFFFF\" fill-opacity=\"0.82\"");
        // Values beyond the scale stay in the panel.
        let share = |v: f64| ((v - low) / (high - low)).clamp(0.0, 1.0);
        let mut lines = String::new();
        for run in points.split(|p| !p.2.is_finite()).filter(|run| run.len() > 1) {
            let line: Vec<(f64, f64)> = run.iter().map(|(x, y, v)| (x + width * share(*v), *y)).collect();
            lines.push_str(&path_data(&line, false));
        }
        if curve.kind == WellCurveKind::Synthetic {
            let mut lobes = String::new();
            // A panel that leans has a base line of its own at each sample: lobes are filled a sample at a time.
            let straight = points.windows(2).all(|p| (p[0].0 - p[1].0).abs() < 0.02);
            for run in points.split(|p| !p.2.is_finite()).filter(|run| run.len() > 1) {
                if let Some(first) = run.first().filter(|_| straight) {
                    let half: Vec<(f64, f64)> = run.iter().map(|(_, y, v)| (*y, 2.0 * share(*v) - 1.0)).collect();
                    wiggle::fill(&mut lobes, &half, first.0 + width / 2.0, width / 2.0);
                } else {
                    for pair in run.windows(2) {
                        let [a, b] = pair else { continue };
                        if a.2 <= 0.0 && b.2 <= 0.0 {
                            continue;
                        }
                        // Down to where the line between them crosses 0.
                        let crossing = |p: &Point, q: &Point| {
                            let t = if p.2 < 0.0 { p.2 / (p.2 - q.2) } else { 0.0 };
                            (p.0 + t * (q.0 - p.0), p.1 + t * (q.1 - p.1), p.2.max(0.0))
                        };
                        let on = |p: &Point, v: f64| (p.0 + width * share(v), p.1);
                        let (a, b) = (crossing(a, b), crossing(b, a));
                        lobes.push_str(&path_data(&[on(&a, 0.0), on(&a, a.2), on(&b, b.2), on(&b, 0.0)], true));
                    }
                }
            }
            svg.path(&lobes, &format!("fill=\"{}\" fill-opacity=\"0.8\"", curve.color));
        }
        svg.path(&lines, &format!("{} stroke-linejoin=\"round\"", stroke(curve.color, 1.0, None)));
        self.curve_name(svg, frame, curve, &edge, width, (low, high));
    }

    fn curve_name(
        &self,
        svg: &mut Svg,
        frame: &Frame,
        curve: &WellCurve,
        edge: &[(f64, f64)],
        width: f64,
        ends: (f64, f64),
    ) {
        let Some(&(x, y)) = edge.last() else { return };
        // Clear of the path; at the right edge of the section to its left.
        let clear = x + 80.0 < frame.along.right();
        let (x, anchor) = if clear { (x, Anchor::Start) } else { (x + width, Anchor::End) };
        let mut rows = vec![curve.name.trim().to_owned()];
        if curve.kind == WellCurveKind::Log {
            let unit = curve.unit.trim();
            rows.push(format!("{}–{} {unit}", ticks::short(ends.0), ticks::short(ends.1)).trim_end().to_owned());
        }
        let mut y = (y + 10.0).min(frame.bottom() - 10.0 * rows.len() as f64 + 6.0);
        for row in rows {
            let text = Text::new(x, y, 8.5, &row).anchor(anchor);
            svg.text(text.color(curve.color).halo(Rgb::WHITE, 2.8));
            y += 10.0;
        }
    }
}

/// Values at the edges of the panel; none where there is no value.
fn scale(curve: &WellCurve, values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return None;
    }
    if curve.kind == WellCurveKind::Synthetic {
        let given = curve.scale.0.abs().max(curve.scale.1.abs());
        let limit = if given > 0.0 { given } else { low.abs().max(high.abs()).max(f64::MIN_POSITIVE) };
        return Some((-limit, limit));
    }
    let step = ticks::round_step(high - low, 5.0);
    let or = |given: f64, found: f64| if given.is_finite() { given } else { found };
    let (low, high) = (or(curve.scale.0, (low / step).floor() * step), or(curve.scale.1, (high / step).ceil() * step));
    Some(if low == high { (low, high + 1.0) } else { (low, high) })
}

/// The wells of a section on the page.
pub(super) fn placed<'a>(section: &'a SeismicSection, frame: &Frame) -> Vec<Placed<'a>> {
    section.wells.iter().map(|w| Placed::of(w, frame)).collect()
}
