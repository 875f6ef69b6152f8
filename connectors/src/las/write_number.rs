//! Numbers as text that loses nothing.

use outcrop_types::unit::Conversion;

/// Decimals that are taken as those of the whole column.
const USUAL: usize = 8;
/// More digits than any f64 needs.
const MOST: usize = 17;

/// Writes the numbers of one column.
///
/// The text is the shortest that reads back as the same number. Where values were converted when they were read, it is the
/// number in the file's unit with the fewest decimals that converts to the same value again: 304.8 m that came from feet are
/// `1000`, not `1000.0000000000001`.
#[derive(Debug, Clone)]
pub(super) struct NumberWriter {
    conversion: Conversion,
    decimals: usize,
    /// Zeros are added up to this many.
    least: usize,
}

impl NumberWriter {
    /// `conversion` leads from the unit that is written to that of the values; numbers without an exponent have `least`
    /// decimals or more.
    pub(super) fn new(conversion: Conversion, least: usize) -> Self {
        let least = least.min(MOST);
        NumberWriter { conversion, decimals: least, least }
    }

    /// Appends a finite number.
    pub(super) fn push(&mut self, value: f64, out: &mut String) {
        if self.conversion.is_identity() {
            let text = shortest(value);
            out.push_str(&text);
            if self.least > 0 && !text.contains('e') {
                let decimals = text.find('.').map_or(0, |point| text.len() - point - 1);
                out.push_str(if decimals == 0 { "." } else { "" });
                out.extend(std::iter::repeat_n('0', self.least.saturating_sub(decimals)));
            }
            return;
        }
        let target = (value - self.conversion.offset) / self.conversion.factor;
        let same = |text: &str| text.parse::<f64>().is_ok_and(|v| self.conversion.convert(v) == value);
        let fixed = |decimals: usize| Some(format!("{target:.decimals$}")).filter(|text| same(text));
        if let Some(text) = fixed(self.decimals) {
            return out.push_str(&text);
        }
        if let Some((decimals, text)) = (self.least..=MOST).find_map(|d| Some((d, fixed(d)?))) {
            if decimals <= USUAL {
                self.decimals = decimals;
            }
            return out.push_str(&text);
        }
        // Tiny numbers need an exponent. What no number converts to is written as near as can be.
        let near = [target, target.next_up(), target.next_down()].map(shortest);
        let exponent = (0..=MOST).map(|d| format!("{target:.d$e}")).find(|text| same(text));
        let found = exponent.or_else(|| near.iter().find(|text| same(text)).cloned());
        out.push_str(&found.unwrap_or_else(|| shortest(target)));
    }
}

/// The shortest decimal that reads back as the same number.
pub(super) fn shortest(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-5..1e15).contains(&magnitude) { format!("{value}") } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(conversion: Conversion, value: f64) -> String {
        let mut text = String::new();
        NumberWriter::new(conversion, 0).push(value, &mut text);
        text
    }

    #[test]
    fn numbers_of_files_come_back_as_they_were_written() {
        let feet = Conversion { factor: 0.3048, offset: 0.0 };
        let density = Conversion { factor: 0.001, offset: 0.0 };
        for (text, conversion) in [
            ("5000.25", feet),
            ("1670", feet),
            ("0.5", feet),
            ("-12.125", feet),
            ("0.0000000123", feet),
            ("2650.123", density),
            ("2510", density),
        ] {
            let file: f64 = text.parse().unwrap();
            let back = written(conversion, conversion.convert(file));
            assert_eq!(conversion.convert(back.parse().unwrap()), conversion.convert(file), "{text} → {back}");
            assert!(back.len() <= text.len() + 2, "{text} → {back}");
        }
        assert_eq!(written(Conversion::IDENTITY, 0.1), "0.1");
        assert_eq!(written(Conversion::IDENTITY, 1e-9), "1e-9");
        assert_eq!(written(Conversion::IDENTITY, 1e300), "1e300");
    }
}
