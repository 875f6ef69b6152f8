//! The gridded surface: checks, colour scale, picture and contour lines.

use super::frame::{Extent, Frame};
use super::{Contours, Grid};
use crate::color::{ColorMap, Rgb};
use crate::color_scale::ColorScale;
use crate::contour::{self, Contour};
use crate::error::{PlotError, Result};
use crate::raster;
use crate::svg::{Svg, num};
use crate::ticks;

/// Most px along a side of the surface's picture; larger grids are sampled.
const LARGEST_PICTURE: usize = 2400;
/// Small grids are enlarged to about this many px by repeating cells, so that viewers that blur
/// enlarged pictures still show crisp cells.
const CRISP_PICTURE: usize = 400;
/// Most contour lines of a map.
const MOST_LEVELS: f64 = 400.0;

/// Checks the grid and finds its colour scale.
pub(super) fn scale_of(grid: &Grid) -> Result<ColorScale> {
    let name = if grid.label.trim().is_empty() { "the grid".to_owned() } else { format!("the grid '{}'", grid.label) };
    for (what, step) in [("dx", grid.dx), ("dy", grid.dy)] {
        if !(step.is_finite() && step > 0.0) {
            return Err(PlotError::InvalidNumber {
                what: format!("{what} of {name}"),
                found: step,
                expected: "a positive number (turn the rows round when they run north to south)",
            });
        }
    }
    for (what, origin) in [("x0", grid.x0), ("y0", grid.y0), ("rotation", grid.rotation)] {
        if !origin.is_finite() {
            return Err(PlotError::InvalidNumber {
                what: format!("{what} of {name}"),
                found: origin,
                expected: "a finite number",
            });
        }
    }
    if grid.nx == 0 || grid.ny == 0 {
        return Err(PlotError::Empty { what: name, expected: "at least one node along x and along y" });
    }
    if grid.nx.checked_mul(grid.ny) != Some(grid.values.len()) {
        return Err(PlotError::LengthMismatch {
            what: name,
            expected: grid.nx.saturating_mul(grid.ny),
            found: grid.values.len(),
            because: "nx times ny nodes",
        });
    }
    let Some(data) = Extent::of(&grid.values).get() else {
        return Err(PlotError::AllUndefined { what: name, count: grid.values.len() });
    };
    let map = ColorMap::by_name(&grid.color_map)?;
    let map = if grid.reverse { map.reversed() } else { map };
    let mut scale = ColorScale::new(map, data, grid.range, &name)?;
    scale.downwards = grid.reverse;
    scale.label.clone_from(&grid.label);
    scale.unit.clone_from(&grid.unit);
    Ok(scale)
}

/// Draws the surface as an embedded PNG; undefined nodes stay clear. Returns what the footer
/// must say about the picture.
pub(super) fn draw(svg: &mut Svg, grid: &Grid, scale: &ColorScale, frame: &Frame) -> Result<Vec<String>> {
    let mut notes = Vec::new();
    let corner = grid.place(-0.5, grid.ny as f64 - 0.5);
    let (x, y) = frame.place(corner.0, corner.1);
    let (w, h) = (grid.nx as f64 * grid.dx * frame.scale, grid.ny as f64 * grid.dy * frame.scale);
    let (columns, rows) = if grid.smooth {
        notes.push("colours interpolated between nodes".to_owned());
        (((1.25 * w).ceil() as usize).clamp(2, 1000), ((1.25 * h).ceil() as usize).clamp(2, 1000))
    } else {
        if grid.nx > LARGEST_PICTURE || grid.ny > LARGEST_PICTURE {
            notes.push(format!("grid of {} × {} nodes sampled for the picture", grid.nx, grid.ny));
        }
        let enlarged = (CRISP_PICTURE / grid.nx.max(grid.ny)).max(1);
        ((grid.nx * enlarged).min(LARGEST_PICTURE), (grid.ny * enlarged).min(LARGEST_PICTURE))
    };
    let relief = grid.shading.then(|| Relief::new(grid));
    if relief.is_some() {
        notes.push("relief shaded from the north west".to_owned());
    }
    let mut bytes = Vec::with_capacity(columns * rows * 4);
    for row in 0..rows {
        // Node coordinates of the middle of the px; the picture's first row is the northern one.
        let v = grid.ny as f64 - (row as f64 + 0.5) / rows as f64 * grid.ny as f64 - 0.5;
        for column in 0..columns {
            let u = (column as f64 + 0.5) / columns as f64 * grid.nx as f64 - 0.5;
            let value = sample(grid, &grid.values, u, v);
            if value.is_finite() {
                let mut color = scale.color(value);
                if let Some(relief) = &relief {
                    color = relief.shade(grid, color, u, v);
                }
                bytes.extend_from_slice(&[color.0, color.1, color.2, 255]);
            } else {
                bytes.extend_from_slice(&[0; 4]);
            }
        }
    }
    let crisp = !grid.smooth && (columns as f64) < 2.0 * w;
    let mut attributes = String::new();
    if crisp {
        attributes.push_str(" style=\"image-rendering:pixelated\"");
    }
    if grid.rotation != 0.0 {
        // The picture is that of the grid, its upper left corner the pivot; the page's angles are clockwise.
        attributes.push_str(&format!(" transform=\"rotate({:.4} {} {})\"", -grid.rotation, num(x), num(y)));
    }
    raster::image(svg, (x, y, w, h), (columns, rows), bytes, &attributes)?;
    Ok(notes)
}

