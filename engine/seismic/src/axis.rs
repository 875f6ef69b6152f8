//! The vertical axis of traces.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What the samples of a trace lie along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Domain {
    /// Two-way time.
    Time,
    /// Depth.
    Depth,
    /// Frequency.
    Frequency,
}

impl Domain {
    /// `time`, `depth` or `frequency`.
    pub fn as_str(self) -> &'static str {
        match self {
            Domain::Time => "time",
            Domain::Depth => "depth",
            Domain::Frequency => "frequency",
        }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Domain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Domain::Time, Domain::Depth, Domain::Frequency]
            .into_iter()
            .find(|d| d.as_str() == text.trim().to_ascii_lowercase())
            .ok_or_else(|| format!("`{text}` is not a domain of traces; use time, depth or frequency"))
    }
}

/// Where the samples of a volume are: `count` of them from `start` on, `interval` apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleAxis {
    /// Place of the first sample.
    pub start: f64,
    /// Distance from one sample to the next, above 0.
    pub interval: f64,
    /// How many samples.
    pub count: usize,
    /// What they lie along.
    pub domain: Domain,
    /// Unit of start and interval: `ms`, `m`, `ft`, `Hz`; empty where it is not known.
    pub unit: String,
}

impl SampleAxis {
    /// Place of a sample.
    pub fn at(&self, sample: usize) -> f64 {
        self.start + self.interval * sample as f64
    }

    /// The sample a place is at, as a real number: 1.5 is half way between samples 1 and 2. May lie outside of the axis.
    pub fn position(&self, at: f64) -> f64 {
        (at - self.start) / self.interval
    }

    /// The nearest sample to a place, where it is not further from the axis than half an interval.
    pub fn nearest(&self, at: f64) -> Option<usize> {
        let sample = self.position(at).round();
        (sample >= 0.0 && sample < self.count as f64).then_some(sample as usize)
    }

    /// Samples from place `from` to place `to`, both included; all where they are not given.
    pub fn between(&self, from: Option<f64>, to: Option<f64>) -> Range<usize> {
        // A place that was computed misses its sample by rounding errors.
        const SLACK: f64 = 1e-6;
        let first = from.map_or(0.0, |v| (self.position(v) - SLACK).ceil()).max(0.0);
        let last = to.map_or(self.count as f64, |v| (self.position(v) + SLACK).floor() + 1.0).min(self.count as f64);
        if first < last { first as usize..last as usize } else { 0..0 }
    }

    /// Place of the last sample.
    pub fn end(&self) -> f64 {
        self.at(self.count.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_between_places() {
        let axis = SampleAxis { start: 100.0, interval: 4.0, count: 10, domain: Domain::Time, unit: "ms".to_owned() };
        assert_eq!(axis.end(), 136.0);
        assert_eq!(axis.between(None, None), 0..10);
        assert_eq!(axis.between(Some(104.0), Some(112.0)), 1..4);
        assert_eq!(axis.between(Some(101.0), Some(103.0)), 0..0);
        assert_eq!(axis.between(Some(-5.0), Some(99.0)), 0..0);
        assert_eq!(axis.between(Some(130.0), Some(1e9)), 8..10);
        assert_eq!((axis.nearest(105.9), axis.nearest(98.1), axis.nearest(97.9)), (Some(1), Some(0), None));
        assert_eq!(axis.nearest(138.1), None);
        assert_eq!("Depth".parse(), Ok(Domain::Depth));
    }
}
