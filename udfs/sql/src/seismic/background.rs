//! The background of an inversion: a volume on the grid of the traces, or a trend of time for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::{Result, exec_err};
use outcrop_kernels::seismic::moving::{Moving, MovingWindow};
use outcrop_kernels::seismic::poststack;
use outcrop_operators::{Progress, Rows, Traces, of_volume};
use outcrop_seismic::{SampleAxis, Volume};

use super::windows::Watching;
use crate::monitor::failed;

/// Impedance, sample by sample on the axis of the traces.
pub(super) enum Background {
    Trend(Vec<f32>),
    Volume(Box<OfTraces>),
}

/// A volume of impedance, and which of its traces is whose.
pub(super) struct OfTraces {
    volume: Arc<dyn Volume>,
    /// Its slot for each trace.
    slots: Vec<Option<u32>>,
    /// How many samples of its axis come before the first of the traces'.
    before: i64,
    /// Samples of a trace.
    count: usize,
    window: Option<MovingWindow>,
}

impl Background {
    /// By the rows of a call: a volume or a trend.
    ///
    /// # Errors
    /// None or both of them; another axis; traces that are not known by inline and crossline.
    pub(super) fn of(traces: &Traces, volume: Option<&Rows>, trend: Option<&Rows>) -> Result<Self> {
        let axis = traces.volume().axis();
        match (volume, trend) {
            (Some(rows), None) => Ok(Background::Volume(Box::new(OfTraces::new(traces, rows.traces()?)?))),
            (None, Some(rows)) => {
                Ok(Background::Trend(trend_on(axis, &rows.numbers("time"), &rows.numbers("impedance"))?))
            }
            (None, None) => exec_err!(
                "give the impedance to start from, since the traces say nothing of it: `background`, a volume on the same grid, or `trend`, \
                 rows of time and impedance such as the smoothed logs of a well"
            ),
            (Some(_), Some(_)) => exec_err!("give one of `background` and `trend`, not both"),
        }
    }

    /// With its logarithm taken through a moving mean of `2 half_window + 1` samples.
    pub(super) fn smoothed(mut self, half_window: usize) -> Result<Self> {
        match &mut self {
            Background::Trend(values) => smooth(values, &mut MovingWindow::new(half_window))?,
            Background::Volume(volume) => volume.window = Some(MovingWindow::new(half_window)),
        }
        Ok(self)
    }

    /// The background of the `count` traces from `first` on: of all alike, or one after the other in `buffer`.
    pub(super) fn read<'a>(
        &'a mut self,
        first: usize,
        count: usize,
        buffer: &'a mut Vec<f32>,
        progress: &Progress,
    ) -> Result<poststack::Background<'a>> {
        match self {
            Background::Trend(values) => Ok(poststack::Background::Shared(values)),
            Background::Volume(volume) => {
                volume.read(first, count, buffer, progress)?;
                if let Some(window) = &mut volume.window {
                    for trace in buffer.chunks_exact_mut(volume.count) {
                        smooth(trace, window)?;
                    }
                }
                Ok(poststack::Background::Each(buffer))
            }
        }
    }
}

/// The moving mean of the logarithm; what is no impedance has none, and counts for nothing in the means.
fn smooth(impedance: &mut [f32], window: &mut MovingWindow) -> Result<()> {
    let logarithms: Vec<f32> = impedance.iter().map(|z| if *z > 0.0 { z.ln() } else { f32::NAN }).collect();
    window.apply(Moving::Mean, &logarithms, impedance).map_err(failed)?;
    impedance.iter_mut().for_each(|z| *z = z.exp());
    Ok(())
}

