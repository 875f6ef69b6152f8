//! `despike`: curves without spikes.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::window::{Despiked, despike};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{changed, logs_input, same_rows};
use super::moving::window_parameter;
use crate::monitor::failed;

#[derive(Debug)]
pub(super) struct Despike(Definition);

pub(super) fn operator() -> Despike {
    Despike(Definition {
        name: "despike",
        group: "Logs",
        summary: "Takes spikes out of curves, by the median of the readings around",
        doc: "A reading is a spike where it is farther than `threshold` standard deviations from the median of its window. The \
            deviation is 1.4826 times the median distance from that median, which spikes do not widen (Hampel's identifier). In a \
            window whose readings are mostly one value every other is a spike. A spike becomes that median, or NULL with \
            `replace => 'null'`; a notice counts them by curve.\n\nThe window is a length, so it means the same at every step and in every log set: readings up to half of it above and below count, those at its edge too; at the ends of a curve it is shorter. A sample without a reading stays without one, and NULLs count for nothing. Every numeric column but `md`, `tvd`, `tvdss`, `x`, `y`, `north` and `east` is a curve; all other columns come along. One run takes one log set of one well: use `by => [well, log_set]`. Two samples at a depth are an error; samples whose md is NULL are left out.\n\n\
            Source: F. R. Hampel, *The influence curve and its role in robust estimation*, JASA 69 (1974).",
        example: "SELECT * FROM despike((SELECT well, md, gr, rhob FROM logs WHERE gr IS NOT NULL), window => 5, by => [well]) LIMIT 5",
        inputs: vec![logs_input()],
        parameters: vec![
            window_parameter(),
            Parameter::positive("threshold", "Standard deviations from the median that make a spike").default(3.0),
            Parameter::choice("replace", &["median", "null"], "What becomes of a spike").default("median"),
        ],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the other columns", unit: "as in the input", doc: "Curves without spikes; the rest as it is" },
        ],
    })
}

impl Operator for Despike {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(same_rows(planned))
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (Some(data), Some(window)) = (inputs.first(), call.number("window")) else { return exec_err!("needs `window`") };
        let replace = if call.text("replace") == Some("null") { Despiked::Removed } else { Despiked::Median };
        let mut counts = Vec::new();
        let columns = changed(data, output, |md, name, values| {
            let (values, spikes) = despike(md, &values, window, call.number_or("threshold", 3.0), replace).map_err(failed)?;
            if spikes > 0 {
                counts.push(format!("{spikes} of {name}"));
            }
            Ok(values)
        })?;
        if !counts.is_empty() {
            output.notice(format!("despike: spikes taken out{}: {}", output.group(), counts.join(", ")));
        }
        output.emit(columns)
    }
}
