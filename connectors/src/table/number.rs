//! Numbers as text tables write them.

/// What a field is as a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// A whole number that reads back the same.
    Int(i64),
    /// A whole number with zeros in front, as identifiers have.
    ZeroLed(i64),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// More digits than 64 bits hold: an identifier, or a number at reduced precision.
    Long(f64),
}

impl Number {
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Number::Int(v) | Number::ZeroLed(v) => v as f64,
            Number::Float(v) | Number::Long(v) => v,
        }
    }
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Reads a field without surrounding blanks; `None` when it is not a finite number.
///
/// Accepted: an optional sign, digits with at most one decimal point (or comma, where that is the convention), and an
/// exponent with `e` or Fortran's `d`. Not accepted: thousands separators, `inf`, `nan`, hexadecimal.
pub(crate) fn parse(field: &[u8], decimal_comma: bool) -> Option<Number> {
    let (negative, digits) = match field.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, field),
    };
    let point = if decimal_comma { b',' } else { b'.' };
    let mut mantissa: u64 = 0;
    let mut count = 0usize;
    let mut fraction: Option<usize> = None;
    for (i, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                // Wrapping is harmless: past 18 digits the mantissa is not used.
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
                count += 1;
            }
            b if *b == point && fraction.is_none() => fraction = Some(count),
            b'e' | b'E' | b'd' | b'D' if i > 0 && count > 0 => return general(field, decimal_comma).map(Number::Float),
            _ => return None,
        }
    }
    if count == 0 {
        return None;
    }
    let sign = |v: f64| if negative { -v } else { v };
    match fraction {
        None if count <= 18 => {
            let value = mantissa as i64;
            let value = if negative { -value } else { value };
            let zero_led = count > 1 && digits.first() == Some(&b'0');
            Some(if zero_led { Number::ZeroLed(value) } else { Number::Int(value) })
        }
        None => match std::str::from_utf8(field).ok().and_then(|t| t.parse::<i64>().ok()) {
            Some(value) if digits.first() == Some(&b'0') => Some(Number::ZeroLed(value)),
            Some(value) => Some(Number::Int(value)),
            None => general(field, decimal_comma).map(Number::Long),
        },
        // Mantissa and power are both exact in double precision, so the quotient is correctly rounded (Clinger 1990).
        Some(before) if count <= 18 && mantissa < (1 << 53) => {
            POWERS.get(count - before).map(|power| Number::Float(sign(mantissa as f64 / power)))
        }
        Some(_) => general(field, decimal_comma).map(Number::Float),
    }
}

/// Any finite number, correctly rounded.
fn general(field: &[u8], decimal_comma: bool) -> Option<f64> {
    let field = field.strip_prefix(b"+").unwrap_or(field);
    let plain = |b: &u8| !matches!(b, b',' | b'd' | b'D');
    let value: f64 = if field.iter().all(plain) {
        fast_float2::parse(field).ok()?
    } else {
        let rewritten: Vec<u8> = field
            .iter()
            .map(|b| match b {
                b',' if decimal_comma => b'.',
                b'd' | b'D' => b'e',
                other => *other,
            })
            .collect();
        fast_float2::parse(&rewritten).ok()?
    };
    value.is_finite().then_some(value)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_rust_reads_them() {
        for text in [
            "0.1",
            "-3.25",
            "1e-7",
            "123456789.123456789",
            "6.250529645526713466e+03",
            ".5",
            "5.",
            "-0.30000000000000004",
        ] {
            let expected: f64 = text.parse().unwrap();
            assert_eq!(parse(text.as_bytes(), false).map(Number::as_f64), Some(expected), "{text}");
        }
        assert_eq!(parse(b"1.0D+02", false), Some(Number::Float(100.0)));
        assert_eq!(parse(b"1,5", true), Some(Number::Float(1.5)));
        assert_eq!(parse(b"+7", false), Some(Number::Int(7)));
        assert_eq!(parse(b"0674010812000", false), Some(Number::ZeroLed(674_010_812_000)));
        assert_eq!(parse(b"9223372036854775807", false), Some(Number::Int(i64::MAX)));
        assert!(matches!(parse(b"92233720368547758070", false), Some(Number::Long(_))));
    }

    #[test]
    fn other_texts_are_not_numbers() {
        for text in ["", "-", ".", "e5", "1e", "1e999", "nan", "inf", "1,234.5", "1.2.3", "0x10", "12 ", "1-2", "3/4"] {
            assert_eq!(parse(text.as_bytes(), false), None, "{text}");
        }
    }
}
