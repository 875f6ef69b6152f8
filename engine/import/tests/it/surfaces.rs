//! Surfaces, points, lines and polygons of files.

use std::collections::BTreeMap;

use outcrop_import::{ImportError, Status};
use outcrop_types::{Crs, GridGeometry, LengthUnit, ZKind, field};

use crate::{ImportOptionsExt, Place, data, numbers, options, outcome, said};

/// Two columns and three rows, turned by 30°; one node is undefined.
const IRAP: &str = "-996 3 100 50\n1000 1100 2000 2100\n2 30 1000 2000\n0 0 0 0 0 0 0\n10 20 30 9999900 50 60\n";

#[tokio::test]
async fn a_surface_is_a_table_with_its_grid() {
    let place = Place::metric().await;
    place.file("Top Reservoir.irap", IRAP);
    let report = place.import_with(&["Top Reservoir.irap"], &options().unit("z", "m")).await;
    let file = &report.files[0];
    assert_eq!((file.status, file.kind.as_str(), file.rows), (Status::Imported, "surfaces", 6), "{file:?}");
    assert_eq!(report.tables["surfaces.top_reservoir"], 6);
    let rows = place.rows("surfaces.top_reservoir").await;
    assert_eq!(numbers(&rows, "z"), [Some(10.0), Some(20.0), Some(30.0), None, Some(50.0), Some(60.0)]);
    let schema = rows.schema();
    let z = schema.field_with_name("z").unwrap();
    let grid = GridGeometry {
        columns: 2,
        rows: 3,
        x0: 1000.0,
        y0: 2000.0,
        dx: 100.0,
        dy: 50.0,
        rotation: 30.0,
        flipped: false,
    };
    assert_eq!(field::grid(z), Some(grid));
    assert_eq!((field::unit(z), z.metadata().get(field::Z_KIND)), (Some("m"), None));
    // What nobody stated is told: the kind of z, the unit of x and y, their system.
    assert_eq!(said(file, "z-kind-unknown").len(), 1);
    assert_eq!(said(file, "unit-assumed").len(), 1);
    assert_eq!(said(file, "crs-unknown").len(), 1);
    assert!(said(file, "z-unknown").is_empty());
    // The original is kept, and the same content is known again.
    let kept = std::fs::read(place.project.folder().join(file.object.as_ref().unwrap())).unwrap();
    assert_eq!(kept, IRAP.as_bytes());
    let again = place.import(&["Top Reservoir.irap"]).await;
    assert_eq!((again.files[0].status, again.commit), (Status::Unchanged, None));
    assert_eq!(place.rows("outcrop.imports").await.num_rows(), 1);
}

#[tokio::test]
async fn what_is_stated_is_kept_and_lengths_are_converted() {
    let place = Place::new(LengthUnit::Metre).await;
    place.file("s.irap", IRAP).file("t.irap", IRAP.replace("10 20", "11 21"));
    let mut options = options().unit("x", "ft").unit("y", "ft").unit("z", "ft");
    options.z_kind = Some(ZKind::Depth);
    options.crs = "EPSG:23031".parse::<Crs>().ok();
    let report = place.import_with(&["s.irap"], &options).await;
    assert_eq!(said(&report.files[0], "unit-converted").len(), 3);
    assert!(["z-kind-unknown", "unit-assumed", "crs-unknown"].iter().all(|c| said(&report.files[0], c).is_empty()));
    let rows = place.rows("surfaces.s").await;
    let schema = rows.schema();
    let of = |name: &str| schema.field_with_name(name).unwrap();
    let grid = field::grid(of("z")).unwrap();
    assert!((grid.dx - 30.48).abs() < 1e-9 && (grid.x0 - 304.8).abs() < 1e-9 && grid.rotation == 30.0);
    assert!((numbers(&rows, "z")[0].unwrap() - 3.048).abs() < 1e-12);
    assert_eq!(numbers(&rows, "x")[0], Some(304.8));
    assert_eq!(of("z").metadata()[field::Z_KIND], "depth");
    assert_eq!(of("x").metadata().get(field::CRS), None, "whether EPSG:23031 is in metres is not known here");
    // It is, so what was converted to metres is in it.
    place.file("m.irap", IRAP.replace("10 20", "12 23"));
    options.crs_unit = Some("m".to_owned());
    place.import_with(&["m.irap"], &options).await;
    let metres = place.rows("surfaces.m").await.schema();
    assert_eq!(metres.field_with_name("x").unwrap().metadata()[field::CRS], "EPSG:23031");
    // A time is not a length, and a grid has one unit of x and y.
    let mut wrong = crate::options().unit("z", "m");
    wrong.z_kind = Some(ZKind::Time);
    assert!(matches!(place.try_import(&["t.irap"], &wrong).await, Err(ImportError::ZUnit { .. })));
    let uneven = place.import_with(&["t.irap"], &crate::options().unit("x", "ft")).await;
    assert!(uneven.files[0].message.contains("different units"), "{}", uneven.files[0].message);
}

