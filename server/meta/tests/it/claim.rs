use std::collections::BTreeSet;
use std::time::Duration;

use chrono::Utc;
use outcrop_meta::{HeartbeatAnswer, JobState, MetaError, NewJob, Outcome};
use serde_json::json;

use crate::site::{Site, on_both};

on_both!(
    the_most_urgent_and_oldest_is_first,
    workers_get_their_kinds,
    jobs_wait_for_their_time,
    many_workers_never_get_the_same,
    an_expired_lease_goes_to_another,
    a_job_whose_workers_die_fails,
    a_cancelled_job_of_a_dead_worker_ends,
);

const LEASE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(60);

async fn the_most_urgent_and_oldest_is_first(site: &Site) {
    let meta = &site.meta;
    assert_eq!(meta.claim("w", &[], LEASE).await.unwrap(), None);
    for (n, priority) in [0, 5, -1, 5, 0].into_iter().enumerate() {
        let new = NewJob { priority, ..NewJob::new("p", "k", json!(n), "ann") };
        meta.enqueue(new).await.unwrap();
    }
    let mut order = Vec::new();
    while let Some(job) = meta.claim("w1", &[], LEASE).await.unwrap() {
        assert_eq!((job.state, job.attempts, job.lease_owner.as_deref()), (JobState::Running, 1, Some("w1")));
        assert!(job.lease_until.unwrap() > Utc::now() + chrono::Duration::seconds(30));
        assert!(job.started.is_some() && job.heartbeat == job.started);
        assert_eq!(meta.job(job.id).await.unwrap().unwrap(), job);
        order.push(job.payload.as_i64().unwrap());
    }
    assert_eq!(order, [1, 3, 0, 4, 2]);
    assert!(matches!(meta.claim("", &[], LEASE).await, Err(MetaError::InvalidName { .. })));
}

async fn workers_get_their_kinds(site: &Site) {
    let meta = &site.meta;
    for kind in ["krige", "import", "export"] {
        meta.enqueue(NewJob::new("p", kind, json!(null), "ann")).await.unwrap();
    }
    assert_eq!(meta.claim("w", &["render", "' OR '1'='1"], LEASE).await.unwrap(), None);
    let kind = async |kinds: &[&str]| meta.claim("w", kinds, LEASE).await.unwrap().map(|job| job.kind);
    assert_eq!(kind(&["import", "render"]).await.as_deref(), Some("import"));
    assert_eq!(kind(&["import", "export", "krige"]).await.as_deref(), Some("krige"));
    assert_eq!(kind(&[]).await.as_deref(), Some("export"));
    assert_eq!(kind(&[]).await, None);
}

async fn jobs_wait_for_their_time(site: &Site) {
    let meta = &site.meta;
    let not_before = Some(Utc::now() + chrono::Duration::milliseconds(500));
    meta.enqueue(NewJob { not_before, ..NewJob::new("p", "k", json!(null), "ann") }).await.unwrap();
    assert_eq!(meta.claim("w", &[], LEASE).await.unwrap(), None);
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(meta.claim("w", &[], LEASE).await.unwrap().is_some());
}

async fn many_workers_never_get_the_same(site: &Site) {
    for n in 0..200 {
        site.meta.enqueue(NewJob::new("p", "k", json!(n), "ann")).await.unwrap();
    }
    // Four that opened the database as processes would, with four workers each.
    let mut workers = Vec::new();
    for process in 0..4 {
        let meta = site.again().await;
        for worker in 0..4 {
            let (meta, name) = (meta.clone(), format!("w{process}.{worker}"));
            workers.push(tokio::spawn(async move {
                let mut done = Vec::new();
                while let Some(job) = meta.claim(&name, &["k"], LEASE).await.unwrap() {
                    assert_eq!(job.lease_owner.as_ref(), Some(&name));
                    let lease = job.lease().unwrap();
                    assert_eq!(meta.heartbeat(&lease, LEASE).await.unwrap(), HeartbeatAnswer::Go);
                    meta.finish(&lease, Outcome::Succeeded(json!(name))).await.unwrap();
                    done.push(job.payload.as_i64().unwrap());
                }
                done
            }));
        }
    }
    let mut done = Vec::new();
    for worker in workers {
        done.extend(worker.await.unwrap());
    }
    assert_eq!(done.len(), 200);
    assert_eq!(done.into_iter().collect::<BTreeSet<_>>(), (0..200).collect());
}

async fn an_expired_lease_goes_to_another(site: &Site) {
    let meta = &site.meta;
    let job = site.job().await;
    let short = Duration::from_secs(2);
    let first = meta.claim("w1", &[], short).await.unwrap().unwrap().lease().unwrap();
    assert_eq!(meta.claim("w2", &[], LEASE).await.unwrap(), None);
    tokio::time::sleep(short + SHORT).await;
    let again = meta.claim("w2", &[], LEASE).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempts, again.lease_owner.as_deref()), (job.id, 2, Some("w2")));
    assert_eq!(meta.heartbeat(&first, LEASE).await.unwrap(), HeartbeatAnswer::Lost);
    let error = meta.finish(&first, Outcome::Succeeded(json!(1))).await.unwrap_err();
    assert!(matches!(error, MetaError::Lost { .. }) && error.to_string().contains("worker `w2` has it"), "{error}");
    let second = again.lease().unwrap();
    assert_eq!(meta.finish(&second, Outcome::Succeeded(json!(2))).await.unwrap().result, Some(json!(2)));
}

async fn a_job_whose_workers_die_fails(site: &Site) {
    let meta = &site.meta;
    let new = NewJob { max_attempts: 2, ..NewJob::new("p", "k", json!(null), "ann") };
    let id = meta.enqueue(new).await.unwrap().id;
    for attempt in 1..=2 {
        assert_eq!(meta.claim("w1", &[], SHORT).await.unwrap().unwrap().attempts, attempt);
        tokio::time::sleep(SHORT * 2).await;
    }
    // Any worker that asks sees to it, even one of other kinds.
    assert_eq!(meta.claim("w2", &["other"], LEASE).await.unwrap(), None);
    let job = meta.job(id).await.unwrap().unwrap();
    assert_eq!((job.state, job.attempts, job.lease_owner), (JobState::Failed, 2, None));
    let error = job.error.unwrap();
    assert!(error.contains("worker `w1` stopped answering during attempt 2 of 2"), "{error}");
    assert!(job.finished.is_some());
    assert_eq!(meta.retry(id).await.unwrap().attempts, 0);
}

async fn a_cancelled_job_of_a_dead_worker_ends(site: &Site) {
    let meta = &site.meta;
    let id = site.job().await.id;
    meta.claim("w1", &[], SHORT).await.unwrap().unwrap();
    assert_eq!(meta.request_cancel(id).await.unwrap().state, JobState::Running);
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(meta.claim("w2", &[], LEASE).await.unwrap(), None);
    assert_eq!(meta.job(id).await.unwrap().unwrap().state, JobState::Cancelled);
}
