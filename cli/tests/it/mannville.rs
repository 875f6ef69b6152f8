//! Real wells of the Mannville group of Alberta: logs, picks and a well table in one call, then a map.

use super::{data, ok, value};

#[test]
fn picks_join_wells_and_become_a_map() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ok(at, &["init", "field.outcrop", "--unit", "m"]);
    let (las, tables) = (data.join("las/mannville"), data.join("wells/mannville"));
    let shown = ok(at, &["import", las.to_str().unwrap(), tables.to_str().unwrap()]);
    assert!(shown.contains("113 files imported, 0 unchanged, 0 not read"), "{shown}");

    // Every pick belongs to a well, and the wells with logs are among those of the table, whose identifiers are short.
    assert_eq!(value(at, "SELECT count(*) FROM tops"), "20327");
    assert_eq!(value(at, "SELECT count(*) FROM tops t LEFT JOIN wells w ON t.well = w.well WHERE w.well IS NULL"), "0");
    assert_eq!(value(at, "SELECT count(DISTINCT l.well) FROM logs l JOIN tops t ON l.well = t.well"), "109");
    assert_eq!(value(at, "SELECT count(DISTINCT well) FROM logs"), "109");
    // Feet became metres.
    let deepest: f64 = value(at, "SELECT max(md) FROM logs").parse().unwrap();
    assert!(deepest < 2500.0, "{deepest}");

    let queries = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../queries");
    for file in ["western_canada_locations.sql", "mannville_surface.sql"] {
        ok(at, &["sql", "-f", queries.join(file).to_str().unwrap()]);
    }
    let picks = "SELECT x, y, tvdss FROM mannville_surface WHERE surface = 'paleozoic'";
    let rmse: f64 =
        value(at, &format!("SELECT sqrt(avg(residual * residual)) FROM cross_validate(({picks}), nugget => 200)"))
            .parse()
            .unwrap();
    let spread: f64 = value(at, &format!("SELECT stddev(tvdss) FROM ({picks})")).parse().unwrap();
    println!("leave-one-out error {rmse:.1} m of a spread of {spread:.1} m");
    assert!(rmse < 0.35 * spread, "{rmse} of {spread}");
    // All data for every node: the nearest few would leave steps where they change.
    let grid = format!("SELECT * FROM krige(({picks}), cell_size => 5000, nugget => 200, global => true)");
    let map = ["plot", "map", "--grid", &grid, "--depth", "--title", "Paleozoic unconformity", "-o"];
    ok(at, &[&map[..], &["map.png"]].concat());
    assert!(std::fs::metadata(at.join("map.png")).unwrap().len() > 50_000);
    // The view computes depths and places, so their units are for the user to state.
    let said = ["--label", "Depth below sea level", "--unit", "m", "--xy-unit", "m"];
    for (more, stated) in [(&[][..], false), (&said[..], true)] {
        ok(at, &[&map[..], &["map.svg"], more].concat());
        let svg = std::fs::read_to_string(at.join("map.svg")).unwrap();
        assert_eq!(svg.contains("Depth below sea level") && svg.contains("Easting (m)"), stated);
        assert_eq!(svg.contains(">(unit not stated)<") && svg.contains("Easting (unit not stated)"), !stated);
    }
}
