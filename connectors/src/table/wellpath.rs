//! Well paths of ResInsight: a line `name <well>`, then rows of x, y, true vertical depth against mean sea level and measured
//! depth; several wells may follow each other, ended by `-999` where the writer cares to.

use super::fixed::SEPARATOR;
use super::number;
use super::role::roles_of_name;

/// The names of the columns that such a file is read with.
pub(super) const NAMES: [&str; 5] = ["Well", "X", "Y", "TVDSS", "MD"];

/// Bytes that a line of such a file has at most.
const LONGEST: usize = 1000;

/// What a line is.
enum Line<'a> {
    Name(&'a str),
    Row(Vec<&'a str>),
    End,
    /// Blank, or a comment.
    Nothing,
    Other,
}

/// A file taken apart.
pub(super) struct Paths {
    /// Each row with its well before its numbers, line for line.
    pub(super) text: String,
    /// The wells, with the lines that name them.
    pub(super) wells: Vec<(u64, String)>,
}

/// The rows and wells of a file; `None` where it is no such file.
pub(super) fn rows(text: &str) -> Option<Paths> {
    let mut made = String::with_capacity(text.len() + text.len() / 4);
    let (mut well, mut wells, mut rows) = (None, Vec::new(), 0usize);
    for (place, line) in text.lines().enumerate() {
        if place > 0 {
            made.push('\n');
        }
        match line_of(line) {
            Line::Nothing => {}
            Line::End if !wells.is_empty() => well = None,
            Line::Name(name) => {
                well = Some(name);
                wells.push((place as u64 + 1, name.to_owned()));
            }
            Line::Row(numbers) => {
                made.push_str(well?);
                for number in numbers {
                    made.push(SEPARATOR);
                    made.push_str(number);
                }
                rows += 1;
            }
            Line::End | Line::Other => return None,
        }
    }
    (rows > 0).then_some(Paths { text: made, wells })
}

fn line_of(line: &str) -> Line<'_> {
    let line = line.trim();
    if line.is_empty() || line.starts_with(['#', '!']) || line.starts_with("--") {
        return Line::Nothing;
    }
    // What is longer is no row of four numbers, and a name is written before each row.
    if line.len() > LONGEST {
        return Line::Other;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.iter().all(|w| number::parse(w.as_bytes(), false).is_some()) {
        return match words.as_slice() {
            [_, _, _, _] => Line::Row(words),
            [end] if end.starts_with("-999") => Line::End,
            _ => Line::Other,
        };
    }
    let keyword = words.first().map_or("", |w| w.trim_end_matches(':'));
    if !["name", "wellname"].iter().any(|k| keyword.eq_ignore_ascii_case(k)) {
        return Line::Other;
    }
    // Names of columns above rows of four numbers may begin with one of the words too.
    let columns = words.iter().skip(1).filter(|w| !roles_of_name(w).is_empty()).count();
    if words.len() == 4 && columns >= 2 {
        return Line::Other;
    }
    let name = line.get(keyword.len()..).unwrap_or_default().trim_start_matches(':').trim();
    let name = name.trim_matches(['\'', '"', '`']).trim();
    if name.is_empty() || name.contains(SEPARATOR) { Line::Other } else { Line::Name(name) }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn wells_stand_before_their_rows() {
        let text = "name Well A\t\n1 2 3 0\n1 2 13 10\n-999\nWELLNAME: 'B 2'\n# more\n4 5 6 0\n";
        let made = rows(text).map(|p| p.text.replace('\u{1f}', "|"));
        assert_eq!(made.as_deref(), Some("\nWell A|1|2|3|0\nWell A|1|2|13|10\n\n\n\nB 2|4|5|6|0"));
    }

    #[test]
    fn other_tables_are_none() {
        for text in ["name x y z\n1 2 3 4\n", "name,x\na,1\n", "1 2 3 4\n", "name A\n", "name A\n1 2 3\n", "-999\n", ""]
        {
            assert!(rows(text).is_none(), "{text}");
        }
    }
}
