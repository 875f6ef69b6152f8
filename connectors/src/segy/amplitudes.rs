//! Amplitude statistics, in one pass over all traces or some of them.

use super::field::TraceField;
use super::file::SegyFile;
use super::layout::TracePlace;
use super::{ByteOrder, SampleFormat, SegyError};

/// Which traces are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceChoice {
    /// All.
    All,
    /// So many, spread evenly over the file, the first and the last among them; all where there are not more.
    Spread(u64),
}

/// Statistics of the samples of some traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Amplitudes {
    /// Traces looked at.
    pub traces: u64,
    /// Whether those are all traces of the file.
    pub complete: bool,
    /// Samples looked at.
    pub samples: u64,
    /// Samples that are finite numbers. All statistics below are of these.
    pub finite: u64,
    /// Samples that are no number.
    pub nan: u64,
    /// Samples that are infinite; IBM floats of 2^128 and more too, as they are decoded to 32 bits.
    pub infinite: u64,
    /// The smallest; `None` where no sample is finite, as for all of these.
    pub min: Option<f64>,
    /// The largest.
    pub max: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The root mean square.
    pub rms: Option<f64>,
    /// The value below which 1 % of the samples lie, to within about 1 % of its size. Of at most some million samples,
    /// spread.
    pub p1: Option<f64>,
    /// The value below which 99 % of the samples lie.
    pub p99: Option<f64>,
    /// Samples that are 0.
    pub zeros: u64,
    /// Traces whose samples are all 0.
    pub zero_traces: u64,
    /// Traces whose samples are all the same, and not 0.
    pub constant_traces: u64,
    /// Traces that the trace identification code (bytes 29-30) calls dead: 2.
    pub dead_traces: u64,
    /// Samples that do not come back bit for bit when they are kept as 32 bit floats and written in the format of the
    /// file again: unnormalised and very large or small IBM floats, doubles and integers of more than 24 bits.
    pub irreversible: u64,
}

/// Samples that the percentiles are taken of, at least and at most about so many.
const PERCENTILE_SAMPLES: u64 = 4 << 20;
/// The upper bits of a 32 bit float: sign, exponent and 7 bits of the fraction.
const BINS: usize = 1 << 16;

/// Computes amplitude statistics. Memory does not grow with the file. `progress` is told how many traces are done,
/// every megabyte or so, and says whether to go on.
///
/// # Errors
/// [`SegyError::Cancelled`] where `progress` said to stop, and where the file can't be read.
pub fn amplitudes(
    file: &SegyFile,
    choice: TraceChoice,
    progress: &dyn Fn(u64) -> bool,
) -> Result<Amplitudes, SegyError> {
    let count = file.count();
    let chosen = match choice {
        TraceChoice::Spread(some) if some < count => some.max(1),
        _ => count,
    };
    let samples = chosen.saturating_mul(u64::from(file.layout().samples()));
    let mut running = Running::new(file, samples.div_ceil(PERCENTILE_SAMPLES).max(1));
    let mut stopped = false;
    if chosen == count {
        file.blocks(|first, places, bytes| {
            if !progress(first) {
                stopped = true;
                return Ok(false);
            }
            let start = places.first().map_or(0, |p| p.offset);
            for place in places {
                let at = (place.offset - start) as usize;
                let trace = bytes.get(at..).unwrap_or_default();
                running.trace(trace, *place);
            }
            Ok::<_, SegyError>(true)
        })?;
    } else {
        let mut buffer = Vec::new();
        for number in 0..chosen {
            if number % 64 == 0 && !progress(number) {
                stopped = true;
                break;
            }
            let trace = spread(number, chosen, count);
            let place = file.layout().place(trace)?;
            let length = file.layout().place_end(place) - place.offset;
            let bytes = file.bytes(place.offset, usize::try_from(length).unwrap_or(usize::MAX), &mut buffer)?;
            running.trace(bytes, place);
        }
    }
    if stopped {
        return Err(SegyError::Cancelled { traces: running.found.traces });
    }
    file.source().intact()?;
    progress(running.found.traces);
    Ok(running.finish(chosen == count))
}

