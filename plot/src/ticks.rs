//! Round ticks and how their numbers are written.

/// Ticks of an axis: the values and the decimals to write them with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ticks {
    pub values: Vec<f64>,
    pub step: f64,
}

/// The round step (1, 2 or 5 times a power of ten) nearest below `span / count`, at least.
pub(crate) fn round_step(span: f64, count: f64) -> f64 {
    let raw = span.abs() / count.max(1.0);
    if !(raw.is_finite() && raw > 0.0) {
        return 1.0;
    }
    let power = 10f64.powf(raw.log10().floor());
    let step = match raw / power {
        m if m <= 1.0 + 1e-9 => 1.0,
        m if m <= 2.0 + 1e-9 => 2.0,
        m if m <= 5.0 + 1e-9 => 5.0,
        _ => 10.0,
    };
    step * power
}

/// Multiples of `step` from `low` to `high`, at most 2,000.
pub(crate) fn multiples(low: f64, high: f64, step: f64) -> Vec<f64> {
    let slack = 1e-9 * (high - low).abs() / step;
    let first = (low / step - slack).ceil();
    let last = (high / step + slack).floor();
    if !(first.is_finite() && last.is_finite()) || last < first || last - first > 2000.0 {
        return Vec::new();
    }
    // `+ 0.0` turns -0 into 0.
    (0..=(last - first) as usize).map(|k| (first + k as f64) * step + 0.0).collect()
}

/// About `count` round ticks between two values, at most `count + 1`.
pub(crate) fn linear(low: f64, high: f64, count: f64) -> Ticks {
    let step = round_step(high - low, count);
    Ticks { values: multiples(low, high, step), step }
}

impl Ticks {
    /// The text of a tick: just the decimals that the step needs, digits in groups of three.
    pub fn text(&self, value: f64) -> String {
        fixed(value, decimals(self.step))
    }
}

/// Decimals needed to write multiples of a step exactly.
pub(crate) fn decimals(step: f64) -> usize {
    if step == 0.0 {
        return 0;
    }
    (0..12usize)
        .find(|&d| {
            let scaled = step.abs() * 10f64.powi(d as i32);
            (scaled - scaled.round()).abs() <= 1e-6 * scaled.max(1e-30) && scaled.round() >= 1.0
        })
        .unwrap_or(12)
}

/// A number with fixed decimals, a true minus sign, and thin spaces between groups of three
/// digits from 10,000 up; very large and very small numbers in powers of ten.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "undefined".into();
    }
    if value != 0.0 && (value.abs() >= 1e12 || (value.abs() < 1e-6)) {
        return format!("{value:.3e}").replace('-', "−");
    }
    let text = format!("{:.*}", decimals, value.abs());
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.as_str(), None),
    };
    let mut out = String::new();
    if value < 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        out.push('−');
    }
    for (k, digit) in whole.chars().enumerate() {
        if k > 0 && whole.len() > 4 && (whole.len() - k).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A number as short as it can be written with six significant digits.
pub(crate) fn short(value: f64) -> String {
    let rounded = format!("{value:.5e}").parse::<f64>().unwrap_or(value);
    let needed = (0..10usize)
        .find(|&d| {
            let scaled = rounded * 10f64.powi(d as i32);
            (scaled - scaled.round()).abs() <= 1e-7 * scaled.abs().max(1e-9)
        })
        .unwrap_or(10);
    fixed(rounded, needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(round_step(100.0, 10.0), 10.0);
        assert_eq!(round_step(130.0, 10.0), 20.0);
        assert!((round_step(0.7, 5.0) - 0.2).abs() < 1e-12);
        assert_eq!(round_step(0.0, 5.0), 1.0);
        assert_eq!(round_step(f64::INFINITY, 5.0), 1.0);
    }

    #[test]
    fn ticks_include_the_ends() {
        assert_eq!(linear(0.0, 10.0, 5.0).values, vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(linear(-0.3, 0.3, 6.0).values.len(), 7);
        assert!(linear(f64::NAN, 1.0, 5.0).values.is_empty());
    }

    #[test]
    fn numbers_are_written_for_reading() {
        assert_eq!(fixed(6_470_000.0, 0), "6\u{2009}470\u{2009}000");
        assert_eq!(fixed(-0.25, 2), "−0.25");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(1500.0, 0), "1500");
        assert_eq!(short(0.45), "0.45");
        assert_eq!(short(2000.0), "2000");
        assert_eq!(short(1950.0000001), "1950");
        assert_eq!(decimals(0.25), 2);
        assert_eq!(decimals(500.0), 0);
    }
}
