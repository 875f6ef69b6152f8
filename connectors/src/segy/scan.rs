//! Fields of all trace headers as columns, in one pass.

use super::field::{FieldKind, TraceField};
use super::file::SegyFile;
use super::layout::{TracePlace, Traces};
use super::{ByteOrder, SegyError};

/// The values of a header field, a value for each trace, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum HeaderColumn {
    /// Fields of 2 bytes and signed ones of 4.
    I32(Vec<i32>),
    /// Unsigned fields of 4 bytes and those of 8; unsigned values above the range of `i64` are its largest.
    I64(Vec<i64>),
    /// Fields of IEEE doubles.
    F64(Vec<f64>),
}

impl HeaderColumn {
    pub(super) fn with_capacity(kind: FieldKind, count: usize) -> Result<Self, SegyError> {
        match kind {
            FieldKind::I16 | FieldKind::U16 | FieldKind::I32 => Ok(HeaderColumn::I32(Vec::with_capacity(count))),
            FieldKind::U32 | FieldKind::I64 | FieldKind::U64 => Ok(HeaderColumn::I64(Vec::with_capacity(count))),
            FieldKind::F64 => Ok(HeaderColumn::F64(Vec::with_capacity(count))),
            FieldKind::Text8 => {
                Err(SegyError::Request("a field of characters can't be read as a column of numbers".to_owned()))
            }
        }
    }

