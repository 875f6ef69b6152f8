//! The sample formats of SEG-Y: their codes, and samples decoded in bulk.
//!
//! Source: SEG-Y rev 2.1, binary file header bytes 3225-3226; IBM System/360 hexadecimal floating point.

use super::{ByteOrder, SegyError};

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleFormat {
    /// Code 1: IBM hexadecimal floating point, 4 bytes.
    Ibm,
    /// Code 2: two's complement integer, 4 bytes.
    Int32,
    /// Code 3: two's complement integer, 2 bytes.
    Int16,
    /// Code 5: IEEE float, 4 bytes.
    Float32,
    /// Code 6: IEEE float, 8 bytes.
    Float64,
    /// Code 7: two's complement integer, 3 bytes.
    Int24,
    /// Code 8: two's complement integer, 1 byte.
    Int8,
    /// Code 9: two's complement integer, 8 bytes.
    Int64,
    /// Code 10: unsigned integer, 4 bytes.
    UInt32,
    /// Code 11: unsigned integer, 2 bytes.
    UInt16,
    /// Code 12: unsigned integer, 8 bytes.
    UInt64,
    /// Code 15: unsigned integer, 3 bytes.
    UInt24,
    /// Code 16: unsigned integer, 1 byte.
    UInt8,
}

impl SampleFormat {
    /// All formats, by code.
    pub const ALL: [SampleFormat; 13] = [
        SampleFormat::Ibm,
        SampleFormat::Int32,
        SampleFormat::Int16,
        SampleFormat::Float32,
        SampleFormat::Float64,
        SampleFormat::Int24,
        SampleFormat::Int8,
        SampleFormat::Int64,
        SampleFormat::UInt32,
        SampleFormat::UInt16,
        SampleFormat::UInt64,
        SampleFormat::UInt24,
        SampleFormat::UInt8,
    ];

    /// The format of a code.
    ///
    /// # Errors
    /// [`SegyError::SampleFormat`] for codes the standard does not define, and for 4 (fixed point with gain), which is obsolete and whose
    /// gain is not defined well enough to compute amplitudes from.
    pub fn from_code(code: i32) -> Result<Self, SegyError> {
        SampleFormat::ALL.into_iter().find(|f| i32::from(f.code()) == code).ok_or(SegyError::SampleFormat {
            code,
            why: if code == 4 {
                "(fixed point with gain, obsolete) is not read, as its gain is not defined well enough"
            } else {
                "is not defined by the standard"
            },
        })
    }

    /// The code in the binary header.
    pub fn code(self) -> u8 {
        match self {
            SampleFormat::Ibm => 1,
            SampleFormat::Int32 => 2,
            SampleFormat::Int16 => 3,
            SampleFormat::Float32 => 5,
            SampleFormat::Float64 => 6,
            SampleFormat::Int24 => 7,
            SampleFormat::Int8 => 8,
            SampleFormat::Int64 => 9,
            SampleFormat::UInt32 => 10,
            SampleFormat::UInt16 => 11,
            SampleFormat::UInt64 => 12,
            SampleFormat::UInt24 => 15,
            SampleFormat::UInt8 => 16,
        }
    }

    /// Bytes of a sample.
    pub fn width(self) -> usize {
        match self {
            SampleFormat::Int8 | SampleFormat::UInt8 => 1,
            SampleFormat::Int16 | SampleFormat::UInt16 => 2,
            SampleFormat::Int24 | SampleFormat::UInt24 => 3,
            SampleFormat::Ibm | SampleFormat::Int32 | SampleFormat::Float32 | SampleFormat::UInt32 => 4,
            SampleFormat::Float64 | SampleFormat::Int64 | SampleFormat::UInt64 => 8,
        }
    }

