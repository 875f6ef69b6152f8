//! Tables of production: what they are told by, their periods, and what keeps other tables from being taken for them.

use std::path::PathBuf;

use outcrop_connectors::table::{
    Detection, Kind, Production, Role, Table, TableError, TableOptions, detect, production, read,
};

/// As the daily sheet of the Volve data release has it, saved as text.
const VOLVE_DAILY: &str = "\
DATEPRD,WELL_BORE_CODE,NPD_WELL_BORE_CODE,NPD_WELL_BORE_NAME,NPD_FIELD_CODE,NPD_FIELD_NAME,ON_STREAM_HRS,AVG_DOWNHOLE_PRESSURE,AVG_CHOKE_SIZE_P,AVG_CHOKE_UOM,BORE_OIL_VOL,BORE_GAS_VOL,BORE_WAT_VOL,BORE_WI_VOL,FLOW_KIND,WELL_TYPE
07-Apr-14,NO 15/9-F-1 C,7405,15/9-F-1 C,3420717,VOLVE,0,0.0,0.0,%,0,0,0,,production,WI
08-Apr-14,NO 15/9-F-1 C,7405,15/9-F-1 C,3420717,VOLVE,24,310.4,45.1,%,631.5,90439.1,2.2,,production,OP
07-Apr-14,NO 15/9-F-4 AH,5693,15/9-F-4,3420717,VOLVE,24,,,,,,,4810.2,injection,WI
";

/// As its monthly sheet has it: a row of units below the names.
const VOLVE_MONTHLY: &str = "\
Wellbore name,NPDCode,Year,Month,On Stream,Oil,Gas,Water,GI,WI
,,,,hrs,Sm3,Sm3,Sm3,Sm3,Sm3
15/9-F-1 C,7405,2014,4,227.5,11142.47,1597936.65,0,,
15/9-F-1 C,7405,2014,5,733.83333,24901.95,3496229.65,783.48,,
15/9-F-4,5693,2014,4,720,,,,,142000.5
";

fn table(text: &str) -> (Table, Detection) {
    with(text, &TableOptions::default())
}

fn with(text: &str, options: &TableOptions) -> (Table, Detection) {
    let table = read(text.as_bytes(), options).unwrap_or_else(|e| panic!("{text:?}: {e}"));
    let found = detect(&table);
    (table, found)
}

