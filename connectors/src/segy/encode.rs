//! Samples encoded: the reverse of [`super::sample`].

use super::{ByteOrder, SampleFormat};

/// What became of samples that were encoded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Encoded {
    /// Samples that had to be rounded.
    pub rounded: usize,
    /// The first sample the format cannot hold (too large, or not a number), from 0. What is written for such samples has no meaning.
    pub unrepresentable: Option<usize>,
}

/// The IBM float nearest to a number, halves to even; `None` for what IBM floats do not have: infinities, NaN, numbers of 16^63 and
/// more. Numbers below the smallest IBM float become 0 of their sign. Normalised IBM floats, and both zeros, come back as they were.
pub fn to_ibm(value: f64) -> Option<u32> {
    let sign = if value.is_sign_negative() { 0x8000_0000 } else { 0 };
    if value == 0.0 {
        return Some(sign);
    }
    if !value.is_finite() {
        return None;
    }
    let bits = value.abs().to_bits();
    let (raw, low) = ((bits >> 52) as i32, bits & 0x000f_ffff_ffff_ffff);
    if raw == 0 {
        return Some(sign);
    }
    // |value| = mantissa × 2^(raw−1075), of 53 bits. The hexadecimal exponent puts it below 16^e and not below 16^(e−1).
    let mantissa = low | 1 << 52;
    let magnitude = raw - 1075 + 53;
    let mut hex = magnitude.div_euclid(4) + i32::from(magnitude.rem_euclid(4) != 0);
    // fraction = value × 2^24 / 16^hex = mantissa × 2^(raw−1075 + 24 − 4 hex); the shift is to the right by 29 to 32.
    let mut shift = (4 * hex - 24 - (raw - 1075)) as u32;
    if hex < -64 {
        shift = shift.saturating_add(4 * (-64 - hex) as u32);
        hex = -64;
    }
    if shift > 60 {
        return Some(sign);
    }
    let (whole, rest, half) = (mantissa >> shift, mantissa & ((1 << shift) - 1), 1u64 << (shift - 1));
    let mut fraction = whole + u64::from(rest > half || (rest == half && whole & 1 == 1));
    if fraction > 0x00ff_ffff {
        fraction >>= 4;
        hex += 1;
    }
    let exponent = u32::try_from(hex + 64).ok().filter(|e| *e < 128)?;
    Some(sign | exponent << 24 | fraction as u32)
}

impl SampleFormat {
    /// Appends samples to `out`. Integers are rounded to the nearest, halves to even.
    pub fn encode<V: Copy + Into<f64>>(self, values: &[V], order: ByteOrder, out: &mut Vec<u8>) -> Encoded {
        let mut encoded = Encoded::default();
        let width = self.width();
        let within = if order == ByteOrder::Little { ByteOrder::Little } else { ByteOrder::Big };
        let start = out.len();
        out.resize(start + values.len() * width, 0);
        let Some(target) = out.get_mut(start..) else { return encoded };
        for (i, (value, bytes)) in values.iter().zip(target.chunks_exact_mut(width)).enumerate() {
            let value: f64 = (*value).into();
            let (word, back) = match self.word(value) {
                Some(word) => word,
                None => {
                    encoded.unrepresentable.get_or_insert(i);
                    continue;
                }
            };
            if back != value && !(back.is_nan() && value.is_nan()) {
                encoded.rounded += 1;
            }
            within.put(bytes, 0, width, word);
        }
        if order == ByteOrder::PairSwapped {
            // The pairs are those of the file, not of the sample: samples of 1 and 3 bytes lie across them.
            out.get_mut(start..)
                .into_iter()
                .for_each(|b| b.as_chunks_mut::<2>().0.iter_mut().for_each(|p| p.swap(0, 1)));
        }
        encoded
    }

    /// The word of a value and what it reads back as.
    fn word(self, value: f64) -> Option<(u64, f64)> {
        let signed = |bits: u32| {
            let whole = value.round_ties_even();
            let limit = 2f64.powi(bits as i32 - 1);
            (whole >= -limit && whole < limit).then_some((whole as i64 as u64, whole))
        };
        let unsigned = |bits: u32| {
            let whole = value.round_ties_even();
            (whole >= 0.0 && whole < 2f64.powi(bits as i32)).then_some((whole as u64, whole))
        };
        match self {
            SampleFormat::Ibm => to_ibm(value).map(|word| (u64::from(word), super::sample::ibm(word))),
            SampleFormat::Float32 => {
                let single = value as f32;
                let fits = single.is_finite() || !value.is_finite();
                fits.then_some((u64::from(single.to_bits()), f64::from(single)))
            }
            SampleFormat::Float64 => Some((value.to_bits(), value)),
            SampleFormat::Int8 => signed(8),
            SampleFormat::Int16 => signed(16),
            SampleFormat::Int24 => signed(24),
            SampleFormat::Int32 => signed(32),
            SampleFormat::Int64 => signed(64),
            SampleFormat::UInt8 => unsigned(8),
            SampleFormat::UInt16 => unsigned(16),
            SampleFormat::UInt24 => unsigned(24),
            SampleFormat::UInt32 => unsigned(32),
            SampleFormat::UInt64 => unsigned(64),
        }
    }
}
