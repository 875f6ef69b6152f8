//! Which files a pattern names.

use std::collections::{BTreeMap, HashSet};
use std::path::{Component, Path, PathBuf};

use super::{Location, Roots, resolve};
use crate::StoreError;

/// More alternatives than this in one pattern are a mistake.
const MAX_ALTERNATIVES: usize = 1000;

/// See [`Roots::list`].
pub(super) fn list(roots: &Roots, pattern: &str, base: &Path) -> Result<Vec<Location>, StoreError> {
    let path = resolve::path_of(pattern, base)?;
    let mut walk = Walk {
        roots,
        base,
        relative: !Path::new(pattern).is_absolute() && !pattern.contains("://"),
        found: BTreeMap::new(),
    };
    if walk.exists(&path)? {
        walk.everything_at(&path, &mut HashSet::new())?;
    } else {
        if !pattern.contains(['*', '?', '[', '{']) {
            return Err(StoreError::NotFound { path: pattern.to_owned(), base: base.display().to_string() });
        }
        // Alternatives are spelled out first, as they may contain several path components.
        for alternative in alternatives(&path.to_string_lossy())? {
            walk.pattern(Path::new(&alternative))?;
        }
    }
    if walk.found.is_empty() {
        return Err(StoreError::NoMatch { pattern: pattern.to_owned(), base: base.display().to_string() });
    }
    let mut locations: Vec<Location> = walk.found.into_values().collect();
    locations.sort_by(|a, b| a.display.cmp(&b.display));
    Ok(locations)
}

struct Walk<'a> {
    roots: &'a Roots,
    base: &'a Path,
    relative: bool,
    /// By real path: a file reached twice is one file.
    found: BTreeMap<PathBuf, Location>,
}

impl Walk<'_> {
    fn shown(&self, path: &Path) -> String {
        let shown = if self.relative { path.strip_prefix(self.base).unwrap_or(path) } else { path };
        shown.display().to_string()
    }

    /// Whether a path exists; what lies outside the folders is refused before it is looked at.
    fn exists(&self, path: &Path) -> Result<bool, StoreError> {
        self.roots.locate(path, &self.shown(path))?;
        Ok(path.exists())
    }

    fn add(&mut self, path: &Path) -> Result<(), StoreError> {
        let location = self.roots.locate(path, &self.shown(path))?;
        if let Some(real) = &location.local {
            self.found.entry(real.clone()).or_insert(location);
        }
        Ok(())
    }

    /// The file, or every file below the folder. `above` holds the real folders being walked, against
    /// links that lead back up.
    fn everything_at(&mut self, path: &Path, above: &mut HashSet<PathBuf>) -> Result<(), StoreError> {
        if !path.is_dir() {
            // Pipes and devices are not data.
            return if path.is_file() { self.add(path) } else { Ok(()) };
        }
        let Some(real) = self.roots.locate(path, &self.shown(path))?.local else { return Ok(()) };
        if !above.insert(real.clone()) {
            return Ok(());
        }
        for name in self.names(path)? {
            if !name.starts_with('.') {
                self.everything_at(&path.join(name), above)?;
            }
        }
        above.remove(&real);
        Ok(())
    }

    fn pattern(&mut self, pattern: &Path) -> Result<(), StoreError> {
        let mut start = PathBuf::new();
        let mut components: Vec<String> = Vec::new();
        for component in pattern.components() {
            match component {
                Component::Normal(name) if !components.is_empty() || is_pattern(&name.to_string_lossy()) => {
                    components.push(name.to_string_lossy().into_owned());
                }
                Component::ParentDir if !components.is_empty() => {
                    return Err(resolve::invalid(
                        &self.shown(pattern),
                        "`..` may not follow a wildcard; write the folder out",
                    ));
                }
                other => start.push(other),
            }
        }
        self.matching(&start, &components, &mut HashSet::new())
    }

    fn matching(&mut self, at: &Path, rest: &[String], above: &mut HashSet<PathBuf>) -> Result<(), StoreError> {
        let Some((first, rest)) = rest.split_first() else {
            return if at.is_file() { self.add(at) } else { Ok(()) };
        };
        if first == "**" {
            if rest.is_empty() {
                return self.everything_at(at, above);
            }
            let Some(real) = self.roots.locate(at, &self.shown(at))?.local else { return Ok(()) };
            if !at.is_dir() || !above.insert(real.clone()) {
                return Ok(());
            }
            self.matching(at, rest, &mut HashSet::new())?;
            let again: Vec<String> = std::iter::once("**".to_owned()).chain(rest.iter().cloned()).collect();
            for name in self.names(at)? {
                let below = at.join(&name);
                if !name.starts_with('.') && below.is_dir() {
                    self.matching(&below, &again, above)?;
                }
            }
            above.remove(&real);
            return Ok(());
        }
        // Nothing lies below a file. The place is checked before it is looked at.
        self.roots.locate(at, &self.shown(at))?;
        if at.is_file() {
            return Ok(());
        }
        // A name that exists as it is written wins over its reading as a pattern.
        let literal = at.join(first);
        if !is_pattern(first) || literal.exists() {
            return if self.exists(&literal)? { self.matching(&literal, rest, above) } else { Ok(()) };
        }
        for name in self.names(at)? {
            let hidden = name.starts_with('.') && !first.starts_with('.');
            if !hidden && matches(first, &name) {
                self.matching(&at.join(name), rest, above)?;
            }
        }
        Ok(())
    }

    /// Names in a folder; none when it is no folder. The folder is checked before it is read.
    fn names(&self, folder: &Path) -> Result<Vec<String>, StoreError> {
        self.roots.locate(folder, &self.shown(folder))?;
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let io = |e| StoreError::io(folder, e);
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let name = entry.map_err(io)?.file_name();
            let Some(name) = name.to_str() else {
                let shown = self.shown(&folder.join(&name));
                return Err(resolve::invalid(&shown, "its name is not valid UTF-8; rename the file or folder"));
            };
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// Whether a name matches: exactly, or with both extensions in lower case.
fn matches(pattern: &str, name: &str) -> bool {
    // A leading `!` would negate, a backslash escape; in file names both are ordinary characters.
    let escape = |p: &str| {
        let mut escaped = p.replace('\\', "\\\\").replace('{', "\\{").replace('}', "\\}");
        if escaped.starts_with('!') {
            escaped.insert(0, '\\');
        }
        escaped
    };
    let lower = |t: &str| match t.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{}", extension.to_lowercase()),
        None => t.to_owned(),
    };
    glob_match::glob_match(&escape(pattern), name) || glob_match::glob_match(&escape(&lower(pattern)), &lower(name))
}

