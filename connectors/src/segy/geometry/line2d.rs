//! 2D lines, gathers and shot records: numbering by CDP, shotpoint and shot, and the path along the coordinates.

use super::axis::{Axis, SortKey, SortOrder};
use super::coordinates::Positions;
use super::grid::{Numbers, Occupancy};
use super::lines::{percent, sentence, word};
use super::profile::Profile;
use crate::segy::SegyError;
use crate::segy::field::TraceField;
use crate::segy::headers::{Column, Headers};

/// Fields that the caller states of a line.
#[derive(Clone, Copy, Default)]
pub struct Stated<'a> {
    pub cdp: Option<&'a TraceField>,
    pub shotpoint: Option<&'a TraceField>,
    pub offset: Option<&'a TraceField>,
}

/// A field of a line with its numbers.
#[derive(Debug, Clone)]
pub struct Numbering {
    pub field: TraceField,
    pub axis: Axis,
    profile: Profile,
}

/// The path of the traces of a line along their coordinates.
#[derive(Debug, Clone, PartialEq)]
pub struct LinePath {
    /// The length along the traces, in units of the coordinates.
    pub length: f64,
    /// The usual distance from trace to trace: the median.
    pub spacing: f64,
    /// Coordinates of the first and the last trace that have some.
    pub ends: [(f64, f64); 2],
    /// The part of the steps from trace to trace that are between a third and three times the usual one.
    pub even: f64,
}

/// What the traces show as a line or as gathers.
#[derive(Debug, Clone)]
pub struct Line {
    /// Whether several traces belong to a position.
    pub prestack: bool,
    pub score: f64,
    pub evidence: String,
    pub cdp: Option<Numbering>,
    pub shotpoint: Option<Numbering>,
    pub shot: Option<Numbering>,
    pub offset: Option<Numbering>,
    pub order: SortOrder,
    /// Traces by position along the line, or by shot; none where there is neither.
    pub grid: Option<Occupancy>,
    pub path: Option<LinePath>,
}

fn numbering(headers: &Headers<'_>, field: &TraceField) -> Option<Numbering> {
    let values = headers.column(field).varying()?;
    let profile = Profile::of(values);
    Some(Numbering { field: field.clone(), axis: Axis::of_column(values, &profile), profile })
}

/// Whether numbers can be those of traces or shots.
fn plausible(n: &Numbering) -> bool {
    n.profile.max.unsigned_abs().max(n.profile.min.unsigned_abs()) <= 100_000_000
}

