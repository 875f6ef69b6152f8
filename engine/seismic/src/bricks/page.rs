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

/// Values of a page in BYTE_STREAM_SPLIT: the first bytes of all, then the second bytes of all, and so on.
#[derive(Clone, Copy)]
pub(super) struct Split<'a> {
    streams: [&'a [u8]; 4],
}

impl<'a> Split<'a> {
    pub(super) fn new(streams: [&'a [u8]; 4]) -> Self {
        Split { streams }
    }

    /// The values at `at` and every `stride` behind it, as many as `out` holds; what is not there is left as it was.
    #[inline]
    pub(super) fn gather(&self, at: usize, stride: usize, out: &mut [f32]) {
        let [a, b, c, d] = self.streams.map(|s| s.get(at..).unwrap_or_default().iter().step_by(stride));
        for ((((value, a), b), c), d) in out.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *value = f32::from_le_bytes([*a, *b, *c, *d]);
        }
    }

    /// One value; 0 outside.
    #[inline(always)]
    pub(super) fn value(&self, at: usize) -> f32 {
        f32::from_le_bytes(self.streams.map(|s| s.get(at).copied().unwrap_or(0)))
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
        assert_eq!((out, split.value(1)), ([1.5, 1e30, 0.0], -2.0));
    }
}
