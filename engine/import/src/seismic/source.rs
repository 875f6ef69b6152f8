//! Traces of a file as what bricks are made of.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use outcrop_connectors::segy::{SegyFile, Traces};
use outcrop_seismic::bricks::BrickSource;
use outcrop_seismic::{Amplitudes, SeismicError, Survey};

/// Bytes of neighbouring traces that are read at once.
const RUN: u64 = 1 << 20;

/// The traces of a file by their place in the volume.
pub(super) struct TracesOfFile<'a> {
    file: &'a SegyFile,
    shifts: &'a [i32],
    samples: usize,
    columns: u32,
    /// The trace at each slot; [`u32::MAX`] where there is none.
    trace_at: Vec<u32>,
    sums: Mutex<Running>,
}

/// What was found of the samples while they were read.
pub(super) struct Sums {
    pub(super) amplitudes: Amplitudes,
    /// Traces (from 0, ascending) with samples that are not the same bytes again when they are written.
    pub(super) inexact: Vec<u32>,
}

#[derive(Default)]
struct Running {
    min: f64,
    max: f64,
    sum: f64,
    squares: f64,
    finite: u64,
    not_finite: u64,
    dead: u64,
    inexact: Vec<u32>,
}

impl Running {
    fn new() -> Self {
        Running { min: f64::INFINITY, max: f64::NEG_INFINITY, ..Running::default() }
    }

    fn merge(&mut self, other: Running) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum += other.sum;
        self.squares += other.squares;
        self.finite += other.finite;
        self.not_finite += other.not_finite;
        self.dead += other.dead;
        self.inexact.extend(other.inexact);
    }

    /// The samples of a trace.
    fn trace(&mut self, samples: &[f32]) {
        // Eight sums side by side are what the compiler makes vector code of; a trace's own sums lose nothing in f64.
        let (mut min, mut max) = ([f32::INFINITY; 8], [f32::NEG_INFINITY; 8]);
        let (mut sum, mut squares) = ([0f64; 8], [0f64; 8]);
        let (blocks, rest) = samples.as_chunks::<8>();
        for block in blocks {
            for (lane, value) in block.iter().enumerate() {
                if let (Some(min), Some(max), Some(sum), Some(squares)) =
                    (min.get_mut(lane), max.get_mut(lane), sum.get_mut(lane), squares.get_mut(lane))
                {
                    *min = min.min(*value);
                    *max = max.max(*value);
                    *sum += f64::from(*value);
                    *squares += f64::from(*value) * f64::from(*value);
                }
            }
        }
        let all: f64 = sum.iter().sum::<f64>() + rest.iter().map(|v| f64::from(*v)).sum::<f64>();
        let total: f64 = squares.iter().sum::<f64>() + rest.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>();
        let low = min.iter().chain(rest).fold(f32::INFINITY, |a, b| a.min(*b));
        let high = max.iter().chain(rest).fold(f32::NEG_INFINITY, |a, b| a.max(*b));
        if total.is_finite() {
            self.min = self.min.min(f64::from(low));
            self.max = self.max.max(f64::from(high));
            self.sum += all;
            self.squares += total;
            self.finite += samples.len() as u64;
            self.dead += u64::from(low == 0.0 && high == 0.0);
            return;
        }
        // A trace with NaN or infinite samples: one by one.
        for value in samples {
            if value.is_finite() {
                let value = f64::from(*value);
                self.min = self.min.min(value);
                self.max = self.max.max(value);
                self.sum += value;
                self.squares += value * value;
                self.finite += 1;
            } else {
                self.not_finite += 1;
            }
        }
    }
}

