//! Dates as tables write them: days, months and years of the Gregorian calendar.
//!
//! Whether `03/04/2014` is of March or of April is told by other dates of the file, or by who knows; it is never guessed.

use super::error::TableError;
use super::model::{Column, Table};
use super::role::Role;

/// A day, month or year: its first and last day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Dated {
    pub(crate) first: i32,
    pub(crate) last: i32,
}

impl Dated {
    /// True for a single day.
    pub(crate) fn is_day(self) -> bool {
        self.first == self.last
    }
}

/// What comes first in a date that is written in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Day,
    Month,
    Year,
}

impl Order {
    /// `dd/mm/yyyy`, `MM-DD-YY`, `yyyy-mm-dd`, `mm/yyyy`, `dd-mmm-yyyy hh:mm` and the like; none for other texts.
    pub(crate) fn parse(text: &str) -> Option<Order> {
        let date = text.trim().to_lowercase();
        // `m/y` may be metres a year.
        if !date.contains("yy") && !date.contains("%y") {
            return None;
        }
        // What counts hours is of the clock.
        let date = date.split(['h', 't']).next().unwrap_or_default();
        let mut letters = Vec::new();
        for c in date.chars() {
            match c {
                'd' | 'm' | 'y' if letters.last() == Some(&c) => {}
                'd' | 'm' | 'y' => letters.push(c),
                '/' | '-' | '.' | '%' | ' ' | ',' => {}
                _ => return None,
            }
        }
        match letters[..] {
            ['d', 'm', 'y'] => Some(Order::Day),
            ['m', 'd', 'y'] | ['m', 'y'] => Some(Order::Month),
            ['y', 'm', 'd'] | ['y', 'm'] => Some(Order::Year),
            _ => None,
        }
    }

    /// As it is stated for a column.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Order::Day => "dd/mm/yyyy",
            Order::Month => "mm/dd/yyyy",
            Order::Year => "yyyy-mm-dd",
        }
    }
}

/// Years that a date of the field may be of.
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2100;

/// A day; none where the calendar has no such day.
pub(crate) fn day(year: i32, month: u32, day: u32) -> Option<Dated> {
    let last = length_of_month(year, month)?;
    (1..=last).contains(&day).then(|| {
        let number = number_of_day(year, month, day);
        Dated { first: number, last: number }
    })
}

/// A month, from its first to its last day.
pub(crate) fn month(year: i32, month: u32) -> Option<Dated> {
    let last = length_of_month(year, month)?;
    Some(Dated { first: number_of_day(year, month, 1), last: number_of_day(year, month, last) })
}

/// A year, from its first to its last day.
pub(crate) fn year(year: i32) -> Option<Dated> {
    YEARS.contains(&year).then(|| Dated { first: number_of_day(year, 1, 1), last: number_of_day(year, 12, 31) })
}

/// The month that ends with a day; none where no month does.
pub(crate) fn month_ending(number: i32) -> Option<Dated> {
    // A day later a month begins, and the one before it began at most 31 days before that.
    let (y, m, d) = civil(number + 1);
    let (y, m) = if m == 1 { (y - 1, 12) } else { (y, m - 1) };
    if d == 1 { month(y, m) } else { None }
}

fn length_of_month(year: i32, month: u32) -> Option<u32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    YEARS.contains(&year).then_some(length)
}

/// Days from 1970-01-01 (H. Hinnant, *chrono-Compatible Low-Level Date Algorithms*, `days_from_civil`). The year begins in
/// March there, so that the leap day is its last.
fn number_of_day(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = (month as i32 + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day as i32 - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    era * 146_097 + days - 719_468
}

/// Year, month and day of a number of days from 1970-01-01 (as above, `civil_from_days`).
fn civil(number: i32) -> (i32, u32, u32) {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let days = shifted.rem_euclid(146_097);
    let of_era = (days - days / 1460 + days / 36_524 - days / 146_096) / 365;
    let of_year = days - (365 * of_era + of_era / 4 - of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = of_era + era * 400 + i32::from(month <= 2);
    (year, month as u32, day as u32)
}

/// A date as it reads: `2014-01-31`.
pub(crate) fn shown(number: i32) -> String {
    let (y, m, d) = civil(number);
    format!("{y:04}-{m:02}-{d:02}")
}

/// What a text may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Clear(Dated),
    /// The first number is no month.
    DayFirst(Dated),
    /// The second number is no month.
    MonthFirst(Dated),
    /// As it is with the day first, and with the month.
    Either(Dated, Dated),
}

/// A text read as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    written: Written,
    /// The year has two digits: 69 to 99 are of the last century, as POSIX has it (`%y`).
    century_assumed: bool,
    /// It has a time of day that is not midnight.
    clock: bool,
}

