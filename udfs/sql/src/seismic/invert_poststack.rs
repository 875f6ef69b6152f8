//! `invert_poststack`: impedance of stacked traces.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::seismic::poststack::{Damping, Inversion, PostStack};
use outcrop_kernels::seismic::wavelet::Wavelet;
use outcrop_operators::{
    Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule, axis_of, of_volume,
    samples_field, samples_list, samples_type,
};
use outcrop_seismic::{Domain, SampleAxis};
use outcrop_types::field::{described, with_unit};

use super::background::Background;
use super::windows::{self, Watching};
use super::{axis, wavelets};
use crate::monitor::{Watched, failed};
use crate::pieces::number_field;

/// Samples worked on at a time.
const PART: usize = 4 << 20;

/// What a trace's own columns are called, which are new in the result.
const NEW: [&str; 3] = ["samples", "start", "sample_interval"];

#[derive(Debug)]
pub(super) struct InvertPoststack(Definition);

pub(super) fn operator() -> InvertPoststack {
    let mut parameters = wavelets::parameters();
    parameters.extend([
        Parameter::positive("scale", "Amplitude in the traces of a reflection coefficient of 1, by which the wavelet is multiplied").default(1.0),
        Parameter::positive("damping", "How much the result is held at the background, in parts of the mean of the diagonal of the equations; 0.01 when neither it nor `eps` is given"),
        Parameter::positive("eps", "The same as the number that is added to the diagonal").unit("amplitude^2"),
        Parameter::positive("smooth", "Length of the moving mean that the logarithm of the background goes through first; not smoothed when not given").unit("ms"),
    ]);
    InvertPoststack(Definition {
        name: "invert_poststack",
        group: "Seismic",
        summary: "Acoustic impedance from stacked traces, a wavelet and a background, by damped least squares",
        doc: "The result is a volume again: the traces with impedance in place of their samples, for `seismic_slice`, `horizon_amplitude` \
            and CREATE TABLE.\n\n\
            A trace `d` is taken to be `G m` with `m = ln(impedance)` and `G = ½ W D`: `D` is the centred difference from sample to sample, \
            0 at the first and the last, `W` the convolution with the wavelet, whose sample at time 0 stays in place. So the reflection \
            coefficient is half the change of `ln(impedance)`, and an increase of impedance is a positive number (SEG normal polarity; \
            `phase => 180` for the reverse). The result minimises `|d - G m|² + eps |m - m0|²`:\n\n\
            `m = m0 + (GᵀG + eps I)⁻¹ Gᵀ (d - G m0)`\n\n\
            where `m0` is the logarithm of the background. The traces say nothing of frequencies that the wavelet does not have: there, and \
            in the mean, the result is the background, so it must hold the low frequencies. It is one of\n\n\
            | given | background |\n|---|---|\n\
            | `background` | a volume of impedance with the same sample interval; traces are found by inline and crossline |\n\
            | `trend` | rows of time and impedance, such as `synthetic` gives of a well, the same for all traces: linear in the logarithm \
            between times, the mean of several at one time, the first and last value beyond them |\n\
            | `trend` with `x` and `y` | the same of several wells, each row with the place of its well: the mean of the logarithms of those \
            that have one at the time, each with the inverse of its squared distance |\n\n\
            The wavelet is rows (`wavelet_estimate` with `reflectivity` gives one with the amplitudes of the traces), or `ricker` or `ormsby` \
            times `scale`. It must be sampled as the traces are, in ms. The equations are banded by the length of the wavelet and the same \
            for all traces, so that they are factored once.\n\n\
            A sample that is NULL has NULL, as has one whose background is NULL or not above 0; the inversion takes the first to be what the \
            background predicts and the second to be as its neighbour. A dead trace (all zeros) and a trace without background have NULL \
            throughout. Notices say how many there were, how much of the energy of the traces is not explained, and how far the impedance \
            is from the background.\n\n\
            Sources: D. A. Cooke and W. A. Schneider, *Generalized linear inversion of reflection seismic data*, Geophysics 48 (1983); \
            B. Russell and D. Hampson, *Comparison of poststack seismic inversion methods*, SEG Annual Meeting (1991); M. Ravasi and \
            I. Vasconcelos, *PyLops: a linear-operator Python library for scalable algebra and optimization*, SoftwareX 11 (2020), whose \
            `epsI` is `eps`; their difference over two samples is not halved, so that the wavelet is half as large there.",
        example: "SELECT time, amplitude FROM seismic_samples((SELECT * FROM invert_poststack((SELECT * FROM seismic.cube WHERE inline = 1016 AND crossline = 2030), trend => (SELECT time, impedance FROM synthetic((SELECT tvdss AS depth, dt, rhob FROM logs WHERE well = 'OUT-1'), time_depth => (SELECT tvdss AS depth, twt AS time FROM checkshots WHERE well = 'OUT-1'), ricker => 28)), smooth => 160, ricker => 28, scale => 10000)), from => 1500, to => 1600)",
        inputs: vec![
            Input::volume("volume", "Stacked traces in time"),
            wavelets::input(),
            Input::volume("background", "Impedance on the grid of the traces").optional(),
            Input::new("trend", "Impedance by time, of one place or of several wells", vec![
                Column::number("time", "Two-way time").unit(UnitRule::Is("ms")),
                Column::number("impedance", "Impedance; any name, when it is the only other number").sole(),
                Column::number("x", "Easting of the well").unit(UnitRule::SameAs("volume", "x")).optional(),
                Column::number("y", "Northing of the well").unit(UnitRule::SameAs("volume", "y")).optional(),
            ])
            .ordered_by(&["time"])
            .optional(),
        ],
        parameters,
        output: vec![
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by" },
            OutputColumn { name: "start, sample_interval", unit: "unit of the axis", doc: "Where the first sample is, and the distance between samples" },
            OutputColumn { name: "samples", unit: "of the background", doc: "Acoustic impedance, a value for each sample" },
        ],
    })
}

