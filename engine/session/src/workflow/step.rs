//! What statements of a run know beyond their text: rows that were kept, the commit that is read, whose work it is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::catalog::TableProvider;
use outcrop_operators::Notices;
use outcrop_store::Snapshot;

use crate::answer::QueryProgress;

/// A step of a run: a node whose rows are kept, or a sink. The session that runs its statement has it.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// The commit that the whole run reads.
    pub(crate) snapshot: Option<Snapshot>,
    /// Kept rows, by the text of the relation that means them.
    pub(crate) kept: HashMap<String, Arc<dyn TableProvider>>,
    /// Who makes a table, and from what text.
    pub(crate) origin: Option<Origin>,
    /// Rows so far.
    pub(crate) rows: AtomicU64,
    /// How far the query is.
    pub(crate) progress: Mutex<Option<QueryProgress>>,
    /// What operators decided in the user's place.
    pub(crate) notices: Mutex<Vec<Arc<Notices>>>,
}

/// What lineage keeps of a table that a workflow made.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) workflow: String,
    pub(crate) revision: Option<u64>,
    pub(crate) hash: String,
    pub(crate) node: String,
    /// A JSON object.
    pub(crate) parameters: String,
    /// The statement as it could be run by itself.
    pub(crate) statement: String,
}

impl Origin {
    /// What the project commit says.
    pub(crate) fn message(&self) -> String {
        let revision = self.revision.map_or_else(String::new, |n| format!(" revision {n}"));
        format!("workflow {}{revision}, node {}\n{}", self.workflow, self.node, self.statement)
    }
}

impl Step {
    /// One of no run, for a statement that reads kept rows.
    pub(crate) fn of_kept(kept: HashMap<String, Arc<dyn TableProvider>>) -> Self {
        Step { kept, ..Step::default() }
    }

    pub(crate) fn add_rows(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// Rows so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// A query begins; the last one is that whose rows count.
    pub(crate) fn begins(&self, progress: QueryProgress, notices: Arc<Notices>) {
        self.rows.store(0, Ordering::Relaxed);
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).push(notices);
    }

    /// What operators decided so far, taken.
    pub(crate) fn notices(&self) -> Vec<String> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner).iter().flat_map(|n| n.take()).collect()
    }

    /// The operator at work with units done and in all.
    pub(crate) fn operator(&self) -> Option<(String, u64, u64)> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(QueryProgress::operator)
    }
}
