//! Jobs: submitted, watched, cancelled, retried.

use std::pin::Pin;

use futures::Stream;
use outcrop_meta::{JobFilter, LogRecord, Role};
use outcrop_proto::v1::job_service_server::JobService;
use outcrop_proto::v1::{
    CancelJobRequest, CancelJobResponse, GetJobRequest, GetJobResponse, Job, JobLogLine, JobProgress, JobState,
    ListJobLogRequest, ListJobLogResponse, ListJobsRequest, ListJobsResponse, RetryJobRequest, RetryJobResponse,
    SubmitQueryRequest, SubmitQueryResponse, WatchJobRequest, WatchJobResponse,
};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::{Service, caller, given, stamp};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::jobs::Work;

/// How often a job of another process is looked at.
const LOOK: std::time::Duration = std::time::Duration::from_millis(500);

fn state_message(state: outcrop_meta::JobState) -> JobState {
    match state {
        outcrop_meta::JobState::Queued => JobState::Queued,
        outcrop_meta::JobState::Running => JobState::Running,
        outcrop_meta::JobState::Succeeded => JobState::Succeeded,
        outcrop_meta::JobState::Failed => JobState::Failed,
        outcrop_meta::JobState::Cancelled => JobState::Cancelled,
    }
}

fn state_of(state: JobState) -> Option<outcrop_meta::JobState> {
    match state {
        JobState::Unspecified => None,
        JobState::Queued => Some(outcrop_meta::JobState::Queued),
        JobState::Running => Some(outcrop_meta::JobState::Running),
        JobState::Succeeded => Some(outcrop_meta::JobState::Succeeded),
        JobState::Failed => Some(outcrop_meta::JobState::Failed),
        JobState::Cancelled => Some(outcrop_meta::JobState::Cancelled),
    }
}

fn message(job: outcrop_meta::Job) -> Job {
    Job {
        id: job.id.to_string(),
        project: job.project,
        kind: job.kind,
        state: state_message(job.state).into(),
        owner: job.owner,
        priority: job.priority,
        attempts: job.attempts,
        max_attempts: job.max_attempts,
        created: Some(stamp(job.created)),
        started: job.started.map(stamp),
        finished: job.finished.map(stamp),
        progress: Some(JobProgress {
            rows: u64::try_from(job.progress.rows).unwrap_or(0),
            percent: job.progress.percent,
            rate: job.progress.rate,
            nodes: if job.progress.nodes.is_null() { String::new() } else { job.progress.nodes.to_string() },
        }),
        result: job.result.map(|r| r.to_string()).unwrap_or_default(),
        error: job.error.unwrap_or_default(),
        cancel_requested: job.cancel_requested,
        request: job.payload.to_string(),
    }
}

fn line(record: LogRecord) -> JobLogLine {
    JobLogLine {
        sequence: record.seq,
        time: Some(stamp(record.line.time)),
        level: record.line.level,
        text: record.line.text,
    }
}

impl Service {
    /// A job of a project that the caller may see. Its request and result are for those who may see the project.
    async fn job(&self, caller: &Caller, id: &str) -> Result<outcrop_meta::Job, Refusal> {
        let missing = || Refusal::Missing(format!("there is no job {id}"));
        let uuid = Uuid::parse_str(id).map_err(|_| missing())?;
        let job = self.app.meta.job(uuid).await?.ok_or_else(missing)?;
        self.app.project(caller, Some(&job.project)).await.map_err(|_| missing())?;
        Ok(job)
    }

    /// A job that the caller may steer: their own, or anybody's for an administrator.
    async fn steered(&self, caller: &Caller, id: &str) -> Result<outcrop_meta::Job, Refusal> {
        let job = self.job(caller, id).await?;
        if job.owner != caller.user {
            self.app.require(caller, caller.role, Role::Admin, "another user's job")?;
        }
        Ok(job)
    }
}

#[tonic::async_trait]
impl JobService for Service {
    type WatchJobStream = Pin<Box<dyn Stream<Item = Result<WatchJobResponse, Status>> + Send>>;