/// The trace of a number among `chosen` spread over `count`.
pub(super) fn spread(number: u64, chosen: u64, count: u64) -> u64 {
    match chosen {
        0 | 1 => 0,
        _ => (u128::from(number) * u128::from(count.saturating_sub(1)) / u128::from(chosen - 1)) as u64,
    }
}

/// Sums while they grow.
struct Running {
    format: SampleFormat,
    order: ByteOrder,
    id: TraceField,
    found: Amplitudes,
    min: f64,
    max: f64,
    sum: f64,
    squares: f64,
    bins: Vec<u32>,
    /// Every so manieth trace counts for the percentiles.
    every: u64,
    single: Vec<f32>,
    double: Vec<f64>,
}

impl Running {
    fn new(file: &SegyFile, every: u64) -> Self {
        let found = Amplitudes {
            traces: 0,
            complete: false,
            samples: 0,
            finite: 0,
            nan: 0,
            infinite: 0,
            min: None,
            max: None,
            mean: None,
            rms: None,
            p1: None,
            p99: None,
            zeros: 0,
            zero_traces: 0,
            constant_traces: 0,
            dead_traces: 0,
            irreversible: 0,
        };
        Running {
            format: file.layout().format,
            order: file.layout().order,
            id: TraceField::at(29),
            found,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: 0.0,
            squares: 0.0,
            bins: vec![0; BINS],
            every,
            single: Vec::new(),
            double: Vec::new(),
        }
    }

    /// Takes a trace, headers and samples.
    fn trace(&mut self, bytes: &[u8], place: TracePlace) {
        let count = place.samples as usize;
        let (header, samples) = bytes.split_at((place.header as usize).min(bytes.len()));
        let samples = samples.get(..count * self.format.width()).unwrap_or(samples);
        let dead = self.id.kind.read(header, self.id.offset(), self.order) == super::Value::Int(2);
        self.found.dead_traces += u64::from(dead);
        let mut single = std::mem::take(&mut self.single);
        single.clear();
        single.resize(count, 0.0);
        self.format.decode(samples, self.order, &mut single);
        let exact = matches!(self.format, SampleFormat::Ibm) || self.format.exact_in_f32();
        self.found.irreversible += self.format.inexact(samples, self.order) as u64;
        if exact {
            self.values(&single);
        } else {
            let mut double = std::mem::take(&mut self.double);
            double.clear();
            double.resize(count, 0.0);
            self.format.decode_f64(samples, self.order, &mut double);
            self.values(&double);
            self.double = double;
        }
        if self.found.traces.is_multiple_of(self.every) {
            for value in single.iter().filter(|v| v.is_finite()) {
                if let Some(bin) = self.bins.get_mut(bin(*value)) {
                    *bin = bin.saturating_add(1);
                }
            }
        }
        self.found.traces += 1;
        self.found.samples += count as u64;
        self.single = single;
    }

    fn values<V: Copy + Into<f64> + PartialOrd + Default>(&mut self, values: &[V]) {
        let Some(first) = values.first().copied() else { return };
        let (sum, square) = sums(values);
        let (least, most) = extremes(first, values);
        let zero = values.iter().fold(0u32, |zeros, v| zeros + u32::from(*v == V::default()));
        self.found.zeros += u64::from(zero);
        let (least, most): (f64, f64) = (least.into(), most.into());
        if sum.is_finite() && least.is_finite() && most.is_finite() {
            self.found.finite += values.len() as u64;
            (self.sum, self.squares) = (self.sum + sum, self.squares + square);
            (self.min, self.max) = (self.min.min(least), self.max.max(most));
            if least == most {
                let all_zero = least == 0.0;
                self.found.zero_traces += u64::from(all_zero);
                self.found.constant_traces += u64::from(!all_zero);
            }
            return;
        }
        // Some are no finite numbers: one by one.
        for value in values.iter().map(|v| (*v).into()) {
            if value.is_finite() {
                self.found.finite += 1;
                (self.sum, self.squares) = (self.sum + value, self.squares + value * value);
                (self.min, self.max) = (self.min.min(value), self.max.max(value));
            } else if value.is_nan() {
                self.found.nan += 1;
            } else {
                self.found.infinite += 1;
            }
        }
    }

