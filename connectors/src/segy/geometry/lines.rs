//! Pairs of header fields that may hold inline and crossline numbers, and how well each does.

use super::affine::{self, AffineMap};
use super::axis::{Axis, SortKey, SortOrder};
use super::coordinates::Positions;
use super::grid::{Numbers, Occupancy};
use super::profile::Profile;
use crate::segy::FileKind;
use crate::segy::field::{FieldKind, TraceField};
use crate::segy::headers::{Column, Headers};
use crate::segy::hints::NamedBytes;

/// Where the field keeps inline and crossline numbers, and how usual that is: rev 1; field record or trace sequence and
/// CDP; energy source point and CDP or trace of the ensemble; words of the standard that older systems used for their
/// own.
const USUAL: [(u16, u16, f64); 11] = [
    (189, 193, 0.97),
    (9, 21, 0.88),
    (5, 21, 0.86),
    (9, 17, 0.75),
    (17, 21, 0.75),
    (5, 17, 0.75),
    (17, 25, 0.75),
    (25, 21, 0.75),
    (9, 25, 0.72),
    (221, 225, 0.8),
    (181, 185, 0.65),
];

/// Words that the standard has for something else, one after the other.
const PRIVATE: f64 = 0.62;

/// Inline and crossline fields, before and after they are tried.
#[derive(Debug, Clone)]
pub struct Pair {
    pub inline: TraceField,
    pub crossline: TraceField,
    /// How usual the places are, 0 to 1.
    pub prior: f64,
    /// The line of the text header that names them.
    pub named: Option<usize>,
    /// Whether the caller stated them.
    pub stated: bool,
    /// Why it can't be, as the sample shows.
    pub rejected: Option<String>,
    /// Which pair before it has the same numbers.
    pub same_as: Option<String>,
    /// How much is to be expected of it, by the sample.
    promise: f64,
}

impl Pair {
    fn new(inline: TraceField, crossline: TraceField, prior: f64) -> Self {
        Pair { inline, crossline, prior, named: None, stated: false, rejected: None, same_as: None, promise: 0.0 }
    }

    /// `bytes 189 and 193`.
    pub fn places(&self) -> String {
        format!("bytes {} and {}", self.inline.byte, self.crossline.byte)
    }

    /// Whether these are the fields that the standard has for the purpose.
    pub fn standard(&self) -> bool {
        (self.inline.byte, self.crossline.byte) == (189, 193)
    }

    /// Whether it takes some trust in the file to believe that one of the two never changes.
    fn may_be_single(&self) -> bool {
        self.standard() || self.stated || self.named.is_some()
    }
}

/// A whole number of 4 bytes: the field of the standard where it has one there.
pub fn word(byte: u16) -> TraceField {
    let field = TraceField::at(byte);
    if field.kind == FieldKind::I32 { field } else { TraceField::custom(byte, FieldKind::I32) }
}

/// What the caller states of the two.
#[derive(Clone, Copy)]
pub struct Stated<'a> {
    pub inline: Option<&'a TraceField>,
    pub crossline: Option<&'a TraceField>,
}

/// All pairs worth a look, those that the sample excludes with the reason, the most promising first.
pub fn propose(headers: &Headers<'_>, named: &NamedBytes, stated: Stated<'_>) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    match (stated.inline, stated.crossline) {
        (Some(inline), Some(crossline)) => {
            pairs.push(Pair { stated: true, ..Pair::new(inline.clone(), crossline.clone(), 1.0) });
        }
        (None, None) => {
            if let (Some(inline), Some(crossline)) = (named.inline, named.crossline)
                && inline.byte.abs_diff(crossline.byte) >= 4
            {
                pairs
                    .push(Pair { named: Some(inline.line), ..Pair::new(word(inline.byte), word(crossline.byte), 1.0) });
            }
            let usual = USUAL.iter().map(|(i, c, prior)| Pair::new(word(*i), word(*c), *prior));
            let private = (181..=233).step_by(4).map(|byte| Pair::new(word(byte), word(byte + 4), PRIVATE));
            for pair in usual.chain(private) {
                if !pairs.iter().any(|p| (p.inline.byte, p.crossline.byte) == (pair.inline.byte, pair.crossline.byte)) {
                    pairs.push(pair);
                }
            }
        }
        (inline, crossline) => {
            // One is stated: the other is where it usually is beside it, or where it is otherwise.
            for byte in [189, 193, 21, 9, 5, 17, 25, 13, 225, 221, 185, 181] {
                let other = word(byte);
                let usual = USUAL
                    .iter()
                    .any(|(i, c, _)| inline.map_or(byte, |f| f.byte) == *i && crossline.map_or(byte, |f| f.byte) == *c);
                let prior = if usual { 0.95 } else { 0.8 };
                let pair = Pair::new(inline.unwrap_or(&other).clone(), crossline.unwrap_or(&other).clone(), prior);
                if pair.inline.byte.abs_diff(pair.crossline.byte) >= 4 {
                    pairs.push(Pair { stated: true, ..pair });
                }
            }
        }
    }
    for pair in &mut pairs {
        // Seismic Unix has numbers of its own beyond byte 180.
        if headers.file.layout().kind == FileKind::SeismicUnix && !pair.stated && pair.inline.byte >= 181 {
            pair.prior *= 0.8;
        }
        if headers.file.layout().revision.major >= 1 && !pair.standard() && pair.named.is_none() && !pair.stated {
            pair.prior *= 0.85;
        }
    }
    exclude(headers, &mut pairs);
    pairs.sort_by(|a, b| b.promise.total_cmp(&a.promise));
    pairs
}

