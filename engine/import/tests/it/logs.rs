//! Log sets: columns, other curves, indexes.

use crate::{ImportOptionsExt, Place, las, number_at, numbers, options, outcome, row_of, said, texts};
use outcrop_import::Status;
use outcrop_types::field;

#[tokio::test]
async fn curves_become_columns_or_values() {
    let place = Place::metric().await;
    let curves = ["DEPT.M", "GR.GAPI", "GRC.GAPI", "RHOB.K/M3", "NPHI.PU", "DT.FURLONG", "ILD", "SP.OHMM", "XYZ.V"];
    let rows: &[&[f64]] = &[
        &[100.0, 50.0, 51.0, 2500.0, 30.0, 1.0, 10.0, 5.0, 7.0],
        &[100.5, -999.25, 52.0, 2510.0, 31.0, 2.0, 12.0, 6.0, -999.25],
    ];
    place.file("a.las", las("WELL. A-1 :", &curves, rows));
    let report = place.import(&["a.las"]).await;
    let logs = place.rows("logs").await;
    assert_eq!(numbers(&logs, "gr"), [Some(50.0), None]);
    assert_eq!(numbers(&logs, "rhob"), [Some(2.5), Some(2.51)]);
    assert_eq!(numbers(&logs, "nphi"), [Some(0.3), Some(0.31)]);
    assert_eq!(numbers(&logs, "rdep"), [Some(10.0), Some(12.0)], "usual without a unit, and said");
    let schema = logs.schema();
    assert!(schema.field_with_name("dt").is_err() && schema.field_with_name("sp").is_err());
    assert_eq!(field::unit(schema.field_with_name("rhob").unwrap()), Some("g/cm3"));
    let file = outcome(&report, "a.las");
    assert!(said(file, "unit-assumed")[0].contains("--unit ILD=UNIT"), "{:?}", said(file, "unit-assumed"));
    // What is proposed would be taken on trust, so no unit is that may not be the one meant.
    for (code, curve) in [("unit-unknown", "DT=UNIT"), ("unit-incompatible", "SP=UNIT")] {
        assert!(said(file, code)[0].ends_with(&format!("--unit {curve}")), "{:?}", said(file, code));
    }
    assert!(said(file, "curve-second")[0].contains("GRC"));

    let values = place.rows("outcrop.other_curve_values").await;
    let of = |curve: &str| {
        let rows: Vec<_> =
            texts(&values, "curve").into_iter().zip(numbers(&values, "index")).zip(numbers(&values, "value")).collect();
        rows.into_iter().filter(|((c, _), _)| c == curve).map(|((_, i), v)| (i, v)).collect::<Vec<_>>()
    };
    assert_eq!(of("DT"), [(Some(100.0), Some(1.0)), (Some(100.5), Some(2.0))]);
    assert_eq!(of("XYZ"), [(Some(100.0), Some(7.0))], "a null is no value");
    assert_eq!(of("GRC").len(), 2);
    assert_eq!(of("GR").len(), 0);

    let curves = place.rows("curves").await;
    assert_eq!(curves.num_rows(), 8);
    let row = row_of(&curves, "mnemonic", "RHOB");
    let text = |column| texts(&curves, column)[row].clone();
    assert_eq!(
        (text("standard"), text("unit"), text("original_unit"), text("stored_in")),
        ("RHOB".into(), "g/cm3".into(), "K/M3".into(), "logs".into())
    );
    assert_eq!(number_at(&curves, "max", row), Some(2.51));
    assert_eq!(number_at(&curves, "step", row), Some(0.5));
    let row = row_of(&curves, "mnemonic", "XYZ");
    assert_eq!(texts(&curves, "stored_in")[row], "curve_values");
    assert_eq!((number_at(&curves, "top", row), number_at(&curves, "base", row)), (Some(100.0), Some(100.0)));
}

