//! Spectral decomposition: the amplitude of a trace around single frequencies, sample by sample.
//!
//! Both methods multiply the trace around each sample by a cosine and a sine under a Gaussian and
//! take the length of the two sums, scaled so that a long cosine of amplitude A and the frequency asked
//! for has amplitude A. The sums run over the whole trace (the Gaussian is cut at six deviations), by one
//! transform of the trace and one for each frequency, in single precision.

use std::f64::consts::{PI, TAU};
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::transform::{
    Readings, RealTransform, check_interval, check_positive, check_samples, dead, fast_length, load, restore_gaps,
};
use crate::points::same_length;
use crate::simd::{Kernel, Simd, dispatch};
use crate::{KernelError, Result};

/// The Gaussian is cut where it has fallen to 1.5e-8.
const DEVIATIONS: f64 = 6.0;

/// How the Gaussian around a sample depends on the frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decompose {
    /// Short-time Fourier transform: a window of one length for every frequency.
    ShortTime {
        /// Standard deviation of the Gaussian, seconds; about a fifth of the window one sees.
        deviation: f64,
    },
    /// Short-time Fourier transform with a window of so many periods of each frequency (of one
    /// period: the S-transform of R. G. Stockwell and others, 1996).
    ShortTimeCycles {
        /// Standard deviation of the Gaussian, periods.
        deviation: f64,
    },
    /// Continuous wavelet transform with the Morlet wavelet: the Gaussian's deviation is `omega0` radians of each
    /// frequency, and the constant that keeps the mean of the wavelet 0 is taken off, so that a
    /// constant trace has no amplitude.
    ///
    /// Source: P. Goupillaud, A. Grossmann and J. Morlet, Cycle-octave and related transforms in seismic
    /// signal analysis, Geoexploration 23 (1984).
    Morlet {
        /// Radians in a deviation; 6 is usual, more is sharper in frequency and longer in time.
        omega0: f64,
    },
}

impl Decompose {
    /// The Gaussian's deviation at a frequency, seconds.
    fn deviation(self, frequency: f64) -> f64 {
        match self {
            Decompose::ShortTime { deviation } => deviation,
            Decompose::ShortTimeCycles { deviation } => deviation / frequency,
            Decompose::Morlet { omega0 } => omega0 / (TAU * frequency),
        }
    }

    fn check(self) -> Result<()> {
        match self {
            Decompose::ShortTime { deviation } | Decompose::ShortTimeCycles { deviation } => {
                check_positive("deviation", deviation)
            }
            // Below 2 the wavelet's peak is no longer near its frequency.
            Decompose::Morlet { omega0 } if omega0 >= 2.0 && omega0.is_finite() => Ok(()),
            Decompose::Morlet { omega0 } => {
                Err(KernelError::parameter("omega0", format!("expected 2 or more (6 is usual), found {omega0}")))
            }
        }
    }
}

