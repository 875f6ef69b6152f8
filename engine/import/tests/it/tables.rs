//! Tables of wells, picks, stations and points.

use outcrop_import::{ImportOptions, Kind, North, Status};
use outcrop_types::{LengthUnit, field};

use crate::{Place, data, las, number_at, numbers, options, outcome, row_of, said, texts};

#[tokio::test]
async fn wells_come_first_and_give_what_logs_lack() {
    let place = Place::metric().await;
    place
        .file("z_wells.csv", "Well,UWI,X (m),Y (m),KB (ft),TD (m),Operator,Status\nA-1,U1,10.5,20.5,100,1500,Acme,oil\nB-1,U2,30,40,,,,\n")
        .file("a.las", las("WELL. A One :\nUWI. U1 :\nFLD. North :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 2.0]]));
    let mut options = options();
    options.crs = Some("EPSG:23031".parse().unwrap());
    let report = place.import_with(&["*"], &options).await;
    assert_eq!((report.wells_new, report.wells_matched), (2, 0));
    let wells = place.rows("wells").await;
    let row = row_of(&wells, "well", "A-1");
    let text = |column| texts(&wells, column)[row].clone();
    assert_eq!(
        (text("uwi"), text("operator"), text("field"), text("crs")),
        ("U1".into(), "Acme".into(), "North".into(), "EPSG:23031".into())
    );
    assert_eq!(text("datum"), "KB");
    assert!((number_at(&wells, "datum_elevation", row).unwrap() - 30.48).abs() < 1e-12);
    assert!(text("headers").contains("oil"));
    assert_eq!(outcome(&report, "a.las").wells, ["A-1"]);
    // The point of the well head, in well-known binary.
    let geometry = wells.column_by_name("geometry").unwrap();
    let point = arrow::array::AsArray::as_binary::<i32>(geometry).value(row).to_vec();
    assert_eq!(point[..5], [1, 1, 0, 0, 0]);
    assert_eq!(f64::from_le_bytes(point[13..21].try_into().unwrap()), 20.5);
}

#[tokio::test]
async fn surveys_are_put_in_order_and_repeats_dropped() {
    let place = Place::metric().await;
    place
        .file("a.las", las("WELL. F-12 :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 2.0]]))
        .file("F-12_Survey_Data.csv", "MD (m),Inc,Azi\n0,0,0\n100,1,45\n100,1,45\n50,0.5,45\n")
        .file("other.csv", "MD (m),Inc,Azi\n0,0,0\n10,1,1\n");
    let report = place.import(&["a.las", "F-12_Survey_Data.csv", "other.csv"]).await;
    let survey = outcome(&report, "F-12_Survey_Data.csv");
    assert_eq!((survey.kind.as_str(), survey.rows, survey.wells.as_slice()), ("surveys", 3, &["F-12".to_owned()][..]));
    assert_eq!(said(survey, "survey-repeated").len(), 1);
    assert_eq!(said(survey, "survey-order").len(), 1);
    assert_eq!(said(survey, "well-from-file-name").len(), 1);
    let surveys = place.rows("surveys").await;
    let of: Vec<_> = texts(&surveys, "well")
        .into_iter()
        .zip(numbers(&surveys, "md"))
        .filter(|(w, _)| w == "F-12")
        .map(|(_, d)| d.unwrap())
        .collect();
    assert_eq!(of, [0.0, 50.0, 100.0]);
    assert!(texts(&surveys, "north_reference").iter().all(String::is_empty));
    assert_eq!((report.wells_unmatched.as_slice(), report.rows_unmatched), (&["other".to_owned()][..], 2));
    // Stated, it is joined; a second survey of a well is told.
    place.file("again.csv", "MD (m),Inc,Azi\n0,0,0\n20,2,2\n");
    let mut options = options();
    options.well = Some("F-12".to_owned());
    let report = place.import_with(&["again.csv"], &options).await;
    assert_eq!(report.files[0].wells, ["F-12"]);
    assert!(said(&report.files[0], "survey-again")[0].contains("F-12"));
}

#[tokio::test]
async fn points_have_a_table_of_their_own() {
    let place = Place::metric().await;
    place
        .file("Core Points.csv", "Easting (ft),Northing (ft),porosity (%)\n1000,2000,12\n3000,4000,\n")
        .file("more.csv", "a,b,v\n1,2,3\n4,5,6\n");
    let report = place.import(&["Core Points.csv"]).await;
    assert_eq!(report.tables["points.core_points"], 2);
    let points = place.rows("points.core_points").await;
    assert!((numbers(&points, "x")[0].unwrap() - 304.8).abs() < 1e-9);
    let schema = points.schema();
    assert_eq!(field::unit(schema.field_with_name("x").unwrap()), Some("m"));
    assert_eq!(field::unit(schema.field_with_name("porosity").unwrap()), Some("%"));
    // What cannot be told is stated.
    assert_eq!(place.import(&["more.csv"]).await.count(Status::Failed), 1);
    let mut options = options();
    options.kind = Some(Kind::Points);
    options.map = vec![("x".to_owned(), "a".to_owned()), ("y".to_owned(), "b".to_owned())];
    options.name = Some("Mine".to_owned());
    let report = place.import_with(&["more.csv"], &options).await;
    assert_eq!(report.count(Status::Imported), 1, "{:?}", report.files);
    assert_eq!(numbers(&place.rows("points.mine").await, "y"), [Some(2.0), Some(5.0)]);
}

#[tokio::test]
async fn points_of_two_files_of_one_name_are_not_mixed() {
    let place = Place::metric().await;
    place.file("a/p.csv", "x,y,v\n1,2,3\n4,5,6\n").file("b/p.csv", "x,y,w\n7,8,9\n1,1,1\n");
    let report = place.import(&["a", "b"]).await;
    assert_eq!(report.tables.keys().collect::<Vec<_>>(), ["points.p", "points.p_2"]);
    assert_eq!(said(outcome(&report, "b/p.csv"), "points-table-taken").len(), 1);
}

/// Every table of the development data is an outcome that says what it is or why it is not read.
#[tokio::test]
async fn real_tables_are_outcomes() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    for folder in ["wells/tops", "wells/deviation", "wells/tables", "wells/timedepth", "points"] {
        let report = place.import(&[data.join(folder).to_str().unwrap()]).await;
        for file in &report.files {
            println!(
                "{folder}: {} {} {} rows, {} wells: {}",
                file.status,
                file.kind,
                file.rows,
                file.wells.len(),
                file.message
            );
            assert!(file.status != Status::Failed || file.message.len() > 20, "{}", file.path);
        }
    }
    // Norwegian wells differ by where the digits are divided: 16/1-12 and 16/11-2 are two. One more is the well of a path of positions.
    let wells = texts(&place.rows("wells").await, "well");
    assert_eq!(wells.len(), 2040);
    assert!(["16/1-12", "16/11-2"].iter().all(|w| wells.iter().any(|own| own == w)));
    let tops = place.rows("tops").await;
    // Volve: NO 15/9-11, Seabed at 113 m; -88 in the file is an elevation below sea level.
    let row = (0..tops.num_rows())
        .find(|r| texts(&tops, "well")[*r] == "NO 15/9-11" && texts(&tops, "surface")[*r] == "Seabed")
        .unwrap();
    assert_eq!((number_at(&tops, "md", row), number_at(&tops, "tvdss", row)), (Some(113.0), Some(88.0)));
}

#[tokio::test]
async fn checkshots_are_two_way_times_in_milliseconds() {
    let place = Place::metric().await;
    place
        .file("a.csv", "Well,MD (ft),TVDSS (ft),TWT (s)\nA-1,1000,900,0.5\nA-1,0,-100,0\nA-1,0,-100,0\nA-1,1000,900,0.6\nA-1,2000,1900,0.4\n")
        .file("b.txt", "# Well: B-1\n# Seismic reference datum: 300 m above MSL\nMD (m)\tOWT (ms)\n0\t0\n500\t250\n")
        .file("c.csv", "Well,MD (m),Time (ms)\nC-1,0,0\nC-1,10,9\n")
        .file("d.csv", "Well,MD (m),TWT\nD-1,0,0\nD-1,10,9\n");
    let report = place.import(&["a.csv", "b.txt", "c.csv", "d.csv"]).await;
    let a = outcome(&report, "a.csv");
    assert_eq!((a.kind.as_str(), a.status, a.rows), ("checkshots", Status::Imported, 3), "{a:?}");
    assert!(said(a, "checkshot-contradiction")[0].contains("500 ms in line 2"));
    assert_eq!((said(a, "checkshot-repeated").len(), said(a, "checkshot-order").len()), (1, 1));
    let b = outcome(&report, "b.txt");
    assert_eq!((b.rows, said(b, "time-doubled").len(), said(b, "time-datum-unknown").len()), (2, 1, 0), "{b:?}");
    // Neither the way of a time nor its unit is guessed.
    let c = outcome(&report, "c.csv");
    assert!(c.status == Status::Failed && c.message.contains("--map twt=Time, or --map owt=Time"), "{c:?}");
    let d = outcome(&report, "d.csv");
    assert!(d.status == Status::Failed && d.message.contains("--unit twt=ms, or s"), "{d:?}");
    let rows = place.rows("checkshots").await;
    let of = |well: &str, column: &str| -> Vec<Option<f64>> {
        texts(&rows, "well").iter().zip(numbers(&rows, column)).filter(|(w, _)| *w == well).map(|(_, n)| n).collect()
    };
    let near = |found: Vec<Option<f64>>, expected: &[f64]| {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(f, e)| (f.unwrap() - e).abs() < 1e-9), "{found:?} {expected:?}");
    };
    near(of("A-1", "twt"), &[0.0, 500.0, 400.0]);
    near(of("A-1", "md"), &[0.0, 304.8, 609.6]);
    near(of("A-1", "tvdss"), &[-30.48, 274.32, 579.12]);
    near(of("B-1", "twt"), &[0.0, 500.0]);
    let row = row_of(&rows, "well", "B-1");
    assert_eq!(texts(&rows, "stated_time")[row], "one-way");
    assert_eq!(texts(&rows, "time_datum")[row], "300 m above MSL");
    // Stated, the others are read too.
    let mut stated = options();
    stated.map = vec![("owt".to_owned(), "Time".to_owned())];
    assert_eq!(place.import_with(&["c.csv"], &stated).await.files[0].rows, 2);
    let mut stated = options();
    stated.units = vec![("twt".to_owned(), "ms".to_owned())];
    assert_eq!(place.import_with(&["d.csv"], &stated).await.files[0].rows, 2);
    let rows = place.rows("checkshots").await;
    assert_eq!(number_at(&rows, "twt", row_of(&rows, "well", "C-1") + 1), Some(18.0));
}

#[tokio::test]
async fn pairs_without_a_heading_need_their_columns_stated() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    place.file("F02-1_TD.txt", std::fs::read(data.join("wells/timedepth/F02-1_TD.txt")).unwrap());
    let mut stated = options();
    stated.kind = Some(Kind::Checkshots);
    let refused = place.import_with(&["F02-1_TD.txt"], &stated).await;
    assert!(refused.files[0].status == Status::Failed && refused.files[0].message.contains("--map md="));
    stated.map = vec![("md".to_owned(), "column_1".to_owned()), ("twt".to_owned(), "column_2".to_owned())];
    stated.units = vec![("md".to_owned(), "m".to_owned()), ("twt".to_owned(), "s".to_owned())];
    stated.well = Some("F02-1".to_owned());
    let report = place.import_with(&["F02-1_TD.txt"], &stated).await;
    assert_eq!((report.files[0].status, report.files[0].rows), (Status::Imported, 25), "{:?}", report.files[0]);
    // The mean of all times is that of the reference, in milliseconds.
    let rows = place.rows("checkshots").await;
    let times: Vec<f64> = numbers(&rows, "twt").into_iter().flatten().collect();
    assert!((times.iter().sum::<f64>() / 25.0 - 1383.92).abs() < 1e-9, "{times:?}");
}

