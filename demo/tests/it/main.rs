//! Tests of the demo field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod determinism;
mod files;
mod plain_las;
mod plain_segy;
mod seismic;
mod truth;

use std::sync::LazyLock;

use outcrop_demo::{DemoField, DemoOptions, SeismicOptions, write};

/// The default field with the cube for tests, made once for all tests that only read it.
struct Made {
    field: DemoField,
    _folder: tempfile::TempDir,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = DemoOptions { seismic: Some(SeismicOptions::small()), ..DemoOptions::default() };
    let field = write(folder.path(), &options).expect("the field");
    Made { field, _folder: folder }
});

fn field() -> &'static DemoField {
    &MADE.field
}
