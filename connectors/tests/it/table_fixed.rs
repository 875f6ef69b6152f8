//! Tables of fixed width, whose columns are stated by their places.

use outcrop_connectors::table::{
    Delimiter, FixedColumns, Kind, Role, Table, TableError, TableFormat, TableOptions, detect, inspect, positions,
    read, sniff, tops,
};
use proptest::prelude::*;

use crate::las_expected::data;

fn columns(text: &str) -> TableOptions {
    TableOptions { columns: Some(text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))), ..TableOptions::default() }
}

fn fixed(content: &str, places: &str) -> Table {
    read(content.as_bytes(), &columns(places)).unwrap_or_else(|e| panic!("{places}: {e}"))
}

fn names(table: &Table) -> Vec<&str> {
    table.columns.iter().map(|c| c.name.as_str()).collect()
}

fn cells(table: &Table, column: usize) -> Vec<Option<String>> {
    (0..table.rows).map(|r| table.columns[column].data.text(r)).collect()
}

fn codes(table: &Table) -> Vec<&str> {
    table.issues.iter().map(|i| i.code.as_str()).collect()
}

fn some(list: &[&str]) -> Vec<Option<String>> {
    list.iter().map(|t| (!t.is_empty()).then(|| (*t).to_owned())).collect()
}

#[test]
fn names_above_the_rows_are_cut_like_them() {
    let text = "WELL      SURFACE         MD\nA 1       Top Brent   1200.5\nA 1       \"Base\"      1310\nB-2                   99.25\nB-2       Top\n";
    let table = fixed(text, "1-10,11-20,21-28");
    assert_eq!((names(&table), table.layout.header_line), (vec!["WELL", "SURFACE", "MD"], Some(1)));
    assert_eq!(cells(&table, 0), some(&["A 1", "A 1", "B-2", "B-2"]));
    assert_eq!(cells(&table, 1), some(&["Top Brent", "\"Base\"", "", "Top"]), "quotes are characters, blanks are null");
    assert_eq!(table.columns[2].data.number(0), Some(1200.5));
    assert_eq!(table.columns[2].data.number(3), None, "the row ends before the column");
    assert_eq!(table.row_lines, [2, 3, 4, 5]);
    assert_eq!((detect(&table).kind, table.layout.delimiter), (Kind::Tops, Delimiter::Positions));
    assert!(codes(&table).iter().all(|c| *c != "row-ragged"), "{:?}", table.issues);
}

#[test]
fn stated_names_need_no_row_of_names() {
    let table = fixed("A1  12.5x\r\nA2  13.5\r\n\r\n  \r\nA3\r\n", "1-3:well, 4-8:md [ft], 9-:note");
    assert_eq!(
        (names(&table), table.rows, table.columns[1].unit.as_deref()),
        (vec!["well", "md", "note"], 3, Some("ft"))
    );
    assert_eq!(cells(&table, 2), some(&["x", "", ""]));
    assert_eq!(table.row_lines, [1, 2, 5]);
    assert_eq!(table.layout.header_line, None);
    // What is noticed of names that stand in no line is of no line.
    let twice = fixed("1 2 3\n4 5 6\n", "1-2:a,3-4:a,5-:c");
    let noticed: Vec<_> = twice.issues.iter().filter(|i| i.code == "name-repeated").collect();
    assert!(!noticed.is_empty() && noticed.iter().all(|i| i.line.is_none()), "{:?}", twice.issues);
    // A row of names that is there all the same is stated, and replaced.
    let mut options = columns("1-3:well,4-8:md");
    options.header = Some(true);
    let table = read(b"W   DEP \nA1  12.5\nA2  13.5\n", &options).unwrap();
    assert_eq!((names(&table), table.rows), (vec!["well", "md"], 2));
    // Lines above are skipped by count.
    let mut options = columns("1-3:well,4-8:md");
    options.skip_rows = 2;
    let table = read("Ünder\n-----\nÄÖ1 12.5\n".as_bytes(), &options).unwrap();
    assert_eq!(
        (cells(&table, 0), table.row_lines.clone()),
        (some(&["ÄÖ1"]), vec![3]),
        "characters are counted, not bytes"
    );
}

