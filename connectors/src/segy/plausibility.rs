//! Whether the samples look like the format the header states.
//!
//! A wrong sample format code makes numbers all the same, and IBM floats read as IEEE floats even look like seismic
//! traces. Two things tell them apart. The first hexadecimal digit of the fraction of an IBM float is never 0 (but of 0
//! itself), whereas the same four bits of IEEE floats are 0 as often as others: they are the last bit of the exponent
//! and the first three of the fraction. And right samples follow each other smoothly and are of one order of size,
//! whereas bytes in a wrong order, and integers taken for floats, jump over dozens of orders.

use outcrop_types::Issue;

use super::amplitudes::spread;
use super::{ByteOrder, SampleFormat, SegyError, SegyFile};

/// Traces that are looked at.
const TRACES: u64 = 300;
/// Samples of each, at most.
const SAMPLES: usize = 1024;
/// Readings of which at least so many samples are not 0 can be judged.
const ENOUGH: usize = 200;

/// How samples look when they are read in a format and byte order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The format.
    pub format: SampleFormat,
    /// The byte order of the samples.
    pub order: ByteOrder,
    /// The part of the samples, but for zeros, that are no numbers, infinite, larger than 10^25 or smaller than 10^-25.
    pub absurd: f64,
    /// The change from sample to sample as a part of their size: below 1 for smooth traces, 1.4 for white noise, up to
    /// 2 for jumps. The median of the traces.
    pub roughness: f64,
    /// The spread of the sizes of samples, but for zeros: the standard deviation of their logarithm to base 2.
    pub spread: f64,
}

/// What the samples say about the format of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct FormatCheck {
    /// The samples as the file is read.
    pub stated: Reading,
    /// A reading that fits much better, where there is one.
    pub better: Option<Reading>,
    /// What was found, in words; `None` where there is too little to judge by (few samples that are not 0, or hardly
    /// any that differ).
    pub evidence: Option<String>,
    /// Samples looked at that are not 0.
    pub samples: usize,
}

impl FormatCheck {
    /// The warning `sample-format-doubtful`, where another reading fits much better. The file is read as stated all the
    /// same.
    pub fn issue(&self) -> Option<Issue> {
        let (found, evidence) = (self.better?, self.evidence.as_ref()?);
        let (better, order) = (found.format.name(), found.order.name());
        let (order, option) = match found.order == self.stated.order {
            true => (String::new(), String::new()),
            false => (format!(", {order}-endian"), format!(" --byte-order {order}")),
        };
        Some(Issue::warning(
            "sample-format-doubtful",
            format!(
                "samples are read as {}, {}-endian, as the header says, but look like {better}{order}: {evidence}. State \
                 that if so: --sample-format {}{option}; it is not changed without that",
                self.stated.format.name(),
                self.stated.order.name(),
                better.to_lowercase().replace(' ', "_"),
            ),
        ))
    }
}

/// Compares the samples of some traces, spread over the file, with the format they are read in.
///
/// # Errors
/// Where the file can't be read.
pub fn check_format(file: &SegyFile) -> Result<FormatCheck, SegyError> {
    let (format, order) = (file.layout().format, file.layout().order);
    let traces = live_samples(file)?;
    let stated = reading(&traces, format, order);
    let samples = traces.iter().map(|t| nonzero(t, format.width())).sum();
    let mut check = FormatCheck { stated, better: None, evidence: None, samples };
    if samples < ENOUGH || few_values(&traces, format.width()) {
        return Ok(check);
    }
    check.evidence = Some("nothing speaks against it".to_owned());
    if let Some((better, evidence)) =
        hexadecimal(&traces, &stated).or_else(|| reversed(&traces, &stated)).or_else(|| jumps(&traces, &stated))
    {
        (check.better, check.evidence) = (Some(better), Some(evidence));
    }
    Ok(check)
}

