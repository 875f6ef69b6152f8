//! Maps: sizes that are slips, the data a node is estimated from, titles and units.

use std::path::Path;

use super::{fails, ok, outcrop};

/// What was said while a map was drawn.
fn said(field: &Path, arguments: &[&str]) -> String {
    let output = outcrop(field, arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

#[test]
fn maps_of_picks() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "9", "--bin", "200"]);
    let field = folder.path().join("field");
    a_slip_in_the_cell_size_is_told_at_once(&field);
    few_picks_are_all_used(&field);
    values_have_a_title_and_a_unit(&field);
}

fn a_slip_in_the_cell_size_is_told_at_once(field: &Path) {
    let begun = std::time::Instant::now();
    let map = ["plot", "map", "--surface", "Top Reservoir", "-o", "m.svg", "--cell-size"];
    let complaint = |size| fails(field, &[&map[..], &[size]].concat());
    let tiny = complaint("0.001");
    assert!(tiny.contains("25 000 000") && tiny.contains("use a larger one"), "{tiny}");
    assert!(complaint("1e7").contains("larger than the area"));
    for size in ["0", "-5", "nan", "inf", "wide"] {
        assert!(complaint(size).contains("expected a number above 0"), "{size}: {}", complaint(size));
    }
    assert!(begun.elapsed().as_secs() < 30);
    let sql = "SELECT 500.0 * (value % 6000) AS x, 500.0 * floor(value / 6000) AS y, 1.0 AS z FROM range(26000000)";
    assert!(fails(field, &["plot", "map", "--grid", sql, "-o", "m.svg"]).contains("25 000 000"));
    assert!(!field.join("m.svg").exists());
}

fn few_picks_are_all_used(field: &Path) {
    let map = ["plot", "map", "--surface", "Top Reservoir", "--cell-size", "1000", "-o", "m.svg"];
    assert!(said(field, &map).contains("kriged from all 9 picks"));
    let svg = std::fs::read_to_string(field.join("m.svg")).unwrap();
    assert!(svg.contains("ordinary kriging of all 9 picks") && svg.contains("Depth below sea level"));
    let few = said(field, &[&map[..], &["--neighbours", "4"]].concat());
    assert!(few.contains("kriged from the nearest 4 of 9 picks"), "{few}");
    assert_ne!(std::fs::read_to_string(field.join("m.svg")).unwrap(), svg);
}

#[test]
fn picks_at_one_place_are_averaged() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // Picks with places of their own, in a project without surveys; the first place has two.
    let mut rows = "well,surface,md,x,y,tvdss\nP-0,Twice,1502,453000,6785000,1492\n".to_owned();
    for k in 0..16u32 {
        let (x, y) = (453_000 + 700 * (k % 4) + 60 * (k / 4), 6_785_000 + 800 * (k / 4));
        rows += &format!("P-{},Twice,{},{x},{y},{}\n", k + 1, 1500 + 7 * k, 1490 + 7 * k);
    }
    std::fs::write(at.join("twice.csv"), rows).unwrap();
    ok(at, &["init", "p.outcrop", "--crs", "EPSG:23031"]);
    ok(at, &["sql", "-c", "CREATE TABLE tops AS SELECT well, surface, md, x, y, tvdss FROM 'twice.csv'"]);
    let text = said(at, &["plot", "map", "--surface", "Twice", "--cell-size", "200", "-o", "m.svg"]);
    assert!(text.contains("all 16 places (17 picks, averaged"), "{text}");
}

fn values_have_a_title_and_a_unit(field: &Path) {
    let map = |more: &[&str]| {
        let sql = "SELECT x, y, estimate AS net_thickness FROM krige((SELECT x, y, tvdss FROM tops_xyz \
                   WHERE surface = 'Top Reservoir'), cell_size => 1000)";
        let call = ["plot", "map", "--grid", sql, "--value", "net_thickness", "-o", "m.svg"];
        let output = outcrop(field, &[&call[..], more].concat());
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(std::fs::read_to_string(field.join("m.svg")).unwrap()) } else { Err(complaint) }
    };
    let plain = map(&[]).unwrap();
    assert!(plain.contains(">Net thickness<") && plain.contains(">(m)<") && plain.contains("Easting (m)"));
    assert!(map(&["--label", "Isochore"]).unwrap().contains(">Isochore<"));
    assert!(map(&["--unit", "ft"]).unwrap_err().contains("--unit ft"));
    assert!(map(&["--xy-unit", "ft"]).unwrap_err().contains("ft by --xy-unit"));
    let text = "SELECT 100.0 * (value % 5) AS x, 100.0 * floor(value / 5) AS y, value * 1.0 AS z FROM range(25)";
    let bare = tempfile::tempdir().unwrap();
    ok(bare.path(), &["plot", "map", "--grid", text, "-o", "m.svg"]);
    let svg = std::fs::read_to_string(bare.path().join("m.svg")).unwrap();
    assert!(svg.contains(">(unit not stated)<") && svg.contains("Easting (unit not stated)"));
    ok(bare.path(), &["plot", "map", "--grid", text, "-o", "m.svg", "--unit", "mD", "--xy-unit", "ft"]);
    let svg = std::fs::read_to_string(bare.path().join("m.svg")).unwrap();
    assert!(svg.contains(">(mD)<") && svg.contains("Easting (ft)"));
}
