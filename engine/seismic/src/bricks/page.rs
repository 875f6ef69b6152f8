//! Data pages of Parquet: what of their headers a reader of whole pages needs.
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
    /// The `bytes.len() / 4` values of a page.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let n = bytes.len() / 4;
        let (first, rest) = bytes.split_at(n);
        let (second, rest) = rest.split_at(n);
        let (third, fourth) = rest.split_at(n);
        Split { streams: [first, second, third, fourth.get(..n).unwrap_or_default()] }
    }

    /// The values from `at` on, as many as `out` holds; what is not there is left as it was.
    #[inline]
    pub(super) fn copy(&self, at: usize, out: &mut [f32]) {
        let end = at.saturating_add(out.len());
        let [Some(a), Some(b), Some(c), Some(d)] = self.streams.map(|s| s.get(at..end)) else { return };
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
        assert_eq!(sizes(&header[..5]), None);
        assert_eq!(sizes(&[0x15, 0x04, 0x15, 0x00, 0x15, 0x00]), None);
        assert_eq!(sizes(&[0x15, 0x00, 0x15, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), None);
    }

    #[test]
    fn split_values() {
        let values = [1.5f32, -2.0, 1e30];
        let bytes: Vec<u8> = (0..4).flat_map(|i| values.map(|v| v.to_le_bytes()[i])).collect();
        let split = Split::new(&bytes);
        let mut out = [0.0; 2];
        split.copy(1, &mut out);
        assert_eq!((out, split.value(0)), ([-2.0, 1e30], 1.5));
    }
}
