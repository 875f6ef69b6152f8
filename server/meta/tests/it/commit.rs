//! A job whose worker dies around its commit: the commit is neither lost nor made twice.

use std::time::Duration;

use outcrop_meta::{HeartbeatAnswer, Job, JobState, MetaError, NewJob, Outcome};
use serde_json::json;

use crate::site::{Site, on_both};

on_both!(
    the_next_worker_sees_the_key,
    another_commit_needs_the_fate_of_the_first,
    who_is_cancelled_in_time_does_not_commit,
    a_begun_commit_is_settled_though_cancelled,
    a_begun_commit_is_settled_after_the_last_attempt,
    a_failure_while_committing_is_settled,
    a_retry_keeps_the_key,
);

const LEASE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(60);

async fn claim(site: &Site) -> Job {
    site.meta.claim("w1", &[], LEASE).await.unwrap().unwrap()
}

/// A job that began to commit under a lease that has run out.
async fn dead_while_committing(site: &Site, max_attempts: u32) -> Job {
    let new = NewJob { max_attempts, ..NewJob::new("p", "k", json!(null), "ann") };
    site.meta.enqueue(new).await.unwrap();
    let job = site.meta.claim("w0", &[], SHORT).await.unwrap().unwrap();
    let answer = site.meta.begin_commit(&job.lease().unwrap(), "c1").await.unwrap();
    assert_eq!(answer, HeartbeatAnswer::Go);
    tokio::time::sleep(SHORT * 2).await;
    job
}

async fn the_next_worker_sees_the_key(site: &Site) {
    let dead = dead_while_committing(site, 3).await;
    let job = claim(site).await;
    assert_eq!((job.id, job.commit_key.as_deref(), job.settle_only()), (dead.id, Some("c1"), false));
    // The first one is late, and must not commit any more.
    assert_eq!(site.meta.begin_commit(&dead.lease().unwrap(), "c1").await.unwrap(), HeartbeatAnswer::Lost);
    let done = site.meta.finish(&job.lease().unwrap(), Outcome::Succeeded(json!("found"))).await.unwrap();
    assert_eq!((done.state, done.commit_key.as_deref()), (JobState::Succeeded, Some("c1")));
}

async fn another_commit_needs_the_fate_of_the_first(site: &Site) {
    dead_while_committing(site, 3).await;
    let lease = claim(site).await.lease().unwrap();
    let error = site.meta.begin_commit(&lease, "c2").await.unwrap_err();
    assert!(matches!(&error, MetaError::CommitBegun { key, .. } if key == "c1"), "{error}");
    assert_eq!(site.meta.begin_commit(&lease, "c1").await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(site.meta.clear_commit(&lease).await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(site.meta.begin_commit(&lease, "c2").await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(site.meta.job(lease.job).await.unwrap().unwrap().commit_key.as_deref(), Some("c2"));
    assert!(matches!(site.meta.begin_commit(&lease, "").await, Err(MetaError::InvalidName { .. })));
}

async fn who_is_cancelled_in_time_does_not_commit(site: &Site) {
    site.job().await;
    let lease = claim(site).await.lease().unwrap();
    site.meta.request_cancel(lease.job).await.unwrap();
    assert_eq!(site.meta.begin_commit(&lease, "c1").await.unwrap(), HeartbeatAnswer::Cancel);
    assert_eq!(site.meta.job(lease.job).await.unwrap().unwrap().commit_key, None);
    // The other way round the commit goes on.
    site.job().await;
    let lease = claim(site).await.lease().unwrap();
    assert_eq!(site.meta.begin_commit(&lease, "c1").await.unwrap(), HeartbeatAnswer::Go);
    site.meta.request_cancel(lease.job).await.unwrap();
    assert_eq!(site.meta.heartbeat(&lease, LEASE).await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(site.meta.clear_commit(&lease).await.unwrap(), HeartbeatAnswer::Cancel);
}

async fn a_begun_commit_is_settled_though_cancelled(site: &Site) {
    let dead = dead_while_committing(site, 3).await;
    site.meta.request_cancel(dead.id).await.unwrap();
    let job = claim(site).await;
    assert!(job.settle_only() && job.cancel_requested);
    let done = site.meta.finish(&job.lease().unwrap(), Outcome::Succeeded(json!(1))).await.unwrap();
    assert_eq!(done.state, JobState::Succeeded);
}

async fn a_begun_commit_is_settled_after_the_last_attempt(site: &Site) {
    let meta = &site.meta;
    dead_while_committing(site, 1).await;
    let job = meta.claim("w1", &[], SHORT).await.unwrap().unwrap();
    assert!(job.settle_only());
    assert_eq!((job.attempts, job.max_attempts), (2, 1));
    // But once only.
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(meta.claim("w1", &[], LEASE).await.unwrap(), None);
    let job = meta.job(job.id).await.unwrap().unwrap();
    assert_eq!(job.state, JobState::Failed);
    assert!(job.error.unwrap().contains("whether its commit `c1` happened is not known"));
}

async fn a_failure_while_committing_is_settled(site: &Site) {
    let meta = &site.meta;
    let new = NewJob { max_attempts: 1, ..NewJob::new("p", "k", json!(null), "ann") };
    meta.enqueue(new).await.unwrap();
    let lease = claim(site).await.lease().unwrap();
    meta.begin_commit(&lease, "c1").await.unwrap();
    meta.request_cancel(lease.job).await.unwrap();
    let failed = || Outcome::Failed { error: "connection lost".into(), retry: true };
    assert_eq!(meta.finish(&lease, failed()).await.unwrap().state, JobState::Queued);
    // To cancel it now means: look at once.
    let job = meta.request_cancel(lease.job).await.unwrap();
    assert_eq!(job.state, JobState::Queued);
    let job = claim(site).await;
    assert!(job.settle_only());
    assert_eq!(meta.finish(&job.lease().unwrap(), failed()).await.unwrap().state, JobState::Failed);
}

async fn a_retry_keeps_the_key(site: &Site) {
    site.job().await;
    let lease = claim(site).await.lease().unwrap();
    site.meta.begin_commit(&lease, "c1").await.unwrap();
    site.meta.finish(&lease, Outcome::Failed { error: "x".into(), retry: false }).await.unwrap();
    site.meta.retry(lease.job).await.unwrap();
    let job = claim(site).await;
    assert_eq!((job.commit_key.as_deref(), job.settle_only(), job.attempts), (Some("c1"), false, 1));
    assert!(job.fence > lease.fence);
}
