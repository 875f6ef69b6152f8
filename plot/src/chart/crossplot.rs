//! Crossplots.

use std::collections::BTreeMap;

use super::axis::{Area, Axis};
use super::classes::{class_colors, legend};
use super::fit::{Fitted, Regression};
use super::hexagons::Hexagons;
use super::{GREY, NONE};
use crate::color::{ColorMap, Rgb};
use crate::error::{PlotError, Result};
use crate::font::{fit, text_width, wrap};
use crate::style::Paper;
use crate::svg::{Svg, Text, num, path_data, stroke};
use crate::ticks;

const LEFT: f64 = 84.0;
const SIDE: f64 = 500.0;
const COLUMN: f64 = 150.0;
/// More points than this are drawn as small cells, in which they would lie over each other anyway.
const SEPARATE: usize = 8_000;
/// Side of such a cell, px.
const CELL: f64 = 2.0;
/// Radius of the dot in a cell, px.
const DOT: f64 = 1.4;
/// Fewer points than this, of all or of a class, are large and have a rim.
const FEW: usize = 250;
/// Height of the box with the equation of a regression, px.
const BOX: f64 = 36.0;

/// Where a point's colour comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Coloring {
    /// All have one.
    One,
    /// How many points there are in a hexagon.
    Density(ColorMap),
    /// A value each; NaN is grey.
    Value {
        /// What the values are, their unit and range.
        axis: Axis,
        /// One for each point.
        values: Vec<f64>,
        /// The colours.
        map: ColorMap,
    },
    /// A class each, by its place in `names`; `None` is grey.
    Class {
        /// What the classes are.
        label: String,
        /// Their names.
        names: Vec<String>,
        /// One for each point.
        classes: Vec<Option<usize>>,
    },
}

/// Readings of one kind against those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Crossplot {
    /// Title above.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// The axis to the right.
    pub x: Axis,
    /// The axis upwards.
    pub y: Axis,
    /// A value for each point; NaN for none.
    pub xs: Vec<f64>,
    /// A value for each point; NaN for none.
    pub ys: Vec<f64>,
    /// Colours of the points.
    pub coloring: Coloring,
    /// A regression of y on x.
    pub regression: Option<Regression>,
    /// Provenance.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

impl Crossplot {
    /// The regression of the points inside the axes, where one is asked for and there are points for it.
    pub fn fitted(&self) -> Option<Fitted> {
        let (x, y) = (self.xs.iter().copied(), self.ys.iter().copied());
        let (xs, ys): (Vec<f64>, Vec<f64>) = x.zip(y).filter(|(x, y)| self.x.takes(*x) && self.y.takes(*y)).unzip();
        self.regression?.fit(&xs, &ys)
    }

