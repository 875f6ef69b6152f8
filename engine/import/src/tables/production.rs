//! Tables of production.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Date32Type, Schema};
use outcrop_connectors::table::{self, Production, ProductionRow, Table};
use outcrop_store::Snapshot;
use outcrop_types::tables::TableName;
use outcrop_types::{Issue, field, tables};

use super::Reading;
use super::join::{Joined, Joiner, OfFile};
use super::volumes::{Amount, Units, column, of_rows};
use crate::existing::{read_kept, text};
use crate::{FileOutcome, ImportError};

/// Rows that repeat a period and are told one by one.
const TOLD: usize = 20;

/// A well, the first day of a period, a stream and a zone.
type Key = (String, Option<i32>, Option<String>, Option<String>);

/// What is there already: in the project, or from another file of the import.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    periods: HashSet<Key>,
    /// The units of the columns of numbers.
    pub(super) units: Units,
}

impl Stored {
    pub(crate) async fn load(snapshot: &Snapshot, superseded: &HashSet<String>) -> Result<Self, ImportError> {
        let name = TableName::public("production");
        let mut stored = Stored::default();
        let Some(table) = snapshot.table_if_there(&name).await? else { return Ok(stored) };
        for of in table.schema.fields().iter().filter(|f| f.data_type().is_numeric()) {
            stored.units.insert(of.name().to_lowercase(), field::unit(of).map(str::to_owned));
        }
        for batch in read_kept(snapshot, &name, &["well", "period_start", "stream", "zone"], superseded).await? {
            let starts = batch.column_by_name("period_start").and_then(|c| c.as_primitive_opt::<Date32Type>());
            for row in 0..batch.num_rows() {
                let Some(well) = text(&batch, "well", row) else { continue };
                let start = starts.filter(|days| days.is_valid(row)).map(|days| days.value(row));
                let own = |column: &str| text(&batch, column, row).map(str::to_owned);
                stored.periods.insert((well.to_owned(), start, own("stream"), own("zone")));
            }
        }
        Ok(stored)
    }
}

/// A row with the well it is of.
struct OfWell<'a> {
    well: String,
    row: &'a ProductionRow,
}

impl OfWell<'_> {
    fn same_period(&self, other: &OfWell<'_>) -> bool {
        let key = |r: &OfWell<'_>| (r.row.start, r.row.end, r.row.stream.clone(), r.row.zone.clone());
        self.well == other.well && key(self) == key(other)
    }

    fn key(&self) -> Key {
        (self.well.clone(), self.row.start, self.row.stream.clone(), self.row.zone.clone())
    }
}

