//! Rows of fixed width: every number ends where its column does and has as many decimals as in every other row.
//!
//! The place of each value is known beforehand, so that all values of a row are read independently of each other, from the right,
//! sixteen bytes at a time. A row that differs in any byte from this pattern is not read here.

use super::layout::Template;
use super::number::{ZEROS, eight_digits, not_digits, power};
use super::rows::end_of_row;

const SPACES: u64 = 0x2020_2020_2020_2020;
/// `-` xor blank, in every byte.
const MINUS: u64 = 0x0D0D_0D0D_0D0D_0D0D;

/// A column's place in the line and what its bytes must be.
struct Field {
    /// One behind its last byte.
    end: usize,
    /// Bytes before the last sixteen: they must be blank.
    lead: usize,
    /// Where its first byte is in the last sixteen, as a shift; `None` for the first column and wider ones.
    first: Option<u32>,
    /// The bytes of the last eight that belong to the column.
    keep_low: u64,
    /// The same for the eight before.
    keep_high: u64,
    decimals: usize,
    /// How far the decimal point's byte is to be shifted down; unused without decimals.
    point: u32,
    /// The bytes behind the decimal point.
    behind: u64,
}

/// The pattern of a row.
pub(super) struct Fixed {
    fields: Vec<Field>,
    /// The power of ten each column's digits are divided by.
    powers: Vec<f64>,
    length: usize,
}

/// The mask of the last `count` of eight bytes.
fn last_bytes(count: usize) -> u64 {
    match count {
        0 => 0,
        1..=7 => u64::MAX << (8 * (8 - count)),
        _ => u64::MAX,
    }
}

impl Fixed {
    /// The pattern of a layout; `None` when a column has more decimals than are read at once.
    pub(super) fn new(template: &Template) -> Option<Fixed> {
        let mut start = 0;
        let mut fields = Vec::with_capacity(template.ends.len());
        for (&end, &decimals) in template.ends.iter().zip(&template.decimals) {
            if decimals > 7 || end <= start {
                return None;
            }
            let width = end - start;
            fields.push(Field {
                end,
                lead: width.saturating_sub(16),
                first: (start > 0 && width <= 16).then(|| 8 * (16 - width as u32)),
                keep_low: last_bytes(width.min(8)),
                keep_high: last_bytes(width.saturating_sub(8).min(8)),
                decimals,
                point: 8 * (7 - decimals as u32),
                behind: last_bytes(decimals),
            });
            start = end;
        }
        let powers = template.decimals.iter().map(|d| power(*d)).collect();
        Some(Fixed { fields, powers, length: start })
    }

    /// Reads the row at `at`; returns where the next line begins, `None` when the line does not have the pattern.
    #[inline]
    pub(super) fn row(&self, data: &[u8], at: usize, row: &mut [f64], nulls: [f64; 2]) -> Option<usize> {
        // Looked at first, so that a line of another length costs nothing.
        let next = end_of_row::<b' '>(data, at + self.length)?;
        for (slot, field) in row.iter_mut().zip(&self.fields) {
            *slot = field.digits(data, at + field.end)?;
        }
        // Divisions are what takes longest: together they are done two at a time.
        for (slot, power) in row.iter_mut().zip(&self.powers) {
            *slot /= power;
        }
        for slot in row.iter_mut().skip(1) {
            *slot = if (*slot == nulls[0]) | (*slot == nulls[1]) { f64::NAN } else { *slot };
        }
        Some(next)
    }
}

