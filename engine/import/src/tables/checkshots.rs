//! Tables of checkshots.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use outcrop_connectors::table::{self, Role};
use outcrop_types::{Issue, tables};

use super::join::{Joined, Joiner, OfFile};
use super::units::Scale;
use super::{Reading, unused};
use crate::{FileOutcome, ImportError};

/// Roles whose columns are stored, or say what stored columns mean.
const STORED: &[Role] =
    &[Role::Well, Role::Uwi, Role::Md, Role::Tvd, Role::Tvdss, Role::Twt, Role::Owt, Role::TravelTime];

/// A pair in the project's unit and milliseconds of two-way time.
struct Pair {
    well: String,
    md: Option<f64>,
    tvd: Option<f64>,
    tvdss: Option<f64>,
    twt: f64,
    line: u64,
}

impl Pair {
    /// The depth that orders the pairs of a well.
    fn depth(&self) -> f64 {
        self.md.or(self.tvd).or(self.tvdss).unwrap_or(f64::NAN)
    }
}

/// The pairs as rows of `checkshots`, each well's in order of depth; the inner error is the message of a file that failed.
pub(crate) fn batch(
    reading: &Reading,
    stored: &mut HashSet<String>,
    joined: &mut Joined,
    outcome: &mut FileOutcome,
) -> Result<Result<RecordBatch, String>, ImportError> {
    let read = match table::checkshots(reading.table, reading.detection) {
        Ok(read) => read,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let mut issues = read.rows.issues.clone();
    let scale = Scale { table: reading.table, detection: reading.detection, project: reading.length };
    let mut conversions = Vec::new();
    for role in [Role::Md, Role::Tvd, Role::Tvdss] {
        match scale.length(role, read.rows.unit(role), &mut issues) {
            Ok(conversion) => conversions.push(conversion),
            Err(message) => return Ok(Err(message)),
        }
    }
    let &[md, tvd, tvdss] = conversions.as_slice() else { return Ok(Err("units are missing".to_owned())) };
    let time = match scale.time(read.time, &read.time_column, read.time_unit.as_deref()) {
        Ok(conversion) => conversion,
        Err(message) => return Ok(Err(message)),
    };
    let (way, times) = if read.time == Role::Owt { ("one-way", 2.0) } else { ("two-way", 1.0) };
    if read.time == Role::Owt {
        let text = "times are one-way as the file states; `twt` is twice of them";
        issues.push(Issue::info("time-doubled", text).about(&read.time_column));
    }
    if read.datum.is_none() {
        let text = "the file does not say what times are counted from (seismic reference datum); `time_datum` is null";
        issues.push(Issue::info("time-datum-unknown", text));
    }
    let of_file = OfFile::new(read.rows.rows.iter().map(|r| r.well.is_some() || r.uwi.is_some()), reading, outcome);
    let mut joiner = Joiner::new(reading.registry);
    let mut pairs = Vec::with_capacity(read.rows.rows.len());
    let mut nameless = 0;
    for row in &read.rows.rows {
        match joiner.well(row.uwi.as_deref(), row.well.as_deref().or(of_file.well.as_deref()), row.line) {
            Some(well) => pairs.push(Pair {
                well,
                md: row.md.map(|v| md.apply(v)),
                tvd: row.tvd.map(|v| tvd.apply(v)),
                tvdss: row.tvdss.map(|v| tvdss.apply(v)),
                twt: times * time.apply(row.time),
                line: row.line,
            }),
            None => nameless += 1,
        }
    }
    if nameless > 0 {
        issues.push(Issue::warning("well-missing", format!("{nameless} rows name no well and are left out")));
    }
    if pairs.is_empty() {
        return Ok(Err("no row has a well, a depth and a time".to_owned()));
    }
    let (pairs, left_out) = in_order(pairs, outcome);
    for well in left_out {
        joiner.left_out(&well);
    }
    let wells: HashSet<&str> = pairs.iter().map(|p| p.well.as_str()).collect();
    let mut again: Vec<&str> = wells.iter().copied().filter(|w| stored.contains(*w)).collect();
    again.sort_unstable();
    if !again.is_empty() {
        let text = format!(
            "{} had checkshots already, in the project or in another file of this import; both are stored, told apart by `file`",
            again.join(", ")
        );
        issues.push(Issue::warning("checkshots-again", text));
    }
    stored.extend(wells.iter().map(|w| (*w).to_owned()));
    issues.extend(unused::columns(reading.table, reading.detection, STORED));
    outcome.note(None, issues);
    joiner.finish(outcome, joined);
    outcome.rows = pairs.len() as u64;
    outcome.message = format!("{} checkshots of {} wells", pairs.len(), wells.len());
    let numbers =
        |get: fn(&Pair) -> Option<f64>| -> ArrayRef { Arc::new(pairs.iter().map(get).collect::<Float64Array>()) };
    let texts = |value: Option<&str>| -> ArrayRef { Arc::new(StringArray::from_iter(pairs.iter().map(|_| value))) };
    let columns = vec![
        Arc::new(StringArray::from_iter_values(pairs.iter().map(|p| &p.well))) as ArrayRef,
        numbers(|p| p.md),
        numbers(|p| p.tvd),
        numbers(|p| p.tvdss),
        numbers(|p| Some(p.twt)),
        texts(Some(way)),
        texts(read.datum.as_deref()),
        texts(Some(&outcome.sha256)),
    ];
    RecordBatch::try_new(tables::checkshots(reading.length), columns).map(Ok).map_err(ImportError::batch("checkshots"))
}

/// Sorts by well (in the order of the file) and depth, keeps one of several pairs at a depth, and tells each well whose times
/// fall. Gives the pairs and the well of each that was left out.
fn in_order(mut pairs: Vec<Pair>, outcome: &mut FileOutcome) -> (Vec<Pair>, Vec<String>) {
    let mut places: HashMap<String, usize> = HashMap::new();
    for pair in &pairs {
        let next = places.len();
        places.entry(pair.well.clone()).or_insert(next);
    }
    let place = |p: &Pair| places.get(&p.well).copied().unwrap_or(usize::MAX);
    pairs.sort_by(|a, b| place(a).cmp(&place(b)).then(a.depth().total_cmp(&b.depth())));
    let mut kept: Vec<Pair> = Vec::with_capacity(pairs.len());
    let mut left_out = Vec::new();
    let mut repeated: HashMap<String, u64> = HashMap::new();
    let mut falling: HashSet<String> = HashSet::new();
    for pair in pairs {
        if let Some(last) = kept.last().filter(|last| last.well == pair.well) {
            if last.depth() == pair.depth() {
                if last.twt == pair.twt {
                    *repeated.entry(pair.well.clone()).or_default() += 1;
                } else {
                    let text = format!(
                        "two times at depth {}: two-way {} ms in line {} and {} ms here; the first is kept. If the other is right, \
                         correct the file",
                        pair.depth(),
                        last.twt,
                        last.line,
                        pair.twt
                    );
                    let issue = Issue::warning("checkshot-contradiction", text).at_line(pair.line);
                    outcome.note(Some(&pair.well), [issue]);
                }
                left_out.push(pair.well);
                continue;
            }
            if pair.twt < last.twt && falling.insert(pair.well.clone()) {
                let text = format!(
                    "two-way time falls from {} ms to {} ms with depth (lines {} and {}); check the file",
                    last.twt, pair.twt, last.line, pair.line
                );
                outcome.note(Some(&pair.well), [Issue::warning("checkshot-order", text).at_line(pair.line)]);
            }
        }
        kept.push(pair);
    }
    let mut repeated: Vec<_> = repeated.into_iter().collect();
    repeated.sort();
    for (well, count) in repeated {
        let text = format!("{count} pairs repeat another one of the well; one of each is kept");
        outcome.note(Some(&well), [Issue::info("checkshot-repeated", text)]);
    }
    (kept, left_out)
}
