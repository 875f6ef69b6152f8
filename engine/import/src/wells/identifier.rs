//! Keys by which wells are matched.
//!
//! Separators are written in many ways (`15/9-F-12`, `15_9-F-12`, `15-9 F 12`), so all are the same; but between digits
//! there must be one or none in both: `16/1-12` and `16/11-2` are two wells, although their letters and digits are the same.

use outcrop_types::identity;

/// Identifiers this long are the same written with and without separators: `42-501-20130` and `4250120130`. Shorter ones
/// say too little: `16112` may be `16/1-12` or `16/11-2`.
const COMPACT: usize = 9;

/// The key of a unique well identifier; none for placeholders.
///
/// Identifiers of the Dominion Land Survey have fields of fixed width, so separators add nothing:
/// `100/06-31-070-11W4/00`, `00/06-31-070-11W4/0` and `00/06-31-070-11W400` are one well.
pub(crate) fn uwi_key(text: &str) -> Option<String> {
    let plain = identity::uwi_key(text)?;
    Some(if is_dominion(&plain) { plain } else { separated(text) })
}

/// The key of a well's name, without a leading `WELL`; none for placeholders.
pub(crate) fn well_key(text: &str) -> Option<String> {
    let key = uwi_key(text)?;
    match key.strip_prefix("WELL") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => Some(rest.to_owned()),
        _ => Some(key),
    }
}

/// The key without separators.
pub(crate) fn compact(key: &str) -> String {
    key.replace('-', "")
}

/// Whether two keys of [`uwi_key`] are of one well.
pub(crate) fn same(a: &str, b: &str) -> bool {
    let one_is_compact = !a.contains('-') || !b.contains('-');
    a == b || (one_is_compact && compact(a).len() >= COMPACT && compact(a) == compact(b))
}

/// Letters and digits in upper case, a dash where something stands between two digits.
fn separated(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && c.is_numeric() && key.ends_with(char::is_numeric) {
            key.push('-');
        }
        gap = false;
        key.extend(c.to_uppercase());
    }
    key
}

/// Whether a key is an identifier of the Dominion Land Survey in full: `1`, location exception, legal subdivision,
/// section, township, range (2 + 2 + 2 + 3 + 2 characters), `W`, meridian, event sequence.
fn is_dominion(key: &str) -> bool {
    let digits = |text: Option<&str>| text.is_some_and(|t| t.bytes().all(|b| b.is_ascii_digit()));
    key.len() == 16
        && key.starts_with('1')
        && key.get(12..13) == Some("W")
        && digits(key.get(3..12))
        && digits(key.get(13..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_dominion_identifier_are_one() {
        let keys = ["100/06-31-070-11W4/00", "00/06-31-070-11W4/0", "00/06-31-070-11W400", "00-06-31-070-11W4-0"];
        for key in keys {
            assert_eq!(uwi_key(key).as_deref(), Some("100063107011W400"), "{key}");
        }
        assert_ne!(uwi_key("00/06-31-070-11W4/2"), uwi_key("00/06-31-070-11W4/0"));
        assert_ne!(uwi_key("AA/06-31-070-11W4/0"), uwi_key("00/06-31-070-11W4/0"));
    }

    #[test]
    fn separators_are_alike_but_not_nothing() {
        for name in ["15/9-F-12", "15_9-F-12", "15-9 F 12", "Well 15/9 F12"] {
            assert_eq!(well_key(name).as_deref(), Some("15-9F12"), "{name}");
        }
        // Two wells of the Norwegian continental shelf.
        assert_ne!(well_key("16/1-12"), well_key("16/11-2"));
        assert!(same("42-501-20130", "4250120130"));
        assert!(!same("16-1-12", "16112") && !same("42-501-20130", "42-50-120130"));
    }
}
