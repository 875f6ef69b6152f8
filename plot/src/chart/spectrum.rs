//! Amplitude spectra.

use super::GREY;
use super::axis::{Area, Axis};
use super::classes::class_colors;
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::{fit, wrap};
use crate::style::{Dash, Paper};
use crate::svg::{Svg, Text, path_data, stroke};
use crate::ticks;

const LEFT: f64 = 80.0;
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 340.0;
const COLUMN: f64 = 150.0;
/// The lowest level of a decibel axis.
const FLOOR: f64 = -60.0;

/// A spectrum of one set of traces.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SpectrumCurve {
    /// Its name.
    pub name: String,
    /// Frequencies, increasing.
    pub frequencies: Vec<f64>,
    /// Amplitude at each, not negative; NaN is a gap.
    pub amplitudes: Vec<f64>,
}

/// Amplitude against frequency.
///
/// ```
/// use outcrop_plot::chart::{Spectrum, SpectrumCurve};
/// let frequencies: Vec<f64> = (0..=125).map(f64::from).collect();
/// let ricker = |f: f64| (f / 28.0).powi(2) * (-(f / 28.0).powi(2)).exp();
/// let amplitudes = frequencies.iter().map(|f| ricker(*f)).collect();
/// let spectrum = Spectrum {
///     title: "Inline 1120".into(), decibel: true,
///     curves: vec![SpectrumCurve { name: "1200 to 1800 ms".into(), frequencies, amplitudes }],
///     ..Spectrum::default()
/// };
/// assert!(spectrum.to_svg()?.contains("Largest at 28 Hz"));
/// # Ok::<(), outcrop_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Title above.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// The spectra.
    pub curves: Vec<SpectrumCurve>,
    /// Unit of the frequencies: "Hz" of time, "1/m" or the like of depth.
    pub frequency_unit: String,
    /// Decibels below the largest amplitude of all curves, down to -60, instead of amplitudes.
    pub decibel: bool,
    /// Unit of the amplitudes; empty for none, `None` is written as "unit not stated".
    pub amplitude_unit: Option<String>,
    /// Lowest and highest frequency shown; NaN for those of the data.
    pub range: (f64, f64),
    /// Provenance.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

impl Default for Spectrum {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: None,
            curves: Vec::new(),
            frequency_unit: "Hz".into(),
            decibel: false,
            amplitude_unit: None,
            range: (f64::NAN, f64::NAN),
            footer: None,
            paper: Paper::Light,
        }
    }
}

/// The line of a curve: dashes differ too, for eyes that colours are alike to.
fn line_of(number: usize, color: Rgb) -> String {
    let dash = match number % 4 {
        0 => Dash::Solid,
        1 => Dash::Dashed,
        2 => Dash::DashDot,
        _ => Dash::Dotted,
    };
    stroke(color, 1.6, dash.array(1.6))
}

