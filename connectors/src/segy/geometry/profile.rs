//! What a column of header numbers looks like: its range, its step, and how it goes along the file.

use std::ops::Range;

/// The shape of a column of whole numbers in the order of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// Smallest value.
    pub min: i32,
    /// Largest value.
    pub max: i32,
    /// The largest number that divides all differences of values; 0 where all are the same.
    pub step: u32,
    /// How often the next trace has a larger value.
    pub rises: u64,
    /// How often it has a smaller one.
    pub falls: u64,
    /// Values of 0.
    pub zeros: u64,
    /// How many values.
    pub len: u64,
}

impl Profile {
    /// The profile of a column.
    pub fn of(values: &[i32]) -> Self {
        Self::of_runs(values, std::slice::from_ref(&(0..values.len())))
    }

    /// The profile of runs of successive values: what lies between two runs counts for the step, not for the rises and
    /// falls.
    pub fn of_runs(values: &[i32], runs: &[Range<usize>]) -> Self {
        let first = values.first().copied().unwrap_or(0);
        let mut profile = Profile { min: first, max: first, step: 0, rises: 0, falls: 0, zeros: 0, len: 0 };
        let mut last = first;
        let mut known = 0;
        for run in runs {
            let values = values.get(run.clone()).unwrap_or_default();
            if let Some(start) = values.first() {
                profile.step = gcd(profile.step, start.abs_diff(last));
                last = *start;
            }
            for value in values {
                profile.min = profile.min.min(*value);
                profile.max = profile.max.max(*value);
                profile.zeros += u64::from(*value == 0);
                if *value != last {
                    let step = value.abs_diff(last);
                    if step != known {
                        known = step;
                        profile.step = gcd(profile.step, step);
                    }
                    if *value > last {
                        profile.rises += 1;
                    } else {
                        profile.falls += 1;
                    }
                    last = *value;
                }
            }
            profile.len += values.len() as u64;
        }
        profile
    }

    /// Whether there is more than one value.
    pub fn varies(&self) -> bool {
        self.step > 0
    }

    /// Numbers from the smallest to the largest in steps of the step, at least 1.
    pub fn lattice(&self) -> u64 {
        match self.step {
            0 => 1,
            step => u64::from(self.max.abs_diff(self.min) / step) + 1,
        }
    }

    /// The place of a value on that lattice, from 0.
    pub fn index(&self, value: i32) -> u64 {
        let from = value.abs_diff(self.min);
        u64::from(match self.step {
            0 => 0,
            1 => from,
            step => from / step,
        })
    }

    /// The number at a place of that lattice.
    pub fn number(&self, index: u64) -> i64 {
        i64::from(self.min)
            .saturating_add(i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(i64::from(self.step)))
    }

    /// Whether values mostly fall along the file where they change: of a fast axis, which falls back at the end of each
    /// line, the many small steps count, not the few large ones.
    pub fn descends(&self) -> bool {
        self.falls > self.rises
    }

    /// Whether values never turn back: they rise and stay, or fall and stay.
    pub fn monotone(&self) -> bool {
        self.varies() && (self.rises == 0 || self.falls == 0)
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_and_turns() {
        let p = Profile::of(&[2148, 2152, 2160, 2148, 2152, 2160]);
        assert_eq!((p.min, p.max, p.step, p.lattice(), p.rises, p.falls), (2148, 2160, 4, 4, 4, 1));
        assert_eq!((p.index(2160), p.number(3)), (3, 2160));
        assert!(!p.monotone() && !p.descends());
        let p = Profile::of(&[5, 4, 3]);
        assert!(p.descends() && p.monotone());
        let p = Profile::of(&[7, 7]);
        assert_eq!((p.varies(), p.lattice(), p.step), (false, 1, 0));
        let p = Profile::of(&[i32::MIN, i32::MAX]);
        assert_eq!((p.lattice(), p.step, p.index(i32::MAX), p.number(1)), (2, u32::MAX, 1, i64::from(i32::MAX)));
        assert_eq!(Profile::of(&[]).lattice(), 1);
        // Between runs only the step is known.
        let p = Profile::of_runs(&[0, 10, 35, 45], &[0..2, 2..4]);
        assert_eq!((p.step, p.rises), (5, 2));
    }
}
