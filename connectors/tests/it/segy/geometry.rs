//! The geometry of real files, against segyio 1.9.14 and what their text headers say; and of surveys whose truth is
//! known.

use std::sync::Arc;

use outcrop_connectors::segy::geometry::{
    CoordinateUnit, FieldPlace, Geometry, GeometryKind, GeometryOptions, MeasurementSystem, Role, SortKey, detect,
};
use outcrop_connectors::segy::{ByteOrder, FileBytes, OpenOptions, SampleFormat, SegyFile, Traces};
use serde_json::Value;

use super::build::{Build, Trace};
use super::survey::Survey;
use super::{folder, open, open_path, open_with};
use crate::las_expected::files;

fn of(file: &SegyFile) -> Geometry {
    detect(file, &GeometryOptions::default()).unwrap()
}

fn stated(file: &SegyFile, options: GeometryOptions) -> Geometry {
    detect(file, &options).unwrap()
}

fn said(geometry: &Geometry, code: &str) -> bool {
    geometry.issues.iter().any(|i| i.code == code)
}

fn near(found: (f64, f64), expected: (f64, f64), by: f64) {
    let off = (found.0 - expected.0).hypot(found.1 - expected.1);
    assert!(off <= by, "{found:?} is {off} from {expected:?}");
}

/// Every field that was taken, and every one that was not, has its reason.
fn reasoned(geometry: &Geometry) {
    assert!((0.0..=1.0).contains(&geometry.confidence) && !geometry.evidence.is_empty());
    for c in &geometry.candidates {
        assert!(!c.evidence.is_empty() && (0.0..=1.0).contains(&c.confidence), "{c:?}");
    }
    for role in [Role::Lines, Role::Coordinates, Role::Line] {
        assert!(geometry.candidates.iter().filter(|c| c.role == role && c.taken).count() <= 1);
    }
    let taken = geometry.candidates.iter().any(|c| c.role == Role::Lines && c.taken);
    assert_eq!(taken, geometry.kind.is_3d(), "{:?}", geometry.candidates);
}

/// Where segyio finds a regular grid, the same is found: numbers, their first and last, offsets and sorting.
#[test]
fn grids_are_as_segyio_finds_them() {
    let Some(folder) = folder() else { return };
    let expected_folder = folder.parent().unwrap().join("expected/segy");
    let mut compared = 0;
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().to_str().unwrap().to_owned();
        let answer = std::fs::read(expected_folder.join(format!("{name}.json"))).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        let expected = &answer["segy"];
        if expected["geometry"] != "regular" || expected["n_traces"] == 1 || name.starts_with("bad") {
            continue;
        }
        let geometry = of(&open(std::fs::read(&path).unwrap()).unwrap());
        reasoned(&geometry);
        let number = |key: &str| expected[key].as_i64().unwrap_or_else(|| panic!("{name}: {key}"));
        let offsets = geometry.offset.as_ref().map_or(1, |o| o.present() as i64);
        assert_eq!(offsets, number("n_offsets"), "{name}");
        if number("n_inlines") == 1 && number("n_xlines") == 1 {
            // No line numbers at all: a gather.
            assert_eq!(geometry.kind, GeometryKind::Prestack2d, "{name}");
            continue;
        }
        let kind = if offsets > 1 { GeometryKind::Prestack3d } else { GeometryKind::Poststack3d };
        assert_eq!(geometry.kind, kind, "{name}: {}", geometry.evidence);
        assert!(geometry.confidence > 0.6, "{name}: {} {}", geometry.confidence, geometry.evidence);
        for (axis, count, first, last) in [
            (&geometry.inline, "n_inlines", "first_inline", "last_inline"),
            (&geometry.crossline, "n_xlines", "first_xline", "last_xline"),
        ] {
            let axis = axis.as_ref().unwrap();
            assert_eq!(axis.present() as i64, number(count), "{name}: {count}");
            let (first, last) = (number(first), number(last));
            assert_eq!((axis.first, axis.last), (first.min(last), first.max(last)), "{name}: {count}");
            assert_eq!(axis.descending, first > last, "{name}: {count}");
            assert_eq!(axis.values, None, "{name}: {count}");
        }
        assert_eq!((geometry.holes, geometry.duplicates), (0, 0), "{name}");
        assert!(geometry.order.exact, "{name}");
        if number("n_inlines") > 1 && number("n_xlines") > 1 {
            let inline_first = expected["sorting"] == "2";
            assert_eq!(geometry.order.keys.first() == Some(&SortKey::Inline), inline_first, "{name}");
        }
        if let (Some(found), Some(181)) = (&geometry.coordinates, geometry.fields.x.as_ref().map(|f| f.byte)) {
            let scale = |v: &Value| CoordinateUnit::Length.value(v.as_f64().unwrap(), found.scalar.0.into());
            let x = &expected["trace_headers"]["cdp_x_181"];
            let y = &expected["trace_headers"]["cdp_y_185"];
            // Traces at 0, 0 count as without coordinates, so that the least may be another.
            assert_eq!((found.x.1, found.y.1), (scale(&x[1]), scale(&y[1])), "{name}");
            if scale(&x[0]) != 0.0 {
                assert_eq!((found.x.0, found.y.0), (scale(&x[0]), scale(&y[0])), "{name}");
            }
        }
        compared += 1;
    }
    assert_eq!(compared, 37);
}

