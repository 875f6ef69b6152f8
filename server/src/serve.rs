//! The port: one listener whose connections speak HTTP/1.1 or HTTP/2; gRPC, gRPC-Web and Flight SQL by content type, the rest pages.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use outcrop_meta::Identity;
use tokio::net::{TcpListener, TcpStream};
use tonic::body::Body;
use tower::{Layer, Service, ServiceExt};
use tower_http::cors::{AllowHeaders, CorsLayer};

use crate::app::{App, AppSettings, Limits};
use crate::caller::{Authentication, Caller, Credentials, identify};
use crate::draw::Draw;
use crate::error::Refusal;
use crate::tls::{self, Tls};
use crate::{api, flight, http_pages, jobs};

/// How long requests that run may take to end when the server does.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a server is started.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Folders of projects.
    pub projects: Vec<PathBuf>,
    /// Further folders that clients may read.
    pub folders: Vec<PathBuf>,
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// Names by which browsers may call the server, beside its addresses.
    pub hosts: Vec<String>,
    /// Origins (`http://localhost:5173`) of pages beside the server's own that may ask it.
    pub origins: Vec<String>,
    /// Encryption.
    pub tls: Tls,
    /// Who may ask.
    pub authentication: Authentication,
    /// Whether to listen to the network without encryption or without asking who it is.
    pub insecure: bool,
    /// The server's own folder: users, jobs, certificate, uploads.
    pub data: PathBuf,
    /// Users and jobs in this database instead: `postgres://…`.
    pub meta: Option<String>,
    /// Jobs that this process runs at once; 0 leaves them to `outcrop worker`.
    pub workers: usize,
    /// What a user may take.
    pub limits: Limits,
    /// What draws pictures; without it there are none.
    pub draw: Option<Arc<dyn Draw>>,
}

/// A server that listens.
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
    tls: Option<(tokio_rustls::TlsAcceptor, String)>,
    hosts: Vec<String>,
    origins: Vec<HeaderValue>,
    workers: usize,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server({:?})", self.listener.local_addr())
    }
}

impl Server {
    /// Opens the projects and the port.
    ///
    /// # Errors
    /// A project, store, certificate or port that cannot be had; the network without encryption or authentication.
    pub async fn bind(options: ServeOptions) -> Result<Self, Refusal> {
        let ServeOptions { address, tls, authentication, .. } = &options;
        if !address.ip().is_loopback() && !options.insecure {
            let open = matches!(authentication, Authentication::Nobody(_));
            if *tls == Tls::Off || open {
                return Err(Refusal::Invalid(format!(
                    "{address} can be reached from the network, so the server wants {}: give --tls-self-signed or --tls-cert and --tls-key, \
                     make a user with `outcrop users add`, and leave out --no-auth; or say --insecure if you know what you do",
                    if *tls == Tls::Off { "TLS and users" } else { "users" },
                )));
            }
        }
        std::fs::create_dir_all(&options.data)
            .map_err(|e| Refusal::Fault(format!("{}: {e}", options.data.display())))?;
        let acceptor = tls::acceptor(tls, &options.data)?;
        let meta = options.meta.clone().unwrap_or_else(|| options.data.join("meta.db").to_string_lossy().into_owned());
        let app = App::open(AppSettings {
            projects: options.projects.clone(),
            folders: options.folders.clone(),
            data: options.data.clone(),
            meta,
            authentication: authentication.clone(),
            limits: options.limits.clone(),
            draw: options.draw.clone(),
        })
        .await?;
        if *authentication == Authentication::Required && app.meta.users().await?.is_empty() {
            return Err(Refusal::Invalid(
                "nobody could log in: there are no users yet; make the first with `outcrop users add NAME --role admin`".to_owned(),
            ));
        }
        let read = |origin: &String| {
            let wrong = || Refusal::Invalid(format!("`{origin}` is no origin; give one such as http://localhost:5173"));
            let known = origin.split_once("://").is_some_and(|(_, host)| !host.is_empty() && !host.contains('/'));
            if known { HeaderValue::from_str(origin).map_err(|_| wrong()) } else { Err(wrong()) }
        };
        let origins = options.origins.iter().map(read).collect::<Result<_, _>>()?;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|e| Refusal::Invalid(format!("{address} cannot be listened on: {e}; give another --port")))?;
        Ok(Server { app, listener, tls: acceptor, hosts: options.hosts, origins, workers: options.workers })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The names of the projects that it serves.
    pub fn projects(&self) -> Vec<&str> {
        self.app.projects.keys().map(String::as_str).collect()
    }