/// Dates of a column.
pub(crate) struct Dates {
    /// The date of each row; none where there is none, or none that can be read.
    pub(crate) values: Vec<Option<Dated>>,
    /// Rows with a text that is no date.
    pub(crate) unreadable: Vec<usize>,
    /// Rows whose year has two digits.
    pub(crate) centuries: usize,
    /// Rows with a time of day.
    pub(crate) clocks: usize,
}

/// Whether the values of a column are dates, most of them, in one order or another.
pub(crate) fn plausible(column: &Column) -> bool {
    let order = column.unit.as_deref().and_then(Order::parse);
    let (mut dates, mut others) = (0, 0);
    for row in (0..column.data.len()).filter(|row| column.data.text(*row).is_some()).take(200) {
        if read_at(column, row, order).is_some() { dates += 1 } else { others += 1 }
    }
    dates > 0 && dates >= others
}

/// The dates of columns whose order of day and month is one: what one column leaves open another may settle.
///
/// # Errors
/// When nothing says whether day or month comes first, when dates contradict each other in it, and when most of a column's
/// values are no dates.
pub(crate) fn dates(table: &Table, columns: &[(usize, Role)]) -> Result<Vec<Dates>, TableError> {
    let mut read_all = Vec::with_capacity(columns.len());
    let (mut day_first, mut month_first, mut open) = (None, None, None);
    for (place, role) in columns {
        let Some(column) = table.columns.get(*place) else { continue };
        let order = column.unit.as_deref().and_then(Order::parse);
        let readings: Vec<Option<Reading>> = (0..table.rows).map(|row| read_at(column, row, order)).collect();
        for (row, reading) in readings.iter().enumerate() {
            let slot = match reading.map(|r| r.written) {
                Some(Written::DayFirst(_)) => &mut day_first,
                Some(Written::MonthFirst(_)) => &mut month_first,
                Some(Written::Either(..)) => &mut open,
                _ => continue,
            };
            slot.get_or_insert((*place, *role, row));
        }
        read_all.push((column, *role, readings));
    }
    let said = |(place, _, row): (usize, Role, usize)| {
        let column = table.columns.get(place);
        let name = column.map(|c| c.name.clone()).unwrap_or_default();
        (name, column.and_then(|c| c.data.text(row)).unwrap_or_default(), table.line(row))
    };
    match (day_first, month_first, open) {
        (Some(day), Some(month), _) => {
            let ((column, day_first, day_line), (_, month_first, month_line)) = (said(day), said(month));
            return Err(TableError::DatesContradict { column, day_first, day_line, month_first, month_line });
        }
        (None, None, Some(open)) => {
            let (column, value, line) = said(open);
            return Err(TableError::DatesUnclear { column, role: open.1, value, line });
        }
        _ => {}
    }
    let by_month = month_first.is_some();
    read_all.into_iter().map(|(column, role, readings)| settled(table, column, role, readings, by_month)).collect()
}

fn settled(
    table: &Table,
    column: &Column,
    role: Role,
    readings: Vec<Option<Reading>>,
    by_month: bool,
) -> Result<Dates, TableError> {
    let of = |reading: &Reading| match reading.written {
        Written::Clear(date) | Written::DayFirst(date) | Written::MonthFirst(date) => date,
        Written::Either(day, month) => {
            if by_month {
                month
            } else {
                day
            }
        }
    };
    let unreadable: Vec<usize> = readings
        .iter()
        .enumerate()
        .filter(|(row, reading)| reading.is_none() && column.data.text(*row).is_some())
        .map(|(row, _)| row)
        .collect();
    let found: Vec<&Reading> = readings.iter().flatten().collect();
    if let Some(first) = unreadable.first().filter(|_| unreadable.len() > found.len()) {
        return Err(TableError::NotDates {
            column: column.name.clone(),
            role,
            value: column.data.text(*first).unwrap_or_default(),
            line: table.line(*first),
            others: unreadable.len() - 1,
        });
    }
    let (centuries, clocks) =
        (found.iter().filter(|r| r.century_assumed).count(), found.iter().filter(|r| r.clock).count());
    let values = readings.iter().map(|r| r.as_ref().map(of)).collect();
    Ok(Dates { values, unreadable, centuries, clocks })
}

/// A run of digits or of letters.
enum Token {
    Number { value: i32, digits: usize },
    Month(u32),
}

/// Reads the value of a row. A number with a fraction, such as 2010.5, is none: what stands behind the point may be a month, a
/// fraction of a year, or no date at all.
fn read_at(column: &Column, row: usize, order: Option<Order>) -> Option<Reading> {
    if column.data.number(row).is_some_and(|number| number.fract() != 0.0) {
        return None;
    }
    read(&column.data.text(row)?, order)
}

