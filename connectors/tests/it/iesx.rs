//! IESX horizons of OpendTect and Petrel, and what broken ones end as.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};
use outcrop_connectors::dataset::{Dataset, DatasetKind};
use outcrop_connectors::formats::{Recognised, recognise};
use outcrop_connectors::geometry::{Geometry, Z_UNIT, decode};
use outcrop_connectors::iesx::{FORMAT, read};
use outcrop_types::field;
use proptest::prelude::*;

use crate::las_expected::data;

fn numbers(batch: &RecordBatch, name: &str) -> Vec<Option<f64>> {
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no {name} in {:?}", batch.schema()));
    column.as_primitive::<Float64Type>().iter().collect()
}

fn whole(batch: &RecordBatch, name: &str) -> Vec<Option<i64>> {
    batch.column_by_name(name).unwrap().as_primitive::<Int64Type>().iter().collect()
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    batch.column_by_name(name).unwrap().as_string::<i32>().iter().map(|t| t.map(str::to_owned)).collect()
}

fn unit(batch: &RecordBatch, name: &str) -> Option<String> {
    field::unit(batch.schema().field_with_name(name).unwrap()).map(str::to_owned)
}

fn one(bytes: &[u8]) -> Dataset {
    let mut datasets = read(bytes).unwrap();
    assert_eq!(datasets.len(), 1);
    datasets.remove(0)
}

fn codes(dataset: &Dataset) -> Vec<&str> {
    dataset.issues.iter().map(|i| i.code.as_str()).collect()
}

#[test]
fn a_horizon_of_opendtect_has_the_reference_numbers() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("surfaces/opendtect/Segment_IESX.dat")).unwrap();
    assert!(matches!(recognise(&bytes[..bytes.len().min(16 * 1024)]), Recognised::As(f) if f.name == "iesx"));
    let horizon = one(&bytes);
    let batch = &horizon.batch;
    assert_eq!((horizon.kind, horizon.name.as_deref()), (DatasetKind::Points, Some("Segment")));
    let expected = std::fs::read_to_string(data.join("expected/surfaces/opendtect/Segment_IESX.dat.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    assert_eq!(batch.num_rows() as u64, expected["text"]["numeric_rows"].as_u64().unwrap());
    let of = |place: usize, what: &str| expected["text"]["columns"][place][what].as_f64().unwrap();
    let (z, value) = (numbers(batch, "z"), numbers(batch, "value"));
    let z: Vec<f64> = z.into_iter().map(Option::unwrap).collect();
    // z with all digits, from the rows between.
    assert_eq!(z.iter().copied().fold(f64::INFINITY, f64::min), of(0, "min"));
    assert_eq!(z.iter().copied().fold(f64::NEG_INFINITY, f64::max), of(0, "max"));
    assert!((z.iter().sum::<f64>() / 829.0 - of(0, "mean")).abs() < 1e-9);
    assert_eq!(z[0], 648.617_506_027_221_7);
    // 1e30 is undefined: the reference counts it as a number, here it is null and its row stays.
    let nulls = value.iter().filter(|v| v.is_none()).count();
    assert!((of(1, "mean") * 829.0 / 1e30 - nulls as f64).abs() < 1e-6, "{nulls}");
    assert_eq!(nulls, 37);
    assert_eq!(value.iter().flatten().copied().fold(f64::INFINITY, f64::min), of(1, "min"));
    assert_eq!(value[0], Some(5_395.604_003_9));
    assert_eq!((numbers(batch, "x")[0], numbers(batch, "y")[0]), (Some(620_986.88), Some(6_080_882.36)));
    assert_eq!((whole(batch, "inline")[0], whole(batch, "crossline")[0]), (Some(376), Some(914)));
    assert_eq!(texts(batch, "horizon")[828].as_deref(), Some("Segment"));
    assert_eq!(
        ["x", "y", "z", "value"].map(|c| unit(batch, c)),
        [Some("m"), Some("m"), Some("ms"), None].map(|u| u.map(str::to_owned))
    );
    assert!(field::description(batch.schema().field_with_name("z").unwrap()).unwrap().contains("Two-way time"));
    // A survey in which shotpoint, CDP and crossline are one number has it once.
    assert!(batch.column_by_name("shotpoint").is_none() && batch.column_by_name("line").is_none());
    assert_eq!(codes(&horizon), ["rows-behind-end"]);
    assert!(horizon.facts.contains(&("snapping".to_owned(), "5     0 1".to_owned())), "{:?}", horizon.facts);
}

#[test]
fn a_horizon_of_2d_lines_has_their_names() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("surfaces/petrel/IESX2D_horizon_extract.txt")).unwrap();
    let horizon = one(&bytes);
    let batch = &horizon.batch;
    assert_eq!((horizon.name.as_deref(), batch.num_rows()), (Some("Fault to seafloor"), 373));
    let lines = texts(batch, "line");
    let of = |name: &str| lines.iter().filter(|l| l.as_deref() == Some(name)).count();
    assert_eq!((of("276-109::normTOv"), of("272-100::normTOv")), (193, 180));
    assert_eq!((numbers(batch, "shotpoint")[0], numbers(batch, "cdp")[0]), (Some(5460.0), Some(16382.0)));
    assert_eq!((whole(batch, "trace")[0], whole(batch, "segment")[0]), (Some(4262), Some(1)));
    assert_eq!((numbers(batch, "z")[0], numbers(batch, "x")[0]), (Some(2742.85), Some(419_846.879)));
    assert_eq!((unit(batch, "z").as_deref(), unit(batch, "x").as_deref()), (Some("ms"), Some("m")));
    assert!(batch.column_by_name("value").is_none() && batch.column_by_name("inline").is_none());
    assert!(codes(&horizon).is_empty(), "{:?}", horizon.issues);
    assert!(
        horizon.facts.iter().any(|(n, v)| n == "comment" && v == "By Petrel 2014.2 (64-bit)"),
        "{:?}",
        horizon.facts
    );
}