    /// A name for people: `IBM float`, `int16` …
    pub fn name(self) -> &'static str {
        match self {
            SampleFormat::Ibm => "IBM float",
            SampleFormat::Int32 => "int32",
            SampleFormat::Int16 => "int16",
            SampleFormat::Float32 => "float32",
            SampleFormat::Float64 => "float64",
            SampleFormat::Int24 => "int24",
            SampleFormat::Int8 => "int8",
            SampleFormat::Int64 => "int64",
            SampleFormat::UInt32 => "uint32",
            SampleFormat::UInt16 => "uint16",
            SampleFormat::UInt64 => "uint64",
            SampleFormat::UInt24 => "uint24",
            SampleFormat::UInt8 => "uint8",
        }
    }

    /// Whether an `f32` holds every value of the format exactly: all but 32 and 64 bit integers, 64 bit floats, and IBM floats
    /// that are too large or too small (see [`ibm`]).
    pub fn exact_in_f32(self) -> bool {
        self.width() < 4 || self == SampleFormat::Float32
    }

    /// Decodes as many samples as both slices hold. Values that `f32` cannot hold are rounded to the nearest; IBM floats and doubles
    /// beyond its range become infinite, which the statistics counts.
    ///
    /// ```
    /// use outcrop_connectors::segy::{ByteOrder, SampleFormat};
    /// let mut sample = [0.0];
    /// SampleFormat::Ibm.decode(&[0xC2, 0x76, 0xA0, 0x00], ByteOrder::Big, &mut sample);
    /// assert_eq!(sample, [-118.625]);
    /// ```
    pub fn decode(self, bytes: &[u8], order: ByteOrder, out: &mut [f32]) {
        decode::<f32>(self, bytes, order, out);
    }

    /// [`SampleFormat::decode`] to doubles: exact but for 64 bit integers beyond 2^53, which are rounded.
    pub fn decode_f64(self, bytes: &[u8], order: ByteOrder, out: &mut [f64]) {
        decode::<f64>(self, bytes, order, out);
    }
}

/// The IBM float of a word: sign, excess-64 base-16 exponent of 7 bits, fraction of 24 bits. Every one is a double exactly, unnormalised
/// ones and −0 too.
#[inline(always)]
pub fn ibm(word: u32) -> f64 {
    // fraction × 16^(e−64) / 2^24 = fraction × 2^(4e−280): a scale that is always a normal double.
    let sign = u64::from(word >> 31) << 63;
    let exponent = u64::from((word >> 24) & 0x7f) * 4 + (1023 - 280);
    f64::from((word & 0x00ff_ffff) as i32) * f64::from_bits(sign | exponent << 52)
}

/// What samples are decoded to.
trait Real: Copy {
    fn from_f32(v: f32) -> Self;
    fn from_f64(v: f64) -> Self;
    fn from_i32(v: i32) -> Self;
    fn from_u32(v: u32) -> Self;
    fn from_i64(v: i64) -> Self;
    fn from_u64(v: u64) -> Self;
    fn from_ibm(word: u32) -> Self;
}

macro_rules! real {
    ($t:ty, $ibm:expr) => {
        impl Real for $t {
            #[inline(always)]
            fn from_f32(v: f32) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_f64(v: f64) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_i32(v: i32) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_u32(v: u32) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_i64(v: i64) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_u64(v: u64) -> Self {
                v as $t
            }
            #[inline(always)]
            fn from_ibm(word: u32) -> Self {
                $ibm(word)
            }
        }
    };
}

real!(f64, ibm);
real!(f32, |word: u32| ibm(word) as f32);

/// One pass over samples of `N` bytes.
#[inline(always)]
fn each<const N: usize, T>(bytes: &[u8], out: &mut [T], read: impl Fn([u8; N]) -> T) {
    for (sample, target) in bytes.as_chunks::<N>().0.iter().zip(out) {
        *target = read(*sample);
    }
}

