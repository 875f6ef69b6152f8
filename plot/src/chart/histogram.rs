//! Histograms.

use super::axis::{Area, Axis, Placed};
use super::classes::{class_colors, legend};
use super::fit::digits;
use super::{GREY, NONE};
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::{fit, wrap};
use crate::style::Paper;
use crate::svg::{Anchor, Svg, Text, path_data, stroke};
use crate::ticks;

const LEFT: f64 = 80.0;
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 380.0;
const COLUMN: f64 = 150.0;

/// How values are put into bins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bins {
    /// About as many, of a round width.
    Auto,
    /// Exactly so many between the ends of the axis.
    Count(usize),
    /// Of this width, at its multiples; on a logarithmic axis the number of bins in a decade.
    Width(f64),
}

/// Values that have one colour.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its values; NaN is none.
    pub values: Vec<f64>,
    /// These values belong to none of the groups, and are grey.
    pub rest: bool,
}

/// What a set of values is like. Percentiles by exceedance: P90 is the low case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// How many values.
    pub n: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation with n - 1; NaN of one value.
    pub deviation: f64,
    /// Least.
    pub min: f64,
    /// 90 % of the values are above.
    pub p90: f64,
    /// The median.
    pub p50: f64,
    /// 10 % of the values are above.
    pub p10: f64,
    /// Greatest.
    pub max: f64,
}

impl Statistics {
    /// Of the values that are finite; none without one. Percentiles lie linearly between values, at place `p (n - 1)`.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.filter(|v| v.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let (n, min, max) = (sorted.len(), *sorted.first()?, *sorted.last()?);
        let mean = sorted.iter().sum::<f64>() / n as f64;
        let deviation = (sorted.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0)).sqrt();
        let below = |share: f64| {
            let at = share * (n - 1) as f64;
            let (low, part) = (at.floor() as usize, at.fract());
            let high = sorted.get(low + 1).copied().unwrap_or(max);
            sorted.get(low).map_or(max, |v| v + part * (high - v))
        };
        let deviation = if n > 1 { deviation } else { f64::NAN };
        Some(Statistics { n, mean, deviation, min, p90: below(0.1), p50: below(0.5), p10: below(0.9), max })
    }
}

/// How often values occur.
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    /// Title above.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// The axis of the values.
    pub x: Axis,
    /// The values; groups stand on each other.
    pub groups: Vec<Group>,
    /// What the groups are; empty where there is only one.
    pub group_label: String,
    /// The bins.
    pub bins: Bins,
    /// Parts of all values in per cent, instead of counts.
    pub percent: bool,
    /// The part of the values up to a bin's end as a line, on an axis of its own.
    pub cumulative: bool,
    /// Provenance.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

