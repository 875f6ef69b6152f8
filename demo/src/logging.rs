//! What logging tools read along a well.

use crate::geology::{self, Rock, Surface, Unit};
use crate::random::SplitMix64;
use crate::wells::purpose;
use crate::{DemoWell, Location, Result, elastic};

/// The curves of a well, in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    GammaRay,
    Density,
    Neutron,
    Sonic,
    Resistivity,
    Caliper,
    SpontaneousPotential,
}

impl Curve {
    pub(crate) const ALL: [Curve; 7] = [
        Curve::GammaRay,
        Curve::Density,
        Curve::Neutron,
        Curve::Sonic,
        Curve::Resistivity,
        Curve::Caliper,
        Curve::SpontaneousPotential,
    ];

    /// Standard deviation of the noise: gAPI, g/cm3, v/v, us/ft, a fraction of the value, in, mV.
    fn noise(self) -> f64 {
        match self {
            Curve::GammaRay => 3.0,
            Curve::Density | Curve::Neutron => 0.008,
            Curve::Sonic => 1.2,
            Curve::Resistivity => 0.03,
            Curve::Caliper => 0.06,
            Curve::SpontaneousPotential => 1.2,
        }
    }

    /// What the tool would read in the rock without noise: gAPI, g/cm3, v/v, us/ft, ohm.m, in, mV.
    fn response(self, rock: &Rock, at: &Location, md: f64, bit: f64) -> f64 {
        let (phi, shale) = (rock.porosity, rock.shale_volume);
        match self {
            Curve::GammaRay => match rock.unit {
                Unit::Basement => 150.0,
                _ => geology::GR_CLEAN + shale * (geology::GR_SHALE - geology::GR_CLEAN),
            },
            Curve::Density => elastic::density(rock),
            // The hydrogen of clay-bound water reads as porosity.
            Curve::Neutron => phi + 0.28 * shale,
            Curve::Sonic => elastic::slowness(rock),
            Curve::Resistivity => match rock.unit {
                Unit::Overburden => 1.0 + 0.2 * (at.tvdss / 11.0).sin(),
                Unit::Shale => 1.9 + 0.25 * (at.tvdss / 5.0).sin(),
                Unit::Reservoir => archie_rt(phi, rock.water_saturation),
                Unit::LowerSequence => 5.0 - 2.0 * shale,
                Unit::Basement => 1500.0,
            },
            Curve::Caliper => match rock.unit {
                Unit::Overburden | Unit::Shale => bit + 0.35 + 0.25 * (at.tvdss / 13.0).sin(),
                // Mud cake on permeable rock.
                Unit::Reservoir => bit - 0.12,
                Unit::LowerSequence | Unit::Basement => bit + 0.05,
            },
            Curve::SpontaneousPotential => {
                let strength = match rock.unit {
                    Unit::Reservoir => -72.0,
                    Unit::LowerSequence => -20.0,
                    Unit::Overburden => -12.0,
                    Unit::Shale | Unit::Basement => 0.0,
                };
                // The base line drifts as the electrode warms.
                strength * (1.0 - shale) + 0.004 * md
            }
        }
    }
}

/// True resistivity of the reservoir: Archie's law solved for it, with the parameters of [`geology`].
fn archie_rt(porosity: f64, water_saturation: f64) -> f64 {
    use geology::{ARCHIE_A, ARCHIE_M, ARCHIE_N, RW};
    ARCHIE_A * RW / (porosity.powf(ARCHIE_M) * water_saturation.powf(ARCHIE_N))
}

/// Measured depths of the log of a well: every whole multiple of `step` from 180 m above the seal to
/// total depth. `metres` is the length of the unit `step` is in.
pub(crate) fn depths(well: &DemoWell, step: f64, metres: f64) -> Vec<f64> {
    let top = well.pick(Surface::TopShale).map_or(0.0, |p| p.md) - 180.0;
    let first = (top.max(0.0) / metres / step).ceil();
    let last = (well.td / metres / step).floor();
    let count = (last - first + 1.0).max(0.0) as usize;
    // Four decimals, as the file shows them: the sample belongs to the depth a reader sees.
    (0..count).map(|k| ((first + k as f64) * step * 1e4).round() / 1e4).collect()
}

/// The readings of every curve at measured depths in metres; NaN where the tool gave none.
pub(crate) fn logs(well: &DemoWell, number: usize, seed: u64, md: &[f64]) -> Result<Vec<(Curve, Vec<f64>)>> {
    let at = well.locate(md)?;
    let mut logs: Vec<(Curve, Vec<f64>)> = Vec::new();
    // Drilled with 12 1/4 inch down to a casing point in the seal.
    let shoe = well.pick(Surface::TopShale).map_or(0.0, |p| p.md) + 25.0;
    let rocks: Vec<Rock> = at.iter().map(|p| geology::rock(p.x, p.y, p.tvdss)).collect();
    for (order, curve) in Curve::ALL.into_iter().enumerate() {
        let mut random = SplitMix64::of(seed, number as u64, purpose::LOG + 16 * (order as u64 + 1));
        let missing = Missing::new(curve, well, md, &mut random);
        let values = rocks.iter().zip(&at).zip(md).map(|((rock, at), &md)| {
            let bit = if md < shoe { 12.25 } else { 8.5 };
            let clean = curve.response(rock, at, md, bit);
            let noise = curve.noise() * random.normal();
            match curve {
                _ if missing.at(md) => f64::NAN,
                Curve::Resistivity => clean * noise.exp(),
                Curve::GammaRay => (clean + noise).max(0.0),
                _ => clean + noise,
            }
        });
        logs.push((curve, values.collect()));
    }
    Ok(logs)
}

/// Where a curve has no valid reading.
struct Missing {
    above: f64,
    below: f64,
    gap: std::ops::Range<f64>,
}

impl Missing {
    fn new(curve: Curve, well: &DemoWell, md: &[f64], random: &mut SplitMix64) -> Missing {
        let first = md.first().copied().unwrap_or(0.0);
        // Sensors sit above the bit end of the string; pad tools are switched on below the shoe.
        let (on, off) = match curve {
            Curve::GammaRay => (0.0, 3.0),
            Curve::Density | Curve::Neutron => (60.0, 8.0),
            Curve::Sonic => (10.0, 15.0),
            Curve::Resistivity => (5.0, 6.0),
            Curve::Caliper => (60.0, 8.0),
            Curve::SpontaneousPotential => (0.0, 4.0),
        };
        let length = match curve {
            Curve::Density | Curve::Neutron => random.between(4.0, 14.0),
            Curve::Sonic => random.between(5.0, 20.0),
            _ => 0.0,
        };
        let start = random.between(first + on, (well.td - off - length).max(first + on + 1.0));
        Missing { above: first + on, below: well.td - off, gap: start..start + length }
    }

    fn at(&self, md: f64) -> bool {
        md < self.above || md > self.below || self.gap.contains(&md)
    }
}
