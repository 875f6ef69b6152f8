//! Well sections: wells side by side, their tops joined.

use super::curve::{Canvas, Samples};
use super::draw::{
    Body, DEPTH_SIZE, DEPTH_WIDTH, MARGIN, PAGE, depth_labels, depth_track, prepare, track as draw_track,
};
use super::{LogPlot, header};
use crate::chart::class_colors;
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::{fit, text_width, wrap};
use crate::spread::spread;
use crate::style::{Dash, Paper};
use crate::svg::{Anchor, Svg, Text, path_data, stroke};
use crate::ticks;

const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);
/// Least room between two wells, px.
const GAP: f64 = 70.0;

/// Wells side by side against one depth axis, tops of the same name joined from well to well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Section {
    /// Title above.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// The wells in order: title, depths, tracks and tops of each are drawn.
    pub wells: Vec<LogPlot>,
    /// Distance from each well to the next, with its unit; empty where it is not known. Gaps are drawn in proportion where
    /// `to_scale` is set.
    pub distances: Vec<f64>,
    /// Unit of the distances.
    pub distance_unit: String,
    /// Gaps in proportion to the distances.
    pub to_scale: bool,
    /// What depth is: "TVDSS", "MD".
    pub depth_label: String,
    /// Unit of the depths.
    pub depth_unit: String,
    /// Hang the wells on this top: it is at one height in all that have it.
    pub flatten: Option<String>,
    /// Shallowest and deepest depth shown; from the top hung on where there is one. `None` shows all samples.
    pub range: Option<(f64, f64)>,
    /// Fill between tops that follow each other.
    pub fill: bool,
    /// Provenance.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

/// A well on the page.
struct Placed<'a> {
    plot: &'a LogPlot,
    body: Body,
    left: f64,
    right: f64,
}

impl Section {
    /// Draws the section as SVG text.
    ///
    /// # Errors
    /// As [`LogPlot::to_svg`], with the well's name; no wells; wells without the top to hang them on.
    pub fn to_svg(&self) -> Result<String> {
        if self.wells.is_empty() {
            let what = format!("the list of wells of the section '{}'", self.title);
            return Err(PlotError::Empty { what, expected: "at least one well" });
        }
        let shifts = self.shifts()?;
        let (shallowest, deepest) = self.shown(&shifts)?;
        let range = |shift: f64| (shallowest + shift, deepest + shift);
        let mut prepared = Vec::new();
        for (well, shift) in self.wells.iter().zip(&shifts) {
            let mut plot = well.clone();
            plot.range = Some(range(*shift));
            prepared.push((plot, *shift));
        }
        let subtitle = self.subtitle.as_deref().unwrap_or("").trim();
        let names = if subtitle.is_empty() { 46.0 } else { 64.0 };
        let head = names + 36.0;
        let mut svg = Svg::new();
        // Samples and scales first: the boxes above all tracks have one height.
        let mut sets = Vec::new();
        for (plot, _) in &prepared {
            // A well with no sample in the range still has its place and its tops.
            let samples = Samples::of(plot).ok();
            let tracks = match &samples {
                Some(samples) => prepare(plot, samples)?,
                None => Vec::new(),
            };
            sets.push((samples, tracks));
        }
        let boxes = sets.iter().flat_map(|(_, t)| t.iter().map(|(_, r)| header::height(r))).fold(44.0, f64::max);
        let top = head + boxes;
        let gaps = self.gaps();
        let mut x = MARGIN;
        let mut placed: Vec<Placed<'_>> = Vec::new();
        for (k, ((plot, shift), (_, tracks))) in prepared.iter().zip(&sets).enumerate() {
            let width: f64 = tracks.iter().map(|(t, _)| t.width * 96.0 / 25.4).sum::<f64>().max(40.0);
            let (low, high) = range(*shift);
            let body = Body { top, height: PAGE, shallowest: low, deepest: high };
            placed.push(Placed { plot, body, left: x, right: x + DEPTH_WIDTH + width });
            x += DEPTH_WIDTH + width + gaps.get(k).copied().unwrap_or(0.0);
        }
        let tops = self.names();
        let colors = class_colors(tops.len());
        self.between(&mut svg, &placed, &tops, &colors, top);
        for (well, (samples, tracks)) in placed.iter().zip(&sets) {
            self.well(&mut svg, well, samples.as_ref(), tracks, names, head);
        }
        self.lines(&mut svg, &placed, &tops, &colors);
        let right = placed.last().map_or(x, |w| w.right);
        let column = self.labels(&mut svg, &placed, &tops, &colors, right);
        let width = right + column + MARGIN;
        let room = width - 2.0 * MARGIN;
        svg.text(Text::new(MARGIN, 27.0, 16.0, &fit(&self.title, 16.0, true, room)).bold());
        svg.text(Text::new(MARGIN, 46.0, 11.0, &fit(subtitle, 11.0, false, room)).color(GREY));
        let bottom = self.foot(&mut svg, &placed, &gaps, top + PAGE + 22.0, room);
        Ok(svg.finish(width, bottom, self.paper.color(), &self.title))
    }