/// The periods as rows of `production`, each well's in order of time; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    stored: &mut Stored,
    joined: &mut Joined,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let read = match table::production(reading.table, reading.detection) {
        Ok(read) => read,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = read.rows.issues.clone();
    let of_file = OfFile::new(read.rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let mut joiner = Joiner::new(reading.registry);
    let (mut rows, mut nameless) = (Vec::with_capacity(read.rows.rows.len()), 0);
    for row in &read.rows.rows {
        match joiner.well(row.uwi.as_deref(), row.well.as_deref().or(of_file.well.as_deref()), row.line) {
            Some(well) => rows.push(OfWell { well, row }),
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        issues.push(Issue::warning("well-missing", format!("{nameless} rows name no well and are left out")));
    }
    if rows.is_empty() {
        return Ok(Err("no row has a well and a period".to_owned()));
    }
    let (rows, left_out) = in_order(rows, reading.table, &read, outcome);
    for well in &left_out {
        joiner.left_out(well);
    }
    issues.extend(again(&rows, stored));
    let places: Vec<usize> = rows.iter().map(|r| r.row.row).collect();
    let mut amounts = Vec::with_capacity(read.columns.len());
    for of in &read.columns {
        let amount = match read.volume_unit.and_then(|place| reading.table.columns.get(place)) {
            Some(units) if of.name == "volume" => of_rows(reading.table, of, units, &places, stored, &mut issues),
            _ => column(reading.table, of, &places, stored, &mut issues),
        };
        match amount {
            Ok(amount) => amounts.push(amount),
            Err(message) => return Ok(Err(message)),
        }
    }
    say_unitless(&amounts, &mut issues);
    outcome.note(None, issues);
    joiner.finish(outcome, joined);
    outcome.rows = rows.len() as u64;
    let wells: BTreeSet<&str> = rows.iter().map(|r| r.well.as_str()).collect();
    outcome.message = format!("{} rows of production of {} wells", rows.len(), wells.len());
    stored.periods.extend(rows.iter().map(OfWell::key));
    for amount in amounts.iter().filter(|a| a.field.data_type().is_numeric()) {
        stored.units.insert(amount.field.name().to_lowercase(), field::unit(&amount.field).map(str::to_owned));
    }
    rows_of(&rows, amounts, &outcome.sha256)
}

fn rows_of(
    rows: &[OfWell<'_>],
    amounts: Vec<Amount>,
    sha256: &str,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let days = |get: fn(&ProductionRow) -> Option<i32>| -> ArrayRef {
        Arc::new(rows.iter().map(|r| get(r.row)).collect::<Date32Array>())
    };
    let texts = |get: fn(&ProductionRow) -> Option<&str>| -> ArrayRef {
        Arc::new(rows.iter().map(|r| get(r.row)).collect::<StringArray>())
    };
    let mut fields = tables::production_base();
    let mut columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|r| &r.well))),
        days(|r| r.start),
        days(|r| r.end),
        texts(|r| r.stream.as_deref()),
        texts(|r| r.zone.as_deref()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|_| sha256))),
    ];
    for amount in amounts {
        fields.push(amount.field);
        columns.push(amount.values);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map(Ok).map_err(ImportError::batch("production"))
}

/// Sorts by well (in the order of the file) and period. Rows that repeat another one in every column are left out; rows of
/// one well, period, stream and zone with other values are kept and told, as nobody knows here which of them holds. Gives the
/// rows and the well of each that was left out.
fn in_order<'a>(
    mut rows: Vec<OfWell<'a>>,
    table: &Table,
    read: &Production,
    outcome: &mut FileOutcome,
) -> (Vec<OfWell<'a>>, Vec<String>) {
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in &rows {
        let next = places.len();
        places.entry(row.well.clone()).or_insert(next);
    }
    let place = |r: &OfWell<'_>| places.get(&r.well).copied().unwrap_or(usize::MAX);
    rows.sort_by(|a, b| {
        let of_period = |r: &OfWell<'_>| (r.row.start, r.row.end);
        (place(a), of_period(a))
            .cmp(&(place(b), of_period(b)))
            .then_with(|| (&a.row.stream, &a.row.zone, a.row.line).cmp(&(&b.row.stream, &b.row.zone, b.row.line)))
    });
    let mut kept: Vec<OfWell<'a>> = Vec::with_capacity(rows.len());
    let (mut left_out, mut repeated, mut told) = (Vec::new(), None, 0usize);
    let mut group = 0;
    for row in rows {
        if kept.get(group).is_none_or(|first| !first.same_period(&row)) {
            group = kept.len();
            kept.push(row);
            continue;
        }
        let others = kept.get(group..).unwrap_or_default();
        if others.iter().any(|other| differing(table, read, other.row.row, row.row.row).is_empty()) {
            repeated.get_or_insert(row.row.line);
            left_out.push(row.well);
            continue;
        }
        told += 1;
        if let Some(first) = others.first().filter(|_| told <= TOLD) {
            outcome.note(Some(&row.well), [twice(table, read, first, &row)]);
        }
        kept.push(row);
    }
    if told > TOLD {
        let text = format!(
            "{} more rows are of a well, period, stream and zone of which there is one with other values; all are stored",
            told - TOLD
        );
        outcome.note(None, [Issue::warning("period-twice", text)]);
    }
    if let Some(line) = repeated {
        let text = format!("{} rows repeat another one in every column; they are not stored twice", left_out.len());
        outcome.note(None, [Issue::info("period-repeated", text).at_line(line)]);
    }
    (kept, left_out)
}

