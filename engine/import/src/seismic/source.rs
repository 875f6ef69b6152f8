//! Traces of a file as what bricks are made of.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use outcrop_connectors::segy::{SegyFile, Traces};
use outcrop_seismic::bricks::BrickSource;
use outcrop_seismic::{AmplitudeSums, Amplitudes, SeismicError, Survey};

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
    amplitudes: AmplitudeSums,
    inexact: Vec<u32>,
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
            sums: Mutex::new(Running::default()),
        }
    }

    /// What was found of all samples.
    pub(super) fn finish(&self) -> Sums {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut inexact = std::mem::take(&mut sums.inexact);
        inexact.sort_unstable();
        Sums { amplitudes: sums.amplitudes.amplitudes(), inexact }
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
        sums.amplitudes.trace(own);
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
        let (mut buffer, mut sums) = (Vec::new(), Running::default());
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
        let mut all = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        all.amplitudes.merge(sums.amplitudes);
        all.inexact.extend(sums.inexact);
        Ok(())
    }
}
