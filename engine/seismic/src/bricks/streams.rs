//! The content of a page: its values in BYTE_STREAM_SPLIT, each of the four streams a frame of Zstandard.
//!
//! Of the four bytes of a sample only the one with the sign and most of the exponent can be counted on to compress; the
//! others are mostly noise. A stream that gains nothing is a frame with one raw block, which lies in the file as it is and
//! is read where it lies. So a brick costs the unpacking of a quarter of it, and takes less room than under LZ4, which has
//! no entropy coder. Any reader of Parquet can read it: what it knows as ZSTD is one or more frames.
//!
//! Source: RFC 8878 (Zstandard), the Parquet format (`Encodings.md`, `Compression.md`).

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::find_frame_compressed_size;

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Frame header descriptor: a single segment, the size of its content in four bytes, no checksum.
const DESCRIPTOR: u8 = 0xa0;
/// Bytes before the content of a frame with one raw block: magic, descriptor, size, block header.
const RAW_HEADER: usize = 4 + 1 + 4 + 3;
/// Content of a block at most.
const BLOCK: usize = 128 << 10;
/// The fastest level: what a higher one gains here is a few parts in a thousand.
const LEVEL: i32 = 1;

/// Packs pages.
pub(super) struct Packer {
    compressor: Compressor<'static>,
    streams: Vec<u8>,
    packed: Vec<u8>,
}

impl Packer {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Packer { compressor: Compressor::new(LEVEL)?, streams: Vec::new(), packed: Vec::new() })
    }

    /// Appends the page of some values.
    pub(super) fn pack(&mut self, values: &[f32], out: &mut Vec<u8>) -> std::io::Result<()> {
        let n = values.len();
        self.streams.resize(n * 4, 0);
        let (a, rest) = self.streams.split_at_mut(n);
        let (b, rest) = rest.split_at_mut(n);
        let (c, d) = rest.split_at_mut(n);
        for ((((value, a), b), c), d) in values.iter().zip(a).zip(b).zip(c).zip(d) {
            [*a, *b, *c, *d] = value.to_le_bytes();
        }
        self.packed.resize(zstd::zstd_safe::compress_bound(n), 0);
        for stream in self.streams.chunks_exact(n.max(1)) {
            if worthwhile(stream) {
                let size = self.compressor.compress_to_buffer(stream, &mut self.packed[..])?;
                // What gains less than a tenth is read faster as it is.
                if size <= n - n / 10 || n > BLOCK {
                    out.extend_from_slice(self.packed.get(..size).unwrap_or_default());
                    continue;
                }
            }
            out.extend_from_slice(&raw_header(n));
            out.extend_from_slice(stream);
        }
        Ok(())
    }
}

/// The head of a frame with one raw block of `n` bytes, at most [`BLOCK`].
fn raw_header(n: usize) -> [u8; RAW_HEADER] {
    let size = u32::try_from(n).unwrap_or(u32::MAX);
    let [a, b, c, d] = size.to_le_bytes();
    // Last block, of type raw (0).
    let [e, f, g, _] = (1 | size << 3).to_le_bytes();
    let [m, n, o, p] = MAGIC;
    [m, n, o, p, DESCRIPTOR, a, b, c, d, e, f, g]
}

/// Whether a stream may compress: by the entropy of some of its bytes. Noise is told in a fiftieth of the time that the
/// compressor needs to find nothing in it.
fn worthwhile(stream: &[u8]) -> bool {
    if stream.len() > BLOCK {
        return true;
    }
    let step = (stream.len() / 4096).max(1);
    let mut counts = [0u32; 256];
    let mut total = 0u32;
    // Not the first byte of each step, which in steps of a trace's length would be the same sample of all.
    for (i, bytes) in stream.chunks_exact(step).enumerate() {
        let Some(count) = bytes.get(i % step).and_then(|byte| counts.get_mut(usize::from(*byte))) else { continue };
        *count += 1;
        total += 1;
    }
    let total = f64::from(total.max(1));
    let bits: f64 = counts.iter().filter(|c| **c > 0).map(|c| f64::from(*c) / total).map(|p| -p * p.log2()).sum();
    bits < 7.3
}

/// Unpacks pages.
pub(super) struct Unpacker {
    decompressor: Decompressor<'static>,
    streams: [Vec<u8>; 4],
}