#[test]
fn files_that_are_no_regular_grid() {
    let kind = |path: &str| open_path(path).map(|f| of(&f).kind);
    if folder().is_none() {
        return;
    }
    for (path, expected) in [
        ("real/viking_small.segy", GeometryKind::Prestack2d),
        ("real/f11_02673_45Hz.segy", GeometryKind::Prestack2d),
        ("real/volve10r12-full-twt-arb.sgy", GeometryKind::Line2d),
        ("segyio/shot-gather.sgy", GeometryKind::Prestack2d),
        ("segyio/decrement.sgy", GeometryKind::Unknown),
        ("segyio/increment.sgy", GeometryKind::Unknown),
        ("segyio/long.sgy", GeometryKind::Unknown),
        ("segyio/delay-scalar.sgy", GeometryKind::SingleTrace),
        ("obspy/planes.segy_first_trace", GeometryKind::SingleTrace),
        ("segysak/f3-withdead.sgy", GeometryKind::Poststack3d),
        ("segysak/f3-iline-112.sgy", GeometryKind::Poststack3d),
        ("segyio/rotated-small-rev2.sgy", GeometryKind::Poststack3d),
        ("segyio/trace-header-extension1.sgy", GeometryKind::Poststack3d),
        ("zfp/small-2d.sgy", GeometryKind::Line2d),
        ("zfp/small-2d-INLINE_3D.sgy", GeometryKind::Poststack3d),
        ("zfp/small-irregular.sgy", GeometryKind::Poststack3d),
        ("su/small.su", GeometryKind::Poststack3d),
    ] {
        assert_eq!(kind(path), Some(expected), "{path}");
    }
}

#[test]
fn viking_graben_shots() {
    let Some(file) = open_path("real/viking_small.segy") else { return };
    let g = of(&file);
    assert_eq!((g.shot.as_ref().unwrap().present(), g.fields.shot.as_ref().unwrap().byte), (4, 9));
    let cdp = g.cdp.as_ref().unwrap();
    assert_eq!((cdp.first, cdp.last, cdp.present()), (1, 126, 126));
    let offset = g.offset.as_ref().unwrap();
    assert_eq!((offset.first, offset.last, offset.step, offset.present()), (-3237, -262, 25, 120));
    assert_eq!((g.fold, g.duplicates, g.order.keys[0]), ((120, 120), 0, SortKey::Shot));
    // The header says decimal degrees of coordinates up to 3312.
    assert!(said(&g, "coordinate-unit-doubtful") && said(&g, "coordinates-of-one-axis"));
    assert_eq!(g.coordinates.as_ref().unwrap().unit, CoordinateUnit::Unstated);
}