    /// Draws it as SVG text.
    ///
    /// # Errors
    /// No points with both values, arrays of different lengths, an axis without an extent.
    pub fn to_svg(&self) -> Result<String> {
        let lengths = match &self.coloring {
            Coloring::Value { values, .. } => values.len(),
            Coloring::Class { classes, .. } => classes.len(),
            _ => self.xs.len(),
        };
        for (what, found) in [("the y values", self.ys.len()), ("the colours", lengths)] {
            if found != self.xs.len() {
                let expected = self.xs.len();
                return Err(PlotError::LengthMismatch {
                    what: what.into(),
                    expected,
                    found,
                    because: "one for each x",
                });
            }
        }
        let both: Vec<usize> =
            (0..self.xs.len()).filter(|&k| self.x.takes(self.xs[k]) && self.y.takes(self.ys[k])).collect();
        if both.is_empty() {
            return Err(PlotError::Empty {
                what: format!("the crossplot '{}'", self.title),
                expected: "at least one sample with both values",
            });
        }
        let subtitle = self.subtitle.as_deref().unwrap_or("").trim();
        let top = if subtitle.is_empty() { 46.0 } else { 64.0 };
        let x = self.x.place(both.iter().map(|&k| &self.xs[k]), LEFT, LEFT + SIDE)?;
        let y = self.y.place(both.iter().map(|&k| &self.ys[k]), top + SIDE, top)?;
        let area = Area { x, y };
        let shown: Vec<usize> =
            both.iter().copied().filter(|&k| area.x.shows(self.xs[k]) && area.y.shows(self.ys[k])).collect();
        let place = |k: usize| (area.x.px(self.xs[k]), area.y.px(self.ys[k]));

        let mut svg = Svg::new();
        area.ground(&mut svg, false);
        // Points on the frame are whole; hexagons end at it.
        let over = if matches!(self.coloring, Coloring::Density(_)) { 0.0 } else { 4.0 };
        svg.clip_group(LEFT - over, top - over, SIDE + 2.0 * over, SIDE + 2.0 * over);
        let column = LEFT + SIDE + 26.0;
        let mut lowest = 0.0;
        match &self.coloring {
            Coloring::One => {
                let points: Vec<((f64, f64), Rgb)> = shown.iter().map(|&k| (place(k), Rgb(0x17, 0x6F, 0x66))).collect();
                draw_points(&mut svg, &points, &[]);
                svg.end_group();
            }
            Coloring::Density(map) => {
                // Finer where there are samples enough for it.
                let radius = if shown.len() > 20_000 { 4.0 } else { 6.0 };
                let hexagons = Hexagons::count(shown.iter().map(|&k| place(k)), radius);
                let most = hexagons.counted.iter().map(|h| h.1).max().unwrap_or(1) as f64;
                for &(centre, n) in &hexagons.counted {
                    let share = if most > 1.0 { (n as f64).ln() / most.ln() } else { 1.0 };
                    svg.path(&path_data(&hexagons.corners(centre), true), &format!("fill=\"{}\"", map.at(share)));
                }
                svg.end_group();
                let axis = Axis {
                    label: "Samples in a hexagon".into(),
                    unit: Some(String::new()),
                    log: true,
                    range: (1.0, most.max(2.0)),
                    reversed: false,
                };
                color_bar(&mut svg, &axis, map, &[], column, top)?;
            }
            Coloring::Value { axis, values, map } => {
                let scale = axis.place(shown.iter().map(|&k| &values[k]), 0.0, 1.0)?;
                let color = |k: usize| match axis.takes(values[k]) {
                    true => map.at(scale.px(values[k]).clamp(0.0, 1.0)),
                    false => NONE,
                };
                let points: Vec<((f64, f64), Rgb)> = shown.iter().map(|&k| (place(k), color(k))).collect();
                draw_points(&mut svg, &points, &[]);
                svg.end_group();
                let seen: Vec<f64> = shown.iter().map(|&k| values[k]).collect();
                color_bar(&mut svg, axis, map, &seen, column, top)?;
            }
            Coloring::Class { label, names, classes } => {
                let colors = class_colors(names.len());
                let color = |k: usize| classes[k].and_then(|c| colors.get(c)).copied().unwrap_or(NONE);
                let points: Vec<((f64, f64), Rgb)> = shown.iter().map(|&k| (place(k), color(k))).collect();
                let mut entries: Vec<(&str, Rgb, usize)> = Vec::new();
                for (c, name) in names.iter().enumerate() {
                    let n = shown.iter().filter(|&&k| classes[k] == Some(c)).count();
                    entries.push((name, colors.get(c).copied().unwrap_or(Rgb::SLATE), n));
                }
                let none = shown.iter().filter(|&&k| classes[k].is_none()).count();
                if none > 0 {
                    entries.push(("none", NONE, none));
                }
                // The rarer a class, the higher its points lie, so that none is hidden.
                let mut layers: Vec<(Rgb, usize)> = entries.iter().map(|(_, color, n)| (*color, *n)).collect();
                layers.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
                draw_points(&mut svg, &points, &layers.iter().map(|layer| layer.0).collect::<Vec<_>>());
                svg.end_group();
                lowest = legend(&mut svg, label, &entries, column, top);
            }
        }
        let mut notes = vec![format!("{} samples", ticks::fixed(shown.len() as f64, 0))];
        if self.xs.len() > both.len() {
            notes.push(format!("{} without both values", ticks::fixed((self.xs.len() - both.len()) as f64, 0)));
        }
        if both.len() > shown.len() {
            notes.push(format!("{} outside the axes", ticks::fixed((both.len() - shown.len()) as f64, 0)));
        }
        let mut y = top + SIDE + 60.0;
        if let Some(regression) = self.regression {
            match self.fitted() {
                Some(fitted) => {
                    let points: Vec<(f64, f64)> = shown.iter().map(|&k| place(k)).collect();
                    if !self.draw_fit(&mut svg, &area, &fitted, &points, top) {
                        y += BOX + 10.0;
                    }
                }
                None => notes.push(format!("too few different values for a {regression:?} regression").to_lowercase()),
            }
        }
        area.frame(&mut svg, &self.x.title(), &self.y.title());
        let width = if matches!(self.coloring, Coloring::One) { LEFT + SIDE + 34.0 } else { column + COLUMN };
        svg.text(Text::new(24.0, 28.0, 16.0, &fit(&self.title, 16.0, true, width - 48.0)).bold());
        svg.text(Text::new(24.0, 47.0, 11.0, &fit(subtitle, 11.0, false, width - 48.0)).color(GREY));
        let mut rows = wrap(&notes.join("  ·  "), 9.0, false, width - 48.0, 2);
        rows.extend(self.footer.iter().flat_map(|f| wrap(f, 9.0, false, width - 48.0, 2)));
        for row in rows {
            svg.text(Text::new(24.0, y, 9.0, &row).color(GREY));
            y += 12.5;
        }
        Ok(svg.finish(width, lowest.max(y) + 4.0, self.paper.color(), &self.title))
    }

