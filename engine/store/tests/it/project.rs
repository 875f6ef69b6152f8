//! Project folders: creating, opening, history.

use std::fs;
use std::path::Path;

use crate::{append, depths, new_project, open, values};
use outcrop_store::{Project, ProjectSettings, Root, Roots, StoreError};
use outcrop_types::tables::TableName;
use outcrop_types::{DatumName, LengthUnit};

#[tokio::test]
async fn settings_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("my field [1] 50% ø.outcrop");
    let roots = Roots::whole_file_system();
    let settings = ProjectSettings {
        crs: Some("EPSG:23031".parse().unwrap()),
        vertical_datum: Some(DatumName::KB),
        ..ProjectSettings::new("Volve", LengthUnit::Foot)
    };
    let project = Project::init(&roots, &folder, settings.clone(), "ada").await.unwrap();
    assert_eq!(project.head().await.unwrap().number, 0);
    assert_eq!(project.head().await.unwrap().author, "ada");
    assert_eq!(open(&folder).await.settings(), settings);

    let again = Project::init(&roots, &folder, settings, "ada").await.unwrap_err();
    assert!(matches!(again, StoreError::AlreadyThere { .. }), "{again}");

    // Keys of someone else stay.
    let file = folder.join("project.toml");
    fs::write(&file, format!("{}\n[plotting]\nstyle = \"dark\"\n", fs::read_to_string(&file).unwrap())).unwrap();
    let project = open(&folder).await;
    let mut settings = project.settings();
    settings.name = "Volve 2".to_owned();
    project.set_settings(settings).await.unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("dark") && text.contains("Volve 2"), "{text}");
    // A project in a folder with such a name holds tables like any other.
    let table = TableName::new("points", "Top Hugin/50% [x]");
    append(&project, &table, &depths("A", &[1.0])).await.unwrap();
    append(&project, &table, &depths("A", &[2.0])).await.unwrap();
    assert_eq!(values(&open(&folder).await.snapshot().await.unwrap(), &table, "md").await, [1.0, 2.0]);

    let mut settings = project.settings();
    settings.length_unit = LengthUnit::Metre;
    assert!(matches!(project.set_settings(settings).await.unwrap_err(), StoreError::Settings { .. }));
}

#[tokio::test]
async fn what_is_no_project_is_said_so() {
    let dir = tempfile::tempdir().unwrap();
    let roots = Roots::whole_file_system();
    assert!(matches!(Project::open(&roots, dir.path()).await.unwrap_err(), StoreError::NotAProject { .. }));
    fs::write(dir.path().join("notes.txt"), "x").unwrap();
    let settings = ProjectSettings::new("x", LengthUnit::Metre);
    let error = Project::init(&roots, dir.path(), settings, "a").await.unwrap_err();
    assert!(matches!(error, StoreError::AlreadyThere { .. }), "{error}");

    let file = dir.path().join("project.toml");
    for (text, expected) in [
        ("format_version = 99\nanything = [1]\n", "newer version"),
        ("name = \"x\"\n", "format_version"),
        ("format_version = 1\nname = \"x\"\nlength_unit = \"fathom\"\n", "fathom"),
        ("format_version = \n", "damaged"),
    ] {
        fs::write(&file, text).unwrap();
        let message = Project::open(&roots, dir.path()).await.unwrap_err().to_string();
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[tokio::test]
async fn history_and_time_travel() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    for n in 1..=20 {
        assert_eq!(append(&project, &logs, &depths("A", &[f64::from(n)])).await.unwrap(), n as u64);
    }
    let cold = open(&dir.path().join("p")).await;
    let history = cold.history().await.unwrap();
    assert_eq!(history.len(), 21);
    assert_eq!(history[0].number, 20);
    assert!(history.windows(2).all(|w| w[0].at >= w[1].at && w[0].parent == Some(w[1].number)));
    assert_eq!(values(&cold.snapshot_at(3).await.unwrap(), &logs, "md").await, [1.0, 2.0, 3.0]);
    let time = cold.commit(7).await.unwrap().time().unwrap();
    assert_eq!(cold.snapshot_at_time(time).await.unwrap().commit().number, 7);
    let before = time - chrono::Duration::days(1);
    assert!(matches!(cold.snapshot_at_time(before).await.unwrap_err(), StoreError::NoCommitAt { .. }));
    assert!(matches!(cold.snapshot_at(99).await.unwrap_err(), StoreError::NoSuchCommit { head: 20, .. }));
    let message = cold.snapshot().await.unwrap().table(&TableName::public("nope")).await.unwrap_err().to_string();
    assert!(message.contains("nope") && message.contains("logs"), "{message}");
}

#[tokio::test]
async fn a_copy_is_the_same_project() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let logs = TableName::public("logs");
    append(&project, &logs, &depths("A", &[1.0])).await.unwrap();
    append(&project, &logs, &depths("B", &[2.0])).await.unwrap();
    copy(&dir.path().join("p"), &dir.path().join("copy"));
    let copied = open(&dir.path().join("copy")).await;
    assert_eq!(copied.history().await.unwrap(), project.history().await.unwrap());
    assert_eq!(values(&copied.snapshot_at(1).await.unwrap(), &logs, "md").await, [1.0]);
    append(&copied, &logs, &depths("C", &[3.0])).await.unwrap();
    assert_eq!(values(&copied.snapshot().await.unwrap(), &logs, "md").await, [1.0, 2.0, 3.0]);
    assert_eq!(values(&project.snapshot().await.unwrap(), &logs, "md").await, [1.0, 2.0]);
}

#[tokio::test]
async fn a_project_below_a_root_for_reading_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let logs = TableName::public("logs");
    append(&new_project(&folder).await, &logs, &depths("A", &[1.0])).await.unwrap();
    let roots = Roots::folders(vec![Root::read_only(dir.path())]).unwrap();
    let project = Project::open(&roots, &folder).await.unwrap();
    assert_eq!(project.snapshot().await.unwrap().table(&logs).await.unwrap().rows, 1);
    assert!(matches!(project.begin("a", "b", "c").await.unwrap_err(), StoreError::ReadOnlyRoot { .. }));
    let elsewhere = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(elsewhere.path())]).unwrap();
    assert!(matches!(Project::open(&roots, &folder).await.unwrap_err(), StoreError::OutsideRoots { .. }));
}

#[tokio::test]
async fn a_missing_commit_is_not_taken_for_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("p");
    let project = new_project(&folder).await;
    for n in 0..5 {
        append(&project, &TableName::public("logs"), &depths("A", &[f64::from(n)])).await.unwrap();
    }
    fs::remove_file(folder.join("commits/0000000003.json")).unwrap();
    let message = open(&folder).await.snapshot().await.unwrap_err().to_string();
    assert!(message.contains("0000000003.json") && message.contains("missing"), "{message}");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            // Written anew: the copy has times of its own.
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
