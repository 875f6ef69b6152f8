//! `depth_convert`: a volume from time to depth and back.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array};
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::seismic::depth::Conversion;
use outcrop_kernels::seismic::interpolation::{Axis, Interpolation};
use outcrop_kernels::seismic::time_depth::TimeDepth;
use outcrop_kernels::seismic::velocity::{Datum, VelocityModel};
use outcrop_operators::{
    Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, of_volume, samples_list,
    samples_type,
};
use outcrop_seismic::{Domain, SampleAxis};

use super::windows::{self, Watching};
use crate::monitor::failed;
use crate::pieces::number_field;

/// Samples worked on at a time.
const PART: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct DepthConvert(Definition);

pub(super) fn operator() -> DepthConvert {
    DepthConvert(Definition {
        name: "depth_convert",
        group: "Seismic",
        summary: "Traces from two-way time to depth, or back, with checkshots or a velocity model",
        doc: "A volume in time becomes one in depth, and one in depth one in time. The model is one of\n\n\
            | given | velocity |\n|---|---|\n\
            | `model` with `depth` and `time` | checkshots: linear between pairs, nothing outside unless `extrapolate` |\n\
            | `model` with `depth` and `velocity` | layers of constant interval velocity by the depths of their tops; two-way time 0 at the first |\n\
            | `velocity` | one velocity |\n\
            | `velocity` and `gradient` | velocity + gradient times depth, exactly |\n\n\
            One model serves all traces. Depth counts from where time does: from mean sea level, where the seismic datum is that, so pairs \
            are of tvdss. Times are two-way, in ms; depths in the unit of `model`, or of `unit`; velocities in that unit a second. \
            The new samples lie every `step` from `from` to `to`, by default over the range of the old ones; between old samples a windowed \
            sinc is used. A sample outside of the old trace or of the model is NULL. A step of more than half the lowest velocity times \
            the interval loses the highest frequencies.",
        example: "SELECT inline, crossline, start, sample_interval, samples FROM depth_convert((SELECT * FROM seismic.cube WHERE inline = 1016 AND crossline = 2030), velocity => 1750, gradient => 0.55, step => 5, to => 2500)",
        inputs: vec![
            Input::volume("volume", "Traces in time or depth"),
            Input::new("model", "Checkshots, or tops of layers", vec![
                Column::length("depth", "Depth of the pair, or of the top of the layer"),
                Column::number("time", "Two-way time of the pair, ms").optional(),
                Column::number("velocity", "Interval velocity of the layer").optional(),
            ])
            .ordered_by(&["depth"])
            .optional(),
        ],
        parameters: vec![
            Parameter::positive("velocity", "Velocity, at depth 0 where there is a gradient").unit("unit of depth a second"),
            Parameter::number("gradient", "Increase of velocity with depth").unit("1/s"),
            Parameter::boolean("extrapolate", "Go on with the velocities of the first and last pair outside of the checkshots").default(false),
            Parameter::choice("unit", &["m", "ft"], "Unit of depth, where no `model` and no volume in depth states it").default("m"),
            Parameter::positive("step", "Distance of the new samples").unit("unit of the new axis").required(),
            Parameter::number("from", "First new sample").unit("unit of the new axis"),
            Parameter::number("to", "Last new sample").unit("unit of the new axis"),
        ],
        output: vec![
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by" },
            OutputColumn { name: "start, sample_interval", unit: "unit of the new axis", doc: "Where the first sample is, and the distance between samples" },
            OutputColumn { name: "samples", unit: "", doc: "The samples along the new axis" },
        ],
    })
}

/// The unit of the new axis: `ms`, or that of depths.
fn new_unit(domain: Domain, model: &str, stated: &str) -> String {
    match domain {
        Domain::Time if !model.is_empty() => model.to_owned(),
        Domain::Time => stated.to_owned(),
        _ => "ms".to_owned(),
    }
}

