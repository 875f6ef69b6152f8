//! `CREATE TABLE seismic.x AS SELECT …`: traces that a query gives, stored as a volume.
//!
//! The samples come in the order of the query and go into a file of their own first, since bricks want them in another;
//! what the traces are known by is kept in memory, which is counted. The file is gone when the volume is written.

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch, UInt32Array};
use arrow::compute::{cast, concat_batches, take};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result, exec_err};
use datafusion::execution::memory_pool::{MemoryConsumer, MemoryReservation};
use outcrop_connectors::segy::{FileBytes, ReadAt};
use outcrop_operators::{Notices, SAMPLES, axis_of, of_volume};
use outcrop_seismic::bricks::{BrickSource, METADATA, NewFile, Presence, write_volume};
use outcrop_seismic::{
    AmplitudeSums, Description, FACTS, Lines, Meter, SLOT_COLUMN, SampleAxis, SeismicError, VolumeFacts,
};
use outcrop_store::{NewFiles, RawFile, StoreError, Transaction, WriteOptions};
use outcrop_types::field::{self, described, with};
use outcrop_types::tables::TableName;

use crate::answer::Rows;
use crate::error::{SessionError, external};
use crate::seismic::{BRICKS, TRACES};
use crate::session::Session;

/// Whether rows of a schema are stored as a volume in a table.
pub(super) fn is_volume(table: &TableName, schema: &Schema) -> bool {
    table.schema == TRACES && schema.index_of(SAMPLES).is_ok()
}

/// Stores traces as a volume: the files of its tables, and how many traces there are.
///
/// # Errors
/// Rows without samples or whose samples lie on different axes; samples that 32 bit floats do not hold; what the query or
/// the files give.
pub(super) async fn store(
    session: &Session,
    transaction: Transaction,
    table: &TableName,
    schema: SchemaRef,
    mut rows: Rows,
) -> std::result::Result<(Transaction, Vec<NewFiles>, u64), SessionError> {
    let cancel = CancelOnDrop(Arc::new(AtomicBool::new(false)));
    let notices = rows.notices();
    let pool = &session.inner().template.runtime_env().memory_pool;
    let memory = MemoryConsumer::new("traces of a volume").register(pool);
    let spool = transaction.raw_file(&TableName::new(BRICKS, &table.name))?;
    let (sender, receiver) = tokio::sync::mpsc::channel::<RecordBatch>(2);
    let of = Arc::clone(&schema);
    let spooling = tokio::task::spawn_blocking(move || spooled(receiver, &of, spool, memory));
    while let Some(batch) = rows.next().await? {
        if sender.send(batch).await.is_err() {
            break;
        }
    }
    drop(sender);
    let stopped = |e: tokio::task::JoinError| DataFusionError::Execution(format!("writing stopped: {e}"));
    let traces = spooling.await.map_err(stopped)??;
    if traces.spans.is_empty() {
        return Ok(exec_err!("`{table}` would be a volume without traces; the query gives no rows")?);
    }
    let (table, meter) = (table.clone(), Cancelled(Arc::clone(&cancel.0)));
    Ok(crate::files::blocking(move || {
        let count = traces.spans.len() as u64;
        let files = write(&transaction, &table, &schema, traces, &notices, &meter)?;
        Ok((transaction, files, count))
    })
    .await?)
}

/// Tells the thread that writes when nobody waits for it any more.
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Cancelled(Arc<AtomicBool>);

