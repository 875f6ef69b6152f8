//! What amplitudes are like, found while they are read.

use crate::Amplitudes;

/// Sums over the samples of traces; of numbers, not of NaN and infinities.
#[derive(Debug, Clone)]
pub struct AmplitudeSums {
    min: f64,
    max: f64,
    sum: f64,
    squares: f64,
    finite: u64,
    not_finite: u64,
    dead: u64,
}

impl Default for AmplitudeSums {
    fn default() -> Self {
        AmplitudeSums {
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: 0.0,
            squares: 0.0,
            finite: 0,
            not_finite: 0,
            dead: 0,
        }
    }
}

impl AmplitudeSums {
    /// Of no samples yet.
    pub fn new() -> Self {
        AmplitudeSums::default()
    }

    /// Adds what another has.
    pub fn merge(&mut self, other: AmplitudeSums) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.squares += other.squares;
        self.finite += other.finite;
        self.not_finite += other.not_finite;
        self.dead += other.dead;
    }

    /// What was found.
    pub fn amplitudes(&self) -> Amplitudes {
        let known = |v: f64| (self.finite > 0).then_some(v);
        let count = self.finite.max(1) as f64;
        Amplitudes {
            min: known(self.min),
            max: known(self.max),
            mean: known(self.sum / count),
            rms: known((self.squares / count).sqrt()),
            dead_traces: self.dead,
            not_finite: self.not_finite,
        }
    }

    /// Adds the samples of a trace.
    pub fn trace(&mut self, samples: &[f32]) {
        // Eight sums side by side are what the compiler makes vector code of; a trace's own sums lose nothing in f64.
        let (mut min, mut max) = ([f32::INFINITY; 8], [f32::NEG_INFINITY; 8]);
        let (mut sum, mut squares) = ([0f64; 8], [0f64; 8]);
        let (blocks, rest) = samples.as_chunks::<8>();
        for block in blocks {
            for (lane, value) in block.iter().enumerate() {
                if let (Some(min), Some(max), Some(sum), Some(squares)) =
                    (min.get_mut(lane), max.get_mut(lane), sum.get_mut(lane), squares.get_mut(lane))
                {
                    *min = min.min(*value);
                    *max = max.max(*value);
                    *sum += f64::from(*value);
                    *squares += f64::from(*value) * f64::from(*value);
                }
            }
        }
        let all: f64 = sum.iter().sum::<f64>() + rest.iter().map(|v| f64::from(*v)).sum::<f64>();
        let total: f64 = squares.iter().sum::<f64>() + rest.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        let low = min.iter().chain(rest).fold(f32::INFINITY, |a, b| a.min(*b));
        let high = max.iter().chain(rest).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        if total.is_finite() {
            self.min = self.min.min(f64::from(low));
            self.max = self.max.max(f64::from(high));
            self.sum += all;
            self.squares += total;
            self.finite += samples.len() as u64;
            self.dead += u64::from(low == 0.0 && high == 0.0);
            return;
        }
        // A trace with NaN or infinite samples: one by one.
        for value in samples {
            if value.is_finite() {
                let value = f64::from(*value);
                self.min = self.min.min(value);
                self.max = self.max.max(value);
                self.sum += value;
                self.squares += value * value;
                self.finite += 1;
            } else {
                self.not_finite += 1;
            }
        }
    }
}
