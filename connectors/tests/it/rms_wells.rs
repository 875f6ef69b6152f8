//! Wells of RMS against xtgeo, and what broken ones end as.

use outcrop_connectors::las::{CurveData, IndexType, LasFile, ReadOptions};
use outcrop_connectors::rms::well;
use outcrop_connectors::welllog;
use proptest::prelude::*;
use serde_json::Value;

use crate::las_expected::{data, files};

fn values<'a>(file: &'a LasFile, name: &str) -> &'a [f64] {
    let curve = file.curve(name).unwrap_or_else(|| panic!("no {name} in {:?}", file.header.curves));
    let CurveData::Numeric(values) = &curve.data else { panic!("{name} is text") };
    values
}

#[test]
fn wells_agree_with_xtgeo() {
    let Some(data) = data() else { return };
    let mut checked = 0;
    for path in files(&data.join("wells/rms")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = std::fs::read(&path).unwrap();
        assert!(well::recognise(&bytes[..bytes.len().min(16 * 1024)]), "{name}");
        assert_eq!(welllog::format(&bytes), "rms_well");
        let file = well::read(&bytes, &ReadOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let expected: Value = serde_json::from_str(
            &std::fs::read_to_string(data.join("expected/wells/rms").join(format!("{name}.json"))).unwrap(),
        )
        .unwrap();
        let expected = &expected["well"];
        assert_eq!(file.header.well_value("WELL"), expected["name"].as_str(), "{name}");
        let item = |mnemonic: &str| file.header.well_value(mnemonic).and_then(|v| v.parse::<f64>().ok());
        for (mnemonic, what) in [("X", "xpos"), ("Y", "ypos")] {
            assert!((item(mnemonic).unwrap() - expected[what].as_f64().unwrap()).abs() < 1e-6, "{name} {what}");
        }
        assert_eq!(item("EKB").unwrap_or(0.0), expected["rkb"].as_f64().unwrap_or(0.0), "{name}");
        assert_eq!(file.rows as u64, expected["n_rows"].as_u64().unwrap(), "{name}");
        assert_eq!(file.header.curves.len(), file.curves.len());
        for log in expected["logs"].as_array().unwrap() {
            let log_name = log["name"].as_str().unwrap();
            let found = match log_name {
                "Z_TVDSS" if file.header.index_type == IndexType::Tvd => values(&file, "TVDSS"),
                "MDepth" if file.header.index_type == IndexType::Md => values(&file, "MD"),
                other => values(&file, other),
            };
            let present: Vec<f64> = found.iter().copied().filter(|v| !v.is_nan()).collect();
            let nulls = (found.len() - present.len()) as u64;
            assert_eq!(Some(nulls), log["nulls"].as_u64(), "{name} {log_name}");
            let near = |a: f64, what: &str| {
                let b = log[what].as_f64().unwrap();
                assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{name} {log_name} {what}: {a} {b}");
            };
            if !present.is_empty() {
                near(present.iter().copied().fold(f64::INFINITY, f64::min), "min");
                near(present.iter().copied().fold(f64::NEG_INFINITY, f64::max), "max");
                near(present.iter().sum::<f64>() / present.len() as f64, "mean");
            }
            if let Some(codes) = log["codes"].as_object() {
                let header = file.header.curves.iter().find(|c| c.name.eq_ignore_ascii_case(log_name)).unwrap();
                for (code, word) in codes {
                    let entry = format!("{code} {}", word.as_str().unwrap());
                    assert!(header.description.contains(&entry), "{name} {log_name}: {entry}");
                }
            }
        }
        checked += 1;
    }
    assert!(checked >= 8, "{checked}");
}

const HEAD: &str = "1.0\nOIL\nA-1 10 20 30.5\n2\nMDepth UNK lin\nFacies DISC 0 Sand 1 Shale\n";

#[test]
fn the_index_is_what_gives_the_path_an_order() {
    let of = |rows: &str| well::read(format!("{HEAD}{rows}").as_bytes(), &ReadOptions::default()).unwrap();
    let file = of("1 2 100 110 0\n1 2 99 120 -999\n");
    assert_eq!(file.header.index_type, IndexType::Md);
    assert_eq!((values(&file, "MD"), values(&file, "Z_TVDSS")), (&[110.0, 120.0][..], &[100.0, 99.0][..]));
    assert!(values(&file, "Facies")[1].is_nan());
    let file = of("1 2 100 -999 0\n1 2 101 120 1\n");
    assert_eq!((file.header.index_type, values(&file, "TVDSS")), (IndexType::Tvd, &[100.0, 101.0][..]));
    assert_eq!(values(&file, "MDepth")[1], 120.0);
    assert!(file.issues.iter().any(|i| i.code == "md-not-increasing"));
    let file = of("1 2 100 -999 0\n1 2 99 120 1\n");
    assert_eq!((file.header.index_type, values(&file, "ROW")), (IndexType::Other, &[0.0, 1.0][..]));
    assert_eq!(values(&file, "Z_TVDSS"), [100.0, 99.0]);
}

#[test]
fn errors_say_line_and_value() {
    let of = |text: &str| well::read(text.as_bytes(), &ReadOptions::default()).unwrap_err().to_string();
    assert!(of(&format!("{HEAD}1 2 3 4\n")).contains("line 7: expected 5 values, x y z and 2 logs, found 4"));
    assert!(of(&format!("{HEAD}1 2 3 4 x\n")).contains("line 7: value 5 is `x`"));
    let cut = of("1.0\nOIL\nA-1 10 20\n3\nA UNK lin\n");
    assert!(cut.contains("line 5: the file ends within its header"), "{cut}");
    assert!(of("1.0\nOIL\nA-1 10\n").contains("line 3: expected name, x, y"));
    assert!(!well::recognise(b"1.0\n2.0\n3 4 5\n6\n") && !well::recognise(b"") && !well::recognise(b"~V\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), rows in "([0-9a. -]{0,8}\n){0,9}") {
        let _ = (well::recognise(&bytes), well::read(&bytes, &ReadOptions::default()), well::read_header(&bytes));
        let _ = well::read(format!("{HEAD}{rows}").as_bytes(), &ReadOptions::default());
        let _ = (well::recognise(rows.as_bytes()), well::read_header(rows.as_bytes()));
    }
}