fn rows(text: &str) -> Production {
    let (table, found) = table(text);
    assert_eq!(found.kind, Kind::Production, "{text}: {:?}", found.roles);
    production(&table, &found).unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn map(list: &[(&str, &str)]) -> TableOptions {
    let map = list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    TableOptions { map, ..TableOptions::default() }
}

fn roles(table: &Table, found: &Detection) -> Vec<(String, Role)> {
    let named = found.roles.iter().filter(|(_, role, _)| *role != Role::Value);
    named.map(|(c, role, _)| (table.columns[*c].name.clone(), *role)).collect()
}

fn columns(production: &Production) -> Vec<(&str, Option<&str>)> {
    production.columns.iter().map(|c| (c.name.as_str(), c.unit.as_deref())).collect()
}

/// First and last day of every row, as dates read.
fn periods(production: &Production) -> Vec<String> {
    let day = |day: Option<i32>| {
        let base = 16_071; // 2014-01-01
        day.map_or_else(|| "-".to_owned(), |d| (d - base).to_string())
    };
    production.rows.rows.iter().map(|r| format!("{}..{}", day(r.start), day(r.end))).collect()
}

fn codes(production: &Production) -> Vec<&str> {
    production.rows.issues.iter().map(|i| i.code.as_str()).collect()
}

#[test]
fn daily_production_of_volve() {
    let (table, found) = table(VOLVE_DAILY);
    assert_eq!((found.kind, found.confidence), (Kind::Production, 1.0));
    assert_eq!(
        roles(&table, &found),
        [
            ("DATEPRD", Role::Date),
            ("NPD_WELL_BORE_NAME", Role::Well),
            ("ON_STREAM_HRS", Role::HoursOn),
            ("BORE_OIL_VOL", Role::Oil),
            ("BORE_GAS_VOL", Role::Gas),
            ("BORE_WAT_VOL", Role::Water),
            ("BORE_WI_VOL", Role::WaterInjection),
            ("FLOW_KIND", Role::Stream),
        ]
        .map(|(name, role)| (name.to_owned(), role))
    );
    let read = production(&table, &found).unwrap();
    assert_eq!(periods(&read), ["96..-", "97..-", "96..-"]);
    let first = &read.rows.rows[0];
    assert_eq!(
        (first.well.as_deref(), first.stream.as_deref(), first.zone.as_deref(), first.line),
        (Some("15/9-F-1 C"), Some("production"), None, 2)
    );
    assert_eq!(
        columns(&read),
        [
            ("well_bore_code", None),
            ("npd_well_bore_code", None),
            ("npd_field_code", None),
            ("npd_field_name", None),
            ("hours_on", Some("h")),
            ("avg_downhole_pressure", None),
            ("avg_choke_size_p", None),
            ("avg_choke_uom", None),
            ("oil", None),
            ("gas", None),
            ("water", None),
            ("water_injection", None),
            ("well_type", None),
        ]
    );
    assert_eq!(codes(&read), ["date-century"]);
}

#[test]
fn monthly_production_of_volve() {
    let read = rows(VOLVE_MONTHLY);
    // April has 30 days, May 31.
    assert_eq!(periods(&read), ["90..119", "120..150", "90..119"]);
    let volumes = ["oil", "gas", "water", "water_injection"].map(|name| (name, Some("Sm3")));
    assert_eq!(columns(&read), [&[("npdcode", None), ("hours_on", Some("h"))], &volumes[..]].concat());
    assert!(read.rows.issues.is_empty(), "{:?}", read.rows.issues);
}

#[test]
fn names_are_found_above_units_of_a_few_columns() {
    // Fewer than half of the columns have a unit.
    let read = rows(
        "Wellbore name,NPDCode,Year,Month,Oil,Gas,Remark,Status\n,,,,Sm3,Sm3,,\nA,1,2014,4,1,2,,\nA,1,2014,5,1,2,,\nB,2,2014,4,,,,shut in\n",
    );
    assert_eq!(periods(&read), ["90..119", "120..150", "90..119"]);
    assert_eq!(columns(&read), [("npdcode", None), ("oil", Some("Sm3")), ("gas", Some("Sm3")), ("status", None)]);
}

#[test]
fn headings_of_other_sources() {
    // A state's annual report, a state's monthly one, and a sheet of rates.
    let annual = rows(
        "API Well Number,Well Name,Producing Formation,Months in Production,\"Gas Produced, Mcf\",\"Water Produced, bbl\",\"Oil Produced, bbl\",Reporting Year\n\
         31003001260000,Smith 1,Medina,12,1200,3,0,2013\n31003001260000,Smith 1,Medina,11,1100,2,0,2014\n",
    );
    assert_eq!(periods(&annual), ["-365..-1", "0..364"]);
    assert_eq!(annual.rows.rows[0].zone.as_deref(), Some("Medina"));
    assert_eq!(annual.rows.rows[0].uwi.as_deref(), Some("31003001260000"));
    assert_eq!(
        columns(&annual),
        [("months_in_production", None), ("gas", Some("Mcf")), ("water", Some("bbl")), ("oil", Some("bbl"))]
    );
    let monthly = rows(
        "API No,Pool,Date,Days,BBLS Oil,Runs,BBLS Water,MCF Prod,MCF Sold,Vent/Flare\n\
         33-105-02000,BAKKEN,9-2018,30,4000,3990,2000,5000,4800,200\n33-105-02000,BAKKEN,8-2018,31,4100,4090,2010,5100,4900,200\n",
    );
    assert_eq!(periods(&monthly)[1], "1673..1703");
    assert_eq!(
        columns(&monthly),
        [
            ("days", None),
            ("oil", Some("bbl")),
            ("runs", None),
            ("water", Some("bbl")),
            ("gas", Some("Mcf")),
            ("mcf_sold", None),
            ("vent_flare", None)
        ]
    );
    let rates = rows(
        "Well;Date;Oil rate (Sm3/d);Gas (1000 Sm3/d);Water;Cum oil (Sm3);WHP (bar)\nA-1;2014-01-01;10,5;1,25;3;100;20\nA-1;2014-01-02;11,5;1,5;3;111,5;21\n",
    );
    assert_eq!(
        columns(&rates),
        [
            ("oil_rate", Some("Sm3/d")),
            ("gas_rate", Some("e3Sm3/d")),
            ("water", None),
            ("cum_oil", Some("Sm3")),
            ("whp", Some("bar"))
        ]
    );
}

#[test]
fn the_product_may_stand_in_a_column() {
    let read = rows(
        "UWI,ProductionMonth,ProductID,Volume,Unit,Hours\n100/06-31-070-11W4/00,2014-01,OIL,10.5,m3,700\n100/06-31-070-11W4/00,2014-01,GAS,2.5,e3m3,700\n",
    );
    assert_eq!(periods(&read), ["0..30", "0..30"]);
    assert_eq!(columns(&read), [("volume", None), ("hours", None)]);
    assert_eq!(read.volume_unit, Some(4));
    assert_eq!(read.rows.rows.iter().filter_map(|r| r.stream.as_deref()).collect::<Vec<_>>(), ["OIL", "GAS"]);
}

#[test]
fn cumulatives_without_dates() {
    let Some(folder) = std::env::var_os("OUTCROP_DATA")
        .map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")).into(),
            |f| Some(f.into()),
        )
        .filter(|f: &PathBuf| f.is_dir())
    else {
        println!("skipped: OUTCROP_DATA not found");
        return;
    };
    let bytes = std::fs::read(folder.join("wells/tables/res21_production_history.csv")).unwrap();
    let table = read(&bytes, &TableOptions::default()).unwrap();
    let found = detect(&table);
    assert_eq!((found.kind, found.confidence), (Kind::Production, 0.8));
    assert!(
        found.issues.iter().any(|i| i.code == "period-unknown" && i.message.contains("(1 yr)")),
        "{:?}",
        found.issues
    );
    let read = production(&table, &found).unwrap();
    assert_eq!((read.rows.rows.len(), read.columns.len()), (73, 6));
    assert!(read.rows.rows.iter().all(|r| r.start.is_none() && r.end.is_none()));
    assert_eq!(columns(&read)[0], ("cumulative_oil_production_1_yr", Some("MSTB")));
    assert_eq!(columns(&read)[5], ("cumulative_water_production_3_yr", Some("MSTB")));
    let last = &table.columns[read.columns[5].column];
    assert_eq!((read.rows.rows[0].well.as_deref(), last.data.number(0)), (Some("1"), Some(2108.7)));
}

