//! A seismic cube over both culminations, made from the impedance of the rock.
//!
//! The convolutional model: reflection coefficients of the layers of [`crate::elastic::Profile`] at their two-way times, each
//! a zero-phase Ricker wavelet of [`WAVELET`] Hz. Amplitudes are [`SCALE`] times the reflection coefficient, positive where the
//! impedance increases (SEG normal polarity). [`amplitudes`] is a trace without noise, [`Survey`] tells where traces are.

mod cube;
mod segy;
mod survey;
mod synthetic;

pub use cube::DemoCube;
pub(crate) use cube::write;
pub use survey::{Bin, HOLE, INLINE_AZIMUTH, PLATFORM, Survey};
pub use synthetic::{INTERVAL, MUTE, SCALE, WAVELET, amplitudes, ricker};

use crate::{DemoError, Result};

/// What the cube is to be.
#[derive(Debug, Clone, PartialEq)]
pub struct SeismicOptions {
    /// Distance between lines and between traces, metre, 20 to 500. The area stays the same: 6 by 12 km.
    pub bin: f64,
    /// Samples of a trace, 2 to 2000, each of [`INTERVAL`] ms from mean sea level down.
    pub samples: usize,
    /// Root mean square of the noise, in the unit of the amplitudes, 0 to 10 000.
    pub noise: f64,
}

impl Default for SeismicOptions {
    /// 121 inlines of 241 traces of 451 samples, 59 MB, with noise of root mean square 12.
    fn default() -> Self {
        Self { bin: 50.0, samples: 451, noise: 12.0 }
    }
}

impl SeismicOptions {
    /// A cube for tests: 31 inlines of 61 traces, 200 m apart, 4 MB.
    pub fn small() -> Self {
        Self { bin: 200.0, ..Self::default() }
    }

    pub(crate) fn check(&self) -> Result<()> {
        let wrong = |name, expected, found| Err(DemoError::Option { name, expected, found });
        if !(20.0..=500.0).contains(&self.bin) {
            return wrong("seismic.bin", "a distance from 20 to 500 metres", self.bin.to_string());
        }
        if !(2..=2000).contains(&self.samples) {
            return wrong("seismic.samples", "a number of samples from 2 to 2000", self.samples.to_string());
        }
        if !(0.0..=10_000.0).contains(&self.noise) {
            return wrong("seismic.noise", "a root mean square from 0 to 10000", self.noise.to_string());
        }
        Ok(())
    }
}