impl Meter for Cancelled {
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Samples of a trace: where they are in the file, and how many.
type Span = (u64, usize);

/// The rows of the query.
struct Traces {
    /// All columns but the samples.
    headers: RecordBatch,
    /// The samples, one after the other.
    samples: RawFile,
    spans: Vec<Span>,
    axis: Option<SampleAxis>,
    /// What the headers take.
    _memory: MemoryReservation,
}

/// Puts the samples into a file, and keeps the other columns.
fn spooled(
    mut rows: tokio::sync::mpsc::Receiver<RecordBatch>,
    schema: &SchemaRef,
    spool: RawFile,
    memory: MemoryReservation,
) -> Result<Traces> {
    let place = schema.index_of(SAMPLES)?;
    let axis = axis_of(schema.field(place));
    let others: Vec<usize> = (0..schema.fields().len()).filter(|i| *i != place).collect();
    let failed = |e: std::io::Error| DataFusionError::Execution(format!("samples can't be kept: {e}"));
    let mut out = BufWriter::with_capacity(1 << 20, spool.file.try_clone().map_err(failed)?);
    let (mut batches, mut spans, mut at) = (Vec::new(), Vec::new(), 0u64);
    while let Some(batch) = rows.blocking_recv() {
        let given =
            cast(batch.column(place), &DataType::List(Arc::new(Field::new_list_field(DataType::Float64, true))))?;
        let whole = matches!(batch.column(place).data_type(), DataType::List(item) if item.data_type().is_integer());
        let given = given.as_list::<i32>();
        for row in 0..given.len() {
            let number = spans.len() + 1;
            if given.is_null(row) {
                return exec_err!("row {number} has no samples; leave such rows out: WHERE samples IS NOT NULL");
            }
            let list = given.value(row);
            let values = list.as_primitive::<Float64Type>();
            for (sample, value) in values.iter().enumerate() {
                let value = value.unwrap_or(f64::NAN);
                let kept = value as f32;
                if value.is_finite() && !kept.is_finite() || whole && f64::from(kept) != value {
                    return exec_err!(
                        "row {number}, sample {}: {value:?} can't be kept, as samples of a volume are 32 bit floats; scale them",
                        sample + 1
                    );
                }
                out.write_all(&kept.to_le_bytes()).map_err(failed)?;
            }
            spans.push((at, values.len()));
            at += values.len() as u64 * 4;
        }
        let headers = batch.project(&others)?;
        // As they come, joined, and in the order of the volume.
        memory.try_grow(headers.get_array_memory_size().saturating_mul(3))?;
        batches.push(headers);
    }
    out.into_inner().map_err(|e| failed(e.into_error()))?;
    let known = schema.project(&others)?;
    let headers = match batches.first() {
        Some(first) => concat_batches(&first.schema(), &batches)?,
        None => RecordBatch::new_empty(Arc::new(known)),
    };
    Ok(Traces { headers, samples: spool, spans, axis, _memory: memory })
}

/// A numeric column, where there is one.
fn numbers(headers: &RecordBatch, name: &str) -> Option<ArrayRef> {
    let column = headers.column_by_name(name)?;
    column.data_type().is_numeric().then(|| cast(column, &DataType::Float64).ok())?
}

fn value(column: Option<&ArrayRef>, row: usize) -> Option<f64> {
    let column = column?.as_primitive::<Float64Type>();
    column.is_valid(row).then(|| column.value(row)).filter(|v| v.is_finite())
}

/// The axis that all traces lie on, and how many samples later than it each begins.
fn common_axis(traces: &Traces) -> Result<(SampleAxis, Vec<usize>)> {
    let (starts, intervals) = (numbers(&traces.headers, "start"), numbers(&traces.headers, "sample_interval"));
    let stated = |row: usize| {
        let interval = value(intervals.as_ref(), row).filter(|i| *i > 0.0);
        value(starts.as_ref(), row).zip(interval)
    };
    let longest = traces.spans.iter().map(|(_, n)| *n).max().unwrap_or(0);
    if let Some(axis) = traces.axis.clone().filter(|axis| axis.count >= longest) {
        // Samples of an axis begin where it does, whatever the columns say of the part that has values.
        return Ok((axis, vec![0; traces.spans.len()]));
    }
    let Some((mut start, interval)) = stated(0) else {
        return exec_err!(
            "the query does not say where samples are; select the columns `start` and `sample_interval` besides `{SAMPLES}`"
        );
    };
    for row in 0..traces.spans.len() {
        match stated(row) {
            Some((begins, every)) if (every - interval).abs() <= interval * 1e-9 => start = start.min(begins),
            Some((_, every)) => {
                return exec_err!(
                    "row {} has a sample every {every}, row 1 every {interval}; a volume has one interval",
                    row + 1
                );
            }
            None => return exec_err!("row {} does not say its `start` and `sample_interval`", row + 1),
        }
    }
    let (mut shifts, mut count) = (Vec::with_capacity(traces.spans.len()), 0);
    for (row, (_, samples)) in traces.spans.iter().enumerate() {
        let shift = stated(row).map_or(0.0, |(begins, _)| (begins - start) / interval);
        if (shift - shift.round()).abs() > 1e-6 || shift > 1e9 {
            return exec_err!(
                "row {} begins {shift} samples after the first of all; a volume needs whole numbers of them",
                row + 1
            );
        }
        shifts.push(shift.round() as usize);
        count = count.max(shift.round() as usize + samples);
        // As of files: such starts are wrong, or of traces that have nothing to do with each other.
        if count > longest.saturating_mul(64).max(1 << 20) {
            return exec_err!(
                "row {} begins {shift} samples after the first of all, which is too far for one volume; make one of those that belong together",
                row + 1
            );
        }
    }
    let schema = traces.headers.schema();
    let unit = schema.field_with_name("sample_interval").ok().and_then(field::unit).unwrap_or("").to_owned();
    let domain = outcrop_operators::domain_of(&unit);
    Ok((SampleAxis { start, interval, count, domain, unit }, shifts))
}

/// Whole numbers of a column, where every row has one.
fn wholes(headers: &RecordBatch, name: &str) -> Option<Vec<i64>> {
    let column = headers.column_by_name(name).filter(|c| c.data_type().is_integer() && c.null_count() == 0)?;
    Some(cast(column, &DataType::Int64).ok()?.as_primitive::<Int64Type>().values().to_vec())
}

/// Numbers that lie a step apart.
struct Axis {
    first: i64,
    step: i64,
    count: u64,
}

impl Axis {
    fn of(numbers: &[i64]) -> Option<Axis> {
        let (first, last) = (*numbers.iter().min()?, *numbers.iter().max()?);
        let step = numbers.iter().fold(0u64, |step, n| gcd(step, n.abs_diff(first)));
        let count = last.abs_diff(first).checked_div(step).map_or(1, |steps| steps + 1);
        Some(Axis { first, step: i64::try_from(step.max(1)).ok()?, count })
    }

