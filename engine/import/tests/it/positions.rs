//! Surveys that are given as positions along the hole.

use outcrop_import::{Kind, Status};
use outcrop_types::LengthUnit;

use crate::{ImportOptionsExt, Place, data, las, number_at, numbers, options, outcome, row_of, said, texts};

/// A quarter of a circle of 100 m from straight down to the east, from md 0 at 50 m below sea level, every 15 degrees.
fn arc() -> String {
    let mut text = String::from("name Arc 1\n");
    for k in 0..=6 {
        let angle = (15.0 * f64::from(k)).to_radians();
        text.push_str(&format!(
            "{} 2000 {} {}\n",
            1000.0 + 100.0 * (1.0 - angle.cos()),
            50.0 + 100.0 * angle.sin(),
            100.0 * angle
        ));
    }
    text
}

#[tokio::test]
async fn a_curved_path_gives_its_directions() {
    let place = Place::metric().await;
    place.file("arc.dev", arc());
    let report = place.import(&["arc.dev"]).await;
    let file = &report.files[0];
    assert_eq!(
        (file.kind.as_str(), file.rows, file.wells.as_slice()),
        ("surveys", 7, &["Arc 1".to_owned()][..]),
        "{file:?}"
    );
    let surveys = place.rows("surveys").await;
    for (k, inclination) in numbers(&surveys, "inclination").into_iter().enumerate() {
        assert!((inclination.unwrap() - 15.0 * k as f64).abs() < 1e-6, "{k}: {inclination:?}");
    }
    assert!((number_at(&surveys, "azimuth", 6).unwrap() - 90.0).abs() < 1e-6);
    assert_eq!(texts(&surveys, "north_reference"), ["grid"; 7]);
    // The well begins at md 0: its head, and the datum that depths count from.
    let wells = place.rows("wells").await;
    let row = row_of(&wells, "well", "Arc 1");
    let of = |column: &str| number_at(&wells, column, row);
    assert_eq!((of("x"), of("y"), of("datum_elevation")), (Some(1000.0), Some(2000.0), Some(-50.0)));
    assert_eq!(said(file, "datum-from-path").len(), 1);
    assert!(said(file, "survey-from-positions")[0].contains("7 positions give 7 stations"), "{file:?}");
    // No unit is stated: each is taken for the project's, and told.
    assert_eq!(said(file, "unit-assumed").len(), 4, "{file:?}");
}

#[tokio::test]
async fn straight_pieces_keep_their_bends_and_their_lengths() {
    let place = Place::new(LengthUnit::Foot).await;
    // 100 m down, 100 m east, 100 m north.
    place.file("bent.dev", "WELLNAME: Bent\n0 0 0 0\n0 0 100 100\n100 0 100 200\n100 100 100 300\n-999\n");
    let stated = ["x", "y", "md", "tvdss"].into_iter().fold(options(), |o, role| o.unit(role, "m"));
    let report = place.import_with(&["bent.dev"], &stated).await;
    let file = &report.files[0];
    assert_eq!((file.status, file.rows), (Status::Imported, 6), "one at each end and two at each bend: {file:?}");
    assert!(said(file, "survey-from-positions")[0].contains("straight pieces"), "{file:?}");
    let surveys = place.rows("surveys").await;
    let of = |column: &str| numbers(&surveys, column).into_iter().map(Option::unwrap).collect::<Vec<f64>>();
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.004);
    assert!(near(&of("md"), &[0.0, 328.084, 328.084, 656.168, 656.168, 984.252]), "{:?}", of("md"));
    assert!(near(&of("inclination"), &[0.0, 0.0, 90.0, 90.0, 90.0, 90.0]), "{:?}", of("inclination"));
    assert!(near(&of("azimuth"), &[0.0, 0.0, 90.0, 90.0, 0.0, 0.0]), "{:?}", of("azimuth"));
}

#[tokio::test]
async fn positions_that_cannot_be_right_are_told() {
    let place = Place::metric().await;
    place
        .file("a.dev", "name A\n0 0 0 0\n0 0 100 100\n0 0 100 110\n0 0 100 100\n0 0 200 200\n")
        .file("b.dev", "name B\n0 0 50 1000\n0 0 150 1100\n")
        .file("c.dev", "name C\n0 0 9 10\n")
        .file("d.dev", "name D\n0 0 0 0\n300 0 100 100\n0 0 400 200\n");
    let report = place.import(&["a.dev"]).await;
    let file = &report.files[0];
    assert_eq!(
        (file.rows, said(file, "survey-repeated").len(), said(file, "survey-order").len()),
        (3, 2, 1),
        "{file:?}"
    );
    let report = place.import(&["b.dev"]).await;
    assert!(said(&report.files[0], "well-head-unknown")[0].contains("md 1000"), "{report:?}");
    assert!(!texts(&place.rows("wells").await, "well").contains(&"B".to_owned()));
    let report = place.import(&["c.dev"]).await;
    assert_eq!(report.files[0].status, Status::Failed, "{report:?}");
    assert!(said(&report.files[0], "survey-positions")[0].contains("at least 2"), "{report:?}");
    // Measured depths shorter than the distances: no path goes through these.
    let report = place.import(&["d.dev"]).await;
    assert!(said(&report.files[0], "survey-off-positions")[0].contains("--kind points"), "{report:?}");
}

