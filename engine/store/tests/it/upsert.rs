//! Merging rows into keyed tables.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Float64Type;
use outcrop_store::{MergePolicy, Project, StoreError};
use outcrop_types::tables::TableName;

use crate::{new_project, rows};

type Row<'a> = (&'a str, Option<f64>, Option<f64>);

fn wells(rows: &[Row]) -> RecordBatch {
    let column = |f: fn(&Row) -> Option<f64>| -> ArrayRef {
        Arc::new(Float64Array::from(rows.iter().map(f).collect::<Vec<_>>()))
    };
    let names: ArrayRef = Arc::new(StringArray::from(rows.iter().map(|r| r.0).collect::<Vec<_>>()));
    RecordBatch::try_from_iter_with_nullable([
        ("well", names, true),
        ("x", column(|r| r.1), true),
        ("y", column(|r| r.2), true),
    ])
    .unwrap()
}

async fn put(project: &Project, batch: RecordBatch, policy: MergePolicy) -> Vec<(String, Option<f64>, Option<f64>)> {
    let table = TableName::public("wells");
    let tx = project.begin("ada", "upsert", "").await.unwrap();
    tx.upsert(&table, &["well"], batch, policy).await.unwrap();
    tx.commit().await.unwrap();
    let batch = rows(&project.snapshot().await.unwrap().table(&table).await.unwrap());
    let names = batch.column_by_name("well").unwrap().as_string::<i32>();
    let (x, y) = (batch.column_by_name("x").unwrap(), batch.column_by_name("y").unwrap());
    let (x, y) = (x.as_primitive::<Float64Type>(), y.as_primitive::<Float64Type>());
    (0..batch.num_rows())
        .map(|i| (names.value(i).to_owned(), x.iter().nth(i).unwrap(), y.iter().nth(i).unwrap()))
        .collect()
}

fn row(well: &str, x: Option<f64>, y: Option<f64>) -> (String, Option<f64>, Option<f64>) {
    (well.to_owned(), x, y)
}

#[tokio::test]
async fn each_policy_does_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let first = put(&project, wells(&[("A", Some(1.0), None), ("B", None, None)]), MergePolicy::Fill).await;
    assert_eq!(first, [row("A", Some(1.0), None), row("B", None, None)]);
    let filled = put(&project, wells(&[("A", Some(9.0), Some(2.0)), ("C", Some(3.0), None)]), MergePolicy::Fill).await;
    assert_eq!(filled, [row("A", Some(1.0), Some(2.0)), row("B", None, None), row("C", Some(3.0), None)]);
    let over = put(&project, wells(&[("A", Some(5.0), None)]), MergePolicy::Override).await;
    assert_eq!(over[0], row("A", Some(5.0), Some(2.0)));
    let replaced = put(&project, wells(&[("A", None, Some(7.0))]), MergePolicy::ReplaceRow).await;
    assert_eq!(replaced[0], row("A", None, Some(7.0)));
    // Rows of one batch with one key become one row.
    let twice =
        put(&project, wells(&[("D", None, Some(1.0)), ("D", Some(2.0), Some(3.0))]), MergePolicy::Override).await;
    assert_eq!(twice.last().unwrap(), &row("D", Some(2.0), Some(3.0)));
    // Columns the batch lacks stay.
    let names: ArrayRef = Arc::new(StringArray::from(vec!["C"]));
    let partial = RecordBatch::try_from_iter_with_nullable([("WELL", names, true)]).unwrap();
    assert_eq!(put(&project, partial, MergePolicy::Override).await[2], row("C", Some(3.0), None));
}

#[tokio::test]
async fn keys_must_be_there() {
    let dir = tempfile::tempdir().unwrap();
    let project = new_project(&dir.path().join("p")).await;
    let table = TableName::public("wells");
    let tx = project.begin("ada", "upsert", "").await.unwrap();
    let error = tx.upsert(&table, &["uwi"], wells(&[("A", None, None)]), MergePolicy::Fill).await.unwrap_err();
    assert!(error.to_string().contains("`uwi`"), "{error}");
    let error = tx.upsert(&table, &["x"], wells(&[("A", None, None)]), MergePolicy::Fill).await.unwrap_err();
    assert!(matches!(error, StoreError::RequiredColumn { .. }), "{error}");
    assert!(tx.upsert(&table, &[], wells(&[("A", None, None)]), MergePolicy::Fill).await.is_err());
}