    fn index(&self, number: i64) -> u64 {
        number.abs_diff(self.first) / self.step.unsigned_abs()
    }

    fn lines(&self, spacing: Option<f64>) -> Lines {
        let last = self.first.saturating_add(self.step.saturating_mul(i64::try_from(self.count - 1).unwrap_or(0)));
        Lines { first: self.first, last, step: self.step, spacing, byte: None }
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How traces lie: on a grid of inlines and crosslines (and offsets), or in a row.
struct Grid {
    rows: u32,
    columns: u32,
    slots: Vec<u32>,
    /// Inlines, crosslines, offsets.
    axes: Option<(Axis, Axis, Option<Axis>)>,
}

impl Grid {
    /// The grid of the traces; where they have none, a row, and a notice why.
    fn of(headers: &RecordBatch, count: usize, notices: &Notices) -> Grid {
        let (inlines, crosslines) = (wholes(headers, "inline"), wholes(headers, "crossline"));
        let there = |name: &str| headers.column_by_name(name).is_some_and(|c| c.null_count() < c.len());
        let why = match (inlines, crosslines) {
            (Some(inlines), Some(crosslines)) => {
                let offsets = wholes(headers, "offset");
                let grid = Grid::at(&inlines, &crosslines, None);
                match (grid, offsets) {
                    (Ok(grid), _) => return grid,
                    (Err(why), None) => why,
                    (Err(_), Some(offsets)) => match Grid::at(&inlines, &crosslines, Some(&offsets)) {
                        Ok(grid) => return grid,
                        Err(why) => why,
                    },
                }
            }
            _ if there("inline") && there("crossline") => {
                "not every row has a whole number for inline and crossline".to_owned()
            }
            _ => return Grid::row(count),
        };
        notices.add(format!(
            "the traces are kept in the order of the query, as a line, and not on a grid of inlines and crosslines: {why}"
        ));
        Grid::row(count)
    }

    /// In the order of the query.
    fn row(count: usize) -> Grid {
        let columns = u32::try_from(count).unwrap_or(u32::MAX);
        Grid { rows: 1, columns, slots: (0..columns).collect(), axes: None }
    }

    /// Not where two traces are at one place, or most places have none: then why.
    fn at(inlines: &[i64], crosslines: &[i64], offsets: Option<&Vec<i64>>) -> std::result::Result<Grid, String> {
        let none = || "there are no numbers".to_owned();
        let inline = Axis::of(inlines).ok_or_else(none)?;
        let crossline = Axis::of(crosslines).ok_or_else(none)?;
        let offset = offsets.map(|o| Axis::of(o).ok_or_else(none)).transpose()?;
        let each = offset.as_ref().map_or(1, |o| o.count);
        let places = crossline.count.checked_mul(each).and_then(|columns| columns.checked_mul(inline.count));
        let most = (inlines.len() as u64).saturating_mul(4).saturating_add(4096);
        let Some(places) = places.filter(|places| *places <= most && u32::try_from(*places).is_ok()) else {
            return Err(format!(
                "of {} inlines × {} crosslines most places have no trace",
                inline.count, crossline.count
            ));
        };
        if inline.count < 2 {
            return Err("there is one inline".to_owned());
        }
        let (rows, columns) = (inline.count as u32, (places / inline.count) as u32);
        let mut seen = Presence::new(rows, columns);
        let mut slots = Vec::with_capacity(inlines.len());
        for (row, (i, c)) in inlines.iter().zip(crosslines).enumerate() {
            let o = match (&offset, offsets.and_then(|o| o.get(row))) {
                (Some(axis), Some(number)) => axis.index(*number),
                _ => 0,
            };
            let slot = ((inline.index(*i) * crossline.count + crossline.index(*c)) * each + o) as u32;
            if seen.has(slot) {
                return Err(format!("there are two traces at inline {i}, crossline {c}"));
            }
            seen.set(slot);
            slots.push(slot);
        }
        Ok(Grid { rows, columns, slots, axes: Some((inline, crossline, offset)) })
    }

    /// The row of the query at each slot; [`usize::MAX`] where there is none.
    fn row_at(&self) -> Vec<usize> {
        let mut row_at = vec![usize::MAX; self.rows as usize * self.columns as usize];
        for (row, slot) in self.slots.iter().enumerate() {
            if let Some(at) = row_at.get_mut(*slot as usize) {
                *at = row;
            }
        }
        row_at
    }

    fn kind(&self) -> &'static str {
        match &self.axes {
            Some((_, _, Some(_))) => "3d_prestack",
            Some((_, _, None)) => "3d",
            None if self.slots.len() == 1 => "single_trace",
            None => "2d",
        }
    }
}

/// The traces as bricks are made of them.
struct Source<'a> {
    bytes: FileBytes,
    spans: &'a [Span],
    shifts: &'a [usize],
    /// The row of the query at each slot.
    row_at: &'a [usize],
    columns: u32,
    samples: usize,
    sums: Mutex<AmplitudeSums>,
}

impl BrickSource for Source<'_> {
    fn fill(
        &self,
        rows: Range<u32>,
        columns: Range<u32>,
        width: usize,
        out: &mut [f32],
    ) -> std::result::Result<(), SeismicError> {
        let (mut bytes, mut sums) = (Vec::new(), AmplitudeSums::new());
        for row in rows.clone() {
            for column in columns.clone() {
                let of_query = self.row_at.get((row * self.columns + column) as usize).copied().unwrap_or(usize::MAX);
                let Some((at, count)) = self.spans.get(of_query) else { continue };
                let shift = self.shifts.get(of_query).copied().unwrap_or(0);
                let place = (row - rows.start) as usize * width + (column - columns.start) as usize;
                let Some(out) = out.get_mut(place * self.samples..(place + 1) * self.samples) else { continue };
                out.fill(f32::NAN);
                let Some(own) = out.get_mut(shift..shift + count) else { continue };
                bytes.resize(count * 4, 0);
                self.bytes.read_at(*at, &mut bytes)?;
                for (value, four) in own.iter_mut().zip(bytes.as_chunks::<4>().0) {
                    *value = f32::from_le_bytes(*four);
                }
                sums.trace(own);
            }
        }
        self.sums.lock().unwrap_or_else(PoisonError::into_inner).merge(sums);
        Ok(())
    }
}