    fn finish(mut self, complete: bool) -> Amplitudes {
        self.found.complete = complete;
        let n = self.found.finite as f64;
        if self.found.finite > 0 {
            (self.found.min, self.found.max) = (Some(self.min), Some(self.max));
            (self.found.mean, self.found.rms) =
                (Some(self.sum / n), Some((self.squares / n).sqrt()).filter(|r| r.is_finite()));
            let within = |v: f64| v.clamp(self.min, self.max);
            (self.found.p1, self.found.p99) = (percentile(&self.bins, 0.01), percentile(&self.bins, 0.99));
            (self.found.p1, self.found.p99) = (self.found.p1.map(within), self.found.p99.map(within));
        }
        self.found
    }
}

/// Numbers that are summed beside each other, which the compiler makes vectors of.
const LANES: usize = 8;

/// The sum and the sum of squares; no finite numbers where a value is none.
fn sums<V: Copy + Into<f64>>(values: &[V]) -> (f64, f64) {
    let (mut sums, mut squares) = ([0.0f64; LANES], [0.0f64; LANES]);
    let (whole, rest) = values.as_chunks::<LANES>();
    for chunk in whole {
        for ((sum, square), v) in sums.iter_mut().zip(&mut squares).zip(chunk) {
            let v: f64 = (*v).into();
            *sum += v;
            *square += v * v;
        }
    }
    let (mut sum, mut square) = (sums.iter().sum::<f64>(), squares.iter().sum::<f64>());
    for v in rest {
        let v: f64 = (*v).into();
        sum += v;
        square += v * v;
    }
    (sum, square)
}

/// The smallest and the largest value; of no meaning where one is not a number.
fn extremes<V: Copy + PartialOrd>(first: V, values: &[V]) -> (V, V) {
    let less = |a: V, b: V| if b < a { b } else { a };
    let more = |a: V, b: V| if b > a { b } else { a };
    let (whole, rest) = values.as_chunks::<LANES>();
    let mut low = [first; LANES];
    for chunk in whole {
        low.iter_mut().zip(chunk).for_each(|(low, v)| *low = less(*low, *v));
    }
    let mut high = [first; LANES];
    for chunk in whole {
        high.iter_mut().zip(chunk).for_each(|(high, v)| *high = more(*high, *v));
    }
    let least = low.iter().chain(rest).fold(first, |a, b| less(a, *b));
    let most = high.iter().chain(rest).fold(first, |a, b| more(a, *b));
    (least, most)
}

/// The bin of a value: bins rise with values.
fn bin(value: f32) -> usize {
    let bits = (value.to_bits() >> 16) as usize;
    // Negative numbers are the more the larger their bits.
    if bits >= BINS / 2 { BINS - 1 - bits } else { bits + BINS / 2 }
}

/// The middle of a bin.
fn middle(bin: usize) -> f64 {
    let bits = if bin < BINS / 2 { BINS - 1 - bin } else { bin - BINS / 2 };
    let low = f32::from_bits((bits as u32) << 16);
    let high = f32::from_bits((bits as u32) << 16 | 0xffff);
    // Numbers of few digits fill but the lower end of a bin.
    if low == 0.0 { 0.0 } else { f64::midpoint(f64::from(low), f64::from(high)) }
}

/// The value below which a part of the counted samples lie.
fn percentile(bins: &[u32], part: f64) -> Option<f64> {
    let total: u64 = bins.iter().map(|b| u64::from(*b)).sum();
    let wanted = (total.saturating_sub(1) as f64 * part).round() as u64;
    let mut below = 0;
    for (number, count) in bins.iter().enumerate() {
        below += u64::from(*count);
        if below > wanted {
            return Some(middle(number));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_rise_with_values() {
        let values = [-1e30f32, -2.5, -1.0, -1e-30, 0.0, 1e-30, 1.0, 1.01, 2.5, 1e30];
        assert!(values.windows(2).all(|w| bin(w[0]) <= bin(w[1])));
        for value in values {
            assert!((middle(bin(value)) - f64::from(value)).abs() <= f64::from(value).abs() / 128.0);
        }
    }

    #[test]
    fn spread_traces_reach_the_ends() {
        assert_eq!((0..3).map(|n| spread(n, 3, 101)).collect::<Vec<_>>(), [0, 50, 100]);
        assert_eq!(spread(0, 1, 100), 0);
    }
}
