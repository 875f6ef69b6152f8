//! Properties: no bytes panic, and what is written with quotes is read back as it was.

use outcrop_connectors::table::{
    ColumnData, Delimiter, TableOptions, detect, inspect, points, production, read, resolve, sniff, surveys, tops,
    wells,
};
use proptest::prelude::*;

fn exercise(bytes: &[u8], options: &TableOptions) {
    let _ = sniff(bytes, options);
    if let Ok(table) = read(bytes, options) {
        for column in &table.columns {
            assert_eq!(column.data.len(), table.rows);
        }
        assert_eq!(table.row_lines.len(), table.rows);
        let found = detect(&table);
        assert_eq!(inspect(&table, &found).len(), table.columns.len());
        let _ = (wells(&table, &found), tops(&table, &found), surveys(&table, &found), points(&table, &found));
        let _ = production(&table, &found);
        table.to_record_batch().unwrap();
        assert_eq!(resolve(vec![("a".to_owned(), table.clone()), ("b".to_owned(), table)]).len(), 2);
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        exercise(&bytes, &TableOptions::default());
    }

    #[test]
    fn no_text_panics(text in "(([A-Za-z#!\"', ;|.0-9\\-\t]{0,6}[,;\t\n\r \"]){0,40})", header in proptest::option::of(any::<bool>()), skip in 0u64..4, pad in any::<bool>()) {
        exercise(text.as_bytes(), &TableOptions::default());
        exercise(text.as_bytes(), &TableOptions { header, skip_rows: skip, pad_short_rows: pad, ..TableOptions::default() });
    }

    #[test]
    fn no_dates_panic(
        dates in proptest::collection::vec("([0-9]{1,4}|Jan|sept|T|:)([-/. T:]([0-9]{1,4}|Feb|Z)){0,4}|[0-9]{1,12}", 1..6),
        unit in proptest::option::of("dd/mm/yyyy|mm/dd/yy|yyyy-mm-dd"),
    ) {
        let heading = unit.map_or("Date".to_owned(), |u| format!("Date ({u})"));
        let rows: String = dates.iter().map(|d| format!("A;{d};1;2\n")).collect();
        exercise(format!("Well;{heading};Oil (bbl);Days in month\n{rows}").as_bytes(), &TableOptions::default());
    }

    #[test]
    fn quoted_tables_are_read_back(
        rows in proptest::collection::vec(("[ -~\n]{1,12}", any::<f64>().prop_filter("finite", |x| x.is_finite()), any::<i32>()), 1..30),
        which in 0usize..3,
    ) {
        let delimiter = [Delimiter::Comma, Delimiter::Tab, Delimiter::Semicolon][which];
        let d = char::from(delimiter.byte().unwrap());
        let mut text = format!("name{d}value{d}count\r\n");
        for (name, value, count) in &rows {
            text.push_str(&format!("{}{d}{value:e}{d}{count}\r\n", quoted(&format!("n{name}x"))));
        }
        let table = read(text.as_bytes(), &TableOptions { delimiter: Some(delimiter), header: Some(true), ..TableOptions::default() }).unwrap();
        prop_assert_eq!(table.rows, rows.len());
        let ColumnData::Text(names) = &table.columns[0].data else { panic!("names are text") };
        for (row, (name, value, count)) in rows.iter().enumerate() {
            prop_assert_eq!(names[row].clone().unwrap(), format!("n{name}x"));
            let sentinel = *count < -998 || value.abs() >= 9_999_900.0;
            if !sentinel {
                prop_assert_eq!(table.columns[1].data.number(row), Some(*value));
                prop_assert_eq!(table.columns[2].data.number(row), Some(f64::from(*count)));
            }
        }
    }
}
