//! What is odd about a geometry, in words.

use outcrop_types::Issue;

use super::coordinates::{CoordinateFields, CoordinateUnit, MeasurementSystem};
use super::lines::Tried;
use super::{Axis, Geometry, GeometryKind, GeometryOptions};
use crate::segy::headers::Headers;

/// Everything worth saying about a geometry.
pub fn issues(
    headers: &Headers<'_>,
    geometry: &Geometry,
    tried: &[Tried],
    unit_codes: &[i32],
    coordinates: Option<&CoordinateFields>,
    options: &GeometryOptions,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    lines(geometry, tried, options, &mut issues);
    traces(geometry, &mut issues);
    of_coordinates(headers, geometry, unit_codes, coordinates, &mut issues);
    issues
}

/// Which fields were taken, and how sure that is.
fn lines(geometry: &Geometry, tried: &[Tried], options: &GeometryOptions, issues: &mut Vec<Issue>) {
    let stated = options.inline.is_some() || options.crossline.is_some();
    if geometry.kind == GeometryKind::Unknown {
        issues.push(Issue::warning(
            "geometry-unknown",
            format!(
                "the trace headers do not tell how the traces lie: {}. State the bytes of inline and crossline, or of \
                the CDP: --inline-byte and --crossline-byte, or --cdp-byte",
                geometry.evidence
            ),
        ));
    }
    if geometry.kind.is_3d() && geometry.inline.is_none() {
        issues.push(Issue::error(
            "line-numbers-missing",
            "3D was stated, but no header fields hold inline and crossline numbers; state their bytes: --inline-byte and --crossline-byte",
        ));
    }
    if let (true, false, Some(inline), Some(crossline)) =
        (geometry.kind.is_3d(), stated, &geometry.fields.inline, &geometry.fields.crossline)
    {
        if (inline.byte, crossline.byte) != (189, 193) {
            issues.push(Issue::info(
                "line-numbers-not-standard",
                format!(
                    "inline and crossline numbers are taken from bytes {} and {}, not from 189 and 193: {}",
                    inline.byte, crossline.byte, geometry.evidence
                ),
            ));
        }
        let best = tried.first().map_or(0.0, |t| t.score);
        if let Some(other) = tried.get(1).filter(|t| t.score > 0.9 * best) {
            issues.push(Issue::warning(
                "geometry-ambiguous",
                format!(
                    "{} would serve as inline and crossline too ({}); bytes {} and {} are taken. State the bytes if \
                    these are wrong: --inline-byte and --crossline-byte",
                    other.pair.places(),
                    other.evidence,
                    inline.byte,
                    crossline.byte
                ),
            ));
        }
    }
    if !matches!(geometry.kind, GeometryKind::Unknown) && geometry.confidence < 0.6 && options.kind.is_none() {
        issues.push(Issue::warning(
            "geometry-uncertain",
            format!(
                "that this is {} is not sure (confidence {:.2}): {}. State the kind or the bytes of the line numbers",
                geometry.kind.title(),
                geometry.confidence,
                geometry.evidence
            ),
        ));
    }
}

/// Traces that are missing, twice, or in another order than usual.
fn traces(geometry: &Geometry, issues: &mut Vec<Issue>) {
    if geometry.duplicates > 0 {
        let numbers: Vec<String> = geometry.duplicate_traces.iter().take(5).map(u64::to_string).collect();
        let more = if geometry.duplicates > 5 { " …" } else { "" };
        issues.push(Issue::warning(
            "duplicate-traces",
            format!(
                "traces that have the position{} of an earlier one: {} (number {}{more}). The first of each is the one to \
                keep, unless other bytes tell them apart",
                if geometry.fields.offset.is_some() { " and offset" } else { "" },
                geometry.duplicates,
                numbers.join(", ")
            ),
        ));
    }
    if geometry.holes > 0 && geometry.kind.is_3d() {
        let first = geometry.hole_positions.first().map(|(i, c)| format!("; the first is inline {i}, crossline {c}"));
        issues.push(Issue::info(
            "holes",
            format!("positions of the grid without a trace: {}{}", geometry.holes, first.unwrap_or_default()),
        ));
    }
    let axes = [("inline", &geometry.inline), ("crossline", &geometry.crossline), ("CDP", &geometry.cdp)];
    for (name, axis) in axes.into_iter().filter_map(|(name, axis)| Some((name, axis.as_ref()?))) {
        let Axis { first, last, step, count, .. } = axis;
        if axis.values.is_some() && (geometry.kind.is_3d() || geometry.kind == GeometryKind::Line2d) {
            issues.push(Issue::info(
                "numbers-irregular",
                format!(
                    "{} of the {count} {name} numbers from {first} to {last} by {step} have traces",
                    axis.present()
                ),
            ));
        }
        if axis.descending && !(name == "CDP" && geometry.kind.is_prestack()) {
            issues.push(Issue::info("numbers-decrease", format!("{name} numbers fall along the file")));
        }
    }
    let sorted = geometry.order.exact || geometry.kind == GeometryKind::Prestack2d;
    if !sorted && geometry.order.violations > 0 && geometry.kind != GeometryKind::Unknown {
        issues.push(Issue::info(
            "traces-unsorted",
            format!(
                "traces are not sorted throughout: {}, {} turn against it",
                geometry.order, geometry.order.violations
            ),
        ));
    }
}

