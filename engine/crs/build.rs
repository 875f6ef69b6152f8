//! Puts the database of coordinate systems that PROJ's build makes where the crate can take it in.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=DEP_PROJ_ROOT");
    let (Ok(root), Ok(out)) = (env::var("DEP_PROJ_ROOT"), env::var("OUT_DIR")) else {
        println!("cargo:warning=PROJ's build does not say where it is");
        return ExitCode::FAILURE;
    };
    let database = PathBuf::from(root).join("share/proj/proj.db");
    if let Err(error) = fs::copy(&database, PathBuf::from(out).join("proj.db")) {
        println!("cargo:warning={}: {error}", database.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
