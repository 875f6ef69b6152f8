//! Statistics of samples, one trace after another.

use crate::{KernelError, Result};

/// Bits of a sample that its bin keeps: sign, exponent and nine of the mantissa.
const KEPT: u32 = 18;
const SHIFT: u32 = 32 - KEPT;

/// Counts, extremes, mean and level of samples, gathered trace by trace in double precision. Parts made
/// by different threads are put together by [`SampleStatistics::merge`]; the result does not depend
/// on how they were shared out, but for rounding of the sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampleStatistics {
    /// Samples.
    pub count: u64,
    /// Samples that are finite: what the rest is computed of.
    pub finite: u64,
    /// Samples that are exactly 0, which is what padding and mutes leave.
    pub zeros: u64,
    /// The smallest; NaN without a finite sample.
    pub min: f32,
    /// The largest; NaN without a finite sample.
    pub max: f32,
    /// Their sum.
    pub sum: f64,
    /// The sum of their squares.
    pub sum_of_squares: f64,
}

impl Default for SampleStatistics {
    fn default() -> SampleStatistics {
        SampleStatistics { count: 0, finite: 0, zeros: 0, min: f32::NAN, max: f32::NAN, sum: 0.0, sum_of_squares: 0.0 }
    }
}

impl SampleStatistics {
    /// Adds samples.
    pub fn add(&mut self, samples: &[f32]) {
        let (mut finite, mut zeros) = (0u64, 0u64);
        let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
        // Sums of a few samples at a time: they run in vector lanes and lose fewer digits.
        for part in samples.chunks(64) {
            let (mut sums, mut squares) = ([0.0f64; 8], [0.0f64; 8]);
            for eight in part.chunks(8) {
                for ((v, sum), square) in eight.iter().zip(&mut sums).zip(&mut squares) {
                    let reading = v.abs() < f32::INFINITY;
                    finite += u64::from(reading);
                    zeros += u64::from(*v == 0.0);
                    let x = f64::from(if reading { *v } else { 0.0 });
                    *sum += x;
                    *square += x * x;
                    min = if reading && *v < min { *v } else { min };
                    max = if reading && *v > max { *v } else { max };
                }
            }
            self.sum += sums.iter().sum::<f64>();
            self.sum_of_squares += squares.iter().sum::<f64>();
        }
        self.count += samples.len() as u64;
        self.finite += finite;
        self.zeros += zeros;
        if finite > 0 {
            // min and max of f32 leave NaN out.
            self.min = self.min.min(min);
            self.max = self.max.max(max);
        }
    }

    /// Adds what another one has gathered.
    pub fn merge(&mut self, other: &SampleStatistics) {
        self.count += other.count;
        self.finite += other.finite;
        self.zeros += other.zeros;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
    }

    /// The arithmetic mean; NaN without a finite sample.
    pub fn mean(&self) -> f64 {
        self.sum / self.finite as f64
    }

    /// The root of the mean of the squares; NaN without a finite sample.
    pub fn rms(&self) -> f64 {
        (self.sum_of_squares / self.finite as f64).sqrt()
    }

    /// The standard deviation with `n`; NaN without a finite sample.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        (self.sum_of_squares / self.finite as f64 - mean * mean).max(0.0).sqrt()
    }
}

/// The distribution of samples, for percentiles to clip pictures by, in one pass and two megabytes.
///
/// Samples are counted in bins that are the leading 18 bits of their binary form: 512 bins for each
/// power of two, either sign. So a percentile is within 0.2 % of the sample it stands for, whatever the
/// range, and nothing depends on the order of the samples or on chance.
#[derive(Debug, Clone)]
pub struct Distribution {
    bins: Vec<u64>,
    count: u64,
    min: f32,
    max: f32,
}

impl Default for Distribution {
    fn default() -> Distribution {
        Distribution { bins: vec![0; 1 << KEPT], count: 0, min: f32::NAN, max: f32::NAN }
    }
}

impl Distribution {
    /// Adds samples; those that are not finite are left out.
    pub fn add(&mut self, samples: &[f32]) {
        for v in samples {
            if v.is_finite() {
                if let Some(bin) = self.bins.get_mut((ordered(*v + 0.0) >> SHIFT) as usize) {
                    *bin += 1;
                }
                self.count += 1;
                self.min = self.min.min(*v);
                self.max = self.max.max(*v);
            }
        }
    }

