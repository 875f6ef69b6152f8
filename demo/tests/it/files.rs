//! The files are what their formats say, and as varied as promised.

use std::collections::HashSet;

use outcrop_demo::{DemoError, DemoOptions, write};

use crate::field;
use crate::plain_las::PlainLas;

fn rows(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(field().folder.join(name)).unwrap();
    let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let rows: Vec<_> = lines.collect();
    assert!(rows.iter().all(|r| r.len() == header.len()), "{name}: ragged rows");
    (header, rows)
}

#[test]
fn every_log_file_has_the_depths_its_header_states() {
    for (number, well) in field().wells.iter().enumerate() {
        let las = PlainLas::read(&well.las);
        let depth = &las.curves[0].2;
        assert_eq!(depth.len(), well.samples, "{}", well.name);
        assert!(well.samples > 1000);
        let (start, stop, step) = (las.number("STRT"), las.number("STOP"), las.number("STEP"));
        assert_eq!((depth[0], depth[depth.len() - 1]), (start, stop), "{}", well.name);
        assert!(depth.windows(2).all(|d| (d[1] - d[0] - step).abs() < 1.01e-4), "{}", well.name);
        let metres = if las.items["STRT"].0 == "FT" { 0.3048 } else { 1.0 };
        assert!(stop * metres <= well.td && stop * metres > well.td - 1.0, "{}", well.name);
        let old = las.items["VERS"].1 == "1.2";
        let item = |m: &str| if old { las.items[m].2.clone() } else { las.items[m].1.clone() };
        assert_eq!((item("WELL"), item("UWI")), (well.name.clone(), well.uwi.clone()));
        assert_eq!(well.name, format!("OUT-{}", number + 1));
        for (mnemonic, _, values) in &las.curves {
            let valid = values.iter().filter(|v| v.is_finite()).count();
            assert!(valid as f64 > 0.8 * values.len() as f64, "{} {mnemonic}: {valid} valid", well.name);
        }
    }
}

#[test]
fn the_files_vary_as_the_documentation_says() {
    let all: Vec<PlainLas> = field().wells.iter().map(|w| PlainLas::read(&w.las)).collect();
    let count = |what: &dyn Fn(&PlainLas) -> bool| all.iter().filter(|l| what(l)).count();
    assert_eq!(count(&|l| l.items["WRAP"].1 == "YES"), 1);
    assert_eq!(count(&|l| l.items["VERS"].1 == "1.2"), 1);
    assert_eq!(count(&|l| l.items["STRT"].0 == "FT"), 1);
    assert_eq!(count(&|l| l.raw.contains("\r\n")), 12);
    assert_eq!(count(&|l| l.curve("RHOZ").is_some()), 2);
    assert_eq!(count(&|l| l.curve("ILD").is_some()), 1);
    assert_eq!(count(&|l| l.curves.iter().any(|c| c.1 == "KG/M3")), 1);
    assert_eq!(count(&|l| l.curve("SP").is_none()), 3);
    assert!(all.iter().all(|l| l.curves.iter().skip(1).any(|c| c.2.iter().any(|v| v.is_nan()))));
}

#[test]
fn tables_have_a_row_per_well_pick_and_station() {
    let (header, wells) = rows("wells.csv");
    assert_eq!(header[..4], ["Well", "UWI", "X (m)", "Y (m)"]);
    assert_eq!(wells.len(), 24);
    for (row, well) in wells.iter().zip(&field().wells) {
        assert_eq!(row[0], well.name);
        let numbers = [2, 3, 6, 8].map(|c: usize| row[c].parse::<f64>().unwrap());
        assert_eq!(numbers, [well.x, well.y, well.kb, well.td]);
        assert_eq!(row[4], "EPSG:23031");
        assert!((20.0..=35.0).contains(&well.kb));
    }
    let (_, tops) = rows("tops.csv");
    assert_eq!(tops.len(), 24 * 4);
    let (_, stations) = rows("surveys.csv");
    assert_eq!(stations.len(), field().wells.iter().map(|w| w.stations.len()).sum::<usize>());
    assert!(stations.iter().all(|r| (0.0..360.0).contains(&r[3].parse::<f64>().unwrap())));
    let (_, picks) = rows("top_reservoir_twt.csv");
    assert_eq!(picks.len(), field().seismic_picks);
    assert!(picks.len() > 1000);
}

#[test]
fn wells_stand_apart_and_inside() {
    let places: HashSet<(u64, u64)> = field().wells.iter().map(|w| (w.x as u64, w.y as u64)).collect();
    assert_eq!(places.len(), 24);
    for (i, a) in field().wells.iter().enumerate() {
        for b in &field().wells[..i] {
            let apart = (a.x - b.x).hypot(a.y - b.y);
            assert!(apart > 1000.0, "{} and {}: {apart} m", a.name, b.name);
        }
    }
}

#[test]
fn every_file_is_listed() {
    let folder = &field().folder;
    assert_eq!(field().files.len(), 24 + 5 + 1);
    assert!(field().files.iter().all(|f| f.starts_with(folder) && f.is_file()));
}

#[test]
fn bad_options_and_folders_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for options in [
        DemoOptions { wells: 0, ..DemoOptions::default() },
        DemoOptions { log_step: f64::NAN, ..DemoOptions::default() },
        DemoOptions { log_step: 0.0, ..DemoOptions::default() },
    ] {
        assert!(matches!(write(folder.path(), &options), Err(DemoError::Option { .. })), "{options:?}");
    }
    let file = folder.path().join("taken");
    std::fs::write(&file, "x").unwrap();
    let error = write(&file, &DemoOptions::default()).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}