fn of_coordinates(
    headers: &Headers<'_>,
    geometry: &Geometry,
    unit_codes: &[i32],
    fields: Option<&CoordinateFields>,
    issues: &mut Vec<Issue>,
) {
    let (Some(found), Some(fields)) = (&geometry.coordinates, fields) else {
        issues.push(Issue::warning(
            "coordinates-missing",
            "no header fields hold coordinates (bytes 181 and 185, 73 and 77, 81 and 85 are 0 or do not change); maps \
            and wells need them: \
             state their bytes, or place the corners",
        ));
        return;
    };
    let places = fields.places();
    if !fields.stated && !matches!(fields.x.byte, 181 | 73 | 81 | 401) {
        issues.push(Issue::warning(
            "coordinates-not-standard",
            format!(
                "coordinates are taken from {places}, which the standard has for something else; state the bytes \
            if these are wrong"
            ),
        ));
    }
    let (x, y) = (found.x.0 == found.x.1, found.y.0 == found.y.1);
    let local = (x && found.x.0 == 0.0) != (y && found.y.0 == 0.0);
    if found.missing > 0 && !(local && found.missing == 1) {
        issues.push(Issue::warning(
            "coordinates-missing-in-traces",
            format!("traces without coordinates in {places}: {}", found.missing),
        ));
    }
    if local {
        let axis = if x { "x" } else { "y" };
        issues.push(Issue::info(
            "coordinates-of-one-axis",
            format!("{axis} is 0 in all traces: local coordinates along the line"),
        ));
    }
    if found.magnitude() > 1e8 && !found.unit.is_angle() {
        issues.push(Issue::warning(
            "coordinates-large",
            format!(
                "coordinates go up to {}, beyond those of any map projection; the scalar (bytes 71-72) is {} and may \
                be missing",
                found.magnitude(),
                found.scalar.0
            ),
        ));
    }
    let (low, high) = found.scalar;
    if fields.scaled() {
        if low == 0 || high == 0 {
            issues.push(Issue::info(
                "coordinate-scalar-zero",
                "the coordinate scalar (bytes 71-72) is 0, which is read as 1",
            ));
        }
        if low != high {
            issues.push(Issue::warning(
                "coordinate-scalar-varies",
                format!("the coordinate scalar (bytes 71-72) varies from {low} to {high}; each trace's own is applied"),
            ));
        }
        let power = |s: i32| matches!(s.unsigned_abs(), 0 | 1 | 10 | 100 | 1000 | 10_000);
        if !power(low) || !power(high) {
            issues.push(Issue::warning(
                "coordinate-scalar-unusual",
                format!(
                    "the coordinate scalar (bytes 71-72) is {}, which is none of the standard's 1, ±10, ±100, \
                ±1000, ±10000",
                    if power(low) { high } else { low }
                ),
            ));
        }
    }
    unit(geometry, unit_codes, issues);
    if geometry.kind.is_3d() && headers.count > 1 {
        of_map(geometry, &places, issues);
    }
}

fn unit(geometry: &Geometry, codes: &[i32], issues: &mut Vec<Issue>) {
    let Some(found) = &geometry.coordinates else { return };
    let stated = CoordinateUnit::of_code(found.unit_code);
    if codes.iter().any(|c| *c != found.unit_code) {
        issues.push(Issue::warning(
            "coordinate-unit-varies",
            format!(
                "the coordinate unit (bytes 89-90) is not the same in all traces; that of the first, {}, is taken",
                stated.name()
            ),
        ));
    }
    if stated != found.unit {
        issues.push(Issue::warning(
            "coordinate-unit-doubtful",
            format!(
                "bytes 89-90 state {} (code {}), but coordinates go up to {}; they are taken as they are, their unit \
                as unstated",
                stated.name(),
                found.unit_code,
                found.magnitude()
            ),
        ));
    } else if stated == CoordinateUnit::Unstated {
        issues.push(Issue::info(
            "coordinate-unit-unstated",
            format!("the unit of the coordinates is not stated (bytes 89-90 are {})", found.unit_code),
        ));
    }
    if !found.unit.is_angle() && found.measurement == MeasurementSystem::Unstated {
        issues.push(Issue::info(
            "measurement-system-unstated",
            "the binary header does not state metres or feet (bytes 3255-3256)",
        ));
    }
}

fn of_map(geometry: &Geometry, places: &str, issues: &mut Vec<Issue>) {
    let Some(map) = &geometry.map else {
        issues.push(Issue::warning(
            "coordinates-not-affine",
            format!("the coordinates of {places} do not determine a grid of the inline and crossline numbers"),
        ));
        return;
    };
    let off = map.relative_residual().unwrap_or(0.0);
    if off > 0.5 {
        issues.push(Issue::warning(
            "coordinates-not-affine",
            format!(
                "coordinates lie {off:.2} spacings (root mean square) from a regular grid of the inline and crossline \
                numbers, at most {:.1}; \
                 corners and map positions are as uncertain",
                map.residual_max / map.spacing().unwrap_or(1.0)
            ),
        ));
    }
    if map.outliers > 0 {
        let numbers: Vec<String> = map.outlier_traces.iter().take(5).map(u64::to_string).collect();
        issues.push(Issue::warning(
            "coordinates-off-grid",
            format!(
                "traces with coordinates more than a spacing from where the others put them: {} (number {}{})",
                map.outliers,
                numbers.join(", "),
                if map.outliers > 5 { " …" } else { "" }
            ),
        ));
    }
    let still = |s: Option<f64>| s.is_some_and(|s| s <= 0.0);
    if still(map.inline_spacing)
        || still(map.crossline_spacing)
        || map.angle().is_some_and(|a| !(10.0..=170.0).contains(&a))
    {
        issues.push(Issue::warning(
            "coordinates-not-affine",
            "the coordinates span no area: they do not change from line to line, or inlines and crosslines are \
            parallel",
        ));
    } else if map.angle().is_some_and(|a| (a - 90.0).abs() > 1.0) {
        issues.push(Issue::info(
            "lines-not-perpendicular",
            format!("inlines and crosslines meet at {:.1} degrees", map.angle().unwrap_or(0.0)),
        ));
    }
}
