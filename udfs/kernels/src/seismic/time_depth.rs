//! Tables of time against depth: checkshots, integrated sonic logs, and the drift between them.

use crate::points::{finite, same_length};
use crate::{KernelError, Result};

/// Pairs of depth and two-way time, both increasing from pair to pair; linear between them.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeDepth {
    depth: Vec<f64>,
    time: Vec<f64>,
}

impl TimeDepth {
    /// From pairs in the order of depth: depths (positive down) and two-way times in seconds.
    ///
    /// # Errors
    /// `LengthMismatch`, `NonFinite`; `TooFewPoints` with fewer than two pairs; `InvalidParameter` that
    /// names the rows where depth or time does not increase.
    pub fn new(depth: Vec<f64>, time: Vec<f64>) -> Result<TimeDepth> {
        same_length("time", depth.len(), time.len())?;
        finite("depth", &depth)?;
        finite("time", &time)?;
        if depth.len() < 2 {
            return Err(KernelError::TooFewPoints { needed: 2, found: depth.len() });
        }
        increasing("depth", &depth)?;
        increasing("time", &time)?;
        Ok(TimeDepth { depth, time })
    }

    /// The depths.
    pub fn depths(&self) -> &[f64] {
        &self.depth
    }

    /// The two-way times, seconds.
    pub fn times(&self) -> &[f64] {
        &self.time
    }

    /// The two-way time at a depth; NaN outside of the table.
    pub fn time_at(&self, depth: f64) -> f64 {
        between(&self.depth, &self.time, depth)
    }

    /// The depth at a two-way time; NaN outside of the table.
    pub fn depth_at(&self, time: f64) -> f64 {
        between(&self.time, &self.depth, time)
    }
}

/// Checks that finite numbers increase, and names the rows where they do not.
pub(crate) fn increasing(name: &'static str, values: &[f64]) -> Result<()> {
    for (row, pair) in values.windows(2).enumerate() {
        if let [a, b] = pair
            && b <= a
        {
            return Err(KernelError::parameter(
                name,
                format!(
                    "expected to increase from row to row, found {b} in row {} after {a} in row {}: sort by depth and correct or remove one of the two",
                    row + 2,
                    row + 1
                ),
            ));
        }
    }
    Ok(())
}

/// Linear between increasing `from`; NaN outside.
pub(crate) fn between(from: &[f64], to: &[f64], at: f64) -> f64 {
    value(from, to, from.partition_point(|v| *v < at), at)
}

/// The value at a place that `k` of `from` are below.
fn value(from: &[f64], to: &[f64], k: usize, at: f64) -> f64 {
    match (from.get(k), to.get(k)) {
        (Some(a), Some(b)) if *a == at => *b,
        (Some(after), Some(value)) if k > 0 => {
            let (before, start) = (from[k - 1], to[k - 1]);
            start + (at - before) / (after - before) * (value - start)
        }
        _ => f64::NAN,
    }
}

/// [`between`] at places that mostly increase by less than a few of `from`: it goes on from the last one.
pub(crate) struct Walk<'a> {
    from: &'a [f64],
    to: &'a [f64],
    /// How many of `from` are below the last place.
    below: usize,
    last: (f64, f64),
}

impl<'a> Walk<'a> {
    pub(crate) fn new(from: &'a [f64], to: &'a [f64]) -> Walk<'a> {
        Walk { from, to, below: 0, last: (f64::NAN, f64::NAN) }
    }

    pub(crate) fn at(&mut self, at: f64) -> f64 {
        if at == self.last.0 {
            return self.last.1;
        }
        let behind = self.below.checked_sub(1).and_then(|k| self.from.get(k)).is_some_and(|v| *v >= at);
        let left = self.from.get(self.below..).filter(|_| !behind);
        let steps = left.and_then(|left| left.iter().take(8).position(|v| *v >= at));
        self.below = match steps {
            Some(steps) => self.below + steps,
            None => self.from.partition_point(|v| *v < at),
        };
        self.last = (at, value(self.from, self.to, self.below, at));
        self.last.1
    }
}

