//! Variable density: the samples as colours.

use super::SeismicSection;
use super::along::{Along, Source};
use super::draw::Frame;
use crate::color::Rgb;
use crate::color_scale::ColorScale;
use crate::error::Result;
use crate::raster;
use crate::svg::{Svg, path_data, stroke};

/// px of the picture for each px of the page: sharp in print and on fine screens.
const FINE: f64 = 2.0;
/// Most px along a side of the picture.
const LARGEST: f64 = 4000.0;
/// Colours of a picture, besides none.
const SHADES: u8 = 255;
/// Distance of the lines that mark where there is no data, px.
const HATCH: f64 = 6.0;

/// Draws the samples as an embedded PNG. Returns what the footer must say about the picture.
pub(super) fn draw(svg: &mut Svg, section: &SeismicSection, frame: &Frame, scale: &ColorScale) -> Result<Vec<String>> {
    let along = &frame.along;
    let side = |length: f64| (FINE * length).ceil().min(LARGEST) as usize;
    let (columns, rows) = (side(along.width), side(frame.height));
    let colors: Vec<Rgb> = (0..SHADES).map(|k| scale.map.at(f64::from(k) / f64::from(SHADES - 1))).collect();
    let (low, per) = (scale.low as f32, (f64::from(SHADES - 1) / (scale.high - scale.low)) as f32);
    let sources = along.sources(columns, section.smooth);
    let mut px = vec![0u8; columns * rows];
    let mut resampler = Resampler::new(section, frame, rows);
    let mut values = vec![f32::NAN; rows];
    let mut missing = false;
    for (column, source) in sources.iter().enumerate() {
        resampler.column(source, &mut values);
        for (value, row) in values.iter().zip(px.chunks_exact_mut(columns)) {
            if value.is_nan() {
                missing = true;
            } else if let Some(place) = row.get_mut(column) {
                // 0 is clear.
                *place = 1 + ((value - low) * per + 0.5).clamp(0.0, f32::from(SHADES - 1)) as u8;
            }
        }
    }
    let mut notes = Vec::new();
    if missing {
        hatch(svg, along, frame);
        notes.push("hatched: no data".to_owned());
    }
    let place = (along.left, frame.top, along.width, frame.height);
    raster::palette_image(svg, place, (columns, rows), &px, &colors)?;
    if sources.iter().any(|s| matches!(s, Source::Many(_))) {
        notes.push(format!("{} traces averaged to {columns} columns", along.x.len()));
    } else if section.smooth {
        notes.push("colours interpolated between traces and samples".to_owned());
    }
    Ok(notes)
}

/// Slanting lines over the whole area, which the picture covers where there is data: white would look like an amplitude of 0.
fn hatch(svg: &mut Svg, along: &Along, frame: &Frame) {
    let (width, height) = (along.width, frame.height);
    let count = ((width + height) / HATCH) as usize;
    let lines: String = (1..=count)
        .map(|k| {
            // From the left or upper edge down to the lower or right one.
            let reach = k as f64 * HATCH;
            let (a, b) = ((reach - height).max(0.0), reach.min(width));
            let point = |x: f64| (along.left + x, frame.top + (reach - x));
            path_data(&[point(a), point(b)], false)
        })
        .collect();
    svg.path(&lines, &stroke(Rgb(0xC9, 0xC5, 0xBB), 0.6, None));
}

/// Traces resampled to the rows of the picture.
struct Resampler<'a> {
    section: &'a SeismicSection,
    /// What each row shows: first sample, and the part of the next (below 0: none) or how many to average.
    rows: Vec<Row>,
    /// The last two traces asked for.
    kept: [(usize, Vec<f32>); 2],
}

#[derive(Debug, Clone, Copy)]
enum Row {
    Nothing,
    Nearest(usize),
    Between(usize, f32),
    Mean(usize, usize),
}

impl<'a> Resampler<'a> {
    fn new(section: &'a SeismicSection, frame: &Frame, rows: usize) -> Self {
        let count = section.samples_per_trace as f64;
        let sample = |row: f64| {
            let vertical = frame.from + row / rows as f64 * (frame.to - frame.from);
            (vertical - section.vertical.start) / section.vertical.step
        };
        let of = |row: usize| {
            let (a, b) = (sample(row as f64), sample(row as f64 + 1.0));
            let middle = 0.5 * (a + b);
            // A sample stands for half a step to either side.
            if !(middle >= -0.5 && middle <= count - 0.5) {
                return Row::Nothing;
            }
            let last = count - 1.0;
            if b - a >= 2.0 {
                let (first, end) = (a.ceil().max(0.0), b.ceil().min(count));
                return Row::Mean(first as usize, end.max(first + 1.0).min(count) as usize);
            }
            match section.smooth && middle > 0.0 && middle < last {
                true => Row::Between(middle.floor() as usize, middle.fract() as f32),
                false => Row::Nearest((middle + 0.5).floor().clamp(0.0, last) as usize),
            }
        };
        let empty = || (usize::MAX, Vec::new());
        Self { section, rows: (0..rows).map(of).collect(), kept: [empty(), empty()] }
    }

    /// A trace at every row, NaN where there is none.
    fn trace(&mut self, k: usize) -> &[f32] {
        if self.kept[0].0 != k {
            self.kept.swap(0, 1);
        }
        if self.kept[0].0 != k {
            let count = self.section.samples_per_trace;
            let samples = self.section.samples.get(k * count..(k + 1) * count).unwrap_or(&[]);
            let at = |s: usize| samples.get(s).copied().unwrap_or(f32::NAN);
            let (known, values) = &mut self.kept[0];
            *known = k;
            values.clear();
            values.extend(self.rows.iter().map(|row| match *row {
                Row::Nothing => f32::NAN,
                Row::Nearest(s) => at(s),
                Row::Between(s, part) => between(at(s), at(s + 1), part),
                Row::Mean(from, to) => mean(samples.get(from..to).unwrap_or(&[]).iter().copied()),
            }));
        }
        &self.kept[0].1
    }

    fn column(&mut self, source: &Source, values: &mut [f32]) {
        match source {
            Source::Nothing => values.fill(f32::NAN),
            Source::One(k) => values.copy_from_slice(self.trace(*k)),
            Source::Two(k, part) => {
                values.copy_from_slice(self.trace(*k));
                let second = self.trace(k + 1);
                values.iter_mut().zip(second).for_each(|(a, b)| *a = between(*a, *b, *part));
            }
            Source::Many(traces) => {
                let mut sums = vec![(0.0f32, 0.0f32); values.len()];
                for k in traces.clone() {
                    for (sum, v) in sums.iter_mut().zip(self.trace(k)).filter(|(_, v)| v.is_finite()) {
                        *sum = (sum.0 + v, sum.1 + 1.0);
                    }
                }
                // 0 of 0 is NaN: nothing there.
                values.iter_mut().zip(sums).for_each(|(v, (sum, n))| *v = sum / n);
            }
        }
    }
}

/// Between two values, `part` of the second; where one is missing, the nearer one.
fn between(a: f32, b: f32, part: f32) -> f32 {
    let value = a + (b - a) * part;
    match value.is_nan() {
        false => value,
        true if part < 0.5 => a,
        true => b,
    }
}

/// The mean of the values that are not missing; NaN of none.
fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, n) = values.filter(|v| !v.is_nan()).fold((0.0f32, 0.0f32), |(s, n), v| (s + v, n + 1.0));
    sum / n
}
