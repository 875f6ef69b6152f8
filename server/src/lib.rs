//! The server: Flight SQL, gRPC, gRPC-Web and plain HTTP on one port.
//!
//! | file | what |
//! |---|---|
//! | `serve` | the port: which request goes where, TLS, the end |
//! | `tls` | certificates |
//! | `caller` | who asks |
//! | `app` | what services share: projects, users, limits |
//! | `queries` | statements that run, their limits, cancelling |
//! | `compute` | the threads that statements run on |
//! | `flight` | Flight SQL |
//! | `api` | the services of `outcrop.v1`, one file each |
//! | `jobs` | work in the background |
//! | `draw` | pictures |
//! | `http_pages` | health, metrics |
//! | `work` | workers without a port, the log |
//! | `error` | refusals, and their status |

mod api;
mod app;
mod caller;
mod compute;
mod draw;
mod error;
mod flight;
mod http_pages;
mod jobs;
mod metrics;
mod queries;
mod serve;
mod tls;
mod work;

pub use app::Limits;
pub use caller::Authentication;
pub use draw::{Draw, PictureFormat, Wanted};
pub use error::Refusal;
pub use outcrop_meta::{Meta, Role};
pub use serve::{ServeOptions, Server};
pub use tls::Tls;
pub use work::{LogLevel, WorkerOptions, log, run_workers};
