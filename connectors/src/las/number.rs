//! Numbers as text: the fast reading of short decimals, and everything else real files write.

/// What one value of a row is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    Number(f64),
    /// A text that stands for "no value".
    Null,
    /// Neither.
    Text,
}

/// Powers of ten that are exact in f64.
static POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

pub(super) const ZEROS: u64 = 0x3030_3030_3030_3030;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The eight bytes from `at` on, the first the lowest.
#[inline(always)]
pub(super) fn word(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..)?.first_chunk::<8>().map(|b| u64::from_le_bytes(*b))
}

/// The high bit of each byte that is not an ASCII digit; `digits` is the word xor `ZEROS`.
#[inline(always)]
pub(super) fn not_digits(digits: u64) -> u64 {
    (((digits & !HIGH) + 0x7676_7676_7676_7676) | digits) & HIGH
}

/// The number of eight digits (values 0 to 9), the first in the lowest byte.
#[inline(always)]
pub(super) fn eight_digits(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0x0000_00FF_0000_00FF).wrapping_mul(0x000F_4240_0000_0064);
    let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF).wrapping_mul(0x0000_2710_0000_0001);
    low.wrapping_add(high) >> 32
}

#[inline(always)]
pub(super) fn power(exponent: usize) -> f64 {
    POWERS[exponent & 15]
}

/// An unsigned decimal number without exponent at `at`: its value, where it ends, and the byte there.
///
/// `None` when it is not one of at most 15 digits, or ends too near the end of the data: the caller has slower ways.
/// The value is the correctly rounded one: digits and power of ten are both exact, so the one division is the only rounding
/// (Clinger 1990, "How to read floating point numbers accurately").
#[inline(always)]
pub(super) fn short_decimal(data: &[u8], at: usize) -> Option<(f64, usize, u8)> {
    let text = word(data, at)?;
    let digits = text ^ ZEROS;
    let others = not_digits(digits);
    if others == 0 {
        return long_decimal(data, at);
    }
    let point = (others.trailing_zeros() >> 3) as usize;
    let stop = (text >> (8 * point)) as u8;
    if stop == b'.' {
        let after = others & (others - 1);
        if after == 0 {
            return long_decimal(data, at);
        }
        let end = (after.trailing_zeros() >> 3) as usize;
        if end < 2 {
            return None;
        }
        // Drop the point: the bytes behind it move one down, then all digits move to the top, zeros below.
        let before = (1u64 << (8 * point)) - 1;
        let joined = (digits & before) | ((digits >> 8) & !before);
        let mantissa = eight_digits(joined << (8 * (9 - end)));
        Some((mantissa as f64 / power(end - 1 - point), at + end, (text >> (8 * end)) as u8))
    } else {
        if point == 0 {
            return None;
        }
        let mantissa = eight_digits(digits << (8 * (8 - point)));
        Some((mantissa as f64, at + point, stop))
    }
}

/// Up to 15 digits, a byte at a time in the whole part and eight at a time behind the point.
fn long_decimal(data: &[u8], at: usize) -> Option<(f64, usize, u8)> {
    let mut whole = 0u64;
    let mut end = at;
    loop {
        let digit = data.get(end)?.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        whole = whole * 10 + u64::from(digit);
        end += 1;
        if end - at > 15 {
            return None;
        }
    }
    let count = end - at;
    let stop = *data.get(end)?;
    if stop != b'.' {
        return (count > 0).then_some((whole as f64, end, stop));
    }
    let text = word(data, end + 1)?;
    let digits = text ^ ZEROS;
    let others = not_digits(digits);
    if others == 0 {
        return longer_fraction(data, whole, count, end + 1);
    }
    let fraction = (others.trailing_zeros() >> 3) as usize;
    if count + fraction > 15 || count + fraction == 0 {
        return None;
    }
    let tail = if fraction == 0 { 0 } else { eight_digits(digits << (8 * (8 - fraction))) };
    let mantissa = whole * POWERS[fraction & 15] as u64 + tail;
    Some((mantissa as f64 / power(fraction), end + 1 + fraction, (text >> (8 * fraction)) as u8))
}

fn longer_fraction(data: &[u8], whole: u64, count: usize, from: usize) -> Option<(f64, usize, u8)> {
    let (mut mantissa, mut end) = (whole, from);
    loop {
        let byte = *data.get(end)?;
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return Some((mantissa as f64 / power(end - from), end, byte));
        }
        if count + (end - from) >= 15 {
            return None;
        }
        mantissa = mantissa * 10 + u64::from(digit);
        end += 1;
    }
}

