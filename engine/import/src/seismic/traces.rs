//! The table of traces of a volume, and its headers as they are in the file.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, Float64Array, Int32Array, Int64Array, RecordBatch, UInt32Array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, Schema};
use outcrop_seismic::{HEADERS_TOGETHER, SLOT_COLUMN, SampleAxis, SeismicError, Survey, fold_headers};
use outcrop_store::{NewFiles, WriteOptions};
use outcrop_types::field::{self, described, with, with_unit};
use outcrop_types::tables::TableName;

use super::coordinates::Coordinates;
use super::{Failure, SCHEMAS, failed};
use crate::ImportError;
use crate::context::Context;

/// Writes both tables. `axis` is the survey's in the units of the project.
pub(super) fn write(
    survey: &Survey,
    axis: &SampleAxis,
    slots: &[u32],
    inexact: &[u32],
    coordinates: &Coordinates,
    name: &str,
    context: &Context,
) -> Result<Result<Vec<NewFiles>, Failure>, ImportError> {
    let rows = match rows(survey, axis, slots, coordinates) {
        Ok(rows) => rows,
        Err(error) => return failed(error).map(Err),
    };
    let table = TableName::new(SCHEMAS[0], name);
    let traces = match crate::tables::write_with(&table, &rows, WriteOptions::packed(), context)? {
        Ok(files) => files,
        Err(message) => return Ok(Err(Failure::new("volume-unusable", message))),
    };
    drop(rows);
    match headers(survey, inexact, name, context)? {
        Ok(headers) => Ok(Ok(vec![traces, headers])),
        Err(failure) => Ok(Err(failure)),
    }
}

