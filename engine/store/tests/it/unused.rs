//! Files that no commit names, and earlier contents brought back.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use outcrop_store::View;
use outcrop_types::tables::TableName;

use crate::{append, depths, new_project, open, parquet_files, values};

fn make_old(path: &Path) {
    let then = SystemTime::now() - Duration::from_secs(48 * 60 * 60);
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

fn all_old(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() { all_old(&entry) } else { make_old(&entry) }
    }
}

#[tokio::test]
async fn only_old_files_that_no_commit_names_are_unused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    // Taken out later, but commit 1 names it still.
    let tx = project.begin("tester", "delete", "").await.unwrap();
    let gone = tx.base().table(&logs).await.unwrap().files[0].name.clone();
    let none = tx.write(&logs, crate::log_schema()).await.unwrap().finish().unwrap();
    tx.rewrite(vec![gone], none);
    tx.commit().await.unwrap();
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();
    let tx = project.begin("tester", "drop", "").await.unwrap();
    tx.drop_table(&logs).await.unwrap();
    tx.commit().await.unwrap();

    let table = folder.join("tables/public/logs");
    let (old, new) = (table.join("00000000-old.parquet"), table.join("00000000-new.parquet"));
    let half = table.join(".half.tmp");
    let original = folder.join("objects").join("a".repeat(64));
    fs::create_dir_all(folder.join("objects")).unwrap();
    for path in [&old, &new, &half, &original] {
        fs::write(path, "12345").unwrap();
    }
    all_old(&folder);
    fs::write(&new, "12345").unwrap();

    let cold = open(&folder).await;
    let day = Duration::from_secs(24 * 60 * 60);
    let unused = cold.unused_files(day).await.unwrap();
    let paths: Vec<&str> = unused.iter().map(|f| f.path.as_str()).collect();
    let object = format!("objects/{}", "a".repeat(64));
    assert_eq!(paths, [&object, "tables/public/logs/.half.tmp", "tables/public/logs/00000000-old.parquet"]);
    assert!(unused.iter().all(|f| f.size == 5 && f.age > day));
    cold.remove_unused(&unused).await.unwrap();
    cold.remove_unused(&unused).await.unwrap();
    assert!(new.exists() && !old.exists() && !half.exists() && !original.exists());
    assert_eq!(cold.unused_files(Duration::ZERO).await.unwrap().len(), 1);
    // Every commit is as it was.
    assert_eq!(parquet_files(&folder), 3);
    assert_eq!(values(&cold.snapshot_at(1).await.unwrap(), &logs, "md").await, [1.0]);
    assert_eq!(values(&cold.snapshot_at(3).await.unwrap(), &logs, "md").await, [2.0]);
}

#[tokio::test]
async fn earlier_contents_come_back_in_a_new_commit() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    let (logs, sand) = (TableName::public("logs"), TableName::public("sand"));
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();
    append(&project, &sand, &depths("B", &[2.0])).await.unwrap();
    let tx = project.begin("tester", "view", "").await.unwrap();
    tx.put_view(&TableName::public("v"), View { sql: "SELECT 1".to_owned(), description: None }, false).unwrap();
    tx.commit().await.unwrap();

    let then = project.snapshot_at(1).await.unwrap();
    let tx = project.begin("tester", "restore", "").await.unwrap();
    let mut changed = Vec::new();
    for name in [&logs, &sand, &TableName::public("v"), &TableName::public("never")] {
        changed.push(tx.restore(&then, name).await.unwrap());
    }
    assert_eq!(changed, [true, true, true, false]);
    tx.commit().await.unwrap();

    let cold = open(&folder).await;
    let now = cold.snapshot().await.unwrap();
    assert_eq!(values(&now, &logs, "md").await, [1.0]);
    assert!(!now.has_table(&sand) && now.view(&TableName::public("v")).is_none());
    assert_eq!(values(&cold.snapshot_at(4).await.unwrap(), &logs, "md").await, [1.0, 2.0]);
    // And forth again; the files are named by several versions and none is unused.
    let then = cold.snapshot_at(4).await.unwrap();
    let tx = cold.begin("tester", "restore", "").await.unwrap();
    assert!(tx.restore(&then, &logs).await.unwrap() && tx.restore(&then, &sand).await.unwrap());
    tx.commit().await.unwrap();
    append(&cold, &logs, &depths("C", &[3.0])).await.unwrap();
    assert_eq!(values(&cold.snapshot().await.unwrap(), &logs, "md").await, [1.0, 2.0, 3.0]);
    assert!(cold.unused_files(Duration::ZERO).await.unwrap().is_empty());
    // Nothing to bring back is no change.
    let tx = cold.begin("tester", "restore", "").await.unwrap();
    assert!(!tx.restore(&cold.snapshot().await.unwrap(), &logs).await.unwrap());
}
