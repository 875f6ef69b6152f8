//! Picks that are there already: in the project, in another file of the import, or further up in the file.

use std::collections::HashMap;
use std::sync::Arc;

use outcrop_store::Snapshot;
use outcrop_types::Issue;
use outcrop_types::tables::TableName;

use crate::ImportError;
use crate::existing::{number, read, text};

/// Picks that differ from one that is there and are told one by one.
const TOLD: usize = 20;

/// The depths of a pick in the project's unit: measured, true vertical, below sea level.
pub(crate) type Depths = [Option<f64>; 3];

const NAMES: [&str; 3] = ["md", "tvd", "tvdss"];

#[derive(Debug)]
struct Pick {
    depths: Depths,
    interpreter: Option<String>,
    /// The file of this import and its line; none for picks of the project.
    from: Option<(Arc<str>, u64)>,
}

/// The picks by well and surface.
#[derive(Debug, Default)]
pub(crate) struct Picks(HashMap<(String, String), Vec<Pick>>);

impl Picks {
    /// The picks of the project.
    pub(crate) async fn load(snapshot: &Snapshot) -> Result<Self, ImportError> {
        let mut picks = Picks::default();
        let columns = ["well", "surface", "md", "tvd", "tvdss", "interpreter"];
        for batch in read(snapshot, &TableName::public("tops"), &columns).await? {
            for row in 0..batch.num_rows() {
                let (Some(well), Some(surface)) = (text(&batch, "well", row), text(&batch, "surface", row)) else {
                    continue;
                };
                let pick = Pick {
                    depths: NAMES.map(|name| number(&batch, name, row)),
                    interpreter: text(&batch, "interpreter", row).map(str::to_owned),
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

    /// Whether a pick is news. One at another depth than the pick of the same well, surface and interpreter is, and is
    /// told: which of the two holds cannot be known here. Two interpreters may well disagree.
    pub(crate) fn is_new(
        &mut self,
        well: &str,
        surface: &str,
        depths: Depths,
        interpreter: Option<&str>,
        line: u64,
    ) -> bool {
        let there = self.picks.0.entry((well.to_owned(), surface.to_owned())).or_default();
        let own = |p: &&Pick| p.interpreter.as_deref() == interpreter;
        if there.iter().filter(own).any(|p| says_nothing_new(&p.depths, &depths)) {
            self.repeated.push(line);
            return false;
        }
        if let Some(other) = there.iter().find(own) {
            self.differing += 1;
            if self.told.len() < TOLD {
                let place = match &other.from {
                    None => "in the project".to_owned(),
                    Some((file, line)) if *file == self.file => format!("in line {line}"),
                    Some((file, line)) => format!("in line {line} of {file}"),
                };
                let text = format!(
                    "`{surface}` is picked at {} here and at {} {place}; both are stored. If one replaces the other, leave it out \
                     of the file and import into a new project",
                    shown(&depths),
                    shown(&other.depths)
                );
                self.told.push((well.to_owned(), Issue::warning("pick-again", text).at_line(line)));
            }
        }
        let from = Some((Arc::clone(&self.file), line));
        there.push(Pick { depths, interpreter: interpreter.map(str::to_owned), from });
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
                "{} more picks are at another depth than one of the same well and surface; all are stored, told apart by `file` \
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

/// Whether every depth stated is one that is known.
fn says_nothing_new(known: &Depths, found: &Depths) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    known.iter().zip(found).all(|pair| match pair {
        (_, None) => true,
        (Some(known), Some(found)) => near(*known, *found),
        (None, Some(_)) => false,
    })
}

fn shown(depths: &Depths) -> String {
    let stated = NAMES.iter().zip(depths).filter_map(|(name, depth)| depth.map(|d| format!("{name} {d}")));
    stated.collect::<Vec<_>>().join(", ")
}
