//! Puts the log plot together: headers, tracks, depth, tops and footer.

use super::curve::{Canvas, Samples, Scale};
use super::fill::{self, Ready};
use super::{Fill, GridLines, LogPlot, Track, header};
use crate::color::Rgb;
use crate::error::{PlotError, Result};
use crate::font::{fit, text_width, wrap};
use crate::spread::spread;
use crate::svg::{Anchor, Svg, Text, path_data, stroke};
use crate::ticks;

/// px for a millimetre.
const MM: f64 = 96.0 / 25.4;
pub(super) const MARGIN: f64 = 22.0;
pub(super) const DEPTH_WIDTH: f64 = 56.0;
/// Height of the tracks where no scale is given.
pub(super) const PAGE: f64 = 900.0;
/// Greatest height of the tracks: about 26 m of paper.
const LONGEST: f64 = 100_000.0;
/// Size of the depths in the depth track.
pub(super) const DEPTH_SIZE: f64 = 10.0;
const TOP_SIZE: f64 = 9.5;
const TOP_ROW: f64 = 12.0;

const MAJOR: Rgb = Rgb(0xA9, 0xAE, 0xB3);
const MINOR: Rgb = Rgb(0xDD, 0xDF, 0xE1);
const GREY: Rgb = Rgb(0x4A, 0x55, 0x61);
/// Colour of tops: the accent, darkened to read on white.
const TOPS: Rgb = Rgb(0x17, 0x6F, 0x66);

/// Where depth goes on the page.
pub(super) struct Body {
    pub top: f64,
    pub height: f64,
    pub shallowest: f64,
    pub deepest: f64,
}

impl Body {
    pub fn y(&self, depth: f64) -> f64 {
        self.top + (depth - self.shallowest) / (self.deepest - self.shallowest) * self.height
    }

    fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

pub(super) fn draw(plot: &LogPlot) -> Result<String> {
    let samples = Samples::of(plot)?;
    let tracks = prepare(plot, &samples)?;
    let height = height(plot, &samples)?;

    let subtitle = plot.subtitle.as_deref().unwrap_or("").trim();
    let head = if subtitle.is_empty() { 42.0 } else { 60.0 };
    let boxes = tracks.iter().map(|(_, t)| header::height(t)).fold(44.0, f64::max);
    let body = Body { top: head + boxes, height, shallowest: samples.shallowest, deepest: samples.deepest };
    let y: Vec<f64> = samples
        .order
        .iter()
        .map(|&k| body.y(plot.depth.get(k).copied().unwrap_or(f64::NAN)).clamp(-1e6, 1e6))
        .collect();

    let mut svg = Svg::new();
    let mut x = MARGIN;
    let mut edges = Vec::new();
    let mut depth_left = x;
    for (number, (track, ready)) in tracks.iter().enumerate() {
        let width = track.width * MM;
        header::draw(&mut svg, ready, x, width, head, body.top);
        self::track(&mut svg, track, ready, &Canvas { left: x, width, y: &y }, &body);
        edges.push((x, width));
        x += width;
        if number == 0 {
            depth_left = x;
            x += DEPTH_WIDTH;
        }
    }
    let right = x;
    header::draw_depth(&mut svg, plot, depth_left, DEPTH_WIDTH, head, body.top);
    depth_track(&mut svg, depth_left, &body);

    let mut notes = Vec::new();
    let names = draw_tops(&mut svg, plot, &body, &edges, right, &mut notes);
    let frame = stroke(Rgb::SLATE, 0.9, None);
    for &(left, width) in edges.iter().chain(&[(depth_left, DEPTH_WIDTH)]) {
        svg.rect(left, body.top, width, body.height, &frame);
    }
    let width = right + names + MARGIN;
    let room = width - 2.0 * MARGIN;
    svg.text(Text::new(MARGIN, 27.0, 16.0, &fit(&plot.title, 16.0, true, room)).bold());
    svg.text(Text::new(MARGIN, 46.0, 11.0, &fit(subtitle, 11.0, false, room)).color(GREY));
    let bottom = footer(&mut svg, plot, &notes, body.bottom() + 20.0, room);
    Ok(svg.finish(width, bottom, plot.paper.color(), &plot.title))
}

/// Checks the tracks and resolves their scales.
pub(super) fn prepare<'a>(plot: &'a LogPlot, samples: &Samples) -> Result<Vec<(&'a Track, Vec<Ready<'a>>)>> {
    if plot.tracks.is_empty() {
        let what = format!("the list of tracks of the log plot '{}'", plot.title);
        return Err(PlotError::Empty { what, expected: "at least one track" });
    }
    let mut tracks = Vec::new();
    for (number, track) in plot.tracks.iter().enumerate() {
        if !(track.width.is_finite() && track.width >= 5.0 && track.width <= 1000.0) {
            return Err(PlotError::InvalidNumber {
                what: format!("the width of track {}", number + 1),
                found: track.width,
                expected: "5 to 1000 mm",
            });
        }
        let mut ready = Vec::new();
        for (k, curve) in track.curves.iter().enumerate() {
            if curve.values.len() != plot.depth.len() {
                return Err(PlotError::LengthMismatch {
                    what: format!("curve {}", curve.mnemonic),
                    expected: plot.depth.len(),
                    found: curve.values.len(),
                    because: "one for each depth",
                });
            }
            if !(curve.width.is_finite() && curve.width > 0.0 && curve.width <= 20.0) {
                return Err(PlotError::InvalidNumber {
                    what: format!("the line width of curve {}", curve.mnemonic),
                    found: curve.width,
                    expected: "a positive number of px, at most 20",
                });
            }
            if let Some(Fill::Crossover { other, .. }) = curve.fill
                && (other == k || other >= track.curves.len())
            {
                let (mnemonic, count) = (curve.mnemonic.clone(), track.curves.len());
                return Err(PlotError::CrossoverCurve { mnemonic, other, count });
            }
            let values = samples.values(&curve.values);
            let scale = Scale::of(curve, &values)?;
            ready.push(Ready { curve, scale, values });
        }
        tracks.push((track, ready));
    }
    Ok(tracks)
}

