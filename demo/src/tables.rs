//! Tables as they come out of a spreadsheet.

use std::fmt::Write;

use crate::geology::{self, AREA, Surface};
use crate::random::SplitMix64;
use crate::wells::{purpose, water_depth};
use crate::{DemoWell, Result, Trajectory, elastic};

/// `wells.csv`: a row per well.
pub(crate) fn wells(wells: &[DemoWell]) -> String {
    let mut text = String::from("Well,UWI,X (m),Y (m),CRS,Datum,KB (m),Water depth (m),TD (m),Field,Operator\n");
    for w in wells {
        let (depth, crs) = (water_depth(), geology::CRS);
        let _ = writeln!(
            text,
            "{},{},{:.1},{:.1},{crs},KB,{:.1},{depth:.1},{:.1},Outcrop,Outcrop Demo Company",
            w.name, w.uwi, w.x, w.y, w.kb, w.td
        );
    }
    text
}

/// `tops.csv`: a row per pick.
pub(crate) fn tops(wells: &[DemoWell]) -> String {
    let mut text = String::from("Well,Surface,MD (m),Interpreter\n");
    for well in wells {
        for pick in &well.picks {
            let interpreter = if pick.surface == Surface::TopBasement { "A. Mohr" } else { "I. Lehmann" };
            let _ = writeln!(text, "{},{},{:.3},{interpreter}", well.name, pick.surface.name(), pick.md);
        }
    }
    text
}

/// `surveys.csv`: a row per station, azimuths from grid north.
pub(crate) fn surveys(wells: &[DemoWell]) -> String {
    let mut text = String::from("Well,MD (m),Inclination (deg),Azimuth GN (deg)\n");
    for well in wells {
        for s in &well.stations {
            let _ = writeln!(text, "{},{:.2},{:.2},{:.2}", well.name, s.md, s.inclination, s.azimuth);
        }
    }
    text
}

/// `checkshots.csv`: two-way time from mean sea level, at the sea bed and every 25 m below it, in the wells that are vertical.
pub(crate) fn checkshots(wells: &[DemoWell]) -> Result<(String, usize)> {
    const SPACING: f64 = 25.0;
    let mut text = String::from("Well,MD (m),TVDSS (m),TWT (ms)\n");
    let mut count = 0;
    for well in wells.iter().filter(|w| w.trajectory == Trajectory::Vertical) {
        let first = well.kb + water_depth();
        let steps = ((well.td - first) / SPACING).floor() as u32;
        let md: Vec<f64> = (0..=steps).map(|k| first + SPACING * f64::from(k)).collect();
        for (md, at) in md.iter().zip(well.locate(&md)?) {
            let twt = elastic::two_way_time(at.x, at.y, at.tvdss);
            let _ = writeln!(text, "{},{md:.1},{:.2},{twt:.2}", well.name, at.tvdss);
            count += 1;
        }
    }
    Ok((text, count))
}

/// `top_reservoir_twt.csv`: picks of the top of the reservoir on seismic lines 1.5 km apart, every
/// 250 m, with an error of a millisecond.
pub(crate) fn seismic_picks(seed: u64) -> (String, usize) {
    const LINES: f64 = 1500.0;
    const PICKS: f64 = 250.0;
    let mut text = String::from("Line,X (m),Y (m),TWT (ms)\n");
    let mut random = SplitMix64::of(seed, 0, purpose::SEISMIC);
    let [west, south, east, north] = AREA;
    let mut count = 0;
    let mut pick = |line: &str, x: f64, y: f64| {
        let twt = elastic::horizon_time(Surface::TopReservoir, x, y) + random.normal();
        let _ = writeln!(text, "{line},{x:.1},{y:.1},{twt:.2}");
        count += 1;
    };
    let between = |from: f64, to: f64, step: f64| {
        let steps = ((to - from) / step).floor() as u32;
        (0..=steps).map(move |k| from + step * f64::from(k))
    };
    for (k, y) in between(south + 500.0, north, LINES).enumerate() {
        between(west, east, PICKS).for_each(|x| pick(&format!("OC-W{:02}", k + 1), x, y));
    }
    for (k, x) in between(west + 500.0, east, LINES).enumerate() {
        between(south, north, PICKS).for_each(|y| pick(&format!("OC-N{:02}", k + 1), x, y));
    }
    (text, count)
}