/// Bytes of the samples of spread traces that are not all 0, from the middle of each.
fn live_samples(file: &SegyFile) -> Result<Vec<Vec<u8>>, SegyError> {
    let (count, width) = (file.count(), file.layout().format.width());
    let chosen = count.min(TRACES);
    let mut traces = Vec::new();
    let mut buffer = Vec::new();
    for number in 0..chosen {
        let place = file.layout().place(spread(number, chosen, count))?;
        let samples = (place.samples as usize).min(SAMPLES);
        // Samples are taken in even numbers from an even one on, so that other widths fall on the same borders.
        let first = (place.samples as usize - samples) / 2 / 8 * 8;
        let offset = place.offset + u64::from(place.header) + (first * width) as u64;
        let bytes = file.bytes(offset, samples * width, &mut buffer)?;
        if bytes.iter().any(|b| *b != 0) {
            traces.push(bytes.to_vec());
        }
    }
    file.source().intact()?;
    Ok(traces)
}

fn nonzero(trace: &[u8], width: usize) -> usize {
    trace.chunks_exact(width).filter(|sample| sample.iter().any(|b| *b != 0)).count()
}

/// Whether there are but a few different samples: blocked or padded data, which any format would make of it.
fn few_values(traces: &[Vec<u8>], width: usize) -> bool {
    let mut samples: Vec<&[u8]> = traces.iter().flat_map(|t| t.chunks_exact(width)).take(20_000).collect();
    samples.sort_unstable();
    samples.dedup();
    samples.len() < 64
}

/// How traces look in a format.
fn reading(traces: &[Vec<u8>], format: SampleFormat, order: ByteOrder) -> Reading {
    let (mut absurd, mut counted, mut sum, mut squares) = (0usize, 0usize, 0.0, 0.0);
    let mut roughness = Vec::with_capacity(traces.len());
    let mut values = Vec::new();
    for trace in traces {
        values.clear();
        values.resize(trace.len() / format.width(), 0.0f64);
        format.decode_f64(trace, order, &mut values);
        for value in values.iter_mut().filter(|v| **v != 0.0) {
            let size = value.abs();
            counted += 1;
            if (1e-25..1e25).contains(&size) {
                let log = size.log2();
                (sum, squares) = (sum + log, squares + log * log);
            } else {
                absurd += 1;
                // They would outweigh all others.
                *value = if size < 1.0 { 0.0 } else { 1e25f64.copysign(if value.is_nan() { 1.0 } else { *value }) };
            }
        }
        // Of the change: the mean of a trace, as of velocities, makes nothing smooth.
        let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
        let size: f64 = values.iter().map(|v| (v - mean).abs()).sum();
        let change: f64 = values.windows(2).filter_map(|w| Some((w.last()? - w.first()?).abs())).sum();
        if size > 0.0 {
            roughness.push(change / size);
        }
    }
    let sane = (counted - absurd).max(1) as f64;
    let middle = roughness.len() / 2;
    let roughness = match roughness.is_empty() {
        true => 0.0,
        false => *roughness.select_nth_unstable_by(middle, f64::total_cmp).1,
    };
    Reading {
        format,
        order,
        absurd: absurd as f64 / counted.max(1) as f64,
        roughness,
        spread: (squares / sane - (sum / sane).powi(2)).max(0.0).sqrt(),
    }
}

