//! The truth: surfaces, porosity, shale and fluids as functions of position.
//!
//! `x` and `y` are easting and northing in metres (EPSG:23031); depths are `tvdss`, metres below mean
//! sea level, positive down. Every function is defined for every finite position, inside the area or
//! not. The geology does not depend on the seed. How fast sound runs in it and what it reflects is in [`crate::elastic`].

use crate::overburden::{Overburden, REGULAR};

/// Coordinate reference system of the field.
pub const CRS: &str = "EPSG:23031";
/// Western, southern, eastern and northern limit of the area, metre.
pub const AREA: [f64; 4] = [452_000.0, 6_780_000.0, 472_000.0, 6_796_000.0];
/// Depth of the oil-water contact, tvdss in metre, the same in both culminations.
pub const CONTACT: f64 = 1985.0;
/// Depth of the sea bed, tvdss in metre.
pub const SEA_BED: f64 = 115.0;
/// Resistivity of the formation water at reservoir temperature, ohm.m.
pub const RW: f64 = 0.05;
/// Archie's tortuosity factor.
pub const ARCHIE_A: f64 = 1.0;
/// Archie's cementation exponent.
pub const ARCHIE_M: f64 = 2.0;
/// Archie's saturation exponent.
pub const ARCHIE_N: f64 = 2.0;
/// Density of the grains of the reservoir, g/cm3.
pub const MATRIX_DENSITY: f64 = 2.65;
/// Density of the fluid that the density tool sees (mud filtrate), g/cm3.
pub const FLUID_DENSITY: f64 = 1.0;
/// Gamma ray of rock without shale, gAPI.
pub const GR_CLEAN: f64 = 22.0;
/// Gamma ray of pure shale, gAPI.
pub const GR_SHALE: f64 = 118.0;
/// Irreducible water saturation of the reservoir, a fraction.
pub const IRREDUCIBLE_WATER: f64 = 0.14;

/// The surfaces that are picked, from the top down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Surface {
    /// Top of the shale that seals the reservoir.
    TopShale,
    /// Top of the sandstone reservoir.
    TopReservoir,
    /// Base of the reservoir.
    BaseReservoir,
    /// Top of the crystalline basement.
    TopBasement,
}

impl Surface {
    /// Every surface, from the top down.
    pub const ALL: [Surface; 4] = [Self::TopShale, Self::TopReservoir, Self::BaseReservoir, Self::TopBasement];

    /// The name as it stands in `tops.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::TopShale => "Top Shale",
            Self::TopReservoir => "Top Reservoir",
            Self::BaseReservoir => "Base Reservoir",
            Self::TopBasement => "Top Basement",
        }
    }

    /// Depth of the surface at a place, tvdss in metre.
    pub fn tvdss(self, x: f64, y: f64) -> f64 {
        match self {
            Self::TopShale => top_shale(x, y),
            Self::TopReservoir => top_reservoir(x, y),
            Self::BaseReservoir => base_reservoir(x, y),
            Self::TopBasement => top_basement(x, y),
        }
    }
}

/// Kilometres east and north of the middle of the area.
fn local(x: f64, y: f64) -> (f64, f64) {
    ((x - 0.5 * (AREA[0] + AREA[2])) / 1000.0, (y - 0.5 * (AREA[1] + AREA[3])) / 1000.0)
}

/// A dome with an elliptic plan: 1 at the crest, long axis `strike` degrees clockwise from north.
fn dome(u: f64, v: f64, crest: (f64, f64), long: f64, short: f64, strike: f64) -> f64 {
    let (du, dv) = (u - crest.0, v - crest.1);
    let (sin, cos) = strike.to_radians().sin_cos();
    let (along, across) = (du * sin + dv * cos, du * cos - dv * sin);
    (-(along / long).powi(2) - (across / short).powi(2)).exp()
}

/// Depth of the top of the seal, tvdss in metre.
pub fn top_shale(x: f64, y: f64) -> f64 {
    let (u, v) = local(x, y);
    top_reservoir(x, y) - (150.0 + 3.0 * u + 12.0 * (v / 4.5).sin())
}

