//! A function is a file, a page of the reference and a file of SQL tests, all of one name; its example runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::{Array, RecordBatch};
use outcrop_session::{FunctionEntry, FunctionKind};

use crate::field;

/// Files of `tests/slt` that are about more than one function.
const THEMES: [&str; 11] =
    ["catalog", "change", "copy", "ddl", "files", "geometry", "modifiers", "operators", "surfaces", "units", "views"];

fn stems(folder: &Path, ending: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    files
        .map(|f| f.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == ending))
        .map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Operators and scalar functions of this project.
async fn own() -> Vec<FunctionEntry> {
    let session = field::session().await;
    session.functions().into_iter().filter(|f| f.definition.is_some() || f.function.is_some()).collect()
}

#[tokio::test]
async fn a_function_is_a_file_of_its_family() {
    let source = field::workspace().join("udfs/sql/src");
    let mut files = BTreeSet::new();
    let mut helpers = BTreeSet::new();
    for folder in fs::read_dir(&source).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_dir()) {
        let family = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for name in stems(&folder, "rs") {
            let text = fs::read_to_string(folder.join(format!("{name}.rs"))).unwrap();
            let defines = text.contains("pub(super) fn operator()") || text.contains("pub(super) fn function()");
            if defines { &mut files } else { &mut helpers }.insert((family.clone(), name));
        }
    }
    let functions: BTreeSet<(String, String)> =
        own().await.into_iter().map(|f| (f.group.to_lowercase(), f.name)).collect();
    assert_eq!(files, functions);
    // The rest are the families themselves and what several functions of a family share.
    let helpers: BTreeSet<&str> = helpers.iter().map(|(_, name)| name.as_str()).collect();
    let shared = [
        "axis",
        "background",
        "curves",
        "mod",
        "model",
        "moving",
        "neighbours",
        "nodes",
        "pair",
        "percentile",
        "placed",
        "surface_input",
        "wavelets",
        "windows",
        "zones_input",
    ];
    assert_eq!(helpers, BTreeSet::from(shared));
}

#[tokio::test]
async fn a_function_has_sql_tests() {
    let functions: BTreeSet<String> = own().await.into_iter().map(|f| f.name).collect();
    let mut files = stems(&field::workspace().join("tests/slt"), "slt");
    for theme in THEMES {
        assert!(files.remove(theme), "tests/slt/{theme}.slt is missing");
    }
    assert_eq!(files, functions, "tests/slt/<function>.slt ≠ functions");
    for name in functions {
        let text = fs::read_to_string(field::workspace().join(format!("tests/slt/{name}.slt"))).unwrap();
        assert!(text.contains(&format!("{name}(")), "tests/slt/{name}.slt does not call {name}");
        assert!(text.contains("statement error"), "tests/slt/{name}.slt has no error");
    }
}

