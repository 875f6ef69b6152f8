//! What is not asked for is not read: columns, files, row groups, pages.

use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::physical_plan::{ExecutionPlan, collect};
use outcrop_demo::DemoOptions;
use outcrop_session::Session;
use tempfile::TempDir;

use crate::field::{builder, copy, import, run, session};

/// What a query read from files.
#[derive(Debug, Default)]
struct Read {
    rows: usize,
    bytes: usize,
    files_pruned: usize,
    row_groups_pruned: usize,
    rows_pruned: usize,
    result: usize,
}

async fn read(session: &Session, sql: &str) -> Read {
    let (state, plan): (SessionState, _) = session.plan(sql).await.unwrap();
    let plan = state.optimize(&plan).unwrap();
    let physical = state.create_physical_plan(&plan).await.unwrap();
    let batches = collect(Arc::clone(&physical), state.task_ctx()).await.unwrap();
    let mut read = Read { result: batches.iter().map(|b| b.num_rows()).sum(), ..Read::default() };
    scans(&physical, &mut read);
    read
}

fn scans(plan: &Arc<dyn ExecutionPlan>, read: &mut Read) {
    if plan.name() == "DataSourceExec" {
        let metrics = plan.metrics().unwrap().aggregate_by_name();
        let value = |name: &str| {
            metrics.iter().filter(|m| m.value().name() == name).map(|m| m.value().as_usize()).sum::<usize>()
        };
        let pruned = |name: &str| -> usize {
            metrics
                .iter()
                .filter_map(|m| match m.value() {
                    datafusion::physical_plan::metrics::MetricValue::PruningMetrics { name: n, pruning_metrics }
                        if n == name =>
                    {
                        Some(pruning_metrics.pruned())
                    }
                    _ => None,
                })
                .sum()
        };
        read.rows += value("output_rows");
        read.bytes += value("bytes_scanned");
        read.files_pruned += pruned("files_ranges_pruned_statistics");
        read.row_groups_pruned += pruned("row_groups_pruned_statistics");
        read.rows_pruned += pruned("page_index_rows_pruned");
    }
    plan.children().into_iter().for_each(|c| scans(c, read));
}

/// A project with as many samples as real ones have, so that wells lie in row groups and pages of their own.
async fn dense() -> (TempDir, Session) {
    let folder = tempfile::tempdir().unwrap();
    import(folder.path(), &DemoOptions { wells: 4, log_step: 0.02, seismic: None, ..DemoOptions::default() }).await;
    let session = builder(folder.path()).await.build().unwrap();
    (folder, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_curve_of_one_well() {
    let (_folder, session) = dense().await;
    let all = read(&session, "SELECT * FROM logs").await;
    let curve = read(&session, "SELECT gr FROM logs").await;
    let one = read(&session, "SELECT gr FROM logs WHERE well = 'OUT-3'").await;
    println!("{all:?}\n{curve:?}\n{one:?}");
    assert!(all.rows == all.result && curve.rows == all.rows);
    assert!(one.result > 20_000 && one.result * 3 < all.result);
    // Only the column asked for.
    assert!(curve.bytes * 5 < all.bytes, "{curve:?} of {all:?}");
    // Only the rows asked for leave the scan, and row groups and pages of other wells stay unread.
    assert_eq!(one.rows, one.result);
    assert!(one.row_groups_pruned + one.rows_pruned + one.files_pruned > 0, "{one:?}");
    assert!(one.bytes * 2 < curve.bytes, "{one:?} of {curve:?}");
    // A depth range reads a part of that.
    let part = read(&session, "SELECT gr FROM logs WHERE well = 'OUT-3' AND md BETWEEN 2000 AND 2010").await;
    println!("{part:?}");
    assert!(part.result > 450 && part.result < 550 && part.rows == part.result, "{part:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_other_wells_stay_closed() {
    let (_folder, session) = copy().await;
    run(&session, "CREATE TABLE parts AS SELECT well, md, gr FROM logs WHERE well = 'OUT-1'").await.unwrap();
    for well in ["OUT-2", "OUT-3", "OUT-4"] {
        run(&session, &format!("INSERT INTO parts SELECT well, md, gr FROM logs WHERE well = '{well}'")).await.unwrap();
    }
    let all = read(&session, "SELECT gr FROM parts").await;
    let one = read(&session, "SELECT gr FROM parts WHERE well = 'OUT-2'").await;
    println!("{all:?}\n{one:?}");
    assert!(one.result > 0 && one.rows == one.result);
    assert!(one.files_pruned + one.row_groups_pruned >= 3, "{one:?}");
    assert!(one.bytes * 2 < all.bytes, "{one:?} of {all:?}");
    let none = read(&session, "SELECT gr FROM parts WHERE well = 'XYZ'").await;
    assert_eq!((none.result, none.rows), (0, 0));
    assert_eq!(none.bytes, 0, "{none:?}");
}

/// A filter above an operator is about its result: the operator's input stays whole, whatever the filter.
#[tokio::test(flavor = "multi_thread")]
async fn a_filter_does_not_thin_out_the_input_of_an_operator() {
    let session = session().await;
    let paths = |filter: &str| {
        format!(
            "SELECT well, tvd FROM well_path((SELECT well, md, inclination, azimuth FROM surveys), by => [well]) {filter}"
        )
    };
    let all = read(&session, &paths("")).await;
    // A condition that stays above, though it says the same.
    let above = "WHERE (CASE WHEN random() < 2 THEN well END) > 'OUT-3' AND tvd > 1000";
    for filter in ["WHERE tvd > 1000", above, "WHERE random() < 0.5"] {
        let some = read(&session, &paths(filter)).await;
        assert!(some.rows == all.rows && some.result < all.result && some.result > 0, "{some:?} of {all:?}");
    }
    // Whole groups may be left out below: what is left is the same.
    let groups = read(&session, &paths("WHERE well > 'OUT-3' AND tvd > 1000")).await;
    assert_eq!(groups.result, read(&session, &paths(above)).await.result);
    assert!(groups.rows < all.rows, "{groups:?} of {all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn curve_values_of_one_curve_read_one_column() {
    let session = session().await;
    let all = read(&session, "SELECT value FROM curve_values").await;
    let one = read(&session, "SELECT value FROM curve_values WHERE well = 'OUT-1' AND curve = 'GR'").await;
    println!("{all:?}\n{one:?}");
    assert!(one.result > 500);
    assert!(one.bytes * 2 < all.bytes, "{one:?} of {all:?}");
}