const HEAD: &str =
    "PROFILE Top A           TYPE 1  4                    3d_ci7m.ifdf     ft ft\nSNAPPING PARAMETERS 5     0 1\n";
const ROW: &str =
    "  6.20986880E+05  6.08088236E+06  0 14   648.62    914.00    915.00  916 5.3956040E+03 I    376 XX\n";

#[test]
fn what_differs_is_kept_apart() {
    // Depth in feet; shotpoint and CDP are no crossline here; the numbers between are attributes, as none is z.
    let horizon = one(format!("{HEAD}{ROW}\t12.5\t7\n{ROW}\t13.5\t1e30\nEOD\n").as_bytes());
    let batch = &horizon.batch;
    assert_eq!((unit(batch, "x").as_deref(), unit(batch, "z").as_deref()), (Some("ft"), Some("ft")));
    assert!(field::description(batch.schema().field_with_name("z").unwrap()).unwrap().contains("Depth"));
    assert_eq!((numbers(batch, "z")[0], numbers(batch, "cdp")[0]), (Some(648.62), Some(915.0)));
    assert_eq!(numbers(batch, "value"), [Some(5395.604); 2]);
    assert_eq!(numbers(batch, "value_2"), [Some(12.5), Some(13.5)]);
    assert_eq!(numbers(batch, "value_3"), [Some(7.0), None]);
    // Two horizons in one file are told apart; the table takes the name of neither.
    let two = one(format!("{HEAD}{ROW}EOD\n{}{ROW}EOD\n", HEAD.replace("Top A", "Top B")).as_bytes());
    assert_eq!(two.name, None);
    assert_eq!(texts(&two.batch, "horizon"), [Some("Top A".to_owned()), Some("Top B".to_owned())]);
    // A row of numbers may reach the places of x and y.
    let horizon = one(format!("{HEAD}{ROW}\t648.621000000000\t5395.604\nEOD").as_bytes());
    assert_eq!((horizon.batch.num_rows(), numbers(&horizon.batch, "z")[0]), (1, Some(648.621)));
    // An undefined z is wider than its column and touches the code before it.
    let undefined = ROW.replace("   648.62", "340282346638528859811704183484516925440.00");
    let horizon = one(format!("{HEAD}{undefined}EOD").as_bytes());
    assert_eq!((numbers(&horizon.batch, "z"), whole(&horizon.batch, "inline")), (vec![None], vec![Some(376)]));
}

#[test]
fn units_that_are_not_stated_stay_unknown() {
    let horizon = one(format!("PROFILE A TYPE 1  4\n{ROW}").as_bytes());
    assert_eq!((unit(&horizon.batch, "x"), unit(&horizon.batch, "z")), (None, None));
    assert_eq!(codes(&horizon), ["end-missing", "unit-unknown", "unit-unknown"]);
    let strange = one(format!("PROFILE A TYPE 1  4 3d_ci7m.ifdf m furlong\n{ROW}EOD\n").as_bytes());
    assert_eq!((unit(&strange.batch, "x").as_deref(), unit(&strange.batch, "z")), (Some("m"), None));
    assert!(strange.issues[0].message.contains("furlong"), "{:?}", strange.issues);
}

