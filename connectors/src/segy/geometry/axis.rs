//! Numbers of lines, and the order traces are sorted in.

use super::profile::Profile;

/// Numbers along a direction of a survey: inlines, crosslines, offsets, CDPs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The smallest number.
    pub first: i64,
    /// The largest number.
    pub last: i64,
    /// From one number to the next; 1 where there is but one number.
    pub step: i64,
    /// Numbers from the first to the last in steps of the step, those that no trace has included.
    pub count: u64,
    /// The numbers that traces have, rising, where they are not all of those.
    pub values: Option<Vec<i64>>,
    /// Whether the numbers fall along the file.
    pub descending: bool,
}

impl Axis {
    /// The axis of a profile; `present` tells which places of its lattice traces have.
    pub(super) fn new(profile: &Profile, present: &[bool]) -> Self {
        let numbers = || present.iter().zip(0..).filter(|(p, _)| **p).map(|(_, index)| profile.number(index));
        let irregular = present.iter().any(|p| !p);
        Self::of_values(profile, irregular.then(|| numbers().collect()))
    }

    /// The axis of a profile with the distinct values, rising, where they are known to be irregular.
    pub(super) fn of_values(profile: &Profile, values: Option<Vec<i64>>) -> Self {
        Axis {
            first: i64::from(profile.min),
            last: i64::from(profile.max),
            step: i64::from(profile.step).max(1),
            count: profile.lattice(),
            values,
            descending: profile.descends(),
        }
    }

    /// The axis of a column of numbers.
    pub(super) fn of_column(values: &[i32], profile: &Profile) -> Self {
        let lattice = profile.lattice();
        if lattice <= (values.len() as u64).saturating_mul(8).saturating_add(1024) {
            let mut present = vec![false; usize::try_from(lattice).unwrap_or(0)];
            for value in values {
                if let Some(place) = present.get_mut(profile.index(*value) as usize) {
                    *place = true;
                }
            }
            return Self::new(profile, &present);
        }
        let mut distinct = values.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        Self::of_values(profile, Some(distinct.into_iter().map(i64::from).collect()))
    }

    /// How many numbers traces have.
    pub fn present(&self) -> u64 {
        self.values.as_ref().map_or(self.count, |v| v.len() as u64)
    }

    /// The place of a number, from 0; `None` where it is not on the axis.
    pub fn index(&self, number: i64) -> Option<u64> {
        let from = number.checked_sub(self.first).filter(|d| *d >= 0 && number <= self.last)?;
        (from % self.step.max(1) == 0).then(|| (from / self.step.max(1)) as u64)
    }

    /// The number at a place; `None` beyond the axis.
    pub fn number(&self, index: u64) -> Option<i64> {
        let index = i64::try_from(index).ok().filter(|_| index < self.count)?;
        self.first.checked_add(index.checked_mul(self.step)?)
    }
}

/// What traces may be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// Inline number.
    Inline,
    /// Crossline number.
    Crossline,
    /// Offset.
    Offset,
    /// CDP number.
    Cdp,
    /// Number of the shot: field record or energy source point.
    Shot,
}

impl SortKey {
    /// `inline`, `crossline` …
    pub fn name(self) -> &'static str {
        match self {
            SortKey::Inline => "inline",
            SortKey::Crossline => "crossline",
            SortKey::Offset => "offset",
            SortKey::Cdp => "cdp",
            SortKey::Shot => "shot",
        }
    }
}

/// The order of the traces in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SortOrder {
    /// What traces are sorted by, the slowest first. Empty where they are in no order; keys of one value are left out.
    pub keys: Vec<SortKey>,
    /// Whether all traces are in that order, each key rising or falling throughout within the slower ones.
    pub exact: bool,
    /// Traces that turn against it.
    pub violations: u64,
}

impl std::fmt::Display for SortOrder {
    /// `inline, crossline`, `unsorted`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.keys.is_empty() {
            return f.write_str("unsorted");
        }
        let names: Vec<&str> = self.keys.iter().map(|k| k.name()).collect();
        f.write_str(&names.join(", "))
    }
}

impl SortOrder {
    /// The order of these keys, at most three, that the traces turn against least.
    pub(super) fn of(keys: &[(SortKey, &[i32])]) -> Self {
        let mut best: Option<(SortOrder, u64)> = None;
        for order in permutations(keys.len()) {
            let chosen: Vec<(SortKey, &[i32])> = order.iter().filter_map(|i| keys.get(*i)).copied().collect();
            let (sorted, changes) = follow(&chosen);
            let better = |(b, c): &(SortOrder, u64)| (sorted.violations, changes) < (b.violations, *c);
            if best.as_ref().is_none_or(better) {
                best = Some((sorted, changes));
            }
        }
        best.map(|(order, _)| order).unwrap_or_default()
    }
}

