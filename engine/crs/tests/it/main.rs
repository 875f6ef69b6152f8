//! Transformations against the worked examples of IOGP's Guidance Note 7-2 and published parameters.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use outcrop_crs::{CrsError, Transformer, describe, operations};

fn at(from: &str, to: &str, x: f64, y: f64) -> (f64, f64) {
    Transformer::between(from, to, None).unwrap().transform(x, y).unwrap().unwrap()
}

#[track_caller]
fn near(found: (f64, f64), expected: (f64, f64), tolerance: f64) {
    let off = (found.0 - expected.0).abs().max((found.1 - expected.1).abs());
    assert!(off <= tolerance, "{found:?} {expected:?}");
}

fn dms(d: f64, m: f64, s: f64) -> f64 {
    d + m / 60.0 + s / 3600.0
}

/// Projections alone, a system each, from its own longitudes and latitudes.
#[test]
fn the_examples_of_the_guidance_note() {
    // 3.5.3.1 Transverse Mercator: OSGB 1936 / British National Grid.
    near(at("EPSG:4277", "EPSG:27700", 0.5, 50.5), (577_274.99, 69_740.50), 0.02);
    near(at("EPSG:27700", "EPSG:4277", 577_274.99, 69_740.50), (0.5, 50.5), 1e-6);
    // 3.2.1.1 Lambert Conic Conformal, two parallels: NAD27 / Texas South Central, in US survey feet.
    near(at("EPSG:4267", "EPSG:32040", -96.0, 28.5), (2_963_503.91, 254_759.80), 0.02);
    // 3.2.1.2 Lambert Conic Conformal, one parallel: JAD69 / Jamaica National Grid.
    let (x, y) = (-dms(76.0, 56.0, 37.26), dms(17.0, 55.0, 55.80));
    near(at("EPSG:4242", "EPSG:24200", x, y), (255_966.58, 142_493.51), 0.02);
    // 3.2.4.1 Hotine Oblique Mercator, variant B: Timbalai 1948 / R.S.O. Borneo (m).
    let (x, y) = (dms(115.0, 48.0, 19.8196), dms(5.0, 23.0, 14.1129));
    near(at("EPSG:4298", "EPSG:29873", x, y), (679_245.73, 596_562.78), 0.02);
    // 3.3.1.1 Mercator, variant A: Makassar / NEIEZ.
    near(at("EPSG:4257", "EPSG:3002", 120.0, -3.0), (5_009_726.58, 569_150.82), 0.02);
    // 3.2.2 Oblique Stereographic: Amersfoort / RD New.
    near(at("EPSG:4289", "EPSG:28992", 6.0, 53.0), (196_105.283, 557_057.739), 0.01);
}

/// UTM against the closed values on the central meridian: 0.9996 times the meridian arc.
#[test]
fn a_meridian_arc() {
    // The arc of WGS 84 from the equator to 45 degrees is 4984944.378 m.
    near(at("EPSG:4326", "EPSG:32631", 3.0, 45.0), (500_000.0, 0.9996 * 4_984_944.378), 0.001);
    near(at("EPSG:4326", "EPSG:32731", 3.0, 0.0), (500_000.0, 10_000_000.0), 1e-6);
}

/// ED50 to WGS 84 in the North Sea: the parameters of common offshore use (Norway south of 62 degrees: -87, -96, -120 m before).
#[test]
fn a_datum_is_changed_by_name() {
    let all = operations("EPSG:4230", "EPSG:4326").unwrap();
    assert!(all.len() > 10 && all.iter().all(|o| !o.name.contains("Ballpark")), "{}", all.len());
    let name = "ED50 to WGS 84 (1)";
    assert!(all.iter().any(|o| o.name == name && o.available && o.accuracy == Some(10.0)), "{all:#?}");
    // Geocentric translations (-87, -98, -121), by the ellipsoids' formulas.
    let named = Transformer::between("EPSG:4230", "EPSG:4326", Some(name)).unwrap();
    let found = named.transform(2.0, 60.0).unwrap().unwrap();
    near(found, translated(2.0, 60.0, [-87.0, -98.0, -121.0]), 1e-9);
    // The same step inside a longer way.
    let utm = Transformer::between("EPSG:23031", "EPSG:32631", Some(name)).unwrap();
    let place = at("EPSG:4230", "EPSG:23031", 2.0, 60.0);
    near(utm.transform(place.0, place.1).unwrap().unwrap(), at("EPSG:4326", "EPSG:32631", found.0, found.1), 1e-4);
    let wrong = Transformer::between("EPSG:4230", "EPSG:4326", Some("ED50 to WGS 84")).unwrap_err();
    assert!(matches!(wrong, CrsError::Name { found: 0, .. }), "{wrong}");
}

