//! Which well a row of picks or stations is of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use outcrop_connectors::table::Detection;
use outcrop_types::Issue;
use outcrop_types::identity::uwi_key;

use crate::source::Source;
use crate::wells::{Found, Registry};
use crate::{FileOutcome, ImportOptions};

/// What is known about the well of a whole file.
pub(crate) struct OfFile {
    /// The well, when the file names none in its rows.
    pub(crate) well: Option<String>,
}

impl OfFile {
    /// The well that an option states, or the lines above the table, or the file's name.
    pub(crate) fn new(
        detection: &Detection,
        source: &Source,
        registry: &Registry,
        options: &ImportOptions,
        outcome: &mut FileOutcome,
    ) -> Self {
        if let Some(well) = options.well.as_deref().or(detection.well.as_deref()) {
            return OfFile { well: Some(well.to_owned()) };
        }
        let stem = source.stem();
        // The well's name may have words behind it: `F-12_Survey_Data`.
        let mut name = stem.as_str();
        loop {
            if let Found::ByUwi(place) | Found::ByName(place) = registry.find(None, Some(name)) {
                let text = format!(
                    "the file names no well; taken as `{}` from the file's name. If that is wrong: --well NAME",
                    registry.name(place)
                );
                outcome.note(Some(registry.name(place)), [Issue::warning("well-from-file-name", text)]);
                return OfFile { well: Some(name.to_owned()) };
            }
            // Short rests such as `15` of `15_9-F-12` say too little.
            match name.rfind(['_', ' ']).and_then(|end| name.get(..end)) {
                Some(shorter) if shorter.chars().filter(|c| c.is_alphanumeric()).count() >= 3 => name = shorter,
                _ => break,
            }
        }
        let text =
            format!("the file names no well; its rows are kept under the file's name, `{stem}`. State it: --well NAME");
        outcome.note(None, [Issue::warning("well-from-file-name", text)]);
        OfFile { well: Some(stem) }
    }
}

/// What the rows of all tables were joined to.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    /// Wells of the registry.
    pub(crate) places: BTreeSet<usize>,
    /// Names that are no well of the project, and the rows kept under them.
    pub(crate) unmatched: BTreeMap<String, u64>,
}

/// Joins rows to wells, each name looked up once.
pub(crate) struct Joiner<'a> {
    registry: &'a Registry,
    seen: HashMap<(Option<String>, Option<String>), String>,
    /// Display names joined to.
    pub(crate) matched: Vec<String>,
    places: Vec<usize>,
    /// Names that are no well of the project, and their rows.
    pub(crate) unmatched: BTreeMap<String, u64>,
    pub(crate) issues: Vec<(Option<String>, Issue)>,
}

impl<'a> Joiner<'a> {
    pub(crate) fn new(registry: &'a Registry) -> Self {
        Joiner {
            registry,
            seen: HashMap::new(),
            matched: Vec::new(),
            places: Vec::new(),
            unmatched: BTreeMap::new(),
            issues: Vec::new(),
        }
    }

    /// The name a row's well goes by; none when the row names none.
    pub(crate) fn well(&mut self, uwi: Option<&str>, name: Option<&str>, line: u64) -> Option<String> {
        let own = |text: Option<&str>| text.map(str::trim).filter(|t| uwi_key(t).is_some()).map(str::to_owned);
        let key = (own(uwi), own(name));
        if key.0.is_none() && key.1.is_none() {
            return None;
        }
        let display = match self.seen.get(&key) {
            Some(display) => display.clone(),
            None => {
                let display = self.look_up(key.0.as_deref(), key.1.as_deref(), line);
                self.seen.insert(key, display.clone());
                display
            }
        };
        if let Some(rows) = self.unmatched.get_mut(&display) {
            *rows += 1;
        }
        Some(display)
    }

    fn look_up(&mut self, uwi: Option<&str>, name: Option<&str>, line: u64) -> String {
        let given = name.or(uwi).unwrap_or_default().to_owned();
        let (code, text) = match self.registry.find(uwi, name) {
            Found::ByUwi(place) | Found::ByName(place) => {
                let display = self.registry.name(place).to_owned();
                if !self.places.contains(&place) {
                    self.places.push(place);
                    self.matched.push(display.clone());
                }
                if let (Some(uwi), Some(name)) = (uwi, name)
                    && self.registry.is_other_name(place, name)
                {
                    let text = format!(
                        "UWI {uwi} is of well `{display}`, but the row calls it `{name}`; it is joined by the UWI. If the name is \
                         right, correct the UWI and import the file again"
                    );
                    let issue = Issue::warning("well-name-differs", text).at_line(line);
                    self.issues.push((Some(display.clone()), issue));
                }
                return display;
            }
            Found::Ambiguous(places) => (
                "well-ambiguous",
                format!(
                    "`{given}` may be one of {}; its rows are kept under `{given}` and joined to none. Give the UWI",
                    self.registry.list(&places)
                ),
            ),
            Found::None(others) if !others.is_empty() => (
                "well-unmatched",
                format!(
                    "`{given}` has the name of {}, but another UWI; its rows are kept under `{given}`",
                    self.registry.list(&others)
                ),
            ),
            Found::None(_) => (
                "well-unmatched",
                format!(
                    "well `{given}` is not in the project; its rows are kept under this name, by which a well that is \
                     imported later is found when it has the same one"
                ),
            ),
        };
        self.issues.push((Some(given.clone()), Issue::warning(code, text).at_line(line)));
        self.unmatched.entry(given.clone()).or_insert(0);
        given
    }

    /// Takes back a row that is not stored after all.
    pub(crate) fn left_out(&mut self, well: &str) {
        if let Some(rows) = self.unmatched.get_mut(well) {
            *rows = rows.saturating_sub(1);
        }
    }

    /// Hands over issues, wells and counts.
    pub(crate) fn finish(self, outcome: &mut FileOutcome, joined: &mut Joined) {
        for (well, issue) in self.issues {
            outcome.note(well.as_deref(), [issue]);
        }
        outcome.wells = self.matched;
        joined.places.extend(self.places);
        for (name, rows) in self.unmatched.into_iter().filter(|(_, rows)| *rows > 0) {
            *joined.unmatched.entry(name).or_insert(0) += rows;
        }
    }
}