#[tokio::test]
async fn a_function_has_a_page() {
    let session = field::session().await;
    let functions: BTreeMap<String, FunctionEntry> = session
        .functions()
        .into_iter()
        .filter(|f| f.definition.is_some() || f.function.is_some() || f.kind == FunctionKind::Table)
        .map(|f| (f.name.clone(), f))
        .collect();
    let folder = field::workspace().join("docs/reference");
    let mut pages = stems(&folder, "md");
    assert!(pages.remove("README"));
    assert_eq!(pages, functions.keys().cloned().collect(), "docs/reference ≠ functions; `./dev doc` makes it");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    for (name, f) in functions {
        let page = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        let says =
            |text: &str, what: &str| assert!(page.contains(text), "{name}.md lacks the {what}; `./dev doc` makes it");
        says(&f.summary, "summary");
        says(&f.signature, "signature");
        says(&f.doc, "notes");
        says(&f.example, "example");
        if let Some(d) = &f.definition {
            d.inputs.iter().for_each(|i| says(i.doc, "input"));
            d.parameters.iter().for_each(|p| says(p.doc, "parameter"));
            d.output.iter().for_each(|c| says(c.doc, "result"));
        }
        assert!(index.contains(&format!("({name}.md)")) && index.contains(&f.summary), "README.md lacks {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_example_gives_rows() {
    let session = field::session().await;
    for f in own().await {
        let batch = field::rows(&session, &f.example).await;
        shows_something(&f, &batch);
    }
}

/// Of the readers too; some write the file first that they read.
#[tokio::test(flavor = "multi_thread")]
async fn every_example_of_a_reader_gives_rows() {
    let readers: Vec<FunctionEntry> = field::session()
        .await
        .functions()
        .into_iter()
        .filter(|f| f.kind == FunctionKind::Table && f.group == "Files")
        .collect();
    assert!(readers.len() >= 10);
    for f in readers {
        let (_folder, session) = field::copy().await;
        let mut statements: Vec<&str> = f.example.split(";\n").collect();
        let shown = statements.pop().unwrap();
        for statement in statements {
            field::run(&session, statement).await.unwrap_or_else(|e| panic!("{}: {statement}: {e}", f.name));
        }
        shows_something(&f, &field::rows(&session, shown).await);
    }
}

fn shows_something(f: &FunctionEntry, batch: &RecordBatch) {
    assert!(batch.num_rows() > 0, "{}: {} gives no rows", f.name, f.example);
    assert!(f.example.contains(&format!("{}(", f.name)), "{}: the example does not call it", f.name);
    // Rows of nulls would show nothing.
    assert!(batch.columns().iter().any(|c| c.null_count() < c.len() && c.data_type().is_numeric()), "{}", f.name);
}

/// What a reader takes is what its page says, and each option is told in its signature.
#[tokio::test]
async fn a_reader_takes_what_its_page_says() {
    let session = field::session().await;
    let functions = session.functions();
    for f in functions.iter().filter(|f| f.kind == FunctionKind::Table && f.group == "Files") {
        let schema: serde_json::Value = serde_json::from_str(&f.parameters).unwrap();
        let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        let error = field::error(&session, &format!("SELECT * FROM {}('las', no_option => 1)", f.name)).await;
        for name in names {
            assert!(f.doc.contains(&format!("| `{name}` | ")), "{}: `{name}` is not described", f.name);
            let told = f.signature.contains(name.as_str()) || f.signature.contains("the options of");
            assert!(told && error.contains(name.as_str()), "{}: `{name}`: {} {error}", f.name, f.signature);
        }
    }
    let segy: Vec<String> = functions.iter().filter(|f| f.name == "read_segy").map(|f| f.parameters.clone()).collect();
    let segy: serde_json::Value = serde_json::from_str(&segy[0]).unwrap();
    let mut expected: BTreeSet<&str> = outcrop_seismic::OPTION_NAMES.into_iter().collect();
    expected.insert("path");
    assert_eq!(segy["properties"].as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_definition_says_what_the_result_is() {
    let session = field::session().await;
    for f in own().await {
        let Some(d) = f.definition else { continue };
        let batch = field::rows(&session, &d.example.replace(" LIMIT 5", "")).await;
        if d.example.starts_with("SELECT *") {
            let stated: Vec<&str> = d.output.iter().flat_map(|c| c.name.split(", ")).collect();
            for column in batch.schema().fields() {
                let came_along =
                    d.inputs.iter().any(|i| i.keep_rest) || d.example.contains(&format!("by => [{}]", column.name()));
                assert!(
                    stated.contains(&column.name().as_str()) || came_along,
                    "{}: `{}` is not in its definition",
                    d.name,
                    column.name()
                );
            }
        }
    }
}

#[tokio::test]
async fn the_schema_of_every_form_is_complete() {
    for f in own().await {
        let schema: serde_json::Value = serde_json::from_str(&f.parameters).unwrap();
        assert_eq!(schema["title"], f.name.as_str());
        assert_eq!(schema["description"], f.summary.as_str());
        let properties = schema["properties"].as_object().unwrap();
        for (name, property) in properties {
            assert!(property["type"].is_string(), "{}: `{name}` has no type", f.name);
        }
        if let Some(d) = &f.definition {
            let mut expected: BTreeSet<&str> = d.parameters.iter().map(|p| p.name).collect();
            expected.insert("by");
            assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), expected);
            for p in d.parameters.iter().filter(|p| p.default.is_some()) {
                let default = p.default.as_ref().unwrap().to_json();
                assert_eq!(properties[p.name]["default"], default, "{}: `{}`", f.name, p.name);
                assert!(!p.required);
            }
            assert_eq!(schema["x-inputs"].as_array().unwrap().len(), d.inputs.len());
        }
    }
}
