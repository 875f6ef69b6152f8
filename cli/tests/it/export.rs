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
