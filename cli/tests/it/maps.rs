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

#[test]
fn surfaces_may_be_turned() {
    let bare = tempfile::tempdir().unwrap();
    let turned = |dx: &str| {
        format!(
            "SELECT 461000 + {dx} * i * cos(0.5) - 40 * j * sin(0.5) AS x, 5932000 + {dx} * i * sin(0.5) + 40 * j * cos(0.5) AS y, \
             i + j AS z FROM (SELECT value % 6 AS i, floor(value / 6) AS j FROM range(30))"
        )
    };
    ok(bare.path(), &["plot", "map", "--grid", &turned("25"), "-o", "m.svg"]);
    let svg = std::fs::read_to_string(bare.path().join("m.svg")).unwrap();
    assert!(svg.contains("transform=\"rotate(-28.64"), "half a radian anticlockwise");
    let text = fails(bare.path(), &["plot", "map", "--grid", &turned("25 * (1 + 0.1 * i)"), "-o", "m.svg"]);
    assert!(text.contains("no regular grid") && text.contains("krige"), "{text}");
}

#[test]
fn wells_beside_the_surface_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "9"]);
    let field = folder.path().join("field");
    // A square of two kilometres with the first well in the middle.
    let sql = "SELECT w.x + 100.0 * (value % 21 - 10) AS x, w.y + 100.0 * (floor(value / 21) - 10) AS y, value * 1.0 AS z \
               FROM range(441), (SELECT x, y FROM wells WHERE well = 'OUT-1') w";
    let text = said(&field, &["plot", "map", "--grid", sql, "-o", "m.svg"]);
    assert!(text.contains("of 9 wells lie off the surface"), "{text}");
    let svg = std::fs::read_to_string(field.join("m.svg")).unwrap();
    assert!(svg.contains(">OUT-1<") && svg.matches(">OUT-").count() < 9);
    // Those asked for are drawn wherever they are.
    let all = ["plot", "map", "--grid", sql, "--points", "SELECT x, y, well AS label FROM wells", "-o", "m.svg"];
    assert!(!said(&field, &all).contains("lie off"));
    let svg = std::fs::read_to_string(field.join("m.svg")).unwrap();
    assert_eq!(svg.matches("<use ").count(), 9);
}

#[test]
fn layers_in_another_system_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "8"]);
    let field = folder.path().join("field");
    let write = |name: &str, code: &str| {
        let text = format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::{code}"}}}},"features":[
            {{"type":"Feature","properties":{{"kind":"sand"}},"geometry":{{"type":"Polygon","coordinates":[[[455000,6785000],[465000,6785000],[465000,6795000],[455000,6785000]]]}}}},
            {{"type":"Feature","properties":{{"kind":"shale"}},"geometry":{{"type":"Polygon","coordinates":[[[455000,6785000],[465000,6795000],[455000,6795000],[455000,6785000]]]}}}}]}}"#
        );
        std::fs::write(field.join(name), text).unwrap();
    };
    write("other.geojson", "28350");
    write("same.geojson", "23031");
    fn map<'a>(layer: &'a str, query: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&["plot", "map", "-o", "m.svg", layer, query], more].concat()
    }
    let wells = ["--points", "SELECT x, y, well AS label FROM wells"];
    for layer in ["--faults", "--polygons", "--lines"] {
        ok(&field, &map(layer, "SELECT geometry FROM 'same.geojson'", &wells));
        let text = fails(&field, &map(layer, "SELECT geometry FROM 'other.geojson'", &wells));
        let told = [layer, "EPSG:28350", "EPSG:23031", "transform_crs", "ogr2ogr -t_srs EPSG:23031"];
        assert!(told.iter().all(|t| text.contains(t)), "{text}");
    }
    let both = ["--faults", "SELECT geometry FROM 'same.geojson'"];
    let text = fails(&field, &map("--polygons", "SELECT geometry FROM 'other.geojson'", &both));
    assert!(text.contains("EPSG:28350") && text.contains("EPSG:23031"), "{text}");
    // Alone it is a map in its own system, without the wells of the project, which are in another.
    ok(&field, &map("--lines", "SELECT geometry FROM 'other.geojson'", &[]));
    let svg = std::fs::read_to_string(field.join("m.svg")).unwrap();
    assert!(svg.contains("CRS: EPSG:28350") && !svg.contains("OUT-1"));
    let text = fails(
        &field,
        &map(
            "--points",
            "SELECT x, y, CASE WHEN well = 'OUT-1' THEN 'EPSG:23032' ELSE coalesce(crs, 'EPSG:23031') END AS crs FROM wells",
            &[],
        ),
    );
    assert!(text.contains("2 coordinate systems") && text.contains("EPSG:23032"), "{text}");

    // Polygons have colours by a column.
    let colored = |column: &str, query: &str| {
        map("--polygons", query, &["--color", column]).iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()
    };
    let run = |arguments: Vec<String>| {
        ok(&field, &arguments.iter().map(String::as_str).collect::<Vec<_>>());
        std::fs::read_to_string(field.join("m.svg")).unwrap()
    };
    let svg = run(colored("kind", "SELECT kind, geometry FROM 'same.geojson'"));
    assert!(svg.contains(">sand<") && svg.contains(">shale<") && svg.contains("h18v10h-18z"));
    let parts = "SELECT part, x, y, part * 0.1 AS phi FROM (VALUES (1, 455000.0, 6785000.0), (1, 460000.0, 6785000.0), \
                 (1, 460000.0, 6790000.0), (2, 455000.0, 6785000.0), (2, 460000.0, 6790000.0), (2, 455000.0, 6790000.0)) AS t(part, x, y)";
    let svg = run(colored("phi", parts));
    assert!(svg.contains(">0.10 to 0.12<") && svg.contains(">0.20 to 0.22<"), "{svg}");
    let wrong = colored("nope", "SELECT kind, geometry FROM 'same.geojson'");
    let text = fails(&field, &wrong.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(text.contains("no column `nope`") && text.contains("kind"), "{text}");
}

