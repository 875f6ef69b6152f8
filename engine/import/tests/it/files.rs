//! Files of all kinds: what is read, what fails, what is recognised.

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use outcrop_import::{ImportError, ImportOptions, Kind, Status};
use outcrop_types::tables::TableName;
use outcrop_types::{ZKind, field};

use crate::{ImportOptionsExt, Place, data, las, numbers, options, outcome, said, statuses, texts};

const ROWS3: &[&[f64]] = &[&[100.0, 50.0, 1.0], &[100.5, 55.0, 2.0], &[101.0, 60.0, 3.0]];
const ROWS: &[&[f64]] = &[&[100.0, 50.0], &[100.5, 55.0], &[101.0, -999.25]];

#[tokio::test]
async fn a_mixed_folder_is_imported_in_one_call() {
    let place = Place::metric().await;
    place
        .file("in/a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], ROWS))
        .file("in/sub/B.LAS", las("WELL. B-2 :", &["DEPT.M", "GR.GAPI"], ROWS))
        .file("in/cloud.las", b"LASF\x00\x00\x01\x02 point cloud")
        .file("in/tops.csv", "Well,Surface,MD (m)\nA-1,Hugin,100.5\nC-9,Hugin,200\n")
        .file("in/picture.png", b"\x89PNG\r\n\x1a\n")
        .file("in/numbers.csv", "alpha,beta\n1,2\n3,4\n")
        .file("in/empty.las", "");
    let report = place.import(&["in"]).await;
    let expected = [
        ("in/a.las", Status::Imported),
        ("in/cloud.las", Status::Failed),
        ("in/empty.las", Status::Failed),
        ("in/numbers.csv", Status::Failed),
        ("in/picture.png", Status::Failed),
        ("in/sub/B.LAS", Status::Imported),
        ("in/tops.csv", Status::Imported),
    ];
    assert_eq!(statuses(&report), expected.map(|(p, s)| (p.to_owned(), s)));
    assert!(outcome(&report, "cloud.las").message.contains("LiDAR"));
    assert!(outcome(&report, "picture.png").message.contains("outcrop.formats"));
    let unknown = &outcome(&report, "numbers.csv").message;
    assert!(unknown.contains("alpha, beta") && unknown.contains("--kind") && unknown.contains("--map"), "{unknown}");
    assert_eq!((report.wells_new, report.rows_unmatched), (2, 1));
    assert_eq!(report.wells_unmatched, ["C-9"]);
    assert!(said(outcome(&report, "tops.csv"), "well-unmatched")[0].contains("C-9"));

    // The report is in the project, with the commit it belongs to.
    let imports = place.rows("outcrop.imports").await;
    assert_eq!(imports.num_rows(), 7);
    let commits = imports.column_by_name("commit").unwrap().as_primitive::<Int64Type>().clone();
    assert!(commits.iter().all(|c| c == report.commit.map(|c| c as i64)));
    let issues = place.rows("outcrop.import_issues").await;
    assert!(texts(&issues, "severity").contains(&"error".to_owned()));
    // Originals of what was imported are kept byte for byte.
    let object = &outcome(&report, "a.las").object;
    let kept = std::fs::read(place.project.folder().join(object.as_ref().unwrap())).unwrap();
    assert_eq!(kept, std::fs::read(place.dir.path().join("in/a.las")).unwrap());
    assert!(outcome(&report, "picture.png").object.is_none());
}

#[tokio::test]
async fn the_same_content_is_recognised_and_a_changed_file_is_added() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], ROWS))
        .file("t.csv", "Well,Surface,MD (m)\nA-1,Hugin,100\n");
    let first = place.import(&["a.las", "t.csv"]).await;
    // The folder holds the project as well, which is not imported into itself.
    let again = place.import(&["."]).await;
    assert_eq!((again.commit, again.count(Status::Unchanged)), (None, 2));
    assert_eq!(place.project.head().await.unwrap().number, first.commit.unwrap());
    // A copy under another name is the same content.
    place.file("copy.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], ROWS));
    let copy = place.import(&["copy.las"]).await;
    assert_eq!(copy.count(Status::Unchanged), 1);
    assert!(copy.files[0].message.contains("a.las"), "{}", copy.files[0].message);
    // The changed file is another log set of the same well.
    place.file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], &[&[100.0, 1.0]]));
    let changed = place.import(&["a.las"]).await;
    assert_eq!((changed.count(Status::Imported), changed.wells_matched, changed.wells_new), (1, 1, 0));
    let logs = place.rows("logs").await;
    let sets: std::collections::BTreeSet<String> = texts(&logs, "log_set").into_iter().collect();
    assert_eq!(sets.into_iter().collect::<Vec<_>>(), ["a", "a_2"]);
    assert_eq!(logs.num_rows(), 4);
    assert_eq!(place.rows("wells").await.num_rows(), 1);
}

