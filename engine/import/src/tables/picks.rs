//! Picks that are there already: in the project, in another file of the import, or further up in the file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use outcrop_store::Snapshot;
use outcrop_types::Issue;
use outcrop_types::tables::TableName;

use crate::ImportError;
use crate::existing::{number, read_kept, text};

/// Picks that differ from one that is there and are told one by one.
const TOLD: usize = 20;

/// The numbers of a pick in the project's unit: measured depth, true vertical depth, depth below sea level, easting and
/// northing.
pub(crate) type Numbers = [Option<f64>; 5];

const NAMES: [&str; 5] = ["md", "tvd", "tvdss", "x", "y"];

/// Numbers nearer than this are the same: a hundredth is what tables round to, and what is left of a change of unit.
const NEAR: f64 = 0.01;

#[derive(Debug)]
struct Pick {
    numbers: Numbers,
    interpreter: Option<String>,
    confidence: Option<String>,
    /// The file of this import and its line; none for picks of the project.
    from: Option<(Arc<str>, u64)>,
}

/// The picks by well and surface.
#[derive(Debug, Default)]
pub(crate) struct Picks(HashMap<(String, String), Vec<Pick>>);

impl Picks {
    /// The picks of the project, but for those of contents that are replaced.
    pub(crate) async fn load(snapshot: &Snapshot, superseded: &HashSet<String>) -> Result<Self, ImportError> {
        let mut picks = Picks::default();
        let columns = ["well", "surface", "md", "tvd", "tvdss", "x", "y", "interpreter", "confidence"];
        for batch in read_kept(snapshot, &TableName::public("tops"), &columns, superseded).await? {
            for row in 0..batch.num_rows() {
                let (Some(well), Some(surface)) = (text(&batch, "well", row), text(&batch, "surface", row)) else {
                    continue;
                };
                let pick = Pick {
                    numbers: NAMES.map(|name| number(&batch, name, row)),
                    interpreter: text(&batch, "interpreter", row).map(str::to_owned),
                    confidence: text(&batch, "confidence", row).map(str::to_owned),
                    from: None,
                };
                picks.0.entry((well.to_owned(), surface.to_owned())).or_default().push(pick);
            }
        }
        Ok(picks)
    }
}

/// The picks of a file being compared with those that are there.
pub(crate) struct Comparison<'a> {
    picks: &'a mut Picks,
    file: Arc<str>,
    /// Lines of picks that are there already.
    repeated: Vec<u64>,
    differing: usize,
    told: Vec<(String, Issue)>,
}

impl<'a> Comparison<'a> {
    pub(crate) fn new(picks: &'a mut Picks, file: &str) -> Self {
        Comparison { picks, file: Arc::from(file), repeated: Vec::new(), differing: 0, told: Vec::new() }
    }

    /// Whether a pick is news: it states something that no pick of the same well and surface does. If there is one with
    /// other numbers, or with fewer, that is told: which of the two holds cannot be known here. Two interpreters may well
    /// disagree; a pick without one may be anybody's.
    pub(crate) fn is_new(
        &mut self,
        well: &str,
        surface: &str,
        numbers: Numbers,
        interpreter: Option<&str>,
        confidence: Option<&str>,
        line: u64,
    ) -> bool {
        let there = self.picks.0.entry((well.to_owned(), surface.to_owned())).or_default();
        let says_nothing_new = |p: &Pick| {
            p.numbers.iter().zip(&numbers).all(|(known, found)| found.is_none() || near(*known, *found) == Some(true))
                && (interpreter.is_none() || p.interpreter.as_deref() == interpreter)
                && (confidence.is_none() || p.confidence.as_deref() == confidence)
        };
        if there.iter().any(says_nothing_new) {
            self.repeated.push(line);
            return false;
        }
        let own = |p: &&Pick| match (p.interpreter.as_deref(), interpreter) {
            (Some(known), Some(found)) => known == found,
            _ => true,
        };
        if let Some(other) = there.iter().find(own) {
            self.differing += 1;
            if self.told.len() < TOLD {
                let here = other.from.as_ref().is_some_and(|(file, _)| *file == self.file);
                let place = match &other.from {
                    None => "in the project".to_owned(),
                    Some((file, line)) if *file == self.file => format!("in line {line}"),
                    Some((file, line)) => format!("in line {line} of {file}"),
                };
                let differs = other.numbers.iter().zip(&numbers).any(|(a, b)| near(*a, *b) == Some(false));
                let what = if differs {
                    format!("is picked at {} here and at {} {place}", shown(&numbers), shown(&other.numbers))
                } else {
                    format!("is there {place} with {}, and here with more columns", shown(&other.numbers))
                };
                let text = if here {
                    format!(
                        "`{surface}` {what}; both are stored. If one replaces the other, leave the other out of the file and import \
                         it into a new project"
                    )
                } else {
                    format!(
                        "`{surface}` {what}; both are stored, told apart by `file`. If one replaces the other, leave the other out \
                         of its file and import into a new project"
                    )
                };
                self.told.push((well.to_owned(), Issue::warning("pick-again", text).at_line(line)));
            }
        }
        let from = Some((Arc::clone(&self.file), line));
        there.push(Pick {
            numbers,
            interpreter: interpreter.map(str::to_owned),
            confidence: confidence.map(str::to_owned),
            from,
        });
        true
    }

    /// How many picks were there already.
    pub(crate) fn repeated(&self) -> usize {
        self.repeated.len()
    }

    /// What is to be said, with the wells it is about.
    pub(crate) fn issues(self) -> Vec<(Option<String>, Issue)> {
        let listed = self.told.len();
        let mut issues: Vec<(Option<String>, Issue)> =
            self.told.into_iter().map(|(well, issue)| (Some(well), issue)).collect();
        if self.differing > listed {
            let text = format!(
                "{} more picks differ from one of the same well and surface; all are stored, told apart by `file` \
                 where they are of two files",
                self.differing - listed
            );
            issues.push((None, Issue::warning("pick-again", text)));
        }
        if let Some(first) = self.repeated.first() {
            let text = format!(
                "{} picks repeat one that is there, with the same well, surface, depth and interpreter; they are not stored twice",
                self.repeated.len()
            );
            issues.push((None, Issue::info("pick-repeated", text).at_line(*first)));
        }
        issues
    }
}

/// Whether two numbers are the same; none where one of them is not stated.
fn near(a: Option<f64>, b: Option<f64>) -> Option<bool> {
    Some((a? - b?).abs() <= NEAR)
}

fn shown(numbers: &Numbers) -> String {
    let stated = NAMES.iter().zip(numbers).filter_map(|(name, depth)| depth.map(|d| format!("{name} {d}")));
    stated.collect::<Vec<_>>().join(", ")
}