/// Reads a text in a stated order, or in whichever it can only be.
fn read(text: &str, order: Option<Order>) -> Option<Reading> {
    let (date, clock) = without_clock(text.trim())?;
    let tokens = tokens(date)?;
    let mut century_assumed = false;
    let mut years = |value: i32, digits: usize| match digits {
        4 => Some(value),
        1 | 2 => {
            century_assumed = true;
            Some(value + if value < 69 { 2000 } else { 1900 })
        }
        _ => None,
    };
    use Token::{Month, Number};
    let written = match tokens[..] {
        [Number { value, digits: 4 }] => Written::Clear(year(value)?),
        [Number { value, digits: 6 }] => Written::Clear(month(value / 100, number(value % 100)?)?),
        [Number { value, digits: 8 }] => {
            Written::Clear(day(value / 10_000, number(value / 100 % 100)?, number(value % 100)?)?)
        }
        [Month(m), Number { value, digits }] => Written::Clear(month(years(value, digits)?, m)?),
        [Number { value, digits: 4 }, Month(m)] => Written::Clear(month(value, m)?),
        [Number { value: y, digits: 4 }, Month(m), Number { value: d, .. }] => Written::Clear(day(y, m, number(d)?)?),
        [Number { value: d, .. }, Month(m), Number { value: y, digits }]
        | [Month(m), Number { value: d, .. }, Number { value: y, digits }] => {
            Written::Clear(day(years(y, digits)?, m, number(d)?)?)
        }
        [Number { value: y, digits: 4 }, Number { value: m, .. }]
        | [Number { value: m, .. }, Number { value: y, digits: 4 }] => Written::Clear(month(y, number(m)?)?),
        [Number { value: y, digits: 4 }, Number { value: m, .. }, Number { value: d, .. }] => {
            Written::Clear(day(y, number(m)?, number(d)?)?)
        }
        [Number { value: a, digits }, Number { value: b, .. }, Number { value: c, digits: last }] => match order {
            Some(Order::Year) => Written::Clear(day(years(a, digits)?, number(b)?, number(c)?)?),
            Some(Order::Day) => Written::Clear(day(years(c, last)?, number(b)?, number(a)?)?),
            Some(Order::Month) => Written::Clear(day(years(c, last)?, number(a)?, number(b)?)?),
            // Where the year has two digits as well, nothing says which of the three it is.
            None if last != 4 => return None,
            None => match (day(c, number(b)?, number(a)?), day(c, number(a)?, number(b)?)) {
                (Some(by_day), Some(by_month)) if by_day == by_month => Written::Clear(by_day),
                (Some(by_day), Some(by_month)) => Written::Either(by_day, by_month),
                (Some(by_day), None) => Written::DayFirst(by_day),
                (None, Some(by_month)) => Written::MonthFirst(by_month),
                (None, None) => return None,
            },
        },
        _ => return None,
    };
    Some(Reading { written, century_assumed, clock })
}

fn number(value: i32) -> Option<u32> {
    u32::try_from(value).ok()
}

/// The date of a text, and whether a time of day stands behind it that is not midnight; none where what stands there is
/// something else.
fn without_clock(text: &str) -> Option<(&str, bool)> {
    let Some(colon) = text.find(':') else { return Some((text, false)) };
    let before = text.get(..colon)?;
    let start = before.rfind(|c: char| !c.is_ascii_digit())?;
    let (date, time) = (text.get(..start)?, text.get(start..)?);
    let time = time.trim_start_matches(['T', 't', ' ', '\u{a0}']);
    let time = time.trim().to_lowercase();
    let (digits, noon) = match (time.strip_suffix("am"), time.strip_suffix("pm")) {
        (Some(am), _) => (am.trim().strip_prefix("12").unwrap_or(am), false),
        (_, Some(pm)) => (pm, true),
        _ => (time.as_str(), false),
    };
    // The zone, `Z` or `+00:00`, is not of the day.
    let digits = digits.trim_end_matches('z').split(['+', '-']).next().unwrap_or_default();
    if !digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | ' ')) {
        return None;
    }
    Some((date.trim(), noon || digits.chars().any(|c| matches!(c, '1'..='9'))))
}

/// Runs of digits and names of months, at most three; none where there is anything else.
fn tokens(date: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = date;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '-' | '/' | '.' | ',' | ' ' | '_' | '\u{a0}' | '\'') {
            rest = rest.get(first.len_utf8()..)?;
            continue;
        }
        let alike = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_alphabetic() };
        let end = rest.find(|c: char| !alike(c)).unwrap_or(rest.len());
        let (run, behind) = rest.split_at_checked(end)?;
        if run.is_empty() || tokens.len() == 3 {
            return None;
        }
        tokens.push(if first.is_ascii_digit() {
            Token::Number { value: run.parse().ok()?, digits: run.len() }
        } else {
            Token::Month(month_of_name(run)?)
        });
        rest = behind;
    }
    (!tokens.is_empty()).then_some(tokens)
}

