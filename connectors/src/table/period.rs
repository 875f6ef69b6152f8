//! Periods of production: the first and the last day of each row.

use outcrop_types::Issue;

use super::date::{self, Dated, Dates};
use super::detect::Detection;
use super::error::TableError;
use super::model::{Column, ColumnData, Table};
use super::role::Role;

/// Rows that are named one by one.
const NAMED: usize = 10;

/// First and last day, counted from 1970-01-01, as far as they are stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Period {
    pub(super) start: Option<i32>,
    pub(super) end: Option<i32>,
}

/// The periods of a table.
pub(super) struct Periods {
    /// The period of each row; none where it has no date.
    pub(super) of: Vec<Option<Period>>,
    /// What was assumed, and what could not be read.
    pub(super) issues: Vec<Issue>,
}

/// The periods that the columns of a table state; none where it has no column of dates.
pub(super) fn periods(table: &Table, found: &Detection) -> Result<Option<Periods>, TableError> {
    let columns: Vec<(usize, Role)> = [Role::Date, Role::Start, Role::End]
        .into_iter()
        .filter_map(|role| found.column(role).map(|place| (place, role)))
        .collect();
    let mut issues = Vec::new();
    let mut of = if columns.is_empty() {
        match found.column(Role::Year) {
            None => return Ok(None),
            Some(year) => by_parts(table, found, year, &mut issues),
        }
    } else {
        let dates = date::dates(table, &columns)?;
        for ((place, role), dates) in columns.iter().zip(&dates) {
            if let Some(column) = table.columns.get(*place) {
                say(table, column, *role, dates, &mut issues);
            }
        }
        let get = |wanted: Role| {
            let at = columns.iter().position(|(_, role)| *role == wanted)?;
            Some((table.columns.get(columns.get(at)?.0)?, dates.get(at)?.values.as_slice()))
        };
        by_dates(table, get(Role::Date), get(Role::Start), get(Role::End), &mut issues)
    };
    let stated = found.column(Role::PeriodDays).and_then(|c| table.columns.get(c));
    let mut reversed = None;
    for (row, period) in of.iter_mut().enumerate() {
        let Some(period) = period else { continue };
        let days = stated.and_then(|c| c.data.number(row)).filter(|d| d.fract() == 0.0 && (1.0..=36_600.0).contains(d));
        if let (Some(start), None, Some(days)) = (period.start, period.end, days) {
            period.end = Some(start + days as i32 - 1);
        }
        if let (Some(start), Some(end)) = (period.start, period.end)
            && end < start
        {
            reversed.get_or_insert((row, start, end));
        }
    }
    if let Some((row, start, end)) = reversed {
        let text = format!(
            "a period ends before it begins, on {} and not after {}; it is kept as stated; correct the file",
            date::shown(end),
            date::shown(start)
        );
        issues.push(Issue::warning("period-reversed", text).at_line(table.line(row)));
    }
    Ok(Some(Periods { of, issues }))
}

type Values<'a> = Option<(&'a Column, &'a [Option<Dated>])>;

fn by_dates(
    table: &Table,
    date: Values<'_>,
    start: Values<'_>,
    end: Values<'_>,
    issues: &mut Vec<Issue>,
) -> Vec<Option<Period>> {
    let at = |values: Values<'_>, row: usize| values.and_then(|(_, dates)| dates.get(row).copied().flatten());
    // A date beside a stated first day says nothing more.
    let (first, plain) = if start.is_some() { (start, false) } else { (date, true) };
    // Days of which each is the last of a month are the months that end there.
    let months = match (first, end) {
        (Some((column, dates)), None) if plain && all_end_months(dates) => {
            let text = format!(
                "every date is the last day of a month, so periods are taken to be the months that end there; if they begin \
                 there, or are days: --map start={}",
                column.name
            );
            issues.push(Issue::warning("period-from-month-ends", text).about(&column.name));
            true
        }
        (None, Some((column, dates))) if all_end_months(dates) => {
            let text =
                "the file states last days only; every one is the end of a month, so periods begin with the month";
            issues.push(Issue::warning("period-from-month-ends", text).about(&column.name));
            true
        }
        (None, Some((column, dates))) if dates.iter().flatten().any(|d| d.is_day()) => {
            let text = "the file states last days only; the first days of periods are unknown; if a column has them: --map \
                        start=COLUMN";
            issues.push(Issue::warning("period-start-unknown", text).about(&column.name));
            false
        }
        _ => false,
    };
    (0..table.rows)
        .map(|row| {
            let (first, last) = (at(first, row), at(end, row));
            match (first, last) {
                (Some(first), None) if first.is_day() && months => {
                    date::month_ending(first.first).map(|m| Period { start: Some(m.first), end: Some(m.last) })
                }
                (Some(first), None) => {
                    Some(Period { start: Some(first.first), end: (!first.is_day()).then_some(first.last) })
                }
                (Some(first), Some(last)) => Some(Period { start: Some(first.first), end: Some(last.last) }),
                (None, Some(last)) => {
                    let whole = if last.is_day() && months { date::month_ending(last.last) } else { Some(last) };
                    let start = whole.filter(|w| !w.is_day()).map(|w| w.first);
                    Some(Period { start, end: Some(last.last) })
                }
                (None, None) => None,
            }
        })
        .collect()
}