/// Excludes pairs that the sample speaks against.
fn exclude(headers: &Headers<'_>, pairs: &mut [Pair]) {
    let runs = headers.runs();
    let mut seen: Vec<(Vec<i32>, Vec<i32>, String)> = Vec::new();
    // The standard's own and the likeliest first, so that later ones are the same as those.
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by(|a, b| {
        let rank = |i: &usize| pairs.get(*i).map_or(0.0, |p| if p.standard() { 2.0 } else { p.prior });
        rank(b).total_cmp(&rank(a))
    });
    for at in order {
        let Some(pair) = pairs.get_mut(at) else { continue };
        if !headers.has(&pair.inline) || !headers.has(&pair.crossline) {
            pair.rejected = Some("not within the headers of each trace".to_owned());
            continue;
        }
        let (il, xl) = (headers.sampled(&pair.inline), headers.sampled(&pair.crossline));
        let (i, c) = (Profile::of_runs(&il, &runs), Profile::of_runs(&xl, &runs));
        let cells = i.lattice().saturating_mul(c.lattice());
        let fill = headers.count as f64 / cells as f64;
        let moving = if i.varies() && c.varies() { 1.0 } else { 0.5 };
        pair.promise = pair.prior * range_factor(&i) * range_factor(&c) * fill.min(0.1) * moving;
        if pair.stated {
            pair.promise += 1.0;
        } else if !i.varies() && !c.varies() {
            pair.rejected = Some(format!("always {} and {}", i.min, c.min));
        } else if !(pair.may_be_single() || (i.varies() && c.varies())) {
            let byte = if i.varies() { pair.crossline.byte } else { pair.inline.byte };
            pair.rejected = Some(format!("byte {byte} is always {}", if i.varies() { c.min } else { i.min }));
        } else if range_factor(&i).min(range_factor(&c)) < 0.1 {
            pair.rejected = Some(format!(
                "numbers from {} to {} and from {} to {} are not those of lines",
                i.min, i.max, c.min, c.max
            ));
        } else if fill < 0.003 && headers.count > 1000 {
            pair.rejected =
                Some(format!("{} × {} numbers for {} traces fill no grid", i.lattice(), c.lattice(), headers.count));
        } else if let Some((_, _, first)) = seen.iter().find(|(a, b, _)| *a == il && *b == xl) {
            pair.same_as = Some(first.clone());
        } else {
            seen.push((il, xl, pair.places()));
        }
    }
}

fn range_factor(profile: &Profile) -> f64 {
    let most = profile.max.unsigned_abs().max(profile.min.unsigned_abs());
    let size = match most {
        0..=100_000 => 1.0,
        100_001..=1_000_000 => 0.95,
        1_000_001..=10_000_000 => 0.6,
        10_000_001..=100_000_000 => 0.3,
        _ => 0.02,
    };
    if profile.min < 0 { size * 0.8 } else { size }
}

/// A pair with what all traces show of it.
#[derive(Debug, Clone)]
pub struct Tried {
    pub pair: Pair,
    pub score: f64,
    pub evidence: String,
    pub grid: Occupancy,
    pub order: SortOrder,
    /// The field that tells the traces of a position apart, if there is one.
    pub offset: Option<TraceField>,
}