/// A pattern with its `{a,b}` spelled out, nested ones too. Braces without a comma or a partner stay.
fn alternatives(pattern: &str) -> Result<Vec<String>, StoreError> {
    let mut open = vec![pattern.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = open.pop() {
        match first_braces(&text) {
            None => done.push(text),
            Some((before, choices, after)) => open.extend(choices.iter().map(|c| format!("{before}{c}{after}"))),
        }
        if open.len() + done.len() > MAX_ALTERNATIVES {
            let reason = format!("its {{…}} give more than {MAX_ALTERNATIVES} alternatives; use `*`");
            return Err(resolve::invalid(pattern, &reason));
        }
    }
    Ok(done)
}

/// Text before the first `{a,b}`, its choices, and the text after.
fn first_braces(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    for (start, _) in text.match_indices('{') {
        let mut depth = 0usize;
        let mut choices = Vec::new();
        let mut choice_start = start + 1;
        for (at, c) in text.char_indices().skip_while(|(at, _)| *at < start) {
            match c {
                '{' => depth += 1,
                ',' if depth == 1 => {
                    choices.push(text.get(choice_start..at)?);
                    choice_start = at + 1;
                }
                '}' => {
                    depth -= 1;
                    if depth == 0 {
                        if choices.is_empty() {
                            break;
                        }
                        choices.push(text.get(choice_start..at)?);
                        return Some((text.get(..start)?, choices, text.get(at + 1..)?));
                    }
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_spelled_out() {
        let mut found = alternatives("/d/{a,b{1,2}}/x.{las,csv}").unwrap_or_default();
        found.sort();
        assert_eq!(found, ["/d/a/x.csv", "/d/a/x.las", "/d/b1/x.csv", "/d/b1/x.las", "/d/b2/x.csv", "/d/b2/x.las"]);
        assert_eq!(alternatives("/d/{x}/{").unwrap_or_default(), ["/d/{x}/{"]);
        assert!(alternatives(&"{a,b}".repeat(12)).is_err());
    }

    #[test]
    fn extensions_match_in_any_case() {
        assert!(matches("*.las", "A.LAS"));
        assert!(matches("*.LAS", "a.las"));
        assert!(!matches("a*.las", "A1.LAS"));
        assert!(matches("!x?.las", "!x1.las"));
    }
}