/// Drops a table as a statement does.
async fn drop_table(place: &Place, name: &str) {
    let transaction = place.project.begin("tester", "drop", "").await.unwrap();
    transaction.drop_table(&TableName::from_key(name)).await.unwrap();
    transaction.commit().await.unwrap();
}

fn once_more() -> ImportOptions {
    ImportOptions { again: true, ..options() }
}

#[tokio::test]
async fn a_file_is_imported_once_more_in_place_of_what_it_gave() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI", "XYZ"], &[&[100.0, 50.0, 1.0], &[100.5, 55.0, 2.0]]))
        .file("b.las", las("WELL. B-2 :", &["DEPT.M", "GR.GAPI", "XYZ"], &[&[200.0, 60.0, 3.0]]))
        .file("t.csv", "Well,Surface,MD\nA-1,Hugin,100\nB-2,Hugin,200\n")
        .file("s.csv", "Well,MD (m),Inclination,Azimuth GN\nA-1,0,0,0\nA-1,100,10,90\n");
    place.import(&["."]).await;
    let counted = async || {
        let mut counts = Vec::new();
        for table in ["logs", "curves", "outcrop.other_curve_values", "outcrop.log_headers", "tops", "surveys", "wells"]
        {
            counts.push((table, place.rows(table).await.num_rows()));
        }
        counts
    };
    let first = counted().await;

    // What is stated is not used for what is there, and the message says how it is.
    let stated = options().unit("md", "ft").unit("XYZ", "km");
    let report = place.import_with(&["a.las", "t.csv"], &stated).await;
    assert_eq!((report.count(Status::Unchanged), report.commit), (2, None));
    assert!(report.files.iter().all(|f| f.message.contains("--again")), "{report:?}");

    let report = place.import_with(&["a.las", "t.csv", "s.csv"], &ImportOptions { again: true, ..stated }).await;
    assert_eq!((report.count(Status::Imported), report.wells_new), (3, 0), "{report:?}");
    assert_eq!(counted().await, first, "nothing is there twice, and nothing of another file is gone");
    let curves = place.rows("curves").await;
    let of = |well: &str| {
        let rows = 0..curves.num_rows();
        let texts = |column: &str, row: usize| texts(&curves, column)[row].clone();
        let mut found = rows.filter(|r| texts("well", *r) == well && texts("mnemonic", *r) == "XYZ");
        let row = found.next().unwrap();
        (texts("unit", row), texts("log_set", row))
    };
    assert_eq!((of("A-1"), of("B-2")), (("km".into(), "a".into()), (String::new(), "b".into())));
    let tops = numbers(&place.rows("tops").await, "md");
    assert!(tops.iter().all(|md| [30.48, 60.96].iter().any(|m| (md.unwrap() - m).abs() < 1e-9)), "{tops:?}");

    // Once more with all of them, in one commit.
    let report = place.import_with(&["."], &once_more()).await;
    assert_eq!(report.count(Status::Imported), 4, "{report:?}");
    assert_eq!(counted().await, first);

    // What cannot be read as it is told now leaves what there was.
    let wrong = ImportOptions { map: vec![("surface".to_owned(), "Nothing".to_owned())], ..once_more() };
    let error = place.try_import(&["t.csv"], &wrong).await.unwrap_err().to_string();
    assert!(error.contains("t.csv") && error.contains("Nothing") && error.contains("nothing was changed"), "{error}");
    assert_eq!(counted().await, first);
}

