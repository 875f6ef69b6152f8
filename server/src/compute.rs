//! Where statements are planned and run: on threads of their own. A query keeps its thread for long moments, and what listens to the
//! network, to whoever cancels, and to the clock must have its turn meanwhile.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;

use crate::error::Refusal;

/// What a thread may use for a statement that is nested deeply.
const STACK: usize = 32 << 20;

/// The threads, one a core, for all servers of a process. They end with it.
fn threads() -> Option<&'static Handle> {
    static THREADS: OnceLock<Option<Runtime>> = OnceLock::new();
    let made = THREADS.get_or_init(|| {
        let runtime =
            Builder::new_multi_thread().thread_name("statements").thread_stack_size(STACK).enable_all().build();
        runtime.inspect_err(|error| tracing::error!(%error, "statements have no threads of their own")).ok()
    });
    made.as_ref().map(Runtime::handle)
}

/// Work that was begun; dropping it ends the work, soon.
#[derive(Debug)]
pub struct Task<T>(JoinSet<Result<T, Refusal>>);

impl<T: Send + 'static> Task<T> {
    /// Begins some work.
    pub fn begin(work: impl Future<Output = Result<T, Refusal>> + Send + 'static) -> Self {
        let mut set = JoinSet::new();
        match threads() {
            Some(threads) => set.spawn_on(work, threads),
            None => set.spawn(work),
        };
        Task(set)
    }

    /// Waits for it.
    ///
    /// # Errors
    /// The work's; a fault where it broke off.
    pub async fn done(&mut self) -> Result<T, Refusal> {
        match self.0.join_next().await {
            Some(Ok(done)) => done,
            Some(Err(error)) => Err(Refusal::Fault(format!("the statement broke off: {error}"))),
            None => Err(Refusal::Fault("the statement is over".to_owned())),
        }
    }

    /// Ends it, and waits until it has ended: after that it does nothing more.
    pub async fn end(mut self) {
        self.0.shutdown().await;
    }
}

/// Does some work.
///
/// # Errors
/// As [`Task::done`].
pub async fn run<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    Task::begin(work).done().await
}
