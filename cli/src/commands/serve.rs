//! `outcrop serve`, `outcrop worker`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use outcrop_server::{Authentication, Limits, ServeOptions, Server, Tls};

use super::serve_pictures::Pictures;
use crate::arguments::{Global, Serve, ServerPlace, Worker};
use crate::context::{author, base, project, roots};
use crate::interrupt;
use crate::print::say;

pub(crate) async fn run(global: &Global, arguments: Serve) -> Result<ExitCode> {
    let address = SocketAddr::new(arguments.address, arguments.port);
    // Whoever reaches the loopback address is on this machine, as this user or another; --auth tells them apart.
    let asks = arguments.auth || (!arguments.address.is_loopback() && !arguments.no_auth);
    let tls = match (arguments.tls_cert, arguments.tls_key) {
        (Some(certificate), Some(key)) => Tls::Files { certificate, key },
        _ if arguments.tls_self_signed => Tls::self_signed(arguments.address, &arguments.host),
        _ => Tls::Off,
    };
    log(arguments.log_json);
    let encrypted = tls != Tls::Off;
    let server = Server::bind(ServeOptions {
        projects: projects(global, arguments.projects).await?,
        folders: arguments.folder,
        address,
        hosts: arguments.host,
        origins: arguments.origin,
        tls,
        authentication: if asks { Authentication::Required } else { Authentication::Nobody(author()) },
        insecure: arguments.insecure,
        data: data(&arguments.place)?,
        meta: arguments.place.meta,
        workers: arguments.workers,
        limits: Limits {
            queries: arguments.max_queries,
            memory: global.memory,
            time: arguments.max_time,
            result: arguments.max_result.map(|n| n as u64),
            ..Limits::default()
        },
        draw: Some(std::sync::Arc::new(Pictures)),
    })
    .await?;
    let at = server.address()?;
    let (web, flight) = if encrypted { ("https", "grpc+tls") } else { ("http", "grpc+tcp") };
    say!("serving {} on {web}://{at}", server.projects().join(", "))?;
    say!("  Flight SQL  {flight}://{at}   (JDBC: jdbc:arrow-flight-sql://{at}?useEncryption={encrypted})")?;
    say!("  gRPC        {at}, package outcrop.v1, with reflection")?;
    if let Some(fingerprint) = server.fingerprint() {
        say!("  certificate SHA-256 {fingerprint}")?;
    }
    if !asks {
        say!("  everybody who reaches this address may do everything; --auth asks who it is")?;
    }
    server.run(end()).await;
    Ok(ExitCode::SUCCESS)
}

pub(crate) async fn worker(global: &Global, arguments: Worker) -> Result<ExitCode> {
    log(arguments.log_json);
    let options = outcrop_server::WorkerOptions {
        projects: projects(global, arguments.projects).await?,
        folders: arguments.folder,
        authentication: if arguments.auth { Authentication::Required } else { Authentication::Nobody(author()) },
        data: data(&arguments.place)?,
        meta: arguments.place.meta,
        workers: arguments.workers.max(1),
        memory: global.memory,
    };
    say!("working; Ctrl-C ends it")?;
    outcrop_server::run_workers(options, end()).await?;
    Ok(ExitCode::SUCCESS)
}

/// Ends with Ctrl-C, or when the system asks.
async fn end() {
    let mut interrupt = interrupt::begin();
    #[cfg(unix)]
    {
        let terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminated) = terminated {
            tokio::select! {
                () = interrupt.wait() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupt.wait().await;
}

/// The projects that are named, else the one that any command would mean.
async fn projects(global: &Global, named: Vec<PathBuf>) -> Result<Vec<PathBuf>> {
    if !named.is_empty() {
        let base = base()?;
        return Ok(named.into_iter().map(|p| base.join(p)).collect());
    }
    Ok(vec![project(global, &roots(global)?).await?.folder().to_owned()])
}

/// The server's own folder.
pub(super) fn data(place: &ServerPlace) -> Result<PathBuf> {
    if let Some(folder) = &place.data {
        return Ok(base()?.join(folder));
    }
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let data = home("XDG_DATA_HOME")
        .or_else(|| home("LOCALAPPDATA"))
        .or_else(|| home("HOME").map(|h| h.join(".local").join("share")))
        .context("there is no home folder; name the server's own folder with --data")?;
    Ok(data.join("outcrop").join("server"))
}

/// Lines about requests and jobs, to standard error.
fn log(json: bool) {
    let level = match std::env::var("OUTCROP_LOG").as_deref() {
        Ok("debug") => outcrop_server::LogLevel::Debug,
        Ok("info") => outcrop_server::LogLevel::Info,
        _ if json => outcrop_server::LogLevel::Info,
        _ => outcrop_server::LogLevel::Warn,
    };
    outcrop_server::log(level, json);
}
