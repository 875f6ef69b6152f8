//! What an import warns about, keeps out or leaves empty, so that what is stored can be trusted.

use outcrop_import::ImportOptions;
use outcrop_import::{FileOutcome, Status};
use outcrop_types::Severity;

use crate::{Place, las, number_at, numbers, outcome, row_of, said, texts};

const CURVES: &[&str] = &["DEPT.M", "GR.GAPI"];

fn severity(outcome: &FileOutcome, code: &str) -> Option<Severity> {
    outcome.issues.iter().find(|n| n.issue.code == code).map(|n| n.issue.severity)
}

#[tokio::test]
async fn a_changed_file_is_warned_about() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. A-1 :", CURVES, &[&[1.0, 50.0]]));
    place.import(&["a.las"]).await;
    place.file("a.las", las("WELL. A-1 :", CURVES, &[&[1.0, 55.0]]));
    let report = place.import(&["a.las"]).await;
    let told = &said(&report.files[0], "log-set-again")[0];
    assert!(told.contains("`a` already") && told.contains("log_set = 'a_2'"), "{told}");
    assert_eq!(severity(&report.files[0], "log-set-again"), Some(Severity::Warning));
    // Two new files of one name say so, without a warning.
    place
        .file("x/b.las", las("WELL. B-1 :", CURVES, &[&[1.0, 1.0]]))
        .file("y/b.las", las("WELL. B-1 :", CURVES, &[&[1.0, 2.0]]));
    let report = place.import(&["x", "y"]).await;
    assert_eq!(severity(outcome(&report, "y/b.las"), "log-set-numbered"), Some(Severity::Info));
}

#[tokio::test]
async fn one_uwi_with_two_names_is_a_warning() {
    let place = Place::metric().await;
    place
        .file("1.las", las("WELL. Alpha 1 :\nUWI. 15/9-1 :", CURVES, &[&[1.0, 50.0]]))
        .file("2.las", las("WELL. Beta 7 :\nUWI. 15-9-1 :", CURVES, &[&[2.0, 50.0]]))
        .file("3.las", las("WELL. NO ALPHA-1 :\nUWI. 15/9-1 :", CURVES, &[&[3.0, 50.0]]))
        .file("tops.csv", "Well,UWI,Surface,MD (m)\nGamma 3,15/9-1,Hugin,100\nAlpha 1,15/9-1,Sleipner,120\n");
    let report = place.import(&["*"]).await;
    let told = &said(outcome(&report, "2.las"), "well-name-differs")[0];
    assert!(told.contains("Alpha 1") && told.contains("Beta 7") && told.contains("15-9-1"), "{told}");
    assert_eq!(severity(outcome(&report, "2.las"), "well-name-differs"), Some(Severity::Warning));
    assert!(said(outcome(&report, "3.las"), "well-name-differs").is_empty());
    let told = said(outcome(&report, "tops.csv"), "well-name-differs");
    assert!(told.len() == 1 && told[0].contains("Gamma 3"), "{told:?}");
    assert_eq!(texts(&place.rows("wells").await, "well"), ["Alpha 1"]);
}

#[tokio::test]
async fn wells_that_tables_are_joined_to_are_matched_unless_they_are_new() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. A-1 :", CURVES, &[&[1.0, 50.0]]))
        .file("tops.csv", "Well,Surface,MD (m)\nA-1,Hugin,100\n");
    let report = place.import(&["*"]).await;
    assert_eq!((report.wells_new, report.wells_matched), (1, 0));
    place.file("more.csv", "Well,Surface,MD (m)\nA-1,Sleipner,120\nZ-9,Sleipner,130\n");
    let report = place.import(&["more.csv"]).await;
    assert_eq!((report.wells_new, report.wells_matched, report.rows_unmatched), (0, 1, 1));
}

#[tokio::test]
async fn a_description_is_no_identifier() {
    let place = Place::metric().await;
    let header = "WELL.\tHOLE\t5\t\tWELL\nUWI\t.\t\tUNIQUE\tWELL\tID";
    place.file("tabs.las", las(header, CURVES, &[&[1.0, 50.0]]));
    place.file("blanks.las", las("WELL. H-6 :\nAPI.  API NUMBER", CURVES, &[&[1.0, 60.0]]));
    place.import(&["tabs.las", "blanks.las"]).await;
    let wells = place.rows("wells").await;
    assert_eq!(texts(&wells, "well"), ["H-6", "HOLE 5"]);
    assert_eq!(texts(&wells, "uwi"), ["", ""]);
}

