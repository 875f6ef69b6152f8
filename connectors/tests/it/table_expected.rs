//! Every text table of the shared data: shape and values against pandas, kind and roles against what the file is.

use std::path::PathBuf;

use outcrop_connectors::table::{
    ColumnType, DepthSign, Kind, Role, Table, TableError, TableOptions, detect, inspect, points, read, resolve,
    surveys, tops, wells,
};

/// The folder of shared data; `None` (said on the output) where it is absent.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

fn load(folder: &std::path::Path, path: &str) -> Table {
    let bytes = std::fs::read(folder.join(path)).unwrap();
    read(&bytes, &TableOptions::default()).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// File, kind, and the columns that have a role.
type File = (&'static str, Kind, &'static [(&'static str, Role)]);

/// What every file is.
const FILES: &[File] = &[
    (
        "wells/tables/15_9-19A-CORE.csv",
        Kind::Cores,
        &[("DEPTH", Role::Md), ("CORE_NO", Role::Core), ("SAMPLE", Role::Sample)],
    ),
    ("wells/tables/res21_production_history.csv", Kind::Production, &[("Well_ID", Role::Well)]),
    (
        "wells/tables/res21_wells.csv",
        Kind::Points,
        &[("Well_ID", Role::Well), ("X, m", Role::X), ("Y, m", Role::Y), ("Depth, m", Role::Z)],
    ),
    (
        "wells/tables/wellboreExplorationAll.csv",
        Kind::Wells,
        &[
            ("wlbWellboreName", Role::Well),
            ("wlbDrillingOperator", Role::Operator),
            ("wlbField", Role::Field),
            ("wlbKellyBushElevation", Role::DatumElevation),
            ("wlbTotalDepth", Role::Td),
            ("wlbNsDecDeg", Role::Lat),
            ("wlbEwDesDeg", Role::Lon),
            ("wlbNsUtm", Role::Y),
            ("wlbEwUtm", Role::X),
            ("wlbUtmZone", Role::UtmZone),
            ("wlbGeodeticDatum", Role::Crs),
            ("wlbNpdidWellbore", Role::WellId),
        ],
    ),
    (
        "wells/deviation/15_9-F-12_Survey_Data.csv",
        Kind::Surveys,
        &[("md", Role::Md), ("inc", Role::Inclination), ("azi", Role::Azimuth)],
    ),
    (
        "wells/deviation/P-130_deviation_survey.csv",
        Kind::Surveys,
        &[("MD", Role::Md), ("INC", Role::Inclination), ("AZI", Role::Azimuth), ("TVDKB", Role::Tvd)],
    ),
    (
        "wells/deviation/Well_1515_directional.csv",
        Kind::Surveys,
        &[
            ("MD", Role::Md),
            ("Incl", Role::Inclination),
            ("Azim", Role::Azimuth),
            ("TVD", Role::Tvd),
            ("N/S", Role::Dy),
            ("E/W", Role::Dx),
            ("DLS", Role::Dls),
        ],
    ),
    (
        "wells/deviation/colorado_400844163_directional.csv",
        Kind::Surveys,
        &[
            ("MD", Role::Md),
            ("INC", Role::Inclination),
            ("AZI", Role::Azimuth),
            ("TVD", Role::Tvd),
            ("X", Role::X),
            ("Y", Role::Y),
            ("Dogleg Severity", Role::Dls),
            ("N/-S", Role::Dy),
            ("E/-W", Role::Dx),
        ],
    ),
    (
        "wells/deviation/deviation.csv",
        Kind::Surveys,
        &[
            ("MD[m]", Role::Md),
            ("Inc[deg]", Role::Inclination),
            ("Azi[deg]", Role::Azimuth),
            ("TVD[m]", Role::Tvd),
            ("North[m]", Role::Dy),
            ("East[m]", Role::Dx),
            ("Dogleg [deg/30m]", Role::Dls),
        ],
    ),
    (
        "wells/deviation/wellpath_a.dev",
        Kind::Surveys,
        &[("Well", Role::Well), ("X", Role::X), ("Y", Role::Y), ("TVDSS", Role::Tvdss), ("MD", Role::Md)],
    ),
    ("wells/tops/15_9_19_SR_TOPS_NPD.csv", Kind::Tops, &[("column_1", Role::Surface), ("column_2", Role::Md)]),
    ("wells/tops/F02-1_markers.txt", Kind::Tops, &[("column_1", Role::Md), ("column_2", Role::Surface)]),
    ("wells/tops/F03-4_markers.txt", Kind::Tops, &[("column_1", Role::Md), ("column_2", Role::Surface)]),
    (
        "wells/tops/Volve_well_picks_modified.csv",
        Kind::Tops,
        &[
            ("WELL", Role::Well),
            ("PICKS", Role::Surface),
            ("QLF", Role::Confidence),
            ("DEPTH", Role::Md),
            ("TVD", Role::Tvd),
            ("TVDSS", Role::Tvdss),
            ("TWT", Role::Twt),
            ("AZI", Role::Azimuth),
            ("EASTING", Role::X),
            ("NORTHING", Role::Y),
            ("INTRP", Role::Interpreter),
        ],
    ),
    (
        "wells/tops/petrel.dat",
        Kind::Tops,
        &[
            ("X", Role::X),
            ("Y", Role::Y),
            ("Z", Role::Tvdss),
            ("TWT auto", Role::Twt),
            ("MD", Role::Md),
            ("Surface", Role::Surface),
            ("Well", Role::Well),
            ("Interpreter", Role::Interpreter),
        ],
    ),
    (
        "wells/tops/tops.txt",
        Kind::Tops,
        &[("MD(m)", Role::Md), ("TVD(m)", Role::Tvd), ("TVDSS(m)", Role::Tvdss), ("Name", Role::Surface)],
    ),
    ("wells/mannville/LITHOLOGY_DIC.TXT", Kind::Dictionary, &[]),
    (
        "wells/mannville/PICKS.TXT",
        Kind::Tops,
        &[("SitID", Role::WellId), ("HorID", Role::SurfaceId), ("Pick", Role::Md), ("Quality", Role::Confidence)],
    ),
    ("wells/mannville/PICKS_DIC.TXT", Kind::Dictionary, &[("HorID", Role::SurfaceId)]),
    ("wells/mannville/WELLS.TXT", Kind::Wells, &[("SitID", Role::WellId), ("UWI", Role::Uwi)]),
    ("wells/timedepth/F02-1_TD.txt", Kind::Unknown, &[]),
    ("wells/timedepth/F03-4_TD.txt", Kind::Unknown, &[]),
    ("points/12_sample_data.csv", Kind::Points, &[("X", Role::X), ("Y", Role::Y)]),
    ("points/2D_MV_200wells.csv", Kind::Points, &[("X", Role::X), ("Y", Role::Y)]),
    ("points/AI_grid.csv", Kind::Unknown, &[]),
    ("points/Scotland_Temperatures.csv", Kind::Unknown, &[("Elevation", Role::Z)]),
    ("points/meuse.txt", Kind::Points, &[("x", Role::X), ("y", Role::Y), ("elev", Role::Z)]),
    ("points/meuse_grid.csv", Kind::Points, &[("x", Role::X), ("y", Role::Y)]),
    ("points/sample_data_MV_biased.csv", Kind::Points, &[("X", Role::X), ("Y", Role::Y)]),
    ("points/sic_full.dat", Kind::Points, &[("ID", Role::Id), ("X\tmeters", Role::X), ("Y\tmeters", Role::Y)]),
    ("points/sic_obs.dat", Kind::Points, &[("ID", Role::Id), ("X\tmeters", Role::X), ("Y\tmeters", Role::Y)]),
    ("points/spatial_nonlinear_MV_facies_v5_sand_only.csv", Kind::Points, &[("X", Role::X), ("Y", Role::Y)]),
    ("points/texas-wind.csv", Kind::Points, &[("longitude", Role::Lon), ("latitude", Role::Lat)]),
    ("points/walker_sample.csv", Kind::Points, &[("X", Role::X), ("Y", Role::Y), ("Id", Role::Id)]),
    (
        "points/rms/poi_attr.csv",
        Kind::Points,
        &[("X_UTME", Role::X), ("Y_UTMN", Role::Y), ("Z_TVDSS", Role::Z), ("Well", Role::Well)],
    ),
    (
        "points/structural/simple_fault_model_points.csv",
        Kind::Points,
        &[("X", Role::X), ("Y", Role::Y), ("Z", Role::Z), ("formation", Role::Surface)],
    ),
    (
        "points/structural/simple_fault_model_orientations.csv",
        Kind::Points,
        &[("X", Role::X), ("Y", Role::Y), ("Z", Role::Z), ("azimuth", Role::Azimuth), ("formation", Role::Surface)],
    ),
];

#[test]
fn kinds_and_roles_are_detected() {
    let Some(folder) = data() else { return };
    for (path, kind, roles) in FILES {
        let table = load(&folder, path);
        let found = detect(&table);
        assert_eq!(found.kind, *kind, "{path}: {:?}", found.issues);
        let mut got: Vec<(usize, Role)> =
            found.roles.iter().filter(|(_, r, _)| *r != Role::Value).map(|(c, r, _)| (*c, *r)).collect();
        let mut expected: Vec<(usize, Role)> = roles
            .iter()
            .map(|(name, role)| (table.column_index(name).unwrap_or_else(|| panic!("{path}: no {name}")), *role))
            .collect();
        got.sort();
        expected.sort();
        assert_eq!(got, expected, "{path}");
    }
}

#[test]
fn no_text_table_of_the_folders_is_left_out_of_this_test() {
    let Some(folder) = data() else { return };
    let not_tables = ["wells/tops/canstrat.dat", "points/porosity_truth_map.dat"];
    for sub in ["wells/tables", "wells/deviation", "wells/tops", "wells/mannville", "wells/timedepth", "points"] {
        for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{sub}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_file() {
                assert!(not_tables.contains(&path.as_str()) || FILES.iter().any(|(p, _, _)| *p == path), "{path}");
            }
        }
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-11 * a.abs().max(b.abs()).max(1e-3)
}

#[test]
fn columns_agree_with_pandas() {
    let Some(folder) = data() else { return };
    let mut compared = 0;
    for (path, _, _) in FILES {
        let table = load(&folder, path);
        let text = std::fs::read_to_string(folder.join("expected").join(format!("{path}.json"))).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        let csv = if expected["csv"].is_object() { &expected["csv"] } else { &expected["points"] };
        // pandas takes the first line for names whatever it holds; those tables have their own test.
        if !csv["columns"].is_array()
            || table.layout.header_line != Some(1)
            || path.ends_with("tops.txt")
            || csv["columns"].as_array().unwrap().len() == 1
        {
            continue;
        }
        let summaries = inspect(&table, &detect(&table));
        assert_eq!(table.rows as u64, csv["n_rows"].as_u64().unwrap(), "{path}");
        let columns = csv["columns"].as_array().unwrap();
        assert_eq!(summaries.len(), columns.len(), "{path}");
        for (i, (got, want)) in summaries.iter().zip(columns).enumerate() {
            let heading = want["name"].as_str().unwrap();
            let at = format!("{path}: {heading}");
            if !heading.starts_with("Unnamed") {
                assert_eq!(table.layout.headings[i], heading, "{at}");
            }
            let nulls = want["nulls"].as_u64().unwrap() as usize;
            match (want["dtype"].as_str().unwrap(), got.column_type) {
                // A column of blanks is text to pandas; here blanks are null. So are undefined numbers of RMS.
                ("object", _) => assert!(got.nulls >= nulls, "{at}: {} nulls, pandas {nulls}", got.nulls),
                (dtype, ColumnType::Utf8) => panic!("{at}: text, pandas {dtype}"),
                (dtype, _) if heading == "MyNum" => assert_eq!((dtype, got.nulls), ("float64", 2)),
                (dtype, column_type) => {
                    assert_eq!(got.nulls, nulls, "{at}");
                    if dtype == "int64" {
                        assert_eq!(column_type, ColumnType::Int64, "{at}");
                    }
                    for (a, b) in [(got.min, "min"), (got.max, "max"), (got.mean, "mean")] {
                        if let Some(b) = want[b].as_f64() {
                            assert!(close(a.unwrap(), b), "{at}: {a:?} {b}");
                        }
                    }
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 100, "{compared} columns compared");
}

#[test]
fn tables_without_names_agree_with_the_scan_of_their_numbers() {
    let Some(folder) = data() else { return };
    for path in ["points/sic_full.dat", "points/sic_obs.dat"] {
        let table = load(&folder, path);
        let text = std::fs::read_to_string(folder.join("expected").join(format!("{path}.json"))).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
        let columns = expected["text"]["columns"].as_array().unwrap();
        let summaries = inspect(&table, &detect(&table));
        assert_eq!(columns.len(), summaries.len());
        for (got, want) in summaries.iter().zip(columns) {
            assert_eq!(got.rows as u64 - got.nulls as u64, want["count"].as_u64().unwrap(), "{path}");
            assert!(close(got.min.unwrap(), want["min"].as_f64().unwrap()), "{path}");
            assert!(close(got.max.unwrap(), want["max"].as_f64().unwrap()), "{path}");
            assert!(close(got.mean.unwrap(), want["mean"].as_f64().unwrap()), "{path}");
        }
    }
    // One row more than pandas has, which took the first for names.
    for (path, rows) in [
        ("wells/tops/15_9_19_SR_TOPS_NPD.csv", 23),
        ("wells/tops/F02-1_markers.txt", 25),
        ("wells/tops/F03-4_markers.txt", 36),
        ("wells/timedepth/F02-1_TD.txt", 25),
        ("wells/timedepth/F03-4_TD.txt", 36),
        ("wells/tops/tops.txt", 9),
        ("points/AI_grid.csv", 100),
    ] {
        assert_eq!(load(&folder, path).rows, rows, "{path}");
    }
}

#[test]
fn files_that_are_no_tables_are_refused() {
    let Some(folder) = data() else { return };
    let refuse = |path: &str| read(&std::fs::read(folder.join(path)).unwrap(), &TableOptions::default()).unwrap_err();
    assert!(matches!(refuse("points/porosity_truth_map.dat"), TableError::Binary { .. }));
    assert!(matches!(refuse("wells/tops/canstrat.dat"), TableError::NoLayout { .. }));
}

#[test]
fn wells_of_the_norwegian_directorate() {
    let Some(folder) = data() else { return };
    let table = load(&folder, "wells/tables/wellboreExplorationAll.csv");
    let rows = wells(&table, &detect(&table)).unwrap();
    assert_eq!(rows.rows.len(), 2039);
    let first = &rows.rows[0];
    assert_eq!(first.well.as_deref(), Some("1/2-1"));
    assert_eq!(
        (first.x, first.y, first.lat, first.lon),
        (Some(468_106.29), Some(6_305_128.26), Some(56.887_519), Some(2.476_583))
    );
    assert_eq!(
        (first.datum.map(|d| d.as_str()), first.datum_elevation, first.td),
        (Some("KB"), Some(22.0), Some(3574.0))
    );
    assert_eq!(
        (first.operator.as_deref(), first.field.as_deref(), first.line),
        (Some("Phillips Petroleum Norsk AS"), Some("BLANE"), 2)
    );
    assert!(first.extra.contains(&("wlbUtmZone".to_owned(), "31".to_owned())));
    assert_eq!(rows.unit(Role::Td), None);
}

#[test]
fn picks_state_the_sign_of_their_depth_below_the_sea() {
    let Some(folder) = data() else { return };
    let table = load(&folder, "wells/tops/Volve_well_picks_modified.csv");
    let found = detect(&table);
    assert_eq!(found.tvdss_sign, Some(DepthSign::Up));
    let rows = tops(&table, &found).unwrap().rows;
    assert_eq!(rows.len(), 408);
    assert_eq!((rows[0].md, rows[0].tvd, rows[0].tvdss), (Some(113.0), Some(113.0), Some(88.0)));
    assert_eq!(
        (rows[0].well.as_deref(), rows[0].surface.as_str(), rows[0].interpreter.as_deref()),
        (Some("NO 15/9-11"), "Seabed", Some("STAT"))
    );

    let table = load(&folder, "wells/tops/petrel.dat");
    let found = detect(&table);
    let rows = tops(&table, &found).unwrap();
    assert_eq!((rows.rows.len(), rows.unit(Role::Md), rows.unit(Role::Tvdss)), (21, Some("m"), Some("m")));
    assert_eq!((rows.rows[0].md, rows.rows[0].tvdss, rows.rows[0].x), (Some(455.0), Some(426.0), Some(479_707.0)));
    assert_eq!(
        (rows.rows[3].surface.as_str(), rows.rows[3].well.as_deref(), rows.rows[3].line),
        ("Lower Windsor", Some("P-108"), 36)
    );

    let table = load(&folder, "wells/tops/tops.txt");
    let found = detect(&table);
    assert_eq!(found.tvdss_sign, Some(DepthSign::Down));
    assert_eq!(tops(&table, &found).unwrap().rows[0].tvdss, Some(837.256));
}

#[test]
fn surveys_have_their_stations_and_what_stands_above_them() {
    let Some(folder) = data() else { return };
    for (path, stations) in [
        ("wells/deviation/15_9-F-12_Survey_Data.csv", 126),
        ("wells/deviation/P-130_deviation_survey.csv", 163),
        ("wells/deviation/Well_1515_directional.csv", 83),
        ("wells/deviation/colorado_400844163_directional.csv", 175),
        ("wells/deviation/deviation.csv", 80),
    ] {
        let table = load(&folder, path);
        let rows = surveys(&table, &detect(&table)).unwrap();
        assert_eq!(rows.rows.len(), stations, "{path}");
        assert_eq!(rows.rows[0].well, None);
        assert_eq!(rows.unit(Role::Md), path.ends_with("/deviation.csv").then_some("m"), "{path}");
    }
    let table = load(&folder, "wells/deviation/colorado_400844163_directional.csv");
    assert_eq!(detect(&table).north_reference.as_deref(), Some("true"));
    assert_eq!(table.layout.property(&["KB-MSL"]).map(|p| (p.value.as_str(), p.line)), Some(("4974.70", 5)));
    let table = load(&folder, "wells/deviation/wellpath_a.dev");
    assert_eq!(detect(&table).well.as_deref(), Some("Well Path A"));
}

#[test]
fn ids_of_picks_are_resolved_across_the_folder() {
    let Some(folder) = data() else { return };
    let names = ["LITHOLOGY_DIC.TXT", "PICKS.TXT", "PICKS_DIC.TXT", "WELLS.TXT"];
    let tables = names.iter().map(|n| ((*n).to_owned(), load(&folder, &format!("wells/mannville/{n}")))).collect();
    let resolved = resolve(tables);
    assert_eq!(resolved.iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), names);
    let picks = &resolved[1].1;
    assert_eq!(picks.issues.iter().filter(|i| i.code == "dictionary-joined").count(), 2, "{:?}", picks.issues);
    let found = detect(picks);
    assert_eq!(found.kind, Kind::Tops);
    let rows = tops(picks, &found).unwrap();
    // 10375 picks have no depth; none of them is made up.
    assert_eq!(rows.rows.len(), 30_702 - 10_375);
    let first = &rows.rows[0];
    assert_eq!(
        (first.uwi.as_deref(), first.surface.as_str(), first.md),
        (Some("00/12-08-067-01W4/0"), "mannville", Some(321.0))
    );
    assert_eq!((first.confidence.as_deref(), first.line), (Some("1"), 2));
    assert!(rows.rows.iter().all(|r| r.md.is_some_and(|d| d > 0.0)));
    assert!(rows.issues.iter().any(|i| i.code == "row-incomplete"));
    // The other tables stay as they are.
    assert_eq!(resolved[0].1.columns.len(), 2);
    assert_eq!(resolved[3].1.columns.len(), 3);
}

#[test]
fn points_have_their_coordinates() {
    let Some(folder) = data() else { return };
    let table = load(&folder, "points/texas-wind.csv");
    let found = points(&table, &detect(&table)).unwrap();
    assert_eq!((found.x, found.y, found.z, found.geographic, found.batch.num_rows()), (1, 2, None, true, 186));
    let table = load(&folder, "points/rms/poi_attr.csv");
    let found = points(&table, &detect(&table)).unwrap();
    assert_eq!((found.x, found.y, found.z, found.geographic), (1, 2, Some(3), false));
    assert!(table.issues.iter().any(|i| i.code == "null-assumed" && i.curve.as_deref() == Some("MyNum")));
}
