//! Text exports of Petrel and OpendTect: traces of wells, checkshots, horizons.

use outcrop_connectors::table::{Kind, Role, TableOptions, checkshots, detect, read, surveys};

const TRACE: &str = "\
# WELL TRACE FROM PETREL
# WELL NAME:              55/33-A-4
# WELL HEAD X-COORDINATE: 463256.91 m
# WELL HEAD Y-COORDINATE: 5930542.29 m
# WELL KB:                25.00 m
# WELL TYPE:              OIL
# MD AND TVD ARE REFERENCED (=0) AT WELL DATUM AND INCREASE DOWNWARDS
# ANGLES ARE GIVEN IN DEGREES
# XYZ TRACE IS GIVEN IN COORDINATE SYSTEM ED50_UTM31
# AZIMUTH REFERENCE TRUE NORTH
# DX DY ARE GIVEN IN GRID NORTH IN m-UNITS
# DEPTH (Z, TVD) GIVEN IN m-UNITS
#======================================================================================================================
      MD              X              Y             Z           TVD          DX          DY      AZIM_TN     INCL      DLS
#======================================================================================================================
 0.0000000000 463256.91000 5930542.29000 25.0000000 0.0000000 0.0000000 0.0000000 0.0000000 0.0000000 0.0000000
 100.00000000 463256.91000 5930542.29000 -75.000000 100.00000 0.0000000 0.0000000 30.000000 0.0000000 0.0000000
 200.00000000 463258.00000 5930544.00000 -174.90000 199.90000 1.0900000 1.7100000 31.500000 2.2500000 0.6000000
";

#[test]
fn a_trace_is_a_survey_of_its_well() {
    let table = read(TRACE.as_bytes(), &TableOptions::default()).unwrap();
    let found = detect(&table);
    assert_eq!(found.kind, Kind::Surveys, "{found:?}");
    assert_eq!(found.well.as_deref(), Some("55/33-A-4"));
    assert_eq!(found.north_reference.as_deref(), Some("true"));
    let rows = surveys(&table, &found).unwrap();
    assert_eq!(rows.rows.len(), 3);
    let last = &rows.rows[2];
    assert_eq!((last.md, last.inclination, last.azimuth), (200.0, 2.25, 31.5));
    assert_eq!(rows.unit(Role::Md), Some("m"), "the lines above state it");
    assert_eq!(rows.unit(Role::Dx), Some("m"));
    assert_eq!(rows.unit(Role::X), None, "x and y are in the units of the coordinate system, whatever those are");
}

#[test]
fn a_trace_in_feet_is_in_feet() {
    let text = TRACE.replace("m-UNITS", "ft-UNITS");
    let table = read(text.as_bytes(), &TableOptions::default()).unwrap();
    assert_eq!(surveys(&table, &detect(&table)).unwrap().unit(Role::Md), Some("ft"));
    let silent = TRACE.replace("# DEPTH (Z, TVD) GIVEN IN m-UNITS\n", "");
    let table = read(silent.as_bytes(), &TableOptions::default()).unwrap();
    assert_eq!(surveys(&table, &detect(&table)).unwrap().unit(Role::Md), None);
}

#[test]
fn units_of_checkshots_are_those_of_the_comments() {
    let text = "# Petrel checkshots\n# Unit in X and Y direction: m\n# Unit in depth: ft\n# Unit in time: ms\nVERSION 1\nBEGIN HEADER\nX\nY\nZ\nTWT\nMD\nWell\nEND HEADER\n1 2 -100 -120 130 \"P-1\"\n1 2 -500 -480.5 530 \"P-1\"\n";
    let table = read(text.as_bytes(), &TableOptions::default()).unwrap();
    let found = detect(&table);
    assert_eq!(found.kind, Kind::Checkshots);
    let read = checkshots(&table, &found).unwrap();
    assert_eq!((read.time, read.time_unit.as_deref()), (Role::Twt, Some("ms")));
    assert_eq!((read.rows.unit(Role::Md), read.rows.unit(Role::Tvdss)), (Some("ft"), Some("ft")));
    assert_eq!((read.rows.rows[1].time, read.rows.rows[1].tvdss), (480.5, Some(500.0)));
}

#[test]
fn names_in_comments_of_opendtect_are_names() {
    let horizon = |head: &str| format!("{head}100.5\t200.5\t376\t914\t648.5\n101.5\t201.5\t376\t916\t1e30\n");
    for head in [
        "# 1: X\n# 2: Y\n# 3: Inline\n# 4: Crossline\n# 5: Z\n# - - - - -\n",
        "# \"X\"\t\"Y\"\t\"Inline\"\t\"Crossline\"\t\"Z\"\n# - - - - -\n",
    ] {
        let table = read(horizon(head).as_bytes(), &TableOptions::default()).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!((names, table.rows), (vec!["X", "Y", "Inline", "Crossline", "Z"], 2), "{head}");
        assert_eq!((table.columns[4].data.nulls(), detect(&table).kind), (1, Kind::Points), "1e30 is undefined");
    }
    // Names that do not fit the rows are comments like others.
    let table = read(horizon("# 1: X\n# 2: Y\n").as_bytes(), &TableOptions::default()).unwrap();
    assert_eq!(table.columns[0].name, "column_1");
}

#[test]
fn horizons_of_opendtect_have_the_reference_numbers() {
    let Some(data) = crate::las_expected::data() else { return };
    for name in ["Nimitz_H1-part_XY-and-ILXL_Single-line-header.dat", "Segment_XY-and-ILXL_Multi-line-header.dat"] {
        let path = data.join("surfaces/opendtect").join(name);
        let table = read(&std::fs::read(path).unwrap(), &TableOptions::default()).unwrap();
        let expected = std::fs::read_to_string(data.join(format!("expected/surfaces/opendtect/{name}.json"))).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
        assert_eq!(Some(table.rows as u64), expected["text"]["numeric_rows"].as_u64(), "{name}");
        assert_eq!(detect(&table).kind, Kind::Points, "{name}");
        let of: Vec<&str> = table.columns.iter().take(5).map(|c| c.name.as_str()).collect();
        assert_eq!(of, ["X", "Y", "Inline", "Crossline", "Z"], "{name}");
        for (column, expected) in table.columns.iter().zip(expected["text"]["columns"].as_array().unwrap()).take(5) {
            let values = column.data.numbers();
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            assert!((mean - expected["mean"].as_f64().unwrap()).abs() < 1e-6, "{name} {}: {mean}", column.name);
        }
    }
}
