//! Puts the section together.

use super::along::Along;
use super::names::{Name, Names, ROW};
use super::overlay::{self, HorizonNames};
use super::range::rounded;
use super::{AmplitudeRange, Display, Polarity, SeismicSection, axes, density, inset, well, wiggle};
use crate::color::{ColorMap, Rgb};
use crate::color_scale::{self, COLUMN, ColorScale};
use crate::error::{PlotError, Result};
use crate::font::{fit, wrap};
use crate::svg::{Svg, Text};

const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);
const MARGIN: f64 = 20.0;

/// The drawing area.
pub(super) struct Frame {
    pub along: Along,
    pub top: f64,
    pub height: f64,
    /// Two-way time or depth at the upper and the lower edge.
    pub from: f64,
    pub to: f64,
}

impl Frame {
    /// px of a two-way time or depth.
    pub fn y(&self, vertical: f64) -> f64 {
        self.top + (vertical - self.from) / (self.to - self.from) * self.height
    }

    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

pub(super) fn draw(section: &SeismicSection) -> Result<String> {
    check(section)?;
    let (from, to) = shown(section)?;
    let subtitle = section.subtitle.as_deref().unwrap_or("").trim();
    let left = MARGIN + axes::room_left(section, from, to, section.height);
    let mut frame = Frame {
        along: Along::new(&section.positions, left, section.width)?,
        top: 0.0,
        height: section.height,
        from,
        to,
    };
    let names = names(section, &frame);
    let band = if names.rows > 0 { 8.0 + ROW * names.rows as f64 } else { 0.0 };
    let ends = !(section.ends.0.trim().is_empty() && section.ends.1.trim().is_empty());
    frame.top = if subtitle.is_empty() { 42.0 } else { 60.0 } + f64::max(band, if ends { 16.0 } else { 0.0 });
    let scale = scale(section, &frame)?;
    let limit = scale.low.abs().max(scale.high.abs());

    let mut svg = Svg::new();
    let mut notes = Vec::new();
    let along = &frame.along;
    svg.rect(along.left, frame.top, along.width, frame.height, "fill=\"#FFFFFF\"");
    let colors = section.display != Display::Wiggle;
    if colors {
        notes.push(section.amplitudes.said((scale.low, scale.high)));
        notes.extend(density::draw(&mut svg, section, &frame, &scale)?);
    }
    if section.display != Display::Density {
        let mut note = wiggle::draw(&mut svg, section, &frame, limit, colors);
        if !colors {
            let amplitude = limit / section.wiggles.gain;
            let amplitude = rounded(amplitude, amplitude);
            note = format!("{note}, an amplitude of {amplitude} swings to the next wiggle");
        }
        notes.push(note);
    }
    let wells = well::placed(section, &frame);
    svg.clip_group(along.left, frame.top, along.width, frame.height);
    overlay::markers(&mut svg, section, &frame);
    overlay::horizons(&mut svg, section, &frame);
    wells.iter().for_each(|w| w.draw(&mut svg, &frame));
    wells.iter().for_each(|w| w.tops(&mut svg, &frame));
    svg.end_group();
    let horizon_names = HorizonNames::of(section, &frame);
    horizon_names.draw(&mut svg, &frame);
    names.draw(&mut svg, frame.top, section.paper.color());
    if names.left_out > 0 {
        let names = if names.left_out == 1 { "1 name".to_owned() } else { format!("{} names", names.left_out) };
        notes.push(format!("{names} above had no room"));
    }
    let below = axes::draw(&mut svg, section, &frame);

    let column = along.right() + horizon_names.room().max(8.0) + 16.0;
    let bottom = beside(&mut svg, section, &frame, colors.then_some(&scale), column);
    let width = column + COLUMN + MARGIN;
    let room = width - 2.0 * MARGIN;
    svg.text(Text::new(MARGIN, 28.0, 17.0, &fit(&section.title, 17.0, true, room)).bold());
    svg.text(Text::new(MARGIN, 48.0, 11.5, &fit(subtitle, 11.5, false, room)).color(GREY));
    let y = footer(&mut svg, section, &notes, below.max(bottom) + 22.0, room);
    Ok(svg.finish(width, y, section.paper.color(), &section.title))
}

fn check(section: &SeismicSection) -> Result<()> {
    let (traces, count) = (section.positions.len(), section.samples_per_trace);
    if traces == 0 || count == 0 {
        let what = format!("the section '{}'", section.title);
        return Err(PlotError::Empty { what, expected: "at least one trace of at least one sample" });
    }
    let length = |what: String, expected: usize, found: usize, because: &'static str| match expected == found {
        true => Ok(()),
        false => Err(PlotError::LengthMismatch { what, expected, found, because }),
    };
    let samples = section.samples.len();
    length("the section's samples".into(), traces.saturating_mul(count), samples, "traces times samples of a trace")?;
    if let Some(lines) = &section.line_numbers {
        length(lines.label.clone(), traces, lines.numbers.len(), "a number for each trace")?;
    }
    for horizon in &section.horizons {
        length(format!("the horizon {}", horizon.name), traces, horizon.values.len(), "a value for each trace")?;
    }
    for well in &section.wells {
        let (points, found) = (well.positions.len(), well.vertical.len());
        length(format!("vertical of the well {}", well.name), points, found, "the well's positions")?;
        if let Some(curve) = &well.curve {
            let what = format!("the curve {} of the well {}", curve.name, well.name);
            length(what, curve.vertical.len(), curve.values.len(), "the curve's times or depths")?;
        }
    }
    let positive = |what: &str, found: f64, low: f64, high: f64, expected: &'static str| match found.is_finite()
        && found >= low
        && found <= high
    {
        true => Ok(()),
        false => Err(PlotError::InvalidNumber { what: what.into(), found, expected }),
    };
    let step = section.vertical.step;
    positive("the step of the samples", step, f64::MIN_POSITIVE, f64::MAX, "a number above 0")?;
    positive("the first sample's time or depth", section.vertical.start, f64::MIN, f64::MAX, "a finite number")?;
    positive("the width of the section", section.width, 160.0, 8000.0, "160 to 8000 px")?;
    positive("the height of the section", section.height, 120.0, 8000.0, "120 to 8000 px")?;
    positive("the gain of the wiggles", section.wiggles.gain, 1e-6, 1e6, "a number above 0, such as 1")
}

