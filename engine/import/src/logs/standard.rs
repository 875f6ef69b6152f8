//! Which curve of a file becomes which column of `logs`.

use outcrop_connectors::las::{Curve, CurveData, CurveHeader, CurveSummary};
use outcrop_types::mnemonic::{MnemonicTable, StandardCurve};
use outcrop_types::unit::Conversion;
use outcrop_types::{Issue, Unit};

use crate::ImportOptions;

/// A curve that becomes a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column<'a> {
    pub(crate) curve: &'a StandardCurve,
    pub(crate) conversion: Conversion,
}

/// The unit of a curve: stated by an option, or by the file.
pub(crate) fn unit_text<'a>(header: &'a CurveHeader, options: &'a ImportOptions) -> Option<&'a str> {
    options
        .unit_of(&[header.mnemonic.as_str(), header.name.as_str()])
        .or(header.unit.as_deref())
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// The standard curves that headers promise: mnemonic and unit fit, whatever the values.
pub(crate) fn promised<'a>(
    headers: &[CurveHeader],
    table: &'a MnemonicTable,
    options: &ImportOptions,
) -> Vec<&'a StandardCurve> {
    let curves = headers.iter().skip(1).filter_map(|header| {
        let curve = table.find(&header.mnemonic)?.curve;
        let unit = unit_text(header, options).and_then(Unit::parse)?;
        unit.conversion(curve.unit).is_ok().then_some(curve)
    });
    curves.collect()
}

/// For each curve (the index first) the column it becomes; none for those that stay as they are.
pub(crate) fn choose<'a>(
    headers: &[CurveHeader],
    curves: &[Curve],
    table: &'a MnemonicTable,
    options: &ImportOptions,
    issues: &mut Vec<Issue>,
) -> Vec<Option<Column<'a>>> {
    let mut chosen: Vec<Option<Column<'a>>> = vec![None; headers.len()];
    let mut candidates: Vec<(usize, usize, &'a StandardCurve)> = headers
        .iter()
        .enumerate()
        .skip(1)
        .filter_map(|(place, header)| table.find(&header.mnemonic).map(|m| (m.priority, place, m.curve)))
        .collect();
    // The best mnemonic first; of equal ones the first in the file.
    candidates.sort_by_key(|(priority, place, _)| (*priority, *place));
    for (_, place, curve) in candidates {
        let (Some(header), Some(data)) = (headers.get(place), curves.get(place)) else { continue };
        let winner = chosen.iter().position(|c| c.as_ref().is_some_and(|c| c.curve.mnemonic == curve.mnemonic));
        if let Some(winner) = winner.and_then(|w| headers.get(w)) {
            let text = format!(
                "{} means {} as well, which is taken from {}; it is kept in `curve_values`",
                header.name, curve.mnemonic, winner.name
            );
            issues.push(Issue::info("curve-second", text).about(&header.name).at_line(header.line));
            continue;
        }
        if let Some(conversion) = fit(header, data, curve, options, issues)
            && let Some(slot) = chosen.get_mut(place)
        {
            *slot = Some(Column { curve, conversion });
        }
    }
    chosen
}