/// Writes the tables of the volume.
fn write(
    transaction: &Transaction,
    table: &TableName,
    schema: &SchemaRef,
    traces: Traces,
    notices: &Notices,
    meter: &dyn Meter,
) -> Result<Vec<NewFiles>> {
    let (axis, shifts) = common_axis(&traces)?;
    let Traces { headers, samples, spans, _memory, .. } = traces;
    let grid = Grid::of(&headers, spans.len(), notices);
    let row_at = grid.row_at();
    let description = Description::new(axis, grid.rows, grid.columns).map_err(of_volume)?;
    let mut presence = Presence::new(grid.rows, grid.columns);
    grid.slots.iter().for_each(|slot| presence.set(*slot));
    let source = Source {
        bytes: FileBytes::new(samples.file.try_clone().map_err(external)?).map_err(external)?,
        spans: &spans,
        shifts: &shifts,
        row_at: &row_at,
        columns: grid.columns,
        samples: description.axis.count,
        sums: Mutex::new(AmplitudeSums::new()),
    };
    let bricks = TableName::new(BRICKS, &table.name);
    let mut files: Vec<RawFile> = Vec::new();
    let mut open = || {
        let raw = transaction.raw_file(&bricks).map_err(|e: StoreError| SeismicError::Request(e.to_string()))?;
        let path = raw.path.display().to_string();
        let copy = raw.file.try_clone().map_err(|e| SeismicError::Io { path: path.clone(), source: e })?;
        files.push(raw);
        Ok(NewFile { path, file: copy })
    };
    let written = write_volume(&description, presence, &source, &mut open, meter).map_err(of_volume)?;
    let sums = source.sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    // It is as large as the volume, and would be written out with the commit.
    drop(source.bytes);
    std::fs::remove_file(&samples.path)
        .map_err(|e| DataFusionError::Execution(format!("{}: {e}", samples.path.display())))?;
    let facts = facts(&headers, &grid, &row_at, &sums);
    let bricks_field =
        described("amplitude", DataType::Float32, false, "Samples of the volume, brick after brick; see seismic.*");
    let unit = schema.field_with_name(SAMPLES).ok().and_then(field::unit).unwrap_or("");
    let bricks_field = field::with_unit(bricks_field, unit);
    let bricks_field = with(with(bricks_field, METADATA, &description.to_json()), FACTS, &facts.to_json());
    let files = files.into_iter().zip(written).map(|(file, written)| (file, written.rows)).collect();
    let bricks = transaction.raw_files(&bricks, &Schema::new(vec![bricks_field]), files).map_err(external)?;
    Ok(vec![write_traces(transaction, table, schema, &headers, &grid.slots, description.axis.start)?, bricks])
}

