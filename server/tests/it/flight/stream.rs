//! Large answers: the first rows at once, and never many of them in memory.

use std::time::{Duration, Instant};

use futures::TryStreamExt;

use crate::serving::Serving;

/// Resident memory of this process, which is server and client in one, in bytes.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib << 10)
}

const ROWS: u64 = 10_000_000;
/// Ten million rows of 100 bytes and more: a gigabyte.
const SQL: &str = "SELECT b.value + (a.value - 1) * 1000000 AS n, CAST(b.value AS DOUBLE) AS x, \
    repeat(CAST(b.value % 10 AS VARCHAR), 90) AS text FROM generate_series(1, 10) a CROSS JOIN generate_series(1, 1000000) b";

#[tokio::test(flavor = "multi_thread")]
async fn ten_million_rows() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    super::rows(&mut client, "SELECT 1").await;
    let before = resident();
    let begun = Instant::now();
    let info = client.execute(SQL.to_owned(), None).await.unwrap();
    let mut stream = client.do_get(info.endpoint[0].ticket.clone().unwrap()).await.unwrap();
    let (mut count, mut first, mut most) = (0, None, 0);
    while let Some(batch) = stream.try_next().await.unwrap() {
        first.get_or_insert_with(|| begun.elapsed());
        assert!(batch.get_array_memory_size() < 4 << 20);
        count += batch.num_rows() as u64;
        most = most.max(resident().unwrap_or_default());
    }
    assert_eq!(count, ROWS);
    let (first, all) = (first.unwrap(), begun.elapsed());
    println!("first rows after {first:?}, all after {all:?}, {} MiB at most", most >> 20);
    assert!(first < Duration::from_secs(2).max(all / 5), "the first rows came after {first:?}");
    // Other tests of this program run beside, so this is generous; a gigabyte it is not.
    if let Some(before) = before {
        let grown = most.saturating_sub(before) >> 20;
        assert!(grown < 500, "{grown} MiB more than before");
    }
    serving.running(0).await;
}

/// A client that reads slowly does not make the server collect what it has not read.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_client() {
    let serving = Serving::demo().await;
    let mut client = serving.client().await;
    let info = client.execute(SQL.to_owned(), None).await.unwrap();
    let mut stream = client.do_get(info.endpoint[0].ticket.clone().unwrap()).await.unwrap();
    stream.try_next().await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let sent = serving.figure("outcrop_rows_sent_total").await;
    assert!(sent < ROWS / 10, "{sent} rows are made already");
}
