//! The import as a whole.

mod conflict;
mod gather;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use outcrop_store::{MergePolicy, Project, Roots, Snapshot, StoreError, Transaction};
use outcrop_types::mnemonic::MnemonicTable;
use outcrop_types::tables::TableName;
use outcrop_types::{Unit, identity};

use crate::existing;
use crate::source::{self, Known, Source};
use crate::wells::{self, Registry};
use crate::{FileOutcome, ImportError, ImportOptions, ImportReport, Status, Watch, record, replace};
use gather::{Gathered, Gathering};

/// How often an import that another one overtook starts over, before it gives up.
const AGAIN: u32 = 5;

/// What the project has that an import must know.
struct Base {
    known: Known,
    registry: Registry,
    log_sets: HashSet<(String, String)>,
    /// Wells and log sets that are replaced.
    replaced: HashSet<(String, String)>,
    /// Tables of points, features, surfaces and volumes that are made anew.
    own: BTreeSet<TableName>,
}

/// Imports the files that `patterns` name (relative to `base`) into one project commit.
///
/// Patterns are files, folders (everything below) or patterns with `*`, `**`, `?`, `[ab]`, `{a,b}`, extensions in any case;
/// kinds may be mixed. A file whose content the project has is left alone, unless the tables it went to are there no more or
/// [`ImportOptions::again`] is set: then its rows take the place of those it gave. A file that cannot be read is reported and stops
/// nothing. Where no file gives a row or completes a well, no commit is made, and the report alone says what was found. Must be called
/// within a tokio runtime.
///
/// # Errors
/// [`ImportError`] when a pattern names nothing, an option is wrong, the project cannot be written or the watch cancels.
/// Nothing has changed then. When another program imports the same files or wells meanwhile, the import starts over on
/// what is then there, so that a file which both bring is unchanged in the later one; only when that happens again and
/// again is it an error.
pub async fn import(
    project: &Project,
    roots: &Roots,
    base: &Path,
    patterns: &[String],
    options: &ImportOptions,
    watch: Arc<dyn Watch + Send + Sync>,
) -> Result<ImportReport, ImportError> {
    let mnemonics = mnemonics(options)?;
    check_units(options)?;
    watch.stage("finding files");
    let (roots_of_task, base, patterns) = (roots.clone(), base.to_path_buf(), patterns.to_vec());
    let folder = project.folder().to_path_buf();
    let sources = task(move || source::list(&roots_of_task, &base, &patterns, &folder)).await??;
    for _ in 0..AGAIN {
        match attempt(project, roots, sources.clone(), &mnemonics, options, &watch).await {
            // Another import was faster: its wells, log sets and contents are recognised when this one starts over.
            Err(ImportError::Store(StoreError::Refused(_))) => watch.stage("starting over, another import was faster"),
            result => return result,
        }
    }
    attempt(project, roots, sources, &mnemonics, options, &watch).await
}

/// Reads the files and commits what they hold.
async fn attempt(
    project: &Project,
    roots: &Roots,
    sources: Vec<Source>,
    mnemonics: &MnemonicTable,
    options: &ImportOptions,
    watch: &Arc<dyn Watch + Send + Sync>,
) -> Result<ImportReport, ImportError> {
    watch.total(sources.len(), sources.iter().map(|s| s.bytes).sum());
    if watch.cancelled() {
        return Err(ImportError::Cancelled);
    }
    let transaction = Arc::new(project.begin(&options.author, "import", &options.message).await?);
    if let Some(key) = &options.once {
        transaction.set_key(key);
    }
    let known = read_base(transaction.base(), options.again, &sources, roots).await?;
    replace::drop_own(&transaction, &known.own).await?;
    let (superseded, replaced) = (known.known.superseded().clone(), known.replaced.clone());
    let gathering = Gathering {
        roots: roots.clone(),
        options: options.clone(),
        mnemonics: mnemonics.clone(),
        settings: project.settings(),
        transaction: Arc::clone(&transaction),
        runtime: tokio::runtime::Handle::current(),
        watch: Arc::clone(watch),
    };
    let gathered = task(move || gathering.run(sources, known)).await??;
    if watch.cancelled() {
        return Err(ImportError::Cancelled);
    }
    watch.stage("committing");
    replace::take_out(&transaction, &gathered.files, &superseded, &replaced).await?;
    commit(project, transaction, gathered, options, &superseded).await
}

async fn task<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ImportError> {
    tokio::task::spawn_blocking(work).await.map_err(|e| ImportError::Thread(e.to_string()))
}

fn mnemonics(options: &ImportOptions) -> Result<MnemonicTable, ImportError> {
    let Some(text) = &options.mnemonics else { return Ok(MnemonicTable::standard()) };
    let table = MnemonicTable::with_user_entries(text)?;
    for curve in table.curves() {
        let column = identity::column_name(&curve.mnemonic);
        if matches!(column.as_str(), "well" | "log_set" | "md" | "tvd" | "tvdss") {
            return Err(ImportError::ReservedMnemonic { mnemonic: curve.mnemonic.clone(), column });
        }
    }
    Ok(table)
}