#[tokio::test]
async fn impedances_and_temperatures_are_converted_as_they_are_written() {
    let place = Place::metric().await;
    let curves = ["DEPT.M", "AI.(m/s)*(kg/m3)", "TEMP.DEG_F"];
    place.file("a.las", las("WELL. A-1 :", &curves, &[&[100.0, 3_820_257.0, 212.0]]));
    let report = place.import(&["a.las"]).await;
    assert_eq!(said(outcome(&report, "a.las"), "unit-unknown"), Vec::<String>::new());
    let logs = place.rows("logs").await;
    assert_eq!(numbers(&logs, "ai"), [Some(3820.257)]);
    assert_eq!(field::unit(logs.schema().field_with_name("ai").unwrap()), Some("m/s.g/cm3"));
    let curves = place.rows("curves").await;
    let row = row_of(&curves, "mnemonic", "AI");
    assert_eq!(texts(&curves, "original_unit")[row], "(m/s)*(kg/m3)");
    let row = row_of(&curves, "mnemonic", "TEMP");
    assert!((number_at(&curves, "max", row).unwrap() - 100.0).abs() < 1e-9, "{:?}", number_at(&curves, "max", row));
}

#[tokio::test]
async fn depths_in_whole_numbers_have_their_step() {
    let place = Place::metric().await;
    let rows = |step: f64| -> String {
        (0..40).map(|i| format!("{:.0} {}\n", 1000.0 + step * f64::from(i), 50 + i)).collect()
    };
    let file = |well: &str, step: f64| {
        let head = las(&format!("WELL. {well} :"), &["DEPT.M", "GR.GAPI"], &[&[1000.0, 50.0]]);
        let head = head.split("1000 50").next().unwrap().replace("STEP.M 0", &format!("STEP.M {step}"));
        format!("{head}{}", rows(step))
    };
    place.file("a.las", file("A-1", 1.0)).file("b.las", file("B-1", 0.82));
    place.file("c.las", file("C-1", 0.82).replace("STEP.M 0.82", "STEP.M 0"));
    place.import(&["*.las"]).await;
    let curves = place.rows("curves").await;
    let step = |well: &str| number_at(&curves, "step", row_of(&curves, "well", well));
    assert_eq!((step("A-1"), step("B-1")), (Some(1.0), Some(0.82)));
    assert_eq!(step("C-1"), None, "whole metres that go up by 0 or 1 and a header that says irregular");
}

#[tokio::test]
async fn a_curve_without_unit_and_with_odd_values_is_not_standardised() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. A-1 :", &["DEPT.M", "RHOB"], &[&[1.0, 2500.0], &[2.0, 2600.0]]));
    let report = place.import(&["a.las"]).await;
    assert!(place.rows("logs").await.schema().field_with_name("rhob").is_err());
    assert!(said(&report.files[0], "unit-missing")[0].contains("2600"), "{:?}", report.files[0].issues);
    // The user knows better.
    place.file("b.las", las("WELL. A-1 :", &["DEPT.M", "RHOB"], &[&[1.0, 2550.0], &[2.0, 2650.0]]));
    place.import_with(&["b.las"], &options().unit("RHOB", "kg/m3")).await;
    let logs = place.rows("logs").await;
    assert_eq!(numbers(&logs, "rhob").into_iter().flatten().collect::<Vec<_>>(), [2.55, 2.65]);
}

#[tokio::test]
async fn user_mnemonics_come_first() {
    let place = Place::metric().await;
    place.file("a.las", las("WELL. A-1 :", &["DEPT.M", "MYRES.OHMM", "GR.GAPI"], &[&[1.0, 5.0, 60.0]]));
    let mut options = options();
    options.mnemonics = Some("XRES,ohm.m,0,1e5,My resistivity,MYRES".to_owned());
    place.import_with(&["a.las"], &options).await;
    let logs = place.rows("logs").await;
    assert_eq!((numbers(&logs, "xres"), numbers(&logs, "gr")), (vec![Some(5.0)], vec![Some(60.0)]));
    assert_eq!(field::description(logs.schema().field_with_name("xres").unwrap()), Some("My resistivity"));
}