#[test]
fn volve_lines() {
    let Some(file) = open_path("real/volve10r12-full-twt-arb.sgy") else { return };
    let g = of(&file);
    assert_eq!(g.cdp.as_ref().map(|c| (c.first, c.last, c.step)), Some((1, 225, 1)));
    // Shotpoints are in thousandths.
    assert_eq!((g.fields.shotpoint.as_ref().unwrap().byte, g.shotpoint_range), (197, Some((1.0, 225.0))));
    let path = g.path.as_ref().unwrap();
    near(path.ends[0], (434_245.37, 6_478_564.17), 0.01);
    assert!((path.spacing - 13.36).abs() < 0.01 && path.even > 0.98);
    assert!(g.map.is_none() && g.inline.is_none());
    let g = of(&open_path("real/volve10-migvel-depth-sub3d.sgy").unwrap());
    let (il, xl) = (g.inline.as_ref().unwrap(), g.crossline.as_ref().unwrap());
    assert_eq!((il.first, il.last, il.step, il.count), (10087, 10155, 4, 18));
    assert_eq!((xl.first, xl.last, xl.step, xl.count), (2148, 2352, 4, 52));
    let map = g.map.as_ref().unwrap();
    assert!((map.inline_spacing.unwrap() - 50.0).abs() < 0.01 && (map.crossline_spacing.unwrap() - 50.0).abs() < 0.01);
    assert!((map.angle().unwrap() - 90.0).abs() < 0.01 && map.residual_max < 0.02);
    // Crosslines rise to the west-north-west.
    assert!((map.inline_azimuth().unwrap() - 284.0).abs() < 0.1, "{:?}", map.inline_azimuth());
    // The bytes that the text header names, 5 and 21, have the same numbers.
    let named = g.candidates.iter().find(|c| c.fields[0].byte == 5 && c.fields[1].byte == 21).unwrap();
    assert!(!named.taken && named.evidence.contains("the same numbers as bytes 189 and 193"));
}

/// The text headers of OpendTect state three corners of the survey.
#[test]
fn maps_are_as_text_headers_say() {
    let Some(file) = open_path("other/f3_sparse.sgy") else { return };
    let g = of(&file);
    let map = g.map.as_ref().unwrap();
    near(map.xy(200.0, 700.0), (615_761.82, 6_076_334.72), 0.1);
    near(map.xy(200.0, 1200.0), (628_256.94, 6_076_683.94), 0.1);
    near(map.xy(650.0, 700.0), (615_447.71, 6_087_580.07), 0.1);
    let [a, b, c, d] = g.corners.unwrap();
    assert_eq!((a.inline, a.crossline, b.inline, b.crossline), (200, 700, 200, 1200));
    assert_eq!((c.inline, c.crossline, d.inline, d.crossline), (640, 700, 640, 1200));
    near((b.x, b.y), (628_256.94, 6_076_683.94), 0.1);
    let (il, xl) = map.lines(628_256.94, 6_076_683.94).unwrap();
    assert!((il - 200.0).abs() < 0.01 && (xl - 1200.0).abs() < 0.01);
    // Inlines run to the east, and their numbers rise to the north.
    assert!((map.inline_azimuth().unwrap() - 88.4).abs() < 0.1 && map.right_handed() == Some(false));
    let coordinates = g.coordinates.as_ref().unwrap();
    assert_eq!((coordinates.unit, coordinates.measurement), (CoordinateUnit::Length, MeasurementSystem::Metres));
    assert_eq!((coordinates.scalar, coordinates.missing), ((-10, -10), 0));
    // One crossline of Penobscot, 1155 of 1000 to 1481.
    let g = of(&open_path("real/penobscot_xl1155.sgy").unwrap());
    let map = g.map.as_ref().unwrap();
    let along = |a: f64, b: f64| a + (b - a) * 155.0 / 481.0;
    let start = (along(731_982.0, 742_640.0), along(4_890_109.0, 4_895_683.0));
    near(map.xy(1000.0, 1155.0), start, 0.6);
    near(map.xy(1600.0, 1155.0), (start.0 + 728_506.0 - 731_982.0, start.1 + 4_896_752.0 - 4_890_109.0), 0.6);
    assert_eq!((map.per_crossline, map.inline_azimuth(), map.right_handed()), (None, None, None));
    assert_eq!((g.positions, g.order.to_string().as_str()), (Some(601), "inline"));
}