/// Names of the columns in which two rows differ; those of text first, as they may tell rows apart.
fn differing<'t>(table: &'t Table, read: &Production, a: usize, b: usize) -> Vec<&'t str> {
    let of_unit = read.volume_unit.into_iter();
    let differ = read.columns.iter().map(|c| c.column).chain(of_unit).filter_map(|place| table.columns.get(place));
    let differ: Vec<_> = differ.filter(|column| column.data.text(a) != column.data.text(b)).collect();
    let (texts, numbers): (Vec<_>, Vec<_>) = differ.into_iter().partition(|column| !column.data.is_number());
    texts.into_iter().chain(numbers).map(|column| column.name.as_str()).collect()
}

fn twice(table: &Table, read: &Production, first: &OfWell<'_>, row: &OfWell<'_>) -> Issue {
    let differ = differing(table, read, first.row.row, row.row.row);
    let example = differ.first().copied().unwrap_or("COLUMN");
    let period = match first.row.start {
        Some(day) => format!("the period from {}", shown(day)),
        None => "a period that is not stated".to_owned(),
    };
    let text = format!(
        "line {} is of {period} as well, with other values of {}; both are stored, and a sum counts both. If a column tells them \
         apart: --map zone={example} or --map stream={example}; else correct the file",
        first.row.line,
        differ.join(", ")
    );
    Issue::warning("period-twice", text).at_line(row.row.line)
}

/// A day as dates read.
fn shown(day: i32) -> String {
    Date32Type::to_naive_date_opt(day).map_or_else(|| format!("day {day} from 1970"), |date| date.to_string())
}

/// What there is to say of rows whose periods are there already.
fn again(rows: &[OfWell<'_>], stored: &Stored) -> Option<Issue> {
    let there: Vec<&OfWell<'_>> = rows.iter().filter(|r| stored.periods.contains(&r.key())).collect();
    let first = there.first()?;
    let wells: BTreeSet<&str> = there.iter().map(|r| r.well.as_str()).collect();
    let named: Vec<&str> = wells.iter().copied().take(10).collect();
    let more = if wells.len() > named.len() { " …" } else { "" };
    let text = format!(
        "{} rows are of periods of which the project or another file of this import has production of the well, stream and zone \
         already ({}{more}); both are stored, told apart by `file`, and a sum counts both. If this file replaces the other: \
         DELETE FROM production WHERE file = '…'",
        there.len(),
        named.join(", ")
    );
    Some(Issue::warning("production-again", text).at_line(first.row.line))
}

/// Names the columns of numbers without a unit: a volume that may be barrels or cubic metres is worth a warning.
fn say_unitless(amounts: &[Amount], issues: &mut Vec<Issue>) {
    let unitless = |flow: bool| -> Vec<&str> {
        amounts
            .iter()
            .filter(|a| a.field.data_type() == &DataType::Float64 && field::unit(&a.field).is_none())
            .filter(|a| tables::production_column(a.field.name()).is_some() == flow)
            .map(|a| a.original.as_str())
            .collect()
    };
    for (names, warn, example) in [(unitless(true), true, "Sm3"), (unitless(false), false, "bar")] {
        let Some(first) = names.first() else { continue };
        let text = format!(
            "no units stated for {}; they stay unknown, values are as the file has them. State them: --unit \"{first}\"={example}",
            names.join(", ")
        );
        issues.push(if warn { Issue::warning("unit-unknown", text) } else { Issue::info("unit-unknown", text) });
    }
}