/// Looks at the traces as a line. `positions` makes the coordinates of all traces.
///
/// # Errors
/// Where the file can't be read.
pub fn look(
    headers: &mut Headers<'_>,
    stated: Stated<'_>,
    positions: impl Fn(&Headers<'_>) -> Option<LinePath>,
) -> Result<Line, SegyError> {
    let cdp_fields: Vec<TraceField> = match stated.cdp {
        Some(field) => vec![field.clone()],
        None => [word(21), TraceField::at(265)].into_iter().filter(|f| f.byte < 241 || headers.extended()).collect(),
    };
    let shotpoint_field = stated.shotpoint.cloned().unwrap_or_else(|| word(197));
    let offset_field = stated.offset.cloned().unwrap_or_else(|| word(37));
    let (record, source, channel, in_ensemble) = (word(9), word(17), word(13), word(25));
    let mut fields = cdp_fields.clone();
    fields.extend([&shotpoint_field, &offset_field, &record, &source, &channel, &in_ensemble].map(TraceField::clone));
    fields.retain(|f| headers.has(f));
    headers.load_numbers(&fields)?;
    let n = headers.count as u64;
    let number = |field: &TraceField| numbering(headers, field).filter(|n| plausible(n) || stated.cdp == Some(field));
    let cdp = cdp_fields.iter().find_map(number);
    let offset = number(&offset_field);
    let groups = |n: &Numbering| n.profile.rises + n.profile.falls + 1 < headers.count as u64;
    let shot = number(&record).filter(groups).or_else(|| number(&source).filter(groups));
    let channels = number(&channel).or_else(|| number(&in_ensemble));
    let repeated = cdp.as_ref().is_some_and(|c| c.axis.present() < n);
    let prestack = offset.is_some() || (channels.is_some() && (shot.is_some() || repeated));
    let shotpoint = number(&shotpoint_field).or_else(|| number(&source).filter(|_| !prestack));
    let path = positions(headers);
    let mut line = Line {
        prestack,
        score: 0.0,
        evidence: String::new(),
        cdp,
        shotpoint,
        shot: shot.filter(|_| prestack),
        offset: offset.filter(|_| prestack),
        order: SortOrder::default(),
        grid: None,
        path,
    };
    let mut why = Vec::new();
    line.score = if prestack { line.as_gathers(&mut why) } else { line.as_stack(n, &mut why) };
    if let (Some(field), Some(cdp)) = (stated.cdp, &line.cdp)
        && *field == cdp.field
    {
        line.score = line.score.max(0.8);
    }
    line.count(headers, channels.as_ref());
    if let Some(grid) = line.grid.as_ref().filter(|g| g.duplicates > 0) {
        why.push(format!("traces that repeat others: {}", grid.duplicates));
        line.score *= 1.0 - 0.5 * grid.duplicates as f64 / n.max(1) as f64;
    }
    line.evidence = sentence(&why);
    Ok(line)
}

impl Line {
    fn as_stack(&self, n: u64, why: &mut Vec<String>) -> f64 {
        let mut score: f64 = 0.3;
        if let Some(cdp) = &self.cdp {
            let each = cdp.axis.present() == n;
            score = match (each, cdp.profile.monotone()) {
                (true, true) => 0.85,
                (true, false) => 0.65,
                (false, _) => 0.4,
            };
            why.push(format!(
                "CDP numbers (byte {}) from {} to {}, {}",
                cdp.field.byte,
                cdp.axis.first,
                cdp.axis.last,
                match (each, cdp.profile.monotone()) {
                    (true, true) => "one a trace, without turning back",
                    (true, false) => "one a trace",
                    (false, _) => "several traces to some of them although no offset differs",
                }
            ));
        }
        if let Some(shotpoint) = &self.shotpoint {
            let better = if self.cdp.is_some() { score + 0.04 } else { 0.72 };
            if shotpoint.profile.monotone() {
                score = score.max(better);
            }
            let axis = &shotpoint.axis;
            why.push(format!("shotpoints (byte {}) from {} to {}", shotpoint.field.byte, axis.first, axis.last));
        }
        match &self.path {
            Some(path) => {
                why.push(format!(
                    "{} % of the steps from trace to trace are alike, {:.6} in the unit of the coordinates",
                    percent(path.even),
                    path.spacing
                ));
                if path.even > 0.9 {
                    score = if score < 0.6 { 0.65 } else { (score + 0.08).min(0.97) };
                }
            }
            None if why.is_empty() => why.push("no numbers and no coordinates tell the traces apart".to_owned()),
            None => why.push("no coordinates along the line".to_owned()),
        }
        score
    }

    fn as_gathers(&self, why: &mut Vec<String>) -> f64 {
        let grouped = self.shot.is_some() || self.cdp.is_some();
        if let Some(offset) = &self.offset {
            let axis = &offset.axis;
            why.push(format!(
                "{} offsets (byte {}) from {} to {}",
                axis.present(),
                offset.field.byte,
                axis.first,
                axis.last
            ));
        }
        if let Some(shot) = &self.shot {
            why.push(format!("{} shots (byte {}) of several traces", shot.axis.present(), shot.field.byte));
        }
        if let Some(cdp) = &self.cdp {
            why.push(format!("{} CDPs (byte {})", cdp.axis.present(), cdp.field.byte));
        }
        match (self.offset.is_some(), grouped) {
            (true, true) => 0.85,
            (true, false) => {
                why.push("no shot or CDP number: one gather".to_owned());
                0.6
            }
            (false, _) => {
                why.push("the offset is the same in all of them".to_owned());
                0.6
            }
        }
    }

    /// Counts traces a position, and finds their order.
    fn count(&mut self, headers: &Headers<'_>, channels: Option<&Numbering>) {
        const ONE: &Column = &Column::Constant(0);
        let one = Numbers { column: ONE, profile: Profile::of(&[0]) };
        let numbers = |n: &Numbering| Numbers { column: headers.column(&n.field), profile: n.profile };
        // Shots are told apart by their channels, which do not repeat as offsets of several cables do.
        let by_shot = self.shot.as_ref().map(|s| (s, channels.or(self.offset.as_ref())));
        let by_cdp = self.cdp.as_ref().map(|c| (c, self.offset.as_ref().or(channels.filter(|_| self.prestack))));
        let sorted_by_cdp = self.cdp.as_ref().is_some_and(|c| c.profile.monotone());
        let chosen = if sorted_by_cdp { by_cdp.or(by_shot) } else { by_shot.or(by_cdp) };
        self.grid = match chosen {
            Some((position, within)) => Some(Occupancy::of(headers.count, numbers(position), one, within.map(numbers))),
            None => self.offset.as_ref().map(|o| Occupancy::of(headers.count, one, one, Some(numbers(o)))),
        };
        let keys = [(SortKey::Shot, &self.shot), (SortKey::Cdp, &self.cdp), (SortKey::Offset, &self.offset)];
        let keys: Vec<(SortKey, &[i32])> = keys
            .into_iter()
            .filter_map(|(key, n)| Some((key, headers.column(&n.as_ref()?.field).varying()?)))
            .collect();
        self.order = SortOrder::of(&keys);
    }
}

/// The path of the traces along their coordinates; `None` where fewer than two have some, or none of them moves.
pub fn path(count: usize, positions: &Positions<'_>) -> Option<LinePath> {
    let mut steps = Vec::new();
    let mut ends: Option<[(f64, f64); 2]> = None;
    for (x, y) in (0..count).filter_map(|trace| positions.get(trace)) {
        match &mut ends {
            Some([_, last]) => {
                steps.push((x - last.0).hypot(y - last.1));
                *last = (x, y);
            }
            None => ends = Some([(x, y); 2]),
        }
    }
    let length: f64 = steps.iter().sum();
    let middle = steps.len() / 2;
    if steps.is_empty() || !(length > 0.0 && length.is_finite()) {
        return None;
    }
    let (_, median, _) = steps.select_nth_unstable_by(middle, f64::total_cmp);
    let spacing = *median;
    let even = steps.iter().filter(|s| **s <= 3.0 * spacing && **s * 3.0 >= spacing && **s > 0.0).count();
    Some(LinePath { length, spacing, ends: ends?, even: even as f64 / steps.len() as f64 })
}