#[test]
fn grids_of_test_files() {
    let Some(file) = open_path("xtgeo/ex2_complete_3d_75x71x26.segy") else { return };
    let g = of(&file);
    let map = g.map.as_ref().unwrap();
    assert_eq!(g.inline.as_ref().map(|a| (a.first, a.last, a.step, a.count)), Some((10750, 10898, 2, 75)));
    assert!((map.inline_spacing.unwrap() - 12.5).abs() < 0.01 && (map.crossline_spacing.unwrap() - 12.5).abs() < 0.01);
    assert!((map.inline_azimuth().unwrap() - 90.0).abs() < 0.01 && said(&g, "coordinate-unit-doubtful"));
    let g = of(&open_path("segysak/f3-withdead.sgy").unwrap());
    assert_eq!((g.positions, g.holes, g.hole_positions.len(), g.traces), (Some(239), 175, 175, 239));
    assert_eq!(g.hole_positions[0], (115, 892));
    let g = of(&open_path("zfp/small-irregular.sgy").unwrap());
    assert_eq!((g.holes, g.hole_positions.as_slice()), (1, &[(5, 24)][..]));
    let g = of(&open_path("zfp/small_reverse_il.sgy").unwrap());
    assert!(g.inline.as_ref().unwrap().descending && said(&g, "numbers-decrease"));
    // Seismic Unix with the numbers in bytes 5 and 21, and others in bytes 189 and 193 that are no line numbers.
    let g = of(&open_path("su/small.su").unwrap());
    let bytes = g.fields.inline.as_ref().zip(g.fields.crossline.as_ref()).map(|(i, c)| (i.byte, c.byte));
    assert_eq!((bytes, g.coordinates.is_none()), (Some((5, 21)), true));
    assert!(said(&g, "line-numbers-not-standard"));
    // The extension header has coordinates of its own, which go before those of the header.
    let g = of(&open_path("segyio/rotated-small-rev2.sgy").unwrap());
    assert_eq!(g.fields.x.as_ref().map(|f| f.byte), Some(401));
    near(g.map.as_ref().unwrap().xy(1.0, 20.0), (2100.0, 0.0), 1e-6);
    // A trace at 0, 0 is no trace without coordinates where the grid begins there.
    let g = of(&open_path("segyio/normal-small.sgy").unwrap());
    assert!(g.coordinates.as_ref().unwrap().missing == 0 && !said(&g, "coordinates-missing-in-traces"));
    let g = of(&open_path("segyio/delay-scalar.sgy").unwrap());
    assert_eq!((g.inline.unwrap().first, g.crossline.unwrap().first), (2500, 1883));
}

/// A survey at any azimuth and handedness, in any byte order, sorted either way.
#[test]
fn rotated_surveys_are_found_exactly() {
    for (azimuth, left, by_crossline, order) in [
        (0.0, false, false, ByteOrder::Big),
        (37.0, true, true, ByteOrder::Little),
        (133.5, false, true, ByteOrder::Big),
        (270.0, true, false, ByteOrder::Little),
        (359.0, false, false, ByteOrder::Big),
    ] {
        let survey = Survey { azimuth, left, by_crossline, ..Survey::default() };
        let g = of(&open(survey.bytes(&Build { order, ..Build::default() })).unwrap());
        reasoned(&g);
        let map = g.map.as_ref().unwrap();
        assert_eq!((g.kind, g.holes, g.duplicates), (GeometryKind::Poststack3d, 0, 0));
        let off = (map.inline_azimuth().unwrap() - azimuth).abs();
        assert!(off.min(360.0 - off) < 0.01, "{azimuth}: {:?}", map.inline_azimuth());
        // To the right of the crosslines' direction inlines rise: then crosslines are anticlockwise from inlines.
        assert_eq!(map.right_handed(), Some(!left));
        assert!(
            (map.inline_spacing.unwrap() - 25.0).abs() < 1e-3 && (map.crossline_spacing.unwrap() - 12.5).abs() < 1e-3
        );
        for corner in g.corners.unwrap() {
            near((corner.x, corner.y), survey.xy(corner.inline, corner.crossline), 0.02);
        }
        let first = if by_crossline { SortKey::Crossline } else { SortKey::Inline };
        assert_eq!((g.order.keys[0], g.order.exact), (first, true));
        assert!(g.confidence > 0.9, "{} {}", g.confidence, g.evidence);
        assert!(g.issues.iter().all(|i| i.code == "measurement-system-unstated"), "{:?}", g.issues);
    }
}

#[test]
fn numbers_in_other_bytes_are_found() {
    for (il, xl, x, y) in
        [(9, 21, 73, 77), (17, 25, 181, 185), (221, 225, 181, 185), (9, 193, 81, 85), (213, 217, 205, 209)]
    {
        let survey = Survey { bytes: [il, xl, x, y], ..Survey::default() };
        let file = survey.file();
        if (il, xl) == (9, 193) {
            // Nobody writes these: they must be stated, one of them at least.
            let one = GeometryOptions { inline: Some(FieldPlace::at(9)), ..GeometryOptions::default() };
            let g = stated(&file, one);
            assert_eq!(g.fields.crossline.as_ref().map(|f| f.byte), Some(193));
            assert_eq!(g.fields.x.as_ref().map(|f| f.byte), Some(81));
            continue;
        }
        let g = of(&file);
        let bytes =
            [&g.fields.inline, &g.fields.crossline, &g.fields.x, &g.fields.y].map(|f| f.as_ref().map(|f| f.byte));
        assert_eq!(bytes, [il, xl, x, y].map(|b| Some(b as u16)), "{:?}", g.candidates);
        assert!(said(&g, "line-numbers-not-standard"));
        assert_eq!(said(&g, "coordinates-not-standard"), x == 205);
        near(g.map.as_ref().unwrap().xy(100.0, 1000.0), survey.origin, 0.02);
    }
}

