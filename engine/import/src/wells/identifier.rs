//! Keys by which wells are matched.

use outcrop_types::identity;

/// The key of a unique well identifier; none for placeholders.
///
/// Identifiers of the Dominion Land Survey, which Western Canada uses, are written with or without the leading `1` and with
/// an event sequence of one or two digits: `100/06-31-070-11W4/00`, `00/06-31-070-11W4/0` and `00/06-31-070-11W400` are one
/// well. Source: Alberta Energy Regulator, Directive 059, appendix on unique well identifiers.
pub(crate) fn uwi_key(text: &str) -> Option<String> {
    identity::uwi_key(text).map(canonical)
}

/// The key of a well's name; none for placeholders.
pub(crate) fn well_key(text: &str) -> Option<String> {
    identity::well_key(text).map(canonical)
}

/// The key without what may be written or not; other identifiers are left as they are.
fn canonical(key: String) -> String {
    dominion(&key).unwrap_or(key)
}

fn dominion(key: &str) -> Option<String> {
    let (place, meridian) = key.split_once('W')?;
    // Location exception, legal subdivision, section, township, range: 2 + 2 + 2 + 3 + 2.
    let place = match place.len() {
        11 => place,
        12 => place.strip_prefix('1')?,
        _ => return None,
    };
    let (exception, digits) = (place.get(..2)?, place.get(2..)?);
    let (meridian, event) = (meridian.get(..1)?, meridian.get(1..)?);
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let event = match event.len() {
        1 => event,
        2 => event.strip_prefix('0')?,
        _ => return None,
    };
    let valid = exception.bytes().all(|b| b.is_ascii_alphanumeric())
        && all_digits(digits)
        && matches!(meridian, "1" | "2" | "3" | "4" | "5" | "6")
        && all_digits(event);
    valid.then(|| format!("{exception}{digits}W{meridian}{event}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_dominion_identifier_are_one() {
        let keys = ["100/06-31-070-11W4/00", "00/06-31-070-11W4/0", "00/06-31-070-11W400", "00-06-31-070-11W4-0"];
        for key in keys {
            assert_eq!(uwi_key(key).as_deref(), Some("00063107011W40"), "{key}");
        }
        assert_ne!(uwi_key("00/06-31-070-11W4/2"), uwi_key("00/06-31-070-11W4/0"));
        assert_ne!(uwi_key("AA/06-31-070-11W4/0"), uwi_key("00/06-31-070-11W4/0"));
        assert_eq!(uwi_key("15/9-F-12").as_deref(), Some("159F12"));
    }
}
