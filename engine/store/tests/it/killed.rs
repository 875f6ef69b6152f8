//! Writers that are killed at any moment leave a project that opens and is whole.

use std::process::{Command, Stdio};
use std::time::Duration;

use outcrop_types::tables::TableName;

use crate::{append, depths, log_schema, new_project, open, values};

const FOLDER: &str = "OUTCROP_STORE_TEST_KILLED";

/// Runs twice: as the test, and, with a folder in the environment, as the writer that is killed.
#[test]
fn killed_writers_leave_a_whole_project() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match std::env::var_os(FOLDER) {
        Some(folder) => runtime.block_on(write_until_killed(folder.as_ref())),
        None => runtime.block_on(kill_writers()),
    }
}

async fn write_until_killed(folder: &std::path::Path) {
    let project = open(folder).await;
    for n in 0.. {
        let tx = project.begin("child", "append", "").await.unwrap();
        for table in ["logs", "tops"] {
            let mut writer = tx.write(&TableName::public(table), log_schema()).await.unwrap();
            writer.write(&depths("A", &[f64::from(n)])).unwrap();
            tx.append(writer.finish().unwrap());
        }
        tx.commit().await.unwrap();
    }
}

async fn kill_writers() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    let (logs, tops) = (TableName::public("logs"), TableName::public("tops"));
    let mut seen = 0;
    for round in 0..6u64 {
        let mut children: Vec<_> = (0..2)
            .map(|_| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "killed::killed_writers_leave_a_whole_project"])
                    .env(FOLDER, &folder)
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(250 + round * 37)).await;
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let cold = open(&folder).await;
        let snapshot = cold.snapshot().await.unwrap();
        let number = snapshot.commit().number;
        assert!(number >= seen);
        if number > 0 {
            for table in [&logs, &tops] {
                assert_eq!(snapshot.table(table).await.unwrap().rows, number, "round {round}");
                assert_eq!(values(&snapshot, table, "md").await.len() as u64, number);
            }
        }
        // The next writer is not hindered by what the killed ones left.
        for table in [&logs, &tops] {
            append(&project, table, &depths("parent", &[-1.0])).await.unwrap();
        }
        let tx = cold.begin("parent", "level", "").await.unwrap();
        for table in [&logs, &tops] {
            tx.append_rows(table, depths("parent", &[-2.0]), None).await.unwrap();
        }
        tx.commit().await.unwrap();
        // Two commits gave a row to one table each, so each table is one behind the commits: level it.
        let tx = cold.begin("parent", "level", "").await.unwrap();
        for table in [&logs, &tops] {
            tx.append_rows(table, depths("parent", &[-3.0, -4.0]), None).await.unwrap();
        }
        seen = tx.commit().await.unwrap().number;
        let snapshot = cold.snapshot().await.unwrap();
        assert_eq!(snapshot.table(&logs).await.unwrap().rows, seen);
        assert_eq!(snapshot.table(&tops).await.unwrap().rows, seen);
    }
    assert!(seen > 6 * 4, "the writers never got to commit anything");
}