#[test]
fn a_text_header_that_names_bytes_is_heard() {
    // Two grids in the headers: one in the standard's bytes, another in those that the text names.
    let more = |_: usize, i: i64, c: i64| vec![(5, 4, 7000 + i), (13, 4, 3000 + c / 4)];
    let survey = Survey { more, ..Survey::default() };
    let mut bytes = survey.bytes(&Build::default());
    let g = of(&open(bytes.clone()).unwrap());
    assert_eq!(g.fields.inline.as_ref().map(|f| f.byte), Some(189));
    let text = "C 1 INLINE NUMBER BYTES 5-8, CROSSLINE NUMBER BYTES 13-16";
    bytes[..80].copy_from_slice(&outcrop_connectors::segy::TextEncoding::Ebcdic.encode(&format!("{text:80}")));
    let g = of(&open(bytes).unwrap());
    assert_eq!(g.fields.inline.as_ref().map(|f| f.byte), Some(5));
    assert!(
        g.evidence.contains("named by line 1 of the text header") && said(&g, "geometry-ambiguous"),
        "{}",
        g.evidence
    );
    assert!(g.confidence < 0.7);
}

#[test]
fn holes_and_duplicates_are_counted() {
    let hole = |i: i64, c: i64| (i == 3 && c == 5) || (i == 11 && c > 10);
    let survey = Survey { hole, twice: vec![0, 40], ..Survey::default() };
    let g = of(&survey.file());
    assert_eq!((g.holes, g.hole_positions[0], g.hole_positions[1]), (7, (106, 1020), (122, 1044)));
    assert_eq!((g.duplicates, g.duplicate_traces.clone(), g.fold), (2, vec![198, 199], (1, 2)));
    assert_eq!((g.positions, g.traces), (Some(197), 199));
    assert!(said(&g, "holes") && said(&g, "duplicate-traces") && said(&g, "traces-unsorted"));
    assert_eq!(g.kind, GeometryKind::Poststack3d);
    // A line without traces at all.
    let g = of(&Survey { hole: |i, _| i == 5, ..Survey::default() }.file());
    let il = g.inline.as_ref().unwrap();
    assert_eq!((il.count, il.present(), il.values.as_ref().map(|v| v.contains(&110))), (12, 11, Some(false)));
    assert!(said(&g, "numbers-irregular"));
}

#[test]
fn prestack_gathers_are_told_from_duplicates() {
    let survey = Survey { offsets: vec![100, 200, 300, 500], ..Survey::default() };
    let g = of(&survey.file());
    assert_eq!((g.kind, g.fold, g.duplicates, g.holes), (GeometryKind::Prestack3d, (4, 4), 0, 0));
    let offset = g.offset.as_ref().unwrap();
    assert_eq!(
        (offset.first, offset.last, offset.step, offset.values.clone()),
        (100, 500, 100, Some(vec![100, 200, 300, 500]))
    );
    assert_eq!(g.order.to_string(), "inline, crossline, offset");
    let g = of(&Survey { twice: vec![7], ..survey }.file());
    assert_eq!((g.kind, g.duplicates, g.duplicate_traces.len()), (GeometryKind::Prestack3d, 1, 1));
    // Gathers whose offsets are not filled, but whose traces are numbered in byte 25.
    let more = |number: usize, _: i64, _: i64| vec![(25, 4, number as i64 % 3 + 1)];
    let g = of(&Survey { offsets: vec![0, 0, 0], more, ..Survey::default() }.file());
    assert_eq!((g.kind, g.fields.offset.as_ref().map(|f| f.byte)), (GeometryKind::Prestack3d, Some(25)));
    assert_eq!((g.duplicates, g.fold), (0, (3, 3)));
    let g = of(&Survey { offsets: vec![0, 0, 0], ..Survey::default() }.file());
    assert_eq!((g.kind, g.duplicates), (GeometryKind::Poststack3d, 2 * 12 * 17));
}

