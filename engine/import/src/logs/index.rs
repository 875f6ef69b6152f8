//! The index of a log set: what it measures, in which unit, in which order.

use outcrop_connectors::las::{CurveHeader, IndexType, LasHeader};
use outcrop_types::unit::Conversion;
use outcrop_types::{Dimension, Issue, LengthUnit, Unit};

use crate::ImportOptions;

/// Which column of `logs` the index fills; none of them for times and other indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Md,
    Tvd,
    Tvdss,
    Time,
    Other,
}

impl Target {
    /// The column of `logs`.
    pub(crate) fn column(self) -> Option<&'static str> {
        match self {
            Target::Md => Some("md"),
            Target::Tvd => Some("tvd"),
            Target::Tvdss => Some("tvdss"),
            Target::Time | Target::Other => None,
        }
    }

    /// As `curves.index_type` has it.
    pub(crate) fn index_type(self) -> &'static str {
        match self {
            Target::Md => "md",
            Target::Tvd | Target::Tvdss => "tvd",
            Target::Time => "time",
            Target::Other => "other",
        }
    }
}

/// What the index is.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub(crate) target: Target,
    /// The unit values are kept in.
    pub(crate) unit: Option<String>,
    /// From the file's unit.
    pub(crate) conversion: Conversion,
}

const SAME: Conversion = Conversion { factor: 1.0, offset: 0.0 };

/// The unit of depth a file states for its index, with an override from the options.
pub(crate) fn stated_unit(header: &LasHeader, index: Option<&CurveHeader>, options: &ImportOptions) -> Option<String> {
    let names = index.map_or_else(Vec::new, |c| vec![c.mnemonic.as_str(), c.name.as_str()]);
    if let Some(unit) = options.unit_of(&names) {
        return Some(unit.to_owned());
    }
    // `depth`, `md` and `tvd` mean the index, whatever its mnemonic, but not of a file by time.
    if header.index_type != IndexType::Time
        && let Some(unit) = options.unit_of(&["depth", "index", "md", "tvd"])
    {
        return Some(unit.to_owned());
    }
    let own = index.and_then(|c| c.unit.clone());
    own.or_else(|| ["STRT", "STOP", "STEP"].iter().find_map(|n| header.well_item(n).and_then(|i| i.unit.clone())))
}

/// Decides what the index of a log set is. An error is the message of a file that cannot be imported.
pub(crate) fn decide(
    header: &LasHeader,
    index: &CurveHeader,
    index_type: IndexType,
    options: &ImportOptions,
    length: LengthUnit,
    issues: &mut Vec<Issue>,
) -> Result<Index, String> {
    let stated = stated_unit(header, Some(index), options);
    let known = stated.as_deref().and_then(Unit::parse);
    let other = |target| Index {
        target,
        unit: known.map(|u| u.symbol().to_owned()).or_else(|| stated.clone()),
        conversion: SAME,
    };
    let depth = matches!(index_type, IndexType::Md | IndexType::Tvd);
    if !depth {
        let (what, target) = if index_type == IndexType::Time {
            ("time", Target::Time)
        } else {
            ("neither depth nor time", Target::Other)
        };
        let text = format!("the index {} is {what}; the curves are kept in `curve_values`, not in `logs`", index.name);
        issues.push(Issue::info("index-not-depth", text).about(&index.name));
        return Ok(other(target));
    }
    let Some(text) = &stated else {
        return Err(format!(
            "the index {} has no unit, neither in ~Curve nor in STRT, STOP or STEP; state it: --unit depth=m or --unit depth=ft",
            index.name
        ));
    };
    let Some(unit) = known else {
        return Err(format!(
            "the index {} is in `{text}`, which is not a known unit; state it: --unit depth=m",
            index.name
        ));
    };
    if unit.dimension() != Dimension::Length {
        return Err(format!(
            "the index {} is a depth, but its unit `{text}` is not a length; state it: --unit depth=m",
            index.name
        ));
    }
    note_override(index, &stated, issues);
    contradiction(header, index, unit, options)?;
    if index.unit.is_none() && options.units.is_empty() {
        let text = format!("{} has no unit in ~Curve; {unit} is taken from STRT, STOP or STEP", index.name);
        issues.push(Issue::info("index-unit-from-well", text).about(&index.name));
    }
    let conversion = unit.conversion(length.unit()).map_err(|e| e.to_string())?;
    if !conversion.is_identity() {
        let text = format!("{} is converted from {unit} to the project's {length}", index.name);
        issues.push(Issue::info("index-converted", text).about(&index.name));
    }
    let subsea = index.mnemonic.to_ascii_uppercase().contains("SS") && index_type == IndexType::Tvd;
    let target = match index_type {
        IndexType::Tvd if subsea => Target::Tvdss,
        IndexType::Tvd => Target::Tvd,
        _ => Target::Md,
    };
    Ok(Index { target, unit: Some(length.symbol().to_owned()), conversion })
}

