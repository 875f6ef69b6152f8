//! Which name was perhaps meant.

/// The name nearest to one that is not there, where it is near enough to be a slip of the pen: letters left out, put in,
/// swapped or wrong, about one in three; or the same but for case and `_`. Of several as near, the first.
///
/// ```
/// use outcrop_types::near::nearest;
/// assert_eq!(nearest("kridge", ["grid", "krige"]), Some("krige"));
/// assert_eq!(nearest("cellsize", ["nx", "cell_size"]), Some("cell_size"));
/// assert_eq!(nearest("wells", ["tops", "logs"]), None);
/// ```
pub fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = names.into_iter().filter_map(|candidate| Some((slips(name, candidate)?, candidate)));
    scored.min_by_key(|(slips, _)| *slips).map(|(_, candidate)| candidate)
}

/// ` (did you mean …?)` of the nearest name; nothing where none is near.
pub fn did_you_mean<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, names).map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"))
}

/// How many slips make one name of another; none where these are too many.
pub fn slips(name: &str, meant: &str) -> Option<usize> {
    let letters = |text: &str| text.chars().filter(|c| *c != '_').flat_map(char::to_lowercase).collect::<Vec<char>>();
    let (a, b) = (letters(name), letters(meant));
    let longest = a.len().max(b.len());
    // `md` is no slip of `td`.
    let most = if longest < 3 { 0 } else { longest.div_ceil(4).min(3) };
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let found = distance(&a, &b);
    (found <= most).then_some(found)
}

/// Letters to put in, take out, replace or swap with the next one (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX - 1);
            let mut least = (at(&last, j) + usize::from(x != y)).min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_and_other_names_are_not_slips() {
        for (name, meant, expected) in [
            ("wels", "wells", Some(1)),
            ("wlels", "wells", Some(1)),
            ("Wells", "wells", Some(0)),
            ("cellsize", "cell_size", Some(0)),
            ("vshale_gra", "vshale_gr", Some(1)),
            ("kriging", "krige", None),
            ("md", "td", None),
            ("tops", "logs", None),
            ("gr", "rt", None),
            ("md", "mdd", Some(1)),
            ("", "a", None),
            ("x", "y", None),
        ] {
            assert_eq!(slips(name, meant), expected, "{name} {meant}");
        }
        assert_eq!(did_you_mean("wels", ["tops", "wells"]), " (did you mean `wells`?)");
        assert_eq!(did_you_mean("nothing", ["tops", "wells"]), "");
    }
}