impl Operator for InvertPoststack {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        if planned.gives("damping") && planned.gives("eps") {
            return plan_err!("invert_poststack: give one of `damping` and `eps`, not both");
        }
        let vertical = axis::Vertical::of(planned, "volume");
        if vertical.domain != Domain::Time {
            return plan_err!("invert_poststack: the volume is along {}, and a wavelet is one of time; take it to time first", vertical.domain);
        }
        let mut fields = windows::header_fields(planned, "volume");
        fields.push(number_field("start", &vertical.unit, "Where the first sample is"));
        fields.push(number_field("sample_interval", &vertical.unit, "Distance from sample to sample"));
        let place = planned.inputs.iter().position(|i| i.name == "volume");
        let given = place.and_then(|i| planned.schemas.get(i)).and_then(|s| s.field_with_name("#samples").ok());
        let samples = match given.and_then(axis_of) {
            Some(axis) => samples_field(&axis).with_name("samples"),
            None => described("samples", samples_type(), true, "Acoustic impedance, a value for each sample"),
        };
        let unit = match planned.unit("trend", "impedance") {
            "" => planned.unit("background", "samples"),
            unit => unit,
        };
        fields.push(with_unit(samples, unit));
        Ok(fields)
    }

    /// A trace alone makes its impedance, so all that traces are known by.
    fn hands_through(&self, column: &str) -> bool {
        !NEW.contains(&column)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("needs a volume") };
        let given = |name: &str| inputs.iter().find(|i| i.name() == name);
        let traces = rows.traces()?;
        if traces.is_empty() {
            return Ok(());
        }
        let volume = traces.volume();
        let axis = volume.axis().clone();
        let interval = seconds(&axis)?;
        let wavelet = scaled(wavelets::of_call(call, given("wavelet"), interval)?, call.number_or("scale", 1.0))?;
        let mut background = Background::of(traces, given("background"), given("trend"))?;
        if let Some(length) = call.number("smooth") {
            let half = (length / axis.interval - 1.0) / 2.0;
            background = background.smoothed(half.round().clamp(0.0, axis.count as f64) as usize)?;
        }
        let damping = match (call.number("damping"), call.number("eps")) {
            (_, Some(eps)) => Damping::Absolute(eps),
            (part, None) => Damping::Relative(part.unwrap_or(0.01)),
        };
        let inversion = PostStack::new(&wavelet, axis.count, damping).map_err(failed)?;
        let headers = windows::header_columns(rows, traces);
        let progress = output.progress().clone();
        progress.set_total(traces.len() as u64);
        let together = volume.together().max(1);
        let part = (PART / axis.count.max(1) / together).max(1) * together;
        let mut found = Inversion::default();
        let mut buffer = Vec::new();
        for (number, slots) in traces.slots().chunks(part).enumerate() {
            let mut samples = vec![0f32; slots.len() * axis.count];
            volume.read(slots, 0..axis.count, &mut samples, &Watching(&progress)).map_err(of_volume)?;
            let base = background.read(number * part, slots.len(), &mut buffer, &progress)?;
            let mut out = vec![0f32; samples.len()];
            found = found.and(inversion.invert(&samples, base, &mut out, &Watched(&progress)).map_err(failed)?);
            if found.out_of_range > 0 {
                return exec_err!(
                    "the impedance of {} traces is beyond all numbers: the amplitudes of the wavelet are not those of the traces; give `scale`, \
                     the amplitude of a reflection coefficient of 1, or a wavelet that wavelet_estimate makes with `reflectivity`",
                    found.out_of_range
                );
            }
            let mut columns: Vec<ArrayRef> = headers.iter().map(|c| c.slice(number * part, slots.len())).collect();
            columns.push(Arc::new(Float64Array::from(vec![axis.start; slots.len()])));
            columns.push(Arc::new(Float64Array::from(vec![axis.interval; slots.len()])));
            columns.push(Arc::new(samples_list(out, slots.len(), axis.count)?));
            output.emit(columns)?;
        }
        report(&found, output);
        Ok(())
    }
}

/// Seconds from sample to sample.
fn seconds(axis: &SampleAxis) -> Result<f64> {
    match (axis.domain, axis.unit.as_str()) {
        (Domain::Time, "ms") => Ok(axis.interval / 1000.0),
        (domain, unit) => exec_err!("the volume is along {domain} in `{unit}`, and a wavelet is one of time; time is expected in ms"),
    }
}

/// The wavelet times a number.
fn scaled(wavelet: Wavelet, scale: f64) -> Result<Wavelet> {
    Wavelet::new(wavelet.samples().iter().map(|v| v * scale).collect(), wavelet.interval()).map_err(failed)
}

/// What a person should know of the result.
fn report(found: &Inversion, output: &Output) {
    if found.compared > 0 && found.energy > 0.0 {
        output.notice(format!(
            "invert_poststack: {:.1} % of the energy of the traces is not explained; the impedance departs from the background by {:.1} % (rms)",
            100.0 * found.residual_energy / found.energy,
            100.0 * ((found.change / found.compared as f64).sqrt().exp() - 1.0)
        ));
    }
    let said = [
        (found.dead, "dead traces (all zeros), which have no impedance"),
        (found.without_background, "traces without a background, which have no impedance"),
        (found.incomplete, "traces that lack samples or background in places, where they have no impedance"),
    ];
    for (count, what) in said.into_iter().filter(|(count, _)| *count > 0) {
        output.notice(format!("invert_poststack: {what}: {count}"));
    }
}
