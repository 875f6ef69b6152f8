//! Traces from time to depth and back.

use super::interpolation::{Axis, Interpolation, values_at};
use super::velocity::VelocityModel;
use crate::Result;
use crate::points::same_length;

/// Takes traces from one axis to another: the positions of the new samples in the old trace, worked
/// out once for a velocity model and used for every trace that shares it.
///
/// A new sample outside of the old trace, or where the model says nothing, is NaN; a sample next
/// to one that is no reading as [`super::interpolation::value_at`] says. Nothing is filtered: where new
/// samples lie farther apart than old ones, what is above the new Nyquist frequency is aliased.
/// A depth step of at most half the lowest interval velocity times the interval avoids that.
#[derive(Debug, Clone)]
pub struct Conversion {
    from: Axis,
    positions: Vec<f64>,
    method: Interpolation,
}

impl Conversion {
    /// From time to depth.
    ///
    /// # Errors
    /// `InvalidParameter` for an axis that cannot be.
    pub fn to_depth(model: &VelocityModel, time: Axis, depth: Axis, method: Interpolation) -> Result<Conversion> {
        Conversion::new(time, depth, method, |z| model.time_at(z))
    }

    /// From depth to time.
    ///
    /// # Errors
    /// `InvalidParameter` for an axis that cannot be.
    pub fn to_time(model: &VelocityModel, depth: Axis, time: Axis, method: Interpolation) -> Result<Conversion> {
        Conversion::new(depth, time, method, |t| model.depth_at(t))
    }

    fn new(from: Axis, to: Axis, method: Interpolation, place: impl Fn(f64) -> f64) -> Result<Conversion> {
        from.check()?;
        to.check()?;
        let positions = (0..to.count).map(|k| from.position(place(to.at(k)))).collect();
        Ok(Conversion { from, positions, method })
    }

    /// Samples of the converted traces.
    pub fn samples(&self) -> usize {
        self.positions.len()
    }

    /// Converts a trace.
    ///
    /// # Errors
    /// `LengthMismatch` where the trace is not as long as its axis, or `out` as the new one.
    pub fn apply(&self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        same_length("trace", self.from.count, trace.len())?;
        values_at(trace, &self.positions, self.method, out)
    }
}
