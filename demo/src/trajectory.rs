//! Where a well goes: stations of a deviation survey, and the path through them.

use outcrop_kernels::well_path::{Beyond, PathOptions, PathPoint, TieIn, minimum_curvature, path_at};

use crate::random::SplitMix64;
use crate::{DemoError, Result, geology};

/// How the well is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trajectory {
    /// Vertical, with the drift of a degree or so that every hole has.
    Vertical,
    /// Vertical, then building angle, then holding it to the end.
    BuildAndHold,
    /// Building, holding, and dropping back towards the vertical above the reservoir.
    SShaped,
}

/// A station of the deviation survey, with the digits of `surveys.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Measured depth below the kelly bushing, metre.
    pub md: f64,
    /// Inclination from the vertical, degrees.
    pub inclination: f64,
    /// Azimuth clockwise from grid north, degrees.
    pub azimuth: f64,
}

/// What a plan says.
pub(crate) struct Plan {
    pub kind: Trajectory,
    pub kick_off: f64,
    pub build: f64,
    pub hold: f64,
    pub azimuth: f64,
}

/// Spacing of stations, metre.
const SPACING: f64 = 30.0;
/// An S-shaped well begins to drop this far above the reservoir, metre of tvdss.
const DROP_ABOVE: f64 = 520.0;
/// No well is longer than this, metre.
const LONGEST: f64 = 6000.0;

impl Plan {
    /// A plan for a well at `x`, `y`: deviated wells head for the middle of the area, more or less.
    pub(crate) fn new(kind: Trajectory, x: f64, y: f64, random: &mut SplitMix64) -> Plan {
        let [west, south, east, north] = geology::AREA;
        let inwards = (0.5 * (west + east) - x).atan2(0.5 * (south + north) - y).to_degrees();
        Plan {
            kind,
            kick_off: (random.between(450.0, 850.0) / SPACING).round() * SPACING,
            build: random.between(1.8, 3.0),
            hold: match kind {
                Trajectory::Vertical => 0.0,
                Trajectory::BuildAndHold => random.between(22.0, 52.0),
                Trajectory::SShaped => random.between(22.0, 38.0),
            },
            azimuth: inwards + random.between(-70.0, 70.0),
        }
    }

    /// The planned change of inclination over the next interval, from where the well is.
    fn turn(&self, at: &PathPoint, above_reservoir: f64) -> f64 {
        let wanted = match self.kind {
            Trajectory::Vertical => 0.6,
            _ if at.md < self.kick_off => 0.0,
            Trajectory::SShaped if above_reservoir < DROP_ABOVE => 6.0,
            _ => self.hold,
        };
        (wanted - at.inclination).clamp(-self.build, self.build)
    }
}

/// Stations from the rotary table to some 80 m below the top of the basement.
pub(crate) fn drill(well: &str, plan: &Plan, x: f64, y: f64, kb: f64, random: &mut SplitMix64) -> Result<Vec<Station>> {
    let mut stations = vec![Station { md: 0.0, inclination: 0.0, azimuth: 0.0 }];
    let mut at = PathPoint { md: 0.0, inclination: 0.0, azimuth: 0.0, north: 0.0, east: 0.0, tvd: 0.0, dogleg: 0.0 };
    let below = random.between(70.0, 110.0);
    loop {
        let (px, py, tvdss) = (x + at.east, y + at.north, at.tvd - kb);
        if tvdss > geology::top_basement(px, py) + below {
            return Ok(stations);
        }
        if at.md >= LONGEST {
            let surface = geology::Surface::TopBasement.name();
            return Err(DemoError::NoCrossing { well: well.to_owned(), surface, td: at.md });
        }
        let inclination = at.inclination + plan.turn(&at, geology::top_reservoir(px, py) - tvdss);
        let drift = if inclination > 3.0 { 0.7 } else { 8.0 };
        let station = Station {
            md: at.md + SPACING,
            inclination: cents((inclination + 0.12 * random.normal()).max(0.0)),
            azimuth: cents((plan.azimuth + drift * random.normal()).rem_euclid(360.0)) % 360.0,
        };
        stations.push(station);
        let tie_in = Some(TieIn { tvd: at.tvd, north: at.north, east: at.east });
        let last = [at.md, station.md];
        let step = minimum_curvature(
            &last,
            &[at.inclination, station.inclination],
            &[at.azimuth, station.azimuth],
            &PathOptions { tie_in, ..PathOptions::default() },
        );
        let step = step.map_err(|source| DemoError::Path { well: well.to_owned(), source })?;
        at = step.last().copied().unwrap_or(at);
    }
}

/// The path through the stations, a point a station; dogleg severity per 30 m.
pub(crate) fn path(well: &str, stations: &[Station]) -> Result<Vec<PathPoint>> {
    let column = |f: fn(&Station) -> f64| stations.iter().map(f).collect::<Vec<f64>>();
    minimum_curvature(&column(|s| s.md), &column(|s| s.inclination), &column(|s| s.azimuth), &PathOptions::default())
        .map_err(|source| DemoError::Path { well: well.to_owned(), source })
}

/// The path at measured depths.
pub(crate) fn along(well: &str, path: &[PathPoint], md: &[f64]) -> Result<Vec<PathPoint>> {
    path_at(path, md, Beyond::Error).map_err(|source| DemoError::Path { well: well.to_owned(), source })
}

/// Rounded to two decimals, as surveys are reported.
fn cents(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
