use std::time::Duration;

use chrono::Utc;
use outcrop_meta::{HeartbeatAnswer, JobState, Lease, MetaError, Outcome, Progress, backoff};
use serde_json::json;
use uuid::Uuid;

use crate::site::{Site, on_both};

on_both!(
    heartbeats_prolong_the_lease,
    only_the_holder_is_heard,
    progress_is_seen,
    a_wish_to_cancel_is_told,
    failures_wait_and_end,
    a_late_holder_keeps_its_job,
    a_job_is_given_back,
);

const LEASE: Duration = Duration::from_secs(60);

async fn claim(site: &Site) -> Lease {
    site.job().await;
    site.meta.claim("w1", &[], LEASE).await.unwrap().unwrap().lease().unwrap()
}

async fn heartbeats_prolong_the_lease(site: &Site) {
    let lease = claim(site).await;
    let before = site.meta.job(lease.job).await.unwrap().unwrap();
    assert_eq!(site.meta.heartbeat(&lease, LEASE * 10).await.unwrap(), HeartbeatAnswer::Go);
    let after = site.meta.job(lease.job).await.unwrap().unwrap();
    assert!(after.lease_until.unwrap() > before.lease_until.unwrap() + chrono::Duration::seconds(500));
    assert!(after.heartbeat > before.heartbeat);
    // Not a change that watchers are woken for.
    assert_eq!(after.revision, before.revision);
}

async fn only_the_holder_is_heard(site: &Site) {
    let meta = &site.meta;
    let lease = claim(site).await;
    let before = meta.job(lease.job).await.unwrap();
    for wrong in [
        Lease { worker: "w2".into(), ..lease.clone() },
        Lease { fence: lease.fence + 1, ..lease.clone() },
        Lease { fence: 0, ..lease.clone() },
        Lease { job: Uuid::new_v4(), ..lease.clone() },
    ] {
        assert_eq!(meta.heartbeat(&wrong, LEASE).await.unwrap(), HeartbeatAnswer::Lost);
        assert_eq!(meta.progress(&wrong, Progress::default()).await.unwrap(), HeartbeatAnswer::Lost);
        assert_eq!(meta.begin_commit(&wrong, "c").await.unwrap(), HeartbeatAnswer::Lost);
        assert_eq!(meta.clear_commit(&wrong).await.unwrap(), HeartbeatAnswer::Lost);
        for outcome in
            [Outcome::Succeeded(json!(1)), Outcome::Cancelled, Outcome::Failed { error: "x".into(), retry: true }]
        {
            let error = meta.finish(&wrong, outcome).await.unwrap_err();
            assert!(matches!(error, MetaError::Lost { .. } | MetaError::NoJob { .. }), "{error}");
        }
    }
    assert_eq!(meta.job(lease.job).await.unwrap(), before);
    meta.finish(&lease, Outcome::Succeeded(json!({"rows": 3}))).await.unwrap();
    let error = meta.finish(&lease, Outcome::Cancelled).await.unwrap_err().to_string();
    assert!(error.contains("it is succeeded"), "{error}");
    assert_eq!(meta.heartbeat(&lease, LEASE).await.unwrap(), HeartbeatAnswer::Lost);
    let job = meta.job(lease.job).await.unwrap().unwrap();
    assert_eq!((job.state, job.result), (JobState::Succeeded, Some(json!({"rows": 3}))));
    assert!(job.finished.is_some() && job.lease_until.is_none());
}

