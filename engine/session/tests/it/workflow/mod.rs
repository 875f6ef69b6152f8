//! Workflows in a session.

mod nodes;
mod runs;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow::array::{Float64Array, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field};
use arrow::util::display::array_value_to_string;
use datafusion::common::Result;
use outcrop_operators::{Call, Column, Definition, Input, Operator, Output, OutputColumn, Parameter, Planned, Rows};
use outcrop_session::{RunEvent, RunOptions, RunWatch, Session};
use outcrop_workflow::{Compilation, Document, State, Value, Values};
use serde_json::{Value as Json, json};

use crate::field::{builder, copy, rows, run, session, texts, workspace};

/// A document of nodes `[id, type, params]` and edges `[from, to, port]`.
fn document(parameters: Json, nodes: Json, edges: Json) -> Document {
    let nodes: Vec<Json> = nodes
        .as_array()
        .unwrap()
        .iter()
        .map(|n| {
            let mut node = json!({"id": n[0], "type": n[1], "type_version": 1, "params": n[2]});
            if !n[3].is_null() {
                node["cached"] = n[3].clone();
            }
            node
        })
        .collect();
    let edges: Vec<Json> =
        edges.as_array().unwrap().iter().map(|e| json!({"from": e[0], "to": e[1], "port": e[2]})).collect();
    let text = json!({"schema": "outcrop.workflow", "schema_version": 1, "id": "test", "name": "Test",
        "parameters": parameters, "nodes": nodes, "edges": edges});
    Document::parse(&text.to_string()).unwrap()
}

/// Rows as text, a line each, null empty.
fn lines(batch: &RecordBatch) -> Vec<String> {
    let value = |column: &arrow::array::ArrayRef, row| array_value_to_string(column, row).unwrap();
    (0..batch.num_rows())
        .map(|row| batch.columns().iter().map(|c| value(c, row)).collect::<Vec<_>>().join("|"))
        .collect()
}

async fn compiled(session: &Session, document: &Document) -> Compilation {
    session.compile_workflow(document, &Values::new()).await
}

async fn of_node(session: &Session, compilation: &Compilation, node: &str) -> RecordBatch {
    let rows = session.node_rows(compilation, node, None).await.unwrap_or_else(|e| panic!("{node}: {e}"));
    let schema = Arc::clone(rows.schema());
    concat_batches(&schema, &rows.collect().await.unwrap()).unwrap()
}

fn problems(compilation: &Compilation) -> Vec<String> {
    compilation.problems.iter().map(ToString::to_string).collect()
}
