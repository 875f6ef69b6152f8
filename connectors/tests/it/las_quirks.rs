//! What real files do, each in a small file of its own.

use outcrop_connectors::las::{self, CurveData, Delimiter, IndexType, LasError, LasFile, ReadOptions};
use outcrop_types::Severity;

/// A LAS 2.0 file of these curves and data.
fn file(curves: &str, data: &str) -> Vec<u8> {
    format!("~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nNULL. -999.25 :\nWELL. A : WELL\n~C\n{curves}\n~A\n{data}").into_bytes()
}

fn read(bytes: &[u8]) -> LasFile {
    las::read(bytes, &ReadOptions::default()).unwrap()
}

fn numbers(file: &LasFile, curve: usize) -> Vec<f64> {
    file.curves[curve].numbers().unwrap().to_vec()
}

fn issue(file: &LasFile, code: &str) -> Option<(Severity, Option<u64>)> {
    file.all_issues().find(|i| i.code == code).map(|i| (i.severity, i.line))
}

/// Equality in which null equals null.
fn same(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len(), "{a:?} {b:?}");
    for (x, y) in a.iter().zip(b) {
        assert!(x.to_bits() == y.to_bits() || (x.is_nan() && y.is_nan()), "{a:?} {b:?}");
    }
}

const NULL: f64 = f64::NAN;
const THREE: &str = "DEPT.M :\nGR.GAPI :\nRT.OHMM :";

#[test]
fn run_on_numbers() {
    let f = read(&file(THREE, "1.00  10.50  20.50\n2.00-999.25-999.25\n3.00  11.50 -20.50\n"));
    same(&numbers(&f, 1), &[10.5, NULL, 11.5]);
    same(&numbers(&f, 2), &[20.5, NULL, -20.5]);
    assert_eq!(issue(&f, "run-on-values"), Some((Severity::Info, Some(13))));
}

#[test]
fn run_on_in_every_row() {
    let f = read(&file(THREE, "1.00-999.25-999.25\n2.00-999.25  -1.50\n3.00-12.25-999.25\n"));
    same(&numbers(&f, 0), &[1.0, 2.0, 3.0]);
    same(&numbers(&f, 1), &[NULL, NULL, -12.25]);
    same(&numbers(&f, 2), &[NULL, -1.5, NULL]);
}

#[test]
fn numbers_glued_by_fixed_width() {
    let f = read(&file(THREE, "   1.00  10.500  20.500\n   2.001234.5001234.500\n   3.00  11.500  21.500\n"));
    same(&numbers(&f, 1), &[10.5, 1234.5, 11.5]);
    same(&numbers(&f, 2), &[20.5, 1234.5, 21.5]);
    assert!(issue(&f, "row-by-position").is_some());
}

#[test]
fn a_blank_in_the_middle_is_placed_by_position() {
    let f = read(&file(THREE, "  1.00  10.50  20.50\n  2.00         21.50\n  3.00  12.50\n  4.00  13.50  23.50\n"));
    same(&numbers(&f, 1), &[10.5, NULL, 12.5, 13.5]);
    same(&numbers(&f, 2), &[20.5, 21.5, NULL, 23.5]);
}

#[test]
fn short_and_long_rows_never_shift() {
    let f = read(&file(THREE, "1 10 20\n2 21\n3 12 22 32\n4 13 23\n"));
    same(&numbers(&f, 0), &[1.0, 2.0, 3.0, 4.0]);
    same(&numbers(&f, 1), &[10.0, NULL, NULL, 13.0]);
    same(&numbers(&f, 2), &[20.0, NULL, NULL, 23.0]);
    assert_eq!(issue(&f, "row-short"), Some((Severity::Error, Some(13))));
    assert_eq!(issue(&f, "row-long"), Some((Severity::Error, Some(14))));
}

