//! The same options give the same bytes; a well does not depend on its neighbours' number.

use std::path::Path;

use outcrop_demo::{DemoOptions, SeismicOptions, write};

fn bytes(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn same_seed_same_files() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let seismic = Some(SeismicOptions::small());
    let options = DemoOptions { wells: 5, log_step: 1.0, seismic, ..DemoOptions::default() };
    let first = write(a.path(), &options).unwrap();
    write(b.path(), &options).unwrap();
    for file in &first.files {
        let name = file.strip_prefix(a.path()).unwrap().to_str().unwrap();
        assert_eq!(bytes(a.path(), name), bytes(b.path(), name), "{name}");
    }
    write(b.path(), &DemoOptions { seed: 1, ..options }).unwrap();
    for name in ["las/OUT-3.las", "seismic/cube.sgy"] {
        assert_ne!(bytes(a.path(), name), bytes(b.path(), name));
    }
}

#[test]
fn a_well_is_the_same_in_a_larger_field() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = DemoOptions { wells: 3, log_step: 1.0, seismic: None, ..DemoOptions::default() };
    write(a.path(), &options).unwrap();
    write(b.path(), &DemoOptions { wells: 40, ..options }).unwrap();
    assert_eq!(bytes(a.path(), "las/OUT-3.las"), bytes(b.path(), "las/OUT-3.las"));
}