/// Tries a pair whose columns are loaded. `offset` is the field of offsets, if they vary; `positions` are the
/// coordinates of the sample.
pub fn try_pair(
    headers: &Headers<'_>,
    pair: &Pair,
    offset: Option<&TraceField>,
    positions: Option<&Positions<'_>>,
) -> Tried {
    let numbers = |field: &TraceField| {
        let column = headers.column(field);
        let profile = column.varying().map_or_else(|| Profile::of(&[column.number(0)]), Profile::of);
        Numbers { column, profile }
    };
    let (inline, crossline) = (numbers(&pair.inline), numbers(&pair.crossline));
    let offsets = offset.map(numbers);
    let grid = Occupancy::of(headers.count, inline, crossline, offsets);
    let keys = [(SortKey::Inline, inline), (SortKey::Crossline, crossline)].into_iter();
    let keys = keys.chain(offsets.filter(|_| grid.fold.1 > 1).map(|o| (SortKey::Offset, o)));
    let keys: Vec<(SortKey, &[i32])> = keys.filter_map(|(k, n)| Some((k, n.column.varying()?))).collect();
    let order = SortOrder::of(&keys);
    let mut why = Vec::new();
    let (i, c) = (&grid.inline, &grid.crossline);
    let mut score = pair.prior * range_factor(&inline.profile).min(range_factor(&crossline.profile));
    if let Some(line) = pair.named {
        why.push(format!("named by line {line} of the text header"));
    }
    why.push(format!(
        "{} × {} numbers from {}/{} to {}/{}",
        i.present(),
        c.present(),
        i.first,
        c.first,
        i.last,
        c.last
    ));
    let fill = grid.fill();
    score *= (fill / 0.3).sqrt().min(1.0) * (0.85 + 0.15 * fill);
    why.push(format!("{} % of the positions have traces", percent(fill)));
    let varies = (inline.profile.varies(), crossline.profile.varies());
    score *= match varies {
        (true, true) => 1.0,
        (false, false) => 0.3,
        (i, _) => {
            let same = if i { crossline.profile.min } else { inline.profile.min };
            match (pair.may_be_single(), same) {
                (true, 0) => 0.75,
                (true, _) => 0.9,
                (false, _) => 0.45,
            }
        }
    };
    if varies == (true, true) && grid.positions > 1 && grid.positions == i.present() && i.present() == c.present() {
        score *= 0.4;
        why.push("the two rise and fall together, as along a line".to_owned());
    }
    let fold = grid.fold.1;
    if fold > 1 && offset.is_some() {
        why.push(format!("up to {fold} traces of different offset a position"));
    }
    let unique = 1.0 - grid.duplicates as f64 / (headers.count as f64).max(1.0);
    score *= 0.5 + 0.5 * unique;
    if grid.duplicates > 0 {
        why.push(format!("traces that repeat others: {}", grid.duplicates));
    }
    if fold == 1 && offset.is_some() {
        score *= if pair.standard() { 0.7 } else { 0.35 };
        why.push("the offset differs although each position has one trace, as within shots".to_owned());
    }
    score *= match (order.exact, order.keys.is_empty()) {
        (true, _) => 1.0,
        (false, false) => 0.92,
        (false, true) => 0.75,
    };
    why.push(if order.exact {
        format!("sorted by {order}")
    } else {
        format!("{order} with {} exceptions", order.violations)
    });
    let map = positions.and_then(|p| sample_fit(headers, pair, (&grid.inline, &grid.crossline), p));
    let (mut factor, said) = fit_factor(positions.is_some(), map.as_ref(), varies);
    if positions.is_none() && !pair.stated && pair.named.is_none() {
        // Shots and the traces within them are numbered in byte 25 too, and private words may be anything.
        factor = match pair.crossline.byte {
            25 => 0.65,
            _ if pair.prior <= PRIVATE => 0.75,
            _ => factor,
        };
    }
    score *= factor;
    why.push(said);
    let score = if pair.stated { score.max(0.5) } else { score };
    Tried { pair: pair.clone(), score, evidence: sentence(&why), grid, order, offset: offset.cloned() }
}

/// What the fit of the coordinates says.
fn fit_factor(coordinates: bool, map: Option<&AffineMap>, varies: (bool, bool)) -> (f64, String) {
    let Some(map) = map else {
        return match coordinates {
            false => (0.92, "no coordinates to hold them against".to_owned()),
            true => (0.75, "the coordinates do not go with them".to_owned()),
        };
    };
    let still = |spacing: Option<f64>| spacing.is_some_and(|s| s <= 0.0);
    let flat = varies == (true, true) && map.angle().is_none_or(|a| !(10.0..=170.0).contains(&a));
    if still(map.inline_spacing) || still(map.crossline_spacing) || flat {
        return (0.6, "the coordinates do not span an area with them".to_owned());
    }
    let off = map.relative_residual().unwrap_or(f64::INFINITY);
    let said = format!("the coordinates fit a grid of them to {:.2} of its spacing", off);
    match off {
        o if o <= 0.1 => (1.0, said),
        o if o <= 0.5 => (0.97, said),
        o if o <= 2.0 => (0.8, said),
        _ => (0.65, said),
    }
}

/// The fit of the coordinates of the sample.
pub fn sample_fit(
    headers: &Headers<'_>,
    pair: &Pair,
    axes: (&Axis, &Axis),
    positions: &Positions<'_>,
) -> Option<AffineMap> {
    let column = |field: &TraceField| Column::Numbers(headers.sampled(field));
    let (il, xl) = (column(&pair.inline), column(&pair.crossline));
    affine::fit(&positions.on(&il, &xl, headers.traces.len()), axes.0, axes.1)
}

/// A part in percent, rounded so that not all is never 100 and something never 0.
pub fn percent(part: f64) -> String {
    let percent = part * 100.0;
    match percent {
        p if p >= 100.0 => "100".to_owned(),
        p if p > 99.9 => ">99.9".to_owned(),
        p if p >= 10.0 => format!("{p:.0}"),
        p if p >= 0.1 => format!("{p:.1}"),
        p if p > 0.0 => "<0.1".to_owned(),
        _ => "0".to_owned(),
    }
}

/// Parts of a sentence joined.
pub fn sentence(parts: &[String]) -> String {
    parts.join("; ")
}
