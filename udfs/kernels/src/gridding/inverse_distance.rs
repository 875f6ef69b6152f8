//! Inverse-distance weighting.

use super::Cell;
use crate::search::{Neighbour, Query, SearchIndex};
use crate::{KernelError, Result};

/// How inverse-distance weights are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InverseDistance {
    /// Weights are distance to the power of minus this; above 0, often 2.
    pub power: f64,
    /// At most this many of the nearest data.
    pub neighbours: usize,
    /// No data farther than this.
    pub radius: Option<f64>,
}

impl Default for InverseDistance {
    fn default() -> Self {
        Self { power: 2.0, neighbours: 12, radius: None }
    }
}

impl InverseDistance {
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.power.is_finite() && self.power > 0.0) {
            return Err(KernelError::parameter("power", format!("expected a number above 0, found {}", self.power)));
        }
        if self.neighbours == 0 {
            return Err(KernelError::parameter("neighbours", "expected at least 1, found 0"));
        }
        match self.radius {
            Some(r) if !(r.is_finite() && r > 0.0) => {
                Err(KernelError::parameter("radius", format!("expected a distance above 0, found {r}")))
            }
            _ => Ok(()),
        }
    }

    /// The weighted mean of data that were found nearest first.
    pub(crate) fn estimate(&self, z: &[f64], found: &[Neighbour]) -> Cell {
        let Some(first) = found.first() else { return (f64::NAN, 0, f64::NAN) };
        let value = |n: &Neighbour| z.get(n.row as usize).copied().unwrap_or(f64::NAN);
        let least = first.distance_squared;
        if least == 0.0 {
            let here = found.iter().take_while(|n| n.distance_squared == 0.0);
            let (sum, count) = here.fold((0.0, 0u32), |(s, c), n| (s + value(n), c + 1));
            return (sum / f64::from(count), count, 0.0);
        }
        // Distances relative to the smallest: no power of them can overflow.
        let (mut sum, mut weights) = (0.0, 0.0);
        for n in found {
            let ratio = least / n.distance_squared;
            let w = if self.power == 2.0 { ratio } else { ratio.powf(0.5 * self.power) };
            sum += w * value(n);
            weights += w;
        }
        (sum / weights, found.len() as u32, least.sqrt())
    }
}

pub(super) fn cell(
    index: &SearchIndex,
    z: &[f64],
    options: &InverseDistance,
    x: f64,
    y: f64,
    found: &mut Vec<Neighbour>,
) -> Cell {
    let query = Query { neighbours: options.neighbours, radius: options.radius, sectors: None, exclude: None };
    index.nearest(x, y, &query, found);
    options.estimate(z, found)
}
