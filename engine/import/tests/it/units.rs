//! Lengths come to the project's unit; what has no unit is said or refused.

use outcrop_import::Status;
use outcrop_types::{LengthUnit, field};

use crate::{ImportOptionsExt, Place, las, number_at, numbers, options, outcome, said, texts};

#[tokio::test]
async fn feet_come_into_a_metric_project() {
    let place = Place::metric().await;
    let text = las(
        "WELL. A-1 :\nEKB.FT 100 :\nTDD. 10000 :\nLMF. KB :",
        &["DEPT.FT", "GR.GAPI"],
        &[&[1000.0, 50.0], &[1000.5, 60.0]],
    );
    place.file(
        "a.las",
        text.replace("STRT.M", "STRT.FT").replace("STOP.M", "STOP.FT").replace("STEP.M 0 ", "STEP.FT 0.5 "),
    );
    let report = place.import(&["a.las"]).await;
    let logs = place.rows("logs").await;
    let md = numbers(&logs, "md");
    assert!((md[0].unwrap() - 304.8).abs() < 1e-9 && (md[1].unwrap() - 304.9524).abs() < 1e-9, "{md:?}");
    assert_eq!(field::unit(logs.schema().field_with_name("md").unwrap()), Some("m"));
    let wells = place.rows("wells").await;
    assert!((number_at(&wells, "datum_elevation", 0).unwrap() - 30.48).abs() < 1e-12);
    // A total depth without a unit is taken to be in the file's unit of depth, and that is said.
    assert!((number_at(&wells, "td", 0).unwrap() - 3048.0).abs() < 1e-9);
    assert!(said(&report.files[0], "header-unit-assumed")[0].contains("ft"));
    assert_eq!(said(&report.files[0], "index-converted").len(), 1);
    let curves = place.rows("curves").await;
    assert!((number_at(&curves, "step", 0).unwrap() - 0.1524).abs() < 1e-9);
    assert!((number_at(&curves, "top", 0).unwrap() - 304.8).abs() < 1e-9);
}

#[tokio::test]
async fn metres_come_into_a_project_in_feet() {
    let place = Place::new(LengthUnit::Foot).await;
    place
        .file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], &[&[304.8, 50.0]]))
        .file("tops.csv", "Well,Surface,MD (m)\nA-1,Top,304.8\n");
    place.import(&["*"]).await;
    for table in ["logs", "tops"] {
        assert!((numbers(&place.rows(table).await, "md")[0].unwrap() - 1000.0).abs() < 1e-9, "{table}");
    }
}

#[tokio::test]
async fn an_index_without_a_unit_is_not_guessed() {
    let place = Place::metric().await;
    let text = las("WELL. A-1 :", &["DEPT", "GR.GAPI"], &[&[1.0, 50.0]]);
    let bare = text.replace("STRT.M", "STRT.").replace("STOP.M", "STOP.").replace("STEP.M", "STEP.");
    // In ~Well it will do.
    place.file("well.las", &text).file("bare.las", &bare);
    let report = place.import(&["well.las", "bare.las"]).await;
    assert_eq!(outcome(&report, "well.las").status, Status::Imported);
    let failed = outcome(&report, "bare.las");
    assert_eq!(failed.status, Status::Failed);
    assert!(failed.message.contains("--unit depth=m"), "{}", failed.message);
    let report = place.import_with(&["bare.las"], &options().unit("depth", "ft")).await;
    assert_eq!(report.count(Status::Imported), 1);
    let md: Vec<f64> = numbers(&place.rows("logs").await, "md").into_iter().flatten().collect();
    assert!(md.contains(&1.0) && md.iter().any(|v| (v - 0.3048).abs() < 1e-12), "{md:?}");
}

#[tokio::test]
async fn units_of_tables_are_stated_assumed_or_refused() {
    let place = Place::metric().await;
    place
        .file("none.csv", "Well,Surface,MD\nA,Top,100\n")
        .file("wrong.csv", "Well,Surface,MD (psi)\nA,Top,100\n")
        .file("feet.csv", "Well,Surface,MD\nA,Base,1000\n");
    let report = place.import(&["none.csv", "wrong.csv"]).await;
    let assumed = said(outcome(&report, "none.csv"), "unit-assumed");
    assert!(assumed[0].contains("MD") && assumed[0].contains("--unit md=ft"), "{assumed:?}");
    let refused = outcome(&report, "wrong.csv");
    println!("{}", refused.message);
    assert_eq!(refused.status, Status::Failed);
    place.import_with(&["feet.csv"], &options().unit("md", "ft")).await;
    let mut md: Vec<f64> = numbers(&place.rows("tops").await, "md").into_iter().flatten().collect();
    md.sort_by(f64::total_cmp);
    assert!((md[0] - 100.0).abs() < 1e-12 && (md[1] - 304.8).abs() < 1e-9, "{md:?}");
}

#[tokio::test]
async fn two_units_of_depth_are_not_chosen_from() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. A-1 :", &["DEPT.FT", "GR.GAPI"], &[&[1000.0, 50.0]]));
    let report = place.import(&["a.las"]).await;
    assert_eq!(report.count(Status::Failed), 1);
    assert!(report.files[0].message.contains("--unit depth=m or --unit depth=ft"), "{}", report.files[0].message);
    let report = place.import_with(&["a.las"], &options().unit("depth", "m")).await;
    assert_eq!(said(&report.files[0], "unit-overridden").len(), 1);
    assert_eq!(numbers(&place.rows("logs").await, "md"), [Some(1000.0)]);
}

/// What is assumed of a unit is a row of `outcrop.import_issues` that names the file and the column.
#[tokio::test]
async fn a_unit_that_is_assumed_is_an_issue_of_its_file() {
    let place = Place::metric().await;
    place
        .file("in/tops.csv", "Well,Surface,MD\nA-1,Hugin,100.5\n")
        .file("in/surveys.csv", "Well,MD,Inclination,Azimuth GN\nA-1,0,0,0\nA-1,100,10,90\n")
        .file("in/stated.csv", "Well,Surface,MD (m)\nA-1,Base,200\n");
    place.import(&["in"]).await;
    let issues = place.rows("outcrop.import_issues").await;
    let (files, codes, curves) = (texts(&issues, "file"), texts(&issues, "code"), texts(&issues, "curve"));
    let assumed = (0..files.len()).filter(|row| codes[*row] == "unit-assumed");
    let mut found: Vec<(&str, &str)> = assumed.map(|row| (files[row].as_str(), curves[row].as_str())).collect();
    found.sort_unstable();
    assert_eq!(found, [("in/surveys.csv", "MD"), ("in/tops.csv", "MD")]);
    let message = texts(&issues, "message").into_iter().find(|m| m.starts_with("no unit stated for MD")).unwrap();
    assert!(message.contains("taken as the project's unit (m)") && message.contains("--unit md=ft"), "{message}");
}
