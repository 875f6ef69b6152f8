//! Rows in classes: texts, steps of numbers; their names, order and colours.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use arrow::array::RecordBatch;
use outcrop_plot::chart::class_colors;
use outcrop_plot::color::{ColorMap, Rgb};
use outcrop_session::Session;
use outcrop_types::field;
use outcrop_types::tables::TableName;

use super::plot::{column, one, texts};
use crate::context::rows;

/// Most classes that colours tell apart.
const MOST: usize = 40;
/// About as many steps as numbers are put in.
const STEPS: f64 = 7.0;
/// Colour of what has no class.
const NONE: Rgb = Rgb(0xB8, 0xBD, 0xC2);

/// What class each row is in.
#[derive(Debug, PartialEq)]
pub(super) struct Classes {
    pub(super) names: Vec<String>,
    /// A colour for each name.
    pub(super) colors: Vec<Rgb>,
    /// A place in the names for each row.
    pub(super) of: Vec<usize>,
}

impl Classes {
    /// Texts have a class each, numbers are put in steps of a round width; `none` comes last.
    pub(super) fn of(batch: &RecordBatch, name: &str, map: ColorMap) -> Result<Classes> {
        let schema = batch.schema();
        let field = schema.fields().iter().find(|f| f.name().eq_ignore_ascii_case(name));
        let (mut names, mut colors, of) = match field {
            Some(f) if f.data_type().is_numeric() => {
                steps(&column(batch, name)?, field::unit(f).unwrap_or_default(), map)
            }
            _ => {
                let Some(all) = texts(batch, name)? else {
                    let known: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
                    bail!("the query has no column `{name}`; it has: {}", known.join(", "));
                };
                let (names, of) = named(&all, name)?;
                let colors = class_colors(names.len());
                (names, colors, of)
            }
        };
        let none = names.len();
        let of: Vec<usize> = of.into_iter().map(|class| class.unwrap_or(none)).collect();
        if of.contains(&none) {
            names.push("none".to_owned());
            colors.push(NONE);
        }
        Ok(Classes { names, colors, of })
    }
}

/// The names that differ, in natural order, and which each row has.
pub(super) fn named(all: &[Option<String>], of: &str) -> Result<(Vec<String>, Vec<Option<usize>>)> {
    let mut names: Vec<String> = all.iter().flatten().cloned().collect();
    names.sort_by_key(|name| natural(name));
    names.dedup();
    if names.len() > MOST {
        bail!("`{of}` has {} different texts, and at most {MOST} can be told apart by colour; take fewer", names.len());
    }
    let classes = all.iter().map(|t| names.iter().position(|n| Some(n) == t.as_ref())).collect();
    Ok((names, classes))
}

/// Names, colours and classes of numbers.
fn steps(values: &[f64], unit: &str, map: ColorMap) -> (Vec<String>, Vec<Rgb>, Vec<Option<usize>>) {
    let known = || values.iter().copied().filter(|v| v.is_finite());
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return (Vec::new(), Vec::new(), vec![None; values.len()]);
    }
    let rough = if high > low { (high - low) / STEPS } else { high.abs().max(1.0) };
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * power).find(|s| *s >= rough).unwrap_or(rough);
    let first = (low / step + 1e-9).floor();
    let place = |v: f64| ((v / step + 1e-9).floor() - first) as usize;
    let count = place(high) + 1;
    // As many decimals as the step has.
    let decimals = (0..9).find(|d| (step * 10f64.powi(*d) - (step * 10f64.powi(*d)).round()).abs() < 1e-6).unwrap_or(9);
    let name = |k: usize| {
        let (from, to) = ((first + k as f64) * step, (first + k as f64 + 1.0) * step);
        format!("{from:.0$} to {to:.0$} {unit}", decimals as usize).replace('-', "−").trim_end().to_owned()
    };
    let share = |k: usize| if count > 1 { k as f64 / (count - 1) as f64 } else { 0.5 };
    let classes = values.iter().map(|v| v.is_finite().then(|| place(*v))).collect();
    ((0..count).map(name).collect(), (0..count).map(|k| map.at(share(k))).collect(), classes)
}

/// Orders OUT-2 before OUT-10.
fn natural(text: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (head, tail) = rest.split_at(word);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        parts.push((head.to_lowercase(), number.parse().unwrap_or(0)));
        rest = tail;
    }
    parts
}