/// International 1924 to WGS 84 by a shift of the centre.
fn translated(longitude: f64, latitude: f64, shift: [f64; 3]) -> (f64, f64) {
    let (a, f) = (6_378_388.0, 1.0 / 297.0);
    let (l, p) = (longitude.to_radians(), latitude.to_radians());
    let e2 = f * (2.0 - f);
    let n = a / (1.0 - e2 * p.sin().powi(2)).sqrt();
    let [x, y, z] =
        [n * p.cos() * l.cos() + shift[0], n * p.cos() * l.sin() + shift[1], n * (1.0 - e2) * p.sin() + shift[2]];
    let (a, f) = (6_378_137.0, 1.0 / 298.257_223_563);
    let e2 = f * (2.0 - f);
    let flat = x.hypot(y);
    let mut phi = z.atan2(flat * (1.0 - e2));
    for _ in 0..20 {
        let n = a / (1.0 - e2 * phi.sin().powi(2)).sqrt();
        phi = (z + e2 * n * phi.sin()).atan2(flat);
    }
    (y.atan2(x).to_degrees(), phi.to_degrees())
}

#[test]
fn there_and_back() {
    for (from, to, x, y) in [
        ("EPSG:23031", "EPSG:4326", 455_000.0, 6_785_000.0),
        ("EPSG:32631", "EPSG:3857", 455_000.0, 6_785_000.0),
        ("EPSG:4326", "EPSG:25832", 8.0, 61.0),
    ] {
        let (a, b) = at(from, to, x, y);
        // Heights are not carried along, so a change of datum comes back within a millimetre.
        near(at(to, from, a, b), (x, y), 1e-3);
    }
}

#[test]
fn guesses_are_refused() {
    // The best way from NAD27 to NAD83 needs grids that are not here.
    let way = Transformer::between("EPSG:4267", "EPSG:4269", None);
    let error = match way {
        Ok(way) => way.transform(-96.0, 30.0).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    };
    assert!(error.contains("crs_operations(source => 'EPSG:4267'"), "{error}");
    // A system without a datum that is tied to another.
    let local = "LOCAL_CS[\"mine\",UNIT[\"metre\",1]]";
    assert!(Transformer::between(local, "EPSG:4326", None).is_err());
    for (bad, why) in [
        ("EPSG:999999", "has no system with the code 999999 of EPSG; check the code"),
        ("urn:ogc:def:crs:epsg::999999", "has no system with the code 999999 of EPSG"),
        ("ESPG:23031", "has no codes of `ESPG`, but those of EPSG, ESRI"),
        ("GEOGCS[\"x\"", "no WKT that can be read"),
        ("", "neither a code nor WKT"),
        ("hello", "neither a code nor WKT"),
        ("+proj=utm +zone=31", "with +type=crs only; add that"),
        ("+proj=nothing +type=crs", "no PROJ string that can be read"),
        ("EPSG:7030", "has no system with the code 7030 of EPSG"),
        ("EP\0SG:4326", "neither a code nor WKT"),
    ] {
        let error = describe(bad).unwrap_err().to_string();
        assert!(error.contains(why) && error.contains("EPSG:23031") && !error.contains("nknown error"), "{error}");
    }
}

#[test]
fn places_that_a_projection_does_not_reach_have_none() {
    let way = Transformer::between("EPSG:4326", "EPSG:3857", None).unwrap();
    assert_eq!(way.transform(0.0, 90.5).unwrap(), None);
    assert_eq!(way.transform(f64::NAN, 5.0).unwrap(), None);
}

#[test]
fn systems_say_what_they_are() {
    let utm = describe("EPSG:23031").unwrap();
    assert_eq!((utm.name.as_str(), utm.geographic, utm.unit), ("ED50 / UTM zone 31N", false, Some("m")));
    assert_eq!(describe("EPSG:4326").unwrap().unit, Some("deg"));
    assert_eq!(describe("EPSG:32040").unwrap().unit, Some("ftUS"));
    assert_eq!(describe("EPSG:2222").unwrap().unit, Some("ft"));
    // With heights: the plane's.
    assert_eq!(describe("EPSG:5972").unwrap().unit, Some("m"));
}

#[test]
fn threads_have_their_own() {
    let work = || (0..200).map(|k| at("EPSG:4326", "EPSG:32631", 2.0 + f64::from(k) / 100.0, 60.0).0).sum::<f64>();
    let all: Vec<f64> =
        (0..4).map(|_| std::thread::spawn(work)).collect::<Vec<_>>().into_iter().map(|t| t.join().unwrap()).collect();
    assert!(all.iter().all(|v| *v == all[0]));
}
