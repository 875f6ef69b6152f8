//! What is wrong with a text that is no coordinate reference system, in words: PROJ says "unknown error" of a code it does
//! not have.

/// What PROJ makes of the text.
pub(crate) enum Found {
    /// Nothing, with what it says.
    Nothing(String),
    /// Something else than a coordinate reference system, with its name.
    Other(String),
}

/// A code and a system to write it like.
const LIKE: &str = "such as EPSG:23031 (ED50 / UTM zone 31N)";

/// Why it is none, and what to write; `authorities` are those whose codes the database has.
pub(crate) fn reason(text: &str, found: Found, authorities: &[String]) -> String {
    let trimmed = text.trim();
    let is_proj = trimmed.starts_with('+') || trimmed.starts_with("proj=");
    let said = match found {
        Found::Other(_) if is_proj && !trimmed.contains("type=crs") => {
            return format!("a PROJ string is one with +type=crs only; add that, or write a code {LIKE}");
        }
        Found::Other(name) if name.is_empty() => {
            return format!("it is a definition of something else; write a code {LIKE}, or WKT");
        }
        Found::Other(name) => return format!("it is {name}, which is something else; write a code {LIKE}, or WKT"),
        Found::Nothing(said) => said,
    };
    if is_proj {
        return format!("it is no PROJ string that can be read ({said}); write a code {LIKE}, or WKT");
    }
    if let Some((authority, code)) = code(trimmed) {
        let Some(known) = authorities.iter().find(|a| a.eq_ignore_ascii_case(authority)) else {
            return format!(
                "the database of PROJ has no codes of `{authority}`, but those of {}; write one {LIKE}, or WKT",
                authorities.join(", ")
            );
        };
        return format!(
            "the database of PROJ has no system with the code {code} of {known}; check the code (EPSG:23031 is ED50 / UTM zone 31N), \
             or give the system as WKT"
        );
    }
    if trimmed.contains(['[', '(']) {
        return format!("it is no WKT that can be read ({said}); check it, or write a code {LIKE}");
    }
    format!("it is neither a code nor WKT; write a code {LIKE}, or WKT")
}

/// The authority and the code of `EPSG:23031` and `urn:ogc:def:crs:EPSG::23031`.
fn code(text: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = text.split(':').collect();
    let (authority, code) = match parts.as_slice() {
        [authority, code] => (*authority, *code),
        [urn, _, _, _, authority, _, code] if urn.eq_ignore_ascii_case("urn") => (*authority, *code),
        _ => return None,
    };
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    (word(authority) && word(code)).then_some((authority, code))
}