#[test]
fn odd_coordinates_are_said() {
    // Scalars of their own.
    let survey = Survey { scalar: |t| if t % 2 == 0 { -100 } else { -10 }, ..Survey::default() };
    let g = of(&survey.file());
    assert!(said(&g, "coordinate-scalar-varies") && g.map.as_ref().unwrap().residual_max < 0.1);
    assert_eq!(g.coordinates.as_ref().unwrap().scalar, (-100, -10));
    let g = of(&Survey { scalar: |_| 0, ..Survey::default() }.file());
    assert!(said(&g, "coordinate-scalar-zero"));
    // Some traces far off, one without.
    let more = |t: usize, _: i64, _: i64| match t {
        20 | 90 => vec![(181, 4, 47_000_000)],
        50 => vec![(181, 4, 0), (185, 4, 0)],
        _ => Vec::new(),
    };
    let g = of(&Survey { more, ..Survey::default() }.file());
    let map = g.map.as_ref().unwrap();
    assert_eq!((map.outliers, map.outlier_traces.clone()), (2, vec![21, 91]));
    assert!(said(&g, "coordinates-off-grid") && said(&g, "coordinates-missing-in-traces"));
    near(map.xy(100.0, 1000.0), Survey::default().origin, 0.02);
    // Coordinates that go with nothing.
    let more = |t: usize, _: i64, _: i64| {
        vec![(181, 4, (t * 7919 % 204) as i64 * 1000), (185, 4, (t * 104_729 % 204) as i64 * 1000)]
    };
    let g = of(&Survey { more, ..Survey::default() }.file());
    assert!(said(&g, "coordinates-not-affine"), "{:?}", g.issues);
    assert_eq!(g.kind, GeometryKind::Poststack3d);
    // None.
    let more = |_: usize, _: i64, _: i64| vec![(181, 4, 0), (185, 4, 0)];
    let g = of(&Survey { more, ..Survey::default() }.file());
    assert!(said(&g, "coordinates-missing") && g.map.is_none() && g.corners.is_none() && g.coordinates.is_none());
    // Degrees, minutes and seconds, in hundredths of a second.
    let more = |_: usize, i: i64, c: i64| vec![(89, 2, 4), (181, 4, 1_520_000 + i * 10), (185, 4, 58_250_000 + c)];
    let g = of(&Survey { more, ..Survey::default() }.file());
    let found = g.coordinates.as_ref().unwrap();
    assert_eq!(found.unit, CoordinateUnit::DegreesMinutesSeconds);
    assert!((found.y.0 - (58.0 + 25.0 / 60.0 + 10.0 / 3600.0)).abs() < 1e-9, "{found:?}");
}

#[test]
fn what_is_stated_is_taken() {
    let survey = Survey { bytes: [21, 9, 85, 81], ..Survey::default() };
    let file = survey.file();
    let place = |text: &str| Some(text.parse::<FieldPlace>().unwrap());
    let options = GeometryOptions {
        inline: place("21"),
        crossline: place("9:4"),
        x: place("85"),
        y: place("81"),
        ..GeometryOptions::default()
    };
    let g = stated(&file, options);
    assert_eq!((g.confidence, g.inline.as_ref().map(|a| a.first)), (1.0, Some(100)));
    near(g.map.as_ref().unwrap().xy(100.0, 1000.0), survey.origin, 0.02);
    assert!(!said(&g, "line-numbers-not-standard") && !said(&g, "coordinates-not-standard"));
    // Numbers of two bytes, beside one another.
    let more = |_: usize, i: i64, c: i64| vec![(229, 2, i), (231, 2, c)];
    let file = Survey { bytes: [13, 1, 181, 185], more, ..Survey::default() }.file();
    let two = GeometryOptions { inline: place("229:2"), crossline: place("231:2"), ..GeometryOptions::default() };
    let g = stated(&file, two);
    assert_eq!((g.inline.as_ref().map(|a| a.count), g.crossline.as_ref().map(|a| a.count)), (Some(12), Some(17)));
    // The kind.
    let line = GeometryOptions { kind: Some(GeometryKind::Line2d), cdp: place("5"), ..GeometryOptions::default() };
    let g = stated(&file, line);
    assert_eq!(
        (g.kind, g.cdp.as_ref().map(|c| (c.first, c.last)), g.confidence),
        (GeometryKind::Line2d, Some((1, 204)), 1.0)
    );
    let forced = GeometryOptions { kind: Some(GeometryKind::Poststack3d), ..GeometryOptions::default() };
    let empty = Build::default();
    let g = stated(&open(empty.file(&empty.traces(&vec![vec![1.0]; 4]))).unwrap(), forced);
    assert!(g.kind == GeometryKind::Poststack3d && said(&g, "line-numbers-missing"));
    // What can't be.
    let beyond = GeometryOptions { inline: place("239"), ..GeometryOptions::default() };
    let words = detect(&file, &beyond).unwrap_err().to_string();
    assert!(words.contains("byte 239") && words.contains("240 bytes of headers"), "{words}");
    for wrong in ["0", "", "x", "17:3", "233", "189:"] {
        assert!(wrong.parse::<FieldPlace>().is_err(), "{wrong}");
    }
    assert_eq!("3D-prestack".parse::<GeometryKind>().unwrap(), GeometryKind::Prestack3d);
    assert!("4d".parse::<GeometryKind>().unwrap_err().to_string().contains("2d_prestack"));
}

