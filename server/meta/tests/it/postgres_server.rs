//! A Postgres server for the tests: in a folder of its own, on a free port of this machine, stopped when the tests end.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A running server.
pub struct PostgresServer {
    port: u16,
    password: String,
    /// A shell that stops the server and deletes its folder when this process ends, however it ends: its input is closed then.
    _keeper: Child,
}

impl PostgresServer {
    pub fn url(&self, database: &str) -> String {
        format!("postgres://outcrop:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }
}

/// The server of this run, started by the first test that asks for it; none where Postgres is not installed.
pub fn running() -> Option<&'static PostgresServer> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    SERVER
        .get_or_init(|| match programs() {
            Some(folder) => Some(start(&folder)),
            None => {
                eprintln!("skipped: no Postgres server here (Debian package postgresql), its tests did not run");
                None
            }
        })
        .as_ref()
}

/// The folder with `initdb` and `postgres`: of the PATH, or where Debian has them, the newest version first.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    folders.extend(debian.into_iter().rev());
    let found =
        folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())?;
    // What is in the PATH may be a link; the programs look for each other beside the real ones.
    found.join("initdb").canonicalize().ok()?.parent().map(Path::to_path_buf)
}

fn answer(command: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(command).args(args).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Postgres does not run as root: then it runs as this user, name and number.
fn other_user() -> Option<(&'static str, u32)> {
    if answer("id", &["-u"])? != "0" {
        return None;
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((name, answer("id", &["-u", name])?.parse().ok()?)))
}

fn start(programs: &Path) -> PostgresServer {
    let folder = tempfile::Builder::new().prefix("outcrop-postgres-").tempdir().unwrap().keep();
    let password = uuid::Uuid::new_v4().simple().to_string();
    std::fs::write(folder.join("password"), &password).unwrap();
    let user = other_user();
    if let Some((_, id)) = user {
        for path in [folder.clone(), folder.join("password")] {
            std::os::unix::fs::chown(path, Some(id), None).unwrap();
        }
    }
    let run_as = user.map_or_else(String::new, |(name, _)| match answer("setpriv", &["--version"]) {
        Some(_) => format!("setpriv --reuid={name} --regid=$(id -g {name}) --clear-groups"),
        None => format!("runuser -u {name} --"),
    });

    let script = format!(
        "cd '{folder}' && {run_as} '{programs}/initdb' -D data -U outcrop -A scram-sha-256 --pwfile=password -E UTF8 --locale=C --no-sync",
        folder = folder.display(),
        programs = programs.display()
    );
    let made = Command::new("sh").args(["-c", &script]).stdin(Stdio::null()).output().unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let script = format!(
        "trap '' INT TERM HUP; cd '{folder}' && {run_as} '{programs}/postgres' -D data -p {port} -h 127.0.0.1 -k '' \
         -c fsync=off -c max_connections=200 >log 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf '{folder}'",
        folder = folder.display(),
        programs = programs.display()
    );
    let mut keeper = Command::new("sh");
    keeper.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C at the terminal is for the tests; the keeper sees that they ended.
    std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
    let mut keeper = keeper.spawn().unwrap();
    keeper.stdin.as_mut().unwrap().flush().unwrap();

    let begun = Instant::now();
    let log = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    while TcpStream::connect(("127.0.0.1", port)).is_err() || !log().contains("ready to accept connections") {
        assert!(begun.elapsed() < Duration::from_secs(120), "Postgres does not start: {}", log());
        std::thread::sleep(Duration::from_millis(50));
    }
    PostgresServer { port, password, _keeper: keeper }
}
