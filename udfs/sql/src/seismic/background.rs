//! The background of an inversion: a volume on the grid of the traces, or trends of time, of one place or of several wells.

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
    Wells(Wells),
    Volume(Box<OfTraces>),
}

/// Trends at places, between which the traces lie.
pub(super) struct Wells {
    /// Where each is, and its logarithm of impedance; NaN beyond its ends.
    wells: Vec<((f64, f64), Vec<f64>)>,
    /// Where the traces are.
    traces: Vec<(f64, f64)>,
    window: Option<MovingWindow>,
}

/// Most places of trends.
const MOST_WELLS: usize = 1000;

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
        match (volume, trend) {
            (Some(rows), None) => Ok(Background::Volume(Box::new(OfTraces::new(traces, rows.traces()?)?))),
            (None, Some(rows)) => Self::of_trend(traces, rows),
            (None, None) => exec_err!(
                "give the impedance to start from, since the traces say nothing of it: `background`, a volume on the same grid, or `trend`, \
                 rows of time and impedance such as the smoothed logs of a well"
            ),
            (Some(_), Some(_)) => exec_err!("give one of `background` and `trend`, not both"),
        }
    }

    fn of_trend(traces: &Traces, rows: &Rows) -> Result<Self> {
        let (time, impedance) = (rows.numbers("time"), rows.numbers("impedance"));
        match (rows.bound().has("x"), rows.bound().has("y")) {
            (false, false) => {
                let mut ln = trend_on(traces.volume().axis(), time.into_iter().zip(impedance))?;
                fill(&mut ln);
                Ok(Background::Trend(ln.into_iter().map(|m| m.exp() as f32).collect()))
            }
            (true, true) => {
                let places: Vec<(f64, f64)> = rows.numbers("x").into_iter().zip(rows.numbers("y")).collect();
                Ok(Background::Wells(Wells::new(traces, &places, &time, &impedance)?))
            }
            _ => exec_err!("`trend` has one of `x` and `y`; give both, the place of each well, or none"),
        }
    }

    /// With its logarithm taken through a moving mean of `2 half_window + 1` samples.
    pub(super) fn smoothed(mut self, half_window: usize) -> Result<Self> {
        match &mut self {
            Background::Trend(values) => smooth(values, &mut MovingWindow::new(half_window))?,
            Background::Wells(wells) => wells.window = Some(MovingWindow::new(half_window)),
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
            Background::Wells(wells) => {
                wells.read(first, count, buffer, progress)?;
                Ok(poststack::Background::Each(buffer))
            }
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

impl Wells {
    fn new(traces: &Traces, places: &[(f64, f64)], time: &[f64], impedance: &[f64]) -> Result<Self> {
        let (Some(x), Some(y)) = (traces.numbers("x"), traces.numbers("y")) else {
            return exec_err!(
                "`trend` has places, and the volume has no columns `x` and `y` to find its traces between them"
            );
        };
        if x.iter().chain(&y).any(|v| !v.is_finite()) {
            return exec_err!(
                "`trend` has places, and there are traces without coordinates; leave them out: WHERE x IS NOT NULL"
            );
        }
        // Rows come in the order of time, those of a well among others.
        let mut order: Vec<(f64, f64)> = Vec::new();
        let mut rows: HashMap<(u64, u64), Vec<(f64, f64)>> = HashMap::new();
        for ((place, t), z) in places.iter().zip(time).zip(impedance) {
            let of = rows.entry((place.0.to_bits(), place.1.to_bits())).or_default();
            if of.is_empty() {
                order.push(*place);
            }
            of.push((*t, *z));
        }
        if order.len() > MOST_WELLS {
            return exec_err!(
                "`trend` has {} places, more than {MOST_WELLS}; give each well one place for all its rows, such as that of its head",
                order.len()
            );
        }
        let axis = traces.volume().axis();
        let mut wells = Vec::with_capacity(order.len());
        for place in order {
            let rows = rows.remove(&(place.0.to_bits(), place.1.to_bits())).unwrap_or_default();
            wells.push((place, trend_on(axis, rows)?));
        }
        if wells.is_empty() {
            return exec_err!("`trend` has no rows with time, impedance and place");
        }
        Ok(Wells { wells, traces: x.into_iter().zip(y).collect(), window: None })
    }

    /// The mean of the wells' logarithms, each with the inverse of its squared distance; of those that have one at the time.
    fn read(&mut self, first: usize, count: usize, out: &mut Vec<f32>, progress: &Progress) -> Result<()> {
        out.clear();
        let samples = self.wells.first().map_or(0, |(_, ln)| ln.len());
        let (mut sums, mut weights) = (vec![0.0; samples], vec![0.0; samples]);
        for (x, y) in self.traces.iter().skip(first).take(count) {
            if progress.cancelled() {
                return exec_err!("cancelled");
            }
            sums.fill(0.0);
            weights.fill(0.0);
            for ((wx, wy), ln) in &self.wells {
                // A trace at a well has that of the well alone, but for rounding.
                let weight = 1.0 / ((wx - x).powi(2) + (wy - y).powi(2)).max(1e-6);
                for ((sum, total), m) in sums.iter_mut().zip(&mut weights).zip(ln).filter(|(_, m)| !m.is_nan()) {
                    *sum += weight * m;
                    *total += weight;
                }
            }
            sums.iter_mut().zip(&weights).for_each(|(sum, total)| *sum /= total);
            fill(&mut sums);
            let begin = out.len();
            out.extend(sums.iter().map(|m| m.exp() as f32));
            if let (Some(window), Some(trace)) = (&mut self.window, out.get_mut(begin..)) {
                smooth(trace, window)?;
            }
        }
        Ok(())
    }
}

/// Gives what is missing the value before it, and at the beginning the first.
fn fill(values: &mut [f64]) {
    let mut last = values.iter().copied().find(|v| !v.is_nan()).unwrap_or(f64::NAN);
    for value in values {
        if value.is_nan() {
            *value = last;
        }
        last = *value;
    }
}

/// The logarithm of impedance at the times of an axis: linear between times, the mean of several at one time, NaN beyond the ends.
fn trend_on(axis: &SampleAxis, rows: impl IntoIterator<Item = (f64, f64)>) -> Result<Vec<f64>> {
    let mut known: Vec<(f64, f64, f64)> = Vec::new();
    for (t, z) in rows {
        if z.is_nan() || z <= 0.0 || z.is_infinite() {
            return exec_err!("`trend` has the impedance {z} at {t} ms; an impedance is above 0");
        }
        match known.last_mut() {
            Some((last, sum, count)) if *last == t => (*sum, *count) = (*sum + z.ln(), *count + 1.0),
            _ => known.push((t, z.ln(), 1.0)),
        }
    }
    let known: Vec<(f64, f64)> = known.into_iter().map(|(t, sum, count)| (t, sum / count)).collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return exec_err!("`trend` has no rows with time and impedance");
    };
    // A single time, or times beside the traces, say nothing between samples: the nearest sample has it.
    let nearest =
        |t: f64| ((t - axis.start) / axis.interval).round().clamp(0.0, axis.count.saturating_sub(1) as f64) as usize;
    let (top, base) = (nearest(first.0), nearest(last.0));
    let mut next = 0;
    let values = (0..axis.count).map(|k| {
        let t = axis.at(k);
        while known.get(next).is_some_and(|(at, _)| *at < t) {
            next += 1;
        }
        match (next.checked_sub(1).and_then(|i| known.get(i)), known.get(next)) {
            (Some((a, below)), Some((b, above))) => below + (above - below) * (t - a) / (b - a),
            (_, Some((b, above))) if *b == t => *above,
            (None, _) if k == top => first.1,
            (_, None) if k == base => last.1,
            _ => f64::NAN,
        }
    });
    Ok(values.collect())
}