/// Two-way times by integration of a sonic log: at each of its readings, from a reference pair inside it.
///
/// `depth` increases; `slowness` is in seconds a unit of depth (microseconds a metre times 1e-6; a
/// foot divided by 0.3048 too, for depths in metres). Between readings slowness is linear, so a gap
/// is bridged along the straight line between its neighbours; readings that are NaN have no pair in the
/// result. `reference` is a depth between the first and last reading and the two-way time there.
///
/// # Errors
/// `LengthMismatch`, `NonFinite` for depths; `InvalidParameter` that names the row of a depth that does
/// not increase or of a slowness that is not above 0, and for a reference outside of the log;
/// `TooFewPoints` with fewer than two readings.
pub fn integrate_sonic(depth: &[f64], slowness: &[f64], reference: (f64, f64)) -> Result<TimeDepth> {
    same_length("slowness", depth.len(), slowness.len())?;
    finite("depth", depth)?;
    increasing("depth", depth)?;
    if let Some(row) = slowness.iter().position(|s| *s <= 0.0 || s.is_infinite()) {
        return Err(KernelError::parameter(
            "slowness",
            format!(
                "expected a number above 0, found {} in row {}: take readings that cannot be out",
                slowness[row],
                row + 1
            ),
        ));
    }
    let readings: Vec<(f64, f64)> =
        depth.iter().zip(slowness).filter(|(_, s)| !s.is_nan()).map(|(d, s)| (*d, *s)).collect();
    let (Some(first), Some(last)) = (readings.first(), readings.last()) else {
        return Err(KernelError::TooFewPoints { needed: 2, found: 0 });
    };
    if !(reference.0 >= first.0 && reference.0 <= last.0 && reference.1.is_finite()) {
        return Err(KernelError::parameter(
            "reference",
            format!(
                "expected a depth between {} and {}, where the log has readings, and the time there; found {} and {}",
                first.0, last.0, reference.0, reference.1
            ),
        ));
    }
    let mut time = Vec::with_capacity(readings.len());
    let (mut sum, mut before, mut shift) = (0.0, *first, 0.0);
    for reading in &readings {
        let apart = reading.0 - before.0;
        // The integral up to the reference, where it lies between these two.
        if reference.0 >= before.0 && reference.0 <= reading.0 {
            let part = reference.0 - before.0;
            let there = if apart > 0.0 { before.1 + part / apart * (reading.1 - before.1) } else { before.1 };
            shift = reference.1 - (sum + part * (before.1 + there));
        }
        // Twice the mean slowness: there and back.
        sum += apart * (before.1 + reading.1);
        time.push(sum);
        before = *reading;
    }
    time.iter_mut().for_each(|t| *t += shift);
    TimeDepth::new(readings.into_iter().map(|(d, _)| d).collect(), time)
}

/// A sonic table moved onto checkshots, and the drift that did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The sonic table with the drift added.
    pub table: TimeDepth,
    /// The depth of each checkshot inside the sonic table.
    pub depth: Vec<f64>,
    /// The drift there: checkshot time minus sonic time, seconds. Positive where the sonic is too
    /// fast, as dispersion makes it.
    pub drift: Vec<f64>,
}

/// Moves the times of an integrated sonic log onto checkshots: the drift at each checkshot is added to
/// the times, linearly in depth between checkshots and unchanged above the first and below the last.
///
/// Checkshots outside the sonic table are left out.
///
/// # Errors
/// `TooFewPoints` without a checkshot inside; `InvalidParameter` that names the rows of the sonic where the
/// times would no longer increase, which two checkshots that contradict each other do.
pub fn calibrate(sonic: &TimeDepth, checkshots: &TimeDepth) -> Result<Calibrated> {
    let (mut depth, mut drift) = (Vec::new(), Vec::new());
    for (d, t) in checkshots.depth.iter().zip(&checkshots.time) {
        let there = sonic.time_at(*d);
        if there.is_finite() {
            depth.push(*d);
            drift.push(t - there);
        }
    }
    let (Some(first), Some(last)) = (drift.first().copied(), drift.last().copied()) else {
        return Err(KernelError::TooFewPoints { needed: 1, found: 0 });
    };
    let moved = |(d, t): (&f64, &f64)| {
        let v = between(&depth, &drift, *d);
        let beyond = if depth.first().is_some_and(|top| d < top) { first } else { last };
        t + if v.is_nan() { beyond } else { v }
    };
    let time = sonic.depth.iter().zip(&sonic.time).map(moved).collect();
    Ok(Calibrated { table: TimeDepth::new(sonic.depth.clone(), time)?, depth, drift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walking_finds_what_searching_does() {
        let from: Vec<f64> = (0..200).map(|k| f64::from(k) + 0.3 * f64::from(k % 3)).collect();
        let to: Vec<f64> = from.iter().map(|v| v * v).collect();
        let mut walk = Walk::new(&from, &to);
        let forwards = (-20..2200).map(|k| f64::from(k) * 0.1);
        let anyhow = (0..500).map(|k| f64::from(k * 7919 % 2300) * 0.1 - 10.0);
        for at in forwards.chain(anyhow).chain([f64::NAN, 5.0, 5.0, f64::INFINITY, 4.9, f64::NEG_INFINITY]) {
            let (found, expected) = (walk.at(at), between(&from, &to, at));
            assert!(found == expected || (found.is_nan() && expected.is_nan()), "{at}: {found} {expected}");
        }
    }
}
