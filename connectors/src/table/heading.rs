//! Column headings: the name, and the unit that many of them hold.

use outcrop_types::{Issue, Unit};

use super::date::Order;
use super::quantity::quantity;
use super::role::{Role, roles_of_name};

/// A heading taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heading {
    /// The name without its unit.
    pub(crate) name: String,
    /// The unit: symbol where known, else as written.
    pub(crate) unit: Option<String>,
}

/// Takes a heading apart: `TVD (m)`, `Depth[ft]`, `X, m`, `X<tab>meters`, and `md_m` or `OIL_BBL` where nothing else can be
/// meant. `Date (dd/mm/yyyy)` has the order of its dates for a unit.
///
/// Round brackets hold a unit only when the table of units knows it (`UWI (AGS)` has none); square brackets always do.
pub(crate) fn split_heading(text: &str, line: u64, issues: &mut Vec<Issue>) -> Heading {
    let text = text.trim();
    let whole = || Heading { name: text.to_owned(), unit: None };
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some(body) = text.strip_suffix(close)
            && let Some((name, unit)) = body.rsplit_once(open)
            && !name.trim().is_empty()
            && !unit.trim().is_empty()
        {
            if let Some(unit) = unit_of_heading(unit) {
                return Heading { name: name.trim().to_owned(), unit: Some(unit.symbol().to_owned()) };
            }
            if Order::parse(unit).is_some() {
                return Heading { name: name.trim().to_owned(), unit: Some(unit.trim().to_owned()) };
            }
            if open == '[' {
                issues.push(
                    Issue::info("unit-unknown", format!("`{}` is not a known unit; kept as written", unit.trim()))
                        .at_line(line)
                        .about(text),
                );
                return Heading { name: name.trim().to_owned(), unit: Some(unit.trim().to_owned()) };
            }
        }
    }
    for separator in ['\t', ','] {
        if let Some((name, unit)) = text.rsplit_once(separator)
            && let Some(unit) = unit_of_heading(unit)
            && !name.trim().is_empty()
        {
            return Heading { name: name.trim().to_owned(), unit: Some(unit.symbol().to_owned()) };
        }
    }
    suffixed(text, line, issues).unwrap_or_else(whole)
}

/// The unit behind a name; `CUM` is a cumulative there, and no cubic metre.
fn unit_of_heading(text: &str) -> Option<Unit> {
    Unit::parse(text).filter(|_| !text.trim().eq_ignore_ascii_case("cum"))
}

/// `md_m`, `tvd_ft`, and `oil_bbl`, `BOPD`: only behind a name that is a length, and only units of length spelled as such,
/// or within one that is an amount of production; stated by an issue.
fn suffixed(text: &str, line: u64, issues: &mut Vec<Issue>) -> Option<Heading> {
    let unit = match quantity(text, None).and_then(|amount| amount.unit) {
        Some(unit) => unit.symbol(),
        None => length_behind(text)?,
    };
    issues.push(
        Issue::info("unit-from-name", format!("unit {unit} taken from the name `{text}`; state units to override it"))
            .at_line(line)
            .about(text),
    );
    Some(Heading { name: text.to_owned(), unit: Some(unit.to_owned()) })
}

fn length_behind(text: &str) -> Option<&'static str> {
    let (name, suffix) = text.rsplit_once('_')?;
    let unit = match suffix.to_ascii_lowercase().as_str() {
        "m" | "meter" | "meters" | "metre" | "metres" => "m",
        "ft" | "feet" => "ft",
        _ => return None,
    };
    let roles = roles_of_name(name);
    let length = !roles.is_empty() && roles.iter().all(|(role, _)| role.is_length() || *role == Role::Surface);
    length.then_some(unit)
}

/// True for a row of units: known units, blanks and dashes, at least one of them a unit and most of them known.
pub(crate) fn is_units_row(fields: &[String]) -> bool {
    let stated: Vec<&String> = fields.iter().filter(|f| !matches!(f.trim(), "" | "-" | "--" | "[]" | "()")).collect();
    let known = stated.iter().filter(|f| Unit::parse(f).is_some()).count();
    known > 0 && known * 2 >= stated.len() && stated.iter().all(|f| f.chars().count() <= 16)
}

/// The unit a field of a row of units states.
pub(crate) fn unit_of_field(field: &str) -> Option<String> {
    let bare = field.trim().trim_matches(|c| matches!(c, '[' | ']' | '(' | ')')).trim();
    if matches!(bare, "" | "-" | "--") {
        return None;
    }
    Some(Unit::parse(bare).map_or_else(|| bare.to_owned(), |u| u.symbol().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (String, Option<String>) {
        let heading = split_heading(text, 1, &mut Vec::new());
        (heading.name, heading.unit)
    }

    #[test]
    fn units_are_taken_from_headings() {
        assert_eq!(split("TVD (m)"), ("TVD".into(), Some("m".into())));
        assert_eq!(split("Depth[ft]"), ("Depth".into(), Some("ft".into())));
        assert_eq!(split("X, m"), ("X".into(), Some("m".into())));
        assert_eq!(split("Dogleg [deg/30m]"), ("Dogleg".into(), Some("deg/30m".into())));
        assert_eq!(split("md_ft"), ("md_ft".into(), Some("ft".into())));
        assert_eq!(split("Production (1 yr), MSTB"), ("Production (1 yr)".into(), Some("MSTB".into())));
        assert_eq!(split("OIL_BBL"), ("OIL_BBL".into(), Some("bbl".into())));
        assert_eq!(split("BWPD"), ("BWPD".into(), Some("bbl/d".into())));
        assert_eq!(split("Gas (1000 m3)"), ("Gas".into(), Some("e3m3".into())));
        assert_eq!(split("Date (DD.MM.YYYY)"), ("Date".into(), Some("DD.MM.YYYY".into())));
    }

    #[test]
    fn what_is_no_unit_stays_in_the_name() {
        for text in ["UWI (AGS)", "gr_m", "Oil, cum", "Subsidence (m/y)", "dist.m", "X_UTME"] {
            assert_eq!(split(text), (text.into(), None));
        }
    }
}
