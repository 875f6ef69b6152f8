//! Numbers of many digits, read exactly.
//!
//! The reader of JSON rounds a number twice where its digits do not fit a double, and so gives the neighbour of the right one
//! now and then (its feature `float_roundtrip`, which would slow all other uses down, is off). Such numbers are parsed here
//! before, and stand in the JSON that it reads as a short text with their bits.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use memchr::memchr2;
use serde_json::{Number, Value};

/// Begins the texts that stand for numbers. It is another one in every run of the program, so that no file has it.
static MARK: LazyLock<String> = LazyLock::new(|| format!("\u{7f}{}", signs(RandomState::new().hash_one(0))));
/// Digits that hold the 64 bits of a double, six each.
const DIGITS: usize = 11;
/// Up to here every integer is a double: digits up to it, scaled by one power of ten that is a double too, are rounded once.
const EXACT_DIGITS: usize = 15;
const EXACT_POWER: i64 = 22;

/// The JSON with short texts in place of the numbers that would be read wrongly; none where there are none.
///
/// It is no better and no worse as JSON, but for places where a text may stand and a number not: what is wrong with a file, and
/// where, the file itself says.
pub(super) fn marked(json: &[u8]) -> Option<Vec<u8>> {
    let mut made: Vec<u8> = Vec::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.first() {
            Some(b'"') => at += end_of_text(rest),
            Some(b'-' | b'0'..=b'9') => {
                let length = rest.iter().take_while(|b| b.is_ascii_digit() || b".+-eE".contains(b)).count();
                let (token, behind) = rest.split_at(length);
                // A number in place of a name is an error, which a text would hide.
                let is_name = || behind.trim_ascii_start().first() == Some(&b':');
                if let Some(value) = inexact(token).filter(|_| !is_name()) {
                    made.extend_from_slice(json.get(copied..at).unwrap_or_default());
                    made.extend_from_slice(format!("\"{}{}\"", *MARK, signs(value.to_bits())).as_bytes());
                    copied = at + length;
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    made.extend_from_slice(json.get(copied..).unwrap_or_default());
    (copied > 0).then_some(made)
}

/// The length of the text that begins here, with its quotes.
fn end_of_text(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found;
        if text.get(at) == Some(&b'"') {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

/// The value of a number that is no integer of 64 bits, and that may be rounded twice; none of what is no number of JSON or too
/// large, which the reader says.
fn inexact(token: &[u8]) -> Option<f64> {
    let digits = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_digit()).count();
    let unsigned = token.strip_prefix(b"-").unwrap_or(token);
    let whole = digits(unsigned);
    if whole == 0 || (whole > 1 && unsigned.first() == Some(&b'0')) {
        return None;
    }
    let mut rest = unsigned.get(whole..)?;
    let mut decimals = 0;
    if let Some(behind) = rest.strip_prefix(b".") {
        decimals = digits(behind);
        if decimals == 0 {
            return None;
        }
        rest = behind.get(decimals..)?;
    }
    let mut exponent = 0;
    if let [b'e' | b'E', behind @ ..] = rest {
        let unsigned = behind.strip_prefix(b"-").or_else(|| behind.strip_prefix(b"+")).unwrap_or(behind);
        if digits(unsigned) == 0 || digits(unsigned) < unsigned.len() {
            return None;
        }
        exponent = std::str::from_utf8(behind).ok()?.parse::<i64>().ok()?;
        rest = b"";
    }
    if !rest.is_empty() {
        return None;
    }
    let text = std::str::from_utf8(token).ok()?;
    if token.len() == whole + usize::from(token.len() > unsigned.len()) {
        // An integer: as it is, where 64 bits hold it.
        if text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
            return None;
        }
    }
    let leading = unsigned.iter().take_while(|b| matches!(b, b'0' | b'.')).filter(|b| **b == b'0').count();
    let significant = (whole + decimals).saturating_sub(leading);
    let power = exponent.saturating_sub_unsigned(decimals as u64);
    if significant <= EXACT_DIGITS && (-EXACT_POWER..=EXACT_POWER).contains(&power) {
        return None;
    }
    fast_float2::parse::<f64, _>(token).ok().filter(|value| value.is_finite())
}

/// Bits as signs from `?` to `~`, with `!` for the one that JSON escapes.
fn signs(bits: u64) -> String {
    let sign = |place: usize| match (bits >> (6 * place) & 63) as u8 + b'?' {
        b'\\' => '!',
        sign => char::from(sign),
    };
    (0..DIGITS).map(sign).collect()
}

/// The number that a text stands for.
pub(super) fn number(text: &str) -> Option<f64> {
    let signs = text.strip_prefix(MARK.as_str())?.as_bytes();
    if signs.len() != DIGITS {
        return None;
    }
    let mut bits: u64 = 0;
    for sign in signs.iter().rev() {
        let sign = if *sign == b'!' { b'\\' } else { *sign };
        bits = bits << 6 | u64::from(sign.checked_sub(b'?')? & 63);
    }
    Some(f64::from_bits(bits))
}

/// The value with its numbers in place of the texts that stand for them.
pub(super) fn unmarked(value: Value) -> Value {
    match value {
        Value::String(text) => match number(&text).and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => Value::String(text),
        },
        Value::Array(items) => Value::Array(items.into_iter().map(unmarked).collect()),
        Value::Object(members) => Value::Object(members.into_iter().map(|(name, v)| (name, unmarked(v))).collect()),
        other => other,
    }
}