/// Two-way time or depth at the upper and the lower edge.
fn shown(section: &SeismicSection) -> Result<(f64, f64)> {
    let axis = &section.vertical;
    let last = axis.start + (section.samples_per_trace - 1) as f64 * axis.step;
    let all = if section.samples_per_trace == 1 {
        (axis.start - axis.step / 2.0, last + axis.step / 2.0)
    } else {
        (axis.start, last)
    };
    let Some((low, high)) = section.range else { return Ok(all) };
    let wrong = |expected| Err(PlotError::InvalidRange { what: "the range shown".into(), low, high, expected });
    if !(low.is_finite() && high.is_finite() && low < high) {
        return wrong("a smaller and a larger finite number");
    }
    if high <= all.0 || low >= all.1 {
        return wrong("a range that has samples");
    }
    Ok((low, high))
}

/// The colour scale of the samples shown.
fn scale(section: &SeismicSection, frame: &Frame) -> Result<ColorScale> {
    let axis = &section.vertical;
    let count = section.samples_per_trace;
    let index = |v: f64| (v - axis.start) / axis.step;
    let first = (index(frame.from) - 1e-9).ceil().max(0.0) as usize;
    let end = ((index(frame.to) + 1e-9).floor() + 1.0).clamp(0.0, count as f64) as usize;
    // A range between two samples takes those on both sides.
    let rows = if first < end { first..end } else { end.saturating_sub(1)..(end + 1).min(count) };
    let values = || section.samples.chunks_exact(count).flat_map(|t| t.get(rows.clone()).unwrap_or(&[])).copied();
    let finite = values().filter(|v| v.is_finite());
    let data = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let all = (f64::from(data.0), f64::from(data.1));
    if all.0 > all.1 {
        let what = format!("the range shown of the section '{}'", section.title);
        return Err(PlotError::AllUndefined { what, count: values().count() });
    }
    let range = section.amplitudes.of(values())?;
    let mut scale = ColorScale::new(ColorMap::by_name(&section.color_map)?, all, Some(range), "the section")?;
    scale.label.clone_from(&section.amplitude_label);
    scale.unit.clone_from(&section.amplitude_unit);
    Ok(scale)
}

