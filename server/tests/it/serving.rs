//! Servers for tests: each on a free port, with the demo field or a copy of it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use arrow_flight::sql::client::FlightSqlServiceClient;
use outcrop_demo::{DemoOptions, SeismicOptions};
use outcrop_import::{ImportOptions, NoWatch};
use outcrop_meta::{Meta, Role};
use outcrop_server::{Authentication, Limits, ServeOptions, Server, Tls};
use outcrop_store::{Project, ProjectSettings, Root, Roots};
use outcrop_types::LengthUnit;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{OnceCell, oneshot};
use tonic::transport::Channel;

/// Wells of the field.
pub const WELLS: usize = 9;

/// A client of Flight SQL.
pub type Client = FlightSqlServiceClient<Channel>;

/// The folder with the demo's files and the project `demo_field.outcrop`. Made once and only read.
pub async fn demo() -> &'static Path {
    static FOLDER: OnceCell<PathBuf> = OnceCell::const_new();
    FOLDER.get_or_init(make).await
}

async fn make() -> PathBuf {
    // Nothing is dropped at the end of a test program, so each takes away what those before it have left.
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("server-tests");
    std::fs::create_dir_all(&all).unwrap();
    let old = SystemTime::now() - Duration::from_secs(3600);
    for entry in std::fs::read_dir(&all).unwrap().flatten() {
        if entry.metadata().and_then(|m| m.modified()).is_ok_and(|t| t < old) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let folder = all.join(std::process::id().to_string());
    let _ = std::fs::remove_dir_all(&folder);
    let options =
        DemoOptions { wells: WELLS, log_step: 1.0, seismic: Some(SeismicOptions::small()), ..DemoOptions::default() };
    outcrop_demo::write(&folder, &options).unwrap();
    let roots = Roots::folders(vec![Root::writable(&folder)]).unwrap();
    let mut settings = ProjectSettings::new("demo field", LengthUnit::Metre);
    settings.crs = Some("EPSG:23031".parse().unwrap());
    let project = Project::init(&roots, folder.join("demo_field.outcrop"), settings, "tester").await.unwrap();
    let patterns =
        ["wells.csv", "las", "tops.csv", "surveys.csv", "checkshots.csv", "seismic"].map(str::to_owned).to_vec();
    let import =
        ImportOptions { author: "tester".to_owned(), message: "the demo field".to_owned(), ..Default::default() };
    outcrop_import::import(&project, &roots, &folder, &patterns, &import, Arc::new(NoWatch)).await.unwrap();
    folder
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A server that runs until it is dropped.
pub struct Serving {
    pub address: SocketAddr,
    /// Where the project and the demo's files are.
    pub field: PathBuf,
    /// The server's own folder.
    pub data: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    /// The server's own folder, and a copy of the field where the test has one.
    _folders: Vec<TempDir>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }
}

impl Serving {
    /// The demo field, to read. Everybody is the owner.
    pub async fn demo() -> Self {
        Self::with(demo().await, Vec::new(), |_| ()).await
    }

    /// A copy of the demo field.
    pub async fn copy() -> Self {
        Self::copy_with(|_| ()).await
    }

    /// The same, with other options.
    pub async fn copy_with(change: impl FnOnce(&mut ServeOptions)) -> Self {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(demo().await, copy.path());
        let folder = copy.path().to_owned();
        Self::with(&folder, vec![copy], change).await
    }

    /// A copy with users: an admin, an engineer and a viewer, named so, whose passwords are their names and "-password".
    pub async fn with_users() -> Self {
        Self::copy_with(|options| options.authentication = Authentication::Required).await
    }

    async fn with(field: &Path, mut folders: Vec<TempDir>, change: impl FnOnce(&mut ServeOptions)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut options = Self::options_for(field, data.path());
        change(&mut options);
        if options.authentication == Authentication::Required {
            let meta = Meta::open(&data.path().join("meta.db").to_string_lossy()).await.unwrap();
            for (name, role) in [("admin", Role::Admin), ("engineer", Role::Engineer), ("viewer", Role::Viewer)] {
                meta.create_user(name, Some(&format!("{name}-password")), role).await.unwrap();
            }
        }
        let server = Server::bind(options).await.unwrap();
        let address = server.address().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.run(async { drop(stopped.await) }));
        let own = data.path().to_owned();
        folders.push(data);
        Serving { address, field: field.to_owned(), data: own, stop: Some(stop), _folders: folders }
    }

    /// Usual options for the demo field, with a folder that stays.
    pub async fn options() -> ServeOptions {
        Self::options_for(demo().await, &tempfile::tempdir().unwrap().keep())
    }

    fn options_for(field: &Path, data: &Path) -> ServeOptions {
        ServeOptions {
            projects: vec![field.join("demo_field.outcrop")],
            folders: vec![field.to_owned()],
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            hosts: Vec::new(),
            origins: Vec::new(),
            tls: Tls::Off,
            authentication: Authentication::Nobody("tester".to_owned()),
            insecure: false,
            data: data.to_owned(),
            meta: None,
            workers: 0,
            limits: Limits::default(),
            draw: None,
        }
    }

    /// The server's store.
    pub fn meta(&self) -> String {
        self.data.join("meta.db").to_string_lossy().into_owned()
    }

    /// A worker beside the server, with its store.
    pub fn worker(&self) -> outcrop_server::WorkerOptions {
        outcrop_server::WorkerOptions {
            projects: vec![self.field.join("demo_field.outcrop")],
            folders: vec![self.field.clone()],
            authentication: Authentication::Nobody("tester".to_owned()),
            data: self.data.clone(),
            meta: None,
            workers: 1,
            memory: None,
        }
    }

    /// A second project beside the first, for options that take several.
    pub fn second(options: &mut ServeOptions) {
        let first = &options.projects[0];
        let second = first.with_file_name("second.outcrop");
        copy_folder(first, &second);
        options.projects.push(second);
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A connection.
    pub async fn channel(&self) -> Channel {
        Channel::from_shared(self.url()).unwrap().connect().await.unwrap()
    }

    /// A client who does not say who they are.
    pub async fn client(&self) -> Client {
        FlightSqlServiceClient::new(self.channel().await)
    }

    /// A client of one of the users.
    pub async fn client_of(&self, user: &str) -> Client {
        let mut client = self.client().await;
        client.handshake(user, &format!("{user}-password")).await.unwrap();
        client
    }

    /// A page of plain HTTP.
    pub async fn page(&self, path: &str) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        page
    }

    /// A figure of `/metrics`.
    pub async fn figure(&self, name: &str) -> u64 {
        let page = self.page("/metrics").await;
        let line = page.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{page}")).trim().parse().unwrap()
    }

    /// Waits until as many queries run, as long as a client may have to wait for that: a second.
    pub async fn running(&self, wanted: u64) {
        let begun = Instant::now();
        while self.figure("outcrop_queries_running").await != wanted {
            assert!(begun.elapsed() < Duration::from_secs(1), "after a second there are not {wanted} queries running");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