#[tokio::test]
async fn surfaces_of_one_name_are_never_mixed() {
    let place = Place::metric().await;
    place.file("a/s.irap", IRAP).file("b/s.irap", IRAP.replace("10 20", "11 21"));
    let report = place.import(&["a", "b"]).await;
    assert_eq!(report.tables.keys().collect::<Vec<_>>(), ["surfaces.s", "surfaces.s_2"]);
    assert_eq!(said(outcome(&report, "b/s.irap"), "surfaces-table-taken").len(), 1);
    place.file("c/s.irap", IRAP.replace("10 20", "12 22"));
    let mut named = options();
    named.name = Some("s".to_owned());
    let report = place.import_with(&["c"], &named).await;
    assert!(report.files[0].message.contains("DROP TABLE surfaces.s"), "{}", report.files[0].message);
    assert_eq!(place.rows("surfaces.s").await.num_rows(), 6);
}

#[tokio::test]
async fn features_have_tables_by_what_they_are() {
    let place = Place::new(LengthUnit::Foot).await;
    let feature =
        |geometry: &str| format!(r#"{{"type":"Feature","properties":{{"Fault Name":"F1"}},"geometry":{geometry}}}"#);
    let json = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:28350"}}}},"features":[{},{}]}}"#,
        feature(r#"{"type":"Point","coordinates":[500000.0,7000000.0]}"#),
        feature(r#"{"type":"LineString","coordinates":[[500000.0,7000000.0],[500100.0,7000100.0]]}"#)
    );
    place.file("f.geojson", &json);
    let report = place.import_with(&["f.geojson"], &options().unit("x", "m").unit("y", "m")).await;
    assert_eq!(report.files[0].kind, "points, lines", "{:?}", report.files[0]);
    let (points, lines) = (place.rows("points.f").await, place.rows("lines.f").await);
    assert!((numbers(&points, "x")[0].unwrap() - 500_000.0 / 0.3048).abs() < 1e-6);
    let schema = points.schema();
    assert_eq!(
        schema.field_with_name("x").unwrap().metadata().get(field::CRS),
        None,
        "in feet they are not in EPSG:28350"
    );
    assert_eq!(said(&report.files[0], "crs-unit").len(), 2);
    assert_eq!(schema.field_with_name("fault_name").unwrap().metadata()[field::ORIGINAL_NAME], "Fault Name");
    assert_eq!(lines.schema().field_with_name("geometry").unwrap().metadata()[field::UNIT], "ft");
    let wkb = arrow::array::AsArray::as_binary::<i32>(lines.column_by_name("geometry").unwrap()).value(0).to_vec();
    let first = f64::from_le_bytes(wkb[9..17].try_into().unwrap());
    assert!((first - 500_000.0 / 0.3048).abs() < 1e-6, "{first}");
}

#[tokio::test]
async fn what_another_program_made_meanwhile_is_not_mixed_in() {
    let place = Place::metric().await;
    place.file("a/s.irap", IRAP).file("b/s.irap", IRAP.replace("10 20", "11 21"));
    let (own, opt) = (options(), options());
    let (one, two) = (["a"], ["b"]);
    let (a, b) = tokio::join!(place.import_with(&one, &own), place.import_with(&two, &opt));
    let mut tables: BTreeMap<String, u64> = a.tables.clone();
    tables.extend(b.tables.clone());
    assert_eq!(tables.keys().filter(|t| t.starts_with("surfaces.")).count(), 2, "{tables:?}");
}

/// Every surface of the development data is a table, or says why it is not read.
#[tokio::test]
async fn real_surfaces_are_imported() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let folder = data.join("surfaces");
    let kinds = ["irap", "zmap", "surfer", "esri", "gxf", "storm", "bad"];
    let folders: Vec<String> = kinds.iter().map(|k| folder.join(k).display().to_string()).collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let report = place.import(&folders).await;
    for file in &report.files {
        let bad = file.path.contains("/bad/");
        assert_eq!(file.status, if bad { Status::Failed } else { Status::Imported }, "{}: {}", file.path, file.message);
    }
    assert!(outcome(&report, "topreek_truncated.zmap").message.contains("cut short (line 2649)"));
    assert_eq!(report.tables["surfaces.nstopo"], 435 * 208);
    assert_eq!(report.count(Status::Imported), report.tables.keys().filter(|t| t.starts_with("surfaces.")).count());
}
