use outcrop_kernels::KernelError;
use outcrop_kernels::well_path::{Beyond, PathOptions, PathPoint, TieIn, minimum_curvature, path_at, path_every};

use crate::reference::{assert_close, load, numbers};

#[test]
fn matches_the_reference() {
    let Some(r) = load("well_path.json") else { return };
    let path = minimum_curvature(
        &numbers(&r["md"]),
        &numbers(&r["inc_deg"]),
        &numbers(&r["azi_deg"]),
        &PathOptions::default(),
    )
    .unwrap();
    let column = |f: fn(&PathPoint) -> f64| path.iter().map(f).collect::<Vec<_>>();
    assert_close(&column(|p| p.tvd), &numbers(&r["tvd"]), 1e-14);
    assert_close(&column(|p| p.north), &numbers(&r["northing"]), 1e-14);
    assert_close(&column(|p| p.east), &numbers(&r["easting"]), 1e-14);
    assert_close(&column(|p| p.dogleg), &numbers(&r["dls_deg_per_30"]), 1e-13);
    let feet = PathOptions { dogleg_length: 100.0, ..PathOptions::default() };
    let in_feet =
        minimum_curvature(&numbers(&r["md"]), &numbers(&r["inc_deg"]), &numbers(&r["azi_deg"]), &feet).unwrap();
    assert!((in_feet[6].dogleg - path[6].dogleg * 100.0 / 30.0).abs() < 1e-12);
}

/// A quarter circle of radius 1000 from vertical to horizontal towards the east.
fn quarter() -> Vec<PathPoint> {
    let length = 1000.0 * std::f64::consts::FRAC_PI_2;
    minimum_curvature(&[0.0, length], &[0.0, 90.0], &[90.0, 90.0], &PathOptions::default()).unwrap()
}

#[test]
fn interpolation_follows_the_arc() {
    let path = quarter();
    for k in 0..=10 {
        let turn = f64::from(k) * 0.1 * std::f64::consts::FRAC_PI_2;
        let p = path_at(&path, &[1000.0 * turn], Beyond::Error).unwrap()[0];
        assert!((p.tvd - 1000.0 * turn.sin()).abs() < 1e-9, "{p:?}");
        assert!((p.east - 1000.0 * (1.0 - turn.cos())).abs() < 1e-9, "{p:?}");
        assert!(p.north.abs() < 1e-9);
        assert!((p.inclination - turn.to_degrees()).abs() < 1e-9 && (p.azimuth - 90.0).abs() < 1e-6);
    }
}

#[test]
fn stations_added_on_the_path_do_not_move_it() {
    let (md, inc, azi) = ([100.0, 500.0, 900.0, 1400.0], [2.0, 20.0, 65.0, 88.0], [350.0, 10.0, 40.0, 120.0]);
    let options = PathOptions { tie_in: Some(TieIn { tvd: 99.5, north: 3.0, east: -2.0 }), dogleg_length: 30.0 };
    let path = minimum_curvature(&md, &inc, &azi, &options).unwrap();
    assert_eq!((path[0].tvd, path[0].north, path[0].east), (99.5, 3.0, -2.0));
    let fine = path_every(&path, 37.0).unwrap();
    assert_eq!(fine.len(), 37); // 100, 137, ... 1395 and the last station
    assert_eq!(fine.last().unwrap().md, 1400.0);
    let column = |f: fn(&PathPoint) -> f64| fine.iter().map(f).collect::<Vec<_>>();
    // The dense points' directions, with the stations between them, give the same path back.
    let mut all: Vec<PathPoint> = fine.clone();
    all.extend(path.iter().copied().filter(|p| fine.iter().all(|f| f.md != p.md)));
    all.sort_by(|a, b| a.md.total_cmp(&b.md));
    let again = minimum_curvature(
        &all.iter().map(|p| p.md).collect::<Vec<_>>(),
        &all.iter().map(|p| p.inclination).collect::<Vec<_>>(),
        &all.iter().map(|p| p.azimuth).collect::<Vec<_>>(),
        &options,
    )
    .unwrap();
    let (last, expected) = (again.last().unwrap(), path.last().unwrap());
    assert_close(&[last.tvd, last.north, last.east], &[expected.tvd, expected.north, expected.east], 1e-12);
    assert!(column(|p| p.tvd).windows(2).all(|w| w[1] > w[0]));
}