impl Histogram {
    /// Draws it as SVG text.
    ///
    /// # Errors
    /// No values, an axis without an extent, bins that are none or over 10,000.
    pub fn to_svg(&self) -> Result<String> {
        let all = || self.groups.iter().flat_map(|g| &g.values).copied().filter(|v| self.x.takes(*v));
        let total = all().count();
        if total == 0 {
            let what = format!("the histogram '{}'", self.title);
            return Err(PlotError::Empty { what, expected: "at least one value" });
        }
        let values: Vec<f64> = all().collect();
        let subtitle = self.subtitle.as_deref().unwrap_or("").trim();
        let top = if subtitle.is_empty() { 46.0 } else { 64.0 };
        let x = self.x.place(values.iter(), LEFT, LEFT + WIDTH)?;
        let edges = self.edges(&x, total)?;
        let counts: Vec<Vec<usize>> = self.groups.iter().map(|g| counted(&g.values, &edges, &self.x)).collect();
        let bars = edges.len() - 1;
        let sums: Vec<usize> = (0..bars).map(|b| counts.iter().map(|c| c[b]).sum()).collect();
        let most = sums.iter().copied().max().unwrap_or(0).max(1) as f64;
        let share = |n: f64| if self.percent { 100.0 * n / total as f64 } else { n };
        let y = Axis {
            label: if self.percent { "Part of the samples" } else { "Samples" }.into(),
            unit: Some(if self.percent { "%" } else { "" }.into()),
            range: (0.0, f64::NAN),
            ..Axis::default()
        };
        let high = share(most) * 1.04;
        let area = Area { x, y: y.place([high].iter(), top + HEIGHT, top)? };

        let mut svg = Svg::new();
        area.ground(&mut svg, true);
        svg.clip_group(LEFT, top, WIDTH, HEIGHT);
        let mut colors = class_colors(self.groups.iter().filter(|g| !g.rest).count()).into_iter();
        let one = self.groups.len() <= 1;
        let mut color_of = |group: &Group| match group.rest {
            true => NONE,
            false => colors.next().filter(|_| !one).unwrap_or(Rgb(0x2F, 0x8F, 0x84)),
        };
        let colors: Vec<Rgb> = self.groups.iter().map(&mut color_of).collect();
        for b in 0..bars {
            let (from, to) = (area.x.px(edges[b]), area.x.px(edges[b + 1]));
            let (from, to) = (from.min(to), from.max(to));
            let mut below = 0usize;
            for (counts, color) in counts.iter().zip(&colors) {
                let n = counts[b];
                if n == 0 {
                    continue;
                }
                let (y0, y1) = (area.y.px(share(below as f64)), area.y.px(share((below + n) as f64)));
                let gap = if to - from > 4.0 { 0.5 } else { 0.0 };
                svg.rect(from + gap, y1, to - from - 2.0 * gap, y0 - y1, &format!("fill=\"{color}\""));
                below += n;
            }
        }
        svg.end_group();
        let inside: usize = sums.iter().sum();
        let column = LEFT + WIDTH + if self.cumulative { 62.0 } else { 26.0 };
        if self.cumulative {
            self.draw_cumulative(&mut svg, &area, &edges, &sums, total, &values, top);
        }
        area.frame(&mut svg, &self.x.title(), &y.title());
        let mut below = top;
        if let Some(s) = Statistics::of(values.iter().copied()) {
            below = statistics(&mut svg, &s, column, top);
        }
        if self.groups.len() > 1 {
            let n = |g: &Group| g.values.iter().filter(|v| self.x.takes(**v)).count();
            let entries: Vec<(&str, Rgb, usize)> =
                self.groups.iter().zip(&colors).map(|(g, c)| (g.name.as_str(), *c, n(g))).collect();
            below = legend(&mut svg, &self.group_label, &entries, column, below + 14.0);
        }
        let width = column + COLUMN;
        svg.text(Text::new(24.0, 28.0, 16.0, &fit(&self.title, 16.0, true, width - 48.0)).bold());
        svg.text(Text::new(24.0, 47.0, 11.0, &fit(subtitle, 11.0, false, width - 48.0)).color(GREY));
        let mut notes = vec![format!("{bars} bins of {}", self.bin_width(&edges))];
        if total > inside {
            notes.push(format!("{} samples outside the axis", ticks::fixed((total - inside) as f64, 0)));
        }
        notes.push("P90 is the value that 90 % exceed".into());
        let mut rows = wrap(&notes.join("  ·  "), 9.0, false, width - 48.0, 2);
        rows.extend(self.footer.iter().flat_map(|f| wrap(f, 9.0, false, width - 48.0, 2)));
        let mut at = top + HEIGHT + 60.0;
        for row in rows {
            svg.text(Text::new(24.0, at, 9.0, &row).color(GREY));
            at += 12.5;
        }
        Ok(svg.finish(width, at.max(below) + 4.0, self.paper.color(), &self.title))
    }

    fn bin_width(&self, edges: &[f64]) -> String {
        let (a, b) = (edges[0], edges[1]);
        if self.x.log {
            return format!("{} of a decade", ticks::short(((b / a).log10()).abs()));
        }
        let unit = self.x.unit.as_deref().unwrap_or("").trim();
        format!("{} {unit}", ticks::short((b - a).abs())).trim_end().to_owned()
    }