/// Whether dates are days of which each ends a month, of two months at least.
fn all_end_months(dates: &[Option<Dated>]) -> bool {
    let mut seen = None;
    let mut several = false;
    for date in dates.iter().flatten() {
        if !date.is_day() || date::month_ending(date.first).is_none() {
            return false;
        }
        several |= seen.is_some_and(|s| s != date.first);
        seen = Some(date.first);
    }
    several
}

/// Periods of columns of years, with months and days where there are columns of them.
fn by_parts(table: &Table, found: &Detection, year: usize, issues: &mut Vec<Issue>) -> Vec<Option<Period>> {
    let column = |role: Role| found.column(role).and_then(|c| table.columns.get(c));
    let years = table.columns.get(year);
    let (months, days) = (column(Role::Month), column(Role::Day));
    let whole = |number: f64| (number.fract() == 0.0 && (0.0..10_000.0).contains(&number)).then_some(number as u32);
    let month_of = |column: &Column, row: usize| match &column.data {
        ColumnData::Text(_) => column.data.text(row).and_then(|text| date::month_of_name(&text)),
        _ => column.data.number(row).and_then(whole),
    };
    let mut unreadable = Vec::new();
    let of = (0..table.rows)
        .map(|row| {
            let year = years?.data.number(row).and_then(whole).and_then(|y| i32::try_from(y).ok())?;
            let dated = match (months, days) {
                (None, _) => date::year(year),
                (Some(months), None) => month_of(months, row).and_then(|m| date::month(year, m)),
                (Some(months), Some(days)) => month_of(months, row)
                    .zip(days.data.number(row).and_then(whole))
                    .and_then(|(m, d)| date::day(year, m, d)),
            };
            if dated.is_none() {
                unreadable.push(row);
            }
            dated.map(|d| Period { start: Some(d.first), end: (!d.is_day()).then_some(d.last) })
        })
        .collect();
    if let (Some(first), Some(column)) = (unreadable.first(), months.or(years)) {
        let text = format!(
            "{} rows state no day of the calendar, such as `{}` for the {}; they are left out",
            unreadable.len(),
            column.data.text(*first).unwrap_or_default(),
            if months.is_some() { "month" } else { "year" }
        );
        issues.push(Issue::warning("date-unreadable", text).at_line(table.line(*first)).about(&column.name));
    }
    of
}

/// What is to be said of the dates of a column.
fn say(table: &Table, column: &Column, role: Role, dates: &Dates, issues: &mut Vec<Issue>) {
    if let Some(first) = dates.unreadable.first() {
        let lines: Vec<String> = dates.unreadable.iter().take(NAMED).map(|r| table.line(*r).to_string()).collect();
        let more = if dates.unreadable.len() > NAMED { " …" } else { "" };
        let text = format!(
            "{} values are no dates, such as `{}` (lines {}{more}); correct them if the rows are of a period",
            dates.unreadable.len(),
            column.data.text(*first).unwrap_or_default(),
            lines.join(", ")
        );
        issues.push(Issue::warning("date-unreadable", text).at_line(table.line(*first)).about(&column.name));
    }
    if dates.centuries > 0 {
        let text = format!(
            "{} dates have a year of two digits; 69 to 99 are taken as of the 1900s, 00 to 68 as of the 2000s; write four digits \
             if they are of other years",
            dates.centuries
        );
        issues.push(Issue::warning("date-century", text).about(&column.name));
    }
    if dates.clocks > 0 {
        let text = format!("{} values have a time of day, which is not kept: the {role} is a day", dates.clocks);
        issues.push(Issue::warning("time-of-day-dropped", text).about(&column.name));
    }
    if let Some(order) = column.unit.as_deref().and_then(date::Order::parse) {
        let text = format!("dates are read as {}, as is stated", order.as_str());
        issues.push(Issue::info("date-order", text).about(&column.name));
    }
}