/// Names of wells and markers, wells first.
fn names(section: &SeismicSection, frame: &Frame) -> Names {
    let wells = well::placed(section, frame);
    let mut names: Vec<Name> = wells.iter().filter_map(|w| w.name()).collect();
    let along = &frame.along;
    for marker in &section.markers {
        let x = along.px(marker.position);
        if x >= along.left && x <= along.right() && !marker.label.trim().is_empty() {
            names.push(Name { text: marker.label.trim().to_owned(), x, bold: false, color: GREY });
        }
    }
    // The names of the ends stand in the corners.
    let room = |text: &str| match text.trim() {
        "" => 0.0,
        text => crate::font::text_width(text, 11.0, true) + 10.0,
    };
    Names::place(&names, along.left + room(&section.ends.0), along.right() - room(&section.ends.1))
}

/// Colour bar, polarity and location to the right; returns their lower edge.
fn beside(svg: &mut Svg, section: &SeismicSection, frame: &Frame, scale: Option<&ColorScale>, x: f64) -> f64 {
    let mut y = frame.top;
    let signed = matches!(section.amplitudes, AmplitudeRange::Symmetric(_)) || section.polarity.is_some();
    let polarity = match section.polarity {
        Some(Polarity::Normal) => "Polarity: an increase of impedance is positive",
        Some(Polarity::Reverse) => "Polarity: an increase of impedance is negative",
        Some(Polarity::PressurePositive) => "Polarity: an increase of pressure is positive",
        Some(Polarity::PressureNegative) => "Polarity: an increase of pressure is negative",
        None => "Polarity not stated",
    };
    let rows = if signed { wrap(polarity, 10.0, false, COLUMN, 3) } else { Vec::new() };
    let location = if section.inset.is_some() { 135.0 } else { 0.0 };
    if let Some(scale) = scale {
        let title = color_scale::color_bar_title_height(scale);
        let taken = title + 14.0 + 13.0 * rows.len() as f64 + 20.0 + location;
        y = color_scale::color_bar(svg, scale, x, y, (frame.height - taken).clamp(90.0, 260.0)) + 6.0;
    }
    for row in rows {
        y += 13.0;
        svg.text(Text::new(x, y - 2.0, 10.0, &row));
    }
    if let Some(map) = &section.inset {
        y = inset::draw(svg, map, x, y + 12.0);
    }
    y
}

/// Notes and provenance; returns the page's lower edge.
fn footer(svg: &mut Svg, section: &SeismicSection, notes: &[String], y: f64, room: f64) -> f64 {
    let mut text = notes.join("  ·  ");
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    let mut rows = wrap(&text, 9.5, false, room, 3);
    rows.extend(section.footer.iter().flat_map(|f| wrap(f, 9.5, false, room, 3)));
    svg.line((MARGIN, y - 14.0), (MARGIN + room, y - 14.0), Rgb(0xC9, 0xC5, 0xBB), 0.8);
    let mut y = y;
    for row in rows {
        svg.text(Text::new(MARGIN, y, 9.5, &row).color(GREY));
        y += 13.0;
    }
    y + 4.0
}