#[test]
fn dates_are_read_where_they_can_only_be_one() {
    let of = |dates: &[&str]| {
        let lines: Vec<String> = dates.iter().map(|d| format!("A;{d};1;2")).collect();
        format!("Well;Date;Oil (bbl);Water (bbl)\n{}\n", lines.join("\n"))
    };
    for (dates, expected) in [
        (["2014-01-01", "2014-02-01"], ["0..-", "31..-"]),
        (["2014-01", "2014-02"], ["0..30", "31..58"]),
        (["01/2014", "02/2014"], ["0..30", "31..58"]),
        (["Jan-2014", "Feb-2014"], ["0..30", "31..58"]),
        (["201401", "201402"], ["0..30", "31..58"]),
        (["20140101", "20140201"], ["0..-", "31..-"]),
        (["2014", "2015"], ["0..364", "365..729"]),
        // A day above twelve in one row says what comes first in all.
        (["02/01/2014", "13/01/2014"], ["1..-", "12..-"]),
        (["02/01/2014", "01/13/2014"], ["31..-", "12..-"]),
        // The last days of months are the months that end there.
        (["2014-01-31", "2014-02-28"], ["0..30", "31..58"]),
        (["31.01.2014", "28.02.2014"], ["0..30", "31..58"]),
        (["2014-01-31 00:00:00", "2014-02-28 00:00:00"], ["0..30", "31..58"]),
    ] {
        assert_eq!(periods(&rows(&of(&dates))), expected, "{dates:?}");
    }
    let (table, found) = table(&of(&["02/01/2014", "03/02/2014"]));
    assert!(
        found.issues.iter().any(|i| i.code == "dates-unclear" && i.message.contains("--map 'date(dd/mm/yyyy)=Date'"))
    );
    let error = production(&table, &found).unwrap_err();
    assert!(matches!(&error, TableError::DatesUnclear { line: 2, .. }), "{error}");
    // Whoever knows says it, in the heading or beside the file.
    for (order, expected) in [("dd/mm/yyyy", ["1..-", "33..-"]), ("mm/dd/yyyy", ["31..-", "60..-"])] {
        let text = of(&["02/01/2014", "03/02/2014"]);
        let (table, found) = with(&text, &map(&[(&format!("date({order})"), "Date")]));
        assert_eq!(periods(&production(&table, &found).unwrap()), expected);
        assert_eq!(periods(&rows(&text.replace("Date", &format!("Date ({order})")))), expected);
    }
    let (table, found) = self::table(&of(&["13/01/2014", "01/13/2014"]));
    let error = production(&table, &found).unwrap_err();
    assert!(matches!(error, TableError::DatesContradict { day_line: 2, month_line: 3, .. }), "{error}");
    for map in [("oil(dd/mm/yyyy)", "Date"), ("date(dd)", "Date"), ("date(dd/mm/yyyy", "Date")] {
        let error = read(of(&["2014-01", "2014-02"]).as_bytes(), &self::map(&[map])).unwrap_err();
        assert!(matches!(error, TableError::BadOption { .. }), "{map:?}: {error}");
    }
    // Neither are day numbers of a spreadsheet dates, nor numbers with a fraction, whatever it may be of.
    for dates in [["41640", "41671"], ["1.2014", "10.201"], ["2014.5", "2014.6"]] {
        assert_ne!(self::table(&of(&dates)).1.kind, Kind::Production, "{dates:?}");
    }
}