#[test]
fn fault_boundaries_are_faults() {
    let text = "PROFILE fb_test TYPE 3  4 3d_ci7m.ifdf m ms\n 0.0 0.0 2 5.0\n 1.0 0.0 2 5.0\n 1.0 1.0 2 6.0\n 0.0 0.0 2 5.0\n 7.0 7.0 3 8.0\n 8.0 8.0 3 1e30\nEOD\n";
    let faults = one(text.as_bytes());
    assert_eq!((faults.kind, faults.batch.num_rows()), (DatasetKind::Faults, 2));
    assert_eq!(whole(&faults.batch, "segment"), [Some(2), Some(3)]);
    let closed = faults.batch.column_by_name("closed").unwrap().as_boolean().clone();
    assert!(closed.value(0) && !closed.value(1));
    let schema = faults.batch.schema();
    let geometry = schema.field_with_name("geometry").unwrap();
    assert_eq!((field::unit(geometry), geometry.metadata().get(Z_UNIT).map(String::as_str)), (Some("m"), Some("ms")));
    let wkb = faults.batch.column_by_name("geometry").unwrap().as_binary::<i32>().value(0).to_vec();
    let Geometry::LineString(line) = decode(&wkb).unwrap() else { panic!("no line") };
    assert_eq!((line.len(), line[2].z), (4, Some(6.0)));
}

#[test]
fn a_name_may_hold_the_letters_of_the_word_behind_it() {
    for name in ["PROTOTYPE", "TYPE", "TYPE A", "ROCK TYPES", "SUBTYPE 7 sand"] {
        let text = format!("PROFILE {name} TYPE 1  4 3d_ci7m.ifdf m ms\n{ROW}EOD\n");
        assert!((FORMAT.recognise)(text.as_bytes()), "{name}");
        let horizon = one(text.as_bytes());
        assert_eq!((horizon.kind, horizon.name.as_deref()), (DatasetKind::Points, Some(name)));
        assert_eq!(unit(&horizon.batch, "z").as_deref(), Some("ms"));
    }
}

/// Profiles without rows are no table, and the other kind of the file tells what is wrong with it.
#[test]
fn what_is_noticed_of_the_file_is_told_by_the_table_it_gives() {
    let empty = "PROFILE Top TYPE 1  4 3d_ci7m.ifdf m ms\n";
    let boundaries = "PROFILE fb_test TYPE 3  4 3d_ci7m.ifdf m ms\n 0.0 0.0 2 5.0\n 1.0 0.0 2 5.0\n";
    let faults = one(format!("{empty}EOD\n{boundaries}").as_bytes());
    assert_eq!((faults.kind, codes(&faults)), (DatasetKind::Faults, vec!["end-missing"]));
    let mut bytes = format!("{empty}EOD\n{boundaries}EOD\n").into_bytes();
    let place = bytes.windows(2).position(|w| w == b"fb").unwrap();
    bytes[place] = 0xE5;
    assert_eq!(codes(&one(&bytes)), ["encoding"]);
    // Where both kinds have rows the first tells it, and only that.
    let both = read(format!("{HEAD}{ROW}EOD\n{boundaries}").as_bytes()).unwrap();
    assert_eq!(both.iter().map(codes).collect::<Vec<_>>(), [vec!["end-missing"], vec![]]);
}

#[test]
fn what_is_no_row_is_named() {
    let says = |text: String| read(text.as_bytes()).unwrap_err().to_string();
    let message = says(format!("{HEAD}{ROW}this is no row\n"));
    assert!(message.contains("this is no row") && message.contains("line 4"), "{message}");
    let message = says(format!("{HEAD}{}", ROW.replace("   648.62", "      abc")));
    assert!(message.contains("line 3"), "{message}");
    assert!(says(HEAD.to_owned()).contains("no rows"));
    assert!(says(format!("PROFILE A TYPE 2 4\n{ROW}")).contains("TYPE 2"));
    let mixed = format!("{HEAD}{ROW}EOD\n{}{ROW}", HEAD.replace("ft ft", "m  ms"));
    assert!(says(mixed).contains("split the file"));
    assert!(says(ROW.to_owned()).contains("PROFILE"));
    for other in [
        "PROFILE,TYPE\n1,2\n",
        "PROFILE of a well\nTYPE 1\n",
        "PROFILE a TYPE x\n1 2 3\n",
        "PROFILE a TYPE 1\nhello\n",
        "",
    ] {
        assert!(!(FORMAT.recognise)(other.as_bytes()), "{other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_panics(text in "(PROFILE |TYPE 1 |TYPE 3 |EOD|SNAPPING PARAMETERS|1.5|\t|2 |I |1e30|ü| |\n){0,60}") {
        let _ = ((FORMAT.recognise)(text.as_bytes()), read(text.as_bytes()));
    }

    #[test]
    fn no_changed_row_panics(place in 0usize..100, with in any::<char>()) {
        let mut row: Vec<char> = ROW.chars().collect();
        if let Some(c) = row.get_mut(place) { *c = with; }
        let row: String = row.into_iter().collect();
        let _ = read(format!("{HEAD}{row}EOD").as_bytes());
    }
}
