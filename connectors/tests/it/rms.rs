//! Points, polygons and attributes of RMS against xtgeo, and what broken files end as.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::rms::{attributes, points};
use proptest::prelude::*;
use serde_json::Value;

use crate::las_expected::data;

fn positions(batch: &RecordBatch) -> Vec<[f64; 3]> {
    let mut found = Vec::new();
    for bytes in batch.column_by_name("geometry").unwrap().as_binary::<i32>().iter().flatten() {
        let code = u32::from_le_bytes(bytes[1..5].try_into().unwrap());
        // One point, one line or one ring, all with z: head, counts, then doubles.
        let skip = match code {
            1001 => 5,
            1002 => 9,
            1003 => 13,
            _ => panic!("type {code}"),
        };
        let numbers: Vec<f64> =
            bytes[skip..].chunks_exact(8).map(|c| f64::from_le_bytes(c.try_into().unwrap())).collect();
        found.extend(numbers.chunks_exact(3).map(|c| [c[0], c[1], c[2]]));
    }
    found
}

fn one(read: fn(&[u8]) -> Result<Vec<Dataset>, outcrop_connectors::dataset::DatasetError>, bytes: &[u8]) -> Dataset {
    let mut datasets = read(bytes).unwrap();
    assert_eq!(datasets.len(), 1);
    datasets.remove(0)
}

#[test]
fn points_and_polygons_agree_with_xtgeo() {
    let Some(data) = data() else { return };
    for (path, part, kind) in [
        ("points/rms/emerald_10_random.poi", "points", DatasetKind::Points),
        ("points/rms/pointset2.poi", "points", DatasetKind::Points),
        ("faults/closedpoly1.pol", "polygons", DatasetKind::Polygons),
        ("faults/emerald2.pol", "polygons", DatasetKind::Polygons),
        ("faults/top_upper_reek_faultpoly.pol", "polygons", DatasetKind::Polygons),
    ] {
        let bytes = std::fs::read(data.join(path)).unwrap();
        assert!((points::FORMAT.recognise)(&bytes[..bytes.len().min(16 * 1024)]), "{path}");
        let dataset = one(points::read, &bytes);
        assert_eq!(dataset.kind, kind, "{path}");
        let expected: Value =
            serde_json::from_str(&std::fs::read_to_string(data.join(format!("expected/{path}.json"))).unwrap())
                .unwrap();
        let expected = &expected[part];
        let found = positions(&dataset.batch);
        assert_eq!(found.len() as u64, expected["n_rows"].as_u64().unwrap(), "{path}");
        for axis in 0..3 {
            let column = &expected["columns"][axis];
            let values = found.iter().map(|p| p[axis]);
            let near = |a: f64, name: &str| {
                let b = column[name].as_f64().unwrap();
                assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{path} {axis} {name}: {a} {b}");
            };
            near(values.clone().fold(f64::INFINITY, f64::min), "min");
            near(values.clone().fold(f64::NEG_INFINITY, f64::max), "max");
            near(values.sum::<f64>() / found.len() as f64, "mean");
        }
        if let Some(n) = expected["n_polygons"].as_u64() {
            assert_eq!(dataset.batch.num_rows() as u64, n, "{path}");
            let ids = dataset.batch.column_by_name("poly_id").unwrap().as_primitive::<Int64Type>();
            assert_eq!(ids.value(0), 0);
        }
    }
}

#[test]
fn attributes_have_the_types_the_file_declares() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("points/rms/poi_attr.rmsattr")).unwrap();
    assert!((attributes::FORMAT.recognise)(&bytes));
    let dataset = one(attributes::read, &bytes);
    let of = |name: &str| dataset.batch.column_by_name(name).unwrap();
    assert_eq!((dataset.kind, dataset.batch.num_rows()), (DatasetKind::Points, 8));
    let (well, seg) = (of("Well").as_string::<i32>(), of("Seg").as_primitive::<Int64Type>());
    assert_eq!((well.value(0), seg.value(0), seg.null_count(), seg.is_null(4)), ("OP_4", 1, 1, true));
    assert!(of("SegName").is_null(4));
    let number = of("MyNum").as_primitive::<Float64Type>();
    assert_eq!((number.value(5), number.null_count()), (1.223, 2));
    let z = of("z").as_primitive::<Float64Type>();
    assert!((z.values().iter().sum::<f64>() / 8.0 - 1646.52703875).abs() < 1e-9);
}

