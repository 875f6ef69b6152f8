//! Fields of headers: where they are, what they hold, and their values.

use super::field_table::{EXTENSION_FIELDS, TRACE_FIELDS};
use super::{ByteOrder, SegyError};

/// Bytes of a trace header, and of each additional one.
pub const TRACE_HEADER: usize = 240;

/// What a field of a header holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Signed integer, 2 bytes.
    I16,
    /// Unsigned integer, 2 bytes.
    U16,
    /// Signed integer, 4 bytes.
    I32,
    /// Unsigned integer, 4 bytes.
    U32,
    /// Signed integer, 8 bytes.
    I64,
    /// Unsigned integer, 8 bytes.
    U64,
    /// IEEE double.
    F64,
    /// 8 characters.
    Text8,
}

impl FieldKind {
    /// Bytes of the field.
    pub fn width(self) -> usize {
        match self {
            FieldKind::I16 | FieldKind::U16 => 2,
            FieldKind::I32 | FieldKind::U32 => 4,
            FieldKind::I64 | FieldKind::U64 | FieldKind::F64 | FieldKind::Text8 => 8,
        }
    }

    /// The value at an offset of a header; zero outside of it.
    pub fn read(self, header: &[u8], at: usize, order: ByteOrder) -> Value {
        match self {
            FieldKind::I16 => Value::Int(i64::from(order.i16(header, at))),
            FieldKind::U16 => Value::Int(i64::from(order.u16(header, at))),
            FieldKind::I32 => Value::Int(i64::from(order.i32(header, at))),
            FieldKind::U32 => Value::Int(i64::from(order.u32(header, at))),
            FieldKind::I64 => Value::Int(order.u64(header, at) as i64),
            FieldKind::U64 => i64::try_from(order.u64(header, at))
                .map_or_else(|_| Value::Real(order.u64(header, at) as f64), Value::Int),
            FieldKind::F64 => Value::Real(order.f64(header, at)),
            FieldKind::Text8 => {
                let bytes = header.get(at..at.saturating_add(8)).unwrap_or_default();
                let (encoding, _) = super::TextEncoding::detect(bytes);
                Value::Text(encoding.decode(bytes).trim().to_owned())
            }
        }
    }
}

/// The value of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number.
    Int(i64),
    /// A real number.
    Real(f64),
    /// Characters.
    Text(String),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Int(v) => write!(f, "{v}"),
            Value::Real(v) => write!(f, "{v}"),
            Value::Text(v) => f.write_str(v),
        }
    }
}

/// A field of the standard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name here, snake_case.
    pub name: &'static str,
    /// Its first byte, from 1, as the standard counts: of the file for the binary header, of the header block otherwise.
    pub byte: u16,
    /// What it holds.
    pub kind: FieldKind,
    /// The first revision (major) that defines it.
    pub revision: u8,
    /// What it is, with its unit.
    pub title: &'static str,
}

/// A field of trace headers to read: one of the standard, or any byte.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceField {
    /// Its name: the standard's, or `byte_<n>`.
    pub name: String,
    /// Its first byte, from 1; bytes from 241 on are those of additional trace headers.
    pub byte: u16,
    /// What it holds. Text is not read as a column.
    pub kind: FieldKind,
}

impl TraceField {
    /// The field of the standard at a byte; a signed integer of 4 bytes where the standard has none.
    pub fn at(byte: u16) -> Self {
        match all().find(|(b, _)| *b == byte) {
            Some((_, field)) => TraceField { name: field.name.to_owned(), byte, kind: field.kind },
            None => TraceField { name: format!("byte_{byte}"), byte, kind: FieldKind::I32 },
        }
    }

    /// A signed integer of 4 bytes, or what `kind` says, at a byte.
    pub fn custom(byte: u16, kind: FieldKind) -> Self {
        TraceField { name: format!("byte_{byte}"), byte, kind }
    }

    /// The field of the standard of this name.
    ///
    /// # Errors
    /// [`SegyError::Request`] with the names there are.
    pub fn named(name: &str) -> Result<Self, SegyError> {
        let found = all().find(|(_, f)| f.name == name);
        found.map(|(byte, f)| TraceField { name: name.to_owned(), byte, kind: f.kind }).ok_or_else(|| {
            let names: Vec<&str> = all().map(|(_, f)| f.name).collect();
            SegyError::Request(format!("`{name}` is no field of trace headers; there are {}", names.join(", ")))
        })
    }

    /// Every field of the standard that can be a column, those of trace header extension 1 only when asked for.
    pub fn standard(extension: bool) -> Vec<Self> {
        all()
            .filter(|(byte, f)| f.kind != FieldKind::Text8 && (extension || usize::from(*byte) <= TRACE_HEADER))
            .map(|(byte, f)| TraceField { name: f.name.to_owned(), byte, kind: f.kind })
            .collect()
    }

    /// Offset within the headers of a trace.
    pub fn offset(&self) -> usize {
        usize::from(self.byte).saturating_sub(1)
    }

    /// The value in the headers of a trace.
    pub fn read(&self, header: &[u8], order: ByteOrder) -> Value {
        self.kind.read(header, self.offset(), order)
    }
}

/// The fields of trace header and extension 1 with their bytes within the headers of a trace.
fn all() -> impl Iterator<Item = (u16, &'static Field)> {
    let extension = EXTENSION_FIELDS.iter().map(|f| (f.byte + TRACE_HEADER as u16, f));
    TRACE_FIELDS.iter().map(|f| (f.byte, f)).chain(extension)
}

/// A scalar of the standard applied: a multiplier where positive, a divisor where negative, 1 where 0.
pub fn scaled(value: f64, scalar: i64) -> f64 {
    match scalar {
        0 => value,
        s if s > 0 => value * s as f64,
        s => value / -(s as f64),
    }
}
