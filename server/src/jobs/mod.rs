//! Work in the background: what a job is asked, how it is queued, who runs it.
//!
//! Jobs wait in the server's store. A worker claims one by a lease that it renews while it works; when a worker dies the lease runs out
//! and another one takes the job up again. A commit that a job makes carries the job's key, and a project refuses a second commit of
//! the same key: so a job that is run again never does twice what was done.
//!
//! | file | what |
//! |---|---|
//! | `worker` | claims jobs, keeps their leases, ends them |
//! | `board` | how far a job is, for those who watch |
//! | `statement`, `workflow`, `import` | what a job does |

mod board;
mod import;
mod statement;
mod worker;
mod workflow;

use std::sync::Arc;

use outcrop_meta::{NewJob, Role};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::error::Refusal;

pub(crate) use import::{ImportWork, Source, options as import_options};
pub(crate) use worker::start;
pub(crate) use workflow::WorkflowWork;

/// What a job is asked to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    /// A statement that changes the project.
    Query {
        /// Its text.
        sql: String,
    },
    /// The sinks of a workflow.
    Workflow(WorkflowWork),
    /// Files.
    Import(ImportWork),
}

/// The kinds that workers of this program know.
pub(crate) const KINDS: [&str; 3] = ["query", "workflow", "import"];

impl Work {
    fn kind(&self) -> &'static str {
        match self {
            Work::Query { .. } => "query",
            Work::Workflow(_) => "workflow",
            Work::Import(_) => "import",
        }
    }
}

impl App {
    /// Queues a job for a caller who may change the project, and gives its id. 0 attempts means three. The same key again is the job
    /// there is.
    ///
    /// # Errors
    /// Refusals; the store's.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        caller: &Caller,
        project: &str,
        work: &Work,
        priority: i32,
        attempts: u32,
        key: &str,
    ) -> Result<String, Refusal> {
        let (served, role) = self.project(caller, Some(project)).await?;
        self.require(caller, role, Role::Engineer, "a job")?;
        let payload = serde_json::to_value(work).map_err(|e| Refusal::Fault(e.to_string()))?;
        let mut job = NewJob::new(&served.name, work.kind(), payload, &caller.user);
        job.priority = priority;
        job.max_attempts = if attempts == 0 { job.max_attempts } else { attempts };
        // The keys of one user are none of another's business.
        job.idempotency_key = Some(key).filter(|k| !k.is_empty()).map(|k| format!("{}: {k}", caller.user));
        let job = self.meta.enqueue(job).await?;
        self.audit(caller, Some(&served.name), "submit job", &format!("{} ({})", job.id, work.kind()), "ok").await;
        Ok(job.id.to_string())
    }
}
