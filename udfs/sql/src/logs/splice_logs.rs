//! `splice_logs`: one log set above a depth, another below it.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::curves;
use super::pair::{both, log_set_input, names};
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct SpliceLogs(Definition);

pub(super) fn operator() -> SpliceLogs {
    SpliceLogs(Definition {
        name: "splice_logs",
        group: "Logs",
        summary: "One log set above a depth and another from it on down",
        doc: "Samples of `upper` above `at`, and of `lower` at `at` and below it; nothing is interpolated, and steps may change there. A \
            curve that only one has is NULL in the rows of the other. Curves of one name must have one unit.\n\n\
            Every numeric column but `md` is a curve; other columns are an error. Group both with `by => [well]`. `merge_logs` takes \
            the second log set only where the first has no reading.",
        example: "SELECT * FROM splice_logs((SELECT well, md, gr FROM logs WHERE gr IS NOT NULL), (SELECT well, md, gr FROM logs WHERE gr IS NOT NULL), at => 1500, by => [well]) LIMIT 5",
        inputs: vec![
            log_set_input("upper", "The log set above", None),
            log_set_input("lower", "The log set below", Some("upper")),
        ],
        parameters: vec![Parameter::number("at", "Depth that the lower one begins at").unit("unit of md").required()],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the curves of both", unit: "as in the inputs", doc: "Their readings" },
        ],
    })
}

impl Operator for SpliceLogs {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = vec![number_field("md", planned.unit("upper", "md"), "Depth")];
        fields.extend(both(self.0.name, planned, "upper", "lower")?);
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let ([upper, lower], Some((_, of_upper)), Some((_, of_lower))) = (inputs, call.input("upper"), call.input("lower"))
        else {
            return exec_err!("needs two log sets");
        };
        let Some(at) = call.number("at") else { return exec_err!("needs `at`") };
        let (a, b) = (upper.numbers("md"), lower.numbers("md"));
        let (end, begin) = (a.partition_point(|d| *d < at), b.partition_point(|d| *d < at));
        let (above, below) = (curves(of_upper, upper)?, curves(of_lower, lower)?);
        let mut columns = vec![numbers([&a[..end], &b[begin..]].concat())];
        for name in names(of_upper, of_lower) {
            let of = |set: &[(String, Vec<f64>)], range: std::ops::Range<usize>| match set.iter().find(|(n, _)| n == name) {
                Some((_, values)) => values[range].to_vec(),
                None => vec![f64::NAN; range.len()],
            };
            columns.push(numbers([of(&above, 0..end), of(&below, begin..b.len())].concat()));
        }
        output.emit(columns)
    }
}
