use std::time::Duration;

use chrono::Utc;
use outcrop_meta::{ErrorKind, JobFilter, JobState, MetaError, NewJob, Outcome};
use serde_json::json;
use uuid::Uuid;

use crate::site::{Site, on_both};

on_both!(
    jobs_are_queued,
    the_same_key_is_the_same_job,
    the_same_key_at_once_is_one_job,
    queued_jobs_are_cancelled_at_once,
    finished_jobs_are_retried,
    priorities_change,
    jobs_are_listed,
    old_jobs_are_deleted,
);

const LEASE: Duration = Duration::from_secs(60);

async fn jobs_are_queued(site: &Site) {
    let mut new = NewJob::new("p1", "krige", json!({"cell": 25.5, "name": "Å\u{0}"}), "ann");
    new.priority = -3;
    new.max_attempts = 0;
    let job = site.meta.enqueue(new).await.unwrap();
    assert_eq!((job.state, job.priority, job.attempts, job.max_attempts), (JobState::Queued, -3, 0, 1));
    assert_eq!(job.payload, json!({"cell": 25.5, "name": "Å\u{0}"}));
    assert_eq!(site.meta.job(job.id).await.unwrap().unwrap(), job);
    assert_eq!(job.lease(), None);
    assert_eq!(site.meta.job(Uuid::new_v4()).await.unwrap(), None);
    for wrong in [NewJob::new("", "k", json!(1), "ann"), NewJob::new("p", "", json!(1), "ann")] {
        assert!(matches!(site.meta.enqueue(wrong).await, Err(MetaError::InvalidName { .. })));
    }
    assert_eq!("running".parse::<JobState>().unwrap(), JobState::Running);
    assert!("ended".parse::<JobState>().unwrap_err().to_string().contains("succeeded"));
}

fn keyed(project: &str, key: &str) -> NewJob {
    NewJob { idempotency_key: Some(key.into()), ..NewJob::new(project, "import", json!(1), "ann") }
}

async fn the_same_key_is_the_same_job(site: &Site) {
    let meta = &site.meta;
    let first = meta.enqueue(keyed("p1", "k")).await.unwrap();
    assert_eq!(meta.enqueue(keyed("p1", "k")).await.unwrap(), first);
    assert_ne!(meta.enqueue(keyed("p2", "k")).await.unwrap().id, first.id);
    assert_ne!(meta.enqueue(keyed("p1", "l")).await.unwrap().id, first.id);
    meta.request_cancel(first.id).await.unwrap();
    let again = meta.enqueue(keyed("p1", "k")).await.unwrap();
    assert_eq!((again.id, again.state), (first.id, JobState::Cancelled));
}

