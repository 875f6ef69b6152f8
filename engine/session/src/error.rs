//! What can go wrong with a statement.

use datafusion::error::DataFusionError;
use outcrop_store::StoreError;

/// An error of a session.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The engine refused or failed; its message without the layers around it.
    /// It is not offered as a source too, which would print everything again.
    #[error("{}", plain(.0))]
    Engine(DataFusionError),
    /// The project or a file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The statement needs a project and there is none.
    #[error("{0} needs a project; name one with --project, or make one with `outcrop init field.outcrop`")]
    NoProject(&'static str),
    /// Who asks may only read.
    #[error(
        "{user} may read this project but not change it: {what} was refused; ask an administrator for the role Engineer"
    )]
    Forbidden {
        /// Who.
        user: String,
        /// What they wanted, as the keyword of SQL.
        what: &'static str,
    },
    /// A workflow is not as it should be, or a node of it failed.
    #[error(transparent)]
    Workflow(#[from] outcrop_workflow::Problems),
    /// Nothing to run.
    #[error("there is no statement to run")]
    Empty,
}

impl From<DataFusionError> for SessionError {
    fn from(error: DataFusionError) -> Self {
        SessionError::Engine(error)
    }
}

/// The innermost message, without the engine's chain of prefixes; parse errors keep their place.
fn plain(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::Plan(m)
        | DataFusionError::Execution(m)
        | DataFusionError::NotImplemented(m)
        | DataFusionError::ResourcesExhausted(m)
        | DataFusionError::Configuration(m) => m.clone(),
        DataFusionError::SQL(e, _) => format!("{e}"),
        DataFusionError::External(e) => e.to_string(),
        DataFusionError::ArrowError(e, _) => e.to_string(),
        DataFusionError::Diagnostic(_, inner) => plain(inner),
        DataFusionError::Context(_, inner) => plain(inner),
        other => other.strip_backtrace(),
    }
}

/// A store's error inside the engine.
pub(crate) fn external(error: impl std::error::Error + Send + Sync + 'static) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

impl SessionError {
    /// Whether memory or disk did not suffice, so that it may work with a smaller question or later.
    pub fn is_exhausted(&self) -> bool {
        matches!(self, SessionError::Engine(e) if matches!(e.find_root(), DataFusionError::ResourcesExhausted(_)))
    }

    /// Whether another writer was faster, so that it may go well another time.
    pub fn is_conflict(&self) -> bool {
        match self {
            SessionError::Store(error) => matches!(error, StoreError::Conflict(_) | StoreError::Busy { .. }),
            _ => false,
        }
    }

    /// Whether the engine or the store is at fault and not the statement.
    pub fn is_fault(&self) -> bool {
        match self {
            SessionError::Engine(e) => matches!(
                e.find_root(),
                DataFusionError::Internal(_)
                    | DataFusionError::IoError(_)
                    | DataFusionError::ObjectStore(_)
                    | DataFusionError::ExecutionJoin(_)
            ),
            _ => false,
        }
    }
}