#[test]
fn what_is_not_read_is_told() {
    let table = fixed("# a comment\nA1 zz 12.5\nA2 zz 13.5\n--x\nB\tzz 9.5\n", "1-2:well,6-10:md");
    assert_eq!(table.rows, 3);
    assert_eq!(codes(&table), ["outside-columns", "tabs-in-columns"]);
    assert!(table.issues[0].message.starts_with("3 lines") && table.issues[0].line == Some(2), "{:?}", table.issues[0]);
    assert_eq!(table.layout.preamble, [(1, "a comment".to_owned()), (4, "x".to_owned())]);
    let cards = "1 head\n8 Top A  100\n8 Top B  200\n7 xxxx\n";
    let table = fixed(cards, "1=8, 3-9:surface, 10-12:md");
    assert_eq!((cells(&table, 0), table.row_lines.clone()), (some(&["Top A", "Top B"]), vec![2, 3]));
    assert_eq!(codes(&table), ["lines-passed-over"]);
    // A condition with a name is a column too, and a blank may be asked for.
    assert_eq!(names(&fixed(cards, "1=8:card,3-9:surface")), ["card", "surface"]);
    assert_eq!(fixed("a b\n  c\n", "1=:x,3:y").rows, 1);
    let error = read(cards.as_bytes(), &columns("1=9,3-9:surface")).unwrap_err().to_string();
    assert!(error.contains("`9` at 1") && error.contains("4 lines"), "{error}");
}

#[test]
fn nonsense_is_refused_with_words() {
    let says = |text: &str| text.parse::<FixedColumns>().unwrap_err().to_string();
    for (text, part) in [
        ("1-5,5-9", "1-5 and 5-9 overlap"),
        ("1-,20-25", "overlap"),
        ("0-5", "counted from 1"),
        ("9-5", "ends before it begins"),
        ("a-5", "found `a`"),
        ("1-5:", "no name"),
        ("", "found ``"),
        ("1-5,,7", "found ``"),
        ("7=8", "no column"),
        ("-5", "found ``"),
    ] {
        let message = says(text);
        assert!(message.contains(part) && message.contains("columns"), "{text}: {message}");
    }
    let parsed: FixedColumns = "1-6:log , 7=8, 9, 15-:top of it".parse().unwrap();
    assert_eq!(parsed.to_string(), "1-6:log,7=8,9,15-:top of it");
    let both = TableOptions { delimiter: Some(Delimiter::Comma), ..columns("1-5,6-9") };
    assert!(read(b"abcdefghi\n", &both).unwrap_err().to_string().contains("delimiter"));
    assert!(matches!(read(b"  \n\n", &columns("1-5")), Err(TableError::Empty)));
}

/// Lithology cards of Canstrat: card 1 is the well, card 2 dates and status, card 8 formation tops, card 7 intervals.
#[test]
fn cards_of_canstrat_are_read_by_their_type() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("wells/tops/canstrat.dat")).unwrap();
    let TableError::NoLayout { proposed, .. } = read(&bytes, &TableOptions::default()).unwrap_err() else {
        panic!("blanks separate nothing there")
    };
    assert!(proposed.is_some());
    let message = read(&bytes, &TableOptions::default()).unwrap_err().to_string();
    assert!(message.contains("--columns"), "{message}");
    let of = |places: &str| read(&bytes, &columns(places)).unwrap();
    let well = of("7=1, 9-26:location, 28-67:well, 68-69:datum, 70-74:kb");
    assert_eq!((cells(&well, 0), well.rows), (some(&["01-99-111-11-1"]), 1));
    assert_eq!(cells(&well, 1), some(&["WELL NAME 101"]));
    // Depths are in tenths of a metre.
    let picks = of("1-6:log, 7=8, 15-23:surface, 24-29:md");
    assert_eq!(cells(&picks, 1), some(&["AA", "BB", "CC"]));
    assert_eq!(cells(&picks, 2), some(&["7000", "7500", "8000"]));
    assert_eq!(tops(&picks, &detect(&picks)).unwrap().rows.len(), 3);
    let intervals = of("7=7,10-14:top,15-19:base,20:rock,21-24:code,25-:text");
    assert_eq!((intervals.rows, cells(&intervals, 2)[0].as_deref()), (28, Some("J")));
    let tops_of = intervals.columns[0].data.numbers();
    assert_eq!((tops_of[0], tops_of[27]), (12210.0, 15240.0));
    let bases = intervals.columns[1].data.numbers();
    assert!(tops_of.iter().zip(&bases).all(|(a, b)| a < b));
    // Every card is a row where nothing is asked for.
    let all = of("1-6:log,7:card,8-:rest");
    assert_eq!((all.rows, all.columns[1].data.numbers().iter().filter(|c| **c == 7.0).count()), (33, 28));
}

