//! Lines, polygons and faults by what is said of them; horizons and fault boundaries of IESX; columns of fixed width.

use arrow::array::{Array, AsArray, RecordBatch};
use outcrop_import::{Kind, Status};
use outcrop_types::{LengthUnit, field};

use crate::{ImportOptionsExt, Place, data, numbers, options, said, texts};

/// Two closed lines and an open one; the third has a position less than a ring.
const POSITIONS: &str = "X_UTME,Y_UTMN,Z_TVDSS,POLY_ID,NAME,SNAP\n0,0,10,0,A,1\n9,0,11,0,A,2\n9,9,12,0,A,3\n0,0,10,0,A,4\n20,20,5,7,B,5\n30,20,5,7,B,6\n20,30,5,7,B,7\n20,20,5,7,B,8\n";

fn kind(kind: Kind) -> outcrop_import::ImportOptions {
    outcrop_import::ImportOptions { kind: Some(kind), ..options() }
}

fn wkb(batch: &RecordBatch) -> Vec<Vec<u8>> {
    batch.column_by_name("geometry").unwrap().as_binary::<i32>().iter().map(|b| b.unwrap().to_vec()).collect()
}

/// The type of each geometry: 1002 a line with z, 1003 a polygon with z.
fn types(batch: &RecordBatch) -> Vec<u32> {
    wkb(batch).iter().map(|b| u32::from_le_bytes(b[1..5].try_into().unwrap())).collect()
}

#[tokio::test]
async fn positions_with_ids_are_lines_polygons_or_faults_where_that_is_said() {
    let place = Place::metric().await;
    place.file("f.csv", POSITIONS);
    let report = place.import_with(&["f.csv"], &kind(Kind::Polygons)).await;
    let file = &report.files[0];
    assert_eq!((file.status, file.kind.as_str(), file.rows), (Status::Imported, "polygons", 2), "{file:?}");
    let rows = place.rows("polygons.f").await;
    assert_eq!((types(&rows), texts(&rows, "name")), (vec![1003, 1003], vec!["A".to_owned(), "B".to_owned()]));
    assert_eq!(
        rows.column_by_name("poly_id").unwrap().as_primitive::<arrow::datatypes::Int64Type>().values()[..],
        [0, 7]
    );
    // What varies along a line has no place in its row, and that is told.
    assert!(rows.column_by_name("snap").is_none() && said(file, "columns-unused")[0].contains("snap"));
    assert_eq!(said(file, "unit-assumed").len(), 3);
    // The same as lines, in another project, and as faults, which are polygons as all of them close.
    let place = Place::metric().await;
    place.file("f.csv", POSITIONS);
    place.import_with(&["f.csv"], &kind(Kind::Lines)).await;
    let lines = place.rows("lines.f").await;
    assert_eq!(types(&lines), [1002, 1002]);
    assert!(lines.column_by_name("closed").unwrap().as_boolean().value(0));
    place.file("g.csv", format!("{POSITIONS}40,40,1,8,C,9\n50,50,1,8,C,10\n"));
    let report = place.import_with(&["g.csv"], &kind(Kind::Faults)).await;
    assert_eq!(report.tables.get("faults.g"), Some(&3), "{:?}", report.files);
    assert_eq!(types(&place.rows("faults.g").await), [1002; 3], "one is open, so all are lines");
    // Nothing said: they stay points.
    place.file("h.csv", POSITIONS.replace("NAME", "TITLE"));
    assert_eq!(place.import(&["h.csv"]).await.tables.get("points.h"), Some(&8));
}

