//! Trace headers for what looks at many of their fields: some traces in full first, whole columns of the fields that
//! matter after that.

use std::ops::Range;

use super::field::{FieldKind, TRACE_HEADER, TraceField};
use super::file::SegyFile;
use super::layout::{FieldName, TracePlace};
use super::scan::HeaderColumn;
use super::{FileKind, SegyError};

/// Traces of a file that are all sampled.
const ALL: u64 = 4096;
/// Runs of successive traces that are sampled of a longer one, and the length of each.
const RUNS: u64 = 32;
const RUN: u64 = 64;

/// A field of every trace. Fields of one value take no memory.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Column {
    /// The same in every trace.
    Constant(i32),
    /// Whole numbers; those beyond 32 bits are the nearest of 32.
    Numbers(Vec<i32>),
    /// Real numbers.
    Reals(Vec<f64>),
}

impl Column {
    fn of(column: HeaderColumn) -> Self {
        match column {
            HeaderColumn::I32(values) => match values.first() {
                Some(first) if values.iter().all(|v| v == first) => Column::Constant(*first),
                _ => Column::Numbers(values),
            },
            HeaderColumn::I64(values) => Column::of(HeaderColumn::I32(values.iter().map(|v| clamp(*v)).collect())),
            HeaderColumn::F64(values) => Column::Reals(values),
        }
    }

    /// The value of a trace as a whole number; 0 outside.
    pub fn number(&self, trace: usize) -> i32 {
        match self {
            Column::Constant(v) => *v,
            Column::Numbers(v) => v.get(trace).copied().unwrap_or(0),
            Column::Reals(v) => v.get(trace).map_or(0, |v| v.round() as i32),
        }
    }

    /// The value of a trace as a real number; 0 outside.
    pub fn real(&self, trace: usize) -> f64 {
        match self {
            Column::Constant(v) => f64::from(*v),
            Column::Numbers(v) => v.get(trace).map_or(0.0, |v| f64::from(*v)),
            Column::Reals(v) => v.get(trace).copied().unwrap_or(0.0),
        }
    }

    /// Whole numbers of all traces, `None` where all are the same.
    pub fn varying(&self) -> Option<&[i32]> {
        match self {
            Column::Numbers(v) => Some(v),
            _ => None,
        }
    }
}

fn clamp(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

/// Headers of a file.
pub(super) struct Headers<'a> {
    /// The file.
    pub file: &'a SegyFile,
    /// How many traces it has.
    pub count: usize,
    /// Bytes of headers that every trace has, of which at most the first eight blocks are sampled.
    pub width: usize,
    bytes: Vec<u8>,
    /// Numbers of the sampled traces, from 0.
    pub traces: Vec<u64>,
    loaded: Vec<(TraceField, Column)>,
}

impl<'a> Headers<'a> {
    /// Reads the headers of some traces, spread over the file in runs of successive ones, the first and the last among
    /// them; of all in a small file.
    ///
    /// # Errors
    /// Where the file can't be read.
    pub fn sample(file: &'a SegyFile) -> Result<Self, SegyError> {
        let count = file.count();
        let width = file.header_bytes().min(8 * TRACE_HEADER);
        let traces: Vec<u64> = if count <= ALL {
            (0..count).collect()
        } else {
            let start = |run: u64| (u128::from(run) * u128::from(count - RUN) / u128::from(RUNS - 1)) as u64;
            (0..RUNS).flat_map(|run| start(run)..start(run) + RUN).collect()
        };
        let mut bytes = vec![0; traces.len() * width];
        for (trace, header) in traces.iter().zip(bytes.chunks_exact_mut(width.max(1))) {
            let TracePlace { offset, .. } = file.layout().place(*trace)?;
            file.source().read_at(offset, header)?;
        }
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Ok(Headers { file, count, width, bytes, traces, loaded: Vec::new() })
    }

    /// Whether the sample is the whole file.
    pub fn complete(&self) -> bool {
        self.traces.len() == self.count
    }

    /// Ranges of the sample within which traces follow each other in the file.
    pub fn runs(&self) -> Vec<Range<usize>> {
        if self.complete() {
            return std::iter::once(0..self.traces.len()).collect();
        }
        let run = RUN as usize;
        (0..self.traces.len() / run).map(|r| r * run..(r + 1) * run).collect()
    }

    /// Whether each trace has this field.
    pub fn has(&self, field: &TraceField) -> bool {
        field.byte > 0 && field.offset() + field.kind.width() <= self.width
    }

