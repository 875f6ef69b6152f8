//! Workers: each claims a job, keeps its lease while it works, and ends it.

use std::sync::Arc;
use std::time::Duration;

use outcrop_meta::{HeartbeatAnswer, Job, Lease, Outcome, Role};
use outcrop_session::{Actor, Session, SessionError};
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::board::Board;
use super::{KINDS, Work, import, statement, workflow};
use crate::app::App;
use crate::caller::Authentication;
use crate::compute;
use crate::error::Refusal;

/// How long a worker may say nothing before another one takes its job.
const LEASE: Duration = Duration::from_secs(30);
/// How often a job's progress is told.
const TELL: Duration = Duration::from_millis(500);
/// How often work is looked for where nothing wakes the worker: jobs of other servers that share the store.
const LOOK: Duration = Duration::from_secs(1);

/// The workers of this process.
#[derive(Debug)]
pub(crate) struct Workers {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Ends them: what they work at is given back to be done later.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// Starts some workers.
pub(crate) fn start(app: &Arc<App>, count: usize) -> Workers {
    let stop = CancellationToken::new();
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let name = |n: usize| format!("{} {} {n}", host.trim(), std::process::id());
    let task = |n| tokio::spawn(work(Arc::clone(app), name(n), stop.clone()));
    let tasks = (0..count).map(task).collect();
    Workers { stop, tasks }
}

async fn work(app: Arc<App>, name: String, stop: CancellationToken) {
    let mut changes = app.meta.watch();
    while !stop.is_cancelled() {
        changes.mark_unchanged();
        match app.meta.claim(&name, &KINDS, LEASE).await {
            Ok(Some(job)) => {
                tracing::info!(job = %job.id, kind = job.kind, attempt = job.attempts, "a job begins");
                run(&app, job, &stop).await;
            }
            Ok(None) => {
                tokio::select! {
                    changed = changes.changed() => if changed.is_err() { break },
                    () = tokio::time::sleep(LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "no job could be claimed");
                tokio::select! {
                    () = tokio::time::sleep(LOOK * 2) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }
}

/// Why the work of a job was left.
enum Left {
    /// Somebody cancelled it.
    Cancelled,
    /// Another worker has it now.
    Lost,
    /// The server ends.
    Ending,
}

/// Runs a job to its end, one way or the other.
async fn run(app: &Arc<App>, job: Job, stop: &CancellationToken) {
    let Some(lease) = job.lease() else { return };
    let board = Arc::new(Board::new());
    board.line("info", format!("attempt {} by {}", job.attempts, lease.worker));
    // On threads of its own, so that signs of life go out meanwhile.
    let mut work = compute::Task::begin({
        let (app, job, board) = (Arc::clone(app), job.clone(), Arc::clone(&board));
        async move { attempt(&app, &job, &board).await }
    });
    let ended = tokio::select! {
        done = work.done() => Ok(done),
        left = attend(app, &lease, &board) => Err(left),
        () = stop.cancelled() => Err(Left::Ending),
    };
    board.cancel();
    // What it has committed until here counts, and it commits nothing afterwards.
    work.end().await;
    let outcome = match ended {
        Ok(Ok(result)) => Outcome::Succeeded(result),
        Ok(Err(Refusal::Cancelled(_))) | Err(Left::Cancelled) => Outcome::Cancelled,
        Ok(Err(refusal)) => {
            let retry = passing(&refusal);
            board.line("error", refusal.to_string());
            Outcome::Failed { error: refusal.to_string(), retry }
        }
        Err(Left::Ending) => {
            // The attempt does not count: another worker, or this server when it is back, begins anew.
            let _ = app.meta.append_log(job.id, &board.take_lines()).await;
            if let Err(error) = app.meta.release(&lease).await {
                tracing::warn!(job = %job.id, %error, "a job could not be given back; its lease will run out");
            }
            return;
        }
        Err(Left::Lost) => return tracing::warn!(job = %job.id, "the job was lost to another worker"),
    };
    let outcome = settled(app, &job, outcome).await;
    let _ = app.meta.append_log(job.id, &board.take_lines()).await;
    let _ = app.meta.progress(&lease, board.progress()).await;
    match app.meta.finish(&lease, outcome).await {
        Ok(job) => tracing::info!(job = %job.id, state = job.state.as_str(), "a job ended"),
        Err(error) => tracing::warn!(job = %job.id, %error, "the end of a job could not be written down"),
    }
}

/// A job that was left or failed after its commit was made has succeeded: what is committed stays.
async fn settled(app: &App, job: &Job, outcome: Outcome) -> Outcome {
    if matches!(outcome, Outcome::Succeeded(_)) || job.kind == "workflow" {
        return outcome;
    }
    match made(app, job).await {
        Ok(Some(result)) => Outcome::Succeeded(result),
        _ => outcome,
    }
}

/// What a job has committed, in an earlier attempt or before it was left.
async fn made(app: &App, job: &Job) -> Result<Option<Json>, Refusal> {
    let Some(served) = app.projects.get(&job.project) else { return Ok(None) };
    let commit = served.project.commit_of_key(&key(job)).await.map_err(SessionError::from)?;
    Ok(commit.map(|c| json!({"commit": c.number, "message": format!("commit {} was made", c.number)})))
}

/// The key of what a job commits.
pub(super) fn key(job: &Job) -> String {
    format!("job {}", job.id)
}

/// Whether it may go well another time.
fn passing(refusal: &Refusal) -> bool {
    match refusal {
        Refusal::Limit(_) | Refusal::Meta(_) | Refusal::Ending => true,
        Refusal::Session(error) => error.is_exhausted() || error.is_fault() || error.is_conflict(),
        _ => false,
    }
}

/// Tells the store how far a job is, and that its worker lives; comes back when the work is to be left.
async fn attend(app: &App, lease: &Lease, board: &Board) -> Left {
    let mut beats = 0u32;
    loop {
        tokio::time::sleep(TELL).await;
        let lines = board.take_lines();
        let told = async {
            app.meta.append_log(lease.job, &lines).await?;
            beats += 1;
            if beats % 10 == 1 {
                match app.meta.heartbeat(lease, LEASE).await? {
                    HeartbeatAnswer::Go => {}
                    other => return Ok(other),
                }
            }
            app.meta.progress(lease, board.progress()).await
        };
        match told.await {
            Ok(HeartbeatAnswer::Go) => {}
            Ok(HeartbeatAnswer::Cancel) => return Left::Cancelled,
            Ok(HeartbeatAnswer::Lost) => return Left::Lost,
            // The store may come back; if not, the lease runs out.
            Err(error) => tracing::warn!(%error, "a job's progress could not be told"),
        }
    }
}

/// One attempt at a job's work.
async fn attempt(app: &Arc<App>, job: &Job, board: &Arc<Board>) -> Result<Json, Refusal> {
    let work: Work = serde_json::from_value(job.payload.clone()).map_err(|e| {
        Refusal::Invalid(format!("the job's request cannot be read: {e}; it may be of another version"))
    })?;
    if let Some(result) = made(app, job).await? {
        return Ok(result);
    }
    let session = session(app, job).await?;
    match work {
        Work::Query { sql } => statement::run(&session, &sql, board.as_ref()).await,
        Work::Workflow(work) => workflow::run(&session, &work, board.as_ref()).await,
        Work::Import(work) => import::run(app, &session, &work, board).await,
    }
}

/// A session for the owner of a job, with what they may do now.
async fn session(app: &App, job: &Job) -> Result<Session, Refusal> {
    let served = app
        .projects
        .get(&job.project)
        .ok_or_else(|| Refusal::Missing(format!("the project `{}` is not served here any more", job.project)))?;
    let role = match app.authentication {
        Authentication::Required => app.meta.role_on(&job.project, &job.owner).await?,
        _ => Some(Role::Admin),
    };
    if role.is_none_or(|role| role < Role::Engineer) {
        return Err(Refusal::Forbidden(format!("{} may not change the project `{}` any more", job.owner, job.project)));
    }
    Ok(served.session_for(Actor { author: job.owner.clone(), writes: true, once: Some(key(job)) }))
}