    /// The fingerprint of its certificate.
    pub fn fingerprint(&self) -> Option<&str> {
        self.tls.as_ref().map(|(_, fingerprint)| fingerprint.as_str())
    }

    /// Serves until `stop` is done; then what runs has ten seconds to come to its end.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let workers = jobs::start(&self.app, self.workers);
        let doors = Doors::new(&self.app, self.hosts, self.origins.clone());
        let others = cors(self.origins);
        let graceful = GracefulShutdown::new();
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(PATIENCE)
            .max_concurrent_streams(256)
            .max_header_list_size(64 << 10)
            .initial_stream_window_size(1 << 20)
            .initial_connection_window_size(4 << 20);
        tokio::pin!(stop);
        loop {
            let (stream, peer) = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        // Out of file handles, mostly: wait for some to be given back.
                        tracing::warn!(%error, "a connection was not taken");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            let _ = stream.set_nodelay(true);
            let service = hyper_util::service::TowerToHyperService::new(others.layer(doors.clone().of(peer)));
            let acceptor = self.tls.as_ref().map(|(acceptor, _)| acceptor.clone());
            let (builder, watcher) = (builder.clone(), graceful.watcher());
            tokio::spawn(async move {
                let served = match acceptor {
                    None => match first_byte(&stream).await {
                        true => {
                            watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                        }
                        false => return,
                    },
                    Some(acceptor) => match tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                        Ok(Ok(stream)) => {
                            watcher.watch(builder.serve_connection(TokioIo::new(stream), service).into_owned()).await
                        }
                        Ok(Err(error)) => return tracing::debug!(%peer, %error, "no TLS"),
                        Err(_) => return,
                    },
                };
                if let Err(error) = served {
                    tracing::debug!(%peer, %error, "a connection broke");
                }
            });
        }
        tracing::info!("ending: requests that run have {} s", GRACE.as_secs());
        drop(self.listener);
        tokio::select! {
            () = graceful.shutdown() => {}
            () = tokio::time::sleep(GRACE) => {}
        }
        self.app.ending.cancel();
        workers.end().await;
    }
}

/// Waits for a client's first byte; false where none comes in time.
async fn first_byte(stream: &TcpStream) -> bool {
    tokio::time::timeout(PATIENCE, stream.readable()).await.is_ok_and(|r| r.is_ok())
}

/// What browsers are told about pages of other origins.
fn cors(origins: Vec<HeaderValue>) -> CorsLayer {
    let told = ["grpc-status", "grpc-message", "grpc-status-details-bin", "x-request-id"].map(HeaderName::from_static);
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(told)
}

/// Where requests go.
#[derive(Clone)]
struct Doors {
    app: Arc<App>,
    grpc: tonic_web::GrpcWebService<tonic::service::Routes>,
    pages: Router,
    hosts: Arc<Vec<String>>,
    origins: Arc<Vec<HeaderValue>>,
    peer: Option<SocketAddr>,
}

impl Doors {
    fn new(app: &Arc<App>, hosts: Vec<String>, origins: Vec<HeaderValue>) -> Self {
        let mut routes = api::services(app);
        routes.add_service(flight::service(app));
        let grpc = tonic_web::GrpcWebLayer::new().layer(routes.routes());
        Doors {
            app: Arc::clone(app),
            grpc,
            pages: http_pages::router(app),
            hosts: Arc::new(hosts),
            origins: Arc::new(origins),
            peer: None,
        }
    }

