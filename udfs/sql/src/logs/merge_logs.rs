//! `merge_logs`: two log sets at common depths.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::logs::resample::{ResampleMethod, regular_depths, resample};
use outcrop_kernels::logs::samples::check_depths;
use outcrop_operators::{Call, Definition, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::curves::{curves, is_position};
use super::pair::{both, log_set_input, names};
use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct MergeLogs(Definition);

pub(super) fn operator() -> MergeLogs {
    MergeLogs(Definition {
        name: "merge_logs",
        group: "Logs",
        summary: "The curves of two log sets, of whatever steps, side by side at common depths",
        doc: "The depths are those of `first`, and beyond its ends those of `second`; with `step` they are the multiples of it over \
            both. Each curve is brought there as `log_resample` does, by `method`, and nothing is made across holes wider than \
            `max_gap` (1.5 usual steps of its own log set where it is left out).\n\n\
            A curve that both have is one: the reading of `first` where it has one, else that of `second`. Its units must agree. To \
            keep both, name one otherwise: `SELECT gr AS gr_2`. More than two log sets merge in turn, the one that counts most first.\n\n\
            Every numeric column but `md` is a curve; other columns are an error, as the rows are new ones. Group both with \
            `by => [well]`. Two samples at a depth are an error.",
        example: "SELECT * FROM merge_logs((SELECT well, md, gr FROM logs WHERE gr IS NOT NULL), (SELECT well, md, rhob FROM logs WHERE rhob IS NOT NULL), by => [well]) LIMIT 5",
        inputs: vec![
            log_set_input("first", "The log set that counts more", None),
            log_set_input("second", "The other one", Some("first")),
        ],
        parameters: vec![
            Parameter::positive("step", "Distance between depths; left out, the depths of the log sets").unit("unit of md"),
            Parameter::choice("method", &["linear", "nearest", "average"], "How values between readings are made; average needs step").default("linear"),
            Parameter::at_least("max_gap", 0.0, "Readings farther apart have nothing between them; left out, 1.5 usual steps").unit("unit of md"),
        ],
        output: vec![
            OutputColumn { name: "md", unit: "unit of md", doc: "Depth" },
            OutputColumn { name: "the curves of both", unit: "as in the inputs", doc: "NULL where neither has a reading" },
        ],
    })
}

impl Operator for MergeLogs {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = vec![number_field("md", planned.unit("first", "md"), "Depth")];
        fields.extend(both(self.0.name, planned, "first", "second")?);
        Ok(fields)
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let ([first, second], Some((_, of_first)), Some((_, of_second))) = (inputs, call.input("first"), call.input("second"))
        else {
            return exec_err!("needs two log sets");
        };
        let Some(method) = call.text("method").and_then(ResampleMethod::named) else { return exec_err!("needs `method`") };
        if method == ResampleMethod::Average && call.number("step").is_none() {
            return exec_err!("`average` is over a step; give `step`");
        }
        let (a, b) = (first.numbers("md"), second.numbers("md"));
        for (name, md) in [("first", &a), ("second", &b)] {
            check_depths(md).or_else(|e| exec_err!("`{name}`: {e}"))?;
        }
        let at = match call.number("step") {
            Some(step) => {
                let ends = |v: &[f64]| (v.first().copied().unwrap_or(f64::NAN), v.last().copied().unwrap_or(f64::NAN));
                let (top, base) = (ends(&a).0.min(ends(&b).0), ends(&a).1.max(ends(&b).1));
                if top.is_nan() {
                    return Ok(());
                }
                regular_depths(top, base, step, false).map_err(failed)?
            }
            None => match (a.first(), a.last()) {
                (Some(&top), Some(&base)) => {
                    let above = b.iter().copied().filter(|d| *d < top);
                    let below = b.iter().copied().filter(|d| *d > base);
                    above.chain(a.iter().copied()).chain(below).collect()
                }
                _ => b.clone(),
            },
        };
        let step = call.number_or("step", 0.0);
        let brought = |md: &[f64], name: &str, values: &[f64]| {
            let method = if is_position(name) { ResampleMethod::Linear } else { method };
            resample(md, values, &at, method, step, call.number("max_gap")).map_err(failed)
        };
        let (theirs, others) = (curves(of_first, first)?, curves(of_second, second)?);
        let mut columns = vec![numbers(at.clone())];
        for name in names(of_first, of_second) {
            let mut merged = vec![f64::NAN; at.len()];
            for (md, set) in [(&a, &theirs), (&b, &others)] {
                if let Some((_, values)) = set.iter().find(|(n, _)| n == name) {
                    for (m, v) in merged.iter_mut().zip(brought(md, name, values)?) {
                        if m.is_nan() {
                            *m = v;
                        }
                    }
                }
            }
            columns.push(numbers(merged));
            if output.progress().cancelled() {
                return exec_err!("cancelled");
            }
        }
        output.emit(columns)
    }
}
