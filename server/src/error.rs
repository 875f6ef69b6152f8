//! What a caller is told when something is refused or fails, and as which status of gRPC.

use outcrop_meta::{ErrorKind, MetaError};
use outcrop_session::SessionError;
use tonic::{Code, Status};

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nobody known asks.
    #[error("{0}")]
    Unknown(String),
    /// Who asks may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// What is asked for is not there.
    #[error("{0}")]
    Missing(String),
    /// The request is not as it should be.
    #[error("{0}")]
    Invalid(String),
    /// It is there already, or somebody else was first.
    #[error("{0}")]
    Conflict(String),
    /// A limit of the caller, or of the server.
    #[error("{0}")]
    Limit(String),
    /// It ran longer than it may.
    #[error("{0}")]
    Late(String),
    /// It was cancelled.
    #[error("{0}")]
    Cancelled(String),
    /// This server does not do it.
    #[error("{0}")]
    Unsupported(String),
    /// The server is about to end.
    #[error("the server is shutting down; ask again later")]
    Ending,
    /// A statement failed.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The server's own store failed.
    #[error(transparent)]
    Meta(#[from] MetaError),
    /// A fault of the server.
    #[error("{0}")]
    Fault(String),
}

impl Refusal {
    /// The status code that says it.
    pub fn code(&self) -> Code {
        match self {
            Refusal::Unknown(_) => Code::Unauthenticated,
            Refusal::Forbidden(_) | Refusal::Session(SessionError::Forbidden { .. }) => Code::PermissionDenied,
            Refusal::Missing(_) => Code::NotFound,
            Refusal::Invalid(_) => Code::InvalidArgument,
            Refusal::Conflict(_) => Code::AlreadyExists,
            Refusal::Limit(_) => Code::ResourceExhausted,
            Refusal::Late(_) => Code::DeadlineExceeded,
            Refusal::Cancelled(_) => Code::Cancelled,
            Refusal::Unsupported(_) => Code::Unimplemented,
            Refusal::Ending => Code::Unavailable,
            Refusal::Session(error) if error.is_exhausted() => Code::ResourceExhausted,
            Refusal::Session(error) if error.is_fault() => Code::Internal,
            Refusal::Session(_) => Code::InvalidArgument,
            Refusal::Meta(error) => match error.kind() {
                ErrorKind::Missing => Code::NotFound,
                ErrorKind::Exists => Code::AlreadyExists,
                ErrorKind::Invalid => Code::InvalidArgument,
                ErrorKind::State => Code::FailedPrecondition,
                ErrorKind::Locked => Code::ResourceExhausted,
                ErrorKind::Lost => Code::Aborted,
                ErrorKind::Unavailable => Code::Unavailable,
                _ => Code::Internal,
            },
            Refusal::Fault(_) => Code::Internal,
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Status {
        Status::new(refusal.code(), refusal.to_string())
    }
}
