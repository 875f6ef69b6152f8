//! Byte orders, and numbers read in them from headers.

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Most significant byte first, the standard's own.
    Big,
    /// Least significant byte first.
    Little,
    /// Big-endian with the two bytes of each pair exchanged (SEG-Y rev 2.0, bytes 3297-3300).
    PairSwapped,
}

impl ByteOrder {
    /// `big`, `little` or `pair-swapped`.
    pub fn name(self) -> &'static str {
        match self {
            ByteOrder::Big => "big",
            ByteOrder::Little => "little",
            ByteOrder::PairSwapped => "pair-swapped",
        }
    }

    /// The bytes of a number of at most 8 bytes, most significant first, right-aligned; `None` outside of the slice.
    fn word(self, bytes: &[u8], at: usize, width: usize) -> Option<u64> {
        let bytes = bytes.get(at..at.checked_add(width)?)?;
        let take = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        Some(match self {
            ByteOrder::Big => bytes.iter().fold(0, take),
            ByteOrder::Little => bytes.iter().rev().fold(0, take),
            ByteOrder::PairSwapped => bytes.chunks(2).flat_map(|pair| pair.iter().rev()).fold(0, take),
        })
    }

    /// Two bytes at an offset as a signed number; 0 outside of the slice, as for all of these.
    pub fn i16(self, bytes: &[u8], at: usize) -> i16 {
        self.u16(bytes, at) as i16
    }

    /// Two bytes as an unsigned number.
    pub fn u16(self, bytes: &[u8], at: usize) -> u16 {
        self.word(bytes, at, 2).unwrap_or(0) as u16
    }

    /// Four bytes as a signed number.
    pub fn i32(self, bytes: &[u8], at: usize) -> i32 {
        self.u32(bytes, at) as i32
    }

    /// Four bytes as an unsigned number.
    pub fn u32(self, bytes: &[u8], at: usize) -> u32 {
        self.word(bytes, at, 4).unwrap_or(0) as u32
    }

    /// Eight bytes as an unsigned number.
    pub fn u64(self, bytes: &[u8], at: usize) -> u64 {
        self.word(bytes, at, 8).unwrap_or(0)
    }

    /// Eight bytes as an IEEE double.
    pub fn f64(self, bytes: &[u8], at: usize) -> f64 {
        f64::from_bits(self.u64(bytes, at))
    }

    /// Writes the low `width` (at most 8) bytes of a word at an offset; does nothing outside of the slice.
    pub fn put(self, bytes: &mut [u8], at: usize, width: usize, word: u64) {
        let Some(target) = at.checked_add(width).and_then(|end| bytes.get_mut(at..end)) else { return };
        for (i, byte) in target.iter_mut().enumerate() {
            let place = match self {
                ByteOrder::Big => width - 1 - i,
                ByteOrder::Little => i,
                ByteOrder::PairSwapped => width - 1 - (i ^ 1).min(width - 1),
            };
            *byte = (word >> (8 * place)) as u8;
        }
    }
}