#[tokio::test]
async fn checkshots_of_petrel_have_elevations_and_negative_times() {
    let place = Place::metric().await;
    let header = "# Petrel checkshots\n# Unit in X and Y direction: m\n# Unit in depth: m\n# Unit in time: ms\nVERSION 1\nBEGIN HEADER\n";
    let names = "X\nY\nZ\nTWT (ms)\nMD (m)\nWell\nEND HEADER\n";
    let rows = "1 2 -100 -120 130 \"P-1\"\n1 2 -500 -480.5 530 \"P-1\"\n1 2 -999 -999 700 \"P-1\"\n";
    place.file("check.dat", format!("{header}{names}{rows}"));
    let report = place.import(&["check.dat"]).await;
    let file = &report.files[0];
    assert_eq!((file.kind.as_str(), file.status), ("checkshots", Status::Imported), "{file:?}");
    let rows = place.rows("checkshots").await;
    assert_eq!(numbers(&rows, "twt"), [Some(120.0), Some(480.5)]);
    assert_eq!(numbers(&rows, "tvdss"), [Some(100.0), Some(500.0)]);
    assert_eq!(numbers(&rows, "md"), [Some(130.0), Some(530.0)]);
    assert_eq!(said(file, "time-sign").len(), 1);
}

#[tokio::test]
async fn cores_keep_every_measurement() {
    let Some(data) = data() else { return };
    let place = Place::metric().await;
    place
        .file("15_9-19A-CORE.csv", std::fs::read(data.join("wells/tables/15_9-19A-CORE.csv")).unwrap())
        .file("b.csv", "Well,Depth (ft),Core No,Plug,Phi (%),Lithology\nB-1,1000,1,1A,12.5,sand\nB-1,,1,1B,13,sand\n");
    let mut stated = options();
    stated.well = Some("15/9-19 A".to_owned());
    let report = place.import_with(&["15_9-19A-CORE.csv", "b.csv"], &stated).await;
    let core = outcome(&report, "15_9-19A-CORE.csv");
    assert_eq!((core.kind.as_str(), core.status, core.rows), ("cores", Status::Imported, 728), "{core:?}");
    assert!(said(core, "unit-unknown")[0].contains("CKHG") && said(core, "unit-assumed").len() == 1);
    assert_eq!((outcome(&report, "b.csv").rows, said(outcome(&report, "b.csv"), "row-incomplete").len()), (1, 1));
    let rows = place.rows("cores").await;
    assert_eq!(rows.num_rows(), 729);
    // Counts and means as pandas has them.
    for (column, count, mean) in [("ckhg", 557, 649.8014631956913), ("cpor", 593, 16.829342327150083)] {
        let values: Vec<f64> = numbers(&rows, column).into_iter().flatten().collect();
        assert_eq!(values.len(), count, "{column}");
        assert!((values.iter().sum::<f64>() / count as f64 - mean).abs() < 1e-9, "{column}");
    }
    let row = row_of(&rows, "well", "B-1");
    assert!((number_at(&rows, "md", row).unwrap() - 304.8).abs() < 1e-9);
    assert_eq!((texts(&rows, "sample")[row].as_str(), texts(&rows, "lithology")[row].as_str()), ("1A", "sand"));
    assert_eq!(field::unit(rows.schema().field_with_name("phi").unwrap()), Some("%"));
}

