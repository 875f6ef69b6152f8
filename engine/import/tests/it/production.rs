//! Tables of production: wells, periods, units, and rows that are there twice.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use outcrop_import::{FileOutcome, Kind, Status};
use outcrop_types::field;

use crate::{ImportOptionsExt, Place, data, las, numbers, options, outcome, row_of, said, texts};

/// A column of days as dates read; empty where null.
fn days(batch: &RecordBatch, column: &str) -> Vec<String> {
    let column = batch.column_by_name(column).unwrap().as_primitive::<Date32Type>();
    let shown = |row| column.value_as_date(row).unwrap().to_string();
    (0..column.len()).map(|row| if column.is_valid(row) { shown(row) } else { String::new() }).collect()
}

fn unit(batch: &RecordBatch, column: &str) -> Option<String> {
    field::unit(batch.schema().field_with_name(column).unwrap()).map(str::to_owned)
}

fn imported(file: &FileOutcome, rows: u64) {
    assert_eq!((file.kind.as_str(), file.status, file.rows), ("production", Status::Imported, rows), "{file:?}");
}

#[tokio::test]
async fn months_of_wells_that_are_known_and_of_others() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. 15/9-F-12 :\nUWI. U1 :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 2.0]])).file(
        "monthly.csv",
        "Wellbore name,NPDCode,Year,Month,On Stream,Oil,Gas,Water,WI,Remark\n,,,,hrs,Sm3,Sm3,Sm3,Sm3,\n\
         15_9-F-12,5599,2014,5,700,1500.5,20000,10,,\n15_9-F-12,5599,2014,4,600,1000.5,15000,5,,new pump\n\
         F-99,1,2014,4,,,,,142000,\nF-99,1,,,,,,,7,\n",
    );
    let report = place.import(&["a.las", "monthly.csv"]).await;
    let file = outcome(&report, "monthly.csv");
    imported(file, 3);
    assert_eq!(file.wells, ["15/9-F-12"]);
    assert_eq!((report.wells_unmatched.as_slice(), report.rows_unmatched), (&["F-99".to_owned()][..], 1));
    assert_eq!((said(file, "well-unmatched").len(), said(file, "row-incomplete").len()), (1, 1));
    let rows = place.rows("production").await;
    // Each well's in order of time.
    assert_eq!(texts(&rows, "well"), ["15/9-F-12", "15/9-F-12", "F-99"]);
    assert_eq!(days(&rows, "period_start"), ["2014-04-01", "2014-05-01", "2014-04-01"]);
    assert_eq!(days(&rows, "period_end"), ["2014-04-30", "2014-05-31", "2014-04-30"]);
    assert_eq!(numbers(&rows, "oil"), [Some(1000.5), Some(1500.5), None]);
    assert_eq!(numbers(&rows, "water_injection"), [None, None, Some(142_000.0)]);
    assert_eq!(texts(&rows, "remark"), ["new pump", "", ""]);
    assert_eq!((unit(&rows, "oil").as_deref(), unit(&rows, "hours_on").as_deref()), (Some("Sm3"), Some("h")));
    assert_eq!(texts(&rows, "file"), [file.sha256.as_str(); 3]);
    let schema = rows.schema();
    let oil = schema.field_with_name("oil").unwrap();
    assert_eq!(field::description(oil), Some("Oil of the period"));
    assert!(said(file, "unit-unknown")[0].contains("NPDCode"));
}

