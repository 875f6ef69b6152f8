//! What the lines above a table state.

use super::layout::Property;
use super::role::key;
use outcrop_types::Unit;

/// `name: value` and `name = value` of a line above the table; comment marks and empty fields around it are left out.
pub(crate) fn property(line: u64, text: &str) -> Option<Property> {
    let text = bare(text);
    let (name, value) = text.split_once(':').or_else(|| text.split_once('='))?;
    let (name, value) = (name.trim(), value.trim());
    (!name.is_empty() && !value.is_empty() && name.len() <= 60).then(|| Property {
        name: name.to_owned(),
        value: value.to_owned(),
        line,
    })
}

/// The text of a line above the table without comment marks, quotes and the delimiters that pad it.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '!'))
        .trim_start_matches("--")
        .trim_start_matches("//")
        .trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '"'))
}

/// The units that Petrel's comments give: `Unit in X and Y direction: m`, `Unit in depth: m`, `Unit in time: ms`.
pub(crate) struct PetrelUnits {
    pub(crate) xy: Option<String>,
    pub(crate) depth: Option<String>,
    pub(crate) time: Option<String>,
}

impl PetrelUnits {
    pub(crate) fn of(properties: &[Property]) -> Self {
        let unit = |name: &str| {
            properties
                .iter()
                .find(|p| key(&p.name) == name)
                .map(|p| Unit::parse(&p.value).map_or_else(|| p.value.clone(), |u| u.symbol().to_owned()))
        };
        PetrelUnits { xy: unit("unitinxandydirection"), depth: unit("unitindepth"), time: unit("unitintime") }
    }

    /// The unit of a column by its name.
    pub(crate) fn unit(&self, name: &str) -> Option<String> {
        match key(name).as_str() {
            "x" | "y" => self.xy.clone(),
            "z" | "md" | "tvt" | "tst" | "tvtzone" | "tstzone" => self.depth.clone(),
            "twt" | "twtpicked" | "twtauto" | "owt" => self.time.clone(),
            _ => None,
        }
    }
}

/// The units that the comments of a `WELL TRACE FROM PETREL` give: `DEPTH (Z, TVD) GIVEN IN m-UNITS` and
/// `DX DY ARE GIVEN IN GRID NORTH IN m-UNITS`. Petrel has one unit of depth, so measured depth is in that of TVD.
#[derive(Default)]
pub(crate) struct TraceUnits {
    depth: Option<String>,
    offset: Option<String>,
}

impl TraceUnits {
    pub(crate) fn of(preamble: &[(u64, String)]) -> Self {
        let mut units = TraceUnits::default();
        if !preamble.iter().any(|(_, text)| key(text).contains("welltracefrompetrel")) {
            return units;
        }
        for (_, text) in preamble {
            let words = text.to_ascii_uppercase();
            let Some(unit) = words.strip_suffix("-UNITS").and_then(|t| t.rsplit(' ').next()).and_then(Unit::parse)
            else {
                continue;
            };
            if words.starts_with("DEPTH") {
                units.depth = Some(unit.symbol().to_owned());
            } else if words.starts_with("DX DY") {
                units.offset = Some(unit.symbol().to_owned());
            }
        }
        units
    }

    /// The unit of a column by its name.
    pub(crate) fn unit(&self, name: &str) -> Option<String> {
        match key(name).as_str() {
            "md" | "tvd" | "z" => self.depth.clone(),
            "dx" | "dy" => self.offset.clone(),
            _ => None,
        }
    }
}