/// Height of the tracks in px.
fn height(plot: &LogPlot, samples: &Samples) -> Result<f64> {
    let Some(scale) = plot.scale else { return Ok(PAGE) };
    if !(scale.is_finite() && scale > 0.0) {
        return Err(PlotError::InvalidNumber {
            what: "the drawing scale".into(),
            found: scale,
            expected: "a positive number such as 500 for 1:500",
        });
    }
    let millimetres = match plot.depth_unit.trim().to_ascii_lowercase().as_str() {
        "m" => 1000.0,
        "ft" | "f" => 304.8,
        _ => return Err(PlotError::ScaleUnit { scale, unit: plot.depth_unit.clone() }),
    };
    let height = (samples.deepest - samples.shallowest) * millimetres / scale * MM;
    if height > LONGEST {
        return Err(PlotError::TooLarge {
            what: "the height of the log plot",
            found: height,
            limit: LONGEST,
            remedy: "use a smaller drawing scale (a larger number) or a shorter depth range",
        });
    }
    Ok(height.max(40.0))
}

pub(super) fn track(svg: &mut Svg, track: &Track, ready: &[Ready<'_>], canvas: &Canvas<'_>, body: &Body) {
    svg.rect(canvas.left, body.top, canvas.width, body.height, "fill=\"#FFFFFF\"");
    svg.clip_group(canvas.left, body.top, canvas.width, body.height);
    for curve in ready {
        fill::draw(svg, canvas, curve, ready);
    }
    let discrete = |r: &Ready<'_>| matches!(r.curve.fill, Some(Fill::Discrete(_)));
    if !ready.iter().any(discrete) {
        depth_lines(svg, canvas.left, canvas.width, body);
        scale_lines(svg, track, ready, canvas, body);
    }
    // Whole wells on one page: thinner lines keep the curves apart.
    let thinner = if canvas.y.len() as f64 > 3.0 * body.height { 0.65 } else { 1.0 };
    for curve in ready.iter().filter(|r| !discrete(r)) {
        let Some(scale) = curve.scale else { continue };
        let mut data = String::new();
        for run in canvas.runs(scale, &curve.values) {
            match *run.as_slice() {
                // A lone sample between gaps shows as a short stroke.
                [(x, y)] => data.push_str(&path_data(&[(x, y - 0.6), (x, y + 0.6)], false)),
                _ => data.push_str(&path_data(&run, false)),
            }
        }
        let style = curve.curve;
        let width = style.width * thinner;
        let line = stroke(style.color, width, style.dash.array(width));
        svg.path(&data, &format!("{line} stroke-linejoin=\"round\""));
    }
    svg.end_group();
}

/// Round depths: labelled ones, and finer ones between.
fn depth_steps(body: &Body) -> (ticks::Ticks, Vec<f64>) {
    let count = (body.height / 62.0).max(1.0);
    let major = ticks::linear(body.shallowest, body.deepest, count);
    let power = 10f64.powf(major.step.log10().floor());
    let parts = if (major.step / power).round() == 2.0 { 4.0 } else { 5.0 };
    let minor = ticks::multiples(body.shallowest, body.deepest, major.step / parts);
    (major, minor)
}

fn depth_lines(svg: &mut Svg, left: f64, width: f64, body: &Body) {
    let (major, minor) = depth_steps(body);
    let across = |depths: &[f64]| -> String {
        depths.iter().map(|&d| path_data(&[(left, body.y(d)), (left + width, body.y(d))], false)).collect()
    };
    svg.path(&across(&minor), &stroke(MINOR, 0.5, None));
    svg.path(&across(&major.values), &stroke(MAJOR, 0.8, None));
}

fn scale_lines(svg: &mut Svg, track: &Track, ready: &[Ready<'_>], canvas: &Canvas<'_>, body: &Body) {
    let first = ready.iter().find_map(|r| r.scale);
    let (mut major, mut minor) = (Vec::new(), Vec::new());
    let log = first.filter(|s| s.log);
    match (track.grid, log) {
        (GridLines::None, _) | (GridLines::Log, None) => {}
        (GridLines::Log | GridLines::Auto, Some(scale)) => {
            let (low, high) = (scale.left.min(scale.right), scale.left.max(scale.right));
            let (from, to) = (low.log10().floor() as i32, high.log10().ceil() as i32);
            // Lines at 2 to 9 only where they stand apart.
            let fine = canvas.width / f64::from((to - from).max(1)) > 16.0;
            for decade in from..=to {
                for k in 1..10 {
                    let v = f64::from(k) * 10f64.powi(decade);
                    if v > low * (1.0 + 1e-9) && v < high * (1.0 - 1e-9) && (k == 1 || fine) {
                        if k == 1 { &mut major } else { &mut minor }.push(canvas.x(scale, v));
                    }
                }
            }
        }
        (GridLines::Auto | GridLines::Linear(_), _) => {
            let parts = match track.grid {
                GridLines::Linear(parts) => u32::from(parts),
                _ if canvas.width < 110.0 => 5,
                _ => 10,
            };
            for k in 1..parts {
                let x = canvas.left + canvas.width * f64::from(k) / f64::from(parts);
                if parts % 2 == 0 && k == parts / 2 { &mut major } else { &mut minor }.push(x);
            }
        }
    }
    let down =
        |xs: &[f64]| -> String { xs.iter().map(|&x| path_data(&[(x, body.top), (x, body.bottom())], false)).collect() };
    svg.path(&down(&minor), &stroke(MINOR, 0.5, None));
    svg.path(&down(&major), &stroke(MAJOR, 0.8, None));
}

/// Depths written in the depth track, with their heights in px.
pub(super) fn depth_labels(body: &Body) -> Vec<(f64, String)> {
    let (major, _) = depth_steps(body);
    let inside = |y: f64| y > body.top + 6.0 && y < body.bottom() - 6.0;
    major.values.iter().map(|&d| (body.y(d), major.text(d))).filter(|(y, _)| inside(*y)).collect()
}

pub(super) fn depth_track(svg: &mut Svg, left: f64, body: &Body) {
    svg.rect(left, body.top, DEPTH_WIDTH, body.height, "fill=\"#FFFFFF\"");
    let (major, minor) = depth_steps(body);
    let right = left + DEPTH_WIDTH;
    for &d in &minor {
        let y = body.y(d);
        svg.path(
            &(path_data(&[(left, y), (left + 4.0, y)], false) + &path_data(&[(right - 4.0, y), (right, y)], false)),
            &stroke(GREY, 0.5, None),
        );
    }
    for &d in &major.values {
        let y = body.y(d);
        svg.path(
            &(path_data(&[(left, y), (left + 7.0, y)], false) + &path_data(&[(right - 7.0, y), (right, y)], false)),
            &stroke(Rgb::SLATE, 0.8, None),
        );
    }
    for (y, text) in depth_labels(body) {
        svg.text(Text::new(left + DEPTH_WIDTH / 2.0, y + 3.5, DEPTH_SIZE, &text).anchor(Anchor::Middle));
    }
}

/// Lines of the tops across the tracks and their names to the right; returns the width of the
/// names' column.
fn draw_tops(
    svg: &mut Svg,
    plot: &LogPlot,
    body: &Body,
    tracks: &[(f64, f64)],
    right: f64,
    notes: &mut Vec<String>,
) -> f64 {
    let mut shown: Vec<(f64, &str)> = plot
        .tops
        .iter()
        .filter(|t| t.depth >= body.shallowest && t.depth <= body.deepest)
        .map(|t| (t.depth, t.name.trim()))
        .collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    let hidden = plot.tops.len() - shown.len();
    if hidden > 0 {
        notes.push(format!("{hidden} of {} tops outside the depth range", plot.tops.len()));
    }
    if shown.is_empty() {
        return 0.0;
    }
    let lines: String = shown
        .iter()
        .flat_map(|&(d, _)| tracks.iter().map(move |&(x, w)| path_data(&[(x, body.y(d)), (x + w, body.y(d))], false)))
        .collect();
    svg.path(&lines, &stroke(TOPS, 1.1, None));

    // Names stand at their depth, moved apart where they are close; a leader joins them.
    let fitting = (body.height / TOP_ROW).floor().max(1.0) as usize;
    if shown.len() > fitting {
        notes.push(format!("names of {} tops have no room", shown.len() - fitting));
        shown.truncate(fitting);
    }
    let wanted: Vec<f64> = shown.iter().map(|t| body.y(t.0)).collect();
    let places = spread(&wanted, TOP_ROW, body.top + TOP_ROW / 2.0, body.bottom() - TOP_ROW / 2.0);
    let (leader, room) = (18.0, 170.0);
    let mut widest = 0.0f64;
    for (((depth, name), from), to) in shown.iter().zip(&wanted).zip(&places) {
        let points = [(right, *from), (right + 5.0, *from), (right + leader - 5.0, *to), (right + leader, *to)];
        svg.path(&path_data(&points, false), &stroke(TOPS, 0.8, None));
        let text = format!("{name}\u{A0}\u{A0}{}", ticks::short(*depth));
        let text = fit(&text, TOP_SIZE, false, room);
        svg.text(Text::new(right + leader + 3.0, to + 3.3, TOP_SIZE, &text).color(TOPS));
        widest = widest.max(text_width(&text, TOP_SIZE, false));
    }
    leader + 3.0 + widest
}

fn footer(svg: &mut Svg, plot: &LogPlot, notes: &[String], y: f64, room: f64) -> f64 {
    let unit = match plot.depth_unit.trim() {
        "" => "unit not stated",
        unit => unit,
    };
    let label = if plot.depth_label.trim().is_empty() { "Depth" } else { plot.depth_label.trim() };
    let mut parts = vec![format!("{label} in {unit}")];
    if let Some(scale) = plot.scale {
        parts.push(format!("depth scale 1:{}", ticks::short(scale)));
    }
    parts.push("curves clipped at the track edges".into());
    parts.extend(notes.iter().cloned());
    let mut rows = wrap(&parts.join("  ·  "), 9.0, false, room, 3);
    if let Some(text) = plot.footer.as_deref() {
        rows.extend(wrap(text, 9.0, false, room, 3));
    }
    let mut y = y;
    for row in rows {
        svg.text(Text::new(MARGIN, y, 9.0, &row).color(GREY));
        y += 12.5;
    }
    y + 6.0
}
