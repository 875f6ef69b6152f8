//! `tvd` and `tvdss` of logs: right after a survey came later, and without cost where they are not asked for.

use std::sync::Arc;

use outcrop_import::{ImportOptions, NoWatch, Status};
use outcrop_session::{Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::{LengthUnit, field as metadata};

use crate::field;

const LAS: &str = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 0 :\nSTOP.M 1000 :\nSTEP.M 500 :\nNULL. -999.25 :\nWELL. A :\nLMF. KB :\nEKB.M 25 :\n\
                   ~C\nDEPT.M :\nGR.GAPI :\n~A\n0 10\n500 20\n1000 30\n1500 40\n";
const STATED: &str = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 0 :\nSTOP.M 900 :\nSTEP.M 450 :\nNULL. -999.25 :\nWELL. B :\nLMF. KB :\nEKB.M 30 :\n\
                      ~C\nTVD.M :\nGR.GAPI :\n~A\n0 10\n450 20\n900 30\n";

async fn import(project: &Project, roots: &Roots, folder: &std::path::Path, files: &[&str]) {
    let files: Vec<String> = files.iter().map(|f| (*f).to_owned()).collect();
    let report = outcrop_import::import(project, roots, folder, &files, &ImportOptions::default(), Arc::new(NoWatch))
        .await
        .unwrap();
    assert_eq!(report.count(Status::Imported), files.len(), "{report:?}");
}

async fn depths(session: &Session, well: &str) -> (Vec<f64>, Vec<f64>) {
    let sql = format!("SELECT tvd, tvdss FROM logs WHERE well = '{well}' ORDER BY gr");
    let rows = field::rows(session, &sql).await;
    assert_eq!(metadata::unit(rows.schema().field(0)), Some("m"));
    (field::numbers(&rows, "tvd"), field::numbers(&rows, "tvdss"))
}

#[tokio::test]
async fn a_survey_that_comes_later_gives_depths() {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("p", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    std::fs::write(folder.path().join("a.las"), LAS).unwrap();
    std::fs::write(folder.path().join("b.las"), STATED).unwrap();
    import(&project, &roots, folder.path(), &["a.las", "b.las"]).await;
    let session = SessionBuilder::new(roots.clone(), folder.path()).project(project.clone()).build().unwrap();

    let (tvd, tvdss) = depths(&session, "A").await;
    assert!(tvd.iter().chain(&tvdss).all(|v| v.is_nan()), "without a survey there is no depth: {tvd:?}");
    assert_eq!(depths(&session, "B").await, (vec![0.0, 450.0, 900.0], vec![-30.0, 420.0, 870.0]));

    // Straight down to 500 m, then 60 degrees from the vertical from 500 m on, by an arc.
    std::fs::write(
        folder.path().join("survey.csv"),
        "well,md [m],inclination,azimuth\nA,0,0,0\nA,500,0,0\nA,1000,60,90\n",
    )
    .unwrap();
    import(&project, &roots, folder.path(), &["survey.csv"]).await;
    let (tvd, tvdss) = depths(&session, "A").await;
    // The arc of 500 m turns by 60 degrees: its radius is 500 / (π / 3).
    let expected = 500.0 + 500.0 / (std::f64::consts::PI / 3.0) * 60f64.to_radians().sin();
    assert!((tvd[0], tvd[1]) == (0.0, 500.0) && (tvd[2] - expected).abs() < 1e-9, "{tvd:?}");
    assert!((tvdss[0], tvdss[1]) == (-25.0, 475.0) && (tvdss[2] - expected + 25.0).abs() < 1e-9, "{tvdss:?}");
    assert!(tvd[3].is_nan() && tvdss[3].is_nan(), "nothing is extrapolated below the last station");
    assert_eq!(depths(&session, "B").await.0, [0.0, 450.0, 900.0]);

    // A survey of the same well that comes later still takes its place.
    std::fs::write(folder.path().join("later.csv"), "well,md [m],inclination,azimuth\nA,0,0,0\nA,2000,0,0\n").unwrap();
    import(&project, &roots, folder.path(), &["later.csv"]).await;
    assert_eq!(depths(&session, "A").await.0, [0.0, 500.0, 1000.0, 1500.0]);
}

#[tokio::test]
async fn a_query_without_depths_reads_the_stored_table_only() {
    let session = field::session().await;
    let plan = |sql: &'static str| {
        let session = session.clone();
        async move { field::texts(&field::rows(&session, sql).await, "plan").join("\n") }
    };
    let without = plan("EXPLAIN SELECT md, gr FROM logs WHERE well = 'OUT-1'").await;
    assert!(!without.contains("tvd"), "{without}");
    let with = plan("EXPLAIN SELECT md, tvd, gr FROM logs WHERE well = 'OUT-1'").await;
    assert!(with.contains("tvd(well@"), "{with}");
    let pruned = with.lines().find(|l| l.contains("DataSourceExec")).unwrap();
    assert!(pruned.contains("well@0 = OUT-1") && pruned.contains("pruning_predicate"), "{with}");
    assert!(!pruned.contains("rhob"), "other columns are not read: {pruned}");
}

const BELOW_SEA: &str = "~V\nVERS. 2.0 :\nWRAP. NO :\n~W\nSTRT.M 400 :\nSTOP.M 1300 :\nSTEP.M 450 :\nNULL. -999.25 :\nWELL. C :\n\
                         ~C\nTVDSS.M :\nGR.GAPI :\n~A\n400 10\n850 20\n1300 30\n";

/// Without a survey in the project too: what is chosen is what is shown.
#[tokio::test]
async fn a_change_chooses_by_the_depths_that_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("p", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    std::fs::write(folder.path().join("b.las"), STATED).unwrap();
    std::fs::write(folder.path().join("c.las"), BELOW_SEA).unwrap();
    import(&project, &roots, folder.path(), &["b.las", "c.las"]).await;
    let session = SessionBuilder::new(roots.clone(), folder.path()).project(project.clone()).build().unwrap();
    assert_eq!(depths(&session, "B").await.1, [-30.0, 420.0, 870.0]);
    assert_eq!(depths(&session, "C").await.1, [400.0, 850.0, 1300.0]);

    // Nothing is shown as NULL, so nothing goes.
    field::run(&session, "DELETE FROM logs WHERE tvdss IS NULL").await.unwrap();
    assert_eq!(depths(&session, "B").await.1.len() + depths(&session, "C").await.1.len(), 6);
    field::run(&session, "UPDATE logs SET gr = 99 WHERE tvdss < 0").await.unwrap();
    let changed = field::rows(&session, "SELECT gr FROM logs WHERE well = 'B' ORDER BY tvd").await;
    assert_eq!(field::numbers(&changed, "gr"), [99.0, 20.0, 30.0]);
    field::run(&session, "DELETE FROM logs WHERE tvdss > 860").await.unwrap();
    assert_eq!(depths(&session, "B").await.1, [420.0, -30.0]);
    assert_eq!(depths(&session, "C").await.1, [400.0, 850.0]);
    // The depths that are stored stay as they were.
    let stored = field::rows(&session, "SELECT tvdss FROM outcrop.stored_logs WHERE well = 'B'").await;
    assert!(field::numbers(&stored, "tvdss").iter().all(|v| v.is_nan()));
}

/// Azimuths from true and magnetic north are turned to grid north for x and y where the angles between them are stated; where
/// they are not, there is no x and y, and the import says so.
#[tokio::test]
async fn surveys_are_turned_to_grid_north() {
    let folder = tempfile::tempdir().unwrap();
    let roots = Roots::folders(vec![Root::writable(folder.path())]).unwrap();
    let settings = ProjectSettings::new("p", LengthUnit::Metre);
    let project = Project::init(&roots, folder.path().join("p.outcrop"), settings, "tester").await.unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("wells.csv", "Well,X (m),Y (m),TD (m)\nG,1000,2000,9\nT,1000,2000,9\nM,1000,2000,9\nU,1000,2000,9\n");
    // Level holes to the east of the grid: 100 m of them are 100 m of x.
    write(
        "surveys.csv",
        "Well,MD (m),Inclination,Azimuth,North,Declination,Convergence\n\
         G,0,90,90,grid,,\nG,100,90,90,grid,,\nT,0,90,100,true,,10\nT,100,90,100,true,,10\n\
         M,0,90,95,magnetic,5,10\nM,100,90,95,magnetic,5,10\nU,0,90,95,magnetic,5,\nU,100,90,95,magnetic,5,\n",
    );
    let options =
        ImportOptions { map: vec![("north_reference".to_owned(), "North".to_owned())], ..ImportOptions::default() };
    import(&project, &roots, folder.path(), &["wells.csv"]).await;
    let report = outcrop_import::import(
        &project,
        &roots,
        folder.path(),
        &["surveys.csv".to_owned()],
        &options,
        Arc::new(NoWatch),
    )
    .await
    .unwrap();
    let issues = &report.files[0].issues;
    assert!(issues.iter().any(|n| n.issue.code == "north-unturned" && n.issue.message.contains("NULL")), "{issues:?}");
    let session = SessionBuilder::new(roots, folder.path()).project(project).build().unwrap();
    for well in ["G", "T", "M"] {
        let rows =
            field::rows(&session, &format!("SELECT x, y, azimuth FROM trajectories WHERE well = '{well}' ORDER BY md"))
                .await;
        let (x, y) = (field::numbers(&rows, "x"), field::numbers(&rows, "y"));
        assert!((x[1] - 1100.0).abs() < 1e-9 && (y[1] - 2000.0).abs() < 1e-9, "{well}: {x:?} {y:?}");
        assert!((field::numbers(&rows, "azimuth")[1] - 90.0).abs() < 1e-9, "{well}: of grid north");
    }
    let rows = field::rows(&session, "SELECT x, tvd FROM trajectories WHERE well = 'U' ORDER BY md").await;
    assert!(field::numbers(&rows, "x").iter().all(|v| v.is_nan()));
    assert!(field::numbers(&rows, "tvd").iter().all(|v| v.is_finite()));
}
