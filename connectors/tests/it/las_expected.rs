//! Every LAS file of the data folder against the answers of lasio 0.32, and the broken files against what they must end as.

use std::path::{Path, PathBuf};

use outcrop_connectors::las::{self, Curve, CurveData, CurveHeader, LasError, LasFile, ReadOptions};
use serde_json::Value;

/// The data folder; `None` (and a word about it) where there is none.
pub fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")));
    if folder.join("las").is_dir() {
        return Some(folder);
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

/// The files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> Result<LasFile, LasError> {
    las::read(&std::fs::read(path).unwrap(), &ReadOptions::default())
}

fn has(file: &LasFile, code: &str) -> bool {
    file.all_issues().any(|i| i.code == code)
}

/// lasio keeps formats in descriptions.
fn without_format(text: &str) -> &str {
    let text = text.trim();
    match text.strip_suffix('}').and_then(|t| t.rfind('{')) {
        Some(open) => text[..open].trim_end(),
        None => text,
    }
}

struct Differences {
    path: String,
    found: Vec<String>,
}

impl Differences {
    fn check(&mut self, what: &str, expected: &str, found: &str) {
        if expected != found {
            self.found.push(format!("{}: {what}: expected `{expected}`, found `{found}`", self.path));
        }
    }

    fn near(&mut self, what: &str, expected: &Value, found: Option<f64>) {
        let same = match (expected.as_f64(), found) {
            (Some(e), Some(f)) => (e - f).abs() <= 1e-9 * e.abs().max(1e-300),
            (None, None) => true,
            _ => false,
        };
        if !same {
            self.found.push(format!("{}: {what}: expected {expected}, found {found:?}", self.path));
        }
    }

    fn curve(&mut self, expected: &Value, header: &CurveHeader, curve: &Curve) {
        let text = |key: &str| expected[key].as_str().unwrap_or_default().to_owned();
        let name = text("mnemonic");
        // lasio cuts the outer parentheses of `(m/s)*(kg/m3)` although they do not belong together.
        let unit = if text("unit") == "m/s)*(kg/m3" { "(m/s)*(kg/m3)".to_owned() } else { text("unit") };
        self.check("name", &name, &curve.name.to_uppercase());
        self.check("header name", &curve.name, &header.name);
        self.check(&format!("unit of {name}"), &unit, header.unit.as_deref().unwrap_or_default());
        self.check(&format!("description of {name}"), without_format(&text("descr")), &header.description);
        let summary = curve.summary();
        let count = expected["non_null"].as_u64().or(expected["non_empty"].as_u64());
        self.near(&format!("rows of {name}"), &expected["n"], Some(summary.samples as f64));
        let numeric = matches!(curve.data, CurveData::Numeric(_));
        self.check(&format!("type of {name}"), &text("type"), if numeric { "numeric" } else { "text" });
        if numeric && text("type") == "numeric" {
            self.check(
                &format!("values of {name}"),
                &format!("{count:?}"),
                &format!("{:?}", Some((summary.samples - summary.nulls) as u64)),
            );
            self.near(&format!("min of {name}"), &expected["min"], summary.min);
            self.near(&format!("max of {name}"), &expected["max"], summary.max);
            // Means of values that cancel out differ in the last digits by the order of addition.
            let scale = summary.max.unwrap_or(0.0).abs().max(summary.min.unwrap_or(0.0).abs());
            if let (Some(e), Some(f)) = (expected["mean"].as_f64(), summary.mean)
                && (e - f).abs() > 1e-12 * scale.max(1e-300)
            {
                self.found.push(format!("{}: mean of {name}: expected {e}, found {f}", self.path));
            }
        }
    }

    fn file(&mut self, expected: &Value, file: &LasFile) {
        let las = &expected["las"];
        self.near("rows", &las["n_rows"], Some(file.rows as f64));
        // Without ~Well lasio invents a NULL of -9999.25.
        if !has(file, "section-missing") {
            self.near("NULL", &las["NULL"], file.header.null);
        }
        for (key, found) in [("STRT", file.header.start), ("STOP", file.header.stop), ("STEP", file.header.step)] {
            if !las[key].is_string() {
                self.near(key, &las[key], found);
            }
        }
        let curves = las["curves"].as_array().cloned().unwrap_or_default();
        self.near("curves", &Value::from(curves.len()), Some(file.curves.len() as f64));
        for ((expected, header), curve) in curves.iter().zip(&file.header.curves).zip(&file.curves) {
            self.curve(expected, header, curve);
        }
        for key in ["WELL", "UWI", "COMP", "FLD"] {
            let expected = match &las[key] {
                Value::String(s) => s.clone(),
                Value::Number(n) => n.to_string(),
                _ => continue,
            };
            let found = file.header.well_item(key).map(|i| i.value.as_str()).unwrap_or_default();
            self.check(key, expected.trim(), found);
        }
    }
}

