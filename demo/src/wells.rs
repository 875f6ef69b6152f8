//! The wells: where they stand, how they run, what they cross.

use std::path::PathBuf;

use outcrop_kernels::well_path::PathPoint;

use crate::geology::{self, AREA, Surface};
use crate::random::SplitMix64;
use crate::trajectory::{self, Plan, Station, Trajectory};
use crate::{DemoError, Result};

/// A well of the field, with everything that is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct DemoWell {
    /// Its name, `OUT-<n>`.
    pub name: String,
    /// Its unique well identifier.
    pub uwi: String,
    /// Easting of the well head, metre.
    pub x: f64,
    /// Northing of the well head, metre.
    pub y: f64,
    /// Elevation of the kelly bushing above mean sea level, metre: where measured depth is 0.
    pub kb: f64,
    /// Total depth, measured, metre.
    pub td: f64,
    /// How it was planned.
    pub trajectory: Trajectory,
    /// The deviation survey; azimuths from grid north.
    pub stations: Vec<Station>,
    /// The path through the stations, offsets from the well head, tvd below the kelly bushing.
    pub path: Vec<PathPoint>,
    /// Where the path crosses the surfaces, from the top down.
    pub picks: Vec<Pick>,
    /// The file with its logs.
    pub las: PathBuf,
    /// How many depths the file has.
    pub samples: usize,
}

/// A crossing of a surface.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pick {
    /// The surface.
    pub surface: Surface,
    /// Measured depth, metre, with the digits of `tops.csv`.
    pub md: f64,
    /// Depth below mean sea level, metre.
    pub tvdss: f64,
    /// Easting, metre.
    pub x: f64,
    /// Northing, metre.
    pub y: f64,
}

/// A point of a well in space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Location {
    /// Easting, metre.
    pub x: f64,
    /// Northing, metre.
    pub y: f64,
    /// Depth below mean sea level, metre.
    pub tvdss: f64,
}

/// What random numbers are drawn for: each purpose has its own sequence.
pub(crate) mod purpose {
    pub const PLACE: u64 = 1;
    pub const PATH: u64 = 2;
    pub const LOG: u64 = 3;
    pub const SEISMIC: u64 = 4;
    pub const CUBE: u64 = 5;
}

impl DemoWell {
    /// Where the well is at measured depths (metre, any order).
    ///
    /// # Errors
    /// [`DemoError::Path`] for a depth above 0 or below the last station.
    pub fn locate(&self, md: &[f64]) -> Result<Vec<Location>> {
        let points = trajectory::along(&self.name, &self.path, md)?;
        Ok(points
            .iter()
            .map(|p| Location { x: self.x + p.east, y: self.y + p.north, tvdss: p.tvd - self.kb })
            .collect())
    }

    /// The pick of a surface.
    pub fn pick(&self, surface: Surface) -> Option<&Pick> {
        self.picks.iter().find(|p| p.surface == surface)
    }

    /// Drills well `number` (from 1) at a place.
    pub(crate) fn drill(number: usize, (x, y): (f64, f64), seed: u64) -> Result<DemoWell> {
        let name = format!("OUT-{number}");
        let mut random = SplitMix64::of(seed, number as u64, purpose::PATH);
        let kb = (random.between(20.0, 35.0) * 10.0).round() / 10.0;
        // The two discovery wells and every third of the others are vertical.
        let kind = match number {
            1 | 2 => Trajectory::Vertical,
            n if n % 3 == 0 => Trajectory::BuildAndHold,
            n if n % 3 == 1 => Trajectory::SShaped,
            n if n % 4 == 0 => Trajectory::BuildAndHold,
            _ => Trajectory::Vertical,
        };
        let plan = Plan::new(kind, x, y, &mut random);
        let stations = trajectory::drill(&name, &plan, x, y, kb, &mut random)?;
        let path = trajectory::path(&name, &stations)?;
        let td = stations.last().map_or(0.0, |s| s.md);
        let mut well = DemoWell {
            uwi: format!("9907-{number:04}-00"),
            las: PathBuf::from(format!("las/{name}.las")),
            trajectory: kind,
            picks: Vec::new(),
            samples: 0,
            name,
            x,
            y,
            kb,
            td,
            stations,
            path,
        };
        well.picks = Surface::ALL.into_iter().map(|s| well.cross(s)).collect::<Result<_>>()?;
        Ok(well)
    }

    /// The first crossing of a surface: a bracket along the path, then bisection to the millimetre.
    fn cross(&self, surface: Surface) -> Result<Pick> {
        let below = |md: f64| -> Result<f64> {
            let at = self.locate(&[md])?;
            Ok(at.first().map_or(f64::NAN, |p| p.tvdss - surface.tvdss(p.x, p.y)))
        };
        let step = 10.0;
        let mut low = 0.0;
        while below(low + step)? < 0.0 {
            low += step;
            if low + step > self.td {
                return Err(DemoError::NoCrossing { well: self.name.clone(), surface: surface.name(), td: self.td });
            }
        }
        let mut high = low + step;
        while high - low > 1e-6 {
            let middle = 0.5 * (low + high);
            if below(middle)? < 0.0 { low = middle } else { high = middle }
        }
        let md = (high * 1000.0).round() / 1000.0;
        let at = self.locate(&[md])?;
        let Some(at) = at.first() else {
            return Err(DemoError::NoCrossing { well: self.name.clone(), surface: surface.name(), td: self.td });
        };
        Ok(Pick { surface, md, tvdss: at.tvdss, x: at.x, y: at.y })
    }
}

/// Places for wells, whole metres: the two crests first, then wherever of some random places is the
/// farthest from every well so far (Mitchell's best candidate), so that the area is covered evenly.
pub(crate) fn places(count: usize, seed: u64) -> Vec<(f64, f64)> {
    const CRESTS: [(f64, f64); 2] = [(458_430.0, 6_789_880.0), (466_410.0, 6_785_620.0)];
    const MARGIN: f64 = 500.0;
    let [west, south, east, north] = AREA;
    let mut places: Vec<(f64, f64)> = CRESTS.into_iter().take(count).collect();
    while places.len() < count {
        let mut random = SplitMix64::of(seed, places.len() as u64, purpose::PLACE);
        let mut best = (CRESTS[0], -1.0);
        for _ in 0..24 {
            let x = random.between(west + MARGIN, east - MARGIN).round();
            let y = random.between(south + MARGIN, north - MARGIN).round();
            let nearest = places.iter().map(|p| (p.0 - x).hypot(p.1 - y)).fold(f64::INFINITY, f64::min);
            if nearest > best.1 {
                best = ((x, y), nearest);
            }
        }
        places.push(best.0);
    }
    places
}

/// Depth of water at a well, metre.
pub(crate) fn water_depth() -> f64 {
    geology::SEA_BED
}
