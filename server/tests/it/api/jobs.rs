//! Jobs: run, watched, cancelled, retried, never done twice.

use std::time::{Duration, Instant};

use outcrop_meta::{Meta, NewJob};
use outcrop_proto::v1::job_service_client::JobServiceClient;
use outcrop_proto::v1::run_workflow_request::Workflow;
use outcrop_proto::v1::workflow_service_client::WorkflowServiceClient;
use outcrop_proto::v1::{
    CancelJobRequest, GetJobRequest, JobState, ListJobLogRequest, ListJobsRequest, RetryJobRequest, RunWorkflowRequest,
    SubmitQueryRequest, WatchJobRequest,
};
use outcrop_store::{Project, Roots};
use serde_json::{Value, json};
use tonic::Code;

use super::workflows::library;
use super::{Known, ended, nobody};
use crate::serving::Serving;

async fn client(server: &Serving) -> JobServiceClient<Known> {
    JobServiceClient::new(nobody(server).await)
}

fn statement(sql: &str) -> SubmitQueryRequest {
    SubmitQueryRequest { sql: sql.to_owned(), ..Default::default() }
}

async fn working() -> Serving {
    Serving::copy_with(|options| options.workers = 1).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_runs_as_a_job() {
    let server = working().await;
    let mut client = client(&server).await;
    let request = statement("CREATE TABLE cut AS SELECT well, md FROM logs WHERE gr < 60");
    let id = client.submit_query(request).await.unwrap().into_inner().job_id;
    let mut watching = client.watch_job(WatchJobRequest { job_id: id.clone() }).await.unwrap().into_inner();
    let (mut last, mut lines) = (None, Vec::new());
    while let Some(told) = watching.message().await.unwrap() {
        lines.extend(told.lines.into_iter().map(|l| l.text));
        last = told.job;
    }
    let job = last.unwrap();
    assert_eq!(job.state(), JobState::Succeeded, "{job:?}");
    let result: Value = serde_json::from_str(&job.result).unwrap();
    assert!(result["commit"].as_u64().is_some() && result["rows"].as_u64().unwrap() > 0, "{result}");
    assert!(lines.iter().any(|l| l.contains("rows into `cut`")), "{lines:?}");
    assert!(job.owner == "tester" && job.attempts == 1 && job.finished.is_some());
    let project = server.project().await;
    let commit = project.head().await.unwrap();
    assert_eq!((commit.author.as_str(), commit.key.clone()), ("tester", Some(format!("job {id}"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_job_cannot_do_is_said_at_once() {
    let server = working().await;
    let mut client = client(&server).await;
    let status = client.submit_query(statement("SELECT 1")).await.unwrap_err();
    assert!(status.code() == Code::InvalidArgument && status.message().contains("CREATE TABLE"), "{status:?}");
    assert_eq!(client.submit_query(statement("DELET")).await.unwrap_err().code(), Code::InvalidArgument);
    let id = client.submit_query(statement("DELETE FROM no_such_table")).await.unwrap().into_inner().job_id;
    let job = ended(&mut client, &id).await;
    assert!(job.state() == JobState::Failed && job.error.contains("no_such_table"), "{job:?}");
    assert_eq!(job.attempts, 1, "what is wrong with a statement does not pass");
    let unknown = GetJobRequest { job_id: "4b5a0ec6-93a0-4f38-b3a4-111111111111".to_owned() };
    assert_eq!(client.get_job(unknown).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_is_the_same_job() {
    let server = Serving::copy().await;
    let mut client = client(&server).await;
    let request = SubmitQueryRequest {
        idempotency_key: "once".to_owned(),
        priority: 3,
        ..statement("CREATE TABLE a AS SELECT 1 AS one")
    };
    let first = client.submit_query(request.clone()).await.unwrap().into_inner().job_id;
    assert_eq!(client.submit_query(request).await.unwrap().into_inner().job_id, first);
    let jobs = client.list_jobs(ListJobsRequest::default()).await.unwrap().into_inner().jobs;
    assert_eq!(jobs.len(), 1);
    assert_eq!((jobs[0].priority, jobs[0].state()), (3, JobState::Queued));
    let cancelled = client.cancel_job(CancelJobRequest { job_id: first.clone() }).await.unwrap().into_inner();
    assert_eq!(cancelled.job.unwrap().state(), JobState::Cancelled);
    let again = client.retry_job(RetryJobRequest { job_id: first }).await.unwrap().into_inner();
    assert_eq!(again.job.unwrap().state(), JobState::Queued);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_cancelled_within_seconds() {
    let server = working().await;
    let mut client = client(&server).await;
    let sql = "CREATE TABLE huge AS SELECT sum(a.value * b.value) AS s FROM range(1000000) a, range(1000000) b";
    let id = client.submit_query(statement(sql)).await.unwrap().into_inner().job_id;
    let begun = Instant::now();
    loop {
        let job = client.get_job(GetJobRequest { job_id: id.clone() }).await.unwrap().into_inner().job.unwrap();
        if job.state() == JobState::Running {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{job:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    client.cancel_job(CancelJobRequest { job_id: id.clone() }).await.unwrap();
    let job = ended(&mut client, &id).await;
    assert_eq!(job.state(), JobState::Cancelled, "{job:?}");
    let next = client.submit_query(statement("CREATE TABLE small AS SELECT 1 AS one")).await.unwrap().into_inner();
    assert_eq!(ended(&mut client, &next.job_id).await.state(), JobState::Succeeded);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_runs_as_a_job_with_progress_of_its_nodes() {
    let server = working().await;
    let mut workflows = WorkflowServiceClient::new(nobody(&server).await);
    let document = library("net_pay.json");
    let sinks = vec!["table".to_owned()];
    let request = RunWorkflowRequest { workflow: Some(Workflow::Document(document)), sinks, ..Default::default() };
    let id = workflows.run_workflow(request).await.unwrap().into_inner().job_id;
    let mut client = client(&server).await;
    let job = ended(&mut client, &id).await;
    assert_eq!(job.state(), JobState::Succeeded, "{job:?}");
    let nodes: Value = serde_json::from_str(&job.progress.unwrap().nodes).unwrap();
    assert_eq!(nodes["table"]["state"], "done", "{nodes}");
    let result: Value = serde_json::from_str(&job.result).unwrap();
    assert_eq!(result["workflow"], "net-pay");
    let log = client.list_job_log(ListJobLogRequest { job_id: id.clone(), after: 0 }).await.unwrap().into_inner().lines;
    assert!(log.iter().any(|l| l.text.starts_with("table: begun")), "{log:?}");
    let key = server.project().await.head().await.unwrap().key.clone();
    assert_eq!(key, Some(format!("job {id} node table")));
}

/// A worker that died after its commit: the job is taken up again, and nothing is done twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_whose_worker_died_is_not_done_twice() {
    let server = Serving::copy().await;
    let mut client = client(&server).await;
    let request = statement("CREATE TABLE IF NOT EXISTS twice AS SELECT 1 AS one");
    let setup = client.submit_query(request).await.unwrap().into_inner().job_id;
    client.cancel_job(CancelJobRequest { job_id: setup }).await.unwrap();
    let meta = Meta::open(&server.meta()).await.unwrap();
    let insert = json!({"kind": "query", "sql": "INSERT INTO twice SELECT 2"});
    let job = meta.enqueue(NewJob::new("demo_field", "query", insert, "tester")).await.unwrap();
    // Another worker claims it, commits, and is gone.
    let claimed = meta.claim("dead worker", &["query"], Duration::from_millis(200)).await.unwrap().unwrap();
    assert_eq!(claimed.id, job.id);
    let project = server.project().await;
    let session = outcrop_session::SessionBuilder::new(Roots::whole_file_system(), project.folder())
        .project(project.clone())
        .build()
        .unwrap();
    session.sql("CREATE TABLE twice AS SELECT 1 AS one").await.unwrap();
    let once = Some(format!("job {}", job.id));
    let actor = outcrop_session::Actor { author: "tester".to_owned(), writes: true, once };
    session.acting_for(actor.clone()).sql("INSERT INTO twice SELECT 2").await.unwrap();
    // The project itself refuses a second one.
    let refused = session.acting_for(actor).sql("INSERT INTO twice SELECT 2").await.unwrap_err();
    assert!(refused.to_string().contains("already"), "{refused}");
    let head = project.head().await.unwrap().number;

    let stop = tokio_util::sync::CancellationToken::new();
    let options = server.worker();
    let stopping = stop.clone();
    let worker = tokio::spawn(outcrop_server::run_workers(options, async move { stopping.cancelled().await }));
    let done = ended(&mut client, &job.id.to_string()).await;
    stop.cancel();
    worker.await.unwrap().unwrap();
    assert_eq!(done.state(), JobState::Succeeded, "{done:?}");
    assert_eq!(done.attempts, 2);
    assert_eq!(project.head().await.unwrap().number, head);
}

impl Serving {
    /// The project that is served, opened beside the server.
    pub async fn project(&self) -> Project {
        Project::open(&Roots::whole_file_system(), self.field.join("demo_field.outcrop")).await.unwrap()
    }
}
