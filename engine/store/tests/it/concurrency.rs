//! Several writers at once: nothing is lost, real conflicts are said.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arrow::datatypes::{DataType, Field, Schema};
use outcrop_store::{Conflict, MergePolicy, Project, StoreError, Transaction, View};
use outcrop_types::tables::TableName;

use crate::{append, depths, log_schema, new_project, open, parquet_files, values};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    new_project(&folder).await;
    append_from_writers(&folder, 8, 4).await;
}

/// As on a file system without locks: writers meet in the logs and at the commit files.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_without_turns_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    new_project(&folder).await;
    std::fs::create_dir(folder.join("commits/.lock")).unwrap();
    append_from_writers(&folder, 4, 4).await;
}

async fn append_from_writers(folder: &Path, count: u32, commits: u32) {
    let (logs, tops) = (TableName::public("logs"), TableName::public("tops"));
    let mut writers = Vec::new();
    for w in 0..count {
        // Each opens the project on its own, as another process would.
        let project = open(folder).await;
        let (logs, tops) = (logs.clone(), tops.clone());
        writers.push(tokio::spawn(async move {
            for n in 0..commits {
                let tx = project.begin(&format!("writer {w}"), "append", "").await.unwrap();
                for table in [&logs, &tops] {
                    let mut writer = tx.write(table, log_schema()).await.unwrap();
                    writer.write(&depths("A", &[f64::from(w * 100 + n)])).unwrap();
                    tx.append(writer.finish().unwrap());
                }
                tx.commit().await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let project = open(folder).await;
    let snapshot = project.snapshot().await.unwrap();
    let total = u64::from(count * commits);
    assert_eq!(snapshot.commit().number, total);
    let expected: Vec<f64> = (0..count).flat_map(|w| (0..commits).map(move |n| f64::from(w * 100 + n))).collect();
    for table in [&logs, &tops] {
        assert_eq!(values(&snapshot, table, "md").await, expected);
    }
    assert_eq!(parquet_files(folder) as u64, 2 * total);
    // Every commit in between was whole: both tables had as many rows as commits.
    for number in 1..=total {
        let commit = project.commit(number).await.unwrap();
        assert_eq!((commit.tables["logs"].rows, commit.tables["tops"].rows), (number, number));
    }
    for number in [1, total / 2, total] {
        let at = project.snapshot_at(number).await.unwrap();
        assert_eq!(at.table(&logs).await.unwrap().rows, number);
    }
}

async fn two(project: &Project) -> (Transaction, Transaction) {
    (project.begin("ada", "first", "a").await.unwrap(), project.begin("bob", "second", "b").await.unwrap())
}

async fn replacing(tx: &Transaction, table: &TableName, md: f64) {
    let mut writer = tx.write_new(table, log_schema()).unwrap();
    writer.write(&depths("R", &[md])).unwrap();
    tx.replace(writer.finish().unwrap());
}

#[tokio::test]
async fn upserts_of_two_writers_merge() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let wells = TableName::public("wells");
    append(&project, &wells, &depths("A", &[1.0])).await.unwrap();
    let (first, second) = two(&project).await;
    first.upsert(&wells, &["well"], depths("B", &[2.0]), MergePolicy::Fill).await.unwrap();
    second.upsert(&wells, &["well"], depths("C", &[3.0]), MergePolicy::Fill).await.unwrap();
    second.commit().await.unwrap();
    assert_eq!(first.commit().await.unwrap().number, 3);
    assert_eq!(values(&project.snapshot().await.unwrap(), &wells, "md").await, [1.0, 2.0, 3.0]);
    // One key: the policy decides, on what the other wrote.
    for (policy, expected) in [(MergePolicy::Fill, 20.0), (MergePolicy::Override, 11.0)] {
        let (first, second) = two(&project).await;
        first.upsert(&wells, &["well"], depths("D", &[11.0]), policy).await.unwrap();
        second.upsert(&wells, &["well"], depths("D", &[20.0]), policy).await.unwrap();
        second.commit().await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(values(&project.snapshot().await.unwrap(), &wells, "md").await.last(), Some(&expected));
        let tx = project.begin("ada", "undo", "").await.unwrap();
        replacing(&tx, &wells, 1.0).await;
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn replaced_twice_is_a_conflict() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    let files = parquet_files(project.folder());
    let (first, second) = two(&project).await;
    replacing(&first, &logs, 10.0).await;
    replacing(&second, &logs, 20.0).await;
    second.commit().await.unwrap();
    let error = first.commit().await.unwrap_err();
    let StoreError::Conflict(conflict) = &error else { panic!("{error}") };
    let Conflict { name, by, commit, operation, .. } = conflict.as_ref();
    assert_eq!((name.as_str(), by.as_str(), *commit, operation.as_str()), ("logs", "bob", 2, "second"));
    assert_eq!(values(&project.snapshot().await.unwrap(), &logs, "md").await, [20.0]);
    assert_eq!(parquet_files(project.folder()), files + 1);
}

#[tokio::test]
async fn other_conflicts_and_what_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let (logs, new) = (TableName::public("logs"), TableName::public("new"));
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();

    // Created by both.
    let (first, second) = two(&project).await;
    first.create_table(&new, &log_schema(), false).await.unwrap();
    second.create_table(&new, &log_schema(), false).await.unwrap();
    second.commit().await.unwrap();
    assert!(matches!(first.commit().await.unwrap_err(), StoreError::Conflict { .. }));

    // Different tables.
    let (first, second) = two(&project).await;
    replacing(&first, &new, 5.0).await;
    second.append_rows(&logs, depths("C", &[3.0]), None).await.unwrap();
    second.commit().await.unwrap();
    first.commit().await.unwrap();

    // Files taken out by one writer, rows appended by the other; then the same file by both.
    let file = |n: usize| {
        let project = project.clone();
        let logs = logs.clone();
        async move { project.snapshot().await.unwrap().table(&logs).await.unwrap().files[n].name.clone() }
    };
    let (first, second) = two(&project).await;
    let name = file(0).await;
    first.rewrite(vec![name.clone()], first.write(&logs, log_schema()).await.unwrap().finish().unwrap());
    second.append_rows(&logs, depths("D", &[4.0]), None).await.unwrap();
    let third = project.begin("eve", "third", "").await.unwrap();
    third.rewrite(vec![name], third.write(&logs, log_schema()).await.unwrap().finish().unwrap());
    second.commit().await.unwrap();
    first.commit().await.unwrap();
    assert_eq!(values(&project.snapshot().await.unwrap(), &logs, "md").await.len(), 3);
    assert!(matches!(third.commit().await.unwrap_err(), StoreError::Conflict { .. }));

    // Appending to what the other dropped; a view both put.
    let (first, second) = two(&project).await;
    first.append_rows(&logs, depths("E", &[5.0]), None).await.unwrap();
    second.drop_table(&logs).await.unwrap();
    second.commit().await.unwrap();
    assert!(matches!(first.commit().await.unwrap_err(), StoreError::Conflict { .. }));
    let (first, second) = two(&project).await;
    for (tx, sql) in [(&first, "SELECT 1"), (&second, "SELECT 2")] {
        tx.put_view(&TableName::public("v"), View { sql: sql.to_owned(), description: None }, true).unwrap();
    }
    second.commit().await.unwrap();
    assert!(matches!(first.commit().await.unwrap_err(), StoreError::Conflict { .. }));
}

#[tokio::test]
async fn columns_added_by_both_writers_are_all_there() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    let added = |name: &str, data_type| Schema::new(vec![Field::new(name, data_type, true)]);
    let (first, second) = two(&project).await;
    first.add_columns(&logs, &added("gr", DataType::Float64)).await.unwrap();
    second.add_columns(&logs, &added("nphi", DataType::Float64)).await.unwrap();
    second.commit().await.unwrap();
    first.commit().await.unwrap();
    let table = open(project.folder()).await.snapshot().await.unwrap().table(&logs).await.unwrap();
    let names: Vec<&str> = table.schema.fields().iter().map(|f| f.name().as_str()).collect();
    assert_eq!(names, ["well", "md", "nphi", "gr"]);
    // The same name in another case or type would read as null: refused.
    for (a, b) in [
        (added("dt", DataType::Float64), added("DT", DataType::Float64)),
        (added("x", DataType::Utf8), added("x", DataType::Int32)),
    ] {
        let (first, second) = two(&project).await;
        first.add_columns(&logs, &a).await.unwrap();
        second.add_columns(&logs, &b).await.unwrap();
        second.commit().await.unwrap();
        let error = first.commit().await.unwrap_err();
        assert!(matches!(error, StoreError::DuplicateColumn { .. } | StoreError::ColumnType { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_callers_check_runs_on_the_new_state() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    let (first, second) = two(&project).await;
    first.append_rows(&logs, depths("A", &[1.0]), None).await.unwrap();
    second.append_rows(&logs, depths("A", &[1.0]), None).await.unwrap();
    let runs = Arc::new(AtomicU32::new(0));
    for tx in [&first, &second] {
        let (runs, logs) = (Arc::clone(&runs), logs.clone());
        tx.on_rebase(move |snapshot| {
            let (runs, logs) = (Arc::clone(&runs), logs.clone());
            async move {
                runs.fetch_add(1, Ordering::SeqCst);
                match snapshot.table(&logs).await?.rows {
                    0 => Ok(()),
                    n => Err(StoreError::Refused(format!("{n} rows are there already"))),
                }
            }
        });
    }
    second.commit().await.unwrap();
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert!(matches!(first.commit().await.unwrap_err(), StoreError::Refused(_)));
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(project.snapshot().await.unwrap().table(&logs).await.unwrap().rows, 1);
}

/// A commit whose task is cancelled at any moment is made whole or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelled_commits_are_whole_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[0.0])).await.unwrap();
    for n in 1..40u32 {
        let tx = project.begin("ada", "append", "").await.unwrap();
        let mut writer = tx.write(&logs, log_schema()).await.unwrap();
        writer.write(&depths("A", &[f64::from(n)])).unwrap();
        tx.append(writer.finish().unwrap());
        let task = tokio::spawn(tx.commit());
        tokio::time::sleep(std::time::Duration::from_micros(u64::from(n) * 400)).await;
        task.abort();
        let _ = task.await;
    }
    // Work that was under way when its task was cancelled ends.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let snapshot = open(project.folder()).await.snapshot().await.unwrap();
    assert_eq!(values(&snapshot, &logs, "md").await.len() as u64, snapshot.commit().number);
}