/// The number of a month by its English name, or by the first three letters or more of it.
pub(crate) fn month_of_name(name: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_lowercase();
    let place = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn clear(text: &str) -> Option<String> {
        match read(text, None)?.written {
            Written::Clear(d) if d.is_day() => Some(shown(d.first)),
            Written::Clear(d) => Some(format!("{}..{}", shown(d.first), shown(d.last))),
            Written::DayFirst(d) => Some(format!("d {}", shown(d.first))),
            Written::MonthFirst(d) => Some(format!("m {}", shown(d.first))),
            Written::Either(..) => Some("either".to_owned()),
        }
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(day(1970, 1, 1).unwrap().first, 0);
        assert_eq!(day(2000, 3, 1).unwrap().first, 11_017);
        assert_eq!(day(2014, 12, 31).unwrap().first, 16_435);
        assert_eq!(day(1969, 12, 31).unwrap().first, -1);
        // Every day follows the one before it.
        let mut expected = day(1850, 1, 1).unwrap().first;
        for y in 1850..=2100 {
            for m in 1..=12 {
                for d in 1..=31 {
                    if let Some(found) = day(y, m, d) {
                        assert_eq!((found.first, civil(found.first)), (expected, (y, m, d)));
                        expected += 1;
                    }
                }
            }
        }
        assert!(day(1900, 2, 29).is_none() && day(2000, 2, 29).is_some() && day(2014, 4, 31).is_none());
        assert_eq!(month_ending(day(2012, 2, 29).unwrap().first), month(2012, 2));
        assert_eq!(month_ending(day(2013, 12, 31).unwrap().first), month(2013, 12));
        assert_eq!(month_ending(day(2012, 2, 28).unwrap().first), None);
    }

    #[test]
    fn dates_are_read_as_they_are_written() {
        for (text, expected) in [
            ("2014-01-31", "2014-01-31"),
            ("2014/1/31", "2014-01-31"),
            ("20140131", "2014-01-31"),
            ("2014-01-31 00:00:00", "2014-01-31"),
            ("2014-01-31T00:00:00Z", "2014-01-31"),
            ("2014-01-31T00:00:00.000+01:00", "2014-01-31"),
            ("1/31/2014 12:00:00 AM", "m 2014-01-31"),
            ("31.01.2014", "d 2014-01-31"),
            ("01/02/2014", "either"),
            ("02/02/2014", "2014-02-02"),
            ("31-Jan-2014", "2014-01-31"),
            ("31JAN2014", "2014-01-31"),
            ("Jan 31, 2014", "2014-01-31"),
            ("01-Jan-14", "2014-01-01"),
            ("2014-01", "2014-01-01..2014-01-31"),
            ("01/2014", "2014-01-01..2014-01-31"),
            ("9-2018", "2018-09-01..2018-09-30"),
            ("201402", "2014-02-01..2014-02-28"),
            ("Feb 2012", "2012-02-01..2012-02-29"),
            ("Sept-98", "1998-09-01..1998-09-30"),
            ("2014", "2014-01-01..2014-12-31"),
        ] {
            assert_eq!(clear(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "-",
            "Total",
            "41640",
            "13/2014",
            "2014-13-01",
            "2014-02-30",
            "31/01/14",
            "1.5",
            "12",
            "14-Jan",
            "1.2.3.2014",
            "99999999999",
            "2014-01-31 x:y",
            ":",
            "12:30",
            "201413",
            "Q1 2014",
            "٣/٤/٢٠١٤",
        ] {
            assert_eq!(clear(text), None, "{text}");
        }
        assert!(read("2014-01-31 06:00", None).unwrap().clock && !read("2014-01-31 0:00", None).unwrap().clock);
        assert!(read("01-Jan-14", None).unwrap().century_assumed);
    }

    #[test]
    fn a_stated_order_settles_it() {
        let of = |text, order| read(text, Some(order)).map(|r| r.written);
        assert_eq!(of("01/02/2014", Order::Day), day(2014, 2, 1).map(Written::Clear));
        assert_eq!(of("01/02/14", Order::Month), day(2014, 1, 2).map(Written::Clear));
        assert_eq!(of("14-01-02", Order::Year), day(2014, 1, 2).map(Written::Clear));
        assert_eq!(of("31/01/2014", Order::Month), None);
        for (text, order) in [
            ("dd/mm/yyyy", Order::Day),
            ("DD.MM.YY", Order::Day),
            ("MM/DD/YYYY", Order::Month),
            ("yyyy-mm-dd hh:mm:ss", Order::Year),
            ("%d-%m-%Y", Order::Day),
        ] {
            assert_eq!(Order::parse(text), Some(order), "{text}");
        }
        assert!(["m", "md", "d", "m/y", "my yy dog", "day", "ft", ""].iter().all(|t| Order::parse(t).is_none()));
    }
}