#[test]
fn periods_have_the_days_that_are_stated() {
    let read = rows(
        "Well,Start Date,End Date,Oil (bbl),Gas (Mcf)\nA,2014-01-01,2014-01-15,1,2\nA,2014-01-16,2014-01-31,1,2\n",
    );
    assert_eq!(periods(&read), ["0..14", "15..30"]);
    let read =
        rows("Well,Date,Days in month,Days on,Oil (bbl),Gas (Mcf)\nA,2014-01-01,31,30.5,1,2\nA,2014-02-01,28,28,1,2\n");
    assert_eq!(periods(&read), ["0..30", "31..58"]);
    assert_eq!(columns(&read)[..2], [("period_days", Some("d")), ("days_on", Some("d"))]);
    let read = rows("Well,Year,Month,Day,Oil (bbl),Gas (Mcf)\nA,2014,Jan,5,1,2\nA,2014,Feb,30,1,2\n");
    assert_eq!((periods(&read), codes(&read)), (vec!["4..-".to_owned()], vec!["date-unreadable", "row-incomplete"]));
    // Order of the day from one column, dates from another.
    let read = rows("Well,From,To,Oil (bbl),Gas (Mcf)\nA,01/02/2014,28/02/2014,1,2\n");
    assert_eq!(periods(&read), ["31..58"]);
    // A line of sums is no period.
    let read = rows("Well,Date,Oil (bbl),Gas (Mcf)\nA,2014-01,1,2\nA,2014-02,1,2\nTotal,,2,4\nA,Total,2,4\n");
    assert_eq!(read.rows.rows.len(), 2);
    assert!(codes(&read).contains(&"row-incomplete") && codes(&read).contains(&"date-unreadable"));
    let read = rows("Well,Start Date,End Date,Oil (bbl),Gas (Mcf)\nA,2014-02-01,2014-01-15,1,2\n");
    assert_eq!(codes(&read), ["period-reversed"]);
}