fn permutations(keys: usize) -> &'static [&'static [usize]] {
    match keys {
        0 => &[],
        1 => &[&[0]],
        2 => &[&[0, 1], &[1, 0]],
        _ => &[&[0, 1, 2], &[1, 0, 2], &[2, 0, 1], &[2, 1, 0], &[0, 2, 1], &[1, 2, 0]],
    }
}

/// Follows the traces by keys, slowest first; also gives how often the slowest changes.
fn follow(keys: &[(SortKey, &[i32])]) -> (SortOrder, u64) {
    let traces = keys.iter().map(|(_, values)| values.len()).min().unwrap_or(0);
    let mut turns = vec![[0u64; 2]; keys.len()];
    for trace in 1..traces {
        for ((_, values), turns) in keys.iter().zip(&mut turns) {
            let (Some(before), Some(now)) = (values.get(trace - 1), values.get(trace)) else { continue };
            match now.cmp(before) {
                std::cmp::Ordering::Equal => continue,
                std::cmp::Ordering::Greater => turns[0] += 1,
                std::cmp::Ordering::Less => turns[1] += 1,
            }
            break;
        }
    }
    let mut order = SortOrder { keys: Vec::new(), exact: true, violations: 0 };
    let mut sorted = true;
    for ((key, _), [rises, falls]) in keys.iter().zip(&turns) {
        let wrong = *rises.min(falls);
        order.violations += wrong;
        sorted &= wrong * 10 <= rises + falls;
        if sorted {
            order.keys.push(*key);
        }
    }
    order.exact = order.violations == 0;
    (order, turns.first().map_or(0, |[rises, falls]| rises + falls))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_found() {
        let (il, xl): (Vec<i32>, Vec<i32>) = (0..12).map(|t| (5 - t / 4, 10 + t % 4)).unzip();
        let order = SortOrder::of(&[(SortKey::Inline, &il), (SortKey::Crossline, &xl)]);
        assert_eq!((order.to_string().as_str(), order.exact), ("inline, crossline", true));
        let order = SortOrder::of(&[(SortKey::Crossline, &il), (SortKey::Inline, &xl)]);
        assert_eq!(order.keys, [SortKey::Crossline, SortKey::Inline]);
        let offsets: Vec<i32> = (0..24).map(|t| t % 2).collect();
        let twice = |v: &[i32]| v.iter().flat_map(|v| [*v, *v]).collect::<Vec<i32>>();
        let (il2, xl2) = (twice(&il), twice(&xl));
        let keys = [(SortKey::Inline, &*il2), (SortKey::Crossline, &*xl2), (SortKey::Offset, &*offsets)];
        assert_eq!(SortOrder::of(&keys).to_string(), "inline, crossline, offset");
        // To and fro: sorted by inline only.
        let snake: Vec<i32> = (0..12).map(|t| if t / 4 % 2 == 0 { t % 4 } else { 3 - t % 4 }).collect();
        let order = SortOrder::of(&[(SortKey::Inline, &il), (SortKey::Crossline, &snake)]);
        assert_eq!((order.keys, order.exact), (vec![SortKey::Inline], false));
        assert_eq!(SortOrder::of(&[(SortKey::Cdp, &[3, 1, 2, 5, 1, 4])]).to_string(), "unsorted");
        assert_eq!(SortOrder::of(&[]).to_string(), "unsorted");
    }

    #[test]
    fn axes_count_and_place() {
        let values = [10, 20, 40, 20];
        let axis = Axis::of_column(&values, &Profile::of(&values));
        assert_eq!((axis.first, axis.last, axis.step, axis.count, axis.present()), (10, 40, 10, 4, 3));
        assert_eq!(axis.values, Some(vec![10, 20, 40]));
        assert_eq!((axis.index(30), axis.index(35), axis.index(50), axis.index(0)), (Some(2), None, None, None));
        assert_eq!((axis.number(3), axis.number(4)), (Some(40), None));
        let values = [i32::MIN, 0, i32::MAX];
        let axis = Axis::of_column(&values, &Profile::of(&values));
        assert_eq!((axis.step, axis.present()), (1, 3));
    }
}
