//! Tests of the demo field.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod determinism;
mod files;
mod plain_las;
mod truth;

use std::sync::LazyLock;

use outcrop_demo::{DemoField, DemoOptions, write};

/// The default field, made once for all tests that only read it.
struct Made {
    field: DemoField,
    _folder: tempfile::TempDir,
}

static MADE: LazyLock<Made> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let field = write(folder.path(), &DemoOptions::default()).expect("the field");
    Made { field, _folder: folder }
});

fn field() -> &'static DemoField {
    &MADE.field
}