/// What is known of the volume.
fn facts(headers: &RecordBatch, grid: &Grid, row_at: &[usize], sums: &AmplitudeSums) -> VolumeFacts {
    let (x, y) = (numbers(headers, "x"), numbers(headers, "y"));
    let place = |row: u32, column: u32| {
        let at = *row_at.get((row * grid.columns + column) as usize).filter(|at| **at != usize::MAX)?;
        Some([value(x.as_ref(), at)?, value(y.as_ref(), at)?])
    };
    let distance = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let schema = headers.schema();
    let of_x = schema.field_with_name("x").ok();
    let mut facts = VolumeFacts {
        kind: grid.kind().to_owned(),
        traces: grid.slots.len() as u64,
        holes: (u64::from(grid.rows) * u64::from(grid.columns)).saturating_sub(grid.slots.len() as u64),
        crs: of_x.and_then(|f| f.metadata().get(field::CRS)).cloned(),
        coordinate_unit: of_x.and_then(field::unit).map(str::to_owned),
        amplitudes: sums.amplitudes(),
        format: "query".to_owned(),
        ..VolumeFacts::default()
    };
    if let Some((inline, crossline, offset)) = &grid.axes {
        let (last_row, last_column) = (grid.rows - 1, grid.columns - 1);
        let corners = [(0, 0), (0, last_column), (last_row, 0), (last_row, last_column)].map(|(r, c)| place(r, c));
        let [first, along, down, far] = corners;
        let spacing = |to: Option<[f64; 2]>, count: u64| Some(distance(first?, to?) / (count.max(2) - 1) as f64);
        facts.inline = Some(inline.lines(spacing(down, inline.count)));
        facts.crossline = Some(crossline.lines(spacing(along, crossline.count)));
        facts.offset = offset.as_ref().map(|o| o.lines(None));
        facts.azimuth = first
            .zip(along)
            .filter(|(a, b)| a != b)
            .map(|(a, b)| (b[0] - a[0]).atan2(b[1] - a[1]).to_degrees().rem_euclid(360.0));
        if let (Some(first), Some(along), Some(down), Some(far)) = (first, along, down, far) {
            let (inlines, crosslines) = (inline.lines(None), crossline.lines(None));
            let corner = |i: i64, c: i64, at: [f64; 2]| [i as f64, c as f64, at[0], at[1]];
            facts.corners = vec![
                corner(inlines.first, crosslines.first, first),
                corner(inlines.first, crosslines.last, along),
                corner(inlines.last, crosslines.first, down),
                corner(inlines.last, crosslines.last, far),
            ];
        }
    }
    facts
}