/// Decomposes traces of one length into amplitudes at given frequencies.
#[derive(Clone)]
pub struct Decomposition {
    samples: usize,
    transform: RealTransform<f32>,
    inverse: Arc<dyn Fft<f32>>,
    /// The spectrum of each frequency's operator, which is real.
    operators: Vec<Vec<f32>>,
    work: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Decomposition {
    /// For traces of `samples` samples at `interval` seconds and `frequencies` in hertz.
    ///
    /// # Errors
    /// `InvalidParameter` for a frequency that is not between 0 and the Nyquist frequency, a deviation not
    /// above 0, `omega0` below 2, an interval not above 0, or no sample.
    pub fn new(samples: usize, interval: f64, frequencies: &[f64], method: Decompose) -> Result<Decomposition> {
        check_samples(samples)?;
        check_interval(interval)?;
        method.check()?;
        let nyquist = 0.5 / interval;
        if let Some(f) = frequencies.iter().find(|f| !(**f > 0.0 && **f < nyquist)) {
            return Err(KernelError::parameter(
                "frequency",
                format!("expected above 0 and below the Nyquist frequency of {nyquist} Hz, found {f}"),
            ));
        }
        // Lags of `samples` and more never meet the trace.
        let reach = |f: &f64| ((DEVIATIONS * method.deviation(*f) / interval).ceil().min(samples as f64)) as usize;
        let longest = frequencies.iter().map(reach).max().unwrap_or(0).min(samples - 1);
        let length = fast_length(samples + longest);
        let forward = FftPlanner::<f64>::new().plan_fft_forward(length);
        let mut operators = Vec::with_capacity(frequencies.len());
        let mut atom = vec![Complex::new(0.0f64, 0.0); length];
        for f in frequencies {
            atom.fill(Complex::new(0.0, 0.0));
            fill(&mut atom, *f, method, interval, reach(f).min(samples - 1) as i64);
            forward.process(&mut atom);
            operators.push(atom.iter().map(|c| (c.re / length as f64) as f32).collect());
        }
        let inverse = FftPlanner::<f32>::new().plan_fft_inverse(length);
        let zero = Complex::new(0.0, 0.0);
        Ok(Decomposition {
            samples,
            transform: RealTransform::new(length),
            operators,
            work: vec![zero; length],
            scratch: vec![zero; inverse.get_inplace_scratch_len()],
            inverse,
        })
    }

    /// How many frequencies.
    pub fn frequencies(&self) -> usize {
        self.operators.len()
    }

    /// The amplitudes of a trace: for the first frequency at every sample, then for the next. Beyond
    /// its ends the trace counts as zero, so amplitudes fall to about half within a deviation of
    /// them. A dead trace has zeros; a sample that is no reading counts as zero and stays none.
    ///
    /// # Errors
    /// `LengthMismatch` where the trace is not as long as this was made for, or `out` not `samples`
    /// times the number of frequencies.
    pub fn apply(&mut self, trace: &[f32], out: &mut [f32]) -> Result<()> {
        same_length("trace", self.samples, trace.len())?;
        same_length("out", self.samples * self.operators.len(), out.len())?;
        let readings = load(trace, &mut self.transform.real);
        if readings == Readings::Dead {
            out.chunks_exact_mut(self.samples).for_each(|out| dead(trace, out));
            return Ok(());
        }
        self.transform.forward()?;
        for (operator, out) in self.operators.iter().zip(out.chunks_exact_mut(self.samples)) {
            dispatch(Multiply { spectrum: &self.transform.spectrum, operator, out: &mut self.work });
            self.inverse.process_with_scratch(&mut self.work, &mut self.scratch);
            dispatch(Length { of: &self.work, out });
            if readings == Readings::Gaps {
                restore_gaps(trace, out);
            }
        }
        Ok(())
    }
}

/// Writes the operator of a frequency at lags from `-reach` to `reach`, scaled.
fn fill(atom: &mut [Complex<f64>], frequency: f64, method: Decompose, interval: f64, reach: i64) {
    let deviation = method.deviation(frequency) / interval;
    let gauss = |lag: f64| (-0.5 * (lag / deviation) * (lag / deviation)).exp();
    // The sum of the whole Gaussian; from a deviation of ten samples on it is its integral.
    let sum = if deviation > 10.0 {
        deviation * TAU.sqrt()
    } else {
        let most = (DEVIATIONS * deviation).ceil() as i64;
        (-most..=most).map(|lag| gauss(lag as f64)).sum()
    };
    let mean = match method {
        Decompose::Morlet { omega0 } => (-0.5 * omega0 * omega0).exp(),
        _ => 0.0,
    };
    let scale = 2.0 / (sum * (1.0 - mean * mean));
    let length = atom.len() as i64;
    for lag in -reach..=reach {
        let g = scale * gauss(lag as f64);
        let (sin, cos) = (2.0 * PI * frequency * interval * lag as f64).sin_cos();
        if let Some(to) = atom.get_mut(lag.rem_euclid(length) as usize) {
            *to = Complex::new(g * (cos - mean), g * sin);
        }
    }
}

/// The spectrum of a real trace, from both sides of frequency 0, times a real operator.
struct Multiply<'a> {
    spectrum: &'a [Complex<f32>],
    operator: &'a [f32],
    out: &'a mut [Complex<f32>],
}

impl Kernel for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        let half = self.spectrum.len();
        let (positive, negative) = self.out.split_at_mut(half.min(self.out.len()));
        let (near, far) = self.operator.split_at(half.min(self.operator.len()));
        for ((out, c), m) in positive.iter_mut().zip(self.spectrum).zip(near) {
            *out = Complex::new(c.re * m, c.im * m);
        }
        // The last of the negative ones is frequency -1.
        for ((out, c), m) in negative.iter_mut().rev().zip(self.spectrum.iter().skip(1)).zip(far.iter().rev()) {
            *out = Complex::new(c.re * m, -c.im * m);
        }
    }
}

struct Length<'a> {
    of: &'a [Complex<f32>],
    out: &'a mut [f32],
}

impl Kernel for Length<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self) {
        for (out, c) in self.out.iter_mut().zip(self.of) {
            let (re, im) = (f64::from(c.re), f64::from(c.im));
            *out = (re * re + im * im).sqrt() as f32;
        }
    }
}