/// Where lasio is not followed, and why.
fn doubtful(path: &str) -> Option<&'static str> {
    Some(match path {
        "las/lasio/null_policy_(null).las" => "`(null)` is null; lasio makes the whole column text",
        "las/lasio/null_policy_ind.las" => "`-1.#IND0000` is the C runtime's NaN; lasio takes it for -1",
        "las/lascheck/sample_sections_after_a_section.las" => "lasio loses the third row before the section behind ~A",
        "las/lascheck/sample_v_section_second.las" => {
            "a ~Version behind ~Well holds for it nevertheless: lasio gives the labels of LAS 1.2 as values"
        }
        _ => return None,
    })
}

#[test]
fn as_the_reference_reads() {
    let Some(data) = data() else { return };
    let (mut compared, mut own) = (0, 0);
    let mut all = Vec::new();
    for path in files(&data.join("las")) {
        let name = path.strip_prefix(&data).unwrap().to_string_lossy().into_owned();
        let answer = data.join("expected").join(format!("{name}.json"));
        let Ok(text) = std::fs::read_to_string(&answer) else { continue };
        let expected: Value = serde_json::from_str(&text).unwrap();
        if expected["reference"] != "ok" {
            continue;
        }
        if doubtful(&name).is_some() {
            own += 1;
            continue;
        }
        compared += 1;
        let mut differences = Differences { path: name.clone(), found: Vec::new() };
        match read(&path) {
            Ok(file) => differences.file(&expected, &file),
            Err(error) => differences.found.push(format!("{name}: {error}")),
        }
        all.extend(differences.found);
    }
    println!("{compared} files compared with lasio, {own} with answers of their own, {} differences", all.len());
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(compared > 150, "only {compared} files were compared");
}

/// The numbers of a curve.
fn numbers<'f>(file: &'f LasFile, name: &str) -> &'f [f64] {
    file.curve(name).and_then(Curve::numbers).unwrap()
}

#[test]
fn where_the_reference_is_not_followed() {
    let Some(data) = data() else { return };
    let las = data.join("las");
    let file = read(&las.join("lasio/null_policy_(null).las")).unwrap();
    assert_eq!(file.curve("RHOB").unwrap().summary().nulls, 1);
    assert_eq!(numbers(&file, "RHOB")[..2], [2550.0, 2550.0]);
    let file = read(&las.join("lasio/null_policy_ind.las")).unwrap();
    assert_eq!(file.curve("CN").unwrap().summary().nulls, 10);
    let file = read(&las.join("lascheck/sample_sections_after_a_section.las")).unwrap();
    assert_eq!((file.rows, file.header.sections.len()), (3, 1));
    assert_eq!(file.header.sections[0].rows().count(), 3);
    let file = read(&las.join("lascheck/sample_v_section_second.las")).unwrap();
    assert_eq!(file.header.well_value("WELL"), Some("ANY ET AL OIL WELL #12"));
    assert_eq!(file.header.well_value("UWI"), Some("100091604920W300"));
}

#[test]
fn broken_files_end_clearly() {
    let Some(data) = data() else { return };
    let bad = data.join("las/bad");
    for path in files(&bad) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let result = read(&path);
        match name.as_str() {
            // A LAS file after all, with brackets in its mnemonics and a micro sign in Latin-1; read as lasio reads it.
            "1609901672340.las" => {
                let file = result.unwrap();
                assert_eq!((file.rows, file.curves.len(), file.header.encoding), (1100, 15, "windows-1252"));
                let text = std::fs::read_to_string(data.join("expected/las/bad").join(format!("{name}.json"))).unwrap();
                let mut differences = Differences { path: name, found: Vec::new() };
                differences.file(&serde_json::from_str(&text).unwrap(), &file);
                assert!(differences.found.is_empty(), "{:?}", differences.found);
            }
            // Its ~Curve section is empty and its header has no colons; lasio gives up.
            "260341080252801.19980915.NN.las" => {
                let file = result.unwrap();
                assert!(
                    has(&file, "curves-undefined") && has(&file, "header-line-no-colon") && has(&file, "step-sign")
                );
                assert_eq!((file.rows, file.curves.len()), (807, 4));
                assert!(file.header.curves.iter().all(|c| c.unit.is_none()));
            }
            "F02-1_truncated_mid_row.las" => {
                let file = result.unwrap();
                assert!(has(&file, "row-truncated") && has(&file, "stop-differs"));
                // The last row holds two whole values; nothing is made up behind them.
                assert_eq!(numbers(&file, "DEPTH").last(), Some(&397.65));
                assert_eq!(numbers(&file, "RHOB").last(), Some(&1418.6055));
                assert!(
                    numbers(&file, "DT").last().unwrap().is_nan() && numbers(&file, "PHIE").last().unwrap().is_nan()
                );
            }
            "header_only.las" => {
                let file = result.unwrap();
                assert!(has(&file, "no-data-section") && file.rows == 0 && file.curves.len() == 21);
            }
            "missing_a_section.las" => {
                let file = result.unwrap();
                assert!(has(&file, "no-data-rows") && has(&file, "null-missing") && file.rows == 0);
            }
            "missing_curves_section.las" => {
                let file = result.unwrap();
                assert!(has(&file, "section-missing") && has(&file, "curves-undefined"));
                assert_eq!((file.rows, file.curves.len(), file.curves[0].name.as_str()), (3, 8, "DEPTH"));
                assert!(file.header.curves.iter().all(|c| c.unit.is_none()));
            }
            "missing_version_section.las" => {
                let file = result.unwrap();
                assert!(
                    has(&file, "section-missing") && has(&file, "version-unknown") && has(&file, "well-item-swapped")
                );
                assert_eq!(file.header.well_value("WELL"), Some("ANY ET AL OIL WELL #12"));
            }
            "not_a_las_file.las" | "seudo_las.las" => {
                assert!(matches!(result, Err(LasError::NotLas { line: 1, .. })), "{name}")
            }
            other => panic!("{other} has no expectation"),
        }
    }
}