/// Depth of the top of the reservoir, tvdss in metre: a regional dip to the south-east, two anticlines
/// (crests near 458500, 6790000 and 466500, 6785500), a flexure of 28 m down to the east between them,
/// and gentle undulations.
pub fn top_reservoir(x: f64, y: f64) -> f64 {
    let (u, v) = local(x, y);
    let dip = 2075.0 + 3.0 * u - 2.0 * v;
    let west = 130.0 * dome(u, v, (-3.5, 2.0), 4.4, 2.7, 25.0);
    let east = 155.0 * dome(u, v, (4.5, -2.5), 3.8, 2.5, 40.0);
    let flexure = 14.0 * ((u + 0.3 * v - 0.5) / 0.7).tanh();
    dip - west - east + flexure + 4.0 * (u / 1.7).sin() * (v / 1.5).cos()
}

/// True vertical thickness of the reservoir, metre: about 70 to 110.
pub fn reservoir_thickness(x: f64, y: f64) -> f64 {
    let (u, v) = local(x, y);
    84.0 - 1.2 * v + 20.0 * dome(u, v, (1.0, 1.0), 7.0, 5.0, 20.0)
}

/// Depth of the base of the reservoir, tvdss in metre.
pub fn base_reservoir(x: f64, y: f64) -> f64 {
    top_reservoir(x, y) + reservoir_thickness(x, y)
}

/// Depth of the top of the basement, tvdss in metre.
pub fn top_basement(x: f64, y: f64) -> f64 {
    let (u, v) = local(x, y);
    base_reservoir(x, y) + 210.0 + 5.0 * u + 25.0 * (v / 5.0).cos()
}

/// Porosity of the reservoir at a place, a fraction: the mean over the vertical thickness, 0.15 to 0.28.
pub fn porosity(x: f64, y: f64) -> f64 {
    let (u, v) = local(x, y);
    0.215 - 0.0022 * u + 0.0012 * v + 0.03 * (u / 3.6 + 0.5).sin() * (v / 4.2).cos()
}

/// What the bedding adds to the porosity, as a fraction of it, `depth` from 0 at the top of the
/// reservoir to 1 at its base. Whole waves only: the mean over the thickness is 0.
fn bedding(depth: f64) -> f64 {
    let wave = |n: f64, phase: f64| (std::f64::consts::TAU * n * depth + phase).cos();
    0.09 * wave(2.0, 0.4) + 0.06 * wave(5.0, 1.3) + 0.03 * wave(11.0, 2.1)
}

/// What the rock is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Soft clays and silts above the seal.
    Overburden,
    /// The seal.
    Shale,
    /// The reservoir.
    Reservoir,
    /// Silts and tight sands below it.
    LowerSequence,
    /// Crystalline rock.
    Basement,
}

/// The rock at a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rock {
    /// The unit it belongs to.
    pub unit: Unit,
    /// Total porosity, a fraction.
    pub porosity: f64,
    /// Shale volume, a fraction; 0 in the basement.
    pub shale_volume: f64,
    /// Water saturation, a fraction of the pores; below 1 only in the reservoir above the contact.
    pub water_saturation: f64,
}

/// The rock at a place and depth (tvdss, metre).
pub fn rock(x: f64, y: f64, tvdss: f64) -> Rock {
    Column::at(x, y).rock(tvdss)
}

/// What is below a place, from the sea bed down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Depths of the surfaces in the order of [`Surface::ALL`], tvdss in metre.
    pub surfaces: [f64; 4],
    /// Mean porosity of the reservoir, a fraction.
    pub porosity: f64,
    overburden: Overburden,
}

impl Column {
    /// The column below a place.
    pub fn at(x: f64, y: f64) -> Self {
        let (u, v) = local(x, y);
        let surfaces = Surface::ALL.map(|s| s.tvdss(x, y));
        Self { surfaces, porosity: porosity(x, y), overburden: Overburden::at(u, v) }
    }

    /// The unit at a depth (tvdss, metre); a surface belongs to the unit below it. Sea water has none: it counts as overburden.
    pub fn unit(&self, tvdss: f64) -> Unit {
        match self.surfaces {
            [shale, _, _, _] if tvdss < shale => Unit::Overburden,
            [_, top, _, _] if tvdss < top => Unit::Shale,
            [_, _, base, _] if tvdss < base => Unit::Reservoir,
            [_, _, _, basement] if tvdss < basement => Unit::LowerSequence,
            _ => Unit::Basement,
        }
    }