    fn of(mut self, peer: SocketAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Whether a browser's page may ask: one of this server's own, called by a name that is its own. (Another page's requests come with
    /// its Origin; a name that somebody pointed at this address comes in Host.)
    fn own(&self, headers: &HeaderMap, authority: Option<&str>) -> bool {
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).or(authority).unwrap_or_default();
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let name =
            host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(n, _)| n);
        if self.origins.contains(origin) {
            return true;
        }
        let known = name == "localhost"
            || name.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
            || self.hosts.iter().any(|h| h.eq_ignore_ascii_case(name));
        let origin = origin.to_str().unwrap_or_default();
        known && origin.split_once("://").is_some_and(|(_, at)| at.eq_ignore_ascii_case(host))
    }
}

impl Service<Request<Incoming>> for Doors {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Incoming>) -> Self::Future {
        let doors = self.clone();
        Box::pin(async move {
            doors.app.metrics.request();
            let authority = request.uri().authority().map(|a| a.as_str().to_owned());
            if !doors.own(request.headers(), authority.as_deref()) {
                return Ok(plain(StatusCode::FORBIDDEN, "this page is not the server's own\n"));
            }
            let rpc = request
                .headers()
                .get(header::CONTENT_TYPE)
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
            if !rpc {
                let request = request.map(axum::body::Body::new);
                return Ok(match doors.pages.oneshot(request).await {
                    Ok(response) => response.map(Body::new),
                });
            }
            let known = caller(&doors.app, request.headers(), doors.peer).await;
            let id = match &known {
                Ok(caller) => caller.request.clone(),
                Err(_) => String::new(),
            };
            let path = request.uri().path().to_owned();
            match known {
                Ok(caller) => drop(request.extensions_mut().insert(caller)),
                // The handshake of Flight SQL is where a name and a password are given; health is for everybody.
                Err(refusal) if open_to_all(&path) => drop(request.extensions_mut().insert(Arc::new(refusal))),
                Err(refusal) => {
                    doors.app.metrics.refused();
                    doors.app.audit_refused(request.headers(), doors.peer, &refusal).await;
                    tracing::info!(path, peer = ?doors.peer, "refused: {refusal}");
                    let web = request
                        .headers()
                        .get(header::CONTENT_TYPE)
                        .is_some_and(|k| k.as_bytes().starts_with(b"application/grpc-web"));
                    return Ok(refused(refusal, web));
                }
            }
            let begun = std::time::Instant::now();
            let Ok(mut response) = doors.grpc.oneshot(request.map(Body::new)).await;
            if let Ok(value) = id.parse() {
                response.headers_mut().insert("x-request-id", value);
            }
            tracing::info!(path, request = id, micros = begun.elapsed().as_micros() as u64, "answered");
            Ok(response)
        })
    }
}

/// What needs no login.
fn open_to_all(path: &str) -> bool {
    path.ends_with("/Handshake") || path.starts_with("/grpc.health.v1.Health/")
}

/// A refusal as the only answer of a call.
fn refused(refusal: Refusal, web: bool) -> Response<Body> {
    let status: tonic::Status = refusal.into();
    let mut response = status.into_http::<Body>();
    if web {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/grpc-web+proto"));
    }
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::new(axum::body::Body::from(text)));
    *response.status_mut() = status;
    response
}

/// Who sends a request.
async fn caller(app: &App, headers: &HeaderMap, peer: Option<SocketAddr>) -> Result<Caller, Refusal> {
    let credentials = Credentials::of(headers)?;
    let Identity { user, role, limit, .. } = identify(&app.authentication, &app.meta, &app.logins, credentials).await?;
    let given = headers.get("x-request-id").and_then(|v| v.to_str().ok());
    let plain = |id: &&str| id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let request = given.filter(plain).map_or_else(|| uuid::Uuid::new_v4().to_string(), str::to_owned);
    Ok(Caller { user, role, limit, address: peer, request })
}
