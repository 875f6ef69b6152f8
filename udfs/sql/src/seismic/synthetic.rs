//! `synthetic`: a synthetic seismogram from logs.

use datafusion::arrow::datatypes::Field;
use datafusion::common::{Result, exec_err, plan_err};
use outcrop_kernels::seismic::interpolation::Axis;
use outcrop_kernels::seismic::synthetic::synthetic;
use outcrop_kernels::seismic::time_depth::{TimeDepth, calibrate, integrate_sonic};
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows, UnitRule};
use outcrop_types::{Dimension, Unit};

use super::wavelets;
use crate::monitor::failed;
use crate::pieces::{number_field, numbers};

#[derive(Debug)]
pub(super) struct Synthetic(Definition);

pub(super) fn operator() -> Synthetic {
    let mut parameters = vec![
        Parameter::positive("step", "Sample interval of the result").unit("ms").default(4.0),
        Parameter::number("reference_depth", "Without `time_depth`: a depth within the sonic log …").unit("unit of depth"),
        Parameter::number("reference_time", "… and the two-way time there").unit("ms"),
        Parameter::choice("calibration", &["checkshots", "sonic"], "With `time_depth`: `checkshots` takes its times as they are, `sonic` integrates the sonic log and moves it onto them").default("checkshots"),
    ];
    parameters.extend(wavelets::parameters());
    Synthetic(Definition {
        name: "synthetic",
        group: "Seismic",
        summary: "A synthetic seismogram from sonic and density logs, a time-depth table and a wavelet",
        doc: "Impedance in time is the mean of the logs over each sample interval (of logarithms, weighted by time); reflection coefficients \
            at normal incidence, positive where impedance increases (SEG normal polarity); convolved with the wavelet, whose time 0 is at the \
            coefficient. Primaries alone, without transmission losses.\n\n\
            `depth` of the logs and of the table must be of one kind: both true vertical below the same datum (tvdss is best), or, for a \
            vertical well, measured. Times are two-way. Without `time_depth` the sonic log is integrated from a reference pair, and \
            `reference_depth` and `reference_time` are needed; with it, the times of the table are taken, linear between pairs, or with \
            `calibration => 'sonic'` the integrated sonic log moved onto them. Outside of the table there is nothing.\n\n\
            The sonic log may be in us/m or us/ft, as its column states; a unit that is not stated is an error. A sample that logs cover \
            by less than half is NULL.",
        example: "SELECT * FROM synthetic((SELECT md AS depth, dt, rhob FROM logs WHERE well = 'OUT-1'), time_depth => (SELECT md AS depth, twt AS time FROM (VALUES (100.0, 130.0), (1000.0, 1010.0), (2500.0, 2070.0)) AS t(md, twt)), ricker => 28) WHERE amplitude IS NOT NULL LIMIT 5",
        inputs: vec![
            Input::new("logs", "Logs in depth", vec![
                Column::length("depth", "Depth of the reading").keep_null(),
                Column::number("dt", "Sonic slowness, us/m or us/ft").keep_null(),
                Column::number("rhob", "Bulk density").keep_null(),
            ])
            .ordered_by(&["depth"]),
            Input::new("time_depth", "Pairs of depth and two-way time", vec![
                Column::length("depth", "Depth").unit(UnitRule::SameAs("logs", "depth")),
                Column::number("time", "Two-way time; any name, when it is the only other number").sole(),
            ])
            .ordered_by(&["depth"])
            .optional(),
            wavelets::input(),
        ],
        parameters,
        output: vec![
            OutputColumn { name: "time", unit: "ms", doc: "Two-way time" },
            OutputColumn { name: "depth", unit: "unit of depth", doc: "The depth at that time" },
            OutputColumn { name: "impedance", unit: "unit of density times m/s", doc: "Impedance from this sample to the next" },
            OutputColumn { name: "reflectivity", unit: "", doc: "Reflection coefficient at the sample" },
            OutputColumn { name: "amplitude", unit: "", doc: "The synthetic trace" },
        ],
    })
}

impl Operator for Synthetic {
    fn definition(&self) -> &Definition {
        &self.0
    }

