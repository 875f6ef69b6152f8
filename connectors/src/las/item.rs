//! One header line: `MNEM.UNIT VALUE : DESCRIPTION {FORMAT} | ASSOCIATION`.

use super::HeaderItem;
use super::section::Kind;

/// A parsed line; `colon` is false when the line has none, so that value and description cannot be told apart.
pub(super) struct Parsed {
    pub item: HeaderItem,
    pub colon: bool,
}

/// Reads a header line. `None` when it has neither a dot nor a colon.
///
/// The standard: the mnemonic ends at the first dot, the unit at the first blank after it, the value at the last colon. Real files
/// put dots into mnemonics (`I. Res..OHM-M`), begin units with one (`..1IN`), and have colons in values, times and descriptions.
pub(super) fn parse(line: &str, number: u64, kind: Kind) -> Option<Parsed> {
    let text = line.trim();
    let colon = text.find(':');
    let head = &text[..colon.unwrap_or(text.len())];
    let Some((mnemonic, rest)) = split_mnemonic(text, head, kind) else {
        // Without a dot: `NAME: value`.
        let (name, value) = text.split_once(':')?;
        let item = HeaderItem {
            mnemonic: name.trim().to_owned(),
            value: value.trim().to_owned(),
            line: number,
            ..HeaderItem::default()
        };
        return Some(Parsed { item, colon: true });
    };
    let (unit, rest) = split_unit(rest, kind);
    let delimiter = description_colon(rest, kind);
    let (value, description) = match delimiter {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        // Columns between tabs, the one of the colon empty.
        None => {
            let value = rest.len() - rest.trim_start().len();
            rest[value..].find("\t\t").map_or((rest, ""), |at| (&rest[..value + at], &rest[value + at + 2..]))
        }
    };
    let (description, format, association) = split_description(description);
    Some(Parsed {
        item: HeaderItem {
            mnemonic: mnemonic.trim().to_owned(),
            unit: bare_unit(unit),
            value: value.trim().to_owned(),
            description,
            format,
            association,
            line: number,
        },
        colon: delimiter.is_some(),
    })
}

/// The mnemonic, and what follows its dot. `head` is the line before its first colon.
fn split_mnemonic<'a>(text: &'a str, head: &str, kind: Kind) -> Option<(&'a str, &'a str)> {
    let first = head.find('.')?;
    // `.ILM .OHMM`: a stray dot before the mnemonic. `.OHMM` alone: no mnemonic.
    if first == 0 {
        let inner = &text[1..];
        if let Some(second) = head[1..].find('.')
            && second > 0
            && !inner[..second].trim().contains(char::is_whitespace)
            && !inner[..second].trim().is_empty()
            && !head.starts_with("..")
        {
            return Some((&inner[..second], &inner[second + 1..]));
        }
        return Some(("", inner));
    }
    // `Cond..MS/M`: a dot that belongs to the mnemonic; `CALI..1IN`: one that begins the unit 0.1 in.
    let double = head.find("..").filter(|&d| kind == Kind::Curve || d == first);
    if let Some(double) = double {
        let digit = text[double + 2..].starts_with(|c: char| c.is_ascii_digit());
        let name = if digit { &text[..double] } else { &text[..=double] };
        let rest = if digit { &text[double + 1..] } else { &text[double + 2..] };
        return Some((name, rest));
    }
    Some((&text[..first], &text[first + 1..]))
}

/// The unit and what follows it.
fn split_unit(rest: &str, kind: Kind) -> (&str, &str) {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let token = &rest[..end];
    if let Some(colon) = token.find(':') {
        // `hh:mm` is a unit; otherwise the colon ends it.
        let clock = token.len() > 1
            && token
                .bytes()
                .all(|b| matches!(b.to_ascii_lowercase(), b'h' | b'm' | b's' | b'd' | b'y' | b':' | b'/' | b'-'))
            && !token.ends_with(':');
        let stop = if clock { end } else { colon };
        return (&rest[..stop], &rest[stop..]);
    }
    // `1000 psi`: a multiplier and a unit with a single blank between.
    if kind == Kind::Curve && !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit()) {
        let tail = rest[end..].strip_prefix(' ').unwrap_or_default();
        if tail.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let stop = end + 1 + tail.find([' ', '\t', ':']).unwrap_or(tail.len());
            return (&rest[..stop], &rest[stop..]);
        }
    }
    // `DEG F`, `DEG C`: a temperature, of which `DEG` alone would make an angle.
    if token.eq_ignore_ascii_case("DEG") {
        let tail = rest[end..].strip_prefix(' ').unwrap_or_default();
        let letter = tail.starts_with(['F', 'C', 'f', 'c']);
        if letter && tail[1..].chars().next().is_none_or(|c| c.is_whitespace() || c == ':') {
            return (&rest[..end + 2], &rest[end + 2..]);
        }
    }
    (token, &rest[end..])
}

fn bare_unit(unit: &str) -> Option<String> {
    let unit = unit.trim();
    let enclosed = |open: char, close: char| {
        unit.strip_prefix(open).and_then(|u| u.strip_suffix(close)).filter(|u| !u.contains([open, close]))
    };
    let inner = enclosed('[', ']').or_else(|| enclosed('(', ')')).unwrap_or(unit).trim();
    (!inner.is_empty()).then(|| inner.to_owned())
}

