//! Windows of many traces: the same samples of each, read where they are.

use super::file::SegyFile;
use super::layout::{TracePlace, Traces, trace_bytes};
use super::{SampleFormat, SegyError};

/// Samples that are decoded at a time.
const BLOCK: usize = 1 << 12;

impl SegyFile {
    /// Samples of a trace from sample `first` on into `out`, as many as both have; the rest of `out` is left as it was. `buffer` is
    /// room that is used again and again.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn samples_at(
        &self,
        place: TracePlace,
        first: u32,
        buffer: &mut Vec<u8>,
        out: &mut [f32],
    ) -> Result<(), SegyError> {
        self.samples(place, first, buffer, out)
    }

    /// Reads `count` samples from sample `first` on of each of `traces` (numbers from 0), trace after trace, into `out`. Gives `false`,
    /// and does nothing, where the bytes are not in memory or traces have lengths of their own: then trace by trace is as fast.
    ///
    /// # Errors
    /// A trace or sample that is not there, or a file that was cut.
    pub fn read_windows(&self, traces: &[u32], first: u32, count: usize, out: &mut [f32]) -> Result<bool, SegyError> {
        let layout = self.layout();
        let (Some(all), Traces::Fixed { header, samples, .. }) = (self.source().view(), &layout.traces) else {
            return Ok(false);
        };
        if (first as usize).saturating_add(count) > *samples as usize {
            return Err(SegyError::Request(format!(
                "samples {first} to {} were asked for; traces have {samples}",
                first as usize + count
            )));
        }
        let (format, stride) = (layout.format, trace_bytes(*header, *samples, layout.format));
        let at = layout.start + u64::from(*header) + u64::from(first) * format.width() as u64;
        let bytes = count * format.width();
        let window = |trace: u32| {
            let offset = at + u64::from(trace) * stride;
            let from = usize::try_from(offset).ok();
            let found = from.and_then(|from| all.get(from..from.checked_add(bytes)?));
            found.ok_or(SegyError::CutWhileOpen { offset, length: bytes as u64 })
        };
        if count * format.width() >= 64 {
            for (trace, target) in traces.iter().zip(out.chunks_exact_mut(count.max(1))) {
                format.decode(window(*trace)?, layout.order, target);
            }
            return Ok(true);
        }
        // Short windows are gathered, so that decoding has something to work on.
        let mut gathered = Vec::with_capacity(BLOCK * bytes);
        for (traces, target) in traces.chunks(BLOCK).zip(out.chunks_mut(BLOCK * count.max(1))) {
            gathered.clear();
            match format.width() {
                4 if count == 1 => gather::<4>(traces, window, &mut gathered)?,
                2 if count == 1 => gather::<2>(traces, window, &mut gathered)?,
                _ => traces.iter().try_for_each(|t| window(*t).map(|w| gathered.extend_from_slice(w)))?,
            }
            format.decode(&gathered, layout.order, target);
        }
        Ok(true)
    }

    /// Whether a sample of these bytes is written as the same bytes again after it was read as `f32`.
    pub fn sample_is_exact(&self, bytes: &[u8]) -> bool {
        is_exact(self.layout().format, bytes, self.layout().order)
    }
}

/// One sample of each trace.
fn gather<'a, const N: usize>(
    traces: &[u32],
    window: impl Fn(u32) -> Result<&'a [u8], SegyError>,
    out: &mut Vec<u8>,
) -> Result<(), SegyError> {
    for trace in traces {
        match window(*trace)?.first_chunk::<N>() {
            Some(sample) => out.extend_from_slice(sample),
            None => return Err(SegyError::Request("a sample of another width".to_owned())),
        }
    }
    Ok(())
}

/// Decodes one sample and encodes it again.
fn is_exact(format: SampleFormat, bytes: &[u8], order: super::ByteOrder) -> bool {
    let mut value = [0f32];
    format.decode(bytes, order, &mut value);
    let mut back = Vec::with_capacity(8);
    let encoded = format.encode(&value, order, &mut back);
    encoded.unrepresentable.is_none() && back == bytes
}