    /// The rock at a depth (tvdss, metre).
    pub fn rock(&self, tvdss: f64) -> Rock {
        let unit = self.unit(tvdss);
        if unit == Unit::Overburden {
            return self.overburden.rock(tvdss);
        }
        if let Some(rock) = rock_by_depth(unit, tvdss) {
            return rock;
        }
        let [_, top, base, _] = self.surfaces;
        let bedding = bedding((tvdss - top) / (base - top));
        Rock {
            unit,
            porosity: self.porosity * (1.0 + bedding),
            shale_volume: 0.15 - 0.6 * bedding,
            water_saturation: water_saturation(tvdss),
        }
    }
}

/// The rock of a unit at a depth (tvdss, metre) where it is the same everywhere: in all but the reservoir and the young beds of
/// the overburden.
pub(crate) fn rock_by_depth(unit: Unit, tvdss: f64) -> Option<Rock> {
    let (porosity, shale_volume) = match unit {
        Unit::Overburden if tvdss >= REGULAR => return Some(Overburden::at(0.0, 0.0).rock(tvdss)),
        Unit::Overburden => return None,
        Unit::Shale => (0.16 - 0.00003 * (tvdss - 1800.0), 0.95 + 0.04 * (tvdss / 6.0).sin()),
        Unit::Reservoir => return None,
        Unit::LowerSequence => {
            let beds = (tvdss / 7.0).sin() * (tvdss / 19.0).cos();
            (0.10 + 0.03 * beds, 0.5 - 0.25 * beds)
        }
        Unit::Basement => (0.01, 0.0),
    };
    Some(Rock { unit, porosity, shale_volume, water_saturation: 1.0 })
}

/// Water saturation of the reservoir at a depth (tvdss, metre): 1 at and below the contact, falling to
/// [`IRREDUCIBLE_WATER`] over a transition of some 25 m above it.
pub fn water_saturation(tvdss: f64) -> f64 {
    let height = (CONTACT - tvdss).max(0.0);
    IRREDUCIBLE_WATER + (1.0 - IRREDUCIBLE_WATER) * (-height / 8.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes() -> impl Iterator<Item = (f64, f64)> {
        (0..=80).flat_map(|i| (0..=64).map(move |j| (AREA[0] + 250.0 * f64::from(i), AREA[1] + 250.0 * f64::from(j))))
    }

    #[test]
    fn surfaces_do_not_cross_and_porosity_is_plausible() {
        for (x, y) in nodes() {
            let depths = Surface::ALL.map(|s| s.tvdss(x, y));
            assert!(depths.windows(2).all(|d| d[1] - d[0] > 50.0), "{depths:?} at {x}, {y}");
            assert!((0.15..0.28).contains(&porosity(x, y)), "{} at {x}, {y}", porosity(x, y));
        }
    }

    #[test]
    fn the_porosity_of_a_column_has_the_stated_mean() {
        let (x, y) = (460_000.0, 6_789_000.0);
        let (top, thickness) = (top_reservoir(x, y), reservoir_thickness(x, y));
        let n = 1000;
        let sum: f64 = (0..n).map(|i| rock(x, y, top + thickness * (f64::from(i) + 0.5) / f64::from(n)).porosity).sum();
        assert!((sum / f64::from(n) - porosity(x, y)).abs() < 1e-9);
    }

    /// Both anticlines hold oil and close above the contact within the area.
    #[test]
    fn the_contact_closes() {
        assert!(top_reservoir(458_500.0, 6_790_000.0) < CONTACT - 50.0);
        assert!(top_reservoir(466_500.0, 6_785_500.0) < CONTACT - 25.0);
        let edge = |x: f64, y: f64| x <= AREA[0] || x >= AREA[2] || y <= AREA[1] || y >= AREA[3];
        for (x, y) in nodes().filter(|&(x, y)| edge(x, y)) {
            assert!(top_reservoir(x, y) > CONTACT, "oil at the edge, {x}, {y}: {}", top_reservoir(x, y));
        }
    }
}
