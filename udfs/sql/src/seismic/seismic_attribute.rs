//! `seismic_attribute`: attributes of traces, sample by sample.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::seismic::attribute::{Attribute, AttributeOptions, TraceAttribute};
use outcrop_kernels::seismic::coherence::{Block, Coherence, CoherenceOptions, CoherenceRows, DipScan};
use outcrop_kernels::seismic::decomposition::{Decompose, Decomposition};
use outcrop_operators::{
    Call, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, Traces, of_volume, samples_list,
};
use outcrop_seismic::{Domain, SampleAxis};

use super::neighbours::Grid;
use super::windows::{self, Watching};
use crate::monitor::failed;

/// What makes an attribute of a trace.
type Work = Box<dyn FnMut(&[f32], &mut [f32]) -> outcrop_kernels::Result<()>>;

/// Samples worked on at a time.
const PART: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct SeismicAttribute(Definition);

const NAMES: [&str; 15] = [
    "envelope",
    "phase",
    "cosine_phase",
    "frequency",
    "average_frequency",
    "sweetness",
    "quadrature",
    "relative_impedance",
    "rms",
    "energy",
    "mean",
    "agc",
    "coherence",
    "variance",
    "spectral",
];

pub(super) fn operator() -> SeismicAttribute {
    SeismicAttribute(Definition {
        name: "seismic_attribute",
        group: "Seismic",
        summary: "Attributes of traces: envelope, phase, frequency, sweetness, rms, coherence, spectral decomposition and others",
        doc: "The result is a volume again: the traces with the attribute in place of their samples, for `seismic_slice`, `horizon_amplitude` \
            and CREATE TABLE.\n\n\
            | attribute | what |\n|---|---|\n\
            | `envelope` | instantaneous amplitude, the modulus of the analytic trace |\n\
            | `phase`, `cosine_phase` | instantaneous phase in degrees from -180 to 180, its cosine |\n\
            | `frequency`, `average_frequency` | instantaneous frequency in Hz; weighted by the envelope in the window |\n\
            | `sweetness` | envelope over the root of the frequency, which is taken as `floor` Hz at least |\n\
            | `quadrature` | the trace turned by 90 degrees |\n\
            | `relative_impedance` | the integral of the trace above `low_cut` Hz |\n\
            | `rms`, `energy`, `mean` | of the samples in the window |\n\
            | `agc` | the trace over its rms in the window |\n\
            | `coherence` | semblance of the trace and its neighbours in the window; `measure` chooses similarity or eigenstructure |\n\
            | `variance` | 1 - semblance |\n\
            | `spectral` | amplitude at `at` Hz, by short-time Fourier transform or Morlet wavelets (`transform`) |\n\n\
            `window` is the whole length of the window, in the unit of the axis, rounded to an odd number of samples. Coherence takes \
            `inlines` and `crosslines` on either side; neighbours that are missing count for nothing, and with `most_dip` the dip of the \
            highest semblance is taken, in samples from trace to trace. A sample that is NULL has NULL, a dead trace stays 0. Frequencies \
            are those of time; of a volume in depth they would be of depth, so it is refused.\n\n\
            Sources: M. T. Taner, F. Koehler and R. E. Sheriff, *Complex seismic trace analysis*, Geophysics 44 (1979); K. J. Marfurt et al., \
            *3-D seismic attributes using a semblance-based coherency algorithm*, Geophysics 63 (1998); A. Gersztenkorn and K. J. Marfurt, \
            *Eigenstructure-based coherence computations*, Geophysics 64 (1999).",
        example: "SELECT inline, crossline, amplitude FROM seismic_slice((SELECT * FROM seismic_attribute((SELECT * FROM seismic.cube WHERE inline = 1016), 'envelope')), time => 1600) ORDER BY amplitude DESC LIMIT 5",
        inputs: vec![Input::volume("volume", "Traces")],
        parameters: vec![
            Parameter::choice("attribute", &NAMES, "What is computed").required(),
            Parameter::positive("window", "Length of the window; 11 samples when not given").unit("unit of the axis"),
            Parameter::positive("floor", "Lowest frequency that sweetness divides by").unit("Hz").default(5.0),
            Parameter::positive("low_cut", "Where relative_impedance begins to pass").unit("Hz").default(10.0),
            Parameter::positive("at", "Frequency of `spectral`").unit("Hz"),
            Parameter::choice("transform", &["stft", "morlet"], "How `spectral` is computed: stft with a window of two periods, or wavelets").default("morlet"),
            Parameter::integer("inlines", 0, "Inlines on either side that coherence looks at").default(1),
            Parameter::integer("crosslines", 0, "Crosslines on either side that coherence looks at").default(1),
            Parameter::choice("measure", &["semblance", "similarity", "eigenstructure"], "What coherence is").default("semblance"),
            Parameter::at_least("most_dip", 0.0, "Steepest dip that coherence tries; 0 only the level").unit("samples a trace").default(0.0),
        ],
        output: vec![
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by" },
            OutputColumn { name: "start, sample_interval", unit: "unit of the axis", doc: "Where the first sample is, and the distance between samples" },
            OutputColumn { name: "samples", unit: "of the attribute", doc: "The attribute, a value for each sample" },
        ],
    })
}