#[test]
fn errors_say_line_and_value() {
    let of = |bytes: &[u8]| points::read(bytes).unwrap_err();
    let error = of(b"1 2 3\n1 x 3\n999 999 999\n");
    assert!(error.message.contains("`1 x 3`") && error.line == Some(2), "{error}");
    assert!(of(b"").message.contains("no rows"));
    assert!(of(b"999 999 999\n").message.contains("no rows"));
    let cut = one(points::read, b"1 2 3\n4 5 6\n");
    assert!(cut.issues.iter().any(|i| i.code == "end-missing"));
    let of = |text: &str| attributes::read(text.as_bytes()).unwrap_err();
    let error = of("Int Seg\n1 2 3 1.5\n");
    assert!(error.message.contains("Seg is `1.5`, declared as a whole number") && error.line == Some(2), "{error}");
    assert!(of("Int Seg\n1 2 3\n").message.contains("expected 4 values, x y z Seg, found 3"));
    assert!(of("String A\n1 2 3 \"open\n").message.contains("not closed"));
    assert!(of("Int Seg\n").message.contains("no rows"));
    let quoted = one(attributes::read, b"String X\nFloat F\n1 2 UNDEF \"a b\" 4\n");
    assert_eq!(quoted.batch.column_by_name("X_2").unwrap().as_string::<i32>().value(0), "a b");
    assert!(quoted.batch.column_by_name("z").unwrap().is_null(0));
}

#[test]
fn sets_that_do_not_all_close_are_lines() {
    let dataset = one(points::read, b"0 0 1\n1 0 1\n1 1 1\n0 0 1\n999 999 999\n5 5 2\n6 6 2\n999 999 999\n");
    assert_eq!((dataset.kind, dataset.batch.num_rows()), (DatasetKind::Lines, 2));
    let closed = dataset.batch.column_by_name("closed").unwrap().as_boolean();
    assert!(closed.value(0) && !closed.value(1));
    assert_eq!(positions(&dataset.batch)[5], [6.0, 6.0, 2.0]);
}

#[test]
fn other_tables_of_three_numbers_are_left_to_the_text_reader() {
    let is = points::FORMAT.recognise;
    assert!(!is(b"0 0 0\n0 1 0\n") && !is(b"") && !is(b"999 999 999\n") && !is(b"x y z\n1 2 3\n999 999 999\n"));
    let is = attributes::FORMAT.recognise;
    assert!(!is(b"1 2 3\n") && !is(b"String Well\n") && !is(b"Float x\nname y\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ((points::FORMAT.recognise)(&bytes), points::read(&bytes), (attributes::FORMAT.recognise)(&bytes), attributes::read(&bytes));
    }

    #[test]
    fn no_text_panics(text in "((String a|Int b|Float c|999|1.5|UNDEF|\"|x)[ \n]){0,30}") {
        let _ = (points::read(text.as_bytes()), attributes::read(text.as_bytes()));
    }

    #[test]
    fn points_are_read_back(list in proptest::collection::vec((-1e7f64..1e7, -1e7f64..1e7, -1e4f64..1e4), 1..30)) {
        let mut text: String = list.iter().map(|(x, y, z)| format!("{x} {y} {z}\n")).collect();
        text.push_str("1 1 1\n999.0 999.0 999.0\n");
        let found = positions(&one(points::read, text.as_bytes()).batch);
        prop_assert_eq!(found.len(), list.len() + 1);
        for (p, (x, y, z)) in found.iter().zip(&list) {
            prop_assert_eq!(p, &[*x, *y, *z]);
        }
    }
}