#[test]
fn las_3_keeps_what_lasio_leaves_out() {
    let Some(data) = data() else { return };
    let las = data.join("las");
    let file = read(&las.join("kgs/Wellington_KGS-1-32-wDST2_LASv3.las")).unwrap();
    // lasio runs the rows of all sections into one table of 354958 rows.
    assert_eq!((file.rows, file.curves.len()), (9341, 38));
    assert_eq!(file.curve("DEPT").unwrap().summary().max, Some(5247.5));
    let tops = file.header.sections.iter().find(|s| s.name == "Tops_Data").unwrap();
    assert_eq!((tops.columns[4].mnemonic.as_str(), tops.rows().next().unwrap()[4]), ("TOPN", "Heebner Shale"));
    assert_eq!(file.header.parameter("TDL").map(|p| p.value.as_str()), Some("5240.0"));

    let file = read(&las.join("lasio/las-30a-revised-2010.las")).unwrap();
    assert_eq!(file.curves[8].numbers(), Some([1.45e12, 1.47e12, 2.85e12].as_slice()));
    let lithology: Vec<Option<String>> =
        ["DOLOMITE WI/VUGS", "LIMESTOVE", "LOST INTERVAL"].map(|s| Some(s.to_owned())).into();
    assert_eq!(file.curves[9].data, CurveData::Text(lithology));
    assert_eq!(file.header.curves[11].format.as_deref(), Some("AF;5ms"));
    let cores: Vec<_> = file.header.sections.iter().filter(|s| s.name.starts_with("Core_Data")).collect();
    assert_eq!((cores.len(), cores[1].columns.len(), cores[1].rows().count()), (2, 3, 3));
    assert_eq!(file.header.parameters.iter().filter(|p| p.association.as_deref() == Some("Run[2]")).count(), 2);

    let file = read(&las.join("lasio/0-d Array #3 (MS).las")).unwrap();
    assert_eq!((file.rows, file.more.len()), (47, 6));
    assert_eq!(file.more.iter().map(|s| s.rows).collect::<Vec<_>>(), [101, 50, 61, 51, 71, 1]);
    assert!(matches!(&file.more[1].curves[1].data, CurveData::Text(v) if v[0].as_deref() == Some("SS")));

    let file = read(&las.join("lasio/Curve-Param Error #12 (SS).LAS")).unwrap();
    let phase = file.header.sections.iter().find(|s| s.name == "Phase_data_RMDATA").unwrap();
    let row = phase.rows().nth(1).unwrap();
    assert_eq!((phase.columns[1].mnemonic.as_str(), row[1]), ("DEPTH", "19419.96"));
    let file = read(&las.join("lasio/issue79.las")).unwrap();
    assert!(has(&file, "unnamed-data-section") && file.rows == 2);
    assert_eq!(file.header.curves[5].unit.as_deref(), Some("µS"));
}

#[test]
fn headers_alone_are_the_same() {
    let Some(data) = data() else { return };
    let mut compared = 0;
    for path in files(&data.join("las")) {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(file) = las::read(&bytes, &ReadOptions::default()) else { continue };
        let header = las::read_header(&bytes, &ReadOptions::default()).unwrap();
        if !header.complete || has(&file, "curves-undefined") {
            continue;
        }
        compared += 1;
        assert_eq!(
            (&header.well, &header.curves, &header.text),
            (&file.header.well, &file.header.curves, &file.header.text),
            "{path:?}"
        );
        // Any first part is a header or a clear error, never a panic.
        for end in (0..bytes.len().min(4000)).step_by(97) {
            let _ = las::read_header(&bytes[..end], &ReadOptions::default());
        }
    }
    println!("{compared} headers compared");
    assert!(compared > 150);
}
