//! The demo field against the geology it was made from.

use std::path::Path;

use outcrop_demo::geology;

use super::{fails, ok, value};

#[test]
fn the_demo_works_a_field_from_end_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let shown = ok(folder.path(), &["demo", "field", "--wells", "20", "--bin", "200"]);
    assert!(shown.contains("20 wells new"), "{shown}");
    let field = folder.path().join("field");
    for picture in ["top_reservoir.png", "OUT-1.png"] {
        let bytes = std::fs::read(field.join(picture)).unwrap();
        assert!(bytes.len() > 20_000 && bytes.starts_with(b"\x89PNG"), "{picture}");
    }
    assert!(fails(folder.path(), &["demo", "field"]).contains("already"));
    picks_lie_where_they_were_made(&field);
    the_map_is_near_the_truth(&field);
    water_saturation_follows_the_contact(&field);
    pictures_have_three_kinds(&field);
    again_nothing_is_new(&field);
}

/// Depths from surveys: import, minimum curvature and datum together.
fn picks_lie_where_they_were_made(field: &Path) {
    let csv = ok(
        field,
        &["sql", "--format", "csv", "-c", "SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'"],
    );
    let mut count = 0;
    for line in csv.lines().skip(1) {
        let v: Vec<f64> = line.split(',').map(|t| t.parse().unwrap()).collect();
        let truth = geology::top_reservoir(v[0], v[1]);
        assert!((v[2] - truth).abs() < 0.1, "{line}: {truth}");
        count += 1;
    }
    assert_eq!(count, 20);
}

fn the_map_is_near_the_truth(field: &Path) {
    let sql = "SELECT x, y, estimate, variance FROM krige((SELECT x, y, tvdss FROM tops_xyz WHERE surface = 'Top Reservoir'), cell_size => 500)";
    let csv = ok(field, &["sql", "--format", "csv", "-c", sql]);
    let (mut squares, mut n) = (0.0, 0.0);
    for line in csv.lines().skip(1) {
        let v: Vec<f64> = line.split(',').map(|t| t.parse().unwrap()).collect();
        squares += (v[2] - geology::top_reservoir(v[0], v[1])).powi(2);
        n += 1.0;
        assert!(v[3] >= 0.0);
    }
    let rmse = f64::sqrt(squares / n);
    // The relief is about 200 m; twenty wells tell its long waves.
    assert!(n > 500.0 && rmse < 30.0, "{n} nodes, rmse {rmse}");
}

fn water_saturation_follows_the_contact(field: &Path) {
    let sw = |condition: &str| -> f64 {
        let sql = format!(
            "SELECT avg(archie_sw(l.rt, porosity_density(l.rhob, 2.65, 1.0), 0.05)) FROM logs l \
             JOIN zones z ON l.well = z.well AND l.md BETWEEN z.top_md AND z.base_md \
             JOIN wells w ON w.well = l.well \
             WHERE z.zone = 'Top Reservoir' AND l.well = 'OUT-1' AND {condition}"
        );
        value(field, &sql).parse().unwrap()
    };
    assert!(sw("l.md < z.top_md + 20") < 0.5);
    assert!(sw("l.md > z.base_md - 10") > 0.8);
}

fn pictures_have_three_kinds(field: &Path) {
    for (file, start) in [("m.svg", "<svg"), ("m.pdf", "%PDF"), ("m.png", "\u{89}PNG")] {
        ok(field, &["plot", "map", "--surface", "Top Reservoir", "--cell-size", "1000", "-o", file]);
        let bytes = std::fs::read(field.join(file)).unwrap();
        let first: String = bytes[..4].iter().map(|b| char::from(*b)).collect();
        assert_eq!(first, start, "{file}");
    }
    ok(field, &["plot", "log", "OUT-1", "--curves", "GR,RHOB,NPHI", "--scale", "1000", "-o", "l.pdf"]);
    assert!(fails(field, &["plot", "log", "NOBODY", "-o", "l.pdf"]).contains("NOBODY"));
    assert!(fails(field, &["plot", "map", "--surface", "No Such", "-o", "m.svg"]).contains("Top Reservoir"));
}

fn again_nothing_is_new(field: &Path) {
    let before = ok(field, &["history"]).lines().count();
    let shown = ok(field, &["import", "las", "tops.csv"]);
    assert!(shown.contains("0 files imported, 21 unchanged"), "{shown}");
    assert_eq!(ok(field, &["history"]).lines().count(), before);
}
