//! Names of wells and columns: when two spellings mean the same thing.

/// A well identifier reduced to what identifies it: letters and digits, upper case.
///
/// UWI and API numbers are written with and without dashes, slashes and blanks (`100/06-31-070-11W4/00`,
/// `00-06-31-070-11W4-0`); two identifiers are the same when this key is. `None` when nothing is left
/// or when the text is a placeholder (`0`, `-999.25`, `NA`, `UNKNOWN` …).
///
/// ```
/// use outcrop_types::identity::uwi_key;
/// assert_eq!(uwi_key("00-06-31-070-11W4-0").as_deref(), Some("00063107011W40"));
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
    (!placeholder).then_some(key)
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
