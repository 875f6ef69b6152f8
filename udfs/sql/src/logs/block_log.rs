//! `block_log`: curves as steps.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::block::{BlockValue, blocked, regular_blocks};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{changed, logs_input, same_rows};
use super::zones_input::{zones, zones_input};
use crate::monitor::failed;

#[derive(Debug)]
pub(super) struct BlockLog(Definition);

pub(super) fn operator() -> BlockLog {
    BlockLog(Definition {
        name: "block_log",
        group: "Logs",
        summary: "Curves as steps: one value for each zone, or for each interval of a thickness",
        doc: "Blocks are `zones`, or intervals of `size` at its multiples; give one of the two. Every sample of a block gets the \
            block's value, also where it had no reading, so the rows stay as they are; `SELECT DISTINCT` or GROUP BY makes a row a \
            block. Samples outside all zones are NULL.\n\n\
            | value | of the readings in the block |\n|---|---|\n\
            | `mean` | mean by thickness |\n\
            | `median` | half of the thickness has readings below it |\n\
            | `mode` | the value with the most thickness, of several the smallest: for codes |\n\
            | `geometric`, `harmonic` | means by thickness; NULL where a reading is not above 0. Permeability along and across beds |\n\
            | `min`, `max` | least and greatest |\n\n\
            A reading counts by the thickness it stands for in its block: halfway to the readings beside it, half a usual step at the \
            ends and beside holes (over 1.5 usual steps). Top and base as in `attach_zones`. Every numeric column but `md`, `tvd`, \
            `tvdss`, `x`, `y`, `north` and `east` is a curve; all other columns come along. One run takes one log set of one well: \
            use `by => [well, log_set]`; zones that lack a grouping column serve all groups.",
        example: "SELECT * FROM block_log((SELECT well, md, gr, rhob FROM logs WHERE gr IS NOT NULL), size => 10, by => [well]) LIMIT 5",
        inputs: vec![logs_input(), zones_input().optional()],
        parameters: vec![
            Parameter::positive("size", "Thickness of blocks, where there are no zones").unit("unit of md"),
            Parameter::choice("value", &BlockValue::NAMES, "What a block gets").default("mean"),
        ],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the other columns", unit: "as in the input", doc: "Curves as steps; the rest as it is" },
        ],
    })
}

impl Operator for BlockLog {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(same_rows(planned))
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(data) = inputs.first() else { return exec_err!("there is no data") };
        let blocks = match (inputs.get(1), call.number("size")) {
            (Some(rows), None) => zones(rows)?.1,
            (None, Some(size)) => regular_blocks(&data.numbers("md"), size).map_err(failed)?,
            _ => return exec_err!("give `size`, or the input `zones`, one of the two"),
        };
        let named = call.text("value").and_then(|v| BlockValue::NAMES.iter().position(|n| *n == v));
        let value = named.and_then(|at| BlockValue::ALL.get(at)).copied().unwrap_or_default();
        let columns = changed(data, output, |md, _, values| blocked(md, &values, &blocks, value).map_err(failed))?;
        output.emit(columns)
    }
}