#[tokio::test]
async fn stations_without_a_path_are_kept_out() {
    let place = Place::metric().await;
    let mut text = "Well,MD (m),Inc,Azi\n".to_owned();
    for n in 0..12 {
        text.push_str(&format!("A-1,{},{},45\n", n * 100, n));
    }
    // Line 14: no inclination; 15: the depth again at other angles; 16: a repeat; 17: a depth that goes back.
    text.push_str("B-1,0,0,0\nB-1,50,0,0\nB-1,100,240,10\nB-1,150,10,20\nB-1,150,30,20\nB-1,150,10,20\nB-1,140,9,20\n");
    // The opposite direction of the station before.
    text.push_str("C-1,0,0,0\nC-1,10,180,0\nC-1,20,1,0\n");
    place.file("s.csv", text);
    let report = place.import(&["s.csv"]).await;
    let file = &report.files[0];
    assert_eq!((file.status, file.kind.as_str()), (Status::Imported, "surveys"), "{}", file.message);
    for (code, wanted, line) in [
        ("survey-inclination", Severity::Error, 16),
        ("survey-contradiction", Severity::Warning, 18),
        ("survey-repeated", Severity::Info, 19),
        ("survey-order", Severity::Warning, 20),
        ("survey-opposite", Severity::Error, 22),
    ] {
        let noted = file.issues.iter().find(|n| n.issue.code == code).unwrap_or_else(|| panic!("{code}"));
        assert_eq!((noted.issue.severity, noted.issue.line), (wanted, Some(line)), "{code}");
        let well = if code == "survey-opposite" { "C-1" } else { "B-1" };
        assert!(noted.well.as_deref() == Some(well) && noted.issue.message.contains(well), "{noted:?}");
    }
    let surveys = place.rows("surveys").await;
    let of = |well: &str| -> Vec<f64> {
        let rows = texts(&surveys, "well").into_iter().zip(numbers(&surveys, "md"));
        rows.filter(|(w, _)| w == well).filter_map(|(_, md)| md).collect()
    };
    assert_eq!((of("A-1").len(), of("B-1"), of("C-1")), (12, vec![0.0, 50.0, 140.0, 150.0], vec![0.0, 20.0]));
    let inclination = numbers(&surveys, "inclination");
    assert!(inclination.contains(&Some(10.0)) && !inclination.contains(&Some(30.0)), "the first of two is kept");
}

#[tokio::test]
async fn two_surveys_of_one_import_are_told() {
    let place = Place::metric().await;
    place
        .file("a.csv", "Well,MD (m),Inc,Azi\nA-1,0,0,0\n")
        .file("b.csv", "Well,MD (m),Inc,Azi\nA-1,0,0,0\nA-1,9,1,0\n");
    let report = place.import(&["a.csv", "b.csv"]).await;
    assert!(said(outcome(&report, "b.csv"), "survey-again")[0].contains("A-1"));
}

#[tokio::test]
async fn picks_are_stored_once() {
    let place = Place::metric().await;
    place.file("1.csv", "Well,Surface,MD (m),Remark\nA-1,Hugin,100,x\nA-1,Hugin,100,y\nA-1,Hugin,105,z\n");
    let report = place.import(&["1.csv"]).await;
    let file = &report.files[0];
    assert_eq!((file.rows, report.rows_unmatched), (2, 2));
    assert_eq!(severity(file, "pick-repeated"), Some(Severity::Info));
    let again = &said(file, "pick-again")[0];
    assert!(again.contains("105") && again.contains("100") && again.contains("line 2"), "{again}");
    assert!(!again.contains("told apart"), "`file` does not tell two picks of one file apart: {again}");
    assert!(said(file, "columns-unused")[0].contains("Remark"));
    // Across files and imports, in whatever unit.
    place.file("2.csv", "Well,Surface,MD (ft)\nA-1,Hugin,328.08\nA-1,Hugin,344.49\n");
    let report = place.import(&["2.csv"]).await;
    assert_eq!((report.files[0].status, report.files[0].rows, report.commit), (Status::Unchanged, 0, None));
    assert!(report.files[0].message.contains("already"));
    // Two interpreters may disagree; a pick without one may be anybody's.
    place.file("3.csv", "Well,Surface,MD (m),Interpreter\nA-1,Heather,101,Ann\nA-1,Heather,102,Ben\n");
    let report = place.import(&["3.csv"]).await;
    assert!(said(&report.files[0], "pick-again").is_empty());
    place.file("4.csv", "Well,Surface,MD (m)\nA-1,Heather,102\nA-1,Heather,103\n");
    let report = place.import(&["4.csv"]).await;
    let again = said(&report.files[0], "pick-again");
    assert_eq!((report.files[0].rows, again.len()), (1, 1));
    assert!(again[0].contains("told apart by `file`"), "{again:?}");
    assert_eq!(place.rows("tops").await.num_rows(), 5);
    // Positions of picks that are there without are not lost.
    place.file("5.csv", "Well,Surface,MD (m),X,Y\nA-1,Hugin,100,431000,6478000\n");
    let report = place.import(&["5.csv"]).await;
    assert_eq!(report.files[0].rows, 1);
    assert!(said(&report.files[0], "pick-again")[0].contains("more columns"));
    let tops = place.rows("tops").await;
    assert_eq!(number_at(&tops, "x", tops.num_rows() - 1), Some(431000.0));
}

