//! The average spectrum of many traces.

use super::transform::{MOST_SAMPLES, Readings, RealTransform, check_interval, check_samples, fast_length, load};
use crate::points::same_length;
use crate::{KernelError, Result};

/// Gathers the spectra of traces of one length: mean amplitude, mean power, and from that the mean
/// autocorrelation.
///
/// A trace is padded with zeros to at least twice its length and transformed in double precision.
/// Dead traces, and traces with a sample that is no reading, are counted but left out: a gap has a
/// spectrum of its own.
///
/// Traces may be shared out between clones (of an empty one), which are put together by
/// [`SpectrumAverage::merge`].
#[derive(Clone)]
pub struct SpectrumAverage {
    samples: usize,
    interval: f64,
    taper: Vec<f64>,
    transform: RealTransform<f64>,
    amplitude: Vec<f64>,
    power: Vec<f64>,
    traces: u64,
    dead: u64,
    with_gaps: u64,
}

/// An average spectrum, from frequency 0 to Nyquist.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Frequencies, hertz.
    pub frequency: Vec<f64>,
    /// The mean over traces of `|sum x exp(-i omega t)|`; NaN without a trace.
    pub amplitude: Vec<f64>,
    /// The mean over traces of the squares of that; NaN without a trace.
    pub power: Vec<f64>,
    /// Traces in the means.
    pub traces: u64,
    /// Dead traces, left out.
    pub dead: u64,
    /// Traces with samples that are no readings, left out.
    pub with_gaps: u64,
}

impl Spectrum {
    /// The mean amplitude in decibels below its maximum: 0 at the maximum, negative elsewhere.
    pub fn decibels(&self) -> Vec<f64> {
        let peak = self.amplitude.iter().copied().fold(0.0, f64::max);
        self.amplitude.iter().map(|a| 20.0 * (a / peak).log10()).collect()
    }
}

impl SpectrumAverage {
    /// For traces (or parts of traces) of `samples` samples at `interval` seconds. The first and last
    /// `taper` of the samples (a fraction, 0 to 0.5) are faded by half a cosine before the transform, so that
    /// a window cut out of a trace does not spread its frequencies.
    ///
    /// # Errors
    /// `InvalidParameter` for a taper outside 0 to 0.5, an interval not above 0, no sample, or more
    /// than 2^23.
    pub fn new(samples: usize, interval: f64, taper: f64) -> Result<SpectrumAverage> {
        check_interval(interval)?;
        check_samples(samples.saturating_mul(2))?;
        if !(0.0..=0.5).contains(&taper) {
            return Err(KernelError::parameter("taper", format!("expected a fraction from 0 to 0.5, found {taper}")));
        }
        let transform = RealTransform::<f64>::new(fast_length((2 * samples).min(MOST_SAMPLES)));
        let bins = transform.spectrum.len();
        Ok(SpectrumAverage {
            samples,
            interval,
            taper: ends(samples, taper),
            transform,
            amplitude: vec![0.0; bins],
            power: vec![0.0; bins],
            traces: 0,
            dead: 0,
            with_gaps: 0,
        })
    }

    /// Adds a trace.
    ///
    /// # Errors
    /// `LengthMismatch`.
    pub fn add(&mut self, trace: &[f32]) -> Result<()> {
        same_length("trace", self.samples, trace.len())?;
        match load(trace, &mut self.transform.real) {
            Readings::Dead => self.dead += 1,
            Readings::Gaps => self.with_gaps += 1,
            Readings::Whole => {
                for (v, taper) in self.transform.real.iter_mut().zip(&self.taper) {
                    *v *= taper;
                }
                self.transform.forward()?;
                self.traces += 1;
                for ((c, a), p) in self.transform.spectrum.iter().zip(&mut self.amplitude).zip(&mut self.power) {
                    let power = c.norm_sqr();
                    *a += power.sqrt();
                    *p += power;
                }
            }
        }
        Ok(())
    }

    /// Adds what another one has gathered.
    ///
    /// # Errors
    /// `InvalidParameter` where it was made for other traces.
    pub fn merge(&mut self, other: &SpectrumAverage) -> Result<()> {
        if (self.samples, self.interval) != (other.samples, other.interval) || self.taper != other.taper {
            return Err(KernelError::parameter(
                "spectrum",
                format!(
                    "expected one of {} samples at {} s with the same taper, found {} at {} s: spectra of different traces have no mean",
                    self.samples, self.interval, other.samples, other.interval
                ),
            ));
        }
        for (to, from) in self.amplitude.iter_mut().zip(&other.amplitude) {
            *to += from;
        }
        for (to, from) in self.power.iter_mut().zip(&other.power) {
            *to += from;
        }
        self.traces += other.traces;
        self.dead += other.dead;
        self.with_gaps += other.with_gaps;
        Ok(())
    }

    /// Seconds from sample to sample.
    pub fn interval(&self) -> f64 {
        self.interval
    }

    /// Traces gathered, without those left out.
    pub fn traces(&self) -> u64 {
        self.traces
    }

    /// The means.
    pub fn spectrum(&self) -> Spectrum {
        let step = 1.0 / (self.transform.real.len() as f64 * self.interval);
        let mean = |sums: &[f64]| sums.iter().map(|s| s / self.traces as f64).collect();
        Spectrum {
            frequency: (0..self.amplitude.len()).map(|k| k as f64 * step).collect(),
            amplitude: mean(&self.amplitude),
            power: mean(&self.power),
            traces: self.traces,
            dead: self.dead,
            with_gaps: self.with_gaps,
        }
    }

    /// The mean autocorrelation of the traces, `sum x[n] x[n + lag]`, at lags from 0 to `samples - 1`;
    /// NaN without a trace.
    ///
    /// # Errors
    /// None that follows from the traces; those of the transform.
    pub fn autocorrelation(&self) -> Result<Vec<f64>> {
        let mut transform = self.transform.clone();
        let length = transform.real.len() as f64;
        for (c, p) in transform.spectrum.iter_mut().zip(&self.power) {
            (c.re, c.im) = (*p, 0.0);
        }
        transform.inverse()?;
        Ok(transform.real.iter().take(self.samples).map(|v| v / (length * self.traces as f64)).collect())
    }
}

/// 1 in the middle, half a cosine down to nearly 0 over a fraction at each end.
pub(crate) fn ends(samples: usize, fraction: f64) -> Vec<f64> {
    let width = fraction * samples as f64;
    (0..samples)
        .map(|i| {
            let from_end = i.min(samples - 1 - i) as f64 + 0.5;
            if from_end >= width { 1.0 } else { 0.5 - 0.5 * (std::f64::consts::PI * from_end / width).cos() }
        })
        .collect()
}
