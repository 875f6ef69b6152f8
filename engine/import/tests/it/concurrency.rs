//! Two imports at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use outcrop_import::{ImportError, NoWatch, Status, import};
use outcrop_store::{Project, Roots};

use crate::{Place, las, options, texts};

fn start(place: &Place, pattern: &str) -> tokio::task::JoinHandle<Result<outcrop_import::ImportReport, ImportError>> {
    let (folder, base) = (place.project.folder().to_path_buf(), place.dir.path().to_path_buf());
    let patterns = [pattern.to_owned()];
    tokio::spawn(async move {
        let roots = Roots::whole_file_system();
        // Each has opened the project by itself, as two programs do.
        let project = Project::open(&roots, folder).await?;
        import(&project, &roots, &base, &patterns, &options(), Arc::new(NoWatch)).await
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn different_files_are_all_there() {
    let place = Place::metric().await;
    for n in 0..16 {
        let text = las(&format!("WELL. W-{n} :"), &["DEPT.M", "GR.GAPI", "DT.US/F"], &[&[f64::from(n), 50.0, 60.0]]);
        place.file(&format!("in{}/w{n}.las", n % 4), text);
    }
    let running: Vec<_> = (0..4).map(|n| start(&place, &format!("in{n}"))).collect();
    let mut commits = BTreeSet::new();
    for import in running {
        commits.insert(import.await.unwrap().unwrap().commit.unwrap());
    }
    assert_eq!(commits.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4]);
    let wells: BTreeSet<String> = (0..16).map(|n| format!("W-{n}")).collect();
    assert_eq!(texts(&place.rows("wells").await, "well").into_iter().collect::<BTreeSet<_>>(), wells);
    assert_eq!(texts(&place.rows("logs").await, "well").into_iter().collect::<BTreeSet<_>>(), wells);
    assert_eq!(place.rows("outcrop.imports").await.num_rows(), 16);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_files_are_imported_once() {
    let place = Place::metric().await;
    for n in 0..4 {
        place.file(
            &format!("in/w{n}.las"),
            las(&format!("WELL. W-{n} :"), &["DEPT.M", "GR.GAPI"], &[&[f64::from(n), 50.0]]),
        );
    }
    let running: Vec<_> = (0..3).map(|_| start(&place, "in")).collect();
    let mut imported = 0;
    for import in running {
        let report = import.await.unwrap().unwrap();
        if report.commit.is_some() {
            imported += report.count(Status::Imported);
        } else {
            // It came after the other was done, or was overtaken and started over.
            assert_eq!(report.count(Status::Unchanged), 4);
        }
    }
    assert_eq!(imported, 4);
    assert_eq!(place.rows("logs").await.num_rows(), 4);
    assert_eq!(place.import(&["in"]).await.count(Status::Unchanged), 4);
}

/// A well that two imports bring under two names is one well: the later import starts over and finds it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_well_of_two_names_is_one_well() {
    let place = Place::metric().await;
    place
        .file("one/a.las", las("WELL. Alpha :\nUWI. 15/9-1 :", &["DEPT.M", "GR.GAPI"], &[&[1.0, 50.0]]))
        .file("two/b.las", las("WELL. Beta :\nUWI. 15-9-1 :", &["DEPT.M", "GR.GAPI"], &[&[2.0, 50.0]]));
    let running = [start(&place, "one"), start(&place, "two")];
    for import in running {
        import.await.unwrap().unwrap();
    }
    assert_eq!(place.rows("wells").await.num_rows(), 1);
    let wells = texts(&place.rows("logs").await, "well");
    assert_eq!((wells.len(), wells.first() == wells.last()), (2, true));
}

/// The same picks in two files of other content, imported at once, are stored once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn picks_imported_at_once_are_stored_once() {
    let place = Place::metric().await;
    place
        .file("one/1.csv", "Well,Surface,MD (m)\nA-1,Hugin,100\nA-1,Heather,90\n")
        .file("two/2.csv", "Well,Surface,MD (m)\nA-1,Heather,90\nA-1,Hugin,100\n");
    let running = [start(&place, "one"), start(&place, "two")];
    for import in running {
        import.await.unwrap().unwrap();
    }
    assert_eq!(place.rows("tops").await.num_rows(), 2);
}
