//! `wavelet_estimate`: the wavelet of traces.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err};
use outcrop_kernels::seismic::spectrum::SpectrumAverage;
use outcrop_kernels::seismic::wavelet::{Taper, Wavelet, deterministic, statistical};
use outcrop_operators::{
    Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule, of_volume,
};
use outcrop_seismic::Domain;

use super::axis::window;
use super::windows::Watching;
use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

/// Samples read at a time.
const PART: usize = 4 << 20;

#[derive(Debug)]
pub(super) struct WaveletEstimate(Definition);

pub(super) fn operator() -> WaveletEstimate {
    WaveletEstimate(Definition {
        name: "wavelet_estimate",
        group: "Seismic",
        summary: "The wavelet of traces: by their average spectrum with phase zero, or by least squares against a reflectivity",
        doc: "Without `reflectivity` the wavelet is statistical: zero phase, its amplitude spectrum that of the traces (root of the mean power, \
            smoothed by fading the autocorrelation to nothing at `length`), scaled to 1 at its middle. It is right where the reflectivity is \
            white, and says nothing of the phase.\n\n\
            With `reflectivity` (rows of time and coefficient, as `synthetic` gives) it is the wavelet that makes the mean trace of it with the \
            least squared error, a damped Wiener filter; it has the amplitudes and the phase of the trace, and a notice says how well it fits. \
            The volume should be the traces at the well; `damping` is in parts of the mean of the diagonal.\n\n\
            `from` and `to` choose the part of the traces that is looked at. Dead traces and those with missing samples are left out.",
        example: "SELECT * FROM wavelet_estimate((SELECT * FROM seismic.cube WHERE inline = 1016), from => 1200, to => 1800, length => 120)",
        inputs: vec![
            Input::volume("volume", "Traces, in time"),
            Input::new("reflectivity", "Reflection coefficients at times", vec![
                Column::number("time", "Two-way time").unit(UnitRule::Is("ms")),
                Column::number("reflectivity", "Reflection coefficient"),
            ])
            .ordered_by(&["time"])
            .optional(),
        ],
        parameters: vec![
            Parameter::positive("length", "Length of the wavelet").unit("ms").default(128.0),
            Parameter::number("from", "First time that is looked at").unit("ms"),
            Parameter::number("to", "Last time that is looked at").unit("ms"),
            Parameter::at_least("damping", 0.0, "Damping of the least squares").default(0.01),
        ],
        output: vec![
            OutputColumn { name: "time", unit: "ms", doc: "Time of the sample, 0 in the middle" },
            OutputColumn { name: "amplitude", unit: "", doc: "The wavelet" },
        ],
    })
}

impl Operator for WaveletEstimate {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, _: &Planned<'_>) -> Result<Vec<Field>> {
        Ok(vec![number_field("time", "ms", "Time of the sample, 0 in the middle"), number_field("amplitude", "", "The wavelet")])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(rows) = inputs.first() else { return exec_err!("needs a volume") };
        let traces = rows.traces()?;
        let axis = traces.volume().axis().clone();
        if axis.domain != Domain::Time || axis.unit != "ms" {
            return exec_err!("a wavelet is one of time, and the volume is along {} in `{}`", axis.domain, axis.unit);
        }
        let interval = axis.interval / 1000.0;
        let samples = window(&axis, call.number("from"), call.number("to"))?;
        let span = samples.len();
        let length = call.number_or("length", 128.0) / 1000.0;
        let reflectivity = inputs.iter().find(|i| i.name() == "reflectivity");
        let progress = output.progress().clone();
        progress.set_total(traces.len() as u64);
        let mut average = SpectrumAverage::new(span, interval, 0.1).map_err(failed)?;
        let (mut sum, mut counts) = (vec![0f64; span], vec![0u32; span]);
        let volume = traces.volume();
        let together = volume.together().max(1);
        let part = (PART / span.max(1) / together).max(1) * together;
        for slots in traces.slots().chunks(part) {
            let mut values = vec![0f32; slots.len() * span];
            volume.read(slots, samples.clone(), &mut values, &Watching(&progress)).map_err(of_volume)?;
            for trace in values.chunks_exact(span) {
                if reflectivity.is_none() {
                    average.add(trace).map_err(failed)?;
                } else if trace.iter().any(|v| *v != 0.0) {
                    for ((sum, count), v) in sum.iter_mut().zip(&mut counts).zip(trace).filter(|(_, v)| v.is_finite()) {
                        *sum += f64::from(*v);
                        *count += 1;
                    }
                }
            }
            progress.advance(slots.len() as u64);
        }
        let wavelet: Wavelet = match reflectivity {
            None => statistical(&average, length, Taper::Parzen).map_err(failed)?,
            Some(rows) => {
                let mean: Vec<f64> =
                    sum.iter().zip(&counts).map(|(s, n)| if *n == 0 { f64::NAN } else { s / f64::from(*n) }).collect();
                // The coefficients on the samples of the trace; where there is none it is not known.
                let mut coefficients = vec![f64::NAN; span];
                let first = axis.at(samples.start);
                for (time, r) in rows.numbers("time").iter().zip(rows.numbers("reflectivity")) {
                    let at = (time - first) / axis.interval;
                    if (at - at.round()).abs() > 1e-3 {
                        return exec_err!(
                            "the reflectivity at {time} ms lies between samples of the trace, which has one every {} ms from {}; make it at \
                             those times (synthetic(…, step => {}))",
                            axis.interval,
                            axis.start,
                            axis.interval
                        );
                    }
                    if at.round() >= 0.0
                        && let Some(c) = coefficients.get_mut(at.round() as usize)
                    {
                        *c = r;
                    }
                }
                let half = (0.5 * length / interval).round() as usize;
                let fit = deterministic(&coefficients, &mean, half, call.number_or("damping", 0.01), interval).map_err(failed)?;
                output.notice(format!(
                    "wavelet_estimate: correlation {:.3} of the trace with what the wavelet predicts, over {} samples; {:.1} % of its energy is \
                     not explained",
                    fit.correlation,
                    fit.samples,
                    100.0 * fit.residual_energy
                ));
                fit.wavelet
            }
        };
        output.emit(vec![
            numbers(wavelet.times().into_iter().map(|t| t * 1000.0).collect()),
            numbers(wavelet.samples().to_vec()),
        ])
    }
}