impl Operator for SeismicAttribute {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = windows::header_fields(planned, "volume");
        let schema = planned.schemas.first();
        let field = |role: &str| schema.and_then(|s| s.field_with_name(&format!("#{role}")).ok().cloned());
        let Some(samples) = field("samples") else { return plan_err!("seismic_attribute: the volume has no samples") };
        let unit = outcrop_operators::axis_of(&samples)
            .map(|a| a.unit)
            .or_else(|| outcrop_types::field::unit(&field("sample_interval")?).map(str::to_owned))
            .unwrap_or_default();
        fields.push(crate::pieces::number_field("start", &unit, "Where the first sample is"));
        fields.push(crate::pieces::number_field("sample_interval", &unit, "Distance from sample to sample"));
        fields.push(samples.with_name("samples"));
        Ok(fields)
    }

    /// A trace alone makes its attribute, but for those that look at neighbours; which of them a call computes is not known here.
    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [rows] = inputs else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        if traces.is_empty() {
            return Ok(());
        }
        let axis = traces.volume().axis().clone();
        let name = call.text("attribute").unwrap_or_default();
        let headers = windows::header_columns(rows, traces);
        match name {
            "coherence" | "variance" => coherence(call, name, traces, &headers, &axis, output),
            _ => of_traces(call, name, traces, &headers, &axis, output),
        }
    }
}

/// Seconds from sample to sample.
fn seconds(axis: &SampleAxis, name: &str) -> Result<f64> {
    match (axis.domain, axis.unit.as_str()) {
        (Domain::Time, "ms") => Ok(axis.interval / 1000.0),
        (Domain::Time, "s") => Ok(axis.interval),
        (Domain::Time, other) => exec_err!("`{name}` needs the sample interval, but the volume is in `{other}`; state it when the file is read"),
        (domain, _) => exec_err!("`{name}` is about frequencies in time, and the volume is along {domain}; take it to time first"),
    }
}

/// Samples on either side of the middle one.
fn half_window(call: &Call, axis: &SampleAxis) -> usize {
    call.number("window").map_or(5, |w| ((w / axis.interval - 1.0) / 2.0).round().max(0.0) as usize)
}

/// One attribute of one trace after another.
fn of_traces(
    call: &Call,
    name: &str,
    traces: &Traces,
    headers: &[ArrayRef],
    axis: &SampleAxis,
    output: &mut Output,
) -> Result<()> {
    let half_window = half_window(call, axis);
    let options =
        AttributeOptions { half_window, floor: call.number_or("floor", 5.0), low_cut: call.number_or("low_cut", 10.0) };
    // What needs no frequency works in depth as well; then the interval says nothing.
    let timeless = ["envelope", "phase", "cosine_phase", "quadrature", "rms", "energy", "mean", "agc"];
    let interval = if timeless.contains(&name) { 1.0 } else { seconds(axis, name)? };
    let mut work: Work = if name == "spectral" {
        let Some(at) = call.number("at") else { return exec_err!("`spectral` needs the frequency: at => 30") };
        let method = match call.text("transform") {
            Some("stft") => Decompose::ShortTimeCycles { deviation: 0.5 },
            _ => Decompose::Morlet { omega0: 6.0 },
        };
        let mut d = Decomposition::new(axis.count, interval, &[at], method).map_err(failed)?;
        Box::new(move |trace, out| d.apply(trace, out))
    } else {
        let Some(attribute) = Attribute::of_name(name) else { return exec_err!("`{name}` is no attribute") };
        let mut a = TraceAttribute::new(attribute, axis.count, interval, options).map_err(failed)?;
        Box::new(move |trace, out| a.compute(trace, out))
    };
    let progress = output.progress().clone();
    progress.set_total(traces.len() as u64);
    let volume = traces.volume();
    let together = volume.together().max(1);
    let part = (PART / axis.count.max(1) / together).max(1) * together;
    for (number, slots) in traces.slots().chunks(part).enumerate() {
        let mut samples = vec![0f32; slots.len() * axis.count];
        volume.read(slots, 0..axis.count, &mut samples, &Watching(&progress)).map_err(of_volume)?;
        let mut out = vec![0f32; samples.len()];
        for (trace, out) in samples.chunks_exact(axis.count).zip(out.chunks_exact_mut(axis.count)) {
            work(trace, out).map_err(failed)?;
        }
        emit(headers, number * part, slots.len(), axis, out, output)?;
        progress.advance(slots.len() as u64);
    }
    Ok(())
}