/// The table of traces, in the order of their slots.
fn write_traces(
    transaction: &Transaction,
    table: &TableName,
    schema: &SchemaRef,
    headers: &RecordBatch,
    slots: &[u32],
    start: f64,
) -> Result<NewFiles> {
    let mut order: Vec<u32> = (0..u32::try_from(slots.len()).unwrap_or(u32::MAX)).collect();
    order.sort_by_key(|row| slots.get(*row as usize).copied().unwrap_or(u32::MAX));
    let order = UInt32Array::from(order);
    let (mut fields, mut columns): (Vec<Field>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for (own, column) in headers.schema().fields().iter().zip(headers.columns()) {
        // A slot of another volume means nothing here.
        let Ok(stored) = schema.field_with_name(own.name()) else { continue };
        if stored.name() == SLOT_COLUMN {
            continue;
        }
        // All traces have the samples of the one axis.
        let column: ArrayRef = match stored.name().as_str() {
            "start" if stored.data_type().is_numeric() => Arc::new(Float64Array::from(vec![start; column.len()])),
            _ => Arc::clone(column),
        };
        columns.push(take(&cast(&column, stored.data_type())?, &order, None)?);
        fields.push(stored.clone());
    }
    fields.push(described(SLOT_COLUMN, DataType::Int64, false, "Place of the trace in the volume"));
    let places: ArrayRef = Arc::new(Int64Array::from_iter_values(slots.iter().map(|s| i64::from(*s))));
    columns.push(take(&places, &order, None)?);
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    let mut writer = transaction.write_new_with(table, schema, WriteOptions::packed()).map_err(external)?;
    const ROWS: usize = 16_384;
    for start in (0..batch.num_rows()).step_by(ROWS) {
        writer.write(&batch.slice(start, ROWS.min(batch.num_rows() - start))).map_err(external)?;
    }
    writer.finish().map_err(external)
}
