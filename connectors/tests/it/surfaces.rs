//! Surfaces against what other programs read of the same files.

use std::path::{Path, PathBuf};

use outcrop_connectors::dataset::DatasetError;
use outcrop_connectors::surface::{Surface, SurfaceWriter, cps3, esri, gxf, irap, rms, storm, surfer, zmap};
use outcrop_types::GridGeometry;
use serde_json::Value;

pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA").map_or_else(|| PathBuf::from("../../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

fn read(bytes: &[u8], name: &str) -> Result<Surface, DatasetError> {
    let readers =
        [irap::surface, rms::surface, zmap::surface, surfer::surface, esri::surface, gxf::surface, storm::surface];
    let formats = [irap::FORMAT, rms::FORMAT, zmap::FORMAT, surfer::FORMAT, esri::FORMAT, gxf::FORMAT, storm::FORMAT];
    let known: Vec<usize> =
        (0..formats.len()).filter(|f| (formats[*f].recognise)(&bytes[..bytes.len().min(16384)])).collect();
    assert_eq!(known.len(), 1, "{name}: {known:?}");
    readers[known[0]](bytes)
}

fn close(found: f64, expected: &Value, name: &str) {
    match expected.as_f64() {
        None => assert!(found.is_nan(), "{name}: {found}, expected none"),
        Some(expected) => {
            // The peers keep 32 bits of a value.
            assert!((found - expected).abs() <= 2e-7 * expected.abs().max(1.0), "{name}: {found}, expected {expected}");
        }
    }
}

fn by_xtgeo(surface: &Surface, x: &Value, name: &str) {
    let g = surface.geometry;
    assert_eq!((g.columns as u64, g.rows as u64), (x["ncol"].as_u64().unwrap(), x["nrow"].as_u64().unwrap()), "{name}");
    for (found, key) in [(g.x0, "xori"), (g.y0, "yori"), (g.dx, "xinc"), (g.dy, "yinc")] {
        close(found, &x[key], &format!("{name} {key}"));
    }
    close(g.rotation.rem_euclid(360.0), &Value::from(x["rotation"].as_f64().unwrap().rem_euclid(360.0)), name);
    assert_eq!(g.flipped, x["yflip"].as_i64() == Some(-1), "{name}");
    let (i, j) = (g.columns - 1, g.rows - 1);
    for (found, key) in [
        (surface.value(0, 0), "i0j0"),
        (surface.value(i, 0), "inj0"),
        (surface.value(0, j), "i0jn"),
        (surface.value(i, j), "injn"),
    ] {
        close(found, &x["corner_values"][key], &format!("{name} {key}"));
    }
    statistics(surface, x, name);
}

fn by_gdal(surface: &Surface, x: &Value, name: &str) {
    let g = surface.geometry;
    assert_eq!((g.columns as u64, g.rows as u64), (x["ncol"].as_u64().unwrap(), x["nrow"].as_u64().unwrap()), "{name}");
    // GDAL's transform is of the upper left corner of the upper left cell, ours of the lower left node.
    let t: Vec<f64> = x["transform"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    close(g.dx, &x["transform"][0], name);
    close(g.dy, &Value::from(-t[4]), name);
    close(g.x0, &Value::from(t[2] + t[0] / 2.0), name);
    close(g.y0, &Value::from(t[5] + t[4] * (g.rows as f64 - 0.5)), name);
    close(surface.value(0, g.rows - 1), &x["upper_left_value"], &format!("{name} upper left"));
    statistics(surface, x, name);
}

fn statistics(surface: &Surface, x: &Value, name: &str) {
    let values: Vec<f64> = surface.values.iter().copied().filter(|v| !v.is_nan()).collect();
    assert_eq!((surface.values.len() - values.len()) as u64, x["undefined"].as_u64().unwrap(), "{name} undefined");
    close(values.iter().copied().fold(f64::INFINITY, f64::min), &x["min"], &format!("{name} min"));
    close(values.iter().copied().fold(f64::NEG_INFINITY, f64::max), &x["max"], &format!("{name} max"));
    close(values.iter().sum::<f64>() / values.len() as f64, &x["mean"], &format!("{name} mean"));
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for kind in ["irap", "zmap", "surfer", "esri", "gxf", "storm"] {
        let entries = std::fs::read_dir(folder.join("surfaces").join(kind)).unwrap();
        found.extend(entries.map(|e| e.unwrap().path()));
    }
    found.sort();
    found
}

#[test]
fn surfaces_are_those_that_other_programs_read() {
    let Some(folder) = data() else { return };
    let mut compared = 0;
    for path in files(&folder) {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let surface = read(&std::fs::read(&path).unwrap(), &name).unwrap_or_else(|e| panic!("{name}: {e}"));
        let expected = folder.join("expected").join(format!("{name}.json"));
        let expected: Value = serde_json::from_slice(&std::fs::read(expected).unwrap()).unwrap();
        if expected["xtgeo"]["ncol"].is_u64() {
            by_xtgeo(&surface, &expected["xtgeo"], &name);
            compared += 1;
        } else if expected["gdal"]["ncol"].is_u64() {
            by_gdal(&surface, &expected["gdal"], &name);
            compared += 1;
        }
    }
    assert!(compared >= 15, "{compared}");
}

/// No program at hand reads STORM grids; the order of the values shows in how little neighbours differ, and the size of the
/// file bears the header out.
#[test]
fn storm_runs_along_x_first() {
    let Some(folder) = data() else { return };
    let surface = storm::surface(&std::fs::read(folder.join("surfaces/storm/emerald_z1735.grd")).unwrap()).unwrap();
    let g = surface.geometry;
    assert_eq!((g.columns, g.rows, g.dx, g.dy), (307, 331, 25.0, 25.0));
    assert_eq!((g.x0, g.y0), (459_741.375, 5_929_475.0));
    let rough = |columns: usize| {
        let pairs =
            surface.values.iter().zip(surface.values.iter().skip(columns)).filter(|(a, b)| !(a.is_nan() || b.is_nan()));
        let (sum, n) = pairs.fold((0.0, 0), |(s, n), (a, b)| (s + (a - b).abs(), n + 1));
        sum / f64::from(n)
    };
    assert!(rough(307) < 0.5 * rough(331), "{} {}", rough(307), rough(331));
}

#[test]
fn a_cut_file_says_so_with_its_line() {
    let Some(folder) = data() else { return };
    let error = zmap::surface(&std::fs::read(folder.join("surfaces/bad/topreek_truncated.zmap")).unwrap()).unwrap_err();
    assert!(error.message.contains("expected 42845 values for 205 columns and 209 rows, found 13124"), "{error}");
    assert!(error.line.is_some());
}

fn written(surface: &Surface, format: &str) -> Result<(Vec<u8>, Vec<String>), DatasetError> {
    let mut notes = Vec::new();
    (SurfaceWriter::of(format).unwrap().write)(surface, &mut notes).map(|bytes| (bytes, notes))
}

fn same(a: &Surface, b: &Surface) {
    assert_eq!(a.geometry, b.geometry);
    let bits = |s: &Surface| s.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(a), bits(b));
}

