//! `seismic_slice`: a section or slice of a volume.

use datafusion::arrow::array::{ArrayRef, UInt32Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_operators::{
    Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, Traces, of_volume,
};
use outcrop_seismic::MemoryVolume;

use super::axis::{Vertical, window};
use super::placed::Survey;
use super::windows::{self, Watching};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct SeismicSlice(Definition);

pub(super) fn operator() -> SeismicSlice {
    SeismicSlice(Definition {
        name: "seismic_slice",
        group: "Seismic",
        summary: "A slice of a volume: an inline, a crossline, a time or depth, or a section along a line or well path",
        doc: "`volume` is a seismic volume of the project (`seismic.cube`), a SEG-Y file in quotes, a selection of either, or any rows \
            with samples. Give just one of\n\n\
            | given | the slice |\n|---|---|\n\
            | `inline` | all traces of an inline |\n\
            | `crossline` | all traces of a crossline |\n\
            | `time` | of every trace the sample nearest to a two-way time, for volumes in time |\n\
            | `depth` | the same for volumes in depth |\n\
            | `line` | traces along a line of places, such as the path of a well, in the order of `position` |\n\n\
            An inline or crossline that no trace has, and a time or depth more than half an interval beyond the samples, is an error. Along a \
            line a trace is taken every `spacing`, by default the distance between neighbouring traces: the nearest one, or with \
            `method => 'bilinear'` the mean of the four around weighted by distance (the nearest where one of them is missing). Where the \
            line leaves the survey it has no rows. The corners of the line are not among the places unless the spacing meets them.\n\n\
            Only what the slice passes through is read. A trace that is missing in the survey has no rows; a sample that a trace does not \
            have is NULL.",
        example: "SELECT inline, crossline, amplitude FROM seismic_slice(seismic.cube, time => 1600) ORDER BY abs(amplitude) DESC LIMIT 5",
        inputs: vec![
            Input::volume("volume", "Traces"),
            Input::new("line", "Places of a section, joined by straight lines", vec![
                Column::length("x", "Easting"),
                Column::length("y", "Northing"),
                Column::number("position", "What orders the places: measured depth, a number"),
            ])
            .ordered_by(&["position"])
            .optional(),
        ],
        parameters: vec![
            Parameter::number("inline", "Inline number"),
            Parameter::number("crossline", "Crossline number"),
            Parameter::number("time", "Two-way time").unit("unit of the axis"),
            Parameter::number("depth", "Depth").unit("unit of the axis"),
            Parameter::number("from", "First time or depth of a section; the first sample when not given").unit("unit of the axis"),
            Parameter::number("to", "Last time or depth of a section; the last sample when not given").unit("unit of the axis"),
            Parameter::positive("spacing", "Distance along `line` from trace to trace").unit("unit of x"),
            Parameter::choice("method", &["nearest", "bilinear"], "How a trace of a line is made").default("nearest"),
        ],
        output: vec![
            OutputColumn { name: "distance", unit: "unit of x", doc: "Along a line: how far from its beginning" },
            OutputColumn { name: "line_x, line_y", unit: "unit of x", doc: "Along a line: the place on it" },
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by, along a line the nearest one" },
            OutputColumn { name: "time, depth, frequency", unit: "unit of the axis", doc: "Where the sample is: one of the three, as the volume is in" },
            OutputColumn { name: "amplitude", unit: "", doc: "The sample" },
        ],
    })
}

impl Operator for SeismicSlice {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = Vec::new();
        if planned.has("line") {
            let unit = planned.unit("line", "x");
            let (theirs, ours) = (planned.unit("volume", "x"), unit);
            if !theirs.is_empty() && !ours.is_empty() && theirs != ours {
                return plan_err!(
                    "seismic_slice: the line is in {ours}, the coordinates of the volume in {theirs}; convert one of them"
                );
            }
            fields.push(number_field("distance", unit, "Distance along the line"));
            fields.push(number_field("line_x", unit, "Easting of the place on the line"));
            fields.push(number_field("line_y", unit, "Northing of the place on the line"));
        }
        fields.extend(windows::header_fields(planned, "volume"));
        fields.push(Vertical::of(planned, "volume").field());
        fields.push(windows::amplitude_field(planned));
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        let line = inputs.iter().find(|i| i.name() == "line");
        let given = ["inline", "crossline", "time", "depth"].map(|p| call.number(p).map(|v| (p, v)));
        let given: Vec<(&str, f64)> = given.into_iter().flatten().collect();
        match (given.as_slice(), line) {
            (_, None) if traces.is_empty() => Ok(()),
            ([(name @ ("inline" | "crossline"), number)], None) => of_number(rows, traces, name, *number, call, output),
            ([(name, place)], None) => at_place(rows, traces, name, *place, output),
            ([], Some(line)) => along(rows, traces, line, call, output),
            _ => exec_err!("give one of inline, crossline, time, depth or line, and not several of them"),
        }
    }
}

/// The traces of an inline or crossline.
fn of_number(rows: &Rows, traces: &Traces, name: &str, number: f64, call: &Call, output: &mut Output) -> Result<()> {
    let Some(numbers) = traces.numbers(name) else {
        return exec_err!("the volume has no column `{name}`");
    };
    let places: Vec<u32> = numbers.iter().zip(0u32..).filter(|(n, _)| **n == number).map(|(_, place)| place).collect();
    if places.is_empty() {
        let known = || numbers.iter().copied().filter(|n| !n.is_nan());
        let (min, max) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        return if min > max {
            exec_err!("no trace has a number as its {name}")
        } else {
            exec_err!("there is no {name} {number}; the volume has {min} to {max}")
        };
    }
    let chosen = traces.select(&places)?;
    let samples = window(chosen.volume().axis(), call.number("from"), call.number("to"))?;
    let headers = windows::header_columns(rows, &chosen);
    windows::emit(&chosen, &**chosen.volume(), &headers, samples, output)
}

