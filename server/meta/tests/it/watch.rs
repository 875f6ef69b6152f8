use std::time::Duration;

use chrono::{SubsecRound, Utc};
use outcrop_meta::{Change, LogLine, MetaError, Outcome, Progress};
use serde_json::json;
use uuid::Uuid;

use crate::site::{Site, on_both};

on_both!(logs_are_kept_in_order, long_logs, changes_have_numbers, watchers_are_woken, no_change_is_missed);

const LEASE: Duration = Duration::from_secs(60);

async fn logs_are_kept_in_order(site: &Site) {
    let meta = &site.meta;
    let (job, other) = (site.job().await.id, site.job().await.id);
    let time = Utc::now().trunc_subsecs(6);
    for n in 1..=5 {
        meta.log_line(job, "info", &format!("line {n}\0"), time).await.unwrap();
    }
    meta.log_line(other, "warn", "other", time).await.unwrap();
    let lines = meta.log_lines(job, 3).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [4, 5]);
    let expected = LogLine { time, level: "info".into(), text: "line 4\u{fffd}".into() };
    assert_eq!(lines[0].line, expected);
    assert!(matches!(meta.log_line(Uuid::nil(), "info", "x", time).await, Err(MetaError::NoJob { .. })));
    // Writers of one job do not disturb each other.
    let other = site.again().await;
    let write = async |meta: &outcrop_meta::Meta| {
        for _ in 0..20 {
            meta.log_line(job, "info", "x", time).await.unwrap();
        }
    };
    tokio::join!(write(meta), write(&other));
    assert_eq!(meta.log_lines(job, 0).await.unwrap().last().unwrap().seq, 45);
    other.close().await;
}

async fn long_logs(site: &Site) {
    let job = site.job().await.id;
    let line = |text: String| LogLine { time: Utc::now(), level: "debug".into(), text };
    let lines: Vec<LogLine> = (0..1201).map(|n| line(n.to_string())).collect();
    site.meta.append_log(job, &lines).await.unwrap();
    site.meta.append_log(job, &[]).await.unwrap();
    site.meta.append_log(job, &[line("Å".repeat(20_000))]).await.unwrap();
    let read = site.meta.log_lines(job, 0).await.unwrap();
    assert_eq!(read.len(), 1202);
    assert!(read.iter().zip(0..1201).all(|(line, n)| line.seq == n + 1 && line.line.text == n.to_string()));
    let last = &read[1201].line.text;
    assert!(last.len() < 17_000 && last.ends_with("(40000 bytes in all)"));
}

async fn changes_have_numbers(site: &Site) {
    let meta = &site.meta;
    assert_eq!(meta.revision().await.unwrap(), 0);
    let (a, b) = (site.job().await, site.job().await);
    let changes = meta.changes(0).await.unwrap();
    assert_eq!(changes, [Change { job: a.id, revision: 1 }, Change { job: b.id, revision: 2 }]);
    assert!(meta.changes(2).await.unwrap().is_empty());
    let lease = meta.claim("w", &[], LEASE).await.unwrap().unwrap().lease().unwrap();
    meta.heartbeat(&lease, LEASE).await.unwrap();
    meta.progress(&lease, Progress::default()).await.unwrap();
    meta.log_line(a.id, "info", "x", Utc::now()).await.unwrap();
    assert_eq!(meta.changes(2).await.unwrap(), [Change { job: a.id, revision: 5 }]);
    meta.request_cancel(b.id).await.unwrap();
    meta.finish(&lease, Outcome::Succeeded(json!(null))).await.unwrap();
    let changes = meta.changes(5).await.unwrap();
    assert_eq!(changes, [Change { job: b.id, revision: 6 }, Change { job: a.id, revision: 7 }]);
    assert_eq!(meta.job(a.id).await.unwrap().unwrap().revision, 7);
}

async fn watchers_are_woken(site: &Site) {
    let mut watch = site.meta.watch();
    assert!(!watch.has_changed().unwrap());
    let meta = site.meta.clone();
    let woken = tokio::spawn(async move {
        watch.changed().await.unwrap();
        let latest = *watch.borrow_and_update();
        (latest, meta.changes(0).await.unwrap().len())
    });
    site.job().await;
    let woken = tokio::time::timeout(Duration::from_secs(10), woken).await.unwrap().unwrap();
    assert_eq!(woken, (1, 1));
    // What opened the database later knows where it stands.
    let later = site.again().await;
    assert_eq!(*later.watch().borrow(), 1);
    later.close().await;
}

/// A reader that goes on from the greatest number it saw must see the changes of all writers.
async fn no_change_is_missed(site: &Site) {
    let mut writers = Vec::new();
    for _ in 0..4 {
        let meta = site.again().await;
        writers.push(tokio::spawn(async move {
            for n in 0..25 {
                meta.enqueue(outcrop_meta::NewJob::new("p", "k", json!(n), "ann")).await.unwrap();
            }
            meta.close().await;
        }));
    }
    let (mut seen, mut after) = (0, 0);
    let begun = std::time::Instant::now();
    while seen < 100 {
        assert!(begun.elapsed() < Duration::from_secs(60), "{seen} changes seen");
        let changes = site.meta.changes(after).await.unwrap();
        seen += changes.len();
        after = changes.last().map_or(after, |change| change.revision);
    }
    assert_eq!(after, 100);
    for writer in writers {
        writer.await.unwrap();
    }
}
