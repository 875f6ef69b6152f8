//! What a killed writer leaves behind is invisible, and the next writer undoes it.

use std::fs;
use std::path::Path;

use outcrop_store::StoreError;
use outcrop_types::tables::TableName;

use crate::{append, depths, new_project, open, values};

/// The newest version in the log of `public.logs`.
fn newest(folder: &Path) -> u64 {
    fs::read_dir(folder.join("tables/public/logs/_delta_log"))
        .unwrap()
        .filter_map(|e| e.unwrap().path().file_stem()?.to_str()?.parse().ok())
        .max()
        .unwrap()
}

/// Takes back the project's last commit file, which leaves the project as if the writer had been
/// killed between the two steps: the logs are written, the project commit is not.
fn kill_between_the_steps(folder: &Path, number: u64) {
    fs::remove_file(folder.join(format!("commits/{number:010}.json"))).unwrap();
}

#[tokio::test]
async fn a_writer_killed_between_the_steps_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let logs = TableName::public("logs");
    // Also the very first version of a table can be such an orphan.
    append(&new_project(&folder).await, &logs, &depths("ghost", &[-1.0])).await.unwrap();
    kill_between_the_steps(&folder, 1);
    let project = open(&folder).await;
    assert!(project.snapshot().await.unwrap().tables().is_empty());
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    assert_eq!(values(&open(&folder).await.snapshot().await.unwrap(), &logs, "md").await, [1.0]);

    // Orphans of several writers, one of them with a changed schema.
    for n in 0..3 {
        let project = open(&folder).await;
        let tx = project.begin("eve", "append", "").await.unwrap();
        let added = arrow::datatypes::Field::new(format!("x{n}"), arrow::datatypes::DataType::Int32, true);
        tx.add_columns(&logs, &arrow::datatypes::Schema::new(vec![added])).await.unwrap();
        tx.append_rows(&logs, depths("ghost", &[-1.0]), None).await.unwrap();
        assert_eq!(tx.commit().await.unwrap().number, 2);
        kill_between_the_steps(&folder, 2);
    }
    let project = open(&folder).await;
    assert_eq!(values(&project.snapshot().await.unwrap(), &logs, "md").await, [1.0]);
    let orphan = newest(&folder);
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();
    let healed = open(&folder).await.snapshot().await.unwrap();
    let table = healed.table(&logs).await.unwrap();
    assert_eq!(table.version, orphan + 1);
    assert_eq!(table.schema.fields().len(), 2);
    assert_eq!(table.files.len(), 2);
    assert_eq!(values(&healed, &logs, "md").await, [1.0, 2.0]);
}

#[tokio::test]
async fn a_version_written_by_hand_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    let next = folder.join(format!("tables/public/logs/_delta_log/{:020}.json", newest(&folder) + 1));
    let file = project.snapshot().await.unwrap().table(&logs).await.unwrap().files[0].name.clone();
    let remove = format!(r#"{{"remove":{{"path":"{file}","deletionTimestamp":1,"dataChange":true}}}}"#);
    fs::write(next, remove).unwrap();
    assert_eq!(values(&open(&folder).await.snapshot().await.unwrap(), &logs, "md").await, [1.0]);
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();
    assert_eq!(values(&open(&folder).await.snapshot().await.unwrap(), &logs, "md").await, [1.0, 2.0]);
}

#[tokio::test]
async fn checkpoints_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    let logs = TableName::public("logs");
    for n in 0..45 {
        append(&project, &logs, &depths("A", &[f64::from(n)])).await.unwrap();
    }
    assert!(folder.join(format!("tables/public/logs/_delta_log/{:020}.checkpoint.parquet", 40)).exists());
    let cold = open(&folder).await;
    for number in [1, 30, 41, 45] {
        let snapshot = cold.snapshot_at(number).await.unwrap();
        let expected: Vec<f64> = (0..number).map(|n| n as f64).collect();
        assert_eq!(values(&snapshot, &logs, "md").await, expected);
        let table = snapshot.table(&logs).await.unwrap();
        assert!(table.files.iter().all(|f| f.statistics["md"].min.is_some() && f.statistics["well"].max.is_some()));
    }
}

#[tokio::test]
async fn features_read_wrongly_elsewhere_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let logs = TableName::public("logs");
    append(&new_project(&folder).await, &logs, &depths("A", &[1.0])).await.unwrap();
    let log = folder.join(format!("tables/public/logs/_delta_log/{:020}.json", 0));
    let text = fs::read_to_string(&log).unwrap();
    for (feature, protocol) in [(
        "deletionVectors",
        r#""minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]"#,
    )] {
        let changed = text.lines().map(|l| {
            if l.contains("\"protocol\"") { format!("{{\"protocol\":{{{protocol}}}}}") } else { l.to_owned() }
        });
        fs::write(&log, changed.collect::<Vec<_>>().join("\n")).unwrap();
        let error = open(&folder).await.snapshot().await.unwrap().table(&logs).await.unwrap_err();
        assert!(matches!(error, StoreError::UnsupportedFeature { .. }), "{error}");
        assert!(error.to_string().contains(feature), "{error}");
    }
    fs::remove_file(&log).unwrap();
    let error = open(&folder).await.snapshot().await.unwrap().table(&logs).await.unwrap_err().to_string();
    assert!(error.contains("logs"), "{error}");
    fs::write(folder.join(format!("commits/{:010}.json", 1)), "{").unwrap();
    assert!(matches!(open(&folder).await.snapshot().await.unwrap_err(), StoreError::Damaged { .. }));
}

#[tokio::test]
async fn half_written_files_of_killed_writers_go_after_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    append(&new_project(&folder).await, &TableName::public("logs"), &depths("A", &[1.0])).await.unwrap();
    let objects = folder.join("objects");
    fs::create_dir_all(&objects).unwrap();
    let names = [".old.tmp", ".new.tmp", "old", ".hidden"].map(|name| objects.join(name));
    for path in &names {
        fs::write(path, "half").unwrap();
        if !path.ends_with(".new.tmp") {
            let then = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 60 * 60);
            fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
        }
    }
    append(&open(&folder).await, &TableName::public("logs"), &depths("B", &[1.0])).await.unwrap();
    assert_eq!(names.map(|path| path.exists()), [false, true, true, true]);
}