/// A value at fractional node coordinates: bilinear for smooth grids where all four nodes are
/// defined, else that of the nearest node.
fn sample(grid: &Grid, values: &[f64], u: f64, v: f64) -> f64 {
    let node = |i: f64, j: f64| {
        let i = (i.max(0.0) as usize).min(grid.nx - 1);
        let j = (j.max(0.0) as usize).min(grid.ny - 1);
        values.get(j * grid.nx + i).copied().unwrap_or(f64::NAN)
    };
    let nearest = node((u + 0.5).floor(), (v + 0.5).floor());
    if !grid.smooth || !nearest.is_finite() {
        return nearest;
    }
    let (i, j) = (u.floor(), v.floor());
    let (s, t) = (u - i, v - j);
    let south = node(i, j) * (1.0 - s) + node(i + 1.0, j) * s;
    let north = node(i, j + 1.0) * (1.0 - s) + node(i + 1.0, j + 1.0) * s;
    let value = south * (1.0 - t) + north * t;
    if value.is_finite() { value } else { nearest }
}

/// Brightness of each node under a light from the north west.
struct Relief {
    brightness: Vec<f64>,
}

impl Relief {
    /// Slopes are scaled so that the steep tenth of the surface stands at 45°: values may have
    /// any unit, so a true slope does not exist.
    fn new(grid: &Grid) -> Self {
        let (nx, ny) = (grid.nx, grid.ny);
        let at = |i: usize, j: usize| grid.values.get(j * nx + i).copied().unwrap_or(f64::NAN);
        let up = if grid.reverse { -1.0 } else { 1.0 };
        // One-sided at the rim and beside holes, by leaving undefined neighbours out.
        let slope = |low: f64, mid: f64, high: f64, step: f64| {
            let (back, ahead) = ((mid - low) / step, (high - mid) / step);
            match (back.is_finite(), ahead.is_finite()) {
                (true, true) => (back + ahead) / 2.0,
                (true, false) => back,
                (false, true) => ahead,
                _ => 0.0,
            }
        };
        let mut slopes = Vec::with_capacity(grid.values.len());
        for j in 0..ny {
            for i in 0..nx {
                let west = if i > 0 { at(i - 1, j) } else { f64::NAN };
                let east = if i + 1 < nx { at(i + 1, j) } else { f64::NAN };
                let south = if j > 0 { at(i, j - 1) } else { f64::NAN };
                let north = if j + 1 < ny { at(i, j + 1) } else { f64::NAN };
                let mid = at(i, j);
                slopes.push((up * slope(west, mid, east, grid.dx), up * slope(south, mid, north, grid.dy)));
            }
        }
        let mut steepness: Vec<f64> = slopes.iter().map(|(p, q)| p.hypot(*q)).filter(|s| *s > 0.0).collect();
        steepness.sort_by(f64::total_cmp);
        let steep = steepness.get(steepness.len() * 9 / 10).copied().unwrap_or(1.0);
        let flat = std::f64::consts::FRAC_1_SQRT_2;
        let (sin, cos) = grid.rotation.to_radians().sin_cos();
        let brightness = slopes
            .iter()
            .map(|(p, q)| {
                // To the east and to the north, whatever the grid's directions.
                let (p, q) = ((p * cos - q * sin) / steep, (p * sin + q * cos) / steep);
                // Cosine of the angle between the surface's normal and the light (-1, 1, √2) / 2.
                let light = (p * 0.5 - q * 0.5 + flat) / (1.0 + p * p + q * q).sqrt();
                light - flat
            })
            .collect();
        Self { brightness }
    }