#[test]
fn what_is_written_is_read_as_it_was() {
    let Some(folder) = data() else { return };
    for path in files(&folder) {
        let name = path.display().to_string();
        let surface = read(&std::fs::read(&path).unwrap(), &name).unwrap();
        same(&surface, &read(&written(&surface, "fgr").unwrap().0, &name).unwrap());
        let (bytes, notes) = written(&surface, "gri").unwrap();
        let again = read(&bytes, &name).unwrap();
        if name.ends_with(".gri") {
            assert!(notes.is_empty(), "{notes:?}");
            same(&surface, &again);
        }
        // A second time nothing is rounded any more.
        let (bytes, notes) = written(&again, "gri").unwrap();
        assert!(notes.is_empty(), "{name}: {notes:?}");
        same(&again, &read(&bytes, &name).unwrap());
        if let Ok((bytes, _)) = written(&surface, "cps3") {
            let back = cps3::surface(&bytes).unwrap();
            let bits = |s: &Surface| s.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&back), bits(&surface), "{name}");
            assert!((back.geometry.dx - surface.geometry.dx).abs() < 1e-9 * surface.geometry.dx);
        }
        match written(&surface, "zmap") {
            Ok((bytes, _)) => {
                let back = read(&bytes, &name).unwrap();
                assert_eq!(back.geometry.columns, surface.geometry.columns);
                let bits = |s: &Surface| s.values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&back), bits(&surface));
                assert!((back.geometry.dx - surface.geometry.dx).abs() < 1e-9 * surface.geometry.dx);
            }
            Err(error) => {
                assert!(surface.geometry.rotation != 0.0 && error.message.contains("turned"), "{name}: {error}");
            }
        }
    }
}

fn small(flipped: bool, rotation: f64) -> Surface {
    let geometry = GridGeometry { columns: 3, rows: 2, x0: 100.25, y0: 200.5, dx: 10.0, dy: 20.0, rotation, flipped };
    Surface::new(geometry, vec![1.0, 2.5, f64::NAN, -4.0, 5.0e-7, 123_456.789]).unwrap()
}

#[test]
fn turned_and_flipped_grids_are_kept() {
    for (flipped, rotation) in [(false, 0.0), (true, 30.0), (false, -12.5), (true, 0.0)] {
        let surface = small(flipped, rotation);
        same(&surface, &irap::surface(&written(&surface, "irap_classic").unwrap().0).unwrap());
        let binary = rms::surface(&written(&surface, "rms_binary").unwrap().0).unwrap();
        assert_eq!(binary.geometry, surface.geometry);
    }
    // A quarter turn: i runs north, j west, or east where flipped.
    let at = |flipped| small(flipped, 90.0).geometry.position(1, 1);
    assert_eq!(at(false), (80.25, 210.5));
    assert_eq!(at(true), (120.25, 210.5));
}