/// IBM and IEEE floats told apart by the first digit of the fraction.
fn hexadecimal(traces: &[Vec<u8>], stated: &Reading) -> Option<(Reading, String)> {
    let other = match stated.format {
        SampleFormat::Ibm => SampleFormat::Float32,
        SampleFormat::Float32 => SampleFormat::Ibm,
        _ => return None,
    };
    // How often the upper bits but the sign have each value: exponent, and first digit of the fraction in the last
    // four.
    let mut seen = vec![0u32; 1 << 11];
    for bytes in traces.iter().flat_map(|t| t.as_chunks::<4>().0) {
        let word = match stated.order {
            ByteOrder::Little => u32::from_le_bytes(*bytes),
            _ => stated.order.u32(bytes, 0),
        };
        if word & 0x7fff_ffff != 0
            && let Some(seen) = seen.get_mut((word >> 20 & 0x7ff) as usize)
        {
            *seen += 1;
        }
    }
    let at = |digit: usize| u64::from(seen.get(digit).copied().unwrap_or(0));
    let total: u64 = seen.iter().map(|n| u64::from(*n)).sum();
    // Between two digits that are in use there must be some of the digit between them, if it can be.
    let zero: u64 = (0..1 << 11).step_by(16).map(at).sum();
    let expected: u64 = (16..1 << 11).step_by(16).map(|digit: usize| at(digit - 1).min(at(digit + 1))).sum();
    let reading = reading(traces, other, stated.order);
    let sane = reading.absurd < 0.01 && reading.spread < 16.0;
    let share = |n: u64| n as f64 * 100.0 / total.max(1) as f64;
    match stated.format {
        SampleFormat::Ibm if expected >= 30 && zero * 3 > expected && share(zero) > 0.5 && sane => Some((
            reading,
            format!(
                "{:.1} % of the samples would be IBM floats whose first digit is 0, which no writer makes; of IEEE \
                floats that many are to be expected",
                share(zero)
            ),
        )),
        SampleFormat::Float32 if expected >= 50 && zero * 20 < expected && sane => Some((
            reading,
            format!(
                "of {total} samples that are not 0, {zero} have four zero bits where the first digit of an IBM float \
                is, which is never 0; of IEEE \
                 floats about {expected} would"
            ),
        )),
        _ => None,
    }
}

/// Integers in the other byte order. Those of a few bits are as smooth when they are read in the wrong one, as
/// multiples of 256; but what is then the last byte is but a sign.
fn reversed(traces: &[Vec<u8>], stated: &Reading) -> Option<(Reading, String)> {
    if !matches!(stated.format, SampleFormat::Int16 | SampleFormat::Int24 | SampleFormat::Int32 | SampleFormat::Int64) {
        return None;
    }
    let order = match stated.order {
        ByteOrder::Big => ByteOrder::Little,
        ByteOrder::Little => ByteOrder::Big,
        ByteOrder::PairSwapped => return None,
    };
    let (mut firsts, mut lasts, mut samples) = ([0usize; 256], [0usize; 256], 0usize);
    for sample in traces.iter().flat_map(|t| t.chunks_exact(stated.format.width())) {
        let (Some(low), Some(high)) = (sample.first(), sample.last()) else { continue };
        let (first, last) = if stated.order == ByteOrder::Big { (low, high) } else { (high, low) };
        if sample.iter().any(|b| *b != 0) {
            samples += 1;
            firsts.get_mut(usize::from(*first)).into_iter().for_each(|n| *n += 1);
            lasts.get_mut(usize::from(*last)).into_iter().for_each(|n| *n += 1);
        }
    }
    let used = |bytes: &[usize; 256]| bytes.iter().filter(|n| **n * 1000 > samples).count();
    let at = |byte: usize| lasts.get(byte).copied().unwrap_or(0);
    let signs: usize = (0..8).chain(248..256).map(at).sum();
    let both = at(0).min(at(255)) * 20 > samples;
    if !both || signs * 100 < samples * 98 || used(&firsts) < 3 * used(&lasts) {
        return None;
    }
    let reading = reading(traces, stated.format, order);
    (reading.roughness < 1.6).then(|| {
        let evidence = format!(
            "the last byte of {:.1} % of the samples is 0 or 255 or near them, as the first of small numbers is, and \
            the first is anything",
            signs as f64 * 100.0 / samples.max(1) as f64
        );
        (reading, evidence)
    })
}