    /// The line, and its equation where it hides no points; false where that is below the axes.
    fn draw_fit(&self, svg: &mut Svg, area: &Area, fitted: &Fitted, points: &[(f64, f64)], top: f64) -> bool {
        svg.clip_group(LEFT, top, SIDE, SIDE);
        let line: Vec<(f64, f64)> = (0..=200)
            .map(|k| {
                let px = LEFT + SIDE * f64::from(k) / 200.0;
                (px, area.y.px(fitted.at(area.x.value(px))).clamp(-1e5, 1e5))
            })
            .filter(|p| p.1.is_finite())
            .collect();
        svg.path(&path_data(&line, false), &stroke(Rgb::WHITE, 4.0, None));
        svg.path(&path_data(&line, false), &stroke(Rgb(0xC6, 0x28, 0x28), 1.8, None));
        svg.end_group();
        let rows = [
            fitted.equation(&self.x.label, &self.y.label),
            format!("R² = {:.3}, n = {}", fitted.r2, ticks::fixed(fitted.n as f64, 0)),
        ];
        let width = rows.iter().map(|r| text_width(r, 10.5, false)).fold(0.0, f64::max) + 16.0;
        // Where the line leaves most room: above it on the side where it is low.
        let rises = area.y.px(fitted.at(area.x.value(LEFT))) > area.y.px(fitted.at(area.x.value(LEFT + SIDE)));
        let inside = free_place(points, &line, width, top, rises);
        let (x, y) = inside.unwrap_or((LEFT, top + SIDE + 48.0));
        svg.rect(x, y, width, BOX, "fill=\"#FFFFFF\" stroke=\"#C62828\" stroke-width=\"0.8\"");
        for (k, row) in rows.iter().enumerate() {
            svg.text(Text::new(x + 8.0, y + 14.5 + 14.5 * k as f64, 10.5, row));
        }
        inside.is_some()
    }
}

/// A place inside the axes for a box of this width that covers neither points nor the line: a corner, else anywhere.
fn free_place(
    points: &[(f64, f64)],
    line: &[(f64, f64)],
    width: f64,
    top: f64,
    left_first: bool,
) -> Option<(f64, f64)> {
    // Room for the symbols, of which hexagons are the largest.
    let (margin, reach) = (10.0, 8.0);
    let (room_x, room_y) = (SIDE - 2.0 * margin - width, SIDE - 2.0 * margin - BOX);
    if room_x < 0.0 {
        return None;
    }
    let near = if left_first { 0.0 } else { 1.0 };
    let corners = [(near, 0.0), (1.0 - near, 0.0), (1.0 - near, 1.0), (near, 1.0)];
    let anywhere = (0..=12).flat_map(|j| (0..=6).map(move |i| (f64::from(i) / 6.0, f64::from(j) / 12.0)));
    corners.into_iter().chain(anywhere).map(|(u, v)| (LEFT + margin + u * room_x, top + margin + v * room_y)).find(
        |&(x, y)| {
            let (low_x, high_x, low_y, high_y) = (x - reach, x + width + reach, y - reach, y + BOX + reach);
            let covers = |p: &(f64, f64)| p.0 > low_x && p.0 < high_x && p.1 > low_y && p.1 < high_y;
            let crosses = |w: &[(f64, f64)]| match w {
                [a, b] => {
                    a.0.max(b.0) > low_x && a.0.min(b.0) < high_x && a.1.max(b.1) > low_y && a.1.min(b.1) < high_y
                }
                _ => false,
            };
            !points.iter().any(covers) && !line.windows(2).any(crosses)
        },
    )
}

