//! Generated files: whatever the bytes are, nothing panics; what is written is read back to the bit.

use outcrop_connectors::las::{self, CurveData, ReadOptions};
use proptest::prelude::*;

use super::las_expected::{data, files};

fn header(curves: usize, wrap: bool, delimiter: &str) -> String {
    let wrap = if wrap { "YES" } else { "NO" };
    let mut text = format!("~V\nVERS. 2.0 :\nWRAP. {wrap} :\nDLM. {delimiter} :\n~W\nNULL. -999.25 :\n~C\n");
    for c in 0..curves {
        text.push_str(&format!("C{c}.M : curve {c}\n"));
    }
    text.push_str("~A\n");
    text
}

/// A number as files write it, or null.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "-?[0-9]{1,6}\\.[0-9]{0,6}",
        1 => "-?[0-9]{1,17}",
        1 => "-?\\.[0-9]{1,9}",
        1 => "-?[0-9]\\.[0-9]{1,18}(E[+-][0-9]{1,2})?",
        2 => Just("-999.25".to_owned()),
        1 => Just("-999.2500".to_owned()),
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1usize..9).prop_flat_map(|columns| prop::collection::vec(prop::collection::vec(number(), columns), 1..40))
}

/// The values the rows must give: the index is never null by its number alone, so it is left out.
fn assert_read(text: &str, table: &[Vec<String>]) {
    let file = las::read(text.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!((file.rows, file.curves.len()), (table.len(), table[0].len()), "{text}");
    for c in 1..table[0].len() {
        let CurveData::Numeric(values) = &file.curves[c].data else { panic!("column {c} is text:\n{text}") };
        for (value, row) in values.iter().zip(table) {
            let expected: f64 = row[c].parse().unwrap();
            if expected == -999.25 {
                assert!(value.is_nan(), "{} gave {value}\n{text}", row[c]);
            } else {
                assert_eq!(value.to_bits(), expected.to_bits(), "{} gave {value}\n{text}", row[c]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = las::read(&bytes, &ReadOptions::default());
        let _ = las::read_header(&bytes, &ReadOptions::default());
    }

    #[test]
    fn arbitrary_sections(text in "(~[VWCPOAvwcpoaL_ ][a-zA-Z_\\[\\]| ]{0,14}|[A-Z.:\\[\\]{}| 0-9-]{0,30}|[0-9 .,;\t-]{0,40}|#.{0,9}|\r|\t){1,40}", seed in any::<u64>()) {
        // Line ends go where the seed has bits.
        let mut broken = String::new();
        for (i, c) in text.chars().enumerate() {
            if c == '~' || (seed >> (i % 64)) & 7 == 0 { broken.push('\n'); }
            broken.push(c);
        }
        let _ = las::read(broken.as_bytes(), &ReadOptions::default());
        let _ = las::read_header(broken.as_bytes(), &ReadOptions { encoding: Some("utf-16le".into()), null: Some(0.0) });
    }

    #[test]
    fn round_trip_of_blanks(table in table(), gap in 1usize..12, crlf in any::<bool>(), tail in any::<bool>()) {
        let end = if crlf { "\r\n" } else { "\n" };
        let mut text = header(table[0].len(), false, "SPACE");
        for row in &table {
            text.push_str(&format!("{}{}{}", row.join(&" ".repeat(gap)), if tail { " " } else { "" }, end));
        }
        assert_read(&text, &table);
    }

    #[test]
    fn round_trip_of_delimiters(table in table(), tab in any::<bool>(), blank in any::<bool>()) {
        let (name, mark) = if tab { ("TAB", "\t") } else { ("COMMA", ",") };
        let mark = if blank { format!("{mark} ") } else { mark.to_owned() };
        let mut text = header(table[0].len(), false, name);
        for row in &table {
            text.push_str(&format!("{}\n", row.join(&mark)));
        }
        assert_read(&text, &table);
    }

    #[test]
    fn round_trip_of_wrapped(table in table(), per_line in 1usize..5) {
        let mut text = header(table[0].len(), true, "SPACE");
        for row in &table {
            text.push_str(&format!("{}\n", row[0]));
            for part in row[1..].chunks(per_line.max(2)) {
                text.push_str(&format!("  {}\n", part.join(" ")));
            }
        }
        assert_read(&text, &table);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Numbers that fill their field touch the one before; the place in the line still tells them apart.
    #[test]
    fn round_trip_of_fixed_width(
        decimals in prop::collection::vec(0usize..6, 2..8),
        seeds in prop::collection::vec(any::<u64>(), 2..60),
        spare in 0usize..10,
        crlf in any::<bool>(),
    ) {
        let width = 10 + spare;
        let mut text = header(decimals.len(), false, "SPACE");
        let mut expected: Vec<Vec<f64>> = Vec::new();
        for (r, seed) in seeds.iter().enumerate() {
            let mut row = Vec::new();
            for (c, d) in decimals.iter().enumerate() {
                let bits = seed.rotate_left(7 * c as u32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                // The first rows and the index keep a blank between values.
                let room = if r < 2 || c < 1 { width - 2 } else { width };
                let point = usize::from(*d > 0);
                let digits = 1 + bits as usize % (room - 1 - d - point).min(9);
                let number = (bits >> 8) % 10u64.pow((digits + d).min(14) as u32);
                let value = number as f64 / 10f64.powi(*d as i32) * if bits & 1 == 1 { -1.0 } else { 1.0 };
                let shown = format!("{value:width$.d$}");
                row.push(shown.trim().parse::<f64>().unwrap());
                text.push_str(&shown);
            }
            expected.push(row);
            text.push_str(if crlf { "\r\n" } else { "\n" });
        }
        let file = las::read(text.as_bytes(), &ReadOptions::default()).unwrap();
        prop_assert_eq!(file.rows, expected.len());
        for (c, curve) in file.curves.iter().enumerate() {
            for (r, value) in curve.numbers().unwrap().iter().enumerate() {
                prop_assert_eq!(value.to_bits(), expected[r][c].to_bits(), "row {} column {}\n{}", r, c, text);
            }
        }
    }
}

#[test]
fn fixed_width_files_read_back() {
    // As a Fortran program writes them: 11 wide, four decimals, no other delimiter.
    let rows: Vec<Vec<f64>> =
        (0..500).map(|i| (0..8).map(|c| f64::from(i * 8 + c) * 0.6173 - 900.0).collect()).collect();
    let mut text = header(8, false, "SPACE");
    for row in &rows {
        for v in row {
            text.push_str(&format!("{v:11.4}"));
        }
        text.push('\n');
    }
    let file = las::read(text.as_bytes(), &ReadOptions::default()).unwrap();
    for (c, curve) in file.curves.iter().enumerate() {
        assert_eq!(curve.format.width, Some(11));
        for (value, row) in curve.numbers().unwrap().iter().zip(&rows) {
            assert_eq!(*value, format!("{:.4}", row[c]).parse::<f64>().unwrap());
        }
    }
}

#[test]
fn real_files_with_changed_bytes() {
    let Some(data) = data() else { return };
    let mut runs = 0;
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for path in files(&data.join("las/lasio")).into_iter().chain(files(&data.join("las/bad"))) {
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(12_000);
        for _ in 0..40 {
            let mut changed = bytes.clone();
            for _ in 0..1 + next() % 6 {
                if changed.is_empty() {
                    break;
                }
                let at = next() % changed.len();
                match next() % 4 {
                    0 => changed[at] = next() as u8,
                    1 => changed[at] = b"~:.\n\r\t ,-#\"|{}"[next() % 14],
                    2 => drop(changed.drain(at..(at + next() % 50).min(changed.len()))),
                    _ => changed.truncate(at.max(1)),
                }
            }
            let _ = las::read(&changed, &ReadOptions::default());
            let _ = las::read_header(&changed, &ReadOptions::default());
            runs += 1;
        }
    }
    println!("{runs} changed files read");
}
