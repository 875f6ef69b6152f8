//! Which well a file means.

use crate::{Place, las, number_at, outcome, row_of, said, texts};

const CURVES: &[&str] = &["DEPT.M", "GR.GAPI"];
const ROWS: &[&[f64]] = &[&[100.0, 50.0], &[101.0, 60.0]];

#[tokio::test]
async fn wells_match_by_uwi_then_by_name() {
    let place = Place::metric().await;
    place.file("first.las", las("WELL. A-1 :\nUWI. 100/06-31-070-11W4/00 :", CURVES, ROWS));
    place.import(&["first.las"]).await;
    place
        .file("by_uwi.las", las("WELL. Other name :\nUWI. 00/06-31-070-11W4/0 :", CURVES, &[&[1.0, 2.0]]))
        .file("by_name.las", las("WELL. a 1 :", CURVES, &[&[3.0, 4.0]]))
        .file("new.las", las("WELL. B-1 :", CURVES, &[&[5.0, 6.0]]));
    let report = place.import(&["by_uwi.las", "by_name.las", "new.las"]).await;
    assert_eq!((report.wells_matched, report.wells_new), (1, 1));
    assert_eq!(outcome(&report, "by_uwi.las").wells, ["A-1"]);
    assert!(said(outcome(&report, "by_uwi.las"), "well-matched")[0].contains("Other name"));
    assert_eq!(outcome(&report, "by_name.las").wells, ["A-1"]);
    assert!(said(outcome(&report, "new.las"), "well-new")[0].contains("B-1"));
    assert_eq!(texts(&place.rows("wells").await, "well"), ["A-1", "B-1"]);
}

#[tokio::test]
async fn two_wells_of_one_name_are_told_apart() {
    let place = Place::metric().await;
    place
        .file("1.las", las("WELL. ONE :\nUWI. 1-A :", CURVES, ROWS))
        .file("2.las", las("WELL. ONE :\nUWI. 1-B :", CURVES, &[&[1.0, 1.0]]))
        .file("tops.csv", "Well,Surface,MD (m)\nONE,Top,10\n")
        .file("uwis.csv", "UWI,Surface,MD (m)\n1-B,Top,20\n");
    let report = place.import(&["*"]).await;
    let twice = &said(outcome(&report, "2.las"), "well-name-twice")[0];
    assert!(twice.contains("1-A") && twice.contains("1-B"), "{twice}");
    assert_eq!(texts(&place.rows("wells").await, "well"), ["ONE", "ONE (1-B)"]);
    // A pick of `ONE` may be of either: it is joined to none, and that is said.
    let ambiguous = &said(outcome(&report, "tops.csv"), "well-ambiguous")[0];
    assert!(ambiguous.contains("1-A") && ambiguous.contains("1-B"), "{ambiguous}");
    assert_eq!(report.rows_unmatched, 1);
    assert_eq!(outcome(&report, "uwis.csv").wells, ["ONE (1-B)"]);
}

#[tokio::test]
async fn a_file_without_a_well_is_called_by_its_name() {
    let place = Place::metric().await;
    place.file("X-7.las", las("FLD. F :", CURVES, ROWS));
    let report = place.import(&["X-7.las"]).await;
    assert_eq!(texts(&place.rows("wells").await, "well"), ["X-7"]);
    assert_eq!(said(&report.files[0], "well-from-file-name").len(), 1);
}

#[tokio::test]
async fn headers_state_the_well_and_contradictions_are_told() {
    let place = Place::metric().await;
    let header = "WELL. A-1 :\nCOMP. Acme :\nFLD. North :\nX.M 500000 :\nY.M 6000000 :\nLATI. 58 26 30.5 N :\nLONG. 1.5 :\n\
                  LMF. KB :\nEKB.FT 100 :\nEGL.M 5 :\nTDD.M 2000 :\nSRVC. SLB : SERVICE COMPANY";
    place.file("a.las", las(header, CURVES, ROWS));
    let report = place.import(&["a.las"]).await;
    let wells = place.rows("wells").await;
    let text = |column| texts(&wells, column)[0].clone();
    assert_eq!(
        (text("operator"), text("field"), text("datum"), text("crs")),
        ("Acme".into(), "North".into(), "KB".into(), String::new())
    );
    assert_eq!(number_at(&wells, "x", 0), Some(500_000.0));
    assert_eq!(number_at(&wells, "datum_elevation", 0), Some(30.48));
    assert_eq!(number_at(&wells, "td", 0), Some(2000.0));
    assert_eq!(number_at(&wells, "lon", 0), Some(1.5));
    assert!((number_at(&wells, "lat", 0).unwrap() - (58.0 + 26.0 / 60.0 + 30.5 / 3600.0)).abs() < 1e-12);
    assert!(
        text("headers").contains(r#""SRVC":{"description":"SERVICE COMPANY","value":"SLB"}"#),
        "{}",
        text("headers")
    );
    assert!(text("headers").contains("EGL"), "ground level is no datum here");
    assert_eq!(said(&report.files[0], "crs-unknown").len(), 1);

    place.file("b.las", las("WELL. A-1 :\nX.M 500100 :\nY.M 6000000 :\nTDD.M 2000.4 :", CURVES, &[&[1.0, 1.0]]));
    let report = place.import(&["b.las"]).await;
    let told = said(&report.files[0], "well-contradiction");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("500000") && told[0].contains("500100"));
    assert_eq!(number_at(&place.rows("wells").await, "x", 0), Some(500_000.0), "what is there stays");
}

#[tokio::test]
async fn an_unclear_datum_stays_empty() {
    let place = Place::metric().await;
    place
        .file("two.las", las("WELL. A-1 :\nEKB.M 30 :\nEDF.M 29 :", CURVES, ROWS))
        .file("ground.las", las("WELL. B-1 :\nEGL.M 30 :", CURVES, ROWS.get(..1).unwrap()))
        .file("one.las", las("WELL. C-1 :\nEDF.M 29 :\nEGL.M 20 :", CURVES, ROWS.get(1..).unwrap()))
        .file("above.las", las("WELL. D-1 :\nLMF. RT :\nAPD.M 12 :\nPDAT. GL :", CURVES, &[&[7.0, 7.0]]));
    let report = place.import(&["*.las"]).await;
    let wells = place.rows("wells").await;
    let of = |well| {
        let row = row_of(&wells, "well", well);
        (texts(&wells, "datum")[row].clone(), number_at(&wells, "datum_elevation", row))
    };
    assert_eq!(of("A-1"), (String::new(), None));
    assert!(said(outcome(&report, "two.las"), "datum-unclear")[0].contains("KB 30"));
    assert_eq!(of("B-1"), (String::new(), None));
    assert_eq!(of("C-1"), ("DF".to_owned(), Some(29.0)));
    assert_eq!(of("D-1"), ("RT".to_owned(), None), "above a ground level that is not stated");
}