fn check_units(options: &ImportOptions) -> Result<(), ImportError> {
    if let Some((name, unit)) = options.units.iter().find(|(_, unit)| Unit::parse(unit).is_none()) {
        return Err(ImportError::UnknownUnit { name: name.clone(), unit: unit.clone() });
    }
    match (options.z_kind, options.unit_of(&["z"])) {
        (Some(kind), Some(unit)) if Unit::parse(unit).is_some_and(|u| !kind.takes(u.dimension())) => {
            Err(ImportError::ZUnit { kind, unit: unit.to_owned() })
        }
        _ => Ok(()),
    }
}

async fn read_base(snapshot: &Snapshot, again: bool, sources: &[Source], roots: &Roots) -> Result<Base, ImportError> {
    let imported = existing::imported(snapshot).await?;
    let superseded = replace::superseded(snapshot, &imported, again, sources, roots).await?;
    let own = replace::own_tables(snapshot, &imported, &superseded)?;
    let mut replaced = HashSet::new();
    if !superseded.is_empty() {
        replaced = replace::log_sets(snapshot, &imported, &superseded).await?;
    }
    let mut log_sets = existing::pairs(snapshot, &TableName::public("curves"), "well", "log_set").await?;
    log_sets.retain(|set| !replaced.contains(set));
    Ok(Base {
        known: Known::new(&imported, superseded),
        registry: wells::load(snapshot).await?,
        log_sets,
        replaced,
        own,
    })
}

/// Puts everything into the transaction and commits it.
async fn commit(
    project: &Project,
    transaction: Arc<Transaction>,
    gathered: Gathered,
    options: &ImportOptions,
    superseded: &HashSet<String>,
) -> Result<ImportReport, ImportError> {
    let Gathered { files, registry, written, joined, log_sets, made } = gathered;
    let used = |place: &usize, used: bool| used || joined.places.contains(place);
    let entries = || registry.entries().iter().enumerate();
    let mut report = ImportReport {
        wells_matched: entries().filter(|(place, e)| e.stored.is_some() && used(place, e.used)).count(),
        wells_new: entries().filter(|(_, e)| e.stored.is_none() && e.used).count(),
        rows_unmatched: joined.unmatched.values().sum(),
        wells_unmatched: joined.unmatched.keys().cloned().collect(),
        files,
        ..ImportReport::default()
    };
    let wells = wells::upsert_batch(&registry, project.settings().length_unit)?;
    // What gave no row and completed no well has changed nothing: there is nothing to commit.
    let gave = report.files.iter().any(|f| f.status == Status::Imported && f.rows > 0);
    if !gave && written.is_empty() && wells.is_none() {
        for file in report.files.iter_mut().filter(|f| f.status == Status::Imported) {
            file.status = Status::Unchanged;
            file.object = None;
            if !file.message.is_empty() {
                file.message.push_str("; ");
            }
            file.message.push_str("it gave no new rows, so nothing was committed");
        }
        return Ok(report);
    }
    for files in written {
        *report.tables.entry(files.table().to_string()).or_insert(0) += files.rows();
        transaction.append(files);
    }
    if let Some(batch) = wells {
        transaction.upsert(&TableName::public("wells"), &["well"], batch, MergePolicy::Fill).await?;
    }
    if report.wells_new > 0 {
        report.tables.insert("wells".to_owned(), report.wells_new as u64);
    }
    let imports = TableName::outcrop("imports");
    transaction.append_rows(&imports, record::imports(&report.files)?, Some("commit")).await?;
    if let Some(batch) = record::issues(&report.files)? {
        transaction.append_rows(&TableName::outcrop("import_issues"), batch, Some("commit")).await?;
    }
    if options.message.is_empty() {
        transaction.set_message(&message(&report.files));
    }
    conflict::guard(&transaction, &report.files, &registry, log_sets, made, superseded);
    let transaction = Arc::try_unwrap(transaction).map_err(|_| StoreError::Task("keeping originals".to_owned()))?;
    report.commit = Some(transaction.commit().await?.number);
    Ok(report)
}

/// What was imported, in a line: `12 files: 10 las, 1 tops, 1 failed`.
fn message(files: &[FileOutcome]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for file in files {
        let what = if file.status == Status::Imported { file.kind.as_str() } else { file.status.as_str() };
        *counts.entry(what).or_insert(0) += 1;
    }
    let parts: Vec<String> = counts.into_iter().map(|(what, n)| format!("{n} {what}")).collect();
    format!("{} files: {}", files.len(), parts.join(", "))
}