#[test]
fn columns_that_may_be_either_are_said_and_settled() {
    let text = "Well,Date,Oil prod (bbl),Oil alloc (bbl),Days\nA,2014-01,1,2,31\n";
    let (table, found) = table(text);
    assert!(found.issues.iter().any(|i| i.code == "role-ambiguous" && i.message.contains("--map oil=Oil alloc")));
    assert!(found.issues.iter().any(|i| i.code == "time-unclear" && i.message.contains("--map days_on=Days")));
    assert_eq!(
        columns(&production(&table, &found).unwrap()),
        [("oil", Some("bbl")), ("oil_alloc", Some("bbl")), ("days", None)]
    );
    let (table, found) = with(text, &map(&[("oil", "Oil alloc"), ("days_on", "Days")]));
    assert_eq!(
        columns(&production(&table, &found).unwrap()),
        [("oil_prod", Some("bbl")), ("oil", Some("bbl")), ("days_on", Some("d"))]
    );
    // A name that says rate beside a unit of volume.
    let (_, found) = self::table("Well,Date,Oil rate (bbl),Gas (Mcf)\nA,2014-01,1,2\n");
    assert!(found.issues.iter().any(|i| i.code == "rate-unclear"), "{:?}", found.issues);
    // Words stated by the user are enough.
    let mut stated = map(&[("date", "when"), ("oil", "a")]);
    stated.kind = Some(Kind::Production);
    let (table, found) = with("Well,when,a\nA,2014-01,1\n", &stated);
    assert_eq!(columns(&production(&table, &found).unwrap()), [("oil", None)]);
    let (table, found) =
        with("Well,when,a\nA,2014-01,x\n", &TableOptions { kind: Some(Kind::Production), ..Default::default() });
    assert!(matches!(production(&table, &found), Err(TableError::MissingRoles { kind: Kind::Production, .. })));
}

#[test]
fn a_table_of_several_wells_has_to_name_them() {
    let fields = "Field name,Year,Month,Oil (Sm3),Gas (Sm3)\nA,2014,1,1,2\nB,2014,1,3,4\n";
    let (table, found) = with(fields, &TableOptions { kind: Some(Kind::Production), ..Default::default() });
    let error = production(&table, &found).unwrap_err().to_string();
    assert!(error.contains("--map well=") && error.contains("2014-01-01 again in line 3"), "{error}");
    let one = rows("# Well: A-1\nDate,Oil (Sm3),Gas (Sm3)\n2014-01,1,2\n2014-02,3,4\n");
    assert!(one.rows.rows.iter().all(|r| r.well.as_deref() == Some("A-1")));
}

#[test]
fn other_tables_are_not_taken_for_production() {
    for (text, kind) in [
        // A mud log has dates and gas, and a depth.
        (
            "Depth (m),Date,Time,ROP,Total Gas,Gas\n1000,2014-01-01,01:00,20,3,3\n1001,2014-01-01,01:05,20,3,4\n",
            Kind::Unknown,
        ),
        // Wells with what they produced in all stay wells.
        (
            "Well,UWI,X,Y,TD,Spud date,Cum oil (bbl)\nA,1,2,3,1000,2010-01-01,5\nB,2,3,4,1000,2011-01-01,6\n",
            Kind::Wells,
        ),
        ("Well,Operator,Field,Cum oil (bbl)\nA,Acme,North,5\nB,Acme,North,6\n", Kind::Wells),
        // Levels of groundwater.
        ("Well,Date,Water level (m)\nA,2014-01-01,5\nA,2014-01-02,6\n", Kind::Unknown),
        ("Well,Surface,MD (m),Date\nA,Top,1000,2014-01-01\nB,Top,1010,2014-01-01\n", Kind::Tops),
        // Rain.
        ("x,y,date,water\n1,2,2014-01-01,5\n3,4,2014-01-01,6\n", Kind::Points),
        ("Date,Oil price (USD),Gas price\n2014-01-01,100,4\n2014-01-02,101,5\n", Kind::Unknown),
        ("Date,Oil\n2014-01-01,100\n2014-01-02,101\n", Kind::Unknown),
    ] {
        let (_, found) = table(text);
        assert_eq!(found.kind, kind, "{text}: {:?}", found.roles);
        let leaked =
            found.roles.iter().find(|(_, role, _)| matches!(role, Role::Date | Role::Oil | Role::Water | Role::Gas));
        assert!(leaked.is_none(), "{text}: {leaked:?}");
    }
    assert_eq!("production".parse::<Kind>().unwrap(), Kind::Production);
    assert_eq!("cum_water_injection".parse::<Role>().unwrap(), Role::CumWaterInjection);
}