impl Spectrum {
    /// Draws it as SVG text.
    ///
    /// # Errors
    /// No curve with an amplitude above 0, frequencies and amplitudes of different number, a negative amplitude.
    pub fn to_svg(&self) -> Result<String> {
        self.check()?;
        let all = || self.curves.iter().flat_map(|c| c.amplitudes.iter()).copied().filter(|a| a.is_finite());
        let largest = all().fold(0.0f64, f64::max);
        if largest <= 0.0 {
            let what = format!("the spectrum '{}'", self.title);
            return Err(PlotError::Empty { what, expected: "at least one amplitude above 0" });
        }
        let level = |a: f64| if self.decibel { (20.0 * (a / largest).log10()).max(FLOOR) } else { a };
        let subtitle = self.subtitle.as_deref().unwrap_or("").trim();
        let top = if subtitle.is_empty() { 46.0 } else { 64.0 };
        let x = Axis {
            label: "Frequency".into(),
            unit: Some(self.frequency_unit.clone()),
            range: self.shown(),
            ..Axis::default()
        };
        let y = match self.decibel {
            true => Axis { label: "Amplitude".into(), unit: Some("dB".into()), range: (FLOOR, 0.0), ..Axis::default() },
            false => Axis {
                label: "Amplitude".into(),
                unit: self.amplitude_unit.clone(),
                range: (0.0, f64::NAN),
                ..Axis::default()
            },
        };
        let frequencies = self.curves.iter().flat_map(|c| &c.frequencies);
        let area = Area {
            x: x.place(frequencies, LEFT, LEFT + WIDTH)?,
            y: y.place([largest * 1.04].iter(), top + HEIGHT, top)?,
        };
        let mut svg = Svg::new();
        area.ground(&mut svg, false);
        svg.clip_group(LEFT, top - 1.0, WIDTH, HEIGHT + 2.0);
        let colors = if self.curves.len() > 1 { class_colors(self.curves.len()) } else { vec![Rgb(0x2F, 0x8F, 0x84)] };
        for (k, (curve, color)) in self.curves.iter().zip(&colors).enumerate() {
            let points: Vec<Option<(f64, f64)>> = curve
                .frequencies
                .iter()
                .zip(&curve.amplitudes)
                .map(|(f, a)| (f.is_finite() && a.is_finite()).then(|| (area.x.px(*f), area.y.px(level(*a)))))
                .collect();
            for part in points.split(Option::is_none).filter(|part| part.len() > 1) {
                let line: Vec<(f64, f64)> = part.iter().copied().flatten().collect();
                if let (1, Some(first), Some(last)) = (self.curves.len(), line.first(), line.last()) {
                    let foot = [(last.0, area.y.from), (first.0, area.y.from)];
                    let below: Vec<(f64, f64)> = line.iter().copied().chain(foot).collect();
                    svg.path(&path_data(&below, true), &format!("fill=\"{color}\" fill-opacity=\"0.18\""));
                }
                svg.path(&path_data(&line, false), &format!("{} stroke-linejoin=\"round\"", line_of(k, *color)));
            }
        }
        svg.end_group();
        area.frame(&mut svg, &x.title(), &y.title());
        let mut width = LEFT + WIDTH + 34.0;
        if self.curves.len() > 1 {
            let column = LEFT + WIDTH + 26.0;
            let mut at = top + 10.0;
            for (k, (curve, color)) in self.curves.iter().zip(&colors).enumerate() {
                svg.path(&path_data(&[(column, at - 3.5), (column + 22.0, at - 3.5)], false), &line_of(k, *color));
                for row in wrap(&curve.name, 10.0, false, COLUMN - 52.0, 2) {
                    svg.text(Text::new(column + 28.0, at, 10.0, &row));
                    at += 12.5;
                }
                at += 4.0;
            }
            width = column + COLUMN;
        }
        svg.text(Text::new(24.0, 28.0, 16.0, &fit(&self.title, 16.0, true, width - 48.0)).bold());
        svg.text(Text::new(24.0, 47.0, 11.0, &fit(subtitle, 11.0, false, width - 48.0)).color(GREY));
        let notes: Vec<String> = self.curves.iter().filter_map(|c| self.note(c)).collect();
        let mut rows = wrap(&notes.join("  ·  "), 9.0, false, width - 48.0, 3);
        rows.extend(self.footer.iter().flat_map(|f| wrap(f, 9.0, false, width - 48.0, 2)));
        let mut at = top + HEIGHT + 60.0;
        for row in rows {
            svg.text(Text::new(24.0, at, 9.0, &row).color(GREY));
            at += 12.5;
        }
        Ok(svg.finish(width, at + 4.0, self.paper.color(), &self.title))
    }

    /// The ends of the axis: up to the last frequency, which is half the sampling frequency as a rule.
    fn shown(&self) -> (f64, f64) {
        let all = || self.curves.iter().flat_map(|c| c.frequencies.iter()).copied();
        let or = |given: f64, found: f64| if given.is_nan() { found } else { given };
        (or(self.range.0, all().fold(f64::NAN, f64::min)), or(self.range.1, all().fold(f64::NAN, f64::max)))
    }

    fn check(&self) -> Result<()> {
        for curve in &self.curves {
            let (expected, found) = (curve.frequencies.len(), curve.amplitudes.len());
            if expected != found {
                let what = format!("the amplitudes of the spectrum {}", curve.name);
                return Err(PlotError::LengthMismatch { what, expected, found, because: "its frequencies" });
            }
            if let Some(found) = curve.amplitudes.iter().copied().find(|a| *a < 0.0 || a.is_infinite()) {
                let what = format!("an amplitude of the spectrum {}", curve.name);
                return Err(PlotError::InvalidNumber { what, found, expected: "a finite number from 0 up" });
            }
        }
        Ok(())
    }

    /// Where a curve is largest and how wide it is.
    fn note(&self, curve: &SpectrumCurve) -> Option<String> {
        let pairs = || curve.frequencies.iter().zip(&curve.amplitudes).filter(|(f, a)| f.is_finite() && a.is_finite());
        let (peak, largest) = pairs().max_by(|a, b| a.1.total_cmp(b.1))?;
        let half = |p: &(&f64, &f64)| *p.1 >= 0.5 * largest;
        let (from, to) = (pairs().find(half)?.0, pairs().rfind(half)?.0);
        let name = if self.curves.len() > 1 { format!("{}: largest", curve.name) } else { "Largest".to_owned() };
        let unit = &self.frequency_unit;
        let [peak, from, to] = [peak, from, to].map(|f| ticks::short(*f));
        Some(format!("{name} at {peak} {unit}, half of it (−6 dB) or more from {from} to {to} {unit}"))
    }
}