/// Azimuths whose north nobody states are taken as from grid north, and that is told with what to do.
#[tokio::test]
async fn the_north_of_azimuths_is_stated_or_assumed_aloud() {
    let survey = "Well,MD (m),Inclination,Azimuth\nA-1,0,0,0\nA-1,100,10,90\n";
    let place = Place::metric().await;
    place.file("u.csv", survey);
    let report = place.import(&["u.csv"]).await;
    let told = &said(&report.files[0], "north-unknown")[0];
    assert!(told.contains("as if they were from grid north") && told.contains("--north true --convergence"), "{told}");

    // By the caller.
    let place = Place::metric().await;
    place.file("m.csv", survey);
    let stated = ImportOptions { north: Some(North::Magnetic), declination: Some(2.5), ..options() };
    let report = place.import_with(&["m.csv"], &stated).await;
    assert!(said(&report.files[0], "north-unknown").is_empty());
    let told = &said(&report.files[0], "north-unturned")[0];
    assert!(told.contains("NULL") && told.contains("--convergence"), "{told}");
    let surveys = place.rows("surveys").await;
    assert_eq!(texts(&surveys, "north_reference"), ["magnetic", "magnetic"]);
    assert_eq!((number_at(&surveys, "declination", 0), number_at(&surveys, "convergence", 0)), (Some(2.5), None));

    // By columns, and by lines above the table, which the caller's word comes before.
    let place = Place::metric().await;
    place.file(
        "c.csv",
        "Well,MD (m),Inclination,Azimuth,North Reference,Declination,Convergence\nA-1,0,0,0,TRUE,,-1.5\nA-1,100,10,90,True North,,-1.5\n",
    );
    place.file(
        "l.csv",
        format!("# Magnetic declination: 1.2 W\n# North reference: Magnetic\n{}", survey.replace("A-1", "B-1")),
    );
    let report = place.import(&["c.csv"]).await;
    assert!(said(&report.files[0], "north-unturned").is_empty() && said(&report.files[0], "columns-unused").is_empty());
    let stated = ImportOptions { north: Some(North::True), ..options() };
    let report = place.import_with(&["l.csv"], &stated).await;
    assert!(said(&report.files[0], "north-overridden")[0].contains("magnetic"));
    let surveys = place.rows("surveys").await;
    let (c, l) = (row_of(&surveys, "well", "A-1"), row_of(&surveys, "well", "B-1"));
    assert_eq!(
        (texts(&surveys, "north_reference")[c].as_str(), number_at(&surveys, "convergence", c)),
        ("true", Some(-1.5))
    );
    assert_eq!(
        (texts(&surveys, "north_reference")[l].as_str(), number_at(&surveys, "declination", l)),
        ("true", Some(-1.2))
    );

    // A vertical hole has no azimuth that matters.
    let place = Place::metric().await;
    place.file("v.csv", "Well,MD (m),Inclination,Azimuth\nV-1,0,0,0\nV-1,100,0,0\n");
    assert!(said(&place.import(&["v.csv"]).await.files[0], "north-unknown").is_empty());
}

