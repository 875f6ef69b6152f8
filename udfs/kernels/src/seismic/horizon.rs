//! Amplitudes of a trace around a horizon.

use super::interpolation::{Interpolation, SAME, value_at};
use super::tie::parabola;
use crate::{KernelError, Result};

/// The readings of a trace in a window around a horizon. Numbers are NaN where there is no reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowAmplitude {
    /// The trace at the horizon itself, interpolated; NaN where that was not asked for.
    pub value: f32,
    /// Sample places inside the window, on the trace or not.
    pub places: usize,
    /// Readings among them: what the rest is computed of. Fewer than `places` where the window reaches beyond
    /// the trace or over samples that are no readings.
    pub count: usize,
    /// The smallest reading.
    pub min: f32,
    /// The largest reading.
    pub max: f32,
    /// The largest absolute reading.
    pub max_absolute: f32,
    /// The sum of the readings.
    pub sum: f64,
    /// Their arithmetic mean.
    pub mean: f64,
    /// The root of the mean of their squares.
    pub rms: f64,
    /// Where the largest reading is, in samples from the first of the trace; refined by the parabola through it
    /// and its neighbours, unless one of them is larger (the window cuts a flank) or no reading.
    pub peak: f64,
    /// The height of that parabola, or the reading.
    pub peak_value: f64,
    /// Where the smallest reading is, as `peak`.
    pub trough: f64,
    /// The depth of that parabola, or the reading.
    pub trough_value: f64,
}

/// The window from `above` samples above to `below` samples below a horizon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// Samples above the horizon, with a fraction; negative for a window that starts below it.
    pub above: f64,
    /// Samples below the horizon, with a fraction; negative for a window that ends above it.
    pub below: f64,
}

impl Window {
    /// Checks a window.
    ///
    /// # Errors
    /// `InvalidParameter` for a window that ends above its start, or is not finite.
    pub fn new(above: f64, below: f64) -> Result<Window> {
        if above.is_finite() && below.is_finite() && above + below >= 0.0 {
            return Ok(Window { above, below });
        }
        Err(KernelError::parameter(
            "window",
            format!("expected a window that ends below its start, found {above} samples above to {below} below"),
        ))
    }
}

/// The amplitudes of a trace around `position`, the horizon in samples from the trace's first, with a
/// fraction.
///
/// The value at the horizon is interpolated by `method` ([`Interpolation::Sinc`] is the default of that type), if there is one. In the
/// window are the samples at whole positions from `position - above` to `position + below`, bounds included;
/// those that are NaN or infinite are left out. A position that is NaN gives an empty window.
pub fn window_amplitude(
    trace: &[f32],
    position: f64,
    window: Window,
    method: Option<Interpolation>,
) -> WindowAmplitude {
    let mut found = WindowAmplitude {
        value: method.map_or(f32::NAN, |method| value_at(trace, position, method)),
        places: 0,
        count: 0,
        min: f32::NAN,
        max: f32::NAN,
        max_absolute: f32::NAN,
        sum: f64::NAN,
        mean: f64::NAN,
        rms: f64::NAN,
        peak: f64::NAN,
        peak_value: f64::NAN,
        trough: f64::NAN,
        trough_value: f64::NAN,
    };
    if !position.is_finite() {
        return found;
    }
    let (from, to) = ((position - window.above - SAME).ceil(), (position + window.below + SAME).floor());
    if to < from {
        return found;
    }
    found.places = (to - from + 1.0) as usize;
    if to < 0.0 {
        return found;
    }
    let start = (from.max(0.0) as usize).min(trace.len());
    let end = (to as usize).saturating_add(1).min(trace.len()).max(start);
    let own = trace.get(start..end).unwrap_or_default();
    let (count, sum, squares, min, max) = Lanes::of(own);
    found.count = count;
    let place = |wanted: f32| own.iter().position(|v| *v == wanted);
    if let (Some(top), Some(bottom)) = (place(max), place(min)) {
        let n = count as f64;
        (found.max, found.min, found.max_absolute) = (max, min, max.abs().max(min.abs()));
        (found.sum, found.mean, found.rms) = (sum, sum / n, (squares / n).sqrt());
        (found.peak, found.peak_value) = refined(trace, start + top, 1.0);
        (found.trough, found.trough_value) = refined(trace, start + bottom, -1.0);
    }
    found
}

/// Sums of every eighth sample, which are added at the end: what the processor does at once.
struct Lanes {
    count: [u32; Self::WIDTH],
    sum: [f64; Self::WIDTH],
    squares: [f64; Self::WIDTH],
    low: [f32; Self::WIDTH],
    high: [f32; Self::WIDTH],
}

impl Lanes {
    const WIDTH: usize = 8;

    /// Of the finite samples: how many, their sum, the sum of their squares, the smallest and the largest.
    fn of(samples: &[f32]) -> (usize, f64, f64, f32, f32) {
        let mut lanes = Lanes {
            count: [0; Self::WIDTH],
            sum: [0.0; Self::WIDTH],
            squares: [0.0; Self::WIDTH],
            low: [f32::INFINITY; Self::WIDTH],
            high: [f32::NEG_INFINITY; Self::WIDTH],
        };
        let (blocks, rest) = samples.as_chunks::<{ Self::WIDTH }>();
        blocks.iter().for_each(|block| lanes.add(block));
        let mut last = [f32::NAN; Self::WIDTH];
        last.iter_mut().zip(rest).for_each(|(place, v)| *place = *v);
        lanes.add(&last);
        (
            lanes.count.iter().sum::<u32>() as usize,
            lanes.sum.iter().sum(),
            lanes.squares.iter().sum(),
            lanes.low.iter().copied().fold(f32::INFINITY, f32::min),
            lanes.high.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        )
    }

    #[inline(always)]
    fn add(&mut self, block: &[f32; Self::WIDTH]) {
        let lanes = self.count.iter_mut().zip(&mut self.sum).zip(&mut self.squares);
        let lanes = lanes.zip(self.low.iter_mut().zip(&mut self.high));
        for (v, (((count, sum), squares), (low, high))) in block.iter().zip(lanes) {
            let there = v.is_finite();
            let v = if there { *v } else { 0.0 };
            let wide = f64::from(v);
            *count += u32::from(there);
            *sum += wide;
            *squares += wide * wide;
            *low = if there && v < *low { v } else { *low };
            *high = if there && v > *high { v } else { *high };
        }
    }
}

/// The extremum at sample `k` by a parabola: position and value. `sign` is 1 for a peak, -1 for a trough.
fn refined(trace: &[f32], k: usize, sign: f64) -> (f64, f64) {
    let at = |k: Option<usize>| {
        let v = k.and_then(|k| trace.get(k)).copied().filter(|v| v.is_finite());
        v.map_or(f64::NAN, |v| sign * f64::from(v))
    };
    let here = at(Some(k));
    match parabola(at(k.checked_sub(1)), here, at(k.checked_add(1))) {
        Some((offset, value)) => (k as f64 + offset, sign * value),
        None => (k as f64, sign * here),
    }
}
