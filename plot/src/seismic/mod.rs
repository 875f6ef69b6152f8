//! Seismic sections: traces side by side against two-way time or depth, with what is known about them on top.
//!
//! Time slices and attribute maps are [`crate::map::Map`]s, whose [`crate::map::Grid`] may be turned as surveys are:
//! [`crate::map::Grid::from_steps`] and [`AmplitudeRange::of`] make one from a volume.

mod along;
mod axes;
mod density;
mod draw;
mod inset;
mod names;
mod overlay;
mod range;
mod well;
mod wiggle;

pub use range::AmplitudeRange;

use crate::color::Rgb;
use crate::error::Result;
use crate::style::{Dash, Paper};

/// A seismic section: an inline, a crossline, a line through wells, a 2D line.
///
/// ```
/// use outcrop_plot::seismic::{Horizon, SeismicSection, VerticalAxis};
/// let traces = 40;
/// let samples = (0..traces).flat_map(|k| (0..100).map(move |t| ((t as f32 - 50.0 + k as f32 / 4.0) / 4.0).sin()));
/// let section = SeismicSection {
///     title: "Inline 1120".into(),
///     samples: samples.collect(), samples_per_trace: 100,
///     positions: (0..traces).map(|k| 2000.0 + f64::from(k)).collect(), position_label: "Crossline".into(),
///     vertical: VerticalAxis { start: 1000.0, step: 4.0, label: "Two-way time".into(), unit: Some("ms".into()) },
///     horizons: vec![Horizon { name: "Top sand".into(), values: vec![1180.0; 40], ..Horizon::default() }],
///     ..SeismicSection::default()
/// };
/// assert!(section.to_svg()?.starts_with("<svg"));
/// # Ok::<(), outcrop_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SeismicSection {
    /// Title above the section: what is constant along it ("Inline 1120").
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// The amplitudes, a trace after the other; NaN is missing and stays blank, which a 0 does not.
    pub samples: Vec<f32>,
    /// How many samples each trace has.
    pub samples_per_trace: usize,
    /// Where each trace stands: its line number, or its distance along the section. All increasing or all decreasing; where two
    /// traces are farther apart than one and a half times the usual, the room between them stays blank.
    pub positions: Vec<f64>,
    /// What the positions are: "Crossline", "Distance".
    pub position_label: String,
    /// Unit of the positions; empty for none (line numbers), `None` is written as "unit not stated".
    pub position_unit: Option<String>,
    /// Numbers of the traces in a further row below the axis: crosslines where the positions are distances.
    pub line_numbers: Option<LineNumbers>,
    /// Two-way time or depth.
    pub vertical: VerticalAxis,
    /// First and last two-way time or depth shown; `None` shows all samples.
    pub range: Option<(f64, f64)>,
    /// Colours, wiggles, or both.
    pub display: Display,
    /// How wiggles are drawn.
    pub wiggles: Wiggles,
    /// Interpolate the colours between samples and traces (linearly) instead of drawing cells; the footer says so.
    pub smooth: bool,
    /// What the samples are, for the colour bar.
    pub amplitude_label: String,
    /// Unit of the samples; `None` is written as "unit not stated", an empty text (for values without a unit) as nothing.
    pub amplitude_unit: Option<String>,
    /// Name of the colour map, see [`crate::color::ColorMap::by_name`]: `vik` and `grayC` for amplitudes, `romaO` for phase,
    /// `batlow` for attributes that are not negative.
    pub color_map: String,
    /// Values at the ends of the colour map.
    pub amplitudes: AmplitudeRange,
    /// What the sign of the amplitudes means; `None` is written as "polarity not stated".
    pub polarity: Option<Polarity>,
    /// Interpreted horizons.
    pub horizons: Vec<Horizon>,
    /// Wells, projected onto the section.
    pub wells: Vec<Well>,
    /// Intersections with other lines, and other places along the section.
    pub markers: Vec<Marker>,
    /// Names of the two ends ("NW", "SE"); empty for none.
    pub ends: (String, String),
    /// Where the line runs in its survey.
    pub inset: Option<Inset>,
    /// Provenance: where the data is from and how it was made.
    pub footer: Option<String>,
    /// Width of the drawing area in px (1/96 inch), 160 to 8000.
    pub width: f64,
    /// Height of the drawing area in px, 120 to 8000.
    pub height: f64,
    /// Colour of the page.
    pub paper: Paper,
}

impl Default for SeismicSection {
    fn default() -> Self {
        Self {
            title: String::new(),
            subtitle: None,
            samples: Vec::new(),
            samples_per_trace: 0,
            positions: Vec::new(),
            position_label: "Trace".into(),
            position_unit: Some(String::new()),
            line_numbers: None,
            vertical: VerticalAxis::default(),
            range: None,
            display: Display::Density,
            wiggles: Wiggles::default(),
            smooth: true,
            amplitude_label: "Amplitude".into(),
            amplitude_unit: None,
            color_map: "vik".into(),
            amplitudes: AmplitudeRange::default(),
            polarity: None,
            horizons: Vec::new(),
            wells: Vec::new(),
            markers: Vec::new(),
            ends: (String::new(), String::new()),
            inset: None,
            footer: None,
            width: 860.0,
            height: 520.0,
            paper: Paper::Light,
        }
    }
}