impl Unpacker {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Unpacker { decompressor: Decompressor::new()?, streams: Default::default() })
    }

    /// The streams of a page of `n` values; those that are stored as they are stay where they are.
    pub(super) fn unpack<'a>(&'a mut self, page: &'a [u8], n: usize) -> Result<[&'a [u8]; 4], String> {
        let mut rest = page;
        let mut raw = [None; 4];
        for (raw, stream) in raw.iter_mut().zip(&mut self.streams) {
            if let Some((content, after)) = stored(rest, n) {
                (*raw, rest) = (Some(content), after);
                continue;
            }
            let size =
                find_frame_compressed_size(rest).map_err(|_| "a byte stream is no frame of Zstandard".to_owned())?;
            let (frame, after) = rest.split_at_checked(size).ok_or("a byte stream ends too early")?;
            stream.resize(n, 0);
            match self.decompressor.decompress_to_buffer(frame, &mut stream[..]) {
                Ok(size) if size == n => rest = after,
                Ok(size) => return Err(format!("a byte stream has {size} of {n} bytes")),
                Err(e) => return Err(e.to_string()),
            }
        }
        if !rest.is_empty() {
            return Err(format!("{} bytes follow its four streams", rest.len()));
        }
        let [a, b, c, d] = &self.streams;
        let [ra, rb, rc, rd] = raw;
        Ok([ra.unwrap_or(a), rb.unwrap_or(b), rc.unwrap_or(c), rd.unwrap_or(d)])
    }
}

/// The content of a frame of one raw block of `n` bytes, and what follows it.
fn stored(bytes: &[u8], n: usize) -> Option<(&[u8], &[u8])> {
    if n > BLOCK {
        return None;
    }
    let (header, rest) = bytes.split_at_checked(RAW_HEADER)?;
    (header == raw_header(n)).then(|| rest.split_at_checked(n))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize) -> Vec<f32> {
        let mut state = 1u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        // Any sign and mantissa, one of eight exponents.
        (0..n).map(|_| f32::from_bits(next() & 0x807f_ffff | (0x7c + next() % 8) << 23)).collect()
    }

    fn there_and_back(values: &[f32]) -> usize {
        let mut page = Vec::new();
        Packer::new().unwrap().pack(values, &mut page).unwrap();
        let mut unpacker = Unpacker::new().unwrap();
        let streams = unpacker.unpack(&page, values.len()).unwrap();
        for (i, value) in values.iter().enumerate() {
            assert_eq!(f32::from_le_bytes(streams.map(|s| s[i])).to_bits(), value.to_bits());
        }
        // The library, and with it every reader of Parquet, sees one content.
        let whole = Decompressor::new().unwrap().decompress(&page, values.len() * 4).unwrap();
        assert_eq!(whole, streams.concat());
        page.len()
    }

    #[test]
    fn pages_are_unpacked_as_they_were() {
        for n in [1, 31, 4096, 32_768, 131_072, 300_000] {
            let values = noise(n);
            let size = there_and_back(&values);
            assert!(n < 4096 || size < n * 4 * 9 / 10, "{size} bytes for {n} values");
            let whole_numbers: Vec<f32> = values.iter().map(|v| (v * 100.0).round()).collect();
            assert!(n < 4096 || there_and_back(&whole_numbers) < n * 2);
            there_and_back(&vec![0.0; n]);
            there_and_back(&vec![f32::NAN; n]);
        }
    }

    #[test]
    fn noise_lies_as_it_is() {
        let values = noise(32_768);
        let mut page = Vec::new();
        Packer::new().unwrap().pack(&values, &mut page).unwrap();
        let mut unpacker = Unpacker::new().unwrap();
        let within = page.as_ptr_range();
        let streams = unpacker.unpack(&page, values.len()).unwrap();
        assert_eq!(streams.map(|s| within.contains(&s.as_ptr())), [true, true, true, false]);
    }

    #[test]
    fn damage_is_told() {
        let values = noise(4096);
        let mut page = Vec::new();
        Packer::new().unwrap().pack(&values, &mut page).unwrap();
        let mut unpacker = Unpacker::new().unwrap();
        for end in [0, 3, 11, 12, 4000, page.len() - 1] {
            assert!(unpacker.unpack(&page[..end], values.len()).is_err(), "{end}");
        }
        assert!(unpacker.unpack(&page, values.len() - 1).is_err());
        assert!(unpacker.unpack(&[page.clone(), vec![0]].concat(), values.len()).is_err());
    }
}