/// A sample of every trace.
fn at_place(rows: &Rows, traces: &Traces, name: &str, place: f64, output: &mut Output) -> Result<()> {
    let axis = traces.volume().axis();
    if axis.domain.as_str() != name {
        return exec_err!("`{name}` is given, but the volume is along {}; give `{}` in {}", axis.domain, axis.domain, axis.unit);
    }
    let Some(sample) = axis.nearest(place) else {
        return exec_err!(
            "{name} {place} is outside of the volume, which has {} to {} {}",
            axis.start,
            axis.end(),
            axis.unit
        );
    };
    let headers = windows::header_columns(rows, traces);
    windows::emit(traces, &**traces.volume(), &headers, sample..sample + 1, output)
}

/// Traces along a line.
fn along(rows: &Rows, traces: &Traces, line: &Rows, call: &Call, output: &mut Output) -> Result<()> {
    let (x, y) = (line.numbers("x"), line.numbers("y"));
    if x.len() < 2 {
        return exec_err!("the line has {} places; it needs two or more with x, y and position", x.len());
    }
    if traces.is_empty() {
        return Ok(());
    }
    let survey = Survey::of(traces)?;
    let spacing = call.number("spacing").unwrap_or_else(|| survey.spacing());
    let length: f64 = x.windows(2).zip(y.windows(2)).map(|(x, y)| (x[1] - x[0]).hypot(y[1] - y[0])).sum();
    if !(length / spacing).is_finite() || length / spacing >= 1e6 {
        return exec_err!("the line is {length} long, which gives more than a million traces every {spacing}; raise `spacing`");
    }
    let bilinear = call.text("method") == Some("bilinear");
    let (mut places, mut around) = (Vec::new(), Vec::new());
    for (distance, px, py) in on_line(&x, &y, spacing) {
        if let Some(found) = survey.around(px, py, bilinear) {
            places.push((distance, px, py));
            around.push(found);
        }
    }
    if around.is_empty() {
        return exec_err!("the line does not pass the volume; are both in one coordinate system?");
    }
    // The traces that are needed, each once, and then the mixtures of them as a volume of its own.
    let mut needed: Vec<u32> = around.iter().flat_map(|a| a.traces.iter().map(|t| t.0)).collect();
    needed.sort_unstable();
    needed.dedup();
    let samples = window(traces.volume().axis(), call.number("from"), call.number("to"))?;
    let chosen = traces.select(&needed)?;
    let span = samples.len();
    let mut values = vec![0f32; needed.len() * span];
    let progress = output.progress().clone();
    let volume = chosen.volume();
    volume.read(chosen.slots(), samples.clone(), &mut values, &Watching(&progress)).map_err(of_volume)?;
    let trace = |place: u32| {
        let at = needed.binary_search(&place).unwrap_or(0) * span;
        values.get(at..at + span).unwrap_or_default()
    };
    let mut mixed = vec![0f32; around.len() * span];
    for (target, around) in mixed.chunks_exact_mut(span).zip(&around) {
        for (place, weight) in &around.traces {
            target.iter_mut().zip(trace(*place)).for_each(|(t, v)| *t += weight * v);
        }
    }
    let mut axis = volume.axis().clone();
    (axis.start, axis.count) = (axis.at(samples.start), span);
    let section = MemoryVolume::new(axis, mixed).map_err(of_volume)?;
    // A place is known by the trace nearest to it.
    let nearest = around.iter().map(|a| a.traces.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |t| t.0));
    let nearest = UInt32Array::from_iter_values(nearest);
    let own = windows::header_columns(rows, traces);
    let mut headers: Vec<ArrayRef> = vec![
        numbers(places.iter().map(|p| p.0).collect()),
        numbers(places.iter().map(|p| p.1).collect()),
        numbers(places.iter().map(|p| p.2).collect()),
    ];
    for column in &own {
        headers.push(take(column, &nearest, None)?);
    }
    let slots: Vec<u32> = (0..u32::try_from(nearest.len()).unwrap_or(u32::MAX)).collect();
    windows::emit_slots(&slots, &section, &headers, 0..span, output)
}

/// Places every `spacing` along a line, with their distance from its beginning.
fn on_line(x: &[f64], y: &[f64], spacing: f64) -> Vec<(f64, f64, f64)> {
    let mut places = Vec::new();
    let (mut before, mut next) = (0.0, 0.0);
    let segments = x.len().saturating_sub(1);
    for ((x, y), segment) in x.windows(2).zip(y.windows(2)).zip(1..) {
        let (dx, dy) = (x[1] - x[0], y[1] - y[0]);
        let length = dx.hypot(dy);
        // A line from trace to trace has a place at its end, though coordinates are rounded to centimetres.
        let slack = if segment == segments { 1e-3 * spacing } else { 0.0 };
        while length > 0.0 && next <= before + length + slack {
            let part = ((next - before) / length).min(1.0);
            places.push((next, x[0] + part * dx, y[0] + part * dy));
            next = places.len() as f64 * spacing;
        }
        before += length;
    }
    places
}
