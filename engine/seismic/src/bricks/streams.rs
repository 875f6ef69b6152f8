//! The content of a page: its values in BYTE_STREAM_SPLIT, under LZ4.
//!
//! Of the four bytes of a sample only the one with the sign and most of the exponent can be counted on to compress; those
//! before it are mostly noise. In a block of LZ4 noise is a run of literals, bytes as they are. So the streams that gain
//! nothing are written as the first literals of the block, and are read where they lie; what is unpacked of a brick is the
//! rest, a quarter mostly. Any reader of Parquet reads such a page, and a page that another program wrote is read here too:
//! whatever streams lie whole within the first literals stay where they are.
//!
//! Source: the LZ4 block format (`lz4_Block_format.md`), the Parquet format (`Encodings.md`).

use lz4_flex::block::{CompressError, compress_into, get_maximum_output_size};

use super::block::{self, SLACK};

/// Packs pages.
#[derive(Default)]
pub(super) struct Packer {
    streams: Vec<u8>,
    packed: Vec<u8>,
}

impl Packer {
    /// Appends the page of some values.
    pub(super) fn pack(&mut self, values: &[f32], out: &mut Vec<u8>) -> Result<(), CompressError> {
        let n = values.len();
        self.streams.resize(n * 4, 0);
        split(values, &mut self.streams);
        self.packed.resize(get_maximum_output_size(n * 4), 0);
        let (mut noisy, mut tried) = (0, None);
        for stream in self.streams.chunks_exact(n.max(1)) {
            if !is_mixed(stream) {
                let size = compress_into(stream, &mut self.packed)?;
                if size <= n - n / 10 {
                    tried = Some(size);
                    break;
                }
            }
            noisy += n;
        }
        let (noise, rest) = self.streams.split_at(noisy);
        // Mostly the rest is the one stream that was tried.
        let size = match tried {
            Some(size) if rest.len() == n => size,
            _ => compress_into(rest, &mut self.packed)?,
        };
        // The noise goes before the literals that the rest begins with; what matches point at is as far away as it was.
        let rest = self.packed.get(..size).unwrap_or_default();
        let Some(first) = Sequence::first(rest) else { return Err(CompressError::OutputTooSmall) };
        push_literals(first.matched, noise.len() + first.literals, out);
        out.extend_from_slice(noise);
        out.extend_from_slice(rest.get(first.begin..).unwrap_or_default());
        Ok(())
    }
}

/// Splits values into their bytes: the first bytes of all, the second bytes of all, and so on.
fn split(values: &[f32], streams: &mut [u8]) {
    // Blocks of a size that the compiler knows become shuffles of whole registers.
    const BLOCK: usize = 32;
    let n = values.len();
    let (a, rest) = streams.split_at_mut(n);
    let (b, rest) = rest.split_at_mut(n);
    let (c, d) = rest.split_at_mut(n);
    let (blocks, _) = values.as_chunks::<BLOCK>();
    let targets = a.as_chunks_mut::<BLOCK>().0.iter_mut().zip(b.as_chunks_mut::<BLOCK>().0);
    let targets = targets.zip(c.as_chunks_mut::<BLOCK>().0.iter_mut().zip(d.as_chunks_mut::<BLOCK>().0));
    for (block, ((a, b), (c, d))) in blocks.iter().zip(targets) {
        let bits = block.map(f32::to_bits);
        *a = bits.map(|v| v as u8);
        *b = bits.map(|v| (v >> 8) as u8);
        *c = bits.map(|v| (v >> 16) as u8);
        *d = bits.map(|v| (v >> 24) as u8);
    }
    let done = n - n % BLOCK;
    let rest = values.iter().zip(&mut *a).zip(&mut *b).zip(&mut *c).zip(&mut *d).skip(done);
    for ((((value, a), b), c), d) in rest {
        [*a, *b, *c, *d] = value.to_le_bytes();
    }
}

/// Whether a stream is noise, by the entropy of some of its bytes: told in a fraction of the time that the compressor needs
/// to find nothing in it.
fn is_mixed(stream: &[u8]) -> bool {
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
    bits > 7.0
}

/// What a block of LZ4 begins with.
struct Sequence {
    /// The part of the token that is about the match behind the literals.
    matched: u8,
    /// How many literals there are.
    literals: usize,
    /// Where they begin.
    begin: usize,
}

impl Sequence {
    fn first(block: &[u8]) -> Option<Self> {
        let (token, mut rest) = block.split_first()?;
        let mut literals = usize::from(token >> 4);
        if literals == 15 {
            loop {
                let (more, after) = rest.split_first()?;
                rest = after;
                literals = literals.checked_add(usize::from(*more))?;
                if *more < 255 {
                    break;
                }
            }
        }
        Some(Sequence { matched: token & 15, literals, begin: block.len() - rest.len() })
    }
}

/// Appends a token and the length of the literals behind it.
fn push_literals(matched: u8, literals: usize, out: &mut Vec<u8>) {
    out.push((literals.min(15) as u8) << 4 | matched);
    if let Some(more) = literals.checked_sub(15) {
        out.extend(std::iter::repeat_n(255, more / 255));
        out.push((more % 255) as u8);
    }
}

