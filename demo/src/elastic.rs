//! How fast sound runs in the rock, and what it reflects.
//!
//! Sonic and density logs read [`slowness`] and [`density`], the seismic cube reflects at the contrasts of their quotient, and
//! two-way time is the slowness summed up: logs, checkshots, picks and cube tie without a correction. Oil is as dense and as
//! stiff as the mud filtrate that the tools read, so the contact does not reflect.

use std::sync::LazyLock;

use crate::geology::{Column, FLUID_DENSITY, MATRIX_DENSITY, Rock, SEA_BED, Surface, Unit, rock_by_depth};
use crate::overburden::REGULAR;

/// Velocity of sea water, m/s.
pub const WATER_VELOCITY: f64 = 1480.0;
/// Density of sea water, g/cm3.
pub const WATER_DENSITY: f64 = 1.03;
/// Microseconds per foot of a velocity of one metre per second.
const US_PER_FOOT: f64 = 304_800.0;
/// Thickness of the layers that the rock is cut into, metre: a fiftieth of the wavelength at 30 Hz, and in the young beds, whose
/// contacts are gradual, twice of it.
const CELL: f64 = 2.0;
const YOUNG_CELL: f64 = 4.0;
/// Layers are prepared down to here, tvdss in metre; below it is basement everywhere.
const DEEPEST: f64 = 3200.0;

/// Compressional slowness, us/ft: the time average after Wyllie, M. R. J., Gregory, A. R., Gardner, L. W. (1956): Elastic wave
/// velocities in heterogeneous and porous media. Geophysics 21, 41. The grains of shale are slower than quartz.
pub fn slowness(rock: &Rock) -> f64 {
    match rock.unit {
        Unit::Basement => 52.0,
        _ => (1.0 - rock.porosity) * (55.5 + 20.0 * rock.shale_volume) + rock.porosity * 189.0,
    }
}

/// Bulk density, g/cm3.
pub fn density(rock: &Rock) -> f64 {
    let grains = match rock.unit {
        Unit::Reservoir => MATRIX_DENSITY,
        Unit::Overburden => 2.66,
        Unit::Shale | Unit::LowerSequence | Unit::Basement => 2.70,
    };
    grains * (1.0 - rock.porosity) + FLUID_DENSITY * rock.porosity
}

/// Acoustic impedance, g/cm3 times m/s.
pub fn impedance(rock: &Rock) -> f64 {
    density(rock) * US_PER_FOOT / slowness(rock)
}

/// Two-way time from mean sea level to a depth (tvdss, metre) straight below a place, ms.
///
/// ```
/// use outcrop_demo::elastic::{depth_at, two_way_time};
/// let (x, y) = (460_000.0, 6_789_000.0);
/// assert!((two_way_time(x, y, 115.0) - 2000.0 * 115.0 / 1480.0).abs() < 1e-9);
/// assert!((depth_at(x, y, two_way_time(x, y, 2000.0)) - 2000.0).abs() < 1e-6);
/// ```
pub fn two_way_time(x: f64, y: f64, tvdss: f64) -> f64 {
    Profile::at(x, y).time(tvdss)
}

/// Depth (tvdss, metre) straight below a place that sound comes back from at a two-way time, ms.
pub fn depth_at(x: f64, y: f64, twt: f64) -> f64 {
    Profile::at(x, y).depth(twt)
}

/// Two-way time of a surface below a place, ms.
pub fn horizon_time(surface: Surface, x: f64, y: f64) -> f64 {
    two_way_time(x, y, surface.tvdss(x, y))
}

/// A layer of one slowness and one impedance, down to the top of the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// Depth of its top, tvdss in metre.
    pub top: f64,
    /// Two-way time to its top, ms.
    pub twt: f64,
    /// Two-way time through a metre of it, ms.
    pub per_metre: f64,
    /// Acoustic impedance, g/cm3 times m/s.
    pub impedance: f64,
}

/// The layers below a place: sea water, then layers of a few metres, cut at the surfaces, then basement without end.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    layers: Vec<Layer>,
}

/// Milliseconds of two-way time for a metre at a slowness in us/ft.
fn per_metre(slowness: f64) -> f64 {
    2000.0 * slowness / US_PER_FOOT
}

