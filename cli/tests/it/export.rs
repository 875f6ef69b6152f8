//! `outcrop export`: logs as LAS, originals, tables and queries.

use std::fs;

use super::{fails, ok, value};

const LAS: &str = "~V\r\nVERS. 2.0 :\r\nWRAP. NO :\r\n~W\r\nSTRT.FT 1000 :\r\nSTOP.FT 1001 :\r\nSTEP.FT 0.5 :\r\nNULL. -999.25 :\r\n\
                   WELL. A/1 : WELL\r\n~C\r\nDEPT.FT : depth\r\nGRC.GAPI 12 : my gamma ray\r\n~P\r\nBHT.DEGF 150 : bottom hole\r\n\
                   ~A\r\n1000.0 85.20\r\n1000.5 -999.25\r\n1001.0 90.10\r\n";

#[test]
fn logs_go_out_as_they_came_in() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.las"), LAS).unwrap();
    ok(at, &["init", "p.outcrop", "--unit", "m"]);
    ok(at, &["import", "a.las"]);
    assert_eq!(value(at, "SELECT mnemonic || ' ' || value || ' ' || unit FROM parameters"), "BHT 150 DEGF");

    ok(at, &["export", "logs", "--well", "A/1", "-o", "new.las"]);
    let new = fs::read_to_string(at.join("new.las")).unwrap();
    for line in ["GRC.GAPI  12 : my gamma ray", "BHT.DEGF  150 : bottom hole", "1000.5 -999.25", "1001.0   90.10"] {
        assert!(new.contains(line), "{line} in\n{new}");
    }
    ok(at, &["export", "logs", "--original", "-o", "{well}_{log_set}.las"]);
    assert_eq!(fs::read_to_string(at.join("A_1_a.las")).unwrap(), LAS);

    ok(at, &["export", "curves", "-o", "curves.csv"]);
    assert!(fs::read_to_string(at.join("curves.csv")).unwrap().contains("my gamma ray"));
    ok(at, &["export", "(SELECT well, md, gr FROM logs)", "-o", "rows.las", "--las-version", "3.0"]);
    assert!(fs::read_to_string(at.join("rows.las")).unwrap().contains("304.8,85.2"));
}

#[test]
fn what_cannot_be_exported_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("a.las"), LAS).unwrap();
    ok(at, &["init", "p.outcrop"]);
    ok(at, &["import", "a.las"]);
    assert!(fails(at, &["export", "logs", "--well", "B", "-o", "b.las"]).contains("no logs of a well `B`"));
    assert!(fails(at, &["export", "curves", "--well", "A/1", "-o", "c.csv"]).contains("choose rows by a query"));
    assert!(
        fails(at, &["export", "curves TO 'x.csv'; COPY curves", "-o", "c.csv"]).contains("neither the name of a table")
    );
    assert!(fails(at, &["export", "curves", "-o", "c.xyz"]).contains(".las"));
}

/// A table that goes out as CSV comes in again in a project of another unit with the same depths.
#[test]
fn units_go_along_in_csv() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("surveys.csv"), "Well,MD (m),Inclination,Azimuth GN\nA,0,0,0\nA,304.8,10,90\n").unwrap();
    ok(at, &["init", "m.outcrop", "--unit", "m"]);
    ok(at, &["import", "-p", "m.outcrop", "surveys.csv"]);
    ok(at, &["export", "-p", "m.outcrop", "surveys", "-o", "out.csv"]);
    assert!(fs::read_to_string(at.join("out.csv")).unwrap().starts_with("well,md [m],inclination [deg],azimuth [deg]"));
    ok(at, &["init", "ft.outcrop", "--unit", "ft"]);
    ok(at, &["import", "-p", "ft.outcrop", "out.csv"]);
    let feet = ok(
        at,
        &[
            "sql",
            "-p",
            "ft.outcrop",
            "-c",
            "SELECT round(max(md), 6) AS md, max(north_reference) AS n FROM surveys",
            "--format",
            "csv",
        ],
    );
    assert_eq!(feet, "md,n\n1000.0,grid\n", "and the screen has names alone");
}

/// Wells of RMS are looked at and queried as they are imported.
#[test]
fn wells_of_rms_are_inspected_and_queried() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let well = "1.0\nDRILLED\nOP_1 461809.59 5932990.36 25.0\n2\nMDepth UNK lin\nPoro UNK lin\n\
                461809.59 5932990.36 0.0 25.0 0.21\n461810.00 5932991.00 10.0 35.5 -999\n461811.00 5932992.00 20.0 46.0 0.25\n";
    fs::write(at.join("OP_1.w"), well).unwrap();
    let shown = ok(at, &["inspect", "OP_1.w"]);
    assert!(shown.contains("well of RMS") && shown.contains("Poro") && shown.contains("OP_1"), "{shown}");
    assert_eq!(value(at, "SELECT count(poro) FROM 'OP_1.w'"), "2");
    assert_eq!(value(at, "SELECT max(poro) FROM read_las('OP_1.w')"), "0.25");
    assert_eq!(value(at, "SELECT nulls FROM inspect_las('OP_1.w') WHERE mnemonic = 'Poro'"), "1");
}