/// ~Curve and ~Well may state two units of depth. Which one is right cannot be told, and a wrong one is a wrong depth.
fn contradiction(header: &LasHeader, index: &CurveHeader, unit: Unit, options: &ImportOptions) -> Result<(), String> {
    let names = [index.mnemonic.as_str(), index.name.as_str(), "depth", "index", "md", "tvd"];
    if options.unit_of(&names).is_some() {
        return Ok(());
    }
    for name in ["STRT", "STOP", "STEP"] {
        let Some(item) = header.well_item(name) else { continue };
        let other = item.unit.as_deref().and_then(Unit::parse).filter(|u| u.dimension() == Dimension::Length);
        if let Some(other) = other.filter(|other| *other != unit) {
            return Err(format!(
                "line {}: {name} is in {other} but the index {} is in {unit} (line {}); find out which is right and state it: \
                 --unit depth={other} or --unit depth={unit}",
                item.line, index.name, index.line
            ));
        }
    }
    Ok(())
}

/// An option that takes the place of what the file says is told.
pub(super) fn note_override(header: &CurveHeader, used: &Option<String>, issues: &mut Vec<Issue>) {
    let (Some(used), Some(own)) = (used, &header.unit) else { return };
    if Unit::parse(used) != Unit::parse(own) {
        let text = format!("{} is in `{own}` by the file; taken as {used}, as was stated", header.name);
        issues.push(Issue::warning("unit-overridden", text).about(&header.name).at_line(header.line));
    }
}

/// The rows in ascending order of the index, nulls last; none when they are in order.
pub(crate) fn ascending(index: &[f64]) -> Option<Vec<u32>> {
    let in_order = index.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
    if in_order && index.last().is_none_or(|v| !v.is_nan()) {
        return None;
    }
    let mut order: Vec<u32> = (0..u32::try_from(index.len()).unwrap_or(u32::MAX)).collect();
    let at = |i: &u32| index.get(*i as usize).copied().unwrap_or(f64::NAN);
    order.sort_by(|a, b| {
        let (a, b) = (at(a), at(b));
        // NaN after everything; equal depths stay in file order.
        a.is_nan().cmp(&b.is_nan()).then(a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal))
    });
    Some(order)
}

/// The values in another order.
pub(crate) fn reorder(values: &[f64], order: &[u32]) -> Vec<f64> {
    order.iter().map(|i| values.get(*i as usize).copied().unwrap_or(f64::NAN)).collect()
}

/// The step of an index in order; none when it is irregular. `told` is the header's, in the same unit; `decimals` are
/// those of the file's numbers before `conversion`.
pub(crate) fn step(index: &[f64], told: Option<f64>, decimals: usize, conversion: Conversion) -> Option<f64> {
    let (first, last) = (*index.first()?, *index.last()?);
    let count = index.len().checked_sub(1).filter(|n| *n > 0)?;
    let mean = (last - first) / count as f64;
    if !mean.is_finite() || mean == 0.0 {
        return None;
    }
    // A written digit may be off by half its place at both ends of a step.
    let digit = 10f64.powi(-i32::try_from(decimals.min(12)).unwrap_or(12)) * conversion.factor.abs();
    let told = told.map(|t| t.abs().copysign(mean));
    if 1.01 * digit >= 0.5 * mean.abs() {
        return coarse_step(index, mean, told, digit);
    }
    let tolerance = 0.01 * mean.abs() + 1.01 * digit;
    if !index.windows(2).all(|pair| matches!(pair, [a, b] if (b - a - mean).abs() <= tolerance)) {
        return None;
    }
    // The header has the nominal value: 0.1524, not the mean of rounded depths.
    let near = |t: &f64| (t - mean).abs() <= 0.01 * mean.abs();
    Some(told.filter(near).unwrap_or(mean))
}

