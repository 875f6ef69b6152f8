//! Which well a source means: matching by UWI, then by name.

use std::collections::{HashMap, HashSet};

use outcrop_types::Issue;
use outcrop_types::identity::{compact, names_differ, same_uwi, uwi_key, well_key};

use super::Facts;

/// A well: of the project, or met in this import.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What the project has; none for a new well.
    pub(crate) stored: Option<Facts>,
    /// The name it goes by in every table; empty for new wells until [`Registry::name_wells`].
    pub(crate) display: String,
    /// What is known, from the project and from this import.
    pub(crate) facts: Facts,
    /// A source of this import was joined to it.
    pub(crate) used: bool,
    /// The first name, UWI and file that brought it, for its display name.
    name: Option<String>,
    uwi: Option<String>,
    file: String,
}

impl Entry {
    fn uwi_key(&self) -> Option<String> {
        self.uwi.as_deref().and_then(uwi_key)
    }
}

/// How a well was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// By its unique identifier.
    ByUwi(usize),
    /// By its name.
    ByName(usize),
    /// Several wells have the name, and nothing tells them apart.
    Ambiguous(Vec<usize>),
    /// None; wells of the same name but another UWI are listed.
    None(Vec<usize>),
}

/// The wells of the project and of this import.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    entries: Vec<Entry>,
    /// By the key without separators: the key, and the place.
    by_uwi: HashMap<String, Vec<(String, usize)>>,
    by_name: HashMap<String, Vec<usize>>,
    /// New wells that nothing was joined to are no longer found.
    settled: bool,
}

impl Registry {
    /// Adds a well of the project.
    pub(crate) fn stored(&mut self, display: &str, facts: Facts) {
        let place = self.entries.len();
        self.entries.push(Entry {
            display: display.to_owned(),
            name: facts.name.clone(),
            uwi: facts.uwi.clone(),
            file: String::new(),
            used: false,
            stored: Some(facts.clone()),
            facts,
        });
        self.index(place);
        self.index_name(display, place);
    }

    fn index(&mut self, place: usize) {
        let Some(entry) = self.entries.get(place) else { return };
        let (uwi, name) = (entry.uwi.clone(), entry.name.clone());
        if let Some(key) = uwi.as_deref().and_then(uwi_key) {
            let places = self.by_uwi.entry(compact(&key)).or_default();
            if !places.iter().any(|(known, _)| *known == key) {
                places.push((key, place));
            }
        }
        if let Some(name) = name {
            self.index_name(&name, place);
        }
    }