    /// How many values.
    pub fn len(&self) -> usize {
        match self {
            HeaderColumn::I32(v) => v.len(),
            HeaderColumn::I64(v) => v.len(),
            HeaderColumn::F64(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A value as a real number; `None` outside.
    pub fn real(&self, index: usize) -> Option<f64> {
        match self {
            HeaderColumn::I32(v) => v.get(index).map(|v| f64::from(*v)),
            HeaderColumn::I64(v) => v.get(index).map(|v| *v as f64),
            HeaderColumn::F64(v) => v.get(index).copied(),
        }
    }

    /// The whole numbers of the column; reals are truncated.
    pub fn integers(&self) -> Vec<i64> {
        match self {
            HeaderColumn::I32(v) => v.iter().map(|v| i64::from(*v)).collect(),
            HeaderColumn::I64(v) => v.clone(),
            HeaderColumn::F64(v) => v.iter().map(|v| *v as i64).collect(),
        }
    }

    /// Appends a field of headers that lie `stride` apart.
    pub(super) fn append(&mut self, bytes: &[u8], stride: usize, field: &TraceField, order: ByteOrder) {
        let at = field.offset();
        match (self, field.kind) {
            (HeaderColumn::I32(out), FieldKind::I32) => {
                strided(out, bytes, stride, at, order, i32::from_be_bytes, i32::from_le_bytes)
            }
            (HeaderColumn::I32(out), FieldKind::I16) => {
                let (be, le) = (|b| i32::from(i16::from_be_bytes(b)), |b| i32::from(i16::from_le_bytes(b)));
                strided(out, bytes, stride, at, order, be, le);
            }
            (HeaderColumn::I32(out), FieldKind::U16) => {
                let (be, le) = (|b| i32::from(u16::from_be_bytes(b)), |b| i32::from(u16::from_le_bytes(b)));
                strided(out, bytes, stride, at, order, be, le);
            }
            (HeaderColumn::I64(out), FieldKind::U32) => {
                let (be, le) = (|b| i64::from(u32::from_be_bytes(b)), |b| i64::from(u32::from_le_bytes(b)));
                strided(out, bytes, stride, at, order, be, le);
            }
            (HeaderColumn::I64(out), FieldKind::U64) => {
                let limit = |v: u64| i64::try_from(v).unwrap_or(i64::MAX);
                strided(
                    out,
                    bytes,
                    stride,
                    at,
                    order,
                    |b| limit(u64::from_be_bytes(b)),
                    |b| limit(u64::from_le_bytes(b)),
                );
            }
            (HeaderColumn::I64(out), _) => {
                strided(out, bytes, stride, at, order, i64::from_be_bytes, i64::from_le_bytes)
            }
            (HeaderColumn::F64(out), _) => {
                strided(out, bytes, stride, at, order, f64::from_be_bytes, f64::from_le_bytes)
            }
            (HeaderColumn::I32(_), _) => {}
        }
    }
}

/// Appends the number at `at` of every `stride` bytes (and of what is left of the last).
#[inline(always)]
fn strided<const N: usize, T>(
    out: &mut Vec<T>,
    bytes: &[u8],
    stride: usize,
    at: usize,
    order: ByteOrder,
    big: impl Fn([u8; N]) -> T,
    little: impl Fn([u8; N]) -> T,
) {
    let words = bytes.chunks(stride).filter_map(|trace| trace.get(at..).and_then(|b| b.first_chunk::<N>()).copied());
    match order {
        ByteOrder::Big => out.extend(words.map(big)),
        ByteOrder::Little => out.extend(words.map(little)),
        ByteOrder::PairSwapped => out.extend(words.map(|mut word| {
            word.as_chunks_mut::<2>().0.iter_mut().for_each(|pair| pair.swap(0, 1));
            big(word)
        })),
    }
}

impl SegyFile {
    /// Reads fields of every trace header, a column each, in the order of the file and of `fields`.
    ///
    /// # Errors
    /// A field beyond the headers of the traces, a field of characters, or a file that can't be read.
    pub fn scan(&self, fields: &[TraceField]) -> Result<Vec<HeaderColumn>, SegyError> {
        let count = usize::try_from(self.count()).unwrap_or(usize::MAX);
        self.scan_groups(fields, |_| count, |_| ())
    }

    /// Bytes of headers that every trace has.
    pub(super) fn header_bytes(&self) -> usize {
        let bytes = match &self.layout().traces {
            Traces::Fixed { header, .. } => *header,
            Traces::Variable(places) => places.iter().map(|p| p.header).min().unwrap_or(0),
        };
        bytes as usize
    }

    /// [`SegyFile::scan`] that shows the columns to `each` after every group of traces, which may take values out of
    /// them: memory need not grow with the file. `capacity` gives the values that the column of a field is expected to
    /// hold.
    pub(super) fn scan_groups(
        &self,
        fields: &[TraceField],
        capacity: impl Fn(usize) -> usize,
        mut each: impl FnMut(&mut [HeaderColumn]),
    ) -> Result<Vec<HeaderColumn>, SegyError> {
        let header = self.header_bytes();
        let mut columns = Vec::with_capacity(fields.len());
        for (number, field) in fields.iter().enumerate() {
            if field.byte == 0 || field.offset() + field.kind.width() > header {
                return Err(SegyError::Request(format!(
                    "the field `{}` at bytes {}-{} is not within the {header} bytes of headers that each trace has",
                    field.name,
                    field.byte,
                    field.offset() + field.kind.width(),
                )));
            }
            columns.push(HeaderColumn::with_capacity(field.kind, capacity(number))?);
        }
        let order = self.layout().order;
        match (self.source().view(), self.layout().stride()) {
            (Some(_), Some(stride)) => self.scan_in_place(fields, &mut columns, stride as usize, each)?,
            // Copying the samples costs less than a call for each trace where traces are short.
            (None, Some(stride)) if stride < 4096 => self.blocks(|_, _, bytes| {
                fields.iter().zip(&mut columns).for_each(|(f, c)| c.append(bytes, stride as usize, f, order));
                each(&mut columns);
                Ok::<_, SegyError>(true)
            })?,
            _ => self.scan_one_by_one(fields, &mut columns, header, each)?,
        }
        Ok(columns)
    }

    /// Groups of headers that stay in the cache while each field is taken of them.
    fn scan_in_place(
        &self,
        fields: &[TraceField],
        columns: &mut [HeaderColumn],
        stride: usize,
        mut each: impl FnMut(&mut [HeaderColumn]),
    ) -> Result<(), SegyError> {
        const GROUP: u64 = 256;
        let order = self.layout().order;
        let mut first = 0;
        while first < self.count() {
            let traces = GROUP.min(self.count() - first);
            let place = self.layout().place(first)?;
            let mut none = Vec::new();
            let bytes = self.bytes(place.offset, stride * traces as usize, &mut none)?;
            fields.iter().zip(columns.iter_mut()).for_each(|(f, c)| c.append(bytes, stride, f, order));
            each(columns);
            first += traces;
        }
        Ok(())
    }

    fn scan_one_by_one(
        &self,
        fields: &[TraceField],
        columns: &mut [HeaderColumn],
        header: usize,
        mut each: impl FnMut(&mut [HeaderColumn]),
    ) -> Result<(), SegyError> {
        const GROUP: usize = 256;
        let order = self.layout().order;
        let mut headers = Vec::with_capacity(GROUP * header);
        for trace in 0..self.count() {
            let TracePlace { offset, .. } = self.layout().place(trace)?;
            let at = headers.len();
            headers.resize(at + header, 0);
            if let Some(target) = headers.get_mut(at..) {
                self.source().read_at(offset, target)?;
            }
            if headers.len() == GROUP * header || trace + 1 == self.count() {
                fields.iter().zip(columns.iter_mut()).for_each(|(f, c)| c.append(&headers, header, f, order));
                each(columns);
                headers.clear();
            }
        }
        Ok(())
    }
}
