//! `log_resample`: curves at a regular step.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::resample::{ResampleMethod, regular_depths, resample};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{curve_fields, curves, is_position, logs_input};
use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct LogResample(Definition);

pub(super) fn operator() -> LogResample {
    LogResample(Definition {
        name: "log_resample",
        group: "Logs",
        summary: "Curves at a regular step: linear, nearest or averaged, without filling holes",
        doc: "The depths are the multiples of `step` within the samples (or from `top` to `base`), so wells and log sets share them. \
            Every numeric column but `md` is a curve.\n\n\
            | method | value at a depth |\n|---|---|\n\
            | `linear` | on the straight line between the readings above and below |\n\
            | `nearest` | the nearer reading; the upper one where both are equally far: for codes and flags |\n\
            | `average` | mean over `step` around the depth, each reading weighted by the thickness it stands for there: halfway to the \
            readings beside it. For coarser steps, where `linear` would pick single readings. NULL where readings stand for less than half of the step |\n\n\
            Nothing is made where nothing was read: between two readings of a curve farther apart than `max_gap` it stays NULL, and so it \
            does above its first and below its last reading. `max_gap` left out is 1.5 times the usual step of the samples (the median), \
            so that one missing reading is a hole already. A depth on a reading has that reading.\n\n\
            `tvd`, `tvdss`, `x`, `y`, `north` and `east` are places and always linear. One run takes one log set of one well: \
            use `by => [well, log_set]`. Two samples at a depth are an error; samples whose md is NULL are left out.",
        example: "SELECT * FROM log_resample((SELECT well, md, gr, rhob FROM logs WHERE gr IS NOT NULL), step => 5, method => 'average', by => [well]) LIMIT 5",
        inputs: vec![logs_input()],
        parameters: vec![
            Parameter::positive("step", "Distance between depths").unit("unit of md").required(),
            Parameter::choice("method", &["linear", "nearest", "average"], "How values between readings are made").default("linear"),
            Parameter::at_least("max_gap", 0.0, "Readings farther apart have nothing between them; left out, 1.5 usual steps").unit("unit of md"),
            Parameter::number("top", "First depth; left out, the first multiple of step in the samples").unit("unit of md"),
            Parameter::number("base", "No depth below this; left out, the last sample").unit("unit of md"),
        ],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth, a multiple of step (with top: top and multiples of step below it)" },
            OutputColumn { name: "the curves", unit: "as in the input", doc: "Their values; NULL in holes" },
        ],
    })
}

impl Operator for LogResample {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = vec![number_field("md", planned.unit("data", "md"), "Depth")];
        fields.extend(curve_fields(self.0.name, planned, "data")?);
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (Some(data), Some((_, bound))) = (inputs.first(), call.input("data")) else { return exec_err!("there is no data") };
        let md = data.numbers("md");
        let (Some(step), Some(method)) = (call.number("step"), call.text("method").and_then(ResampleMethod::named)) else {
            return exec_err!("needs `step` and `method`");
        };
        let (Some(&first), Some(&last)) = (md.first(), md.last()) else { return Ok(()) };
        let (top, base) = (call.number("top"), call.number_or("base", last));
        let at = regular_depths(top.unwrap_or(first), base, step, top.is_some()).map_err(failed)?;
        let mut columns = vec![numbers(at.clone())];
        for (name, values) in curves(bound, data)? {
            let method = if is_position(&name) { ResampleMethod::Linear } else { method };
            columns.push(numbers(resample(&md, &values, &at, method, step, call.number("max_gap")).map_err(failed)?));
        }
        output.emit(columns)
    }
}