/// The well head that a trace of Petrel states above its stations is a well of the project.
#[tokio::test]
async fn a_trace_of_petrel_brings_its_well_head() {
    let trace = "# WELL TRACE FROM PETREL\n# WELL NAME:              A-1\n# WELL HEAD X-COORDINATE: 460000.00000000 (m)\n\
                 # WELL HEAD Y-COORDINATE: 5930000.00000000 (m)\n# WELL DATUM (KB, Kelly bushing, from MSL): 25.00000000 (m)\n\
                 # WELL TYPE:              OIL\n# ANGLES ARE GIVEN IN DEGREES\n\
                 # XYZ TRACE IS GIVEN IN COORDINATE SYSTEM ED50-UTM31\n# AZIMUTH REFERENCE TRUE NORTH\n\
                 # DX DY ARE GIVEN IN GRID NORTH IN m-UNITS\n# DEPTH (Z, TVD) GIVEN IN m-UNITS\n#=====\n\
                 \x20     MD              X              Y             Z           TVD           DX           DY          AZIM_TN         INCL          DLS        AZIM_GN\n#=====\n\
                 0.0 460000.0 5930000.0 25.0 0.0 0.0 0.0 91.0 0.0 0.0 90.0\n1000.0 460000.0 5930000.0 -975.0 1000.0 0.0 0.0 91.0 0.0 0.0 90.0\n\
                 2000.0 460477.46 5930000.0 -1801.99 1826.99 477.46 0.0 91.0 60.0 1.8 90.0\n";
    let place = Place::metric().await;
    place.file("A-1.dev", trace);
    let report = place.import(&["A-1.dev"]).await;
    let of_file = outcome(&report, "A-1.dev");
    assert_eq!((of_file.status, report.wells_new), (Status::Imported, 1), "{of_file:?}");
    assert!(said(of_file, "well-unmatched").is_empty());
    let wells = place.rows("wells").await;
    assert_eq!((texts(&wells, "well"), texts(&wells, "datum")), (vec!["A-1".to_owned()], vec!["KB".to_owned()]));
    assert_eq!((number_at(&wells, "x", 0), number_at(&wells, "y", 0)), (Some(460_000.0), Some(5_930_000.0)));
    assert_eq!((number_at(&wells, "datum_elevation", 0), texts(&wells, "crs")[0].as_str()), (Some(25.0), "EPSG:23031"));
    let surveys = place.rows("surveys").await;
    assert_eq!(texts(&surveys, "north_reference"), ["grid"; 3], "of two azimuths, that from grid north");

    let place = Place::new(LengthUnit::Foot).await;
    place.file("A-1.dev", trace);
    let report = place.import(&["A-1.dev"]).await;
    let wells = place.rows("wells").await;
    assert!((number_at(&wells, "x", 0).unwrap() - 460_000.0 / 0.3048).abs() < 1e-6);
    assert_eq!(texts(&wells, "crs"), [""], "in feet they are no coordinates of EPSG:23031");
    assert!(said(&report.files[0], "crs-unit")[0].contains("EPSG:23031"));
}