#[tokio::test]
async fn a_file_is_imported_again_when_its_table_is_gone() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI", "XYZ"], ROWS3))
        .file("t.csv", "Well,Surface,MD (m)\nA-1,Hugin,100\n")
        .file("p.csv", "X,Y,Value\n1,2,3\n4,5,6\n");
    let all = ["a.las", "t.csv", "p.csv"];
    let first = place.import(&all).await;
    assert_eq!(first.count(Status::Imported), 3, "{first:?}");
    let (curves, values) =
        (place.rows("curves").await.num_rows(), place.rows("outcrop.other_curve_values").await.num_rows());
    drop_table(&place, "logs").await;
    let report = place.import(&all).await;
    assert_eq!((report.count(Status::Imported), report.count(Status::Unchanged)), (1, 2), "{report:?}");
    assert_eq!(texts(&place.rows("logs").await, "log_set"), ["a", "a", "a"]);
    assert_eq!(place.rows("curves").await.num_rows(), curves);
    assert_eq!(place.rows("outcrop.other_curve_values").await.num_rows(), values);
    for table in ["tops", "points.p"] {
        drop_table(&place, table).await;
        let report = place.import(&all).await;
        assert_eq!((report.count(Status::Imported), report.count(Status::Unchanged)), (1, 2), "{table}: {report:?}");
        assert!(place.rows(table).await.num_rows() > 0);
    }
}

#[tokio::test]
async fn tables_of_their_own_are_made_anew() {
    let place = Place::metric().await;
    place
        .file("p.csv", "X,Y,Value\n1,2,3\n4,5,6\n")
        .file("q.csv", "X,Y,Value\n7,8,9\n")
        .file("s.asc", "ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 10\n1 2\n3 4\n");
    place.import(&["p.csv", "s.asc"]).await;
    let value_unit = async |table: &str, column: &str| {
        let batch = place.rows(table).await;
        let schema = batch.schema();
        field::unit(schema.field_with_name(column).unwrap()).map(str::to_owned)
    };
    // Points get what is stated now, and keep their name.
    let stated = once_more().unit("Value", "m");
    let report = place.import_with(&["p.csv"], &stated).await;
    assert_eq!(report.count(Status::Imported), 1, "{report:?}");
    assert_eq!(
        (place.rows("points.p").await.num_rows(), report.files[0].message.as_str()),
        (2, "points in `points.p`")
    );
    assert_eq!(value_unit("points.p", "value").await.as_deref(), Some("m"));
    // A surface too.
    let report = place
        .import_with(&["s.asc"], &ImportOptions { z_kind: Some(ZKind::Depth), ..once_more() }.unit("z", "m"))
        .await;
    assert_eq!(
        (report.count(Status::Imported), report.files[0].message.as_str()),
        (1, "rows in `surfaces.s`"),
        "{report:?}"
    );
    assert_eq!(value_unit("surfaces.s", "z").await.as_deref(), Some("m"));
    // A table that has another file's rows besides takes both files.
    let named = ImportOptions { name: Some("both".to_owned()), ..options() };
    place.import_with(&["p.csv"], &ImportOptions { again: true, ..named.clone() }).await;
    assert!(
        !place.project.snapshot().await.unwrap().has_table(&TableName::from_key("points.p")),
        "it has another name now"
    );
    place.import_with(&["q.csv"], &named).await;
    let again = ImportOptions { again: true, ..named };
    let error = place.try_import(&["p.csv"], &again).await.unwrap_err().to_string();
    assert!(
        error.contains("`points.both` has rows of q.csv too") && error.contains("DROP TABLE points.both"),
        "{error}"
    );
    assert_eq!(place.rows("points.both").await.num_rows(), 3);
    let report = place.import_with(&["p.csv", "q.csv"], &again).await;
    assert_eq!((report.count(Status::Imported), place.rows("points.both").await.num_rows()), (2, 3), "{report:?}");
    // What cannot be read as it is told now leaves what there was.
    place.file("r.csv", "X,Y,Value\n10,11,12\n");
    place.import(&["r.csv"]).await;
    let wrong = ImportOptions { map: vec![("x".to_owned(), "Nothing".to_owned())], ..once_more() };
    let error = place.try_import(&["r.csv"], &wrong).await.unwrap_err().to_string();
    assert!(error.contains("r.csv") && error.contains("nothing was changed"), "{error}");
    assert_eq!(place.rows("points.r").await.num_rows(), 1);
}

