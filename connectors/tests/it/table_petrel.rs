//! Text exports of Petrel: traces of wells and checkshots.

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
