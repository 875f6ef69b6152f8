//! Changes to several tables that take effect together or not at all.
//!
//! A transaction collects changes against the project commit it began on. [`Transaction::commit`]
//! first writes each table's Delta log, then the project commit, put only if absent. Readers follow
//! project commits, so they see all of it or nothing, whenever the writer dies.
//!
//! Two writers: the one whose number is taken reads the new commit and tries again on it. Appends
//! merge. Upserts are computed anew. A replaced, dropped or created table, or a view, that the other
//! writer changed too is a [`StoreError::Conflict`] that says who did what.
//!
//! Writers on one computer take turns at this (an advisory lock), which saves them repeated attempts;
//! nothing depends on it.
//!
//! Durability on local disks: data files, Delta logs and the project commit are flushed in that order,
//! each before the next is written, so that a power cut leaves the old commit or the new one.

mod change;
mod commit;
mod upsert;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use bytes::Bytes;
use futures::future::BoxFuture;
use outcrop_types::field;
use outcrop_types::tables::TableName;

use crate::conform::{stored_schema, written_schema};
use crate::project::lock;
use crate::writer::CreatedFiles;
use crate::{NewFiles, Snapshot, StoreError, TableWriter, View, WriteOptions, union_schema};

use change::Change;
pub use upsert::MergePolicy;

type RebaseCheck = Box<dyn Fn(Snapshot) -> BoxFuture<'static, Result<(), StoreError>> + Send + Sync>;

/// See the module. Dropped without [`Transaction::commit`], it removes the files written for it.
pub struct Transaction {
    base: Snapshot,
    author: String,
    operation: String,
    message: Mutex<String>,
    key: Mutex<Option<String>>,
    plan: Mutex<Plan>,
    checks: Mutex<Vec<RebaseCheck>>,
    created: Arc<CreatedFiles>,
}

#[derive(Default, Clone)]
struct Plan {
    tables: BTreeMap<TableName, Vec<Change>>,
    /// None drops the view.
    views: BTreeMap<TableName, Option<View>>,
    /// What tables are for; none takes it away.
    descriptions: BTreeMap<TableName, Option<String>>,
}

impl std::fmt::Debug for Transaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction")
            .field("base", &self.base.commit().number)
            .field("operation", &self.operation)
            .finish_non_exhaustive()
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.created.remove_except(|_| false);
    }
}

impl Transaction {
    pub(crate) fn new(base: Snapshot, author: &str, operation: &str, message: &str) -> Self {
        Transaction {
            base,
            author: author.to_owned(),
            operation: operation.to_owned(),
            message: Mutex::new(message.to_owned()),
            key: Mutex::new(None),
            plan: Mutex::default(),
            checks: Mutex::default(),
            created: Arc::default(),
        }
    }

    /// The project as it was when the transaction began.
    pub fn base(&self) -> &Snapshot {
        &self.base
    }

    pub(crate) fn created(&self) -> &CreatedFiles {
        &self.created
    }

    /// Says what the commit is for, where that may be done once only: [`StoreError::DoneAlready`] is given when a commit of the
    /// project has the same key, whoever made it and whenever.
    pub fn set_key(&self, key: &str) {
        *lock(&self.key) = Some(key.to_owned());
    }

    /// Replaces the message, for what is known only after the work.
    pub fn set_message(&self, message: &str) {
        message.clone_into(&mut lock(&self.message));
    }

    /// A writer for data to append. Columns the table has are written in its types; others are new
    /// columns, nullable, that [`Transaction::append`] adds. A unit that differs is an error.
    pub async fn write(&self, table: &TableName, schema: SchemaRef) -> Result<TableWriter, StoreError> {
        self.write_with(table, schema, WriteOptions::default()).await
    }

    /// As [`Transaction::write`], with options.
    pub async fn write_with(
        &self,
        table: &TableName,
        schema: SchemaRef,
        options: WriteOptions,
    ) -> Result<TableWriter, StoreError> {
        let schema = self.schema_to_append(table, &schema).await?;
        self.writer(table, schema, options)
    }