    fn index_name(&mut self, name: &str, place: usize) {
        if let Some(key) = well_key(name) {
            let places = self.by_name.entry(key).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }

    pub(crate) fn get(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Entry> {
        self.entries.get_mut(place)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The display name.
    pub(crate) fn name(&self, place: usize) -> &str {
        self.entries.get(place).map_or("", |e| e.display.as_str())
    }

    /// Whether a name is clearly none that the well goes by.
    pub(crate) fn is_other_name(&self, place: usize, name: &str) -> bool {
        let Some(entry) = self.entries.get(place) else { return false };
        let known = [Some(&entry.display), entry.facts.name.as_ref(), entry.name.as_ref(), entry.uwi.as_ref()];
        known.into_iter().flatten().all(|known| names_differ(known, name))
    }

    fn there(&self, place: usize) -> bool {
        !self.settled || self.entries.get(place).is_some_and(|e| e.stored.is_some() || e.used)
    }

    /// From now on new wells are found only when something was joined to them.
    pub(crate) fn settle(&mut self) {
        self.settled = true;
    }

    /// The well of an identifier: as it is written, or else the only one that it may be.
    fn by_uwi(&self, key: &str) -> Option<usize> {
        let places = self.by_uwi.get(&compact(key))?;
        let mut there = places.iter().filter(|(_, place)| self.there(*place));
        if let Some((_, place)) = there.clone().find(|(known, _)| known == key) {
            return Some(*place);
        }
        let first = there.find(|(known, _)| same_uwi(known, key))?.1;
        there.all(|(known, place)| *place == first || !same_uwi(known, key)).then_some(first)
    }

    /// Looks a well up.
    pub(crate) fn find(&self, uwi: Option<&str>, name: Option<&str>) -> Found {
        let wanted = uwi.and_then(uwi_key);
        if let Some(place) = wanted.as_deref().and_then(|key| self.by_uwi(key)) {
            return Found::ByUwi(place);
        }
        // A well may be called by its identifier, here or in the project.
        if wanted.is_none()
            && let Some(place) = name.and_then(uwi_key).and_then(|key| self.by_uwi(&key))
        {
            return Found::ByUwi(place);
        }
        let mut candidates: Vec<usize> = Vec::new();
        for text in [name, uwi].into_iter().flatten() {
            let places = well_key(text).and_then(|key| self.by_name.get(&key)).into_iter().flatten();
            for place in places.copied().filter(|p| self.there(*p)) {
                if !candidates.contains(&place) {
                    candidates.push(place);
                }
            }
        }
        let (same, other): (Vec<usize>, Vec<usize>) = candidates.into_iter().partition(|place| {
            let known = self.entries.get(*place).and_then(Entry::uwi_key);
            wanted.as_deref().zip(known.as_deref()).is_none_or(|(wanted, known)| same_uwi(wanted, known))
        });
        match same.as_slice() {
            [] => Found::None(other),
            [only] => Found::ByName(*only),
            several => {
                // By display name and by the name of the source: two wells may share the latter.
                let called = |e: &Entry, name: &str| e.display == name || e.name.as_deref() == Some(name);
                let exact =
                    |p: &&usize| self.entries.get(**p).is_some_and(|e| name.is_some_and(|name| called(e, name.trim())));
                let mut exact = several.iter().filter(exact);
                match (exact.next(), exact.next()) {
                    (Some(only), None) => Found::ByName(*only),
                    _ => Found::Ambiguous(same),
                }
            }
        }
    }

    /// The well a source is about, added where there is none, and what is to be said about it.
    pub(crate) fn find_or_add(&mut self, uwi: Option<&str>, name: Option<&str>, file: &str) -> (usize, Vec<Issue>) {
        let found = self.find(uwi, name);
        let mut issues = Vec::new();
        match found {
            Found::ByUwi(place) | Found::ByName(place) => {
                self.learn(place, uwi, name);
                (place, issues)
            }
            Found::Ambiguous(places) => {
                let text = format!(
                    "several wells are called `{}`: {}; this source says no UWI, so a new well is made. Give the UWI, or rename the wells",
                    name.unwrap_or_default(),
                    self.list(&places)
                );
                issues.push(Issue::warning("well-ambiguous", text));
                (self.add(uwi, name, file), issues)
            }
            Found::None(others) => {
                if !others.is_empty() {
                    let text = format!(
                        "`{}` with UWI {} has the name of {}, but another UWI; it is kept as a well of its own",
                        name.unwrap_or_default(),
                        uwi.unwrap_or_default(),
                        self.list(&others)
                    );
                    issues.push(Issue::warning("well-name-twice", text));
                }
                (self.add(uwi, name, file), issues)
            }
        }
    }

    /// Wells for messages: name and UWI.
    pub(crate) fn list(&self, places: &[usize]) -> String {
        let shown = places.iter().filter_map(|p| self.entries.get(*p)).map(|e| {
            let name = if e.display.is_empty() { e.name.as_deref().unwrap_or(&e.file) } else { &e.display };
            match &e.uwi {
                Some(uwi) => format!("`{name}` (UWI {uwi})"),
                None => format!("`{name}` (no UWI)"),
            }
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn add(&mut self, uwi: Option<&str>, name: Option<&str>, file: &str) -> usize {
        let place = self.entries.len();
        let own = |text: Option<&str>| text.filter(|t| uwi_key(t).is_some()).map(|t| t.trim().to_owned());
        self.entries.push(Entry {
            stored: None,
            display: String::new(),
            facts: Facts::default(),
            used: false,
            name: own(name),
            uwi: own(uwi),
            file: file.to_owned(),
        });
        self.index(place);
        place
    }

    /// A well is found later by every name and identifier that a source gave it.
    fn learn(&mut self, place: usize, uwi: Option<&str>, name: Option<&str>) {
        let Some(entry) = self.entries.get_mut(place) else { return };
        if entry.uwi.is_none() {
            entry.uwi = uwi.filter(|t| uwi_key(t).is_some()).map(|t| t.trim().to_owned());
        }
        if entry.name.is_none() {
            entry.name = name.filter(|t| uwi_key(t).is_some()).map(|t| t.trim().to_owned());
        }
        self.index(place);
        if let Some(name) = name {
            self.index_name(name, place);
        }
    }

    /// Gives every new well the name it goes by: its name, else its UWI, else the file's; two different wells of one
    /// name are told apart by the UWI behind it.
    pub(crate) fn name_wells(&mut self) {
        let mut taken: HashSet<String> =
            self.entries.iter().filter(|e| !e.display.is_empty()).map(|e| e.display.to_lowercase()).collect();
        for entry in self.entries.iter_mut().filter(|e| e.display.is_empty()) {
            let base = entry.name.clone().or_else(|| entry.uwi.clone()).unwrap_or_else(|| entry.file.clone());
            let mut display = base.clone();
            if taken.contains(&display.to_lowercase())
                && let Some(uwi) = &entry.uwi
            {
                display = format!("{base} ({uwi})");
            }
            let mut number = 2;
            while !taken.insert(display.to_lowercase()) {
                display = format!("{base} ({number})");
                number += 1;
            }
            entry.display = display;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wells_match_by_identifier_then_by_name() {
        let mut wells = Registry::default();
        wells.stored("F-12", Facts { uwi: Some("15/9-F-12".to_owned()), ..Facts::default() });
        wells.stored("No UWI", Facts::default());
        assert_eq!(wells.find(Some("15-9 F 12"), Some("other")), Found::ByUwi(0));
        assert_eq!(wells.find(None, Some("f 12")), Found::ByName(0));
        assert_eq!(wells.find(None, Some("15/9-F-12")), Found::ByUwi(0));
        assert_eq!(wells.find(Some("99"), Some("F-12")), Found::None(vec![0]));
        let (same, issues) = wells.find_or_add(Some("77"), Some("NO_UWI"), "a");
        assert_eq!((same, issues.len()), (1, 0));
        assert_eq!(wells.find(Some("77"), None), Found::ByUwi(1));
    }

    #[test]
    fn two_wells_of_one_name_are_kept_apart() {
        let mut wells = Registry::default();
        let (a, _) = wells.find_or_add(Some("1-A"), Some("ONE"), "a");
        let (b, issues) = wells.find_or_add(Some("1-B"), Some("ONE"), "b");
        assert_eq!(issues.len(), 1);
        wells.name_wells();
        assert_eq!((wells.name(a), wells.name(b)), ("ONE", "ONE (1-B)"));
        assert_eq!(wells.find(None, Some("ONE")), Found::Ambiguous(vec![a, b]));
        assert_eq!(wells.find(None, Some("ONE (1-B)")), Found::None(vec![]));
    }
}
