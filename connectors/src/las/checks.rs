//! Checks of the index against the header: range, step, order and gaps.

use outcrop_types::Issue;

use super::LasHeader;

/// Checks the index and returns what is odd about it. Index values that mean null and do not fit between their neighbours become NaN.
pub(super) fn index(
    values: &mut [f64],
    decimals: usize,
    name: &str,
    nulls: [f64; 2],
    header: Option<&LasHeader>,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    null_depths(values, nulls, name, &mut issues);
    let values = &*values;
    let count_null = values.iter().filter(|v| v.is_nan()).count();
    if count_null > 0 {
        let row = values.iter().position(|v| v.is_nan()).unwrap_or(0) + 1;
        issues.push(
            Issue::warning("index-null", format!("{count_null} rows have no index value, the first is data row {row}"))
                .about(name),
        );
    }
    order(values, name, &mut issues);
    let Some(header) = header else { return issues };
    let step = header.step.filter(|s| *s != 0.0);
    if let Some(step) = step {
        steps(values, step, decimals, name, &mut issues);
    }
    let tolerance = resolution(decimals).max(step.map_or(0.0, |s| s.abs() * 1e-3));
    range(values, tolerance, header, name, &mut issues);
    issues
}

/// An index equal to NULL is null, unless it continues its neighbours: a NULL of 0 or -1 may be a depth.
fn null_depths(values: &mut [f64], nulls: [f64; 2], name: &str, issues: &mut Vec<Issue>) {
    let is_null = |v: f64| v == nulls[0] || v == nulls[1];
    let mut kept = 0usize;
    for i in 0..values.len() {
        let here = values.get(i).copied().unwrap_or(f64::NAN);
        if !is_null(here) {
            continue;
        }
        let before = i.checked_sub(1).and_then(|j| values.get(j)).copied().filter(|v| !is_null(*v));
        let after = values.get(i + 1).copied().filter(|v| !is_null(*v));
        let fits = match (before, after) {
            (Some(a), Some(b)) => (a < here && here < b) || (a > here && here > b),
            // At an end: as far from its neighbour as that one from the next.
            (None, Some(b)) => values.get(i + 2).is_some_and(|c| regular(here, b, *c)),
            (Some(a), None) if i + 1 == values.len() => {
                i.checked_sub(2).and_then(|j| values.get(j)).is_some_and(|c| regular(here, a, *c))
            }
            _ => false,
        };
        if fits {
            kept += 1;
        } else if let Some(v) = values.get_mut(i) {
            *v = f64::NAN;
        }
    }
    if kept > 0 {
        let message = format!("{kept} index values equal NULL but continue their neighbours; they are kept as numbers");
        issues.push(Issue::info("index-equals-null", message).about(name));
    }
}

fn regular(a: f64, b: f64, c: f64) -> bool {
    let (first, second) = (b - a, c - b);
    (first - second).abs() <= 0.01 * second.abs()
}

fn order(values: &[f64], name: &str, issues: &mut Vec<Issue>) {
    let (mut up, mut down, mut same) = (0usize, 0usize, 0usize);
    let mut last = f64::NAN;
    let mut turns: [Option<usize>; 3] = [None; 3];
    for (i, v) in values.iter().enumerate() {
        if v.is_nan() {
            continue;
        }
        let kind = if *v > last {
            up += 1;
            0
        } else if *v < last {
            down += 1;
            1
        } else if *v == last {
            same += 1;
            2
        } else {
            last = *v;
            continue;
        };
        if let Some(first) = turns.get_mut(kind) {
            first.get_or_insert(i + 1);
        }
        last = *v;
    }
    if up > 0 && down > 0 {
        let (minor, row) = if up >= down { (down, turns[1]) } else { (up, turns[0]) };
        let message =
            format!("the index is not monotonic: it turns back {minor} times, first at data row {}", row.unwrap_or(0));
        issues.push(Issue::warning("index-not-monotonic", message).about(name));
    }
    if same > 0 {
        let message = format!("{same} index values repeat the one before, first at data row {}", turns[2].unwrap_or(0));
        issues.push(Issue::warning("index-repeated", message).about(name));
    }
}

fn steps(values: &[f64], step: f64, decimals: usize, name: &str, issues: &mut Vec<Issue>) {
    let tolerance = (step.abs() * 0.01).max(1.5 * resolution(decimals));
    let differences = || values.windows(2).map(|pair| if let &[a, b] = pair { b - a } else { f64::NAN });
    let near = |difference: f64, step: f64| (difference - step).abs() <= tolerance;
    // Shown with a digit more than the file has, without the noise of the subtraction.
    let digits = decimals.min(12) + 1;
    let against = differences().filter(|d| near(*d, -step)).count();
    if against > 0 && 2 * against >= values.len().saturating_sub(1) {
        let message =
            format!("STEP is {step} but the index runs the other way, by {}; the index of the data is kept", -step);
        issues.push(Issue::warning("step-sign", message).about(name));
        return;
    }
    let (mut irregular, mut gaps, mut largest) = (0usize, 0usize, 0.0f64);
    let (mut first_irregular, mut first_gap) = (None, None);
    for (i, difference) in differences().enumerate() {
        if difference.is_nan() || near(difference, step) {
            continue;
        }
        if difference.abs() > 1.5 * step.abs() {
            gaps += 1;
            first_gap.get_or_insert(i);
            largest = largest.max(difference.abs());
        } else {
            irregular += 1;
            first_irregular.get_or_insert((i + 2, difference));
        }
    }
    if let Some(i) = first_gap {
        let at = |i: usize| values.get(i).copied().unwrap_or(f64::NAN);
        let (a, b, row) = (at(i), at(i + 1), i + 2);
        let message = format!(
            "{gaps} gaps larger than STEP {step}, the first from {a} to {b} (data row {row}), the largest {largest:.digits$}"
        );
        issues.push(Issue::warning("index-gap", message).about(name));
    }
    if let Some((row, difference)) = first_irregular {
        let message = format!(
            "{irregular} steps differ from STEP {step}, the first is {difference:.digits$} (data row {row}); the index of the data is kept"
        );
        issues.push(Issue::warning("step-irregular", message).about(name));
    }
}

/// The last digit an index with so many decimals tells.
fn resolution(decimals: usize) -> f64 {
    10f64.powi(-(decimals.min(12) as i32))
}

fn range(values: &[f64], tolerance: f64, header: &LasHeader, name: &str, issues: &mut Vec<Issue>) {
    let first = values.iter().copied().find(|v| !v.is_nan());
    let last = values.iter().rev().copied().find(|v| !v.is_nan());
    for (told, found, code, item) in
        [(header.start, first, "start-differs", "STRT"), (header.stop, last, "stop-differs", "STOP")]
    {
        let (Some(told), Some(found)) = (told, found) else { continue };
        if (told - found).abs() > tolerance {
            let message = format!("{item} is {told} but the data have {found}; the data are used");
            let mut issue = Issue::warning(code, message).about(name);
            issue.line = header.well_item(item).map(|i| i.line).filter(|line| *line > 0);
            issues.push(issue);
        }
    }
}