impl SampleFormat {
    /// How many samples of these bytes (big-endian words for IBM floats, as they are in the file) do not come back as the same bytes
    /// when they are read as `f32` and written again. IBM floats do not where they are unnormalised, beyond the range of `f32`, or too
    /// small for it; integers of 4 and 8 bytes and doubles where they have more than 24 significant bits.
    pub fn inexact(self, bytes: &[u8], order: super::ByteOrder) -> usize {
        if self.exact_in_f32() {
            return 0;
        }
        if self == SampleFormat::Ibm && order != super::ByteOrder::PairSwapped {
            let word = |w: &[u8; 4]| match order {
                super::ByteOrder::Little => u32::from_le_bytes(*w),
                _ => u32::from_be_bytes(*w),
            };
            // Normalised, and of a size that `f32` has in full; or 0 of either sign. What is not so plain is tried one by one.
            let plain = |w: u32| {
                let size = w & 0x7fff_ffff;
                (size == 0) | ((w & 0x00f0_0000 != 0) & (0x2300_0000..0x6000_0000).contains(&size))
            };
            let words = bytes.as_chunks::<4>().0;
            if words.iter().fold(true, |all, w| all & plain(word(w))) {
                return 0;
            }
            return words.iter().filter(|w| !plain(word(w)) && !is_exact(self, *w, order)).count();
        }
        let bits = |bytes: [u8; 8]| match order {
            super::ByteOrder::Little => u64::from_le_bytes(bytes),
            _ => u64::from_be_bytes(bytes),
        };
        match self {
            SampleFormat::Float64 if order != super::ByteOrder::PairSwapped => {
                let lost = |bits: u64| f64::from(f64::from_bits(bits) as f32).to_bits() != bits;
                bytes.as_chunks::<8>().0.iter().filter(|b| lost(bits(**b))).count()
            }
            SampleFormat::Int32 if order != super::ByteOrder::PairSwapped => {
                let lost = |word: i32| word as f32 as i64 != i64::from(word);
                let word = |b: &[u8; 4]| {
                    if order == super::ByteOrder::Little { i32::from_le_bytes(*b) } else { i32::from_be_bytes(*b) }
                };
                bytes.as_chunks::<4>().0.iter().filter(|b| lost(word(b))).count()
            }
            _ => bytes.chunks_exact(self.width()).filter(|sample| !is_exact(self, sample, order)).count(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segy::ByteOrder;

    #[test]
    fn exactness_of_ibm_floats_is_that_of_reading_and_writing() {
        let mut state = 1u64;
        for round in 0..200_000u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mut word = (state >> 32) as u32;
            if round % 3 == 0 {
                // Fractions with leading zeros, and exponents near the ends of f32.
                word &= 0xff0f_ffff;
            }
            if round % 5 == 0 {
                word = word & 0x80ff_ffff | [31, 32, 33, 34, 95, 96, 97][round as usize % 7] << 24;
            }
            let bytes = word.to_be_bytes();
            let expected = is_exact(SampleFormat::Ibm, &bytes, ByteOrder::Big);
            assert_eq!(SampleFormat::Ibm.inexact(&bytes, ByteOrder::Big), usize::from(!expected), "{word:08x}");
        }
        for round in 0..50_000u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Doubles and integers of few bits and of many.
            let mask = if round % 2 == 0 { u64::MAX } else { u64::MAX << (round % 40) };
            let double = f64::from((state >> 40) as u32) * f64::from_bits((state & mask) >> 12 | 0x3ff0_0000_0000_0000);
            let single = if round % 3 == 0 { f64::from(double as f32) } else { double };
            let whole = (state >> 32) as i32 >> (round % 20);
            for order in [ByteOrder::Big, ByteOrder::Little, ByteOrder::PairSwapped] {
                let mut bytes = Vec::new();
                SampleFormat::Float64.encode(&[single], order, &mut bytes);
                let expected = is_exact(SampleFormat::Float64, &bytes, order);
                assert_eq!(SampleFormat::Float64.inexact(&bytes, order), usize::from(!expected), "{single}");
                bytes.clear();
                SampleFormat::Int32.encode(&[f64::from(whole)], order, &mut bytes);
                let expected = is_exact(SampleFormat::Int32, &bytes, order);
                assert_eq!(SampleFormat::Int32.inexact(&bytes, order), usize::from(!expected), "{whole}");
            }
        }
        assert_eq!(SampleFormat::Ibm.inexact(&[0; 8], ByteOrder::Big), 0);
        assert_eq!(SampleFormat::Int32.inexact(&16_777_217i32.to_be_bytes(), ByteOrder::Big), 1);
        assert_eq!(SampleFormat::Int32.inexact(&(1i32 << 30).to_be_bytes(), ByteOrder::Big), 0);
    }
}
