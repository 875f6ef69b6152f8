//! The clays and silts above the seal.
//!
//! No well is logged above [`REGULAR`]: what is there is for the seismic cube to show. Beds of uneven thickness step down to the
//! east over an old shelf edge, and a channel filled with sand winds through them from south to north.

use std::sync::LazyLock;

use crate::geology::{Rock, SEA_BED, Unit};

/// Below this depth (tvdss, metre) the beds are flat and alternate regularly.
pub(crate) const REGULAR: f64 = 1585.0;
/// Above this depth they do not at all.
const UNEVEN: f64 = 1535.0;
/// Depth of the shelf edge, tvdss in metre.
const SHELF: f64 = 920.0;
/// Depth of the top of the channel, where the beds do not step down or undulate.
const CHANNEL: f64 = 640.0;
/// Depth of its middle below its top, and half its width, metre.
const CHANNEL_SIZE: (f64, f64) = (32.0, 230.0);

/// What the overburden is like below a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Overburden {
    /// How far the beds have stepped down at the shelf edge, metre.
    step: f64,
    /// Lowering of the beds by gentle folds, metre for each kilometre of depth.
    fold: f64,
    /// Depth of the base of the channel below its top, metre; 0 beside it.
    channel: f64,
}

impl Overburden {
    /// `u` and `v` are kilometres east and north of the middle of the area.
    pub(crate) fn at(u: f64, v: f64) -> Self {
        let axis = -0.4 + 1.1 * (v / 1.15).sin() + 0.35 * (v / 0.43 + 1.0).sin();
        let off = 1000.0 * (u - axis) / CHANNEL_SIZE.1;
        Self {
            step: 26.0 * ((u - 0.3 * v - 0.8) / 1.2).tanh(),
            fold: 6.0 * (u / 1.3).sin() * (v / 1.7).cos(),
            channel: CHANNEL_SIZE.0 * (1.0 - off * off).max(0.0),
        }
    }

    pub(crate) fn rock(&self, tvdss: f64) -> Rock {
        // Compaction after Athy: porosity falls off exponentially with depth of burial.
        let porosity = 0.45 * (-(tvdss - SEA_BED).max(0.0) / 2600.0).exp();
        let regular = || 0.62 + 0.14 * (tvdss / 9.0).sin() + 0.08 * (tvdss / 2.7).sin();
        let shale_volume = match (tvdss - UNEVEN) / (REGULAR - UNEVEN) {
            t if t <= 0.0 => self.uneven(tvdss),
            t if t >= 1.0 => regular(),
            t => (1.0 - t) * self.uneven(tvdss) + t * regular(),
        };
        Rock { unit: Unit::Overburden, porosity, shale_volume, water_saturation: 1.0 }
    }

    /// Shale volume of the uneven beds.
    fn uneven(&self, tvdss: f64) -> f64 {
        let shelf = (-((tvdss - SHELF) / 230.0).powi(2)).exp();
        let folded = tvdss.min(REGULAR - tvdss) / 1000.0;
        // Where the bed was laid down.
        let level = tvdss - self.step * shelf - self.fold * folded;
        // Contacts are gradual over a layer that sound is sent through, so that they move smoothly from one to the next.
        let below = |contact: f64| ((level - contact) / CONTACT + 0.5).clamp(0.0, 1.0);
        let sand = (below(CHANNEL) - below(CHANNEL + self.channel)).max(0.0);
        let at = (level - SEA_BED).max(0.0) / RESOLUTION;
        let bed = |k: usize| BEDS.get(k).copied().unwrap_or(0.58);
        let (k, part) = (at as usize, at.fract());
        (1.0 - sand) * ((1.0 - part) * bed(k) + part * bed(k + 1)) + sand * 0.2
    }
}

/// Thickness of the contact of two beds, metre.
const CONTACT: f64 = 4.0;
/// Distance of the depths that the beds are told at, metre.
const RESOLUTION: f64 = 0.5;

/// Shale volume at every half metre below the sea bed. Multiples of irrational numbers, of which only the fraction is taken, are
/// as uneven as dice and the same everywhere.
static BEDS: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let mut beds = Vec::new();
    for k in 1..=90 {
        let k = f64::from(k);
        // A bed in seven is a marker that stands out.
        let contrast = if (k * 0.149).fract() < 0.15 { 0.34 } else { 0.16 };
        let shale = 0.58 + contrast * (2.0 * (k * k * std::f64::consts::SQRT_2).fract() - 1.0);
        let thickness = 9.0 + 32.0 * (k * 0.618_033_988_749_895).fract().powi(2);
        beds.extend(std::iter::repeat_n(shale, (thickness / RESOLUTION).round() as usize));
    }
    let within = (CONTACT / RESOLUTION) as usize;
    beds.windows(within).map(|w| w.iter().sum::<f64>() / within as f64).collect()
});