#[tokio::test]
async fn a_column_has_one_unit() {
    let place = Place::metric().await;
    place
        .file("si.csv", "Well,Date,Oil (Sm3),Gas (Sm3),WHP\nA,2014-01,100,1000,50\n")
        .file("field.csv", "Well,Date,OIL (bbl),GAS (MSCF),Oil rate (bbl/d)\nA,2014-02,100,10,3\n")
        .file("none.csv", "Well,Date,Oil,Gas (Sm3)\nA,2014-03,100,10\n")
        .file("mass.csv", "Well,Date,Oil [t],Gas (Sm3)\nA,2014-03,100,10\n")
        .file("feet.csv", "Well,Date,Oil rate (Mcf/d),Gas (Mcf)\nA,2014-04,100,10\n");
    imported(&place.import(&["si.csv"]).await.files[0], 1);
    let report = place.import(&["field.csv"]).await;
    imported(&report.files[0], 1);
    let told = said(&report.files[0], "unit-converted");
    assert!(told.len() == 2 && told[0].contains("from bbl to Sm3") && told[0].contains("0.158987294928"), "{told:?}");
    let rows = place.rows("production").await;
    let by_date = |column: &str, start: &str| {
        let row = days(&rows, "period_start").iter().position(|d| d == start).unwrap();
        numbers(&rows, column)[row].unwrap()
    };
    // A barrel is 0.158987294928 m3, a thousand cubic feet are 28.316846592 m3.
    assert!((by_date("oil", "2014-02-01") - 15.898_729_492_8).abs() < 1e-12);
    assert!((by_date("gas", "2014-02-01") - 283.168_465_92).abs() < 1e-10);
    assert_eq!((by_date("oil", "2014-01-01"), by_date("oil_rate", "2014-02-01")), (100.0, 3.0));
    assert_eq!((unit(&rows, "oil").as_deref(), unit(&rows, "oil_rate").as_deref()), (Some("Sm3"), Some("bbl/d")));
    // What does not say its unit, or has one that does not convert, is refused.
    for (name, says) in [
        ("none.csv", "--unit \"Oil\"=Sm3"),
        ("mass.csv", "is in t, and `oil` of `production` is in Sm3"),
        ("feet.csv", "is in Mcf/d, and `oil_rate` of `production` is in bbl/d"),
    ] {
        let report = place.import(&[name]).await;
        assert!(
            report.files[0].status == Status::Failed && report.files[0].message.contains(says),
            "{:?}",
            report.files
        );
    }
    let report = place.import_with(&["none.csv"], &options().unit("oil", "bbl")).await;
    imported(&report.files[0], 1);
    // Two files of one import are no different from two imports.
    let place = Place::metric().await;
    place
        .file("1.csv", "Well,Date,Oil (MSTB),Water (bbl)\nA,2014-01,1,2\n")
        .file("2.csv", "Well,Date,Oil (STB),Water (bbl)\nA,2014-02,500,2\n");
    place.import(&["1.csv", "2.csv"]).await;
    let rows = place.rows("production").await;
    assert_eq!(numbers(&rows, "oil"), [Some(1.0), Some(0.5)]);
    assert_eq!(unit(&rows, "oil").as_deref(), Some("MSTB"));
}

#[tokio::test]
async fn units_may_stand_in_the_rows() {
    let place = Place::metric().await;
    let head = "UWI,ProductionMonth,ProductID,Volume,Unit\n";
    place
        .file("a.csv", format!("{head}U1,2014-01,OIL,10,m3\nU1,2014-01,GAS,2,e3m3\n"))
        .file("b.csv", format!("{head}U1,2014-02,OIL,10,bbl\nU1,2014-02,GAS,2,mcf\n"))
        .file("c.csv", format!("{head}U1,2014-03,OIL,10,bbl\nU1,2014-03,GAS,2,furlong\n"));
    let report = place.import(&["a.csv"]).await;
    imported(&report.files[0], 2);
    assert!(said(&report.files[0], "unit-converted")[0].contains("1 values converted from e3m3 to m3"));
    let rows = place.rows("production").await;
    let gas = row_of(&rows, "stream", "GAS");
    assert_eq!((numbers(&rows, "volume")[gas], unit(&rows, "volume").as_deref()), (Some(2000.0), Some("m3")));
    // To cubic metres both convert; liquids and gas of the oil field have no unit in common.
    imported(&place.import(&["b.csv"]).await.files[0], 2);
    let report = place.import(&["c.csv"]).await;
    assert!(report.files[0].message.contains("`furlong` of column Unit (line 3)"), "{:?}", report.files[0]);
    let other = Place::metric().await;
    other.file("b.csv", format!("{head}U1,2014-02,OIL,10,bbl\nU1,2014-02,GAS,2,mcf\n"));
    let report = other.import(&["b.csv"]).await;
    assert!(report.files[0].message.contains("volumes in bbl and in Mcf (line 3)"), "{:?}", report.files[0]);
}