/// The axis of the samples of a trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VerticalAxis {
    /// Two-way time or depth of the first sample.
    pub start: f64,
    /// From a sample to the next; above 0.
    pub step: f64,
    /// What it is: "Two-way time", "Depth".
    pub label: String,
    /// Its unit; `None` is written as "unit not stated".
    pub unit: Option<String>,
}

/// A number for each trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineNumbers {
    /// What the numbers are: "Crossline", "CDP".
    pub label: String,
    /// The number of each trace.
    pub numbers: Vec<f64>,
}

/// How the samples are drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Display {
    /// Variable density: a colour for each amplitude.
    #[default]
    Density,
    /// Wiggle traces with variable area.
    Wiggle,
    /// Wiggles over colours.
    Both,
}

/// How wiggles are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Wiggles {
    /// Draw the first of so many traces; `None` leaves as many out as make the wiggles stand 8 px apart.
    pub every: Option<usize>,
    /// How far the amplitude at the end of the colour range swings, in distances between wiggles; nothing swings farther than
    /// half as much again.
    pub gain: f64,
    /// Fill the positive lobes.
    pub fill: bool,
}

impl Default for Wiggles {
    fn default() -> Self {
        Self { every: None, gain: 1.0, fill: true }
    }
}

/// What the sign of an amplitude means: of an impedance for zero-phase data, of the pressure (or the ground's movement
/// upwards) as the headers of a file state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// An increase of impedance is a positive amplitude (SEG normal, American).
    Normal,
    /// An increase of impedance is a negative amplitude (European).
    Reverse,
    /// An increase of pressure is a positive amplitude (SEG-Y polarity code 2).
    PressurePositive,
    /// An increase of pressure is a negative amplitude (SEG-Y polarity code 1).
    PressureNegative,
}

/// A horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    /// Its name, written at its end.
    pub name: String,
    /// Two-way time or depth at each trace; NaN is a gap.
    pub values: Vec<f64>,
    /// Colour of the line; `None` takes the next one of a set of colours that read on any ground.
    pub color: Option<Rgb>,
    /// Dash pattern.
    pub dash: Dash,
    /// Width in px.
    pub width: f64,
}

impl Default for Horizon {
    fn default() -> Self {
        Self { name: String::new(), values: Vec::new(), color: None, dash: Dash::Solid, width: 1.8 }
    }
}

/// A well, projected onto the section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Well {
    /// Its name, written above the section.
    pub name: String,
    /// Position along the section of each point of the path, as the traces' positions; NaN parts the path.
    pub positions: Vec<f64>,
    /// Two-way time or depth of each point of the path.
    pub vertical: Vec<f64>,
    /// Tops on the path.
    pub tops: Vec<WellTop>,
    /// A log or a synthetic trace beside the path.
    pub curve: Option<WellCurve>,
    /// Colour of the path; `None` is dark slate.
    pub color: Option<Rgb>,
}

/// A top of a well.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WellTop {
    /// Its name.
    pub name: String,
    /// Its two-way time or depth.
    pub vertical: f64,
}

/// A curve along a well.
#[derive(Debug, Clone, PartialEq)]
pub struct WellCurve {
    /// Its name, written below it: "GR", "Synthetic".
    pub name: String,
    /// Unit of its values, written with the ends of its scale; empty for none.
    pub unit: String,
    /// Two-way time or depth of each value.
    pub vertical: Vec<f64>,
    /// The values; NaN is a gap.
    pub values: Vec<f64>,
    /// Values at its left and right edge; NaN for those of the data.
    pub scale: (f64, f64),
    /// A log is a line, a synthetic a wiggle about its middle.
    pub kind: WellCurveKind,
    /// Colour of the line.
    pub color: Rgb,
    /// Width of its panel in px.
    pub width: f64,
}

/// How the curve of a well is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WellCurveKind {
    /// A line between the ends of its scale.
    #[default]
    Log,
    /// A wiggle about 0 in the middle of the panel, positive lobes filled; the scale is symmetric.
    Synthetic,
}

impl Default for WellCurve {
    fn default() -> Self {
        Self {
            name: String::new(),
            unit: String::new(),
            vertical: Vec::new(),
            values: Vec::new(),
            scale: (f64::NAN, f64::NAN),
            kind: WellCurveKind::Log,
            color: Rgb(0x1F, 0x6F, 0x3A),
            width: 34.0,
        }
    }
}

/// A place along the section.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marker {
    /// Where, as the traces' positions.
    pub position: f64,
    /// What is there: "Crossline 2210".
    pub label: String,
}

/// A small map of the line in its survey, in any projected coordinates.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inset {
    /// Corners of the survey (x, y).
    pub outline: Vec<(f64, f64)>,
    /// The line, from the section's left end to its right one.
    pub line: Vec<(f64, f64)>,
    /// Well heads.
    pub wells: Vec<(f64, f64)>,
}

impl SeismicSection {
    /// Draws the section as SVG text, 96 px to the inch.
    ///
    /// # Errors
    /// No traces or samples, arrays of different lengths, positions that neither increase nor decrease, a step that is not above 0,
    /// all samples NaN, a range without samples, an unknown colour map, a size outside its limits.
    pub fn to_svg(&self) -> Result<String> {
        draw::draw(self)
    }
}