    /// A writer for data of a new table, or to replace all a table has, columns included.
    pub fn write_new(&self, table: &TableName, schema: SchemaRef) -> Result<TableWriter, StoreError> {
        self.write_new_with(table, schema, WriteOptions::default())
    }

    /// As [`Transaction::write_new`], with options.
    pub fn write_new_with(
        &self,
        table: &TableName,
        schema: SchemaRef,
        options: WriteOptions,
    ) -> Result<TableWriter, StoreError> {
        self.writer(table, stored_schema(table, &schema)?, options)
    }

    fn writer(&self, table: &TableName, schema: SchemaRef, options: WriteOptions) -> Result<TableWriter, StoreError> {
        let storage = self.base.project().storage().clone();
        TableWriter::new(table.clone(), schema, storage, Arc::clone(&self.created), options)
    }

    /// The schema in which data of `schema` is appended.
    async fn schema_to_append(&self, table: &TableName, schema: &Schema) -> Result<SchemaRef, StoreError> {
        match self.planned_schema(table).await? {
            Some(existing) => written_schema(table, &existing, schema),
            None => stored_schema(table, schema),
        }
    }

    /// Columns of the table with the changes so far; none when there will be no such table.
    async fn planned_schema(&self, table: &TableName) -> Result<Option<SchemaRef>, StoreError> {
        let mut schema = self.base.table_if_there(table).await?.map(|t| Arc::clone(&t.schema));
        for change in lock(&self.plan).tables.get(table).into_iter().flatten() {
            schema = match change {
                Change::Drop => None,
                Change::Replace(files) => Some(Arc::clone(&files.schema)),
                Change::Create { schema: new, .. } => schema.or_else(|| Some(Arc::clone(new))),
                Change::Append(NewFiles { schema: new, .. })
                | Change::Rewrite { added: NewFiles { schema: new, .. }, .. }
                | Change::Widen(new) => Some(widened(table, schema, new)?),
                Change::AppendRows { batch, .. } | Change::Upsert { batch, .. } => {
                    Some(widened(table, schema, batch.schema_ref())?)
                }
            };
        }
        Ok(schema)
    }

    fn plan(&self, table: &TableName, change: Change) {
        lock(&self.plan).tables.entry(table.clone()).or_default().push(change);
    }

    /// Adds files to their table. A table that does not exist is created with their columns.
    pub fn append(&self, files: NewFiles) {
        self.plan(&files.table.clone(), Change::Append(files));
    }

    /// Adds a few rows that are kept in memory until the commit. Where `commit_column` is given, that
    /// column (BIGINT) is filled with the number of the commit, whatever number it becomes.
    pub async fn append_rows(
        &self,
        table: &TableName,
        batch: RecordBatch,
        commit_column: Option<&str>,
    ) -> Result<(), StoreError> {
        let batch = self.conformed(table, batch).await?;
        self.plan(table, Change::AppendRows { batch, commit_column: commit_column.map(str::to_owned) });
        Ok(())
    }

    /// Makes the table have these files and columns and nothing else; creates it where it does not
    /// exist. Conflicts when another writer changes the table meanwhile.
    pub fn replace(&self, files: NewFiles) {
        self.plan(&files.table.clone(), Change::Replace(files));
    }

    /// Makes a table or view what it was in an earlier commit, or drops it where there was none. The files of that commit
    /// are named again, none is written. Gives false, and plans nothing, where it is the same now. Conflicts when another
    /// writer changes the table meanwhile.
    pub async fn restore(&self, then: &Snapshot, name: &TableName) -> Result<bool, StoreError> {
        let (old, now) = (then.table_if_there(name).await?, self.base.table_if_there(name).await?);
        let same = match (&old, &now) {
            (Some(old), Some(now)) => old.schema == now.schema && commit::same_files(&old.files, &now.files),
            (old, now) => old.is_none() && now.is_none(),
        };
        if same && then.view(name) == self.base.view(name) {
            return Ok(false);
        }
        match then.view(name) {
            Some(view) => self.put_view(name, view.clone(), true)?,
            None => drop(self.drop_view(name)),
        }
        match old {
            Some(table) => {
                let (schema, files) = (Arc::clone(&table.schema), table.files.clone());
                self.plan(name, Change::Replace(NewFiles { table: name.clone(), schema, files }));
            }
            None if now.is_some() => self.plan(name, Change::Drop),
            None => {}
        }
        Ok(true)
    }