#[tokio::test]
async fn what_cannot_be_lines_says_why() {
    let place = Place::metric().await;
    place
        .file("open.csv", "X,Y,POLY_ID\n0,0,a\n1,0,a\n1,1,a\n")
        .file("noid.csv", "X,Y,Q\n0,0,1\n1,0,1\n")
        .file("p.geojson", r#"{"type":"Point","coordinates":[1,2]}"#)
        .file("s.irap", "-996 2 100 50\n0 100 0 50\n2 0 0 0\n0 0 0 0 0 0 0\n1 2 3 4\n");
    let message = |report: &outcrop_import::ImportReport| report.files[0].message.clone();
    let open = place.import_with(&["open.csv"], &kind(Kind::Polygons)).await;
    assert!(message(&open).contains("polygon a does not close") && message(&open).contains("--kind lines"), "{open:?}");
    let noid = place.import_with(&["noid.csv"], &kind(Kind::Faults)).await;
    assert!(message(&noid).contains("--map poly_id=COLUMN") && message(&noid).contains("X, Y, Q"), "{noid:?}");
    for (file, part) in [("p.geojson", "it holds points"), ("s.irap", "it holds a surface")] {
        let report = place.import_with(&[file], &kind(Kind::Faults)).await;
        assert!(message(&report).contains(part), "{report:?}");
        assert_eq!(report.commit, None);
    }
    // The column may be named.
    let mut mapped = kind(Kind::Faults);
    mapped.map.push(("poly_id".to_owned(), "Q".to_owned()));
    assert_eq!(place.import_with(&["noid.csv"], &mapped).await.tables.get("faults.noid"), Some(&1));
}

#[tokio::test]
async fn features_go_to_the_schema_that_is_said() {
    let place = Place::metric().await;
    let line = |closed: &str| format!("0 0 1\n1 0 1\n1 1 1\n{closed}999 999 999\n");
    place.file("closed.pol", line("0 0 1\n")).file("open.pol", line(""));
    let report = place.import_with(&["closed.pol", "open.pol"], &kind(Kind::Faults)).await;
    assert_eq!(
        report.tables.keys().filter(|t| t.starts_with("faults.")).collect::<Vec<_>>(),
        ["faults.closed", "faults.open"]
    );
    assert!(report.files.iter().all(|f| f.kind == "faults" && said(f, "kind-by-content").is_empty()), "{report:?}");
    assert_eq!(types(&place.rows("faults.closed").await), [1003]);
    assert_eq!(types(&place.rows("faults.open").await), [1002], "one set that does not close is a line here");
    let other = Place::metric().await;
    other.file("closed.pol", line("0 0 1\n")).file("open.pol", line(""));
    other.import_with(&["closed.pol", "open.pol"], &kind(Kind::Lines)).await;
    assert_eq!(types(&other.rows("lines.closed").await), [1002]);
    let refused = Place::metric().await;
    refused.file("open.pol", line(""));
    let report = refused.import_with(&["open.pol"], &kind(Kind::Polygons)).await;
    assert!(report.files[0].message.contains("does not close"), "{report:?}");
}

#[tokio::test]
async fn a_table_of_fault_polygons_and_their_irap_file_give_the_same_geometries() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let file = |ending: &str| data.join(format!("faults/top_upper_reek_faultpoly.{ending}")).display().to_string();
    for (name, ending) in [("table", "csv"), ("irap", "pol")] {
        let mut said = kind(Kind::Faults);
        said.name = Some(name.to_owned());
        let report = place.import_with(&[&file(ending)], &said).await;
        assert_eq!((report.files[0].status, report.files[0].rows), (Status::Imported, 7), "{report:?}");
    }
    let (table, irap) = (place.rows("faults.table").await, place.rows("faults.irap").await);
    assert_eq!(wkb(&table), wkb(&irap));
    assert_eq!(numbers_of(&table, "positions"), numbers_of(&irap, "positions"));
    assert_eq!(numbers_of(&table, "positions").iter().sum::<i64>(), 754);
    assert_eq!(numbers_of(&table, "poly_id"), numbers_of(&irap, "poly_id"));
}