/// How sound runs through a rock.
#[derive(Debug, Clone, Copy)]
struct Sound {
    per_metre: f64,
    impedance: f64,
}

impl Sound {
    fn of(rock: &Rock) -> Self {
        Self { per_metre: per_metre(slowness(rock)), impedance: impedance(rock) }
    }
}

/// The units that are, at least in part, the same everywhere at one depth.
const LAYERED: [Unit; 3] = [Unit::Overburden, Unit::Shale, Unit::LowerSequence];

/// How sound runs through their whole cells from mean sea level down; nothing where the unit is not the same everywhere.
static BY_DEPTH: LazyLock<[Vec<Option<Sound>>; 3]> = LazyLock::new(|| {
    LAYERED.map(|unit| {
        let middle = |k: u32| (f64::from(k) + 0.5) * CELL;
        (0..(DEEPEST / CELL) as u32).map(|k| rock_by_depth(unit, middle(k)).map(|r| Sound::of(&r))).collect()
    })
});

impl Profile {
    /// The layers below a place.
    pub fn at(x: f64, y: f64) -> Self {
        Self::of(&Column::at(x, y))
    }

    /// The layers of a column.
    pub fn of(column: &Column) -> Self {
        let water = Sound { per_metre: 2000.0 / WATER_VELOCITY, impedance: WATER_DENSITY * WATER_VELOCITY };
        let mut profile = Self { layers: Vec::with_capacity((DEEPEST / CELL) as usize) };
        profile.add(0.0, water);
        let units = [Unit::Overburden, Unit::Shale, Unit::Reservoir, Unit::LowerSequence];
        let mut top = SEA_BED;
        for (unit, base) in units.into_iter().zip(column.surfaces) {
            let by_depth = LAYERED.iter().zip(BY_DEPTH.iter()).find(|(u, _)| **u == unit).map(|(_, cells)| cells);
            while top < base {
                let young = top < REGULAR - YOUNG_CELL;
                let size = if young { YOUNG_CELL } else { CELL };
                let cell = (top / size).floor();
                let whole = (cell * size, (cell + 1.0) * size);
                let bottom = whole.1.min(base);
                let known = by_depth
                    .filter(|_| !young && (top, bottom) == whole)
                    .and_then(|cells| *cells.get(cell as usize)?);
                profile.add(top, known.unwrap_or_else(|| Sound::of(&column.rock(0.5 * (top + bottom)))));
                top = bottom;
            }
        }
        profile.add(top, Sound::of(&column.rock(top + CELL)));
        profile
    }

    fn add(&mut self, top: f64, Sound { per_metre, impedance }: Sound) {
        let twt = self.layers.last().map_or(0.0, |above| above.twt + (top - above.top) * above.per_metre);
        self.layers.push(Layer { top, twt, per_metre, impedance });
    }

    /// The layers, from mean sea level down; never empty.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layer that holds what `below` says is at or below its top.
    fn layer(&self, below: impl Fn(&Layer) -> bool) -> Option<&Layer> {
        self.layers.get(self.layers.partition_point(below).saturating_sub(1))
    }

    /// Two-way time to a depth (tvdss, metre), ms.
    pub fn time(&self, tvdss: f64) -> f64 {
        self.layer(|l| l.top <= tvdss).map_or(f64::NAN, |l| l.twt + (tvdss - l.top) * l.per_metre)
    }

    /// Depth (tvdss, metre) at a two-way time, ms.
    pub fn depth(&self, twt: f64) -> f64 {
        self.layer(|l| l.twt <= twt).map_or(f64::NAN, |l| l.top + (twt - l.twt) / l.per_metre)
    }

    /// Acoustic impedance at a two-way time in ms, g/cm3 times m/s.
    pub fn impedance(&self, twt: f64) -> f64 {
        self.layer(|l| l.twt <= twt).map_or(f64::NAN, |l| l.impedance)
    }

    /// Two-way time (ms) and reflection coefficient of every change of impedance, from the top down: positive where it increases.
    pub fn reflections(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.layers.windows(2).filter_map(|pair| match pair {
            [above, below] => {
                Some((below.twt, (below.impedance - above.impedance) / (below.impedance + above.impedance)))
            }
            _ => None,
        })
    }
}
