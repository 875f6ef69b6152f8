//! Names of wells and columns: when two spellings mean the same thing.

/// A well identifier reduced to what identifies it: letters and digits, upper case.
///
/// UWI and API numbers are written with and without dashes, slashes and blanks (`100/06-31-070-11W4/00`,
/// `00-06-31-070-11W4-0`); two identifiers are the same when this key is. `None` when nothing is left
/// or when the text is a placeholder (`0`, `-999.25`, `NA`, `UNKNOWN` …).
///
/// Western Canadian identifiers (Dominion Land Survey: exception, legal subdivision, section, township, range,
/// meridian, event) are written in full (`100/06-31-070-11W4/00`) and short, without the leading 1 and the zero of the
/// event (`00/06-31-070-11W4/0`); both give the full form, as Petrinex defines it.
///
/// ```
/// use outcrop_types::identity::uwi_key;
/// assert_eq!(uwi_key("00-06-31-070-11W4-0").as_deref(), Some("100063107011W400"));
/// assert_eq!(uwi_key("100/06-31-070-11W4/00"), uwi_key("00/06-31-070-11W4/0"));
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
    (!placeholder).then(|| dominion_land_survey(&key).unwrap_or(key))
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
        11 => &location[..2],
        12 if location.starts_with('1') => &location[1..3],
        _ => return None,
    };
    let place = &location[location.len() - 9..];
    digits(place).then(|| format!("1{exception}{place}W{}{event:0>2}", &rest[..1]))
}

/// A well name reduced to what identifies it: letters and digits, upper case, without a leading `WELL`.
///
/// `15/9-F-12`, `15_9-F-12` and `15-9 F 12` are the same well. `None` for placeholders, as [`uwi_key`].
pub fn well_key(text: &str) -> Option<String> {
    let key = uwi_key(text)?;
    match key.strip_prefix("WELL") {
        Some(rest) if !rest.is_empty() && rest.chars().next().is_some_and(|c| c.is_ascii_digit()) => {
            Some(rest.to_owned())
        }
        _ => Some(key),
    }
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