    fn output(&self, planned: &Planned<'_>) -> Result<Vec<Field>> {
        let depth = planned.unit("logs", "depth");
        let dt = planned.unit("logs", "dt");
        if !matches!(dt, "us/m" | "us/ft") {
            let found = if dt.is_empty() { "none".to_owned() } else { format!("`{dt}`") };
            return plan_err!("synthetic: the sonic log must state its unit, us/m or us/ft, found {found}; give it one with convert_unit or on import");
        }
        let time = planned.unit("time_depth", "time");
        if !time.is_empty() && !Unit::parse(time).is_some_and(|u| u.dimension() == Dimension::Time) {
            return plan_err!("synthetic: the times of `time_depth` are in {time}, which is no time");
        }
        if !time.is_empty() && time != "ms" {
            return plan_err!("synthetic: the times of `time_depth` are in {time}; convert them to ms with convert_unit");
        }
        let density = planned.unit("logs", "rhob");
        let impedance = if density.is_empty() { String::new() } else { format!("{density}.m/s") };
        Ok(vec![
            number_field("time", "ms", "Two-way time"),
            number_field("depth", depth, "The depth at that time"),
            number_field("impedance", &impedance, "Impedance from this sample to the next"),
            number_field("reflectivity", "", "Reflection coefficient at the sample"),
            number_field("amplitude", "", "The synthetic trace"),
        ])
    }

    fn run(&self, call: &Call, inputs: &[Rows], output: &mut Output) -> Result<()> {
        let Some(logs) = inputs.first() else { return exec_err!("needs logs") };
        let table = inputs.iter().find(|i| i.name() == "time_depth");
        let wavelet = inputs.iter().find(|i| i.name() == "wavelet");
        // Depths in metres and slowness in seconds a metre, whatever the logs are in.
        let metre = match logs.bound().unit("depth") {
            Some("ft") => 0.3048,
            _ => 1.0,
        };
        let slow = if logs.bound().unit("dt") == Some("us/ft") { 1e-6 / 0.3048 } else { 1e-6 };
        let (depth, dt, rhob) = (logs.numbers("depth"), logs.numbers("dt"), logs.numbers("rhob"));
        let mut readings: Vec<[f64; 3]> = depth
            .iter()
            .zip(&dt)
            .zip(&rhob)
            .filter(|((d, _), _)| d.is_finite())
            .map(|((d, s), r)| [d * metre, s * slow, *r])
            .collect();
        let before = readings.len();
        readings.dedup_by(|b, a| b[0] <= a[0]);
        if readings.len() < before {
            output.notice(format!(
                "synthetic: {} readings lie no deeper than the one before them and are left out; choose one log set",
                before - readings.len()
            ));
        }
        let column = |i: usize| readings.iter().map(|r| r[i]).collect::<Vec<f64>>();
        let (depth, slowness, density) = (column(0), column(1), column(2));
        let pairs = table
            .map(|t| {
                let depth = t.numbers("depth").into_iter().map(|d| d * metre).collect();
                TimeDepth::new(depth, t.numbers("time").into_iter().map(|v| v / 1000.0).collect()).map_err(failed)
            })
            .transpose()?;
        let pairs = match (pairs, call.number("reference_depth"), call.number("reference_time")) {
            (Some(checkshots), None, None) if call.text("calibration") == Some("sonic") => {
                // From a checkshot within the log; its drift is taken off with the others.
                let inside = checkshots.depths().iter().zip(checkshots.times()).find(|(d, _)| {
                    depth.first().is_some_and(|top| *d >= top) && depth.last().is_some_and(|base| *d <= base)
                });
                let Some((d, t)) = inside else {
                    return exec_err!("no pair of `time_depth` lies within the sonic log; use calibration => 'checkshots'");
                };
                let sonic = integrate_sonic(&depth, &slowness, (*d, *t)).map_err(failed)?;
                let moved = calibrate(&sonic, &checkshots).map_err(failed)?;
                let worst = moved.drift.iter().fold(0f64, |m, d| m.max(d.abs()));
                output.notice(format!("synthetic: the sonic log was moved by {:.1} ms at most onto {} checkshots", worst * 1000.0, moved.depth.len()));
                moved.table
            }
            (Some(pairs), None, None) => pairs,
            (None, Some(d), Some(t)) => integrate_sonic(&depth, &slowness, (d * metre, t / 1000.0)).map_err(failed)?,
            _ => {
                return exec_err!(
                    "give either `time_depth`, or `reference_depth` and `reference_time` to integrate the sonic log from"
                );
            }
        };
        let step = call.number_or("step", 4.0) / 1000.0;
        let wavelet = wavelets::of_call(call, wavelet, step)?;
        let (Some(first), Some(last)) = (pairs.times().first(), pairs.times().last()) else { return Ok(()) };
        let axis = Axis::covering(*first, *last, step).map_err(failed)?;
        let made = synthetic(&depth, &slowness, &density, &pairs, &wavelet, axis).map_err(failed)?;
        let time: Vec<f64> = (0..axis.count).map(|k| axis.at(k)).collect();
        output.emit(vec![
            numbers(time.iter().map(|t| t * 1000.0).collect()),
            numbers(time.iter().map(|t| pairs.depth_at(*t) / metre).collect()),
            numbers(made.impedance),
            numbers(made.reflectivity),
            numbers(made.trace),
        ])
    }
}
