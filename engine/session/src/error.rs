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