/// Coordinates are never said to be in a system that they are not in.
#[tokio::test]
async fn converted_coordinates_lose_their_system() {
    let crs: Option<outcrop_types::Crs> = Some("EPSG:23031".parse().unwrap());
    let feet = Place::new(LengthUnit::Foot).await;
    feet.file("p.csv", "X (m),Y (m),V\n431000,6478000,1\n").file("w.csv", "Well,X,Y,TD (m)\nA-1,431000,6478000,9\n");
    feet.file(
        "f.geojson",
        r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::23031"}},"features":[
        {"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[431000,6478000],[431100,6478100]]}}]}"#,
    );
    let stated = ImportOptions { crs: crs.clone(), crs_unit: Some("m".to_owned()), ..options() };
    let report = feet.import_with(&["p.csv", "w.csv", "f.geojson"], &stated).await;
    for name in ["p.csv", "w.csv", "f.geojson"] {
        assert!(said(outcome(&report, name), "crs-unit")[0].contains("ft"), "{:?}", outcome(&report, name).issues);
    }
    // X and Y of the wells state no unit: they are in that of their system.
    let wells = feet.rows("wells").await;
    assert!((number_at(&wells, "x", 0).unwrap() - 431_000.0 / 0.3048).abs() < 1e-6);
    assert_eq!(texts(&wells, "crs"), [""]);
    let points = feet.rows("points.p").await;
    assert_eq!(points.schema().field_with_name("x").unwrap().metadata().get(field::CRS), None);
    let lines = feet.rows("lines.f").await;
    let schema = lines.schema();
    let metadata = schema.field_with_name("geometry").unwrap().metadata();
    assert!(!metadata.values().any(|v| v.contains("23031")), "{metadata:?}");

    let metres = Place::metric().await;
    metres.file("p.csv", "X (m),Y (m),V\n431000,6478000,1\n").file("w.csv", "Well,X,Y,TD (m)\nA-1,431000,6478000,9\n");
    let report = metres.import_with(&["p.csv", "w.csv"], &stated).await;
    assert!(said(outcome(&report, "w.csv"), "crs-unit").is_empty());
    assert!(!said(outcome(&report, "w.csv"), "unit-assumed").iter().any(|t| t.contains("(x)")), "the system has it");
    assert_eq!(texts(&metres.rows("wells").await, "crs"), ["EPSG:23031"]);
    let points = metres.rows("points.p").await;
    assert_eq!(points.schema().field_with_name("x").unwrap().metadata()[field::CRS], "EPSG:23031");
}

#[tokio::test]
async fn rows_that_state_datum_and_zone_have_a_system() {
    let place = Place::metric().await;
    let table = "wlbWellboreName,wlbGeodeticDatum,wlbNsUtm,wlbEwUtm,wlbUtmZone,wlbTotalDepth\n\
                 1/2-1,ED50,6306000,496000,31,3574\n7120/1-1,ED50,7970000,500000,34,4003\n";
    place.file("w.csv", table);
    let report = place.import(&["w.csv"]).await;
    let file = &report.files[0];
    assert!(said(file, "crs-unknown").is_empty());
    assert!(said(file, "crs-stated")[0].contains("EPSG:23031 (1 rows)"), "{:?}", file.issues);
    assert!(said(file, "crs-zone")[0].contains("no place on one map"), "{:?}", file.issues);
    assert_eq!(texts(&place.rows("wells").await, "crs"), ["EPSG:23031", "EPSG:23034"]);
}

#[tokio::test]
async fn degrees_that_are_none_are_an_error() {
    let place = Place::metric().await;
    place.file("t.csv", "Name,Longitude,Latitude,T\na,-3.2,56.1,10\nb,372.1,955,11\nc,-4.0,91,12\n");
    let mut stated = options();
    stated.kind = Some(Kind::Points);
    stated.map = vec![("lon".to_owned(), "Longitude".to_owned()), ("lat".to_owned(), "Latitude".to_owned())];
    let report = place.import_with(&["t.csv"], &stated).await;
    let noted = report.files[0].issues.iter().find(|n| n.issue.code == "degrees-out-of-range").unwrap();
    assert_eq!((noted.issue.severity, noted.issue.line), (outcrop_types::Severity::Error, Some(3)));
    let points = place.rows("points.t").await;
    assert_eq!(numbers(&points, "lon"), [Some(-3.2), None, None]);
    assert_eq!(numbers(&points, "lat"), [Some(56.1), None, None]);
    assert_eq!(points.num_rows(), 3);
}
