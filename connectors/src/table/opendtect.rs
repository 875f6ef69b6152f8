//! Names of columns in comments, as OpendTect writes them above exported horizons: `# 1: X`, a line each, or `# "X" "Y" "Z"`
//! in one line, with a ruler of dashes behind.

/// The names with their lines, how many lines the comments are, and the further comments.
pub(super) struct Names {
    pub(super) names: Vec<(u64, String)>,
    pub(super) lines: usize,
    pub(super) preamble: Vec<(u64, String)>,
}

/// Reads the comments a text begins with; `None` where they do not name columns.
pub(super) fn names<'a>(lines: impl Iterator<Item = (u64, &'a str)>) -> Option<Names> {
    let mut found = Names { names: Vec::new(), lines: 0, preamble: Vec::new() };
    for (number, line) in lines {
        let Some(text) = line.trim().strip_prefix('#').map(str::trim) else { break };
        found.lines += 1;
        if let Some(name) = numbered(text, found.names.len() + 1) {
            found.names.push((number, name.to_owned()));
        } else if let Some(names) = quoted(text).filter(|_| found.names.is_empty()) {
            found.names = names.into_iter().map(|name| (number, name.to_owned())).collect();
        } else if text.chars().any(char::is_alphanumeric) {
            found.preamble.push((number, text.to_owned()));
        }
    }
    (found.names.len() >= 2).then_some(found)
}

/// `3: Inline` where the third name is expected.
fn numbered(text: &str, expected: usize) -> Option<&str> {
    let (place, name) = text.split_once(':')?;
    let name = name.trim();
    (place.trim().parse() == Ok(expected) && !name.is_empty()).then_some(name)
}

/// Two and more names in quotes, and nothing besides.
fn quoted(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (name, behind) = rest.strip_prefix('"')?.split_once('"')?;
        names.push(name.trim());
        rest = behind.trim_start();
    }
    (names.len() >= 2 && names.iter().all(|n| !n.is_empty())).then_some(names)
}