impl OfTraces {
    fn new(traces: &Traces, background: &Traces) -> Result<Self> {
        let (axis, own) = (traces.volume().axis(), background.volume().axis());
        let before = (axis.start - own.start) / axis.interval;
        let same = own.domain == axis.domain
            && own.unit == axis.unit
            && (own.interval - axis.interval).abs() <= 1e-9 * axis.interval
            && (before - before.round()).abs() < 1e-3;
        if !same {
            return exec_err!(
                "the background has a sample every {} {} from {}, the traces every {} {} from {}; they must lie at the same times",
                own.interval,
                own.unit,
                own.start,
                axis.interval,
                axis.unit,
                axis.start
            );
        }
        let slots = if Arc::ptr_eq(background.volume(), traces.volume()) {
            // The traces themselves: each is its own, whatever it is known by.
            traces.slots().iter().map(|slot| Some(*slot)).collect()
        } else {
            let at: HashMap<(i32, i32), u32> = places(background, "the background")?
                .into_iter()
                .zip(background.slots())
                .filter_map(|(p, s)| Some((p?, *s)))
                .collect();
            places(traces, "the volume")?.into_iter().map(|place| at.get(&place?).copied()).collect()
        };
        Ok(OfTraces {
            volume: Arc::clone(background.volume()),
            slots,
            before: before.round() as i64,
            count: axis.count,
            window: None,
        })
    }

    /// NaN where the background has no trace or no sample.
    fn read(&self, first: usize, count: usize, out: &mut Vec<f32>, progress: &Progress) -> Result<()> {
        let n = self.count;
        out.clear();
        out.resize(count * n, f32::NAN);
        let length = self.volume.axis().count as i64;
        let (from, to) = (self.before.clamp(0, length), (self.before + n as i64).clamp(0, length));
        let (samples, skipped) = (from as usize..to as usize, usize::try_from(from - self.before).unwrap_or(0));
        let span = samples.len();
        let slots = self.slots.get(first..first + count).unwrap_or_default();
        let known: Vec<u32> = slots.iter().flatten().copied().collect();
        if span == 0 || known.is_empty() {
            return Ok(());
        }
        let mut read = vec![0f32; known.len() * span];
        self.volume.read(&known, samples, &mut read, &Watching(progress)).map_err(of_volume)?;
        let there = out.chunks_exact_mut(n).zip(slots).filter(|(_, slot)| slot.is_some());
        for ((trace, _), values) in there.zip(read.chunks_exact(span)) {
            trace.iter_mut().skip(skipped).zip(values).for_each(|(to, v)| *to = *v);
        }
        Ok(())
    }
}

/// Inline and crossline of traces.
fn places(traces: &Traces, which: &str) -> Result<Vec<Option<(i32, i32)>>> {
    match (traces.integers("inline"), traces.integers("crossline")) {
        (Some(il), Some(xl)) => Ok(il.into_iter().zip(xl).map(|(il, xl)| il.zip(xl)).collect()),
        _ => exec_err!(
            "traces and background are brought together by `inline` and `crossline`, which {which} does not have"
        ),
    }
}

/// Impedance at the times of an axis: linear in its logarithm between times, the mean of several at one time, and the first and last
/// beyond the ends.
fn trend_on(axis: &SampleAxis, time: &[f64], impedance: &[f64]) -> Result<Vec<f32>> {
    let mut known: Vec<(f64, f64, f64)> = Vec::new();
    for (t, z) in time.iter().zip(impedance) {
        if z.is_nan() || *z <= 0.0 || z.is_infinite() {
            return exec_err!("`trend` has the impedance {z} at {t} ms; an impedance is above 0");
        }
        match known.last_mut() {
            Some((last, sum, count)) if *last == *t => (*sum, *count) = (*sum + z.ln(), *count + 1.0),
            _ => known.push((*t, z.ln(), 1.0)),
        }
    }
    let known: Vec<(f64, f64)> = known.into_iter().map(|(t, sum, count)| (t, sum / count)).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return exec_err!("`trend` has no rows with time and impedance");
    };
    let mut next = 0;
    let values = (0..axis.count).map(|k| {
        let t = axis.at(k);
        while known.get(next).is_some_and(|(at, _)| *at < t) {
            next += 1;
        }
        let ln = match (next.checked_sub(1).and_then(|i| known.get(i)), known.get(next)) {
            (Some((a, below)), Some((b, above))) => below + (above - below) * (t - a) / (b - a),
            (None, _) => first.1,
            (_, None) => last.1,
        };
        ln.exp() as f32
    });
    Ok(values.collect())
}