#[tokio::test]
async fn columns_that_only_some_files_have_are_null_in_others() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. A-1 :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 60.0]]))
        .file("b.las", las("WELL. B-1 :", &["DEPT.M", "DT.US/F", "ILD"], &[&[1.0, 90.0, 3.0]]));
    place.import(&["*.las"]).await;
    place.file("c.las", las("WELL. C-1 :", &["DEPT.M", "CALI.MM"], &[&[1.0, 254.0]]));
    place.import(&["c.las"]).await;
    let logs = place.rows("logs").await;
    let (a, b, c) = (row_of(&logs, "well", "A-1"), row_of(&logs, "well", "B-1"), row_of(&logs, "well", "C-1"));
    assert_eq!((number_at(&logs, "gr", a), number_at(&logs, "dt", a)), (Some(60.0), None));
    assert_eq!((number_at(&logs, "dt", b), number_at(&logs, "rdep", b)), (Some(90.0), Some(3.0)));
    assert_eq!((number_at(&logs, "cali", c), number_at(&logs, "gr", c)), (Some(10.0), None));
}

#[tokio::test]
async fn other_indexes_have_a_place_of_their_own() {
    let place = Place::metric().await;
    let time = las("WELL. T-1 :", &["ETIM.S", "ROP.M/H"], &[&[0.0, 10.0], &[5.0, 12.0]])
        .replace("STRT.M", "STRT.S")
        .replace("STOP.M", "STOP.S")
        .replace("STEP.M", "STEP.S");
    place
        .file("time.las", time)
        .file("tvd.las", las("WELL. V-1 :", &["TVD.M", "GR.GAPI"], &[&[50.0, 10.0]]))
        .file("down.las", las("WELL. U-1 :", &["DEPT.M", "GR.GAPI"], &[&[30.0, 3.0], &[20.0, 2.0], &[10.0, 1.0]]));
    let report = place.import(&["*.las"]).await;
    assert_eq!(report.count(Status::Imported), 3);
    let logs = place.rows("logs").await;
    assert!(!texts(&logs, "well").contains(&"T-1".to_owned()));
    let row = row_of(&logs, "well", "V-1");
    assert_eq!((number_at(&logs, "tvd", row), number_at(&logs, "md", row)), (Some(50.0), None));
    let values = place.rows("outcrop.other_curve_values").await;
    assert_eq!(
        (numbers(&values, "index"), numbers(&values, "value")),
        (vec![Some(0.0), Some(5.0)], vec![Some(10.0), Some(12.0)])
    );
    let curves = place.rows("curves").await;
    let row = row_of(&curves, "well", "T-1");
    assert_eq!((texts(&curves, "index_type")[row].as_str(), texts(&curves, "index_unit")[row].as_str()), ("time", "s"));
    // Rows of a descending file are stored in ascending order.
    let of: Vec<_> =
        texts(&logs, "well").into_iter().zip(numbers(&logs, "md").into_iter().zip(numbers(&logs, "gr"))).collect();
    let of: Vec<_> = of.into_iter().filter(|(w, _)| w == "U-1").map(|(_, v)| v).collect();
    assert_eq!(of, [(Some(10.0), Some(1.0)), (Some(20.0), Some(2.0)), (Some(30.0), Some(3.0))]);
}

#[tokio::test]
async fn text_curves_are_kept() {
    let place = Place::metric().await;
    let text = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 1 :\nSTOP.M 2 :\nSTEP.M 1 :\nNULL. -999.25 :\nWELL. A-1 :\n~C\nDEPT.M :\n\
                LITH :\nGR.GAPI :\n~A\n1 SAND 50\n2 SHALE 90\n";
    place.file("a.las", text);
    place.import(&["a.las"]).await;
    let values = place.rows("outcrop.other_curve_values").await;
    assert_eq!(texts(&values, "text"), ["SAND", "SHALE"]);
    assert_eq!(numbers(&values, "value"), [None, None]);
    assert_eq!(numbers(&place.rows("logs").await, "gr"), [Some(50.0), Some(90.0)]);
}

