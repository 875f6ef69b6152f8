//! A process that is killed while it writes: what it was told is stored is stored, and the others go on.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use outcrop_meta::{JobFilter, Meta, NewJob};
use serde_json::json;

use crate::site::{Site, on_both};

on_both!(what_was_said_to_be_stored_is_there);

const URL: &str = "OUTCROP_META_KILLED_WRITER";

/// The process that is killed: it queues jobs with a log for ever, and says which.
#[tokio::test]
#[ignore = "run by the tests of this module, in a process of its own"]
async fn writer() {
    let Ok(url) = std::env::var(URL) else { return };
    let meta = Meta::open(&url).await.unwrap();
    loop {
        let job = meta.enqueue(NewJob::new("p", "k", json!("x".repeat(5000)), "ann")).await.unwrap();
        println!("stored {}", job.id);
        meta.log_line(job.id, "info", "a line", chrono::Utc::now()).await.unwrap();
    }
}

async fn what_was_said_to_be_stored_is_there(site: &Site) {
    for round in 1..=3 {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["killed::writer", "--exact", "--ignored", "--nocapture"])
            .env(URL, &site.url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stored = Vec::new();
        for line in BufReader::new(writer.stdout.take().unwrap()).lines() {
            if let Some((_, id)) = line.unwrap().split_once("stored ") {
                stored.push(id.parse::<uuid::Uuid>().unwrap());
            }
            if stored.len() == 20 * round {
                writer.kill().unwrap();
                break;
            }
        }
        writer.wait().unwrap();
        for id in stored {
            assert!(site.meta.job(id).await.unwrap().is_some(), "{id} is lost");
        }
        site.job().await;
        // Numbers of changes are whole: one for each job and each log line.
        let jobs = site.meta.jobs(&JobFilter { limit: 10_000, ..JobFilter::default() }).await.unwrap();
        assert!(jobs.iter().all(|job| job.revision > 0 && !job.payload.is_null()));
    }
}
