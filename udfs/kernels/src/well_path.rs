//! Well paths by minimum curvature.
//!
//! Between two stations the path is the arc of a circle that is tangent to both directions.
//! Source: S. J. Sawaryn and J. L. Thorogood, A compendium of directional calculations based on
//! the minimum curvature method, SPE 84246 (2005).

use crate::points::{finite, same_length};
use crate::{KernelError, Result};

/// Where the path starts: the position at the first station.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TieIn {
    /// True vertical depth of the first station, positive down, from the same datum as the
    /// measured depth.
    pub tvd: f64,
    /// Offset to the north of the first station.
    pub north: f64,
    /// Offset to the east of the first station.
    pub east: f64,
}

/// What [`minimum_curvature`] needs besides the survey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathOptions {
    /// Position of the first station. `None` takes the well head (tvd, north and east 0), which is
    /// accepted only if the first station is at measured depth 0: a survey that starts deeper
    /// needs to say where it starts.
    pub tie_in: Option<TieIn>,
    /// Length the dogleg severity is given per, in the unit of the measured depth: 30 for metres,
    /// 100 for feet.
    pub dogleg_length: f64,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self { tie_in: None, dogleg_length: 30.0 }
    }
}

/// One point of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathPoint {
    /// Measured depth.
    pub md: f64,
    /// Inclination from the vertical, degrees, 0 down, 90 horizontal.
    pub inclination: f64,
    /// Azimuth, degrees clockwise from north; the north is that of the survey.
    pub azimuth: f64,
    /// Offset to the north, in the unit of the measured depth.
    pub north: f64,
    /// Offset to the east.
    pub east: f64,
    /// True vertical depth, positive down.
    pub tvd: f64,
    /// Dogleg severity of the interval that ends here (or that this point lies in), degrees per
    /// `dogleg_length`; 0 at the first station.
    pub dogleg: f64,
}

/// What lies beyond the last station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beyond {
    /// A measured depth beyond the last station is an error.
    #[default]
    Error,
    /// The path goes on straight in the direction of the last station.
    Extend,
}

/// The path through a survey, a point per station.
///
/// `md` in any unit of length, strictly increasing; `inc_deg` 0 to 180; `azi_deg` any finite angle,
/// clockwise from north, returned as given. One station is enough.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `TooFewPoints` without a station, `NotIncreasing` with the row;
/// `InvalidParameter` for an inclination outside 0 to 180, a first station away from md 0 without
/// a tie-in, or two neighbouring stations in opposite directions (no unique arc).
///
/// ```
/// use outcrop_kernels::well_path::{PathOptions, minimum_curvature};
/// let path = minimum_curvature(&[0.0, 500.0, 800.0], &[0.0, 0.0, 9.0], &[0.0, 0.0, 35.0], &PathOptions::default())?;
/// assert!((path[2].tvd - 798.7678205730684).abs() < 1e-9);
/// # Ok::<(), outcrop_kernels::KernelError>(())
/// ```
pub fn minimum_curvature(
    md: &[f64],
    inc_deg: &[f64],
    azi_deg: &[f64],
    options: &PathOptions,
) -> Result<Vec<PathPoint>> {
    same_length("inclination", md.len(), inc_deg.len())?;
    same_length("azimuth", md.len(), azi_deg.len())?;
    finite("md", md)?;
    finite("inclination", inc_deg)?;
    finite("azimuth", azi_deg)?;
    if !(options.dogleg_length.is_finite() && options.dogleg_length > 0.0) {
        return Err(KernelError::parameter(
            "dogleg_length",
            format!("expected a length above 0, found {}", options.dogleg_length),
        ));
    }
    let mut path: Vec<PathPoint> = Vec::with_capacity(md.len());
    // The direction at the last station.
    let mut before = [0.0; 3];
    for (row, ((&md, &inclination), &azimuth)) in md.iter().zip(inc_deg).zip(azi_deg).enumerate() {
        if !(0.0..=180.0).contains(&inclination) {
            let message = format!("row {} has {inclination}: expected degrees from 0 (down) to 180", row + 1);
            return Err(KernelError::parameter("inclination", message));
        }
        let Some(last) = path.last() else {
            let tie = tie_in(md, options)?;
            before = direction(inclination, azimuth);
            path.push(PathPoint {
                md,
                inclination,
                azimuth,
                north: tie.north,
                east: tie.east,
                tvd: tie.tvd,
                dogleg: 0.0,
            });
            continue;
        };
        if md <= last.md {
            return Err(KernelError::NotIncreasing { row, previous: last.md, found: md });
        }
        let (a, b) = (before, direction(inclination, azimuth));
        let beta = angle(&a, &b);
        if beta > MOST {
            let message = format!(
                "rows {row} and {} point in opposite directions ({} and {inclination} degrees inclination): no arc joins them; check the survey",
                row + 1,
                last.inclination
            );
            return Err(KernelError::parameter("inclination", message));
        }
        let step = arc(&a, &b, beta, md - last.md);
        let point = PathPoint {
            md,
            inclination,
            azimuth,
            north: last.north + step[0],
            east: last.east + step[1],
            tvd: last.tvd + step[2],
            dogleg: beta.to_degrees() * options.dogleg_length / (md - last.md),
        };
        path.push(point);
        before = b;
    }
    if path.is_empty() {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    }
    Ok(path)
}