fn numbers_of(batch: &RecordBatch, column: &str) -> Vec<i64> {
    batch.column_by_name(column).unwrap().as_primitive::<arrow::datatypes::Int64Type>().values().to_vec()
}

const HORIZON: &str = "PROFILE Top A             TYPE 1  4                 3d_ci7m.ifdf     m  ms\nSNAPPING PARAMETERS 5     0 1\n  1.00000000E+03  2.00000000E+03  0 14   648.62    914.00    914.00  914 5.3956040E+03 I    376 XX\nEOD\n";

#[tokio::test]
async fn horizons_of_iesx_are_points_in_the_projects_unit() {
    let place = Place::new(LengthUnit::Foot).await;
    place.file("a.dat", HORIZON).file("b.dat", "PROFILE Faults TYPE 3 4 3d_ci7m.ifdf m m\n0 0 1 10\n100 0 1 20\nEOD\n");
    let report = place.import(&["a.dat", "b.dat"]).await;
    assert_eq!((report.files[0].kind.as_str(), report.files[1].kind.as_str()), ("points", "faults"), "{report:?}");
    // The table has the name of the horizon.
    let rows = place.rows("points.top_a").await;
    let schema = rows.schema();
    let unit = |name: &str| field::unit(schema.field_with_name(name).unwrap());
    assert_eq!((unit("x"), unit("z")), (Some("ft"), Some("ms")), "lengths are converted, times are not");
    assert!((numbers(&rows, "x")[0].unwrap() - 1000.0 / 0.3048).abs() < 1e-9);
    assert_eq!((numbers(&rows, "z")[0], numbers(&rows, "value")[0]), (Some(648.62), Some(5395.604)));
    // Fault boundaries say what they are; their only coordinates are in the geometry.
    let faults = place.rows("faults.faults").await;
    let bytes = wkb(&faults).remove(0);
    let number = |place: usize| f64::from_le_bytes(bytes[place..place + 8].try_into().unwrap());
    assert!((number(33) - 100.0 / 0.3048).abs() < 1e-9 && (number(49) - 20.0 / 0.3048).abs() < 1e-9);
    assert_eq!(faults.schema().field_with_name("geometry").unwrap().metadata()["outcrop.z_unit"], "ft");
    assert!(said(&report.files[1], "unit-assumed").is_empty(), "{:?}", report.files[1]);
}

#[tokio::test]
async fn horizons_of_the_data_are_imported() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let path = |of: &str| data.join(of).display().to_string();
    let report = place
        .import(&[&path("surfaces/opendtect/Segment_IESX.dat"), &path("surfaces/petrel/IESX2D_horizon_extract.txt")])
        .await;
    assert_eq!(report.tables.get("points.segment"), Some(&829), "{report:?}");
    assert_eq!(report.tables.get("points.fault_to_seafloor"), Some(&373));
}

#[tokio::test]
async fn columns_of_fixed_width_are_stated() {
    let place = Place::metric().await;
    place.file("cards.dat", "X1 WELL ONE\nX8 A-1  Top Brent  1200.5\nX8 A-1  Base       1310\nX8 B-2  Top\n");
    let mut stated = kind(Kind::Tops).unit("md", "m");
    stated.table.columns = Some("2=8, 4-7:well, 9-18:surface, 19-26:md".parse().unwrap());
    let report = place.import_with(&["cards.dat"], &stated).await;
    let file = &report.files[0];
    assert_eq!((file.kind.as_str(), file.rows), ("tops", 2), "{file:?}");
    assert_eq!((said(file, "lines-passed-over").len(), said(file, "row-incomplete").len()), (1, 1), "{file:?}");
    let tops = place.rows("tops").await;
    assert_eq!(
        (texts(&tops, "surface"), numbers(&tops, "md")),
        (vec!["Top Brent".into(), "Base".into()], vec![Some(1200.5), Some(1310.0)])
    );
    assert!(tops.column_by_name("md").unwrap().is_valid(0));
}