#[tokio::test]
async fn two_files_of_one_content_are_imported_once() {
    let place = Place::metric().await;
    let text = las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], ROWS);
    place.file("x/a.las", &text).file("y/a.las", &text);
    let report = place.import(&["x", "y"]).await;
    assert_eq!((report.count(Status::Imported), report.count(Status::Unchanged)), (1, 1));
    assert_eq!(place.rows("logs").await.num_rows(), 3);
}

#[tokio::test]
async fn an_import_that_reads_nothing_makes_no_commit() {
    let place = Place::metric().await;
    place
        .file("bad.las", "~V\nVERS. 2.0 :\n~C\nDEPT.M :\nGR.GAPI :\n")
        .file("dictionary.csv", "HorID,Name\n1,Top\n2,Base\n")
        .file("t.csv", "Well,Surface,MD (m)\nA-1,Hugin,100\n")
        .file("again.csv", "Well,Surface,MD (m),Remark\nA-1,Hugin,100,the same\n");
    for _ in 0..2 {
        let report = place.import(&["bad.las"]).await;
        assert_eq!((report.count(Status::Failed), report.commit), (1, None));
        assert!(!report.files[0].message.is_empty());
    }
    let report = place.import(&["dictionary.csv", "bad.las"]).await;
    assert_eq!((report.count(Status::Unchanged), report.count(Status::Failed), report.commit), (1, 1, None));
    let said = &outcome(&report, "dictionary.csv").message;
    assert!(said.contains("dictionary") && said.contains("nothing was committed"), "{said}");
    let snapshot = place.project.snapshot().await.unwrap();
    assert!(snapshot.tables().is_empty() && place.project.head().await.unwrap().number == 0);
    // Picks that are all there give no row either; with a file that gives some, they are a part of its commit.
    let first = place.import(&["t.csv"]).await.commit;
    let report = place.import(&["again.csv"]).await;
    assert_eq!((report.files[0].status, report.commit), (Status::Unchanged, None), "{report:?}");
    assert!(report.files[0].message.contains("there already"), "{report:?}");
    assert_eq!(place.project.head().await.unwrap().number, first.unwrap());
    place.file("new.csv", "Well,Surface,MD (m)\nA-1,Sleipner,200\n");
    let report = place.import(&["again.csv", "new.csv", "bad.las"]).await;
    assert_eq!((report.commit.is_some(), report.count(Status::Imported), report.count(Status::Failed)), (true, 2, 1));
    assert_eq!(place.rows("outcrop.imports").await.num_rows(), 4);
}

#[tokio::test]
async fn what_stops_an_import_says_why() {
    let place = Place::metric().await;
    assert!(matches!(place.try_import(&[], &options()).await, Err(ImportError::NothingNamed)));
    let error = place.try_import(&["nothing/*.las"], &options()).await.unwrap_err();
    assert!(error.to_string().contains("nothing/*.las"), "{error}");
    place.file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], ROWS));
    let wrong = |change: fn(&mut ImportOptions)| {
        let mut options = options();
        change(&mut options);
        options
    };
    let bad = wrong(|o| o.mnemonics = Some("GR,furlong,0,1,x,y".to_owned()));
    assert!(place.try_import(&["a.las"], &bad).await.unwrap_err().to_string().contains("line 1"));
    let bad = wrong(|o| o.mnemonics = Some("MD,m,0,1,x,DEPTH2".to_owned()));
    assert!(matches!(place.try_import(&["a.las"], &bad).await, Err(ImportError::ReservedMnemonic { .. })));
    let bad = wrong(|o| o.units = vec![("GR".to_owned(), "furlong".to_owned())]);
    assert!(matches!(place.try_import(&["a.las"], &bad).await, Err(ImportError::UnknownUnit { .. })));
    assert_eq!(place.project.head().await.unwrap().number, 0);
}