#[test]
fn layers_without_a_system_are_not_drawn_under_another() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ok(at, &["init", "p.outcrop"]);
    ok(
        at,
        &[
            "sql",
            "-c",
            "CREATE TABLE wells AS SELECT * FROM (VALUES ('BARE-1', 460000.0, 6790000.0, CAST(NULL AS VARCHAR)), \
             ('NORTH-1', 461000.0, 6791000.0, 'EPSG:23031'), ('WEST-1', 462000.0, 6792000.0, 'EPSG:28350')) AS t(well, x, y, crs)",
        ],
    );
    std::fs::write(
        at.join("geology.geojson"),
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::28350"}},"features":[
        {"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[455000,6785000],[465000,6785000],[465000,6795000],[455000,6785000]]]}}]}"#,
    )
    .unwrap();
    let picture = || std::fs::read_to_string(at.join("m.svg")).unwrap();
    let geology = ["plot", "map", "-o", "m.svg", "--polygons", "SELECT geometry FROM 'geology.geojson'"];
    let with = |more: &[&'static str]| [&geology[..], more].concat();

    // Wells that nobody asked for are left out, and it is said.
    let text = said(at, &geology);
    assert!(text.contains("2 of 3 wells are not drawn") && text.contains("since it is in EPSG:28350"), "{text}");
    assert!(text.contains("1 that state no coordinate system, 1 in EPSG:23031"), "{text}");
    let svg = picture();
    assert!(svg.contains("CRS: EPSG:28350") && svg.contains(">WEST-1<"));
    assert!(!svg.contains("BARE-1") && !svg.contains("NORTH-1"));

    // Layers that are asked for are refused, until they say where they are.
    let bare = "SELECT x, y, well AS label FROM wells WHERE well = 'BARE-1'";
    let text = fails(at, &with(&["--points", bare]));
    assert!(text.contains("--points states no coordinate system") && text.contains("'EPSG:28350' AS crs"), "{text}");
    let rows = "SELECT x, y, well AS label, crs FROM wells WHERE well <> 'NORTH-1'";
    let text = fails(at, &with(&["--points", rows]));
    assert!(text.contains("1 row of --points states no coordinate system"), "{text}");
    ok(at, &with(&["--points", "SELECT x, y, well AS label, 'EPSG:28350' AS crs FROM wells WHERE well = 'BARE-1'"]));
    assert!(picture().contains(">BARE-1<"));
    let nodes = "SELECT 455000 + 1000.0 * (value % 9) AS x, 6785000 + 1000.0 * floor(value / 9) AS y, value * 1.0 AS z";
    let grid = format!("{nodes} FROM range(81)");
    let text = fails(at, &[&geology[..], &["--grid", &grid]].concat());
    assert!(text.contains("--grid states no coordinate system"), "{text}");
    let placed = format!("{nodes}, 'EPSG:28350' AS crs FROM range(81)");
    ok(at, &[&geology[..], &["--grid", &placed]].concat());

    // Wells in several systems do not stop a map of a grid alone; those that state none are where the grid is.
    let text = said(at, &["plot", "map", "-o", "m.svg", "--grid", &grid]);
    assert!(text.contains("2 of 3 wells are not drawn") && text.contains("its layers state none"), "{text}");
    assert!(picture().contains(">BARE-1<") && !picture().contains("CRS: EPSG"));
    // A map of nothing but wells says what to choose.
    let text = fails(at, &["plot", "map", "-o", "m.svg"]);
    assert!(text.contains("2 coordinate systems") && text.contains("--points"), "{text}");
}