    /// Adds what another one has gathered.
    pub fn merge(&mut self, other: &Distribution) {
        for (to, from) in self.bins.iter_mut().zip(&other.bins) {
            *to += from;
        }
        self.count += other.count;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Samples counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The percentile `p` from 0 (the smallest sample, exact) to 100 (the largest, exact); NaN without a sample.
    ///
    /// # Errors
    /// `InvalidParameter` for `p` outside 0 to 100.
    pub fn percentile(&self, p: f64) -> Result<f32> {
        check_percent(p)?;
        if self.count == 0 {
            return Ok(f32::NAN);
        }
        // The rank among the samples in order, as in `percentiles`.
        let rank = p / 100.0 * (self.count - 1) as f64;
        if rank <= 0.0 {
            return Ok(self.min);
        }
        if rank >= (self.count - 1) as f64 {
            return Ok(self.max);
        }
        let mut below = 0;
        for (k, n) in self.bins.iter().enumerate() {
            if *n > 0 && rank < (below + n) as f64 {
                // Samples spread evenly over their bin.
                let share = (rank - below as f64 + 0.5) / *n as f64;
                let low = f64::from(of_ordered((k as u32) << SHIFT));
                let high = f64::from(of_ordered(((k as u32) << SHIFT) | ((1 << SHIFT) - 1)));
                let value = (low + share.clamp(0.0, 1.0) * (high - low)) as f32;
                // The bin of zero reaches a little beyond it.
                let value = if value.abs() < f32::MIN_POSITIVE { 0.0 } else { value };
                return Ok(value.clamp(self.min, self.max));
            }
            below += n;
        }
        Ok(self.max)
    }

    /// The amplitude to clip a picture at so that `percent` of the samples are inside, both signs alike:
    /// the percentile of the absolute values. NaN without a sample.
    ///
    /// # Errors
    /// `InvalidParameter` for a percent outside 0 to 100.
    pub fn clip(&self, percent: f64) -> Result<f32> {
        let mut absolute = Distribution { bins: vec![0; 1 << KEPT], count: self.count, min: f32::NAN, max: f32::NAN };
        let half = 1 << (KEPT - 1);
        for (k, n) in self.bins.iter().enumerate() {
            // Bins of negative numbers mirror those of positive ones.
            let to = if k >= half { k } else { 2 * half - 1 - k };
            if let Some(bin) = absolute.bins.get_mut(to) {
                *bin += n;
            }
        }
        absolute.max = self.max.abs().max(self.min.abs());
        absolute.min = if self.min <= 0.0 && self.max >= 0.0 { 0.0 } else { self.min.abs().min(self.max.abs()) };
        absolute.percentile(percent)
    }
}

/// The bits of a number such that larger numbers have larger bits.
#[inline]
fn ordered(v: f32) -> u32 {
    let bits = v.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | (1 << 31) }
}

fn of_ordered(bits: u32) -> f32 {
    f32::from_bits(if bits >> 31 == 1 { bits & !(1 << 31) } else { !bits })
}

fn check_percent(p: f64) -> Result<()> {
    if (0.0..=100.0).contains(&p) {
        return Ok(());
    }
    Err(KernelError::parameter("percent", format!("expected 0 to 100, found {p}")))
}

/// Exact percentiles of samples that are all at hand, linear between neighbours in order; those that are not
/// finite are left out. `samples` are put in another order. NaN without a finite sample.
///
/// # Errors
/// `InvalidParameter` for a percent outside 0 to 100.
pub fn percentiles(samples: &mut [f32], percents: &[f64]) -> Result<Vec<f32>> {
    percents.iter().try_for_each(|p| check_percent(*p))?;
    let mut n = 0;
    for k in 0..samples.len() {
        if samples[k].is_finite() {
            samples.swap(n, k);
            n += 1;
        }
    }
    let finite = &mut samples[..n];
    let of = |p: &f64| {
        if finite.is_empty() {
            return f32::NAN;
        }
        let rank = p / 100.0 * (finite.len() - 1) as f64;
        let (low, share) = (rank.floor() as usize, rank.fract());
        let (_, at, above) = finite.select_nth_unstable_by(low, f32::total_cmp);
        let at = f64::from(*at);
        let next = above.iter().copied().fold(f32::INFINITY, f32::min);
        if share > 0.0 && next.is_finite() { (at + share * (f64::from(next) - at)) as f32 } else { at as f32 }
    };
    Ok(percents.iter().map(of).collect())
}
