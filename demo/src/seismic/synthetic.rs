//! Traces: reflection coefficients, each a wavelet, and noise.

use std::sync::LazyLock;

use crate::elastic::Profile;
use crate::random::SplitMix64;

/// Peak frequency of the wavelet, Hz.
pub const WAVELET: f64 = 28.0;
/// Time between samples, ms.
pub const INTERVAL: f64 = 4.0;
/// Amplitude of a reflection coefficient of 1.
pub const SCALE: f64 = 10_000.0;
/// The mute: nothing above the first time, everything below the second, a line between them, ms. It takes the sea bed, whose
/// reflection is stronger than all others by far.
pub const MUTE: (f64, f64) = (200.0, 280.0);

/// Samples to each side of the wavelet's middle; beyond them it is less than a ten-thousandth.
const HALF: usize = 11;
const TAPS: usize = 2 * HALF + 1;
/// Places of the wavelet's middle between two samples that it is prepared for.
const PHASES: usize = 256;

/// The zero-phase Ricker wavelet of [`WAVELET`] Hz at a time in ms, 1 in its middle.
///
/// Source: Ricker, N. (1953): The form and laws of propagation of seismic wavelets. Geophysics 18, 10.
pub fn ricker(ms: f64) -> f64 {
    let a = (std::f64::consts::PI * WAVELET * ms / 1000.0).powi(2);
    (1.0 - 2.0 * a) * (-a).exp()
}

/// The wavelet sampled with its middle at each of the phases after a sample.
static WAVELETS: LazyLock<Vec<[f64; TAPS]>> = LazyLock::new(|| {
    let sampled = |phase: usize| {
        let shift = phase as f64 / PHASES as f64;
        std::array::from_fn(|tap| ricker((tap as f64 - HALF as f64 + shift) * INTERVAL))
    };
    (0..=PHASES).map(sampled).collect()
});

/// A trace of the cube at a place, without noise.
///
/// ```
/// use outcrop_demo::{elastic, geology::Surface, seismic};
/// let (x, y) = (458_430.0, 6_789_880.0);
/// let trace = seismic::amplitudes(x, y, 451);
/// // The seal is harder than the clays above it: a positive reflection.
/// let top = elastic::horizon_time(Surface::TopShale, x, y) / seismic::INTERVAL;
/// assert!(trace[top.round() as usize] > 300.0);
/// ```
pub fn amplitudes(x: f64, y: f64, samples: usize) -> Vec<f64> {
    // Room to both sides for the ends of wavelets.
    let mut padded = vec![0.0; samples + 2 * TAPS];
    for (twt, coefficient) in Profile::at(x, y).reflections() {
        let middle = twt / INTERVAL + TAPS as f64;
        let first = (middle - HALF as f64).ceil();
        let phase = (first - middle + HALF as f64) * PHASES as f64;
        let (below, part) = (phase.floor(), phase.fract());
        let wavelets = (WAVELETS.get(below as usize), WAVELETS.get(below as usize + 1));
        let place = padded.get_mut(first as usize..first as usize + TAPS);
        if let (Some(place), (Some(low), Some(high))) = (place, wavelets) {
            let (a, b) = (SCALE * coefficient * (1.0 - part), SCALE * coefficient * part);
            place.iter_mut().zip(low.iter().zip(high)).for_each(|(sum, (low, high))| *sum += a * low + b * high);
        }
    }
    let muted = |(k, v): (usize, f64)| v * ((k as f64 * INTERVAL - MUTE.0) / (MUTE.1 - MUTE.0)).clamp(0.0, 1.0);
    padded.into_iter().skip(TAPS).take(samples).enumerate().map(muted).collect()
}

/// Adds noise of the wavelet's band to a trace, of this root mean square.
pub(super) fn add_noise(trace: &mut [f64], rms: f64, random: &mut SplitMix64) {
    let Some(wavelet) = WAVELETS.first().filter(|_| rms > 0.0) else { return };
    let energy: f64 = wavelet.iter().map(|w| w * w).sum();
    // Uniform numbers from -1/2 to 1/2 have the variance 1/12; some twenty of them summed up are as good as normal ones.
    let scale = rms * (12.0 / energy).sqrt();
    let white: Vec<f64> = (0..trace.len() + TAPS).map(|_| random.uniform() - 0.5).collect();
    for (k, (value, near)) in trace.iter_mut().zip(white.windows(TAPS)).enumerate() {
        let noise: f64 = near.iter().zip(wavelet).map(|(r, w)| r * w).sum();
        let fade = ((k as f64 * INTERVAL - MUTE.0) / (MUTE.1 - MUTE.0)).clamp(0.0, 1.0);
        *value += scale * fade * noise;
    }
}
