//! Which fields hold the coordinates.

use super::affine::AffineMap;
use super::axis::Axis;
use super::coordinates::{self, CoordinateFields, CoordinateUnit, MeasurementSystem, Positions};
use super::lines::{self, Pair};
use super::profile::Profile;
use crate::segy::FileKind;
use crate::segy::field::TraceField;
use crate::segy::headers::Headers;

/// Coordinates of the sample: their fields, and whether they serve.
pub struct CoordinateCandidate {
    pub fields: CoordinateFields,
    /// Why they do not.
    pub rejected: Option<String>,
    pub score: f64,
    pub evidence: String,
}

/// Fields that may hold coordinates, with what the sample says. A unit that the values contradict is not applied to
/// them.
pub fn candidates(
    headers: &Headers<'_>,
    stated: Option<&CoordinateFields>,
    unit: &mut CoordinateUnit,
    unit_code: i32,
    measurement: MeasurementSystem,
) -> Vec<CoordinateCandidate> {
    let look = |fields: CoordinateFields, unit: CoordinateUnit| {
        let mut candidate =
            CoordinateCandidate { score: fields.prior, fields, rejected: None, evidence: String::new() };
        if !headers.has(&candidate.fields.x) || !headers.has(&candidate.fields.y) {
            candidate.rejected = Some("not within the headers of each trace".to_owned());
            return candidate;
        }
        let positions = Positions::sampled(headers, &candidate.fields, unit);
        match positions.summary(headers.traces.len(), unit_code, measurement) {
            None => candidate.rejected = Some("always 0".to_owned()),
            Some(found) => {
                candidate.evidence =
                    format!("x from {} to {}, y from {} to {}", found.x.0, found.x.1, found.y.0, found.y.1);
                if !found.plausible() {
                    candidate.rejected = Some(format!("{}: too large for coordinates", candidate.evidence));
                } else if found.constant() && headers.traces.len() > 1 {
                    candidate.rejected = Some(format!("always {} and {}", found.x.0, found.y.0));
                }
            }
        }
        if candidate.fields.stated {
            candidate.rejected = candidate.rejected.filter(|r| r == "always 0");
        }
        candidate
    };
    let usual = match stated {
        Some(fields) => vec![fields.clone()],
        None => coordinates::usual(headers.extended()),
    };
    let mut found: Vec<CoordinateCandidate> = usual.iter().cloned().map(|f| look(f, *unit)).collect();
    if unit.is_angle() && found.iter().all(|c| c.rejected.is_some()) {
        // Many files state degrees and have metres.
        let plain: Vec<_> = usual.into_iter().map(|f| look(f, CoordinateUnit::Unstated)).collect();
        if plain.iter().any(|c| c.rejected.is_none()) {
            *unit = CoordinateUnit::Unstated;
            found = plain;
        }
    }
    // Seismic Unix has numbers of its own where SEG-Y writers put theirs.
    let odd_wanted = stated.is_none() && headers.file.layout().kind == FileKind::SegY;
    if odd_wanted && found.iter().all(|c| c.rejected.is_some()) {
        found.extend(coordinates::odd().into_iter().map(|f| look(f, *unit)).filter(|c| c.rejected.is_none()));
    }
    found
}

/// Ranks coordinates by how they fit the likeliest numbers of lines. Odd places must fit: other numbers than
/// coordinates are affine functions of line numbers too, but do not span squares.
pub fn rank(headers: &Headers<'_>, candidates: &mut [CoordinateCandidate], pair: Option<&Pair>, unit: CoordinateUnit) {
    let axis = |field: &TraceField| {
        let values = headers.sampled(field);
        Axis::of_values(&Profile::of_runs(&values, &headers.runs()), None)
    };
    for candidate in candidates.iter_mut().filter(|c| c.rejected.is_none()) {
        let odd = !candidate.fields.stated && candidate.fields.prior <= 0.5;
        let (x, y) = (&candidate.fields.x, &candidate.fields.y);
        let near = |f: &TraceField| x.byte.abs_diff(f.byte) < 4 || y.byte.abs_diff(f.byte) < 4;
        let own = pair.is_some_and(|p| near(&p.inline) || near(&p.crossline));
        if odd && own {
            candidate.rejected = Some("these are the numbers of lines".to_owned());
            continue;
        }
        let map = pair.filter(|_| !own).and_then(|p| {
            let positions = Positions::sampled(headers, &candidate.fields, unit);
            lines::sample_fit(headers, p, (&axis(&p.inline), &axis(&p.crossline)), &positions)
        });
        let off = map.as_ref().and_then(AffineMap::relative_residual);
        let square = map.as_ref().is_some_and(|m| {
            let ratio = m.inline_spacing.zip(m.crossline_spacing).map(|(i, c)| i.max(c) / i.min(c).max(1e-9));
            // Line numbers themselves, and copies of them, are as regular.
            let unit = |v: Option<(f64, f64)>| v.is_some_and(|(x, y)| (x.hypot(y) - 1.0).abs() < 1e-6);
            let copies = unit(m.per_inline) && unit(m.per_crossline);
            !copies && m.angle().is_some_and(|a| (60.0..=120.0).contains(&a)) && ratio.is_some_and(|r| r < 20.0)
        });
        match off {
            Some(off) if off <= 0.5 => {
                candidate.evidence.push_str(&format!("; fits the line numbers to {off:.2} of the spacing"));
            }
            Some(off) => {
                candidate.score *= if off <= 2.0 { 0.9 } else { 0.6 };
                candidate.evidence.push_str(&format!("; {off:.1} spacings off a grid of the line numbers"));
            }
            None => candidate.score *= 0.9,
        }
        if odd && !(square && off.is_some_and(|off| off <= 0.5)) {
            candidate.rejected = Some(format!("{}; not a square grid of the line numbers", candidate.evidence));
        }
    }
    candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
}
