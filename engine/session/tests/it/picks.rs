//! `tops_xyz` and `zones` where the project has little more than picks.

use std::fs;
use std::sync::Arc;

use outcrop_import::{ImportOptions, NoWatch};
use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::{LengthUnit, field};
use tempfile::TempDir;

use crate::field::{numbers, rows, texts};

async fn project(files: &[(&str, &str)]) -> (TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("picks", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("field.outcrop"), settings, "tester").await.unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
        let patterns = [(*name).to_owned()];
        let options = ImportOptions::default();
        outcrop_import::import(&project, &roots, folder.path(), &patterns, &options, Arc::new(NoWatch)).await.unwrap();
    }
    let session = SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    (folder, session)
}

const TOPS: &str = "Well,Surface,MD (m),TVDSS (m),X (m),Y (m)\nA-1,Hugin,1000,980,1,2\nA-2,Hugin,900,880,3,4\n";

#[tokio::test(flavor = "multi_thread")]
async fn stated_positions_are_used_where_no_survey_is() {
    let (_folder, session) = project(&[("tops.csv", TOPS)]).await;
    let stated = rows(&session, "SELECT * FROM tops_xyz ORDER BY well").await;
    assert_eq!((numbers(&stated, "x"), numbers(&stated, "tvdss")), (vec![1.0, 3.0], vec![980.0, 880.0]));
    let wells = "Well,X (m),Y (m),KB (m)\nA-1,10,20,20\n";
    let survey = "Well,MD (m),Inclination (deg),Azimuth GN (deg)\nA-1,0,0,0\nA-1,2000,0,0\n";
    let (_folder, session) = project(&[("wells.csv", wells), ("tops.csv", TOPS), ("surveys.csv", survey)]).await;
    let both = rows(&session, "SELECT * FROM tops_xyz ORDER BY well").await;
    assert_eq!((numbers(&both, "x"), numbers(&both, "tvdss")), (vec![10.0, 3.0], vec![980.0, 880.0]));
    for name in ["md", "tvd", "tvdss", "x", "y"] {
        assert_eq!(field::unit(both.schema().field_with_name(name).unwrap()), Some("m"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_survey_passed_over_again_is_not_the_newest() {
    let wells = "Well,X (m),Y (m),KB (m)\nA-1,10,20,20\n";
    let old = "Well,MD (m),Inclination (deg),Azimuth GN (deg)\nA-1,0,0,0\nA-1,2000,0,0\n";
    let new = "Well,MD (m),Inclination (deg),Azimuth GN (deg)\nA-1,0,0,0\nA-1,1000,30,90\nA-1,2000,60,90\n";
    let files = [("wells.csv", wells), ("old.csv", old), ("new.csv", new), ("tops.csv", TOPS)];
    // The folder is imported again, with a file more: the old survey is unchanged in the newest commit.
    let (folder, session) = project(&files).await;
    fs::write(folder.path().join("more.csv"), "Well,Surface,MD (m)\nA-1,Heather,500\n").unwrap();
    let patterns = ["old.csv", "more.csv"].map(str::to_owned);
    let project = session.project().unwrap();
    let options = ImportOptions::default();
    outcrop_import::import(project, session.roots(), folder.path(), &patterns, &options, Arc::new(NoWatch))
        .await
        .unwrap();
    let deepest = rows(&session, "SELECT max(tvd) AS tvd FROM trajectories").await;
    assert!(numbers(&deepest, "tvd")[0] < 1900.0, "{deepest:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn zones_are_cut_by_interpreter_only_where_they_pick_the_same_surface() {
    let two = "Well,Surface,MD (m),Interpreter\nA-1,Top,100,Ann\nA-1,Base,150,Ben\n";
    let (_folder, session) = project(&[("tops.csv", two)]).await;
    let zones = rows(&session, "SELECT zone, base_md, base_surface FROM zones ORDER BY top_md").await;
    assert_eq!(texts(&zones, "base_surface"), ["Base", ""]);
    let same =
        "Well,Surface,MD (m),Interpreter\nA-1,Top,100,Ann\nA-1,Top,102,Ben\nA-1,Base,150,Ann\nA-1,Base,155,Ben\n";
    let (_folder, session) = project(&[("tops.csv", same)]).await;
    let zones = rows(&session, "SELECT base_md FROM zones WHERE zone = 'Top' ORDER BY interpreter").await;
    assert_eq!(numbers(&zones, "base_md"), [150.0, 155.0]);
}