/// Which colon ends the value.
fn description_colon(rest: &str, kind: Kind) -> Option<usize> {
    let bytes = rest.as_bytes();
    let around = |i: usize| (i.checked_sub(1).and_then(|j| bytes.get(j)).copied(), bytes.get(i + 1).copied());
    let clock = |i: usize| match around(i) {
        (Some(a), Some(b)) => {
            let letter = |c: u8| matches!(c.to_ascii_lowercase(), b'h' | b'm' | b's');
            (a.is_ascii_digit() && b.is_ascii_digit()) || (letter(a) && letter(b))
        }
        _ => false,
    };
    let colons: Vec<usize> = memchr::memchr_iter(b':', bytes).collect();
    let real: Vec<usize> = colons.iter().copied().filter(|&i| !clock(i)).collect();
    let first = real.first().copied().or_else(|| colons.last().copied())?;
    if rest[..first].trim().is_empty() {
        return Some(first);
    }
    let spaced = |i: &&usize| around(**i).0.is_some_and(|b| b.is_ascii_whitespace());
    let chosen = match kind {
        // Descriptions of parameters are the ones with colons: `Time Logger: At Bottom`.
        Kind::Parameter | Kind::GenericParameter => real.iter().find(spaced).or(real.first()),
        _ => real.iter().rev().find(spaced).or(real.last()),
    };
    Some(chosen.copied().unwrap_or(first))
}

/// Description, format in braces at its end, association after a bar.
fn split_description(text: &str) -> (String, Option<String>, Option<String>) {
    let text = text.trim();
    let braces = |t: &str| -> Option<(String, String)> {
        let inner = t.strip_suffix('}')?;
        let open = inner.rfind('{')?;
        Some((inner[..open].trim_end().to_owned(), inner[open + 1..].trim().to_owned()))
    };
    if let Some((before, after)) = text.rsplit_once('|') {
        let before = before.trim_end();
        let association = after.trim();
        // A bar is an association only in a short word or a list of them; else it is part of the sentence.
        if !association.is_empty() && !association.contains(char::is_whitespace) {
            let (description, format) = braces(before).map_or((before.to_owned(), None), |(d, f)| (d, Some(f)));
            return (description, format, Some(association.to_owned()));
        }
    }
    match braces(text) {
        Some((description, format)) => (description, Some(format), None),
        None => (text.to_owned(), None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(line: &str, kind: Kind) -> (String, String, String, String) {
        let i = parse(line, 1, kind).map(|p| p.item).unwrap_or_default();
        (i.mnemonic, i.unit.unwrap_or_default(), i.value, i.description)
    }

    fn is(line: &str, kind: Kind, m: &str, u: &str, v: &str, d: &str) {
        assert_eq!(item(line, kind), (m.into(), u.into(), v.into(), d.into()), "{line}");
    }

    #[test]
    fn quirks_of_real_headers() {
        is(" DEPT.M   : 1 DEPTH", Kind::Curve, "DEPT", "M", "", "1 DEPTH");
        is("Cond..MS/M   : Cond.", Kind::Curve, "Cond.", "MS/M", "", "Cond.");
        is("I. Res..OHM-M  : I. Res.", Kind::Curve, "I. Res.", "OHM-M", "", "I. Res.");
        is("CALI..1IN  : caliper", Kind::Curve, "CALI", ".1IN", "", "caliper");
        is(" .ILM .OHMM   :  7  MEDIUM", Kind::Curve, "ILM", "OHMM", "", "7  MEDIUM");
        is(" .OHMM     :  5  RXO", Kind::Curve, "", "OHMM", "", "5  RXO");
        is("GR.gAPI: mean value", Kind::Curve, "GR", "gAPI", "", "mean value");
        is("P.1000 psi  : pressure", Kind::Curve, "P", "1000 psi", "", "pressure");
        is(" DT.[US/M] 60 520 32 00 : sonic: slow", Kind::Curve, "DT", "US/M", "60 520 32 00", "sonic: slow");
        is(
            "TIML.hh:mm 23:15 23-JAN-2001:   Time Logger: At Bottom",
            Kind::Parameter,
            "TIML",
            "hh:mm",
            "23:15 23-JAN-2001",
            "Time Logger: At Bottom",
        );
        is("LOC1. X: -00.00 ft, Y: 000 : Location", Kind::Well, "LOC1", "", "X: -00.00 ft, Y: 000", "Location");
        is("NULL. -999.2500:NULL Value", Kind::Well, "NULL", "", "-999.2500", "NULL Value");
        is("_T_TEMP .DEG F   : Temperature", Kind::Definition, "_T_TEMP", "DEG F", "", "Temperature");
        is("BHT.DEG C 85.5: at bottom", Kind::Parameter, "BHT", "DEG C", "85.5", "at bottom");
        is("AZIM.DEG CORRECTED : azimuth", Kind::Parameter, "AZIM", "DEG", "CORRECTED", "azimuth");
        is("Remark: none", Kind::Parameter, "Remark", "", "none", "");
        is("STEP.FT\t-0.100\t\tSTEP", Kind::Well, "STEP", "FT", "-0.100", "STEP");
        is("UWI\t.\t\tUNIQUE\tWELL\tID", Kind::Well, "UWI", "", "UNIQUE\tWELL\tID", "");
        is("NULL.\t\t-9999", Kind::Well, "NULL", "", "-9999", "");
        is("STRT.M\t\t1500\t\tSTART", Kind::Well, "STRT", "M", "1500", "START");
        is("WELL.\tHOLE\t5\t\tWELL", Kind::Well, "WELL", "", "HOLE\t5", "WELL");
    }

    #[test]
    fn format_and_association() {
        let p =
            parse("RUN_DEPTH.M  0, 1500 : Run 1 {F} | Run[1]", 3, Kind::Parameter).map(|p| p.item).unwrap_or_default();
        assert_eq!(
            (p.description.as_str(), p.format.as_deref(), p.association.as_deref()),
            ("Run 1", Some("F"), Some("Run[1]"))
        );
    }
}