/// The caller states the north of surveys; the system of the project has a unit.
#[test]
fn north_and_systems_are_stated_at_import() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("wells.csv"), "Well,X,Y,TD (m)\nA,431000,6478000,900\n").unwrap();
    fs::write(at.join("surveys.csv"), "Well,MD (m),Inclination,Azimuth\nA,0,90,100\nA,100,90,100\n").unwrap();
    ok(at, &["init", "p.outcrop", "--unit", "m", "--crs", "EPSG:23031"]);
    ok(at, &["import", "wells.csv"]);
    ok(at, &["import", "surveys.csv", "--north", "true", "--convergence", "10"]);
    assert_eq!(
        value(at, "SELECT round(x, 6) || ' ' || round(y, 6) FROM trajectories WHERE md = 100"),
        "431100.0 6478000.0"
    );
    assert!(fails(at, &["import", "surveys.csv", "--north", "up"]).contains("grid, true or magnetic"));
    assert!(fails(at, &["import", "surveys.csv", "--convergence", "900"]).contains("-180 to 180"));
    // In feet they are in no system of metres.
    ok(at, &["init", "ft.outcrop", "--unit", "ft", "--crs", "EPSG:23031"]);
    ok(at, &["import", "-p", "ft.outcrop", "wells.csv"]);
    let wells =
        ok(at, &["sql", "-p", "ft.outcrop", "-c", "SELECT round(x, 3) AS x, crs FROM wells", "--format", "csv"]);
    assert_eq!(wells, "x,crs\n1414041.995,\n");
}

/// Wells of several systems are not drawn on one map.
#[test]
fn wells_of_several_systems_have_no_map() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let table = "wlbWellboreName,wlbGeodeticDatum,wlbNsUtm,wlbEwUtm,wlbUtmZone,wlbTotalDepth\n\
                 1/2-1,ED50,6306000,496000,31,3574\n7120/1-1,ED50,7970000,500000,34,4003\n";
    fs::write(at.join("w.csv"), table).unwrap();
    ok(at, &["init", "p.outcrop", "--unit", "m"]);
    ok(at, &["import", "w.csv"]);
    let told = fails(at, &["plot", "map", "-o", "m.svg"]);
    assert!(told.contains("EPSG:23031 and EPSG:23034") && told.contains("--points"), "{told}");
}

/// A unit that nobody stated is assumed in the project, and is not said to be the file's when the logs go out again.
#[test]
fn assumed_units_are_not_written_as_stated() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let las = LAS.replace("GRC.GAPI 12", "PEF. 12").replace("85.20", "3.20").replace("90.10", "4.10");
    fs::write(at.join("a.las"), las).unwrap();
    ok(at, &["init", "p.outcrop"]);
    ok(at, &["import", "a.las"]);
    assert_eq!(value(at, "SELECT unit FROM curves WHERE mnemonic = 'PEF'"), "b/e");
    let export = |file: &str| {
        ok(at, &["export", "logs", "--well", "A/1", "-o", file]);
        fs::read_to_string(at.join(file)).unwrap()
    };
    let line = |text: &str| text.lines().find(|l| l.trim_start().starts_with("PEF")).unwrap().to_owned();
    let written = line(&export("assumed.las"));
    assert!(!written.to_uppercase().contains("B/E"), "{written}");
    // Stated when it is imported once more, it is known.
    ok(at, &["import", "a.las", "--unit", "PEF=b/e", "--again"]);
    assert_eq!(value(at, "SELECT count(*) FROM logs"), "3");
    let written = line(&export("stated.las"));
    assert!(written.to_uppercase().contains("B/E"), "{written}");
}

#[test]
fn a_system_that_does_not_exist_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let error = fails(at, &["init", "z.outcrop", "--crs", "EPSG:99999"]);
    assert!(error.contains("EPSG:99999") && error.contains("not a coordinate reference system"), "{error}");
    assert!(!at.join("z.outcrop").exists());
    ok(at, &["init", "p.outcrop", "--crs", "EPSG:23031"]);
    fs::write(at.join("wells.csv"), "Well,X,Y\nA,1,2\n").unwrap();
    let error = fails(at, &["import", "wells.csv", "--crs", "EPSG:99999"]);
    assert!(error.contains("--crs") && error.contains("EPSG:99999"), "{error}");
    ok(at, &["import", "wells.csv", "--crs", "EPSG:23032"]);
}

/// The help names every format that is written and says the unit that numbers are in, and so does what is written.
#[test]
fn formats_and_units_of_exports_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let help = ok(at, &["export", "--help"]);
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for ending in value(at, "SELECT string_agg(write, ' ') FROM outcrop.formats").split(' ') {
        assert!(help.contains(ending.trim_matches('"')), "{ending} in\n{help}");
    }
    assert!(help.contains(".sgy") && help.contains(".zmap") && help.contains("are in the project's unit"), "{help}");

    fs::write(at.join("top.asc"), "ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 100\n1000 2000\n3000 4000\n")
        .unwrap();
    ok(at, &["init", "p.outcrop", "--unit", "m"]);
    ok(at, &["import", "top.asc", "--z-kind", "depth", "--z-unit", "ft", "--unit", "x=m", "--unit", "y=m"]);
    let said = ok(at, &["export", "surfaces.top", "-o", "top.zmap"]);
    assert!(said.contains("(zmap), z in m, x and y in m"), "{said}");
    assert_eq!(value(at, "SELECT max(z) FROM 'top.zmap'"), "1219.2");
    let said = ok(at, &["export", "(SELECT x, y, convert_unit(z, 'ft') AS z FROM surfaces.top)", "-o", "feet.irap"]);
    assert!(said.contains(", z in ft, x and y in m"), "{said}");
    assert_eq!(value(at, "SELECT round(max(z), 6) FROM 'feet.irap'"), "4000.0");
}