impl Operator for DepthConvert {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let vertical = super::axis::Vertical::of(planned, "volume");
        let time = planned.unit("model", "time");
        if !time.is_empty() && time != "ms" {
            return plan_err!("depth_convert: the times of the model are in {time}; convert them to ms with convert_unit");
        }
        let unit = match (vertical.domain, planned.unit("model", "depth")) {
            // What is bound later is not known here.
            (Domain::Time, "") if planned.gives("unit") => planned.text("unit").unwrap_or_default().to_owned(),
            (Domain::Time, "") if !planned.has("model") => "m".to_owned(),
            (Domain::Time, unit) => unit.to_owned(),
            _ => "ms".to_owned(),
        };
        let mut fields = windows::header_fields(planned, "volume");
        fields.push(number_field("start", &unit, "Where the first sample is"));
        let domain = if vertical.domain == Domain::Time { Domain::Depth } else { Domain::Time };
        let interval = number_field("sample_interval", &unit, "Distance from sample to sample");
        fields.push(outcrop_types::field::with(interval, super::axis::DOMAIN, domain.as_str()));
        fields.push(outcrop_types::field::described("samples", samples_type(), true, "Samples along the new axis"));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        let old = traces.volume().axis().clone();
        let model_rows = inputs.iter().find(|i| i.name() == "model");
        let stated = call.text("unit").unwrap_or("m");
        let depth_unit = model_rows.and_then(|m| m.bound().unit("depth")).unwrap_or(match old.domain {
            Domain::Depth if !old.unit.is_empty() => old.unit.as_str(),
            _ => stated,
        });
        match (old.domain, old.unit.as_str()) {
            (Domain::Time, "ms") => {}
            (Domain::Depth, unit) if unit == depth_unit => {}
            (Domain::Depth, unit) => return exec_err!("the volume is in {unit}, the model in {depth_unit}; convert one of them"),
            (domain, unit) => return exec_err!("a volume along {domain} in `{unit}` can't be converted; time is expected in ms"),
        }
        let model = model(call, model_rows)?;
        if traces.is_empty() {
            return Ok(());
        }
        let new = new_axis(call, &old, &model, depth_unit)?;
        let seconds = |axis: &SampleAxis| {
            let scale = if axis.domain == Domain::Time { 0.001 } else { 1.0 };
            Axis { start: axis.start * scale, step: axis.interval * scale, count: axis.count }
        };
        let conversion = match old.domain {
            Domain::Time => Conversion::to_depth(&model, seconds(&old), seconds(&new), Interpolation::Sinc),
            _ => Conversion::to_time(&model, seconds(&old), seconds(&new), Interpolation::Sinc),
        }
        .map_err(failed)?;
        let headers = windows::header_columns(rows, traces);
        let progress = output.progress().clone();
        progress.set_total(traces.len() as u64);
        let volume = traces.volume();
        let together = volume.together().max(1);
        let part = (PART / old.count.max(new.count).max(1) / together).max(1) * together;
        for (number, slots) in traces.slots().chunks(part).enumerate() {
            let mut samples = vec![0f32; slots.len() * old.count];
            volume.read(slots, 0..old.count, &mut samples, &Watching(&progress)).map_err(of_volume)?;
            let mut out = vec![0f32; slots.len() * new.count];
            for (trace, out) in samples.chunks_exact(old.count).zip(out.chunks_exact_mut(new.count)) {
                conversion.apply(trace, out).map_err(failed)?;
            }
            let mut columns: Vec<ArrayRef> = headers.iter().map(|c| c.slice(number * part, slots.len())).collect();
            columns.push(Arc::new(Float64Array::from(vec![new.start; slots.len()])));
            columns.push(Arc::new(Float64Array::from(vec![new.interval; slots.len()])));
            columns.push(Arc::new(samples_list(out, slots.len(), new.count)?));
            output.emit(columns)?;
            progress.advance(slots.len() as u64);
        }
        Ok(())
    }
}

fn model(call: &Call, rows: Option<&Rows>) -> Result<VelocityModel> {
    let velocity = call.number("velocity");
    let datum = Datum::default();
    match (rows, velocity, call.number("gradient")) {
        (None, Some(v), None) => VelocityModel::constant(v, datum).map_err(failed),
        (None, Some(v), Some(k)) => VelocityModel::linear(v, k, datum).map_err(failed),
        (Some(rows), None, None) => {
            let (depth, time, velocity) = (rows.numbers("depth"), rows.numbers("time"), rows.numbers("velocity"));
            match (time.is_empty(), velocity.is_empty()) {
                (false, true) => {
                    let table = TimeDepth::new(depth, time.into_iter().map(|t| t / 1000.0).collect()).map_err(failed)?;
                    Ok(VelocityModel::table(&table, call.flag("extrapolate")))
                }
                (true, false) => VelocityModel::layers(&depth, &velocity, 0.0).map_err(failed),
                _ => exec_err!("`model` needs either a column `time` (checkshots) or a column `velocity` (layers)"),
            }
        }
        _ => exec_err!("give one model: `model`, or `velocity` with or without `gradient`"),
    }
}

/// The new axis, over the range of the old one where the call does not say.
fn new_axis(call: &Call, old: &SampleAxis, model: &VelocityModel, depth_unit: &str) -> Result<SampleAxis> {
    let step = call.number_or("step", 1.0);
    let place = |at: f64| match old.domain {
        Domain::Time => model.depth_at(at / 1000.0),
        _ => model.time_at(at) * 1000.0,
    };
    let known = |at: f64| Some(place(at)).filter(|v| v.is_finite());
    // A model may say nothing at the ends of the old axis; then the range is what it says something of.
    let places = (0..old.count).filter_map(|k| known(old.at(k)));
    let (low, high) = places.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    let (from, to) = (call.number("from").unwrap_or(low), call.number("to").unwrap_or(high));
    if !(from.is_finite() && to.is_finite() && from <= to) {
        return exec_err!("the model says nothing of {} to {} {}; give `from` and `to`, or a model that covers them", old.start, old.end(), old.unit);
    }
    let axis = Axis::covering(from, to, step).map_err(failed)?;
    if axis.count == 0 {
        return exec_err!("no sample lies every {step} from {from} to {to}");
    }
    let domain = if old.domain == Domain::Time { Domain::Depth } else { Domain::Time };
    let unit = new_unit(old.domain, depth_unit, depth_unit);
    Ok(SampleAxis { start: axis.start, interval: axis.step, count: axis.count, domain, unit })
}
