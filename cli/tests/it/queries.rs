//! The query library: every file runs on the demo field.

use super::ok;

#[test]
fn every_query_of_the_library_runs() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["demo", "field", "--wells", "12"]);
    let library = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../queries");
    let mut files: Vec<_> = std::fs::read_dir(library)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "sql"))
        .collect();
    // A view must be there before those that use it.
    files.sort_by_key(|p| std::cmp::Reverse(p.clone()));
    assert!(!files.is_empty());
    for file in files {
        ok(&folder.path().join("field"), &["sql", "-f", file.to_str().unwrap()]);
    }
}
