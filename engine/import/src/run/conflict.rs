//! What must still hold when another program committed meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use outcrop_store::{Snapshot, StoreError, Transaction};
use outcrop_types::identity::{compact, same_uwi, uwi_key};
use outcrop_types::tables::TableName;

use crate::existing;
use crate::wells::Registry;
use crate::{FileOutcome, ImportError, Status, replace};

/// What this import relies on.
struct Relied {
    /// Checksum → path of the files imported.
    files: HashMap<String, String>,
    /// UWI key without separators → key and name of the wells used.
    by_uwi: HashMap<String, Vec<(String, String)>>,
    /// Name of the new wells → UWI key.
    new: HashMap<String, Option<String>>,
    /// Wells and log sets written.
    log_sets: HashSet<(String, String)>,
    /// Tables that rows were compared with, and their versions then.
    compared: Vec<(TableName, Option<u64>)>,
}

/// Registers the check: the same content must not be there already, wells must be called what they are called here, and
/// no well may have a log set of a name given here.
pub(super) fn guard(
    transaction: &Transaction,
    files: &[FileOutcome],
    registry: &Registry,
    log_sets: HashSet<(String, String)>,
    made: Vec<TableName>,
    superseded: &HashSet<String>,
) {
    let imported = files.iter().filter(|f| f.status == Status::Imported);
    let mut relied = Relied {
        files: imported.map(|f| (f.sha256.clone(), f.path.clone())).collect(),
        by_uwi: HashMap::new(),
        new: HashMap::new(),
        log_sets,
        compared: Vec::new(),
    };
    // Picks and stations are compared with those that are there, and joined to the wells that are there.
    if files.iter().any(|f| {
        f.status == Status::Imported
            && matches!(f.kind.as_str(), "tops" | "surveys" | "checkshots" | "cores" | "production")
    }) {
        relied.compared = ["tops", "surveys", "checkshots", "cores", "production", "wells"]
            .map(TableName::public)
            .map(|table| (table.clone(), version(transaction.base(), &table)))
            .to_vec();
    }
    // Another surface or set of points of the same name must not come to stand in one table with these.
    relied.compared.extend(made.into_iter().map(|table| {
        let then = version(transaction.base(), &table);
        (table, then)
    }));
    // What is replaced must be what was there: then its contents and log sets are known to be there.
    if !superseded.is_empty() {
        relied.compared.extend(replace::tables().chain([TableName::outcrop("imports")]).map(|table| {
            let then = version(transaction.base(), &table);
            (table, then)
        }));
        relied.files.clear();
        relied.log_sets.clear();
    }
    for entry in registry.entries().iter().filter(|e| e.used) {
        let key = entry.facts.uwi.as_deref().and_then(uwi_key);
        if let Some(key) = &key {
            relied.by_uwi.entry(compact(key)).or_default().push((key.clone(), entry.display.clone()));
        }
        if entry.stored.is_none() {
            relied.new.insert(entry.display.clone(), key);
        }
    }
    let relied = Arc::new(relied);
    transaction.on_rebase(move |snapshot| {
        let relied = Arc::clone(&relied);
        async move { relied.check(&snapshot).await }
    });
}

fn version(snapshot: &Snapshot, table: &TableName) -> Option<u64> {
    snapshot.commit().tables.get(&table.to_string()).map(|state| state.version)
}

impl Relied {
    async fn check(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let refused = |error: ImportError| match error {
            ImportError::Store(error) => error,
            other => StoreError::Refused(other.to_string()),
        };
        for (sha256, before) in existing::imported(snapshot).await.map_err(refused)? {
            if let Some(path) = self.files.get(&sha256) {
                let earlier = before.path;
                return Err(StoreError::Refused(format!(
                    "conflict: {path} is in the project already: another import brought the same content from {earlier} \
                     meanwhile; nothing was written. Run the import again: it will be recognised"
                )));
            }
        }
        if let Some((table, _)) = self.compared.iter().find(|(table, then)| version(snapshot, table) != *then) {
            return Err(StoreError::Refused(format!(
                "conflict: another program changed `{table}` meanwhile, which this import relies on as it was; \
                 nothing was written. Run the import again"
            )));
        }
        for batch in existing::read(snapshot, &TableName::public("wells"), &["well", "uwi"]).await.map_err(refused)? {
            for row in 0..batch.num_rows() {
                let Some(well) = existing::text(&batch, "well", row) else { continue };
                let key = existing::text(&batch, "uwi", row).and_then(uwi_key);
                let relied = key.as_ref().and_then(|key| self.by_uwi.get(&compact(key)));
                let renamed = relied
                    .into_iter()
                    .flatten()
                    .find(|(own, name)| name != well && key.as_deref().is_some_and(|key| same_uwi(own, key)));
                let other = self.new.get(well).is_some_and(|own| *own != key);
                if renamed.is_some() || other {
                    let shown = renamed.map_or(well, |(_, name)| name.as_str());
                    return Err(StoreError::Refused(format!(
                        "conflict: well `{shown}` of this import was added meanwhile by another program, as `{well}`; \
                         nothing was written. Run the import again: its files will be joined to that well"
                    )));
                }
            }
        }
        let curves = TableName::public("curves");
        for (well, log_set) in existing::pairs(snapshot, &curves, "well", "log_set").await.map_err(refused)? {
            if self.log_sets.contains(&(well.clone(), log_set.clone())) {
                return Err(StoreError::Refused(format!(
                    "conflict: another program added a log set `{log_set}` to well `{well}` meanwhile; nothing was written. \
                     Run the import again: its log set will get another name"
                )));
            }
        }
        Ok(())
    }
}
