//! What the text header says in words: bytes of header fields, depth or time, datum, polarity. People write these
//! lines, and files are copied with lines that were true of another one: what is found here is shown as a hint and
//! checked against the headers, never taken alone.

use super::SegyFile;

/// A byte that the text header names for a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedByte {
    /// The first byte of the field in the trace header, from 1.
    pub byte: u16,
    /// The line of the text header, from 1.
    pub line: usize,
}

/// Bytes that the text header names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct NamedBytes {
    pub inline: Option<NamedByte>,
    pub crossline: Option<NamedByte>,
    pub x: Option<NamedByte>,
    pub y: Option<NamedByte>,
    pub cdp: Option<NamedByte>,
    pub offset: Option<NamedByte>,
}

/// The lines of the text header.
pub(super) fn lines(file: &SegyFile) -> Vec<String> {
    file.text().map(|t| t.lines()).unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Inline,
    Crossline,
    X,
    Y,
    Cdp,
    Offset,
    /// A number, and the end of the range that begins with it.
    Number(u32, Option<u32>),
    /// `byte`, `bytes`, `integer`, which tell that numbers are places.
    Place,
    /// `first`, `min` … which tell that numbers are values.
    Value,
    /// Words of other fields: the numbers behind them are theirs.
    Other,
}

/// The bytes that lines of text name.
pub(super) fn named_bytes(lines: &[String]) -> NamedBytes {
    let mut found = NamedBytes::default();
    for (number, text) in (1..).zip(lines) {
        let parts = parts(text);
        let placed = parts.contains(&Part::Place);
        if parts.contains(&Part::Value) && !placed {
            continue;
        }
        for (at, part) in parts.iter().enumerate() {
            let target = match part {
                Part::Inline => &mut found.inline,
                Part::Crossline => &mut found.crossline,
                Part::X => &mut found.x,
                Part::Y => &mut found.y,
                Part::Cdp => &mut found.cdp,
                Part::Offset => &mut found.offset,
                _ => continue,
            };
            let is_field = |p: &Part| !matches!(p, Part::Number(..) | Part::Place | Part::Value);
            let after = parts.iter().skip(at + 1).take_while(|p| !is_field(p));
            // `BYTES 189-192 INLINE`: the number before, where none comes after and none is claimed by a field before.
            let before = parts.iter().take(at).rev().take_while(|p| !is_field(p));
            let leading = !parts.iter().take(at).any(is_field);
            let byte = after.clone().find_map(|p| place(p, placed));
            let byte = byte.or_else(|| before.filter(|_| leading).find_map(|p| place(p, placed)));
            if let Some(byte) = byte {
                target.get_or_insert(NamedByte { byte, line: number });
            }
        }
    }
    found
}

/// The byte that a number stands for, if it can be one.
fn place(part: &Part, placed: bool) -> Option<u16> {
    let Part::Number(first, last) = *part else { return None };
    let range = last.is_some_and(|last| matches!(last.checked_sub(first), Some(1 | 3 | 4)));
    let known =
        last.is_none() && matches!(first, 5 | 9 | 17 | 21 | 25 | 37 | 73 | 77 | 81 | 85 | 181 | 185 | 189 | 193);
    let byte = (1..=237).contains(&first) && first % 2 == 1;
    (byte && (range || known || (placed && last.is_none()))).then_some(first as u16)
}

fn parts(text: &str) -> Vec<Part> {
    let upper = text.to_ascii_uppercase();
    // `C12` at the beginning is the number of the line.
    let body = match upper.strip_prefix('C').map(str::trim_start) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
            rest.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        _ => &upper,
    };
    let body = body.replace("IN-LINE", "INLINE").replace("IN LINE", "INLINE");
    let body = body.replace("CROSS-LINE", "CROSSLINE").replace("X-LINE", "XLINE").replace("CROSS LINE", "CROSSLINE");
    let mut parts = Vec::new();
    let mut range = false;
    for word in body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).flat_map(split_range) {
        if word == "-" {
            range = true;
            continue;
        }
        if let Ok(number) = word.parse::<u32>() {
            match parts.last_mut() {
                Some(Part::Number(_, last)) if range && last.is_none() => *last = Some(number),
                _ => parts.push(Part::Number(number, None)),
            }
            range = false;
            continue;
        }
        range = false;
        let part = match word {
            "INLINE" | "ILINE" | "IL" | "INLINES" => Part::Inline,
            "CROSSLINE" | "XLINE" | "XL" | "CROSSLINES" => Part::Crossline,
            "X" | "CDPX" | "XCOORD" | "EASTING" => Part::X,
            "Y" | "CDPY" | "YCOORD" | "NORTHING" => Part::Y,
            "CDP" | "CMP" => Part::Cdp,
            "OFFSET" => Part::Offset,
            "BYTE" | "BYTES" | "INTEGER" | "LOCATION" => Part::Place,
            "FIRST" | "LAST" | "MIN" | "MAX" | "RANGE" | "INC" | "INCREMENT" | "DISTANCE" | "CORNER" => Part::Value,
            "SP" | "SHOTPOINT" | "SCALE" | "SCALAR" | "FACTOR" | "TIME" | "SAMPLES" | "SAMPLE" | "DEPTH" => Part::Other,
            _ => continue,
        };
        // `CDP X`, `UTM-X`: the coordinate of the CDP, not its number.
        if matches!(part, Part::X | Part::Y) && parts.last() == Some(&Part::Cdp) {
            parts.pop();
        }
        parts.push(part);
    }
    parts
}

