//! Imports that are killed at any moment leave a whole project.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use outcrop_import::{NoWatch, Status, import};
use outcrop_store::{Project, Roots};

use crate::{Place, las, options, rows, texts};

const FOLDER: &str = "OUTCROP_IMPORT_TEST_KILLED";

/// Runs twice: as the test, and, with a folder in the environment, as the import that is killed.
#[test]
fn killed_imports_leave_a_whole_project() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    match std::env::var_os(FOLDER) {
        Some(folder) => runtime.block_on(import_until_killed(folder.as_ref())),
        None => runtime.block_on(kill_imports()),
    }
}

const WELLS: usize = 6;
const ROUNDS: u64 = 15;

/// Imports six new wells at a time, for ever.
async fn import_until_killed(folder: &std::path::Path) {
    let roots = Roots::whole_file_system();
    let project = Project::open(&roots, folder.join("p.outcrop")).await.unwrap();
    let from = project.head().await.unwrap().number;
    for round in from.. {
        // A folder is there with all its files or not at all, so that what is imported later is whole.
        let (made, whole) = (folder.join("making"), folder.join(format!("in{round}")));
        if !whole.is_dir() {
            std::fs::create_dir_all(&made).unwrap();
            for well in 0..WELLS {
                let data: Vec<Vec<f64>> = (0..400).map(|i| vec![f64::from(i), round as f64, f64::from(i)]).collect();
                let data: Vec<&[f64]> = data.iter().map(Vec::as_slice).collect();
                let text = las(&format!("WELL. W-{round}-{well} :"), &["DEPT.M", "GR.GAPI", "XYZ"], &data);
                std::fs::write(made.join(format!("w{well}.las")), text).unwrap();
            }
            std::fs::rename(&made, &whole).unwrap();
        }
        let patterns = [format!("in{round}")];
        let report = import(&project, &roots, folder, &patterns, &options(), Arc::new(NoWatch)).await.unwrap();
        assert_eq!(report.commit, Some(round + 1));
    }
}

async fn kill_imports() {
    let place = Place::metric().await;
    let folder = place.dir.path().to_path_buf();
    let mut commits = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::killed_imports_leave_a_whole_project"])
            .env(FOLDER, &folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From before the first file is read to some imports later; on a slow machine, until one is complete.
        tokio::time::sleep(Duration::from_millis(20 + round * 37)).await;
        while round == ROUNDS - 1 && commits == 0 && place.project.head().await.unwrap().number == 0 {
            assert!(child.try_wait().unwrap().is_none(), "the import ended by itself");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let project = Project::open(&Roots::whole_file_system(), folder.join("p.outcrop")).await.unwrap();
        let head = project.head().await.unwrap();
        assert!(head.number >= commits);
        commits = head.number;
        check(&project, commits).await;
    }
    // What was cut off can be imported again, and everything else is there.
    let next = format!("in{commits}");
    if folder.join(&next).is_dir() {
        let report = place.import(&[&next]).await;
        assert_eq!(report.count(Status::Failed), 0);
        assert_eq!(report.commit, Some(commits + 1));
    }
    println!("{commits} imports were complete before the last kill");
    assert!(commits > 0);
}

/// All tables tell of the same imports: those of the commits, whole.
async fn check(project: &Project, commits: u64) {
    let snapshot = project.snapshot().await.unwrap();
    if commits == 0 {
        assert!(snapshot.tables().is_empty());
        return;
    }
    let expected: BTreeSet<String> = (0..commits).flat_map(|r| (0..WELLS).map(move |w| format!("W-{r}-{w}"))).collect();
    for table in ["wells", "logs", "curves", "outcrop.other_curve_values"] {
        let batch = rows(&snapshot, table).await;
        assert_eq!(texts(&batch, "well").into_iter().collect::<BTreeSet<_>>(), expected, "{table}");
    }
    assert_eq!(rows(&snapshot, "logs").await.num_rows() as u64, commits * WELLS as u64 * 400);
    assert_eq!(rows(&snapshot, "outcrop.imports").await.num_rows() as u64, commits * WELLS as u64);
}
