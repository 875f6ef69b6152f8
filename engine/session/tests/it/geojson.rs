//! COPY … TO 'x.geojson': what is written is read back, by this program and by geopandas.

use std::path::Path;
use std::process::Command;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int64Type};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::geometry::{EXTENSION_METADATA, Geometry, decode};

use crate::field::{copy, error, run};
use outcrop_session::Answer;

fn read(path: &Path) -> Vec<Dataset> {
    outcrop_connectors::geojson::read(&std::fs::read(path).unwrap()).unwrap()
}

#[tokio::test]
async fn wells_are_read_back_as_they_were() {
    let (folder, session) = copy().await;
    run(&session, "COPY (SELECT well, td, field, x, y, geometry FROM wells ORDER BY well) TO 'wells.geojson'")
        .await
        .unwrap();
    let [wells] = &read(&folder.path().join("wells.geojson"))[..] else { panic!("one family") };
    assert_eq!((wells.kind, wells.batch.num_rows()), (DatasetKind::Points, 9));
    let number = |name: &str| wells.batch.column_by_name(name).unwrap().as_primitive::<Float64Type>();
    // `x` of the geometry, `x_2` the property of this name.
    assert_eq!((number("x"), number("y")), (number("x_2"), number("y_2")));
    assert_eq!(wells.batch.column_by_name("well").unwrap().as_string::<i32>().value(0), "OUT-1");
    // The column of the wells does not state a system, as each well has its own: the file says that it is not known.
    let schema = wells.batch.schema();
    assert_eq!(schema.field_with_name("geometry").unwrap().metadata()[EXTENSION_METADATA], "{}");
    let text = std::fs::read_to_string(folder.path().join("wells.geojson")).unwrap();
    assert!(text.contains(r#""crs":null"#));
    // Without it, x and y are the place: in the one system that all wells are in, which is the project's.
    run(&session, "COPY (SELECT well, x, y FROM wells) TO 'heads.geojson'").await.unwrap();
    let text = std::fs::read_to_string(folder.path().join("heads.geojson")).unwrap();
    assert!(text.contains("urn:ogc:def:crs:EPSG::23031"), "{text}");
}

#[tokio::test]
async fn values_of_every_type_are_properties() {
    let (folder, session) = copy().await;
    run(
        &session,
        "COPY (SELECT * FROM (VALUES (1.5, 58.25, true, 7, 'a \"b\"', CAST(NULL AS DOUBLE), 'NaN'::DOUBLE), \
         (NULL, 58.5, false, 8, NULL, 0.1, 2.0)) AS t(lon, lat, b, i, t, n, nan)) TO 'p.geojson'",
    )
    .await
    .unwrap();
    let text = std::fs::read_to_string(folder.path().join("p.geojson")).unwrap();
    assert!(!text.contains("crs"), "lon and lat are what RFC 7946 means: {text}");
    let [points] = &read(&folder.path().join("p.geojson"))[..] else { panic!("one family") };
    let of = |name: &str| points.batch.column_by_name(name).unwrap();
    assert!(of("geometry").is_null(1) && of("lon").as_primitive::<Float64Type>().value(0) == 1.5);
    assert!(of("b").as_boolean().value(0) && of("i").as_primitive::<Int64Type>().value(1) == 8);
    assert!(of("t").as_string::<i32>().value(0) == "a \"b\"" && of("t").is_null(1));
    assert!(of("n").is_null(0) && of("n").as_primitive::<Float64Type>().value(1) == 0.1);
    assert!(of("nan").is_null(0), "JSON has no NaN");
    // A result without rows is a collection without features.
    run(&session, "COPY (SELECT lon, lat FROM wells WHERE false) TO 'none.geojson'").await.unwrap();
    let none: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("none.geojson")).unwrap()).unwrap();
    assert_eq!(none["features"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn geometries_that_are_none_are_told_with_their_row() {
    let (folder, session) = copy().await;
    let message = error(&session, "COPY (SELECT X'0105' AS geometry) TO 'bad.geojson'").await;
    assert!(message.contains("row 1: the geometry cannot be written"), "{message}");
    assert!(!folder.path().join("bad.geojson").exists());
    let message = error(&session, "COPY (SELECT 'NaN'::DOUBLE AS x, 1.0 AS y) TO 'bad.geojson'").await;
    assert!(message.contains("not finite"), "{message}");
}

#[tokio::test]
async fn well_known_binary_of_others_is_read() {
    // A point of PostGIS: big endian, with an SRID; one of ISO with z and m.
    let mut postgis = vec![0, 0x20, 0, 0, 1, 0, 0, 0x10, 0xE6];
    postgis.extend(1.5f64.to_be_bytes());
    postgis.extend(2.5f64.to_be_bytes());
    let mut iso = vec![1];
    iso.extend(3001u32.to_le_bytes());
    for v in [1.5f64, 2.5, 3.5, 4.5] {
        iso.extend(v.to_le_bytes());
    }
    let z = |bytes: &[u8]| match decode(bytes).unwrap() {
        Geometry::Point(Some(p)) => (p.x, p.y, p.z),
        other => panic!("{other:?}"),
    };
    assert_eq!((z(&postgis), z(&iso)), ((1.5, 2.5, None), (1.5, 2.5, Some(3.5))));
    assert!(decode(&iso[..12]).unwrap_err().contains("ends"));
}

#[tokio::test]
async fn geopandas_reads_the_same() {
    let Some(python) = crate::peers::python_with("geopandas") else { return };
    let (folder, session) = copy().await;
    run(&session, "COPY (SELECT well, td, x, y, geometry FROM wells ORDER BY well) TO 'wells.geojson'").await.unwrap();
    let script = "import geopandas, sys\n\
                  g = geopandas.read_file(sys.argv[1])\n\
                  assert len(g) == 9, len(g)\n\
                  assert (abs(g.geometry.x - g['x']) < 1e-9).all() and (abs(g.geometry.y - g['y']) < 1e-9).all()\n\
                  assert g['well'][0] == 'OUT-1'\n";
    let output = Command::new(python).args(["-c", script]).arg(folder.path().join("wells.geojson")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Names of the file come back, and coordinates that the reader took out of the geometry are not added to the properties.
#[tokio::test]
async fn properties_have_the_names_of_their_file() {
    let (folder, source) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature",
        "properties":{"Total_Dept":12.5,"D__":1,"group":"a"},"geometry":{"type":"Point","coordinates":[1.5,58.25]}}]}"#;
    std::fs::write(source.path().join("p.geojson"), text).unwrap();
    let session = crate::las_export::imported(folder.path(), source.path(), outcrop_types::LengthUnit::Metre).await;
    run(&session, "COPY (SELECT * FROM points.p) TO 'out.geojson'").await.unwrap();
    let written: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("out.geojson")).unwrap()).unwrap();
    let before: serde_json::Value = serde_json::from_str(text).unwrap();
    assert_eq!(written["features"], before["features"]);
    // A name that the query gives is the query's.
    run(&session, "COPY (SELECT total_dept AS depth, geometry FROM points.p) TO 'named.geojson'").await.unwrap();
    let named = std::fs::read_to_string(folder.path().join("named.geojson")).unwrap();
    assert!(named.contains(r#""depth":12.5"#), "{named}");
}

/// A system that the column does not state is that of the rows, where they all have one; else it is told.
#[tokio::test]
async fn the_system_of_wells_is_that_of_their_rows() {
    let (folder, session) = copy().await;
    let said = |answer: Answer| match answer {
        Answer::Done { message, .. } => message,
        Answer::Rows(_) => panic!("rows"),
    };
    let message = said(session.sql("COPY (SELECT well, crs, geometry FROM wells) TO 'w.geojson'").await.unwrap());
    assert!(!message.contains("null"), "{message}");
    let text = std::fs::read_to_string(folder.path().join("w.geojson")).unwrap();
    assert!(text.contains("urn:ogc:def:crs:EPSG::23031"), "{text}");
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let message = said(session.sql("COPY (SELECT well, geometry FROM wells) TO 'u.geojson'").await.unwrap());
    assert!(message.contains("not known") && message.contains("`crs` is null"), "{message}");
    let two = "COPY (SELECT x, y, CASE well WHEN 'OUT-1' THEN 'EPSG:1' ELSE crs END AS crs FROM (SELECT x + 0.0 AS x, y + 0.0 AS y, well, crs FROM wells)) TO 't.geojson'";
    let message = said(session.sql(two).await.unwrap());
    assert!(message.contains("several systems"), "{message}");
}
