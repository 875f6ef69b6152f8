//! `seismic_samples`: a volume as rows of samples.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_operators::{Bounded, Call, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows};

use super::axis::{Vertical, window};
use super::windows;

/// What the column of vertical places may be called.
const VERTICAL: [&str; 3] = ["time", "depth", "frequency"];

#[derive(Debug)]
pub(super) struct SeismicSamples(Definition);

pub(super) fn operator() -> SeismicSamples {
    SeismicSamples(Definition {
        name: "seismic_samples",
        group: "Seismic",
        summary: "Samples of traces as rows: one for each sample, with what its trace is known by",
        doc: "`volume` is a seismic volume of the project (`seismic.cube`), a SEG-Y file in quotes, a selection of either, or any rows \
            with samples. Only the traces that it selects are read, and of them only the samples from `from` to `to`, both included, in \
            the unit of the volume's axis (ms of two-way time, m or ft of depth).\n\n\
            Rows come trace by trace, in the order of the volume. A trace that is missing in the survey has no rows; a sample that a trace \
            does not have, because it begins later or ends earlier than others, is NULL.",
        example: "SELECT inline, crossline, time, amplitude FROM seismic_samples((SELECT * FROM seismic.cube WHERE inline = 1016 AND crossline = 2030), from => 1500, to => 1540)",
        inputs: vec![Input::volume("volume", "Traces")],
        parameters: vec![
            Parameter::number("from", "First time or depth; the first sample when not given").unit("unit of the axis"),
            Parameter::number("to", "Last time or depth; the last sample when not given").unit("unit of the axis"),
        ],
        output: vec![
            OutputColumn { name: "inline, crossline, offset, x, y, the other columns of volume", unit: "as in the input", doc: "What the trace is known by, but for samples, start and sample_interval" },
            OutputColumn { name: "time, depth, frequency", unit: "unit of the axis", doc: "Where the sample is: one of the three, as the volume is in" },
            OutputColumn { name: "amplitude", unit: "", doc: "The sample" },
        ],
    })
}

impl Operator for SeismicSamples {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let mut fields = windows::header_fields(planned, "volume");
        fields.push(Vertical::of(planned, "volume").field());
        fields.push(windows::amplitude_field(planned));
        Ok(fields)
    }

    /// All that traces are known by.
    fn hands_through(&self, column: &str) -> bool {
        !VERTICAL.contains(&column) && column != "amplitude"
    }

    fn bounded(&self) -> Option<Bounded> {
        Some(Bounded { columns: &VERTICAL, lower: "from", upper: "to" })
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let [rows] = inputs else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        if traces.is_empty() {
            return Ok(());
        }
        let samples = match window(traces.volume().axis(), call.number("from"), call.number("to")) {
            Ok(samples) => samples,
            // A condition may ask for times that no trace has; that is no rows, but a notice says why.
            Err(none) => {
                output.notice(format!("seismic_samples: {}", none.strip_backtrace()));
                return Ok(());
            }
        };
        let headers = windows::header_columns(rows, traces);
        windows::emit(traces, &**traces.volume(), &headers, samples, output)
    }
}