/// Readings of other formats and byte orders that are smooth and of one size where the stated one jumps.
fn jumps(traces: &[Vec<u8>], stated: &Reading) -> Option<(Reading, String)> {
    let hollow = hollow(traces, stated);
    if !(stated.absurd > 0.02 || stated.spread > 20.0 || stated.roughness > 1.0 || hollow) {
        return None;
    }
    // Of several, the smoothest; the stated width and order go before others.
    let cost = |r: &Reading| {
        let width = if r.format.width() == stated.format.width() { 0.0 } else { 0.3 };
        r.roughness + width + if r.order == stated.order { 0.0 } else { 0.05 }
    };
    let better = alternatives(stated)
        .into_iter()
        .map(|(format, order)| reading(traces, format, order))
        .filter(|reading| fits_better(reading, stated, hollow) && !self::hollow(traces, reading))
        .min_by(|a, b| cost(a).total_cmp(&cost(b)))?;
    // Floats of both kinds are smooth, and small integers in both orders; what they are is seen otherwise.
    let other = hexadecimal(traces, &better).or_else(|| reversed(traces, &better));
    let reading = other.map_or(better, |(other, _)| other);
    let evidence = format!(
        "as stated, {:.0} % of the samples are absurd, sizes spread over {:.0} powers of two, and the change from \
        sample to sample is {:.2} of their \
         size; read so, {:.0} %, {:.0} and {:.2}",
        stated.absurd * 100.0,
        stated.spread,
        stated.roughness,
        reading.absurd * 100.0,
        reading.spread,
        reading.roughness
    );
    Some((reading, evidence))
}

/// Formats and byte orders that the same bytes can be read in.
fn alternatives(stated: &Reading) -> Vec<(SampleFormat, ByteOrder)> {
    let width = stated.format.width();
    let other = if stated.order == ByteOrder::Big { ByteOrder::Little } else { ByteOrder::Big };
    let mut found = Vec::new();
    // Integers with and without sign differ in nothing that is looked at here.
    for format in [
        SampleFormat::Ibm,
        SampleFormat::Float32,
        SampleFormat::Int32,
        SampleFormat::Int16,
        SampleFormat::Float64,
        SampleFormat::Int24,
    ] {
        for order in [stated.order, other] {
            let same = (format, order) == (stated.format, stated.order);
            let fits = format.width() == width || matches!((width, format.width()), (4, 2 | 8) | (2 | 8, 4));
            // Which of the two kinds of floats it is, their digits have told.
            let told = is_float(format) && is_float(stated.format) && format.width() == width && order == stated.order;
            if fits && !same && !told {
                found.push((format, order));
            }
        }
    }
    found
}

fn is_float(format: SampleFormat) -> bool {
    matches!(format, SampleFormat::Ibm | SampleFormat::Float32 | SampleFormat::Float64)
}

fn fits_better(reading: &Reading, stated: &Reading, hollow: bool) -> bool {
    if reading.absurd >= 0.001 || reading.spread >= 12.0 {
        return false;
    }
    // How rough absurd numbers are says nothing; nor how rough floats are that are taken for integers.
    let meaningless = stated.absurd > 0.2 || stated.spread > 20.0 || (hollow && is_float(reading.format));
    let rough = if meaningless { 2.0 } else { stated.roughness };
    let smooth = reading.roughness < 1.0 && reading.roughness < 0.75 * rough.max(0.4);
    let clear = stated.absurd > 0.05 || meaningless;
    smooth || (clear && reading.roughness < 1.2 && reading.roughness <= rough + 0.2)
}

/// Whether wide integers keep away from 0: hardly any, but for zeros, is less than an eighth of the usual size. Seismic
/// samples pass through 0; the exponent makes large integers of floats of any size.
fn hollow(traces: &[Vec<u8>], reading: &Reading) -> bool {
    if !matches!(
        reading.format,
        SampleFormat::Int32 | SampleFormat::UInt32 | SampleFormat::Int64 | SampleFormat::UInt64
    ) {
        return false;
    }
    let mut sizes = Vec::new();
    let mut values = Vec::new();
    for trace in traces {
        values.clear();
        values.resize(trace.len() / reading.format.width(), 0.0f64);
        reading.format.decode_f64(trace, reading.order, &mut values);
        sizes.extend(values.iter().map(|v| v.abs()).filter(|v| *v > 0.0));
    }
    if sizes.is_empty() {
        return false;
    }
    let middle = sizes.len() / 2;
    let usual = *sizes.select_nth_unstable_by(middle, f64::total_cmp).1;
    let small = sizes.iter().filter(|v| **v < usual / 8.0).count();
    small * 100 < sizes.len()
}