/// Those of the names that are zones or surfaces of the project, from the shallowest down, for a column called so; none for
/// any other column.
pub(super) async fn order_of_depth(session: &Session, column_name: &str, wanted: &[String]) -> Result<Vec<String>> {
    let sql = match column_name.to_lowercase().as_str() {
        "zone" => "SELECT well, zone AS name, top_md AS md FROM zones WHERE top_md IS NOT NULL",
        "surface" => "SELECT well, surface AS name, md FROM tops WHERE md IS NOT NULL",
        _ => return Ok(Vec::new()),
    };
    let Some(project) = session.project() else { return Ok(Vec::new()) };
    if !project.snapshot().await?.has_table(&TableName::public("tops")) {
        return Ok(Vec::new());
    }
    let Some(batch) = one(&rows(session, sql).await?)? else { return Ok(Vec::new()) };
    let (wells, names) = (texts(&batch, "well")?.unwrap_or_default(), texts(&batch, "name")?.unwrap_or_default());
    let depths = column(&batch, "md")?;
    let picks = wells.into_iter().zip(names).zip(depths);
    let named = picks.filter_map(|((well, name), depth)| Some((well?, name?, depth)));
    Ok(by_depth(named.filter(|(_, name, _)| wanted.contains(name))))
}

/// Names in the order that most wells have them: depths of different wells do not compare.
fn by_depth(picks: impl Iterator<Item = (String, String, f64)>) -> Vec<String> {
    let mut wells: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
    for (well, name, depth) in picks {
        let known = wells.entry(well).or_default().entry(name).or_insert(depth);
        *known = known.min(depth);
    }
    let mut sums: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for (name, depth) in wells.values().flatten() {
        let sum = sums.entry(name).or_default();
        *sum = (sum.0 + depth, sum.1 + 1);
    }
    let mean = |name: &str| sums.get(name).map_or(f64::NAN, |(sum, n)| sum / *n as f64);
    // In more wells above than below, of those that have both.
    let votes = |a: &str, b: &str| -> i64 {
        let both = wells.values().filter_map(|tops| Some((tops.get(a)?, tops.get(b)?)));
        both.map(|(a, b)| i64::from(a < b) - i64::from(a > b)).sum()
    };
    let names: Vec<&str> = sums.keys().copied().collect();
    let above: Vec<Vec<bool>> =
        names.iter().map(|a| names.iter().map(|b| votes(a, b) > 0).collect::<Vec<bool>>()).collect();
    let is_above = |a: usize, b: usize| above.get(a).and_then(|row| row.get(b)).is_some_and(|above| *above);
    let depth = |k: usize| names.get(k).map_or(f64::NAN, |n| mean(n));
    let mut left: Vec<usize> = (0..names.len()).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        // The one that none of the others is above, or the fewest where wells contradict each other.
        let before = |k: usize| left.iter().filter(|other| is_above(**other, k)).count();
        let next =
            left.iter().copied().min_by(|a, b| before(*a).cmp(&before(*b)).then(depth(*a).total_cmp(&depth(*b))));
        let Some(next) = next else { break };
        left.retain(|k| *k != next);
        ordered.extend(names.get(next).map(|n| (*n).to_owned()));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_in_round_steps() -> Result<()> {
        let map = ColorMap::by_name("batlow")?;
        let (names, colors, of) = steps(&[0.05, f64::NAN, 0.31, 0.1], "v/v", map);
        assert_eq!(
            names,
            [
                "0.05 to 0.10 v/v",
                "0.10 to 0.15 v/v",
                "0.15 to 0.20 v/v",
                "0.20 to 0.25 v/v",
                "0.25 to 0.30 v/v",
                "0.30 to 0.35 v/v"
            ]
        );
        assert_eq!(of, [Some(0), None, Some(5), Some(1)]);
        assert_eq!((colors[0], colors[5]), (map.at(0.0), map.at(1.0)));
        assert_eq!(steps(&[-3.0, 4.0], "", map).0[0], "−3 to −2");
        assert_eq!(steps(&[7.0], "m", map).2, [Some(0)]);
        assert!(steps(&[f64::NAN], "", map).0.is_empty());
        Ok(())
    }

    #[test]
    fn names_are_in_natural_order() -> Result<()> {
        let all = ["OUT-10", "OUT-2", "OUT-10"].map(|t| Some(t.to_owned()));
        assert_eq!(
            named(&all, "well")?,
            (vec!["OUT-2".to_owned(), "OUT-10".to_owned()], vec![Some(1), Some(0), Some(1)])
        );
        let many: Vec<_> = (0..41).map(|k| Some(k.to_string())).collect();
        assert!(named(&many, "well").is_err());
        Ok(())
    }

    #[test]
    fn zones_are_in_the_order_of_most_wells() {
        // C is shallow where the structure is high; B is only in the deep well; one well has a fault that repeats A.
        let picks = [
            ("1", "A", 1000.0),
            ("1", "C", 1100.0),
            ("2", "A", 2000.0),
            ("2", "B", 2100.0),
            ("2", "C", 2200.0),
            ("3", "C", 900.0),
            ("3", "D", 950.0),
            ("2", "A", 2300.0),
        ];
        let order = by_depth(picks.into_iter().map(|(w, n, d)| (w.to_owned(), n.to_owned(), d)));
        assert_eq!(order, ["A", "B", "C", "D"]);
    }
}
