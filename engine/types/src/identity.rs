//! Names of wells and columns: when two spellings mean the same thing.

/// Identifiers this long are the same written with and without separators: `42-501-20130` and `4250120130`. Shorter ones
/// say too little: `16112` may be `16/1-12` or `16/11-2`.
const COMPACT: usize = 9;

/// The key of a unique well identifier (UWI, API number): letters and digits in upper case, a dash where something stands
/// between two digits. `None` when nothing is left or when the text is a placeholder (`0`, `-999.25`, `NA`, `UNKNOWN` …).
///
/// Separators are written in many ways (`15/9-F-12`, `15_9-F-12`, `15-9 F 12`), so all are alike; but between digits there
/// must be one or none in both: `16/1-12` and `16/11-2` are two wells, although their letters and digits are the same.
/// Whether two keys are of one well is for [`same_uwi`] to say.
///
/// Western Canadian identifiers (Dominion Land Survey: exception, legal subdivision, section, township, range,
/// meridian, event) have fields of fixed width, so separators add nothing. They are written in full
/// (`100/06-31-070-11W4/00`) and short, without the leading 1 and the zero of the event (`00/06-31-070-11W4/0`); both give
/// the full form without separators, as Petrinex defines it.
///
/// ```
/// use outcrop_types::identity::uwi_key;
/// assert_eq!(uwi_key("00-06-31-070-11W4-0").as_deref(), Some("100063107011W400"));
/// assert_eq!(uwi_key("100/06-31-070-11W4/00"), uwi_key("00/06-31-070-11W4/0"));
/// assert_eq!(uwi_key("15/9-F-12").as_deref(), Some("15-9F12"));
/// assert_eq!(uwi_key(" N/A "), None);
/// ```
pub fn uwi_key(text: &str) -> Option<String> {
    let key: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let placeholder = key.is_empty()
        || key.chars().all(|c| c == '0')
        || matches!(
            key.as_str(),
            "NA" | "NULL" | "NONE" | "NIL" | "UNKNOWN" | "UNDEFINED" | "99925" | "9999" | "99999"
        );
    (!placeholder).then(|| dominion_land_survey(&key).unwrap_or_else(|| separated(text)))
}

/// The full form of a Dominion Land Survey identifier, letters and digits only: `100063107011W400`.
fn dominion_land_survey(key: &str) -> Option<String> {
    let (location, rest) = key.split_once('W')?;
    let event = rest.get(1..)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !key.is_ascii() || !digits(rest) || !matches!(event.len(), 1 | 2) {
        return None;
    }
    // Exception (2, or 3 with the leading 1), then 2 + 2 + 3 + 2 digits of legal subdivision to range.
    let exception = match location.len() {
        11 => location.get(..2)?,
        12 if location.starts_with('1') => location.get(1..3)?,
        _ => return None,
    };
    let place = location.get(location.len() - 9..)?;
    let meridian = rest.get(..1)?;
    digits(place).then(|| format!("1{exception}{place}W{meridian}{event:0>2}"))
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

/// A key of [`uwi_key`] without separators.
pub fn compact(key: &str) -> String {
    key.replace('-', "")
}

/// Whether two keys of [`uwi_key`] are of one well: they are equal, or long enough to be so where one has no separators.
///
/// ```
/// use outcrop_types::identity::{same_uwi, uwi_key};
/// let same = |a, b| same_uwi(&uwi_key(a).unwrap(), &uwi_key(b).unwrap());
/// assert!(same("42-501-20130", "4250120130"));
/// assert!(!same("16/1-12", "16112"));
/// ```
pub fn same_uwi(a: &str, b: &str) -> bool {
    let one_is_compact = !a.contains('-') || !b.contains('-');
    a == b || (one_is_compact && compact(a).len() >= COMPACT && compact(a) == compact(b))
}

/// The key of a well's name: as [`uwi_key`], without a leading `WELL`.
///
/// `15/9-F-12`, `15_9-F-12` and `Well 15-9 F 12` are the same well. `None` for placeholders.
pub fn well_key(text: &str) -> Option<String> {
    let key = uwi_key(text)?;
    match key.strip_prefix("WELL") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => Some(rest.to_owned()),
        _ => Some(key),
    }
}

/// Whether two names are clearly of two wells: neither is made of the words and numbers of the other.
///
/// `15/9-F-12` and `NO 15/9-F-12 A` may be one well; `Alpha 1` and `Alpha 12` are not. Zeros in front of numbers and
/// placeholders say nothing.
///
/// ```
/// use outcrop_types::identity::names_differ;
/// assert!(names_differ("Alpha 1", "Beta 1") && names_differ("Alpha 1", "Alpha 12"));
/// assert!(names_differ("16/1-12", "16/12-1"));
/// assert!(!names_differ("15/9-F-12", "NO 15/9-F-12") && !names_differ("ALPHA-01", "Alpha 1"));
/// ```
pub fn names_differ(a: &str, b: &str) -> bool {
    let (Some(first), Some(second)) = (well_key(a), well_key(b)) else { return false };
    if same_uwi(&first, &second) {
        return false;
    }
    let (a, b) = (words(a), words(b));
    // Part of a name may be left out at either end, as in `NO 15/9-F-12`.
    let within = |a: &[String], b: &[String]| b.windows(a.len().max(1)).any(|part| part == a);
    !within(&a, &b) && !within(&b, &a)
}

/// Runs of letters and runs of digits, upper case, numbers without zeros in front.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for c in text.chars() {
        let kind = if c.is_numeric() {
            Some(true)
        } else if c.is_alphabetic() {
            Some(false)
        } else {
            None
        };
        if kind.is_some() {
            match words.last_mut().filter(|_| kind == last) {
                Some(word) => word.extend(c.to_uppercase()),
                None => words.push(c.to_uppercase().collect()),
            }
        }
        last = kind;
    }
    words.iter().map(|word| word.trim_start_matches('0').to_owned()).collect()
}

/// A text as a column name: lower case, letters, digits and `_`, never empty, never starting with a digit.
///
/// ```
/// use outcrop_types::identity::column_name;
/// assert_eq!(column_name("GR:2"), "gr_2");
/// assert_eq!(column_name("Depth (m)"), "depth_m");
/// assert_eq!(column_name("2DT"), "_2dt");
/// ```
pub fn column_name(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    while name.ends_with('_') {
        name.pop();
    }
    if name.is_empty() {
        name.push_str("column");
    }
    if name.starts_with(|c: char| c.is_numeric()) {
        name.insert(0, '_');
    }
    name
}

/// Column names for a list of texts: [`column_name`] of each, made unique by a number behind repeats.
pub fn unique_column_names<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = std::collections::HashSet::new();
    texts
        .into_iter()
        .map(|text| {
            let base = column_name(text);
            let mut name = base.clone();
            let mut n = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{n}");
                n += 1;
            }
            name
        })
        .collect()
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
        assert!(same_uwi("42-501-20130", "4250120130"));
        assert!(!same_uwi("16-1-12", "16112") && !same_uwi("42-501-20130", "42-50-120130"));
    }
}