#[tokio::test]
async fn rows_of_one_period_are_told() {
    let place = Place::metric().await;
    place
        .file(
            "a.csv",
            "Well,Date,Oil (bbl),Gas (Mcf),Completion\nA,2014-01,1,2,upper\nA,2014-01,1,2,upper\nA,2014-01,3,4,lower\nA,2014-02,5,6,upper\n",
        )
        .file("b.csv", "Well,Date,Oil (bbl),Gas (Mcf),Remark\nA,2014-01,1,2,x\nA,2014-01,3,2,y\n")
        .file("c.csv", "Well,Date,Oil (bbl),Gas (Mcf),Completion\nA,2014-02,50,60,upper\nA,2014-03,7,8,upper\n");
    let report = place.import(&["a.csv"]).await;
    let file = &report.files[0];
    imported(file, 3);
    // Two completions are two zones; a row that stands twice is stored once.
    assert_eq!((said(file, "period-repeated").len(), said(file, "period-twice").len()), (1, 0), "{:?}", file.issues);
    let report = place.import(&["b.csv"]).await;
    let file = &report.files[0];
    imported(file, 2);
    let twice = &file.issues.iter().find(|n| n.issue.code == "period-twice").unwrap();
    assert_eq!((twice.well.as_deref(), twice.issue.line), (Some("A"), Some(3)));
    assert!(twice.issue.message.contains("line 2") && twice.issue.message.contains("--map zone=Remark"), "{twice:?}");
    assert!(said(file, "production-again").is_empty(), "another zone was there");
    let report = place.import(&["c.csv"]).await;
    let again = report.files[0].issues.iter().find(|n| n.issue.code == "production-again").unwrap();
    assert_eq!(again.issue.line, Some(2));
    assert!(again.issue.message.starts_with("1 rows") && again.issue.message.contains("(A)"), "{again:?}");
    assert_eq!(place.rows("production").await.num_rows(), 7);
}

#[tokio::test]
async fn dates_that_may_be_two_are_refused_until_stated() {
    let place = Place::metric().await;
    place.file("a.csv", "Well,Date,Oil (bbl),Gas (Mcf)\nA,01/02/2014,1,2\nA,02/02/2014,1,2\n");
    let report = place.import(&["a.csv"]).await;
    let file = &report.files[0];
    assert!(file.status == Status::Failed && file.message.contains("--map 'date(dd/mm/yyyy)=Date'"), "{file:?}");
    let mut stated = options();
    stated.map = vec![("date(dd/mm/yyyy)".to_owned(), "Date".to_owned())];
    imported(&place.import_with(&["a.csv"], &stated).await.files[0], 2);
    let rows = place.rows("production").await;
    assert_eq!(days(&rows, "period_start"), ["2014-02-01", "2014-02-02"]);
    assert_eq!(days(&rows, "period_end"), ["", ""]);
}

#[tokio::test]
async fn a_file_of_one_well_and_a_stated_kind() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. F-12 :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 2.0]]))
        .file("F-12_production.csv", "Date,Oil (Sm3),Gas (Sm3)\n2014-01-01,1,2\n2014-01-02,3,4\n")
        .file("b.csv", "when,a\n2014-01,5\n");
    let report = place.import(&["a.las", "F-12_production.csv"]).await;
    let file = outcome(&report, "F-12_production.csv");
    imported(file, 2);
    assert_eq!((file.wells.as_slice(), said(file, "well-from-file-name").len()), (&["F-12".to_owned()][..], 1));
    let mut stated = options();
    stated.kind = Some("production".parse::<Kind>().unwrap());
    stated.map = vec![("date".to_owned(), "when".to_owned()), ("oil".to_owned(), "a".to_owned())];
    stated.units = vec![("oil".to_owned(), "Sm3".to_owned())];
    stated.well = Some("F-12".to_owned());
    imported(&place.import_with(&["b.csv"], &stated).await.files[0], 1);
    assert_eq!(numbers(&place.rows("production").await, "oil"), [Some(1.0), Some(3.0), Some(5.0)]);
}

/// Cumulatives after one, two and three years of 73 wells; sums and means as pandas has them.
#[tokio::test]
async fn cumulatives_without_dates_keep_their_columns() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let path = data.join("wells/tables/res21_production_history.csv");
    let report = place.import(&[path.to_str().unwrap()]).await;
    let file = &report.files[0];
    imported(file, 73);
    assert_eq!(said(file, "period-unknown").len(), 1);
    let rows = place.rows("production").await;
    assert!(days(&rows, "period_start").iter().all(String::is_empty));
    let expected = data.join("expected/wells/tables/res21_production_history.csv.json");
    let expected: serde_json::Value = serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap();
    let mut compared = 0;
    for column in expected["csv"]["columns"].as_array().unwrap().iter().skip(1) {
        let heading = column["name"].as_str().unwrap();
        let name = outcrop_types::identity::column_name(heading.strip_suffix(", MSTB").unwrap());
        let values: Vec<f64> = numbers(&rows, &name).into_iter().flatten().collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((mean - column["mean"].as_f64().unwrap()).abs() < 1e-9, "{name}");
        assert_eq!(values.iter().copied().fold(0.0, f64::max), column["max"].as_f64().unwrap(), "{name}");
        assert_eq!(unit(&rows, &name).as_deref(), Some("MSTB"));
        compared += 1;
    }
    assert_eq!(compared, 6);
}
