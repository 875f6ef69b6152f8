//! Overrides, and what broken tables give.

use outcrop_connectors::table::{
    ColumnData, Delimiter, Kind, Role, Table, TableError, TableFormat, TableOptions, TextEncoding, detect,
    join_dictionary, read, sniff, surveys, tops, wells,
};

fn plain(text: &str) -> Table {
    read(text.as_bytes(), &TableOptions::default()).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

fn codes(table: &Table) -> Vec<&str> {
    table.issues.iter().map(|i| i.code.as_str()).collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn floats(table: &Table, name: &str) -> Vec<Option<f64>> {
    let column = &table.columns[table.column_index(name).unwrap()];
    assert!(column.data.is_number(), "{name} is {:?}", column.data);
    (0..table.rows).map(|r| column.data.number(r)).collect()
}

#[test]
fn delimiters_are_recognised() {
    for (text, delimiter) in [
        ("md,inc,azi\n0,1,2\n", Delimiter::Comma),
        ("md\tinc\tazi\n0\t1\t2\n", Delimiter::Tab),
        ("md;inc;azi\n0,5;1;2\n", Delimiter::Semicolon),
        ("md|inc|azi\n0|1|2\n", Delimiter::Pipe),
        ("md   inc  azi\n 0   1  2\n", Delimiter::Whitespace),
        ("md inc azi\n0,5 1,5 2,5\n", Delimiter::Whitespace),
    ] {
        let table = plain(text);
        assert_eq!((table.layout.delimiter, table.columns.len(), table.rows), (delimiter, 3, 1), "{text}");
    }
}

#[test]
fn a_decimal_comma_is_recognised_and_an_unclear_one_is_said() {
    let table = plain("x;y\n1,5;2\n2,25;3\n");
    assert!(table.layout.decimal_comma);
    assert_eq!(floats(&table, "x"), [Some(1.5), Some(2.25)]);
    let table = plain("x;y\n1,500;2\n2,250;3\n");
    assert!(codes(&table).contains(&"decimal-comma-unclear"));
    assert!(matches!(table.columns[0].data, ColumnData::Text(_)));
    let stated = TableOptions { decimal_comma: Some(true), ..TableOptions::default() };
    let table = read(b"x;y\n1,500;2\n2,250;3\n", &stated).unwrap();
    assert_eq!(floats(&table, "x"), [Some(1.5), Some(2.25)]);
}

#[test]
fn units_come_from_a_row_a_name_or_an_option() {
    let table = plain("Well,Surface,MD,TVD\n,,ft,m\nA,Top,10,9\n");
    assert_eq!((table.layout.units_line, table.layout.first_data_line, table.rows), (Some(2), 3, 1));
    let found = detect(&table);
    assert_eq!(tops(&table, &found).unwrap().unit(Role::Md), Some("ft"));
    // Names over two rows, and the units below them.
    let table = plain("Well,Measured,Incl.,Azimuth\n,Depth,,\n,ft,deg,deg\nA,0,0,0\nA,1000,10,45\n");
    assert_eq!((table.layout.units_line, table.layout.first_data_line, table.rows), (Some(3), 4, 2));
    assert_eq!((table.columns[1].name.as_str(), table.columns[1].unit.as_deref()), ("Measured Depth", Some("ft")));
    let table = plain("well,surface,md_ft\nA,Top,10\n");
    assert_eq!(table.columns[2].unit.as_deref(), Some("ft"));
    assert!(codes(&table).contains(&"unit-from-name"));
    // Not stated is not guessed.
    assert_eq!(plain("well,surface,md\nA,Top,10\n").columns[2].unit, None);
    let options = TableOptions { units: pairs(&[("md", "ft"), ("Depth TVD", "m")]), ..TableOptions::default() };
    let table = read(b"well,surface,Measured Depth (m),Depth TVD\nA,Top,10,9\n", &options).unwrap();
    assert_eq!((table.columns[2].unit.as_deref(), table.columns[3].unit.as_deref()), (Some("ft"), Some("m")));
    assert!(codes(&table).contains(&"unit-overridden"));
}

#[test]
fn gslib_files_have_their_names_from_the_lines_above() {
    let table = plain("Cluster data\n3\nXlocation\nYlocation\nPorosity (%)\n 10 20 0.5\n 30 40 -999\n");
    assert_eq!(table.layout.format, TableFormat::Gslib);
    assert_eq!(table.layout.names, ["Xlocation", "Ylocation", "Porosity"]);
    assert_eq!(floats(&table, "Porosity"), [Some(0.5), None]);
    assert_eq!(detect(&table).kind, Kind::Points);
    assert!(codes(&table).contains(&"null-assumed"));
}

#[test]
fn identifiers_stay_text() {
    let table = plain("UWI,API,code,n\n100063107011,42123456780000,007,1\n100063107012,42123456790000,012,2\n");
    for (column, first) in [("UWI", "100063107011"), ("API", "42123456780000"), ("code", "007")] {
        let data = &table.columns[table.column_index(column).unwrap()].data;
        assert_eq!(data.text(0).as_deref(), Some(first));
        assert!(!data.is_number(), "{column}");
    }
    assert_eq!(floats(&table, "n"), [Some(1.0), Some(2.0)]);
    let table = plain("well,x,y\n15/9-F-12,1,2\n7,3,4\n");
    assert_eq!(table.columns[0].data.text(1).as_deref(), Some("7"));
}

#[test]
fn identifiers_that_show_late_are_read_again_as_they_are_written() {
    let mut text = String::from("a,b,sample\n");
    for i in 0..3000 {
        text.push_str(&format!("{i},{i}.5,{i}\n"));
    }
    text.push_str("1,2.50,0042\n");
    let table = plain(&text);
    let data = &table.columns[2].data;
    assert_eq!((data.text(0).as_deref(), data.text(3000).as_deref()), (Some("0"), Some("0042")));
    assert!(codes(&table).contains(&"kept-as-text"));
}

#[test]
fn ragged_rows_are_left_out_and_named() {
    let table = plain("md,inc,azi\n0,1,2\n10,1\n20,1,2,9\n30,1,2,,\n,,\n40,1,2\n");
    assert_eq!(floats(&table, "md"), [Some(0.0), Some(30.0), Some(40.0)]);
    assert_eq!(table.row_lines, [2, 5, 7]);
    let lines: Vec<_> = table.issues.iter().filter(|i| i.code == "row-ragged").map(|i| i.line).collect();
    assert_eq!(lines, [Some(3), Some(4)]);
    let padded = TableOptions { pad_short_rows: true, ..TableOptions::default() };
    let table = read(b"md,inc,azi\n0,1,2\n10,1\n20,1,2\n30,1,2\n", &padded).unwrap();
    assert_eq!(floats(&table, "azi"), [Some(2.0), None, Some(2.0), Some(2.0)]);
}

#[test]
fn text_among_numbers_is_null_and_named() {
    let table = plain("md,inc,azi\n0,1,2\n10,?,3\n20,3,4\n30,4,5\n");
    assert_eq!(floats(&table, "inc"), [Some(1.0), None, Some(3.0), Some(4.0)]);
    let issue = table.issues.iter().find(|i| i.code == "text-in-numbers").unwrap();
    assert_eq!((issue.line, issue.curve.as_deref()), (Some(3), Some("inc")));
    let rows = surveys(&table, &detect(&table)).unwrap();
    assert_eq!(rows.rows.len(), 3);
    assert_eq!(rows.issues[0].line, Some(3));
}

#[test]
fn nulls_are_recognised_stated_or_suspected() {
    let table = plain("x,y,phi,gr,z\n1,1,0.2,-999.25,-1200\n2,2,NA,55.5,-999\n3,3,-999.25,,-20\n");
    assert_eq!(floats(&table, "phi"), [Some(0.2), None, None]);
    assert_eq!(floats(&table, "gr"), [None, Some(55.5), None]);
    // Within the range of the others: kept, and said.
    assert_eq!(floats(&table, "z"), [Some(-1200.0), Some(-999.0), Some(-20.0)]);
    assert!(codes(&table).contains(&"null-suspected"));
    let options = TableOptions { null: vec!["-999".to_owned(), "n.d.".to_owned()], ..TableOptions::default() };
    let table = read(b"x,y,z\n1,1,-1200\n2,n.d.,-999.00\n3,3,-20\n", &options).unwrap();
    assert_eq!(floats(&table, "z"), [Some(-1200.0), None, Some(-20.0)]);
    assert_eq!(floats(&table, "y"), [Some(1.0), None, Some(3.0)]);
}

#[test]
fn options_that_name_what_is_not_there_list_what_is() {
    let error = |options: TableOptions| read(b"East,North,v\n1,2,3\n", &options).unwrap_err();
    let absent = error(TableOptions { map: pairs(&[("x", "Easting")]), ..TableOptions::default() });
    assert_eq!(absent.to_string(), "map x=Easting: the table has no column `Easting`; its columns are East, North, v");
    let role = error(TableOptions { map: pairs(&[("xx", "East")]), ..TableOptions::default() });
    assert!(role.to_string().starts_with("`xx` is not a role; the roles are well, uwi,"), "{role}");
    let unit = error(TableOptions { units: pairs(&[("East", "furlong")]), ..TableOptions::default() });
    assert!(unit.to_string().contains("`furlong` is not a known unit"), "{unit}");
    let unit = error(TableOptions { units: pairs(&[("md", "m")]), ..TableOptions::default() });
    assert!(matches!(unit, TableError::UnknownColumn { .. }), "{unit}");
    let twice = error(TableOptions { map: pairs(&[("x", "East"), ("x", "v")]), ..TableOptions::default() });
    assert!(matches!(twice, TableError::BadOption { .. }), "{twice}");
}

#[test]
fn maps_and_kinds_override_detection() {
    let options = TableOptions {
        header: Some(false),
        skip_rows: 1,
        kind: Some(Kind::Surveys),
        map: pairs(&[("md", "column_1"), ("inclination", "column_3"), ("azimuth", "column_2")]),
        ..TableOptions::default()
    };
    let table = read(b"anything, at all\n0 90 1\n10 91 2\n", &options).unwrap();
    let rows = surveys(&table, &detect(&table)).unwrap().rows;
    assert_eq!((rows[1].md, rows[1].inclination, rows[1].azimuth, rows[1].line), (10.0, 2.0, 91.0, 3));
    let options = TableOptions { delimiter: Some(Delimiter::Semicolon), ..TableOptions::default() };
    assert_eq!(sniff(b"a,b\n1,2\n", &options).unwrap().names.len(), 1);
}

#[test]
fn a_kind_that_the_columns_do_not_bear_out_says_what_is_missing() {
    let options = TableOptions { kind: Some(Kind::Surveys), ..TableOptions::default() };
    let table = read(b"Well,MD,GR\nA,1,2\n", &options).unwrap();
    let error = surveys(&table, &detect(&table)).unwrap_err().to_string();
    assert!(
        error.contains("needs md, inclination and azimuth") && error.contains("MD (md)") && error.contains("--map"),
        "{error}"
    );
    assert!(wells(&plain("x,y\n1,2\n"), &detect(&plain("x,y\n1,2\n"))).is_err());
}

#[test]
fn ambiguous_and_contradicted_roles_are_said() {
    let table = plain("Well,Surface,MD,Measured Depth\nA,T,1,1\n");
    let found = detect(&table);
    let issue = found.issues.iter().find(|i| i.code == "role-ambiguous").unwrap();
    assert!(
        issue.message.contains("`MD` and `Measured Depth`") && issue.message.contains("--map md=Measured Depth"),
        "{issue}"
    );
    let found = detect(&plain("md,inc,azi\n0,1,2\n10,400,3\n"));
    assert_eq!(found.kind, Kind::Unknown);
    assert!(found.issues.iter().any(|i| i.code == "role-contradicted" && i.message.contains("0 and 180")));
    let found = detect(&plain("md,inc,azi\n0,1,2\n20,1,2\n10,1,3\n"));
    assert!(found.issues.iter().any(|i| i.code == "md-not-increasing" && i.line == Some(4)));
}

#[test]
fn headers_that_do_not_fit_are_refused() {
    let error = read(b"Well Name X Y\nA 1 2\nB 3 4\n", &TableOptions::default()).unwrap_err();
    assert_eq!(error, TableError::HeaderMismatch { line: 1, names: 4, fields: 3, delimiter: Delimiter::Whitespace });
    let error = read(b"md,inc,azi\n1,\"2,3\n", &TableOptions::default()).unwrap_err();
    assert_eq!(error, TableError::UnclosedQuote { line: 2 });
    assert_eq!(read(b"\n\n  \n", &TableOptions::default()).unwrap_err(), TableError::Empty);
    assert_eq!(read(b"# only\n# comments\n", &TableOptions::default()).unwrap_err(), TableError::Empty);
}

#[test]
fn encodings_make_no_difference() {
    let text = "Brønn;Flate;MD\nSnøhvit;Topp;1,5\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), TextEncoding::Utf8),
        (utf16, TextEncoding::Utf16Le),
        (latin, TextEncoding::Windows1252),
    ] {
        let table = read(&bytes, &TableOptions::default()).unwrap();
        assert_eq!(table.layout.encoding, encoding);
        assert_eq!(table.columns[0].data.text(0).as_deref(), Some("Snøhvit"));
    }
}

#[test]
fn batches_carry_names_and_units() {
    let table = plain("MD (m),md,Phi [furlong]\n1,2,3\n,5,6.5\n");
    let batch = table.to_record_batch().unwrap();
    let schema = batch.schema();
    assert_eq!(schema.fields().iter().map(|f| f.name().as_str()).collect::<Vec<_>>(), ["md", "md_2", "phi"]);
    assert_eq!(schema.field(0).metadata().get("outcrop.unit").map(String::as_str), Some("m"));
    assert_eq!(schema.field(0).metadata().get("outcrop.original_name").map(String::as_str), Some("MD"));
    assert_eq!(schema.field(2).metadata().get("outcrop.unit"), None);
    assert_eq!(batch.column(0).null_count(), 1);
}

#[test]
fn dictionaries_that_do_not_cover_the_ids_are_not_joined() {
    let dictionary = plain("HorID,Name\n1,Hugin\n2,Sleipner\n");
    let mut table = plain("well,HorID,md\nA,1,100\nA,2,200\nB,7,300\n");
    assert!(join_dictionary(&mut table, &dictionary, "dic.csv"));
    let rows = tops(&table, &detect(&table)).unwrap();
    assert_eq!(rows.rows.iter().map(|r| r.surface.as_str()).collect::<Vec<_>>(), ["Hugin", "Sleipner"]);
    assert!(table.issues.iter().any(|i| i.code == "id-unknown" && i.line == Some(4)));
    let mut table = plain("well,HorID,md\nA,8,100\nA,9,200\nB,7,300\n");
    assert!(!join_dictionary(&mut table, &dictionary, "dic.csv"));
}

#[test]
fn log_samples_with_a_formation_column_are_no_tops() {
    let mut text = String::from("Well,Formation,Depth,GR\n");
    for i in 0..60 {
        text.push_str(&format!("A,{},{},{}\n", if i < 30 { "Hugin" } else { "Sleipner" }, 1000 + i, 50 + i));
    }
    assert_eq!(detect(&plain(&text)).kind, Kind::Unknown);
}

#[test]
fn names_behind_a_comment_mark_are_names_and_prose_is_not() {
    let table = plain("# well A\n# MD  INC  AZI\n0\t1\t2\n10\t1\t2\n");
    assert_eq!(table.layout.names, ["MD", "INC", "AZI"]);
    let table = plain("# exported by somebody\n0 1 2\n10 1 2\n");
    assert_eq!(table.layout.names, ["column_1", "column_2", "column_3"]);
    let table = plain("Depth,2019,2020\n1,2,3\n2,3,4\n");
    assert!(codes(&table).contains(&"header-unclear"));
}

/// The work on a line is bounded: what has more fields than a table has columns is refused, at once and in words.
#[test]
fn lines_of_very_many_fields_are_of_no_table() {
    let started = std::time::Instant::now();
    for (text, separated) in [
        ("2.5 ".repeat(250_000), "whitespace"),
        ("2.5;".repeat(250_000), "semicolon"),
        (format!("title\n{}", "word ".repeat(250_000)), "whitespace"),
        ("\"a\" ".repeat(250_000), "whitespace"),
        (format!("{}\n{}\n", "md ".repeat(250_000), "1 ".repeat(250_000)), "whitespace"),
    ] {
        let error = read(text.as_bytes(), &TableOptions::default()).unwrap_err();
        assert!(matches!(error, TableError::TooWide { .. }), "{error}");
        let message = error.to_string();
        assert!(message.contains("more than 16384 fields") && message.contains(separated), "{message}");
        assert!(message.contains("outcrop.formats"), "{message}");
    }
    // As many as a table has are read, also when all are called the same.
    let names = vec!["MD"; 16_384].join(",");
    let table = plain(&format!("{names}\n{}\n", vec!["1.5"; 16_384].join(",")));
    assert_eq!((table.columns.len(), table.rows), (16_384, 1));
    assert_eq!(detect(&table).roles.len(), 16_384);
    // Where the lines are quadratic, this takes hours.
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "{:?}", started.elapsed());
}

/// A name is written before each row of its well path, so one of a megabyte is none.
#[test]
fn a_very_long_line_is_no_name_of_a_well() {
    let text = format!("name {}\n{}", "x".repeat(1_000_000), "1 2 3 4\n".repeat(2000));
    let layout = sniff(text.as_bytes(), &TableOptions::default()).unwrap();
    assert_eq!((layout.format, layout.names.len()), (TableFormat::Plain, 4));
}
