//! Dropping an answer ends the work behind it, also inside a kernel; progress tells how far it is.

use std::time::Duration;

use outcrop_session::{Answer, QueryProgress, Rows, Session};

use crate::field::session;

async fn start(session: &Session, sql: &str) -> Rows {
    match session.sql(sql).await.unwrap_or_else(|e| panic!("{sql}\n{e}")) {
        Answer::Rows(rows) => rows,
        Answer::Done { .. } => panic!("{sql}: no rows"),
    }
}

/// Fails unless the work has ended within a second: nothing more gets done, and it was not all done.
async fn ends(progress: &QueryProgress) {
    tokio::time::sleep(Duration::from_secs(1)).await;
    let then = progress.operator();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(progress.operator(), then, "work goes on after the answer was dropped");
    let (name, done, total) = then.unwrap();
    assert!(done < total, "{name} was through ({done} of {total}): the test is too small");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_grows_to_the_total() {
    let session = session().await;
    let sql =
        "SELECT * FROM krige((SELECT x, y, td AS value FROM wells), cell_size => 20, psill => 900, range => 6000)";
    let mut rows = start(&session, sql).await;
    let progress = rows.progress();
    let mut seen = Vec::new();
    let mut count = 0;
    while let Some(batch) = rows.next().await.unwrap() {
        count += batch.num_rows() as u64;
        if let Some((name, done, total)) = progress.operator() {
            assert_eq!(name, "krige");
            assert!(done <= total, "{done} of {total}");
            seen.push(done);
        }
    }
    assert!(seen.is_sorted() && seen.first() < seen.last(), "{seen:?}");
    assert_eq!(progress.operator(), Some(("krige".to_owned(), count, count)));
}

/// The first batch is taken, the rest of a map of 10^8 nodes is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_map_ends_when_its_answer_is_dropped() {
    let session = session().await;
    let sql = "SELECT * FROM krige((SELECT x, y, td AS value FROM wells), cell_size => 1, nx => 10000, ny => 10000, psill => 900, range => 6000)";
    let mut rows = start(&session, sql).await;
    let progress = rows.progress();
    assert!(rows.next().await.unwrap().unwrap().num_rows() > 0);
    drop(rows);
    ends(&progress).await;
}

/// Not even the first batch is there: the kernel is at work on ten million targets in one go.
#[tokio::test(flavor = "multi_thread")]
async fn a_kernel_ends_when_its_answer_is_dropped() {
    let session = session().await;
    let sql = "SELECT * FROM krige((SELECT md AS x, 10 * gr AS y, rhob AS value FROM logs WHERE rhob IS NOT NULL ORDER BY md LIMIT 2000), \
        targets => (SELECT a.md AS x, b.md + 0.5 AS y FROM logs a CROSS JOIN (SELECT md FROM logs ORDER BY well, md LIMIT 1500) b), \
        psill => 900, range => 600)";
    let mut rows = start(&session, sql).await;
    let progress = rows.progress();
    let begun = async {
        while progress.operator().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        batch = rows.next() => panic!("rows before the kernel was at work: {}", batch.is_ok()),
        () = begun => {}
    }
    drop(rows);
    ends(&progress).await;
}

/// Some of the engine's own nodes work long without a pause; the caller is not held up by that.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_free_while_a_join_works() {
    let session = session().await;
    let sql = "SELECT count(*) FROM logs a JOIN logs b ON a.md + b.md < a.gr * b.gr JOIN logs c ON a.md + b.md < c.gr";
    let mut rows = start(&session, sql).await;
    let asked = std::time::Instant::now();
    let answer = tokio::time::timeout(Duration::from_millis(300), rows.next()).await;
    assert!(answer.is_err(), "the join was through: the test is too small");
    // Generous: the machine may be busy.
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

/// An aggregate takes the rows of a join without a pause of its own; the query ends all the same when it is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_join_ends_when_its_answer_is_dropped() {
    let session = session().await;
    let mut rows = start(&session, "SELECT sum(a.value * b.value) FROM range(1000000) a, range(1000000) b").await;
    let answer = tokio::time::timeout(Duration::from_millis(500), rows.next()).await;
    assert!(answer.is_err(), "the join was through: the test is too small");
    drop(rows);
    // The one thread is free for another query.
    let other = async {
        let mut rows = start(&session, "SELECT 1").await;
        while rows.next().await.unwrap().is_some() {}
    };
    tokio::time::timeout(Duration::from_secs(20), other).await.expect("the join goes on");
}
