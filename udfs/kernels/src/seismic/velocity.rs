//! Velocity models, from time to depth and back, and the kinds of velocity.
//!
//! Depth is positive down, time is two-way in seconds, velocity a unit of depth a second.

use super::time_depth::{TimeDepth, increasing};
use crate::points::{finite, same_length};
use crate::{KernelError, Result};

/// Where a model starts: the two-way time and the depth of one place.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Datum {
    /// Two-way time, seconds.
    pub time: f64,
    /// Depth.
    pub depth: f64,
}

/// Time against depth at one place of the map; always increasing.
#[derive(Debug, Clone, PartialEq)]
pub struct VelocityModel(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Constant { velocity: f64, datum: Datum },
    Linear { v0: f64, k: f64, datum: Datum },
    Pieces { depth: Vec<f64>, time: Vec<f64>, above: Option<f64>, below: Option<f64> },
}

impl VelocityModel {
    /// One velocity everywhere, above and below the datum.
    ///
    /// # Errors
    /// `InvalidParameter` for a velocity that is not above 0, or a datum that is not finite.
    pub fn constant(velocity: f64, datum: Datum) -> Result<VelocityModel> {
        super::transform::check_positive("velocity", velocity)?;
        check_datum(datum)?;
        Ok(VelocityModel(Kind::Constant { velocity, datum }))
    }

    /// Instantaneous velocity that grows linearly with depth: `v0 + k (z - z0)`, with z0 the datum's
    /// depth. In closed form, `z - z0 = v0 / k (exp(k (t - t0) / 2) - 1)`. NaN where the velocity would not
    /// be above 0, and below the depth that a negative `k` never reaches.
    ///
    /// Source: M. M. Slotnick, On seismic computations, with applications, Geophysics 1 (1936).
    ///
    /// # Errors
    /// `InvalidParameter` for `v0` not above 0, `k` (1/s) or a datum that is not finite.
    pub fn linear(v0: f64, k: f64, datum: Datum) -> Result<VelocityModel> {
        super::transform::check_positive("v0", v0)?;
        check_datum(datum)?;
        if !k.is_finite() {
            return Err(KernelError::parameter("k", format!("expected a finite number in 1/s, found {k}")));
        }
        Ok(VelocityModel(Kind::Linear { v0, k, datum }))
    }

