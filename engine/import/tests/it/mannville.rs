//! The Mannville Group of Alberta: well logs, wells, picks and their dictionaries in one call.

use std::collections::{HashMap, HashSet};

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use outcrop_import::Status;

use crate::{Place, data, number_at, numbers, outcome, row_of, rows, said, texts};

#[tokio::test]
async fn logs_wells_and_picks_in_one_call() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let (logs, tables) = (data.join("las/mannville"), data.join("wells/mannville"));
    let patterns = [logs.to_str().unwrap(), tables.to_str().unwrap()];
    let report = place.import(&patterns).await;
    for file in &report.files {
        assert_eq!(file.status, Status::Imported, "{}: {}", file.path, file.message);
    }
    assert_eq!(report.files.len(), 109 + 4);

    // The table of wells has them all; every log is joined to one of its wells.
    assert_eq!((report.wells_new, report.wells_matched), (2193, 0));
    let wells = place.rows("wells").await;
    assert_eq!(wells.num_rows(), 2193);
    let names: HashSet<String> = texts(&wells, "well").into_iter().collect();
    assert_eq!(names.len(), 2193);
    let curves = place.rows("curves").await;
    assert!(texts(&curves, "well").iter().all(|w| names.contains(w)));
    let with_logs: HashSet<String> = texts(&curves, "well").into_iter().collect();
    assert_eq!(with_logs.len(), 109);

    // Picks without a depth are left out; all others are joined.
    let picks = outcome(&report, "PICKS.TXT");
    assert_eq!((picks.kind.as_str(), picks.rows), ("tops", 20327));
    assert_eq!((report.rows_unmatched, report.wells_unmatched.len()), (0, 0));
    let tops = place.rows("tops").await;
    assert_eq!(tops.num_rows(), 20327);
    assert!(texts(&tops, "well").iter().all(|w| names.contains(w)));
    let md = numbers(&tops, "md");
    let mean = md.iter().flatten().sum::<f64>() / 20327.0;
    assert!((mean - 381.950_510_158_902).abs() < 1e-9, "{mean}");
    assert!(!said(picks, "unit-assumed").is_empty(), "the unit of the picks is nowhere stated");
    // A pick by hand: SitID 102496 is 00/12-08-067-01W4/0, HorID 1000 is mannville, 321.
    let row = (0..tops.num_rows())
        .find(|r| texts(&tops, "well")[*r] == "00/12-08-067-01W4/0" && texts(&tops, "surface")[*r] == "mannville");
    assert_eq!(number_at(&tops, "md", row.unwrap()), Some(321.0));

    // The well of a log that says more than the table.
    let row = row_of(&wells, "name", "CHEVRON MGSU 1 MITSUE 01-01");
    assert_eq!(texts(&wells, "uwi")[row], "00/01-01-073-05W5/0");
    assert_eq!(texts(&wells, "datum")[row], "KB");
    assert_eq!(number_at(&wells, "datum_elevation", row), Some(589.0));
    assert_eq!(number_at(&wells, "td", row), Some(733.4));
    assert!(texts(&wells, "headers")[row].contains("SAND"), "the matrix is kept");
}

/// Counts, units and values against the peer's.
#[tokio::test]
async fn logs_are_what_the_peer_reads() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    place.import(&[data.join("las/mannville").to_str().unwrap()]).await;
    let curves = place.rows("curves").await;
    let (sets, mnemonics) = (texts(&curves, "log_set"), texts(&curves, "mnemonic"));
    let samples: Vec<Option<i64>> =
        curves.column_by_name("samples").unwrap().as_primitive::<Int64Type>().iter().collect();
    let nulls: Vec<Option<i64>> = curves.column_by_name("nulls").unwrap().as_primitive::<Int64Type>().iter().collect();
    let places: HashMap<(String, String), usize> =
        sets.iter().zip(&mnemonics).enumerate().map(|(i, (s, m))| ((s.clone(), m.clone()), i)).collect();
    let (mut compared, mut rows_expected) = (0, 0);
    for entry in std::fs::read_dir(data.join("las/mannville")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let json = std::fs::read(data.join("expected/las/mannville").join(format!("{name}.json"))).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let set = path.file_stem().unwrap().to_str().unwrap();
        let expected = json["las"]["curves"].as_array().unwrap();
        rows_expected += expected[0]["n"].as_u64().unwrap();
        for curve in expected.iter().skip(1) {
            let mnemonic = curve["mnemonic"].as_str().unwrap();
            let row = places[&(set.to_owned(), mnemonic.to_owned())];
            let non_null = samples[row].unwrap() - nulls[row].unwrap();
            assert_eq!(Some(non_null), curve["non_null"].as_i64(), "{name} {mnemonic}");
            // In the file's unit the range is the peer's; a standardised curve is converted.
            if texts(&curves, "unit")[row] == texts(&curves, "original_unit")[row] && non_null > 0 {
                for key in ["min", "max", "mean"] {
                    let (own, peer) = (number_at(&curves, key, row).unwrap(), curve[key].as_f64().unwrap());
                    assert!((own - peer).abs() <= 1e-9 * peer.abs().max(1.0), "{name} {mnemonic} {key}: {own} {peer}");
                }
            }
            compared += 1;
        }
    }
    println!("{compared} curves of {rows_expected} rows compared");
    assert!(compared > 400);
    let snapshot = place.project.snapshot().await.unwrap();
    let logs = rows(&snapshot, "logs").await;
    assert_eq!(logs.num_rows() as u64, rows_expected);
    // CALI is in millimetres in the file, in inches in the project.
    let row = places[&("00-01-01-073-05W5-0".to_owned(), "CALI".to_owned())];
    assert_eq!((texts(&curves, "unit")[row].as_str(), texts(&curves, "original_unit")[row].as_str()), ("in", "MM"));
    let in_file = number_at(&logs, "cali", row_of(&logs, "well", "CHEVRON MGSU 1 MITSUE 01-01")).unwrap();
    assert!((in_file - 238.379 / 25.4).abs() < 1e-9);
    // Sorted by well, log set and depth.
    let keys: Vec<_> =
        texts(&logs, "well").into_iter().zip(texts(&logs, "log_set")).zip(numbers(&logs, "md")).collect();
    let mut ends = 0;
    for pair in keys.windows(2) {
        ends += usize::from(pair[0] > pair[1]);
    }
    assert!(ends < 2, "each of two threads writes its wells in order");
}
