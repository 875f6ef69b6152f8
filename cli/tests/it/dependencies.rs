//! Dependencies point one way: what a crate may know of, checked on `cargo metadata`.
//!
//! The picture is in ARCHITECTURE.md. An edge that fails here is a question of design, not of this table:
//! most often the code belongs in the crate below, or the type it needs does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Every crate of the workspace and the crates of the workspace it may depend on.
const MAY_USE: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("crs", &[]),
    ("kernels", &[]),
    ("plot", &[]),
    ("store", &["types"]),
    ("connectors", &["types"]),
    ("seismic", &["types", "connectors"]),
    ("operators", &["types", "seismic"]),
    ("workflow", &["types", "operators"]),
    ("demo", &["kernels"]),
    ("sql", &["crs", "kernels", "types", "operators", "seismic"]),
    ("import", &["types", "store", "connectors", "kernels", "seismic"]),
    ("session", &["types", "store", "import", "operators", "workflow", "sql", "connectors", "seismic"]),
    ("meta", &[]),
    ("proto", &[]),
    ("server", &["types", "store", "connectors", "import", "workflow", "session", "meta", "proto"]),
    (
        "cli",
        &[
            "server",
            "meta",
            "crs",
            "types",
            "store",
            "import",
            "operators",
            "workflow",
            "session",
            "kernels",
            "sql",
            "connectors",
            "seismic",
            "plot",
            "demo",
        ],
    ),
];

/// Crates from outside that belong behind a seam: a name or, with `*`, the beginning of one, and who may use them.
const SEAMS: &[(&str, &[&str], &str)] = &[
    (
        "datafusion*",
        &["operators", "workflow", "sql", "session", "server"],
        "the query engine is known to what plans and runs queries",
    ),
    ("sqlparser", &["operators", "workflow", "sql", "session"], "SQL text is read by what plans it"),
    ("deltalake*", &["store"], "project commits are the only way to a table's log"),
    ("proj-sys", &["crs"], "coordinate systems are changed in one place"),
    ("sqlx", &["meta"], "what a server remembers is asked in one place"),
    ("tonic*", &["proto", "server"], "the API is spoken by the server"),
    ("libsqlite3-sys", &["crs"], "it comes along with PROJ"),
    ("geodatafusion", &["session"], "geometries are functions of a session"),
    ("resvg", &["plot"], "pictures are made in one place"),
    ("svg2pdf", &["plot"], "pictures are made in one place"),
    (
        "arrow*",
        &["types", "store", "connectors", "seismic", "import", "operators", "sql", "session", "server", "cli"],
        "kernels, plots and the demo field work on slices",
    ),
];

/// Crate of the workspace (without `outcrop-`) → what it needs to be built; development dependencies are left out.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let needed = package["dependencies"].as_array().expect("dependencies").iter();
            let needed = needed.filter(|d| d["kind"] != "dev").map(|d| text(&d["name"])).collect();
            (short(&text(&package["name"])).to_owned(), needed)
        })
        .collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("outcrop-").unwrap_or(name)
}

#[test]
fn every_crate_is_in_the_table() {
    let found: BTreeSet<String> = dependencies().into_keys().collect();
    let listed: BTreeSet<String> = MAY_USE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed, "a new crate needs a line in MAY_USE and its place in ARCHITECTURE.md");
}

#[test]
fn dependencies_point_one_way() {
    let all = dependencies();
    for (name, allowed) in MAY_USE {
        let own = all[*name].iter().filter_map(|d| d.strip_prefix("outcrop-"));
        let wrong: Vec<&str> = own.filter(|d| !allowed.contains(d)).collect();
        assert!(wrong.is_empty(), "outcrop-{name} depends on {wrong:?}, it may use {allowed:?} only");
    }
}

/// The table itself has no circles: each crate is listed after everything it may use.
#[test]
fn the_table_is_in_order() {
    for (at, (name, allowed)) in MAY_USE.iter().enumerate() {
        let above: Vec<&str> = MAY_USE[..at].iter().map(|(n, _)| *n).collect();
        assert!(allowed.iter().all(|a| above.contains(a)), "{name} stands above something it uses");
    }
}

#[test]
fn foreign_crates_stay_behind_their_seams() {
    for (name, needed) in dependencies() {
        for (pattern, who, reason) in SEAMS {
            let matches = |d: &String| match pattern.strip_suffix('*') {
                Some(start) => d.starts_with(start),
                None => d == pattern,
            };
            let found: Vec<&String> = needed.iter().filter(|d| matches(d)).collect();
            assert!(
                found.is_empty() || who.contains(&name.as_str()),
                "outcrop-{name} depends on {found:?}, which only {who:?} may: {reason}"
            );
        }
    }
}
