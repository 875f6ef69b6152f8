//! `fill_gaps`: short holes in curves, filled.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::resample::{ResampleMethod, resample};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{changed, logs_input, same_rows};
use crate::monitor::failed;

#[derive(Debug)]
pub(super) struct FillGaps(Definition);

pub(super) fn operator() -> FillGaps {
    FillGaps(Definition {
        name: "fill_gaps",
        group: "Logs",
        summary: "Fills holes in curves up to a length, linearly or with the nearer reading",
        doc: "A sample without a reading gets one where the readings above and below it are at most `max_gap` apart: on the straight \
            line between them, or that of the nearer one. Longer holes, and those above the first or below the last reading, stay.\n\n\
            Every numeric column but `md`, `tvd`, `tvdss`, `x`, `y`, `north` and `east` is a curve; all other columns come along. One \
            run takes one log set of one well: use `by => [well, log_set]`. Two samples at a depth are an error.",
        example: "SELECT * FROM fill_gaps((SELECT well, md, gr, rhob FROM logs), max_gap => 3, by => [well]) WHERE gr IS NOT NULL LIMIT 5",
        inputs: vec![logs_input()],
        parameters: vec![
            Parameter::positive("max_gap", "Most that two readings may be apart to fill what is between").unit("unit of md").required(),
            Parameter::choice("method", &["linear", "nearest"], "How values between readings are made").default("linear"),
        ],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the other columns", unit: "as in the input", doc: "Curves filled; the rest as it is" },
        ],
    })
}

impl Operator for FillGaps {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(same_rows(planned))
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (Some(data), Some(method)) = (inputs.first(), call.text("method").and_then(ResampleMethod::named)) else {
            return exec_err!("needs `method`");
        };
        let columns = changed(data, output, |md, _, values| {
            resample(md, &values, md, method, 0.0, call.number("max_gap")).map_err(failed)
        })?;
        output.emit(columns)
    }
}