impl<'a> TracesOfFile<'a> {
    /// The traces of a survey, each at its slot.
    pub(super) fn new(survey: &'a Survey, slots: &[u32], places: u64, columns: u32) -> Self {
        let mut trace_at = vec![u32::MAX; usize::try_from(places).unwrap_or(0)];
        for (slot, trace) in slots.iter().zip(0u32..) {
            if let Some(place) = trace_at.get_mut(*slot as usize) {
                *place = trace;
            }
        }
        TracesOfFile {
            file: survey.file(),
            shifts: survey.shifts(),
            samples: survey.axis().count,
            columns,
            trace_at,
            sums: Mutex::new(Running::new()),
        }
    }

    /// What was found of all samples.
    pub(super) fn finish(&self) -> Sums {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inexact = std::mem::take(&mut sums.inexact);
        inexact.sort_unstable();
        let known = |v: f64| (sums.finite > 0).then_some(v);
        let count = sums.finite.max(1) as f64;
        Sums {
            amplitudes: Amplitudes {
                min: known(sums.min),
                max: known(sums.max),
                mean: known(sums.sum / count),
                rms: known((sums.squares / count).sqrt()),
                dead_traces: sums.dead,
                not_finite: sums.not_finite,
            },
            inexact,
        }
    }

    /// Decodes a trace that is there in bytes into its place.
    fn decode(&self, trace: u32, bytes: &[u8], out: &mut [f32], sums: &mut Running) {
        let layout = self.file.layout();
        let shift = usize::try_from(self.shifts.get(trace as usize).copied().unwrap_or(0)).unwrap_or(0).min(out.len());
        let count = (bytes.len() / layout.format.width()).min(out.len() - shift);
        let (before, rest) = out.split_at_mut(shift);
        let (own, after) = rest.split_at_mut(count);
        before.fill(f32::NAN);
        after.fill(f32::NAN);
        layout.format.decode(bytes, layout.order, own);
        sums.trace(own);
        if layout.format.inexact(bytes, layout.order) > 0 {
            sums.inexact.push(trace);
        }
    }
}

impl BrickSource for TracesOfFile<'_> {
    fn fill(&self, rows: Range<u32>, columns: Range<u32>, width: usize, out: &mut [f32]) -> Result<(), SeismicError> {
        // The traces in the order of the file, so that neighbours are read together whatever the file is sorted by.
        let mut wanted: Vec<(u32, usize)> = Vec::with_capacity(rows.len() * columns.len());
        for row in rows.clone() {
            for column in columns.clone() {
                let trace = self.trace_at.get((row * self.columns + column) as usize).copied().unwrap_or(u32::MAX);
                if trace != u32::MAX {
                    let at = (row - rows.start) as usize * width + (column - columns.start) as usize;
                    wanted.push((trace, at * self.samples));
                }
            }
        }
        wanted.sort_unstable();
        let layout = self.file.layout();
        let stride = layout.stride();
        let (mut buffer, mut sums) = (Vec::new(), Running::new());
        let together = match (&layout.traces, stride) {
            (Traces::Fixed { .. }, Some(stride)) => (RUN / stride.max(1)).max(1) as u32,
            _ => 1,
        };
        for run in wanted.chunk_by(|a, b| b.0 == a.0 + 1) {
            for run in run.chunks(together as usize) {
                let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { continue };
                let begin = layout.place(u64::from(*first))?.offset;
                let end = layout.place_end(layout.place(u64::from(*last))?);
                buffer.resize(usize::try_from(end - begin).unwrap_or(0), 0);
                self.file.source().read_at(begin, &mut buffer)?;
                for (trace, at) in run {
                    let place = layout.place(u64::from(*trace))?;
                    let from = (place.offset - begin) as usize + place.header as usize;
                    let bytes = buffer.get(from..(layout.place_end(place) - begin) as usize).unwrap_or_default();
                    if let Some(out) = out.get_mut(*at..*at + self.samples) {
                        self.decode(*trace, bytes, out, &mut sums);
                    }
                }
            }
        }
        self.sums.lock().unwrap_or_else(PoisonError::into_inner).merge(sums);
        Ok(())
    }
}
