//! A session keeps to its memory limit: what does not fit is an error with a remedy, and grouping helps.

use crate::field::{builder, demo, error, run};

/// Every sample a hundred times, shifted: some 30 MB that an operator has to hold.
const MANY: &str = "SELECT l.well, l.md + 0.001 * m.n AS x, l.gr AS y, l.rhob AS value FROM logs l CROSS JOIN \
    (SELECT row_number() OVER (ORDER BY well, md) AS n FROM logs ORDER BY well, md LIMIT 100) m WHERE l.rhob IS NOT NULL";

fn gridded(by: &str) -> String {
    format!("SELECT count(*) FROM grid(({MANY}), method => 'nearest', cell_size => 100{by})")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_keeps_to_the_limit() {
    let folder = demo().await;
    let small = builder(folder).await.memory_limit(24 << 20).threads(1).build().unwrap();
    let message = error(&small, &gridded("")).await;
    assert!(message.contains("grid needs its input in memory") && message.contains("by => ["), "{message}");
    // A group at a time fits; what the failed statement held is free again.
    run(&small, &gridded(", by => [well]")).await.unwrap();
    error(&small, &gridded("")).await;
    let large = builder(folder).await.memory_limit(512 << 20).build().unwrap();
    run(&large, &gridded("")).await.unwrap();
}