#[tokio::test]
async fn the_name_of_azimuths_says_the_north() {
    for (name, north) in [("Azimuth GN", "grid"), ("Azimuth TN", "true"), ("AZI_MN", "magnetic"), ("Azimuth", "")] {
        let place = Place::metric().await;
        place.file("s.csv", format!("Well,MD (m),Inclination,{name},Comment\nA-1,0,0,0,a\nA-1,10,1,20,b\n"));
        let report = place.import(&["s.csv"]).await;
        assert_eq!(texts(&place.rows("surveys").await, "north_reference"), [north, north], "{name}");
        assert!(said(&report.files[0], "columns-unused")[0].contains("Comment"));
    }
}

#[tokio::test]
async fn zero_degrees_north_and_east_is_not_known() {
    let place = Place::metric().await;
    place
        .file("w.csv", "Well,Lon,Lat,Operator\nA-1,0,0,Acme\nB-1,0,51.5,Acme\n")
        .file("c.las", las("WELL. C-1 :\nLATI. 0.0 :\nLONG. 0.0 :", CURVES, &[&[1.0, 2.0]]));
    let report = place.import(&["*"]).await;
    let wells = place.rows("wells").await;
    assert_eq!((0..3).map(|row| number_at(&wells, "lat", row)).collect::<Vec<_>>(), [None, Some(51.5), None]);
    assert_eq!(number_at(&wells, "lon", 1), Some(0.0));
    for file in ["w.csv", "c.las"] {
        assert_eq!(severity(outcome(&report, file), "position-zero"), Some(Severity::Warning), "{file}");
    }
}

#[tokio::test]
async fn a_unit_is_assumed_only_where_one_fits() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. A-1 :", &["DEPT.M", "DT", "CALI", "NPHI"], &[&[1.0, 150.0, 8.5, 0.3]]));
    place.file("b.las", las("WELL. B-1 :", &["DEPT.M", "DT", "RHOB"], &[&[1.0, 70.0, 2.4]]));
    let report = place.import(&["*.las"]).await;
    let told = said(outcome(&report, "a.las"), "unit-ambiguous");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told.iter().any(|t| t.contains("--unit DT=us/ft or --unit DT=us/m")), "{told:?}");
    assert!(told.iter().any(|t| t.contains("CALI=cm")), "{told:?}");
    let logs = place.rows("logs").await;
    let (a, b) = (row_of(&logs, "well", "A-1"), row_of(&logs, "well", "B-1"));
    assert_eq!((number_at(&logs, "dt", a), number_at(&logs, "dt", b)), (None, Some(70.0)));
    assert_eq!((number_at(&logs, "nphi", a), number_at(&logs, "nphi", b)), (Some(0.3), None));
    assert!(logs.column_by_name("cali").is_none());
    assert_eq!(said(outcome(&report, "b.las"), "unit-assumed").len(), 2);
}

/// Nothing that is recommended is something that cannot be done.
#[tokio::test]
async fn contradictions_recommend_what_works() {
    let place = Place::metric().await;
    place
        .file("w.csv", "Well,X (m),Y (m),TD (m)\nA-1,1,1,100\n")
        .file("v.csv", "Well,X (m),Y (m),TD (m)\nA-1,1,1,900\n");
    place.import(&["w.csv"]).await;
    let report = place.import(&["v.csv"]).await;
    let told = &said(&report.files[0], "well-contradiction")[0];
    assert!(!told.contains("UPDATE") && told.contains("correct the file"), "{told}");
}

/// A table of wells of several UTM zones: nobody's x and y are taken to be in another zone than the row states.
#[tokio::test]
async fn zones_of_rows_decide_their_system() {
    let place = Place::metric().await;
    place.file("w.csv", "Well,X,Y,UTM Zone\nA-1,431000,6478000,31\nB-1,475816,7900000,34\nC-1,431000,6478000,77\n");
    let options = ImportOptions { crs: Some("EPSG:23031".parse().unwrap()), ..ImportOptions::default() };
    let report = place.import_with(&["w.csv"], &options).await;
    let wells = place.rows("wells").await;
    assert_eq!(texts(&wells, "crs"), ["EPSG:23031", "EPSG:23034", ""]);
    let told = &said(&report.files[0], "crs-zone")[0];
    assert!(told.contains("zone 34 (1 rows)") && told.contains("EPSG:23031"), "{told}");
}