fn decode<T: Real>(format: SampleFormat, bytes: &[u8], order: ByteOrder, out: &mut [T]) {
    match order {
        ByteOrder::Big => decode_big(format, bytes, out),
        ByteOrder::Little => decode_little(format, bytes, out),
        ByteOrder::PairSwapped => {
            // Rare: pairs are put right in blocks that stay in the cache, a whole number of samples each.
            let mut block = [0u8; 4096 * 3];
            let step = block.len() / format.width();
            for (samples, target) in bytes.chunks(step * format.width()).zip(out.chunks_mut(step)) {
                let Some(block) = block.get_mut(..samples.len()) else { return };
                block.copy_from_slice(samples);
                block.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.swap(0, 1));
                decode_big(format, block, target);
            }
        }
    }
}

fn decode_big<T: Real>(format: SampleFormat, bytes: &[u8], out: &mut [T]) {
    match format {
        SampleFormat::Ibm => each(bytes, out, |b| T::from_ibm(u32::from_be_bytes(b))),
        SampleFormat::Int32 => each(bytes, out, |b| T::from_i32(i32::from_be_bytes(b))),
        SampleFormat::Int16 => each(bytes, out, |b| T::from_i32(i32::from(i16::from_be_bytes(b)))),
        SampleFormat::Float32 => each(bytes, out, |b| T::from_f32(f32::from_be_bytes(b))),
        SampleFormat::Float64 => each(bytes, out, |b| T::from_f64(f64::from_be_bytes(b))),
        SampleFormat::Int24 => each(bytes, out, |[a, b, c]| T::from_i32(i32::from_be_bytes([a, b, c, 0]) >> 8)),
        SampleFormat::Int8 => each(bytes, out, |[b]| T::from_i32(i32::from(b as i8))),
        SampleFormat::Int64 => each(bytes, out, |b| T::from_i64(i64::from_be_bytes(b))),
        SampleFormat::UInt32 => each(bytes, out, |b| T::from_u32(u32::from_be_bytes(b))),
        SampleFormat::UInt16 => each(bytes, out, |b| T::from_i32(i32::from(u16::from_be_bytes(b)))),
        SampleFormat::UInt64 => each(bytes, out, |b| T::from_u64(u64::from_be_bytes(b))),
        SampleFormat::UInt24 => each(bytes, out, |[a, b, c]| T::from_i32(i32::from_be_bytes([0, a, b, c]))),
        SampleFormat::UInt8 => each(bytes, out, |[b]| T::from_i32(i32::from(b))),
    }
}

fn decode_little<T: Real>(format: SampleFormat, bytes: &[u8], out: &mut [T]) {
    match format {
        SampleFormat::Ibm => each(bytes, out, |b| T::from_ibm(u32::from_le_bytes(b))),
        SampleFormat::Int32 => each(bytes, out, |b| T::from_i32(i32::from_le_bytes(b))),
        SampleFormat::Int16 => each(bytes, out, |b| T::from_i32(i32::from(i16::from_le_bytes(b)))),
        SampleFormat::Float32 => each(bytes, out, |b| T::from_f32(f32::from_le_bytes(b))),
        SampleFormat::Float64 => each(bytes, out, |b| T::from_f64(f64::from_le_bytes(b))),
        SampleFormat::Int24 => each(bytes, out, |[a, b, c]| T::from_i32(i32::from_le_bytes([0, a, b, c]) >> 8)),
        SampleFormat::Int64 => each(bytes, out, |b| T::from_i64(i64::from_le_bytes(b))),
        SampleFormat::UInt32 => each(bytes, out, |b| T::from_u32(u32::from_le_bytes(b))),
        SampleFormat::UInt16 => each(bytes, out, |b| T::from_i32(i32::from(u16::from_le_bytes(b)))),
        SampleFormat::UInt64 => each(bytes, out, |b| T::from_u64(u64::from_le_bytes(b))),
        SampleFormat::UInt24 => each(bytes, out, |[a, b, c]| T::from_i32(i32::from_le_bytes([a, b, c, 0]))),
        SampleFormat::Int8 | SampleFormat::UInt8 => decode_big(format, bytes, out),
    }
}
