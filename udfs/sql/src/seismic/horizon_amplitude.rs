//! `horizon_amplitude`: amplitudes in a window around a surface.

use datafusion::arrow::array::{Array, ArrayRef, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::seismic::horizon::{Window, WindowAmplitude, window_amplitude};
use outcrop_kernels::seismic::interpolation::Interpolation;
use outcrop_operators::{
    Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, Traces, of_volume,
};
use outcrop_types::{Dimension, Unit};

use super::axis::Vertical;
use super::placed::Survey;
use super::windows::{self, Watching};
use crate::monitor::failed;
use crate::pieces::{count_field, counts, number_field, numbers};

/// Samples read at a time.
const PART: usize = 8 << 20;
/// Samples beyond the window that the interpolation at the horizon looks at.
const REACH: f64 = 9.0;

#[derive(Debug)]
pub(super) struct HorizonAmplitude(Definition);

/// What is computed in the window.
const METHODS: [&str; 7] = ["value", "rms", "max", "min", "max_absolute", "sum", "mean"];

pub(super) fn operator() -> HorizonAmplitude {
    HorizonAmplitude(Definition {
        name: "horizon_amplitude",
        group: "Seismic",
        summary: "Amplitudes of a volume along a surface: the value, or a statistic of a window around it",
        doc: "For every trace the surface gives a time or depth; the window reaches from `above` over it to `below` under it, both in the \
            unit of the volume's axis and both included.\n\n\
            | method | result |\n|---|---|\n\
            | `value` | the trace at the surface itself, between samples by a windowed sinc (16 samples) |\n\
            | `rms` | root of the mean of the squares of the samples in the window |\n\
            | `max`, `min` | the largest, the smallest sample |\n\
            | `max_absolute` | the largest sample, whatever its sign |\n\
            | `sum`, `mean` | sum and mean of the samples |\n\n\
            The surface is joined to the traces by inline and crossline where it has both columns, else each of its rows goes to the trace \
            nearest to its x and y, within half a bin. Without `horizon` the window is the same for every trace, and `from` and `to` state it: \
            `rms` of a time window is an amplitude map.\n\n\
            A sample outside of the trace is left out, and `samples` says how many were there; without any the amplitude is NULL. `peak` is where \
            the largest sample lies, refined by the parabola through it and its neighbours. A row of the surface beside the survey, or whose \
            value is NULL, is left out.",
        example: "SELECT inline, crossline, x, y, amplitude FROM horizon_amplitude(seismic.cube, from => 1500, to => 1700, method => 'rms') ORDER BY amplitude DESC LIMIT 5",
        inputs: vec![
            Input::volume("volume", "Traces"),
            Input::new("horizon", "A surface in the domain of the volume", vec![
                Column::any("inline", "Inline number").optional(),
                Column::any("crossline", "Crossline number").optional(),
                Column::length("x", "Easting").optional(),
                Column::length("y", "Northing").optional(),
                Column::number("z", "Time or depth of the surface; any name, when it is the only other number").sole(),
            ])
            .optional(),
        ],
        parameters: vec![
            Parameter::at_least("above", 0.0, "How far the window reaches above the surface").unit("unit of the axis").default(0.0),
            Parameter::at_least("below", 0.0, "How far the window reaches below the surface").unit("unit of the axis").default(0.0),
            Parameter::number("from", "Without `horizon`: where the window begins").unit("unit of the axis"),
            Parameter::number("to", "Without `horizon`: where the window ends").unit("unit of the axis"),
            Parameter::choice("method", &METHODS, "What is computed").default("value"),
        ],
        output: vec![
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by" },
            OutputColumn { name: "horizon", unit: "unit of the axis", doc: "Where the surface is" },
            OutputColumn { name: "amplitude", unit: "", doc: "As the method says; NULL without a sample" },
            OutputColumn { name: "peak", unit: "unit of the axis", doc: "Where the largest sample of the window lies" },
            OutputColumn { name: "samples", unit: "", doc: "Samples of the window that the trace has" },
        ],
    })
}

impl Operator for HorizonAmplitude {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let vertical = Vertical::of(planned, "volume");
        check_unit(&vertical, planned.unit("horizon", "z"))?;
        let mut fields = windows::header_fields(planned, "volume");
        fields.push(number_field("horizon", &vertical.unit, "Where the surface is"));
        fields.push(number_field("amplitude", "", "Amplitude in the window"));
        fields.push(number_field("peak", &vertical.unit, "Where the largest sample of the window lies"));
        fields.push(count_field("samples", "Samples of the window that the trace has"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        let axis = traces.volume().axis().clone();
        let horizon = inputs.iter().find(|i| i.name() == "horizon");
        let (from, to) = (call.number("from"), call.number("to"));
        let (above, below) = (call.number_or("above", 0.0), call.number_or("below", 0.0));
        // Traces by their place among all, with the surface there.
        let (found, above, below) = match horizon {
            Some(_) if from.is_some() || to.is_some() => {
                return exec_err!("`from` and `to` state a window without a surface; with `horizon` give `above` and `below`");
            }
            Some(horizon) => (surface(traces, horizon)?, above, below),
            None => {
                let (Some(from), Some(to)) = (from, to) else {
                    return exec_err!("give a surface as `horizon`, or a window by `from` and `to` in {}", axis.unit);
                };
                if from > to {
                    return exec_err!("`from` ({from}) is behind `to` ({to})");
                }
                if call.text("method") == Some("value") {
                    return exec_err!("`value` is the amplitude at a surface; for a window choose rms, max, min, max_absolute, sum or mean");
                }
                ((0..u32::try_from(traces.len()).unwrap_or(u32::MAX)).map(|t| (t, from)).collect(), 0.0, to - from)
            }
        };
        if found.is_empty() {
            return Ok(());
        }
        let window = Window::new(above / axis.interval, below / axis.interval).map_err(failed)?;
        let method = call.text("method").unwrap_or("value").to_owned();
        let headers = windows::header_columns(rows, traces);
        let progress = output.progress().clone();
        progress.set_total(found.len() as u64);
        let volume = traces.volume();
        let span_all = ((above + below) / axis.interval + 2.0 * REACH).ceil().max(1.0) as usize;
        let together = volume.together().max(1);
        let part = (PART / span_all / together).max(1) * together;
        for found in found.chunks(part) {
            let positions: Vec<f64> = found.iter().map(|(_, z)| axis.position(*z)).collect();
            // Only the samples that some window of the part touches are read; a surface with relief needs more than one window.
            let reach = if method == "value" { REACH } else { 1.0 };
            let low = positions.iter().copied().fold(f64::INFINITY, f64::min) - window.above - reach;
            let high = positions.iter().copied().fold(f64::NEG_INFINITY, f64::max) + window.below + reach;
            let first = low.floor().clamp(0.0, axis.count as f64) as usize;
            let last = (high.ceil() + 1.0).clamp(first as f64, axis.count as f64) as usize;
            let span = last - first;
            let slots: Vec<u32> =
                found.iter().map(|(t, _)| traces.slots().get(*t as usize).copied().unwrap_or(u32::MAX)).collect();
            let mut values = vec![0f32; slots.len() * span];
            volume.read(&slots, first..last, &mut values, &Watching(&progress)).map_err(of_volume)?;
            let interpolation = (method == "value").then_some(Interpolation::Sinc);
            let mut readings = Vec::with_capacity(found.len());
            for (i, position) in positions.iter().enumerate() {
                let trace = values.get(i * span..(i + 1) * span).unwrap_or_default();
                readings.push(window_amplitude(trace, position - first as f64, window, interpolation));
            }
            let index = UInt32Array::from_iter_values(found.iter().map(|(t, _)| *t));
            let mut columns: Vec<ArrayRef> = Vec::with_capacity(headers.len() + 4);
            for column in &headers {
                columns.push(take(column, &index, None)?);
            }
            columns.push(numbers(found.iter().map(|(_, z)| *z).collect()));
            columns.push(numbers(readings.iter().map(|r| of_method(r, &method)).collect()));
            columns.push(numbers(readings.iter().map(|r| axis.start + axis.interval * (r.peak + first as f64)).collect()));
            columns.push(counts(readings.iter().map(|r| r.count as u64)));
            output.emit(columns)?;
            progress.advance(found.len() as u64);
        }
        Ok(())
    }
}

fn of_method(r: &WindowAmplitude, method: &str) -> f64 {
    match method {
        "rms" => r.rms,
        "max" => f64::from(r.max),
        "min" => f64::from(r.min),
        "max_absolute" => f64::from(r.max_absolute),
        "sum" => r.sum,
        "mean" => r.mean,
        _ => f64::from(r.value),
    }
}

/// Refuses a depth in a volume of time and the reverse; what states no unit is taken as given.
fn check_unit(vertical: &Vertical, stated: &str) -> Result<()> {
    if stated.is_empty() || vertical.unit.is_empty() || stated == vertical.unit {
        return Ok(());
    }
    let dimension = |symbol: &str| Unit::parse(symbol).map(|u| u.dimension());
    let hint = match (dimension(stated), dimension(&vertical.unit)) {
        (Some(Dimension::Length), Some(Dimension::Time)) => "take the surface to time first, or the volume to depth (depth_convert)",
        (Some(Dimension::Time), Some(Dimension::Length)) => "take the surface to depth first",
        _ => "convert it with convert_unit",
    };
    plan_err!("horizon_amplitude: the surface is in {stated}, the volume in {}; {hint}", vertical.unit)
}

/// The traces that a surface has a value for, ascending, with the value.
fn surface(traces: &Traces, horizon: &Rows) -> Result<Vec<(u32, f64)>> {
    let z = horizon.numbers("z");
    let whole = |role: &str| -> Option<Vec<f64>> {
        let column = horizon.column(role)?;
        let cast = datafusion::arrow::compute::cast(column, &datafusion::arrow::datatypes::DataType::Float64).ok()?;
        let values = datafusion::arrow::array::AsArray::as_primitive_opt::<datafusion::arrow::datatypes::Float64Type>(&cast)?;
        Some((0..values.len()).map(|i| if values.is_null(i) { f64::NAN } else { values.value(i) }).collect())
    };
    let mut found: Vec<(u32, f64)> = Vec::with_capacity(z.len());
    if let (Some(il), Some(xl), Some(own_il), Some(own_xl)) =
        (whole("inline"), whole("crossline"), traces.numbers("inline"), traces.numbers("crossline"))
    {
        let key = |i: f64, x: f64| (i.round() as i64, x.round() as i64);
        let mut at: std::collections::HashMap<(i64, i64), Vec<u32>> = std::collections::HashMap::new();
        for (trace, (i, x)) in own_il.iter().zip(&own_xl).enumerate().filter(|(_, (i, x))| i.is_finite() && x.is_finite()) {
            at.entry(key(*i, *x)).or_default().push(u32::try_from(trace).unwrap_or(u32::MAX));
        }
        for ((i, x), z) in il.iter().zip(&xl).zip(&z).filter(|((i, x), _)| i.is_finite() && x.is_finite()) {
            found.extend(at.get(&key(*i, *x)).into_iter().flatten().map(|t| (*t, *z)));
        }
    } else {
        let (x, y) = (horizon.numbers("x"), horizon.numbers("y"));
        if x.is_empty() || y.is_empty() {
            return exec_err!("the surface needs columns `inline` and `crossline`, or `x` and `y`");
        }
        let survey = Survey::of(traces)?;
        for ((x, y), z) in x.iter().zip(&y).zip(&z) {
            if let Some(nearest) = survey.around(*x, *y, false).and_then(|a| a.traces.first().copied()) {
                found.push((nearest.0, *z));
            }
        }
    }
    // A fine surface has several values for a trace: their mean.
    found.sort_by_key(|(t, _)| *t);
    let mean = |same: &[(u32, f64)]| (same.iter().map(|s| s.1).sum::<f64>() / same.len() as f64).max(f64::MIN);
    Ok(found.chunk_by(|a, b| a.0 == b.0).filter_map(|s| Some((s.first()?.0, mean(s)))).collect())
}