#[tokio::test]
async fn any_table_of_positions_is_a_survey_where_that_is_said() {
    let place = Place::metric().await;
    let rows: String = (0..=4).map(|k| format!("W-1,{},500,{},{}\n", 1000 + 3 * k, -(10 + 4 * k), 5 * k)).collect();
    place.file("t.csv", format!("Well,Easting,Northing,TVDSS,MD\n{rows}"));
    let mut said_so = options();
    said_so.kind = Some(Kind::Surveys);
    let report = place.import_with(&["t.csv"], &said_so).await;
    assert_eq!((report.files[0].status, report.files[0].rows), (Status::Imported, 5), "{report:?}");
    let surveys = place.rows("surveys").await;
    let inclination = number_at(&surveys, "inclination", 2).unwrap();
    assert!((inclination - 3.0f64.atan2(4.0).to_degrees()).abs() < 1e-9, "elevations are turned: {inclination}");
}

#[tokio::test]
async fn the_head_is_of_the_well_that_is_stated_or_that_the_file_is_called_by() {
    let rows = "MD,X,Y,TVDSS\n0,1000,2000,-25\n100,1000,2000,75\n200,1000,2010,174\n";
    let mut surveys = options();
    surveys.kind = Some(Kind::Surveys);
    let head = async |place: &Place, well: &str| {
        let wells = place.rows("wells").await;
        let row = row_of(&wells, "well", well);
        ["x", "y", "datum_elevation"].map(|column| number_at(&wells, column, row))
    };
    let expected = [Some(1000.0), Some(2000.0), Some(25.0)];
    // Stated: the well is made, as one that the file names is.
    let place = Place::metric().await;
    place.file("path.csv", rows);
    let mut stated = surveys.clone();
    stated.well = Some("A-1".to_owned());
    let report = place.import_with(&["path.csv"], &stated).await;
    assert_eq!(report.files[0].wells, ["A-1"], "{report:?}");
    assert_eq!((head(&place, "A-1").await, said(&report.files[0], "datum-from-path").len()), (expected, 1));
    assert!(said(&report.files[0], "well-unmatched").is_empty(), "{report:?}");
    // Where measured depth 0 is not there, that is told of the stated well too.
    place.file("deep.csv", rows.replace("0,1000,2000,-25\n", ""));
    stated.well = Some("A-2".to_owned());
    let report = place.import_with(&["deep.csv"], &stated).await;
    assert!(said(&report.files[0], "well-head-unknown")[0].contains("`A-2`"), "{report:?}");
    // By the file's name, where it is that of a well.
    let place = Place::metric().await;
    place.file("OUT-7_path.csv", rows).file("log.las", las("WELL. OUT-7 :", &["DEPT.M", "GR.GAPI"], &[&[10.0, 50.0]]));
    let report = place.import_with(&["OUT-7_path.csv", "log.las"], &surveys).await;
    let path = outcome(&report, "OUT-7_path.csv");
    assert_eq!((path.wells.as_slice(), path.rows), (&["OUT-7".to_owned()][..], 3), "{report:?}");
    assert_eq!((head(&place, "OUT-7").await, said(path, "well-from-file-name").len()), (expected, 1), "{report:?}");
    assert_eq!(texts(&place.rows("wells").await, "well"), ["OUT-7"]);
    // A name of a file that is no well makes none; that the path has no head is told.
    place.file("other.csv", format!("{rows}300,1000,2020,273\n"));
    let report = place.import_with(&["other.csv"], &surveys).await;
    assert_eq!(report.files[0].rows, 4, "{report:?}");
    assert!(said(&report.files[0], "well-head-unknown")[0].contains("--well NAME"), "{report:?}");
    assert_eq!(texts(&place.rows("wells").await, "well"), ["OUT-7"]);
}

/// The path of the file is straight pieces: the survey brings its positions back.
#[tokio::test]
async fn the_path_of_the_data_is_a_survey() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let report = place.import(&[&data.join("wells/deviation/wellpath_a.dev").display().to_string()]).await;
    let file = &report.files[0];
    assert_eq!((file.kind.as_str(), file.wells.as_slice()), ("surveys", &["Well Path A".to_owned()][..]), "{file:?}");
    assert_eq!(file.rows, 82, "42 positions: one station at each end, two at each of 40 bends");
    let message = &said(file, "survey-from-positions")[0];
    let off: f64 = message.rsplit("at most ").next().unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(off < 0.05, "{message}");
}