#[test]
fn values_that_stand_for_nothing_are_not_written() {
    let mut surface = small(false, 0.0);
    surface.values[0] = 9_999_900.0;
    assert!(written(&surface, "fgr").unwrap_err().message.contains("undefined"));
    let binary = rms::surface(&written(&surface, "rms_binary").unwrap().0).unwrap();
    assert_eq!(binary.values[0], 9_999_900.0);
    surface.values[0] = 1e30;
    assert!(written(&surface, "rms_binary").unwrap_err().message.contains("undefined"));
}

#[test]
fn zmap_fields_are_told_by_their_columns_where_blanks_do_not() {
    let text = "@x HEADER, GRID, 2\n8, -99999.0, , 2, 1\n2, 2, 0.0, 10.0, 0.0, 10.0\n0.0, 0.0, 0.0\n@\n-1234.50-2345.60\n99999.00-99999.0\n";
    let surface = zmap::surface(text.as_bytes()).unwrap();
    assert_eq!([surface.value(0, 1), surface.value(0, 0), surface.value(1, 1)], [-1234.5, -2345.6, 99_999.0]);
    assert!(surface.value(1, 0).is_nan());
    // Without a null value, a blank field is null.
    let blank = text.replace("-99999.0, ,", " , ,").replace("99999.00-99999.0", "    7.00        ");
    let surface = zmap::surface(blank.as_bytes()).unwrap();
    assert_eq!(surface.value(1, 1), 7.0);
    assert!(surface.value(1, 0).is_nan());
    // No decimal point, but decimals: programs read different numbers.
    let error = zmap::surface(text.replace("99999.00", "  123450").as_bytes()).unwrap_err();
    assert!(error.message.contains("decimal point"), "{error}");
}

#[test]
fn binary_grids_of_surfer_are_read() {
    let values = [1.0f64, 2.0, 3.0, 4.0, 1.701_41e38, 6.0];
    let mut six = b"DSBB".to_vec();
    six.extend(3i16.to_le_bytes());
    six.extend(2i16.to_le_bytes());
    for bound in [100.0f64, 120.0, 50.0, 55.0, 1.0, 6.0] {
        six.extend(bound.to_le_bytes());
    }
    six.extend(values.iter().flat_map(|v| (*v as f32).to_le_bytes()));
    let mut seven = b"DSRB\x04\0\0\0\x02\0\0\0GRID\x48\0\0\0".to_vec();
    seven.extend(2i32.to_le_bytes());
    seven.extend(3i32.to_le_bytes());
    for number in [100.0f64, 50.0, 10.0, 5.0, 1.0, 6.0, 0.0, 1.701_41e38] {
        seven.extend(number.to_le_bytes());
    }
    seven.extend(b"DATA\x30\0\0\0");
    seven.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    for bytes in [six, seven] {
        let surface = surfer::surface(&bytes).unwrap();
        assert_eq!(surface.geometry.position(2, 1), (120.0, 55.0));
        assert_eq!([surface.value(0, 0), surface.value(2, 0), surface.value(2, 1)], [1.0, 3.0, 6.0]);
        assert!(surface.value(1, 1).is_nan());
    }
}

#[test]
fn cps3_runs_down_its_columns() {
    let text = "! Surface: top\nFSASCI 0 1 \"Computed by x\" 0 1.0E+30 0\nFSATTR 0 0\nFSLIMI 100 120 50 60 1 6\nFSNROW 2 3\nFSXINC 10 10\n->Top sand\n1 2 3\n4 5 0.1E+31\n";
    let surface = cps3::surface(text.as_bytes()).unwrap();
    assert_eq!(surface.name.as_deref(), Some("Top sand"));
    // The north west corner first, then southwards.
    assert_eq!(
        [surface.value(0, 1), surface.value(0, 0), surface.value(1, 1), surface.value(2, 1)],
        [1.0, 2.0, 3.0, 5.0]
    );
    assert!(surface.value(2, 0).is_nan());
    assert_eq!(surface.geometry.position(2, 1), (120.0, 60.0));
    let wrong = |from: &str, to: &str| cps3::surface(text.replace(from, to).as_bytes()).unwrap_err().to_string();
    assert!(wrong("FSXINC 10 10", "FSXINC 10 20").contains("do not fit"));
    assert!(wrong("FSNROW 2 3", "FSNROW 2 x").contains("rows and columns"));
    assert!(wrong("FSLIMI 100 120 50 60 1 6", "FSLIMI 100 120").contains("4 numbers"));
    assert!(wrong("FSLIMI 100 120", "FSLIMI 120 100").contains("above 0"));
    assert!(wrong("4 5 0.1E+31", "4 5").contains("found 5"));
    assert!(wrong("4 5 0.1E+31", "4 5 6 7").contains("more values"));
    assert!(wrong("2 3\n4", "2 three\n4").contains("`three`"));
    assert!(wrong("FSNROW 2 3\n", "").contains("FSNROW"));
}
