//! GeoJSON: every file of the data folder against geopandas, the cases of RFC 7946, and errors with their lines.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::geojson::{FORMAT, read};
use outcrop_connectors::geometry::{EXTENSION_METADATA, EXTENSION_NAME, GEOARROW_WKB};
use outcrop_types::field;
use proptest::prelude::*;
use serde_json::Value;

use crate::las_expected::{data, files};

fn one(text: &str) -> Dataset {
    let mut datasets = read(text.as_bytes()).unwrap();
    assert_eq!(datasets.len(), 1, "{datasets:?}");
    datasets.remove(0)
}

fn points(features: &str) -> Dataset {
    one(&format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#))
}

fn point(properties: &str) -> String {
    format!(r#"{{"type":"Feature","geometry":{{"type":"Point","coordinates":[4.5,58.25]}},"properties":{properties}}}"#)
}

fn types(batch: &RecordBatch) -> Vec<(String, DataType)> {
    batch.schema().fields().iter().map(|f| (f.name().clone(), f.data_type().clone())).collect()
}

fn crs(batch: &RecordBatch) -> String {
    let schema = batch.schema();
    let metadata = schema.field_with_name("geometry").unwrap().metadata();
    assert_eq!(metadata[EXTENSION_NAME], GEOARROW_WKB);
    let of: Value = serde_json::from_str(&metadata[EXTENSION_METADATA]).unwrap();
    of.get("crs").and_then(Value::as_str).unwrap_or("").to_owned()
}

/// An independent reader of WKB: type, positions, area and length, as OGC 06-103r4 says.
#[derive(Default, Debug)]
struct Wkb {
    positions: Vec<[f64; 2]>,
    area: f64,
    length: f64,
}

impl Wkb {
    fn u32(bytes: &mut &[u8]) -> u32 {
        let (head, rest) = bytes.split_at(4);
        *bytes = rest;
        u32::from_le_bytes(head.try_into().unwrap())
    }

    fn f64(bytes: &mut &[u8]) -> f64 {
        let (head, rest) = bytes.split_at(8);
        *bytes = rest;
        f64::from_le_bytes(head.try_into().unwrap())
    }

    fn positions(&mut self, bytes: &mut &[u8], n: u32, z: bool) -> Vec<[f64; 2]> {
        let list: Vec<[f64; 2]> = (0..n)
            .map(|_| {
                let p = [Self::f64(bytes), Self::f64(bytes)];
                if z {
                    Self::f64(bytes);
                }
                p
            })
            .collect();
        self.positions.extend(&list);
        list
    }

    fn length(list: &[[f64; 2]]) -> f64 {
        list.windows(2).map(|w| (w[1][0] - w[0][0]).hypot(w[1][1] - w[0][1])).sum()
    }

    fn read(&mut self, bytes: &mut &[u8]) -> u32 {
        assert_eq!(bytes[0], 1, "little endian");
        *bytes = &bytes[1..];
        let code = Self::u32(bytes);
        let z = code > 1000;
        match code % 1000 {
            1 => {
                self.positions(bytes, 1, z);
            }
            2 => {
                let n = Self::u32(bytes);
                let line = self.positions(bytes, n, z);
                self.length += Self::length(&line);
            }
            3 => {
                for ring in 0..Self::u32(bytes) {
                    let n = Self::u32(bytes);
                    let ring_of = self.positions(bytes, n, z);
                    let o = ring_of[0];
                    let twice: f64 = ring_of
                        .windows(2)
                        .map(|w| (w[0][0] - o[0]) * (w[1][1] - o[1]) - (w[1][0] - o[0]) * (w[0][1] - o[1]))
                        .sum();
                    self.area += if ring == 0 { twice.abs() / 2.0 } else { -twice.abs() / 2.0 };
                    self.length += Self::length(&ring_of);
                }
            }
            _ => {
                for _ in 0..Self::u32(bytes) {
                    self.read(bytes);
                }
            }
        }
        code
    }
}

fn type_name(code: u32) -> &'static str {
    ["", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"]
        [(code % 1000) as usize]
}

#[test]
fn files_agree_with_geopandas() {
    let Some(data) = data() else { return };
    let mut checked = 0;
    for path in files(&data.join("geojson")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected: Value = serde_json::from_str(
            &std::fs::read_to_string(data.join("expected/geojson").join(format!("{name}.json"))).unwrap(),
        )
        .unwrap();
        let expected = &expected["vector"];
        let bytes = std::fs::read(&path).unwrap();
        assert!((FORMAT.recognise)(&bytes[..bytes.len().min(16 * 1024)]), "{name}");
        let datasets = read(&bytes).unwrap();
        let [dataset] = &datasets[..] else { panic!("{name}: {} datasets", datasets.len()) };
        assert_eq!(dataset.batch.num_rows() as u64, expected["n_features"].as_u64().unwrap(), "{name}");

        let mut wkb = Wkb::default();
        let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
        for value in dataset.batch.column_by_name("geometry").unwrap().as_binary::<i32>().iter().flatten() {
            let mut bytes = value;
            *kinds.entry(type_name(wkb.read(&mut bytes)).to_owned()).or_default() += 1;
            assert!(bytes.is_empty(), "{name}: nothing follows a geometry");
        }
        assert_eq!(serde_json::to_value(&kinds).unwrap(), expected["geom_types"], "{name}");
        assert_eq!(wkb.positions.len() as u64, expected["n_coordinates"].as_u64().unwrap(), "{name}");
        let bound = |i: usize, f: fn(f64, f64) -> f64| wkb.positions.iter().map(|p| p[i]).reduce(f).unwrap();
        let bounds = [bound(0, f64::min), bound(1, f64::min), bound(0, f64::max), bound(1, f64::max)];
        for (found, expected) in bounds.iter().zip(expected["bounds"].as_array().unwrap()) {
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-9, "{name}: {found} {expected}");
        }
        for (what, found) in [("total_area", wkb.area), ("total_length", wkb.length)] {
            if let Some(expected) = expected[what].as_f64() {
                assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{name}: {what} {found} {expected}");
            }
        }
        let stated = expected["crs"].as_str().unwrap();
        assert_eq!(crs(&dataset.batch), if stated == "EPSG:4326" { "OGC:CRS84" } else { stated }, "{name}");
        let columns = types(&dataset.batch);
        for column in expected["columns"].as_array().unwrap() {
            let (column, dtype) = (column[0].as_str().unwrap(), column[1].as_str().unwrap());
            let found = columns.iter().find(|(n, _)| n == column).unwrap_or_else(|| panic!("{name}: no {column}"));
            let same = match dtype {
                "float64" => matches!(found.1, DataType::Float64 | DataType::Int64),
                "object" | "datetime64[ms]" => found.1 == DataType::Utf8,
                "int32" | "int64" => found.1 == DataType::Int64,
                "geometry" => found.1 == DataType::Binary,
                _ => panic!("{name}: {column}: {dtype}"),
            };
            assert!(same, "{name}: {column} is {} and {dtype} to geopandas", found.1);
        }
        checked += 1;
    }
    assert!(checked >= 3, "{checked} files");
}

#[test]
fn wells_have_longitude_and_latitude() {
    let Some(data) = data() else { return };
    let wells = &read(&std::fs::read(data.join("geojson/offshore_wells.geojson")).unwrap()).unwrap()[0];
    assert_eq!(wells.kind, DatasetKind::Points);
    let lon = wells.batch.column_by_name("lon").unwrap().as_primitive::<Float64Type>();
    assert_eq!((lon.value(0), lon.null_count()), (-59.916272735905665, 0));
    assert_eq!(field::unit(wells.batch.schema().field_with_name("lat").unwrap()), Some("deg"));
    assert_eq!(wells.batch.column_by_name("id").unwrap().as_string::<i32>().value(1), "1");
    let faults = &read(&std::fs::read(data.join("geojson/faults.geojson")).unwrap()).unwrap()[0];
    assert_eq!((faults.kind, faults.name.as_deref()), (DatasetKind::Lines, Some("faults")));
}

#[test]
fn properties_have_types() {
    let dataset = points(
        &[
            point(r#"{"b":true,"i":1,"f":1,"t":"x","n":null,"l":[1,{"a":2}],"m":1,"big":9223372036854775808}"#),
            point(r#"{"b":null,"i":9007199254740993,"f":0.5,"t":null,"l":null,"m":"one","late":7,"big":1}"#),
        ]
        .join(","),
    );
    let batch = &dataset.batch;
    let of = |name: &str| batch.column_by_name(name).unwrap();
    assert!(of("b").as_boolean().value(0) && of("b").is_null(1));
    assert_eq!(of("i").as_primitive::<Int64Type>().value(1), 9_007_199_254_740_993);
    assert_eq!(of("f").as_primitive::<Float64Type>().value(0), 1.0);
    assert_eq!(of("n").null_count(), 2);
    assert_eq!(of("l").as_string::<i32>().value(0), r#"[1,{"a":2}]"#);
    assert_eq!((of("m").as_string::<i32>().value(0), of("m").as_string::<i32>().value(1)), ("1", "one"));
    assert_eq!(of("big").as_string::<i32>().value(0), "9223372036854775808");
    assert!(of("late").is_null(0));
    let about = |code: &str| dataset.issues.iter().find(|i| i.code == code).and_then(|i| i.curve.clone());
    assert_eq!(about("types-mixed").as_deref(), Some("m"));
    assert_eq!(about("integers-large").as_deref(), Some("big"));
}

#[test]
fn names_that_are_taken_get_a_number() {
    let dataset = points(&point(r#"{"LON":3,"geometry":"x","a":1,"A":2}"#));
    let names: Vec<String> = types(&dataset.batch).into_iter().map(|(n, _)| n).collect();
    assert_eq!(names, ["lon", "lat", "LON_2", "geometry_2", "a", "A_2", "geometry"]);
    let schema = dataset.batch.schema();
    assert_eq!(schema.field_with_name("A_2").unwrap().metadata()[field::ORIGINAL_NAME], "A");
}

#[test]
fn families_are_tables_of_their_own() {
    let text = r#"{"type":"FeatureCollection","bbox":[0,0,1,1],"source":"survey","features":[
      {"type":"Feature","geometry":{"type":"LineString","coordinates":[[0,0],[1,1,5]]},"properties":{"a":1},"title":"t"},
      {"type":"Feature","geometry":{"type":"LineString","coordinates":[[0,0],[1,0]]},"properties":null},
      {"type":"Feature","geometry":null,"properties":{"a":2}},
      {"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]},"properties":{"p":1}},
      {"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[
         {"type":"Point","coordinates":[0,0]},{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}]},"properties":{}},
      {"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[0,0],[1,1]]},"properties":{}}
    ]}"#;
    let datasets = read(text.as_bytes()).unwrap();
    let found: Vec<_> = datasets.iter().map(|d| (d.kind, d.batch.num_rows())).collect();
    assert_eq!(found, [(DatasetKind::Points, 1), (DatasetKind::Lines, 3), (DatasetKind::Polygons, 2)]);
    let geometry = datasets[1].batch.column_by_name("geometry").unwrap();
    assert!(geometry.is_null(2) && !geometry.is_null(0), "a feature without geometry stands with most features");
    let mut first = geometry.as_binary::<i32>().value(0);
    assert_eq!(Wkb::default().read(&mut first), 1002, "a line with a z is of the type with z");
    assert!(datasets[0].batch.column_by_name("lon").unwrap().is_null(0), "two points have no one longitude");
    let facts: Vec<&str> = datasets[1].facts.iter().map(|(n, _)| n.as_str()).collect();
    assert!(facts.contains(&"bbox") && facts.contains(&"source") && facts.contains(&"member `title` of features"));
    for code in ["collection-mixed", "geometry-null", "families-split"] {
        assert!(datasets[2].issues.iter().any(|i| i.code == code), "{code}");
    }
}

#[test]
fn bare_geometries_features_and_lines_of_them_are_read() {
    assert_eq!(one(r#"{"coordinates":[1,2,3],"type":"Point"}"#).batch.num_columns(), 4);
    assert_eq!(one(&point("{}")).batch.num_rows(), 1);
    assert_eq!(one(&format!("\u{feff}{}\n{}\n", point("{}"), point("{}"))).batch.num_rows(), 2);
    let empty = one(r#"{"type":"Point","coordinates":[]}"#);
    assert!(empty.batch.column_by_name("lon").unwrap().is_null(0));
}

#[test]
fn the_system_is_what_the_file_states_and_nothing_else() {
    let with = |crs: &str, at: &str| {
        one(&format!(
            r#"{{"type":"FeatureCollection","crs":{crs},"features":[{{"type":"Feature","geometry":{{"type":"Point","coordinates":{at}}},"properties":{{}}}}]}}"#
        ))
    };
    let name = |n: &str| format!(r#"{{"type":"name","properties":{{"name":"{n}"}}}}"#);
    let first = |d: &Dataset| types(&d.batch)[0].0.clone();
    let utm = with(&name("urn:ogc:def:crs:EPSG::23031"), "[461000,5933000]");
    assert_eq!((crs(&utm.batch).as_str(), first(&utm).as_str()), ("EPSG:23031", "x"));
    let degrees = with(&name("EPSG:4230"), "[2,58]");
    assert_eq!((crs(&degrees.batch).as_str(), first(&degrees).as_str()), ("EPSG:4230", "lon"));
    let code = with(r#"{"type":"EPSG","properties":{"code":32631}}"#, "[461000,5933000]");
    assert_eq!(crs(&code.batch), "EPSG:32631");
    let words = with(&name("ED50 UTM"), "[461000,5933000]");
    assert_eq!((crs(&words.batch).as_str(), words.issues[0].code.as_str()), ("", "crs-unknown"));
    assert_eq!(crs(&with("null", "[2,58]").batch), "");
    let silent = one(r#"{"type":"Point","coordinates":[461000,5933000]}"#);
    assert_eq!((crs(&silent.batch).as_str(), first(&silent).as_str()), ("", "x"));
    assert_eq!(silent.issues[0].code, "crs-contradicted");
}

#[test]
fn errors_have_lines_and_say_what_was_expected() {
    let collection = |feature: &str| format!("{{\"type\":\"FeatureCollection\",\n\"features\":[\n{feature}\n]}}");
    let of = |geometry: &str| collection(&format!(r#"{{"type":"Feature","geometry":{geometry},"properties":{{}}}}"#));
    for (text, line, words) in [
        (of(r#"{"type":"Point","coordinates":[1]}"#), 3, "a position has 1 number(s)"),
        (of(r#"{"type":"Point","coordinates":[[1,2]]}"#), 3, "coordinates of this Point"),
        (of(r#"{"type":"LineString","coordinates":[[1,2]]}"#), 3, "one position"),
        (of(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}"#), 3, "not closed"),
        (of(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}"#), 3, "3 positions"),
        (of(r#"{"type":"Circle","coordinates":[1,2]}"#), 3, "`Circle` is no type of geometry"),
        (of(r#"{"type":"Point"}"#), 3, "no `coordinates`"),
        (of(r#"{"type":"Point","coordinates":[NaN,1]}"#), 3, "no valid JSON"),
        (collection(r#"{"type":"Point","coordinates":[1,2]}"#), 3, "expected Feature"),
        ("{\"type\":\"FeatureCollection\"}".to_owned(), 1, "no `features`"),
        ("{\"type\":\n\"Topology\"}".to_owned(), 2, "no type of GeoJSON"),
        (of("null").replace("]}", ""), 4, "no valid JSON"),
    ] {
        let error = read(text.as_bytes()).unwrap_err();
        assert!(error.message.contains(words), "{text}: {error}");
        assert_eq!(error.line, Some(line), "{text}: {error}");
    }
    assert!(read(b"").unwrap_err().message.contains("empty"));
    assert!(read(b"{\"type\":\"FeatureCollection\",\"features\":[]}").unwrap_err().message.contains("no features"));
}

#[test]
fn numbers_of_many_digits_are_exact() {
    // Numbers that are rounded twice where digits and power of ten are each made a double first.
    let exact = |text: &str| text.parse::<f64>().unwrap();
    let (x, y, v) = ("121.12345678901234567", "31.98765432109876543210", "-5708990.770823839524233");
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","id":0.30000000000000004,"geometry":
        {{"type":"Point","coordinates":[{x},{y},9007199254740993.0]}},
        "properties":{{"v":{v},"small":1.7976931348623157e-300,"list":[{v}],"whole":9007199254740993,"text":"{v}"}}}}]}}"#
    );
    let dataset = one(&text);
    let number = |name: &str| dataset.batch[name].as_primitive::<Float64Type>().value(0);
    assert_eq!((number("lon"), number("lat"), number("z")), (exact(x), exact(y), 9007199254740992.0));
    assert_eq!((number("v"), number("small")), (exact(v), 1.797_693_134_862_315_7e-300));
    let text = |name: &str| dataset.batch[name].as_string::<i32>().value(0).to_owned();
    assert_eq!((text("list"), text("text")), (format!("[{}]", exact(v)), v.to_owned()));
    assert_eq!(dataset.batch["whole"].as_primitive::<Int64Type>().value(0), 9_007_199_254_740_993);
    // What is no JSON stays so, and is told with the place in the file.
    for (text, column) in [
        (r#"{"a":1.2345678901234567891,"type":x}"#, "column 35"),
        (r#"{1.2345678901234567891:2}"#, "key must be a string"),
        (r#"{"type":1.2345678901234567891}"#, "floating point `1.23456789012345"),
        (r#"{"type":"Point","coordinates":[01.2345678901234567891,2]}"#, "no valid JSON"),
        (r#"{"type":"Point","coordinates":[1.2345678901234567891e999,2]}"#, "number out of range"),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(column) && !error.contains('\u{7f}'), "{error}");
    }
}

#[test]
fn content_decides() {
    let is = FORMAT.recognise;
    assert!(is(b"\xEF\xBB\xBF {\"features\":[{\"type\" : \"Feature\""));
    assert!(!is(b"{\"type\":\"Topology\",\"objects\":{\"a\":{\"type\":\"Polygon\"}}}"));
    assert!(!is(b"{\"type\":\"object\"}") && !is(b"[1]") && !is(b"{\"type\":\"Point") && !is(b""));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ((FORMAT.recognise)(&bytes), read(&bytes));
    }

    #[test]
    fn no_text_panics(text in r#"(\{"type":"(Point|MultiPoint|LineString|Polygon|Feature|MultiPolygon)","(coordinates|geometry|properties)":(\[|\]|\{|\}|[0-9],|[0-9]|,|null|"a":){0,12}\}?){1,2}"#) {
        let _ = ((FORMAT.recognise)(text.as_bytes()), read(text.as_bytes()));
    }

    #[test]
    fn every_number_is_exact(text in "-?(0|[1-9][0-9]{0,22})(\\.[0-9]{1,25})([eE][+-]?[0-9]{1,2})?") {
        let dataset = points(&point(&format!("{{\"v\":{text}}}")));
        let value = dataset.batch["v"].as_primitive::<Float64Type>().value(0);
        prop_assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{}", text);
    }

    #[test]
    fn points_are_read_back(list in proptest::collection::vec((-180.0f64..180.0, -90.0f64..90.0), 1..20)) {
        let features: Vec<Value> = list.iter().map(|(x, y)| serde_json::json!({"type": "Feature", "properties": {"x": x}, "geometry": {"type": "Point", "coordinates": [x, y]}})).collect();
        let dataset = one(&serde_json::json!({"features": features, "type": "FeatureCollection"}).to_string());
        let lon = dataset.batch.column_by_name("lon").unwrap().as_primitive::<Float64Type>();
        let x = dataset.batch.column_by_name("x").unwrap().as_primitive::<Float64Type>();
        prop_assert_eq!(lon.values(), x.values());
        let wkb = dataset.batch.column_by_name("geometry").unwrap().as_binary::<i32>().clone();
        for (row, (x, y)) in list.iter().enumerate() {
            let mut read = Wkb::default();
            let mut bytes = wkb.value(row);
            read.read(&mut bytes);
            prop_assert_eq!(read.positions[0], [*x, *y]);
        }
    }
}