/// Coherence of inline after inline, each with its neighbours.
fn coherence(
    call: &Call,
    name: &str,
    traces: &Traces,
    headers: &[ArrayRef],
    axis: &SampleAxis,
    output: &mut Output,
) -> Result<()> {
    let grid = Grid::of(traces)?;
    let measure = match (name, call.text("measure")) {
        ("variance", _) => Coherence::Variance,
        (_, Some("similarity")) => Coherence::Similarity,
        (_, Some("eigenstructure")) => Coherence::Eigenstructure,
        _ => Coherence::Semblance,
    };
    let dip = call.number("most_dip").filter(|d| *d > 0.0).map(|d| DipScan { most_x: d, most_y: d, step: (d / 4.0).max(0.25) });
    let half_x = call.count("inlines").unwrap_or(1);
    let options = CoherenceOptions {
        measure,
        half_x,
        half_y: call.count("crosslines").unwrap_or(1),
        half_window: half_window(call, axis),
        minimum_traces: 2,
        dip,
    };
    let mut rows = CoherenceRows::new(options, axis.count).map_err(failed)?;
    let progress = output.progress().clone();
    progress.set_total(traces.len() as u64);
    let (columns, ns) = (grid.columns(), axis.count);
    for row in 0..grid.rows() {
        let own = grid.row(row);
        if own.is_empty() {
            continue;
        }
        let around: Vec<usize> = (row.saturating_sub(half_x)..(row + half_x + 1).min(grid.rows())).collect();
        let mut samples = vec![0f32; around.len() * columns * ns];
        let mut mask = vec![false; around.len() * columns];
        for (i, line) in around.iter().enumerate() {
            let places = grid.row(*line);
            let slots: Vec<u32> = places.iter().filter_map(|(_, t)| traces.slots().get(*t as usize).copied()).collect();
            let mut read = vec![0f32; slots.len() * ns];
            traces.volume().read(&slots, 0..ns, &mut read, &Watching(&progress)).map_err(of_volume)?;
            for ((column, _), trace) in places.iter().zip(read.chunks_exact(ns)) {
                let at = i * columns + *column as usize;
                if let (Some(target), Some(there)) = (samples.get_mut(at * ns..(at + 1) * ns), mask.get_mut(at)) {
                    target.copy_from_slice(trace);
                    *there = true;
                }
            }
        }
        let block = Block { nx: around.len(), ny: columns, ns, samples: &samples, quadrature: None, mask: Some(&mask) };
        let middle = around.iter().position(|line| *line == row).unwrap_or(0);
        let mut out = vec![0f32; columns * ns];
        rows.row(&block, middle, &mut out).map_err(failed)?;
        let mut own_out = Vec::with_capacity(own.len() * ns);
        for (column, _) in own {
            let at = *column as usize * ns;
            own_out.extend_from_slice(out.get(at..at + ns).unwrap_or_default());
        }
        let index = datafusion::arrow::array::UInt32Array::from_iter_values(own.iter().map(|(_, t)| *t));
        let own_headers: Vec<ArrayRef> = headers
            .iter()
            .map(|c| datafusion::arrow::compute::take(c, &index, None))
            .collect::<std::result::Result<_, _>>()?;
        emit(&own_headers, 0, own.len(), axis, own_out, output)?;
        progress.advance(own.len() as u64);
    }
    Ok(())
}

/// Traces with new samples.
pub(super) fn emit(
    headers: &[ArrayRef],
    start: usize,
    count: usize,
    axis: &SampleAxis,
    samples: Vec<f32>,
    output: &mut Output,
) -> Result<()> {
    let mut columns: Vec<ArrayRef> = headers.iter().map(|c| c.slice(start, count)).collect();
    columns.push(Arc::new(Float64Array::from(vec![axis.start; count])));
    columns.push(Arc::new(Float64Array::from(vec![axis.interval; count])));
    columns.push(Arc::new(samples_list(samples, count, axis.count)?));
    output.emit(columns)
}