    /// Takes some files (by [`crate::DataFile::name`]) out and puts others in, for UPDATE and DELETE.
    /// Merges with appends of other writers; conflicts when another writer took one of the files out.
    pub fn rewrite(&self, removed: Vec<String>, added: NewFiles) {
        self.plan(&added.table.clone(), Change::Rewrite { removed, added });
    }

    /// Merges rows into a small keyed table, which is read and rewritten as a whole at the commit, and
    /// again where another writer was faster. Rows match when all key columns are equal; rows without
    /// a match are added; among rows of `batch` with one key the later ones are merged into the
    /// earlier. Keys may not be null. Creates the table where it does not exist.
    pub async fn upsert(
        &self,
        table: &TableName,
        key: &[&str],
        batch: RecordBatch,
        policy: MergePolicy,
    ) -> Result<(), StoreError> {
        let batch = self.conformed(table, batch).await?;
        upsert::check_keys(table, key, &batch)?;
        let key = key.iter().map(|k| (*k).to_owned()).collect();
        self.plan(table, Change::Upsert { key, batch, policy });
        Ok(())
    }

    async fn conformed(&self, table: &TableName, batch: RecordBatch) -> Result<RecordBatch, StoreError> {
        let schema = self.schema_to_append(table, batch.schema_ref()).await?;
        crate::conform::conform(table, &schema, &batch, 0)
    }

    /// Creates an empty table. Where one exists: nothing happens with `if_not_exists`, else an error.
    pub async fn create_table(
        &self,
        table: &TableName,
        schema: &Schema,
        if_not_exists: bool,
    ) -> Result<(), StoreError> {
        let schema = stored_schema(table, schema)?;
        if !if_not_exists && self.planned_schema(table).await?.is_some() {
            return Err(StoreError::AlreadyExists { name: table.to_string() });
        }
        self.plan(table, Change::Create { schema, if_not_exists });
        Ok(())
    }

    /// Adds the columns of `schema` that the table lacks, nullable.
    pub async fn add_columns(&self, table: &TableName, schema: &Schema) -> Result<(), StoreError> {
        let added = stored_schema(table, schema)?;
        widened(table, self.planned_schema(table).await?, &added)?;
        self.plan(table, Change::Widen(added));
        Ok(())
    }

