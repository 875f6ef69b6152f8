//! Surfaces through a project and out again: nothing changes, and other programs read the same.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use outcrop_connectors::dataset::DatasetError;
use outcrop_connectors::surface::{Surface, irap, rms, zmap};
use outcrop_import::{ImportOptions, NoWatch, import};
use outcrop_session::{Answer, Session, SessionBuilder};
use outcrop_store::{Project, ProjectSettings, Roots};
use outcrop_types::LengthUnit;

type ReadSurface = fn(&[u8]) -> Result<Surface, DatasetError>;

const FILES: [(&str, ReadSurface); 9] = [
    ("irap/01_topvolantis.gri", rms::surface),
    ("irap/ib_test_horizon2.gri", rms::surface),
    ("irap/reek_stooip_map.gri", rms::surface),
    ("irap/topreek_rota.fgr", irap::surface),
    ("irap/zmap_example2.gri", rms::surface),
    ("zmap/NStopo.dat", zmap::surface),
    ("zmap/topreek_nonrota.zmap", zmap::surface),
    ("zmap/zmap_example.zmap", zmap::surface),
    ("zmap/zmap_example2.zmap", zmap::surface),
];

fn surfaces() -> Option<PathBuf> {
    let folder = std::env::var_os("OUTCROP_DATA")
        .map_or_else(|| crate::field::workspace().join("../shared/data"), PathBuf::from)
        .join("surfaces");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: OUTCROP_DATA not found");
    None
}

/// A project with one file in it, as the table `surfaces.s`.
async fn imported(folder: &Path, file: &Path) -> Session {
    let roots = Roots::whole_file_system();
    let settings = ProjectSettings::new("Test", LengthUnit::Metre);
    let project = Project::init(&roots, folder.join("p.outcrop"), settings, "tester").await.unwrap();
    let options = ImportOptions { name: Some("s".to_owned()), ..ImportOptions::default() };
    let patterns = [file.display().to_string()];
    let report = import(&project, &roots, folder, &patterns, &options, Arc::new(NoWatch)).await.unwrap();
    assert!(report.commit.is_some(), "{report:?}");
    SessionBuilder::new(roots, folder).project(project).build().unwrap()
}

async fn copy(session: &Session, to: &str) -> Result<String, String> {
    match session.sql(&format!("COPY surfaces.s TO '{to}'")).await {
        Ok(Answer::Done { message, .. }) => Ok(message),
        Ok(Answer::Rows(_)) => panic!("COPY gives no rows"),
        Err(error) => Err(error.to_string()),
    }
}

fn bits(surface: &Surface) -> Vec<u64> {
    surface.values.iter().map(|v| v.to_bits()).collect()
}

/// Writes each file in each format that can hold it.
async fn written(folder: &Path, data: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut pairs = Vec::new();
    for (number, (file, read)) in FILES.iter().enumerate() {
        let at = folder.join(number.to_string());
        std::fs::create_dir(&at).unwrap();
        let session = imported(&at, &data.join(file)).await;
        let source = read(&std::fs::read(data.join(file)).unwrap()).unwrap();
        let mut to = |name: &str| {
            pairs.push((data.join(file), at.join(name)));
            std::fs::read(at.join(name)).unwrap()
        };
        copy(&session, "s.irap").await.unwrap();
        let again = irap::surface(&to("s.irap")).unwrap();
        assert_eq!((again.geometry, bits(&again)), (source.geometry, bits(&source)), "{file}");
        let message = copy(&session, "s.gri").await.unwrap();
        let again = rms::surface(&to("s.gri")).unwrap();
        if file.ends_with(".gri") {
            assert_eq!((again.geometry, bits(&again)), (source.geometry, bits(&source)), "{file}");
        } else {
            let single: Vec<u64> = source.values.iter().map(|v| f64::from(*v as f32).to_bits()).collect();
            assert!(bits(&again) == single || bits(&again) == bits(&source), "{file}: {message}");
        }
        match copy(&session, "s.zmap").await {
            Ok(_) => assert_eq!(bits(&zmap::surface(&to("s.zmap")).unwrap()), bits(&source), "{file}"),
            Err(error) => assert!(source.geometry.rotation != 0.0 && error.contains("turned"), "{file}: {error}"),
        }
    }
    pairs
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surface_leaves_a_project_as_it_came() {
    let Some(data) = surfaces() else { return };
    let folder = tempfile::tempdir().unwrap();
    assert!(written(folder.path(), &data).await.len() > 20);
}

/// xtgeo sees the same grid and values in what is written as in the file it came from.
#[tokio::test(flavor = "multi_thread")]
async fn xtgeo_reads_what_is_written() {
    let Some(python) = crate::peers::python_with("xtgeo") else { return };
    let Some(data) = surfaces() else { return };
    let folder = tempfile::tempdir().unwrap();
    let list: String = written(folder.path(), &data)
        .await
        .into_iter()
        .map(|(source, copy)| format!("{}\t{}\n", source.display(), copy.display()))
        .collect();
    std::fs::write(folder.path().join("pairs.tsv"), list).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/surface_peers.py");
    let output = Command::new(python).arg(script).arg(folder.path().join("pairs.tsv")).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    println!("{said}");
}
