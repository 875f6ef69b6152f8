//! A volume of the project as a SEG-Y file: the file it was imported from, made again byte for byte from what is stored.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryBuilder, Int64Array, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use datafusion::catalog::TableProvider;
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::execution::SessionStateBuilder;
use datafusion::physical_plan::{collect, execute_stream};
use futures::TryStreamExt;
use outcrop_connectors::segy::{ByteOrder, SampleFormat};
use outcrop_operators::of_volume;
use outcrop_seismic::bricks::METADATA;
use outcrop_seismic::{BrickVolume, Description, FACTS, NoMeter, SLOT_COLUMN, Volume, VolumeFacts, unfold_headers};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;
use sha2::{Digest, Sha256};

use crate::catalog::ParquetFiles;
use crate::error::{SessionError, external};
use crate::session::Session;

/// Traces whose samples are read at a time.
const PART: usize = 8192;

/// What was written.
#[derive(Debug, Clone)]
pub struct ExportedVolume {
    /// The file.
    pub file: String,
    /// Its traces.
    pub traces: u64,
    /// Whether it has the checksum of the file that was imported; none where several were imported as one.
    pub identical: Option<bool>,
}

impl Session {
    /// Writes a volume as the SEG-Y file it was imported from: its headers as they were, its samples in their format. A file that was cut
    /// off when it was imported has the traces that were whole.
    ///
    /// # Errors
    /// No project; no such volume; a volume that was not imported from a file; a file that can't be written.
    pub async fn export_segy(&self, volume: &str, output: &str) -> std::result::Result<ExportedVolume, SessionError> {
        let Some(project) = self.project() else { return Err(SessionError::NoProject("export of a volume")) };
        let snapshot = project.snapshot().await?;
        let of = |schema: &str| TableName::new(schema, volume);
        let known = || {
            let names: Vec<String> =
                snapshot.tables().into_iter().filter(|t| t.schema == super::TRACES).map(|t| t.name).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        if !snapshot.has_table(&of(super::TRACES)) {
            return plan_err!("there is no volume `seismic.{volume}`; there are: {}", known()).map_err(Into::into);
        }
        if !snapshot.has_table(&of(super::BRICKS)) || !snapshot.has_table(&of(super::HEADERS)) {
            return plan_err!(
                "`seismic.{volume}` was not imported from a file; write its traces with COPY (SELECT * FROM seismic.{volume}) TO 'file.sgy'"
            )
            .map_err(Into::into);
        }
        let location = crate::export::writable(self, output)?;
        let mut writer = self.roots().writer(&location)?;
        let bricks = self.inner().volumes.stored(&snapshot, volume).await?;
        let state = snapshot.table(&of(super::BRICKS)).await?;
        let metadata = state.schema.fields().first().map(|f| f.metadata().clone()).unwrap_or_default();
        let facts = metadata.get(FACTS).and_then(|t| VolumeFacts::from_json(t)).unwrap_or_default();
        let description = Description::from_json(metadata.get(METADATA).map(String::as_str).unwrap_or_default())
            .map_err(of_volume)?;
        let places = places(self, &snapshot, &of(super::TRACES), &description).await?;
        let format =
            SampleFormat::from_code(i32::from(facts.sample_format)).map_err(external).map_err(SessionError::from)?;
        let order = [ByteOrder::Big, ByteOrder::Little, ByteOrder::PairSwapped]
            .into_iter()
            .find(|o| o.name() == facts.byte_order)
            .unwrap_or(ByteOrder::Big);
        let session = self.on_one_thread();
        // A row has the headers of thousands of traces, so few rows at a time.
        let template = session.inner().template.clone();
        let config = template.config().clone().with_batch_size(8);
        let state = SessionStateBuilder::new_from_existing(template).with_config(config).build();
        let headers = ParquetFiles::of_table(&session, &*snapshot.table(&of(super::HEADERS)).await?)?;
        let plan = headers.scan(&state, None, &[], None).await?;
        let mut rows = execute_stream(plan, state.task_ctx())?;
        let mut made = Made { hash: Sha256::new(), traces: 0, last: -1 };
        while let Some(batch) = rows.try_next().await? {
            let batch = unfolded(&batch)?;
            for start in (0..batch.num_rows()).step_by(PART) {
                let part = batch.slice(start, PART.min(batch.num_rows() - start));
                let work = Work { bricks: bricks.clone(), places: Arc::clone(&places), format, order };
                (writer, made) = crate::files::blocking(move || {
                    let (mut writer, mut made) = (writer, made);
                    work.write(&part, &mut writer, &mut made)?;
                    Ok((writer, made))
                })
                .await?;
            }
        }
        writer.finish()?;
        let sum: String = made.hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let identical = (!facts.sha256.contains('\n')).then(|| facts.sha256 == sum);
        Ok(ExportedVolume { file: location.display.clone(), traces: made.traces, identical })
    }
}

/// Where a trace of the file is in the volume: its slot, the first of its samples on the axis, and how many it has.
type Place = (u32, usize, usize);

/// The places of all traces by their number in the file, from 1.
async fn places(
    session: &Session,
    snapshot: &Snapshot,
    table: &TableName,
    description: &Description,
) -> std::result::Result<Arc<Vec<Option<Place>>>, SessionError> {
    let rows = ParquetFiles::of_table(session, &*snapshot.table(table).await?)?;
    let schema = rows.schema();
    let mut wanted = Vec::new();
    for name in ["trace", SLOT_COLUMN, "sample_count"] {
        wanted.push(schema.index_of(name).map_err(datafusion::error::DataFusionError::from)?);
    }
    // It is not there where all traces begin at the first sample.
    wanted.extend(schema.index_of("first_sample"));
    let state = session.inner().template.clone();
    let plan = rows.scan(&state, Some(&wanted), &[], None).await?;
    let mut places: Vec<Option<Place>> = Vec::new();
    for batch in collect(plan, state.task_ctx()).await? {
        let (trace, slot) = (batch.column(0).as_primitive::<Int64Type>(), batch.column(1).as_primitive::<Int64Type>());
        let count = batch.column(2).as_primitive::<Int32Type>();
        let first = batch.columns().get(3).and_then(|c| c.as_primitive_opt::<Int32Type>());
        for row in 0..batch.num_rows() {
            let (Ok(number), Ok(slot)) = (usize::try_from(trace.value(row)), u32::try_from(slot.value(row))) else {
                continue;
            };
            if places.len() <= number {
                places.resize(number + 1, None);
            }
            let first = first.and_then(|first| usize::try_from(first.value(row)).ok()).unwrap_or(0);
            let count =
                usize::try_from(count.value(row)).unwrap_or(0).min(description.axis.count.saturating_sub(first));
            if let Some(place) = places.get_mut(number) {
                *place = Some((slot, first, count));
            }
        }
    }
    Ok(Arc::new(places))
}

/// A row for each trace, of rows of neighbouring traces: its number, its headers, its samples where they are kept.
fn unfolded(kept: &RecordBatch) -> Result<RecordBatch> {
    let (first, counts) = (kept.column(0).as_primitive::<Int64Type>(), kept.column(1).as_primitive::<Int32Type>());
    let (headers, samples) = (kept.column(2).as_binary::<i32>(), kept.column(3).as_binary::<i32>());
    let (mut numbers, mut each, mut own) = (Vec::new(), BinaryBuilder::new(), BinaryBuilder::new());
    for row in 0..kept.num_rows() {
        let count = usize::try_from(counts.value(row)).unwrap_or(0);
        let bytes = unfold_headers(headers.value(row), count);
        for (number, header) in (first.value(row)..).zip(bytes.chunks_exact((bytes.len() / count.max(1)).max(1))) {
            numbers.push(number);
            each.append_value(header);
            own.append_option(samples.is_valid(row).then(|| samples.value(row)));
        }
    }
    let columns: [(&str, ArrayRef); 3] = [
        ("trace", Arc::new(Int64Array::from(numbers))),
        ("header", Arc::new(each.finish())),
        ("samples", Arc::new(own.finish())),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

struct Made {
    hash: Sha256,
    traces: u64,
    last: i64,
}

struct Work {
    bricks: BrickVolume,
    places: Arc<Vec<Option<Place>>>,
    format: SampleFormat,
    order: ByteOrder,
}

impl Work {
    /// Writes some rows of headers with the samples behind them.
    fn write(&self, rows: &RecordBatch, out: &mut impl Write, made: &mut Made) -> Result<()> {
        let (number, header) = (rows.column(0).as_primitive::<Int64Type>(), rows.column(1).as_binary::<i32>());
        let kept = rows.column(2).as_binary::<i32>();
        let count = self.bricks.axis().count;
        // The samples of all traces of the rows at once, as neighbours share bricks.
        let place = |row: usize| {
            let found = usize::try_from(number.value(row))
                .ok()
                .filter(|n| *n > 0)
                .and_then(|n| self.places.get(n).copied().flatten());
            found.filter(|_| kept.is_null(row))
        };
        let mut wanted: Vec<(u32, usize)> =
            (0..rows.num_rows()).filter_map(|row| place(row).map(|(slot, ..)| (slot, row))).collect();
        wanted.sort_unstable();
        let slots: Vec<u32> = wanted.iter().map(|(slot, _)| *slot).collect();
        let mut samples = vec![0f32; slots.len() * count];
        self.bricks.read(&slots, 0..count, &mut samples, &NoMeter).map_err(of_volume)?;
        let mut at = vec![usize::MAX; rows.num_rows()];
        for (i, (_, row)) in wanted.iter().enumerate() {
            if let Some(at) = at.get_mut(*row) {
                *at = i;
            }
        }
        let mut bytes = Vec::new();
        for row in 0..rows.num_rows() {
            if number.value(row) <= made.last {
                return exec_err!("the headers of the volume are not in the order of the file");
            }
            made.last = number.value(row);
            bytes.extend_from_slice(header.value(row));
            if !kept.is_null(row) {
                bytes.extend_from_slice(kept.value(row));
                made.traces += 1;
            } else if let (Some((_, first, length)), Some(i)) = (place(row), at.get(row).filter(|i| **i != usize::MAX))
            {
                let from = i * count + first;
                let own = samples.get(from..from + length).unwrap_or_default();
                let encoded = self.format.encode(own, self.order, &mut bytes);
                if let Some(sample) = encoded.unrepresentable {
                    return exec_err!(
                        "trace {}: sample {} can't be written as {}",
                        number.value(row),
                        sample + 1,
                        self.format.name()
                    );
                }
                made.traces += 1;
            }
        }
        made.hash.update(&bytes);
        out.write_all(&bytes).map_err(external)
    }
}