    /// What each well's depths are lowered by before they are drawn.
    fn shifts(&self) -> Result<Vec<f64>> {
        let Some(name) = &self.flatten else { return Ok(vec![0.0; self.wells.len()]) };
        let of = |well: &LogPlot| well.tops.iter().find(|t| t.name == *name).map(|t| t.depth);
        let missing: Vec<&str> = self.wells.iter().filter(|w| of(w).is_none()).map(|w| w.title.as_str()).collect();
        if !missing.is_empty() {
            return Err(PlotError::Empty {
                what: format!("the top '{name}' in {}", missing.join(", ")),
                expected: "the top that the section hangs on in every well; leave these wells out or hang on another top",
            });
        }
        Ok(self.wells.iter().filter_map(of).collect())
    }

    fn shown(&self, shifts: &[f64]) -> Result<(f64, f64)> {
        if let Some((low, high)) = self.range {
            if low < high {
                return Ok((low, high));
            }
            let what = "the depth range".to_owned();
            return Err(PlotError::InvalidRange { what, low, high, expected: "a shallower and a deeper depth" });
        }
        let depths = self.wells.iter().zip(shifts).flat_map(|(w, s)| w.depth.iter().map(move |d| d - s));
        let (low, high) =
            depths.filter(|d| d.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), d| (l.min(d), h.max(d)));
        if low < high {
            return Ok((low, high));
        }
        let count = self.wells.iter().map(|w| w.depth.len()).sum();
        Err(PlotError::AllUndefined { what: format!("the depth of the section '{}'", self.title), count })
    }

    /// Room between the wells.
    fn gaps(&self) -> Vec<f64> {
        let known = self.distances.len() + 1 == self.wells.len() && self.distances.iter().all(|d| *d > 0.0);
        if !(self.to_scale && known) {
            return vec![GAP; self.wells.len().saturating_sub(1)];
        }
        let least = self.distances.iter().copied().fold(f64::INFINITY, f64::min);
        let longest = self.distances.iter().copied().fold(0.0, f64::max);
        // The shortest gap has the least room, unless the longest would be wider than a page.
        let scale = (GAP / least).min((8.0 * GAP / longest).max(20.0 / least));
        self.distances.iter().map(|d| d * scale).collect()
    }

    /// The names of all tops, in the order that most wells have them.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for well in &self.wells {
            let mut tops: Vec<_> = well.tops.iter().filter(|t| t.depth.is_finite()).collect();
            tops.sort_by(|a, b| a.depth.total_cmp(&b.depth));
            let mut at = 0;
            for top in tops {
                match names.iter().position(|n| *n == top.name) {
                    Some(known) => at = at.max(known + 1),
                    None => {
                        names.insert(at, top.name.clone());
                        at += 1;
                    }
                }
            }
        }
        names
    }

    /// Where a well has a top, px.
    fn y(well: &Placed<'_>, name: &str) -> Option<f64> {
        let top = well.plot.tops.iter().find(|t| t.name == name && t.depth.is_finite())?;
        Some(well.body.y(top.depth))
    }

    /// Zones between the wells, from a top to the next one that both wells have.
    fn between(&self, svg: &mut Svg, placed: &[Placed<'_>], names: &[String], colors: &[Rgb], top: f64) {
        if !self.fill {
            return;
        }
        for pair in placed.windows(2) {
            let [a, b] = pair else { continue };
            svg.clip_group(a.right, top, b.left - a.right, PAGE);
            let both: Vec<(f64, f64, Rgb)> =
                names.iter().zip(colors).filter_map(|(n, c)| Some((Self::y(a, n)?, Self::y(b, n)?, *c))).collect();
            for zone in both.windows(2) {
                let [upper, lower] = zone else { continue };
                let corners = [(a.right, upper.0), (b.left, upper.1), (b.left, lower.1), (a.right, lower.0)];
                let color = upper.2.mix(Rgb::WHITE, 0.72);
                svg.path(&path_data(&corners, true), &format!("fill=\"{color}\""));
            }
            svg.end_group();
        }
    }

    fn well(
        &self,
        svg: &mut Svg,
        well: &Placed<'_>,
        samples: Option<&Samples>,
        tracks: &[(&super::Track, Vec<super::fill::Ready<'_>>)],
        names: f64,
        head: f64,
    ) {
        let body = &well.body;
        let room = well.right - well.left;
        let middle = (well.left + well.right) / 2.0;
        let name = fit(&well.plot.title, 12.5, true, room + 40.0);
        svg.text(Text::new(middle, names + 24.0, 12.5, &name).anchor(Anchor::Middle).bold());
        let plot = LogPlot {
            depth_label: self.depth_label.clone(),
            depth_unit: self.depth_unit.clone(),
            scale: None,
            ..LogPlot::default()
        };
        header::draw_depth(svg, &plot, well.left, DEPTH_WIDTH, head, body.top);
        depth_track(svg, well.left, body);
        let mut x = well.left + DEPTH_WIDTH;
        if let Some(samples) = samples {
            let depth = |k: &usize| well.plot.depth.get(*k).copied().unwrap_or(f64::NAN);
            let y: Vec<f64> = samples.order.iter().map(|k| body.y(depth(k)).clamp(-1e6, 1e6)).collect();
            for (track, ready) in tracks {
                let width = track.width * 96.0 / 25.4;
                header::draw(svg, ready, x, width, head, body.top);
                draw_track(svg, track, ready, &Canvas { left: x, width, y: &y }, body);
                svg.rect(x, body.top, width, body.height, &stroke(Rgb::SLATE, 0.9, None));
                x += width;
            }
        }
        if tracks.is_empty() {
            svg.rect(x, body.top, well.right - x, body.height, "fill=\"#FFFFFF\"");
            svg.text(Text::new((x + well.right) / 2.0, body.top + 20.0, 9.0, "no data").anchor(Anchor::Middle));
            svg.rect(x, body.top, well.right - x, body.height, &stroke(Rgb::SLATE, 0.9, None));
        }
        svg.rect(well.left, body.top, DEPTH_WIDTH, body.height, &stroke(Rgb::SLATE, 0.9, None));
    }

    /// Tops across the wells, and from each to the next well that has them.
    fn lines(&self, svg: &mut Svg, placed: &[Placed<'_>], names: &[String], colors: &[Rgb]) {
        let (Some(first), Some(last)) = (placed.first(), placed.last()) else { return };
        svg.clip_group(first.left, first.body.top, last.right - first.left, PAGE);
        for (name, color) in names.iter().zip(colors) {
            for (k, well) in placed.iter().enumerate() {
                let Some(y) = Self::y(well, name) else { continue };
                // A depth that is written there stays legible.
                match depth_labels(&well.body).iter().find(|(at, _)| (at - y).abs() < 0.7 * DEPTH_SIZE) {
                    Some((_, text)) => {
                        let half = text_width(text, DEPTH_SIZE, false) / 2.0 + 2.5;
                        let middle = well.left + DEPTH_WIDTH / 2.0;
                        svg.line((well.left, y), (middle - half, y), *color, 1.3);
                        svg.line((middle + half, y), (well.right, y), *color, 1.3);
                    }
                    None => svg.line((well.left, y), (well.right, y), *color, 1.3),
                }
                if let Some((next, to)) = placed.get(k + 1).and_then(|w| Some((w, Self::y(w, name)?))) {
                    svg.line((well.right, y), (next.left, to), *color, 1.3);
                } else if k + 1 < placed.len() {
                    // The next well does not have it: the line ends in the gap.
                    let end = (well.right + 16.0, y);
                    svg.path(&path_data(&[(well.right, y), end], false), &stroke(*color, 1.1, Dash::Dotted.array(1.1)));
                }
            }
        }
        svg.end_group();
    }

    /// Names of the tops to the right of the last well that shows them; returns the width they take.
    fn labels(&self, svg: &mut Svg, placed: &[Placed<'_>], names: &[String], colors: &[Rgb], right: f64) -> f64 {
        let Some(last) = placed.last() else { return 0.0 };
        let (low, high) = (last.body.top, last.body.top + PAGE);
        let mut shown: Vec<(f64, &str, Rgb, bool)> = Vec::new();
        for (name, color) in names.iter().zip(colors) {
            let own = Self::y(last, name);
            let from = own.or_else(|| placed.iter().rev().find_map(|w| Self::y(w, name)));
            if let Some(y) = from.filter(|y| (low..=high).contains(y)) {
                shown.push((y, name, *color, own.is_some()));
            }
        }
        shown.sort_by(|a, b| a.0.total_cmp(&b.0));
        shown.truncate((PAGE / 12.0) as usize);
        let wanted: Vec<f64> = shown.iter().map(|s| s.0).collect();
        let places = spread(&wanted, 12.0, low + 6.0, high - 6.0);
        let mut widest = 0.0f64;
        for ((y, name, color, own), to) in shown.iter().zip(&places) {
            if *own {
                let points = [(right, *y), (right + 5.0, *y), (right + 13.0, *to), (right + 18.0, *to)];
                svg.path(&path_data(&points, false), &stroke(*color, 0.9, None));
            }
            let text = fit(name, 9.5, false, 170.0);
            svg.text(Text::new(right + 21.0, to + 3.3, 9.5, &text).color(color.mix(Rgb::SLATE, 0.35)));
            widest = widest.max(text_width(&text, 9.5, false));
        }
        if shown.is_empty() { 0.0 } else { 21.0 + widest }
    }

    fn foot(&self, svg: &mut Svg, placed: &[Placed<'_>], gaps: &[f64], y: f64, room: f64) -> f64 {
        let mut y = y;
        if self.distances.len() == gaps.len() && !gaps.is_empty() {
            for (pair, distance) in placed.windows(2).zip(&self.distances) {
                let [a, b] = pair else { continue };
                let (from, to) = (a.right, b.left);
                let (far, unit) = match self.distance_unit.trim() {
                    "m" if *distance >= 1000.0 => (distance / 1000.0, "km"),
                    unit => (*distance, unit),
                };
                let text = format!("{} {unit}", ticks::fixed(far, if far < 100.0 { 1 } else { 0 }));
                svg.line((from + 3.0, y - 6.0), (to - 3.0, y - 6.0), GREY, 0.7);
                for (x, way) in [(from + 3.0, 4.0), (to - 3.0, -4.0)] {
                    let head = [(x + way, y - 9.0), (x, y - 6.0), (x + way, y - 3.0)];
                    svg.path(&path_data(&head, false), &stroke(GREY, 0.7, None));
                }
                svg.text(Text::new((from + to) / 2.0, y + 6.0, 9.0, text.trim()).anchor(Anchor::Middle).color(GREY));
            }
            y += 24.0;
        }
        let unit = if self.depth_unit.trim().is_empty() { "unit not stated" } else { self.depth_unit.trim() };
        let mut parts = vec![format!("{} in {unit}", self.depth_label)];
        if let Some(top) = &self.flatten {
            parts.push(format!("hung on {top}"));
        }
        let scaled = self.to_scale && self.distances.len() == gaps.len();
        parts.push(if scaled { "gaps in proportion to distances" } else { "gaps not to scale" }.into());
        let mut rows = wrap(&parts.join("  ·  "), 9.0, false, room, 2);
        rows.extend(self.footer.iter().flat_map(|f| wrap(f, 9.0, false, room, 2)));
        for row in rows {
            svg.text(Text::new(MARGIN, y, 9.0, &row).color(GREY));
            y += 12.5;
        }
        y + 6.0
    }
}
