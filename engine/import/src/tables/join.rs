//! Which well a row of picks or stations is of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use outcrop_connectors::table::Detection;
use outcrop_types::Issue;
use outcrop_types::identity::uwi_key;

use super::Reading;
use crate::source::Source;
use crate::wells::{Found, Registry};
use crate::{FileOutcome, ImportOptions};

/// Where the well of a whole file is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The rows name wells, or there are none: the file has no well of its own.
    Rows,
    /// An option states it, or the lines above the table do.
    Stated,
    /// The file's name is that of this well of the registry.
    FileName(usize),
    /// The file's name, which is no well of the registry.
    Unknown,
}

/// What is known about the well of a whole file.
pub(crate) struct OfFile {
    /// The well, when the file names none in its rows.
    pub(crate) well: Option<String>,
    pub(crate) origin: Origin,
}

impl OfFile {
    /// The well that an option states, or the lines above the table, or the file's name, with what is to be said about it.
    /// `named` is of each row whether it names its well.
    pub(crate) fn new(named: impl Iterator<Item = bool>, reading: &Reading, outcome: &mut FileOutcome) -> Self {
        let registry = reading.registry;
        let of_file = Self::find(named, reading.detection, reading.source, registry, reading.options);
        match (of_file.origin, &of_file.well) {
            (Origin::FileName(place), _) => {
                let text = format!(
                    "the file names no well; taken as `{}` from the file's name. If that is wrong: --well NAME",
                    registry.name(place)
                );
                outcome.note(Some(registry.name(place)), [Issue::warning("well-from-file-name", text)]);
            }
            (Origin::Unknown, Some(stem)) => {
                let text = format!(
                    "the file names no well; its rows are kept under the file's name, `{stem}`. State it: --well NAME"
                );
                outcome.note(None, [Issue::warning("well-from-file-name", text)]);
            }
            _ => {}
        }
        of_file
    }

    /// The same, with nothing said.
    pub(crate) fn find(
        named: impl Iterator<Item = bool>,
        detection: &Detection,
        source: &Source,
        registry: &Registry,
        options: &ImportOptions,
    ) -> Self {
        let mut rows = 0;
        for named in named {
            if named {
                return OfFile { well: None, origin: Origin::Rows };
            }
            rows += 1;
        }
        if rows == 0 {
            return OfFile { well: None, origin: Origin::Rows };
        }
        if let Some(well) = options.well.as_deref().or(detection.well.as_deref()) {
            return OfFile { well: Some(well.to_owned()), origin: Origin::Stated };
        }
        let stem = source.stem();
        // The well's name may have words behind it: `F-12_Survey_Data`.
        let mut name = stem.as_str();
        loop {
            if let Found::ByUwi(place) | Found::ByName(place) = registry.find(None, Some(name)) {
                return OfFile { well: Some(name.to_owned()), origin: Origin::FileName(place) };
            }
            // Short rests such as `15` of `15_9-F-12` say too little.
            match name.rfind(['_', ' ']).and_then(|end| name.get(..end)) {
                Some(shorter) if shorter.chars().filter(|c| c.is_alphanumeric()).count() >= 3 => name = shorter,
                _ => break,
            }
        }
        OfFile { well: Some(stem), origin: Origin::Unknown }
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

    /// The rows with the well of each. Those that name none, `called` so in the message, are left out and counted.
    pub(crate) fn rows<'r, R>(
        &mut self,
        rows: &'r [R],
        of_file: &OfFile,
        named: impl Fn(&R) -> (Option<&str>, Option<&str>, u64),
        called: &str,
        issues: &mut Vec<Issue>,
    ) -> Vec<(String, &'r R)> {
        let mut joined = Vec::with_capacity(rows.len());
        for row in rows {
            let (uwi, name, line) = named(row);
            if let Some(well) = self.well(uwi, name.or(of_file.well.as_deref()), line) {
                joined.push((well, row));
            }
        }
        let nameless = rows.len() - joined.len();
        if nameless > 0 {
            issues.push(Issue::warning("well-missing", format!("{nameless} {called} name no well and are left out")));
        }
        joined
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
