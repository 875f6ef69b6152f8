//! Layouts of log plots: by name, or from a file of tracks.

use std::path::Path;

use anyhow::{Context, Result, bail};
use outcrop_plot::color::Rgb;
use outcrop_plot::log::{Curve, FROM_DATA, Fill, GridLines, TEMPLATES, Track, template};
use outcrop_plot::style::Dash;
use serde::Deserialize;

use crate::context::base;

/// A file of tracks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    track: Vec<TrackOf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackOf {
    width: Option<f64>,
    grid: Option<String>,
    #[serde(default)]
    curve: Vec<CurveOf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CurveOf {
    mnemonic: String,
    unit: Option<String>,
    left: Option<f64>,
    right: Option<f64>,
    #[serde(default)]
    log: bool,
    color: Option<String>,
    dash: Option<String>,
    width: Option<f64>,
    fill: Option<String>,
    fill_color: Option<String>,
}

/// A layout that can be filled with the curves of a well.
pub(crate) enum Layout {
    Named(String),
    Tracks { path: String, tracks: Vec<Checked> },
}

/// A track of a file, checked.
pub(crate) struct Checked {
    width: f64,
    grid: GridLines,
    curves: Vec<(Curve, Option<(String, Rgb)>)>,
}

impl Layout {
    /// The layout of that name or file.
    pub(crate) fn of(text: &str) -> Result<Self> {
        if TEMPLATES.contains(&text.to_ascii_lowercase().as_str()) {
            return Ok(Layout::Named(text.to_owned()));
        }
        let path = base()?.join(text);
        if !Path::new(text).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
            bail!("there is no layout `{text}`; name one of {}, or a file of tracks (.toml)", TEMPLATES.join(", "));
        }
        let content = std::fs::read_to_string(&path).with_context(|| format!("{text} cannot be read"))?;
        let file: File = toml::from_str(&content)
            .with_context(|| format!("{text} is no file of tracks; outcrop plot log --help shows one"))?;
        if file.track.iter().all(|t| t.curve.is_empty()) {
            bail!("{text} has no curves; outcrop plot log --help shows a file of tracks");
        }
        let tracks = file.track.into_iter().map(track).collect::<Result<_>>().with_context(|| format!("in {text}"))?;
        Ok(Layout::Tracks { path: text.to_owned(), tracks })
    }

    /// Tracks for the curves that are there, with their units; names those of a file that are not.
    pub(crate) fn tracks(&self, available: &[(String, String)]) -> Result<(Vec<Track>, Vec<String>)> {
        let (path, tracks) = match self {
            Layout::Named(name) => return Ok((template(name, available).unwrap_or_default(), Vec::new())),
            Layout::Tracks { path, tracks } => (path, tracks),
        };
        let mut missing = Vec::new();
        let mut made = Vec::new();
        for t in tracks {
            let mut curves: Vec<Curve> = Vec::new();
            let mut fills = Vec::new();
            for (curve, fill) in &t.curves {
                let Some((name, unit)) = available.iter().find(|(n, _)| n.eq_ignore_ascii_case(&curve.mnemonic)) else {
                    missing.push(curve.mnemonic.clone());
                    continue;
                };
                if !curve.unit.is_empty() && *unit != curve.unit {
                    let stated = if unit.is_empty() { "has no known unit" } else { unit };
                    bail!(
                        "{path}: the scale of {name} is in {}, but the curve {}{stated}",
                        curve.unit,
                        if unit.is_empty() { "" } else { "is in " }
                    );
                }
                fills.push(fill.clone());
                curves.push(Curve { mnemonic: name.clone(), unit: unit.clone(), ..curve.clone() });
            }
            let names: Vec<String> = curves.iter().map(|c| c.mnemonic.clone()).collect();
            for (curve, fill) in curves.iter_mut().zip(fills) {
                let Some((to, color)) = fill else { continue };
                curve.fill = match to.to_ascii_lowercase().as_str() {
                    "left" => Some(Fill::ToLeft(color)),
                    "right" => Some(Fill::ToRight(color)),
                    // Where the other curve is not there, nothing is between.
                    _ => names.iter().position(|n| n.eq_ignore_ascii_case(&to)).map(|other| Fill::Crossover {
                        other,
                        color_positive: Some(color),
                        color_negative: None,
                    }),
                };
            }
            if !curves.is_empty() {
                made.push(Track { width: t.width, grid: t.grid, curves });
            }
        }
        Ok((made, missing))
    }
}

fn track(of: TrackOf) -> Result<Checked> {
    let grid = match of.grid.as_deref() {
        None => GridLines::Auto,
        Some("none") => GridLines::None,
        Some("log") => GridLines::Log,
        Some("linear") => GridLines::Linear(10),
        Some(other) => bail!("grid = \"{other}\": expected \"linear\", \"log\" or \"none\""),
    };
    let mnemonics: Vec<String> = of.curve.iter().map(|c| c.mnemonic.clone()).collect();
    let curves = of.curve.into_iter().map(|c| curve(c, &mnemonics)).collect::<Result<_>>()?;
    Ok(Checked { width: of.width.unwrap_or(44.0), grid, curves })
}

fn curve(of: CurveOf, beside: &[String]) -> Result<(Curve, Option<(String, Rgb)>)> {
    let name = of.mnemonic.clone();
    let color = |text: Option<&str>, otherwise: Rgb| match text {
        Some(text) => Rgb::from_hex(text).with_context(|| format!("of curve {name}")),
        None => Ok(otherwise),
    };
    let dash = match of.dash.as_deref() {
        None | Some("solid") => Dash::Solid,
        Some("dashed") => Dash::Dashed,
        Some("dotted") => Dash::Dotted,
        Some("dashdot") => Dash::DashDot,
        Some(other) => {
            bail!("curve {name}: dash = \"{other}\": expected \"solid\", \"dashed\", \"dotted\" or \"dashdot\"")
        }
    };
    let line = color(of.color.as_deref(), Rgb::SLATE)?;
    let fill = match of.fill {
        None => None,
        Some(to) => {
            let known = ["left", "right"].contains(&to.to_ascii_lowercase().as_str());
            if !known && !beside.iter().any(|b| b.eq_ignore_ascii_case(&to) && !b.eq_ignore_ascii_case(&name)) {
                bail!("curve {name}: fill = \"{to}\": expected \"left\", \"right\" or another curve of the track");
            }
            Some((to, color(of.fill_color.as_deref(), line.mix(Rgb::WHITE, 0.75))?))
        }
    };
    let made = Curve {
        mnemonic: of.mnemonic,
        unit: of.unit.unwrap_or_default(),
        left: of.left.unwrap_or(FROM_DATA),
        right: of.right.unwrap_or(FROM_DATA),
        log_scale: of.log,
        color: line,
        dash,
        width: of.width.unwrap_or(1.1),
        ..Curve::default()
    };
    Ok((made, fill))
}