/// Unpacks pages.
#[derive(Default)]
pub(super) struct Unpacker {
    rest: Vec<u8>,
    values: Vec<u8>,
}

impl Unpacker {
    /// The streams of a page of `n` values; those that lie as they are stay where they are. Of the others the values before
    /// `wanted` are unpacked, and what is behind them may be anything.
    pub(super) fn unpack<'a>(&'a mut self, page: &'a [u8], n: usize, wanted: usize) -> Result<[&'a [u8]; 4], String> {
        // Only the last stream can be left unfinished.
        let needed = (n * 3 + wanted).min(n * 4);
        self.values.resize(n * 4 + SLACK, 0);
        let first = Sequence::first(page).ok_or("it ends too early")?;
        let literals = first.begin.checked_add(first.literals).and_then(|end| page.get(first.begin..end));
        let literals = literals.ok_or("it ends too early")?;
        let there = literals.len().checked_div(n).unwrap_or(0).min(4) * n;
        let (there, unpacked) = if there == n * 4 && literals.len() == there && first.begin + there == page.len() {
            (there, Ok(0))
        } else if there == 0 {
            (0, block::unpack(page, &mut self.values, needed))
        } else {
            self.rest.clear();
            push_literals(first.matched, literals.len() - there, &mut self.rest);
            self.rest.extend_from_slice(page.get(first.begin + there..).unwrap_or_default());
            match self
                .values
                .get_mut(there..)
                .map(|values| block::unpack(&self.rest, values, needed.saturating_sub(there)))
            {
                Some(Ok(size)) => (there, Ok(size)),
                // A page of another program may point into the literals at the beginning.
                _ => (0, block::unpack(page, &mut self.values, needed)),
            }
        };
        match unpacked {
            Ok(size) if there + size >= needed => {}
            Ok(size) => return Err(format!("it has {} of {} bytes", there + size, n * 4)),
            Err(error) => return Err(error),
        }
        let stream = |number: usize| {
            let place = number * n..(number + 1) * n;
            let bytes = if place.end <= there { literals.get(place) } else { self.values.get(place) };
            bytes.unwrap_or_default()
        };
        Ok([stream(0), stream(1), stream(2), stream(3)])
    }
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
        // Any mantissa, one of a few exponents for hundreds of values together.
        (0..n).map(|i| f32::from_bits((next() & 0x007f_ffff) | (0x7c + (i as u32 / 300) % 5) << 23)).collect()
    }

    fn packed(values: &[f32]) -> Vec<u8> {
        let mut page = Vec::new();
        Packer::default().pack(values, &mut page).unwrap();
        page
    }

    fn split(values: &[f32]) -> Vec<u8> {
        (0..4).flat_map(|i| values.iter().map(move |v| v.to_le_bytes()[i])).collect()
    }

    fn there_and_back(values: &[f32]) -> usize {
        let page = packed(values);
        let expected = split(values);
        assert_eq!(Unpacker::default().unpack(&page, values.len(), values.len()).unwrap().concat(), expected);
        // The library, and with it every reader of Parquet, sees the same; and its own pages are read.
        assert_eq!(lz4_flex::block::decompress(&page, expected.len()).unwrap(), expected);
        let theirs = lz4_flex::block::compress(&expected);
        assert_eq!(Unpacker::default().unpack(&theirs, values.len(), values.len()).unwrap().concat(), expected);
        page.len()
    }

    #[test]
    fn pages_are_unpacked_as_they_were() {
        for n in [1, 2, 31, 4096, 32_768, 131_072, 300_000] {
            let values = noise(n);
            let size = there_and_back(&values);
            assert!(n < 4096 || size < n * 4 * 8 / 10, "{size} bytes for {n} values");
            let whole_numbers: Vec<f32> = values.iter().map(|v| (v * 100.0).round()).collect();
            assert!(n < 4096 || there_and_back(&whole_numbers) < n * 3);
            there_and_back(&vec![0.0; n]);
            there_and_back(&vec![f32::NAN; n]);
        }
    }

    #[test]
    fn noise_lies_as_it_is() {
        let values = noise(32_768);
        let page = packed(&values);
        let mut unpacker = Unpacker::default();
        let within = page.as_ptr_range();
        let streams = unpacker.unpack(&page, values.len(), values.len()).unwrap();
        assert_eq!(streams.map(|s| within.contains(&s.as_ptr())), [true, true, true, false]);
    }

    #[test]
    fn damage_is_told() {
        let values = noise(4096);
        let page = packed(&values);
        let mut unpacker = Unpacker::default();
        for end in [0, 1, 3, 11, 4000, 12_300, page.len() - 1] {
            assert!(unpacker.unpack(&page[..end], values.len(), values.len()).is_err(), "{end}");
        }
        assert!(unpacker.unpack(&page, values.len() - 1, values.len() - 1).is_err());
        assert!(unpacker.unpack(&[0xf0, 255, 255, 255], 4096, 4096).is_err());
        assert!(unpacker.unpack(&[0xff; 64], 4096, 4096).is_err());
    }

    proptest::proptest! {
        #[test]
        fn bytes_of_any_kind_are_refused_or_read(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), n in 0usize..64) {
            let _ = Unpacker::default().unpack(&bytes, n, n);
        }
    }
}
