//! The binary header, bytes 3201-3600 of a file.

use super::field::{Field, Value};
use super::field_table::BINARY_FIELDS;
use super::{ByteOrder, SegyError};

/// Bytes of the binary header.
pub const BINARY_HEADER: usize = 400;

/// The revision of the standard a file states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// 0, 1 or 2.
    pub major: u8,
    /// 0 or 1.
    pub minor: u8,
}

impl std::fmt::Display for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The binary header as it is in the file, with the byte order it is read in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinaryHeader {
    /// Its 400 bytes.
    pub bytes: Vec<u8>,
    /// The byte order.
    pub order: ByteOrder,
}

impl BinaryHeader {
    /// A header of these bytes; what is missing of 400 reads as zero.
    pub fn new(bytes: Vec<u8>, order: ByteOrder) -> Self {
        BinaryHeader { bytes, order }
    }

    fn offset(byte: u16) -> usize {
        usize::from(byte).saturating_sub(3201)
    }

    /// Two signed bytes at a byte of the file, from 1.
    pub fn i16(&self, byte: u16) -> i16 {
        self.order.i16(&self.bytes, Self::offset(byte))
    }

    /// Two unsigned bytes at a byte of the file, from 1.
    pub fn u16(&self, byte: u16) -> u16 {
        self.order.u16(&self.bytes, Self::offset(byte))
    }

    /// Four unsigned bytes at a byte of the file, from 1.
    pub fn u32(&self, byte: u16) -> u32 {
        self.order.u32(&self.bytes, Self::offset(byte))
    }

    /// Eight unsigned bytes at a byte of the file, from 1.
    pub fn u64(&self, byte: u16) -> u64 {
        self.order.u64(&self.bytes, Self::offset(byte))
    }

    /// An IEEE double at a byte of the file, from 1.
    pub fn f64(&self, byte: u16) -> f64 {
        self.order.f64(&self.bytes, Self::offset(byte))
    }

    /// The two revision bytes, as they are.
    pub fn revision_bytes(&self) -> [u8; 2] {
        let byte = |at: usize| self.bytes.get(at).copied().unwrap_or(0);
        [byte(300), byte(301)]
    }

    /// The revision, and whether its bytes are as the standard wants them. Writers put 1 and 2 into the wrong byte, or 100; bytes that
    /// mean nothing are taken as revision 0.
    pub fn revision(&self) -> (Revision, bool) {
        let revision = |major, minor| Revision { major, minor };
        match self.revision_bytes() {
            [0, 0] => (revision(0, 0), true),
            [1, 0] => (revision(1, 0), true),
            [2, minor @ 0..=1] => (revision(2, minor), true),
            [0, 1 | 100] => (revision(1, 0), false),
            [0, 2 | 200] => (revision(2, 0), false),
            _ => (revision(0, 0), false),
        }
    }

    /// The field of this name in [`BINARY_FIELDS`].
    ///
    /// # Errors
    /// [`SegyError::Request`] where there is none.
    pub fn value(&self, name: &str) -> Result<Value, SegyError> {
        let field = BINARY_FIELDS.iter().find(|f| f.name == name);
        let field = field.ok_or_else(|| SegyError::Request(format!("`{name}` is no field of the binary header")))?;
        Ok(self.read(field))
    }

    /// Every field with its value.
    pub fn values(&self) -> impl Iterator<Item = (&'static Field, Value)> {
        BINARY_FIELDS.iter().map(|f| (f, self.read(f)))
    }

    fn read(&self, field: &Field) -> Value {
        field.kind.read(&self.bytes, Self::offset(field.byte), self.order)
    }

    /// Writes an integer field, by its byte of the file and its width.
    pub fn put(&mut self, byte: u16, width: usize, value: i64) {
        self.order.put(&mut self.bytes, Self::offset(byte), width, value as u64);
    }
}