    fn shade(&self, grid: &Grid, color: Rgb, u: f64, v: f64) -> Rgb {
        let light = sample(grid, &self.brightness, u, v);
        if light > 0.0 {
            color.mix(Rgb::WHITE, (light * 0.9).min(0.35))
        } else {
            color.mix(Rgb::SLATE, (-light * 0.6).min(0.4))
        }
    }
}

/// The interval of 1, 2, 2.5 or 5 times a power of ten that gives nearest to twelve lines.
fn contour_interval(span: f64) -> f64 {
    let wanted = span / 12.0;
    let power = 10f64.powf(wanted.log10().floor());
    let off = |step: f64| (step / wanted).ln().abs();
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .map(|digit| digit * power)
        .into_iter()
        .min_by(|a, b| off(*a).total_cmp(&off(*b)))
        .unwrap_or(wanted)
}

/// The contour lines of a grid and which of them are index contours.
pub(super) struct Lines {
    pub contours: Vec<Contour>,
    pub index: Vec<bool>,
    /// Decimals to write the levels with.
    pub decimals: usize,
    /// The interval, when there is one.
    pub step: Option<f64>,
}

pub(super) fn contour_lines(grid: &Grid, scale: &ColorScale) -> Result<Lines> {
    let none = Lines { contours: Vec::new(), index: Vec::new(), decimals: 0, step: None };
    let (low, high) = Extent::of(&grid.values).get().unwrap_or((0.0, 0.0));
    let (levels, step) = match &grid.contours {
        Contours::None => return Ok(none),
        Contours::Auto if low == high => return Ok(none),
        Contours::Auto => {
            let (low, high) = (low.max(scale.low), high.min(scale.high));
            if low >= high {
                return Ok(none);
            }
            let step = contour_interval(high - low);
            (ticks::multiples(low, high, step), Some(step))
        }
        Contours::Step(step) => {
            if !(step.is_finite() && *step > 0.0) {
                return Err(PlotError::InvalidNumber {
                    what: "the contour interval".into(),
                    found: *step,
                    expected: "a positive number in the unit of the grid",
                });
            }
            if (high - low) / step > MOST_LEVELS {
                return Err(PlotError::InvalidNumber {
                    what: format!("the contour interval for values from {low} to {high}"),
                    found: *step,
                    expected: "an interval that gives at most 400 lines",
                });
            }
            (ticks::multiples(low, high, *step), Some(*step))
        }
        Contours::Levels(levels) => {
            if let Some(wrong) = levels.iter().find(|l| !l.is_finite()) {
                return Err(PlotError::InvalidNumber {
                    what: "a contour level".into(),
                    found: *wrong,
                    expected: "finite numbers",
                });
            }
            (levels.clone(), None)
        }
    };
    let index: Vec<bool> = levels
        .iter()
        .map(|level| {
            step.is_none_or(|step| {
                // Every fifth line, or every fourth of an interval of 25: at 100, 200, ...
                let every = if (step / 10f64.powf(step.log10().floor()) - 2.5).abs() < 1e-6 { 4.0 } else { 5.0 };
                ((level / step).round() % every) == 0.0
            })
        })
        .collect();
    let decimals = match step {
        Some(step) => ticks::decimals(step),
        None => levels.iter().map(|&l| ticks::decimals(l)).max().unwrap_or(0).min(6),
    };
    let contours = contour::contours(grid.nx, grid.ny, &grid.values, &levels)?;
    Ok(Lines { contours, index, decimals, step })
}