async fn the_same_key_at_once_is_one_job(site: &Site) {
    let mut asked = Vec::new();
    for _ in 0..2 {
        let meta = site.again().await;
        for _ in 0..6 {
            let meta = meta.clone();
            asked.push(tokio::spawn(async move { meta.enqueue(keyed("p1", "k")).await.unwrap().id }));
        }
    }
    let mut ids = Vec::new();
    for asked in asked {
        ids.push(asked.await.unwrap());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
}

async fn queued_jobs_are_cancelled_at_once(site: &Site) {
    let job = site.job().await;
    let cancelled = site.meta.request_cancel(job.id).await.unwrap();
    assert_eq!((cancelled.state, cancelled.cancel_requested), (JobState::Cancelled, true));
    assert!(cancelled.finished.is_some() && cancelled.revision > job.revision);
    assert_eq!(site.meta.request_cancel(job.id).await.unwrap(), cancelled);
    assert_eq!(site.meta.claim("w", &[], LEASE).await.unwrap(), None);
    let error = site.meta.request_cancel(Uuid::nil()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Missing);
}

async fn finished_jobs_are_retried(site: &Site) {
    let meta = &site.meta;
    let job = site.job().await;
    assert!(matches!(meta.retry(job.id).await, Err(MetaError::JobState { state: "queued", .. })));
    let lease = meta.claim("w", &[], LEASE).await.unwrap().unwrap().lease().unwrap();
    assert!(matches!(meta.retry(job.id).await, Err(MetaError::JobState { state: "running", .. })));
    let failed = Outcome::Failed { error: "no such column".into(), retry: false };
    assert_eq!(meta.finish(&lease, failed).await.unwrap().state, JobState::Failed);
    let again = meta.retry(job.id).await.unwrap();
    assert_eq!((again.state, again.attempts, again.error, again.finished), (JobState::Queued, 0, None, None));
    meta.request_cancel(job.id).await.unwrap();
    let again = meta.retry(job.id).await.unwrap();
    assert!(!again.cancel_requested);
    let lease = meta.claim("w", &[], LEASE).await.unwrap().unwrap().lease().unwrap();
    meta.finish(&lease, Outcome::Succeeded(json!(1))).await.unwrap();
    assert!(matches!(meta.retry(job.id).await, Err(MetaError::JobState { state: "succeeded", .. })));
}

async fn priorities_change(site: &Site) {
    let meta = &site.meta;
    let (first, second) = (site.job().await, site.job().await);
    assert_eq!(meta.set_priority(second.id, 7).await.unwrap().priority, 7);
    let claimed = meta.claim("w", &[], LEASE).await.unwrap().unwrap();
    assert_eq!((claimed.id, claimed.priority), (second.id, 7));
    meta.request_cancel(first.id).await.unwrap();
    assert!(matches!(meta.set_priority(first.id, 1).await, Err(MetaError::JobState { .. })));
}

async fn jobs_are_listed(site: &Site) {
    let meta = &site.meta;
    let mut jobs = Vec::new();
    for n in 0..12 {
        let new = NewJob::new(["p1", "p2", "p3"][n % 3], ["krige", "import"][n % 2], json!(n), ["ann", "bo"][n / 6]);
        jobs.push(meta.enqueue(new).await.unwrap());
    }
    let numbers = async |filter: JobFilter| -> Vec<i64> {
        meta.jobs(&filter).await.unwrap().iter().map(|job| job.payload.as_i64().unwrap()).collect()
    };
    let all: Vec<i64> = (0..12).rev().collect();
    assert_eq!(numbers(JobFilter::default()).await, all);
    let some =
        JobFilter { projects: vec!["p1".into(), "p3".into()], kinds: vec!["krige".into()], ..Default::default() };
    assert_eq!(numbers(some).await, [8, 6, 2, 0]);
    meta.request_cancel(jobs[4].id).await.unwrap();
    meta.claim("w", &["import"], LEASE).await.unwrap().unwrap();
    let states = JobFilter { states: vec![JobState::Running, JobState::Cancelled], ..Default::default() };
    assert_eq!(numbers(states).await, [4, 1]);
    assert_eq!(numbers(JobFilter { owner: Some("bo".into()), limit: 2, ..Default::default() }).await, [11, 10]);
    let page = JobFilter { after: Some(jobs[7].id), limit: 3, ..Default::default() };
    assert_eq!(numbers(page).await, [6, 5, 4]);
    let counts = meta.job_counts().await.unwrap();
    let expected = [("queued", 10), ("running", 1), ("succeeded", 0), ("failed", 0), ("cancelled", 1)];
    assert_eq!(counts, expected.map(|(state, count)| (state.to_owned(), count)));
    let time = JobFilter { since: Some(jobs[2].created), until: Some(jobs[5].created), ..Default::default() };
    assert_eq!(numbers(time).await, [4, 3, 2]);
}

async fn old_jobs_are_deleted(site: &Site) {
    let meta = &site.meta;
    let (done, waiting) = (site.job().await, site.job().await);
    meta.log_line(done.id, "info", "a line", Utc::now()).await.unwrap();
    let before = meta.request_cancel(done.id).await.unwrap().finished.unwrap();
    assert_eq!(meta.delete_finished(before).await.unwrap(), 0);
    assert_eq!(meta.delete_finished(before + chrono::Duration::seconds(1)).await.unwrap(), 1);
    assert_eq!(meta.job(done.id).await.unwrap(), None);
    assert!(meta.log_lines(done.id, 0).await.unwrap().is_empty());
    assert!(meta.job(waiting.id).await.unwrap().is_some());
}
