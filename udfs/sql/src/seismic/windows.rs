//! Samples as rows: what traces are known by, repeated for each sample.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float32Array, Float64Array, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::Result;
use outcrop_operators::{Output, Planned, Progress, Rows, Traces, of_volume};
use outcrop_seismic::{Meter, SampleAxis, Volume};
use outcrop_types::field::{described, with_unit};

/// Values read at a time.
const PART: usize = 4 << 20;

/// Columns of the input that say nothing of a sample.
const LEFT_OUT: [&str; 3] = ["samples", "start", "sample_interval"];

/// An operator's progress as the meter of a volume: its units are traces, counted by who reads.
pub(super) struct Watching<'a>(pub(super) &'a Progress);

impl Meter for Watching<'_> {
    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }

    fn read(&self, bricks: u64, bytes: u64) {
        self.0.read(bricks, bytes);
    }
}

/// The columns that traces come along with: inline, crossline … by their roles, then all others.
pub(super) fn header_fields(planned: &Planned<'_>, input: &str) -> Vec<Field> {
    let Some(place) = planned.inputs.iter().position(|i| i.name == input) else { return Vec::new() };
    let (bound, schema) = (&planned.inputs[place], &planned.schemas[place]);
    let roles = bound.columns.iter().filter(|c| !LEFT_OUT.contains(&c.role.as_str()));
    let mut fields: Vec<Field> = roles
        .filter_map(|c| Some(schema.field_with_name(&format!("#{}", c.role)).ok()?.clone().with_name(&c.role)))
        .collect();
    fields.extend(planned.rest(input));
    fields.into_iter().map(|f| f.with_nullable(true)).collect()
}

/// The columns of [`header_fields`] of the traces.
pub(super) fn header_columns(rows: &Rows, traces: &Traces) -> Vec<ArrayRef> {
    let bound = rows.bound();
    let names = bound.columns.iter().map(|c| &c.role).filter(|r| !LEFT_OUT.contains(&r.as_str()));
    let rest = bound.rest.iter().map(|c| &c.source);
    names.chain(rest).filter_map(|name| traces.headers().column_by_name(name).cloned()).collect()
}

/// The column of amplitudes, in the unit that the samples state: none in files, that of impedance where it was computed.
pub(super) fn amplitude_field(planned: &Planned<'_>) -> Field {
    let field = described(
        "amplitude",
        DataType::Float32,
        true,
        "Amplitude; its unit is not stated by files. NULL where a trace has no sample",
    );
    with_unit(field, planned.unit("volume", "samples"))
}

/// Gives a row for each sample in `samples` of the traces: `headers` (a row for each trace), the vertical place, the amplitude.
pub(super) fn emit(
    traces: &Traces,
    volume: &dyn Volume,
    headers: &[ArrayRef],
    samples: Range<usize>,
    output: &mut Output,
) -> Result<()> {
    emit_slots(traces.slots(), volume, headers, samples, output)
}

/// As [`emit`], of traces by their slots.
pub(super) fn emit_slots(
    slots: &[u32],
    volume: &dyn Volume,
    headers: &[ArrayRef],
    samples: Range<usize>,
    output: &mut Output,
) -> Result<()> {
    let progress = output.progress().clone();
    progress.set_total(slots.len() as u64);
    let axis = volume.axis().clone();
    let span = samples.len();
    let together = volume.together().max(1);
    let part = (PART / span.max(1) / together).max(1) * together;
    for (number, slots) in slots.chunks(part).enumerate() {
        let (start, count) = (number * part, slots.len());
        let mut values = vec![0f32; count * span];
        volume.read(slots, samples.clone(), &mut values, &Watching(&progress)).map_err(of_volume)?;
        let mut columns = repeated(headers, start, count, span)?;
        columns.push(places(&axis, &samples, count));
        columns.push(amplitudes(values));
        output.emit(columns)?;
        progress.advance(count as u64);
    }
    Ok(())
}

/// A part of columns, each row `times` over.
fn repeated(columns: &[ArrayRef], start: usize, count: usize, times: usize) -> Result<Vec<ArrayRef>> {
    if times == 1 {
        return Ok(columns.iter().map(|c| c.slice(start, count)).collect());
    }
    let first = u32::try_from(start).unwrap_or(u32::MAX);
    let rows = first..first.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    let indices = UInt32Array::from_iter_values(rows.flat_map(|row| std::iter::repeat_n(row, times)));
    columns.iter().map(|c| Ok(take(c, &indices, None)?)).collect()
}

fn places(axis: &SampleAxis, samples: &Range<usize>, traces: usize) -> ArrayRef {
    let one: Vec<f64> = samples.clone().map(|k| axis.at(k)).collect();
    let mut all = Vec::with_capacity(one.len() * traces);
    (0..traces).for_each(|_| all.extend_from_slice(&one));
    Arc::new(Float64Array::from(all))
}

/// Amplitudes; NaN, which is no sample, becomes NULL.
pub(super) fn amplitudes(values: Vec<f32>) -> ArrayRef {
    if values.iter().any(|v| v.is_nan()) {
        Arc::new(values.into_iter().map(|v| (!v.is_nan()).then_some(v)).collect::<Float32Array>())
    } else {
        Arc::new(Float32Array::from(values))
    }
}