    /// The ends of the bins, in increasing order.
    fn edges(&self, x: &Placed, total: usize) -> Result<Vec<f64>> {
        let (low, high) = if x.log { (x.low().log10(), x.high().log10()) } else { (x.low(), x.high()) };
        // As many as resolve the shape without its noise: two cube roots of n (Rice), 12 to 60 of a round width.
        let wanted = (2.0 * (total as f64).cbrt()).clamp(12.0, 60.0);
        let (step, from) = match self.bins {
            Bins::Auto => {
                let step = ticks::round_step(high - low, wanted);
                (step, (low / step + 1e-9).floor() * step)
            }
            Bins::Count(n) => ((high - low) / n.max(1) as f64, low),
            Bins::Width(w) if x.log => (1.0 / w, low),
            Bins::Width(w) => (w, (low / w + 1e-9).floor() * w),
        };
        let count = ((high - from) / step - 1e-9).ceil();
        if !(step > 0.0 && step.is_finite() && (1.0..=10_000.0).contains(&count)) {
            return Err(PlotError::InvalidNumber {
                what: "the width of the bins".into(),
                found: step,
                expected: "a width above 0 that makes at most 10 000 bins between the ends of the axis",
            });
        }
        let edge = |k: usize| from + k as f64 * step;
        Ok((0..=count as usize).map(|k| if x.log { 10f64.powf(edge(k)) } else { edge(k) }).collect())
    }

    #[allow(clippy::too_many_arguments, reason = "what a line over bars needs")]
    fn draw_cumulative(
        &self,
        svg: &mut Svg,
        area: &Area,
        edges: &[f64],
        sums: &[usize],
        total: usize,
        values: &[f64],
        top: f64,
    ) {
        let line = Rgb(0xB4, 0x4B, 0x1E);
        let right = LEFT + WIDTH;
        let py = |share: f64| top + HEIGHT * (1.0 - share);
        // What lies below the first bin counts too.
        let mut below = values.iter().filter(|v| **v < edges[0]).count();
        let mut points = vec![(area.x.px(edges[0]), py(below as f64 / total as f64))];
        for (n, edge) in sums.iter().zip(&edges[1..]) {
            below += n;
            points.push((area.x.px(*edge), py(below as f64 / total as f64)));
        }
        svg.clip_group(LEFT, top - 1.0, WIDTH, HEIGHT + 2.0);
        svg.path(&path_data(&points, false), &stroke(Rgb::WHITE, 3.6, None));
        svg.path(&path_data(&points, false), &stroke(line, 1.8, None));
        svg.end_group();
        for k in 0..=4 {
            let share = f64::from(k) / 4.0;
            svg.line((right, py(share)), (right + 5.0, py(share)), line, 0.8);
            let text = format!("{}", 25 * k);
            svg.text(Text::new(right + 8.0, py(share) + 3.5, 10.0, &text).color(line));
        }
        let text = Text::new(right + 44.0, top + HEIGHT / 2.0, 11.5, "Up to the value (%)");
        svg.text(text.anchor(Anchor::Middle).rotate(-90.0).color(line));
    }
}

/// How many values are in each bin; the last bin has its end.
fn counted(values: &[f64], edges: &[f64], axis: &Axis) -> Vec<usize> {
    let mut counts = vec![0; edges.len().saturating_sub(1)];
    let last = edges.last().copied().unwrap_or(f64::NAN);
    for &v in values.iter().filter(|v| axis.takes(**v)) {
        let after = edges.partition_point(|e| *e <= v);
        let bin = if v == last { edges.len().checked_sub(2) } else { after.checked_sub(1) };
        if let Some(n) = bin.and_then(|b| counts.get_mut(b)) {
            *n += 1;
        }
    }
    counts
}

/// The box of statistics; returns its lower edge.
fn statistics(svg: &mut Svg, s: &Statistics, x: f64, top: f64) -> f64 {
    let rows = [
        ("n", ticks::fixed(s.n as f64, 0)),
        ("mean", digits(s.mean)),
        ("std", if s.deviation.is_nan() { "–".into() } else { digits(s.deviation) }),
        ("min", digits(s.min)),
        ("P90", digits(s.p90)),
        ("P50", digits(s.p50)),
        ("P10", digits(s.p10)),
        ("max", digits(s.max)),
    ];
    let mut y = top + 10.0;
    for (name, value) in &rows {
        svg.text(Text::new(x, y, 10.5, name).color(GREY));
        svg.text(Text::new(x + COLUMN - 24.0, y, 10.5, value).anchor(Anchor::End));
        y += 15.0;
    }
    y
}