#[test]
fn straight_and_vertical_wells() {
    let path = minimum_curvature(&[0.0, 1000.0], &[0.0, 0.0], &[0.0, 123.0], &PathOptions::default()).unwrap();
    let p = path_at(&path, &[250.0, 1000.0], Beyond::Error).unwrap();
    assert_eq!((p[0].tvd, p[0].north, p[0].east, p[0].inclination, p[0].dogleg), (250.0, 0.0, 0.0, 0.0, 0.0));
    assert_eq!(p[1], path[1]);
    let slanted = minimum_curvature(&[0.0, 10.0, 20.0], &[30.0; 3], &[200.0; 3], &PathOptions::default()).unwrap();
    assert!((slanted[2].tvd - 20.0 * 30f64.to_radians().cos()).abs() < 1e-12);
    let p = path_at(&slanted, &[5.0], Beyond::Error).unwrap()[0];
    assert!((p.azimuth - 200.0).abs() < 1e-12 && (p.inclination - 30.0).abs() < 1e-12);
    let one = minimum_curvature(&[0.0], &[0.0], &[0.0], &PathOptions::default()).unwrap();
    assert_eq!(path_every(&one, 10.0).unwrap(), one);
}

#[test]
fn beyond_the_last_station_only_when_asked() {
    let path = quarter();
    let deep = path[1].md + 100.0;
    let error = path_at(&path, &[deep], Beyond::Error).unwrap_err();
    assert!(matches!(error, KernelError::OutsideSurvey { .. }) && error.to_string().contains("extension"), "{error}");
    assert!(matches!(path_at(&path, &[-1.0], Beyond::Extend), Err(KernelError::OutsideSurvey { .. })));
    let p = path_at(&path, &[deep], Beyond::Extend).unwrap()[0];
    assert!((p.east - 1100.0).abs() < 1e-9 && (p.tvd - 1000.0).abs() < 1e-9, "{p:?}");
    assert!(path_at(&path, &[f64::NAN], Beyond::Error).unwrap()[0].tvd.is_nan());
}

#[test]
fn bad_surveys_say_what_is_wrong() {
    let run =
        |md: &[f64], inc: &[f64], azi: &[f64]| minimum_curvature(md, inc, azi, &PathOptions::default()).unwrap_err();
    assert_eq!(
        run(&[0.0, 5.0, 5.0], &[0.0; 3], &[0.0; 3]),
        KernelError::NotIncreasing { row: 2, previous: 5.0, found: 5.0 }
    );
    assert_eq!(run(&[0.0, f64::NAN], &[0.0; 2], &[0.0; 2]), KernelError::NonFinite { what: "md", row: 1 });
    assert_eq!(run(&[], &[], &[]), KernelError::TooFewPoints { needed: 1, found: 0 });
    assert!(run(&[0.0, 1.0], &[0.0, 181.0], &[0.0; 2]).to_string().contains("row 2"));
    assert!(run(&[0.0, 1.0], &[90.0, 90.0], &[0.0, 180.0]).to_string().contains("opposite"));
    assert!(run(&[50.0, 60.0], &[0.0; 2], &[0.0; 2]).to_string().contains("tie_in"));
    assert!(matches!(run(&[0.0, 1.0], &[0.0], &[0.0; 2]), KernelError::LengthMismatch { .. }));
    assert!(path_every(&quarter(), 0.0).is_err() && path_every(&[], 1.0).is_err());
}
