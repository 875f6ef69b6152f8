//! `outcrop.workflows` and `outcrop.node_types`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Schema};
use datafusion::common::Result;
use outcrop_types::field::described;
use outcrop_types::tables;
use serde_json::Value as Json;

use super::revisions::read;
use crate::error::external;
use crate::session::Session;

fn text(name: &str, doc: &str) -> arrow::datatypes::Field {
    described(name, DataType::Utf8, true, doc)
}

fn number(name: &str, doc: &str) -> arrow::datatypes::Field {
    described(name, DataType::Int64, true, doc)
}

fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// A row for each revision of each workflow of the project.
pub(crate) async fn workflows(session: &Session) -> Result<RecordBatch> {
    let mut rows = Vec::new();
    if let Some(project) = session.project() {
        for id in project.workflow_ids().await.map_err(external)? {
            for revision in project.workflow_revisions(&id).await.map_err(external)? {
                // One that cannot be read is listed all the same, and says why.
                let read = read(project, &id, revision).await.map_err(|e| e.to_string());
                rows.push((id.clone(), revision, read));
            }
        }
    }
    let saved = |key: &str| -> Vec<Option<String>> {
        let of = |saved: Option<&Json>| saved.and_then(|s| s.get(key)).and_then(Json::as_str).map(str::to_owned);
        rows.iter().map(|(.., d)| of(d.as_ref().ok().and_then(|d| d.saved.as_ref()))).collect()
    };
    let times: TimestampMicrosecondArray = saved("at")
        .into_iter()
        .map(|at| chrono::DateTime::parse_from_rfc3339(&at?).ok().map(|t| t.timestamp_micros()))
        .collect();
    let schema = Schema::new(vec![
        text("id", "Workflow"),
        number("revision", "Number of the revision; the first is 1"),
        text("name", "Its name for people"),
        text("description", "What it is for"),
        text("content_hash", "SHA-256 over parameters, nodes and edges: the same for all that means the same"),
        number("nodes", "How many nodes it has"),
        described("saved_at", tables::timestamp(), true, "When it was saved"),
        text("author", "By whom"),
        text("engine_version", "Version of the program"),
        text("document", "The document"),
        text("message", "Why it cannot be read; null where it can"),
    ]);
    let ok =
        |f: &dyn Fn(&outcrop_workflow::Document) -> String| texts(rows.iter().map(|(.., d)| d.as_ref().ok().map(f)));
    Ok(RecordBatch::try_new(
        Arc::new(schema),
        vec![
            texts(rows.iter().map(|(id, ..)| Some(id.clone()))),
            Arc::new(rows.iter().map(|(_, revision, _)| i64::try_from(*revision).ok()).collect::<Int64Array>()),
            ok(&|d| d.name.clone()),
            ok(&|d| d.description.clone()),
            ok(&outcrop_workflow::Document::content_hash),
            Arc::new(
                rows.iter()
                    .map(|(.., d)| d.as_ref().ok().and_then(|d| i64::try_from(d.nodes.len()).ok()))
                    .collect::<Int64Array>(),
            ),
            Arc::new(times.with_timezone("UTC")),
            texts(saved("author").into_iter()),
            texts(saved("engine_version").into_iter()),
            ok(&outcrop_workflow::Document::canonical),
            texts(rows.iter().map(|(.., d)| d.as_ref().err().cloned())),
        ],
    )?)
}

/// A row for each node type.
pub(crate) fn node_types(session: &Session) -> Result<RecordBatch> {
    let catalogue = session.node_types();
    let types: Vec<&outcrop_workflow::NodeType> = catalogue.iter().collect();
    let schema = Schema::new(vec![
        text("name", "Name, as `type` of a node gives it"),
        number("version", "Version of its parameters"),
        text("kind", "source, transform, operator or sink"),
        text("family", "Family"),
        text("summary", "What it does"),
        text("doc", "More; Markdown"),
        text("inputs", "Its inputs, a JSON list"),
        described("open", DataType::Boolean, true, "Whether a node may have further inputs, of any names"),
        text("parameters", "Parameters as a JSON Schema"),
    ]);
    let of = |f: &dyn Fn(&outcrop_workflow::NodeType) -> String| texts(types.iter().map(|t| Some(f(t))));
    Ok(RecordBatch::try_new(
        Arc::new(schema),
        vec![
            of(&|t| t.name.clone()),
            Arc::new(types.iter().map(|t| Some(i64::from(t.version))).collect::<Int64Array>()),
            of(&|t| t.kind.as_str().to_owned()),
            of(&|t| t.group.clone()),
            of(&|t| t.summary.clone()),
            of(&|t| t.doc.clone()),
            of(&|t| t.inputs_json().to_string()),
            Arc::new(types.iter().map(|t| Some(t.open)).collect::<arrow::array::BooleanArray>()),
            of(&|t| t.params.to_string()),
        ],
    )?)
}