/// The path at given measured depths, on the arcs themselves (not on chords). Measured depths may
/// come in any order; a NaN among them gives a point of NaNs.
///
/// # Errors
/// `OutsideSurvey` above the first station, or below the last one unless `beyond` says to extend;
/// `TooFewPoints` for an empty path.
pub fn path_at(path: &[PathPoint], md: &[f64], beyond: Beyond) -> Result<Vec<PathPoint>> {
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    };
    md.iter()
        .map(|&md| {
            if md.is_nan() {
                let n = f64::NAN;
                return Ok(PathPoint { md: n, inclination: n, azimuth: n, north: n, east: n, tvd: n, dogleg: n });
            }
            if md < first.md || (md > last.md && beyond == Beyond::Error) || md.is_infinite() {
                return Err(KernelError::OutsideSurvey { md, first: first.md, last: last.md });
            }
            let after = path.partition_point(|p| p.md < md);
            Ok(match (after.checked_sub(1).and_then(|i| path.get(i)), path.get(after)) {
                (_, Some(b)) if b.md == md => *b,
                (Some(a), Some(b)) => between(a, b, md),
                _ => extended(last, md),
            })
        })
        .collect()
}

/// The path at every `step` of measured depth from the first station on, and at the last station.
///
/// # Errors
/// `InvalidParameter` for a step that is not above 0 or gives more than 10 million points.
pub fn path_every(path: &[PathPoint], step: f64) -> Result<Vec<PathPoint>> {
    let (Some(first), Some(last)) = (path.first(), path.last()) else {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    };
    if !(step.is_finite() && step > 0.0) {
        return Err(KernelError::parameter("step", format!("expected a length above 0, found {step}")));
    }
    let count = ((last.md - first.md) / step).floor();
    if count > 1e7 {
        return Err(KernelError::parameter(
            "step",
            format!("{step} gives more than 10 million points: use a longer step"),
        ));
    }
    let mut md: Vec<f64> = (0..=count as usize).map(|k| (first.md + k as f64 * step).min(last.md)).collect();
    if md.last().is_some_and(|&m| m < last.md) {
        md.push(last.md);
    }
    path_at(path, &md, Beyond::Error)
}

/// Largest angle between neighbouring stations, radians: nearer to a half turn the arc is not
/// determined by the survey's digits.
const MOST: f64 = std::f64::consts::PI - 1e-6;

fn tie_in(md: f64, options: &PathOptions) -> Result<TieIn> {
    match options.tie_in {
        Some(tie) if tie.tvd.is_finite() && tie.north.is_finite() && tie.east.is_finite() => Ok(tie),
        Some(_) => Err(KernelError::parameter("tie_in", "expected finite tvd, north and east")),
        None if md == 0.0 => Ok(TieIn::default()),
        None => Err(KernelError::parameter(
            "tie_in",
            format!("the first station is at md {md}, not 0: give its tvd, north and east, or add a station at md 0"),
        )),
    }
}

/// Unit vector north, east, down.
fn direction(inclination: f64, azimuth: f64) -> [f64; 3] {
    let (si, ci) = inclination.to_radians().sin_cos();
    let (sa, ca) = azimuth.to_radians().sin_cos();
    [si * ca, si * sa, ci]
}

/// Angle between unit vectors. Kahan's form: as good for small angles as for large ones, unlike
/// the arc cosine of the dot product.
fn angle(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let norm = |f: fn(f64, f64) -> f64| a.iter().zip(b).map(|(p, q)| f(*p, *q).powi(2)).sum::<f64>().sqrt();
    2.0 * norm(|p, q| p - q).atan2(norm(|p, q| p + q))
}

/// Displacement along an arc of the given length between two directions `beta` apart.
fn arc(a: &[f64; 3], b: &[f64; 3], beta: f64, length: f64) -> [f64; 3] {
    let half = 0.5 * beta;
    // tan(x)/x, by its series where the quotient would lose digits.
    let ratio = if half < 1e-3 { 1.0 + half * half / 3.0 + 2.0 * half.powi(4) / 15.0 } else { half.tan() / half };
    let f = 0.5 * length * ratio;
    [f * (a[0] + b[0]), f * (a[1] + b[1]), f * (a[2] + b[2])]
}

fn between(a: &PathPoint, b: &PathPoint, md: f64) -> PathPoint {
    let (ta, tb) = (direction(a.inclination, a.azimuth), direction(b.inclination, b.azimuth));
    let beta = angle(&ta, &tb);
    let length = md - a.md;
    let fraction = length / (b.md - a.md);
    // Slerp; for a nearly straight interval the weights tend to 1 - f and f.
    let (wa, wb) = if beta < 1e-8 {
        (1.0 - fraction, fraction)
    } else {
        (((1.0 - fraction) * beta).sin() / beta.sin(), (fraction * beta).sin() / beta.sin())
    };
    let t = [wa * ta[0] + wb * tb[0], wa * ta[1] + wb * tb[1], wa * ta[2] + wb * tb[2]];
    let step = arc(&ta, &t, fraction * beta, length);
    let horizontal = t[0].hypot(t[1]);
    let azimuth = if horizontal < 1e-12 {
        // A vertical direction has no azimuth of its own.
        if fraction < 0.5 { a.azimuth } else { b.azimuth }
    } else if beta < 1e-8 && a.azimuth == b.azimuth {
        a.azimuth
    } else {
        t[1].atan2(t[0]).to_degrees().rem_euclid(360.0)
    };
    PathPoint {
        md,
        inclination: horizontal.atan2(t[2]).to_degrees(),
        azimuth,
        north: a.north + step[0],
        east: a.east + step[1],
        tvd: a.tvd + step[2],
        dogleg: b.dogleg,
    }
}

fn extended(last: &PathPoint, md: f64) -> PathPoint {
    let t = direction(last.inclination, last.azimuth);
    let length = md - last.md;
    PathPoint {
        md,
        north: last.north + length * t[0],
        east: last.east + length * t[1],
        tvd: last.tvd + length * t[2],
        dogleg: 0.0,
        ..*last
    }
}