/// The table of traces, in the order of their slots. Fields of the header that are 0 in every trace are left out.
fn rows(
    survey: &Survey,
    axis: &SampleAxis,
    slots: &[u32],
    coordinates: &Coordinates,
) -> Result<RecordBatch, SeismicError> {
    let request = |e: arrow::error::ArrowError| SeismicError::Request(e.to_string());
    let mut order: Vec<u32> = (0..u32::try_from(slots.len()).unwrap_or(u32::MAX)).collect();
    order.sort_by_key(|trace| slots.get(*trace as usize).copied().unwrap_or(u32::MAX));
    let order = UInt32Array::from(order);
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for field in survey.schema().fields() {
        let name = field.name().as_str();
        let column = match name {
            SLOT_COLUMN => Arc::new(Int64Array::from_iter_values(slots.iter().map(|s| i64::from(*s)))) as ArrayRef,
            name => {
                let batch = survey.columns(&[name])?;
                Arc::clone(batch.column(0))
            }
        };
        let is_raw = field.metadata().contains_key("outcrop.segy_byte");
        if (is_raw || matches!(name, "cdp" | "shotpoint" | "offset" | "first_sample")) && is_nothing(&column) {
            continue;
        }
        let mut field = field.as_ref().clone();
        let column = match name {
            "x" | "y" => {
                let mut metadata = field.metadata().clone();
                metadata.remove(field::UNIT);
                field = with_unit(field.with_metadata(metadata), &coordinates.unit);
                if let Some(crs) = &coordinates.crs {
                    field = with(field, field::CRS, crs);
                }
                scaled(&column, coordinates.factor)
            }
            // The axis may have been converted, and so are these.
            "start" | "sample_interval" => {
                let mut metadata = field.metadata().clone();
                metadata.remove(field::UNIT);
                field = with_unit(field.with_metadata(metadata), &axis.unit);
                scaled(&column, axis.interval / survey.axis().interval)
            }
            _ => column,
        };
        columns.push(take(&column, &order, None).map_err(request)?);
        fields.push(field);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(request)
}

fn scaled(column: &ArrayRef, factor: f64) -> ArrayRef {
    match column.as_primitive_opt::<Float64Type>() {
        Some(values) if factor != 1.0 => {
            Arc::new(values.iter().map(|v| v.map(|v| v * factor)).collect::<Float64Array>())
        }
        _ => Arc::clone(column),
    }
}

/// Whether a column has but zeros and nulls.
fn is_nothing(column: &ArrayRef) -> bool {
    if column.null_count() == column.len() {
        return true;
    }
    match column.data_type() {
        DataType::Int32 => column.as_primitive::<Int32Type>().iter().flatten().all(|v| v == 0),
        DataType::Int64 => column.as_primitive::<Int64Type>().iter().flatten().all(|v| v == 0),
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().flatten().all(|v| v == 0.0),
        _ => false,
    }
}

/// All bytes of the file but samples that can be made again: the headers of the file as trace 0, those of each trace, and what follows the
/// last trace.
fn headers(
    survey: &Survey,
    inexact: &[u32],
    name: &str,
    context: &Context,
) -> Result<Result<NewFiles, Failure>, ImportError> {
    let schema = Arc::new(Schema::new(vec![
        described(
            "trace",
            DataType::Int64,
            false,
            "Number of the first trace in the file; 0 for the headers of the file, one more than there are traces for what follows them",
        ),
        described("traces", DataType::Int32, false, "How many traces from there on"),
        described(
            "header",
            DataType::Binary,
            false,
            "Their headers, byte for byte: the first byte of each, then the second byte of each, and so on",
        ),
        described(
            "samples",
            DataType::Binary,
            true,
            "Its samples, byte for byte, where 32 bit floats do not hold them exactly",
        ),
    ]));
    let table = TableName::new(SCHEMAS[2], name);
    let file = survey.file();
    let layout = file.layout();
    let mut writer = context.runtime.block_on(context.transaction.write_with(
        &table,
        Arc::clone(&schema),
        WriteOptions::packed(),
    ))?;
    let mut head = vec![0; usize::try_from(layout.start).unwrap_or(0)];
    let result: Result<(), ImportError> = (|| {
        let mut block = Block::default();
        match file.source().read_at(0, &mut head) {
            Ok(()) => block.push(0, &head, None),
            Err(error) => return Err(ImportError::Segy(error)),
        }
        let mut inexact = inexact.iter().copied().peekable();
        for trace in 0..file.count() {
            if trace % 4096 == 0 && context.watch.cancelled() {
                return Err(ImportError::Cancelled);
            }
            let header = file.header(trace)?;
            let samples = match inexact.next_if(|t| u64::from(*t) == trace) {
                Some(_) => {
                    let place = layout.place(trace)?;
                    let from = place.offset + u64::from(place.header);
                    let mut bytes = vec![0; usize::try_from(layout.place_end(place) - from).unwrap_or(0)];
                    file.source().read_at(from, &mut bytes)?;
                    Some(bytes)
                }
                None => None,
            };
            block.push(i64::try_from(trace + 1).unwrap_or(i64::MAX), &header, samples.as_deref());
            if block.is_full() {
                writer.write(&block.take(&schema)?)?;
            }
        }
        let trailing = file.trailing()?;
        if !trailing.is_empty() {
            block.end_run();
            block.push(i64::try_from(file.count() + 1).unwrap_or(i64::MAX), &trailing, None);
        }
        block.end_run();
        writer.write(&block.take(&schema)?)?;
        Ok(())
    })();
    match result {
        Ok(()) => Ok(Ok(writer.finish()?)),
        Err(ImportError::Segy(error)) => failed(error.into()).map(Err),
        Err(other) => Err(other),
    }
}

/// Bytes that wait before they are written.
const WAITING: usize = 16 << 20;

/// Rows of headers that wait to be written.
#[derive(Default)]
struct Block {
    traces: Vec<i64>,
    counts: Vec<i32>,
    headers: BinaryBuilder,
    samples: BinaryBuilder,
    run: Run,
}

/// Headers of the same length, one after the other, that become one row.
#[derive(Default)]
struct Run {
    first: i64,
    length: usize,
    bytes: Vec<u8>,
}

impl Run {
    fn count(&self) -> usize {
        self.bytes.len() / self.length.max(1)
    }
}

impl Block {
    fn push(&mut self, trace: i64, header: &[u8], samples: Option<&[u8]>) {
        let fits = self.run.length == header.len() && self.run.count() < HEADERS_TOGETHER && trace > 1;
        if !fits || samples.is_some() {
            self.end_run();
            self.run = Run { first: trace, length: header.len(), bytes: Vec::new() };
        }
        self.run.bytes.extend_from_slice(header);
        if samples.is_some() {
            self.row(samples);
        }
    }

    fn end_run(&mut self) {
        if !self.run.bytes.is_empty() {
            self.row(None);
        }
    }

    /// The run as a row.
    fn row(&mut self, samples: Option<&[u8]>) {
        let run = std::mem::take(&mut self.run);
        self.traces.push(run.first);
        self.counts.push(i32::try_from(run.count()).unwrap_or(i32::MAX));
        self.headers.append_value(fold_headers(&run.bytes, run.length));
        self.samples.append_option(samples);
    }

    fn is_full(&self) -> bool {
        self.headers.values_slice().len() + self.samples.values_slice().len() >= WAITING
    }

    fn take(&mut self, schema: &Arc<Schema>) -> Result<RecordBatch, ImportError> {
        let columns: Vec<ArrayRef> = vec![
            Arc::new(Int64Array::from(std::mem::take(&mut self.traces))),
            Arc::new(Int32Array::from(std::mem::take(&mut self.counts))),
            Arc::new(self.headers.finish()),
            Arc::new(self.samples.finish()),
        ];
        RecordBatch::try_new(Arc::clone(schema), columns)
            .map_err(|source| ImportError::Batch { table: SCHEMAS[2].to_owned(), source })
    }
}
