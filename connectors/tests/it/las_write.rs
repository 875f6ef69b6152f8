//! What is written reads back as what was read: every LAS file of the data folder, in both versions.

use outcrop_connectors::las::{
    self, Curve, CurveData, CurveHeader, HeaderItem, LasFile, ReadOptions, SectionValue, Version, WriteCurve,
    WriteError, WriteSection, WriteSet, WriteVersion,
};
use outcrop_types::unit::Conversion;

use crate::las_expected::{data, files};

fn set(file: &LasFile, version: Option<WriteVersion>) -> WriteSet {
    let curves = file.header.curves.iter().zip(&file.curves).map(|(header, curve)| WriteCurve {
        header: header.clone(),
        data: curve.data.clone(),
        decimals: curve.format.decimals,
        conversion: Conversion::IDENTITY,
    });
    WriteSet {
        version,
        null: file.header.null,
        step: file.header.step,
        well: file.header.well.clone(),
        parameters: file.header.parameters.clone(),
        other: file.header.other.clone(),
        sections: Vec::new(),
        curves: curves.collect(),
    }
}

fn numeric(curve: &Curve) -> bool {
    matches!(curve.data, CurveData::Numeric(_))
}

/// Values to the last bit, nulls where nulls were.
fn same_values(a: &CurveData, b: &CurveData) -> bool {
    match (a, b) {
        (CurveData::Numeric(a), CurveData::Numeric(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a == b || (a.is_nan() && b.is_nan()))
        }
        (CurveData::Text(a), CurveData::Text(b)) => a == b,
        // A curve without a value is of no type.
        (CurveData::Text(text), CurveData::Numeric(numbers)) | (CurveData::Numeric(numbers), CurveData::Text(text)) => {
            text.len() == numbers.len() && text.iter().all(Option::is_none) && numbers.iter().all(|n| n.is_nan())
        }
    }
}

/// Items but for the lines they stand on; the range and NULL are the data's.
fn items(items: &[HeaderItem]) -> Vec<HeaderItem> {
    let own = |i: &&HeaderItem| !["STRT", "STOP", "STEP", "NULL"].iter().any(|n| i.mnemonic.eq_ignore_ascii_case(n));
    items.iter().filter(own).map(|i| HeaderItem { line: 0, ..i.clone() }).collect()
}

fn headers(file: &LasFile, of: impl Fn(&Curve) -> bool) -> Vec<CurveHeader> {
    let kept = file.header.curves.iter().zip(&file.curves).filter(|(_, c)| of(c));
    let plain = |h: &CurveHeader, c: &Curve| CurveHeader {
        line: 0,
        // Text says so where the source did not.
        format: h.format.clone().filter(|_| numeric(c)),
        ..h.clone()
    };
    kept.map(|(h, c)| plain(h, c)).collect()
}

