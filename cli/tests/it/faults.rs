//! Faults as a schema of the project, and tables of fixed width, from import to map.

use crate::{fails, ok, value};

const POSITIONS: &str = "X_UTME,Y_UTMN,Z_TVDSS,POLY_ID\n455000,6785000,10,0\n465000,6785000,11,0\n465000,6795000,12,0\n455000,6785000,10,0\n456000,6786000,5,1\n457000,6787000,5,1\n458000,6789000,5,1\n";

#[test]
fn faults_are_a_schema_that_is_listed_queried_exported_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ok(at, &["init", "p.outcrop", "--crs", "EPSG:23031", "--unit", "m"]);
    std::fs::write(at.join("sticks.csv"), POSITIONS).unwrap();
    assert!(fails(at, &["import", "sticks.csv", "--kind", "fault"]).contains("polygons, faults"));
    let shown = ok(at, &["import", "sticks.csv", "--kind", "faults", "--unit", "z=m"]);
    assert!(shown.contains("faults.sticks"), "{shown}");
    let count =
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'faults' AND table_name = 'sticks'";
    assert_eq!(value(at, count), "1");
    assert_eq!(value(at, "SELECT sum(positions) FROM faults.sticks"), "7");
    assert_eq!(value(at, "SELECT st_geometrytype(geometry) FROM faults.sticks WHERE poly_id = 1"), "ST_LineString");
    ok(at, &["export", "faults.sticks", "-o", "out.geojson"]);
    let written = std::fs::read_to_string(at.join("out.geojson")).unwrap();
    assert!(written.contains("EPSG::23031") && written.matches("LineString").count() == 2, "{written}");
    ok(at, &["plot", "map", "-o", "m.svg", "--faults", "faults.sticks"]);
    assert!(std::fs::read_to_string(at.join("m.svg")).unwrap().contains("Faults"));
}

#[test]
fn columns_of_fixed_width_are_stated_to_every_reader() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(
        at.join("cards.dat"),
        "X1 WELL ONE\nX8 A-1  Top Brent  1200.5\nX8 A-1  Base       1310\nX8 A-1  Top\n",
    )
    .unwrap();
    let places = "2=8,4-7:well,9-18:surface,19-26:md [m]";
    let shown = ok(at, &["inspect", "cards.dat", "--columns", places]);
    assert!(shown.contains("table of 3 rows, columns of fixed width") && shown.contains("take it for tops"), "{shown}");
    assert!(fails(at, &["inspect", "cards.dat", "--columns", "1-5,3-9"]).contains("1-5 and 3-9 overlap"));
    let sql = |of: &str| value(at, &format!("SELECT {of} FROM read_csv('cards.dat', columns => '{places}')"));
    assert_eq!((sql("count(*)"), sql("count(md)"), sql("max(surface)")), ("3".into(), "2".into(), "Top Brent".into()));
    let told = "SELECT role FROM inspect_csv('cards.dat', columns => '2=8,4-7:well,9-18:surface') WHERE column_name = 'surface'";
    assert_eq!(value(at, told), "surface");
    let wrong = "SELECT * FROM read_csv('cards.dat', columns => '9-1')";
    assert!(fails(at, &["sql", "-c", wrong]).contains("ends before it begins"));
    ok(at, &["init", "p.outcrop", "--unit", "m"]);
    let shown = ok(at, &["import", "cards.dat", "--columns", places]);
    assert!(shown.contains("tops"), "{shown}");
    // What gives no row makes no commit, and that is said.
    std::fs::write(at.join("none.csv"), "a,b\n1,2\n").unwrap();
    let before = value(at, "SELECT max(number) FROM outcrop.commits");
    assert!(fails(at, &["import", "none.csv"]).contains("none.csv"));
    assert_eq!(value(at, "SELECT max(number) FROM outcrop.commits"), before);
}
