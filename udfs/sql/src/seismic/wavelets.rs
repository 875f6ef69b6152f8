//! Wavelets that operators take as parameters or as rows.

use datafusion::common::{Result, exec_err};
use outcrop_kernels::seismic::wavelet::{Wavelet, ormsby};
use outcrop_operators::{Call, Column, Input, Parameter, Rows, UnitRule};

use crate::monitor::failed;

/// A wavelet as rows.
pub(super) fn input() -> Input {
    Input::new(
        "wavelet",
        "A wavelet, such as `wavelet_estimate` gives",
        vec![
            Column::number("time", "Time of the sample, 0 in the middle").unit(UnitRule::Is("ms")),
            Column::number("amplitude", "The wavelet"),
        ],
    )
    .ordered_by(&["time"])
    .optional()
}

/// What states a wavelet where there are no rows.
pub(super) fn parameters() -> Vec<Parameter> {
    vec![
        Parameter::positive("ricker", "Peak frequency of a Ricker wavelet").unit("Hz"),
        Parameter::numbers("ormsby", "The four corner frequencies of an Ormsby wavelet").unit("Hz"),
        Parameter::number("phase", "By how much the phase of the wavelet is turned").unit("degrees").default(0.0),
    ]
}

/// The wavelet of a call, at an interval in seconds.
pub(super) fn of_call(call: &Call, rows: Option<&Rows>, interval: f64) -> Result<Wavelet> {
    let phase = call.number_or("phase", 0.0);
    let wavelet = match (rows, call.number("ricker"), call.numbers("ormsby")) {
        (Some(rows), None, None) => {
            let (time, amplitude) = (rows.numbers("time"), rows.numbers("amplitude"));
            let step = match (time.first(), time.last()) {
                (Some(first), Some(last)) if time.len() > 1 => (last - first) / (time.len() - 1) as f64 / 1000.0,
                _ => {
                    return exec_err!(
                        "the wavelet has {} samples; it needs an odd number of three or more",
                        time.len()
                    );
                }
            };
            let even = time.windows(2).all(|w| (w[1] - w[0] - step * 1000.0).abs() < 1e-6 * step * 1000.0);
            let centred = time.get(time.len() / 2).is_some_and(|t| t.abs() < 1e-6 * step * 1000.0);
            if !even || !centred {
                return exec_err!(
                    "the times of the wavelet must be evenly spaced around 0, found {:?} to {:?} ms",
                    time.first(),
                    time.last()
                );
            }
            if (step - interval).abs() > 1e-9 * interval {
                return exec_err!(
                    "the wavelet is sampled every {} ms, the trace every {} ms; make them the same",
                    step * 1000.0,
                    interval * 1000.0
                );
            }
            Wavelet::new(amplitude, interval).map_err(failed)?
        }
        (None, Some(f), None) => Wavelet::ricker(f, interval).map_err(failed)?,
        (None, None, Some(f)) => {
            let Ok(f) = <[f64; 4]>::try_from(f) else {
                return exec_err!("`ormsby` takes four corner frequencies in Hz, found {}", f.len());
            };
            if !(f[0] >= 0.0 && f.windows(2).all(|w| w[0] < w[1]) && f[3] < 0.5 / interval) {
                return exec_err!(
                    "the corner frequencies of `ormsby` must rise and stay below {} Hz, found {f:?}",
                    0.5 / interval
                );
            }
            let half = 2.0 / f[1].max(1.0);
            Wavelet::sampled(half, interval, |t| ormsby(t, f)).map_err(failed)?.normalised()
        }
        _ => return exec_err!("give one wavelet: `ricker => 30`, `ormsby => [5, 10, 60, 80]`, or rows as `wavelet`"),
    };
    Ok(if phase == 0.0 { wavelet } else { wavelet.rotated(phase) })
}