/// Circles, or where there are very many, dots in small cells, of the colour that most of a cell's points have. What has
/// no value lies lowest, colours in `layers` highest, in this order; those of them that few points have are always circles.
fn draw_points(svg: &mut Svg, points: &[((f64, f64), Rgb)], layers: &[Rgb]) {
    type Color = (u8, u8, u8);
    let key = |c: Rgb| (c.0, c.1, c.2);
    let mut counts: BTreeMap<Color, usize> = BTreeMap::new();
    for (_, color) in points {
        *counts.entry(key(*color)).or_default() += 1;
    }
    let few = |color: Rgb| match layers.is_empty() {
        true => points.len() < FEW,
        false => counts.get(&key(color)).is_some_and(|n| *n < FEW),
    };
    // Points of one colour are one path.
    let mut circles: BTreeMap<Color, String> = BTreeMap::new();
    let mut cells: BTreeMap<(i64, i64), BTreeMap<Color, usize>> = BTreeMap::new();
    for &((x, y), color) in points {
        if few(color) || points.len() <= SEPARATE {
            let radius: f64 = match few(color) {
                true => 3.2,
                false if points.len() < 3000 => 2.3,
                false => 1.7,
            };
            let (r, d) = (num(radius), num(2.0 * radius));
            let circle = format!("M{} {}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0", num(x - radius), num(y));
            circles.entry(key(color)).or_default().push_str(&circle);
        } else {
            let cell = ((x / CELL).floor() as i64, (y / CELL).floor() as i64);
            *cells.entry(cell).or_default().entry(key(color)).or_default() += 1;
        }
    }
    let mut dots: BTreeMap<Color, String> = BTreeMap::new();
    for ((i, j), colors) in cells {
        if let Some((color, _)) = colors.into_iter().max_by_key(|(_, n)| *n) {
            // A line of next to no length with round ends is a dot in few letters.
            let dot = format!("M{} {}h.01", num((i as f64 + 0.5) * CELL), num((j as f64 + 0.5) * CELL));
            dots.entry(color).or_default().push_str(&dot);
        }
    }
    let drawn_as = |circle: bool| move |((r, g, b), data): (Color, String)| (Rgb(r, g, b), circle, data);
    let mut paths: Vec<(Rgb, bool, String)> =
        dots.into_iter().map(drawn_as(false)).chain(circles.into_iter().map(drawn_as(true))).collect();
    paths.sort_by_key(|(color, ..)| (*color != NONE, layers.iter().position(|layer| layer == color)));
    for (color, circle, data) in paths {
        let look = match (circle, few(color)) {
            (false, _) => {
                format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{}\" stroke-linecap=\"round\"", 2.0 * DOT)
            }
            // A fine white rim keeps neighbours apart, where they are few.
            (true, true) => format!("fill=\"{color}\" fill-opacity=\"0.95\" stroke=\"#FFFFFF\" stroke-width=\"0.5\""),
            (true, false) => format!("fill=\"{color}\" fill-opacity=\"0.9\""),
        };
        svg.path(&data, &look);
    }
}

/// A colour bar with its title, the first value at the bottom.
fn color_bar(svg: &mut Svg, axis: &Axis, map: &ColorMap, values: &[f64], x: f64, top: f64) -> Result<()> {
    let mut y = top + 10.0;
    for line in wrap(&axis.title(), 11.0, true, COLUMN - 20.0, 3) {
        svg.text(Text::new(x, y, 11.0, &line).bold());
        y += 14.0;
    }
    let height = 220.0;
    let scale = axis.place(values.iter(), y + height, y)?;
    let slices = 110;
    let slice = height / f64::from(slices);
    for k in 0..slices {
        let color = map.at(1.0 - f64::from(k) / f64::from(slices - 1));
        let from = y + f64::from(k) * slice;
        svg.rect(x, from, 16.0, (slice + 0.6).min(y + height - from), &format!("fill=\"{color}\""));
    }
    svg.rect(x, y, 16.0, height, &stroke(Rgb::SLATE, 0.8, None));
    let marks: Vec<f64> = if axis.log {
        let decades = (scale.low().log10().floor() as i32)..=(scale.high().log10().ceil() as i32);
        decades.flat_map(|d| [1.0, 3.0].map(|k| k * 10f64.powi(d))).filter(|v| scale.shows(*v)).collect()
    } else {
        ticks::linear(scale.low(), scale.high(), 7.0).values
    };
    for v in marks {
        let py = scale.px(v);
        svg.line((x + 16.0, py), (x + 20.0, py), Rgb::SLATE, 0.8);
        svg.text(Text::new(x + 24.0, py + 3.5, 10.0, &ticks::short(v)));
    }
    Ok(())
}