#[tokio::test]
async fn a_cancelled_import_changes_nothing() {
    struct Stop;
    impl outcrop_import::Watch for Stop {
        fn cancelled(&self) -> bool {
            true
        }
    }
    struct StopAfterOne(std::sync::atomic::AtomicUsize);
    impl outcrop_import::Watch for StopAfterOne {
        fn done(&self, _: &outcrop_import::FileOutcome) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
        fn cancelled(&self) -> bool {
            self.0.load(std::sync::atomic::Ordering::SeqCst) > 0
        }
    }
    let place = Place::metric().await;
    for well in ["A", "B", "C", "D"] {
        place.file(&format!("in/{well}.las"), las(&format!("WELL. {well}-1 :"), &["DEPT.M", "GR.GAPI"], ROWS));
    }
    let roots = outcrop_store::Roots::whole_file_system();
    let patterns = ["in".to_owned()];
    let watches: [std::sync::Arc<dyn outcrop_import::Watch + Send + Sync>; 2] =
        [std::sync::Arc::new(Stop), std::sync::Arc::new(StopAfterOne(Default::default()))];
    for watch in watches {
        let result =
            outcrop_import::import(&place.project, &roots, place.dir.path(), &patterns, &options(), watch).await;
        assert!(matches!(result, Err(ImportError::Cancelled)));
        assert_eq!(place.project.head().await.unwrap().number, 0);
    }
    assert_eq!(place.import(&["in"]).await.count(Status::Imported), 4);
}

/// Broken and foreign files end as clear outcomes; nothing is invented from them.
#[tokio::test]
async fn broken_files_are_outcomes() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let report = place.import(&[data.join("las/bad").to_str().unwrap()]).await;
    assert_eq!(report.files.len(), 9);
    for file in &report.files {
        println!("{} {} {} {}", file.status, file.rows, file.path, file.message);
        match file.status {
            Status::Failed => {
                assert!(file.message.len() > 20, "{}: {}", file.path, file.message);
                assert_eq!(file.rows, 0);
            }
            Status::Imported => assert!(!file.issues.is_empty(), "{}", file.path),
            Status::Unchanged => panic!("{} is new", file.path),
        }
    }
    assert_eq!(outcome(&report, "header_only.las").status, Status::Failed);
    assert_eq!(outcome(&report, "not_a_las_file.las").status, Status::Failed);
}

/// Every well log of the development data: nothing stops, nothing is silent.
#[tokio::test]
async fn every_well_log_becomes_an_outcome() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    let report = place.import(&[data.join("las").to_str().unwrap()]).await;
    assert_eq!(report.files.len(), 196);
    for file in report.files.iter().filter(|f| f.status == Status::Failed) {
        println!("{}: {}", file.path, file.message);
    }
    println!("{} imported, {} failed", report.count(Status::Imported), report.count(Status::Failed));
    let mut codes = std::collections::BTreeMap::new();
    for noted in report.files.iter().flat_map(|f| &f.issues) {
        codes.entry(format!("{} {}", noted.issue.severity, noted.issue.code)).or_insert((0, &noted.issue.message)).0 +=
            1;
    }
    codes.iter().for_each(|(code, (count, example))| println!("{count} {code}: {example}"));
    assert!(report.count(Status::Imported) > 170);
    let kind = ImportOptions { kind: Some(Kind::Las), ..options() };
    assert_eq!(place.import_with(&[data.join("las/welly").to_str().unwrap()], &kind).await.commit, None);
}
