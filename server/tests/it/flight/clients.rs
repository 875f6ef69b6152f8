//! Real clients: ADBC and pyarrow in the Python environment of `OUTCROP_PEERS`, the JDBC driver in the jar of `OUTCROP_JDBC`. `./dev test`
//! gets both; where they are not to be had, these tests skip and say so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::serving::Serving;

/// The Python that has a module.
fn python_with(module: &str) -> Option<PathBuf> {
    let Some(peers) = std::env::var_os("OUTCROP_PEERS").map(PathBuf::from) else {
        println!("skipped: OUTCROP_PEERS not set; ./dev test sets it");
        return None;
    };
    let python = [peers.join("bin/python"), peers.join("Scripts/python.exe")].into_iter().find(|p| p.exists())?;
    let import = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if import.is_ok_and(|s| s.success()) {
        return Some(python);
    }
    println!("skipped: {} has no {module}", python.display());
    None
}

/// The jar of the JDBC driver, where there is a Java too.
fn jdbc() -> Option<PathBuf> {
    let Some(jar) = std::env::var_os("OUTCROP_JDBC").map(PathBuf::from).filter(|jar| jar.exists()) else {
        println!("skipped: OUTCROP_JDBC does not name the jar of the JDBC driver; ./dev test sets it");
        return None;
    };
    let java = Command::new("java").arg("-version").stderr(Stdio::null()).status();
    if java.is_ok_and(|s| s.success()) {
        return Some(jar);
    }
    println!("skipped: there is no java");
    None
}

fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// Runs a client to its end; it prints `last` there.
async fn runs(mut client: Command, last: &str) {
    let run = tokio::task::spawn_blocking(move || client.stdin(Stdio::null()).output().unwrap());
    let output = run.await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.trim().ends_with(last), "{out}\n{err}");
}

fn python(python: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.arg(program(name)).args(arguments);
    command
}

/// `java` on the one source file.
fn java(jar: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("java");
    // What the driver's Arrow asks of Java 17 and later.
    command
        .args(["--add-opens=java.base/java.nio=ALL-UNNAMED", "-cp"])
        .arg(jar)
        .arg(program("JdbcClient.java"))
        .args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn adbc() {
    let Some(with) = python_with("adbc_driver_flightsql.dbapi") else { return };
    let serving = Serving::copy_with(Serving::second).await;
    let uri = format!("grpc://{}", serving.address);
    runs(python(&with, "adbc_client.py", &[&uri]), "all well").await;
    serving.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn adbc_logs_in() {
    let Some(with) = python_with("adbc_driver_flightsql.dbapi") else { return };
    let serving = Serving::with_users().await;
    let uri = format!("grpc://{}", serving.address);
    runs(python(&with, "adbc_client.py", &[&uri, "viewer", "viewer-password"]), "logged in").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pyarrow() {
    let Some(with) = python_with("pyarrow.flight") else { return };
    let serving = Serving::with_users().await;
    let uri = format!("grpc://{}", serving.address);
    runs(python(&with, "pyarrow_client.py", &[&uri, "viewer", "viewer-password"]), "all well").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jdbc_driver() {
    let Some(jar) = jdbc() else { return };
    let serving = Serving::copy_with(Serving::second).await;
    runs(java(&jar, &[&serving.address.to_string()]), "all well").await;
    serving.running(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jdbc_driver_logs_in() {
    let Some(jar) = jdbc() else { return };
    let serving = Serving::with_users().await;
    let address = serving.address.to_string();
    runs(java(&jar, &[&address, "viewer", "viewer-password"]), "logged in").await;
}