/// The step of depths written so coarsely that two neighbours say little of it: every metre in whole metres, or every
/// 0.82 m in whole metres. It is the header's where all depths are that grid, rounded; else all steps must be the same.
fn coarse_step(index: &[f64], mean: f64, told: Option<f64>, digit: f64) -> Option<f64> {
    if !index.iter().all(|v| v.is_finite()) {
        return None;
    }
    let scale = index.iter().fold(0f64, |most, v| most.max(v.abs()));
    let noise = 8.0 * f64::EPSILON * scale;
    // Depths rounded from one grid are all off by at most half a digit, so their offsets from it span a digit.
    let fits = |step: &f64| {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (place, depth) in index.iter().enumerate() {
            let offset = depth - place as f64 * step;
            (low, high) = (low.min(offset), high.max(offset));
        }
        high - low <= digit + 2.0 * noise
    };
    // Rounding moves both ends by half a digit at most.
    let steps = index.len().saturating_sub(1).max(1) as f64;
    let near = |t: &f64| *t != 0.0 && (t - mean).abs() <= digit / steps + 2.0 * noise;
    let equal = || index.windows(2).all(|pair| matches!(pair, [a, b] if (b - a - mean).abs() <= 2.0 * noise));
    told.filter(near).filter(fits).or_else(|| equal().then_some(mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_in_order_with_nulls_last() {
        assert_eq!(ascending(&[1.0, 2.0, 2.0]), None);
        assert_eq!(ascending(&[3.0, 2.0, f64::NAN, 1.0]), Some(vec![3, 1, 0, 2]));
        assert_eq!(reorder(&[30.0, 20.0, 0.0, 10.0], &[3, 1, 0, 2]), vec![10.0, 20.0, 30.0, 0.0]);
        assert_eq!(ascending(&[]), None);
    }

    #[test]
    fn whole_numbers_have_steps_too() {
        let same = Conversion { factor: 1.0, offset: 0.0 };
        let metres: Vec<f64> = (0..50).map(|i| 1000.0 + f64::from(i)).collect();
        assert_eq!(step(&metres, Some(1.0), 0, same), Some(1.0));
        assert_eq!(step(&metres, None, 0, same), Some(1.0));
        assert_eq!(step(&metres, None, 1, same), Some(1.0));
        let rounded: Vec<f64> = (0..200).map(|i| (1000.3 + 0.82 * f64::from(i)).round()).collect();
        assert_eq!(step(&rounded, Some(0.82), 0, same), Some(0.82));
        assert_eq!(step(&rounded, Some(-0.82), 0, same), Some(0.82), "the header's sign is that of the file's order");
        assert_eq!(step(&rounded, None, 0, same), None, "nothing tells 0.82 from an irregular step");
        assert_eq!(step(&rounded, Some(0.8), 0, same), None);
        assert_eq!(step(&[1.0, 2.0, 4.0, 5.0], None, 0, same), None);
        assert_eq!(step(&[1.0, 2.0, 4.0, 5.0, 6.0, 7.0, 9.0], Some(1.0), 0, same), None, "a gap");
        assert_eq!(step(&[1.0, f64::NAN, 3.0], Some(1.0), 0, same), None);
        // Whole feet in a metric project.
        let feet = Conversion { factor: 0.3048, offset: 0.0 };
        let depths: Vec<f64> = (0..50).map(|i| (5000.0 + f64::from(i)) * 0.3048).collect();
        assert!((step(&depths, Some(0.3048), 0, feet).unwrap() - 0.3048).abs() < 1e-12);
        assert!((step(&depths, None, 0, feet).unwrap() - 0.3048).abs() < 1e-9);
    }
}
