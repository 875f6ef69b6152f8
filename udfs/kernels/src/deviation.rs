//! Directions of a hole from positions along it: the way back from a path to a deviation survey.

use crate::points::{finite, same_length};
use crate::{KernelError, Result};

/// Direction at a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Measured depth.
    pub md: f64,
    /// Inclination from the vertical, degrees.
    pub inclination: f64,
    /// Azimuth clockwise from north, degrees from 0 to 360; 0 where the hole is vertical.
    pub azimuth: f64,
}

/// The deviation survey of positions in the order of the hole.
///
/// At a position the direction is that of the circle through it and its two neighbours; at the ends
/// that of the arc there. `tvd` is positive down, all lengths in one unit. Measured depth counts the
/// arcs from `first_md` on.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `TooFewPoints` below two; `InvalidParameter` for two positions at
/// one place, or a hole that turns back on itself.
pub fn deviation(north: &[f64], east: &[f64], tvd: &[f64], first_md: f64) -> Result<Vec<Station>> {
    same_length("east", north.len(), east.len())?;
    same_length("tvd", north.len(), tvd.len())?;
    finite("north", north)?;
    finite("east", east)?;
    finite("tvd", tvd)?;
    let n = north.len();
    if n < 2 {
        return Err(KernelError::TooFewPoints { needed: 2, found: n });
    }
    let mut chords = Vec::with_capacity(n - 1);
    for k in 1..n {
        let d = [north[k] - north[k - 1], east[k] - east[k - 1], tvd[k] - tvd[k - 1]];
        let length = norm(&d);
        if length == 0.0 {
            return Err(KernelError::parameter(
                "positions",
                format!("rows {k} and {} are at one place; leave one of them out", k + 1),
            ));
        }
        chords.push((d.map(|v| v / length), length));
    }
    let mut tangents = vec![chords[0].0; n];
    for k in 1..n - 1 {
        let ((a, la), (b, lb)) = (chords[k - 1], chords[k]);
        // On a circle the tangent parts the angle between the chords as their lengths, crosswise.
        let t = [0, 1, 2].map(|i| lb * a[i] + la * b[i]);
        let length = norm(&t);
        if length < 1e-9 * (la + lb) {
            return Err(KernelError::parameter("positions", format!("the hole turns back at row {}", k + 1)));
        }
        tangents[k] = t.map(|v| v / length);
    }
    // An arc meets its chord at the same angle at both ends.
    tangents[0] = if n > 2 { mirrored(&tangents[1], &chords[0].0) } else { chords[0].0 };
    tangents[n - 1] = if n > 2 { mirrored(&tangents[n - 2], &chords[n - 2].0) } else { chords[0].0 };
    let mut md = first_md;
    Ok((0..n)
        .map(|k| {
            if k > 0 {
                let (_, chord) = chords[k - 1];
                md += chord * arc_over_chord(&tangents[k - 1], &tangents[k]);
            }
            let [n, e, d] = tangents[k];
            let flat = n.hypot(e);
            let azimuth = if flat < 1e-9 { 0.0 } else { e.atan2(n).to_degrees().rem_euclid(360.0) };
            Station { md, inclination: flat.atan2(d).to_degrees(), azimuth }
        })
        .collect())
}

fn norm(v: &[f64; 3]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

/// The length of the arc between two unit tangents over that of its chord: half the angle between them over its sine.
fn arc_over_chord(a: &[f64; 3], b: &[f64; 3]) -> f64 {
    let with = |sign: f64| 0.5 * norm(&[0, 1, 2].map(|i| a[i] + sign * b[i]));
    let sine = with(-1.0);
    let s2 = sine * sine;
    if s2 < 0.01 {
        // The series of the arc sine, to 2e-14.
        let c = [945.0 / 42_240.0, 105.0 / 3456.0, 15.0 / 336.0, 3.0 / 40.0, 1.0 / 6.0];
        1.0 + s2 * c.iter().fold(0.0, |sum, c| sum * s2 + c)
    } else {
        sine.atan2(with(1.0)) / sine
    }
}

fn mirrored(t: &[f64; 3], chord: &[f64; 3]) -> [f64; 3] {
    let along: f64 = t.iter().zip(chord).map(|(a, b)| a * b).sum();
    [0, 1, 2].map(|i| 2.0 * along * chord[i] - t[i])
}