async fn progress_is_seen(site: &Site) {
    let meta = &site.meta;
    let lease = claim(site).await;
    let nodes = json!({"read": {"rows": 10}, "krige": {"percent": 2.5}});
    let progress = Progress { rows: 1 << 40, percent: Some(12.5), rate: Some(1e6), nodes };
    assert_eq!(meta.progress(&lease, progress.clone()).await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(meta.job(lease.job).await.unwrap().unwrap().progress, progress);
    let unknown = Progress { percent: Some(f64::NAN), rate: Some(f64::INFINITY), ..Progress::default() };
    meta.progress(&lease, unknown).await.unwrap();
    assert_eq!(meta.job(lease.job).await.unwrap().unwrap().progress, Progress::default());
}

async fn a_wish_to_cancel_is_told(site: &Site) {
    let meta = &site.meta;
    let lease = claim(site).await;
    let job = meta.request_cancel(lease.job).await.unwrap();
    assert_eq!((job.state, job.cancel_requested), (JobState::Running, true));
    assert_eq!(meta.heartbeat(&lease, LEASE).await.unwrap(), HeartbeatAnswer::Cancel);
    assert_eq!(meta.progress(&lease, Progress::default()).await.unwrap(), HeartbeatAnswer::Cancel);
    assert_eq!(meta.finish(&lease, Outcome::Cancelled).await.unwrap().state, JobState::Cancelled);
    // A failure of a job that somebody cancelled is not tried again.
    let lease = claim(site).await;
    meta.request_cancel(lease.job).await.unwrap();
    let failed = Outcome::Failed { error: "no memory".into(), retry: true };
    assert_eq!(meta.finish(&lease, failed).await.unwrap().state, JobState::Cancelled);
}

async fn failures_wait_and_end(site: &Site) {
    let meta = &site.meta;
    let mut lease = claim(site).await;
    let failed = || Outcome::Failed { error: "no memory".into(), retry: true };
    for attempt in 1..3 {
        let job = meta.finish(&lease, failed()).await.unwrap();
        assert_eq!((job.state, job.attempts, job.error.as_deref()), (JobState::Queued, attempt, Some("no memory")));
        let wait = (job.next_attempt_at - Utc::now()).to_std().unwrap();
        assert!(wait <= backoff(attempt) && wait + Duration::from_millis(500) > backoff(attempt), "{wait:?}");
        assert_eq!(meta.claim("w1", &[], LEASE).await.unwrap(), None);
        tokio::time::sleep(wait + Duration::from_millis(50)).await;
        lease = meta.claim("w1", &[], LEASE).await.unwrap().unwrap().lease().unwrap();
    }
    let job = meta.finish(&lease, failed()).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Failed, 3));
    // What cannot go better is not tried again.
    let lease = claim(site).await;
    let job = meta.finish(&lease, Outcome::Failed { error: "a\0b".into(), retry: false }).await.unwrap();
    assert_eq!((job.state, job.attempts), (JobState::Failed, 1));
    assert_eq!(meta.job(job.id).await.unwrap().unwrap().error.as_deref(), Some("a\u{fffd}b"));
}

async fn a_late_holder_keeps_its_job(site: &Site) {
    let meta = &site.meta;
    site.job().await;
    let lease = meta.claim("w1", &[], Duration::from_millis(20)).await.unwrap().unwrap().lease().unwrap();
    tokio::time::sleep(Duration::from_millis(60)).await;
    // Nobody asked meanwhile.
    assert_eq!(meta.heartbeat(&lease, LEASE).await.unwrap(), HeartbeatAnswer::Go);
    assert_eq!(meta.claim("w2", &[], LEASE).await.unwrap(), None);
}

async fn a_job_is_given_back(site: &Site) {
    let meta = &site.meta;
    let lease = claim(site).await;
    let job = meta.release(&lease).await.unwrap();
    assert_eq!((job.state, job.attempts, job.lease_owner, job.finished), (JobState::Queued, 0, None, None));
    assert!(matches!(meta.release(&lease).await, Err(MetaError::Lost { .. })));
    let job = meta.claim("w2", &[], LEASE).await.unwrap().unwrap();
    assert_eq!((job.id, job.attempts, job.fence), (lease.job, 1, lease.fence + 1));
    meta.request_cancel(job.id).await.unwrap();
    assert_eq!(meta.release(&job.lease().unwrap()).await.unwrap().state, JobState::Cancelled);
}