#[test]
fn every_file_that_is_read_is_written_and_read_back_the_same() {
    let Some(folder) = data() else { return };
    let (mut written, mut wrong, mut noted) = (0, Vec::new(), 0);
    for path in files(&folder.join("las")) {
        let Ok(file) = las::read(&std::fs::read(&path).unwrap(), &ReadOptions::default()) else { continue };
        if file.rows == 0 || file.curves.len() < 2 {
            continue;
        }
        for version in [None, Some(WriteVersion::V20), Some(WriteVersion::V30)] {
            let mut text = Vec::new();
            let notes = match las::write(&set(&file, version), &mut text) {
                Err(WriteError::TextIndex(_)) => continue,
                other => other.unwrap(),
            };
            let name = format!("{} {version:?}", path.display());
            noted += notes.iter().filter(|n| n.code != "text-left-out").count();
            let texts = version != Some(WriteVersion::V20);
            let back = las::read(&text, &ReadOptions::default()).unwrap_or_else(|e| panic!("{name}: {e}"));
            let all = file.curves.iter().all(numeric);
            let expected = if version == Some(WriteVersion::V30) || (version.is_none() && !all) {
                Version::V30
            } else {
                Version::V20
            };
            assert_eq!(back.header.version, expected, "{name}");
            let kept: Vec<&Curve> = file.curves.iter().filter(|c| texts || numeric(c)).collect();
            if kept.len() != back.curves.len() {
                wrong.push(format!("{name}: {} curves became {}", kept.len(), back.curves.len()));
                continue;
            }
            for (a, b) in kept.iter().zip(&back.curves) {
                if !same_values(&a.data, &b.data) {
                    wrong.push(format!("{name}: values of {}", a.name));
                }
            }
            if headers(&file, |c| texts || numeric(c)) != headers(&back, |_| true) {
                wrong.push(format!("{name}: ~Curve"));
            }
            for (what, a, b) in [
                ("~Well", &file.header.well, &back.header.well),
                ("~Parameter", &file.header.parameters, &back.header.parameters),
            ] {
                if items(a) != items(b) {
                    let differ = items(a).into_iter().zip(items(b)).find(|(a, b)| a != b);
                    wrong.push(format!("{name}: {what} {differ:?}"));
                }
            }
            let lines = |t: &str| t.lines().map(str::trim_end).map(str::to_owned).collect::<Vec<_>>();
            if !file.header.other.trim().is_empty() && lines(&file.header.other) != lines(&back.header.other) {
                wrong.push(format!("{name}: ~Other"));
            }
            written += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {written}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(written > 150, "{written}");
    println!("{written} files written, {noted} notes");
}

fn curve(mnemonic: &str, data: CurveData) -> WriteCurve {
    WriteCurve {
        header: CurveHeader { mnemonic: mnemonic.to_owned(), unit: Some("M".to_owned()), ..CurveHeader::default() },
        data,
        decimals: 0,
        conversion: Conversion::IDENTITY,
    }
}

#[test]
fn text_needs_las_3_and_keeps_its_delimiters() {
    let words = ["clay, silty", "# chalk", "5\" casing, cemented", "12.5", "a\tb"];
    let text = CurveData::Text(words.iter().map(|w| Some((*w).to_owned())).chain([None]).collect());
    let numbers = CurveData::Numeric((0..6).map(f64::from).collect());
    let mut set = WriteSet { curves: vec![curve("DEPT", numbers), curve("LITH", text)], ..WriteSet::default() };
    let mut out = Vec::new();
    let notes = las::write(&set, &mut out).unwrap();
    assert!(notes.iter().any(|n| n.code == "text-changed"));
    let back = las::read(&out, &ReadOptions::default()).unwrap();
    let CurveData::Text(found) = &back.curve("LITH").unwrap().data else { panic!("{}", String::from_utf8_lossy(&out)) };
    let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
    assert_eq!(found, [Some(words[0]), Some(words[1]), Some(words[2]), Some("12.5"), Some("a b"), None]);
    set.version = Some(WriteVersion::V20);
    assert_eq!(las::write(&set, &mut Vec::new()).unwrap()[0].code, "text-left-out");
    set.curves.rotate_left(1);
    let error = las::write(&set, &mut Vec::new()).unwrap_err().to_string();
    assert!(error.contains("LITH") && error.contains("--las-version 3.0"), "{error}");
}

#[test]
fn a_null_value_that_is_a_sample_is_not_used() {
    let values = CurveData::Numeric(vec![-999.25, f64::NAN, -9999.25]);
    let index = CurveData::Numeric(vec![1.0, 2.0, 3.0]);
    let set =
        WriteSet { curves: vec![curve("DEPT", index), curve("X", values)], null: Some(-999.25), ..WriteSet::default() };
    let mut out = Vec::new();
    las::write(&set, &mut out).unwrap();
    let back = las::read(&out, &ReadOptions::default()).unwrap();
    assert_eq!(back.header.null, Some(-99999.25));
    assert_eq!(back.curve("X").unwrap().summary().nulls, 1);
}

/// Sections beside the logs read back as they were written: rows with delimiters, quotes and gaps in them, parameters, lines.
#[test]
fn further_sections_are_read_back() {
    let item = |mnemonic: &str, unit: Option<&str>, value: &str| HeaderItem {
        mnemonic: mnemonic.to_owned(),
        unit: unit.map(str::to_owned),
        value: value.to_owned(),
        ..HeaderItem::default()
    };
    let cell =
        |row, mnemonic: &str, unit: Option<&str>, value: &str| SectionValue { row, item: item(mnemonic, unit, value) };
    let tests = vec![
        cell(1, "DTOP", Some("M"), "1500"),
        cell(1, "REM", None, "weak, then strong"),
        cell(2, "DTOP", Some("M"), "2210.5"),
        cell(2, "PRES", Some("KPA"), "-999.25"),
        cell(2, "REM", None, "#2 \"good\""),
    ];
    let depths = CurveData::Numeric(vec![1.0, 2.0]);
    let values = CurveData::Numeric(vec![10.0, 20.0]);
    let mut set = WriteSet {
        version: Some(WriteVersion::V30),
        curves: vec![curve("DEPT", depths), curve("GR", values)],
        sections: vec![
            WriteSection::of_values("Test_Parameter", vec![cell(1, "COMP", None, "Testers: all")]),
            WriteSection::of_values("Test_Data[1]", tests.clone()),
            WriteSection::of_values("Test_Data[2]", vec![cell(1, "DTOP", Some("FT"), "7")]),
            WriteSection::of_values("Remarks", vec![cell(1, "column_1", None, "as they came")]),
        ],
        ..WriteSet::default()
    };
    let mut text = Vec::new();
    assert!(las::write(&set, &mut text).unwrap().is_empty());
    let file = las::read(&text, &ReadOptions::default()).unwrap();
    assert_eq!(file.rows, 2, "{}", String::from_utf8_lossy(&text));
    let of = |name: &str| file.header.sections.iter().find(|s| s.name == name).unwrap();
    assert_eq!(of("Test_Parameter").items[0].value, "Testers: all");
    let first = of("Test_Data[1]");
    let columns: Vec<(&str, Option<&str>)> =
        first.columns.iter().map(|c| (c.mnemonic.as_str(), c.unit.as_deref())).collect();
    assert_eq!(columns, [("DTOP", Some("M")), ("PRES", Some("KPA")), ("REM", None)]);
    let rows: Vec<Vec<&str>> = first.rows().collect();
    assert_eq!(rows, [vec!["1500", "", "weak, then strong"], vec!["2210.5", "-999.25", "#2 \"good\""]]);
    assert_eq!(of("Test_Data[2]").columns[0].unit.as_deref(), Some("FT"), "each has its own definition");
    assert_eq!(of("Remarks").text.trim(), "as they came");

    set.null = Some(-999.25);
    set.blank_nulls();
    let WriteSection::Rows { rows, .. } = &set.sections[1] else { panic!("rows") };
    assert_eq!(rows[1], ["2210.5", "", "#2 \"good\""]);

    set.version = Some(WriteVersion::V20);
    let mut plain = Vec::new();
    let notes = las::write(&set, &mut plain).unwrap();
    assert!(notes[0].message.contains("~Test_Data[1] (2 rows)") && notes[0].message.contains("LAS 3.0"), "{notes:?}");
    assert!(!String::from_utf8_lossy(&plain).contains("Test"));
}
