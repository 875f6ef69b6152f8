//! The cube as a SEG-Y file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::SeismicOptions;
use super::segy::{self, TraceNumbers};
use super::survey::{HOLE, INLINE_AZIMUTH, PLATFORM, Survey};
use super::synthetic::{INTERVAL, MUTE, SCALE, WAVELET, add_noise, amplitudes};
use crate::geology::CRS;
use crate::random::SplitMix64;
use crate::wells::purpose;
use crate::{DemoError, Result};

/// The cube that was written.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoCube {
    /// The file.
    pub path: PathBuf,
    /// Where its traces are.
    pub survey: Survey,
    /// How many traces it has: one for each bin outside the hole.
    pub traces: usize,
    /// Samples of a trace, [`INTERVAL`] ms apart, the first at 0.
    pub samples: usize,
    /// Root mean square of its noise.
    pub noise: f64,
}

/// Writes the cube, an inline at a time, so that it is never in memory as a whole.
pub(crate) fn write(path: &Path, options: &SeismicOptions, seed: u64) -> Result<DemoCube> {
    let survey = Survey::of(options.bin);
    let failed = |source| DemoError::Write { path: path.to_owned(), source };
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    file.write_all(&segy::text_header(&text(&survey, options))).map_err(failed)?;
    let interval_us = (INTERVAL * 1000.0) as u16;
    let header = segy::binary_header(options.samples as u16, interval_us);
    file.write_all(&header).map_err(failed)?;
    let dead = survey.dead_trace();
    let mut written = 0usize;
    for inline in survey.first_inline..=survey.last_inline() {
        let bins: Vec<_> = survey.traces(inline).enumerate().collect();
        let traces: Vec<Vec<u8>> = bins
            .par_iter()
            .map(|(k, bin)| {
                let numbers = TraceNumbers {
                    in_line: *k as i32 + 1,
                    in_file: (written + k) as i32 + 1,
                    dead: (bin.inline, bin.crossline) == dead,
                    interval_us,
                    mute: (MUTE.0 as u16, MUTE.1 as u16),
                };
                let mut samples = vec![0.0; options.samples];
                if !numbers.dead {
                    samples = amplitudes(bin.x, bin.y, options.samples);
                    let part = ((bin.inline as u64) << 32) | bin.crossline as u64;
                    add_noise(&mut samples, options.noise, &mut SplitMix64::of(seed, part, purpose::CUBE));
                }
                segy::trace(bin, numbers, &samples)
            })
            .collect();
        for trace in &traces {
            file.write_all(trace).map_err(failed)?;
        }
        written += traces.len();
    }
    file.into_inner().map_err(|e| failed(e.into_error()))?;
    Ok(DemoCube { path: path.to_owned(), survey, traces: written, samples: options.samples, noise: options.noise })
}

/// What the text header says.
fn text(survey: &Survey, options: &SeismicOptions) -> Vec<String> {
    let (samples, bin) = (options.samples, options.bin);
    let last = (samples - 1) as f64 * INTERVAL;
    let across = INLINE_AZIMUTH - 90.0;
    let (dead_inline, dead_crossline) = survey.dead_trace();
    let mut lines = vec![
        "CLIENT: OUTCROP DEMO COMPANY     SYNTHETIC DATA: NO SUCH SURVEY WAS SHOT".to_owned(),
        "SURVEY: OUTCROP 3D               AREA: BLOCK 9907".to_owned(),
        "FULL STACK, ZERO PHASE, TWO-WAY TIME BELOW MEAN SEA LEVEL".to_owned(),
        format!("CONVOLUTIONAL MODEL OF KNOWN IMPEDANCE, RICKER WAVELET OF {WAVELET} HZ"),
        "POLARITY: SEG NORMAL, AN INCREASE OF IMPEDANCE IS A POSITIVE NUMBER".to_owned(),
        format!("AMPLITUDE: {SCALE} TIMES THE REFLECTION COEFFICIENT, NO GAIN"),
        format!("NOISE: RMS {}, BAND OF THE WAVELET     MUTE: {} TO {} MS", options.noise, MUTE.0, MUTE.1),
        format!("CRS: {CRS}                  COORDINATES: METRES, EASTING AND NORTHING"),
        format!("SAMPLES: {samples}     INTERVAL: {INTERVAL} MS     FIRST: 0 MS     LAST: {last} MS"),
        "SAMPLE FORMAT: 4-BYTE IBM FLOATING POINT, BIG ENDIAN".to_owned(),
        "TRACE HEADER: INLINE 189-192, CROSSLINE 193-196".to_owned(),
        "              CDP X 181-184, CDP Y 185-188, SCALAR 71-72 (-100: CENTIMETRES)".to_owned(),
        format!(
            "INLINES {}-{}, {bin} M APART, NUMBERS GROW TOWARDS AZIMUTH {across}",
            survey.first_inline,
            survey.last_inline()
        ),
        format!(
            "CROSSLINES {}-{}, {bin} M APART, NUMBERS GROW TOWARDS AZIMUTH {INLINE_AZIMUTH}",
            survey.first_crossline,
            survey.last_crossline()
        ),
    ];
    for (k, corner) in survey.corners().iter().enumerate() {
        let (inline, crossline, x, y) = (corner.inline, corner.crossline, corner.x, corner.y);
        lines.push(format!("CORNER {}: INLINE {inline} CROSSLINE {crossline} X {x:.2} Y {y:.2}", k + 1));
    }
    lines.push(format!("NO TRACES WITHIN {HOLE} M OF THE PLATFORM AT X {} Y {}", PLATFORM.0, PLATFORM.1));
    lines.push(format!("DEAD TRACE (ALL ZEROS): INLINE {dead_inline} CROSSLINE {dead_crossline}"));
    lines
}