#[test]
fn no_row_fits_the_curves() {
    let error = las::read(&file(THREE, "1 10\n2 11\n3 12\n4 13\n"), &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, LasError::ColumnCount { line: 12, expected: 3, found: 2, .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains("DEPT, GR, RT") && text.contains("~Curve"), "{text}");
}

#[test]
fn columns_without_a_curve() {
    let f = read(&file(THREE, "1 10 20 30\n2 11 21 31\n"));
    assert_eq!(f.curves.len(), 4);
    assert_eq!(f.curves[3].name, "UNKNOWN");
    assert_eq!(f.header.curves[3].unit, None);
    same(&numbers(&f, 3), &[30.0, 31.0]);
    assert!(issue(&f, "columns-undefined").is_some());
}

#[test]
fn decimal_commas() {
    let f = read(&file(THREE, "1670,000 123,450 -999,250\n1670,125 123,500 0,5\n"));
    same(&numbers(&f, 0), &[1670.0, 1670.125]);
    same(&numbers(&f, 2), &[NULL, 0.5]);
    assert!(issue(&f, "decimal-comma").is_some());
    let f = read(&file(THREE, "1670,0;123,4;5,5\n1671,0;;6,5\n"));
    assert_eq!(issue(&f, "delimiter-differs").map(|i| i.0), Some(Severity::Warning));
    same(&numbers(&f, 1), &[123.4, NULL]);
}

#[test]
fn a_thousands_comma_is_not_guessed() {
    let f = read(&file(THREE, "1.5 1,234 5.5\n2.5 17.0 6.5\n"));
    same(&numbers(&f, 1), &[NULL, 17.0]);
    assert!(issue(&f, "not-a-number").is_some());
}

#[test]
fn delimiters() {
    for (name, mark) in [("COMMA", ","), ("TAB", "\t")] {
        let data = format!("1{mark}10.5{mark}20\n2{mark}{mark}21\n3 {mark} 12 {mark}\n");
        let text =
            String::from_utf8(file(THREE, &data)).unwrap().replace("WRAP. NO :", &format!("WRAP. NO :\nDLM. {name} :"));
        let f = read(text.as_bytes());
        same(&numbers(&f, 1), &[10.5, NULL, 12.0]);
        same(&numbers(&f, 2), &[20.0, 21.0, NULL]);
        assert!(f.issues.iter().all(|i| i.severity == Severity::Info || i.code.starts_with("st")), "{:?}", f.issues);
    }
    // The header says nothing, the rows have commas.
    let f = read(&file(THREE, "1,10,20\n2,11,21\n"));
    same(&numbers(&f, 2), &[20.0, 21.0]);
    assert_eq!(f.header.delimiter, Delimiter::Space);
    assert!(issue(&f, "delimiter-differs").is_some());
    let f = read(&file(THREE, "1, 10, 20\n2, 11, 21\n"));
    same(&numbers(&f, 0), &[1.0, 2.0]);
}

#[test]
fn line_ends_comments_and_blanks() {
    let text = String::from_utf8(file(THREE, "1 2 3\n4 5 6\n7 8 9\n")).unwrap();
    let expected = read(text.as_bytes());
    for end in ["\r\n", "\r", "\n\n", "\r\r\n", "\n# comment\n", "  \t\n"] {
        let f = read(text.replace('\n', end).as_bytes());
        assert_eq!(f.curves, expected.curves, "{end:?}");
    }
    let mixed = text.replacen('\n', "\r\n", 3).replacen("6\n", "6\r", 1) + "\x1a";
    assert_eq!(read(mixed.as_bytes()).curves, expected.curves);
    assert_eq!(read(text.trim_end().as_bytes()).curves, expected.curves);
}

#[test]
fn encodings() {
    let text = String::from_utf8(file("DEPT.M :\nT.°C : Temperatür", "1 2\n2 3\n")).unwrap();
    let wide = |mark: bool, big: bool| -> Vec<u8> {
        let units = mark.then_some(0xFEFFu16).into_iter().chain(text.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let cases = [
        (text.clone().into_bytes(), "UTF-8"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8"),
        (latin, "windows-1252"),
        (wide(true, false), "UTF-16LE"),
        (wide(false, false), "UTF-16LE"),
        (wide(true, true), "UTF-16BE"),
        (wide(false, true), "UTF-16BE"),
    ];
    for (bytes, encoding) in cases {
        let f = read(&bytes);
        assert_eq!((f.header.encoding, f.rows), (encoding, 2));
        assert_eq!(
            (f.header.curves[1].unit.as_deref(), f.header.curves[1].description.as_str()),
            (Some("°C"), "Temperatür"),
            "{encoding}"
        );
    }
    let options = ReadOptions { encoding: Some("no-such".into()), ..ReadOptions::default() };
    assert!(matches!(las::read(text.as_bytes(), &options), Err(LasError::UnknownEncoding { .. })));
}

#[test]
fn nulls() {
    let f = read(&file(THREE, "1 (null) NaN\n2 -999.2500 1.#INF\n3 5 #N/A\n4 - -9999\n"));
    same(&numbers(&f, 1), &[NULL, NULL, 5.0, NULL]);
    same(&numbers(&f, 2), &[NULL, NULL, NULL, -9999.0]);
    let options = ReadOptions { null: Some(-9999.0), ..ReadOptions::default() };
    let f = las::read(&file(THREE, "1 -9999 2\n2 -999.25 3\n"), &options).unwrap();
    same(&numbers(&f, 1), &[NULL, NULL]);
}

#[test]
fn text_and_dates() {
    let f =
        read(&file("DEPT.M :\nLITH. :\nDATE.D :", "1 SS 01-Jan-20\n2 -999.25 02-Jan-20\n3 \"red sand\" 03-Jan-20\n"));
    assert_eq!(f.curves[1].data, CurveData::Text(vec![Some("SS".into()), None, Some("red sand".into())]));
    assert!(matches!(&f.curves[2].data, CurveData::Text(v) if v[2].as_deref() == Some("03-Jan-20")));
    // Text that begins after more rows than are looked at first.
    let mut rows: String = (0..150).map(|i| format!("{i} -999.25 1\n")).collect();
    rows.push_str("150 SAND 1\n151 SHALE 1\n");
    let f = read(&file("DEPT.M :\nLITH. :\nX. :", &rows));
    assert!(matches!(&f.curves[1].data, CurveData::Text(v) if v[0].is_none() && v[150].as_deref() == Some("SAND")));
    assert_eq!(f.curves[2].summary().nulls, 0);
    // A stray word in a column of numbers is not text.
    let f = read(&file(THREE, "1 10 20\n2 bad 21\n3 12 22\n"));
    same(&numbers(&f, 1), &[10.0, NULL, 12.0]);
    assert_eq!(issue(&f, "not-a-number"), Some((Severity::Warning, Some(13))));
}

#[test]
fn wrapped_rows() {
    let curves = "DEPT.M :\nA. :\nB. :\nC. :\nD. :";
    let text = |data: &str| String::from_utf8(file(curves, data)).unwrap().replace("WRAP. NO", "WRAP. YES");
    let f = read(text("1.0\n1 2 3\n4\n2.0\n5 -999.25 7\n8\n").as_bytes());
    same(&numbers(&f, 2), &[2.0, NULL]);
    same(&numbers(&f, 4), &[4.0, 8.0]);
    // A row that lost values does not shift the next one.
    let f = read(text("1.0\n1 2 3\n4\n2.0\n5 6\n3.0\n9 10 11\n12\n").as_bytes());
    same(&numbers(&f, 0), &[1.0, 2.0, 3.0]);
    same(&numbers(&f, 4), &[4.0, NULL, 12.0]);
    assert_eq!(issue(&f, "row-short"), Some((Severity::Error, Some(17))));
    // Wrapped although the header denies it.
    let f = read(&file(curves, "1.0\n1 2 3\n4\n2.0\n5 6 7\n8\n"));
    same(&numbers(&f, 4), &[4.0, 8.0]);
    assert!(issue(&f, "wrap-differs").is_some());
}

#[test]
fn cut_off_files() {
    let whole = "  1.00  10.50  20.50\n  2.00  11.50  21.50\n";
    for (tail, second, third) in
        [("  3.00  12.50  22.5", 12.5, NULL), ("  3.00  12.50", 12.5, NULL), ("  3.00  12.", NULL, NULL)]
    {
        let f = read(&file(THREE, &format!("{whole}{tail}")));
        same(&numbers(&f, 1), &[10.5, 11.5, second]);
        same(&numbers(&f, 2), &[20.5, 21.5, third]);
        assert!(issue(&f, "row-truncated").is_some(), "{tail}");
    }
    // Not even the index is whole: no row.
    assert_eq!(read(&file(THREE, &format!("{whole}  3."))).rows, 2);
}

#[test]
fn index_checks() {
    let with = |strt: &str, stop: &str, step: &str, data: &str| {
        let text = String::from_utf8(file(THREE, data)).unwrap();
        text.replace("~W\n", &format!("~W\nSTRT.M {strt} :\nSTOP.M {stop} :\nSTEP.M {step} :\n"))
    };
    let codes = |text: String| -> Vec<String> { read(text.as_bytes()).issues.iter().map(|i| i.code.clone()).collect() };
    assert!(codes(with("1.0", "2.0", "0.5", "1.0 1 1\n1.5 1 1\n2.0 1 1\n")).is_empty());
    assert_eq!(codes(with("1.0", "4.0", "0.5", "1.0 1 1\n1.5 1 1\n4.0 1 1\n")), ["index-gap"]);
    assert_eq!(codes(with("0.5", "2.5", "0.5", "1.0 1 1\n1.5 1 1\n2.0 1 1\n")), ["start-differs", "stop-differs"]);
    assert_eq!(codes(with("1.0", "2.0", "-0.5", "1.0 1 1\n1.5 1 1\n2.0 1 1\n")), ["step-sign"]);
    assert_eq!(
        codes(with("1.0", "2.0", "0", "1.0 1 1\n1.9 1 1\n1.5 1 1\n1.5 1 1\n2.0 1 1\n")),
        ["index-not-monotonic", "index-repeated"]
    );
    let f = read(with("1.0", "2.0", "0.5", "1.0 1 1\n-999.25 1 1\n2.0 1 1\n").as_bytes());
    same(&numbers(&f, 0), &[1.0, NULL, 2.0]);
    // A NULL of 0 is a depth where it continues its neighbours.
    let text = with("0", "2", "1", "0 0 1\n1 0 1\n2 5 1\n").replace("-999.25", "0");
    let f = read(text.as_bytes());
    same(&numbers(&f, 0), &[0.0, 1.0, 2.0]);
    same(&numbers(&f, 1), &[NULL, NULL, 5.0]);
}

#[test]
fn index_types_and_formats() {
    for (curve, expected) in [
        ("DEPT.M", IndexType::Md),
        ("MD.F", IndexType::Md),
        ("TVDSS.M", IndexType::Tvd),
        ("ETIM.S", IndexType::Time),
        ("TWT.MS", IndexType::Time),
        ("TIME.HHMMSS", IndexType::Time),
        ("SAMPLE.", IndexType::Other),
    ] {
        assert_eq!(read(&file(&format!("{curve} :\nX. :"), "1 2\n2 3\n")).header.index_type, expected, "{curve}");
    }
    let f = read(&file(THREE, "   1.00   10.500  1.5E+03\n   2.00   11.500  1.5E+04\n"));
    let formats: Vec<_> = f.curves.iter().map(|c| (c.format.width, c.format.decimals, c.format.exponent)).collect();
    assert_eq!(formats, [(Some(7), 2, false), (Some(9), 3, false), (Some(9), 1, true)]);
    same(&numbers(&f, 2), &[1500.0, 15000.0]);
}

#[test]
fn other_formats_of_the_suffix() {
    assert_eq!(las::read(b"LASF\0\0\0\x01", &ReadOptions::default()), Err(LasError::Lidar));
    assert_eq!(las::read_header(b"LASF", &ReadOptions::default()), Err(LasError::Lidar));
    assert!(LasError::Lidar.to_string().contains("ASPRS LiDAR point cloud"));
    assert_eq!(las::read(b" \r\n", &ReadOptions::default()), Err(LasError::Empty));
    assert!(matches!(las::read(b"\x1f\x8b\x08\0\0", &ReadOptions::default()), Err(LasError::Binary { .. })));
    assert!(matches!(las::read(b"a,b\n1,2\n", &ReadOptions::default()), Err(LasError::NotLas { .. })));
}

#[test]
fn header_of_a_first_part() {
    let bytes = file(THREE, "1 2 3\n");
    let at = bytes.windows(2).position(|w| w == b"~A").unwrap();
    let header = las::read_header(&bytes[..at - 4], &ReadOptions::default()).unwrap();
    assert!(!header.complete && header.well_value("WELL") == Some("A"));
    assert!(las::read_header(&bytes[..at + 3], &ReadOptions::default()).unwrap().complete);
    assert_eq!(header.text.as_bytes(), &bytes[..at - 4]);
}

#[test]
fn a_small_file_does_not_fill_the_memory() {
    let curves: String = (0..20_000).map(|i| format!("C{i}.M :\n")).collect();
    let mut rows = vec!["1"; 20_000].join(" ");
    rows.push('\n');
    rows.push_str(&"1 2\n".repeat(5_000));
    let result = las::read(&file(&curves, &rows), &ReadOptions::default());
    assert!(matches!(result, Err(LasError::RowsTooShort { .. })), "{:?}", result.map(|f| f.rows));
}

#[test]
fn the_index_of_wrapped_rows_has_its_decimals() {
    let mut text = String::from(
        "~V\nVERS. 2.0 :\nWRAP. YES :\n~W\nSTRT.M 1.0 :\nSTOP.M 1.9 :\nSTEP.M 0.1 :\nNULL. -999.25 :\n~C\nDEPT.M :\nGR.GAPI :\nSP.MV :\n~A\n",
    );
    for n in 0..10 {
        text.push_str(&format!("{:.1}\n 50.25 {n}.125\n", 1.0 + f64::from(n) * 0.1));
    }
    let file =
        outcrop_connectors::las::read(text.as_bytes(), &outcrop_connectors::las::ReadOptions::default()).unwrap();
    assert!(file.issues.iter().all(|i| i.code != "step-sign"), "{:?}", file.issues);
    let decimals: Vec<usize> = file.curves.iter().map(|c| c.format.decimals).collect();
    assert_eq!(decimals, [1, 2, 3]);
}