/// A line of 2D data whose CDPs and shotpoints are numbered, along a bend.
#[test]
fn lines_and_their_gathers() {
    let xy = |cdp: i64| {
        (400_000 + 12 * cdp.min(60) + 9 * (cdp - 60).max(0), 6_000_000 + 5 * cdp.min(60) + 9 * (cdp - 60).max(0))
    };
    let trace = |cdp: i64, offset: i64, at: (i64, i64)| Trace {
        fields: vec![
            (21, 4, cdp),
            (197, 4, 2 * cdp + 201),
            (201, 2, -10),
            (37, 4, offset),
            (181, 4, at.0),
            (185, 4, at.1),
        ],
        samples: vec![0x41, 0x10, 0, 0],
    };
    let stack: Vec<Trace> = (1..=120).map(|cdp| trace(cdp, 0, xy(cdp))).collect();
    let g = of(&open(Build::default().file(&stack)).unwrap());
    assert_eq!((g.kind, g.order.keys.clone()), (GeometryKind::Line2d, vec![SortKey::Cdp]));
    assert_eq!((g.shotpoint_range, g.holes, g.duplicates), (Some((20.3, 44.1)), 0, 0));
    let path = g.path.as_ref().unwrap();
    assert_eq!(path.ends, [(400_012.0, 6_000_005.0), (401_260.0, 6_000_840.0)]);
    assert!((path.length - (59.0 * 13.0 + 60.0 * 9.0 * 2f64.sqrt())).abs() < 1e-6);
    let gathers: Vec<Trace> =
        (1..=40).flat_map(|cdp| (0..12).map(move |o| (cdp, o * 50))).map(|(c, o)| trace(c, o, xy(c))).collect();
    let g = of(&open(Build::default().file(&gathers)).unwrap());
    assert_eq!((g.kind, g.fold, g.positions), (GeometryKind::Prestack2d, (12, 12), Some(40)));
    assert_eq!(g.order.to_string(), "cdp, offset");
    let mut damaged = gathers;
    damaged.push(trace(40, 550, xy(40)));
    let g = of(&open(Build::default().file(&damaged)).unwrap());
    assert_eq!((g.duplicates, g.duplicate_traces.clone()), (1, vec![481]));
}

/// Of long files a sample is read in full; what only other traces show must be found all the same.
#[test]
fn one_trace_among_many_counts() {
    let survey = Survey { inlines: (1, 1, 150), crosslines: (1, 1, 140), ..Survey::default() };
    let plain = of(&survey.file());
    assert_eq!((plain.kind, plain.traces, plain.holes, plain.duplicates), (GeometryKind::Poststack3d, 21_000, 0, 0));
    assert_eq!((plain.inline.as_ref().unwrap().count, plain.crossline.as_ref().unwrap().count), (150, 140));
    let more = |t: usize, _: i64, _: i64| match t {
        // One trace has an offset, another scalar and place.
        7333 => vec![(37, 4, 900)],
        7334 => vec![(71, 2, -10)],
        7335 => vec![(189, 4, 1), (193, 4, 1)],
        _ => Vec::new(),
    };
    let file = Survey { more, ..survey }.file();
    let g = of(&file);
    assert_eq!((g.holes, g.duplicates, g.duplicate_traces.clone()), (1, 1, vec![7336]));
    assert_eq!(g.hole_positions, [(7335 / 140 + 1, 7335 % 140 + 1)]);
    assert_eq!(g.coordinates.as_ref().unwrap().scalar, (-100, -10));
    assert_eq!(g.map.as_ref().unwrap().outlier_traces, [7335, 7336]);
    assert!(g.order.violations > 0 && !g.order.exact);
}