#[test]
fn a_well_path_is_a_survey_of_positions() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("wells/deviation/wellpath_a.dev")).unwrap();
    let table = read(&bytes, &TableOptions::default()).unwrap();
    assert_eq!((names(&table), table.layout.format), (vec!["Well", "X", "Y", "TVDSS", "MD"], TableFormat::WellPath));
    let found = detect(&table);
    assert!(found.kind == Kind::Surveys && found.of_positions(), "{found:?}");
    let expected = std::fs::read_to_string(data.join("expected/wells/deviation/wellpath_a.dev.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&expected).unwrap();
    let summaries = inspect(&table, &found);
    for (got, want) in summaries[1..].iter().zip(expected["text"]["columns"].as_array().unwrap()) {
        let near = |a: Option<f64>, what: &str| (a.unwrap() - want[what].as_f64().unwrap()).abs() < 1e-9;
        assert!(near(got.min, "min") && near(got.max, "max") && near(got.mean, "mean"), "{got:?} {want}");
    }
    let (rows, depth) = positions(&table, &found).unwrap();
    assert_eq!((rows.rows.len() as u64, depth), (expected["text"]["numeric_rows"].as_u64().unwrap(), Role::Tvdss));
    let first = &rows.rows[0];
    assert_eq!(
        (first.well.as_deref(), first.x, first.y, first.depth, first.md),
        (Some("Well Path A"), 3736.27, 4630.61, 4133.5, 0.0)
    );
    assert_eq!((first.line, rows.unit(Role::Md), rows.unit(Role::X)), (2, None, None), "no unit is stated");
}

#[test]
fn several_well_paths_are_told_apart_and_elevations_are_turned() {
    let text = "WELLNAME: 'A 1'\n# x y z md\n0 0 -10 0\n0 0 -110 100\n-999\nname B\n5 5 -20 0\n5 6 -120 100.005\n";
    let table = read(text.as_bytes(), &TableOptions::default()).unwrap();
    let found = detect(&table);
    let (rows, _) = positions(&table, &found).unwrap();
    let wells: Vec<&str> = rows.rows.iter().map(|r| r.well.as_deref().unwrap()).collect();
    assert_eq!(wells, ["A 1", "A 1", "B", "B"]);
    assert_eq!(rows.rows.iter().map(|r| r.depth).collect::<Vec<_>>(), [10.0, 110.0, 20.0, 120.0]);
    assert_eq!(rows.rows.iter().map(|r| r.line).collect::<Vec<_>>(), [3, 4, 7, 8]);
    // Options that say how the text is cut come first.
    let stated = TableOptions { header: Some(false), ..TableOptions::default() };
    assert_ne!(sniff(text.as_bytes(), &stated).map(|l| l.format), Ok(TableFormat::WellPath));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// What is written at places is read back from them, whatever it is.
    #[test]
    fn cells_are_read_back(rows in proptest::collection::vec(("Q[a-z\"',;#| ]{0,6}[a-z]", 0u32..99_999), 1..40)) {
        let text: String = rows.iter().map(|(name, number)| format!("{name:<9}{number:>6}\n")).collect();
        let table = read(text.as_bytes(), &columns("1-9:name of it,10-15:n")).unwrap();
        prop_assert_eq!(table.rows, rows.len());
        for (row, (name, number)) in rows.iter().enumerate() {
            prop_assert_eq!(table.columns[0].data.text(row).unwrap_or_default(), name.clone());
            prop_assert_eq!(table.columns[1].data.number(row), Some(f64::from(*number)));
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>(), places in "([0-9]{1,2}|-|,|:a|=b){0,12}") {
        if let Ok(places) = places.parse::<FixedColumns>() {
            let _ = read(text.as_bytes(), &TableOptions { columns: Some(places), ..TableOptions::default() });
        }
    }
}
