//! Data pages of Parquet: what of their headers a writer and a reader of whole pages need.
//!
//! Source: the Parquet format (`parquet.thrift`, `PageHeader`) in Thrift's compact protocol.

/// Compressed and uncompressed bytes of a page's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageSizes {
    pub(super) uncompressed: usize,
    pub(super) compressed: usize,
}

/// Reads the first three fields of a page header: the type, which must be DATA_PAGE (0), and the two sizes.
pub(super) fn sizes(header: &[u8]) -> Option<PageSizes> {
    let mut rest = header;
    let mut fields = [0u32; 3];
    for field in &mut fields {
        // Field number 1 above the last one, type i32.
        let (first, after) = rest.split_first()?;
        if *first != 0x15 {
            return None;
        }
        (*field, rest) = zigzag(after)?;
    }
    let [kind, uncompressed, compressed] = fields;
    (kind == 0).then_some(PageSizes { uncompressed: uncompressed as usize, compressed: compressed as usize })
}

/// The header of a data page of plain numbers without nulls, so without levels.
pub(super) fn header(values: usize, sizes: PageSizes, out: &mut Vec<u8>) {
    // Fields by their distance to the last one: type DATA_PAGE, the two sizes, then (5) the data page header: how many
    // values, their encoding (9: BYTE_STREAM_SPLIT), the encoding of levels (3: RLE) twice; two ends.
    out.push(0x15);
    push_zigzag(0, out);
    out.push(0x15);
    push_zigzag(sizes.uncompressed, out);
    out.push(0x15);
    push_zigzag(sizes.compressed, out);
    out.extend([0x2c, 0x15]);
    push_zigzag(values, out);
    out.extend([0x15, 9 << 1, 0x15, 3 << 1, 0x15, 3 << 1, 0, 0]);
}

fn push_zigzag(number: usize, out: &mut Vec<u8>) {
    let mut rest = (number as u64) << 1;
    while rest >= 0x80 {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// A number that is not negative, of at most 32 bits.
fn zigzag(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            let whole = value & 1 == 0;
            return whole.then(|| Some((u32::try_from(value >> 1).ok()?, bytes.get(i + 1..)?))).flatten();
        }
    }
    None
}

/// Traces that are read together.
const TILE: usize = 16;

/// Values of a page in BYTE_STREAM_SPLIT: the first bytes of all, then the second bytes of all, and so on.
#[derive(Clone, Copy)]
pub(super) struct Split<'a> {
    streams: [&'a [u8]; 4],
}

