//! Headers first: which well each file is of, and in which order files are read.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use outcrop_connectors::las::{self, LasHeader};
use outcrop_connectors::welllog;
use outcrop_store::Roots;
use outcrop_types::Issue;
use outcrop_types::identity::well_key;
use outcrop_types::mnemonic::{MnemonicTable, StandardCurve};

use super::standard::promised;
use crate::ImportOptions;
use crate::source::Source;
use crate::wells::{Registry, identity};

/// Bytes of a header that is read again when the first ones were not enough.
const LONG_PREFIX: usize = 1 << 20;

/// Bytes that one thread reads of one well before another thread may take the rest.
const SHARE: u64 = 64 << 20;

/// A LAS file whose well is known.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Its place among all files of the import.
    pub(crate) file: usize,
    pub(crate) source: Source,
    /// The well, by its place in the registry.
    pub(crate) place: usize,
    /// What the header said when the well was matched, and how many bytes were looked at.
    pub(crate) identity: (Option<String>, Option<String>),
    pub(crate) looked_at: usize,
    /// The well's display name; filled when all wells are known.
    pub(crate) well: Arc<str>,
    /// The log set, unique within the well; filled with the well.
    pub(crate) log_set: Arc<str>,
    /// About the match.
    pub(crate) issues: Vec<Issue>,
}

/// The files in order, and the standard curves they promise.
#[derive(Debug, Default)]
pub(crate) struct Plan<'a> {
    /// Files that one thread works on, in order of their wells.
    pub(crate) units: Vec<Vec<Planned>>,
    pub(crate) promised: Vec<&'a StandardCurve>,
}

/// Reads the headers of files (by their place) and matches their wells, in the order given. `prefixes` are their first
/// bytes. Files whose header cannot be read are planned with their name only: reading them will say why.
pub(crate) fn plan<'a>(
    files: Vec<(usize, Source, bytes::Bytes)>,
    roots: &Roots,
    registry: &mut Registry,
    taken: &HashSet<(String, String)>,
    table: &'a MnemonicTable,
    options: &ImportOptions,
) -> Plan<'a> {
    let mut standards: BTreeMap<&str, &StandardCurve> = BTreeMap::new();
    let mut planned = Vec::with_capacity(files.len());
    let las_options = options.for_las();
    for (file, source, prefix) in files {
        let (header, looked_at) = header_of(&source, &prefix, roots, &las_options);
        let identity = header.as_ref().map(identity).unwrap_or_default();
        for curve in header.iter().flat_map(|h| promised(&h.curves, table, options)) {
            standards.entry(&curve.mnemonic).or_insert(curve);
        }
        let name = identity.1.clone().or_else(|| options.well.clone().filter(|_| identity.0.is_none()));
        let (place, issues) = match (&identity.0, &name) {
            // Nothing but the file's name: the same name may be a well that is there.
            (None, None) => registry.find_or_add(None, Some(&source.stem()), &source.stem()),
            (uwi, name) => registry.find_or_add(uwi.as_deref(), name.as_deref(), &source.stem()),
        };
        let (well, log_set) = (Arc::from(""), Arc::from(""));
        planned.push(Planned { file, source, place, identity, looked_at, well, log_set, issues });
    }
    registry.name_wells();
    let stored = taken;
    let mut taken = stored.clone();
    for file in &mut planned {
        file.well = Arc::from(registry.name(file.place));
        let stem = file.source.stem();
        file.log_set = Arc::from(unique_log_set(&file.well, &stem, &mut taken));
        file.issues.extend(about_log_set(file, &stem, stored));
        file.issues.extend(about_match(file, registry, options));
    }
    // By well, then log set: what stands together in the table is read together.
    planned.sort_by(|a, b| (&a.well, &a.log_set).cmp(&(&b.well, &b.log_set)));
    let mut units: Vec<Vec<Planned>> = Vec::new();
    let mut bytes = 0;
    for file in planned {
        let size = file.source.bytes;
        match units.last_mut() {
            Some(unit) if bytes < SHARE && unit.first().is_some_and(|f| f.place == file.place) => {
                bytes += size;
                unit.push(file);
            }
            _ => {
                bytes = size;
                units.push(vec![file]);
            }
        }
    }
    let promised = table.curves().iter().filter(|c| standards.contains_key(c.mnemonic.as_str())).collect();
    Plan { units, promised }
}

/// The header, and how many bytes it was read from.
fn header_of(source: &Source, prefix: &[u8], roots: &Roots, options: &las::ReadOptions) -> (Option<LasHeader>, usize) {
    let header = welllog::read_header(prefix, options).ok();
    if header.as_ref().is_some_and(|h| h.complete) || (prefix.len() as u64) >= source.bytes {
        return (header, prefix.len());
    }
    match roots.read_prefix_blocking(&source.location, LONG_PREFIX) {
        Ok(longer) => (welllog::read_header(&longer, options).ok(), longer.len()),
        Err(_) => (header, prefix.len()),
    }
}

/// The file's name as the name of the log set, numbered where the well has one of it.
fn unique_log_set(well: &str, stem: &str, taken: &mut HashSet<(String, String)>) -> String {
    let mut name = stem.to_owned();
    let mut number = 2;
    while !taken.insert((well.to_owned(), name.clone())) {
        name = format!("{stem}_{number}");
        number += 1;
    }
    name
}

/// A file whose log set could not be named after it: a newer version of a file of the project, most likely, whose curves
/// are then there twice.
fn about_log_set(file: &Planned, stem: &str, stored: &HashSet<(String, String)>) -> Option<Issue> {
    if *file.log_set == *stem {
        return None;
    }
    let (well, log_set) = (&file.well, &file.log_set);
    if stored.contains(&(well.to_string(), stem.to_owned())) {
        let text = format!(
            "well `{well}` has a log set `{stem}` already, of other content than this file: it may be an earlier version of it. \
             Both are kept, this one as log set `{log_set}`. Say which you mean by WHERE log_set = '{}'; to be rid of the earlier one, \
             import into a new project. If they are different logs, rename the file before it is imported",
            log_set.replace('\'', "''")
        );
        return Some(Issue::warning("log-set-again", text));
    }
    let text = format!(
        "another file of this import has the name `{stem}` and the well `{well}`; this one becomes the log set `{log_set}`"
    );
    Some(Issue::info("log-set-numbered", text))
}

fn about_match(file: &Planned, registry: &Registry, options: &ImportOptions) -> Vec<Issue> {
    let Some(entry) = registry.get(file.place) else { return Vec::new() };
    let mut issues = Vec::new();
    let (uwi, name) = &file.identity;
    if uwi.is_none() && name.is_none() {
        let from = if options.well.is_some() { "the well that was stated" } else { "the file's name" };
        let text = format!("the header has neither WELL nor UWI; {from} is used: `{}`", file.well);
        issues.push(Issue::warning("well-from-file-name", text));
    }
    if entry.stored.is_none() {
        let text = format!("well `{}` is not in the project; it is added", file.well);
        issues.push(Issue::info("well-new", text));
    } else if let Some(name) = name
        && well_key(name) != well_key(&file.well)
    {
        let text = format!("joined to well `{}` of the project; the file calls it `{name}`", file.well);
        issues.push(Issue::info("well-matched", text));
    }
    issues
}