impl Field {
    /// The digits of the number that ends before `end`, as a whole number with its sign. Divided by the column's power of ten it is the
    /// correctly rounded value, as in [`short_decimal`](super::number::short_decimal).
    #[inline(always)]
    fn digits(&self, data: &[u8], end: usize) -> Option<f64> {
        let start = end.checked_sub(16)?;
        let bytes = data.get(start..end)?.first_chunk::<16>()?;
        let both = u128::from_le_bytes(*bytes);
        // A number that fills its field touches the one before: such rows are read with more care, and noted.
        if self.first.is_some_and(|shift| (both >> shift) as u8 != b' ') {
            return None;
        }
        let low = (((both >> 64) as u64) & self.keep_low) | (SPACES & !self.keep_low);
        let high = ((both as u64) & self.keep_high) | (SPACES & !self.keep_high);
        if self.lead > 0 && !data.get(start - self.lead.min(start)..start)?.iter().all(|b| *b == b' ') {
            return None;
        }
        // Without its point the number is a run of digits: the bytes before the point move one up.
        let (low, high) = if self.decimals == 0 {
            (low, high)
        } else {
            if (low >> self.point) as u8 != b'.' {
                return None;
            }
            ((low & self.behind) | ((low << 8) & !self.behind) | (high >> 56), (high << 8) | u64::from(b' '))
        };
        let (low_digits, high_digits) = (low ^ ZEROS, high ^ ZEROS);
        let (low_others, high_others) = ((not_digits(low_digits) >> 7) * 0xFF, (not_digits(high_digits) >> 7) * 0xFF);
        // Only digits behind the point, and nothing but digits from the first digit on.
        let broken = (low_others & self.behind)
            | (low_others & low_others.wrapping_add(1))
            | (high_others & high_others.wrapping_add(1));
        if broken != 0 || low_others == u64::MAX {
            return None;
        }
        let low_number = eight_digits(low_digits & !low_others);
        let (negative, mantissa) = if low_others != 0 {
            if high != SPACES {
                return None;
            }
            (sign(low, low_others)?, low_number)
        } else {
            // Sixteen digits are more than a double holds exactly.
            if high_others == 0 {
                return None;
            }
            (sign(high, high_others)?, eight_digits(high_digits & !high_others) * 100_000_000 + low_number)
        };
        let size = mantissa as f64;
        Some(if negative { -size } else { size })
    }
}

/// Whether a minus stands right before the first digit; `None` when anything but blanks stands elsewhere. `others` masks the bytes before the digits.
#[inline(always)]
fn sign(text: u64, others: u64) -> Option<bool> {
    let odd = (text ^ SPACES) & others;
    let last = others ^ (others >> 8);
    if odd == 0 {
        return Some(false);
    }
    (odd == MINUS & last).then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads one field of this width at the end of a line.
    fn value(text: &str, decimals: usize) -> Option<f64> {
        let template = Template { ends: vec![text.len()], decimals: vec![decimals] };
        let line = format!("0123456789.123456-\n{text}\n          ");
        let mut row = [0.0];
        let next = Fixed::new(&template)?.row(line.as_bytes(), 19, &mut row, [f64::NAN; 2])?;
        assert_eq!(next, 19 + text.len() + 1);
        Some(row[0])
    }

    #[test]
    fn only_whole_numbers_are_read() {
        assert_eq!(value("  -999.2500", 4), Some(-999.25));
        assert_eq!(value("               -999.2500", 4), Some(-999.25));
        assert_eq!(value(" -.5", 1), Some(-0.5));
        assert_eq!(value("12345678", 0), Some(12345678.0));
        assert_eq!(
            value("-1234567.1234567", 7).map(f64::to_bits),
            "-1234567.1234567".parse::<f64>().ok().map(f64::to_bits)
        );
        for (text, decimals) in [
            ("   ", 0),
            ("  - 5.0", 1),
            (" --5.0", 1),
            (" 1 5.0", 1),
            ("  5. 0", 2),
            ("  5.01", 1),
            (" 5.1", 2),
            ("1234567890123456", 0),
            ("  1e5", 0),
            ("\t5.0", 1),
            ("5.0 ", 1),
            ("x              1234567.0", 1),
            ("+5.0", 1),
        ] {
            assert_eq!(value(text, decimals), None, "`{text}`");
        }
    }

    proptest! {
        #[test]
        fn same_bits_as_the_standard_library(whole in "-?[0-9]{1,8}", fraction in "[0-9]{0,7}", blanks in 0usize..20) {
            let number = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
            let found = value(&format!("{}{number}", " ".repeat(blanks)), fraction.len());
            // Longer numbers are left to the other ways.
            if found.is_some() || number.len() <= 16 {
                prop_assert_eq!(found.map(f64::to_bits), number.parse::<f64>().ok().map(f64::to_bits), "{}", number);
            }
        }

        #[test]
        fn never_another_number(text in "[-0-9. ]{1,20}", decimals in 0usize..8) {
            if let Some(found) = value(&text, decimals) {
                prop_assert_eq!(Ok(found), text.trim().parse::<f64>());
            }
        }
    }
}