/// Files that are read, not held in memory; short traces and long ones.
#[test]
fn a_file_on_disk_has_the_same_geometry() {
    for (samples, lines) in [(1, 140), (1100, 34)] {
        let survey = Survey { inlines: (1, 1, lines), crosslines: (1, 1, 150), ..Survey::default() };
        let mut bytes = survey.bytes(&Build::default());
        if samples > 1 {
            let traces: Vec<u8> =
                bytes[3600..].chunks(244).flat_map(|t| [&t[..240], &vec![0; samples * 4]].concat()).collect();
            bytes.truncate(3600);
            bytes.extend(traces);
            ByteOrder::Big.put(&mut bytes, 3220, 2, samples as u64);
        }
        let path = std::env::temp_dir().join(format!("outcrop-segy-geometry-{}-{samples}.sgy", std::process::id()));
        std::fs::write(&path, &bytes).unwrap();
        let source = FileBytes::new(std::fs::File::open(&path).unwrap()).unwrap();
        let file = SegyFile::open(Arc::new(source), &OpenOptions::default()).unwrap();
        let found = of(&file);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(found, of(&open(bytes).unwrap()));
        assert_eq!((found.kind, found.holes, found.traces), (GeometryKind::Poststack3d, 0, 150 * lines as u64));
    }
}

/// Traces of their own lengths, and fields in further trace headers.
#[test]
fn unusual_layouts_have_a_geometry() {
    let trace = |(i, c): (i64, i64)| Trace {
        fields: vec![(189, 4, i), (193, 4, c), (115, 2, 5 + c), (401, 8, (1e5 + c as f64).to_bits() as i64)],
        samples: vec![0; 2 * (5 + c as usize)],
    };
    let traces: Vec<Trace> = (1..=6).flat_map(|i| (0..7).map(move |c| (i, c))).map(trace).collect();
    let build = Build {
        fixed: 0,
        format: SampleFormat::Int16,
        more_headers: 1,
        revision: [2, 0],
        mark: true,
        ..Build::default()
    };
    let file = open(build.file(&traces)).unwrap();
    assert!(matches!(file.layout().traces, Traces::Variable(_)));
    let g = of(&file);
    assert_eq!((g.kind, g.positions, g.holes), (GeometryKind::Poststack3d, Some(42), 0));
    let options = GeometryOptions { inline: Some(FieldPlace::at(401)), ..GeometryOptions::default() };
    assert_eq!(stated(&file, options).inline.map(|a| (a.first, a.last)), Some((100_000, 100_006)));
    let beyond = GeometryOptions { inline: Some(FieldPlace::at(477)), ..GeometryOptions::default() };
    assert!(detect(&file, &beyond).is_ok());
    let beyond = GeometryOptions { inline: Some(FieldPlace::at(481)), ..GeometryOptions::default() };
    assert!(detect(&file, &beyond).unwrap_err().to_string().contains("480 bytes"));
}

/// Headers of any numbers: no panic, no more memory than traces.
#[test]
fn any_numbers_end_in_a_geometry() {
    let mut seed = 88172645463325252u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for (traces, tries) in [(1, 20), (2, 40), (5, 60), (40, 60), (300, 20), (6000, 3)] {
        for number in 0..tries {
            let mut file = Build::default().file(&Build::default().traces(&vec![vec![1.0]; traces]));
            for header in file[3600..].chunks_mut(244) {
                for byte in &mut header[..240] {
                    *byte = match number % 4 {
                        0 => next() as u8,
                        1 => [0, 0xff, 0x7f, 0x80][next() as usize % 4],
                        2 => (next() % 3) as u8,
                        _ => {
                            if next() % 4 == 0 {
                                next() as u8
                            } else {
                                0
                            }
                        }
                    };
                }
            }
            let options = OpenOptions { samples: Some(1), ..OpenOptions::default() };
            let opened = open_with(file, &options).unwrap();
            let g = of(&opened);
            assert!((0.0..=1.0).contains(&g.confidence) && g.traces == traces as u64);
            for kind in [GeometryKind::Poststack3d, GeometryKind::Prestack2d] {
                let forced = GeometryOptions { kind: Some(kind), ..GeometryOptions::default() };
                assert_eq!(stated(&opened, forced).kind, kind);
            }
            let place = |byte| Some(FieldPlace::at(byte));
            let bytes = GeometryOptions {
                inline: place(189),
                crossline: place(193),
                x: place(73),
                ..GeometryOptions::default()
            };
            if traces > 1 {
                assert!(stated(&opened, bytes).kind.is_3d());
            }
        }
    }
}