/// `189-192` in three, `UTM-X` in two; words without a dash as they are.
fn split_range(word: &str) -> Vec<&str> {
    match word.split_once('-') {
        Some((a, b)) if !a.is_empty() && !b.is_empty() => vec![a, "-", b],
        Some(_) => vec!["-"],
        None if word.is_empty() => Vec::new(),
        None => vec![word],
    }
}

/// Lines of the text header that have one of these words and none of the others, as `line 7: …`.
pub(super) fn lines_with(lines: &[String], words: &[&str], without: &[&str]) -> Vec<String> {
    let has = |upper: &str, word: &str| {
        upper.match_indices(word).any(|(at, _)| {
            let before = upper.get(..at).and_then(|t| t.chars().last());
            let after = upper.get(at + word.len()..).and_then(|t| t.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    };
    let chosen = |text: &str| {
        let upper = text.to_ascii_uppercase();
        words.iter().any(|w| has(&upper, w)) && !without.iter().any(|w| has(&upper, w))
    };
    (1..).zip(lines).filter(|(_, text)| chosen(text)).map(|(n, text)| format!("line {n}: {}", text.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> [Option<u16>; 6] {
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let n = named_bytes(&lines);
        [n.inline, n.crossline, n.x, n.y, n.cdp, n.offset].map(|b| b.map(|b| b.byte))
    }

    #[test]
    fn bytes_are_found_as_people_write_them() {
        let none = [None; 6];
        let text = "C12   INLINE BYTES 189-193    ¦ OFFSET BYTES 037-041\nC13   CROSSLINE BYTES 193-197 ¦";
        assert_eq!(bytes(text), [Some(189), Some(193), None, None, None, Some(37)]);
        let text = "C13   CROSSLINE BYTES 021-024 ¦ CMP UTM-X BYTES 181-184\nC14   CMP UTM-Y BYTES 185-188";
        assert_eq!(bytes(text), [None, Some(21), Some(181), Some(185), None, None]);
        let text = "C24 Inline number               : bytes 5-8\nC26 CDP number                  : bytes 21-24\n\
                    C28 X coordinate                : bytes 73-76\nC27 Coordinate scale factor     : bytes 71-72";
        assert_eq!(bytes(text), [Some(5), None, Some(73), None, Some(21), None]);
        let text = "C24 ILINE 189 Integer - 4 byte\nC25 XLINE 193 Integer - 4 byte\nC26 X 181 Integer - 4 byte";
        assert_eq!(bytes(text), [Some(189), Some(193), Some(181), None, None, None]);
        let text = "C36 CMP UTM-X: 181, ALL COORDS SCALED BY: 10.0, CMP UTM-Y: 185\nC37 INLINE: 189, XLINE: 193,";
        assert_eq!(bytes(text), [Some(189), Some(193), Some(181), Some(185), None, None]);
        assert_eq!(bytes("C 5 BYTES 9-12 IN-LINE\nC 6 BYTES 21-24 X-LINE")[..2], [Some(9), Some(21)]);
        // Values, not places.
        assert_eq!(bytes("C 4 First inline: 181  Last inline: 193"), none);
        assert_eq!(bytes("C 4 DATA RANGE: INLINES=(21-25) (INC 1),CROSSLINES=(181-185) (INC 1)"), none);
        assert_eq!(bytes("C 7 1: INLINE 2479, CROSSLINE 1428, UTM-X 9976386.00"), none);
        assert_eq!(bytes("C14  200/700 = (615761.82,6076334.72)\n\n-\nC"), none);
    }

    #[test]
    fn words_are_found_whole() {
        let lines =
            ["C 1 PRESTACK DEPTH MIGRATION".to_owned(), "C 2 Start time/depth: 4".to_owned(), "INDEPTH".to_owned()];
        assert_eq!(lines_with(&lines, &["DEPTH"], &["TIME"]), ["line 1: C 1 PRESTACK DEPTH MIGRATION"]);
    }
}
