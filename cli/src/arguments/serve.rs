//! `outcrop serve`, `outcrop worker`

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;

use super::values::{age, bytes};

/// Serve a project to BI tools, programs and browsers
///
/// Flight SQL, gRPC (outcrop.v1), gRPC-Web and HTTP are on one port. On the loopback address everybody on this machine is the
/// owner unless --auth is given; on any other address the server wants TLS and users.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  outcrop serve field.outcrop\n  outcrop users add ann --role admin --password-stdin\n  outcrop serve field.outcrop --address 0.0.0.0 --auth --tls-self-signed"
)]
pub(crate) struct Serve {
    /// The projects; the first is meant where a client names none. Left out, the one of --project or of this folder
    #[arg(value_name = "PROJECT")]
    pub(crate) projects: Vec<PathBuf>,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "IP")]
    pub(crate) address: IpAddr,
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 4150)]
    pub(crate) port: u16,
    /// Names by which browsers call this server, beside its addresses
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Vec<String>,
    /// Pages of this origin may ask, too, such as http://localhost:5173
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Vec<String>,
    /// Ask who it is: users are made with `outcrop users`. Usual but for the loopback address
    #[arg(long)]
    pub(crate) auth: bool,
    /// Take everybody for the owner; on other addresses than loopback only with --insecure
    #[arg(long, conflicts_with = "auth")]
    pub(crate) no_auth: bool,
    /// The certificate (chain) of the server, PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Encrypt with a certificate that the server makes and signs itself
    #[arg(long, conflicts_with = "tls_cert")]
    pub(crate) tls_self_signed: bool,
    /// Listen to the network without TLS or without users, knowing what that means
    #[arg(long)]
    pub(crate) insecure: bool,
    /// Further folders that clients may read
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Vec<PathBuf>,
    /// Jobs that this process runs at once; 0 leaves them to `outcrop worker`
    #[arg(long, default_value_t = 1)]
    pub(crate) workers: usize,
    /// Queries of one user at once
    #[arg(long, default_value_t = 64)]
    pub(crate) max_queries: usize,
    /// How long a query may run, such as 10m; jobs may run on
    #[arg(long, value_name = "TIME", value_parser = age)]
    pub(crate) max_time: Option<std::time::Duration>,
    /// How large a result may be, such as 2GiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) max_result: Option<usize>,
    /// Lines of the log as JSON
    #[arg(long)]
    pub(crate) log_json: bool,
    #[command(flatten)]
    pub(crate) place: ServerPlace,
}

/// Where a server keeps what is its own.
#[derive(Args, Clone)]
pub(crate) struct ServerPlace {
    /// The server's own folder: users, jobs, certificate, uploads; left out, `outcrop/server` where programs of this user keep data
    #[arg(long, value_name = "FOLDER", env = "OUTCROP_SERVER_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// Users and jobs in this database instead, shared by several servers and workers
    #[arg(long, value_name = "postgres://…", env = "OUTCROP_META")]
    pub(crate) meta: Option<String>,
}

/// Run jobs of servers that share a database
///
/// Several workers, on several machines, may take jobs from one Postgres; the projects are where the server's are.
#[derive(Args)]
#[command(after_help = "Example:\n  outcrop worker field.outcrop --meta postgres://outcrop@db/outcrop")]
pub(crate) struct Worker {
    /// The projects whose jobs are run
    #[arg(value_name = "PROJECT")]
    pub(crate) projects: Vec<PathBuf>,
    /// Further folders that jobs may read
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Vec<PathBuf>,
    /// Jobs at once
    #[arg(long, default_value_t = 1)]
    pub(crate) workers: usize,
    /// Whether the server asks who it is; jobs then run with what their owner may do
    #[arg(long)]
    pub(crate) auth: bool,
    /// Lines of the log as JSON
    #[arg(long)]
    pub(crate) log_json: bool,
    #[command(flatten)]
    pub(crate) place: ServerPlace,
}