    /// Gives a column a description, or takes it away where the text is empty; no data file is written. Gives false, and
    /// plans nothing, where it is described so already. An error where there is no such table. Conflicts when another
    /// writer changes the table meanwhile.
    pub async fn describe_column(&self, table: &TableName, column: &str, text: &str) -> Result<bool, StoreError> {
        let now = self.base.table(table).await?;
        let mut changed = false;
        let fields = now.schema.fields().iter().map(|f| {
            let mut metadata = f.metadata().clone();
            if f.name() != column || field::description(f).unwrap_or_default() == text {
                return f.as_ref().clone();
            }
            changed = true;
            metadata.remove(field::DESCRIPTION);
            field::with(f.as_ref().clone().with_metadata(metadata), field::DESCRIPTION, text)
        });
        let schema = Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), now.schema.metadata().clone()));
        if changed {
            self.plan(table, Change::Replace(NewFiles { table: table.clone(), schema, files: now.files.clone() }));
        }
        Ok(changed)
    }

    /// Says what a table is for, or takes that away where the text is empty; no file of the table is written. Gives false,
    /// and plans nothing, where that is said already. An error where there is no such table.
    pub async fn describe_table(&self, table: &TableName, text: &str) -> Result<bool, StoreError> {
        self.base.table(table).await?;
        if self.base.description(table).unwrap_or_default() == text {
            return Ok(false);
        }
        let description = Some(text.to_owned()).filter(|text| !text.is_empty());
        lock(&self.plan).descriptions.insert(table.clone(), description);
        Ok(true)
    }

    /// Drops a table; its history stays readable. An error when there is none.
    pub async fn drop_table(&self, table: &TableName) -> Result<(), StoreError> {
        if self.planned_schema(table).await?.is_none() {
            self.base.table(table).await?;
        }
        self.plan(table, Change::Drop);
        Ok(())
    }

    /// Keeps a view. Where a view of that name exists it is replaced with `or_replace`, else an error.
    pub fn put_view(&self, name: &TableName, view: View, or_replace: bool) -> Result<(), StoreError> {
        let mut plan = lock(&self.plan);
        let exists = match plan.views.get(name) {
            Some(planned) => planned.is_some(),
            None => self.base.view(name).is_some(),
        };
        if exists && !or_replace {
            return Err(StoreError::AlreadyExists { name: name.to_string() });
        }
        plan.views.insert(name.clone(), Some(view));
        Ok(())
    }

    /// Drops a view; `false` when there is none.
    pub fn drop_view(&self, name: &TableName) -> bool {
        let mut plan = lock(&self.plan);
        let exists = match plan.views.get(name) {
            Some(planned) => planned.is_some(),
            None => self.base.view(name).is_some(),
        };
        if exists {
            plan.views.insert(name.clone(), None);
        }
        exists
    }

    /// Keeps an original byte for byte under its checksum (64 hexadecimal digits, which the caller has
    /// computed); what is there already stays. Gives the path within the project. An original whose
    /// transaction fails stays behind, unused.
    pub async fn put_object(&self, sha256: &str, content: Bytes) -> Result<String, StoreError> {
        let path = object_path(sha256)?;
        let storage = self.base.project().storage();
        if !storage.exists(&path).await? {
            storage.put_if_absent(&path, content).await?;
        }
        Ok(path)
    }

    /// As [`Transaction::put_object`], for an original too large to be in memory: it is copied from an open file.
    pub async fn put_object_file(&self, sha256: &str, mut from: std::fs::File) -> Result<String, StoreError> {
        let path = object_path(sha256)?;
        let project = self.base.project().clone();
        let relative = path.clone();
        crate::roots::blocking(move || {
            let target = project.storage().local(&relative);
            if target.exists() {
                return Ok(());
            }
            let shown = target.display().to_string();
            let folder = target.parent().unwrap_or(&target);
            std::fs::create_dir_all(folder).map_err(|e| StoreError::io(folder, e))?;
            let mut writer = project.roots().writer(&project.roots().locate(&target, &shown)?)?;
            std::io::copy(&mut from, &mut writer).map_err(|e| StoreError::io(&shown, e))?;
            writer.finish()
        })
        .await??;
        Ok(path)
    }

    /// Registers a check that runs on the new state whenever another writer committed since the
    /// transaction began, before this one's changes are applied to it. An error of the check
    /// (such as [`StoreError::Refused`]) ends the commit with nothing written.
    pub fn on_rebase<F, R>(&self, check: F)
    where
        F: Fn(Snapshot) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        lock(&self.checks).push(Box::new(move |snapshot| Box::pin(check(snapshot))));
    }
}

/// Where an original is kept.
fn object_path(sha256: &str) -> Result<String, StoreError> {
    if sha256.len() != 64 || !sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return Err(StoreError::InvalidPath {
            path: sha256.to_owned(),
            reason: "an original is kept under its SHA-256 in 64 lower case hexadecimal digits".to_owned(),
        });
    }
    Ok(format!("objects/{sha256}"))
}

fn widened(table: &TableName, schema: Option<SchemaRef>, added: &SchemaRef) -> Result<SchemaRef, StoreError> {
    match schema {
        Some(schema) => union_schema(table, &schema, added),
        None => Ok(Arc::clone(added)),
    }
}