    /// Layers of constant interval velocity by the depths of their tops, from the top down. The first
    /// top has two-way time `time`; above it is nothing (NaN), the last layer goes on for ever.
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite`, `TooFewPoints` without a layer; `InvalidParameter` that names the rows
    /// of tops that do not increase or the row of a velocity that is not above 0.
    pub fn layers(tops: &[f64], velocities: &[f64], time: f64) -> Result<VelocityModel> {
        let last = check_layers(tops, velocities)?;
        finite("time", &[time])?;
        let mut times = vec![time];
        let mut t = time;
        for (w, v) in tops.windows(2).zip(velocities) {
            t += 2.0 * (w[1] - w[0]) / v;
            times.push(t);
        }
        Ok(VelocityModel(Kind::Pieces { depth: tops.to_vec(), time: times, above: None, below: Some(last) }))
    }

    /// Layers of constant interval velocity by the two-way times of their tops. The first top is at
    /// `depth`; otherwise as [`VelocityModel::layers`].
    ///
    /// # Errors
    /// As [`VelocityModel::layers`].
    pub fn layers_in_time(tops: &[f64], velocities: &[f64], depth: f64) -> Result<VelocityModel> {
        let last = check_layers(tops, velocities)?;
        finite("depth", &[depth])?;
        let mut depths = vec![depth];
        let mut z = depth;
        for (w, v) in tops.windows(2).zip(velocities) {
            z += 0.5 * (w[1] - w[0]) * v;
            depths.push(z);
        }
        Ok(VelocityModel(Kind::Pieces { depth: depths, time: tops.to_vec(), above: None, below: Some(last) }))
    }

    /// A table of pairs, linear between them. Outside of it there is nothing (NaN), or with
    /// `extrapolate` the velocity of the first and last interval.
    pub fn table(table: &TimeDepth, extrapolate: bool) -> VelocityModel {
        let (depth, time) = (table.depths(), table.times());
        let of = |k: usize| match (depth.get(k..k + 2), time.get(k..k + 2)) {
            (Some([a, b]), Some([s, t])) if extrapolate => Some(2.0 * (b - a) / (t - s)),
            _ => None,
        };
        let (above, below) = (of(0), of(depth.len().saturating_sub(2)));
        VelocityModel(Kind::Pieces { depth: depth.to_vec(), time: time.to_vec(), above, below })
    }

    /// The two-way time at a depth; NaN where the model says nothing.
    pub fn time_at(&self, depth: f64) -> f64 {
        match &self.0 {
            Kind::Constant { velocity, datum } => datum.time + 2.0 * (depth - datum.depth) / velocity,
            Kind::Linear { v0, k, datum } => {
                let z = (depth - datum.depth) / v0;
                // ln(1 + k z) / k, which for k near 0 is z.
                let slow = if (k * z).abs() < 1e-12 { z } else { (k * z).ln_1p() / k };
                // Where the velocity is 0 the time is infinite.
                if 1.0 + k * z > 0.0 { datum.time + 2.0 * slow } else { f64::NAN }
            }
            Kind::Pieces { depth: from, time: to, above, below } => {
                pieces(from, to, depth, above.map(|v| 2.0 / v), below.map(|v| 2.0 / v))
            }
        }
    }

    /// The depth at a two-way time; NaN where the model says nothing.
    pub fn depth_at(&self, time: f64) -> f64 {
        match &self.0 {
            Kind::Constant { velocity, datum } => datum.depth + 0.5 * velocity * (time - datum.time),
            Kind::Linear { v0, k, datum } => {
                let t = 0.5 * (time - datum.time);
                let grown = if (k * t).abs() < 1e-12 { t } else { (k * t).exp_m1() / k };
                datum.depth + v0 * grown
            }
            Kind::Pieces { depth: to, time: from, above, below } => {
                pieces(from, to, time, above.map(|v| 0.5 * v), below.map(|v| 0.5 * v))
            }
        }
    }
}

/// Linear between pairs, with the slope given outside of them.
fn pieces(from: &[f64], to: &[f64], at: f64, above: Option<f64>, below: Option<f64>) -> f64 {
    let beyond = |end: Option<&f64>, value: Option<&f64>, slope: Option<f64>| match (end, value, slope) {
        (Some(end), Some(value), Some(slope)) => value + slope * (at - end),
        (Some(end), Some(value), None) if *end == at => *value,
        _ => f64::NAN,
    };
    if from.first().is_some_and(|first| at < *first) {
        return beyond(from.first(), to.first(), above);
    }
    if from.last().is_some_and(|last| at >= *last) {
        return beyond(from.last(), to.last(), below);
    }
    super::time_depth::between(from, to, at)
}

fn check_datum(datum: Datum) -> Result<()> {
    finite("datum", &[datum.time, datum.depth])
}

/// Checks layers and gives the velocity of the last.
fn check_layers(tops: &[f64], velocities: &[f64]) -> Result<f64> {
    same_length("velocity", tops.len(), velocities.len())?;
    finite("top", tops)?;
    increasing("top", tops)?;
    if let Some(row) = velocities.iter().position(|v| !(*v > 0.0 && v.is_finite())) {
        return Err(KernelError::parameter(
            "velocity",
            format!("expected a number above 0, found {} in row {}", velocities[row], row + 1),
        ));
    }
    velocities.last().copied().ok_or(KernelError::TooFewPoints { needed: 1, found: 0 })
}

/// Checks two-way times of layer bases below time 0, and velocities as long.
fn check_bases(times: &[f64], velocities: &[f64]) -> Result<()> {
    same_length("velocity", times.len(), velocities.len())?;
    finite("time", times)?;
    increasing("time", times)?;
    match times.first() {
        Some(first) if *first <= 0.0 => Err(KernelError::parameter(
            "time",
            format!("expected the time of the first base above 0, where the velocities start, found {first}"),
        )),
        _ => Ok(()),
    }
}

/// Folds over layers: `f(sum so far, thickness in time, base, value of the layer)` gives the new
/// sum and the output.
fn over_layers(times: &[f64], values: &[f64], mut f: impl FnMut(f64, f64, f64, f64) -> (f64, f64)) -> Vec<f64> {
    let (mut top, mut sum) = (0.0, 0.0);
    times
        .iter()
        .zip(values)
        .map(|(base, v)| {
            let (next, out) = f(sum, base - top, *base, *v);
            (top, sum) = (*base, next);
            out
        })
        .collect()
}

/// Average velocities down to each base from interval velocities: `sum v dt / t`.
///
/// `times` are the two-way times of the layers' bases, from the first layer (whose top is at time 0) down.
/// NaN from the first layer on whose velocity is NaN. The same shapes hold for the conversions below.
///
/// # Errors
/// `LengthMismatch`, `NonFinite`, `InvalidParameter` that names the rows of times that do not increase, or a
/// first base not above 0. The same for the conversions below.
pub fn average_from_interval(times: &[f64], interval: &[f64]) -> Result<Vec<f64>> {
    check_bases(times, interval)?;
    Ok(over_layers(times, interval, |sum, dt, t, v| (sum + v * dt, (sum + v * dt) / t)))
}

/// Root-mean-square velocities down to each base from interval velocities: `sqrt(sum v^2 dt / t)`.
///
/// # Errors
/// As [`average_from_interval`].
pub fn rms_from_interval(times: &[f64], interval: &[f64]) -> Result<Vec<f64>> {
    check_bases(times, interval)?;
    Ok(over_layers(times, interval, |sum, dt, t, v| {
        let sum = sum + v * v * dt;
        (sum, (sum / t).sqrt())
    }))
}

/// Interval velocities from root-mean-square velocities: `sqrt((V2^2 t2 - V1^2 t1) / (t2 - t1))`. NaN for a
/// layer where this is the root of a negative number: no layers have such velocities.
///
/// Source: C. H. Dix, Seismic velocities from surface measurements, Geophysics 20 (1955), 68-86.
///
/// # Errors
/// As [`average_from_interval`].
pub fn interval_from_rms(times: &[f64], rms: &[f64]) -> Result<Vec<f64>> {
    check_bases(times, rms)?;
    Ok(over_layers(times, rms, |above, dt, t, v| (v * v * t, ((v * v * t - above) / dt).sqrt())))
}

/// Interval velocities from average velocities: `(V2 t2 - V1 t1) / (t2 - t1)`. NaN for a layer where this is
/// not above 0.
///
/// # Errors
/// As [`average_from_interval`].
pub fn interval_from_average(times: &[f64], average: &[f64]) -> Result<Vec<f64>> {
    check_bases(times, average)?;
    Ok(over_layers(times, average, |above, dt, t, v| {
        let interval = (v * t - above) / dt;
        (v * t, if interval > 0.0 { interval } else { f64::NAN })
    }))
}

/// The interval velocity between each two pairs of a table: one fewer than it has pairs.
pub fn interval_velocities(table: &TimeDepth) -> Vec<f64> {
    table.depths().windows(2).zip(table.times().windows(2)).map(|(z, t)| 2.0 * (z[1] - z[0]) / (t[1] - t[0])).collect()
}
