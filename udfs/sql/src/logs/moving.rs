//! What the operators of a moving window share.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::window::{Statistic, moving};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{changed, logs_input, same_rows};
use crate::monitor::failed;

#[derive(Debug)]
pub(super) struct Moving {
    definition: Definition,
    statistic: Statistic,
}

/// An operator that gives each reading's neighbourhood instead of it.
pub(super) fn moving_operator(
    name: &'static str,
    statistic: Statistic,
    summary: &'static str,
    doc: &'static str,
    example: &'static str,
) -> Moving {
    Moving {
        statistic,
        definition: Definition {
            name,
            group: "Logs",
            summary,
            doc,
            example,
            inputs: vec![logs_input()],
            parameters: vec![window_parameter()],
            output: vec![
                OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
                OutputColumn {
                    name: "the other columns",
                    unit: "as in the input",
                    doc: "Curves changed; text, tvd, tvdss, x, y, north and east as they are",
                },
            ],
        },
    }
}

/// The length of the window.
pub(super) fn window_parameter() -> Parameter {
    Parameter::positive("window", "Length of the window, half of it above and half below each sample")
        .unit("unit of md")
        .required()
}

impl Operator for Moving {
    fn definition(&self) -> &Definition {
        &self.definition
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(same_rows(planned))
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let (Some(data), Some(window)) = (inputs.first(), call.number("window")) else {
            return exec_err!("needs `window`");
        };
        let columns =
            changed(data, output, |md, _, values| moving(md, &values, window, self.statistic).map_err(failed))?;
        output.emit(columns)
    }
}
