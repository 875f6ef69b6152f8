//! The two steps of a commit, and what happens when another writer was faster.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use outcrop_types::tables::TableName;

use super::change::{Change, State};
use super::{Plan, Transaction};
use crate::commit::time_after;
use crate::delta::TableLog;
use crate::project::lock;
use crate::roots::blocking;
use crate::writer::CreatedFiles;
use crate::{Conflict, ProjectCommit, Snapshot, StoreError, TableSnapshot, TableState};

/// Attempts before giving up; with the pauses between them, several seconds of other writers winning.
const ATTEMPTS: u32 = 100;

/// A table before the commit and as it shall be.
struct Target {
    table: TableName,
    before: Option<Arc<TableSnapshot>>,
    after: State,
}

impl Transaction {
    /// Makes the changes part of the project, all at once. A transaction without changes gives the
    /// newest commit and makes none. On an error nothing has changed.
    pub async fn commit(self) -> Result<ProjectCommit, StoreError> {
        let plan = lock(&self.plan).clone();
        let project = self.base.project().clone();
        if plan.tables.is_empty() && plan.views.is_empty() && plan.descriptions.is_empty() {
            return project.head().await.map(|head| head.as_ref().clone());
        }
        // The bulk is brought to disk before the turn, the little that is written in it as it comes.
        self.sync().await?;
        let _turn = project.storage().wait_for_turn().await;
        for attempt in 0..ATTEMPTS {
            let head = project.snapshot().await?;
            if head.commit().number != self.base.commit().number {
                self.rebase(&plan, &head).await?;
            }
            self.once(&head).await?;
            let number = head.commit().number + 1;
            let targets = self.targets(&plan, &head, number).await?;
            check_names(&plan, &head, &targets)?;
            self.sync().await?;

            let mut tables = head.commit().tables.clone();
            let mut written = Vec::new();
            for target in &targets {
                let key = target.table.to_string();
                let Some((schema, files)) = &target.after else {
                    tables.remove(&key);
                    continue;
                };
                let unchanged = target
                    .before
                    .as_ref()
                    .is_some_and(|before| before.schema == *schema && same_files(&before.files, files));
                if unchanged {
                    continue;
                }
                let table = self.write_log(target, schema, files).await?;
                // What a table is for does not change with its rows.
                let description = tables.get(&key).and_then(|state| state.description.clone());
                tables.insert(key, TableState { version: table.version, rows: table.rows, description });
                written.push(table);
            }
            for (table, description) in &plan.descriptions {
                if let Some(state) = tables.get_mut(&table.to_string()) {
                    state.description.clone_from(description);
                }
            }
            let commit = self.project_commit(&plan, &head, number, tables);
            // From here on it may be that the commit is made although this task never learns it: it may
            // be cancelled, or the store may fail after the fact. The files stay then, at worst unused.
            let held = self.created.hold();
            if project.put_commit(&commit).await? {
                self.settle(&written, &held).await;
                return Ok(commit);
            }
            self.created.take_back(held);
            pause(attempt).await;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    /// Refuses to do again what is to be done once.
    async fn once(&self, head: &Snapshot) -> Result<(), StoreError> {
        let Some(key) = lock(&self.key).clone() else { return Ok(()) };
        match head.project().commit_of_key(&key).await? {
            Some(commit) => Err(StoreError::DoneAlready { key, commit: commit.number }),
            None => Ok(()),
        }
    }

    async fn sync(&self) -> Result<(), StoreError> {
        let created = Arc::clone(&self.created);
        blocking(move || created.sync()).await?
    }

    /// Refuses to go on where another writer changed what this transaction changes too.
    async fn rebase(&self, plan: &Plan, head: &Snapshot) -> Result<(), StoreError> {
        let (base, now) = (self.base.commit(), head.commit());
        for (table, changes) in &plan.tables {
            let key = table.to_string();
            let (old, new) = (base.tables.get(&key), now.tables.get(&key));
            let dropped = old.is_some() && new.is_none();
            let changed = old != new && changes.iter().any(Change::is_exclusive);
            if dropped || changed || self.rewrites_gone(table, changes, head).await? {
                return Err(self.conflict(&key, head, |c| c.tables.get(&key) != old).await);
            }
        }
        for table in plan.descriptions.keys() {
            let key = table.to_string();
            let of = |commit: &ProjectCommit| commit.tables.get(&key).map(|state| state.description.clone());
            let old = of(base);
            if old != of(now) {
                return Err(self.conflict(&key, head, |c| of(c) != old).await);
            }
        }
        for view in plan.views.keys() {
            let key = view.to_string();
            let old = base.views.get(&key);
            if old != now.views.get(&key) {
                return Err(self.conflict(&key, head, |c| c.views.get(&key) != old).await);
            }
        }
        let running: Vec<_> = lock(&self.checks).iter().map(|check| check(head.clone())).collect();
        for check in running {
            check.await?;
        }
        Ok(())
    }

    /// Whether a file that a rewrite takes out is no longer there.
    async fn rewrites_gone(&self, table: &TableName, changes: &[Change], head: &Snapshot) -> Result<bool, StoreError> {
        let removed: Vec<&String> = changes
            .iter()
            .filter_map(|c| if let Change::Rewrite { removed, .. } = c { Some(removed) } else { None })
            .flatten()
            .collect();
        if removed.is_empty() {
            return Ok(false);
        }
        let now = head.table(table).await?;
        let names: HashSet<&String> = now.files.iter().map(|f| &f.name).collect();
        Ok(removed.iter().any(|name| !names.contains(name)))
    }

    /// Names the first commit since the base in which something differs.
    async fn conflict(&self, name: &str, head: &Snapshot, differs: impl Fn(&ProjectCommit) -> bool) -> StoreError {
        for number in self.base.commit().number + 1..=head.commit().number {
            match head.project().commit(number).await {
                Ok(commit) if differs(&commit) => {
                    return StoreError::Conflict(Box::new(Conflict {
                        name: name.to_owned(),
                        by: commit.author.clone(),
                        at: commit.at.clone(),
                        commit: number,
                        operation: commit.operation.clone(),
                        message: commit.message.clone(),
                    }));
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        StoreError::Refused(format!("`{name}` was changed meanwhile; nothing was written: run the statement again"))
    }

    async fn targets(&self, plan: &Plan, head: &Snapshot, number: u64) -> Result<Vec<Target>, StoreError> {
        let mut targets = Vec::with_capacity(plan.tables.len());
        for (table, changes) in &plan.tables {
            let before = head.table_if_there(table).await?;
            let state = before.as_ref().map(|t| (Arc::clone(&t.schema), t.files.clone()));
            let after = self.apply(table, state, changes, number).await?;
            targets.push(Target { table: table.clone(), before, after });
        }
        Ok(targets)
    }

    /// Writes the table's log until a version states what the table shall be. The first try needs no
    /// look at the log: mostly the version the project knows is the newest.
    async fn write_log(
        &self,
        target: &Target,
        schema: &arrow::datatypes::SchemaRef,
        files: &[crate::DataFile],
    ) -> Result<TableSnapshot, StoreError> {
        let log = TableLog::new(self.base.project().storage(), &target.table)?;
        let mut head: Option<TableSnapshot> = target.before.as_ref().map(|t| t.as_ref().clone());
        for attempt in 0..ATTEMPTS {
            if let Some(written) = log.write(head.as_ref(), schema, files, &self.operation).await? {
                return Ok(written);
            }
            if attempt > 0 {
                pause(attempt).await;
            }
            head = log.load(None).await?;
        }
        Err(StoreError::Busy { attempts: ATTEMPTS })
    }

    fn project_commit(
        &self,
        plan: &Plan,
        head: &Snapshot,
        number: u64,
        tables: BTreeMap<String, TableState>,
    ) -> ProjectCommit {
        let mut views = head.commit().views.clone();
        for (name, view) in &plan.views {
            match view {
                Some(view) => views.insert(name.to_string(), view.clone()),
                None => views.remove(&name.to_string()),
            };
        }
        ProjectCommit {
            number,
            parent: Some(head.commit().number),
            at: time_after(Some(head.commit())),
            author: self.author.clone(),
            operation: self.operation.clone(),
            message: lock(&self.message).clone(),
            engine_version: env!("CARGO_PKG_VERSION").to_owned(),
            key: lock(&self.key).clone(),
            id: uuid::Uuid::new_v4().to_string(),
            tables,
            views,
        }
    }

    /// After the commit: files of earlier attempts go, tables stay open, logs get their checkpoints.
    async fn settle(&self, written: &[TableSnapshot], held: &CreatedFiles) {
        let names: HashSet<&str> = written.iter().flat_map(|t| &t.files).map(|f| f.name.as_str()).collect();
        let used =
            |path: &std::path::Path| path.file_name().and_then(|n| n.to_str()).is_some_and(|name| names.contains(name));
        held.remove_except(used);
        for table in written {
            if let Ok(log) = TableLog::new(self.base.project().storage(), &table.name) {
                log.checkpoint(table.version).await;
            }
            self.base.project().keep(table.clone());
        }
    }
}

pub(super) fn same_files(a: &[crate::DataFile], b: &[crate::DataFile]) -> bool {
    let names = |files: &[crate::DataFile]| files.iter().map(|f| f.name.clone()).collect::<HashSet<_>>();
    a.len() == b.len() && names(a) == names(b)
}

/// A table and a view of one name would hide each other.
fn check_names(plan: &Plan, head: &Snapshot, targets: &[Target]) -> Result<(), StoreError> {
    let commit = head.commit();
    let is_view = |name: &TableName| match plan.views.get(name) {
        Some(view) => view.is_some(),
        None => commit.views.contains_key(&name.to_string()),
    };
    let is_table = |name: &TableName| match targets.iter().find(|t| t.table == *name) {
        Some(target) => target.after.is_some(),
        None => commit.tables.contains_key(&name.to_string()),
    };
    match plan.tables.keys().chain(plan.views.keys()).find(|name| is_view(name) && is_table(name)) {
        Some(name) => Err(StoreError::AlreadyExists { name: name.to_string() }),
        None => Ok(()),
    }
}

/// Waits a random while, longer with every attempt, so that writers do not meet again.
async fn pause(attempt: u32) {
    let most = 5 * u64::from(attempt.min(20) + 1);
    let random = u64::from(uuid::Uuid::new_v4().as_bytes().first().copied().unwrap_or(0));
    let wait = Duration::from_millis(1 + random * most / 255);
    // A thread of the blocking pool waits, as the runtime of the caller may have no timer.
    let _ = blocking(move || std::thread::sleep(wait)).await;
}