/// What a whole value is. Accepts a plus sign, Fortran's `D` exponent, and with `comma` a decimal comma.
pub(super) fn parse(text: &[u8], comma: bool) -> Value {
    let body = text.strip_prefix(b"+").unwrap_or(text);
    let unsigned = if body.len() == text.len() { body.strip_prefix(b"-").unwrap_or(body) } else { body };
    match unsigned {
        [] if text.is_empty() => return Value::Null,
        [b'0'..=b'9', ..] => {}
        [b'.', b'0'..=b'9', ..] => {}
        [b',', b'0'..=b'9', ..] if comma => {}
        _ => return if is_null_text(text) { Value::Null } else { Value::Text },
    }
    if let Ok(value) = fast_float2::parse::<f64, _>(body) {
        return finite(value);
    }
    let swap = |b: &u8| match b {
        b'd' | b'D' => b'E',
        b',' if comma => b'.',
        other => *other,
    };
    if body.len() <= 64
        && body.iter().any(|b| swap(b) != *b)
        && let Ok(value) = fast_float2::parse::<f64, _>(body.iter().map(swap).collect::<Vec<u8>>())
    {
        return finite(value);
    }
    if is_null_text(text) { Value::Null } else { Value::Text }
}

fn finite(value: f64) -> Value {
    // Too large for a double: no number to work with, and no other than the file's may be invented.
    if value.is_finite() { Value::Number(value) } else { Value::Text }
}

/// Texts that real files write for "no value": what spreadsheets, databases, C runtimes and Fortran leave behind.
pub(super) fn is_null_text(text: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"(null)",
        b"null",
        b"nan",
        b"-nan",
        b"+nan",
        b"nan(ind)",
        b"-nan(ind)",
        b"n/a",
        b"#n/a",
        b"na",
        b"-",
        b"--",
        b"---",
        b"inf",
        b"-inf",
        b"+inf",
        b"infinity",
        b"-infinity",
        b"none",
        b"#value!",
        b"#div/0!",
    ];
    if text.is_empty() || text.iter().all(|b| *b == b'*') || WORDS.iter().any(|w| text.eq_ignore_ascii_case(w)) {
        return true;
    }
    // Microsoft's C runtime: 1.#IND, -1.#IND0000, 1.#QNAN, 1.#INF00.
    let body = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    body.strip_prefix(b"1.#").is_some_and(|tail| {
        [b"IND".as_slice(), b"QNAN", b"SNAN", b"INF"]
            .iter()
            .any(|w| tail.get(..w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w)))
    })
}

/// The number a header value begins with: `-999.25`, `1670,000`, `0.5 (approx)`.
pub(super) fn header_number(text: &str) -> Option<f64> {
    let word = text.split_whitespace().next()?;
    match parse(word.as_bytes(), true) {
        Value::Number(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fast(text: &str) -> Option<f64> {
        let padded = format!("{text} \n                        ");
        short_decimal(padded.as_bytes(), 0).filter(|(_, end, stop)| *end == text.len() && *stop == b' ').map(|r| r.0)
    }

    #[test]
    fn plain_decimals() {
        for text in [
            "0",
            "1.",
            ".5",
            "999.2500",
            "123.45",
            "30579.8476",
            "0.00000028383191",
            "12345678",
            "123456789.123456",
            "1.2345678",
            "12345678.9",
        ] {
            assert_eq!(fast(text).map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits), "{text}");
        }
        for text in [".", "", "12345678901234567", "1234567890.1234567", "x", "-"] {
            assert_eq!(fast(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn same_bits_as_the_standard_library(text in "[0-9]{0,9}(\\.[0-9]{0,12})?") {
            if let Some(value) = fast(&text) {
                prop_assert_eq!(Some(value.to_bits()), text.parse::<f64>().ok().map(f64::to_bits));
            }
        }
    }

    #[test]
    fn words_and_odd_numbers() {
        for text in ["-1.#IND0000", "1.#QNAN", "(null)", "NaN", "-", "#N/A", "****", ""] {
            assert_eq!(parse(text.as_bytes(), false), Value::Null, "{text}");
        }
        assert_eq!(parse(b"1.5D+03", false), Value::Number(1500.0));
        assert_eq!(parse(b"+1.5", false), Value::Number(1.5));
        assert_eq!(parse(b"1670,25", true), Value::Number(1670.25));
        assert_eq!(parse(b"1670,25", false), Value::Text);
        assert_eq!(parse(b"1e999", false), Value::Text);
        assert_eq!(parse(b"SS", false), Value::Text);
        assert_eq!(header_number("0.5 (approx)"), Some(0.5));
        assert_eq!(header_number("07:44:26 10-Oct-22"), None);
    }
}