    /// Whether the traces have header extension 1 of rev 2, by its name.
    pub fn extended(&self) -> bool {
        let name = |header: &[u8]| header.get(472..480).is_some_and(|name| FieldName::is(name, "SEG00001"));
        self.file.layout().kind == FileKind::SegY && self.bytes.chunks_exact(self.width.max(1)).take(1).any(name)
    }

    /// A field of the sampled traces; all 0 where they do not have it.
    pub fn sampled(&self, field: &TraceField) -> Vec<i32> {
        match self.sampled_column(field) {
            Some(HeaderColumn::I32(values)) => values,
            Some(HeaderColumn::I64(values)) => values.iter().map(|v| clamp(*v)).collect(),
            Some(HeaderColumn::F64(values)) => values.iter().map(|v| v.round() as i32).collect(),
            None => vec![0; self.traces.len()],
        }
    }

    /// A field of the sampled traces as real numbers.
    pub fn sampled_reals(&self, field: &TraceField) -> Vec<f64> {
        match self.sampled_column(field) {
            Some(HeaderColumn::F64(values)) => values,
            _ => self.sampled(field).into_iter().map(f64::from).collect(),
        }
    }

    fn sampled_column(&self, field: &TraceField) -> Option<HeaderColumn> {
        if !self.has(field) {
            return None;
        }
        let mut column = HeaderColumn::with_capacity(field.kind, self.traces.len()).ok()?;
        column.append(&self.bytes, self.width, field, self.file.layout().order);
        Some(column)
    }

    /// Reads whole columns of fields that are not read yet, in one pass. Those that are of one value in the sample are
    /// held against it and take no memory unless they differ after all.
    ///
    /// # Errors
    /// A field beyond the headers of the traces, a field of characters, or a file that can't be read.
    pub fn load(&mut self, fields: &[TraceField]) -> Result<(), SegyError> {
        let mut missing: Vec<TraceField> = Vec::new();
        for field in fields {
            if !missing.contains(field) && !self.loaded.iter().any(|(f, _)| f == field) {
                missing.push(field.clone());
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        if self.complete()
            && missing.iter().all(|f| self.has(f))
            && let Some(columns) = missing.iter().map(|f| self.sampled_column(f)).collect::<Option<Vec<_>>>()
        {
            self.loaded.extend(missing.into_iter().zip(columns.into_iter().map(Column::of)));
            return Ok(());
        }
        let mut constant: Vec<Option<i32>> = missing.iter().map(|f| self.one_value(f)).collect();
        let expected: Vec<usize> = constant.iter().map(|c| if c.is_some() { 0 } else { self.count }).collect();
        let mut done = 0;
        let columns = self.file.scan_groups(
            &missing,
            |column| expected.get(column).copied().unwrap_or(0),
            |columns| {
                let before = done;
                for (column, constant) in columns.iter_mut().zip(&mut constant) {
                    let (Some(value), HeaderColumn::I32(values)) = (*constant, &mut *column) else {
                        done = column.len();
                        continue;
                    };
                    done = before + values.len();
                    if values.iter().all(|v| *v == value) {
                        values.clear();
                    } else {
                        let mut all = vec![value; before];
                        all.append(values);
                        *values = all;
                        *constant = None;
                    }
                }
            },
        )?;
        self.file.source().intact()?;
        for ((field, column), constant) in missing.into_iter().zip(columns).zip(constant) {
            self.loaded.push((field, constant.map_or_else(|| Column::of(column), Column::Constant)));
        }
        Ok(())
    }

    /// [`Headers::load`] for fields of whole numbers: real ones are rounded.
    ///
    /// # Errors
    /// As for [`Headers::load`].
    pub fn load_numbers(&mut self, fields: &[TraceField]) -> Result<(), SegyError> {
        self.load(fields)?;
        for (field, column) in &mut self.loaded {
            if let Column::Reals(values) = column
                && fields.contains(field)
            {
                *column = Column::of(HeaderColumn::I32(values.iter().map(|v| v.round() as i32).collect()));
            }
        }
        Ok(())
    }

    /// The value of a field of 32 bits or less that is the same in all sampled traces.
    fn one_value(&self, field: &TraceField) -> Option<i32> {
        if !matches!(field.kind, FieldKind::I16 | FieldKind::U16 | FieldKind::I32) {
            return None;
        }
        let values = self.sampled(field);
        let first = *values.first()?;
        values.iter().all(|v| *v == first).then_some(first)
    }

    /// A column that was read; zeros where it was not.
    pub fn column(&self, field: &TraceField) -> &Column {
        const NONE: &Column = &Column::Constant(0);
        self.loaded.iter().find(|(f, _)| f == field).map_or(NONE, |(_, column)| column)
    }
}