    async fn submit_query(
        &self,
        request: Request<SubmitQueryRequest>,
    ) -> Result<Response<SubmitQueryResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let (served, _) = self.app.project(&caller, given(&asked.project)).await?;
        let session = self.app.session(&caller, Some(&served.name)).await?;
        // What is wrong with the text is said now.
        if !session.writes(&asked.sql).map_err(Refusal::from)? {
            return Err(Refusal::Invalid(
                "a job is a statement that changes something; to keep the rows of a query write CREATE TABLE name AS SELECT …"
                    .to_owned(),
            )
            .into());
        }
        let work = Work::Query { sql: asked.sql };
        let (attempts, key) = (asked.max_attempts, &asked.idempotency_key);
        let job_id = self.app.submit(&caller, &served.name, &work, asked.priority, attempts, key).await?;
        Ok(Response::new(SubmitQueryResponse { job_id }))
    }

    async fn get_job(&self, request: Request<GetJobRequest>) -> Result<Response<GetJobResponse>, Status> {
        let caller = caller(&request)?;
        let job = self.job(&caller, &request.get_ref().job_id).await?;
        Ok(Response::new(GetJobResponse { job: Some(message(job)) }))
    }

    async fn list_jobs(&self, request: Request<ListJobsRequest>) -> Result<Response<ListJobsResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let mut projects = Vec::new();
        match given(&asked.project) {
            Some(name) => projects.push(self.app.project(&caller, Some(name)).await?.0.name.clone()),
            None => {
                for name in self.app.projects.keys() {
                    if self.app.role(&caller, name).await?.is_some() {
                        projects.push(name.clone());
                    }
                }
            }
        }
        if projects.is_empty() {
            return Ok(Response::new(ListJobsResponse { jobs: Vec::new() }));
        }
        let states = asked.states().filter_map(state_of).collect();
        let limit = if asked.limit == 0 { 100 } else { asked.limit };
        let filter = JobFilter { projects, states, limit, ..JobFilter::default() };
        let jobs = self.app.meta.jobs(&filter).await.map_err(Refusal::from)?;
        Ok(Response::new(ListJobsResponse { jobs: jobs.into_iter().map(message).collect() }))
    }

    async fn cancel_job(&self, request: Request<CancelJobRequest>) -> Result<Response<CancelJobResponse>, Status> {
        let caller = caller(&request)?;
        let job = self.steered(&caller, &request.get_ref().job_id).await?;
        let job = self.app.meta.request_cancel(job.id).await.map_err(Refusal::from)?;
        self.app.audit(&caller, Some(&job.project), "cancel job", &job.id.to_string(), "ok").await;
        Ok(Response::new(CancelJobResponse { job: Some(message(job)) }))
    }

    async fn retry_job(&self, request: Request<RetryJobRequest>) -> Result<Response<RetryJobResponse>, Status> {
        let caller = caller(&request)?;
        let job = self.steered(&caller, &request.get_ref().job_id).await?;
        let job = self.app.meta.retry(job.id).await.map_err(Refusal::from)?;
        self.app.audit(&caller, Some(&job.project), "retry job", &job.id.to_string(), "ok").await;
        Ok(Response::new(RetryJobResponse { job: Some(message(job)) }))
    }

    async fn watch_job(&self, request: Request<WatchJobRequest>) -> Result<Response<Self::WatchJobStream>, Status> {
        let caller = caller(&request)?;
        let job = self.job(&caller, &request.get_ref().job_id).await?;
        let watching = Watching { service: self.clone(), id: job.id, revision: None, lines: 0, over: false };
        let stream = futures::stream::try_unfold(watching, |mut watching| async move {
            let next = watching.next().await?;
            Ok::<_, Status>(next.map(|message| (message, watching)))
        });
        Ok(Response::new(Box::pin(stream)))
    }

    async fn list_job_log(&self, request: Request<ListJobLogRequest>) -> Result<Response<ListJobLogResponse>, Status> {
        let caller = caller(&request)?;
        let asked = request.into_inner();
        let job = self.job(&caller, &asked.job_id).await?;
        let lines = self.app.meta.log_lines(job.id, asked.after).await.map_err(Refusal::from)?;
        Ok(Response::new(ListJobLogResponse { lines: lines.into_iter().map(line).collect() }))
    }
}

/// Somebody who watches a job.
struct Watching {
    service: Service,
    id: Uuid,
    revision: Option<i64>,
    lines: i64,
    over: bool,
}

impl Watching {
    async fn next(&mut self) -> Result<Option<WatchJobResponse>, Refusal> {
        if self.over {
            return Ok(None);
        }
        let meta = &self.service.app.meta;
        let mut changes = meta.watch();
        loop {
            changes.mark_unchanged();
            let job = meta.job(self.id).await?;
            let job = job.ok_or_else(|| Refusal::Missing(format!("the job {} was removed", self.id)))?;
            let records = meta.log_lines(self.id, self.lines).await?;
            if self.revision != Some(job.revision) || !records.is_empty() {
                self.revision = Some(job.revision);
                self.lines = records.last().map_or(self.lines, |r| r.seq);
                self.over = job.state.is_finished();
                let lines = records.into_iter().map(line).collect();
                return Ok(Some(WatchJobResponse { job: Some(message(job)), lines }));
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(LOOK) => {}
                () = self.service.app.ending.cancelled() => return Err(Refusal::Ending),
            }
        }
    }
}