/// A well is in one row group, or in two where it is long.
#[tokio::test]
async fn wells_are_packed_into_row_groups() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let place = Place::metric().await;
    for well in 0..12 {
        let rows: Vec<Vec<f64>> = (0..12_000).map(|i| vec![f64::from(i), f64::from(i % 150 + well)]).collect();
        let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        place.file(&format!("in/w{well:02}.las"), las(&format!("WELL. W-{well:02} :"), &["DEPT.M", "GR.GAPI"], &rows));
    }
    let mut options = options();
    options.threads = Some(1);
    place.import_with(&["in"], &options).await;
    let snapshot = place.project.snapshot().await.unwrap();
    let table = snapshot.table(&outcrop_types::tables::TableName::public("logs")).await.unwrap();
    assert_eq!((table.files.len(), table.rows), (1, 144_000));
    let file = std::fs::File::open(format!("/{}", table.files[0].location)).unwrap();
    let groups = SerializedFileReader::new(file).unwrap();
    let groups = groups.metadata().row_groups();
    assert_eq!(groups.iter().map(|g| g.num_rows()).collect::<Vec<_>>(), [72_000, 72_000]);
    let wells = |group: usize| {
        let statistics = groups[group].column(0).statistics().unwrap();
        let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
        (text(statistics.min_bytes_opt()), text(statistics.max_bytes_opt()))
    };
    assert_eq!(wells(0), ("W-00".to_owned(), "W-05".to_owned()));
    assert_eq!(wells(1), ("W-06".to_owned(), "W-11".to_owned()));
}

#[tokio::test]
async fn wells_of_rms_are_logs_along_their_path() {
    let place = Place::metric().await;
    place
        .file("A-1.rmswell", "1.0\nOIL\nA-1 10 20 30.5\n3\nMDepth UNK lin\nGR UNK lin\nFacies DISC 0 Sand 1 Shale\n10 20 100 130 55 0\n11 21 99 131 -999 1\n")
        .file("B-1.w", "1.0\nOIL\nB-1 10 20 0\n1\nPoro UNK lin\n10 20 100 0.2\n11 21 101 0.25\n");
    // The format states no unit of depth, so none is taken.
    let refused = place.import(&["A-1.rmswell"]).await;
    assert!(refused.files[0].status == Status::Failed && refused.files[0].message.contains("--unit depth=m"));
    let mut stated = options();
    stated.units = vec![("depth".to_owned(), "m".to_owned())];
    let report = place.import_with(&["A-1.rmswell", "B-1.w"], &stated).await;
    let file = outcome(&report, "A-1.rmswell");
    assert_eq!((file.kind.as_str(), file.status, file.rows), ("rms_well", Status::Imported, 2), "{file:?}");
    let wells = place.rows("wells").await;
    let row = row_of(&wells, "well", "A-1");
    assert_eq!((number_at(&wells, "x", row), number_at(&wells, "datum_elevation", row)), (Some(10.0), Some(30.5)));
    let logs = place.rows("logs").await;
    let row = row_of(&logs, "well", "A-1");
    assert_eq!((number_at(&logs, "md", row), number_at(&logs, "md", row + 1)), (Some(130.0), Some(131.0)));
    let row = row_of(&logs, "well", "B-1");
    assert_eq!((number_at(&logs, "tvdss", row), number_at(&logs, "md", row)), (Some(100.0), None));
    let curves = place.rows("curves").await;
    let facies = row_of(&curves, "mnemonic", "Facies");
    assert_eq!(texts(&curves, "description")[facies], "0 Sand, 1 Shale");
    assert!(texts(&curves, "mnemonic").iter().filter(|m| *m == "X_UTME").count() == 2);
}
