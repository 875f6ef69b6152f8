//! Log plots: curves in tracks against depth, with tops.

mod curve;
mod draw;
mod fill;
mod header;
mod section;
mod template;

pub use section::Section;
pub use template::{TEMPLATES, standard_template, template};

use crate::color::Rgb;
use crate::error::Result;
use crate::style::{Dash, Paper};

/// A scale end that is taken from the data, see [`Curve::left`].
pub const FROM_DATA: f64 = f64::NAN;

/// Well logs in tracks, depth increasing downwards.
///
/// ```
/// use outcrop_plot::log::{LogPlot, Top, standard_template};
/// let mut tracks = standard_template(&[("GR", "gAPI")]);
/// for curve in tracks.iter_mut().flat_map(|t| &mut t.curves) {
///     if curve.mnemonic == "GR" {
///         curve.values = vec![45.0, 60.0, f64::NAN, 110.0];
///     }
/// }
/// let plot = LogPlot {
///     title: "Well 1".into(),
///     depth: vec![1000.0, 1000.5, 1001.0, 1001.5], depth_label: "MD".into(), depth_unit: "m".into(),
///     tracks, tops: vec![Top { name: "Top sand".into(), depth: 1000.7 }],
///     ..LogPlot::default()
/// };
/// assert!(plot.to_svg()?.starts_with("<svg"));
/// # Ok::<(), outcrop_plot::PlotError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogPlot {
    /// Title above the tracks, usually the well's name.
    pub title: String,
    /// A second, smaller line.
    pub subtitle: Option<String>,
    /// Depth of each sample, increasing or decreasing; samples with NaN depth are left out.
    pub depth: Vec<f64>,
    /// What the depth is: "MD", "TVD", "TVDSS".
    pub depth_label: String,
    /// Unit of the depth; empty is written as "unit not stated".
    pub depth_unit: String,
    /// Shallowest and deepest depth shown; `None` shows all samples.
    pub range: Option<(f64, f64)>,
    /// Drawing scale, 500.0 for 1:500; needs a depth unit of m or ft. `None` fits one page.
    pub scale: Option<f64>,
    /// Tracks from left to right; the depth track stands after the first.
    pub tracks: Vec<Track>,
    /// Tops, drawn across all tracks, their names in a column of their own.
    pub tops: Vec<Top>,
    /// Provenance: where the data is from and how it was made.
    pub footer: Option<String>,
    /// Colour of the page.
    pub paper: Paper,
}

/// A depth with a name: a formation top, a marker, a contact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Top {
    /// The name.
    pub name: String,
    /// The depth, in the unit and reference of the plot's depths.
    pub depth: f64,
}

/// A track: curves drawn side by side in one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Width in mm.
    pub width: f64,
    /// The curves, the last one on top.
    pub curves: Vec<Curve>,
    /// Lines across the scale.
    pub grid: GridLines,
}

impl Default for Track {
    fn default() -> Self {
        Self { width: 44.0, curves: Vec::new(), grid: GridLines::Auto }
    }
}

/// The vertical lines of a track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum GridLines {
    /// Decades when the first curve is on a log scale, ten parts otherwise.
    #[default]
    Auto,
    /// No lines.
    None,
    /// This many equal parts.
    Linear(u8),
    /// Decades with lines at 2 to 9, after the first curve's scale (which must be logarithmic).
    Log,
}

/// A curve with its scale and style.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Mnemonic, as written in the header.
    pub mnemonic: String,
    /// Unit of the values and of the scale's ends; empty is written as "unit not stated".
    pub unit: String,
    /// One value for each depth; NaN is a gap and stays one.
    pub values: Vec<f64>,
    /// Value at the left edge, or [`FROM_DATA`] for a round value beyond the data.
    pub left: f64,
    /// Value at the right edge (smaller than `left` for a reversed scale), or [`FROM_DATA`].
    pub right: f64,
    /// Logarithmic scale; both ends must be positive and values ≤ 0 are gaps.
    pub log_scale: bool,
    /// Colour of the line.
    pub color: Rgb,
    /// Dash pattern.
    pub dash: Dash,
    /// Line width in px (1/96 inch); a third less where more than three samples share a px of depth.
    pub width: f64,
    /// Fill beside the curve.
    pub fill: Option<Fill>,
}

impl Default for Curve {
    fn default() -> Self {
        Self {
            mnemonic: String::new(),
            unit: String::new(),
            values: Vec::new(),
            left: FROM_DATA,
            right: FROM_DATA,
            log_scale: false,
            color: Rgb::SLATE,
            dash: Dash::Solid,
            width: 1.1,
            fill: None,
        }
    }
}

/// What is filled beside a curve.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// From the track's left edge to the curve.
    ToLeft(Rgb),
    /// From the curve to the track's right edge.
    ToRight(Rgb),
    /// Between the curve and a value of its scale, on both sides.
    ToValue(f64, Rgb),
    /// Between this curve and another one of the track.
    Crossover {
        /// Number of the other curve in the track, from 0.
        other: usize,
        /// Where this curve lies to the left of the other (density left of neutron: gas); `None` fills nothing.
        color_positive: Option<Rgb>,
        /// Where this curve lies to the right of the other (shale on density-neutron); `None` fills nothing.
        color_negative: Option<Rgb>,
    },
    /// Blocks across the whole track, one colour for each code; the curve's line is not drawn.
    /// Codes that are not listed are left blank.
    Discrete(Vec<Class>),
}

/// A class of a discrete log: facies, lithology, zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// The value in the curve.
    pub code: f64,
    /// Name in the header.
    pub name: String,
    /// Colour of its blocks.
    pub color: Rgb,
}

impl LogPlot {
    /// Draws the plot as SVG text, 96 px to the inch.
    ///
    /// # Errors
    /// No depths or tracks, arrays of different lengths, all depths NaN, a range or scale that
    /// is not ordered or positive, a log scale with an end ≤ 0, no sample in the range. A curve
    /// that is all NaN is no error: its header says "no data".
    pub fn to_svg(&self) -> Result<String> {
        draw::draw(self)
    }
}