/// How the values become those of the standard curve; none, with an issue, when that cannot be told.
fn fit(
    header: &CurveHeader,
    data: &Curve,
    curve: &StandardCurve,
    options: &ImportOptions,
    issues: &mut Vec<Issue>,
) -> Option<Conversion> {
    let mut warn = |code: &str, text: String| {
        issues.push(Issue::warning(code, text).about(&header.name).at_line(header.line));
    };
    let keep = "the values are kept as they are in `curve_values`";
    // No unit is proposed where another one may be meant: it would be taken on trust.
    let remedy = || format!("state the unit it is in: --unit {}=UNIT", header.mnemonic);
    let CurveData::Numeric(values) = &data.data else {
        warn("curve-text", format!("{} is text, not {}; {keep}", header.name, curve.mnemonic));
        return None;
    };
    let Some(text) = unit_text(header, options) else {
        return match median(values) {
            Some(median) if (curve.low..=curve.high).contains(&median) => {
                let others = also_usual(curve, median, values);
                if !others.is_empty() {
                    let units: Vec<&str> =
                        std::iter::once(curve.unit).chain(others.iter().copied()).map(Unit::symbol).collect();
                    let stated: Vec<String> =
                        units.iter().map(|unit| format!("--unit {}={unit}", header.mnemonic)).collect();
                    warn(
                        "unit-ambiguous",
                        format!(
                            "{} has no unit, and its median {median} is usual for {} in {}; {keep}. Find out which it is and state it: {}",
                            header.name,
                            curve.mnemonic,
                            units.join(" and in "),
                            stated.join(" or ")
                        ),
                    );
                    return None;
                }
                warn(
                    "unit-assumed",
                    format!(
                        "{} has no unit; taken as {} because its median {median} is usual for {}. If not, {}",
                        header.name,
                        curve.unit,
                        curve.mnemonic,
                        remedy()
                    ),
                );
                Some(Conversion { factor: 1.0, offset: 0.0 })
            }
            Some(median) => {
                warn(
                    "unit-missing",
                    format!(
                        "{} has no unit and its median {median} is not usual for {} in {}; {keep}. If you know its unit, {}",
                        header.name,
                        curve.mnemonic,
                        curve.unit,
                        remedy()
                    ),
                );
                None
            }
            None => {
                warn(
                    "unit-missing",
                    format!("{} has no unit and no values; it is not taken as {}", header.name, curve.mnemonic),
                );
                None
            }
        };
    };
    let Some(unit) = Unit::parse(text) else {
        warn(
            "unit-unknown",
            format!("`{text}` of {} is not a known unit; {keep}. If you know it, {}", header.name, remedy()),
        );
        return None;
    };
    match unit.conversion(curve.unit) {
        Ok(conversion) => Some(conversion),
        Err(_) => {
            warn(
                "unit-incompatible",
                format!(
                    "{} is in {unit}, which does not convert to {} of {}; {keep}. If the file is wrong, {}",
                    header.name,
                    curve.unit,
                    curve.mnemonic,
                    remedy()
                ),
            );
            None
        }
    }
}

/// Other units in which a median without a unit would be as usual for the curve: 150 may be microseconds a foot or a metre.
///
/// Units that measure depths and distances are no diameters, and porosities or saturations in per cent that hardly ever
/// exceed 1 are not met; a few spikes are.
fn also_usual(curve: &StandardCurve, median: f64, values: &[f64]) -> Vec<Unit> {
    let above_one = values.iter().filter(|v| **v > 1.0).count();
    let stated = values.iter().filter(|v| !v.is_nan()).count();
    let usual = |unit: &Unit| {
        let told_apart = match (curve.unit.symbol(), unit.symbol()) {
            ("in", "m" | "ft" | "ftUS" | "km") => true,
            ("v/v", "%") => above_one * 20 <= stated,
            _ => false,
        };
        let in_usual = unit.convert(median, curve.unit).is_ok_and(|v| (curve.low..=curve.high).contains(&v));
        !told_apart && *unit != curve.unit && in_usual
    };
    Unit::of(curve.unit.dimension()).filter(usual).collect()
}

/// Warns when values are not what the stated unit makes likely; they are kept. The mean, known already, decides whether
/// the median is worth looking for.
pub(crate) fn check_range(
    header: &CurveHeader,
    values: &[f64],
    summary: &CurveSummary,
    curve: &StandardCurve,
    issues: &mut Vec<Issue>,
) {
    let usual = curve.low..=curve.high;
    if summary.mean.is_none_or(|mean| usual.contains(&mean)) {
        return;
    }
    if let Some(median) = median(values).filter(|m| !usual.contains(m)) {
        let text = format!(
            "the median of {} is {median} {}, outside {} to {} that is usual for {}; check the unit and the null value",
            header.name, curve.unit, curve.low, curve.high, curve.mnemonic
        );
        issues.push(Issue::warning("values-unusual", text).about(&header.name).at_line(header.line));
    }
}

/// The median of the values that are not null.
fn median(values: &[f64]) -> Option<f64> {
    let mut numbers: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    let middle = numbers.len() / 2;
    if numbers.is_empty() {
        return None;
    }
    let (_, median, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    Some(*median)
}