impl<'a> Split<'a> {
    pub(super) fn new(streams: [&'a [u8]; 4]) -> Self {
        Split { streams }
    }

    /// The samples of traces that lie side by side: `count` samples, `stride` values apart, of `traces` traces from the value `at`
    /// on. Those of a trace follow one another in `out`, where traces are `span` values apart. What is not there is left as it was.
    #[inline]
    pub(super) fn rows(&self, at: usize, stride: usize, count: usize, traces: usize, span: usize, out: &mut [f32]) {
        if count == 1 && span == 1 {
            return self.side_by_side(at, out.get_mut(..traces).unwrap_or_default());
        }
        let mut done = 0;
        while traces - done >= TILE {
            self.tile(at + done, stride, count, span, out.get_mut(done * span..).unwrap_or_default());
            done += TILE;
        }
        for trace in done..traces {
            let out = out.get_mut(trace * span..).unwrap_or_default();
            self.gather(at + trace, stride, out.get_mut(..count).unwrap_or_default());
        }
    }

    /// The values at `at` and every `stride` behind it.
    fn gather(&self, at: usize, stride: usize, out: &mut [f32]) {
        let [a, b, c, d] = self.streams.map(|s| s.get(at..).unwrap_or_default().iter().step_by(stride));
        for ((((value, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *value = f32::from_le_bytes([*a, *b, *c, *d]);
        }
    }

    /// Values that follow one another.
    fn side_by_side(&self, at: usize, out: &mut [f32]) {
        let [a, b, c, d] = self.streams.map(|s| s.get(at..).unwrap_or_default());
        for ((((value, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *value = f32::from_le_bytes([*a, *b, *c, *d]);
        }
    }

    /// [`TILE`] traces side by side: a line of the cache of each stream gives a sample of all of them.
    fn tile(&self, at: usize, stride: usize, count: usize, span: usize, out: &mut [f32]) {
        // A tile of so many samples stays in the registers and the first cache while it is turned.
        const SAMPLES: usize = 8;
        for from in (0..count).step_by(SAMPLES) {
            let samples = SAMPLES.min(count - from);
            let mut tile = [[0f32; TILE]; SAMPLES];
            for (k, row) in tile.iter_mut().enumerate().take(samples) {
                let place = at + (from + k) * stride;
                let parts =
                    self.streams.map(|s| s.get(place..place + TILE).and_then(|s| <&[u8; TILE]>::try_from(s).ok()));
                let [Some(a), Some(b), Some(c), Some(d)] = parts else { return };
                for ((((value, a), b), c), d) in row.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *value = f32::from_le_bytes([*a, *b, *c, *d]);
                }
            }
            for trace in 0..TILE {
                let out = out.get_mut(trace * span + from..).unwrap_or_default();
                for (value, row) in out.iter_mut().zip(tile.iter().take(samples)) {
                    *value = row.get(trace).copied().unwrap_or_default();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        // DATA_PAGE, 131072 bytes, 120000 compressed.
        let header = [0x15, 0x00, 0x15, 0x80, 0x80, 0x10, 0x15, 0x80, 0xd3, 0x0e, 0x2c];
        assert_eq!(sizes(&header), Some(PageSizes { uncompressed: 131_072, compressed: 120_000 }));
        let mut ours = Vec::new();
        super::header(32_768, PageSizes { uncompressed: 131_072, compressed: 120_000 }, &mut ours);
        assert_eq!(ours[..header.len()], header);
        assert_eq!(sizes(&header[..5]), None);
        assert_eq!(sizes(&[0x15, 0x04, 0x15, 0x00, 0x15, 0x00]), None);
        assert_eq!(sizes(&[0x15, 0x00, 0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn split_values() {
        let values = [1.5f32, -2.0, 1e30];
        let bytes = [0, 1, 2, 3].map(|i| values.map(|v| v.to_le_bytes()[i]));
        let split = Split::new([&bytes[0], &bytes[1], &bytes[2], &bytes[3]]);
        let mut out = [0.0; 3];
        split.gather(0, 2, &mut out);
        assert_eq!(out, [1.5, 1e30, 0.0]);
    }

    /// Whatever way is taken, every trace gets its own samples.
    #[test]
    fn rows_of_traces() {
        let (stride, samples) = (64, 21);
        let values: Vec<f32> = (0..stride * samples).map(|i| i as f32 * 1.37 - 500.0).collect();
        let bytes = [0, 1, 2, 3].map(|i| values.iter().map(|v| v.to_le_bytes()[i]).collect::<Vec<u8>>());
        let split = Split::new([&bytes[0], &bytes[1], &bytes[2], &bytes[3]]);
        for (first, count, traces, span) in
            [(0, 1, 64, 1), (3, 1, 5, 4), (7, 21, 1, 21), (5, 21, 40, 30), (0, 9, 64, 9)]
        {
            let mut out = vec![f32::NAN; traces * span];
            split.rows(first, stride, count, traces, span, &mut out);
            for trace in 0..traces {
                for k in 0..span {
                    let expected = if k < count { values[k * stride + first + trace] } else { f32::NAN };
                    assert_eq!(out[trace * span + k].to_bits(), expected.to_bits(), "{trace} {k}");
                }
            }
        }
    }
}
